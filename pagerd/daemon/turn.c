/* SPDX-License-Identifier: MIT */
#include "daemon/turn_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/away.h"
#include "daemon/codes.h"
#include "daemon/daemon.h"
#include "daemon/demo.h"
#include "daemon/departures.h"
#include "daemon/feedback.h"
#include "daemon/inbox.h"
#include "daemon/journal.h"
#include "daemon/keyring.h"
#include "daemon/letters.h"
#include "daemon/lookahead.h"
#include "daemon/nodes.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/rooms.h"
#include "daemon/storeroom.h"
#include "daemon/webhooks.h"
#include "daemon/writeback.h"
#include "engine/engine.h"
#include "http/call.h"
#include "store/store.h"

struct turns *turns_new(struct daemon *daemon)
{
    struct turns *turns = memory_new(1, sizeof(*turns));
    turns->daemon = daemon;
    turns->arena = arena_new();
    turns->effects = effects_new(turns->arena);
    turns->last = &turns->first;
    turns->kept_last = &turns->kept;
    turns->retry_at = MSEC_NEVER;
    return turns;
}

void turn_free(struct turn *turn)
{
    batch_free(turn->batch);
    text_clear(&turn->entry);
    for (size_t i = 0; i < turn->mark_count; i++)
        free(turn->marks[i].text);
    free(turn->marks);
    free(turn->calls);
    free(turn->sends);
    free(turn->overrides);
    free(turn->incidents);
    free(turn);
}

static void turn_list_free(struct turn *turn)
{
    while (turn != NULL) {
        struct turn *next = turn->next;
        turn_free(turn);
        turn = next;
    }
}

void turns_free(struct turns *turns)
{
    if (turns == NULL)
        return;
    turn_list_free(turns->first);
    turns_free_kept(turns);
    turn_list_free(turns->current);
    effects_free(turns->effects);
    arena_free(turns->arena);
    free(turns);
}

bool turns_are_sound(const struct turns *turns, struct fault *why_not)
{
    if (turns->is_broken)
        return fault_set(why_not, FAULT_SYSTEM, "the disk failed; pagerd is being restarted");
    if (away_is_on(turns->daemon->away))
        return (journal_has_room(away_journal(turns->daemon->away)) && turns_have_room(turns)) ||
               fault_set(
                   why_not, FAULT_LIMIT,
                   "the database of pagerd is away, and there is no more room in the journal");
    if (turns->kept_count > 0 && turns->is_locked)
        return fault_set(why_not, FAULT_LIMIT,
                         "the database of pagerd is away, or another program locks its store");
    if (turns->kept_count > 0)
        return fault_set(why_not, FAULT_LIMIT, "there is no room on the disk of pagerd");
    return true;
}

bool turns_are_ready(const struct turns *turns, struct fault *why_not)
{
    if (!turns_are_sound(turns, why_not))
        return false;
    if (turns->in_flight >= TURNS_IN_FLIGHT_MAX)
        return fault_set(why_not, FAULT_LIMIT, "pagerd is busy: too many commits are waiting");
    return true;
}

static struct turn *turn_current(struct turns *turns)
{
    if (turns->current == NULL) {
        turns->current = memory_new(1, sizeof(*turns->current));
        turns->current->turns = turns;
        turns->current->batch = batch_new();
    }
    return turns->current;
}

/* While calendars are being read for a wall clock that was set, the engine's goes on as it was. */
static struct now turn_now(struct daemon *daemon)
{
    struct now now = daemon->now;
    if (daemon->is_following)
        now.wall_at = daemon->tick_at + daemon->stepped_ahead_ms;
    daemon->stepped_ahead_ms = now.wall_at - daemon->tick_at;
    return now;
}

void turn_say(struct turns *turns, uint64_t incident, msec at, char *text)
{
    struct turn *turn = turn_current(turns);
    turn->marks = memory_grow(turn->marks, turn->mark_count + 1, sizeof(*turn->marks));
    turn->marks[turn->mark_count++] = (struct mark){.incident = incident, .at = at, .text = text};
}

void turn_mark(struct turns *turns, const char *node, uint64_t incident, msec at)
{
    turn_say(turns, incident, at,
             string_format("taken in by node %s while the database was away", node));
}

