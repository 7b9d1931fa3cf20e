/* SPDX-License-Identifier: MIT */
/*
 * away_rules.h - what holds while the database is away: what may be taken, how it is kept, which
 * numbers are given out, and who goes on.
 *
 * It knows no store, no wire and no clock: the simulator of several nodes uses it as it is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"
#include "daemon/event_form.h"
#include "daemon/paged.h"
#include "engine/engine.h"

#define AWAY_ACT_MS 2500              /* the database is silent for so long: somebody has to act */
#define AWAY_NEXT_MS (1 * SECOND_MS)  /* longer, where a linked node is to act before this one */
#define AWAY_YIELD_MS (1 * SECOND_MS) /* and is there again for so long */
#define AWAY_GREET_MS (1 * SECOND_MS) /* after its start a node waits for its links, */
#define AWAY_HEIR_MS (2 * SECOND_MS)  /* who was in charge may be silent, and is waited for, */
#define AWAY_FIRST_MS (5 * SECOND_MS) /* but only for so long after the database is back */

struct page;
struct stop_item;
struct token_record;

enum away_mode {
    AWAY_OFF,    /* the database is there, or there is one machine */
    AWAY_MEMORY, /* the engine was on duty when it went */
    AWAY_MIRROR, /* the engine was loaded from the mirror */
    AWAY_MODE_COUNT
};

/* What a node is to the others. */
enum charge {
    CHARGE_NONE,   /* it is not in charge */
    CHARGE_MIRROR, /* goes on from its mirror, without the database */
    CHARGE_MEMORY, /* was on duty when the database went, and goes on */
    CHARGE_DUTY    /* is on duty and sees the database */
};

/* Is the best charge that another node, `name`, has a reason to end for `own`, that goes on from
 * its mirror (`acts`), or else from memory? */
bool away_is_one_too_many(bool acts, const char *own, enum charge charge, const char *name);

/* Of linked nodes that lose the database at once one is to go on from its mirror, lest all page the
 * same people: the first by name. One that sees the database is on duty soon. */
bool away_is_first(const char *own, const char *other, bool other_sees_database);

/* Is this node to leave the database, when it is back, to the one that was in charge without it?
 * That one knows what was done meanwhile, and who was paged. `charged_at`: when such a one was last
 * heard of, 0 for never; `there_at`: since when the database is there, 0 while it is not. Ticks. */
bool away_leaves_it(msec now, msec charged_at, msec there_at);

/* Does such an event outlive this node, or need not to? */
bool away_may_take(enum event_kind kind);

/*
 * Before the first number is given out that another node may give out, too: the engine goes on with
 * the next round thousand of what people type, and the next round million of what they do not see.
 * With a `node`, that goes on from its mirror, with one further on, another one for each node, most
 * likely.
 */
void away_jump_numbers(struct engine *engine, const char *node);

/* Appends the event, which is about to be stepped `at` (wall) and has a form, to an entry of the
 * journal. */
void away_add_event(struct text *entry, const struct engine *engine, const struct event *event,
                    msec at, bool is_in_mirror);

/* The same with an ack link as it is now; nothing when its incident is not known here. */
void away_add_link(struct text *entry, const struct engine *engine, const struct token_record *link,
                   msec at, bool is_in_mirror);

/* The same with a page that its provider has taken; nothing when it is none that anybody has to
 * know of (away_is_first_page), or of no incident that is known here. */
void away_add_paged(struct text *entry, const struct engine *engine, const struct page *page,
                    msec at, bool is_in_mirror);

/* The same with what an address has said. */
void away_add_stop(struct text *entry, const struct stop_item *item, bool is_in_mirror);

/* One that tells a person of an incident, that another node would send, too? */
bool away_is_first_page(const struct page *page);

/* What it is to other nodes, but for the uuid; borrows from the page. */
struct paged_item away_paged_item(const struct page *page);

/* The same of an event with that origin; which incident it is about is found out. */
void away_add_event_of(struct text *entry, const struct engine *engine, const struct event *event,
                       const struct event_origin *known);

/* Is what became of it to be marked in the timeline? */
bool away_is_marked(const struct event *event, const struct answer *answer);
