/* SPDX-License-Identifier: MIT */
/*
 * sim.h - one simulated life: a house, the actors in it, and the script that they write by living.
 *
 * Actors make plans; a plan that is due says a clause, which happens at once and is taken down. All
 * chance comes from the seed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/chance.h"
#include "sim/houses.h"
#include "sim/run.h"

#define SIM_PLANS_MAX 512
#define SIM_HABITS_MAX 24
#define SIM_SETTLE_MS (4 * HOUR_MS) /* how long it is quiet at the end */

/* What campaigns add up. */
enum figure {
    FIGURE_SECONDS, /* simulated; told as hours */
    FIGURE_SEEDS,
    FIGURE_CLAUSES,
    FIGURE_ALERTS,
    FIGURE_PAGES,
    FIGURE_ACKS,
    FIGURE_CRASHES,
    FIGURE_CLOCK_STEPS,
    FIGURE_DISK_FAULTS,
    FIGURE_PROVIDER_FAULTS,
    FIGURE_RELOADS,
    FIGURE_DST_SEEDS,
    FIGURE_NODES_SEEDS,
    FIGURE_TAKEOVERS,
    FIGURE_STRAYS,
    FIGURE_STEPS,
    FIGURE_COUNT
};
extern const char *const figure_names[FIGURE_COUNT];

struct figures {
    uint64_t values[FIGURE_COUNT];
    struct rules_met met;
};

struct sim;
struct plan;
typedef void plan_act(struct sim *sim, const struct plan *plan);

/* Something that somebody will do. Plain data; what it needs to know is in it. */
struct plan {
    msec at; /* steady */
    uint64_t order;
    plan_act *act;
    const char *who;
    const char *what;
    uint64_t number; /* of an incident, or a counter */
    bool is_outside; /* can happen while pagerd is down; others wait until it is back */
};

/* What the providers are really like: the courier's word and the truth may differ. */
struct habit {
    const char *user;
    const char *channel;
    const char *mode;
    msec after_ms; /* when it says so */
    bool is_lie;   /* says delivered, and nothing arrives */
};

struct sim {
    struct run run;
    struct chance chance;
    struct house house;
    struct arena *arena;
    struct script *script; /* written as it goes */
    FILE *tee;             /* the same, for who looks on from outside; or NULL */
    struct plan plans[SIM_PLANS_MAX];
    size_t plan_count;
    uint64_t plan_order;
    struct habit habits[SIM_HABITS_MAX];
    size_t habit_count;
    size_t node_count; /* 0: one machine */
    bool has_links;    /* they hear each other */
    msec quiet_at;
    msec clock_off_ms; /* by how much the wall clock was set in all */
    uint64_t swaps_made;
    uint64_t overrides_made;
    uint64_t silences_made;
    uint64_t heartbeats_made;
    bool is_restart_planned;
    unsigned starts;          /* after crashes */
    unsigned repairs_planned; /* of nodes: machines.c */
    bool is_refused;          /* the last clause was: there was no room on the disk */
    struct figures figures;
    struct fault *fault;
    bool is_broken;
};

/* What a seed is: the same numbers and hours are the same life. */
struct seed {
    uint64_t base;
    uint64_t point;
    msec hours;
    uint64_t nodes; /* of pagerd in every life; 0: one, and several in each fourth life */
};

/*
 * Lives it. `script` (empty, on `arena`) is what was lived; with a fault, up to there. Adds to
 * `figures`; `digest` is of everything that came out.
 */
MUST_USE bool sim_live(struct seed seed, const struct atlas *atlas, run_watch *watch, FILE *tee,
                       struct arena *arena, struct script *script, struct figures *figures,
                       uint64_t *digest, struct fault *fault);

/* For actors. A clause that makes no sense now is dropped; sim_say() says whether it happened. */
bool sim_say(struct sim *sim, const char *format, ...) PRINTF_LIKE(2, 3);
void sim_plan(struct sim *sim, msec in_ms, struct plan plan);
/* The same plan once more, when it was refused for want of room. */
void sim_again(struct sim *sim, const struct plan *plan);
/* The span from now to a new thing, anywhere before the quiet; and to one that is most often right
 * after something that is planned: trouble is worth most in the middle of an incident. */
msec sim_sometime(struct sim *sim);
msec sim_sometime_near(struct sim *sim);
bool sim_is_up(const struct sim *sim);
/* Whose pages by a channel get there at this moment. */
bool sim_arrives(struct sim *sim, const char *user, const char *channel, bool is_second);
