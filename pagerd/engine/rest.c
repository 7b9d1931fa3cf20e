/* SPDX-License-Identifier: MIT */
#include "engine/rest.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "engine/duty.h"
#include "engine/entry.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/recovery.h"
#include "engine/words.h"

static const struct zone *zone_of(const struct work *work, const struct zone *zone)
{
    return zone != NULL ? zone : work->policy->zone;
}

static void add_reason(struct text *text, uint64_t incident, const char *by)
{
    if (incident != 0)
        text_addf(text, " after #%" PRIu64, incident);
    else if (by != NULL)
        text_addf(text, ", by %s", by);
}

/* What a role becomes by somebody's rest. */
struct handover {
    struct duty before; /* as it would be without the rest */
    struct duty after;
    msec from_at;
};

static bool duty_has(const struct duty *duty, const struct user *user)
{
    for (size_t i = 0; i < duty->user_count; i++) {
        if (duty->users[i] == user)
            return true;
    }
    return false;
}

static bool duty_is_same(const struct duty *left, const struct duty *right)
{
    return left->is_unrested == right->is_unrested && left->user_count == right->user_count &&
           memcmp(left->users, right->users, left->user_count * sizeof left->users[0]) == 0;
}

/* The first change of the role from `at` on that comes of the user's rest. It need not be the
 * user's own role: who covers one role may have been taken from another. */
static bool handover_find(const struct engine *engine, const struct team *team, enum role role,
                          const struct user *user, msec at, msec until_at,
                          struct handover *handover)
{
    if (!duty_has_role(team, role))
        return false;
    for (int i = 0; i < REST_SHIFTS_MAX && at < until_at; i++) {
        handover->from_at = at;
        (void)duty_users_if(engine, team, role, at, (struct pick_if){.awake = user},
                            &handover->before);
        (void)duty_users(engine, team, role, at, &handover->after);
        if (!duty_is_same(&handover->before, &handover->after))
            return true;
        at = duty_edge_after(engine, team, at);
    }
    return false;
}

static void add_from(struct work *work, struct text *text, const struct zone *zone,
                     const struct team *team, enum role role, msec from_at)
{
    text_addf(text, "%s %s from ", team->id, role_name(role));
    if (from_at <= work->now.wall_at)
        text_add(text, "now");
    else
        words_add_time(text, zone, from_at);
}

static void add_why(struct text *text, const struct handover *handover, const struct user *user,
                    uint64_t incident)
{
    text_add(text, ", ");
    if (handover->after.is_unrested) {
        text_add(text, "nobody is rested");
        return;
    }
    bool is_own = duty_has(&handover->before, user) || handover->after.instead_of == user;
    words_add_name(text, is_own ? user : handover->after.instead_of);
    text_add(text, is_own ? " rests" : " covers another role");
    if (is_own)
        add_reason(text, incident, NULL);
}

static void tell_cover(struct work *work, const struct person *person, const struct user *user,
                       const struct team *team, enum role role, uint64_t incident,
                       const struct handover *handover)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct user *cover = handover->after.users[0];
    const struct zone *zone = zone_of(work, cover->zone);
    struct duty whole;
    (void)duty_find(work->engine, team, role, handover->from_at, &whole);
    bool is_shorter = whole.until_at < person->rest_until_at;
    add_from(work, &text, zone, team, role, handover->from_at);
    text_add(&text, " till ");
    words_add_time(&text, zone, is_shorter ? whole.until_at : person->rest_until_at);
    add_why(&text, handover, user, incident);
    page_news(work, incident, cover, PAGE_COVER, text_string(&text));
}

static bool is_anybody_away(const struct engine *engine, const struct team *team, msec at)
{
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(engine->policy, team->members[i]);
        if (user != NULL && duty_is_away(engine, user, at))
            return true;
    }
    return false;
}

static void tell_unrested(struct work *work, const struct team *team, enum role role,
                          const struct handover *handover)
{
    CLEANUP(text_clear) struct text text = {0};
    bool is_away = is_anybody_away(work->engine, team, handover->from_at);
    text_addf(&text, "everybody of %s rests%s: %s, the least disturbed, has %s all the same",
              team->id, is_away ? " or is away" : "", handover->after.users[0]->id,
              role_name(role));
    notice_tell(work, team, text_string(&text));
}

/* Who stands in during the rest. */
struct stand_in {
    const struct user *first; /* or NULL */
    bool is_nobody_rested;    /* the person has a role all the same, and knows */
};

