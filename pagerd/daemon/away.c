/* SPDX-License-Identifier: MIT */
#include "daemon/away.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/log.h"
#include "config/config.h"
#include "daemon/away_rules.h"
#include "daemon/daemon.h"
#include "daemon/event_form.h"
#include "daemon/journal.h"
#include "daemon/metric.h"
#include "daemon/nodes.h"
#include "daemon/once.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "store/store.h"

#define REOPEN_MS (10 * SECOND_MS)
#define TOLD_MS (30 * SECOND_MS)  /* after that the admins are told: a restart is over by then */
#define ASLEEP_MS (2 * SECOND_MS) /* the loop turns more often than that */
#define RECENT_MS MINUTE_MS /* links and pages that may have been on their way to the database */

struct away {
    struct daemon *daemon;
    struct journal *journal; /* NULL: it cannot be opened, */
    struct fault problem;    /* for this reason */
    enum away_mode mode;
    msec since_at;  /* tick */
    msec looked_at; /* tick */
    msec opened_at; /* tick; when it was tried */
    bool has_jumped;
    bool is_told;      /* to the admins */
    bool is_recalling; /* what is in the journal is stepped again */
    struct once *once; /* what has been stepped */
    uint64_t id;       /* of the event that is about to be; 0: it is a new one */
    uint64_t times;    /* since the start */
};

struct away *away_new(struct daemon *daemon)
{
    struct away *away = memory_new(1, sizeof(*away));
    away->daemon = daemon;
    away->once = once_new();
    return away;
}

void away_free(struct away *away)
{
    if (away == NULL)
        return;
    journal_close(away->journal);
    once_free(away->once);
    free(away);
}

void away_open(struct away *away)
{
    struct fault fault = {0};
    away->opened_at = away->daemon->tick_at;
    if (away->daemon->nodes == NULL)
        return;
    bool is_open = journal_open(away->daemon->state, &away->journal, &fault);
    if (!is_open)
        log_error("%s", fault.text);
    else if (away->problem.kind != FAULT_NONE)
        log_warning("the journal for times without the database can be used again");
    away->problem = fault;
}

void away_retry(struct away *away)
{
    if (away->journal == NULL && away->daemon->tick_at - away->opened_at >= REOPEN_MS)
        away_open(away);
}

enum away_mode away_mode(const struct away *away)
{
    return away->mode;
}

bool away_is_on(const struct away *away)
{
    return away->mode != AWAY_OFF;
}

msec away_for_ms(const struct away *away)
{
    return away_is_on(away) ? away->daemon->tick_at - away->since_at : 0;
}

struct journal *away_journal(const struct away *away)
{
    return away->journal;
}

static void jump(struct away *away, const char *node)
{
    away_jump_numbers(away->daemon->engine, node);
    away->has_jumped = true;
}

void away_begin_mirror(struct away *away)
{
    if (!nodes_act(away->daemon->nodes))
        return;
    away->mode = AWAY_MIRROR;
    away->since_at = away->daemon->tick_at;
    away->times++;
    jump(away, reload_config(away->daemon->reload)->node_name);
    log_warning("the database is away, and no other node is in charge: this one goes on from its "
                "mirror");
}

void away_recall(struct away *away, bool is_recalling)
{
    away->is_recalling = is_recalling;
}

static void away_begin(struct away *away)
{
    away->mode = AWAY_MEMORY;
    away->is_told = false;
    away->since_at = away->daemon->tick_at;
    away->has_jumped = false;
    away->times++;
    log_error("the database is away: this node goes on from memory; alerts and acks are kept in "
              "its journal");
    turns_write_links(away->daemon->turns, away->daemon->now.wall_at - RECENT_MS);
    turns_write_paged(away->daemon->turns, away->daemon->now.wall_at - RECENT_MS);
}

/* Once for each time that it lasts; by the channels, which need no database. */
static void away_tell(struct away *away)
{
    if (away->is_told || away_for_ms(away) < TOLD_MS)
        return;
    away->is_told = true;
    char *said = string_format(
        "WARN pagerd: the database has been away for %" PRId64 " s. Node %s goes on without it%s.",
        away_for_ms(away) / SECOND_MS, reload_config(away->daemon->reload)->node_name,
        away->mode == AWAY_MIRROR ? ", from its mirror" : "");
    daemon_tell(away->daemon, NULL, said);
    free(said);
}

/* It has everything now. */
static void away_end(struct away *away)
{
    char *said =
        string_format("INFO pagerd: the database is back after %" PRId64
                      " s. It has all that was done meanwhile: %zu entries of the journal.",
                      away_for_ms(away) / SECOND_MS, journal_count(away->journal));
    log_warning("%s", said);
    journal_clear(away->journal);
    away->mode = AWAY_OFF;
    if (away->is_told)
        daemon_tell(away->daemon, NULL, said);
    free(said);
}

