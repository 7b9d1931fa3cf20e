/* SPDX-License-Identifier: MIT */
/* keys.c - integration keys, personal tokens and the addresses of feeds: made, listed, revoked. */
#include <string.h>

#include "base/api.h"
#include "base/text.h"
#include "http/act.h"
#include "http/route.h"

static const char *caller_name(const struct call *call)
{
    return call->caller.user ? call->caller.user
                             : arena_format(call->arena, "%s", call->peer.address);
}

static const char *kind_name(const struct credential *credential)
{
    if (credential->is_feed)
        return "feed";
    return credential->user ? "person" : "integration";
}

/* What an integration may do, and does. */
static void limits_write(struct json_writer *writer, const struct house *house,
                         const struct credential *credential)
{
    struct now now = house->now(house->context);
    struct source_view source = view_source(house->engine, credential->name, now.steady_at);
    size_t body_max = credential->body_max > 0 ? credential->body_max : API_BODY_MAX;
    json_put_integer(writer, "open", (int64_t)source.open);
    json_put_integer(writer, "open_max", source.rule->open_max);
    json_put_integer(writer, "rate", source.rate);
    json_put_integer(writer, "rate_max", source.rule->rate_max);
    json_put_integer(writer, "burst_max", source.rule->burst_max);
    json_put_integer(writer, "body_max", (int64_t)body_max);
    json_put_integer(writer, "over_rate", (int64_t)source.rate_met_count);
    json_put_integer(writer, "over_open", (int64_t)source.open_met_count);
    json_put_integer(writer, "unreadable", (int64_t)credential->unreadable_count);
    json_put_string(writer, "last_error", credential->last_error);
    json_put_instant(writer, "last_error_at", credential->last_error_at);
}

static void key_write(struct json_writer *writer, const struct house *house,
                      const struct credential *credential)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "name", credential->name);
    json_put_string(writer, "kind", kind_name(credential));
    json_put_string(writer, "team", credential->team);
    json_put_string(writer, "user", credential->user);
    json_put_instant(writer, "created_at", credential->created_at);
    json_put_instant(writer, "last_used_at", credential->last_used_at);
    json_put_instant(writer, "revoked_at", credential->revoked_at);
    bool is_source = !credential->is_feed && !credential->user && !credential->revoked_at;
    if (is_source && view_policy(house->engine))
        limits_write(writer, house, credential);
    json_end_object(writer);
}

enum call_wait route_keys_list(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "keys");
    size_t cursor = 0;
    const struct credential *credential;
    while ((credential = house->credential_each(house->context, &cursor)))
        key_write(&writer, house, credential);
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

/* The name becomes part of dedup scopes and of timelines: a word. */
static bool name_is_good(const char *name)
{
    size_t size = name ? strlen(name) : 0;
    return size > 0 && size <= API_KEY_NAME_MAX && strspn(name, API_KEY_NAME_BYTES) == size;
}

/* Whose key it is to be. */
struct holder {
    const struct team *team; /* one of them, or none: an integration whose alerts are routed */
    const struct user *user;
};

/* A source's key that names no team: the only team has it, or the routes say. False: answered. */
static bool holder_default(struct call *call, const struct policy *policy, struct holder *holder)
{
    if (policy && policy->route_count > 0)
        return true;
    if (policy && policy->team_count == 1) {
        holder->team = &policy->teams[0];
        return true;
    }
    struct problem problem = {
        .status = 400,
        .code = "invalid",
        .text = "Whose alerts are these? There are several teams and no routes, so the key needs "
                "\"team\".",
        .hint = "pagectl key add NAME --team TEAM, or add routes to the configuration",
    };
    call_answer_problem(call, &problem);
    return false;
}

/* False: answered. */
static bool holder_find(struct call *call, const struct policy *policy, bool is_feed,
                        struct holder *holder)
{
    const char *team = json_string(call->json, "team");
    const char *user = json_string(call->json, "user");
    *holder = (struct holder){0};
    if (!team && !user && !is_feed)
        return holder_default(call, policy, holder);
    if ((team != NULL) == (user != NULL)) {
        call_answer_error(call, 400, "invalid",
                          "Either \"team\" (a source's key, or a team's feed) or \"user\" (a "
                          "personal token, or a person's feed).");
        return false;
    }
    if (team) {
        holder->team = act_team(call, policy, team);
        return holder->team != NULL;
    }
    holder->user = policy ? policy_match_user(policy, user) : NULL;
    if (!holder->user)
        call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", user);
    return holder->user != NULL;
}

static bool team_has(const struct team *team, const char *user)
{
    for (size_t i = 0; i < team->member_count; i++) {
        if (string_is(team->members[i], user))
            return true;
    }
    return false;
}

/* Feeds of their own duties, and of the teams that they are members of, are for people themselves;
 * everything else of keys is for admins. */
