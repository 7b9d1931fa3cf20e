/* SPDX-License-Identifier: MIT */
/* Every member of every record comes back from a closed and reopened store. */
#include <stdlib.h>
#include <string.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"

static struct result *ask_incident(struct rig *rig, uint64_t number)
{
    struct query query = {.kind = QUERY_INCIDENT, .number = number};
    return rig_ask(rig, &query);
}

static void an_incident_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(412);
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], 1);
    must_equal_incident(&loaded->incidents[0], &incident);

    CLEANUP(result_free) struct result *result = ask_incident(rig, 412);
    assert_int_equal(result->incident_count, 1);
    must_equal_incident(&result->incidents[0], &incident);
}

static void a_changed_incident_comes_back_as_it_was_changed(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct incident changed = sample_incident(1);
    struct batch *batch = batch_new();

    changed.version = 2;
    changed.state = INCIDENT_SNOOZED;
    changed.severity = SEVERITY_CRITICAL;
    changed.team = "db";
    changed.service = "other";
    changed.summary = "changed";
    changed.details = "";
    changed.labels = NULL;
    changed.label_count = 0;
    changed.occurrences = 99;
    changed.walk.step = 9;
    changed.walk.due_at = MSEC_NEVER;
    changed.paged_count = 1;
    batch_save_incident(batch, &incident, NEED_VERSION);
    batch_save_incident(batch, &changed, NEED_VERSION);
    rig_must_commit(rig, batch);
    must_equal_incident(&rig_reload(rig, SAMPLE_NOW)->incidents[0], &changed);
}

static void an_alert_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(4);
    struct incident other = sample_incident(5);
    struct alert_record alert = sample_alert(9, 4);
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    batch_save_incident(batch, &other, NEED_NEW);
    batch_save_alert(batch, &alert, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_ALERT], 1);
    must_equal_alert(&loaded->alerts[0], &alert);
    assert_int_equal(loaded->maxima.alert, 9);

    struct alert_record moved = sample_alert(9, 5);
    moved.version = 2;
    moved.summary = NULL;
    batch = batch_new();
    batch_save_alert(batch, &moved, NEED_VERSION);
    rig_must_commit(rig, batch);
    must_equal_alert(&rig_reload(rig, SAMPLE_NOW)->alerts[0], &moved);
}

static void a_page_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct page page = sample_page(9, 4);
    struct batch *batch = batch_new();

    batch_save_page(batch, &page, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_PAGE], 1);
    must_equal_page(&loaded->pages[0], &page);
}

static void a_person_comes_back_with_runs_and_disturbances(void **state)
{
    struct rig *rig = *state;
    struct person person = sample_person("ann");
    struct batch *batch = batch_new();

    batch_save_person(batch, &person, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_PERSON], 1);
    must_equal_person(&loaded->persons[0], &person);
}

static void an_override_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct override override = sample_override(57);
    struct batch *batch = batch_new();

    batch_save_override(batch, &override, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_OVERRIDE], 1);
    must_equal_override(&loaded->overrides[0], &override);
}

static void a_silence_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct silence silence = sample_silence(31);
    struct batch *batch = batch_new();

    batch_save_silence(batch, &silence, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_SILENCE], 1);
    must_equal_silence(&loaded->silences[0], &silence);
}

static void a_heartbeat_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct heartbeat heartbeat = sample_heartbeat(9);
    struct batch *batch = batch_new();

    batch_save_heartbeat(batch, &heartbeat, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_HEARTBEAT], 1);
    must_equal_heartbeat(&loaded->heartbeats[0], &heartbeat);
}

static void a_handoff_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct handoff handoff = sample_handoff("ops");
    struct batch *batch = batch_new();

    batch_save_handoff(batch, &handoff, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_HANDOFF], 1);
    must_equal_handoff(&loaded->handoffs[0], &handoff);
}

static void a_swap_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct swap swap = sample_swap(61);
    struct batch *batch = batch_new();

    batch_save_swap(batch, &swap, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_SWAP], 1);
    must_equal_swap(&loaded->swaps[0], &swap);
}

static void a_proof_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct proof proof = sample_proof(71);
    struct batch *batch = batch_new();

    batch_save_proof(batch, &proof, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_PROOF], 1);
    must_equal_proof(&loaded->proofs[0], &proof);
}

static void keys_come_back_with_what_they_are_for(void **state)
{
    struct rig *rig = *state;
    struct key_record person = sample_key('a');
    struct key_record integration = sample_key('b');
    struct batch *batch = batch_new();

    person.team = NULL;
    integration.kind = KEY_INTEGRATION;
    integration.user = NULL;
    integration.revoked_at = 0;
    batch_save_key(batch, &person, NEED_NEW);
    batch_save_key(batch, &integration, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_KEY], 2);
    must_equal_key(&loaded->keys[0], &person);
    must_equal_key(&loaded->keys[1], &integration);
}

static void a_token_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct token_record token = sample_token('f', 412);
    struct batch *batch = batch_new();

    token.is_revoked = true;
    batch_save_token(batch, &token, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_TOKEN], 1);
    must_equal_token(&loaded->tokens[0], &token);
}

static void a_meta_value_comes_back(void **state)
{
    struct rig *rig = *state;
    struct meta_record clock = {"clock", "{\"steady\":1,\"wall\":2}"};
    struct batch *batch = batch_new();

    batch_save_meta(batch, &clock, NEED_NONE);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_META], 1);
    assert_string_equal(loaded->metas[0].name, clock.name);
    assert_string_equal(loaded->metas[0].value, clock.value);
}

