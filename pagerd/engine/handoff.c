/* SPDX-License-Identifier: MIT */
#include "engine/handoff.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/duty_edge.h"
#include "engine/duty_pick.h"
#include "engine/entry.h"
#include "engine/handoff_words.h"
#include "engine/handover.h"
#include "engine/keep.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/pass_on.h"
#include "engine/proof.h"
#include "engine/sentence.h"

/* Are people of that team told of shifts? */
static bool has_shifts(const struct team *team)
{
    bool is_any = false;
    for (int role = 0; role < ROLE_COUNT; role++)
        is_any = is_any || team->roles[role].calendar != NULL;
    return is_any && team->handoff != HANDOFF_OFF;
}

/* Is it known who has the role at that instant? Not before its calendar was read. */
static bool is_known(const struct engine *engine, const struct team *team, enum role role, msec at)
{
    if (engine->roster == NULL || team->roles[role].calendar == NULL)
        return false;
    const struct rota *rota = rota_of(engine, &team->roles[role]);
    return rota != NULL && at >= rota->from_at && at < rota->until_at;
}

static bool is_same(const struct pick *left, const struct pick *right)
{
    return left->user_count == right->user_count &&
           memcmp(left->users, right->users, left->user_count * sizeof left->users[0]) == 0;
}

/* The nearest instant on one side at which somebody else has it by rota and overrides; `is_back`:
 * that since which it is so. */
static msec change_find(const struct engine *engine, const struct team *team, enum role role,
                        msec at, bool is_back)
{
    struct pick pick = pick_by_rota(engine, team, role, at);
    msec edge_at = at;
    for (int i = 0; i < HANDOFF_STEPS_MAX; i++) {
        edge_at = edge_find(engine, team, role, edge_at, is_back);
        if (edge_at == MSEC_NEVER || edge_at == -MSEC_NEVER)
            break;
        msec place_at = is_back ? edge_at - 1 : edge_at;
        struct pick other = pick_by_rota(engine, team, role, place_at);
        if (!is_same(&pick, &other))
            break;
        edge_at = place_at;
    }
    return edge_at == -MSEC_NEVER ? 0 : edge_at;
}

bool shift_find(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct shift_span *span)
{
    *span = (struct shift_span){0};
    if (!is_known(engine, team, role, at))
        return false;
    struct pick pick = pick_by_rota(engine, team, role, at);
    memcpy(span->users, pick.users, sizeof span->users);
    span->user_count = pick.user_count;
    span->from_at = change_find(engine, team, role, at, true);
    span->until_at = change_find(engine, team, role, at, false);
    return true;
}

bool shift_next(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct shift_span *next)
{
    for (int i = 0; i < HANDOFF_STEPS_MAX; i++) {
        at = change_find(engine, team, role, at, false);
        if (at == MSEC_NEVER || !shift_find(engine, team, role, at, next))
            return false;
        if (next->until_at - at >= HANDOFF_SHORT_MS && next->user_count > 0)
            return true;
    }
    return false;
}

static void add_ids(struct text *text, const struct shift_span *span)
{
    for (size_t i = 0; i < span->user_count; i++)
        text_addf(text, "%s%s", i > 0 ? " " : "", span->users[i]->id);
}

static bool span_has_user(const struct shift_span *span, const struct user *user)
{
    for (size_t i = 0; i < span->user_count; i++) {
        if (span->users[i] == user)
            return true;
    }
    return false;
}

/* May be told of a shift: is there, and can be reached. */
static bool is_told(const struct work *work, const struct user *user, msec at)
{
    return user->contact_count > 0 && !duty_is_out(work->engine, user, at);
}

void handoff_pass(struct work *work, const struct team *team, const struct user *user,
                  const struct user *to)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        if (incident->state != INCIDENT_ACKNOWLEDGED || !string_is(incident->team, team->id) ||
            !string_is(incident->handling->acknowledged_by, user->id) ||
            incident->walk.due_at != MSEC_NEVER)
            continue;
        struct event event = {.kind = EVENT_REASSIGN,
                              .actor = user->id,
                              .incident = incident->number,
                              .user = to->id,
                              .text = "the shift is over",
                              .target.kind = TARGET_COUNT};
        struct answer answer = {.kind = ANSWER_DONE};
        pass_on_reassign(work, &event, &answer);
    }
}

