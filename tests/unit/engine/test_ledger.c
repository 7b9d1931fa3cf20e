/* SPDX-License-Identifier: MIT */
/* The ledger and the audit: whatever is lost on the way is seen, also in slices. */
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
#include "engine/incident.h"
#include "unit/engine/fixture.h"

static int set_up(void **state)
{
    struct fixture *fixture = fixture_new();
    fixture->policy.severities[SEVERITY_INFO] = (struct severity_rule){.promote_ms = MSEC_NEVER};
    fixture_begin(fixture);
    *state = fixture;
    return 0;
}

static void alert(struct fixture *fixture, enum event_kind kind, const char *key,
                  enum severity severity)
{
    struct alert alert = {.integration = "test",
                          .team = "db",
                          .dedup_key = key,
                          .summary = "broken",
                          .severity = severity};
    step_at(fixture, 1000, (struct event){.kind = kind, .actor = "test", .alert = &alert});
}

/* One of each kind: a new one, a duplicate, a silent one, a resolve, notes and what does nothing.
 */
static void live(struct fixture *fixture)
{
    alert(fixture, EVENT_TRIGGER, "a", SEVERITY_CRITICAL);
    alert(fixture, EVENT_TRIGGER, "a", SEVERITY_CRITICAL);
    alert(fixture, EVENT_TRIGGER, "b", SEVERITY_CRITICAL);
    alert(fixture, EVENT_TRIGGER, "silent", SEVERITY_INFO);
    alert(fixture, EVENT_NOTE_SOURCE, "a", SEVERITY_CRITICAL);
    alert(fixture, EVENT_NOTE_SOURCE, "unknown", SEVERITY_CRITICAL);
    alert(fixture, EVENT_RESOLVE_SOURCE, "b", SEVERITY_CRITICAL);
    alert(fixture, EVENT_RESOLVE_SOURCE, "b", SEVERITY_CRITICAL);
    step_at(fixture, 1000,
            (struct event){.kind = EVENT_ACKNOWLEDGE, .actor = "ann", .incident = 1});
    step_at(fixture, 1000, (struct event){.kind = EVENT_TRIGGER, .actor = "test"});
}

static bool is_level(struct fixture *fixture, struct fault *fault)
{
    *fault = (struct fault){0};
    return engine_audit(fixture->engine, (struct now){1000, 1000}, SIZE_MAX, fault) == AUDIT_LEVEL;
}

static void what_became_of_each_alert_has_a_name(void **state)
{
    struct fixture *fixture = *state;
    live(fixture);
    struct engine_counts counts = view_counts(fixture->engine);
    assert_int_equal(counts.alerts_received, 9);
    const uint64_t wanted[ALERT_END_COUNT] = {
        [ALERT_OPENED] = 2, [ALERT_MERGED] = 1, [ALERT_SUPPRESSED] = 1, [ALERT_RESOLVED] = 1,
        [ALERT_NOTED] = 1,  [ALERT_IDLE] = 2,   [ALERT_REFUSED] = 1,
    };
    for (int end = 0; end < ALERT_END_COUNT; end++) {
        assert_non_null(alert_end_name((enum alert_end)end));
        assert_int_equal(counts.alerts_ended[end], wanted[end]);
    }
    struct fault fault = {0};
    assert_int_equal(ledger_imbalance(fixture->engine), 0);
    assert_true(is_level(fixture, &fault));
    assert_true(engine_check(fixture->engine, (struct now){1000, 1000}, &fault));
}

/* Takes an incident out of memory as a bug might, with all that points to it, and nothing said. */
static void incident_lose(struct engine *engine, uint64_t number)
{
    struct incident *incident = incident_find(engine, number);
    struct engine_counts counts = engine->counts;
    struct ledger ledger = engine->ledger;
    incident_drop(engine, incident);
    engine->counts = counts;
    engine->ledger = ledger;
}

static void an_incident_that_is_lost_is_seen_whatever_its_state(void **state)
{
    for (uint64_t number = 1; number <= 3; number++) {
        struct fixture *fixture = *state;
        live(fixture);
        incident_lose(fixture->engine, number);
        struct fault fault;
        assert_int_not_equal(ledger_imbalance(fixture->engine), 0);
        assert_false(is_level(fixture, &fault));
        assert_int_equal(fault.kind, FAULT_CONFLICT);
        assert_false(engine_check(fixture->engine, (struct now){1000, 1000}, &fault));
        tear_down(state);
        set_up(state);
    }
}

