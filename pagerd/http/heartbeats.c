/* SPDX-License-Identifier: MIT */
/*
 * heartbeats.c - jobs that say regularly that they live, and the address at which they say it.
 *
 * The address is that of healthchecks.io: GET, HEAD or POST /ping/TOKEN[/start|/fail|/log|/STATUS],
 * STATUS an exit status of 0 to 255; 200 "OK" (https://healthchecks.io/docs/http_api/). The token
 * is the whole identity; only its hash is kept. A known one is never refused for its rate: the job
 * would fail. The other form there is /ping/KEY/NAME[...]: an integration key, and the name of a
 * heartbeat of its team; with ?create=1 the first ping makes it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utf8.h"
#include "http/act.h"
#include "http/render.h"
#include "http/route.h"

#define UNKNOWN_PINGS_MAX 30      /* per address and minute answered with 404, then 429 */
#define PING_BODY_MAX (10 * 1024) /* bytes of a body that are kept */
#define HISTORY_MS (90 * DAY_MS)
#define GRACE_SHARE 5 /* without a grace it is this part of `every` */

enum call_wait route_heartbeats_list(struct call *call, struct house *house)
{
    const char *team = call_query(call, "team");
    if (team && !act_team(call, view_policy(house->engine), team))
        return CALL_ANSWER_NOW;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "heartbeats");
    size_t cursor = 0;
    const struct heartbeat *heartbeat;
    while ((heartbeat = view_each_heartbeat(house->engine, &cursor))) {
        if (team && !string_is(team, heartbeat->team))
            continue;
        json_begin_object(&writer, NULL);
        heartbeat_write_members(&writer, house->engine, heartbeat, house->now(house->context));
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

/* False: answered. */
static bool severity_read(struct call *call, enum severity *severity)
{
    const char *name = json_string(call->json, "severity");
    *severity = SEVERITY_CRITICAL;
    if (!name || severity_parse(name, severity))
        return true;
    call_answer_errorf(call, 400, "invalid",
                       "\"%.40s\" is no severity: critical, error, warning or info.", name);
    return false;
}

enum call_wait route_heartbeat_add(struct call *call, struct house *house)
{
    const struct team *team =
        act_team(call, view_policy(house->engine), json_string(call->json, "team"));
    struct heartbeat wanted = {
        .name = arena_copy(call->arena, json_string(call->json, "name")),
        .every_ms = json_integer(call->json, "every_ms", 0),
    };
    if (!team || !severity_read(call, &wanted.severity))
        return CALL_ANSWER_NOW;
    msec share_ms = wanted.every_ms / GRACE_SHARE;
    wanted.team = arena_copy(call->arena, team->id);
    wanted.grace_ms =
        json_integer(call->json, "grace_ms", share_ms > MINUTE_MS ? share_ms : MINUTE_MS);

    char token[TOKEN_TEXT_SIZE];
    struct answer answer = {0};
    struct event event = act_event(call, EVENT_HEARTBEAT_ADD);
    token_new(token);
    hash_text(span_of(token), wanted.hash);
    uuid_new(wanted.uuid);
    event.heartbeat = &wanted;
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", act_status(&answer));
    json_put_string(&writer, "name", wanted.name);
    json_put_string(
        &writer, "url",
        arena_format(call->arena, "%s/ping/%s", house->public_url ? house->public_url : "", token));
    json_put_integer(&writer, "grace_ms", wanted.grace_ms);
    json_end_object(&writer);
    return CALL_AFTER_COMMIT;
}

static const struct heartbeat *heartbeat_of_path(struct call *call, const struct house *house)
{
    const struct heartbeat *heartbeat = view_heartbeat(house->engine, call->parts[0]);
    if (!heartbeat)
        call_answer_errorf(call, 404, "not_found", "There is no heartbeat \"%.80s\".",
                           call->parts[0]);
    return heartbeat;
}

/* With what was alerted of it within a quarter of a year, or since `since`. */
enum call_wait route_heartbeat_show(struct call *call, struct house *house)
{
    const struct heartbeat *heartbeat = heartbeat_of_path(call, house);
    msec since_at = house->now(house->context).wall_at - HISTORY_MS;
    if (!heartbeat || !act_instant(call, "since", call_query(call, "since"), &since_at))
        return CALL_ANSWER_NOW;
    house->history_heartbeat(house->context, call, heartbeat, since_at);
    return CALL_HANDED_OVER;
}

static enum call_wait act_on(struct call *call, struct house *house, enum event_kind kind,
                             const char *format)
{
    const struct heartbeat *heartbeat = heartbeat_of_path(call, house);
    if (!heartbeat)
        return CALL_ANSWER_NOW;
    struct answer answer = {0};
    struct event event = act_event(call, kind);
    const char *name = arena_copy(call->arena, heartbeat->name);
    event.id = heartbeat->id;
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;
    return act_answer(call, &answer, arena_format(call->arena, "%s %s", name, format));
}

enum call_wait route_heartbeat_ping(struct call *call, struct house *house)
{
    return act_on(call, house, EVENT_HEARTBEAT_PING, "was heard.");
}

enum call_wait route_heartbeat_remove(struct call *call, struct house *house)
{
    return act_on(call, house, EVENT_HEARTBEAT_REMOVE, "is expected no more.");
}

static enum call_wait answer_plain(struct call *call, unsigned status, const char *text)
{
    text_reset(&call->answer);
    text_add(&call->answer, text);
    call->status = status;
    call->content_type = "text/plain; charset=utf-8";
    return CALL_ANSWER_NOW;
}

static enum call_wait answer_unknown(struct call *call)
{
    bool has_budget = !call->guard || budget_spend(&call->guard->links, call->peer.address,
                                                   UNKNOWN_PINGS_MAX, call->arrived_at);
    if (!has_budget)
        call->retry_after_s = 60;
    return answer_plain(call, has_budget ? 404 : 429,
                        "not found: this address was never made, or its heartbeat was removed\n");
}

/* As whom a key makes heartbeats: no name of a person has a colon. */
static char *maker_of(const struct call *call)
{
    return arena_format(call->arena, "key:%s", call->caller.key);
}

/* What the last part of the path says; "" is alive. False: nothing that is known. */
static bool ping_parse(const char *word, enum heartbeat_ping *ping, unsigned long *status)
{
    static const struct {
        const char *word;
        enum heartbeat_ping ping;
    } words[] = {{"", PING_ALIVE}, {"start", PING_START}, {"fail", PING_FAIL}, {"log", PING_LOG}};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (string_is(words[i].word, word)) {
            *ping = words[i].ping;
            return true;
        }
    }
    size_t size = strlen(word);
    *status = strtoul(word, NULL, 10);
    *ping = *status == 0 ? PING_ALIVE : PING_FAIL;
    return size <= 3 && strspn(word, "0123456789") == size && *status <= 255;
}

