/* SPDX-License-Identifier: MIT */
#include "engine/swap.h"

#include <assert.h>
#include <inttypes.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/duty.h"
#include "engine/duty_pick.h"
#include "engine/entry.h"
#include "engine/handover.h"
#include "engine/override.h"
#include "engine/page.h"
#include "engine/sentence.h"
#include "engine/words.h"

static struct swap *swap_find(const struct engine *engine, uint64_t id)
{
    return map_find(engine->swaps, number_key(&id));
}

static void swap_schedule(struct engine *engine, struct swap *swap)
{
    msec due_at = swap->state == SWAP_OPEN ? swap->from_at : swap->until_at + SWAP_KEEP_MS;
    if (swap->state == SWAP_OPEN && swap->from_at <= swap->created_at)
        due_at = swap->until_at; /* asked for while the shift was under way */
    heap_put(&engine->timers[TIMER_SWAP], &swap->timer, due_at);
}

static void tell_question(struct work *work, const struct swap *swap, const struct user *user)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text yes = {0};
    CLEANUP(text_clear) struct text no = {0};
    const struct language *language = work->engine->language;
    const struct zone *zone = zone_or_default(work, user->zone);
    const struct user *asker = policy_find_user(work->policy, swap->user);
    text_addf(&yes, "pagectl swap accept w%" PRIu64, swap->id);
    text_addf(&no, "pagectl swap decline w%" PRIu64, swap->id);
    sentence_say(&text, language, SENTENCE_SWAP_ASKS,
                 asker != NULL ? saying_name("who", asker) : saying_text("who", swap->user),
                 saying_text("team", swap->team), saying_role("role", swap->role),
                 saying_time("from", zone, swap->from_at),
                 saying_time("until", zone, swap->until_at));
    text_add_char(&text, '\n');
    sentence_say(&text, language, SENTENCE_SWAP_YES, saying_text("command", text_string(&yes)));
    text_add_char(&text, '\n');
    sentence_say(&text, language, SENTENCE_SWAP_NO, saying_text("command", text_string(&no)));
    text_add_char(&text, '\n');
    sentence_put(&text, language, SENTENCE_SWAP_UNTIL);
    page_hush(work, user, PAGE_SWAP, text_string(&text), swap->from_at);
}

/* "ops primary Sat 28 Nov ...: Cat has it." to one person; nothing to who is gone. */
static void tell_end(struct work *work, const struct swap *swap, const char *id, const char *what)
{
    const struct user *user = policy_find_user(work->policy, id);
    if (user == NULL)
        return;
    CLEANUP(text_clear) struct text text = {0};
    const struct zone *zone = zone_or_default(work, user->zone);
    sentence_say(&text, work->engine->language, SENTENCE_SWAP_END, saying_text("team", swap->team),
                 saying_role("role", swap->role), saying_time("from", zone, swap->from_at),
                 saying_time("until", zone, swap->until_at), saying_text("what", what));
    page_hush(work, user, PAGE_SWAPPED, text_string(&text), MSEC_NEVER);
}

/* To everybody who was asked, but for one and for those who have said no. */
static void tell_asked(struct work *work, const struct swap *swap, const char *except,
                       const char *what)
{
    for (size_t i = 0; i < swap->asked_count; i++) {
        if (swap->asked[i].reply != SWAP_NO && !string_is(swap->asked[i].user, except))
            tell_end(work, swap, swap->asked[i].user, what);
    }
}

static void swap_finish(struct work *work, struct swap *swap, enum swap_state state)
{
    swap->state = state;
    swap_schedule(work->engine, swap);
    save_swap(work, swap);
}

/* Nobody takes it, and that is for good. */
static void swap_stays(struct work *work, struct swap *swap, enum sentence sentence)
{
    CLEANUP(text_clear) struct text what = {0};
    sentence_put(&what, work->engine->language, sentence);
    swap_finish(work, swap, SWAP_NOBODY);
    entry_add(work, 0, ENTRY_SWAP, NULL, "w%" PRIu64 ": %s, it stays with %s", swap->id,
              sentence == SENTENCE_SWAP_REFUSED ? "all have said no" : "nobody has said yes",
              swap->user);
    tell_end(work, swap, swap->user, text_string(&what));
}

