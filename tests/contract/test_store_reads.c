/* SPDX-License-Identifier: MIT */
/* What a start loads, and the questions to history. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"

/* Incidents 1 to 6: odd ones resolved, of teams ops and db by turns of three, a minute apart. */
static void fill_incidents(struct rig *rig)
{
    struct batch *batch = batch_new();

    for (uint64_t number = 1; number <= 6; number++) {
        struct incident incident = sample_incident(number);
        bool is_resolved = number % 2 == 1;
        incident.state = is_resolved ? INCIDENT_RESOLVED : INCIDENT_ACKNOWLEDGED;
        struct handling handling = *incident.handling;
        handling.resolved_at = is_resolved ? SAMPLE_NOW : 0;
        incident.handling = &handling;
        incident.team = number <= 3 ? "ops" : "db";
        incident.dedup_key = number % 3 == 0 ? "third" : "other";
        incident.service = number >= 5 ? "web" : "db";
        handling.acknowledged_by = handling.resolved_by = handling.reassigned_to = "";
        incident.opened_at = SAMPLE_NOW + (msec)number * MINUTE_MS;
        batch_save_incident(batch, &incident, NEED_NEW);
    }
    rig_must_commit(rig, batch);
}

/* The numbers of the incidents that come as an answer, such as "642". */
static void must_answer(struct rig *rig, struct query query, const char *numbers, bool is_cut)
{
    char got[16] = "";
    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);

    assert_true(result->incident_count < sizeof(got));
    for (size_t i = 0; i < result->incident_count; i++)
        got[i] = (char)('0' + result->incidents[i].number);
    assert_string_equal(got, numbers);
    assert_int_equal(result->is_cut, is_cut);
}

static void open_incidents_come_newest_first(void **state)
{
    fill_incidents(*state);
    must_answer(*state, (struct query){.kind = QUERY_INCIDENTS}, "642", false);
    must_answer(*state, (struct query){.kind = QUERY_INCIDENTS, .is_all = true}, "654321", false);
}

static void incidents_are_narrowed_by_team_time_and_number(void **state)
{
    struct query all = {.kind = QUERY_INCIDENTS, .is_all = true};
    struct query query = all;

    fill_incidents(*state);
    query.team = "ops";
    must_answer(*state, query, "321", false);
    query.before = 3;
    must_answer(*state, query, "21", false);
    query.is_all = false;
    must_answer(*state, query, "2", false);
    query = all;
    query.since_at = SAMPLE_NOW + 5 * MINUTE_MS;
    must_answer(*state, query, "65", false);
    query.team = "nobody's";
    must_answer(*state, query, "", false);
}

static void an_answer_that_was_cut_says_so(void **state)
{
    struct query query = {.kind = QUERY_INCIDENTS, .is_all = true, .limit = 2};

    fill_incidents(*state);
    must_answer(*state, query, "65", true);
    query.before = 5;
    must_answer(*state, query, "43", true);
    query.before = 3;
    must_answer(*state, query, "21", false);
}

static void incidents_of_a_person_are_those_acked_resolved_given_or_paged(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    struct page page = sample_page(1, 4);
    struct query query = {.kind = QUERY_INCIDENTS, .is_all = true, .user = "zoe"};

    page.user = "zoe";
    batch_save_page(batch, &page, NEED_NEW);
    for (uint64_t number = 1; number <= 5; number++) {
        struct incident incident = sample_incident(number);
        struct handling handling = *incident.handling;
        handling.acknowledged_by = number == 1 ? "zoe" : "";
        handling.resolved_by = number == 2 ? "zoe" : NULL;
        handling.reassigned_to = number == 3 ? "zoe" : "";
        incident.handling = &handling;
        batch_save_incident(batch, &incident, NEED_NEW);
    }
    rig_must_commit(rig, batch);
    must_answer(rig, query, "4321", false);
    query.user = "zo";
    must_answer(rig, query, "", false);
}

