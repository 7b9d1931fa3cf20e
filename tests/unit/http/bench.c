/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/route.h"
#include "http/ship.h"

#define START_AT INT64_C(1795312800000) /* 2026-11-22T02:00:00Z */

/* ---- the policy ---- */

static const struct notify_step normal_steps[] = {
    {.after_ms = 0, .via = {"sms"}, .via_count = 1},
};
static const struct notify_rule rules[] = {
    {.id = "normal", .steps = normal_steps, .step_count = 1},
};
static const struct step steps[] = {
    {.targets = {{.kind = TARGET_ROLE, .role = ROLE_PRIMARY}},
     .target_count = 1,
     .wait_ms = 5 * MINUTE_MS,
     .repeat = 1},
    {.targets = {{.kind = TARGET_ROLE, .role = ROLE_SECONDARY}},
     .target_count = 1,
     .wait_ms = 5 * MINUTE_MS,
     .repeat = 1},
};
static const char *members[] = {"ann", "bob", "cat"};

static struct user user_make(struct bench *bench, const char *id, const char *name)
{
    return (struct user){
        .id = id,
        .name = name,
        .phone = "+49 15550 100001",
        .zone = bench->zone,
        .contacts = {{.channel = "sms", .address = "+4915550100001"}},
        .contact_count = 1,
        .is_admin = string_is(id, "ann"),
    };
}

static void policy_make(struct bench *bench)
{
    struct user *users = arena_take(bench->arena, 3 * sizeof(*users));
    struct team *teams = arena_take(bench->arena, 2 * sizeof(*teams));
    struct policy *policy = arena_take(bench->arena, sizeof(*policy));
    users[0] = user_make(bench, "ann", "Ann Ops");
    users[1] = user_make(bench, "bob", "Bob <b>Base</b>");
    users[2] = user_make(bench, "cat", "Cat Core");
    teams[0] = (struct team){
        .id = "ops",
        .zone = bench->zone,
        .roles = {[ROLE_PRIMARY] = {.user = "ann"}, [ROLE_SECONDARY] = {.user = "bob"}},
        .steps = steps,
        .step_count = 2,
        .manager = "cat",
        .last_resort = "cat",
        .members = members,
        .member_count = 3,
        .is_always_covered = true,
        .runbook = "https://wiki.example.org/$team/$number",
        .ack_timeout_ms = 30 * MINUTE_MS,
    };
    teams[1] = teams[0];
    teams[1].id = "web";
    *policy = (struct policy){
        .version = "test",
        .zone = bench->zone,
        .users = users,
        .user_count = 3,
        .teams = teams,
        .team_count = 2,
        .notify_rules = rules,
        .notify_rule_count = 1,
        .reopen_ms = 10 * MINUTE_MS,
    };
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        policy->severities[i] = (struct severity_rule){
            .notify = &rules[0], .is_waking = true, .promote_ms = MSEC_NEVER};
    bench->policy = policy;
}

/* ---- the house ---- */

static struct now house_now(void *context)
{
    struct bench *bench = context;
    return bench->now;
}

static void house_step(void *context, const struct event *event, struct answer *answer)
{
    struct bench *bench = context;
    bench->step_count++;
    bench->last = *event;
    engine_step(bench->engine, bench->now, event, bench->effects, answer);
}

static void house_ignored(void *context, const char *key, const char *why, const char *text)
{
    struct bench *bench = context;
    (void)key;
    (void)text;
    bench->ignored = why;
}

static bool house_credential_add(void *context, const char *name, const char *team,
                                 const char *user, const char *actor, char secret[SECRET_TEXT_SIZE],
                                 struct fault *fault)
{
    struct bench *bench = context;
    (void)actor;
    for (size_t i = 0; i < bench->key_count; i++) {
        if (string_is(bench->keys[i].name, name))
            return fault_set(fault, FAULT_CONFLICT, "there is a key \"%s\"", name);
    }
    assert_true(bench->key_count < BENCH_KEYS_MAX);
    struct credential *key = &bench->keys[bench->key_count++];
    *key = (struct credential){.name = arena_copy(bench->arena, name),
                               .team = arena_copy(bench->arena, team),
                               .user = arena_copy(bench->arena, user),
                               .created_at = bench->now.wall_at};
    secret_new(team ? "pgk_" : "pgu_", secret);
    hash_text(span_of(secret), key->hash);
    return true;
}