/* To whoever had it by what was told last, and has it no more; not to who keeps it for now. */
static void tell_ends(struct work *work, const struct team *team, enum role role,
                      const char *before, const char *keeper, const struct shift_span *now)
{
    struct duty duty = {0};
    (void)duty_users(work->engine, team, role, work->now.wall_at, &duty);
    const struct user *has = duty.user_count > 0 ? duty.users[0] : NULL;
    struct span rest = span_of(before);
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text id = {0};
        text_add_span(&id, span_cut(&rest, ' '));
        const struct user *user = policy_find_user(work->policy, text_string(&id));
        if (user == NULL || span_has_user(now, user) || string_is(user->id, keeper))
            continue;
        bool is_passed = team->handoff == HANDOFF_PASS && has != NULL && has != user;
        CLEANUP(text_clear) struct text text = {0};
        handoff_add_end(&text, work, team, role, now->from_at, user, has, is_passed);
        if (is_told(work, user, work->now.wall_at))
            page_hush(work, user, PAGE_SHIFT_ENDS, text_string(&text), MSEC_NEVER);
        if (is_passed)
            handoff_pass(work, team, user, has);
    }
}

static bool ids_have(const char *ids, const char *id)
{
    struct span rest = span_of(ids);
    while (rest.size > 0) {
        if (span_is(span_cut(&rest, ' '), id))
            return true;
    }
    return false;
}

static void tell_starts(struct work *work, const struct handoff *handoff, const struct team *team,
                        enum role role, const char *before, const struct shift_span *now)
{
    for (size_t i = 0; i < now->user_count; i++) {
        const struct user *user = now->users[i];
        if (!is_told(work, user, work->now.wall_at) || ids_have(before, user->id))
            continue;
        CLEANUP(text_clear) struct text text = {0};
        const struct told_shift *shift = &handoff->shifts[role];
        if (shift->ready_at == now->from_at && ids_have(shift->ready_users, user->id))
            handoff_add_news(&text, work, team, role, user, shift->readied_at, now);
        else
            handoff_add_start(&text, work, handoff, team, role, user, before, now);
        if (shift->keeper != NULL) {
            sentence_say(&text, work->engine->language, SENTENCE_KEPT_UNTIL_ANSWER,
                         saying_text("who", shift->keeper));
            text_add_char(&text, '\n');
        }
        page_hush(work, user, PAGE_SHIFT_STARTS, text_string(&text), now->until_at);
    }
}

/* What is so now against what people know. */
static void role_look(struct work *work, struct handoff *handoff, const struct team *team,
                      enum role role, bool is_silent)
{
    struct told_shift *shift = &handoff->shifts[role];
    struct shift_span now;
    msec now_at = work->now.wall_at;
    bool is_ahead = shift->at > now_at && shift->at - now_at < HANDOFF_SHORT_MS;
    if (is_ahead || !shift_find(work->engine, team, role, now_at, &now))
        return; /* the clock was set back by a little: it will be so again */
    CLEANUP(text_clear) struct text ids = {0};
    add_ids(&ids, &now);
    bool is_first = shift->users == NULL;
    if (string_is(shift->users, text_string(&ids)))
        return;
    if (!is_first && now.until_at - now_at < HANDOFF_SHORT_MS)
        return;
    CLEANUP(text_clear) struct text before = {0};
    text_add(&before, is_first ? "" : shift->users);
    (void)string_set(&shift->users, text_string(&ids));
    shift->at = now_at;
    shift->tests = 0;
    shift->test_at = team->has_shift_test && !is_first ? now_at : 0;
    if (is_first || is_silent)
        keep_drop(shift);
    else
        keep_begin(work, handoff, team, role, text_string(&before));
    save_handoff(work, handoff);
    if (is_first || is_silent)
        return;
    tell_ends(work, team, role, text_string(&before), shift->keeper, &now);
    entry_add(work, 0, ENTRY_HANDOFF, NULL, "%s %s: %s%s%s", team->id, role_name(role),
              ids.size > 0 ? text_string(&ids) : "nobody", before.size > 0 ? " after " : "",
              text_string(&before));
    tell_starts(work, handoff, team, role, text_string(&before), &now);
}

