/* SPDX-License-Identifier: MIT */
/* Batches: preconditions, all or nothing, order, groups, limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"

static struct batch *batch_of(uint64_t number, uint64_t version, enum need need)
{
    struct incident incident = sample_incident(number);
    struct batch *batch = batch_new();

    incident.version = version;
    batch_save_incident(batch, &incident, need);
    return batch;
}

static void must_conflict(struct rig *rig, struct batch *batch, const char *text)
{
    struct fault fault = rig_commit(rig, batch);

    assert_int_equal(fault.kind, FAULT_CONFLICT);
    assert_string_equal(fault.text, text);
}

static void a_new_record_is_refused_when_its_id_exists(void **state)
{
    struct rig *rig = *state;

    rig_must_commit(rig, batch_of(7, 1, NEED_NEW));
    must_conflict(rig, batch_of(7, 1, NEED_NEW), "incident 7 exists already");
}

static void version_one_must_be_new(void **state)
{
    struct rig *rig = *state;

    rig_must_commit(rig, batch_of(7, 1, NEED_VERSION));
    must_conflict(rig, batch_of(7, 1, NEED_VERSION), "incident 7 exists already");
}

static void a_version_must_follow_the_stored_one(void **state)
{
    struct rig *rig = *state;

    rig_must_commit(rig, batch_of(7, 1, NEED_VERSION));
    must_conflict(rig, batch_of(7, 3, NEED_VERSION), "incident 7 is not at version 2 any more");
    rig_must_commit(rig, batch_of(7, 2, NEED_VERSION));
    must_conflict(rig, batch_of(7, 2, NEED_VERSION), "incident 7 is not at version 1 any more");
    rig_must_commit(rig, batch_of(7, 3, NEED_VERSION));
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->incidents[0].version, 3);
}

static void a_version_of_nothing_is_a_conflict(void **state)
{
    must_conflict(*state, batch_of(7, 2, NEED_VERSION), "incident 7 is not at version 1 any more");
}

static void the_same_rules_hold_for_all_records_with_a_version(void **state)
{
    struct rig *rig = *state;
    struct page page = sample_page(3, 1);
    struct person person = sample_person("ann");
    struct override override = sample_override(5);
    struct silence silence = sample_silence(6);
    struct batch *batch = batch_new();

    batch_save_page(batch, &page, NEED_VERSION);
    batch_save_person(batch, &person, NEED_VERSION);
    batch_save_override(batch, &override, NEED_VERSION);
    batch_save_silence(batch, &silence, NEED_VERSION);
    rig_must_commit(rig, batch);
    page.version = person.version = override.version = silence.version = 3;
    batch_save_page(batch = batch_new(), &page, NEED_VERSION);
    must_conflict(rig, batch, "page 3 is not at version 2 any more");
    batch_save_person(batch = batch_new(), &person, NEED_VERSION);
    must_conflict(rig, batch, "person ann is not at version 2 any more");
    batch_save_override(batch = batch_new(), &override, NEED_VERSION);
    must_conflict(rig, batch, "rota_override 5 is not at version 2 any more");
    batch_save_silence(batch = batch_new(), &silence, NEED_VERSION);
    must_conflict(rig, batch, "silence 6 is not at version 2 any more");
}

static void keys_tokens_and_meta_values_can_be_asked_to_be_new(void **state)
{
    struct rig *rig = *state;
    struct key_record key = sample_key('a');
    struct token_record token = sample_token('b', 1);
    struct meta_record meta = {"clock", "1"};

    for (int i = 0; i < 2; i++) {
        enum fault_kind want = i == 0 ? FAULT_NONE : FAULT_CONFLICT;
        struct batch *batch = batch_new();
        batch_save_key(batch, &key, NEED_NEW);
        assert_int_equal(rig_commit(rig, batch).kind, want);
        batch_save_token(batch = batch_new(), &token, NEED_NEW);
        assert_int_equal(rig_commit(rig, batch).kind, want);
        batch_save_meta(batch = batch_new(), &meta, NEED_NEW);
        assert_int_equal(rig_commit(rig, batch).kind, want);
    }
}

static void of_values_of_one_name_the_last_one_stands(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    const struct {
        struct meta_record meta;
        enum need need;
    } saves[] = {
        {{"clock", "1"}, NEED_NONE}, {{"other", "a"}, NEED_NEW},  {{"clock", "2"}, NEED_NONE},
        {{"other", "b"}, NEED_NONE}, {{"clock", "3"}, NEED_NONE},
    };

    for (size_t i = 0; i < sizeof(saves) / sizeof(saves[0]); i++)
        batch_save_meta(batch, &saves[i].meta, saves[i].need);
    rig_must_commit(rig, batch);
    batch = batch_new();
    batch_save_meta(batch, &(struct meta_record){"third", "x"}, NEED_NONE);
    batch_save_meta(batch, &(struct meta_record){"third", "y"}, NEED_NEW);
    assert_int_equal(rig_commit(rig, batch).kind, FAULT_CONFLICT);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_META], 2);
    assert_string_equal(loaded->metas[0].value, "3");
    assert_string_equal(loaded->metas[1].value, "b");
}

static void without_a_need_records_are_written_over(void **state)
{
    struct rig *rig = *state;
    struct key_record key = sample_key('a');
    struct meta_record meta = {"clock", "1"};

    rig_must_commit(rig, batch_of(7, 5, NEED_NONE));
    rig_must_commit(rig, batch_of(7, 2, NEED_NONE));
    for (int i = 0; i < 2; i++) {
        struct batch *batch = batch_new();
        batch_save_key(batch, &key, NEED_NONE);
        batch_save_meta(batch, &meta, NEED_NONE);
        rig_must_commit(rig, batch);
        key.last_used_at = SAMPLE_NOW;
        meta.value = NULL;
    }
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->incidents[0].version, 2);
    assert_int_equal(loaded->counts[RECORD_KEY], 1);
    assert_int_equal(loaded->keys[0].last_used_at, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_META], 1);
    assert_null(loaded->metas[0].value);
}

static struct batch *batch_of_everything(uint64_t number)
{
    struct incident incident = sample_incident(number);
    struct page page = sample_page(number, number);
    struct person person = sample_person("bob");
    struct override override = sample_override(number);
    struct silence silence = sample_silence(number);
    struct entry entry = sample_entry(number, SAMPLE_NOW);
    struct key_record key = sample_key('c');
    struct token_record token = sample_token('d', number);
    struct meta_record meta = {"clock", "changed"};
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    batch_save_page(batch, &page, NEED_NEW);
    batch_save_person(batch, &person, NEED_NEW);
    batch_save_override(batch, &override, NEED_NEW);
    batch_save_silence(batch, &silence, NEED_NEW);
    batch_add_entry(batch, &entry);
    batch_save_key(batch, &key, NEED_NEW);
    batch_save_token(batch, &token, NEED_NEW);
    batch_save_meta(batch, &meta, NEED_NONE);
    batch_bump(batch, "alerts", 100);
    batch_revoke_tokens(batch, 1);
    return batch;
}

static void a_conflict_takes_back_the_whole_batch(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct token_record token = sample_token('a', 1);
    struct meta_record meta = {"clock", "first"};
    struct query entries = {.kind = QUERY_ENTRIES};
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    batch_save_token(batch, &token, NEED_NEW);
    batch_save_meta(batch, &meta, NEED_NEW);
    batch_bump(batch, "alerts", 1);
    rig_must_commit(rig, batch);
    batch = batch_of_everything(2);
    batch_save_incident(batch, &incident, NEED_NEW);
    must_conflict(rig, batch, "incident 1 exists already");

    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], 1);
    assert_int_equal(loaded->counts[RECORD_PAGE], 0);
    assert_int_equal(loaded->counts[RECORD_PERSON], 0);
    assert_int_equal(loaded->counts[RECORD_OVERRIDE], 0);
    assert_int_equal(loaded->counts[RECORD_SILENCE], 0);
    assert_int_equal(loaded->counts[RECORD_KEY], 0);
    assert_int_equal(loaded->counts[RECORD_TOKEN], 1);
    assert_false(loaded->tokens[0].is_revoked);
    assert_string_equal(loaded->metas[0].value, "first");
    assert_string_equal(loaded->counters[0].value, "1");
    CLEANUP(result_free) struct result *result = rig_ask(rig, &entries);
    assert_int_equal(result->entry_count, 0);
}

/* One batch that stands at the gate in its `done`, so that what follows is one group. */
static void submit_to_gate(struct rig *rig, struct gate *gate)
{
    struct fault fault;

    gate_init(gate);
    assert_true(store_submit(rig->store, batch_new(), gate_done, gate, &fault));
    gate_await(gate, 1);
}

