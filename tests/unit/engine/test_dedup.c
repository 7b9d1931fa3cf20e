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

#define INCIDENTS 800
#define START (100 * MINUTE_MS)
#define EVERY_MS (2 * SECOND_MS)

static const struct notify_rule silent = {.id = "none"};
static const struct team teams[] = {{.id = "storage", .ack_timeout_ms = MSEC_NEVER}};

struct fixture {
    struct policy policy;
    struct zone *zone;
    struct engine *engine;
    struct arena *arena;
    struct effects *effects;
    msec now_at;
    size_t row_count;                    /* saved */
    uint64_t occurrences[INCIDENTS + 1]; /* as saved, of each number */
};

static void step(struct fixture *fixture, struct event event)
{
    struct now now = {fixture->now_at, fixture->now_at};
    engine_step(fixture->engine, now, &event, fixture->effects, NULL);
    for (size_t i = 0; i < fixture->effects->count; i++) {
        const struct effect *effect = &fixture->effects->list[i];
        if (effect->kind == EFFECT_SAVE_INCIDENT)
            fixture->occurrences[effect->incident->number] = effect->incident->occurrences;
        fixture->row_count +=
            effect->kind == EFFECT_SAVE_INCIDENT || effect->kind == EFFECT_SAVE_ALERT;
    }
    effects_reset(fixture->effects);
    arena_reset(fixture->arena);
}

/* Until then, with all that falls due. */
static void wait_until(struct fixture *fixture, msec at)
{
    for (;;) {
        struct now now = {fixture->now_at, fixture->now_at};
        msec due_ms = engine_next_due(fixture->engine, now);
        if (due_ms > at - fixture->now_at)
            break;
        fixture->now_at += due_ms;
        step(fixture, (struct event){.kind = EVENT_TICK});
    }
    fixture->now_at = at;
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(1, sizeof *fixture);
    fixture->now_at = START;
    fixture->zone = zone_fixed("UTC", 0);
    fixture->policy = (struct policy){
        .zone = fixture->zone, .teams = teams, .team_count = 1, .reopen_ms = DAY_MS};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        fixture->policy.severities[i] =
            (struct severity_rule){.notify = &silent, .promote_ms = MSEC_NEVER};
    fixture->engine = engine_new();
    fixture->arena = arena_new();
    fixture->effects = effects_new(fixture->arena);
    step(fixture, (struct event){.kind = EVENT_POLICY, .policy = &fixture->policy});
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    engine_free(fixture->engine);
    effects_free(fixture->effects);
    arena_free(fixture->arena);
    zone_free(fixture->zone);
    free(fixture);
    return 0;
}

/* `ends_at` 0: it says nothing of its end. */
static void say(struct fixture *fixture, int i, const char *summary, msec ends_at)
{
    char key[32];
    char uuid[UUID_TEXT_SIZE];
    (void)snprintf(key, sizeof key, "disk%d", i);
    (void)snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012d", i);
    struct alert alert = {.integration = "prometheus",
                          .team = "storage",
                          .severity = SEVERITY_ERROR,
                          .dedup_key = key,
                          .summary = summary,
                          .service = key,
                          .ends_at = ends_at};
    memcpy(alert.uuid, uuid, sizeof alert.uuid);
    step(fixture, (struct event){.kind = EVENT_TRIGGER, .alert = &alert});
}

/* Each incident is opened, and then said again every two seconds. */
static void say_all(struct fixture *fixture, int times, msec lasts_ms)
{
    for (int n = 0; n < times; n++) {
        msec next_at = fixture->now_at + EVERY_MS;
        for (int i = 1; i <= INCIDENTS; i++) {
            wait_until(fixture, fixture->now_at + i % 2);
            say(fixture, i, "full", lasts_ms == 0 ? 0 : fixture->now_at + lasts_ms);
        }
        wait_until(fixture, next_at);
    }
}

static uint64_t lag_max(const struct fixture *fixture, uint64_t said)
{
    uint64_t lag = 0;
    for (int i = 1; i <= INCIDENTS; i++)
        if (said - fixture->occurrences[i] > lag)
            lag = said - fixture->occurrences[i];
    return lag;
}

static void what_many_repeat_is_saved_as_often_as_the_disk_has_a_share_for(void **state)
{
    struct fixture *fixture = *state;
    say_all(fixture, 10, 0);
    assert_int_equal(view_counts(fixture->engine).open[INCIDENT_SUPPRESSED], INCIDENTS);
    fixture->row_count = 0;
    say_all(fixture, 20, 0);
    msec took_ms = 20 * EVERY_MS;
    assert_in_range(fixture->row_count, INCIDENTS, (size_t)(took_ms * DEDUP_SAVE_ROWS / SECOND_MS));
    /* What is not saved is no older than it may be, and is saved when nothing more is said. */
    assert_in_range(lag_max(fixture, 30), 1, (uintmax_t)(DEDUP_SAVE_MAX_MS / EVERY_MS));
    wait_until(fixture, fixture->now_at + DEDUP_SAVE_MAX_MS);
    assert_int_equal(lag_max(fixture, 30), 0);
}

static void what_says_more_does_not_wait_for_what_many_repeat(void **state)
{
    struct fixture *fixture = *state;
    say_all(fixture, 10, 0);
    say(fixture, 7, "full", 0);
    uint64_t before = fixture->occurrences[7];
    say(fixture, 7, "fuller", 0);
    assert_true(fixture->occurrences[7] > before);
    assert_int_equal(fixture->occurrences[7], 12);
    say(fixture, 8, "full", 0);
    assert_true(fixture->occurrences[8] < 11);
}

/* After a crash it would be found over by itself, though its source goes on. */
static void what_would_soon_be_over_is_saved_in_time(void **state)
{
    struct fixture *fixture = *state;
    say_all(fixture, 10, 0);
    for (int n = 0; n < 5; n++) {
        say(fixture, 9, "full", fixture->now_at + 16 * SECOND_MS);
        wait_until(fixture, fixture->now_at + EVERY_MS);
        assert_int_equal(fixture->occurrences[9], 11 + n);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_many_repeat_is_saved_as_often_as_the_disk_has_a_share_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_says_more_does_not_wait_for_what_many_repeat, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_would_soon_be_over_is_saved_in_time, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
