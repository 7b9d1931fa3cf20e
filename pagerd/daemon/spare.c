/* SPDX-License-Identifier: MIT */
#include "daemon/spare.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/batch.h"
#include "store/rows.h"

#define ROW_FORMAT "copy.%020" PRIu64 /* by name is by age */
#define ROW_PREFIX "copy."
#define DROP_STEP 1000 /* copies that one batch drops */

struct kept {
    struct spare_copy copy; /* its events are owned */
    uint64_t row;
    size_t size;
};

struct spare {
    struct store *store;
    struct kept *list;
    size_t count;
    size_t room;
    size_t size;
    uint64_t next_row;
};

static void kept_add(struct spare *spare, const struct spare_copy *copy, uint64_t row)
{
    if (spare->count == spare->room) {
        spare->room = spare->room == 0 ? 64 : spare->room * 2;
        spare->list = memory_grow(spare->list, spare->room, sizeof(*spare->list));
    }
    struct kept *kept = &spare->list[spare->count++];
    *kept = (struct kept){.copy = *copy, .row = row, .size = strlen(copy->events)};
    kept->copy.events = string_copy(copy->events);
    spare->size += kept->size;
}

/* "a 0123456789abcdef... 17 {...},{...}" */
bool spare_parse(const char *value, struct spare_copy *copy)
{
    int size = 0;
    *copy = (struct spare_copy){.serial = 0};
    if (sscanf(value, "%63s %32s %" SCNu64 " %n", copy->node, copy->journal, &copy->serial, &size) <
            3 ||
        size == 0)
        return false;
    copy->events = value + size;
    return true;
}

/* A row of the table of meta values: name and value. Copies that were dropped are empty. */
static bool take_row(void *context, enum record_kind kind, const struct cell *cells,
                     struct fault *fault UNUSED)
{
    struct spare *spare = context;
    struct spare_copy copy;
    size_t prefix = strlen(ROW_PREFIX);
    if (kind != RECORD_META || strncmp(cells[0].text, ROW_PREFIX, prefix) != 0 ||
        cells[1].size == 0)
        return true;
    uint64_t row = strtoull(cells[0].text + prefix, NULL, 10);
    spare->next_row = row + 1;
    if (spare_parse(cells[1].text, &copy))
        kept_add(spare, &copy, row);
    else
        log_error("a copy of what another node was told cannot be read");
    return true;
}

static bool take_counter(void *context UNUSED, const char *name UNUSED, int64_t value UNUSED,
                         struct fault *fault UNUSED)
{
    return true;
}

bool spare_open(const char *state, struct spare **made, struct fault *fault)
{
    struct spare *spare = memory_new(1, sizeof(*spare));
    char *url = string_format("sqlite:%s/%s", state, SPARE_FOLDER);
    const struct store_taker taker = {.context = spare, .row = take_row, .counter = take_counter};
    spare->next_row = 1;
    bool is_open =
        store_open(url, NULL, &spare->store, fault) && store_dump(spare->store, &taker, fault);
    free(url);
    if (!is_open) {
        spare_close(spare);
        return fault_prefix(fault, "the copies of other nodes' journals");
    }
    *made = spare;
    return true;
}

void spare_close(struct spare *spare)
{
    if (spare == NULL)
        return;
    store_close(spare->store);
    for (size_t i = 0; i < spare->count; i++)
        free((char *)spare->list[i].copy.events);
    free(spare->list);
    free(spare);
}

static void batch_save_row(struct batch *batch, uint64_t row, const char *value)
{
    char name[STORE_NAME_MAX];
    snprintf(name, sizeof(name), ROW_FORMAT, row);
    batch_save_meta(batch, &(struct meta_record){.name = name, .value = value}, NEED_NONE);
}

bool spare_add(struct spare *spare, const struct spare_copy *copy, store_done *done, void *context,
               struct fault *fault)
{
    if (spare->count >= SPARE_COUNT_MAX || spare->size + strlen(copy->events) > SPARE_SIZE_MAX)
        return fault_set(fault, FAULT_LIMIT,
                         "this node has %zu copies of what others were told, and no room for more",
                         spare->count);
    struct batch *batch = batch_new();
    char *value = string_format("%s %s %" PRIu64 " %s", copy->node, copy->journal, copy->serial,
                                copy->events);
    batch_save_row(batch, spare->next_row, value);
    free(value);
    if (!store_submit(spare->store, batch, done, context, fault)) {
        batch_free(batch);
        return false;
    }
    kept_add(spare, copy, spare->next_row++);
    return true;
}

/* What cannot be dropped is handed in once more, some day: whoever takes it knows it then, or
 * counts a repeat. */
static void drop_done(void *context UNUSED, struct batch *failed, const struct fault *fault)
{
    if (fault != NULL)
        log_warning("copies of what other nodes were told were not dropped: %s", fault->text);
    batch_free(failed);
}

static void drop_submit(struct spare *spare, struct batch *batch)
{
    struct fault fault = {0};
    if (batch_count(batch) == 0)
        batch_free(batch);
    else if (!store_submit(spare->store, batch, drop_done, NULL, &fault))
        drop_done(NULL, batch, &fault);
}

void spare_drop(struct spare *spare, const char *node, const char *journal, uint64_t before)
{
    struct batch *batch = batch_new();
    size_t left = 0;
    for (size_t i = 0; i < spare->count; i++) {
        struct kept *kept = &spare->list[i];
        if (!string_is(kept->copy.node, node) || !string_is(kept->copy.journal, journal) ||
            kept->copy.serial >= before) {
            spare->list[left++] = *kept;
            continue;
        }
        batch_save_row(batch, kept->row, "");
        spare->size -= kept->size;
        free((char *)kept->copy.events);
        if (batch_count(batch) == DROP_STEP) {
            drop_submit(spare, batch);
            batch = batch_new();
        }
    }
    spare->count = left;
    if (left == 0)
        spare->next_row = 1;
    drop_submit(spare, batch);
}

const struct spare_copy *spare_each(const struct spare *spare, size_t *cursor)
{
    return *cursor < spare->count ? &spare->list[(*cursor)++].copy : NULL;
}

size_t spare_count(const struct spare *spare)
{
    return spare->count;
}

/* Who is there hands in its journal itself, unless that is another one by now. */
bool spare_is_lost(const struct spare_copy *copy, const char *journal, msec since_ms, msec here_ms)
{
    if (journal != NULL && journal[0] != '\0')
        return !string_is(journal, copy->journal);
    return since_ms >= SPARE_LOST_MS && here_ms >= SPARE_LOST_MS;
}
