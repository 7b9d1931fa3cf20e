/* SPDX-License-Identifier: MIT */
/* cluster_parts.h - what the files of the cluster share. */
#pragma once

#include "daemon/away_rules.h"
#include "daemon/clock.h"
#include "daemon/departures.h"
#include "scenarios/cluster.h"
#include "scenarios/ledger.h"
#include "scenarios/world.h"

#define CLUSTER_CALLS_MAX 64

enum node_mode {
    NODE_STANDS_BY,
    NODE_ON_DUTY, /* or it thinks so */
    NODE_ACTS,    /* from its mirror: the store is away, and it sees nobody in charge */
    NODE_DEAD
};

/* A copy of the store on a node's own disk, as of when it did not follow any more. */
struct mirror {
    void *backend;
    msec ahead_ms;
    struct clock_mark mark; /* of its last commit */
    struct witness *witness;
    bool has_past; /* the node has gone on from it: what it was told then is in it */
};

/* What a node that was replaced has in memory, or one that goes on from its mirror. */
struct old_memory {
    struct engine *engine;
    struct disk_turn *first;
    struct disk_turn **last;
    enum disk_mode mode;
    struct world_outcome outcomes[WORLD_OUTCOMES_MAX];
    size_t outcome_count;
    struct world_outcome last_outcome;
    struct mirror *mirror; /* NULL: of who was replaced; borrowed from the node */
};

/* What a node was told while the store was away, on its own disk. */
struct diary {
    char **entries; /* oldest first */
    size_t count;
    size_t left; /* of these: by an earlier life, or an earlier time */
};

struct node {
    struct cluster *cluster;
    enum node_mode mode;
    bool is_frozen;
    bool is_cut;
    bool is_stale;            /* what it reaches is an old primary */
    bool is_waking;           /* it has not heard of the store since it woke */
    bool is_hurried;          /* its store takes nothing, and what waited has gone */
    struct clock clock;       /* by how much the store's is ahead, as it knows */
    msec off_ms;              /* of its machine's clock */
    uint64_t epoch;           /* it writes with */
    msec lost_at;             /* steady; since when it is frozen or does not reach the store */
    msec able_at;             /* since when it watches who is on duty; MSEC_NEVER: it cannot */
    msec away_at;             /* when its commits are given up; MSEC_NEVER */
    msec hurry_at;            /* MSEC_NEVER */
    msec look_at;             /* at what waits to leave; MSEC_NEVER */
    struct disk_send *unsent; /* it froze between commit and departure */
    size_t unsent_count;
    struct departures *departures;
    struct old_memory *memory; /* NULL: the world has it, or there is none */
    enum away_mode away;
    msec away_since_at;
    bool has_jumped;
    bool is_own;           /* it is on duty, and has stepped its diary */
    msec gone_at;          /* since when the store is not there; MSEC_NEVER: it is */
    msec there_at;         /* the other way round */
    msec merge_at;         /* it does not hand in before; then once a second */
    struct mirror *mirror; /* NULL: it follows the store, or cannot have one */
    bool is_lagging;       /* it could follow, and is behind */
    struct diary diary;
};

enum call_state {
    CALL_NONE,
    CALL_WAITS,  /* in the store, for who is on duty */
    CALL_FLIES,  /* done, and its turn is on its way */
    CALL_REPEATS /* it was refused: its caller tries another node */
};

struct cluster_call {
    enum call_state state;
    uint64_t order;
    size_t node; /* that was asked */
    bool is_handed_over;
    bool is_orphan; /* nobody waits for it any more */
    uint64_t turn;
    msec at; /* when it is given up, or repeated */
    unsigned tries;
    struct words *words;
};

enum cluster_trap { TRAP_NONE, TRAP_FREEZE, TRAP_LANDED, TRAP_LOST };