/* "exit status 3", and what it printed. */
static const char *details_of(struct call *call, unsigned long status)
{
    CLEANUP(text_clear) struct text text = {0};
    if (status != 0)
        text_addf(&text, "exit status %lu\n", status);
    utf8_add_clean(&text, utf8_cut(text_span(&call->body), PING_BODY_MAX));
    return arena_copy(call->arena, text_string(&text));
}

/* The heartbeat of a key and a name: one of the key's team, or one that the key has made. */
static const struct heartbeat *find_by_name(const struct call *call, const struct house *house)
{
    const struct heartbeat *heartbeat = view_heartbeat(house->engine, call->parts[1]);
    if (!heartbeat)
        return NULL;
    bool is_of_team = call->caller.team && string_is(call->caller.team, heartbeat->team);
    return is_of_team || string_is(heartbeat->created_by, maker_of(call)) ? heartbeat : NULL;
}

/* By its first ping, with the period and the grace that healthchecks.io gives it. NULL: answered.
 */
static const struct heartbeat *make_by_name(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    const char *team = call->caller.team;
    if (!team && policy && policy->team_count == 1)
        team = policy->teams[0].id;
    if (!team) {
        (void)answer_plain(call, 409, "this key has no team: pagectl heartbeat add makes it\n");
        return NULL;
    }
    char token[TOKEN_TEXT_SIZE];
    struct heartbeat wanted = {
        .name = arena_copy(call->arena, call->parts[1]),
        .team = arena_copy(call->arena, team),
        .severity = SEVERITY_CRITICAL,
        .every_ms = DAY_MS,
        .grace_ms = HOUR_MS,
        .created_by = maker_of(call),
    };
    struct event event = {.kind = EVENT_HEARTBEAT_ADD,
                          .actor = call->caller.key,
                          .via = "ping",
                          .is_of_key = true,
                          .heartbeat = &wanted,
                          .target = {.kind = TARGET_COUNT}};
    struct answer answer = {0};
    token_new(token); /* which nobody ever sees: the key and the name are its address */
    hash_text(span_of(token), wanted.hash);
    uuid_new(wanted.uuid);
    house->step(house->context, &event, &answer);
    if (answer.kind == ANSWER_DONE)
        return view_heartbeat(house->engine, wanted.name);
    (void)answer_plain(call, answer.kind == ANSWER_INVALID ? 400 : 409,
                       arena_format(call->arena, "%s\n", answer.text));
    return NULL;
}

static const struct heartbeat *find_by_token(const struct call *call, const struct house *house)
{
    char token[TOKEN_TEXT_SIZE];
    char hash[HASH_TEXT_SIZE];
    if (!token_normalize(span_of(call->parts[0]), token))
        return NULL;
    hash_text(span_of(token), hash);
    return view_heartbeat_of(house->engine, hash);
}

enum call_wait route_ping(struct call *call, struct house *house)
{
    bool is_named = call->caller.kind == CALLER_SOURCE;
    const char *word = call->parts[is_named ? 2 : 1];
    unsigned long status = 0;
    struct event event = {
        .kind = EVENT_HEARTBEAT_PING,
        .actor = "heartbeat",
        .via = "ping",
        .target = {.kind = TARGET_COUNT},
    };
    if (!is_named && call->parts[2])
        return answer_unknown(call);
    const struct heartbeat *heartbeat =
        is_named ? find_by_name(call, house) : find_by_token(call, house);
    bool is_made = !heartbeat && is_named && call_has_query(call, "create");
    if (!heartbeat && !is_made)
        return answer_unknown(call);
    if (!ping_parse(word ? word : "", &event.ping, &status))
        return answer_plain(call, 400,
                            "behind the address stands start, fail, log or an exit status\n");
    if (is_made && !(heartbeat = make_by_name(call, house)))
        return CALL_ANSWER_NOW;
    struct answer answer = {0};
    uint64_t before = is_made ? 0 : heartbeat->version;
    event.id = heartbeat->id;
    event.text = details_of(call, status);
    house->step(house->context, &event, &answer);
    (void)answer_plain(call, is_made ? 201 : 200, is_made ? "Created" : "OK");
    /* A plain ping is on disk a little later; whoever waits for it is answered at once. */
    return heartbeat->version == before ? CALL_ANSWER_NOW : CALL_AFTER_COMMIT;
}
