/* SPDX-License-Identifier: MIT */
#include "store/backup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/version.h"
#include "store/backup_files.h"
#include "store/rows.h"

struct backup {
    struct archive_writer *writer;
    struct text bytes; /* of the frame under way */
    unsigned kind;     /* of the table that came last; RECORD_COUNT: none */
    uint64_t rows;
    backup_pace *pace;
    void *context;
};

static bool add_head(struct backup *backup, msec now, struct fault *fault)
{
    struct json_writer writer = {.text = &backup->bytes};
    text_reset(&backup->bytes);
    json_begin_object(&writer, NULL);
    json_put_instant(&writer, "made_at", now);
    json_put_string(&writer, "version", program_version());
    json_end_object(&writer);
    return archive_add(backup->writer, ARCHIVE_HEAD, text_span(&backup->bytes), fault);
}

static bool add_table(struct backup *backup, enum record_kind kind, struct fault *fault)
{
    const struct table *table = table_get(kind);
    struct json_writer writer = {.text = &backup->bytes};
    text_reset(&backup->bytes);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "table", table->name);
    json_begin_array(&writer, "columns");
    for (size_t i = 0; i < table->count; i++)
        json_put_string(&writer, NULL, table->columns[i].name);
    json_end_array(&writer);
    json_end_object(&writer);
    backup->kind = kind;
    return archive_add(backup->writer, ARCHIVE_TABLE, text_span(&backup->bytes), fault);
}

static bool add_row(void *context, enum record_kind kind, const struct cell *cells,
                    struct fault *fault)
{
    struct backup *backup = context;
    if (backup->kind != kind && !add_table(backup, kind, fault))
        return false;
    text_reset(&backup->bytes);
    cells_render(cells, table_get(kind)->count, &backup->bytes);
    backup->rows++;
    return archive_add(backup->writer, ARCHIVE_ROW, text_span(&backup->bytes), fault) &&
           backup->pace(backup->context, backup->rows, archive_size(backup->writer), fault);
}

static bool add_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    struct backup *backup = context;
    text_reset(&backup->bytes);
    cell_add_text(&backup->bytes, name);
    cell_add_integer(&backup->bytes, value);
    return archive_add(backup->writer, ARCHIVE_COUNTER, text_span(&backup->bytes), fault);
}

bool backup_write(struct store *store, const char *state, msec now, int file, backup_pace *pace,
                  void *context, struct fault *fault)
{
    CLEANUP(archive_writer_free)
    struct archive_writer *writer = archive_writer_new(file, "the backup");
    struct backup backup = {
        .writer = writer, .kind = RECORD_COUNT, .pace = pace, .context = context};
    struct store_taker taker = {.context = &backup, .row = add_row, .counter = add_counter};
    bool is_good = add_head(&backup, now, fault) && files_add(state, writer, fault) &&
                   store_dump(store, &taker, fault) && archive_end(writer, fault);
    text_clear(&backup.bytes);
    return is_good;
}

/* How the rows of a table are read that has perhaps fewer columns than there are now. */
struct reading {
    const char *path;
    const struct store_taker *taker;
    enum record_kind kind;        /* RECORD_COUNT: no table yet */
    size_t places[ROW_CELLS_MAX]; /* of its columns, among those of the table as it is now */
    size_t count;
    struct arena *arena; /* for what is read only to see that it can be */
};

static bool table_find(const char *name, enum record_kind *kind)
{
    for (unsigned i = 0; i < RECORD_COUNT; i++) {
        *kind = (enum record_kind)i;
        if (string_is(table_get(*kind)->name, name))
            return true;
    }
    return false;
}

static bool column_find(const struct table *table, const char *name, size_t *place)
{
    for (*place = 0; *place < table->count; (*place)++)
        if (string_is(table->columns[*place].name, name))
            return true;
    return false;
}

static bool is_of_newer(const struct reading *reading, const char *what, const char *name,
                        struct fault *fault)
{
    CLEANUP(text_clear) struct text clean = {0};
    text_add_terminal(&clean, name != NULL ? name : "");
    return fault_set(fault, FAULT_INPUT,
                     "'%s' has a %s \"%.80s\" that this pagerd does not know: it is of a newer one",
                     reading->path, what, text_string(&clean));
}

static bool read_table(struct reading *reading, struct span bytes, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = NULL;
    if (!json_parse(arena, bytes, &json, fault))
        return fault_prefix(fault, "'%s'", reading->path);
    const char *name = json_string(json, "table");
    if (!table_find(name, &reading->kind))
        return is_of_newer(reading, "table", name, fault);
    const struct table *table = table_get(reading->kind);
    const struct json *columns = json_find(json, "columns");
    reading->count = 0;
    for (const struct json *one = columns ? columns->first : NULL; one; one = one->next) {
        const char *column = one->kind == JSON_STRING ? one->text : NULL;
        if (reading->count == ROW_CELLS_MAX ||
            !column_find(table, column, &reading->places[reading->count]))
            return is_of_newer(reading, "column", column, fault);
        reading->count++;
    }
    return true;
}