void turn_step(struct turns *turns, const struct event *event, struct answer *answer)
{
    struct daemon *daemon = turns->daemon;
    struct turn *turn = turn_current(turns);
    struct answer own = {0};
    if (answer == NULL)
        answer = &own;
    size_t size = turn->entry.size;
    away_write(daemon->away, event, &turn->entry);
    turn->is_told = turn->is_told || turn->entry.size > size;
    struct now now = turn_now(daemon);
    turn_forget_paged(turns, event);
    engine_step(daemon->engine, now, event, turns->effects, answer);
    turn_write_paged(turns, event);
    turns->is_behind = engine_next_due(daemon->engine, now) == 0;
    if (away_marks(daemon->away, event, answer))
        turn_mark(turns, reload_config(daemon->reload)->node_name, answer->incident,
                  daemon->now.wall_at);
}

void turn_write_link(struct turns *turns, const char *hash)
{
    struct token_record link;
    if (away_is_on(turns->daemon->away) && keyring_read_token(turns->daemon->keyring, hash, &link))
        away_write_link(turns->daemon->away, &link, &turn_current(turns)->entry);
}

void turn_write_stop(struct turns *turns, const struct stop_item *item)
{
    struct turn *turn = turn_current(turns);
    size_t size = turn->entry.size;
    away_write_stop(turns->daemon->away, item, &turn->entry);
    turn->is_told = turn->is_told || turn->entry.size > size;
}

void turns_write_links(struct turns *turns, msec since_at)
{
    struct token_record link;
    size_t cursor = 0;
    while (keyring_each_token(turns->daemon->keyring, &cursor, &link))
        if (link.created_at >= since_at)
            away_write_link(turns->daemon->away, &link, &turn_current(turns)->entry);
}

struct batch *turn_batch(struct turns *turns)
{
    return turn_current(turns)->batch;
}

struct effects *turn_effects(struct turns *turns)
{
    turn_current(turns);
    return turns->effects;
}

static void turn_add_call(struct turn *turn, struct call *call)
{
    if (turn->call_count == turn->call_room) {
        turn->call_room = turn->call_room == 0 ? 16 : turn->call_room * 2;
        turn->calls = memory_grow(turn->calls, turn->call_room, sizeof(*turn->calls));
    }
    turn->calls[turn->call_count++] = call;
}

void turn_call(struct turns *turns, struct call *call)
{
    enum call_wait wait = call_run(call, turns->daemon->house);
    if (wait == CALL_AFTER_COMMIT && call_key(call) != NULL && turns->kept_count == 0)
        keyring_touch(turns->daemon->keyring, call_key(call), turns->daemon->now.wall_at,
                      turn_batch(turns));
    switch (wait) {
    case CALL_ANSWER_NOW:
        call_finish(call);
        break;
    case CALL_AFTER_COMMIT:
        nodes_add_answer(turns->daemon->nodes, call);
        turn_add_call(turn_current(turns), call);
        break;
    case CALL_HANDED_OVER:
        break;
    }
}

static void call_end(struct call *call, const struct fault *fault)
{
    if (fault != NULL)
        call_fail_unavailable(call, fault->text);
    call_finish(call);
}

/* Two faults (NULL: none), for the turn's own calls and for those that repeat earlier turns. */
static void turn_finish_calls(struct turn *turn, const struct fault *own,
                              const struct fault *earlier)
{
    for (size_t i = 0; i < turn->call_count; i++)
        call_end(turn->calls[i], i < turn->own_count ? own : earlier);
    turn->call_count = 0;
}

void turn_depart(void *context, uint64_t page, uint16_t attempt, const char *token, bool is_sure)
{
    const struct daemon *daemon = context;
    const struct page *known = view_page(daemon->engine, page);
    if (known == NULL || known->attempt != attempt)
        return;
    if (!is_sure)
        log_warning("nobody confirms that this node is on duty: page %" PRIu64
                    " leaves all the same",
                    page);
    post_send(daemon->post, page, token);
}