static void an_alert_that_is_not_counted_is_seen(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;
    live(fixture);
    incident_find(fixture->engine, 1)->occurrences--;
    assert_int_equal(ledger_imbalance(fixture->engine), 0); /* only the walk can know */
    assert_false(is_level(fixture, &fault));
    assert_false(engine_check(fixture->engine, (struct now){1000, 1000}, &fault));
    incident_find(fixture->engine, 1)->occurrences++;
    assert_true(is_level(fixture, &fault));
    fixture->engine->counts.alerts_ended[ALERT_IDLE]--;
    assert_int_equal(ledger_imbalance(fixture->engine), 1);
    assert_false(is_level(fixture, &fault));
}

static void a_waiting_incident_that_pages_nobody_is_seen(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;
    alert(fixture, EVENT_TRIGGER, "a", SEVERITY_CRITICAL);
    assert_true(is_level(fixture, &fault));
    incident_find(fixture->engine, 1)->walk.due_at = MSEC_NEVER;
    assert_false(is_level(fixture, &fault));
}

/* Alerts, resolves and drops come between the slices, before and behind the walk. */
static void slices_add_up_while_alerts_come_in(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault = {0};
    char key[16];
    for (int i = 0; i < 50; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        alert(fixture, EVENT_TRIGGER, key, SEVERITY_CRITICAL);
    }
    enum audit_state audit = AUDIT_UNDER_WAY;
    for (int i = 0; i < 10000 && audit == AUDIT_UNDER_WAY; i++) {
        audit = engine_audit(fixture->engine, (struct now){1000, 1000}, 3, &fault);
        snprintf(key, sizeof(key), "k%d", (i * 7) % 60);
        alert(fixture, EVENT_TRIGGER, key, SEVERITY_CRITICAL);
        snprintf(key, sizeof(key), "k%d", (i * 11) % 60);
        alert(fixture, EVENT_RESOLVE_SOURCE, key, SEVERITY_CRITICAL);
        struct incident *old = incident_find(fixture->engine, (uint64_t)i + 1);
        if (old != NULL && old->state == INCIDENT_RESOLVED)
            incident_drop(fixture->engine, old);
    }
    assert_string_equal(fault.text, "");
    assert_int_equal(audit, AUDIT_LEVEL);
}

static void a_restart_begins_level(void **state)
{
    struct fixture *fixture = *state;
    live(fixture);
    struct engine *next = engine_new();
    uint64_t cursor = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(fixture->engine, &cursor)) != NULL)
        engine_restore_incident(next, incident);
    engine_free(fixture->engine);
    fixture->engine = next;
    step_at(fixture, 1000, (struct event){.kind = EVENT_POLICY, .policy = &fixture->policy});
    engine_restored(next, (struct now){1000, 1000}, fixture->effects);
    assert_int_equal(ledger_imbalance(next), 0);
    alert(fixture, EVENT_TRIGGER, "a", SEVERITY_CRITICAL);
    struct fault fault;
    assert_true(is_level(fixture, &fault));
    assert_int_equal(view_counts(next).restored, 3);
}

static void a_deadline_that_nobody_fires_is_overdue(void **state)
{
    struct fixture *fixture = *state;
    alert(fixture, EVENT_TRIGGER, "a", SEVERITY_CRITICAL);
    assert_int_equal(engine_overdue_ms(fixture->engine, (struct now){1000, 1000}), 0);
    msec late_at = 1000 + engine_next_due(fixture->engine, (struct now){1000, 1000}) + 7000;
    assert_int_equal(engine_overdue_ms(fixture->engine, (struct now){late_at, late_at}), 7000);
    step_at(fixture, late_at, (struct event){.kind = EVENT_TICK});
    assert_int_equal(engine_overdue_ms(fixture->engine, (struct now){late_at, late_at}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_became_of_each_alert_has_a_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_incident_that_is_lost_is_seen_whatever_its_state, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_alert_that_is_not_counted_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_waiting_incident_that_pages_nobody_is_seen, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(slices_add_up_while_alerts_come_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restart_begins_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_deadline_that_nobody_fires_is_overdue, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
