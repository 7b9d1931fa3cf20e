/* SPDX-License-Identifier: MIT */
#include "engine/recovery.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/canary.h"
#include "engine/entry.h"
#include "engine/incident.h"
#include "engine/rest.h"
#include "engine/words.h"

static msec local_midnight(msec local)
{
    struct civil civil = civil_from_msec(local);
    return civil_days(civil.year, civil.month, civil.day) * DAY_MS;
}

static bool is_waking(const struct user *user, const struct page *page)
{
    bool is_quiet = false;
    bool has_waking = false;
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        has_waking = has_waking || !contact->is_quiet;
        if (string_is(contact->channel, page->channel) &&
            string_is(contact->address, page->address))
            is_quiet = contact->is_quiet;
    }
    return !is_quiet || !has_waking;
}

static struct disturbance *disturbance_find(const struct person *person, uint64_t incident)
{
    for (size_t i = person->disturbance_count; i > 0; i--) {
        if (person->disturbances[i - 1].incident == incident)
            return &person->disturbances[i - 1];
    }
    return NULL;
}

static void disturbance_remove(struct person *person, size_t place)
{
    person->disturbance_count--;
    memmove(&person->disturbances[place], &person->disturbances[place + 1],
            (person->disturbance_count - place) * sizeof *person->disturbances);
}

static struct disturbance *disturbance_add(struct person *person, uint64_t incident, msec at,
                                           msec now_at)
{
    for (size_t i = person->disturbance_count; i > 0; i--) {
        const struct disturbance *old = &person->disturbances[i - 1];
        msec last_at = old->ended_at > old->last_page_at ? old->ended_at : old->last_page_at;
        if (old->ended_at != 0 && last_at + RECOVERY_MEMORY_MS < now_at)
            disturbance_remove(person, i - 1);
    }
    if (person->disturbance_count == PERSON_DISTURBANCES_MAX)
        disturbance_remove(person, 0);
    person->disturbances = memory_grow(person->disturbances, person->disturbance_count + 1,
                                       sizeof *person->disturbances);
    struct disturbance *disturbance = &person->disturbances[person->disturbance_count++];
    *disturbance =
        (struct disturbance){.incident = incident, .first_page_at = at, .last_page_at = at};
    return disturbance;
}

static bool counts(const struct person *person, const struct disturbance *disturbance, msec from_at,
                   msec until_at)
{
    return disturbance->first_page_at >= from_at && disturbance->first_page_at < until_at &&
           disturbance->first_page_at >= person->rest_waived_at;
}

/* Is a part of the night still open, in which the person has been asked and may yet be up? */
static bool is_still_asked(const struct work *work, const struct person *person, msec from_at,
                           msec until_at)
{
    for (size_t i = 0; i < person->disturbance_count; i++) {
        const struct disturbance *disturbance = &person->disturbances[i];
        const struct incident *incident = incident_find(work->engine, disturbance->incident);
        if (disturbance->ended_at == 0 && counts(person, disturbance, from_at, until_at) &&
            incident != NULL && incident->state == INCIDENT_ACKNOWLEDGED &&
            string_is(incident->handling->acknowledged_by, person->user))
            return true;
    }
    return false;
}

/* "#412, awake 03:02-03:31 (29m)" or "#412 and #415, woken 2 times" */
static void because(const struct person *person, const struct user *user, msec from_at,
                    msec until_at, bool is_awake, struct text *text)
{
    struct burden burden = recovery_sum(person, from_at, until_at);
    msec first_at = MSEC_NEVER;
    msec last_at = 0;
    size_t count = 0;
    for (size_t i = 0; i < person->disturbance_count; i++) {
        const struct disturbance *disturbance = &person->disturbances[i];
        if (!counts(person, disturbance, from_at, until_at) || disturbance->ended_at == 0)
            continue;
        if (disturbance->first_page_at < first_at)
            first_at = disturbance->first_page_at;
        if (disturbance->ended_at > last_at)
            last_at = disturbance->ended_at;
        if (count < 3)
            text_addf(text, "%s#%" PRIu64, count > 0 ? ", " : "", disturbance->incident);
        count++;
    }
    if (count > 3)
        text_addf(text, " and %zu more", count - 3);
    if (!is_awake) {
        text_addf(text, ", woken %u times", burden.wakings);
        return;
    }
    text_add(text, ", awake ");
    words_add_clock(text, user->zone, first_at);
    text_add_char(text, '-');
    words_add_clock(text, user->zone, last_at);
    text_add(text, " (");
    words_add_duration(text, burden.awake_ms);
    text_add_char(text, ')');
}