/* Is it still the asker's, as far as there is anything left of it? */
static bool is_still_theirs(const struct work *work, const struct swap *swap)
{
    const struct team *team = team_find(work->engine, swap->team);
    const struct user *user = policy_find_user(work->policy, swap->user);
    if (team == NULL || user == NULL || !duty_has_role(team, swap->role))
        return false;
    msec at = swap->from_at > work->now.wall_at ? swap->from_at : work->now.wall_at;
    struct pick pick = pick_by_rota(work->engine, team, swap->role, at);
    return pick_has(&pick, user);
}

static bool ask_is_valid(struct work *work, const struct event *event, const struct team *team,
                         const struct user *actor, struct answer *answer)
{
    size_t open = 0;
    size_t of_one = 0;
    size_t cursor = 0;
    const struct swap *swap = NULL;
    if (team == NULL)
        return answer_set(answer, ANSWER_NOT_FOUND, "no team \"%s\"", event->team);
    if (event->role >= ROLE_COUNT || team->roles[event->role].calendar == NULL)
        return answer_set(answer, ANSWER_INVALID, "no calendar fills %s of %s",
                          event->role < ROLE_COUNT ? role_name(event->role) : "that role",
                          team->id);
    while ((swap = map_each(work->engine->swaps, &cursor, NULL)) != NULL) {
        open += swap->state == SWAP_OPEN;
        of_one += swap->state == SWAP_OPEN && string_is(swap->user, actor->id);
    }
    if (open >= SWAPS_MAX)
        return answer_set(answer, ANSWER_FULL, "%d open swaps are the limit", SWAPS_MAX);
    if (of_one >= SWAP_OF_ONE_MAX)
        return answer_set(answer, ANSWER_INVALID, "%d open swaps of one person are the limit",
                          SWAP_OF_ONE_MAX);
    return true;
}

/* An open one of the same role that has a part of it, too. */
static const struct swap *overlap_find(const struct engine *engine, const struct team *team,
                                       enum role role, msec from_at, msec until_at)
{
    size_t cursor = 0;
    const struct swap *swap = NULL;
    while ((swap = map_each(engine->swaps, &cursor, NULL)) != NULL) {
        if (swap->state == SWAP_OPEN && swap->role == role && string_is(swap->team, team->id) &&
            swap->from_at < until_at && from_at < swap->until_at)
            return swap;
    }
    return NULL;
}

static void asked_add(struct swap *swap, const struct user *user)
{
    swap->asked = memory_grow(swap->asked, swap->asked_count + 1, sizeof *swap->asked);
    swap->asked[swap->asked_count++] = (struct swap_asked){.user = string_copy(user->id)};
}

/* Fills `swap` with those who can be asked; false, answered, when that is nobody. */
static bool asked_find(struct work *work, struct swap *swap, const struct team *team,
                       const struct user *actor, const char *with, struct answer *answer)
{
    struct swap_candidate candidates[SWAP_ASKED_MAX];
    const struct user *wanted = with != NULL ? policy_find_user(work->policy, with) : NULL;
    size_t count = view_swap_candidates(work->engine, team, actor, work->now.wall_at, swap->from_at,
                                        swap->until_at, candidates);
    if (with != NULL && (wanted == NULL || wanted == actor))
        return answer_set(answer, wanted == NULL ? ANSWER_NOT_FOUND : ANSWER_INVALID,
                          wanted == NULL ? "no user \"%s\"" : "it is %s's already", with);
    bool is_member = wanted == NULL;
    for (size_t i = 0; i < count; i++) {
        is_member = is_member || candidates[i].user == wanted;
        if (wanted != NULL && candidates[i].user != wanted)
            continue;
        if (candidates[i].bar == SWAP_BAR_NONE)
            asked_add(swap, candidates[i].user);
        else if (wanted != NULL)
            return answer_set(answer, ANSWER_REFUSED, "%s %s", wanted->id,
                              swap_bar_words(candidates[i].bar));
    }
    if (!is_member)
        return answer_set(answer, ANSWER_REFUSED, "%s is no member of %s", with, team->id);
    return swap->asked_count > 0 ||
           answer_set(answer, ANSWER_REFUSED,
                      "nobody of %s can be asked: all are away, rest or are on call then",
                      team->id);
}

void swap_take(struct engine *engine, struct swap *swap)
{
    if (swap_find(engine, swap->id) != NULL) {
        swap_free(swap);
        return;
    }
    map_put(engine->swaps, number_key(&swap->id), swap);
    if (swap->id > engine->swap_id)
        engine->swap_id = swap->id;
    swap_schedule(engine, swap);
}

