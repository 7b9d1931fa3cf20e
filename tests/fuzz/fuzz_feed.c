/* SPDX-License-Identifier: MIT */
/*
 * fuzz_feed.c - rows of the feed that somebody else wrote into the database.
 *
 * What is taken is orders that a store can be given, of valid UTF-8, and comes out of the batch as
 * bytes that are taken again, unchanged.
 */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "store/backend.h"
#include "store/feed.h"

static void row_check(const struct row *row)
{
    assert(row->order != ORDER_ANSWER && row->kind < RECORD_COUNT && row->need < NEED_COUNT);
    for (size_t i = 0; i < row_cell_count(row); i++) {
        const struct cell *cell = &row->cells[i];
        assert(cell->text == NULL || strlen(cell->text) == cell->size);
        assert(cell->text == NULL || utf8_is_valid((struct span){cell->text, cell->size}));
    }
    assert(row->order != ORDER_SAVE || !feed_is_local(row->kind, row->cells));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(batch_free) struct batch *batch = batch_new();
    CLEANUP(batch_free) struct batch *again = batch_new();
    CLEANUP(text_clear) struct text once = {0};
    CLEANUP(text_clear) struct text twice = {0};
    struct fault fault = {0};
    struct row row;
    size_t cursor = 0;
    size_t count = 0;

    if (!feed_take((struct span){(const char *)bytes, size}, batch, &fault))
        assert(fault.kind == FAULT_INPUT && fault.text[0] != '\0');
    for (; batch_next(batch, &cursor, &row); count++)
        row_check(&row);
    assert(count == batch_count(batch));
    feed_add(&once, batch);
    assert(feed_take(text_span(&once), again, &fault));
    feed_add(&twice, again);
    assert(once.size == twice.size);
    assert(once.size == 0 || memcmp(once.bytes, twice.bytes, once.size) == 0);
    return 0;
}
