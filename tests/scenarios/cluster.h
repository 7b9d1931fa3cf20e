/* SPDX-License-Identifier: MIT */
/*
 * cluster.h - several pagerds on one store, in a story: who is on duty, who was and does not know
 * it yet, and the calls that all of them take.
 *
 * The world's engine is that of the node on duty, or of the last one while nobody has taken its
 * place. Who was replaced while it was frozen or cut off keeps its engine, its turns and its pages
 * ("old memory") until it hears of it; it is put in the place of the world's for as long as it does
 * something.
 *
 * Real are the engine, the rows, what is kept in memory, and the rule by which pages leave
 * (daemon/departures.h), and that by which time goes on with who takes over (daemon/clock.h), and
 * what holds while the store is away (daemon/away_rules.h, daemon/retell.h).
 * Modelled on what store/postgres_writer.c, store/relay.h and daemon/turn.c
 * do are the fence, the silence after which a place is taken, the look-up of a commit of which
 * nobody knows, and the calls that are handed over. Everything happens at whole seconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"
#include "scenarios/disk.h"
#include "scenarios/words.h"

#define CLUSTER_NODES_MAX 3

struct cluster;
struct world;
struct page;

/* What may happen to nodes: a campaign counts how often it did. */
enum cluster_event {
    CLUSTER_TAKEN_OVER,
    CLUSTER_TAKEN_BY_THE_THIRD,
    CLUSTER_ENDED_IN_ORDER,
    CLUSTER_BACK_IN_TIME,     /* frozen or cut off, and still on duty */
    CLUSTER_REPLACED,         /* it hears that another one has its place */
    CLUSTER_WOKE_WITH_PAGES,  /* of before its sleep; they went nowhere */
    CLUSTER_UNKNOWN_FOUND,    /* a commit without an answer was on disk, and is not written again */
    CLUSTER_UNKNOWN_TAKEN,    /* and another node went on from it */
    CLUSTER_UNKNOWN_WRITTEN,  /* it was not, and is written now */
    CLUSTER_KEPT_WRITTEN,     /* turns that were kept in memory */
    CLUSTER_KEPT_LOST,        /* another node has taken over: they never were */
    CLUSTER_LEFT_UNSURE,      /* a page of who was on duty, and could not ask whether it is */
    CLUSTER_STRAY,            /* a page of who was not, and could not ask */
    CLUSTER_STRAY_AFTER_ACK,  /* about what somebody had acked meanwhile */
    CLUSTER_HANDED_OVER,      /* a call, by who stands by */
    CLUSTER_DONE_BY_THE_NEXT, /* a call waited for who takes over */
    CLUSTER_ANSWER_WAS_THERE, /* a call whose answer was in a commit that nobody knew of */
    CLUSTER_REPEATED,         /* a call that was refused, by its caller */
    CLUSTER_STALE_REFUSED,    /* what an old primary says is not believed */
    CLUSTER_STORE_AWAY,       /* for all nodes */
    CLUSTER_CLOCKS_APART,     /* a takeover between machines whose clocks differ */
    CLUSTER_CLOCK_FOLLOWED,   /* a clock was set while the node was on duty */
    CLUSTER_WENT_ON,          /* the store is away: from memory */
    CLUSTER_ACTED,            /* from a mirror */
    CLUSTER_MIRROR_LAGS,      /* one that is behind */
    CLUSTER_YIELDED,          /* the store is back, or another one is in charge */
    CLUSTER_KEPT_IN_DIARY,    /* a word, while the store is away */
    CLUSTER_HANDED_IN,        /* a diary, to who is in charge */
    CLUSTER_TOLD_OWN,         /* it was in charge itself */
    CLUSTER_ACK_TOLD,         /* an ack that who is in charge had not heard of */
    CLUSTER_TOLD_TOO_LATE,    /* the incident was over */
    CLUSTER_EVENT_COUNT
};
extern const char *const cluster_event_names[CLUSTER_EVENT_COUNT];

/* Nodes "a", "b", ...; the first one will be on duty. */
struct cluster *cluster_new(struct world *world, size_t node_count);
void cluster_free(struct cluster *cluster);

/*
 * kill|start|end|freeze|thaw|cut|stale|heal|disarm|lag NODE, store away|back. `freeze NODE
 * after-commit` and `cut NODE landed|lost` wait for its next commit: what that has decided has not
 * left yet; its answer does not come, and it is on disk or not. `clock NODE +40s`
 * sets its machine's clock, while `clock +40s` is the store's. Takes words as far as it reads them.
 */
bool cluster_is_verb(const char *verb);
MUST_USE bool cluster_act(struct world *world, const char *verb, struct words *words,
                          struct fault *fault);
/* Does it make sense now? */
bool cluster_has_sense(const struct world *world, const char *verb, const char *node);

/* "b:" is a node that is asked. */
bool cluster_is_prefix(const char *word);
/* A call that comes to that node: it is done now, or later, or repeated by its caller until it is.
 * False with a fault only when what was done is wrong. */
MUST_USE bool cluster_call(struct world *world, const char *prefix, const struct words *words,
                           struct fault *fault);

/* When something happens by itself next; and it happens. */
msec cluster_next_at(const struct world *world);
MUST_USE bool cluster_happen(struct world *world, struct fault *fault);

/* The letter of who is on duty, or was last. */
char cluster_on_duty(const struct world *world);
/* That of who goes on without the store, if somebody does. */
char cluster_in_charge(const struct world *world);
/* Is all in the store that was told to any of them? */
bool cluster_is_settled(const struct world *world);
/* Is all well with all of them? */
bool cluster_is_whole(const struct world *world);

/* For world.c. May the first turn on its way be written? False: it has been seen to, or waits. */
MUST_USE bool cluster_may_land(struct world *world, bool *may_land, struct fault *fault);
/* That turn is on disk, and its senders hear so, or not; or has to do without the disk. */
void cluster_landed(struct world *world, uint64_t turn);
void cluster_left(struct world *world, uint64_t turn);
/* Before a step: appends what the node's diary is to have of it. And when the turn is on its way
 * otherwise: the diary has that, and its senders hear so. */
void cluster_note(struct world *world, const struct event *event, struct text *entry);
void cluster_keep(struct world *world, const struct disk_turn *turn);
/* The node is to freeze now: what it has decided leaves when it wakes, if it may. */
bool cluster_freezes(struct world *world, struct disk_turn *turn);
/* A page whose turn is done with. */
MUST_USE bool cluster_depart(struct world *world, struct disk_send send, struct fault *fault);
/* A page leaves a node with an old memory. */
MUST_USE bool cluster_stray(struct world *world, const struct page *page, struct fault *fault);
/* The clock of the store was set. */
void cluster_clock_set(struct world *world);
/* Who was on duty has died. */
void cluster_died(struct world *world);