/* Remembers in which order batches were done, and with what. */
struct log {
    struct gate gate; /* counts; open */
    int order[128];
    enum fault_kind faults[128];
    size_t count;
};

struct log_line {
    struct log *log;
    int number;
};

static void log_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct log_line *line = context;
    struct log *log = line->log;

    log->order[log->count] = line->number;
    log->faults[log->count++] = fault ? fault->kind : FAULT_NONE;
    gate_done(&log->gate, failed, fault);
}

static void submit_logged(struct rig *rig, struct batch *batch, struct log *log, int number)
{
    struct log_line *line = arena_take(rig->arena, sizeof(*line));
    struct fault fault;

    *line = (struct log_line){log, number};
    if (!store_submit(rig->store, batch, log_done, line, &fault))
        fail_msg("%s", fault.text);
}

static void a_conflict_leaves_the_rest_of_its_group_alone(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    struct log log = {.count = 0};
    struct store_health health;

    gate_init(&log.gate);
    gate_open(&log.gate);
    submit_to_gate(rig, &gate);
    submit_logged(rig, batch_of(1, 1, NEED_NEW), &log, 1);
    submit_logged(rig, batch_of(1, 1, NEED_NEW), &log, 2);
    submit_logged(rig, batch_of(1, 2, NEED_VERSION), &log, 3);
    submit_logged(rig, batch_of(9, 5, NEED_VERSION), &log, 4);
    submit_logged(rig, batch_of(2, 1, NEED_NEW), &log, 5);
    gate_open(&gate);
    gate_await(&log.gate, 5);

    enum fault_kind want[] = {FAULT_NONE, FAULT_CONFLICT, FAULT_NONE, FAULT_CONFLICT, FAULT_NONE};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(log.order[i], i + 1);
        assert_int_equal(log.faults[i], want[i]);
    }
    store_health(rig->store, &health);
    assert_int_equal(health.commits, 2);
    assert_int_equal(health.conflicts, 2);
    assert_int_equal(health.batches, 4);
    assert_int_equal(health.rows, 3);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], 2);
    assert_int_equal(loaded->incidents[0].version, 2);
    gate_clear(&gate);
    gate_clear(&log.gate);
}