static bool holder_is_own(const struct call *call, const struct holder *holder)
{
    if (call->caller.kind != CALLER_PERSON)
        return false;
    return holder->team ? team_has(holder->team, call->caller.user)
                        : string_is(holder->user->id, call->caller.user);
}

/* False: answered with 503, for what would be changed could not be kept. */
static bool can_keep(struct call *call, const struct house *house)
{
    struct fault why_not = {0};
    if (house->can_keep(house->context, &why_not))
        return true;
    call_fail_unavailable(call, why_not.text);
    return false;
}

static enum call_wait answer_fault(struct call *call, const struct fault *fault)
{
    bool is_taken = fault->kind == FAULT_CONFLICT;
    call_answer_error(call, is_taken ? 409 : 400, is_taken ? "conflict" : "invalid", fault->text);
    return CALL_ANSWER_NOW;
}

/* What is shown once: the key itself, or the address that holds the token. */
static enum call_wait answer_secret(struct call *call, const char *name,
                                    const struct holder *holder, const char *member,
                                    const char *secret)
{
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "name", name);
    json_put_string(&writer, "team", holder->team ? holder->team->id : NULL);
    json_put_string(&writer, "user", holder->user ? holder->user->id : NULL);
    json_put_string(&writer, member, secret);
    json_end_object(&writer);
    return CALL_AFTER_COMMIT;
}

static enum call_wait feed_make(struct call *call, struct house *house, const char *name,
                                const struct holder *holder)
{
    char token[TOKEN_TEXT_SIZE];
    struct fault fault = {0};
    if (!call->caller.can_administer && !holder_is_own(call, holder)) {
        call_answer_error(call, 403, "forbidden",
                          "A feed of somebody else, or of a team that you are no member of, needs "
                          "an admin.");
        return CALL_ANSWER_NOW;
    }
    if (!house->feed_add(house->context, name, holder->team ? holder->team->id : NULL,
                         holder->user ? holder->user->id : NULL, caller_name(call), token, &fault))
        return answer_fault(call, &fault);
    return answer_secret(call, name, holder, "url",
                         arena_format(call->arena, "%s/feed/%s.ics",
                                      house->public_url ? house->public_url : "", token));
}

enum call_wait route_key_add(struct call *call, struct house *house)
{
    const char *name = json_string(call->json, "name");
    bool is_feed = json_bool(call->json, "feed", false);
    struct holder holder;
    if (!is_feed && !call->caller.can_administer) {
        call_answer_error(call, 403, "forbidden", "This needs an admin.");
        return CALL_ANSWER_NOW;
    }
    if (!name_is_good(name)) {
        call_answer_errorf(call, 400, "invalid",
                           "\"name\" is 1 to %d letters, digits, dots, dashes or underscores.",
                           API_KEY_NAME_MAX);
        return CALL_ANSWER_NOW;
    }
    if (!holder_find(call, view_policy(house->engine), is_feed, &holder) || !can_keep(call, house))
        return CALL_ANSWER_NOW;
    if (is_feed)
        return feed_make(call, house, name, &holder);

    char secret[SECRET_TEXT_SIZE];
    struct fault fault = {0};
    if (!house->credential_add(house->context, name, holder.team ? holder.team->id : NULL,
                               holder.user ? holder.user->id : NULL, caller_name(call), secret,
                               &fault))
        return answer_fault(call, &fault);
    return answer_secret(call, name, &holder, "key", secret);
}

/* A valid feed of that name that the caller could have made. */
static bool feed_is_own(const struct call *call, const struct house *house, const char *name)
{
    const struct policy *policy = view_policy(house->engine);
    const struct credential *credential;
    size_t cursor = 0;
    while ((credential = house->credential_each(house->context, &cursor))) {
        if (!credential->is_feed || credential->revoked_at || !string_is(credential->name, name) ||
            !policy)
            continue;
        struct holder holder = {
            .team = credential->team ? policy_find_team(policy, credential->team) : NULL,
            .user = credential->user ? policy_find_user(policy, credential->user) : NULL};
        return (holder.team || holder.user) && holder_is_own(call, &holder);
    }
    return false;
}

enum call_wait route_key_revoke(struct call *call, struct house *house)
{
    struct answer answer = {.kind = ANSWER_DONE};
    struct fault fault = {0};
    const char *name = call->parts[0];
    if (!call->caller.can_administer && !feed_is_own(call, house, name)) {
        call_answer_error(call, 403, "forbidden", "This needs an admin.");
        return CALL_ANSWER_NOW;
    }
    if (!can_keep(call, house))
        return CALL_ANSWER_NOW;
    if (!house->credential_revoke(house->context, name, caller_name(call), &fault)) {
        call_answer_error(call, 404, "not_found", fault.text);
        return CALL_ANSWER_NOW;
    }
    return act_answer(call, &answer, arena_format(call->arena, "Key \"%s\" is revoked.", name));
}