static void away_tick_memory(struct away *away)
{
    struct store_health health;
    store_health(away->daemon->store, &health);
    bool is_away = health.is_away || turns_wait_for_database(away->daemon->turns);
    if (away->mode == AWAY_OFF && is_away) {
        away_begin(away);
        return;
    }
    bool is_slow = is_away && turns_are_deferred_for_long(away->daemon->turns);
    if (away->mode == AWAY_MEMORY && (health.is_away || is_slow))
        turns_write_deferred(away->daemon->turns);
    else if (away->mode == AWAY_MEMORY && !is_away && turns_resume(away->daemon->turns))
        away_end(away);
}

void away_tick(struct away *away)
{
    msec now = away->daemon->tick_at;
    away_retry(away);
    if (away->journal == NULL || away->daemon->is_ending)
        return;
    /* Who was frozen does not know what others did meanwhile: as if it had begun just now. */
    if (now - away->looked_at > ASLEEP_MS)
        away->since_at = now;
    away->looked_at = now;
    if (away->mode != AWAY_MIRROR)
        away_tick_memory(away);
    if (away_is_on(away)) {
        away_tell(away);
        nodes_yield(away->daemon->nodes);
    }
}

static bool refuse(struct fault *why_not)
{
    return fault_set(why_not, FAULT_LIMIT,
                     "the database of pagerd is away: alerts and what is done to incidents are "
                     "taken meanwhile, this is not");
}

bool away_takes(const struct away *away, enum event_kind kind, struct fault *why_not)
{
    return !away_is_on(away) || away_may_take(kind) || refuse(why_not);
}

bool away_may_change(const struct away *away, struct fault *why_not)
{
    return !away_is_on(away) || refuse(why_not);
}

bool away_see(struct away *away, uint64_t id)
{
    return id == 0 || once_see(away->once, id);
}

void away_forget(struct away *away, uint64_t id)
{
    once_forget(away->once, id);
}

void away_name_next(struct away *away, uint64_t id)
{
    away->id = id;
}

/* A new one has been seen, too: it may come back from who has a copy of it. */
static uint64_t id_of_next(struct away *away)
{
    uint64_t id = away->id;
    while (id == 0) {
        random_bytes(&id, sizeof(id));
        id >>= 1; /* JSON's numbers have a sign */
        if (id != 0 && !once_see(away->once, id))
            id = 0;
    }
    return id;
}

void away_write(struct away *away, const struct event *event, struct text *entry)
{
    bool is_wanted = away_is_on(away) || nodes_have_listeners(away->daemon->nodes);
    if (!is_wanted || !event_has_form(event->kind) || away->is_recalling)
        return;
    if (away_is_on(away) && event->kind == EVENT_TRIGGER && !away->has_jumped)
        jump(away, NULL);
    struct event_origin origin = {.at = away->daemon->now.wall_at,
                                  .is_in_mirror = away->mode == AWAY_MIRROR};
    if (away_is_on(away))
        origin.id = id_of_next(away);
    away_add_event_of(entry, away->daemon->engine, event, &origin);
}

void away_write_link(const struct away *away, const struct token_record *link, struct text *entry)
{
    if (away_is_on(away) && !away->is_recalling && journal_has_spare_room(away->journal))
        away_add_link(entry, away->daemon->engine, link, away->daemon->now.wall_at,
                      away->mode == AWAY_MIRROR);
}

void away_write_paged(const struct away *away, const struct page *page, struct text *entry)
{
    bool is_wanted = away_is_on(away) ? journal_has_spare_room(away->journal)
                                      : nodes_have_listeners(away->daemon->nodes);
    if (is_wanted)
        away_add_paged(entry, away->daemon->engine, page, away->daemon->now.wall_at,
                       away->mode == AWAY_MIRROR);
}

void away_write_stop(const struct away *away, const struct stop_item *item, struct text *entry)
{
    bool is_wanted = away_is_on(away) || nodes_have_listeners(away->daemon->nodes);
    if (is_wanted && !away->is_recalling)
        away_add_stop(entry, item, away->mode == AWAY_MIRROR);
}

bool away_marks(const struct away *away, const struct event *event, const struct answer *answer)
{
    return away_is_on(away) && away_is_marked(event, answer);
}

void away_metrics(const struct away *away, struct text *text)
{
    metric(text, "journal_there", "gauge",
           "The journal for times without the database can be written.", away->journal != NULL);
    if (away->journal == NULL)
        return;
    metric(text, "database_away", "gauge",
           "This node goes on without the database: 1 from memory, 2 from its mirror.", away->mode);
    metric(text, "journal_entries", "gauge",
           "What was accepted without the database and is not yet in it.",
           journal_count(away->journal));
    metric(text, "database_away_total", "counter", "How often the database was away since start.",
           away->times);
}

void away_show(const struct away *away, struct json_writer *writer)
{
    static const char *const names[AWAY_MODE_COUNT] = {"off", "memory", "mirror"};
    if (away->daemon->nodes == NULL)
        return;
    json_begin_object(writer, "away");
    json_put_string(writer, "mode", names[away->mode]);
    json_put_integer(writer, "for_ms", away_for_ms(away));
    json_put_integer(writer, "entries",
                     away->journal == NULL ? 0 : (int64_t)journal_count(away->journal));
    json_put_string(writer, "problem", away->problem.text);
    json_end_object(writer);
}
