/* SPDX-License-Identifier: MIT */
/* Everything from store to store, through a file, with a death at any row. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/backup.h"
#include "store/copy.h"
#include "store/rows.h"

#define SAMPLES 40
#define DEATHS 12

static struct fault copy_to(struct copy_source source, struct rig *target)
{
    struct fault fault = {0};
    struct copy_report report;
    if (copy_run(&source, target->store, NULL, &report, &fault))
        fault.kind = FAULT_NONE;
    return fault;
}

static void must_copy(struct copy_source source, struct rig *target)
{
    struct fault fault = copy_to(source, target);
    if (fault.kind != FAULT_NONE)
        fail_msg("%s", fault.text);
}

static void must_be_refused(struct fault fault, const char *words)
{
    if (fault.kind == FAULT_NONE || strstr(fault.text, words) == NULL)
        fail_msg("'%s' instead of '%s'", fault.text, words);
}

static void fill(struct rig *rig)
{
    rig_must_commit(rig, sample_everything(SAMPLES));
}

static const struct meta_record *meta_find(const struct loaded *loaded, const char *name)
{
    for (size_t i = 0; i < loaded->counts[RECORD_META]; i++)
        if (string_is(loaded->metas[i].name, name))
            return &loaded->metas[i];
    return NULL;
}

static void must_have_everything(struct rig *rig)
{
    struct incident incident = sample_incident(7);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    must_equal_incident(&loaded->incidents[6], &incident);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], SAMPLES);
    assert_int_equal(loaded->counter_count, 2);
    assert_string_equal(loaded->counters[0].value, "41");
    assert_string_equal(loaded->counters[1].value, "-1");
    assert_false(copy_is_under_way(meta_find(loaded, COPY_META)->value));
    struct result *result =
        rig_ask(rig, &(struct query){.kind = QUERY_ENTRIES, .limit = STORE_RESULT_MAX});
    assert_int_equal(result->entry_count, SAMPLES);
    result_free(result);
}

static void a_copy_has_everything(void **state)
{
    struct rig *from = *state;
    static int (*const set_ups[])(void **) = {rig_set_up_sqlite, rig_set_up_memory};
    fill(from);
    for (size_t i = 0; i < sizeof(set_ups) / sizeof(set_ups[0]); i++) {
        void *to = NULL;
        assert_int_equal(set_ups[i](&to), 0);
        must_copy(copy_of_store(from->store, "the source"), to);
        must_have_everything(to);
        must_be_refused(copy_to(copy_of_store(from->store, "the source"), to),
                        "rows already: it has to be empty");
        rig_tear_down(&to);
    }
}

/* A copy of a copy: its mark is not copied. */
static void a_copy_can_be_copied_back(void **state)
{
    struct rig *from = *state;
    void *there = NULL;
    void *back = NULL;
    fill(from);
    rig_set_up_memory(&there);
    rig_set_up_sqlite(&back);
    must_copy(copy_of_store(from->store, "the source"), there);
    must_copy(copy_of_store(((struct rig *)there)->store, "the copy"), back);
    must_have_everything(back);
    rig_tear_down(&there);
    rig_tear_down(&back);
}

static void what_is_in_use_is_no_target(void **state)
{
    struct rig *to = *state;
    void *from = NULL;
    struct batch *batch = batch_new();
    batch_bump(batch, "alerts", 1);
    rig_must_commit(to, batch);
    rig_set_up_memory(&from);
    must_be_refused(copy_to(copy_of_store(((struct rig *)from)->store, "the source"), to),
                    "has to be empty");
    rig_tear_down(&from);
}

/* A source that dies before, or says no at, one of its rows. */
struct mortal {
    struct store *store;
    const struct store_taker *taker;
    uint64_t walk;   /* which of its walks it is */
    uint64_t row;    /* of all walks */
    uint64_t end_at; /* 0: never */
    bool is_killed;
};

static bool mortal_count(struct mortal *mortal, struct fault *fault)
{
    if (mortal->end_at == 0 || ++mortal->row != mortal->end_at)
        return true;
    if (mortal->is_killed)
        raise(SIGKILL);
    return fault_set(fault, FAULT_PEER, "enough");
}

static bool mortal_row(void *context, enum record_kind kind, const struct cell *cells,
                       struct fault *fault)
{
    struct mortal *mortal = context;
    return mortal_count(mortal, fault) &&
           mortal->taker->row(mortal->taker->context, kind, cells, fault);
}