static bool house_credential_revoke(void *context, const char *name, const char *actor,
                                    struct fault *fault)
{
    struct bench *bench = context;
    (void)actor;
    for (size_t i = 0; i < bench->key_count; i++) {
        if (string_is(bench->keys[i].name, name)) {
            bench->keys[i].revoked_at = bench->now.wall_at;
            return true;
        }
    }
    return fault_set(fault, FAULT_INPUT, "there is no key \"%s\"", name);
}

static const struct credential *house_credential_each(void *context, size_t *cursor)
{
    struct bench *bench = context;
    return *cursor < bench->key_count ? &bench->keys[(*cursor)++] : NULL;
}

static const struct ack_token *house_token_find(void *context, const char *hash)
{
    struct bench *bench = context;
    char ours[HASH_TEXT_SIZE];
    hash_text(SPAN(BENCH_LINK), ours);
    return bench->has_link && string_is(ours, hash) ? &bench->link : NULL;
}

static void house_token_miss(void *context, const char *hash)
{
    struct bench *bench = context;
    assert_non_null(house_token_find(bench, hash));
    bench->link.wrong_count++;
}

static size_t house_senders(void *context, struct sender_view *senders, size_t max)
{
    static const struct sender_view all[] = {{"sms", "+12025550123"},
                                             {"sms", "PAGER"},
                                             {"voice", "+1 202 555 0123"},
                                             {"voice", "+12025550124"},
                                             {"email", "pager@example.org"}};
    (void)context;
    size_t count = 0;
    while (count < max && count < sizeof all / sizeof all[0]) {
        senders[count] = all[count];
        count++;
    }
    return count;
}

static void house_token_void(void *context, const char *hash)
{
    struct bench *bench = context;
    assert_non_null(house_token_find(bench, hash));
    bench->link.is_void = true;
}

static void history_answer(struct bench *bench, struct call *call, const char *said)
{
    struct text body = {0};
    snprintf(bench->history_said, sizeof(bench->history_said), "%s", said);
    text_add(&body, "{}");
    call_answer_json(call, 200, &body);
}

static void house_history_incidents(void *context, struct call *call,
                                    const struct history_filter *filter)
{
    char said[128];
    snprintf(said, sizeof(said), "all=%d team=%s user=%s limit=%zu", filter->is_all,
             filter->team ? filter->team : "", filter->user ? filter->user : "", filter->limit);
    history_answer(context, call, said);
}

static void house_history_alerts(void *context, struct call *call,
                                 const struct history_filter *filter)
{
    char said[128];
    snprintf(said, sizeof(said), "alerts since=%" PRId64 " limit=%zu", filter->since_at,
             filter->limit);
    history_answer(context, call, said);
}

static void house_history_changes(void *context, struct call *call,
                                  const struct history_filter *filter)
{
    char said[128];
    snprintf(said, sizeof(said), "changes limit=%zu", filter->limit);
    history_answer(context, call, said);
}

static void house_history_heartbeat(void *context, struct call *call,
                                    const struct heartbeat *heartbeat, msec since_at)
{
    char said[128];
    snprintf(said, sizeof(said), "heartbeat %s since=%" PRId64, heartbeat->name, since_at);
    history_answer(context, call, said);
}

static void house_history_incident(void *context, struct call *call, uint64_t number)
{
    char said[128];
    snprintf(said, sizeof(said), "number=%u", (unsigned)number);
    history_answer(context, call, said);
}

static void write_empty(struct json_writer *writer)
{
    json_begin_object(writer, NULL);
    json_end_object(writer);
}

static void house_calendars(void *context, struct json_writer *writer)
{
    (void)context;
    write_empty(writer);
}

static bool house_calendar_act(void *context, enum calendar_action action, const char *name,
                               const char *actor, struct text *said, struct fault *fault)
{
    (void)context;
    (void)actor;
    if (!string_is(name, "primary"))
        return fault_set(fault, FAULT_INPUT, "there is no calendar \"%s\"", name);
    text_add(said, action == CALENDAR_REFRESH ? "read again" : "accepted");
    return true;
}

