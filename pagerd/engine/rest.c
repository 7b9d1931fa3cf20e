/* SPDX-License-Identifier: MIT */
#include "engine/rest.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/handover.h"
#include "engine/page.h"
#include "engine/recovery.h"
#include "engine/sentence.h"
#include "engine/words.h"

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
    const struct handover_cause cause = {user, SENTENCE_RESTS, person->rest_until_at, incident};
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        struct handover handover;
        const struct duty *after = &handover.after;
        if (!handover_find(work->engine, team, role, (struct pick_if){.awake = user},
                           work->now.wall_at, person->rest_until_at, &handover) ||
            after->user_count == 0)
            continue;
        if (after->is_unrested)
            handover_tell_nobody(work, team, role, &handover);
        if (after->is_unrested || after->kind == DUTY_COVER)
            handover_tell_cover(work, &cause, team, role, &handover);
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
    sentence_say(&text, work->engine->language, SENTENCE_REST,
                 saying_time("until", zone_or_default(work, user->zone), person->rest_until_at),
                 saying_some("number", incident), saying_text("by", incident == 0 ? by : NULL),
                 saying_name("cover", cover));
    page_news(work, incident, user, PAGE_REST, text_string(&text));
}

bool rest_covered_duty(const struct engine *engine, const struct team *team, enum role role,
                       const struct user *user, msec at, msec until_at, struct duty *duty,
                       msec *from_at)
{
    struct handover handover;
    if (!handover_find(engine, team, role, (struct pick_if){.awake = user}, at, until_at,
                       &handover) ||
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
    words_add_time(&until, zone_or_default(work, user->zone), until_at);
    entry_add(work, 0, ENTRY_RECOVERY_STARTED, by, "%s rests until %s: %s", user->id,
              text_string(&until), because);
    if (incident != 0)
        entry_add(work, incident, ENTRY_RECOVERY_STARTED, NULL, "%s rests until %s", user->id,
                  text_string(&until));
    if (is_told) {
        struct stand_in stand_in = tell_covers(work, person, user, incident);
        if (!stand_in.is_nobody_rested)
            tell_person(work, person, user, incident, by, stand_in.first);
    }
    work->engine->is_cover_in_doubt = true;
    escalation_replace(work, user);
}

void rest_end(struct work *work, struct person *person, const struct user *user,
              const struct user *by)
{
    CLEANUP(text_clear) struct text why = {0};
    sentence_say(&why, work->engine->language,
                 by == user ? SENTENCE_REST_WAIVED : SENTENCE_REST_ENDED, saying_name("by", by));
    bool is_told = by == user;
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        struct handover handover;
        if (!handover_find(work->engine, team, role, (struct pick_if){.awake = user},
                           work->now.wall_at, person->rest_until_at, &handover) ||
            handover.before.user_count == 0)
            continue;
        const struct user *cover = handover.after.user_count > 0 ? handover.after.users[0] : NULL;
        if (cover != NULL && cover != by && cover != user)
            handover_tell_again(work, cover, team, role, &handover, text_string(&why));
        if (by != user && duty_has(&handover.before, user)) {
            handover_tell_again(work, user, team, role, &handover, text_string(&why));
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
    work->engine->is_cover_in_doubt = true;
    person->rest_from_at = 0;
    person->rest_until_at = 0;
    person->is_rest_by_hand = false;
    (void)string_set(&person->rest_because, "");
    recovery_schedule(work->engine, person);
    save_person(work, person);
}