static void turn_send_pages(struct turn *turn)
{
    const struct daemon *daemon = turn->turns->daemon;
    struct departures_now now = storeroom_confirmed(daemon);
    for (size_t i = 0; i < turn->send_count; i++) {
        const struct turn_send *send = &turn->sends[i];
        departures_add(daemon->departures, now, send->page, send->attempt, send->token);
    }
    turn->send_count = 0;
}

static void turn_hold_override(struct turn *turn, uint64_t id)
{
    turn->overrides =
        memory_grow(turn->overrides, turn->override_count + 1, sizeof(*turn->overrides));
    turn->overrides[turn->override_count++] = id;
    writeback_hold(turn->turns->daemon->writeback, id);
    lookahead_mark(turn->turns->daemon->lookahead);
}

static void turn_note_incident(struct turn *turn, const struct incident *incident)
{
    const struct daemon *daemon = turn->turns->daemon;
    if (!feedbacks_concern(daemon->feedbacks, incident) && !rooms_concern(daemon->rooms, incident))
        return;
    if (turn->incident_count == turn->incident_room) {
        turn->incident_room = turn->incident_room == 0 ? 16 : turn->incident_room * 2;
        turn->incidents =
            memory_grow(turn->incidents, turn->incident_room, sizeof(*turn->incidents));
    }
    turn->incidents[turn->incident_count++] = incident->number;
}

void turn_tell(struct turn *turn)
{
    for (size_t i = 0; i < turn->override_count; i++)
        writeback_let_go(turn->turns->daemon->writeback, turn->overrides[i]);
    for (size_t i = 0; i < turn->incident_count; i++) {
        feedbacks_stir(turn->turns->daemon->feedbacks, turn->incidents[i]);
        rooms_stir(turn->turns->daemon->rooms, turn->incidents[i]);
    }
    webhooks_landed(turn->turns->daemon->webhooks, turn->webhook_last);
}

/* The digits go out with the page, their hash is on disk with it. */
static void turn_make_code(struct turns *turns, struct turn_send *send)
{
    char salt[TOKEN_TEXT_SIZE];
    char hash[CODE_HASH_SIZE];
    token_new(salt);
    code_new(send->token);
    code_hash(salt, span_of(send->token), hash);
    const struct event event = {.kind = EVENT_CODE_MADE,
                                .actor = "pagerd",
                                .id = send->page,
                                .text = hash,
                                .target = {.kind = TARGET_COUNT}};
    engine_step(turns->daemon->engine, turn_now(turns->daemon), &event, turns->effects, NULL);
}

/* So that it is on disk with the page, or in the journal. */
static void turn_make_link(struct turns *turns, struct turn *turn, const struct page *page,
                           struct turn_send *send)
{
    struct daemon *daemon = turns->daemon;
    struct token_record link;
    char hash[HASH_TEXT_SIZE];
    keyring_add_token(daemon->keyring, page, letter_wants_number(daemon, page), daemon->now,
                      turn->batch, send->token);
    hash_text(span_of(send->token), hash);
    if (away_is_on(daemon->away) && keyring_read_token(daemon->keyring, hash, &link))
        away_write_link(daemon->away, &link, &turn->entry);
}

/* Makes the ack links of the pages that are to be sent. */
static void turn_gather_sends(struct turns *turns, struct turn *turn)
{
    for (size_t i = 0; i < turns->effects->count; i++) {
        const struct effect *effect = &turns->effects->list[i];
        if (effect->kind == EFFECT_REVOKE_TOKENS) {
            keyring_revoke_tokens(turns->daemon->keyring, effect->number);
            continue;
        }
        if (effect->kind == EFFECT_SAVE_OVERRIDE)
            turn_hold_override(turn, effect->override->id);
        if (effect->kind == EFFECT_SAVE_INCIDENT)
            turn_note_incident(turn, effect->incident);
        if (effect->kind != EFFECT_SEND || demo_is_past(turns->daemon->demo) ||
            turn_was_sent(turns, effect->page))
            continue;
        turn->sends = memory_grow(turn->sends, turn->send_count + 1, sizeof(*turn->sends));
        struct turn_send *send = &turn->sends[turn->send_count++];
        *send = (struct turn_send){.page = effect->page->id, .attempt = effect->page->attempt};
        if (letter_wants_link(effect->page))
            turn_make_link(turns, turn, effect->page, send);
        else if (effect->page->kind == PAGE_VERIFY)
            turn_make_code(turns, send);
    }
}

