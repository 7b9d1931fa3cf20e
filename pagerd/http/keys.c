/* SPDX-License-Identifier: MIT */
/* keys.c - integration keys and personal tokens: made, listed, revoked. */
#include <string.h>

#include "base/text.h"
#include "http/act.h"
#include "http/route.h"

#define KEY_NAME_MAX 64

static const char *caller_name(const struct call *call)
{
    return call->caller.user ? call->caller.user
                             : arena_format(call->arena, "%s", call->peer.address);
}

static void key_write(struct json_writer *writer, const struct credential *credential)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "name", credential->name);
    json_put_string(writer, "kind", credential->user ? "person" : "integration");
    json_put_string(writer, "team", credential->team);
    json_put_string(writer, "user", credential->user);
    json_put_instant(writer, "created_at", credential->created_at);
    json_put_instant(writer, "last_used_at", credential->last_used_at);
    json_put_instant(writer, "revoked_at", credential->revoked_at);
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
        key_write(&writer, credential);
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

/* The name becomes part of dedup scopes and of timelines: a word. */
static bool name_is_good(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t size = name ? strlen(name) : 0;
    return size > 0 && size <= KEY_NAME_MAX && strspn(name, allowed) == size;
}

enum call_wait route_key_add(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    const char *name = json_string(call->json, "name");
    const char *team = json_string(call->json, "team");
    const char *user_name = json_string(call->json, "user");
    if (!name_is_good(name)) {
        call_answer_errorf(call, 400, "invalid",
                           "\"name\" is 1 to %d letters, digits, dots, dashes or underscores.",
                           KEY_NAME_MAX);
        return CALL_ANSWER_NOW;
    }
    if ((team != NULL) == (user_name != NULL)) {
        call_answer_error(call, 400, "invalid",
                          "Either \"team\" (a source's key) or \"user\" (a personal token).");
        return CALL_ANSWER_NOW;
    }
    if (team && !act_team(call, policy, team))
        return CALL_ANSWER_NOW;
    const struct user *user = user_name && policy ? policy_match_user(policy, user_name) : NULL;
    if (user_name && !user) {
        call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", user_name);
        return CALL_ANSWER_NOW;
    }
    char secret[SECRET_TEXT_SIZE];
    struct fault fault = {0};
    if (!house->credential_add(house->context, name, team, user ? user->id : NULL,
                               caller_name(call), secret, &fault)) {
        bool is_taken = fault.kind == FAULT_CONFLICT;
        call_answer_error(call, is_taken ? 409 : 400, is_taken ? "conflict" : "invalid",
                          fault.text);
        return CALL_ANSWER_NOW;
    }
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "name", name);
    json_put_string(&writer, "key", secret);
    json_end_object(&writer);
    return CALL_AFTER_COMMIT;
}

enum call_wait route_key_revoke(struct call *call, struct house *house)
{
    struct answer answer = {.kind = ANSWER_DONE};
    struct fault fault = {0};
    const char *name = call->parts[0];
    if (!house->credential_revoke(house->context, name, caller_name(call), &fault)) {
        call_answer_error(call, 404, "not_found", fault.text);
        return CALL_ANSWER_NOW;
    }
    return act_answer(call, &answer, arena_format(call->arena, "Key \"%s\" is revoked.", name));
}