static void an_entry_comes_back_with_every_member(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(5);
    struct entry entry = sample_entry(5, SAMPLE_NOW);
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    batch_add_entry(batch, &entry);
    rig_must_commit(rig, batch);
    rig_reload(rig, SAMPLE_NOW);
    CLEANUP(result_free) struct result *result = ask_incident(rig, 5);
    assert_int_equal(result->entry_count, 1);
    must_equal_entry(&result->entries[0], &entry);
}

static void empty_text_and_no_text_stay_apart(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct batch *batch = batch_new();

    incident.summary = "";
    incident.details = NULL;
    struct handling handling = *incident.handling;
    handling.acknowledged_by = "";
    handling.resolved_by = NULL;
    incident.handling = &handling;
    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    must_equal_incident(&rig_reload(rig, SAMPLE_NOW)->incidents[0], &incident);
}

static void text_of_any_script_comes_back(void **state)
{
    struct rig *rig = *state;
    struct label label = {"größe", "磁盘 \"満\" \\ \t\n\x01 \xf0\x9f\x94\xa5"};
    struct incident incident = sample_incident(1);
    struct batch *batch = batch_new();

    incident.summary = "Диск полон; DROP TABLE incident; -- 'x' \xf0\x9f\x94\xa5";
    incident.details = "\x01\x02\x7f\r\n\t%s%n \xe2\x80\xae";
    incident.labels = &label;
    incident.label_count = 1;
    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    must_equal_incident(&rig_reload(rig, SAMPLE_NOW)->incidents[0], &incident);
}

static void bytes_that_are_no_text_come_back(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct batch *batch = batch_new();

    incident.details = "\xff\xfe\xc3( \xed\xa0\x80";
    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    must_equal_incident(&rig_reload(rig, SAMPLE_NOW)->incidents[0], &incident);
}

static void a_huge_text_comes_back_whole(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    size_t size = 3 * 1024 * 1024;
    struct batch *batch = batch_new();

    char *details = memory_new(size + 1, 1);
    for (size_t i = 0; i < size; i++)
        details[i] = (char)('a' + i % 23);
    incident.details = details;
    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    must_equal_incident(&rig_reload(rig, SAMPLE_NOW)->incidents[0], &incident);
    free(details);
}

static void the_largest_numbers_come_back(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(INT64_MAX);
    struct batch *batch = batch_new();

    incident.version = INT64_MAX;
    incident.occurrences = INT64_MAX;
    incident.walk = (struct escalation){UINT16_MAX, UINT16_MAX, UINT32_MAX, MSEC_NEVER};
    incident.opened_at = -1;
    batch_save_incident(batch, &incident, NEED_NONE);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    must_equal_incident(&loaded->incidents[0], &incident);
    assert_int_equal(loaded->maxima.incident, INT64_MAX);
}

static void lists_come_back_at_their_longest(void **state)
{
    static struct label labels[LABELS_MAX];
    static struct notify_run runs[PERSON_RUNS_MAX];
    static struct disturbance disturbances[PERSON_DISTURBANCES_MAX];
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct person person = sample_person("ann");
    struct batch *batch = batch_new();

    for (size_t i = 0; i < LABELS_MAX; i++)
        labels[i] = (struct label){"name", i % 2 ? "odd" : "even"};
    for (size_t i = 0; i < PERSON_RUNS_MAX; i++)
        runs[i] = (struct notify_run){.incident = i, .rule = "r", .text = "t", .due_at = (msec)i};
    for (size_t i = 0; i < PERSON_DISTURBANCES_MAX; i++)
        disturbances[i] = (struct disturbance){.incident = i, .wakings = UINT16_MAX};
    incident.labels = labels;
    incident.label_count = LABELS_MAX;
    person.runs = runs;
    person.run_count = PERSON_RUNS_MAX;
    person.disturbances = disturbances;
    person.disturbance_count = PERSON_DISTURBANCES_MAX;
    batch_save_incident(batch, &incident, NEED_NEW);
    batch_save_person(batch, &person, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    must_equal_incident(&loaded->incidents[0], &incident);
    must_equal_person(&loaded->persons[0], &person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(an_incident_comes_back_with_every_member),
        ON_ALL(a_changed_incident_comes_back_as_it_was_changed),
        ON_ALL(an_alert_comes_back_with_every_member),
        ON_ALL(a_page_comes_back_with_every_member),
        ON_ALL(a_person_comes_back_with_runs_and_disturbances),
        ON_ALL(an_override_comes_back_with_every_member),
        ON_ALL(a_silence_comes_back_with_every_member),
        ON_ALL(a_heartbeat_comes_back_with_every_member),
        ON_ALL(a_handoff_comes_back_with_every_member),
        ON_ALL(a_swap_comes_back_with_every_member),
        ON_ALL(a_proof_comes_back_with_every_member),
        ON_ALL(keys_come_back_with_what_they_are_for),
        ON_ALL(a_token_comes_back_with_every_member),
        ON_ALL(a_meta_value_comes_back),
        ON_ALL(an_entry_comes_back_with_every_member),
        ON_ALL(empty_text_and_no_text_stay_apart),
        ON_ALL(text_of_any_script_comes_back),
        ON_SQLITE(bytes_that_are_no_text_come_back),
        ON_MEMORY(bytes_that_are_no_text_come_back),
        ON_ALL(a_huge_text_comes_back_whole),
        ON_ALL(the_largest_numbers_come_back),
        ON_ALL(lists_come_back_at_their_longest),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
