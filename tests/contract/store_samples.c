/* SPDX-License-Identifier: MIT */
#include "contract/store_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "contract/store_rig.h"

#define SAME(member) assert_int_equal(left->member, right->member)
#define SAME_TEXT(member) must_equal_text(left->member, right->member)

static struct label labels[] = {{"host", "db-7"}, {"pod", ""}, {"host", "twice"}};
static const char *paged[] = {"ann", "bob"};

static const struct handling handling = {
    .acknowledged_at = SAMPLE_NOW - 1003,
    .acknowledged_by = "ann",
    .acknowledged_via = "link sms",
    .remedy = "turned it off and on",
    .acknowledge_due_at = SAMPLE_NOW + 1004,
    .grow_due_at = SAMPLE_NOW + 1012,
    .snoozed_until_at = SAMPLE_NOW + 1005,
    .snooze_due_at = MSEC_NEVER,
    .snoozed_by = "bob",
    .ended_at = 1008,
    .resolved_by = "cyd",
    .reassigned_to = "dan",
    .held_by = 3007,
    .merged_into = 11,
    .hold_from_at = SAMPLE_NOW - 1013,
    .hold_until_at = SAMPLE_NOW + 1014,
    .hold_user = "eve",
    .is_hold_waived = true,
};

struct incident sample_incident(uint64_t number)
{
    struct incident incident = {
        .number = number,
        .version = 1,
        .state = INCIDENT_TRIGGERED,
        .severity = SEVERITY_ERROR,
        .team = "ops",
        .service = "db",
        .summary = "disk is full",
        .details = "df says 100 %",
        .source = "db-7",
        .integration = "icinga",
        .dedup_key = "db-7!disk",
        .runbook = "https://wiki.example.com/disk",
        .link = "https://graphs.example.com/7",
        .reason = "no rule",
        .labels = labels,
        .label_count = 3,
        .handling = &handling,
        .occurrences = 17,
        .opened_at = SAMPLE_NOW - 1001,
        .last_alert_at = SAMPLE_NOW - 1002,
        .promote_due_at = SAMPLE_NOW + 1006,
        .is_source_firing = true,
        .is_reopened = true,
        .previous = 3,
        .walk = {.step = 2, .round = 3, .laps = 4, .due_at = SAMPLE_NOW + 1007},
        .paged = paged,
        .paged_count = 2,
        .group_key = "ops\nservice=db",
    };
    snprintf(incident.uuid, sizeof(incident.uuid), "%08x-aaaa-4bbb-8ccc-0123456789ab",
             (unsigned)number);
    return incident;
}

struct alert_record sample_alert(uint64_t id, uint64_t incident)
{
    return (struct alert_record){
        .id = id,
        .version = 1,
        .incident = incident,
        .integration = "icinga",
        .dedup_key = "db-8!disk",
        .summary = "disk is full there, too",
        .service = "web",
        .rule = "group service=web",
        .route = "night",
        .occurrences = 18,
        .first_at = SAMPLE_NOW - 1101,
        .last_at = SAMPLE_NOW - 1102,
        .started_at = SAMPLE_NOW - 1103,
        .ended_at = SAMPLE_NOW - 1104,
        .due_at = SAMPLE_NOW + 1105,
        .severity = SEVERITY_WARNING,
        .is_firing = true,
        .flaps_from_at = SAMPLE_NOW - 1106,
        .episodes = 7,
        .is_flapping = true,
        .is_expired = true,
        .is_skewed = true,
        .is_insisting = true,
    };
}

struct page sample_page(uint64_t id, uint64_t incident)
{
    return (struct page){
        .id = id,
        .version = 1,
        .incident = incident,
        .kind = PAGE_ESCALATED,
        .state = PAGE_QUEUED,
        .user = "ann",
        .channel = "sms",
        .address = "+4915112345",
        .text = "bob was silent",
        .error = "timed out",
        .created_at = SAMPLE_NOW - 2001,
        .sent_at = SAMPLE_NOW - 2002,
        .retry_at = SAMPLE_NOW + 2003,
        .attempt = 5,
        .is_repeat = true,
        .key_attempt = 2,
        .is_late = true,
        .also = "8 9",
        .reference = "SM41",
        .is_second = true,
    };
}

