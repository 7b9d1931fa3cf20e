/* SPDX-License-Identifier: MIT */
/* The door: effects, timers, next due, every event of the table, scale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/engine.h"
#include "engine/timers.h"
#include "unit/engine/fixture.h"

static int set_up(void **state)
{
    struct fixture *fixture = fixture_new();
    fixture_begin(fixture);
    *state = fixture;
    return 0;
}

static void trigger(struct fixture *fixture, msec at, const char *key)
{
    struct alert alert = {
        .integration = "test", .team = "db", .dedup_key = key, .summary = "broken"};
    step_at(fixture, at, (struct event){.kind = EVENT_TRIGGER, .actor = "test", .alert = &alert});
}

static void clear(struct fixture *fixture, msec at, const char *key)
{
    struct alert alert = {.integration = "test", .team = "db", .dedup_key = key};
    step_at(fixture, at,
            (struct event){.kind = EVENT_RESOLVE_SOURCE, .actor = "test", .alert = &alert});
}

static size_t count_kind(const struct effects *effects, enum effect_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < effects->count; i++)
        count += effects->list[i].kind == kind;
    return count;
}

static void a_record_is_listed_once_in_a_turn(void **state)
{
    struct fixture *fixture = *state;
    effects_reset(fixture->effects);
    trigger(fixture, 1000, "a");
    trigger(fixture, 1000, "a");
    step_at(fixture, 1000,
            (struct event){.kind = EVENT_ACKNOWLEDGE, .actor = "ann", .incident = 1});
    assert_int_equal(count_kind(fixture->effects, EFFECT_SAVE_INCIDENT), 1);
    assert_int_equal(count_kind(fixture->effects, EFFECT_SAVE_PERSON), 1);
    assert_int_equal(view_incident(fixture->engine, 1)->version, 1);
    effects_reset(fixture->effects);
    step_at(fixture, 2000, (struct event){.kind = EVENT_RESOLVE, .actor = "ann", .incident = 1});
    assert_int_equal(count_kind(fixture->effects, EFFECT_SAVE_INCIDENT), 1);
    assert_int_equal(view_incident(fixture->engine, 1)->version, 2);
}

static void an_ack_that_its_source_takes_back_pages_again_by_the_sources_name(void **state)
{
    struct fixture *fixture = *state;
    struct alert alert = {.integration = "test", .team = "db", .dedup_key = "a"};
    struct event event = {
        .kind = EVENT_UNACKNOWLEDGE, .actor = "test", .incident = 1, .alert = &alert};
    trigger(fixture, 1000, "a");
    step_at(fixture, 2000, event);
    assert_int_equal(fixture->answer.kind, ANSWER_ALREADY);
    step_at(fixture, 3000,
            (struct event){.kind = EVENT_ACKNOWLEDGE, .actor = "ann", .incident = 1});
    effects_reset(fixture->effects);
    step_at(fixture, 4000, event);
    assert_int_equal(fixture->answer.kind, ANSWER_DONE);
    assert_int_equal(view_incident(fixture->engine, 1)->state, INCIDENT_TRIGGERED);
    assert_int_equal(count_kind(fixture->effects, EFFECT_SEND), 1);
    const struct entry *undone = NULL;
    for (size_t i = 0; i < fixture->effects->count; i++)
        if (fixture->effects->list[i].kind == EFFECT_ENTRY &&
            string_is(fixture->effects->list[i].entry->event, "unacknowledged"))
            undone = fixture->effects->list[i].entry;
    assert_non_null(undone);
    assert_string_equal(undone->actor, "test");
    /* Without an alert it is a person's, and nobody is called that. */
    event.alert = NULL;
    step_at(fixture, 5000, event);
    assert_int_equal(fixture->answer.kind, ANSWER_REFUSED);
}

static void a_page_cancelled_in_its_own_turn_is_not_sent(void **state)
{
    struct fixture *fixture = *state;
    effects_reset(fixture->effects);
    trigger(fixture, 1000, "a");
    assert_int_equal(count_kind(fixture->effects, EFFECT_SEND), 1);
    clear(fixture, 1000, "a");
    assert_int_equal(count_kind(fixture->effects, EFFECT_SEND), 0);
    assert_int_equal(count_kind(fixture->effects, EFFECT_SAVE_PAGE), 1);
    assert_int_equal(view_page(fixture->engine, 1)->state, PAGE_CANCELLED);
}