static void an_incident_comes_with_its_entries_and_pages_in_order(void **state)
{
    struct rig *rig = *state;
    struct query query = {.kind = QUERY_INCIDENT, .number = 4};
    struct batch *batch = batch_new();

    fill_incidents(rig);
    for (int i = 0; i < 3; i++) {
        struct page page = sample_page((uint64_t)(30 - i), i == 1 ? 5 : 4);
        struct entry entry = sample_entry(i == 1 ? 5 : 4, SAMPLE_NOW - i);
        entry.text = i == 0 ? "first" : "later";
        batch_save_page(batch, &page, NEED_NEW);
        batch_add_entry(batch, &entry);
    }
    rig_must_commit(rig, batch);

    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);
    assert_int_equal(result->incident_count, 1);
    assert_int_equal(result->incidents[0].number, 4);
    assert_int_equal(result->entry_count, 2);
    assert_string_equal(result->entries[0].text, "first");
    assert_int_equal(result->entries[1].at, SAMPLE_NOW - 2);
    assert_int_equal(result->page_count, 2);
    assert_int_equal(result->pages[0].id, 28);
    assert_int_equal(result->pages[1].id, 30);
    assert_false(result->is_cut);
}

static void an_unknown_incident_is_an_empty_answer(void **state)
{
    must_answer(*state, (struct query){.kind = QUERY_INCIDENT, .number = 99}, "", false);
}

static void fill_entries(struct rig *rig)
{
    struct batch *batch = batch_new();

    for (int i = 0; i < 6; i++) {
        struct entry entry = sample_entry(i % 2 == 0 ? 0 : 7, SAMPLE_NOW + i);
        entry.actor = i < 3 ? "ann" : "bob";
        batch_add_entry(batch, &entry);
    }
    rig_must_commit(rig, batch);
}

static void must_answer_entries(struct rig *rig, struct query query, const char *digits,
                                bool is_cut)
{
    char got[16] = "";
    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);

    assert_true(result->entry_count < sizeof(got));
    for (size_t i = 0; i < result->entry_count; i++)
        got[i] = (char)('0' + (result->entries[i].at - SAMPLE_NOW));
    assert_string_equal(got, digits);
    assert_int_equal(result->is_cut, is_cut);
}

static void the_audit_log_is_what_concerns_no_incident(void **state)
{
    struct query query = {.kind = QUERY_AUDIT};

    fill_entries(*state);
    must_answer_entries(*state, query, "420", false);
    query.since_at = SAMPLE_NOW + 2;
    must_answer_entries(*state, query, "42", false);
    query.limit = 1;
    must_answer_entries(*state, query, "4", true);
}

static void entries_are_found_by_who_did_it(void **state)
{
    struct query query = {.kind = QUERY_ENTRIES};

    fill_entries(*state);
    must_answer_entries(*state, query, "543210", false);
    query.user = "ann";
    must_answer_entries(*state, query, "210", false);
    query.since_at = SAMPLE_NOW + 1;
    must_answer_entries(*state, query, "21", false);
}

/* When there is nothing else to do. */
static void await_changes(struct rig *rig, msec until_at, size_t count, msec oldest_at)
{
    struct query query = {.kind = QUERY_AUDIT, .event = "change", .until_at = until_at};
    for (time_t until = time(NULL) + 60; time(NULL) < until;) {
        CLEANUP(result_free) struct result *result = rig_ask(rig, &query);
        if (result->entry_count == count && !result->is_cut) {
            assert_int_equal(result->entries[count - 1].at, oldest_at);
            return;
        }
    }
    fail_msg("they are still there");
}

static void change_events_are_forgotten_when_they_are_old_or_many(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    struct entry other = sample_entry(0, SAMPLE_NOW - 2 * STORE_CHANGE_KEPT_MS);
    batch_add_entry(batch, &other);
    for (int i = 2; i >= 0; i--) {
        struct entry entry = sample_entry(0, SAMPLE_NOW - i * STORE_CHANGE_KEPT_MS);
        entry.event = (char *)"change";
        batch_add_entry(batch, &entry);
    }
    rig_must_commit(rig, batch);
    await_changes(rig, SAMPLE_NOW + 1, 2, SAMPLE_NOW - STORE_CHANGE_KEPT_MS);

    batch = batch_new();
    for (int i = 1; i <= STORE_CHANGES_MAX + 5; i++) {
        struct entry entry = sample_entry(0, SAMPLE_NOW + i);
        entry.event = (char *)"change";
        batch_add_entry(batch, &entry);
    }
    rig_must_commit(rig, batch);
    await_changes(rig, SAMPLE_NOW + 8, 2, SAMPLE_NOW + 6);
    struct query query = {.kind = QUERY_ENTRIES, .event = other.event};
    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);
    assert_int_equal(result->entry_count, 1); /* of other entries nothing is forgotten */
}

