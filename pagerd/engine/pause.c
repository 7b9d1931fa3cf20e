/* SPDX-License-Identifier: MIT */
#include "engine/pause.h"

#include "base/text.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/handover.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/sentence.h"
#include "engine/words.h"

/* Who has a role of a team while `user` pauses, and who would without. */
static struct handover handover_at(const struct engine *engine, const struct team *team,
                                   enum role role, const struct user *user, msec at)
{
    struct handover handover = {.from_at = at};
    struct pick_if otherwise = {.working = user};
    (void)duty_users_if(engine, team, role, at, otherwise, &handover.before);
    (void)duty_users(engine, team, role, at, &handover.after);
    return handover;
}

/* Is the role somebody's who is there and can be reached, if it would be this user's? */
static bool is_safe(const struct engine *engine, const struct team *team, enum role role,
                    const struct user *user, msec at)
{
    struct handover handover = handover_at(engine, team, role, user, at);
    const struct duty *after = &handover.after;
    if (!duty_has(&handover.before, user))
        return true;
    if (duty_has(after, user) || after->is_unrested || after->is_away)
        return false;
    for (size_t i = 0; i < after->user_count; i++) {
        if (after->users[i]->contact_count > 0 && !duty_is_out(engine, after->users[i], at))
            return true;
    }
    return false;
}

static const struct user *member_at(const struct engine *engine, const struct team *team, size_t i)
{
    return policy_find_user(engine->policy, team->members[i]);
}

static bool is_there(const struct engine *engine, const struct user *other, const struct user *user,
                     msec at)
{
    return other != NULL && other != user && other->contact_count > 0 &&
           !duty_is_out(engine, other, at);
}

/* Is anybody else of the team, or with a role of it, free? True when the user is no member. */
static bool leaves_somebody(const struct engine *engine, const struct team *team,
                            const struct user *user, msec at)
{
    bool is_member = false;
    bool is_left = false;
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *other = member_at(engine, team, i);
        is_member = is_member || other == user;
        is_left = is_left || is_there(engine, other, user, at);
    }
    for (int role = 0; role < ROLE_COUNT && !is_left; role++) {
        struct duty duty = {0};
        (void)duty_users(engine, team, (enum role)role, at, &duty);
        for (size_t i = 0; i < duty.user_count; i++)
            is_left = is_left || is_there(engine, duty.users[i], user, at);
    }
    return !is_member || is_left;
}

/* "bob rests, cat is away, dan has paused" */
static void add_members(struct text *text, const struct language *language,
                        const struct engine *engine, const struct team *team,
                        const struct user *user, msec at)
{
    const char *before = "";
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *other = member_at(engine, team, i);
        if (other == NULL || other == user)
            continue;
        const struct person *person = person_find(engine, other->id);
        text_add(text, before);
        before = ", ";
        if (other->contact_count == 0)
            sentence_say(text, language, SENTENCE_UNREACHABLE, saying_text("who", other->id));
        else if (duty_is_away(engine, other, at))
            sentence_say(text, language, SENTENCE_AWAY, saying_text("who", other->id));
        else if (person_is_resting(person, at))
            sentence_say(text, language, SENTENCE_RESTS, saying_text("who", other->id),
                         saying_some("number", 0));
        else if (person_is_paused(person, at))
            sentence_say(text, language, SENTENCE_PAUSES, saying_text("who", other->id));
        else
            sentence_say(text, language, SENTENCE_TAKEN, saying_text("who", other->id));
    }
    if (before[0] == '\0')
        sentence_put(text, language, SENTENCE_NOBODY_ELSE);
}

/* The first role that nobody could take, from `at` until `until_at`; false: there is none. */
static bool stranded_find(const struct engine *engine, const struct user *user, msec at,
                          msec until_at, const struct team **team, enum role *role, msec *when)
{
    for (size_t i = 0; i < engine->policy->team_count; i++) {
        *team = &engine->policy->teams[i];
        *when = at;
        for (int k = 0; k < PAUSE_EDGES_MAX && *when < until_at; k++) {
            for (int r = 0; r < ROLE_COUNT; r++) {
                *role = (enum role)r;
                if (duty_has_role(*team, *role) && !is_safe(engine, *team, *role, user, *when))
                    return true;
            }
            *when = duty_edge_after(engine, *team, *when);
        }
    }
    return false;
}

/* Says why not, when the person, who pauses by now, must not. */
static bool is_refused(const struct engine *engine, const struct user *user, msec at, msec until_at,
                       struct answer *answer)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct team *team = NULL;
    enum role role = ROLE_PRIMARY;
    msec when = at;
    if (stranded_find(engine, user, at, until_at, &team, &role, &when)) {
        text_addf(&text, "nobody could stand in for you as %s %s: ", team->id, role_name(role));
        add_members(&text, NULL, engine, team, user, when);
        return !answer_set(answer, ANSWER_REFUSED, "%s", text_string(&text));
    }
    for (size_t i = 0; i < engine->policy->team_count; i++) {
        team = &engine->policy->teams[i];
        if (leaves_somebody(engine, team, user, at))
            continue;
        text_addf(&text, "you are the last of %s who is there: ", team->id);
        add_members(&text, NULL, engine, team, user, at);
        return !answer_set(answer, ANSWER_REFUSED, "%s", text_string(&text));
    }
    return false;
}