static void two_effects_objects_do_not_confuse_each_other(void **state)
{
    struct fixture *fixture = *state;
    struct effects *first = fixture->effects;
    struct effects *second = effects_new(fixture->arena);
    trigger(fixture, 1000, "a");
    fixture->effects = second;
    step_at(fixture, 1000,
            (struct event){.kind = EVENT_ACKNOWLEDGE, .actor = "ann", .incident = 1});
    assert_int_equal(count_kind(first, EFFECT_SAVE_INCIDENT), 1);
    assert_int_equal(count_kind(second, EFFECT_SAVE_INCIDENT), 1);
    assert_int_equal(view_incident(fixture->engine, 1)->version, 2);
    fixture->effects = first;
    effects_free(second);
}

static void next_due_is_the_first_of_both_clocks(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(engine_next_due(fixture->engine, (struct now){0, 0}), MSEC_NEVER);
    trigger(fixture, 1000, "a");
    /* the page was handed out and, being critical, must have an outcome within 15 s */
    assert_int_equal(engine_next_due(fixture->engine, (struct now){1000, 1000}), 15000);
    step_at(fixture, 2000,
            (struct event){.kind = EVENT_PAGE_OUTCOME, .id = 1, .outcome = OUTCOME_SENT});
    assert_int_equal(engine_next_due(fixture->engine, (struct now){2000, 2000}), 299000);
    /* the wall clock does not matter to a duration */
    assert_int_equal(engine_next_due(fixture->engine, (struct now){2000, 9000000}), 299000);
    assert_int_equal(engine_next_due(fixture->engine, (struct now){400000, 400000}), 0);
    step_at(fixture, 2000,
            (struct event){.kind = EVENT_SNOOZE, .actor = "ann", .incident = 1, .until_at = 50000});
    assert_int_equal(engine_next_due(fixture->engine, (struct now){2000, 2000}), 48000);
    assert_int_equal(engine_next_due(fixture->engine, (struct now){2000, 40000}), 10000);
}

static void without_a_policy_nothing_is_accepted(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine = fixture->engine;
    fixture->engine = engine_new();
    for (int kind = 0; kind < EVENT_COUNT; kind++) {
        if (kind == EVENT_TICK || kind == EVENT_POLICY || kind == EVENT_ROSTER)
            continue;
        step_at(fixture, 0, (struct event){.kind = (enum event_kind)kind, .actor = "ann"});
        assert_int_equal(fixture->answer.kind, ANSWER_REFUSED);
    }
    engine_free(fixture->engine);
    fixture->engine = engine;
}

/* Nothing given but the kind and an actor: an answer, never a crash. */
static void every_event_bears_being_empty(void **state)
{
    struct fixture *fixture = *state;
    trigger(fixture, 1000, "a");
    for (int kind = 0; kind < EVENT_COUNT; kind++) {
        step_at(fixture, 2000,
                (struct event){
                    .kind = (enum event_kind)kind, .actor = "ann", .target.kind = TARGET_COUNT});
        step_at(fixture, 2000,
                (struct event){.kind = (enum event_kind)kind, .target.kind = TARGET_COUNT});
    }
    struct fault fault = {0};
    if (!engine_check(fixture->engine, (struct now){2000, 2000}, &fault))
        fail_msg("%s", fault.text);
}

static void resolved_incidents_leave_memory_after_a_day(void **state)
{
    struct fixture *fixture = *state;
    trigger(fixture, 1000, "a");
    clear(fixture, 2000, "a");
    effects_reset(fixture->effects);
    step_at(fixture, 2000 + DAY_MS - 1, (struct event){.kind = EVENT_TICK});
    assert_non_null(view_incident(fixture->engine, 1));
    effects_reset(fixture->effects);
    step_at(fixture, 2000 + DAY_MS, (struct event){.kind = EVENT_TICK});
    assert_null(view_incident(fixture->engine, 1));
    assert_null(view_page(fixture->engine, 1));
    assert_int_equal(view_counts(fixture->engine).open[INCIDENT_RESOLVED], 0);
}

static void a_hundred_thousand_incidents_and_a_million_duplicates(void **state)
{
    struct fixture *fixture = *state;
    char key[32];
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(key, sizeof key, "key-%d", i);
        trigger(fixture, 1000 + i, key);
        if (i % 1000 == 0) {
            effects_reset(fixture->effects);
            arena_reset(fixture->arena);
        }
    }
    for (int i = 0; i < 1000000; i++) {
        (void)snprintf(key, sizeof key, "key-%d", i % 100000);
        trigger(fixture, 101000, key);
        if (i % 1000 == 0) {
            effects_reset(fixture->effects);
            arena_reset(fixture->arena);
        }
    }
    struct engine_counts counts = view_counts(fixture->engine);
    assert_int_equal(counts.open[INCIDENT_TRIGGERED], 100000);
    assert_int_equal(counts.alerts, 1100000);
    assert_int_equal(counts.merged, 1000000);
    struct fault fault = {0};
    assert_true(engine_check(fixture->engine, (struct now){101000, 101000}, &fault));
}

