/* SPDX-License-Identifier: MIT */
/*
 * rows.h - one table per kind of record that says which member of the struct is which column.
 *
 * Three forms of a record: the struct; a row of cells, as databases take and give it; and bytes, as
 * a batch carries them. Columns drive all ways between them, for every backend. The id comes
 * first, then the version where there is one; entries have neither.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "store/batch.h"

#define ROW_CELLS_MAX 64

enum column_type {
    COLUMN_U64,
    COLUMN_INSTANT, /* msec */
    COLUMN_U32,
    COLUMN_U16,
    COLUMN_BOOL,
    COLUMN_ENUM,
    COLUMN_TEXT,  /* char *, NULL allowed */
    COLUMN_CHARS, /* char[], inside the struct */
    COLUMN_JSON   /* an array of plain structs or strings */
};

/* How an array inside a record becomes one JSON text, and back into memory of the arena. */
struct form {
    void (*render)(const void *record, struct json_writer *writer);
    void (*read)(struct arena *arena, const struct json *array, void *record);
};

/* A part of a record that has memory of its own. */
struct part {
    size_t offset; /* in the record, of the pointer to it */
    size_t size;
    const void *none; /* what a record has whose pointer is NULL */
};

struct column {
    const char *name;
    enum column_type type;
    const struct part *part; /* that has the member; NULL: the record itself */
    size_t offset;
    size_t size; /* COLUMN_CHARS: room; COLUMN_ENUM: how many values there are */
    const struct form *form;
    bool is_fixed; /* never changes once the record exists */
};

struct table {
    const char *name;
    const struct column *columns;
    size_t count;
    size_t record_size;
    bool has_id;
    bool has_version;
};

/* One value of a row: a text (NULL for SQL's NULL) or an integer. Text is borrowed. */
struct cell {
    bool is_text;
    int64_t integer;
    const char *text;
    size_t size;
};

const struct table *table_get(enum record_kind kind);

/* True for those columns whose cells are texts. */
bool column_is_text(const struct column *column);

/* Struct to bytes, appended. */
void row_render(enum record_kind kind, const void *record, struct text *bytes);

/* Cells to the same bytes, appended. */
void cells_render(const struct cell *cells, size_t count, struct text *bytes);

/* Bytes to cells that borrow from them; returns where the next row starts. */
const char *row_parse(enum record_kind kind, const char *bytes, struct cell *cells);

/* Cells to struct, texts copied to the arena. A value that fits no such struct is a fault. */
MUST_USE bool row_fill(enum record_kind kind, const struct cell *cells, struct arena *arena,
                       void *record, struct fault *fault);

/* Single values of the byte form, for the orders of a batch. */
void cell_add_integer(struct text *bytes, int64_t integer);
void cell_add_text(struct text *bytes, const char *text);
const char *cell_parse_integer(const char *bytes, struct cell *cell);
const char *cell_parse_text(const char *bytes, struct cell *cell);

extern const struct form form_labels;
extern const struct form form_paged;
extern const struct form form_runs;
extern const struct form form_disturbances;
extern const struct form form_shifts;
extern const struct form form_past;
extern const struct form form_asked;