/* Tells everybody who gets a role by the pause. */
static void tell_covers(struct work *work, const struct person *person, const struct user *user)
{
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        struct handover handover;
        if (handover_find(work->engine, team, role, (struct pick_if){.working = user},
                          work->now.wall_at, person->pause_until_at, &handover) &&
            handover.after.kind == DUTY_COVER)
            handover_tell_cover(
                work, &(struct handover_cause){user, SENTENCE_PAUSES, person->pause_until_at, 0},
                team, role, &handover);
    }
}

static void clear(struct work *work, struct person *person)
{
    person->pause_from_at = 0;
    person->pause_until_at = 0;
    pause_schedule(work->engine, person, work->now.wall_at);
    save_person(work, person);
}

/* Ends it; whoever stood in and the person are told of each role. */
static void end(struct work *work, struct person *person, const struct user *user,
                enum sentence sentence)
{
    CLEANUP(text_clear) struct text why = {0};
    sentence_put(&why, work->engine->language, sentence);
    msec last_at =
        work->now.wall_at < person->pause_until_at ? work->now.wall_at : person->pause_until_at;
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        struct handover last = handover_at(work->engine, team, role, user, last_at - 1);
        struct handover is = handover_at(work->engine, team, role, user, work->now.wall_at);
        const struct user *cover = last.after.kind == DUTY_COVER ? last.after.users[0] : NULL;
        if (is.before.user_count == 0 || duty_is_same(&last.before, &last.after))
            continue;
        if (cover != NULL && !duty_has(&is.before, cover))
            handover_tell_again(work, cover, team, role, &is, text_string(&why));
        if (duty_has(&is.before, user) && !duty_has(&last.after, user))
            handover_tell_again(work, user, team, role, &is, text_string(&why));
    }
    clear(work, person);
}

/* "nobody can stand in as ops primary any more: cat is away" */
static void add_stranded(struct text *text, const struct language *language,
                         const struct work *work, const struct team *team, enum role role,
                         const struct user *user)
{
    CLEANUP(text_clear) struct text why = {0};
    add_members(&why, language, work->engine, team, user, work->now.wall_at);
    sentence_say(text, language, SENTENCE_STRANDED, saying_text("team", team->id),
                 saying_role("role", role), saying_text("why", text_string(&why)));
}

/* Nobody stands in any more: loudly. */
static void end_early(struct work *work, struct person *person, const struct user *user,
                      const struct team *team, enum role role)
{
    CLEANUP(text_clear) struct text why = {0};
    CLEANUP(text_clear) struct text text = {0};
    const struct language *language = work->engine->language;
    add_stranded(&why, NULL, work, team, role, user);
    entry_add(work, 0, ENTRY_PAUSE_ENDED, NULL, "%s is back on call before time: %s", user->id,
              text_string(&why));
    clear(work, person);
    text_reset(&why);
    add_stranded(&why, language, work, team, role, user);
    sentence_say(&text, language, SENTENCE_PAUSE_LOST, saying_text("why", text_string(&why)));
    for (size_t i = 0; i < user->contact_count; i++)
        page_make(work, NULL, user, &user->contacts[i], PAGE_NOTICE, text_string(&text));
    text_reset(&text);
    sentence_say(&text, language, SENTENCE_PAUSE_LOST_OF, saying_text("who", user->id),
                 saying_text("why", text_string(&why)));
    notice_tell(work, team, text_string(&text));
}

static bool for_is_valid(const struct work *work, const struct person *person, msec for_ms,
                         struct answer *answer)
{
    msec now_at = work->now.wall_at;
    msec from_at = person_is_paused(person, now_at) ? person->pause_from_at : now_at;
    if (for_ms >= PAUSE_MIN_MS && now_at + for_ms - from_at <= PAUSE_MAX_MS)
        return true;
    return answer_set(answer, ANSWER_INVALID, "a pause lasts from 1m to 4h in all");
}