/* On the store's commit thread: only hands over. A failed batch comes back to be tried again. */
static void turn_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct turn *turn = context;
    if (fault != NULL)
        turn->fault = *fault;
    turn->batch = failed;
    inbox_post(turn->turns->daemon->inbox, turn_settle, turn->turns, turn);
}

void turns_hurry(struct turns *turns)
{
    turn_step(turns, &(struct event){.kind = EVENT_HURRY, .actor = "pagerd", .via = "store"}, NULL);
}

static void turns_settle_first(struct turns *turns)
{
    struct turn *turn = turns->first;
    turns->first = turn->next;
    turns->in_flight--;
    turns->in_flight_size -= turn->size;
    if (turns->first == NULL)
        turns->last = &turns->first;

    /* What an earlier turn did is in memory alone while that turn is kept, or is lost. */
    struct fault earlier = {0};
    bool is_sound = turn->is_away || turns_are_sound(turns, &earlier);
    const struct fault *own = turn->fault.kind != FAULT_NONE ? &turn->fault : NULL;
    turn_finish_calls(turn, own, is_sound ? own : &earlier);
    if (turn->fault.kind != FAULT_DENIED)
        turn_send_pages(turn);
    bool is_behind_kept = turns->kept_count > 0 && turn->fault.kind == FAULT_CONFLICT;
    if (own == NULL)
        turn_tell(turn);
    if (turn->is_away)
        turns_keep_away(turns, turn);
    else if (own == NULL)
        turn_free(turn);
    else if (fault_may_pass(own) || is_behind_kept)
        turns_keep(turns, turn);
    else
        turns_break(turns, turn);
}

/* What the store refuses at once comes here before what it still has: each waits for its turn. */
void turn_settle(void *context, void *item)
{
    struct turns *turns = context;
    struct turn *turn = item;
    if (turn == turns->kept) {
        turns_settle_kept(turns, turn);
        return;
    }
    if (turn->waiting > 0 && --turn->waiting > 0)
        return;
    if (turn->fault.kind == FAULT_NONE)
        turn->fault = turn->unwritten;
    turn->is_done = true;
    while (turns->first != NULL && turns->first->is_done)
        turns_settle_first(turns);
}

bool turn_hand_over(struct turns *turns, struct turn *turn)
{
    struct batch *batch = turn->batch;
    turn->batch = NULL;
    if (store_submit(turns->daemon->store, batch, turn_done, turn, &turn->fault))
        return true;
    turn->batch = batch;
    return false;
}

/* What the store does not take comes back at once. The other nodes hear of it before it is
 * answered. */
static void turn_offer(struct turns *turns, struct turn *turn)
{
    nodes_tell(turns->daemon->nodes, turn->steady_at, text_span(&turn->entry));
    if (!turn_hand_over(turns, turn))
        inbox_post(turns->daemon->inbox, turn_settle, turns, turn);
}

bool turns_resume(struct turns *turns)
{
    if (turns->kept_count > 0)
        return false;
    for (const struct turn *turn = turns->first; turn != NULL; turn = turn->next)
        if (turn->is_away)
            return false;
    turns->is_catching_up = false;
    turns->deferred_at = 0;
    for (struct turn *turn = turns->first; turn != NULL; turn = turn->next)
        if (turn->is_deferred) {
            turn->is_deferred = false;
            turn_offer(turns, turn);
        }
    return true;
}

/* Puts the turn behind the others and gives its batch to the store. */
static void turn_submit(struct turns *turns, struct turn *turn)
{
    *turns->last = turn;
    turns->last = &turn->next;
    turns->in_flight++;
    turn->size = batch_size(turn->batch) + turn->entry.size;
    turns->in_flight_size += turn->size;
    turn->own_count = turn->call_count;
    turn->is_deferred = turns->is_catching_up;
    if (turn->is_deferred) {
        if (turns->deferred_at == 0)
            turns->deferred_at = turns->daemon->tick_at;
        return;
    }
    if (away_is_on(turns->daemon->away)) {
        turn_write(turns, turn);
        return;
    }
    /* Order is kept: behind what found no room. */
    bool is_behind = turns->kept_count > 0 && !turns_are_sound(turns, &turn->fault);
    if (is_behind)
        inbox_post(turns->daemon->inbox, turn_settle, turns, turn);
    else
        turn_offer(turns, turn);
}