static void what_comes_during_a_commit_is_one_commit_in_order(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    struct log log = {.count = 0};
    struct store_health health;

    gate_init(&log.gate);
    gate_open(&log.gate);
    submit_to_gate(rig, &gate);
    for (int i = 0; i < 100; i++)
        submit_logged(rig, batch_of((uint64_t)i + 1, 1, NEED_NEW), &log, i);
    store_health(rig->store, &health);
    assert_int_equal(health.queue_count, 100);
    gate_open(&gate);
    gate_await(&log.gate, 100);

    for (int i = 0; i < 100; i++)
        assert_int_equal(log.order[i], i);
    store_health(rig->store, &health);
    assert_int_equal(health.commits, 2);
    assert_int_equal(health.batches, 101);
    assert_int_equal(health.queue_count, 0);
    assert_int_equal(health.queue_size, 0);
    assert_true(health.last_commit_at > 0);
    assert_string_equal(health.problem, "");
    gate_clear(&gate);
    gate_clear(&log.gate);
}

static void a_chain_of_versions_may_be_on_its_way_at_once(void **state)
{
    struct rig *rig = *state;
    struct log log = {.count = 0};

    gate_init(&log.gate);
    gate_open(&log.gate);
    for (int i = 0; i < 100; i++)
        submit_logged(rig, batch_of(1, (uint64_t)i + 1, NEED_VERSION), &log, i);
    gate_await(&log.gate, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(log.faults[i], FAULT_NONE);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->incidents[0].version, 100);
    gate_clear(&log.gate);
}