struct cluster {
    struct world *world;
    struct node nodes[CLUSTER_NODES_MAX];
    size_t count;
    size_t duty;    /* who is on duty, or was last */
    size_t acting;  /* whose memory the world has at this moment */
    uint64_t epoch; /* in the store */
    msec beat_at;   /* when who is on duty was heard of last; MSEC_NEVER: it is all the time */
    bool is_free;   /* it has left in good order */
    bool is_away;   /* the store, for all */
    enum cluster_trap trap; /* for the next commit of `trapped` */
    size_t trapped;
    struct cluster_call calls[CLUSTER_CALLS_MAX];
    uint64_t call_order;
    struct clock_mark mark; /* of the last commit */
    bool is_clock_set;      /* the store's, since that */
    uint64_t landed;        /* the last turn that is on disk, as nobody knew */
    struct ledger *ledger;
    bool is_recalling;   /* what a diary has is told, and need not be kept again */
    struct fault *fault; /* of a page that leaves */
    bool is_wrong;
};

void cluster_meet(struct cluster *cluster, enum cluster_event event);
/* Awake, on duty by the store's own word, and reaches it. */
bool node_is_well(const struct cluster *cluster, size_t index);
bool node_reaches(const struct cluster *cluster, size_t index);

/* After each change of a node or a link. */
void cluster_look(struct cluster *cluster);
/* As after a start, but for the mode. */
void node_begin(struct node *node);
/* Its loop looks what may leave. */
MUST_USE bool node_tick(struct cluster *cluster, struct node *node, struct fault *fault);
/* It hears that another one is on duty, and stands by. */
void node_replaced(struct cluster *cluster, size_t index);
/* It can do something, and is or was on duty: it goes on, or hears that it is not. */
MUST_USE bool node_resume(struct cluster *cluster, size_t index, struct fault *fault);
/* Somebody with a memory of its own does something; and has done it. */
void node_enter(struct cluster *cluster, size_t index);
void node_leave(struct cluster *cluster, size_t index);
void memory_drop(struct node *node);

/* cluster_memory.c: an empty one; the world has that one instead, and the other way round */
struct old_memory *memory_blank(struct mirror *mirror);
void memory_swap(struct world *world, struct old_memory *memory);
struct mirror *mirror_take(const struct cluster *cluster);
void mirror_free(struct mirror *mirror);

/* cluster_away.c: while the store is away. After each change of a node or a link */
void away_look(struct cluster *cluster);
/* From now on its mirror does not follow, until it cannot. */
void away_lag(struct cluster *cluster, struct node *node);
/* The one that is best in charge, as that node hears; CHARGE_NONE: nobody. */
enum charge away_find_charge(const struct cluster *cluster, size_t self, size_t *found);
/* By itself: it goes on from its mirror, makes room for another one, hands in what it has. */
msec away_next_at(const struct cluster *cluster, size_t index);
MUST_USE bool away_happen(struct cluster *cluster, size_t index, struct fault *fault);
/* It was on duty when the store went, and goes on; and has the store again, which has it all. */
MUST_USE bool away_begin(struct cluster *cluster, struct node *node, struct fault *fault);
MUST_USE bool away_end(struct cluster *cluster, struct node *node, struct fault *fault);
/* A life of it is over; what it has on its disk stays. */
void away_died(struct node *node);
/* It takes over, and steps its own diary: what is known at `then`, the rest now. */
MUST_USE bool away_tell_own(struct cluster *cluster, size_t index, struct now then,
                            struct fault *fault);
void away_free(struct node *node);

/* cluster_clock.c: each commit says when it was; 18: durations run on where they were, whatever the
 * clocks of machines say; one is set */
void clock_note(struct cluster *cluster, struct node *node);
struct clock_mark clock_here(const struct cluster *cluster, const struct node *node);
MUST_USE bool clock_goes_on(struct cluster *cluster, struct node *node, struct fault *fault);
MUST_USE bool clock_set(struct cluster *cluster, size_t index, const char *by, struct fault *fault);

/* cluster_calls.c: time; somebody is on duty; a node is gone; the turns of a node are lost */
msec calls_next_at(const struct cluster *cluster);
MUST_USE bool calls_happen(struct cluster *cluster, struct fault *fault);
MUST_USE bool calls_serve(struct cluster *cluster, bool is_next, struct fault *fault);
void calls_lose(struct cluster *cluster, size_t node);
void calls_replaced(struct cluster *cluster);
void calls_landed(struct cluster *cluster, uint64_t turn, bool is_known);
void calls_left(struct cluster *cluster, uint64_t turn);
void calls_free(struct cluster *cluster);
