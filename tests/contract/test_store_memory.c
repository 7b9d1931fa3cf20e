/* SPDX-License-Identifier: MIT */
/* The hooks of the memory backend: a full disk, a broken one, one that hangs. */
#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/memory.h"

static struct batch *batch_of(uint64_t number)
{
    struct incident incident = sample_incident(number);
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    return batch;
}

static void a_full_disk_fails_a_batch_and_takes_the_next(void **state)
{
    struct rig *rig = *state;
    struct store_health health;

    memory_fail(rig->name, MEMORY_FULL, 1);
    assert_int_equal(rig_commit(rig, batch_of(1)).kind, FAULT_LIMIT);
    store_health(rig->store, &health);
    assert_true(health.is_full);
    assert_false(health.is_broken);
    assert_true(health.problem[0] != '\0');
    rig_must_commit(rig, batch_of(1));
    store_health(rig->store, &health);
    assert_false(health.is_full);
    assert_string_equal(health.problem, "");
}

static void a_broken_disk_fails_every_later_batch(void **state)
{
    struct rig *rig = *state;
    struct store_health health;

    rig_must_commit(rig, batch_of(1));
    memory_fail(rig->name, MEMORY_BROKEN, 1);
    assert_int_equal(rig_commit(rig, batch_of(2)).kind, FAULT_SYSTEM);
    assert_int_equal(rig_commit(rig, batch_of(3)).kind, FAULT_SYSTEM);
    store_health(rig->store, &health);
    assert_true(health.is_broken);
    assert_int_equal(health.queue_count, 0);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 1);
}

static void batches_behind_a_broken_commit_fail_too(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    struct fault fault;

    gate_init(&gate);
    gate_open(&gate);
    memory_hold(rig->name);
    memory_fail(rig->name, MEMORY_BROKEN, 1);
    for (uint64_t number = 1; number <= 10; number++)
        assert_true(store_submit(rig->store, batch_of(number), gate_done, &gate, &fault));
    memory_release(rig->name);
    gate_await(&gate, 10);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 0);
    gate_clear(&gate);
}

static void keep_failed(void *place, struct batch *failed, const struct fault *fault)
{
    *(struct batch **)place = fault ? failed : NULL;
}

static void a_batch_that_failed_can_be_submitted_again(void **state)
{
    struct rig *rig = *state;
    struct batch *failed = NULL;
    struct fault fault;

    memory_fail(rig->name, MEMORY_FULL, 1);
    assert_true(store_submit(rig->store, batch_of(1), keep_failed, &failed, &fault));
    while (rig_commit(rig, batch_new()).kind != FAULT_NONE)
        continue;
    assert_non_null(failed);
    rig_must_commit(rig, failed);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 1);
}

static void reads_go_on_when_the_disk_is_broken(void **state)
{
    struct rig *rig = *state;
    struct query query = {.kind = QUERY_INCIDENTS};

    rig_must_commit(rig, batch_of(1));
    memory_fail(rig->name, MEMORY_BROKEN, 1);
    assert_int_equal(rig_commit(rig, batch_of(2)).kind, FAULT_SYSTEM);
    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);
    assert_int_equal(result->incident_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_MEMORY(a_full_disk_fails_a_batch_and_takes_the_next),
        ON_MEMORY(a_broken_disk_fails_every_later_batch),
        ON_MEMORY(batches_behind_a_broken_commit_fail_too),
        ON_MEMORY(a_batch_that_failed_can_be_submitted_again),
        ON_MEMORY(reads_go_on_when_the_disk_is_broken),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