/* To the manager, and to all of the team: nobody knows whether pages reach that person. */
static void tell_silent(struct work *work, const struct team *team, enum role role,
                        const struct user *user)
{
    CLEANUP(text_clear) struct text entry = {0};
    CLEANUP(text_clear) struct text text = {0};
    const struct language *languages[] = {NULL, work->engine->language};
    struct text *texts[] = {&entry, &text};
    for (size_t i = 0; i < 2; i++)
        sentence_say(texts[i], languages[i], SENTENCE_UNANSWERED, saying_text("who", user->id),
                     saying_text("team", team->id), saying_role("role", role),
                     saying_count("count", HANDOFF_TESTS_MAX));
    entry_add(work, 0, ENTRY_HANDOFF, NULL, "%s", text_string(&entry));
    notice_tell(work, team, text_string(&text));
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *member = policy_find_user(work->policy, team->members[i]);
        if (member != NULL && member != user && !string_is(member->id, team->manager))
            page_hush(work, member, PAGE_NOTICE, text_string(&text), MSEC_NEVER);
    }
}

/* Whoever has the shift is tested at its start and twice more, and told of when silent. */
static void role_test(struct work *work, struct handoff *handoff, const struct team *team,
                      enum role role)
{
    struct told_shift *shift = &handoff->shifts[role];
    bool is_waiting = false;
    if (shift->test_at == 0 || shift->test_at > work->now.wall_at)
        return;
    struct span rest = span_of(shift->users);
    while (team->has_shift_test && rest.size > 0) {
        CLEANUP(text_clear) struct text id = {0};
        text_add_span(&id, span_cut(&rest, ' '));
        const struct user *user = policy_find_user(work->policy, text_string(&id));
        if (user == NULL || !is_told(work, user, work->now.wall_at) ||
            proof_has_answer(work->engine, user, shift->at))
            continue;
        if (shift->tests >= HANDOFF_TESTS_MAX)
            tell_silent(work, team, role, user);
        else
            is_waiting = proof_begin_test(work, user, NULL, true) || is_waiting;
    }
    shift->tests++;
    shift->test_at = is_waiting ? work->now.wall_at + HANDOFF_TEST_MS : 0;
    save_handoff(work, handoff);
}

/* When the person is told that a shift comes: by day, a day before at least. */
static msec soon_instant(const struct zone *zone, msec start_at)
{
    msec local = zone_local(zone, start_at - HANDOFF_SOON_MS);
    msec of_day = ((local % DAY_MS) + DAY_MS) % DAY_MS;
    msec day = local - of_day;
    if (of_day < HANDOFF_DAY_FROM * MINUTE_MS)
        return zone_utc(zone, day - DAY_MS + HANDOFF_DAY_UNTIL * MINUTE_MS, NULL);
    if (of_day > HANDOFF_DAY_UNTIL * MINUTE_MS)
        return zone_utc(zone, day + HANDOFF_DAY_UNTIL * MINUTE_MS, NULL);
    return start_at - HANDOFF_SOON_MS;
}

static void tell_soon(struct work *work, const struct told_shift *shift, const struct team *team,
                      enum role role, const struct shift_span *next)
{
    for (size_t i = 0; i < next->user_count; i++) {
        const struct user *user = next->users[i];
        if (!is_told(work, user, next->from_at) || ids_have(shift->users, user->id))
            continue;
        CLEANUP(text_clear) struct text text = {0};
        handoff_add_soon(&text, work, team, role, user, next);
        page_hush(work, user, PAGE_SHIFT_SOON, text_string(&text), next->from_at);
    }
}