void pause_begin(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *user = answer_actor(work, event, answer);
    if (user == NULL)
        return;
    struct person *person = person_get(work->engine, user->id);
    msec for_ms = event->for_ms != 0 ? event->for_ms : PAUSE_DEFAULT_MS;
    if (!for_is_valid(work, person, for_ms, answer))
        return;
    msec now_at = work->now.wall_at;
    msec before_from_at = person->pause_from_at;
    msec before_until_at = person->pause_until_at;
    if (!person_is_paused(person, now_at))
        person->pause_from_at = now_at;
    person->pause_until_at = now_at + for_ms;
    if (is_refused(work->engine, user, now_at, person->pause_until_at, answer)) {
        person->pause_from_at = before_from_at;
        person->pause_until_at = before_until_at;
        return;
    }
    CLEANUP(text_clear) struct text until = {0};
    words_add_time(&until, zone_or_default(work, user->zone), person->pause_until_at);
    entry_add(work, 0, ENTRY_PAUSED, user->id, "%s is off call until %s", user->id,
              text_string(&until));
    pause_schedule(work->engine, person, work->now.wall_at);
    save_person(work, person);
    tell_covers(work, person, user);
    escalation_replace(work, user);
    answer->kind = ANSWER_DONE;
    answer->user = user->id;
    answer->at = person->pause_until_at;
}

void pause_end(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *user = answer_actor(work, event, answer);
    if (user == NULL)
        return;
    struct person *person = person_find(work->engine, user->id);
    answer->user = user->id;
    answer->kind = ANSWER_ALREADY;
    if (!person_is_paused(person, work->now.wall_at))
        return;
    entry_add(work, 0, ENTRY_PAUSE_ENDED, user->id, "%s is back on call", user->id);
    end(work, person, user, SENTENCE_PAUSE_ENDED);
    answer->kind = ANSWER_DONE;
}

void pause_due(struct work *work, struct person *person)
{
    const struct user *user = policy_find_user(work->policy, person->user);
    if (user == NULL) {
        clear(work, person);
        return;
    }
    if (person->pause_until_at > work->now.wall_at) {
        pauses_look(work);
        return;
    }
    entry_add(work, 0, ENTRY_PAUSE_ENDED, NULL, "%s is back on call: the pause is over", user->id);
    end(work, person, user, SENTENCE_PAUSE_OVER);
}

/* At its end, or when the duty of some team changes before that. */
void pause_schedule(struct engine *engine, struct person *person, msec now_at)
{
    msec due_at = person->pause_until_at > 0 ? person->pause_until_at : MSEC_NEVER;
    for (size_t i = 0; due_at != MSEC_NEVER && i < engine->policy->team_count; i++) {
        msec edge_at = duty_edge_after(engine, &engine->policy->teams[i], now_at);
        if (edge_at < due_at)
            due_at = edge_at;
    }
    heap_put(&engine->timers[TIMER_PAUSE], &person->pause_timer, due_at);
}

void pauses_look(struct work *work)
{
    size_t cursor = 0;
    struct person *person = NULL;
    work->engine->is_cover_in_doubt = false;
    while ((person = map_each(work->engine->people, &cursor, NULL)) != NULL) {
        const struct team *team = NULL;
        enum role role = ROLE_PRIMARY;
        msec when = 0;
        if (!person_is_paused(person, work->now.wall_at))
            continue;
        const struct user *user = policy_find_user(work->policy, person->user);
        if (user == NULL)
            clear(work, person);
        else if (stranded_find(work->engine, user, work->now.wall_at, work->now.wall_at + 1, &team,
                               &role, &when))
            end_early(work, person, user, team, role);
        else
            pause_schedule(work->engine, person, work->now.wall_at);
    }
}

void pauses_clock_back(struct work *work, msec back_ms)
{
    work->engine->is_cover_in_doubt = true; /* another shift is on */
    size_t cursor = 0;
    struct person *person = NULL;
    while ((person = map_each(work->engine->people, &cursor, NULL)) != NULL) {
        if (person->pause_until_at == 0)
            continue;
        person->pause_from_at -= back_ms;
        person->pause_until_at -= back_ms;
        pause_schedule(work->engine, person, work->now.wall_at);
        save_person(work, person);
    }
}

bool pauses_check(const struct engine *engine, msec at, struct fault *fault)
{
    size_t cursor = 0;
    const struct person *person = NULL;
    while ((person = map_each(engine->people, &cursor, NULL)) != NULL) {
        const struct user *user = policy_find_user(engine->policy, person->user);
        const struct team *team = NULL;
        enum role role = ROLE_PRIMARY;
        msec when = 0;
        if (user != NULL && person_is_paused(person, at) &&
            stranded_find(engine, user, at, at + 1, &team, &role, &when))
            return fault_set(fault, FAULT_CONFLICT, "%s has paused, and nobody else is %s %s",
                             user->id, team->id, role_name(role));
    }
    return true;
}

bool pause_covered(const struct engine *engine, const struct user *user, msec at,
                   const struct team **team, enum role *role, const struct user **cover)
{
    for (size_t i = 0; i < engine->policy->team_count * ROLE_COUNT; i++) {
        *team = &engine->policy->teams[i / ROLE_COUNT];
        *role = (enum role)(i % ROLE_COUNT);
        struct handover handover = handover_at(engine, *team, *role, user, at);
        if (!duty_has(&handover.before, user) || handover.after.user_count == 0)
            continue;
        *cover = handover.after.users[0];
        return true;
    }
    return false;
}
