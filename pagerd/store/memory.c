/* SPDX-License-Identifier: MIT */
/*
 * memory.c - the backend for tests: the same rows and rules as a database, kept in maps.
 *
 * Stores are found by name, so that a test can close one and open it again, and so that two
 * openers of one name meet, as on disk.
 */
#include "store/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/memory_disk.h"

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static struct memory *all;

static void row_free(struct memory_row *row)
{
    if (row == NULL)
        return;
    text_clear(&row->bytes);
    free(row);
}

static struct memory *memory_new_disk(const char *name)
{
    struct memory *disk = memory_new(1, sizeof(*disk));

    disk->name = string_copy(name);
    pthread_mutex_init(&disk->lock, NULL);
    pthread_cond_init(&disk->is_released, NULL);
    for (unsigned kind = 0; kind <= RECORD_COUNT; kind++)
        disk->rows[kind] = map_new();
    return disk;
}

static void memory_free_disk(struct memory *disk)
{
    for (unsigned kind = 0; kind <= RECORD_COUNT; kind++) {
        size_t cursor = 0;
        struct memory_row *row;
        while ((row = map_each(disk->rows[kind], &cursor, NULL)))
            row_free(row);
        map_free(disk->rows[kind]);
    }
    for (size_t i = 0; i < disk->entry_count; i++)
        row_free(disk->entries[i]);
    free(disk->entries);
    free(disk->undo);
    pthread_cond_destroy(&disk->is_released);
    pthread_mutex_destroy(&disk->lock);
    free(disk->name);
    free(disk);
}

/* Called with all_lock held. */
static struct memory **find_place(const char *name)
{
    struct memory **place = &all;

    while (*place && !string_is((*place)->name, name))
        place = &(*place)->next;
    return place;
}

static struct memory *find_or_make(const char *name)
{
    assert(name[0] != '\0');
    pthread_mutex_lock(&all_lock);
    struct memory **place = find_place(name);
    if (*place == NULL)
        *place = memory_new_disk(name);
    struct memory *disk = *place;
    pthread_mutex_unlock(&all_lock);
    return disk;
}

void memory_fail(const char *name, enum memory_fault what, size_t count)
{
    struct memory *disk = find_or_make(name);

    pthread_mutex_lock(&disk->lock);
    disk->fault = what;
    disk->fault_count = count;
    pthread_mutex_unlock(&disk->lock);
}

static void set_held(const char *name, bool is_held)
{
    struct memory *disk = find_or_make(name);

    pthread_mutex_lock(&disk->lock);
    disk->is_held = is_held;
    pthread_cond_broadcast(&disk->is_released);
    pthread_mutex_unlock(&disk->lock);
}

void memory_hold(const char *name)
{
    set_held(name, true);
}

void memory_release(const char *name)
{
    set_held(name, false);
}

void memory_delay(const char *name, unsigned delay_ms)
{
    struct memory *disk = find_or_make(name);

    pthread_mutex_lock(&disk->lock);
    disk->delay_ms = delay_ms;
    pthread_mutex_unlock(&disk->lock);
}

void memory_forget(const char *name)
{
    pthread_mutex_lock(&all_lock);
    struct memory **place = find_place(name);
    struct memory *disk = *place;
    if (disk)
        *place = disk->next;
    pthread_mutex_unlock(&all_lock);
    if (disk == NULL)
        return;
    assert(!disk->is_open);
    memory_free_disk(disk);
}

static bool memory_open(const char *place, const struct store_limits *limits, void **result,
                        struct fault *fault)
{
    (void)limits;
    if (place[0] == '\0') {
        *result = memory_new_disk("");
        return true;
    }

    struct memory *disk = find_or_make(place);
    pthread_mutex_lock(&disk->lock);
    bool was_open = disk->is_open;
    disk->is_open = true;
    pthread_mutex_unlock(&disk->lock);
    if (was_open)
        return fault_set(fault, FAULT_PEER, "another pagerd uses 'memory:%s'", place);
    *result = disk;
    return true;
}