static void text_in_a_question_is_never_an_order(void **state)
{
    struct query query = {.kind = QUERY_INCIDENTS, .is_all = true, .team = "x' OR '1'='1"};

    fill_incidents(*state);
    must_answer(*state, query, "", false);
}

static void take_at_gate(void *gate, struct result *result)
{
    result_free(result);
    gate_done(gate, NULL, NULL);
}

static void too_many_questions_are_refused(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.reads_max = 2};
    struct query query = {.kind = QUERY_AUDIT};
    struct store_health health;
    struct gate gate;
    struct fault fault;

    rig_close(rig);
    rig_open(rig, &limits);
    gate_init(&gate);
    assert_true(store_read(rig->store, &query, take_at_gate, &gate, &fault));
    gate_await(&gate, 1);
    assert_true(store_read(rig->store, &query, take_at_gate, &gate, &fault));
    assert_true(store_read(rig->store, &query, take_at_gate, &gate, &fault));
    store_health(rig->store, &health);
    assert_int_equal(health.read_count, 2);
    assert_false(store_read(rig->store, &query, take_at_gate, &gate, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    gate_open(&gate);
    rig_close(rig);
    assert_int_equal(gate.waiting, 3);
    gate_clear(&gate);
    rig_open(rig, NULL);
}

static void a_waiting_question_holds_no_commit_up(void **state)
{
    struct rig *rig = *state;
    struct query query = {.kind = QUERY_AUDIT};
    struct gate gate;
    struct fault fault;

    gate_init(&gate);
    assert_true(store_read(rig->store, &query, take_at_gate, &gate, &fault));
    gate_await(&gate, 1);
    fill_incidents(rig);
    gate_open(&gate);
    rig_close(rig);
    gate_clear(&gate);
    rig_open(rig, NULL);
}

/* `handling` is filled, and the incident's. */
static struct incident resolved(uint64_t number, msec at, struct handling *handling)
{
    struct incident incident = sample_incident(number);

    incident.state = INCIDENT_RESOLVED;
    *handling = *incident.handling;
    handling->resolved_at = at;
    incident.handling = handling;
    return incident;
}

static void a_start_loads_open_and_lately_resolved_incidents(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    struct handling handlings[3];
    struct incident list[] = {
        resolved(1, SAMPLE_NOW - DAY_MS - 1, &handlings[0]), sample_incident(2),
        resolved(3, SAMPLE_NOW - DAY_MS, &handlings[1]),     sample_incident(4),
        resolved(5, SAMPLE_NOW - 2 * DAY_MS, &handlings[2]),
    };

    list[3].state = INCIDENT_SUPPRESSED;
    for (size_t i = 0; i < 5; i++)
        batch_save_incident(batch, &list[i], NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(loaded->incidents[i].number, i + 2);
    assert_int_equal(loaded->maxima.incident, 5);
}

static void a_start_loads_the_alerts_of_incidents_that_it_loads(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();

    for (uint64_t i = 1; i <= 3; i++) {
        struct incident incident = sample_incident(i);
        struct alert_record alert = sample_alert(i, i == 3 ? 9 : i);
        incident.state = i == 1 ? INCIDENT_RESOLVED : INCIDENT_TRIGGERED;
        struct handling handling = *incident.handling;
        handling.resolved_at = SAMPLE_NOW - STORE_RECENT_MS - 1;
        incident.handling = &handling;
        batch_save_incident(batch, &incident, NEED_NEW);
        batch_save_alert(batch, &alert, NEED_NEW);
    }
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_ALERT], 1);
    assert_int_equal(loaded->alerts[0].id, 2);
    assert_int_equal(loaded->maxima.alert, 3);
}

