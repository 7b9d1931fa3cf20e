/* SPDX-License-Identifier: MIT */
#include "store/copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "store/backend.h"

#define STEP_SIZE (1024 * 1024) /* bytes of one transaction, about */
#define ENDED "ended"
#define LANES 4

/*
 * What a walk gave: rows of each table and the sum of their hashes, which does not depend on the
 * order (a database sorts texts in its own), and by which the same row twice is not none.
 */
struct digest {
    uint64_t counts[RECORD_COUNT + 1]; /* the last: counters */
    uint64_t sums[RECORD_COUNT + 1][LANES];
    uint64_t rows;
    struct text bytes; /* of the row under way */
    char *mark;        /* the value of COPY_META; NULL: there is none */
};

static void digest_clear(struct digest *digest)
{
    text_clear(&digest->bytes);
    free(digest->mark);
}

static void digest_add(struct digest *digest, unsigned kind)
{
    uint64_t lanes[LANES];
    unsigned char hash[HASH_SIZE];
    _Static_assert(sizeof(lanes) == sizeof(hash), "all of the hash");
    hash_bytes(text_span(&digest->bytes), hash);
    memcpy(lanes, hash, sizeof(lanes));
    for (int i = 0; i < LANES; i++)
        digest->sums[kind][i] += lanes[i];
    digest->counts[kind]++;
    digest->rows += kind != RECORD_COUNT;
    text_reset(&digest->bytes);
}

/* How far a copy has come is no part of what is copied. */
static bool is_mark(enum record_kind kind, const struct cell *cells)
{
    return kind == RECORD_META && string_is(cells[0].text, COPY_META);
}

static bool digest_row(void *context, enum record_kind kind, const struct cell *cells,
                       struct fault *fault)
{
    struct digest *digest = context;
    (void)fault;
    if (is_mark(kind, cells)) {
        free(digest->mark);
        digest->mark = string_copy(cells[1].text != NULL ? cells[1].text : "");
        return true;
    }
    cells_render(cells, table_get(kind)->count, &digest->bytes);
    digest_add(digest, kind);
    return true;
}

static bool digest_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    struct digest *digest = context;
    (void)fault;
    cell_add_text(&digest->bytes, name);
    cell_add_integer(&digest->bytes, value);
    digest_add(digest, RECORD_COUNT);
    return true;
}

static struct store_taker digest_taker(struct digest *digest)
{
    return (struct store_taker){.context = digest, .row = digest_row, .counter = digest_counter};
}

/* All of a digest in one word. */
static void digest_name(const struct digest *digest, char name[HASH_TEXT_SIZE])
{
    CLEANUP(text_clear) struct text all = {0};
    text_add_bytes(&all, digest->counts, sizeof(digest->counts));
    text_add_bytes(&all, digest->sums, sizeof(digest->sums));
    hash_text(text_span(&all), name);
}

struct copy {
    struct store *target;
    char name[HASH_TEXT_SIZE]; /* of the source's digest */
    struct batch *batch;
    uint64_t row;  /* rows of the source that were given so far */
    uint64_t done; /* of these, in the target */
};

/* Commits what was gathered, with how far that is. */
static bool copy_commit(struct copy *copy, bool has_ended, struct fault *fault)
{
    uint64_t row = copy->row > copy->done ? copy->row : copy->done;
    char *value = has_ended ? string_format(ENDED " %s", copy->name)
                            : string_format("%" PRIu64 " %s", row, copy->name);
    struct batch *batch = copy->batch;
    batch_save_meta(batch, &(struct meta_record){COPY_META, value}, NEED_NONE);
    free(value);
    copy->batch = NULL;
    if (!batch_commit(copy->target, batch, fault))
        return false;
    copy->batch = batch_new();
    return true;
}

static bool copy_row(void *context, enum record_kind kind, const struct cell *cells,
                     struct fault *fault)
{
    struct copy *copy = context;
    if (is_mark(kind, cells))
        return true;
    if (copy->row++ < copy->done)
        return true;
    batch_add_row(copy->batch, kind, cells);
    return batch_size(copy->batch) < STEP_SIZE || copy_commit(copy, false, fault);
}

/* Counters come after all rows; they are added to, so that each goes with the mark, once. */
static bool copy_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    struct copy *copy = context;
    if (copy->row++ < copy->done)
        return true;
    batch_bump(copy->batch, name, value);
    return batch_size(copy->batch) < STEP_SIZE || copy_commit(copy, false, fault);
}