/* Checks sizes, which row_parse() believes: 0: they go beyond the end. */
static size_t cell_size(const struct column *column, struct span rest)
{
    uint32_t size = 0;
    if (!column_is_text(column))
        return rest.size >= sizeof(int64_t) ? sizeof(int64_t) : 0;
    if (rest.size < sizeof(size))
        return 0;
    memcpy(&size, rest.bytes, sizeof(size));
    if (size == UINT32_MAX)
        return sizeof(size);
    return (size_t)size < rest.size - sizeof(size) && rest.bytes[sizeof(size) + size] == '\0'
               ? sizeof(size) + size + 1
               : 0;
}

static bool row_is_broken(const struct reading *reading, struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT, "'%s' is damaged: a row of its table %s cannot be read",
                     reading->path,
                     reading->kind == RECORD_COUNT ? "(none)" : table_get(reading->kind)->name);
}

/* What a column is that the file does not have: it came later. */
static void cell_set_missing(const struct column *column, struct cell *cell)
{
    *cell = (struct cell){.is_text = column_is_text(column)};
    if (column->type == COLUMN_JSON) {
        cell->text = "[]";
        cell->size = 2;
    }
}

static bool read_row(struct reading *reading, struct span rest, struct fault *fault)
{
    struct cell cells[ROW_CELLS_MAX];
    if (reading->kind == RECORD_COUNT)
        return row_is_broken(reading, fault);
    const struct table *table = table_get(reading->kind);
    for (size_t i = 0; i < table->count; i++)
        cell_set_missing(&table->columns[i], &cells[i]);
    for (size_t i = 0; i < reading->count; i++) {
        const struct column *column = &table->columns[reading->places[i]];
        size_t size = cell_size(column, rest);
        if (size == 0)
            return row_is_broken(reading, fault);
        if (column_is_text(column))
            cell_parse_text(rest.bytes, &cells[reading->places[i]]);
        else
            cell_parse_integer(rest.bytes, &cells[reading->places[i]]);
        rest = (struct span){rest.bytes + size, rest.size - size};
    }
    if (rest.size > 0)
        return row_is_broken(reading, fault);
    arena_reset(reading->arena);
    void *record = arena_take(reading->arena, table->record_size);
    return row_fill(reading->kind, cells, reading->arena, record, fault) &&
           reading->taker->row(reading->taker->context, reading->kind, cells, fault);
}

static bool read_counter(struct reading *reading, struct span bytes, struct fault *fault)
{
    static const struct column name = {.type = COLUMN_TEXT};
    size_t size = cell_size(&name, bytes);
    struct cell cells[2];
    if (size <= sizeof(uint32_t) || bytes.size - size != sizeof(int64_t))
        return row_is_broken(reading, fault);
    cell_parse_integer(cell_parse_text(bytes.bytes, &cells[0]), &cells[1]);
    if (cells[0].size > STORE_NAME_MAX || memchr(cells[0].text, '\0', cells[0].size) != NULL)
        return row_is_broken(reading, fault);
    return reading->taker->counter(reading->taker->context, cells[0].text, cells[1].integer, fault);
}

static bool read_head(struct reading *reading, struct span bytes, msec *made_at,
                      struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *head = NULL;
    msec at = 0;
    if (!json_parse(arena, bytes, &head, fault) || json_string(head, "made_at") == NULL ||
        !instant_parse(json_string(head, "made_at"), &at, fault))
        return fault_set(fault, FAULT_INPUT, "'%s' does not say when it was made", reading->path);
    if (made_at != NULL)
        *made_at = at;
    return true;
}

static bool read_frame(struct reading *reading, enum archive_frame kind, struct span bytes,
                       msec *made_at, struct fault *fault)
{
    switch (kind) {
    case ARCHIVE_HEAD:
        return read_head(reading, bytes, made_at, fault);
    case ARCHIVE_TABLE:
        return read_table(reading, bytes, fault);
    case ARCHIVE_ROW:
        return read_row(reading, bytes, fault);
    case ARCHIVE_COUNTER:
        return read_counter(reading, bytes, fault);
    case ARCHIVE_FILE:
    case ARCHIVE_END:
        break;
    }
    return true;
}

static struct archive_reader *reader_open(const char *path, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", path);
        return NULL;
    }
    struct archive_reader *reader = archive_reader_new(file, path, fault);
    close(file);
    return reader;
}

bool backup_walk(const char *path, const struct store_taker *taker, msec *made_at,
                 struct fault *fault)
{
    CLEANUP(archive_reader_free) struct archive_reader *reader = reader_open(path, fault);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct reading reading = {.path = path, .taker = taker, .kind = RECORD_COUNT, .arena = arena};
    enum archive_frame kind = ARCHIVE_HEAD;
    struct span bytes;
    if (reader == NULL)
        return false;
    while (kind != ARCHIVE_END)
        if (!archive_next(reader, &kind, &bytes, fault) ||
            !read_frame(&reading, kind, bytes, made_at, fault))
            return false;
    return true;
}

bool backup_put_files(const char *path, const char *state, struct fault *fault)
{
    CLEANUP(archive_reader_free) struct archive_reader *reader = reader_open(path, fault);
    enum archive_frame kind = ARCHIVE_HEAD;
    struct span bytes;
    if (reader == NULL)
        return false;
    while (kind != ARCHIVE_END) {
        if (!archive_next(reader, &kind, &bytes, fault))
            return false;
        if (kind == ARCHIVE_FILE && !file_put(state, bytes, fault))
            return false;
    }
    return true;
}
