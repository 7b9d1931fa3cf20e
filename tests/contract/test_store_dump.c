/* SPDX-License-Identifier: MIT */
/* All rows out of a store, as of one moment, and into another. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/rows.h"

/* What a dump gave: its rows as text that two dumps can be compared by. */
struct gathered {
    struct text bytes;
    size_t counts[RECORD_COUNT];
    size_t counter_count;
    struct rig *disturbed; /* gets another incident at the first row; or NULL */
    size_t rows_max;       /* refuses the row after; 0: none */
    size_t row_count;
};

static bool gather_row(void *context, enum record_kind kind, const struct cell *cells,
                       struct fault *fault)
{
    struct gathered *gathered = context;
    if (gathered->rows_max > 0 && gathered->row_count == gathered->rows_max)
        return fault_set(fault, FAULT_LIMIT, "enough");
    text_addf(&gathered->bytes, "%s ", table_get(kind)->name);
    cells_render(cells, table_get(kind)->count, &gathered->bytes);
    gathered->counts[kind]++;
    if (gathered->row_count++ == 0 && gathered->disturbed != NULL) {
        struct batch *batch = batch_new();
        struct incident late = sample_incident(99);
        batch_save_incident(batch, &late, NEED_NEW);
        batch_save_meta(batch, &(struct meta_record){"late", "yes"}, NEED_NEW);
        batch_bump(batch, "alerts", 1);
        rig_must_commit(gathered->disturbed, batch);
    }
    return true;
}

static bool gather_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    struct gathered *gathered = context;
    (void)fault;
    text_addf(&gathered->bytes, "%s=%" PRId64 "\n", name, value);
    gathered->counter_count++;
    return true;
}

static void must_dump(struct rig *rig, struct gathered *gathered)
{
    struct fault fault = {0};
    struct store_taker taker = {.context = gathered, .row = gather_row, .counter = gather_counter};
    if (!store_dump(rig->store, &taker, &fault))
        fail_msg("%s", fault.text);
}

static void must_equal(const struct gathered *left, const struct gathered *right)
{
    assert_int_equal(left->bytes.size, right->bytes.size);
    assert_memory_equal(left->bytes.bytes, right->bytes.bytes, left->bytes.size);
}

static void every_row_of_every_table_is_given(void **state)
{
    struct rig *rig = *state;
    struct gathered gathered = {0};

    rig_must_commit(rig, sample_everything(3));
    must_dump(rig, &gathered);
    for (int kind = 0; kind < RECORD_COUNT; kind++)
        assert_true(gathered.counts[kind] > 0);
    assert_int_equal(gathered.counts[RECORD_INCIDENT], 3);
    assert_int_equal(gathered.counts[RECORD_ENTRY], 3);
    assert_int_equal(gathered.counter_count, 2);
    text_clear(&gathered.bytes);
}

static void an_empty_store_gives_nothing(void **state)
{
    struct gathered gathered = {0};

    must_dump(*state, &gathered);
    assert_int_equal(gathered.bytes.size, 0);
    text_clear(&gathered.bytes);
}

static void what_is_committed_meanwhile_is_not_seen(void **state)
{
    struct rig *rig = *state;
    struct gathered before = {0};
    struct gathered meanwhile = {.disturbed = rig};
    struct gathered after = {0};

    rig_must_commit(rig, sample_everything(3));
    must_dump(rig, &before);
    must_dump(rig, &meanwhile);
    must_equal(&before, &meanwhile);
    must_dump(rig, &after);
    assert_int_equal(after.counts[RECORD_INCIDENT], 4);
    assert_int_equal(after.counts[RECORD_META], 3);
    text_clear(&before.bytes);
    text_clear(&meanwhile.bytes);
    text_clear(&after.bytes);
}

static void a_taker_that_has_enough_ends_it(void **state)
{
    struct rig *rig = *state;
    struct fault fault = {0};
    struct gathered gathered = {.rows_max = 4};
    struct store_taker taker = {.context = &gathered, .row = gather_row, .counter = gather_counter};

    rig_must_commit(rig, sample_everything(3));
    assert_false(store_dump(rig->store, &taker, &fault));
    assert_string_equal(fault.text, "enough");
    assert_int_equal(gathered.row_count, 4);
    rig_must_commit(rig, batch_new());
    text_clear(&gathered.bytes);
}

static bool pass_row(void *context, enum record_kind kind, const struct cell *cells,
                     struct fault *fault)
{
    (void)fault;
    batch_add_row(context, kind, cells);
    return true;
}

static bool pass_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    (void)fault;
    batch_bump(context, name, value);
    return true;
}

/* Into a store of the other backend, and on to one of the first. */
static void rows_go_from_any_store_to_any_other(void **state)
{
    struct rig *rig = *state;
    struct gathered given = {0};
    static int (*const set_ups[])(void **) = {rig_set_up_sqlite, rig_set_up_memory};

    rig_must_commit(rig, sample_everything(3));
    must_dump(rig, &given);
    for (size_t i = 0; i < sizeof(set_ups) / sizeof(set_ups[0]); i++) {
        void *other = NULL;
        struct fault fault = {0};
        struct gathered taken = {0};
        struct batch *batch = batch_new();
        struct store_taker taker = {.context = batch, .row = pass_row, .counter = pass_counter};
        assert_int_equal(set_ups[i](&other), 0);
        assert_true(store_dump(rig->store, &taker, &fault));
        rig_must_commit(other, batch);
        must_dump(other, &taken);
        must_equal(&given, &taken);
        struct incident incident = sample_incident(2);
        must_equal_incident(&rig_reload(other, SAMPLE_NOW)->incidents[1], &incident);
        text_clear(&taken.bytes);
        rig_tear_down(&other);
    }
    text_clear(&given.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(every_row_of_every_table_is_given),       ON_ALL(an_empty_store_gives_nothing),
        ON_ALL(what_is_committed_meanwhile_is_not_seen), ON_ALL(a_taker_that_has_enough_ends_it),
        ON_ALL(rows_go_from_any_store_to_any_other),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
