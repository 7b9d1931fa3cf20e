/* SPDX-License-Identifier: MIT */
#include "engine/keep.h"

#include <stdlib.h>

#include "base/text.h"
#include "engine/duty.h"
#include "engine/entry.h"
#include "engine/handoff.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/proof.h"
#include "engine/sentence.h"
#include "engine/words.h"

static bool ids_have(const char *ids, const char *id)
{
    struct span rest = span_of(ids);
    while (rest.size > 0) {
        if (span_is(span_cut(&rest, ' '), id))
            return true;
    }
    return false;
}

/* Are these the people of the pick? */
static bool ids_are(const char *ids, const struct pick *pick)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < pick->user_count; i++)
        text_addf(&text, "%s%s", i > 0 ? " " : "", pick->users[i]->id);
    return string_is(ids, text_string(&text));
}

const struct told_shift *keep_of(const struct engine *engine, const struct team *team,
                                 enum role role, msec at)
{
    if (!team->is_shift_held)
        return NULL;
    const struct handoff *handoff = map_find(engine->handoffs, span_of(team->id));
    const struct told_shift *shift = handoff != NULL ? &handoff->shifts[role] : NULL;
    return shift != NULL && shift->keeper != NULL && shift->at <= at && at < shift->keep_until_at
               ? shift
               : NULL;
}

const struct user *keep_find(const struct engine *engine, const struct team *team, enum role role,
                             msec at, const struct pick *pick)
{
    const struct told_shift *shift = keep_of(engine, team, role, at);
    if (shift == NULL || pick->kind != DUTY_CALENDAR || pick->out_count > 0 ||
        !ids_are(shift->users, pick))
        return NULL;
    return policy_find_user(engine->policy, shift->keeper);
}

void keep_drop(struct told_shift *shift)
{
    free(shift->keeper);
    shift->keeper = NULL;
    shift->keep_until_at = 0;
}

/* Does somebody of the shift know of it, for having had it before, or cannot be asked? */
static bool is_settled(const struct work *work, const struct told_shift *shift, const char *before)
{
    struct span rest = span_of(shift->users);
    bool is_asked = false;
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text id = {0};
        text_add_span(&id, span_cut(&rest, ' '));
        const struct user *user = policy_find_user(work->policy, text_string(&id));
        if (ids_have(before, text_string(&id)))
            return true;
        is_asked = is_asked || (user != NULL && user->contact_count > 0);
    }
    return !is_asked;
}

static void tell_keeper(struct work *work, const struct team *team, enum role role,
                        const struct told_shift *shift, const struct user *user)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct zone *zone = user->zone != NULL ? user->zone : work->policy->zone;
    sentence_say(&text, work->engine->language, SENTENCE_KEEP, saying_text("team", team->id),
                 saying_role("role", role), saying_text("who", shift->users),
                 saying_time("until", zone, shift->keep_until_at));
    page_news(work, 0, user, PAGE_COVER, text_string(&text));
    entry_add(work, 0, ENTRY_HANDOFF, NULL, "%s keeps %s %s until %s answers the test", user->id,
              team->id, role_name(role), shift->users);
}

void keep_begin(struct work *work, struct handoff *handoff, const struct team *team, enum role role,
                const char *before)
{
    struct told_shift *shift = &handoff->shifts[role];
    struct span rest = span_of(before);
    bool was_kept = shift->keeper != NULL;
    keep_drop(shift);
    if (!team->is_shift_held || was_kept || is_settled(work, shift, before))
        return;
    shift->keep_until_at = shift->at + KEEP_MS;
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text id = {0};
        text_add_span(&id, span_cut(&rest, ' '));
        const struct user *user = policy_find_user(work->policy, text_string(&id));
        if (user == NULL || user->contact_count == 0 ||
            duty_is_out(work->engine, user, work->now.wall_at))
            continue;
        free(shift->keeper);
        shift->keeper = string_copy(user->id);
        struct duty duty = {0};
        (void)duty_users(work->engine, team, role, work->now.wall_at, &duty);
        if (duty.user_count > 0 && duty.users[0] == user && duty.is_kept) {
            tell_keeper(work, team, role, shift, user);
            work->engine->is_cover_in_doubt = true;
            return;
        }
    }
    keep_drop(shift);
}

/* "ops primary is bob's now: the test was answered" */
static void add_over(struct text *text, const struct language *language, const struct team *team,
                     enum role role, const struct told_shift *shift, enum sentence why)
{
    CLEANUP(text_clear) struct text reason = {0};
    sentence_put(&reason, language, why);
    sentence_say(text, language, SENTENCE_KEEP_OVER, saying_text("team", team->id),
                 saying_role("role", role), saying_text("who", shift->users),
                 saying_text("why", text_string(&reason)));
}