static struct notify_run runs[] = {
    {.incident = 7,
     .kind = PAGE_BY_HAND,
     .rule = "normal",
     .text = "asked by bob",
     .next_step = 2,
     .started_at = SAMPLE_NOW - 3001,
     .due_at = SAMPLE_NOW + 3002,
     .bundle_at = SAMPLE_NOW + 3003,
     .bundle_kind = PAGE_DIGEST},
    {.incident = 8,
     .kind = PAGE_NOTICE,
     .rule = "",
     .text = "",
     .due_at = MSEC_NEVER,
     .bundle_at = MSEC_NEVER,
     .bundle_kind = PAGE_BUNDLE},
};

static struct disturbance disturbances[] = {
    {.incident = 7,
     .first_page_at = SAMPLE_NOW - 4001,
     .last_page_at = SAMPLE_NOW - 4002,
     .ended_at = SAMPLE_NOW - 4003,
     .wakings = 3},
    {.incident = 9, .first_page_at = 1},
};

struct person sample_person(const char *user)
{
    return (struct person){
        .user = (char *)user,
        .version = 1,
        .rest_from_at = SAMPLE_NOW - 5001,
        .rest_until_at = SAMPLE_NOW + 5002,
        .rest_because = "#412, awake 03:02-03:31 (29m)",
        .is_rest_by_hand = true,
        .rest_waived_at = SAMPLE_NOW - 5003,
        .awake_until_at = SAMPLE_NOW + 5004,
        .pause_from_at = SAMPLE_NOW - 5005,
        .pause_until_at = SAMPLE_NOW + 5006,
        .runs = runs,
        .run_count = 2,
        .disturbances = disturbances,
        .disturbance_count = 2,
    };
}

struct override sample_override(uint64_t id)
{
    return (struct override){
        .id = id,
        .version = 1,
        .team = "ops",
        .role = ROLE_SECONDARY,
        .user = "bob",
        .from_at = SAMPLE_NOW - 6001,
        .until_at = SAMPLE_NOW + 6002,
        .by = "ann",
        .note = "dentist",
    };
}

struct silence sample_silence(uint64_t id)
{
    return (struct silence){
        .id = id,
        .version = 1,
        .state = SILENCE_ACTIVE,
        .match = "host=db*\nseverity!=critical",
        .team = "ops",
        .from_at = SAMPLE_NOW - 6501,
        .until_at = SAMPLE_NOW + 6502,
        .by = "ann",
        .note = "kernel upgrade",
        .ended_by = "bob",
        .held_count = 6503,
        .maintenance = "patching",
    };
}

struct heartbeat sample_heartbeat(uint64_t id)
{
    return (struct heartbeat){
        .id = id,
        .version = 1,
        .state = HEARTBEAT_RUNNING,
        .severity = SEVERITY_WARNING,
        .name = "backup",
        .team = "ops",
        .every_ms = 6601,
        .grace_ms = 6602,
        .last_seen_at = SAMPLE_NOW - 6603,
        .due_at = 6604,
        .created_at = SAMPLE_NOW - 6605,
        .created_by = "ann",
        .hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        .uuid = "123e4567-e89b-42d3-a456-426614174000",
    };
}

struct handoff sample_handoff(const char *team)
{
    static struct happened past[] = {
        {.incident = 6701, .at = SAMPLE_NOW - 6702, .is_night = true, .by = "", .text = "CRIT a"},
        {.incident = 6703,
         .at = SAMPLE_NOW - 6704,
         .ended_at = SAMPLE_NOW - 6705,
         .by = "ann",
         .text = "WARN b"},
    };
    struct handoff handoff = {
        .team = (char *)(uintptr_t)team, .version = 1, .past = past, .past_count = 2};
    handoff.shifts[ROLE_PRIMARY] = (struct told_shift){.users = "ann bob",
                                                       .at = SAMPLE_NOW - 6706,
                                                       .soon_at = SAMPLE_NOW + 6707,
                                                       .test_at = SAMPLE_NOW + 6709,
                                                       .tests = 2,
                                                       .keeper = "cat",
                                                       .keep_until_at = SAMPLE_NOW + 6710};
    handoff.shifts[ROLE_ONCALL] = (struct told_shift){.users = "", .at = SAMPLE_NOW - 6708};
    return handoff;
}

