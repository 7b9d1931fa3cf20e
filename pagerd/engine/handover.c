/* SPDX-License-Identifier: MIT */
#include "engine/handover.h"

#include <string.h>

#include "base/text.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/words.h"

static void add_why(struct text *text, const struct handover *handover, const struct user *user,
                    const char *verb)
{
    if (handover->after.is_unrested) {
        text_add(text, ", nobody is rested");
        return;
    }
    bool is_own = duty_has(&handover->before, user) || handover->after.instead_of == user;
    text_add(text, ", ");
    words_add_name(text, is_own ? user : handover->after.instead_of);
    text_addf(text, " %s", is_own ? verb : "covers another role");
}

/* Which words fit everybody of the team who is not there? */
static const char *nobody_words(const struct engine *engine, const struct team *team, msec at)
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
        return "rests";
    return resting == 0 ? "is away" : "rests or is away";
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

void handover_add_from(const struct work *work, struct text *text, const struct zone *zone,
                       const struct team *team, enum role role, msec from_at)
{
    text_addf(text, "%s %s from ", team->id, role_name(role));
    if (from_at <= work->now.wall_at)
        text_add(text, "now");
    else
        words_add_time(text, zone, from_at);
}

void handover_tell_cover(struct work *work, const struct user *user, const char *verb,
                         msec until_at, uint64_t incident, const struct team *team, enum role role,
                         const struct handover *handover)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct user *cover = handover->after.users[0];
    const struct zone *zone = zone_or_default(work, cover->zone);
    struct duty whole;
    (void)duty_find(work->engine, team, role, handover->from_at, &whole);
    handover_add_from(work, &text, zone, team, role, handover->from_at);
    text_add(&text, " till ");
    words_add_time(&text, zone, whole.until_at < until_at ? whole.until_at : until_at);
    add_why(&text, handover, user, verb);
    page_news(work, incident, cover, PAGE_COVER, text_string(&text));
}

void handover_tell_nobody(struct work *work, const struct team *team, enum role role,
                          const struct handover *handover)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct duty *after = &handover->after;
    text_addf(&text, "everybody of %s %s: %s%s has %s all the same", team->id,
              nobody_words(work->engine, team, handover->from_at), after->users[0]->id,
              after->is_unrested ? ", the least disturbed," : "", role_name(role));
    notice_tell(work, team, text_string(&text));
}

void handover_tell_again(struct work *work, const struct user *told, const struct team *team,
                         enum role role, const struct handover *handover, const char *why)
{
    CLEANUP(text_clear) struct text text = {0};
    handover_add_from(work, &text, zone_or_default(work, told->zone), team, role,
                      handover->from_at);
    text_add(&text, ": ");
    words_add_name(&text, handover->before.users[0]);
    text_addf(&text, " again, %s", why);
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
