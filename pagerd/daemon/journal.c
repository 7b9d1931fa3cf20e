/* SPDX-License-Identifier: MIT */
#include "daemon/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "store/batch.h"
#include "store/rows.h"

#define NAME_FORMAT "event.%020" PRIu64 /* by name is by age */
#define NAME_PREFIX "event."
#define ID_NAME "journal.id"
#define BASE_NAME "journal.base"
#define CLEAR_STEP 1000 /* entries that one batch clears */

struct journal {
    struct store *store;
    char id[JOURNAL_ID_SIZE];
    uint64_t base;  /* of serials: so many entries were cleared */
    uint64_t first; /* number of the oldest entry */
    uint64_t next;  /* number of the next one */
    size_t size;
    char **left;
    size_t left_count;
    size_t left_room;
};

static void left_add(struct journal *journal, const char *events)
{
    if (journal->left_count == journal->left_room) {
        journal->left_room = journal->left_room == 0 ? 64 : journal->left_room * 2;
        journal->left = memory_grow(journal->left, journal->left_room, sizeof(*journal->left));
    }
    journal->left[journal->left_count++] = string_copy(events);
    journal->size += strlen(events);
}

/* A row of the table of meta values: name and value. Entries that were cleared are empty. */
static bool journal_take_row(void *context, enum record_kind kind, const struct cell *cells,
                             struct fault *fault UNUSED)
{
    struct journal *journal = context;
    size_t prefix = strlen(NAME_PREFIX);
    if (kind == RECORD_META && string_is(cells[0].text, ID_NAME))
        snprintf(journal->id, sizeof(journal->id), "%s", cells[1].text);
    if (kind == RECORD_META && string_is(cells[0].text, BASE_NAME))
        journal->base = strtoull(cells[1].text, NULL, 10);
    if (kind != RECORD_META || strncmp(cells[0].text, NAME_PREFIX, prefix) != 0 ||
        cells[1].size == 0)
        return true;
    uint64_t number = strtoull(cells[0].text + prefix, NULL, 10);
    if (journal->left_count == 0)
        journal->first = number;
    journal->next = number + 1;
    left_add(journal, cells[1].text);
    return true;
}

static bool journal_take_counter(void *context UNUSED, const char *name UNUSED,
                                 int64_t value UNUSED, struct fault *fault UNUSED)
{
    return true;
}

static void journal_begun(void *context UNUSED, struct batch *failed, const struct fault *fault)
{
    if (fault != NULL)
        log_error("the journal's name was not written: %s", fault->text);
    batch_free(failed);
}

/* It is on disk before the first entry is, for the store keeps their order. */
static bool journal_begin(struct journal *journal, struct fault *fault)
{
    unsigned char bytes[(JOURNAL_ID_SIZE - 1) / 2];
    if (journal->id[0] != '\0')
        return true;
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(journal->id + 2 * i, 3, "%02x", bytes[i]);
    struct batch *batch = batch_new();
    batch_save_meta(batch, &(struct meta_record){.name = ID_NAME, .value = journal->id}, NEED_NONE);
    if (store_submit(journal->store, batch, journal_begun, NULL, fault))
        return true;
    batch_free(batch);
    return false;
}

bool journal_open(const char *state, struct journal **made, struct fault *fault)
{
    struct journal *journal = memory_new(1, sizeof(*journal));
    char *url = string_format("sqlite:%s/%s", state, JOURNAL_FOLDER);
    const struct store_taker taker = {
        .context = journal, .row = journal_take_row, .counter = journal_take_counter};
    journal->first = journal->next = 1;
    bool is_open = store_open(url, NULL, &journal->store, fault) &&
                   store_dump(journal->store, &taker, fault) && journal_begin(journal, fault);
    free(url);
    if (!is_open) {
        journal_close(journal);
        return fault_prefix(fault, "the journal for times without the database");
    }
    *made = journal;
    return true;
}

static void left_clear(struct journal *journal)
{
    for (size_t i = 0; i < journal->left_count; i++)
        free(journal->left[i]);
    free(journal->left);
    journal->left = NULL;
    journal->left_count = journal->left_room = 0;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    store_close(journal->store);
    left_clear(journal);
    free(journal);
}

void journal_mark(const struct journal *journal, struct journal_mark *mark)
{
    *mark = (struct journal_mark){.first = journal->base + journal->first,
                                  .last = journal->base + journal->next - 1};
    memcpy(mark->id, journal->id, sizeof(mark->id));
}

bool journal_has_room(const struct journal *journal)
{
    return journal_count(journal) < JOURNAL_COUNT_MAX && journal->size < JOURNAL_SIZE_MAX;
}

bool journal_has_spare_room(const struct journal *journal)
{
    return journal_count(journal) < JOURNAL_COUNT_MAX / 2 && journal->size < JOURNAL_SIZE_MAX / 2;
}

size_t journal_count(const struct journal *journal)
{
    return (size_t)(journal->next - journal->first);
}

static void batch_save_event(struct batch *batch, uint64_t number, const char *value)
{
    char name[STORE_NAME_MAX];
    snprintf(name, sizeof(name), NAME_FORMAT, number);
    batch_save_meta(batch, &(struct meta_record){.name = name, .value = value}, NEED_NONE);
}

bool journal_add(struct journal *journal, struct span events, store_done *done, void *context,
                 struct fault *fault)
{
    if (!journal_has_room(journal))
        return fault_set(fault, FAULT_LIMIT,
                         "the database is away, and the journal on this machine is full: %zu "
                         "entries",
                         journal_count(journal));
    struct batch *batch = batch_new();
    char *value = string_copy_span(events);
    batch_save_event(batch, journal->next, value);
    free(value);
    if (!store_submit(journal->store, batch, done, context, fault)) {
        batch_free(batch);
        return false;
    }
    journal->next++;
    journal->size += events.size;
    return true;
}

const char *journal_each_left(const struct journal *journal, size_t *cursor)
{
    return *cursor < journal->left_count ? journal->left[(*cursor)++] : NULL;
}

/* With the last of what is cleared: numbers begin anew then, and serials go on. */
static void batch_save_base(struct batch *batch, uint64_t base)
{
    char value[24];
    snprintf(value, sizeof(value), "%" PRIu64, base);
    batch_save_meta(batch, &(struct meta_record){.name = BASE_NAME, .value = value}, NEED_NONE);
}

/* What cannot be cleared is told to the database once more, some day: it knows it then. */
static void journal_cleared(void *context UNUSED, struct batch *failed, const struct fault *fault)
{
    if (fault != NULL)
        log_warning("the journal was not cleared: %s", fault->text);
    batch_free(failed);
}

void journal_clear(struct journal *journal)
{
    while (journal->first < journal->next) {
        struct batch *batch = batch_new();
        struct fault fault = {0};
        for (size_t i = 0; i < CLEAR_STEP && journal->first < journal->next; i++)
            batch_save_event(batch, journal->first++, "");
        if (journal->first == journal->next)
            batch_save_base(batch, journal->base += journal->next - 1);
        if (!store_submit(journal->store, batch, journal_cleared, NULL, &fault))
            journal_cleared(NULL, batch, &fault);
    }
    journal->first = journal->next = 1;
    journal->size = 0;
    left_clear(journal);
}