static void must_answer_alerts(struct rig *rig, struct query query, const char *ids, bool is_cut)
{
    char got[16] = "";
    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);

    assert_true(result->alert_count < sizeof(got));
    for (size_t i = 0; i < result->alert_count; i++)
        got[i] = (char)('0' + result->alerts[i].id);
    assert_string_equal(got, ids);
    assert_int_equal(result->is_cut, is_cut);
}

static void alerts_are_found_by_incident_and_by_when_they_came(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    struct query query = {.kind = QUERY_ALERTS};

    fill_incidents(rig);
    for (uint64_t i = 1; i <= 5; i++) {
        struct alert_record alert = sample_alert(i, i % 2 == 0 ? 4 : 3);
        alert.last_at = SAMPLE_NOW + (msec)i;
        alert.summary = i == 5 ? NULL : alert.summary;
        batch_save_alert(batch, &alert, NEED_NEW);
    }
    rig_must_commit(rig, batch);
    must_answer_alerts(rig, query, "54321", false);
    CLEANUP(result_free) struct result *result = rig_ask(rig, &query);
    assert_string_equal(result->alerts[0].summary, sample_incident(3).summary);
    query.since_at = SAMPLE_NOW + 3;
    must_answer_alerts(rig, query, "543", false);
    query.limit = 2;
    must_answer_alerts(rig, query, "54", true);
    query.dedup_key = sample_alert(1, 1).dedup_key;
    query.integration = "nagios";
    must_answer_alerts(rig, query, "", false);
    query.integration = sample_alert(1, 1).integration;
    must_answer_alerts(rig, query, "54", true);
    query.dedup_key = "another";
    must_answer_alerts(rig, query, "", false);
    must_answer_alerts(rig, (struct query){.kind = QUERY_INCIDENT, .number = 3}, "135", false);
    must_answer_alerts(rig, (struct query){.kind = QUERY_INCIDENT, .number = 4}, "24", false);
}

static void a_start_loads_pages_whose_end_is_open(void **state)
{
    static const struct {
        enum page_state state;
        msec age_ms;
        bool is_loaded;
    } cases[] = {
        {PAGE_QUEUED, 99 * DAY_MS, true},   {PAGE_SENDING, 99 * DAY_MS, true},
        {PAGE_SENT, DAY_MS, true},          {PAGE_SENT, DAY_MS + 1, false},
        {PAGE_UNKNOWN, DAY_MS, true},       {PAGE_UNKNOWN, DAY_MS + 1, false},
        {PAGE_DELIVERED, SECOND_MS, false}, {PAGE_FAILED, SECOND_MS, false},
        {PAGE_CANCELLED, SECOND_MS, false},
    };
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    size_t found = 0;
    uint64_t count = sizeof(cases) / sizeof(cases[0]);

    for (uint64_t i = 0; i < count; i++) {
        struct page page = sample_page(i + 1, 1);
        page.state = cases[i].state;
        page.created_at = SAMPLE_NOW - cases[i].age_ms;
        batch_save_page(batch, &page, NEED_NEW);
    }
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    for (uint64_t i = 0; i < count; i++)
        if (cases[i].is_loaded)
            assert_int_equal(loaded->pages[found++].id, i + 1);
    assert_int_equal(loaded->counts[RECORD_PAGE], found);
    assert_int_equal(loaded->maxima.page, count);
}