static void counters_add_up_from_zero(void **state)
{
    struct rig *rig = *state;

    for (int i = 0; i < 3; i++) {
        struct batch *batch = batch_new();
        batch_bump(batch, "alerts", 5);
        batch_bump(batch, "alerts", -1);
        batch_bump(batch, "pages", i);
        rig_must_commit(rig, batch);
    }
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counter_count, 2);
    assert_string_equal(loaded->counters[0].name, "alerts");
    assert_string_equal(loaded->counters[0].value, "12");
    assert_string_equal(loaded->counters[1].value, "3");
}

static void revoking_concerns_one_incident_and_what_was_saved_before(void **state)
{
    struct rig *rig = *state;
    struct batch *batch = batch_new();
    struct token_record tokens[] = {sample_token('a', 1), sample_token('b', 1),
                                    sample_token('c', 2), sample_token('d', 1)};

    batch_save_token(batch, &tokens[0], NEED_NEW);
    rig_must_commit(rig, batch);
    batch = batch_new();
    batch_save_token(batch, &tokens[1], NEED_NEW);
    batch_save_token(batch, &tokens[2], NEED_NEW);
    batch_revoke_tokens(batch, 1);
    batch_save_token(batch, &tokens[3], NEED_NEW);
    rig_must_commit(rig, batch);

    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_TOKEN], 4);
    for (size_t i = 0; i < 4; i++) {
        char digit = loaded->tokens[i].hash[0];
        assert_int_equal(loaded->tokens[i].is_revoked, digit == 'a' || digit == 'b');
    }
}

static void records_are_copied_when_they_are_added(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    char summary[] = "as it was";
    struct batch *batch = batch_new();

    incident.summary = summary;
    batch_save_incident(batch, &incident, NEED_NEW);
    strcpy(summary, "changed");
    incident.state = INCIDENT_RESOLVED;
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_string_equal(loaded->incidents[0].summary, "as it was");
    assert_int_equal(loaded->incidents[0].state, INCIDENT_TRIGGERED);
}

static void an_empty_batch_is_done(void **state)
{
    rig_must_commit(*state, batch_new());
}

static void a_batch_that_nobody_waits_for_is_committed(void **state)
{
    struct rig *rig = *state;
    struct fault fault;

    assert_true(store_submit(rig->store, batch_of(1, 1, NEED_NEW), NULL, NULL, &fault));
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 1);
}

static void a_full_queue_refuses_and_leaves_the_batch_to_the_caller(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.queue_batches_max = 3};
    struct gate gate;
    struct fault fault;
    struct batch *batch = batch_of(9, 1, NEED_NEW);

    rig_close(rig);
    rig_open(rig, &limits);
    submit_to_gate(rig, &gate);
    for (uint64_t i = 1; i <= 3; i++)
        assert_true(store_submit(rig->store, batch_of(i, 1, NEED_NEW), gate_done, &gate, &fault));
    assert_false(store_submit(rig->store, batch, NULL, NULL, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_string_equal(fault.text, "3 batches are waiting for the disk");
    gate_open(&gate);
    gate_await(&gate, 4);
    rig_must_commit(rig, batch_of(4, 1, NEED_NEW));
    rig_must_commit(rig, batch);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 5);
    gate_clear(&gate);
}