static void memory_close(void *context)
{
    struct memory *disk = context;

    disk->is_open = false;
    if (disk->name[0] == '\0')
        memory_free_disk(disk);
}

static struct span cell_key(const struct cell *cell)
{
    return cell->is_text ? (struct span){cell->text, cell->size}
                         : (struct span){(const char *)&cell->integer, sizeof(cell->integer)};
}

static struct memory_row *row_of(const struct cell *cells, size_t count)
{
    struct memory_row *row = memory_new(1, sizeof(*row));

    cells_render(cells, count, &row->bytes);
    return row;
}

static struct memory_undo *undo_add(struct memory *disk, unsigned kind)
{
    if (disk->undo_count == disk->undo_room) {
        disk->undo_room = disk->undo_room ? disk->undo_room * 2 : 64;
        disk->undo = memory_grow(disk->undo, disk->undo_room, sizeof(*disk->undo));
    }
    struct memory_undo *undo = &disk->undo[disk->undo_count++];
    *undo = (struct memory_undo){.kind = kind};
    return undo;
}

static void put_row(struct memory *disk, unsigned kind, struct span key, struct memory_row *row)
{
    struct memory_undo *undo = undo_add(disk, kind);

    text_add_span(&undo->key, key);
    undo->old = map_find(disk->rows[kind], key);
    map_put(disk->rows[kind], key, row);
}

static void add_entry(struct memory *disk, struct memory_row *row)
{
    if (disk->entry_count == disk->entry_room) {
        disk->entry_room = disk->entry_room ? disk->entry_room * 2 : 64;
        disk->entries = memory_grow(disk->entries, disk->entry_room, sizeof(struct memory_row *));
    }
    disk->entries[disk->entry_count++] = row;
    undo_add(disk, RECORD_ENTRY);
}

/* Takes back, or (is_kept) makes final, all changes after the first `keep`. */
static void undo_end(struct memory *disk, size_t keep, bool is_kept)
{
    while (disk->undo_count > keep) {
        struct memory_undo *undo = &disk->undo[--disk->undo_count];
        struct span key = text_span(&undo->key);
        if (undo->kind == RECORD_ENTRY && !is_kept)
            row_free(disk->entries[--disk->entry_count]);
        else if (undo->kind != RECORD_ENTRY && is_kept)
            row_free(undo->old);
        else if (undo->kind != RECORD_ENTRY) {
            row_free(map_find(disk->rows[undo->kind], key));
            if (undo->old)
                map_put(disk->rows[undo->kind], key, undo->old);
            else
                map_remove(disk->rows[undo->kind], key);
        }
        text_clear(&undo->key);
    }
}

/* Columns that never change must not: SQLite leaves them out of its updates. */
static void check_fixed(const struct table *table, const struct cell *old, const struct cell *new)
{
    for (size_t i = 0; i < table->count; i++) {
        if (!table->columns[i].is_fixed)
            continue;
        assert(old[i].integer == new[i].integer);
        assert(old[i].size == new[i].size);
        assert(old[i].size == 0 || memcmp(old[i].text, new[i].text, old[i].size) == 0);
    }
}

static bool save_row(struct memory *disk, struct batch *batch, const struct row *row)
{
    const struct table *table = table_get(row->kind);
    struct cell old[ROW_CELLS_MAX];

    if (row->kind == RECORD_ENTRY) {
        disk->change_count += string_is(row->cells[2].text, CHANGE_EVENT);
        add_entry(disk, row_of(row->cells, table->count));
        return true;
    }

    struct span key = cell_key(&row->cells[0]);
    struct memory_row *found = map_find(disk->rows[row->kind], key);
    if (found)
        row_parse(row->kind, found->bytes.bytes, old);
    if (row->need == NEED_NEW && found)
        return batch_refuse(batch, row);
    if (row->need == NEED_VERSION && (found == NULL || old[1].integer != row->cells[1].integer - 1))
        return batch_refuse(batch, row);
    if (found)
        check_fixed(table, old, row->cells);
    put_row(disk, row->kind, key, row_of(row->cells, table->count));
    return true;
}