/* Begins or extends the rest when the night that holds `at` was bad enough. */
static void evaluate(struct work *work, struct person *person, uint64_t incident, msec at)
{
    const struct recovery_rule *rule = &work->policy->recovery;
    const struct user *user = policy_find_user(work->policy, person->user);
    msec from_at = 0;
    msec until_at = 0;
    if (!rule->is_enabled || user == NULL ||
        !recovery_night(rule, user->zone, at, &from_at, &until_at))
        return;
    if (is_still_asked(work, person, from_at, until_at))
        return;
    struct burden burden = recovery_sum(person, from_at, until_at);
    bool is_awake = burden.awake_ms >= rule->awake_ms && burden.awake_ms > 0;
    bool is_woken = rule->pages > 0 && burden.wakings >= rule->pages;
    if (!is_awake && !is_woken)
        return;
    CLEANUP(text_clear) struct text text = {0};
    because(person, user, from_at, until_at, is_awake, &text);
    rest_begin(work, person, user, incident, work->now.wall_at + rule->rest_ms, text_string(&text),
               NULL);
}

/* A manager of a team of that user, or an admin. */
static bool is_manager_of(const struct policy *policy, const struct user *actor, const char *user)
{
    if (actor->is_admin)
        return true;
    for (size_t i = 0; i < policy->team_count; i++) {
        const struct team *team = &policy->teams[i];
        if (!string_is(team->manager, actor->id))
            continue;
        for (size_t j = 0; j < team->member_count; j++) {
            if (string_is(team->members[j], user))
                return true;
        }
    }
    return false;
}

/* The checks that start and end by hand have in common; NULL when one fails. */
static const struct user *managed_user(struct work *work, const struct event *event,
                                       struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    if (actor == NULL)
        return NULL;
    const struct user *user = policy_find_user(work->policy, event->user);
    if (user == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no user \"%s\"",
                         event->user != NULL ? event->user : "");
        return NULL;
    }
    if (!is_manager_of(work->policy, actor, user->id)) {
        (void)answer_set(answer, ANSWER_REFUSED,
                         "only a manager of %s's team or an admin can do that", user->id);
        return NULL;
    }
    answer->user = user->id;
    return user;
}

bool person_is_resting(const struct person *person, msec at)
{
    return person != NULL && person->rest_from_at <= at && at < person->rest_until_at;
}

bool recovery_night(const struct recovery_rule *rule, const struct zone *zone, msec at,
                    msec *from_at, msec *until_at)
{
    if (rule->night_from_minute == rule->night_until_minute)
        return false; /* no night is configured */
    msec midnight = local_midnight(zone_local(zone, at));
    bool is_over_midnight = rule->night_until_minute < rule->night_from_minute;
    for (int back = 1; back >= 0; back--) {
        msec day = midnight - back * DAY_MS;
        msec end_day = is_over_midnight ? day + DAY_MS : day;
        msec from = zone_utc(zone, day + rule->night_from_minute * MINUTE_MS, NULL);
        msec until = zone_utc(zone, end_day + rule->night_until_minute * MINUTE_MS, NULL);
        if (from <= at && at < until) {
            *from_at = from;
            *until_at = until;
            return true;
        }
    }
    return false;
}

bool recovery_is_night(const struct policy *policy, const struct user *user, msec at)
{
    msec from_at = 0;
    msec until_at = 0;
    return recovery_night(&policy->recovery, user->zone, at, &from_at, &until_at);
}

struct burden recovery_sum(const struct person *person, msec from_at, msec until_at)
{
    struct burden burden = {0};
    msec awake_until_at = 0;
    /* Disturbances are in order of their first page, so one pass merges what overlaps. */
    for (size_t i = 0; i < person->disturbance_count; i++) {
        const struct disturbance *disturbance = &person->disturbances[i];
        if (!counts(person, disturbance, from_at, until_at))
            continue;
        burden.wakings += disturbance->wakings;
        if (disturbance->last_page_at > burden.last_page_at)
            burden.last_page_at = disturbance->last_page_at;
        msec start_at = disturbance->first_page_at;
        if (start_at < awake_until_at)
            start_at = awake_until_at;
        if (disturbance->ended_at <= start_at)
            continue;
        burden.awake_ms += disturbance->ended_at - start_at;
        awake_until_at = disturbance->ended_at;
    }
    return burden;
}

struct burden recovery_burden(const struct person *person)
{
    if (person == NULL)
        return (struct burden){0};
    struct person all = *person;
    all.rest_waived_at = 0;
    return recovery_sum(&all, 0, MSEC_NEVER);
}