/* Tells everybody who gets a role by the rest. */
static struct stand_in tell_covers(struct work *work, const struct person *person,
                                   const struct user *user, uint64_t incident)
{
    struct stand_in stand_in = {0};
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        struct handover handover;
        const struct duty *after = &handover.after;
        if (!handover_find(work->engine, team, role, user, work->now.wall_at, person->rest_until_at,
                           &handover) ||
            after->user_count == 0)
            continue;
        if (after->is_unrested)
            tell_unrested(work, team, role, &handover);
        if (after->is_unrested || after->kind == DUTY_COVER)
            tell_cover(work, person, user, team, role, incident, &handover);
        if (after->users[0] == user)
            stand_in.is_nobody_rested = true;
        else if (stand_in.first == NULL && duty_has(&handover.before, user))
            stand_in.first = after->users[0];
    }
    return stand_in;
}

static void tell_person(struct work *work, const struct person *person, const struct user *user,
                        uint64_t incident, const char *by, const struct user *cover)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, "off call till ");
    words_add_time(&text, zone_of(work, user->zone), person->rest_until_at);
    if (incident != 0)
        text_addf(&text, " after tonight's #%" PRIu64, incident);
    else
        add_reason(&text, 0, by);
    text_add_char(&text, '.');
    if (cover != NULL) {
        text_add_char(&text, ' ');
        words_add_name(&text, cover);
        text_add(&text, " covers");
    }
    page_news(work, incident, user, PAGE_REST, text_string(&text));
}

bool rest_covered_duty(const struct engine *engine, const struct team *team, enum role role,
                       const struct user *user, msec at, msec until_at, struct duty *duty,
                       msec *from_at)
{
    struct handover handover;
    if (!handover_find(engine, team, role, user, at, until_at, &handover) ||
        !duty_has(&handover.before, user))
        return false;
    *duty = handover.after;
    *from_at = handover.from_at;
    return true;
}

void rest_begin(struct work *work, struct person *person, const struct user *user,
                uint64_t incident, msec until_at, const char *because, const char *by)
{
    bool is_extension = person_is_resting(person, work->now.wall_at);
    if (is_extension && until_at <= person->rest_until_at)
        return;
    bool is_told = !is_extension || until_at - person->rest_until_at >= RECOVERY_RETELL_MS;
    if (!is_extension)
        person->rest_from_at = work->now.wall_at;
    person->rest_until_at = until_at;
    person->is_rest_by_hand = by != NULL;
    (void)string_set(&person->rest_because, because);
    recovery_schedule(work->engine, person);
    save_person(work, person);

    CLEANUP(text_clear) struct text until = {0};
    words_add_time(&until, zone_of(work, user->zone), until_at);
    entry_add(work, 0, ENTRY_RECOVERY_STARTED, by, "%s rests until %s: %s", user->id,
              text_string(&until), because);
    if (incident != 0)
        entry_add(work, incident, ENTRY_RECOVERY_STARTED, NULL, "%s rests until %s", user->id,
                  text_string(&until));
    if (!is_told)
        return;
    struct stand_in stand_in = tell_covers(work, person, user, incident);
    if (!stand_in.is_nobody_rested)
        tell_person(work, person, user, incident, by, stand_in.first);
}

/* "ops primary from now: Ann again, the rest was ended by Cat" */
static void tell_again(struct work *work, const struct user *told, const struct team *team,
                       enum role role, const struct handover *handover, const char *why)
{
    CLEANUP(text_clear) struct text text = {0};
    add_from(work, &text, zone_of(work, told->zone), team, role, handover->from_at);
    text_add(&text, ": ");
    words_add_name(&text, handover->before.users[0]);
    text_addf(&text, " again, %s", why);
    page_news(work, 0, told, PAGE_OVERRIDE, text_string(&text));
}

void rest_end(struct work *work, struct person *person, const struct user *user,
              const struct user *by)
{
    CLEANUP(text_clear) struct text why = {0};
    text_add(&why, by == user ? "the rest was waived by " : "the rest was ended by ");
    words_add_name(&why, by);
    bool is_told = by == user;
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        struct handover handover;
        if (!handover_find(work->engine, team, role, user, work->now.wall_at, person->rest_until_at,
                           &handover) ||
            handover.before.user_count == 0)
            continue;
        const struct user *cover = handover.after.user_count > 0 ? handover.after.users[0] : NULL;
        if (cover != NULL && cover != by && cover != user)
            tell_again(work, cover, team, role, &handover, text_string(&why));
        if (by != user && duty_has(&handover.before, user)) {
            tell_again(work, user, team, role, &handover, text_string(&why));
            is_told = true;
        }
    }
    if (!is_told)
        page_news(work, 0, user, PAGE_NOTICE, text_string(&why));
    person->rest_waived_at = work->now.wall_at;
    rest_clear(work, person);
}

void rest_clear(struct work *work, struct person *person)
{
    person->rest_from_at = 0;
    person->rest_until_at = 0;
    person->is_rest_by_hand = false;
    (void)string_set(&person->rest_because, "");
    recovery_schedule(work->engine, person);
    save_person(work, person);
}