void swap_ask(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    const struct team *team = team_find(work->engine, event->team);
    if (actor == NULL || !ask_is_valid(work, event, team, actor, answer))
        return;
    msec from_at = event->from_at;
    msec until_at = event->until_at;
    if (!view_swap_part(work->engine, team, event->role, actor, event->is_day, &from_at,
                        &until_at) ||
        until_at <= work->now.wall_at) {
        (void)answer_set(answer, ANSWER_REFUSED, "%s is not yours then", role_name(event->role));
        return;
    }
    const struct swap *other = overlap_find(work->engine, team, event->role, from_at, until_at);
    if (other != NULL) {
        (void)answer_set(answer, ANSWER_INVALID, "w%" PRIu64 " asks for a part of it already",
                         other->id);
        return;
    }
    struct swap *swap = memory_new(1, sizeof *swap);
    *swap = (struct swap){.id = work->engine->swap_id + 1,
                          .team = string_copy(team->id),
                          .role = event->role,
                          .user = string_copy(actor->id),
                          .from_at = from_at,
                          .until_at = until_at,
                          .created_at = work->now.wall_at,
                          .taken_by = string_copy("")};
    if (!asked_find(work, swap, team, actor, event->user, answer)) {
        swap_free(swap);
        return;
    }
    swap_take(work->engine, swap);
    save_swap(work, swap);
    entry_add(work, 0, ENTRY_SWAP, actor->id, "w%" PRIu64 ": asks %zu to take %s %s", swap->id,
              swap->asked_count, team->id, role_name(swap->role));
    for (size_t i = 0; i < swap->asked_count; i++)
        tell_question(work, swap, policy_find_user(work->policy, swap->asked[i].user));
    answer->kind = ANSWER_DONE;
    answer->id = swap->id;
}

/* The open swap of the event; NULL, answered: there is none. */
static struct swap *swap_of_event(struct work *work, const struct event *event,
                                  struct answer *answer)
{
    struct swap *swap = swap_find(work->engine, event->id);
    answer->id = event->id;
    if (swap == NULL)
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no swap w%" PRIu64, event->id);
    else if (swap->state == SWAP_TAKEN)
        (void)answer_set(answer, ANSWER_CONFLICT, "%s has taken it", swap->taken_by);
    else if (swap->state != SWAP_OPEN)
        (void)answer_set(answer, ANSWER_INVALID, "w%" PRIu64 " is over", swap->id);
    else
        return swap;
    if (swap != NULL && swap->state == SWAP_TAKEN)
        answer->user = swap->taken_by;
    return NULL;
}

static void swap_yes(struct work *work, struct swap *swap, const struct user *actor,
                     struct answer *answer)
{
    struct event event = {.kind = EVENT_OVERRIDE_ADD,
                          .actor = swap->user,
                          .team = swap->team,
                          .role = swap->role,
                          .user = actor->id,
                          .from_at =
                              swap->from_at > work->now.wall_at ? swap->from_at : work->now.wall_at,
                          .until_at = swap->until_at,
                          .text = "swap"};
    override_add(work, &event, answer);
    if (answer->kind != ANSWER_DONE)
        return;
    swap->override_id = answer->id;
    (void)string_set(&swap->taken_by, actor->id);
    swap_finish(work, swap, SWAP_TAKEN);
    entry_add(work, 0, ENTRY_SWAP, actor->id, "w%" PRIu64 ": takes it from %s, o%" PRIu64, swap->id,
              swap->user, swap->override_id);
    CLEANUP(text_clear) struct text what = {0};
    sentence_say(&what, work->engine->language, SENTENCE_SWAP_TAKEN, saying_name("who", actor));
    tell_end(work, swap, swap->user, text_string(&what));
    tell_asked(work, swap, actor->id, text_string(&what));
    answer->id = swap->id;
    answer->user = NULL;
}

static void swap_no(struct work *work, struct swap *swap, const struct user *actor)
{
    bool is_any_left = false;
    for (size_t i = 0; i < swap->asked_count; i++)
        is_any_left = is_any_left || swap->asked[i].reply == SWAP_SILENT;
    save_swap(work, swap);
    entry_add(work, 0, ENTRY_SWAP, actor->id, "w%" PRIu64 ": says no", swap->id);
    if (!is_any_left)
        swap_stays(work, swap, SENTENCE_SWAP_REFUSED);
}