/* Tells of the next shifts when it is time. Returns when something is due of this role next. */
static msec role_soon(struct work *work, struct handoff *handoff, const struct team *team,
                      enum role role, bool is_silent)
{
    struct told_shift *shift = &handoff->shifts[role];
    struct shift_span next = {.from_at = work->now.wall_at};
    msec now_at = work->now.wall_at;
    if (!is_known(work->engine, team, role, now_at))
        return MSEC_NEVER;
    msec due_at = change_find(work->engine, team, role, now_at, false);
    if (shift->at > now_at && shift->at < due_at)
        due_at = shift->at;
    for (int i = 0; i < HANDOFF_STEPS_MAX; i++) {
        if (!shift_next(work->engine, team, role, next.from_at, &next))
            break;
        if (next.from_at <= shift->soon_at)
            continue;
        msec soon_at = soon_instant(zone_or_default(work, next.users[0]->zone), next.from_at);
        if (soon_at > now_at)
            return soon_at < due_at ? soon_at : due_at;
        shift->soon_at = next.from_at;
        save_handoff(work, handoff);
        if (!is_silent)
            tell_soon(work, shift, team, role, &next);
    }
    return due_at;
}

/* Hands a shift over ahead, and returns when one is; MSEC_NEVER: none is known. */
static msec role_ready(struct work *work, struct handoff *handoff, const struct team *team,
                       enum role role)
{
    struct told_shift *shift = &handoff->shifts[role];
    struct shift_span next;
    msec now_at = work->now.wall_at;
    if (shift->users == NULL || !shift_next(work->engine, team, role, now_at, &next) ||
        shift->ready_at == next.from_at || next.from_at - now_at < HANDOFF_READY_LEAST_MS)
        return MSEC_NEVER;
    if (now_at < next.from_at - HANDOFF_READY_MS)
        return next.from_at - HANDOFF_READY_MS;
    CLEANUP(text_clear) struct text told = {0};
    for (size_t i = 0; i < next.user_count; i++) {
        const struct user *user = next.users[i];
        if (!is_told(work, user, next.from_at) || ids_have(shift->users, user->id) ||
            page_quiet_contact(user) == NULL)
            continue;
        CLEANUP(text_clear) struct text text = {0};
        handoff_add_start(&text, work, handoff, team, role, user, shift->users, &next);
        page_hush(work, user, PAGE_SHIFT_STARTS, text_string(&text), next.from_at);
        text_addf(&told, "%s%s", told.size > 0 ? " " : "", user->id);
    }
    shift->ready_at = next.from_at;
    shift->readied_at = now_at;
    (void)string_set(&shift->ready_users, text_string(&told));
    save_handoff(work, handoff);
    return MSEC_NEVER;
}

static void handoff_look(struct work *work, struct handoff *handoff, bool is_silent)
{
    const struct team *team = team_find(work->engine, handoff->team);
    msec due_at = MSEC_NEVER;
    for (int i = 0; team != NULL && has_shifts(team) && i < ROLE_COUNT; i++) {
        enum role role = (enum role)i;
        bool is_new = handoff->shifts[role].users == NULL;
        role_look(work, handoff, team, role, is_silent);
        msec keep_at = keep_look(work, handoff, team, role);
        role_test(work, handoff, team, role);
        msec role_at = role_soon(work, handoff, team, role, is_silent || is_new);
        msec test_at = handoff->shifts[role].test_at;
        if (test_at != 0 && test_at < role_at)
            role_at = test_at;
        if (keep_at < role_at)
            role_at = keep_at;
        msec ready_at = role_ready(work, handoff, team, role);
        if (ready_at < role_at)
            role_at = ready_at;
        if (role_at < due_at)
            due_at = role_at;
    }
    if (due_at == MSEC_NEVER)
        heap_remove(&work->engine->timers[TIMER_HANDOFF], &handoff->timer);
    else
        heap_put(&work->engine->timers[TIMER_HANDOFF], &handoff->timer, due_at);
}

