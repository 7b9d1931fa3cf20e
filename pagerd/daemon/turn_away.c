/* SPDX-License-Identifier: MIT */
/* turn_away.c - turns while the database is away: what was said goes to the journal, and to another
 * node's disk; turn_parts.h */
#include "daemon/turn_parts.h"

#include <stdlib.h>

#include "base/log.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/journal.h"
#include "daemon/nodes.h"
#include "daemon/paged.h"
#include "store/store.h"

#define DEFERRED_MS (1 * SECOND_MS)

/* On the journal's commit thread. */
static void turn_written(void *context, struct batch *failed, const struct fault *fault)
{
    struct turn *turn = context;
    if (fault != NULL)
        turn->unwritten = *fault;
    batch_free(failed);
    inbox_post(turn->turns->daemon->inbox, turn_settle, turn->turns, turn);
}

static void links_written(void *context UNUSED, struct batch *failed, const struct fault *fault)
{
    if (fault != NULL)
        log_warning("links are not in the journal: %s", fault->text);
    batch_free(failed);
}

static void links_copied(void *context UNUSED, void *item UNUSED)
{
}

/* Pages do not wait for it: better one whose link dies with this node than none. */
static void turn_write_links_alone(struct turns *turns, const struct turn *turn)
{
    struct fault fault = {0};
    if (journal_add(away_journal(turns->daemon->away), text_span(&turn->entry), links_written, NULL,
                    &fault))
        (void)!nodes_copy(turns->daemon->nodes, text_span(&turn->entry), links_copied, NULL, NULL);
    else
        links_written(NULL, NULL, &fault);
}

void turn_write(struct turns *turns, struct turn *turn)
{
    struct away *away = turns->daemon->away;
    turn->is_away = away_mode(away) == AWAY_MEMORY;
    turn->waiting = 1;
    if (turn->is_told && journal_add(away_journal(away), text_span(&turn->entry), turn_written,
                                     turn, &turn->unwritten)) {
        turn->waiting++;
        turn->waiting +=
            nodes_copy(turns->daemon->nodes, text_span(&turn->entry), turn_settle, turns, turn);
    }
    if (!turn->is_told && turn->entry.size > 0)
        turn_write_links_alone(turns, turn);
    if (!turn->is_away && turn_hand_over(turns, turn))
        turn->waiting++;
    inbox_post(turns->daemon->inbox, turn_settle, turns, turn);
}

/* ---- what was sent ---- */

void turn_write_paged(struct turns *turns, const struct event *event)
{
    const struct daemon *daemon = turns->daemon;
    if (event->kind != EVENT_PAGE_OUTCOME || event->outcome != OUTCOME_SENT)
        return;
    const struct page *page = view_page(daemon->engine, event->id);
    if (page != NULL)
        away_write_paged(daemon->away, page, &turns->current->entry);
}

void turns_write_paged(struct turns *turns, msec since_at)
{
    const struct page *page;
    size_t cursor = 0;
    (void)turn_batch(turns); /* of a turn that is under way from here on */
    while ((page = view_each_page(turns->daemon->engine, &cursor)) != NULL) {
        bool is_sent = page->state == PAGE_SENT || page->state == PAGE_DELIVERED;
        if (is_sent && page->sent_at >= since_at)
            away_write_paged(turns->daemon->away, page, &turns->current->entry);
    }
}

/* ---- what another node has sent ---- */

/* An attempt of a page that had left before it was made. */
struct sent_before {
    uint64_t page;
    uint16_t attempt;
};

static void page_was_sent(void *context, void *item)
{
    struct turns *turns = context;
    const struct daemon *daemon = turns->daemon;
    struct sent_before *sent = item;
    const struct page *page = view_page(daemon->engine, sent->page);
    const struct event event = {.kind = EVENT_PAGE_OUTCOME,
                                .actor = "pagerd",
                                .via = "node",
                                .id = sent->page,
                                .attempt = sent->attempt,
                                .outcome = OUTCOME_SENT,
                                .target = {.kind = TARGET_COUNT}};
    if (page != NULL && page->attempt == sent->attempt) {
        turn_say(turns, page->incident, daemon->now.wall_at,
                 string_format("%s to %s had left from another node while the database was away: "
                               "not sent again",
                               page->channel, page->user));
        turn_step(turns, &event, NULL);
    }
    free(sent);
}

static bool incident_item(const struct turns *turns, uint64_t number, struct paged_item *item)
{
    const struct incident *incident = view_incident(turns->daemon->engine, number);
    item->uuid = incident != NULL ? incident->uuid : NULL;
    return incident != NULL;
}

bool turn_was_sent(struct turns *turns, const struct page *page)
{
    struct daemon *daemon = turns->daemon;
    struct paged_item item = away_paged_item(page);
    if (!away_is_first_page(page) || !incident_item(turns, page->incident, &item) ||
        !paged_take(daemon->paged, &item, daemon->tick_at))
        return false;
    struct sent_before *sent = memory_new(1, sizeof(*sent));
    *sent = (struct sent_before){.page = page->id, .attempt = page->attempt};
    inbox_post(daemon->inbox, page_was_sent, turns, sent);
    return true;
}

void turn_forget_paged(struct turns *turns, const struct event *event)
{
    struct paged_item item;
    bool is_deed = event->incident != 0 && event_has_form(event->kind) && event->kind != EVENT_NOTE;
    if (is_deed && incident_item(turns, event->incident, &item))
        paged_forget(turns->daemon->paged, item.uuid);
}

bool turns_are_deferred_for_long(const struct turns *turns)
{
    return turns->deferred_at != 0 && turns->daemon->tick_at - turns->deferred_at >= DEFERRED_MS;
}

void turns_write_deferred(struct turns *turns)
{
    turns->is_catching_up = false;
    turns->deferred_at = 0;
    for (struct turn *turn = turns->first; turn != NULL; turn = turn->next)
        if (turn->is_deferred) {
            turn->is_deferred = false;
            turn_write(turns, turn);
        }
}
