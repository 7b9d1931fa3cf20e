/* SPDX-License-Identifier: MIT */
/*
 * world.h - a real engine in simulated time, on the real rows of the store, with a courier that is
 * data: texts and what answers mean are notify's own.
 *
 * A moment is everything that came out since world_moment() was called: pages handed to the
 * courier, entries, saves. Every step is a turn of its own, as in the daemon: stepped, committed,
 * and only then told and handed over. After every step the engine checks itself, and a witness
 * holds what came out against what was promised.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/engine.h"
#include "scenarios/cluster.h"
#include "scenarios/disk.h"
#include "scenarios/provider.h"
#include "scenarios/setup.h"
#include "scenarios/witness.h"

#define WORLD_PAGES_MAX 4096
#define WORLD_ENTRIES_MAX 16384
#define WORLD_HABITS_MAX 64
#define WORLD_REVOKED_MAX 64
#define WORLD_OUTCOMES_MAX 256

/* A page as it was handed to the courier. */
struct world_page {
    msec at; /* steady */
    uint64_t id;
    uint64_t incident;
    uint16_t attempt;
    enum page_kind kind;
    const char *user;
    const char *channel;
    const char *text;
    bool is_late;
    bool is_repeat;
    bool is_second; /* by the second provider */
    bool is_stray;  /* by a node that was replaced, and does not know it */
    bool is_expected;
};

struct world_entry {
    uint64_t incident;
    const char *event;
    const char *actor;
    const char *text;
};

/* What the courier makes of pages to a user by a channel ("sms", of one provider "sms.1", "*":
 * any).
 */
struct world_habit {
    const char *user;
    const char *channel;
    const char *mode; /* of provider_answer(), or "hangs" */
    msec after_ms;    /* so long after the page was handed over */
};

/* What the courier is yet to say. */
struct world_outcome {
    msec at; /* steady */
    uint64_t page;
    uint16_t attempt;
    bool is_second;
    struct provider_word word;
};

/* Where in the next turn the process dies. */
enum world_crash {
    CRASH_NEVER,
    CRASH_BEFORE_COMMIT, /* nothing of it is on disk */
    CRASH_AFTER_COMMIT,  /* nobody was told, no page has left */
    CRASH_AFTER_SEND,    /* so many of its pages have left */
    CRASH_COUNT
};

struct world {
    struct setup setup;
    struct engine *engine;   /* NULL while it is down */
    struct cluster *cluster; /* NULL: one machine */
    bool is_apart;           /* this is the memory of a node that is not on duty: */
    bool is_old;             /* it was replaced; else it goes on from its mirror */
    bool is_frozen;          /* it does nothing */
    struct disk disk;
    struct witness *witness;
    struct provider *provider;
    const struct policy *policy;
    const struct roster *roster;
    struct now now;
    struct arena *arena; /* of the whole story */
    struct answer answer;
    uint64_t last_incident; /* opened last */
    uint64_t uuid_count;
    struct world_habit habits[WORLD_HABITS_MAX];
    size_t habit_count;
    struct world_outcome outcomes[WORLD_OUTCOMES_MAX];
    size_t outcome_count;
    struct world_outcome last_outcome; /* page 0: none yet */
    enum world_crash crash;            /* armed */
    msec crashed_at;                   /* wall; when it last did */
    bool is_recalled;                  /* the start under way takes the disk for a backup */
    size_t crash_after;                /* CRASH_AFTER_SEND: pages */
    unsigned check_every; /* steps between two checks of the engine by itself; 0: every step */
    unsigned text_every;  /* pages between two whose text is made; 0: every page */
    unsigned step_count;
    /* the moment */
    struct world_page pages[WORLD_PAGES_MAX];
    size_t page_count;
    struct world_entry entries[WORLD_ENTRIES_MAX];
    size_t entry_count;
    uint64_t revoked[WORLD_REVOKED_MAX];
    size_t revoked_count;
    size_t incident_saves;
    uint64_t met[CLUSTER_EVENT_COUNT];
};

MUST_USE bool world_init(struct world *world, struct fault *fault);
void world_clear(struct world *world);

/* Builds policy and roster of the set-up, for the next start of the engine. */
void world_build(struct world *world);

/* Builds them and gives them to the engine. */
MUST_USE bool world_reload(struct world *world, struct fault *fault);

/* Gives those that are built to the engine, if it has others. */
MUST_USE bool world_hear(struct world *world, struct fault *fault);

/* Forgets the moment. */
void world_moment(struct world *world);

/*
 * One event, and the outcomes of the pages that it made. Sets `answer`: to ANSWER_FULL, without a
 * step, when the process is down, or when there is no room on the disk for what comes from outside.
 */
MUST_USE bool world_step(struct world *world, const struct event *event, struct fault *fault);

/* Lets time pass up to `steady_at`, stopping whenever something is due. With `is_before`, what is
 * due at that very instant is left for later. */
MUST_USE bool world_pass(struct world *world, msec steady_at, bool is_before, struct fault *fault);

/* When something happens by itself next; MSEC_NEVER. */
msec world_next_at(struct world *world);

/* For cluster.c: what is due in this memory happens; a page leaves that is still wanted. */
MUST_USE bool world_happen(struct world *world, struct fault *fault);
MUST_USE bool world_depart(struct world *world, struct disk_send send, struct fault *fault);
/* The courier says what became of the pages of the moment from that one on. */
MUST_USE bool world_answer(struct world *world, size_t from, struct fault *fault);

void world_habit(struct world *world, const char *user, const char *channel, const char *mode,
                 msec after_ms);

/* The courier says once more what it said last. */
MUST_USE bool world_repeat_outcome(struct world *world, struct fault *fault);

/* How the disk is from now on. What waited for it is written, or leaves without. */
MUST_USE bool world_disk(struct world *world, enum disk_mode mode, struct fault *fault);

/* Of everything that ever came out, to compare runs. */
uint64_t world_digest(const struct world *world);

/* The process dies; only what was committed is left. And comes back, with what is kept. */
void world_crash(struct world *world);
MUST_USE bool world_restart(struct world *world, struct fault *fault);
/* The same, and what is kept is a backup of when it died. */
MUST_USE bool world_recall(struct world *world, struct fault *fault);
