/* SPDX-License-Identifier: MIT */
/* person.c - what people say of themselves: not me for a while; I am up. */
#include "base/text.h"
#include "http/act.h"
#include "http/route.h"
#include "http/say.h"

/* One thing that a person says of oneself, for a while or no more. */
static bool step(struct call *call, struct house *house, enum event_kind kind,
                 struct answer *answer)
{
    struct event event = act_event(call, kind);
    event.for_ms = call->json ? json_integer(call->json, "for_ms", 0) : 0;
    *answer = (struct answer){0};
    house->step(house->context, &event, answer);
    return act_is_done(call, house, answer);
}

static void add_until(struct text *text, const struct call *call, const struct house *house,
                      msec until_at)
{
    say_until(text, say_zone(view_policy(house->engine), call->caller.user), until_at,
              house->now(house->context).wall_at);
    text_add_char(text, '.');
}

enum call_wait route_pause_begin(struct call *call, struct house *house)
{
    struct answer answer;
    if (!step(call, house, EVENT_PAUSE, &answer))
        return CALL_ANSWER_NOW;
    CLEANUP(text_clear) struct text text = {0};
    const struct team *team = NULL;
    const struct user *cover = NULL;
    enum role role = ROLE_COUNT;
    text_add(&text, "You are off call until ");
    add_until(&text, call, house, answer.at);
    if (view_pause_cover(house->engine, call->caller.user, house->now(house->context).wall_at,
                         &team, &role, &cover)) {
        text_add_char(&text, ' ');
        say_user(&text, view_policy(house->engine), cover->id);
        text_addf(&text, " is %s %s and knows.", team->id, role_name(role));
    }
    return act_answer(call, &answer, text_string(&text));
}

enum call_wait route_pause_end(struct call *call, struct house *house)
{
    struct answer answer;
    if (!step(call, house, EVENT_PAUSE_END, &answer))
        return CALL_ANSWER_NOW;
    return act_answer(call, &answer,
                      answer.kind == ANSWER_ALREADY ? "You have not paused." : "You are back.");
}

enum call_wait route_awake_begin(struct call *call, struct house *house)
{
    struct answer answer;
    if (!step(call, house, EVENT_AWAKE, &answer))
        return CALL_ANSWER_NOW;
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, "You are awake: paged by push, and nothing rings, until ");
    add_until(&text, call, house, answer.at);
    return act_answer(call, &answer, text_string(&text));
}

enum call_wait route_awake_end(struct call *call, struct house *house)
{
    struct answer answer;
    if (!step(call, house, EVENT_AWAKE_END, &answer))
        return CALL_ANSWER_NOW;
    return act_answer(call, &answer,
                      answer.kind == ANSWER_ALREADY ? "You do not count as awake."
                                                    : "Pages wake you again. Good night.");
}