/* An event between two turns of a backlog counts before the deadlines that are still to come. */
static void what_is_overdue_is_fired_in_turns_of_a_thousand(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t count = 2 * TIMERS_FIRED_MAX + 500;
    const struct now late = {HOUR_MS, HOUR_MS};
    char key[32];
    for (uint64_t i = 0; i < count; i++) {
        (void)snprintf(key, sizeof key, "key-%d", (int)i);
        effects_reset(fixture->effects);
        trigger(fixture, 1000 + (msec)i, key);
    }
    size_t turns = 0;
    for (; turns < 100 && engine_next_due(fixture->engine, late) == 0; turns++) {
        effects_reset(fixture->effects);
        step_at(fixture, HOUR_MS, (struct event){.kind = EVENT_TICK});
        step_at(fixture, HOUR_MS,
                (struct event){.kind = EVENT_ACKNOWLEDGE, .actor = "ann", .incident = count});
        assert_true(count_kind(fixture->effects, EFFECT_SAVE_INCIDENT) <= TIMERS_FIRED_MAX + 1);
    }
    assert_in_range(turns, 3, 99);
    assert_int_equal(engine_overdue_ms(fixture->engine, late), 0);
    for (uint64_t number = 1; number < count; number++)
        assert_true(view_incident(fixture->engine, number)->walk.due_at > HOUR_MS);
    const struct incident *acked = view_incident(fixture->engine, count);
    assert_int_equal(acked->state, INCIDENT_ACKNOWLEDGED);
    assert_int_equal(acked->walk.laps, 0);
    struct fault fault = {0};
    if (!engine_check(fixture->engine, late, &fault))
        fail_msg("%s", fault.text);
}

static void incidents_are_walked_by_number_after_a_restore_in_any_order(void **state)
{
    struct fixture *fixture = *state;
    trigger(fixture, 1000, "a");
    trigger(fixture, 1000, "b");
    trigger(fixture, 1000, "c");
    struct engine *engine = engine_new();
    struct event policy = {.kind = EVENT_POLICY, .policy = &fixture->policy};
    engine_step(engine, (struct now){2000, 2000}, &policy, fixture->effects, NULL);
    for (uint64_t number = 3; number > 0; number--)
        engine_restore_incident(engine, view_incident(fixture->engine, number));
    engine_restore_counters(engine, 7, 7, 9, 0);
    effects_reset(fixture->effects);
    engine_restored(engine, (struct now){2000, 2000}, fixture->effects);
    uint64_t cursor = 0;
    for (uint64_t number = 1; number <= 3; number++)
        assert_int_equal(view_each_incident(engine, &cursor)->number, number);
    assert_null(view_each_incident(engine, &cursor));
    engine_free(fixture->engine);
    fixture->engine = engine;
    trigger(fixture, 3000, "d");
    assert_int_equal(fixture->answer.incident, 8);
    assert_non_null(view_page(engine, 10));
}

static uint64_t open_as(struct fixture *fixture, msec at, const char *key, uint64_t number)
{
    struct alert alert = {.integration = "test",
                          .team = "db",
                          .dedup_key = key,
                          .summary = "broken",
                          .number = number};
    step_at(fixture, at, (struct event){.kind = EVENT_TRIGGER, .actor = "test", .alert = &alert});
    return fixture->answer.incident;
}

static void a_number_that_another_node_gave_is_kept_where_it_is_free(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(open_as(fixture, 1000, "a", 2001), 2001);
    assert_int_equal(open_as(fixture, 1000, "b", 1005), 1005);
    assert_int_equal(open_as(fixture, 1000, "c", 2001), 2002); /* somebody else's here */
    assert_int_equal(open_as(fixture, 1000, "d", 0), 2003);
    assert_int_equal(open_as(fixture, 1000, "e", UINT64_C(1) << 40), 2004);
    clear(fixture, 2000, "a");
    for (msec at = HOUR_MS; at <= DAY_MS + HOUR_MS; at += HOUR_MS) {
        effects_reset(fixture->effects); /* what is listed in a turn is not forgotten in it */
        step_at(fixture, at, (struct event){.kind = EVENT_TICK});
    }
    assert_null(view_incident(fixture->engine, 2001));
    /* Those that are forgotten are on disk, and are not given out again. */
    assert_int_equal(open_as(fixture, 2 * DAY_MS, "f", 2001), 2005);
    assert_int_equal(open_as(fixture, 2 * DAY_MS, "g", 1006), 2006);
    struct fault fault = {0};
    if (!engine_check(fixture->engine, (struct now){2 * DAY_MS, 2 * DAY_MS}, &fault))
        fail_msg("%s", fault.text);
}