/* "ROWS DIGEST" as copy_commit() writes it. */
static bool mark_parse(const char *mark, uint64_t *done, const char **name)
{
    char *end = NULL;
    if (mark[0] < '0' || mark[0] > '9')
        return false;
    *done = strtoull(mark, &end, 10);
    *name = end + 1;
    return *end == ' ';
}

bool copy_is_under_way(const char *value)
{
    return value != NULL && strncmp(value, ENDED, strlen(ENDED)) != 0;
}

/* May the target be filled, and how much of the source does it have? */
static bool target_look(const struct copy_source *source, struct copy *copy, struct fault *fault)
{
    struct digest found = {0};
    struct store_taker taker = digest_taker(&found);
    const char *name = "";
    bool is_good = store_dump(copy->target, &taker, fault);
    bool is_empty = found.rows == 0 && found.counts[RECORD_COUNT] == 0;
    if (is_good && copy_is_under_way(found.mark))
        is_good = mark_parse(found.mark, &copy->done, &name) ||
                  fault_set(fault, FAULT_INPUT, "the target's mark of a copy cannot be read");
    if (is_good && !copy_is_under_way(found.mark) && !is_empty)
        is_good = fault_set(fault, FAULT_CONFLICT,
                            "the target holds %" PRIu64 " rows already: it has to be empty, or a "
                            "copy of the same source that was not finished",
                            found.rows);
    else if (is_good && name[0] != '\0' && !string_is(name, copy->name))
        is_good = fault_set(fault, FAULT_CONFLICT,
                            "the target holds a part of something else, or %s has changed since: "
                            "remove the target, and begin anew",
                            source->name);
    digest_clear(&found);
    return is_good;
}

static bool digests_compare(const struct digest *wanted, const struct digest *found,
                            struct fault *fault)
{
    for (unsigned kind = 0; kind <= RECORD_COUNT; kind++) {
        const char *name =
            kind == RECORD_COUNT ? "counter" : table_get((enum record_kind)kind)->name;
        if (wanted->counts[kind] != found->counts[kind])
            return fault_set(fault, FAULT_CONFLICT,
                             "the copy is not what was copied: %s has %" PRIu64
                             " rows instead of %" PRIu64,
                             name, found->counts[kind], wanted->counts[kind]);
        if (memcmp(wanted->sums[kind], found->sums[kind], sizeof(wanted->sums[kind])) != 0)
            return fault_set(fault, FAULT_CONFLICT,
                             "the copy is not what was copied: rows of %s differ", name);
    }
    return true;
}

static bool target_verify(struct store *target, const struct digest *wanted, struct fault *fault)
{
    struct digest found = {0};
    struct store_taker taker = digest_taker(&found);
    bool is_good = store_dump(target, &taker, fault) && digests_compare(wanted, &found, fault);
    digest_clear(&found);
    return is_good;
}

static bool copy_move(const struct copy_source *source, struct copy *copy,
                      const struct digest *wanted, const struct meta_record *last,
                      struct fault *fault)
{
    struct store_taker taker = {.context = copy, .row = copy_row, .counter = copy_counter};
    if (!target_look(source, copy, fault) || !copy_commit(copy, false, fault))
        return false;
    if (!source->walk(source->context, &taker, fault) || !copy_commit(copy, false, fault) ||
        !target_verify(copy->target, wanted, fault))
        return false;
    if (last != NULL)
        batch_save_meta(copy->batch, last, NEED_NONE);
    return copy_commit(copy, true, fault);
}

bool copy_run(const struct copy_source *source, struct store *target,
              const struct meta_record *last, struct copy_report *report, struct fault *fault)
{
    struct digest wanted = {0};
    struct store_taker taker = digest_taker(&wanted);
    struct copy copy = {.target = target, .batch = batch_new()};
    bool is_good = source->walk(source->context, &taker, fault);
    if (is_good && copy_is_under_way(wanted.mark))
        is_good =
            fault_set(fault, FAULT_CONFLICT,
                      "%s is itself a copy that has not ended: end that one first", source->name);
    digest_name(&wanted, copy.name);
    is_good = is_good && copy_move(source, &copy, &wanted, last, fault);
    *report = (struct copy_report){.rows = wanted.rows, .resumed = copy.done};
    memcpy(report->counts, wanted.counts, sizeof(report->counts));
    batch_free(copy.batch);
    digest_clear(&wanted);
    return is_good;
}

static bool store_walk(void *context, const struct store_taker *taker, struct fault *fault)
{
    return store_dump(context, taker, fault);
}

struct copy_source copy_of_store(struct store *store, const char *name)
{
    return (struct copy_source){.name = name, .walk = store_walk, .context = store};
}