static void a_start_leaves_out_what_has_ended_or_expired(void **state)
{
    struct rig *rig = *state;
    struct override overrides[] = {sample_override(1), sample_override(2), sample_override(3)};
    struct token_record tokens[] = {sample_token('a', 1), sample_token('b', 1),
                                    sample_token('c', 1)};
    struct batch *batch = batch_new();

    struct silence silences[] = {sample_silence(1), sample_silence(2), sample_silence(3),
                                 sample_silence(4), sample_silence(5)};

    silences[1].until_at = SAMPLE_NOW; /* passed while pagerd was down: has to be ended */
    silences[0].state = silences[2].state = silences[3].state = silences[4].state = SILENCE_OVER;
    silences[0].maintenance = "";
    silences[2].until_at = SAMPLE_NOW - SILENCE_MAX_MS; /* its event may still be on */
    silences[3].until_at = SAMPLE_NOW - SILENCE_MAX_MS - 1;
    silences[4].ended_by = "";
    for (size_t i = 0; i < 5; i++)
        batch_save_silence(batch, &silences[i], NEED_NEW);
    struct heartbeat heartbeats[] = {sample_heartbeat(1), sample_heartbeat(2)};
    heartbeats[1].state = HEARTBEAT_REMOVED;
    for (size_t i = 0; i < 2; i++)
        batch_save_heartbeat(batch, &heartbeats[i], NEED_NEW);
    overrides[1].is_ended = true;
    overrides[2].until_at = SAMPLE_NOW;
    tokens[1].is_revoked = true;
    tokens[2].expires_at = SAMPLE_NOW;
    for (size_t i = 0; i < 3; i++) {
        batch_save_override(batch, &overrides[i], NEED_NEW);
        batch_save_token(batch, &tokens[i], NEED_NEW);
    }
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_OVERRIDE], 1);
    assert_int_equal(loaded->overrides[0].id, 1);
    assert_int_equal(loaded->maxima.override, 3);
    assert_int_equal(loaded->counts[RECORD_SILENCE], 2);
    assert_int_equal(loaded->silences[0].id, 2);
    assert_int_equal(loaded->silences[1].id, 3);
    assert_int_equal(loaded->maxima.silence, 5);
    assert_int_equal(loaded->counts[RECORD_HEARTBEAT], 1);
    assert_int_equal(loaded->maxima.heartbeat, 2);
    assert_int_equal(loaded->counts[RECORD_TOKEN], 2);
}

/* The clock of the start may be years ahead of the one by which the link was made. */
static void links_of_open_incidents_are_loaded_whatever_the_clock_says(void **state)
{
    struct rig *rig = *state;
    struct incident incidents[] = {sample_incident(1), sample_incident(2)};
    struct token_record tokens[] = {sample_token('a', 1), sample_token('b', 2)};
    struct batch *batch = batch_new();

    incidents[0].state = INCIDENT_TRIGGERED;
    incidents[1].state = INCIDENT_RESOLVED;
    for (size_t i = 0; i < 2; i++) {
        batch_save_incident(batch, &incidents[i], NEED_NEW);
        batch_save_token(batch, &tokens[i], NEED_NEW);
    }
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW + 3650 * DAY_MS);
    assert_int_equal(loaded->counts[RECORD_TOKEN], 1);
    assert_int_equal(loaded->tokens[0].incident, 1);
}

static void an_empty_store_loads_nothing(void **state)
{
    struct loaded *loaded = rig_load(*state, SAMPLE_NOW);

    for (size_t kind = 0; kind < RECORD_COUNT; kind++)
        assert_int_equal(loaded->counts[kind], 0);
    assert_int_equal(loaded->maxima.incident, 0);
    assert_int_equal(loaded->maxima.page, 0);
    assert_int_equal(loaded->maxima.override, 0);
    assert_int_equal(loaded->maxima.silence, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(open_incidents_come_newest_first),
        ON_ALL(incidents_are_narrowed_by_team_time_and_number),
        ON_ALL(an_answer_that_was_cut_says_so),
        ON_ALL(incidents_of_a_person_are_those_acked_resolved_given_or_paged),
        ON_ALL(an_incident_comes_with_its_entries_and_pages_in_order),
        ON_ALL(an_unknown_incident_is_an_empty_answer),
        ON_ALL(the_audit_log_is_what_concerns_no_incident),
        ON_ALL(entries_are_found_by_who_did_it),
        ON_ALL(change_events_are_forgotten_when_they_are_old_or_many),
        ON_ALL(text_in_a_question_is_never_an_order),
        ON_ALL(too_many_questions_are_refused),
        ON_ALL(a_waiting_question_holds_no_commit_up),
        ON_ALL(a_start_loads_open_and_lately_resolved_incidents),
        ON_ALL(a_start_loads_the_alerts_of_incidents_that_it_loads),
        ON_ALL(alerts_are_found_by_incident_and_by_when_they_came),
        ON_ALL(a_start_loads_pages_whose_end_is_open),
        ON_ALL(a_start_leaves_out_what_has_ended_or_expired),
        ON_ALL(links_of_open_incidents_are_loaded_whatever_the_clock_says),
        ON_ALL(an_empty_store_loads_nothing),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