/* A first start two hours ahead, by a clock that was put right since: the steps before the restore
 * do not know how far steady time is from it. */
static void a_restart_ends_no_snooze_because_of_an_old_step_of_the_clock(void **state)
{
    struct fixture *fixture = *state;
    const msec ahead_ms = -2 * HOUR_MS;
    const struct now now = {.steady_at = 5 * HOUR_MS, .wall_at = 5 * HOUR_MS + ahead_ms};
    trigger(fixture, now.steady_at, "a");
    struct incident incident = *view_incident(fixture->engine, 1);
    incident.state = INCIDENT_SNOOZED;
    struct handling handling = *incident.handling;
    handling.snoozed_by = "ann";
    handling.snoozed_until_at = now.wall_at + HOUR_MS;
    incident.handling = &handling;
    struct engine *engine = engine_new();
    struct event policy = {.kind = EVENT_POLICY, .policy = &fixture->policy};
    struct event tick = {.kind = EVENT_TICK};
    engine_step(engine, (struct now){now.wall_at, now.wall_at}, &policy, fixture->effects, NULL);
    engine_step(engine, (struct now){now.wall_at, now.wall_at}, &tick, fixture->effects, NULL);
    engine_restore_incident(engine, &incident);
    engine_restore_counters(engine, 1, 1, 1, 0);
    engine_restore_clock(engine, ahead_ms);
    effects_reset(fixture->effects);
    engine_restored(engine, now, fixture->effects);
    engine_step(engine, now, &tick, fixture->effects, NULL);
    assert_int_equal(view_incident(engine, 1)->state, INCIDENT_SNOOZED);
    assert_int_equal(view_incident(engine, 1)->handling->snoozed_until_at, now.wall_at + HOUR_MS);
    engine_free(engine);
}

/* Both clocks are read one after the other, and each is cut to milliseconds: how far they are apart
 * is known to a millisecond or two. Who was asked just before a crash was asked. */
static void a_restart_asks_nobody_anew_because_clocks_are_read_to_a_millisecond(void **state)
{
    struct fixture *fixture = *state;
    trigger(fixture, 1000, "a");
    struct engine *engine = engine_new();
    struct event policy = {.kind = EVENT_POLICY, .policy = &fixture->policy};
    const struct incident *incident = view_incident(fixture->engine, 1);
    struct page page = *view_page(fixture->engine, 1);
    page.attempt = 2; /* the second one was on its way: what else has failed is not known */
    engine_step(engine, (struct now){0, 0}, &policy, fixture->effects, NULL);
    engine_restore_incident(engine, incident);
    engine_restore_alert(engine, incident->alerts);
    engine_restore_page(engine, &page);
    engine_restore_person(engine, view_person(fixture->engine, "ann"));
    engine_restore_counters(engine, 1, 1, 1, 0);
    engine_restore_clock(engine, 0);
    effects_reset(fixture->effects);
    engine_restored(engine, (struct now){.steady_at = 2000, .wall_at = 2002}, fixture->effects);
    assert_true(view_page(engine, 1)->is_repeat);
    assert_null(view_page(engine, 2));
    engine_free(engine);
}

/* Nobody else would step it: the one deadline that there is lies a year ahead then. */
static void a_clock_that_is_set_back_is_due_at_once(void **state)
{
    struct fixture *fixture = *state;
    step_at(fixture, 365 * DAY_MS, (struct event){.kind = EVENT_TICK});
    struct now now = {.steady_at = 365 * DAY_MS, .wall_at = 365 * DAY_MS - HOUR_MS};
    assert_int_equal(engine_next_due(fixture->engine, now), MSEC_NEVER);
    now.wall_at = 0;
    assert_int_equal(engine_next_due(fixture->engine, now), 0);
    engine_step(fixture->engine, now, &(struct event){.kind = EVENT_TICK}, fixture->effects, NULL);
    assert_int_equal(engine_next_due(fixture->engine, now), MSEC_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_is_listed_once_in_a_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_cancelled_in_its_own_turn_is_not_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(two_effects_objects_do_not_confuse_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(next_due_is_the_first_of_both_clocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_ack_that_its_source_takes_back_pages_again_by_the_sources_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_policy_nothing_is_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_event_bears_being_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolved_incidents_leave_memory_after_a_day, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_incidents_and_a_million_duplicates,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_overdue_is_fired_in_turns_of_a_thousand, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(incidents_are_walked_by_number_after_a_restore_in_any_order,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_that_another_node_gave_is_kept_where_it_is_free,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_restart_ends_no_snooze_because_of_an_old_step_of_the_clock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_restart_asks_nobody_anew_because_clocks_are_read_to_a_millisecond, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_is_set_back_is_due_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
