/* SPDX-License-Identifier: MIT */
#include "http/act.h"

#include <assert.h>
#include <inttypes.h>

#include "base/text.h"
#include "http/say.h"

#define NUMBER_DIGITS_MAX 18

struct event act_event(const struct call *call, enum event_kind kind)
{
    assert(call->caller.kind == CALLER_PERSON);
    return (struct event){
        .kind = kind,
        .actor = call->caller.user,
        .via = call->peer.is_local ? "socket" : "http",
        .target = {.kind = TARGET_COUNT},
    };
}

const char *act_status(const struct answer *answer)
{
    return answer->kind == ANSWER_ALREADY ? "already" : "done";
}

/* "eve has #413 since 03:05.": the engine's own sentence, when it gave one. */
static void answer_taken(struct call *call, const struct house *house, const struct answer *answer)
{
    bool is_closed = answer->kind == ANSWER_CLOSED;
    const struct policy *policy = view_policy(house->engine);
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text hint = {0};
    msec now = house->now(house->context).wall_at;
    if (is_closed) {
        text_addf(&text, "#%" PRIu64 " is closed: %s resolved it", answer->incident,
                  answer->user && *answer->user ? answer->user : "its source");
        text_add(&hint, "pagectl incidents");
    } else {
        text_addf(&text, "%s has #%" PRIu64 " since", answer->user ? answer->user : "somebody",
                  answer->incident);
        text_addf(&hint, "pagectl ack %" PRIu64 " --take", answer->incident);
    }
    if (answer->at) {
        text_add_char(&text, ' ');
        say_time(&text, say_zone(policy, call->caller.user), answer->at, now);
    }
    text_add_char(&text, '.');
    struct problem problem = {
        .status = is_closed ? 410 : 409,
        .code = is_closed ? "closed" : "conflict",
        .text = text_string(&text),
        .hint = text_string(&hint),
        .user = answer->user,
        .at = answer->at,
    };
    call_answer_problem(call, &problem);
}

bool act_is_done(struct call *call, const struct house *house, const struct answer *answer)
{
    switch (answer->kind) {
    case ANSWER_DONE:
    case ANSWER_ALREADY:
        return true;
    case ANSWER_NOT_FOUND:
        call_answer_error(call, 404, "not_found",
                          *answer->text ? answer->text : "There is no such thing.");
        return false;
    case ANSWER_CONFLICT:
    case ANSWER_CLOSED:
        answer_taken(call, house, answer);
        return false;
    case ANSWER_REFUSED:
        call_answer_error(call, 403, "forbidden", answer->text);
        return false;
    case ANSWER_INVALID:
        call_answer_error(call, 400, "invalid", answer->text);
        return false;
    case ANSWER_FULL:
        call_fail_unavailable(call, *answer->text ? answer->text : "a limit is met");
        return false;
    case ANSWER_COUNT:
        break;
    }
    assert(!"an answer that is none");
    return false;
}

enum call_wait act_answer(struct call *call, const struct answer *answer, const char *text)
{
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", act_status(answer));
    json_put_string(&writer, "text", text);
    json_end_object(&writer);
    return CALL_AFTER_COMMIT;
}

/* A positive number in digits alone; 0 for anything else. */
static uint64_t number_read(const char *text)
{
    uint64_t value = 0;
    size_t digits = 0;
    for (const char *at = text; at && *at >= '0' && *at <= '9' && digits <= NUMBER_DIGITS_MAX; at++)
        value = value * 10 + (uint64_t)(text[digits++] - '0');
    return digits == 0 || digits > NUMBER_DIGITS_MAX || text[digits] != '\0' ? 0 : value;
}

bool act_number(struct call *call, const char *what, const char *text, uint64_t *number)
{
    uint64_t value = number_read(text);
    if (value == 0) {
        call_answer_errorf(call, 404, "not_found", "\"%.40s\" is not the number of %s.",
                           text ? text : "", what);
        return false;
    }
    *number = value;
    return true;
}

bool act_count(struct call *call, const char *name, uint64_t *number)
{
    const char *text = call_query(call, name);
    uint64_t value = number_read(text);
    if (text && value == 0) {
        call_answer_errorf(call, 400, "invalid",
                           "\"%s\" is \"%.40s\"; expected was a number from 1 on.", name, text);
        return false;
    }
    if (text)
        *number = value;
    return true;
}

bool act_instant(struct call *call, const char *name, const char *text, msec *at)
{
    struct fault fault;
    if (!text || instant_parse(text, at, &fault))
        return true;
    call_answer_errorf(call, 400, "invalid", "\"%s\": %s.", name, fault.text);
    return false;
}

const struct team *act_team(struct call *call, const struct policy *policy, const char *name)
{
    if (!name && policy && policy->team_count == 1)
        return &policy->teams[0];
    if (!name) {
        call_answer_error(call, 400, "invalid", "\"team\" is missing, and there are several.");
        return NULL;
    }
    const struct team *team = policy ? policy_find_team(policy, name) : NULL;
    if (!team)
        call_answer_errorf(call, 404, "not_found", "There is no team \"%.80s\".", name);
    return team;
}