static bool house_config(void *context, enum config_action action, const char *key,
                         const char *actor, struct json_writer *writer, struct fault *fault)
{
    (void)context;
    (void)actor;
    if (action == CONFIG_EXPLAIN && !string_is(key, "url"))
        return fault_set(fault, FAULT_INPUT, "there is no key \"%s\"", key);
    write_empty(writer);
    return true;
}

static void house_channels(void *context, bool is_admin, struct json_writer *writer)
{
    (void)context;
    (void)is_admin;
    write_empty(writer);
}

static void house_status(void *context, struct json_writer *writer)
{
    (void)context;
    write_empty(writer);
}

static void house_nodes(void *context, struct json_writer *writer)
{
    (void)context;
    write_empty(writer);
}

static void house_metrics(void *context, struct text *text)
{
    (void)context;
    text_add(text, "pagerd_up 1\n");
}

static bool house_is_ready(void *context, struct fault *why_not)
{
    struct bench *bench = context;
    return !bench->is_unready || fault_set(why_not, FAULT_CONFLICT, "the audit failed");
}

static bool house_can_keep(void *context, struct fault *why_not)
{
    struct bench *bench = context;
    return !bench->is_full || fault_set(why_not, FAULT_LIMIT, "the disk is full");
}

static void house_gaps(void *context, const struct team *team, enum role role, msec from,
                       msec until, void (*found)(void *, const struct house_gap *), void *sink)
{
    (void)context;
    (void)team;
    if (role == ROLE_SECONDARY)
        found(sink, &(struct house_gap){from, until, false, "calendar \"secondary\""});
}

static const struct inbox_letter *house_inbox_each(void *context, const char *user, size_t *cursor)
{
    struct bench *bench = context;
    if (!string_is(user, "ann") || *cursor >= bench->letter_count)
        return NULL;
    return &bench->letters[(*cursor)++];
}

static bool house_feed_add(void *context, const char *name, const char *team, const char *user,
                           const char *actor, char token[TOKEN_TEXT_SIZE], struct fault *fault)
{
    struct bench *bench = context;
    char secret[SECRET_TEXT_SIZE];
    if (!house_credential_add(context, name, team, user, actor, secret, fault))
        return false;
    struct credential *key = &bench->keys[bench->key_count - 1];
    token_new(token);
    hash_text(span_of(token), key->hash);
    key->is_feed = true;
    return true;
}

static bool house_feed_has(void *context, const char *hash)
{
    struct bench *bench = context;
    for (size_t i = 0; i < bench->key_count; i++) {
        if (bench->keys[i].is_feed && bench->keys[i].revoked_at == 0 &&
            string_is(bench->keys[i].hash, hash))
            return true;
    }
    return false;
}

static void house_backup(void *context, struct call *call, const char *actor)
{
    (void)context;
    call_answer_errorf(call, 503, "unavailable", "no backup for %s", actor);
    call_finish(call);
}

static enum call_wait house_feed_serve(void *context, struct call *call,
                                       const struct feed_request *request)
{
    struct bench *bench = context;
    char hash[HASH_TEXT_SIZE];
    struct feed_body feed = {.bytes = SPAN("BEGIN:VCALENDAR\r\n"),
                             .hash = hash,
                             .modified_at = bench->now.wall_at,
                             .file_name = "oncall.ics"};
    hash_text(feed.bytes, hash);
    bench->feed = *request;
    call_answer_feed(call, &feed);
    return CALL_ANSWER_NOW;
}

static void house_unreadable(void *context, const char *key, const char *why)
{
    struct bench *bench = context;
    (void)key;
    (void)why;
    bench->unreadable_count++;
}

static bool house_is_copy(void *context, const char *node, const unsigned char hash[HASH_SIZE])
{
    struct bench *bench = context;
    bool is_copy = memcmp(bench->said, hash, HASH_SIZE) == 0 && !string_is(bench->said_by, node);
    memcpy(bench->said, hash, HASH_SIZE);
    snprintf(bench->said_by, sizeof(bench->said_by), "%s", node);
    return is_copy;
}

static void house_not_taken(void *context, const char *node, const unsigned char hash[HASH_SIZE])
{
    struct bench *bench = context;
    (void)node;
    (void)hash;
    bench->said_by[0] = '\0';
    memset(bench->said, 0, HASH_SIZE);
}