void swap_answer(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct swap *swap = actor != NULL ? swap_of_event(work, event, answer) : NULL;
    if (swap == NULL)
        return;
    struct swap_asked *asked = NULL;
    for (size_t i = 0; i < swap->asked_count; i++) {
        if (string_is(swap->asked[i].user, actor->id))
            asked = &swap->asked[i];
    }
    if (asked == NULL) {
        (void)answer_set(answer, ANSWER_REFUSED, "%s was not asked", actor->id);
        return;
    }
    if (!is_still_theirs(work, swap)) {
        swap_finish(work, swap, SWAP_CANCELLED);
        (void)answer_set(answer, ANSWER_INVALID, "it is not %s's any more", swap->user);
        return;
    }
    answer->kind = ANSWER_DONE;
    asked->reply = event->is_yes ? SWAP_YES : SWAP_NO;
    if (event->is_yes)
        swap_yes(work, swap, actor, answer);
    else
        swap_no(work, swap, actor);
}

void swap_cancel(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct swap *swap = actor != NULL ? swap_of_event(work, event, answer) : NULL;
    if (swap == NULL)
        return;
    if (!string_is(swap->user, actor->id) && !actor->is_admin) {
        (void)answer_set(answer, ANSWER_REFUSED, "only %s or an admin cancels it", swap->user);
        return;
    }
    swap_finish(work, swap, SWAP_CANCELLED);
    entry_add(work, 0, ENTRY_SWAP, actor->id, "w%" PRIu64 ": cancelled", swap->id);
    CLEANUP(text_clear) struct text what = {0};
    sentence_put(&what, work->engine->language, SENTENCE_SWAP_CANCELLED);
    tell_asked(work, swap, NULL, text_string(&what));
    answer->kind = ANSWER_DONE;
}

void swap_due(struct work *work, struct swap *swap)
{
    if (swap->state == SWAP_OPEN) {
        swap_stays(work, swap, SENTENCE_SWAP_SILENT);
    } else if (is_listed(work, swap->listed)) {
        heap_put(&work->engine->timers[TIMER_SWAP], &swap->timer, work->now.wall_at + MINUTE_MS);
    } else {
        (void)map_remove(work->engine->swaps, number_key(&swap->id));
        swap_free(swap);
    }
}

void swaps_recall(struct work *work)
{
    size_t cursor = 0;
    struct swap *swap = NULL;
    while ((swap = map_each(work->engine->swaps, &cursor, NULL)) != NULL) {
        if (swap->state != SWAP_OPEN || swap->timer.due_at > work->now.wall_at)
            continue;
        swap_finish(work, swap, SWAP_NOBODY);
        entry_add(work, 0, ENTRY_SWAP, NULL, "w%" PRIu64 ": it is past, in a restored backup",
                  swap->id);
    }
}

bool swaps_check(const struct engine *engine, struct fault *fault)
{
    size_t cursor = 0;
    const struct swap *swap = NULL;
    while ((swap = map_each(engine->swaps, &cursor, NULL)) != NULL) {
        if (swap->state == SWAP_OPEN &&
            (swap->timer.place == 0 || swap->timer.due_at > swap->until_at ||
             swap->asked_count == 0))
            return fault_set(fault, FAULT_CONFLICT, "swap w%" PRIu64 " has no end", swap->id);
    }
    return true;
}

const struct swap *view_each_swap(const struct engine *engine, size_t *cursor)
{
    return map_each(engine->swaps, cursor, NULL);
}

const struct swap *view_swap(const struct engine *engine, uint64_t id)
{
    return swap_find(engine, id);
}

const char *swap_state_name(enum swap_state state)
{
    static const char *const names[SWAP_STATE_COUNT] = {
        [SWAP_OPEN] = "open",
        [SWAP_TAKEN] = "taken",
        [SWAP_NOBODY] = "nobody",
        [SWAP_CANCELLED] = "cancelled",
    };
    assert(state < SWAP_STATE_COUNT);
    return names[state];
}

const char *swap_reply_name(enum swap_reply reply)
{
    static const char *const names[SWAP_REPLY_COUNT] = {
        [SWAP_SILENT] = "silent", [SWAP_NO] = "no", [SWAP_YES] = "yes"};
    assert(reply < SWAP_REPLY_COUNT);
    return names[reply];
}