void recovery_woken(struct work *work, const struct user *user, const struct page *page)
{
    msec now_at = work->now.wall_at;
    const struct incident *incident = incident_find(work->engine, page->incident);
    if (incident != NULL && canary_is(incident))
        return;
    if (!work->policy->recovery.is_enabled || !is_waking(user, page) ||
        !recovery_is_night(work->policy, user, now_at))
        return;
    struct person *person = person_get(work->engine, user->id);
    struct burden burden = recovery_burden(person);
    struct disturbance *disturbance = disturbance_find(person, page->incident);
    if (disturbance == NULL || disturbance->ended_at != 0)
        disturbance = disturbance_add(person, page->incident, now_at, now_at);
    if (burden.last_page_at == 0 || now_at - burden.last_page_at > RECOVERY_APART_MS)
        disturbance->wakings++;
    disturbance->last_page_at = now_at;
    work->engine->is_cover_in_doubt = true; /* the least disturbed may be another one */
    save_person(work, person);
}

void recovery_acked(struct work *work, const struct user *user, const struct incident *incident)
{
    if (!work->policy->recovery.is_enabled || canary_is(incident))
        return;
    struct person *person = person_get(work->engine, user->id);
    const struct disturbance *disturbance = disturbance_find(person, incident->number);
    msec now_at = work->now.wall_at;
    if ((disturbance != NULL && disturbance->ended_at == 0) ||
        !recovery_is_night(work->policy, user, now_at))
        return;
    (void)disturbance_add(person, incident->number, now_at, now_at);
    work->engine->is_cover_in_doubt = true; /* the least disturbed may be another one */
    save_person(work, person);
}

void recovery_part_ended(struct work *work, const char *user, const struct incident *incident,
                         bool is_awake)
{
    struct person *person = person_find(work->engine, user);
    if (person == NULL)
        return;
    struct disturbance *disturbance = disturbance_find(person, incident->number);
    if (disturbance == NULL || disturbance->ended_at != 0)
        return;
    msec first_at = disturbance->first_page_at;
    disturbance->ended_at = is_awake ? work->now.wall_at : first_at;
    work->engine->is_cover_in_doubt = true; /* the least disturbed may be another one */
    save_person(work, person);
    evaluate(work, person, incident->number, first_at);
}

void recovery_schedule(struct engine *engine, struct person *person)
{
    msec due_at = person->rest_until_at > 0 ? person->rest_until_at : MSEC_NEVER;
    heap_put(&engine->timers[TIMER_REST], &person->rest_timer, due_at);
}

void recovery_start(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *user = managed_user(work, event, answer);
    if (user == NULL)
        return;
    msec until_at = event->for_ms > 0 ? work->now.wall_at + event->for_ms : event->until_at;
    if (event->for_ms < 0 || event->for_ms > RECOVERY_REST_MAX_MS ||
        until_at <= work->now.wall_at || until_at > work->now.wall_at + RECOVERY_REST_MAX_MS) {
        (void)answer_set(answer, ANSWER_INVALID, "a rest ends within the next 60 days");
        return;
    }
    struct person *person = person_get(work->engine, user->id);
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "by %s", event->actor);
    if (event->text != NULL && event->text[0] != '\0')
        text_addf(&text, ": %s", event->text);
    rest_begin(work, person, user, 0, until_at, text_string(&text), event->actor);
    answer->kind = ANSWER_DONE;
    answer->at = person->rest_until_at;
}

void recovery_end(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *user = managed_user(work, event, answer);
    if (user == NULL)
        return;
    struct person *person = person_find(work->engine, user->id);
    answer->kind = ANSWER_ALREADY;
    if (!person_is_resting(person, work->now.wall_at))
        return;
    entry_add(work, 0, ENTRY_RECOVERY_ENDED, event->actor, "%s is back on call, by %s", user->id,
              event->actor);
    rest_end(work, person, user, policy_find_user(work->policy, event->actor));
    answer->kind = ANSWER_DONE;
}

void recovery_waive(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    if (actor == NULL)
        return;
    if (event->user != NULL && !string_is(event->user, actor->id)) {
        (void)answer_set(answer, ANSWER_REFUSED, "only %s can waive that rest", event->user);
        return;
    }
    answer->user = actor->id;
    answer->kind = ANSWER_ALREADY;
    struct person *person = person_find(work->engine, actor->id);
    if (!person_is_resting(person, work->now.wall_at))
        return;
    entry_add(work, 0, ENTRY_RECOVERY_WAIVED, actor->id, "%s waived the rest and is back on call",
              actor->id);
    rest_end(work, person, actor, actor);
    answer->kind = ANSWER_DONE;
}

void recovery_due(struct work *work, struct person *person)
{
    if (person->rest_until_at > work->now.wall_at) {
        recovery_schedule(work->engine, person); /* the wall clock was set back meanwhile */
        return;
    }
    entry_add(work, 0, ENTRY_RECOVERY_ENDED, NULL, "%s is rested and back on call", person->user);
    rest_clear(work, person);
}