static const struct house house_of_tests = {
    .public_url = "https://p.example.org",
    .now = house_now,
    .step = house_step,
    .is_copy = house_is_copy,
    .not_taken = house_not_taken,
    .unreadable = house_unreadable,
    .ignored = house_ignored,
    .credential_add = house_credential_add,
    .credential_revoke = house_credential_revoke,
    .credential_each = house_credential_each,
    .token_find = house_token_find,
    .token_miss = house_token_miss,
    .token_void = house_token_void,
    .senders = house_senders,
    .history_incidents = house_history_incidents,
    .history_changes = house_history_changes,
    .history_alerts = house_history_alerts,
    .history_heartbeat = house_history_heartbeat,
    .history_incident = house_history_incident,
    .calendars = house_calendars,
    .calendar_act = house_calendar_act,
    .config = house_config,
    .status = house_status,
    .nodes = house_nodes,
    .channels = house_channels,
    .metrics = house_metrics,
    .is_ready = house_is_ready,
    .can_keep = house_can_keep,
    .gaps = house_gaps,
    .inbox_each = house_inbox_each,
    .feed_add = house_feed_add,
    .feed_has = house_feed_has,
    .feed_serve = house_feed_serve,
    .backup = house_backup,
};

/* ---- life ---- */

static void key_put(struct bench *bench, const char *name, const char *secret, const char *team,
                    const char *user)
{
    struct credential *key = &bench->keys[bench->key_count++];
    *key = (struct credential){.name = name, .team = team, .user = user};
    hash_text(span_of(secret), key->hash);
}

static void identities_put(struct bench *bench)
{
    static const struct local_account accounts[] = {{.uid = 1001, .user = "ann"}};
    static const char *const admins[] = {"ann"};
    const struct credential *list[BENCH_KEYS_MAX];
    for (size_t i = 0; i < bench->key_count; i++)
        list[i] = &bench->keys[i];
    identities_set(bench->identities, list, bench->key_count, accounts, 1, admins, 1, 1000);
}

struct bench *bench_new(void)
{
    struct bench *bench = memory_new(1, sizeof(*bench));
    bench->arena = arena_new();
    bench->turn = arena_new();
    bench->effects = effects_new(bench->turn);
    bench->zone = zone_fixed("CET", 3600);
    bench->engine = engine_new();
    bench->identities = identities_new();
    bench->now = (struct now){START_AT, START_AT};
    bench->house = house_of_tests;
    bench->house.context = bench;
    bench->house.engine = bench->engine;
    policy_make(bench);
    struct event event = {.kind = EVENT_POLICY, .actor = "pagerd", .policy = bench->policy};
    engine_step(bench->engine, bench->now, &event, bench->effects, NULL);
    key_put(bench, "prom", PROM_KEY, "ops", NULL);
    key_put(bench, "ann-laptop", ANN_TOKEN, NULL, "ann");
    key_put(bench, "bob-laptop", BOB_TOKEN, NULL, "bob");
    identities_put(bench);
    return bench;
}

void bench_free(struct bench *bench)
{
    while (bench->shipped) {
        struct call *shipped = bench->shipped;
        bench->shipped = shipped->next;
        call_free(shipped);
    }
    engine_free(bench->engine);
    effects_free(bench->effects);
    identities_free(bench->identities);
    zone_free(bench->zone);
    arena_free(bench->turn);
    arena_free(bench->arena);
    free(bench);
}

void bench_wait(struct bench *bench, msec duration_ms)
{
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd"};
    bench->now.wall_at += duration_ms;
    bench->now.steady_at += duration_ms;
    engine_step(bench->engine, bench->now, &tick, bench->effects, NULL);
}

uint64_t bench_alert(struct bench *bench, const char *key, const char *summary)
{
    struct alert alert = {
        .integration = "prom",
        .team = "ops",
        .dedup_key = key,
        .severity = SEVERITY_CRITICAL,
        .summary = summary,
        .details = "At 100% PostgreSQL stops.\n\nSecond paragraph.",
        .source = "db1",
        .service = "postgres",
        .runbook = "",
        .link = "",
    };
    struct event event = {.kind = EVENT_TRIGGER, .actor = "prom", .via = "http", .alert = &alert};
    struct answer answer = {0};
    uuid_new(alert.uuid);
    engine_step(bench->engine, bench->now, &event, bench->effects, &answer);
    if (!bench->has_link) {
        bench->has_link = true;
        bench->link = (struct ack_token){
            .incident = answer.incident,
            .user = "ann",
            .channel = "sms",
            .created_at = bench->now.wall_at,
            .expires_at = bench->now.steady_at + DAY_MS,
        };
    }
    return answer.incident;
}

