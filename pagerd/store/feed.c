/* SPDX-License-Identifier: MIT */
#include "store/feed.h"

#include <string.h>

#include "base/id.h"
#include "base/utf8.h"
#include "store/schema/schema.h"

#define FEED_FORM 1 /* of the bytes around the rows: goes up when batch.c changes them */

static void add_table(struct text *text, const struct table *table)
{
    text_addf(text, "\n%s %d %d:", table->name, table->has_id, table->has_version);
    for (size_t i = 0; i < table->count; i++)
        text_addf(text, " %s %d", table->columns[i].name, (int)table->columns[i].type);
}

/* Numbers are as this machine has them: their order of bytes is a part of the form. */
int64_t feed_format(void)
{
    CLEANUP(text_clear) struct text text = {0};
    const uint32_t order = 0x01020304;
    unsigned char hash[HASH_SIZE];
    int64_t format;

    text_addf(&text, "%d %d %d %d %d", FEED_FORM,
              postgres_migrations[postgres_migration_count - 1].version, (int)ORDER_SAVE,
              (int)ORDER_REVOKE, (int)ORDER_BUMP);
    text_add_bytes(&text, &order, sizeof(order));
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++)
        add_table(&text, table_get((enum record_kind)kind));
    hash_bytes(text_span(&text), hash);
    memcpy(&format, hash, sizeof(format));
    return format & INT64_MAX;
}

void feed_add(struct text *bytes, const struct batch *batch)
{
    struct row row;
    size_t from = 0;
    size_t cursor = 0;

    for (; batch_next(batch, &cursor, &row); from = cursor)
        if (row.order != ORDER_ANSWER)
            text_add_bytes(bytes, batch->bytes.bytes + from, cursor - from);
}

static bool has_prefix(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool feed_is_local(enum record_kind kind, const struct cell *cells)
{
    return kind == RECORD_META &&
           (has_prefix(cells[0].text, FEED_LOCAL) || has_prefix(cells[0].text, FEED_MIRROR));
}

/* As postgres.c sends it. */
static void put_clean(struct batch *batch, struct row *row)
{
    struct text cleaned[ROW_CELLS_MAX];
    size_t count = row_cell_count(row);
    size_t cleaned_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct cell *cell = &row->cells[i];
        struct span span = {cell->text, cell->size};
        if (!cell->is_text || cell->text == NULL || utf8_is_valid(span))
            continue;
        struct text *clean = &cleaned[cleaned_count++];
        *clean = (struct text){0};
        utf8_add_clean(clean, span);
        cell->text = text_string(clean);
        cell->size = clean->size;
    }
    batch_put(batch, row);
    while (cleaned_count > 0)
        text_clear(&cleaned[--cleaned_count]);
}

bool feed_take(struct span bytes, struct batch *batch, struct fault *fault)
{
    struct row row;

    while (bytes.size > 0) {
        if (!row_read(&bytes, &row) || row.order == ORDER_ANSWER)
            return fault_set(fault, FAULT_INPUT, "the feed has bytes that are no rows");
        if (row.order != ORDER_SAVE || !feed_is_local(row.kind, row.cells))
            put_clean(batch, &row);
    }
    return true;
}
