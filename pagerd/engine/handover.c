/* SPDX-License-Identifier: MIT */
#include "engine/handover.h"

#include <string.h>

#include "base/text.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/words.h"

static void add_why(struct text *text, const struct language *language,
                    const struct handover *handover, const struct handover_cause *cause)
{
    if (handover->after.is_unrested) {
        sentence_put(text, language, SENTENCE_NOBODY_RESTED);
        return;
    }
    const struct user *user = cause->user;
    bool is_own = duty_has(&handover->before, user) || handover->after.instead_of == user;
    const struct saying who = saying_name("who", is_own ? user : handover->after.instead_of);
    if (!is_own)
        sentence_say(text, language, SENTENCE_OTHER_ROLE, who);
    else if (cause->does == SENTENCE_RESTS)
        sentence_say(text, language, cause->does, who, saying_some("number", cause->incident));
    else
        sentence_say(text, language, cause->does, who);
}

/* Which sentence fits everybody of the team who is not there? */
static enum sentence nobody_sentence(const struct engine *engine, const struct team *team, msec at)
{
    size_t away = 0;
    size_t resting = 0;
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(engine->policy, team->members[i]);
        if (user == NULL)
            continue;
        if (duty_is_away(engine, user, at))
            away++;
        else
            resting++;
    }
    if (away == 0)
        return SENTENCE_ALL_REST;
    return resting == 0 ? SENTENCE_ALL_AWAY : SENTENCE_ALL_OUT;
}

bool handover_find(const struct engine *engine, const struct team *team, enum role role,
                   struct pick_if otherwise, msec at, msec until_at, struct handover *handover)
{
    if (!duty_has_role(team, role))
        return false;
    for (int i = 0; i < HANDOVER_EDGES_MAX && at < until_at; i++) {
        handover->from_at = at;
        (void)duty_users_if(engine, team, role, at, otherwise, &handover->before);
        (void)duty_users(engine, team, role, at, &handover->after);
        if (!duty_is_same(&handover->before, &handover->after))
            return true;
        at = duty_edge_after(engine, team, at);
    }
    return false;
}

/* "now" when it has begun. */
static void add_from(struct text *text, const struct work *work, const struct zone *zone,
                     msec from_at)
{
    if (from_at <= work->now.wall_at)
        sentence_put(text, work->engine->language, SENTENCE_NOW);
    else
        words_add_time_in(text, work->engine->language, zone, from_at);
}

void handover_tell_cover(struct work *work, const struct handover_cause *cause,
                         const struct team *team, enum role role, const struct handover *handover)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text from = {0};
    CLEANUP(text_clear) struct text why = {0};
    const struct user *cover = handover->after.users[0];
    const struct zone *zone = zone_or_default(work, cover->zone);
    const struct language *language = work->engine->language;
    struct duty whole;
    (void)duty_find(work->engine, team, role, handover->from_at, &whole);
    add_from(&from, work, zone, handover->from_at);
    add_why(&why, language, handover, cause);
    sentence_say(&text, language, SENTENCE_COVER, saying_text("team", team->id),
                 saying_role("role", role), saying_text("from", text_string(&from)),
                 saying_time("until", zone,
                             whole.until_at < cause->until_at ? whole.until_at : cause->until_at),
                 saying_text("why", text_string(&why)));
    page_news(work, cause->incident, cover, PAGE_COVER, text_string(&text));
}

void handover_tell_nobody(struct work *work, const struct team *team, enum role role,
                          const struct handover *handover)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text least = {0};
    const struct duty *after = &handover->after;
    const struct language *language = work->engine->language;
    if (after->is_unrested)
        sentence_put(&least, language, SENTENCE_LEAST);
    sentence_say(&text, language, nobody_sentence(work->engine, team, handover->from_at),
                 saying_text("team", team->id), saying_text("who", after->users[0]->id),
                 saying_text("least", text_string(&least)), saying_role("role", role));
    notice_tell(work, team, text_string(&text));
}

void handover_tell_again(struct work *work, const struct user *told, const struct team *team,
                         enum role role, const struct handover *handover, const char *why)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text from = {0};
    add_from(&from, work, zone_or_default(work, told->zone), handover->from_at);
    sentence_say(&text, work->engine->language, SENTENCE_AGAIN, saying_text("team", team->id),
                 saying_role("role", role), saying_text("from", text_string(&from)),
                 saying_name("who", handover->before.users[0]), saying_text("why", why));
    page_news(work, 0, told, PAGE_OVERRIDE, text_string(&text));
}

bool duty_is_same(const struct duty *left, const struct duty *right)
{
    return left->is_unrested == right->is_unrested && left->is_away == right->is_away &&
           left->user_count == right->user_count &&
           memcmp(left->users, right->users, left->user_count * sizeof left->users[0]) == 0;
}

bool duty_has(const struct duty *duty, const struct user *user)
{
    for (size_t i = 0; i < duty->user_count; i++) {
        if (duty->users[i] == user)
            return true;
    }
    return false;
}

const struct zone *zone_or_default(const struct work *work, const struct zone *zone)
{
    return zone != NULL ? zone : work->policy->zone;
}