struct swap sample_swap(uint64_t id)
{
    static struct swap_asked asked[] = {{.user = "bob", .reply = SWAP_NO},
                                        {.user = "cat", .reply = SWAP_SILENT}};
    return (struct swap){
        .id = id,
        .version = 1,
        .state = SWAP_TAKEN,
        .team = "ops",
        .role = ROLE_SECONDARY,
        .user = "ann",
        .from_at = SAMPLE_NOW + 6801,
        .until_at = SAMPLE_NOW + 6802,
        .created_at = SAMPLE_NOW - 6803,
        .taken_by = "cat",
        .override_id = 6804,
        .asked = asked,
        .asked_count = 2,
    };
}

struct proof sample_proof(uint64_t id)
{
    return (struct proof){
        .id = id,
        .version = 1,
        .user = "ann",
        .channel = "sms",
        .address = "+4915550100001",
        .verified_at = SAMPLE_NOW - 6901,
        .asked_at = SAMPLE_NOW - 6902,
        .code_until_at = SAMPLE_NOW + 6903,
        .tries = 4,
        .test = TEST_ANSWERED,
        .test_page = 6904,
        .tested_at = SAMPLE_NOW - 6905,
        .answered_at = SAMPLE_NOW - 6906,
        .answered_via = "SMS reply",
        .due_at = 6907,
        .code_hash = "salt:hash",
        .code_count = 3,
        .codes_from_at = SAMPLE_NOW - 6908,
    };
}

struct key_record sample_key(char digit)
{
    struct key_record key = {
        .kind = KEY_PERSON,
        .name = "laptop",
        .team = "ops",
        .user = "ann",
        .created_at = SAMPLE_NOW - 7001,
        .last_used_at = SAMPLE_NOW - 7002,
        .revoked_at = SAMPLE_NOW - 7003,
    };
    memset(key.hash, digit, HASH_TEXT_SIZE - 1);
    return key;
}

struct token_record sample_token(char digit, uint64_t incident)
{
    struct token_record token = {
        .incident = incident,
        .user = "ann",
        .channel = "sms",
        .created_at = SAMPLE_NOW - 8001,
        .expires_at = SAMPLE_NOW + 8002,
        .number = 4712,
        .wrong_count = 1,
        .is_void = true,
    };
    memset(token.hash, digit, HASH_TEXT_SIZE - 1);
    return token;
}

struct entry sample_entry(uint64_t incident, msec at)
{
    return (struct entry){
        .incident = incident, .at = at, .event = "paged", .actor = "pagerd", .text = "paged ann"};
}

void must_equal_text(const char *left, const char *right)
{
    assert_int_equal(left == NULL, right == NULL);
    if (left)
        assert_string_equal(left, right);
}

static void must_equal_handling(const struct handling *left, const struct handling *right)
{
    SAME(acknowledged_at);
    SAME_TEXT(acknowledged_by);
    SAME_TEXT(acknowledged_via);
    SAME_TEXT(remedy);
    SAME(acknowledge_due_at);
    SAME(grow_due_at);
    SAME(snoozed_until_at);
    SAME(snooze_due_at);
    SAME_TEXT(snoozed_by);
    SAME(resolved_at);
    SAME(ended_at);
    SAME_TEXT(resolved_by);
    SAME(merged_into);
    SAME(hold_from_at);
    SAME(hold_until_at);
    SAME_TEXT(hold_user);
    SAME(is_hold_waived);
    SAME_TEXT(reassigned_to);
    SAME(held_by);
}

void must_equal_incident(const struct incident *left, const struct incident *right)
{
    SAME(number);
    SAME(version);
    SAME_TEXT(uuid);
    SAME(state);
    SAME(severity);
    SAME_TEXT(team);
    SAME_TEXT(service);
    SAME_TEXT(summary);
    SAME_TEXT(details);
    SAME_TEXT(source);
    SAME_TEXT(integration);
    SAME_TEXT(dedup_key);
    SAME_TEXT(runbook);
    SAME_TEXT(link);
    SAME_TEXT(reason);
    SAME(label_count);
    SAME(occurrences);
    SAME(opened_at);
    SAME(last_alert_at);
    SAME(promote_due_at);
    SAME(is_source_firing);
    SAME_TEXT(group_key);
    SAME(is_reopened);
    SAME(previous);
    SAME(walk.step);
    SAME(walk.round);
    SAME(walk.laps);
    SAME(walk.due_at);
    must_equal_handling(left->handling, right->handling);
    SAME(paged_count);
    for (size_t i = 0; i < left->label_count; i++) {
        SAME_TEXT(labels[i].name);
        SAME_TEXT(labels[i].value);
    }
    for (size_t i = 0; i < left->paged_count; i++)
        SAME_TEXT(paged[i]);
}

