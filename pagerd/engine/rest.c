/* SPDX-License-Identifier: MIT */
#include "engine/rest.h"

#include <inttypes.h>

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

static void tell_cover(struct work *work, const struct person *person, const struct user *user,
                       const struct team *team, enum role role, uint64_t incident,
                       const struct duty *duty, msec from_at)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct user *cover = duty->users[0];
    const struct zone *zone = zone_of(work, cover->zone);
    text_addf(&text, "%s %s from ", team->id, role_name(role));
    if (from_at <= work->now.wall_at)
        text_add(&text, "now");
    else
        words_add_time(&text, zone, from_at);
    text_add(&text, " till ");
    words_add_time(&text, zone, person->rest_until_at);
    text_add(&text, ", ");
    words_add_name(&text, user);
    bool is_resting = string_is(user->id, person->user);
    text_add(&text, is_resting ? " rests" : " covers another role");
    if (is_resting)
        add_reason(&text, incident, NULL);
    page_news(work, incident, cover, PAGE_COVER, text_string(&text));
}

static void tell_unrested(struct work *work, const struct team *team, enum role role,
                          const struct duty *duty)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "everybody of %s rests: %s, the least disturbed, has %s all the same",
              team->id, duty->users[0]->id, role_name(role));
    notice_tell(work, team, text_string(&text));
}

/* The cover may be taken from another role, which is then covered in turn: they are told too. */
static void tell_next_covers(struct work *work, const struct person *person,
                             const struct team *team, enum role covered, uint64_t incident,
                             const struct user *cover, msec at)
{
    for (int role = (int)covered + 1; role < ROLE_COUNT; role++) {
        struct duty duty;
        if (duty_users(work->engine, team, (enum role)role, at, &duty) && duty.kind == DUTY_COVER &&
            duty.instead_of == cover)
            tell_cover(work, person, cover, team, (enum role)role, incident, &duty, at);
    }
}

/* Tells everybody who stands in during the rest; returns the first of them, or NULL. */
static const struct user *tell_covers(struct work *work, const struct person *person,
                                      const struct user *user, uint64_t incident)
{
    const struct user *first = NULL;
    for (size_t i = 0; i < work->policy->team_count; i++) {
        const struct team *team = &work->policy->teams[i];
        for (int role = 0; role < ROLE_COUNT; role++) {
            struct duty duty;
            msec from_at = 0;
            if (!rest_covered_duty(work->engine, team, (enum role)role, user, work->now.wall_at,
                                   person->rest_until_at, &duty, &from_at))
                continue;
            if (duty.is_unrested)
                tell_unrested(work, team, (enum role)role, &duty);
            if (duty.user_count == 0 || duty.users[0] == user)
                continue;
            if (duty.kind == DUTY_COVER) {
                tell_cover(work, person, user, team, (enum role)role, incident, &duty, from_at);
                tell_next_covers(work, person, team, (enum role)role, incident, duty.users[0],
                                 from_at);
            }
            if (first == NULL)
                first = duty.users[0];
        }
    }
    return first;
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

/* The first instant from `at` on at which the rota gives the role to the user; MSEC_NEVER. */
static msec rota_duty_at(const struct engine *engine, const struct team *team, enum role role,
                         const struct user *user, msec at, msec until_at)
{
    for (int i = 0; i < REST_SHIFTS_MAX && at < until_at; i++) {
        if (duty_is_by_rota(engine, team, role, at, user))
            return at;
        at = duty_edge_after(engine, team, at);
    }
    return MSEC_NEVER;
}

bool rest_covered_duty(const struct engine *engine, const struct team *team, enum role role,
                       const struct user *user, msec at, msec until_at, struct duty *duty,
                       msec *from_at)
{
    if (!duty_has_role(team, role))
        return false;
    msec duty_at = rota_duty_at(engine, team, role, user, at, until_at);
    if (duty_at == MSEC_NEVER)
        return false;
    *from_at = duty_at;
    return duty_users(engine, team, role, duty_at, duty);
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
    const struct user *cover = tell_covers(work, person, user, incident);
    tell_person(work, person, user, incident, by, cover);
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
