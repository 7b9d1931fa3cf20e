/* SPDX-License-Identifier: MIT */
/* recovery.c - who rests after a disturbed night, and the three things people do about it. */
#include "base/text.h"
#include "http/act.h"
#include "http/route.h"
#include "http/say.h"

static void rest_write(struct json_writer *writer, const struct engine *engine,
                       const struct person *person, msec now)
{
    const struct team *team;
    enum role role;
    const struct user *cover = NULL;
    bool is_covered = view_cover(engine, person->user, now, &team, &role, &cover);
    json_begin_object(writer, NULL);
    json_put_string(writer, "user", person->user);
    json_put_instant(writer, "from", person->rest_from_at);
    json_put_instant(writer, "until", person->rest_until_at);
    json_put_string(writer, "because", person->rest_because);
    json_put_string(writer, "covered_by", is_covered && cover ? cover->id : NULL);
    json_put_string(writer, "covered_as", is_covered && cover ? role_name(role) : NULL);
    json_put_bool(writer, "by_hand", person->is_rest_by_hand);
    json_end_object(writer);
}

enum call_wait route_recovery_list(struct call *call, struct house *house)
{
    msec now = house->now(house->context).wall_at;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "recovery");
    size_t cursor = 0;
    const struct person *person;
    while ((person = view_each_person(house->engine, &cursor))) {
        if (person_is_resting(person, now))
            rest_write(&writer, house->engine, person, now);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

static bool start_read(struct call *call, struct event *event)
{
    event->for_ms = json_integer(call->json, "for_ms", 0);
    if (!act_instant(call, "until", json_string(call->json, "until"), &event->until_at))
        return false;
    if (event->for_ms > 0 || (event->for_ms == 0 && event->until_at > 0))
        return true;
    call_answer_error(call, 400, "invalid", "\"for_ms\" or \"until\" says how long the rest is.");
    return false;
}

static const struct {
    const char *action;
    enum event_kind kind;
} actions[] = {
    {"start", EVENT_RECOVERY_START},
    {"end", EVENT_RECOVERY_END},
    {"waive", EVENT_RECOVERY_WAIVE},
};

/* Which of the three, and for whom; who may is the engine's to say. False: answered. */
static bool recovery_read(struct call *call, const struct policy *policy, struct event *event)
{
    const char *action = json_string(call->json, "action");
    const char *name = json_string(call->json, "user");
    const struct user *user =
        name ? policy_match_user(policy, name) : policy_find_user(policy, call->caller.user);
    if (!user) {
        call_answer_errorf(call, 404, "not_found", "There is no user \"%.80s\".", name ? name : "");
        return false;
    }
    event->user = user->id;
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        if (!string_is(actions[i].action, action))
            continue;
        event->kind = actions[i].kind;
        return event->kind != EVENT_RECOVERY_START || start_read(call, event);
    }
    call_answer_error(call, 400, "invalid", "\"action\" is start, end or waive.");
    return false;
}

enum call_wait route_recovery_act(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    struct now now = house->now(house->context);
    struct event event = act_event(call, EVENT_RECOVERY_START);
    struct answer answer = {0};
    if (!recovery_read(call, policy, &event))
        return CALL_ANSWER_NOW;
    house->step(house->context, &event, &answer);
    if (!act_is_done(call, house, &answer))
        return CALL_ANSWER_NOW;

    CLEANUP(text_clear) struct text text = {0};
    const struct person *person = view_person(house->engine, event.user);
    say_user(&text, policy, event.user);
    if (person_is_resting(person, now.wall_at)) {
        text_add(&text, " rests until ");
        say_until(&text, say_zone(policy, call->caller.user), person->rest_until_at, now.wall_at);
        text_add_char(&text, '.');
    } else {
        text_add(&text, " is back: no rest.");
    }
    return act_answer(call, &answer, text_string(&text));
}
