/* SPDX-License-Identifier: MIT */
/* How often what is repeated is saved: enough, and not more where much is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/dedup.h"
#include "engine/engine.h"
#include "unit/engine/fixture.h"

#define INCIDENTS 800
#define TOO_MANY 4000 /* for what the disk has a share for, within DEDUP_SAVE_MAX_MS */
#define START (100 * MINUTE_MS)
#define EVERY_MS (2 * SECOND_MS)

static const struct notify_rule silent = {.id = "none"};

/* An engine, and what of it was saved. */
struct saved {
    struct fixture *fixture;
    msec now_at;
    int incident_count;
    size_t row_count;
    uint64_t occurrences[TOO_MANY + 1]; /* of each number */
};

static void step(struct saved *saved, struct event event)
{
    struct effects *effects = saved->fixture->effects;
    step_at(saved->fixture, saved->now_at, event);
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_INCIDENT)
            saved->occurrences[effect->incident->number] = effect->incident->occurrences;
        saved->row_count +=
            effect->kind == EFFECT_SAVE_INCIDENT || effect->kind == EFFECT_SAVE_ALERT;
    }
    effects_reset(effects);
    arena_reset(saved->fixture->arena);
}

/* Until then, with all that falls due. */
static void wait_until(struct saved *saved, msec at)
{
    for (;;) {
        struct now now = {saved->now_at, saved->now_at};
        msec due_ms = engine_next_due(saved->fixture->engine, now);
        if (due_ms > at - saved->now_at)
            break;
        saved->now_at += due_ms;
        step(saved, (struct event){.kind = EVENT_TICK});
    }
    saved->now_at = at;
}

static int set_up(void **state)
{
    struct saved *saved = memory_new(1, sizeof *saved);
    saved->fixture = fixture_new();
    saved->now_at = START;
    saved->incident_count = INCIDENTS;
    for (int i = 0; i < SEVERITY_COUNT; i++)
        saved->fixture->policy.severities[i] =
            (struct severity_rule){.notify = &silent, .promote_ms = MSEC_NEVER};
    step(saved, (struct event){.kind = EVENT_POLICY, .policy = &saved->fixture->policy});
    *state = saved;
    return 0;
}

static int clear(void **state)
{
    struct saved *saved = *state;
    void *fixture = saved->fixture;
    free(saved);
    return tear_down(&fixture);
}

/* `ends_at` 0: it says nothing of its end. */
static void say(struct saved *saved, int i, const char *summary, msec ends_at)
{
    char key[32];
    char uuid[UUID_TEXT_SIZE];
    (void)snprintf(key, sizeof key, "disk%d", i);
    (void)snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012d", i);
    struct alert alert = {.integration = "prometheus",
                          .team = "db",
                          .severity = SEVERITY_ERROR,
                          .dedup_key = key,
                          .summary = summary,
                          .service = key,
                          .ends_at = ends_at};
    memcpy(alert.uuid, uuid, sizeof alert.uuid);
    step(saved, (struct event){.kind = EVENT_TRIGGER, .alert = &alert});
}

/* Each incident is opened, and then said again every two seconds. */
static void say_all(struct saved *saved, int times)
{
    for (int n = 0; n < times; n++) {
        msec next_at = saved->now_at + EVERY_MS;
        for (int i = 1; i <= saved->incident_count; i++) {
            wait_until(saved, saved->now_at + i % 2);
            say(saved, i, "full", 0);
        }
        wait_until(saved, next_at);
    }
}

static uint64_t lag_max(const struct saved *saved, uint64_t said)
{
    uint64_t lag = 0;
    for (int i = 1; i <= saved->incident_count; i++)
        if (said - saved->occurrences[i] > lag)
            lag = said - saved->occurrences[i];
    return lag;
}

static void what_many_repeat_is_saved_as_often_as_the_disk_has_a_share_for(void **state)
{
    struct saved *saved = *state;
    say_all(saved, 10);
    assert_int_equal(view_counts(saved->fixture->engine).open[INCIDENT_SUPPRESSED], INCIDENTS);
    saved->row_count = 0;
    say_all(saved, 20);
    msec took_ms = 20 * EVERY_MS;
    assert_in_range(saved->row_count, INCIDENTS, (size_t)(took_ms * DEDUP_SAVE_ROWS / SECOND_MS));
    /* What is not saved is no older than it may be, and is saved when nothing more is said. */
    assert_in_range(lag_max(saved, 30), 1, (uintmax_t)(DEDUP_SAVE_MAX_MS / EVERY_MS));
    wait_until(saved, saved->now_at + DEDUP_SAVE_MAX_MS);
    assert_int_equal(lag_max(saved, 30), 0);
}

static void however_much_repeats_it_is_saved_in_time(void **state)
{
    struct saved *saved = *state;
    saved->incident_count = TOO_MANY;
    for (uint64_t said = 10; said <= 40; said += 10) {
        say_all(saved, 10);
        assert_in_range(lag_max(saved, said), 0, (uintmax_t)(DEDUP_SAVE_MAX_MS / EVERY_MS));
    }
}

static void what_says_more_does_not_wait_for_what_many_repeat(void **state)
{
    struct saved *saved = *state;
    say_all(saved, 10);
    say(saved, 7, "full", 0);
    uint64_t before = saved->occurrences[7];
    say(saved, 7, "fuller", 0);
    assert_true(saved->occurrences[7] > before);
    assert_int_equal(saved->occurrences[7], 12);
    say(saved, 8, "full", 0);
    assert_true(saved->occurrences[8] < 11);
}

/* After a crash it would be found over by itself, though its source goes on. */
static void what_would_soon_be_over_is_saved_in_time(void **state)
{
    struct saved *saved = *state;
    say_all(saved, 10);
    for (int n = 0; n < 5; n++) {
        say(saved, 9, "full", saved->now_at + 16 * SECOND_MS);
        wait_until(saved, saved->now_at + EVERY_MS);
        assert_int_equal(saved->occurrences[9], 11 + n);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_many_repeat_is_saved_as_often_as_the_disk_has_a_share_for, set_up, clear),
        cmocka_unit_test_setup_teardown(however_much_repeats_it_is_saved_in_time, set_up, clear),
        cmocka_unit_test_setup_teardown(what_says_more_does_not_wait_for_what_many_repeat, set_up,
                                        clear),
        cmocka_unit_test_setup_teardown(what_would_soon_be_over_is_saved_in_time, set_up, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