static size_t column_of(const struct table *table, const char *name)
{
    size_t at = 0;
    while (!string_is(table->columns[at].name, name))
        at++;
    return at;
}

static void revoke_tokens(struct memory *disk, int64_t incident)
{
    const struct table *table = table_get(RECORD_TOKEN);
    struct cell cells[ROW_CELLS_MAX];
    size_t count;
    struct memory_row **rows = memory_sorted(disk, RECORD_TOKEN, &count);

    for (size_t i = 0; i < count; i++) {
        row_parse(RECORD_TOKEN, rows[i]->bytes.bytes, cells);
        if (cells[1].integer != incident)
            continue;
        cells[column_of(table, "is_revoked")].integer = 1;
        put_row(disk, RECORD_TOKEN, cell_key(&cells[0]), row_of(cells, table->count));
    }
    free(rows);
}

static void bump_counter(struct memory *disk, const struct cell *cells)
{
    struct cell now[2] = {cells[0], cells[1]};
    struct memory_row *found = map_find(disk->rows[MEMORY_COUNTERS], cell_key(&cells[0]));

    if (found) {
        struct cell old[2];
        cell_parse_integer(cell_parse_text(found->bytes.bytes, &old[0]), &old[1]);
        now[1].integer += old[1].integer;
    }
    put_row(disk, MEMORY_COUNTERS, cell_key(&cells[0]), row_of(now, 2));
}

static void write_batch(struct memory *disk, struct batch *batch)
{
    struct row row;
    size_t cursor = 0;
    size_t undo_start = disk->undo_count;
    bool is_good = true;

    while (is_good && batch_next(batch, &cursor, &row)) {
        switch (row.order) {
        case ORDER_SAVE:
            is_good = save_row(disk, batch, &row);
            break;
        case ORDER_REVOKE:
            revoke_tokens(disk, row.cells[0].integer);
            break;
        case ORDER_BUMP:
            bump_counter(disk, row.cells);
            break;
        case ORDER_ANSWER:
            break;
        }
    }
    undo_end(disk, undo_start, is_good);
}

static enum commit_end injected(struct memory *disk, struct fault *fault)
{
    if (disk->fault_count == 0)
        return COMMIT_DONE;

    disk->fault_count--;
    if (disk->fault == MEMORY_FULL) {
        fault_set(fault, FAULT_LIMIT, "no room on the disk of the store while writing: injected");
        return COMMIT_FAILED;
    }
    errno = EIO;
    fault_set(fault, FAULT_SYSTEM, "the store failed while writing: injected");
    return COMMIT_BROKEN;
}

static enum commit_end memory_commit(void *context, struct batch *first, struct fault *fault)
{
    struct memory *disk = context;

    pthread_mutex_lock(&disk->lock);
    while (disk->is_held)
        pthread_cond_wait(&disk->is_released, &disk->lock);
    struct timespec delay = {disk->delay_ms / 1000, (long)(disk->delay_ms % 1000) * 1000000L};
    if (disk->delay_ms > 0)
        nanosleep(&delay, NULL);
    enum commit_end end = injected(disk, fault);
    for (struct batch *batch = first; end == COMMIT_DONE && batch; batch = batch->next)
        write_batch(disk, batch);
    pthread_mutex_unlock(&disk->lock);
    return end;
}