static void a_queue_is_full_by_bytes_too(void **state)
{
    struct rig *rig = *state;
    struct batch *first = batch_of(1, 1, NEED_NEW);
    struct batch *second = batch_of(2, 1, NEED_NEW);
    struct store_limits limits = {.queue_size_max = batch_size(first) * 3 / 2};
    struct gate gate;
    struct fault fault;

    rig_close(rig);
    rig_open(rig, &limits);
    submit_to_gate(rig, &gate);
    assert_true(store_submit(rig->store, first, NULL, NULL, &fault));
    assert_false(store_submit(rig->store, second, NULL, NULL, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    gate_open(&gate);
    rig_close(rig);
    rig_open(rig, &limits);
    rig_must_commit(rig, second);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 2);
    gate_clear(&gate);
}

static void closing_commits_all_that_was_submitted(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    struct fault fault;

    gate_init(&gate);
    gate_open(&gate);
    for (uint64_t i = 1; i <= 200; i++)
        assert_true(store_submit(rig->store, batch_of(i, 1, NEED_NEW), gate_done, &gate, &fault));
    rig_close(rig);
    assert_int_equal(gate.waiting, 200);
    rig_open(rig, NULL);
    assert_int_equal(rig_load(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 200);
    gate_clear(&gate);
}

static void the_effects_of_a_turn_are_one_batch(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct page page = sample_page(1, 1);
    struct person person = sample_person("ann");
    struct override override = sample_override(1);
    struct silence silence = sample_silence(1);
    struct heartbeat heartbeat = sample_heartbeat(1);
    struct handoff handoff = sample_handoff("ops");
    struct swap swap = sample_swap(1);
    struct proof proof = sample_proof(1);
    struct entry entry = sample_entry(1, SAMPLE_NOW);
    struct token_record token = sample_token('a', 1);
    struct effect list[] = {
        {.kind = EFFECT_SAVE_INCIDENT, .incident = &incident},
        {.kind = EFFECT_SAVE_PAGE, .page = &page},
        {.kind = EFFECT_SEND, .page = &page},
        {.kind = EFFECT_SAVE_PERSON, .person = &person},
        {.kind = EFFECT_SAVE_OVERRIDE, .override = &override},
        {.kind = EFFECT_SAVE_SILENCE, .silence = &silence},
        {.kind = EFFECT_SAVE_HEARTBEAT, .heartbeat = &heartbeat},
        {.kind = EFFECT_SAVE_HANDOFF, .handoff = &handoff},
        {.kind = EFFECT_SAVE_SWAP, .swap = &swap},
        {.kind = EFFECT_SAVE_PROOF, .proof = &proof},
        {.kind = EFFECT_ENTRY, .entry = &entry},
        {.kind = EFFECT_REVOKE_TOKENS, .number = 1},
    };
    struct effects effects = {.list = list, .count = sizeof list / sizeof list[0]};
    struct batch *batch = batch_new();

    batch_save_token(batch, &token, NEED_NEW);
    batch_add_effects(batch, &effects);
    assert_int_equal(batch_count(batch), 12);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    must_equal_incident(&loaded->incidents[0], &incident);
    must_equal_page(&loaded->pages[0], &page);
    must_equal_person(&loaded->persons[0], &person);
    must_equal_override(&loaded->overrides[0], &override);
    must_equal_silence(&loaded->silences[0], &silence);
    assert_true(loaded->tokens[0].is_revoked);
    assert_int_equal(loaded->maxima.incident, 1);
    assert_int_equal(loaded->maxima.page, 1);
    assert_int_equal(loaded->maxima.override, 1);
    assert_int_equal(loaded->maxima.silence, 1);
    must_equal_heartbeat(&loaded->heartbeats[0], &heartbeat);
    must_equal_handoff(&loaded->handoffs[0], &handoff);
    must_equal_swap(&loaded->swaps[0], &swap);
    must_equal_proof(&loaded->proofs[0], &proof);
    assert_int_equal(loaded->maxima.heartbeat, 1);
    assert_int_equal(loaded->maxima.swap, 1);

    batch = batch_new();
    batch_add_effects(batch, &effects);
    assert_int_equal(rig_commit(rig, batch).kind, FAULT_CONFLICT);
}

static void a_second_opener_is_refused_until_the_first_closes(void **state)
{
    struct rig *rig = *state;
    struct store *second = NULL;
    struct fault fault;

    assert_false(store_open(rig->url, NULL, &second, &fault));
    assert_int_equal(fault.kind, string_is(rig->scheme, "postgres") ? FAULT_DENIED : FAULT_PEER);
    assert_non_null(strstr(fault.text, "another pagerd"));
    assert_null(second);
    rig_must_commit(rig, batch_of(1, 1, NEED_NEW));
    rig_close(rig);
    assert_true(store_open(rig->url, NULL, &second, &fault));
    store_close(second);
}

static void an_unknown_store_is_refused(void **state)
{
    struct store *store;
    struct fault fault;

    (void)state;
    assert_false(store_open("oracle:x", NULL, &store, &fault));
    assert_string_equal(fault.text, "'oracle:...' names no store: write sqlite:DIRECTORY or "
                                    "postgres:CONNECTION STRING");
    assert_false(store_open("/var/lib/pagerd", NULL, &store, &fault));
    assert_false(store_open("sqlite:", NULL, &store, &fault));
}

static void every_slot_of_every_backend_is_filled(void **state)
{
    (void)state;
    for (size_t i = 0; store_backends[i]; i++) {
        const struct store_backend *backend = store_backends[i];
        assert_non_null(backend->scheme);
        assert_true(backend->open != NULL);
        assert_true(backend->close != NULL);
        assert_true(backend->load != NULL);
        assert_true(backend->commit != NULL);
        assert_true(backend->rest != NULL);
        assert_true(backend->read != NULL);
        assert_true(backend->dump != NULL);
        assert_true(backend->measure != NULL);
        assert_true(backend->warn != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(a_new_record_is_refused_when_its_id_exists),
        ON_ALL(version_one_must_be_new),
        ON_ALL(a_version_must_follow_the_stored_one),
        ON_ALL(a_version_of_nothing_is_a_conflict),
        ON_ALL(the_same_rules_hold_for_all_records_with_a_version),
        ON_ALL(keys_tokens_and_meta_values_can_be_asked_to_be_new),
        ON_ALL(of_values_of_one_name_the_last_one_stands),
        ON_ALL(without_a_need_records_are_written_over),
        ON_ALL(a_conflict_takes_back_the_whole_batch),
        ON_ALL(a_conflict_leaves_the_rest_of_its_group_alone),
        ON_ALL(what_comes_during_a_commit_is_one_commit_in_order),
        ON_ALL(a_chain_of_versions_may_be_on_its_way_at_once),
        ON_ALL(counters_add_up_from_zero),
        ON_ALL(revoking_concerns_one_incident_and_what_was_saved_before),
        ON_ALL(records_are_copied_when_they_are_added),
        ON_ALL(an_empty_batch_is_done),
        ON_ALL(a_batch_that_nobody_waits_for_is_committed),
        ON_ALL(a_full_queue_refuses_and_leaves_the_batch_to_the_caller),
        ON_ALL(a_queue_is_full_by_bytes_too),
        ON_ALL(closing_commits_all_that_was_submitted),
        ON_ALL(the_effects_of_a_turn_are_one_batch),
        ON_ALL(a_second_opener_is_refused_until_the_first_closes),
        cmocka_unit_test(an_unknown_store_is_refused),
        cmocka_unit_test(every_slot_of_every_backend_is_filled),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