/* Tells who kept it that it is over, and what for. */
static void keep_end(struct work *work, struct handoff *handoff, const struct team *team,
                     enum role role, enum sentence why)
{
    struct told_shift *shift = &handoff->shifts[role];
    CLEANUP(text_clear) struct text text = {0};
    const struct user *user = policy_find_user(work->policy, shift->keeper);
    add_over(&text, NULL, team, role, shift, why);
    entry_add(work, 0, ENTRY_HANDOFF, NULL, "%s", text_string(&text));
    text_reset(&text);
    add_over(&text, work->engine->language, team, role, shift, why);
    keep_drop(shift);
    work->engine->is_cover_in_doubt = true;
    save_handoff(work, handoff);
    if (user == NULL)
        return;
    page_hush(work, user, PAGE_NOTICE, text_string(&text), MSEC_NEVER);
    struct duty duty = {0};
    (void)duty_users(work->engine, team, role, work->now.wall_at, &duty);
    if (team->handoff == HANDOFF_PASS && duty.user_count > 0 && duty.users[0] != user)
        handoff_pass(work, team, user, duty.users[0]);
}

/* Nobody has answered, and it passes all the same: the manager and all of the team hear of it. */
static void keep_pass(struct work *work, struct handoff *handoff, const struct team *team,
                      enum role role)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct told_shift *shift = &handoff->shifts[role];
    sentence_say(&text, work->engine->language, SENTENCE_KEEP_PASSED,
                 saying_text("keeper", shift->keeper), saying_text("team", team->id),
                 saying_role("role", role), saying_text("who", shift->users));
    notice_tell(work, team, text_string(&text));
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *member = policy_find_user(work->policy, team->members[i]);
        if (member != NULL && !string_is(member->id, team->manager))
            page_news(work, 0, member, PAGE_NOTICE, text_string(&text));
    }
    keep_end(work, handoff, team, role, SENTENCE_KEEP_LATE);
}

static bool is_answered(const struct work *work, const struct told_shift *shift)
{
    struct span rest = span_of(shift->users);
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text id = {0};
        text_add_span(&id, span_cut(&rest, ' '));
        const struct user *user = policy_find_user(work->policy, text_string(&id));
        if (user != NULL && proof_has_answer(work->engine, user, shift->at))
            return true;
    }
    return false;
}

msec keep_look(struct work *work, struct handoff *handoff, const struct team *team, enum role role)
{
    struct told_shift *shift = &handoff->shifts[role];
    msec now_at = work->now.wall_at;
    if (shift->keeper == NULL)
        return MSEC_NEVER;
    if (!team->is_shift_held || policy_find_user(work->policy, shift->keeper) == NULL)
        keep_end(work, handoff, team, role, SENTENCE_KEEP_LEFT);
    else if (is_answered(work, shift))
        keep_end(work, handoff, team, role, SENTENCE_KEEP_TESTED);
    else if (now_at >= shift->keep_until_at)
        keep_pass(work, handoff, team, role);
    return shift->keeper == NULL ? MSEC_NEVER : shift->keep_until_at;
}

/* What only somebody does who is there. */
static const enum event_kind deeds[] = {
    EVENT_TEST_ANSWER, EVENT_ACKNOWLEDGE, EVENT_RESOLVE, EVENT_SNOOZE,
    EVENT_ESCALATE,    EVENT_REASSIGN,    EVENT_AWAKE,
};

static bool is_deed(enum event_kind kind)
{
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (deeds[i] == kind)
            return true;
    }
    return false;
}

void keeps_heard(struct work *work, const struct event *event, const struct answer *answer)
{
    if (event->actor == NULL || answer->kind != ANSWER_DONE || !is_deed(event->kind))
        return;
    for (size_t i = 0; i < work->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &work->policy->teams[i / ROLE_COUNT];
        enum role role = (enum role)(i % ROLE_COUNT);
        const struct told_shift *shift = keep_of(work->engine, team, role, work->now.wall_at);
        if (shift != NULL && ids_have(shift->users, event->actor))
            keep_end(work, map_find(work->engine->handoffs, span_of(team->id)), team, role,
                     SENTENCE_KEEP_ANSWER);
    }
}

bool keeps_check(const struct engine *engine, msec now_at, struct fault *fault)
{
    for (size_t i = 0; i < engine->policy->team_count * ROLE_COUNT; i++) {
        const struct team *team = &engine->policy->teams[i / ROLE_COUNT];
        const struct handoff *handoff = map_find(engine->handoffs, span_of(team->id));
        const struct told_shift *shift = handoff != NULL ? &handoff->shifts[i % ROLE_COUNT] : NULL;
        if (shift == NULL || shift->keeper == NULL)
            continue;
        if (shift->keep_until_at != shift->at + KEEP_MS || ids_have(shift->users, shift->keeper))
            return fault_set(fault, FAULT_CONFLICT, "%s is kept by %s for too long, or for nobody",
                             team->id, shift->keeper);
        bool is_armed = handoff->timer.place != 0 && handoff->timer.due_at <= shift->keep_until_at;
        if (!is_armed && now_at < shift->keep_until_at)
            return fault_set(fault, FAULT_CONFLICT, "%s is kept by %s, and nothing ends it",
                             team->id, shift->keeper);
    }
    return true;
}