void must_equal_alert(const struct alert_record *left, const struct alert_record *right)
{
    SAME(id);
    SAME(version);
    SAME(incident);
    SAME_TEXT(integration);
    SAME_TEXT(dedup_key);
    SAME_TEXT(summary);
    SAME_TEXT(service);
    SAME_TEXT(rule);
    SAME_TEXT(route);
    SAME(occurrences);
    SAME(first_at);
    SAME(last_at);
    SAME(started_at);
    SAME(ended_at);
    SAME(due_at);
    SAME(severity);
    SAME(is_firing);
    SAME(flaps_from_at);
    SAME(episodes);
    SAME(is_flapping);
    SAME(is_expired);
    SAME(is_skewed);
    SAME(is_insisting);
}

void must_equal_page(const struct page *left, const struct page *right)
{
    SAME(id);
    SAME(version);
    SAME(incident);
    SAME(kind);
    SAME(state);
    SAME_TEXT(user);
    SAME_TEXT(channel);
    SAME_TEXT(address);
    SAME_TEXT(also);
    SAME_TEXT(text);
    SAME_TEXT(error);
    SAME(created_at);
    SAME(sent_at);
    SAME(retry_at);
    SAME(attempt);
    SAME(is_repeat);
    SAME(key_attempt);
    SAME(is_late);
    SAME(is_second);
    SAME_TEXT(reference);
}

void must_equal_person(const struct person *left, const struct person *right)
{
    SAME_TEXT(user);
    SAME(version);
    SAME(rest_from_at);
    SAME(rest_until_at);
    SAME_TEXT(rest_because);
    SAME(is_rest_by_hand);
    SAME(rest_waived_at);
    SAME(awake_until_at);
    SAME(pause_from_at);
    SAME(pause_until_at);
    SAME(run_count);
    SAME(disturbance_count);
    for (size_t i = 0; i < left->run_count; i++) {
        SAME(runs[i].incident);
        SAME(runs[i].kind);
        SAME_TEXT(runs[i].rule);
        SAME_TEXT(runs[i].text);
        SAME(runs[i].next_step);
        SAME(runs[i].started_at);
        SAME(runs[i].due_at);
        SAME(runs[i].bundle_at);
        SAME(runs[i].bundle_kind);
    }
    for (size_t i = 0; i < left->disturbance_count; i++) {
        SAME(disturbances[i].incident);
        SAME(disturbances[i].first_page_at);
        SAME(disturbances[i].last_page_at);
        SAME(disturbances[i].ended_at);
        SAME(disturbances[i].wakings);
    }
}

void must_equal_override(const struct override *left, const struct override *right)
{
    SAME(id);
    SAME(version);
    SAME_TEXT(team);
    SAME(role);
    SAME_TEXT(user);
    SAME(from_at);
    SAME(until_at);
    SAME_TEXT(by);
    SAME_TEXT(note);
    SAME(is_ended);
}

void must_equal_silence(const struct silence *left, const struct silence *right)
{
    SAME(id);
    SAME(version);
    SAME(state);
    SAME_TEXT(match);
    SAME_TEXT(team);
    SAME(from_at);
    SAME(until_at);
    SAME_TEXT(by);
    SAME_TEXT(note);
    SAME_TEXT(ended_by);
    SAME(held_count);
    SAME_TEXT(maintenance);
}

void must_equal_heartbeat(const struct heartbeat *left, const struct heartbeat *right)
{
    SAME(id);
    SAME(version);
    SAME(state);
    SAME(severity);
    SAME_TEXT(name);
    SAME_TEXT(team);
    SAME(every_ms);
    SAME(grace_ms);
    SAME(last_seen_at);
    SAME(due_at);
    SAME(created_at);
    SAME_TEXT(created_by);
    SAME_TEXT(hash);
    SAME_TEXT(uuid);
}

void must_equal_handoff(const struct handoff *left, const struct handoff *right)
{
    SAME_TEXT(team);
    SAME(version);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (left->shifts[i].users == NULL)
            assert_null(right->shifts[i].users);
        else
            SAME_TEXT(shifts[i].users);
        SAME(shifts[i].at);
        SAME(shifts[i].soon_at);
        SAME(shifts[i].test_at);
        SAME(shifts[i].tests);
        assert_int_equal(left->shifts[i].keeper != NULL, right->shifts[i].keeper != NULL);
        if (left->shifts[i].keeper != NULL)
            SAME_TEXT(shifts[i].keeper);
        SAME(shifts[i].keep_until_at);
    }
    SAME(past_count);
    for (size_t i = 0; i < left->past_count; i++) {
        SAME(past[i].incident);
        SAME(past[i].at);
        SAME(past[i].ended_at);
        SAME(past[i].is_night);
        SAME_TEXT(past[i].by);
        SAME_TEXT(past[i].text);
    }
}