/* ---- requests ---- */

static void query_split(struct call *call, const char *path)
{
    struct span rest = span_of(path);
    call->path = arena_copy_span(call->arena, span_cut(&rest, '?'));
    while (rest.size > 0) {
        struct span value = span_cut(&rest, '&');
        struct span name = span_cut(&value, '=');
        call->query[call->query_count].name = arena_copy_span(call->arena, name);
        call->query[call->query_count++].value = arena_copy_span(call->arena, value);
    }
}

static void bench_finish(void *context, struct call *call)
{
    (void)context;
    (void)call;
}

static void bench_run(struct bench *bench, struct call *call)
{
    while (call_run(call, &bench->house) == CALL_HANDED_OVER && call->status == 0)
        ;
}

/* As if another node had taken it. */
static void bench_ship(struct bench *bench, struct call *call)
{
    CLEANUP(text_clear) struct text there = {0};
    CLEANUP(text_clear) struct text back = {0};
    struct fault fault = {0};
    ship_add_call(&there, call);
    struct call *shipped =
        ship_call(text_span(&there), &(struct ship_from){.node = call->node, .number = 1},
                  bench->identities, &fault);
    assert_non_null(shipped);
    shipped->guard = &bench->guard;
    shipped->arrived_at = call->arrived_at;
    call_on_finish(shipped, bench_finish, NULL);
    if (!call_is_answered(shipped))
        bench_run(bench, shipped);
    ship_add_answer(&back, shipped);
    assert_true(ship_answer(call, text_span(&back), &fault));
    shipped->next = bench->shipped; /* events that tests look at borrow from it */
    bench->shipped = shipped;
}

struct call *bench_send(struct bench *bench, const struct request *request)
{
    struct call *call = call_new();
    query_split(call, request->path);
    call->method = string_is(request->method, "POST")      ? METHOD_POST
                   : string_is(request->method, "HEAD")    ? METHOD_HEAD
                   : string_is(request->method, "GET")     ? METHOD_GET
                   : string_is(request->method, "PUT")     ? METHOD_PUT
                   : string_is(request->method, "DELETE")  ? METHOD_DELETE
                   : string_is(request->method, "OPTIONS") ? METHOD_OPTIONS
                                                           : METHOD_OTHER;
    if (bench->node)
        call->node = bench->node;
    call->guard = &bench->guard;
    call->finish = bench_finish;
    call->arrived_at = bench->now.steady_at;
    call->authorization = request->authorization;
    if (request->token)
        call->authorization = arena_format(call->arena, "Bearer %s", request->token);
    call->origin = request->origin;
    call->fetch_site = request->fetch_site;
    call->host = request->host;
    call->if_none_match = request->if_none_match;
    call->peer.is_local = request->is_local;
    call->peer.uid = request->uid;
    snprintf(call->peer.address, sizeof(call->peer.address), "%s",
             request->address ? request->address : "192.0.2.1");
    if (request->content_type)
        call->headers[call->header_count++] =
            (struct ingest_header){"content-type", request->content_type};
    if (request->body)
        text_add(&call->body, request->body);
    if (call_route(call) && call_identify(call, bench->identities) &&
        call_parse(call, bench->identities)) {
        if (getenv("PAGERD_TEST_SHIPPED"))
            bench_ship(bench, call);
        else
            bench_run(bench, call);
    }
    assert_true(call->status != 0);
    identities_put(bench);
    return call;
}

const struct json *answer_json(struct call *call)
{
    const struct json *json = NULL;
    struct fault fault = {0};
    if (!json_parse(call->arena, text_span(&call->answer), &json, &fault))
        fail_msg("not JSON (%s): %s", fault.text, text_string(&call->answer));
    return json;
}

const char *answer_code(struct call *call)
{
    return json_string(json_find(answer_json(call), "error"), "code");
}