static struct handoff *handoff_get(struct engine *engine, const struct team *team)
{
    struct handoff *handoff = map_find(engine->handoffs, span_of(team->id));
    if (handoff != NULL)
        return handoff;
    handoff = memory_new(1, sizeof *handoff);
    handoff->team = string_copy(team->id);
    handoff_take(engine, handoff);
    return handoff;
}

/* Nobody is told any more: when that is wanted again, it begins anew. */
static void handoff_forget(struct work *work, struct handoff *handoff)
{
    bool is_any = false;
    for (int role = 0; handoff != NULL && role < ROLE_COUNT; role++) {
        is_any = is_any || handoff->shifts[role].users != NULL;
        free(handoff->shifts[role].users);
        free(handoff->shifts[role].ready_users);
        keep_drop(&handoff->shifts[role]);
        handoff->shifts[role] = (struct told_shift){0};
    }
    if (!is_any)
        return;
    heap_remove(&work->engine->timers[TIMER_HANDOFF], &handoff->timer);
    save_handoff(work, handoff);
}

void handoffs_forget(struct work *work)
{
    size_t cursor = 0;
    struct handoff *handoff = NULL;
    while ((handoff = map_each(work->engine->handoffs, &cursor, NULL)) != NULL)
        handoff_forget(work, handoff);
}

void handoff_take(struct engine *engine, struct handoff *handoff)
{
    handoff_free(map_remove(engine->handoffs, span_of(handoff->team)));
    map_put(engine->handoffs, span_of(handoff->team), handoff);
}

void handoffs_plan(struct work *work)
{
    if (!work->engine->is_restored || work->engine->roster == NULL)
        return;
    for (size_t i = 0; i < work->policy->team_count; i++) {
        const struct team *team = &work->policy->teams[i];
        if (has_shifts(team))
            handoff_look(work, handoff_get(work->engine, team), false);
        else
            handoff_forget(work, map_find(work->engine->handoffs, span_of(team->id)));
    }
}

void handoff_due(struct work *work, struct handoff *handoff)
{
    handoff_look(work, handoff, false);
}

void handoff_settle(struct work *work, const struct team *team)
{
    if (work->engine->is_restored && work->engine->roster != NULL && has_shifts(team))
        handoff_look(work, handoff_get(work->engine, team), true);
}

static bool role_check(const struct engine *engine, const struct team *team, enum role role,
                       msec now_at, struct fault *fault)
{
    const struct handoff *handoff = map_find(engine->handoffs, span_of(team->id));
    if (handoff != NULL && handoff->timer.place != 0 && handoff->timer.due_at <= now_at)
        return true; /* its timer fires in the next step */
    if (!is_known(engine, team, role, now_at))
        return true;
    const struct told_shift *shift = handoff != NULL ? &handoff->shifts[role] : NULL;
    struct pick pick = pick_by_rota(engine, team, role, now_at);
    struct shift_span now = {.user_count = pick.user_count};
    memcpy(now.users, pick.users, sizeof now.users);
    CLEANUP(text_clear) struct text ids = {0};
    add_ids(&ids, &now);
    if (shift != NULL && (string_is(shift->users, text_string(&ids)) || shift->at > now_at))
        return true;
    return change_find(engine, team, role, now_at, false) - now_at < HANDOFF_SHORT_MS ||
           fault_set(fault, FAULT_CONFLICT, "%s %s is %s's, who was not told", team->id,
                     role_name(role), text_string(&ids));
}

bool handoffs_check(const struct engine *engine, msec now_at, struct fault *fault)
{
    for (size_t i = 0; engine->roster != NULL && engine->is_restored &&
                       i < engine->policy->team_count * ROLE_COUNT;
         i++) {
        const struct team *team = &engine->policy->teams[i / ROLE_COUNT];
        if (has_shifts(team) &&
            !role_check(engine, team, (enum role)(i % ROLE_COUNT), now_at, fault))
            return false;
    }
    return true;
}