void must_equal_swap(const struct swap *left, const struct swap *right)
{
    SAME(id);
    SAME(version);
    SAME(state);
    SAME_TEXT(team);
    SAME(role);
    SAME_TEXT(user);
    SAME(from_at);
    SAME(until_at);
    SAME(created_at);
    SAME_TEXT(taken_by);
    SAME(override_id);
    SAME(asked_count);
    for (size_t i = 0; i < left->asked_count; i++) {
        SAME_TEXT(asked[i].user);
        SAME(asked[i].reply);
    }
}

void must_equal_proof(const struct proof *left, const struct proof *right)
{
    SAME(id);
    SAME(version);
    SAME_TEXT(user);
    SAME_TEXT(channel);
    SAME_TEXT(address);
    SAME(verified_at);
    SAME(asked_at);
    SAME(code_until_at);
    SAME(tries);
    SAME(test);
    SAME(test_page);
    SAME(tested_at);
    SAME(answered_at);
    SAME_TEXT(answered_via);
    SAME(due_at);
    SAME_TEXT(code_hash);
    SAME(code_count);
    SAME(codes_from_at);
}

void must_equal_key(const struct key_record *left, const struct key_record *right)
{
    SAME_TEXT(hash);
    SAME(kind);
    SAME_TEXT(name);
    SAME_TEXT(team);
    SAME_TEXT(user);
    SAME(created_at);
    SAME(last_used_at);
    SAME(revoked_at);
}

void must_equal_token(const struct token_record *left, const struct token_record *right)
{
    SAME_TEXT(hash);
    SAME(incident);
    SAME_TEXT(user);
    SAME_TEXT(channel);
    SAME(created_at);
    SAME(expires_at);
    SAME(is_revoked);
    SAME(number);
    SAME(wrong_count);
    SAME(is_void);
}

void must_equal_entry(const struct entry *left, const struct entry *right)
{
    SAME(incident);
    SAME(at);
    SAME_TEXT(event);
    SAME_TEXT(actor);
    SAME_TEXT(text);
}

struct batch *sample_everything(uint64_t count)
{
    struct batch *batch = batch_new();
    for (uint64_t i = 1; i <= count; i++) {
        struct incident incident = sample_incident(i);
        struct alert_record alert = sample_alert(i, i);
        struct page page = sample_page(i, i);
        struct override override = sample_override(i);
        struct silence silence = sample_silence(i);
        struct heartbeat heartbeat = sample_heartbeat(i);
        struct swap swap = sample_swap(i);
        struct proof proof = sample_proof(i);
        struct entry entry = sample_entry(i % 2, SAMPLE_NOW - (msec)i);
        batch_save_incident(batch, &incident, NEED_NONE);
        batch_save_alert(batch, &alert, NEED_NONE);
        batch_save_page(batch, &page, NEED_NONE);
        batch_save_override(batch, &override, NEED_NONE);
        batch_save_silence(batch, &silence, NEED_NONE);
        batch_save_heartbeat(batch, &heartbeat, NEED_NONE);
        batch_save_swap(batch, &swap, NEED_NONE);
        batch_save_proof(batch, &proof, NEED_NONE);
        batch_add_entry(batch, &entry);
    }
    struct person person = sample_person("ann");
    struct handoff handoff = sample_handoff("ops");
    struct key_record key = sample_key('a');
    struct token_record token = sample_token('b', 1);
    batch_save_person(batch, &person, NEED_NONE);
    batch_save_handoff(batch, &handoff, NEED_NONE);
    batch_save_key(batch, &key, NEED_NONE);
    batch_save_token(batch, &token, NEED_NONE);
    batch_save_meta(batch, &(struct meta_record){"clock", "1 2 3 boot"}, NEED_NONE);
    batch_save_meta(batch, &(struct meta_record){"none", NULL}, NEED_NONE);
    batch_bump(batch, "alerts", 41);
    batch_bump(batch, "pages", -1);
    return batch;
}