/* Where calls of a turn without changes of its own wait: behind the last commit under way. What
 * they repeat may also be kept for want of room: then it is not on disk. */
static void turn_join_last(struct turns *turns, struct turn *turn)
{
    struct turn *last = turns->first;
    while (last != NULL && last->next != NULL)
        last = last->next;
    for (size_t i = 0; last != NULL && i < turn->call_count; i++)
        turn_add_call(last, turn->calls[i]);
    struct fault fault = {0};
    bool is_sound = turns_are_sound(turns, &fault);
    if (last == NULL)
        turn_finish_calls(turn, NULL, is_sound ? NULL : &fault);
    turn_free(turn);
}

/* Several machines go by it for what they were told since the last commit: there each has its own.
 */
static void clock_save(struct turns *turns, struct turn *turn)
{
    const struct daemon *daemon = turns->daemon;
    struct clock_mark mark = clock_mark(&daemon->clock);
    turn->steady_at = mark.steady_at;
    if (daemon->nodes == NULL && clock_mark_holds(&turns->marked, &mark))
        return;
    turns->marked = mark;
    char value[160];
    snprintf(value, sizeof(value), "%" PRId64 " %" PRId64 " %" PRId64 " %s", mark.steady_at,
             mark.wall_at, mark.boot_ms, mark.boot_id[0] == '\0' ? "-" : mark.boot_id);
    batch_save_meta(turn->batch, &(struct meta_record){.name = "clock", .value = value}, NEED_NONE);
}

static void turn_add_marks(struct turn *turn)
{
    for (size_t i = 0; i < turn->mark_count; i++) {
        const struct entry entry = {.incident = turn->marks[i].incident,
                                    .at = turn->marks[i].at,
                                    .event = "away",
                                    .actor = "pagerd",
                                    .text = turn->marks[i].text};
        batch_add_entry(turn->batch, &entry);
    }
}

void turn_end(struct turns *turns)
{
    struct turn *turn = turns->current;
    if (turn == NULL)
        return;
    turns->current = NULL;
    turn_gather_sends(turns, turn);
    if (!demo_is_past(turns->daemon->demo))
        turn->webhook_last = webhooks_gather(turns->daemon->webhooks, turns->effects, turn->batch);
    batch_add_effects(turn->batch, turns->effects);
    turn_add_marks(turn);
    effects_reset(turns->effects);
    arena_reset(turns->arena);
    bool is_entry = turn->entry.size > 0 && away_is_on(turns->daemon->away);
    if (batch_count(turn->batch) == 0 && !is_entry) {
        turn_join_last(turns, turn);
        return;
    }
    clock_save(turns, turn);
    turn_submit(turns, turn);
}

void turns_discard(struct turns *turns)
{
    struct turn *turn = turns->current;
    if (turn == NULL)
        return;
    turns->current = NULL;
    turn_finish_calls(turn, NULL, NULL);
    effects_reset(turns->effects);
    arena_reset(turns->arena);
    turn_free(turn);
}

void turns_give_up(struct turns *turns, const struct fault *why)
{
    for (struct turn *turn = turns->first; turn != NULL; turn = turn->next)
        turn_finish_calls(turn, why, why);
}

size_t turns_in_flight(const struct turns *turns)
{
    return turns->in_flight;
}

bool turns_are_many(const struct turns *turns)
{
    return turns->in_flight >= TURNS_MANY || turns->in_flight_size >= TURNS_SIZE_MANY;
}

msec turns_next_due(const struct turns *turns)
{
    const struct daemon *daemon = turns->daemon;
    bool is_held = turns->is_behind && turns_are_many(turns);
    return is_held ? MSEC_NEVER : engine_next_due(daemon->engine, daemon->now);
}

bool turns_are_settled(const struct turns *turns)
{
    return turns->in_flight == 0 && turns_kept_are_safe(turns) && turns->current == NULL;
}