/* Forgets change events that are too old or too many, the newest first. */
static void forget_changes(struct memory *disk)
{
    struct cell cells[ROW_CELLS_MAX];
    int64_t newest = INT64_MIN;
    size_t seen = 0;
    size_t kept = disk->entry_count;
    for (size_t i = 0; i < disk->entry_count; i++) {
        row_parse(RECORD_ENTRY, disk->entries[i]->bytes.bytes, cells);
        if (string_is(cells[2].text, CHANGE_EVENT) && cells[1].integer > newest)
            newest = cells[1].integer;
    }
    for (size_t i = disk->entry_count; i-- > 0;) {
        row_parse(RECORD_ENTRY, disk->entries[i]->bytes.bytes, cells);
        bool is_change = string_is(cells[2].text, CHANGE_EVENT);
        seen += is_change;
        bool is_old = is_change && (seen > STORE_CHANGES_MAX ||
                                    cells[1].integer < newest - STORE_CHANGE_KEPT_MS);
        if (is_old)
            row_free(disk->entries[i]);
        else
            disk->entries[--kept] = disk->entries[i];
    }
    disk->entry_count -= kept;
    memmove(disk->entries, disk->entries + kept, disk->entry_count * sizeof(*disk->entries));
    disk->change_count = 0;
}

static enum commit_end memory_rest(void *context, bool is_idle, struct fault *fault)
{
    struct memory *disk = context;
    (void)fault;
    pthread_mutex_lock(&disk->lock);
    if (disk->change_count >= (is_idle ? 1 : CHANGES_STEP))
        forget_changes(disk);
    pthread_mutex_unlock(&disk->lock);
    return COMMIT_DONE;
}

static void memory_measure(void *disk, uint64_t *file_size, uint64_t *log_size)
{
    (void)disk;
    *file_size = 0;
    *log_size = 0;
}

static bool is_before(const struct memory_row *left, const struct memory_row *right, bool is_text)
{
    struct cell a;
    struct cell b;

    if (!is_text) {
        cell_parse_integer(left->bytes.bytes, &a);
        cell_parse_integer(right->bytes.bytes, &b);
        return a.integer < b.integer;
    }
    cell_parse_text(left->bytes.bytes, &a);
    cell_parse_text(right->bytes.bytes, &b);
    return strcmp(a.text, b.text) < 0;
}

static int compare_integers(const void *left, const void *right)
{
    const struct memory_row *a = *(struct memory_row *const *)left;
    const struct memory_row *b = *(struct memory_row *const *)right;
    return is_before(a, b, false) ? -1 : is_before(b, a, false);
}

static int compare_texts(const void *left, const void *right)
{
    const struct memory_row *a = *(struct memory_row *const *)left;
    const struct memory_row *b = *(struct memory_row *const *)right;
    return is_before(a, b, true) ? -1 : is_before(b, a, true);
}

struct memory_row **memory_sorted(struct memory *disk, unsigned kind, size_t *count)
{
    bool is_text =
        kind == MEMORY_COUNTERS || column_is_text(&table_get((enum record_kind)kind)->columns[0]);
    struct memory_row **rows =
        memory_new(map_count(disk->rows[kind]) + 1, sizeof(struct memory_row *));
    struct memory_row *row;
    size_t cursor = 0;

    *count = 0;
    while ((row = map_each(disk->rows[kind], &cursor, NULL)))
        rows[(*count)++] = row;
    qsort(rows, *count, sizeof(struct memory_row *), is_text ? compare_texts : compare_integers);
    return rows;
}

static bool memory_check(const char *place, const struct store_limits *limits, struct text *said,
                         struct fault *fault)
{
    (void)limits;
    (void)said;
    (void)place;
    (void)fault;
    return true;
}

static void memory_warn(void *context, char warning[FAULT_TEXT_MAX])
{
    (void)context;
    warning[0] = '\0';
}

/* Its lock is held as long as it is open. */
static void memory_tenure(void *disk, msec *confirmed_ms, bool *is_taken_over)
{
    (void)disk;
    *confirmed_ms = 0;
    *is_taken_over = false;
}

const struct store_backend store_memory = {
    .scheme = "memory",
    .check = memory_check,
    .open = memory_open,
    .close = memory_close,
    .load = memory_load,
    .commit = memory_commit,
    .rest = memory_rest,
    .read = memory_read,
    .dump = memory_dump,
    .measure = memory_measure,
    .tenure = memory_tenure,
    .warn = memory_warn,
};