static bool mortal_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    struct mortal *mortal = context;
    return mortal_count(mortal, fault) &&
           mortal->taker->counter(mortal->taker->context, name, value, fault);
}

static bool mortal_walk(void *context, const struct store_taker *taker, struct fault *fault)
{
    struct mortal *mortal = context;
    struct store_taker mine = {.context = mortal, .row = mortal_row, .counter = mortal_counter};
    mortal->taker = taker;
    return store_dump(mortal->store, &mine, fault);
}

/* Rows that make several transactions. */
static struct batch *large_rows(uint64_t count)
{
    struct batch *batch = sample_everything(SAMPLES);
    for (uint64_t i = 1; i <= count; i++) {
        struct incident incident = sample_incident(1000 + i);
        char *details = memory_new(DETAILS_MAX, 1);
        memset(details, 'x', DETAILS_MAX - 1);
        incident.details = details;
        batch_save_incident(batch, &incident, NEED_NEW);
        if (i % 4 == 0) {
            struct entry entry = sample_entry(1000 + i, SAMPLE_NOW);
            entry.text = details;
            batch_add_entry(batch, &entry);
        }
        free(details);
    }
    return batch;
}

/* Kills itself at the row; the parent goes on. */
static void die_at(struct rig *from, struct rig *to, uint64_t row)
{
    pid_t child = fork();
    if (child == 0) {
        struct fault fault = {0};
        struct copy_report report;
        struct mortal mortal = {.end_at = row, .is_killed = true};
        struct store *target = NULL;
        if (!store_open(from->url, NULL, &mortal.store, &fault) ||
            !store_open(to->url, NULL, &target, &fault))
            _exit(2);
        struct copy_source source = {"the source", mortal_walk, &mortal};
        _exit(copy_run(&source, target, NULL, &report, &fault) ? 0 : 3);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void a_copy_that_was_killed_goes_on(void **state)
{
    struct rig *from = *state;
    void *to = NULL;
    unsigned seed =
        getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : (unsigned)time(NULL);
    print_message("SEED=%u\n", seed);
    srandom(seed);
    rig_set_up_sqlite(&to);
    rig_must_commit(from, large_rows(400));
    rig_close(from);
    rig_close(to);
    uint64_t rows = 400 + 9 * SAMPLES + 6; /* at least */
    for (int i = 0; i < DEATHS; i++)
        die_at(from, to, 1 + (uint64_t)random() % (2 * rows - 1));
    rig_open(from, NULL);
    rig_open(to, NULL);
    struct fault fault = {0};
    struct copy_report report;
    struct copy_source source = copy_of_store(from->store, "the source");
    if (!copy_run(&source, ((struct rig *)to)->store, NULL, &report, &fault))
        fail_msg("%s", fault.text);
    assert_true(report.resumed <= report.rows + 2);
    assert_int_equal(report.counts[RECORD_INCIDENT], 400 + SAMPLES);
    assert_int_equal(report.counts[RECORD_ENTRY], SAMPLES + 100);
    rig_tear_down(&to);
}

/* How many rows one walk over the source has. */
static uint64_t rows_of(struct store *store)
{
    struct fault fault = {0};
    struct copy_report report;
    struct store *target = NULL;
    struct copy_source source = copy_of_store(store, "the source");
    assert_true(store_open("memory:", NULL, &target, &fault));
    assert_true(copy_run(&source, target, NULL, &report, &fault));
    store_close(target);
    return report.rows;
}

/* What it has already is not written twice; entries would be. */
static void it_goes_on_where_it_was(void **state)
{
    struct rig *to = *state;
    void *from = NULL;
    struct copy_report report;
    struct fault fault = {0};
    rig_set_up_memory(&from);
    struct store *store = ((struct rig *)from)->store;
    rig_must_commit(from, large_rows(400));
    struct mortal mortal = {.store = store, .end_at = 2 * rows_of(store) - 1};
    struct copy_source source = {"the source", mortal_walk, &mortal};
    assert_false(copy_run(&source, to->store, NULL, &report, &fault));
    assert_string_equal(fault.text, "enough");
    mortal.end_at = 0;
    if (!copy_run(&source, to->store, &(struct meta_record){"last", "one"}, &report, &fault))
        fail_msg("%s", fault.text);
    assert_true(report.resumed > 300 && report.resumed < report.rows);
    struct loaded *loaded = rig_reload(to, SAMPLE_NOW);
    assert_string_equal(meta_find(loaded, "last")->value, "one");
    assert_int_equal(loaded->counter_count, 2);
    rig_tear_down(&from);
}

static void a_source_that_has_changed_is_refused(void **state)
{
    struct rig *to = *state;
    void *from = NULL;
    struct copy_report report;
    struct fault fault = {0};
    rig_set_up_memory(&from);
    struct store *store = ((struct rig *)from)->store;
    rig_must_commit(from, large_rows(400));
    struct mortal mortal = {.store = store, .end_at = 2 * rows_of(store) - 1};
    struct copy_source source = {"the source", mortal_walk, &mortal};
    assert_false(copy_run(&source, to->store, NULL, &report, &fault));
    struct batch *batch = batch_new();
    batch_save_meta(batch, &(struct meta_record){"clock", "9"}, NEED_NONE);
    rig_must_commit(from, batch);
    must_be_refused(copy_to(copy_of_store(store, "the source"), to), "the source has changed");
    const char *mark = meta_find(rig_reload(to, SAMPLE_NOW), COPY_META)->value;
    assert_true(copy_is_under_way(mark));
    rig_tear_down(&from);
}

static bool hurry(void *context, uint64_t rows, uint64_t size, struct fault *fault)
{
    (void)context;
    (void)rows;
    (void)size;
    (void)fault;
    return true;
}

static bool backup_file_walk(void *context, const struct store_taker *taker, struct fault *fault)
{
    return backup_walk(context, taker, NULL, fault);
}

static char *path_of(const struct rig *rig, const char *name)
{
    return arena_format(rig->arena, "%s/%s", rig->directory, name);
}

static void make_backup(struct rig *rig, const char *path)
{
    struct fault fault = {0};
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (!backup_write(rig->store, rig->directory, SAMPLE_NOW, file, hurry, NULL, &fault))
        fail_msg("%s", fault.text);
    close(file);
}

static void put_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static struct text file_bytes(const char *path)
{
    struct text bytes = {0};
    char piece[4096];
    size_t size;
    FILE *file = fopen(path, "r");
    while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
        text_add_bytes(&bytes, piece, size);
    fclose(file);
    return bytes;
}

static void a_backup_brings_everything_back(void **state)
{
    struct rig *from = *state;
    void *to = NULL;
    struct fault fault = {0};
    struct archive_summary summary;
    char *path = path_of(from, "backup");
    fill(from);
    make_backup(from, path);
    assert_true(archive_verify(path, &summary, &fault));
    assert_int_equal(summary.rows, rows_of(from->store));
    assert_string_equal(summary.version, PAGERD_VERSION);
    rig_set_up_sqlite(&to);
    must_copy((struct copy_source){path, backup_file_walk, path}, to);
    must_have_everything(to);
    rig_tear_down(&to);
}

/* Every byte counts, and so does each that is missing. */
static void a_damaged_backup_is_refused(void **state)
{
    struct rig *from = *state;
    struct archive_summary summary;
    struct fault fault = {0};
    char *path = path_of(from, "backup");
    rig_must_commit(from, sample_everything(1));
    make_backup(from, path);
    struct text good = file_bytes(path);
    for (size_t i = 0; i < good.size; i += 7) {
        good.bytes[i] ^= 0x20;
        put_file(path, good.bytes, good.size);
        assert_false(archive_verify(path, &summary, &fault));
        good.bytes[i] ^= 0x20;
        put_file(path, good.bytes, i);
        assert_false(archive_verify(path, &summary, &fault));
    }
    text_add(&good, "x");
    put_file(path, good.bytes, good.size);
    assert_false(archive_verify(path, &summary, &fault));
    assert_non_null(strstr(fault.text, "something follows its end"));
    text_clear(&good);
}

static bool forget_row(void *context, enum record_kind kind, const struct cell *cells,
                       struct fault *fault)
{
    int64_t *seen = context;
    (void)fault;
    if (kind == RECORD_PERSON)
        *seen = cells[3].integer;
    return true;
}

static bool forget_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    (void)context;
    (void)name;
    (void)value;
    (void)fault;
    return true;
}

/* A file of a pagerd whose tables had other columns. */
static struct fault walk_of(struct rig *rig, const char *table, int64_t version, int64_t *seen)
{
    struct fault fault = {0};
    struct text row = {0};
    msec made_at = 0;
    char *path = path_of(rig, "other");
    struct store_taker taker = {.context = seen, .row = forget_row, .counter = forget_counter};
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct archive_writer *writer = archive_writer_new(file, path);
    cell_add_text(&row, "ann");
    cell_add_integer(&row, version);
    assert_true(archive_add(writer, ARCHIVE_HEAD, span_of("{\"made_at\":\"2026-11-22T03:02:00Z\"}"),
                            &fault));
    assert_true(archive_add(writer, ARCHIVE_TABLE, span_of(table), &fault));
    assert_true(archive_add(writer, ARCHIVE_ROW, text_span(&row), &fault));
    assert_true(archive_end(writer, &fault));
    archive_writer_free(writer);
    close(file);
    text_clear(&row);
    if (backup_walk(path, &taker, &made_at, &fault)) {
        fault.kind = FAULT_NONE;
        assert_true(made_at == INT64_C(1795316520000));
    }
    return fault;
}

static void an_older_backup_is_read_and_a_newer_one_refused(void **state)
{
    int64_t seen = -1;
    struct fault fault =
        walk_of(*state, "{\"table\":\"person\",\"columns\":[\"user_id\",\"version\"]}", 1, &seen);
    if (fault.kind != FAULT_NONE)
        fail_msg("%s", fault.text);
    assert_int_equal(seen, 0);
    must_be_refused(
        walk_of(*state, "{\"table\":\"person\",\"columns\":[\"user_id\",\"mood\"]}", 1, &seen),
        "has a column \"mood\" that this pagerd does not know");
    must_be_refused(walk_of(*state, "{\"table\":\"moods\",\"columns\":[]}", 1, &seen),
                    "has a table \"moods\"");
    must_be_refused(walk_of(*state, "{\"table\":\"person\",\"columns\":[\"user_id\"]}", 1, &seen),
                    "a row of its table person cannot be read");
    must_be_refused(
        walk_of(*state, "{\"table\":\"person\",\"columns\":[\"user_id\",\"version\"]}", 0, &seen),
        "which is no such value");
}

/* Files of the state directory go with it, and nothing else can be written by a backup. */
static void files_come_back_under_their_names_only(void **state)
{
    static const char *const names[] = {
        "../x",      "calendars/../good", "calendars/.a/good", "feeds/a/b",
        "pagerd.db", "calendars/a/bad",   "/etc/passwd",       "feeds/",
        "feeds",     "calendars/a/good/"};
    struct rig *rig = *state;
    struct fault fault = {0};
    char *path = path_of(rig, "backup");
    char *back = path_of(rig, "back");
    mkdir(path_of(rig, "calendars"), 0700);
    mkdir(path_of(rig, "calendars/ops"), 0700);
    put_file(path_of(rig, "calendars/ops/good"), "a\0b", 3);
    put_file(path_of(rig, "calendars/ops/other"), "no", 2);
    make_backup(rig, path);
    mkdir(back, 0700);
    if (!backup_put_files(path, back, &fault))
        fail_msg("%s", fault.text);
    struct text bytes = file_bytes(path_of(rig, "back/calendars/ops/good"));
    assert_int_equal(bytes.size, 3);
    assert_memory_equal(bytes.bytes, "a\0b", 3);
    assert_int_not_equal(access(path_of(rig, "back/calendars/ops/other"), F_OK), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
        struct archive_writer *writer = archive_writer_new(file, path);
        struct span frame = {names[i], strlen(names[i]) + 1};
        assert_true(archive_add(writer, ARCHIVE_FILE, frame, &fault));
        assert_true(archive_end(writer, &fault));
        archive_writer_free(writer);
        close(file);
        assert_false(backup_put_files(path, back, &fault));
        assert_non_null(strstr(fault.text, "none of pagerd's"));
    }
    text_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(a_copy_has_everything),
        ON_ALL(a_copy_can_be_copied_back),
        ON_ALL(what_is_in_use_is_no_target),
        ON_SQLITE(a_copy_that_was_killed_goes_on),
        ON_ALL(it_goes_on_where_it_was),
        ON_ALL(a_source_that_has_changed_is_refused),
        ON_ALL(a_backup_brings_everything_back),
        ON_ALL(a_damaged_backup_is_refused),
        ON_SQLITE(an_older_backup_is_read_and_a_newer_one_refused),
        ON_ALL(files_come_back_under_their_names_only),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
