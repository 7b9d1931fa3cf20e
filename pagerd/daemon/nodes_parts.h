/* SPDX-License-Identifier: MIT */
/* nodes_parts.h - what the files of the nodes share; all of it belongs to the loop's thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "daemon/nodes.h"
#include "daemon/peers_wire.h"
#include "daemon/spare.h"
#include "store/batch.h"
#include "store/feed_tail.h"

struct answered;
struct call;
struct handing;
struct mirror;
struct nodes_watch;
struct peers;
struct recent;
struct recent_item;
struct relay;
struct store;

/* A call of this node's own server that somebody else runs. */
struct waiting {
    uint64_t id;
    struct call *call;
    msec until_at;             /* tick */
    char peer[WIRE_NAME_SIZE]; /* that it was handed to by its link; "": it is the relay's */
    bool is_final;             /* should a link break over it, nobody else is asked */
};

/* A call of any node that this one runs. */
struct running {
    struct nodes *nodes;
    struct call *call;
    bool is_answered; /* in the batch of the turn that has what it did */
    bool is_recalled; /* it was answered in an earlier life of the cluster: nobody waits */
    char *peer;       /* that has asked by its link; NULL: it is the relay's */
};

/* A try to be on duty, in the worker. */
struct attempt {
    char *url;
    char *password;
    char *folder;
    struct feed_tail *tail;
    struct store *store;
    struct fault fault;
    bool is_under_way;
    bool is_good;
};

struct nodes {
    struct daemon *daemon;
    struct relay *relay;
    struct mirror *mirror;
    struct feed_tail *tail;            /* what a failover may forget */
    struct feed_tail_counts forgotten; /* as last told */
    struct peers *peers;               /* NULL: there are no links */
    struct nodes_watch *watch;
    msec told_at;              /* tick; what beats say */
    struct map *waiting;       /* id -> struct waiting */
    struct map *running;       /* id -> struct running */
    struct answered *answered; /* of those that it has run */
    msec ticked_at;            /* tick; a gap before now: this process was frozen */
    msec woke_at;       /* tick; since when it is not sure that it is still on duty; 0: it is */
    struct call **held; /* until then */
    size_t held_count;
    bool is_serving;
    bool has_keys;   /* it has been told of them once */
    bool knows_keys; /* as the server was last told */
    bool acts;       /* goes on from its mirror */
    bool has_tried;  /* as it acts: to be on duty, */
    bool has_held;   /* and could be; it has let go, to begin anew as that */
    bool has_past;   /* it has before, from the same: what it was told then is in it */
    msec gone_at;    /* tick; since when the database is not there; 0: it is */
    msec there_at;   /* the other way round */
    msec opened_at;  /* tick; since when it stands by */
    msec charged_at; /* tick; when a peer was last in charge without the database; 0: none is */
    struct attempt attempt;
    struct recent *recent;
    uint64_t by_link;            /* calls handed over, in this life */
    uint64_t by_database;        /* those that a link broke over, too */
    char charge[WIRE_NAME_SIZE]; /* the linked node that was on duty, as last looked; "" */
    bool has_listeners;          /* others are linked, as last looked */
    struct map *copying;         /* id -> struct copying, of nodes_spare.c */
    uint64_t copied;             /* entries of the journal, in this life */
    uint64_t uncopied;
    struct spare *spare;      /* NULL: there are no links, or it cannot be opened */
    msec spare_opened_at;     /* tick; when it was tried */
    msec spare_looked_at;     /* tick */
    struct handing *handing;  /* of copies, or NULL */
    struct spare_copy handed; /* the last one of them */
};

/* What comes from the relay's thread, for the loop. */
struct parcel {
    uint64_t id;
    char *node;
    struct text bytes;
    struct arena *arena;
    struct key_record *keys;
    size_t key_count;
    bool is_by_link;
};

/* ---- nodes_recent.c: what may not be in the mirror yet ---- */

/* Called on the thread of the peers. */
void nodes_peers_told(void *context, uint64_t id, const char *node, struct span news);

/* A call that was handed over has its answer. */
void nodes_keep_call(struct nodes *nodes, const struct waiting *waiting);

/* What the mirror has goes. */
void nodes_recent_tick(struct nodes *nodes);

/* ---- nodes_spare.c: what is told without the database is on two machines ---- */

/* Where there are links. What is wrong is logged, and tried again. */
void nodes_open_spare(struct nodes *nodes);

/* Called on the thread of the peers. */
void nodes_peers_copied(void *context, uint64_t id, const char *node, struct span copy);

/* A copy of that number is on the peer's disk, or will not be. False: nobody waits for it. */
bool nodes_copy_end(struct nodes *nodes, uint64_t id, bool is_kept);

/* When the first copy is overdue, a tick or MSEC_NEVER; and what waits for it goes on. What other
 * nodes do not come back for is handed in. */
msec nodes_copies_due(const struct nodes *nodes);
void nodes_spare_tick(struct nodes *nodes);
void nodes_copies_free(struct nodes *nodes);

void nodes_spare_metrics(const struct nodes *nodes, struct text *text);

struct parcel *parcel_new(uint64_t id, const char *node, struct span bytes);
void parcel_free(struct parcel *parcel);

/* ---- nodes_away.c: while the database is away ---- */

/* Looks whether it is there. */
void nodes_look(struct nodes *nodes);

/* Is nobody in charge, and can this node be, from its mirror? */
bool nodes_may_act(const struct nodes *nodes);

/* Tries to be on duty, in the worker; its end is in nodes->attempt. */
void nodes_try(struct nodes *nodes);

/* Is the database, when it is back, another node's first? */
bool nodes_leave_it(struct nodes *nodes);

/* Opens the mirror as the store of the daemon. */
MUST_USE bool nodes_open_mirror(struct nodes *nodes, struct fault *fault);

/* ---- nodes_calls.c: calls handed to others, and run for them ---- */

/* Called on the threads of the relay and the peers, with the nodes as their context. */
void nodes_relay_answered(void *context, uint64_t id, struct span answer);
void nodes_relay_asked(void *context, uint64_t id, const char *node, struct span call);
void nodes_peers_failed(void *context, uint64_t id, const char *why);
void nodes_peers_asked(void *context, uint64_t id, const char *node, struct span call);

/* A number for a call, or a copy. */
uint64_t nodes_new_id(void);

/* Runs a call of recent.h again; false: it cannot be read. */
MUST_USE bool nodes_run_again(struct nodes *nodes, const struct recent_item *item,
                              struct fault *fault);

/* When the first answer is overdue, a tick or MSEC_NEVER; and whoever waits for such is told. */
msec nodes_calls_due(const struct nodes *nodes);
void nodes_calls_tick(struct nodes *nodes);

/* Does the database answer, and is somebody on duty there? */
bool nodes_relay_is_of_use(const struct nodes *nodes);

/* Calls that were held run once this node is sure, or has waited for long enough. */
void nodes_held_tick(struct nodes *nodes);
void nodes_held_give_up(struct nodes *nodes, const struct fault *why);

/* What was not run to its end when this node ends: somebody else does it. */
void nodes_running_free(struct nodes *nodes);
