/* SPDX-License-Identifier: MIT */
/*
 * store.h - keeps records on disk: batches in, history out. The same face for every database.
 *
 * Life: store_open, store_load once, then store_submit and store_read from any thread, store_close.
 * A commit thread takes all batches that have come while the last commit was on its way and
 * commits them as one transaction with one fsync (group commit). A conflict concerns one batch;
 * a disk that is full or fails concerns all of the group. A reader thread answers questions on a
 * connection of its own, which never waits for a commit. Order is kept: batches are written, and
 * their `done` called, as they were submitted.
 *
 * Faults of a batch: FAULT_CONFLICT - a precondition did not hold, nothing of the batch was
 * written. FAULT_LIMIT - no room (queue, disk), FAULT_PEER - another program locks the file: a
 * later batch may succeed. FAULT_PEER, too, when a PostgreSQL cannot be reached, or nobody knows
 * whether it has committed: the same batch, submitted again, is then written or not accordingly.
 * Anything else - the disk failed, or another pagerd has taken the database over (FAULT_DENIED):
 * the store is broken for good, every later batch fails too, and only a restart helps.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/record.h"
#include "store/batch.h"

#define STORE_QUEUE_BATCHES_MAX 65536
#define STORE_QUEUE_SIZE_MAX (64 * 1024 * 1024) /* bytes of batches not yet committed */
#define STORE_READS_MAX 256                     /* questions waiting */
#define STORE_RESULT_MAX 1000                   /* incidents or entries in one answer */
#define STORE_TIMELINE_MAX 10000                /* entries, pages and alerts of one incident */
#define STORE_RECENT_MS DAY_MS                  /* resolved since then: still loaded at start */

struct cell;
struct feed_tail;
struct store;

/* Limits of one store, where 0 takes the ..._MAX above, and what its URL does not say. */
struct store_limits {
    size_t queue_batches_max;
    size_t queue_size_max;
    size_t reads_max;
    uint64_t
        file_size_max;  /* bytes of SQLite's file, beyond which the disk counts as full; 0: none */
    const char *folder; /* PostgreSQL: state folder, borrowed for the call; NULL: none */
    const char *password;   /* PostgreSQL: NULL: that of a passfile, or none */
    bool has_nodes;         /* PostgreSQL: others share it, and follow what is written (mirror.h) */
    struct feed_tail *tail; /* PostgreSQL with nodes: what it may have forgotten (feed_tail.h);
                               borrowed until store_close; NULL: nobody knows */
};

/*
 * Opens "sqlite:DIRECTORY" (made when missing, with mode 0700), "postgres:CONNECTION STRING" or
 * "memory:NAME" (tests; without a name it is gone when closed). Brings an older schema up to date.
 * Refused, with nothing changed: a place that another pagerd has open (FAULT_PEER or FAULT_DENIED),
 * a schema newer than this program, a damaged file. FAULT_PEER, too, when a PostgreSQL cannot be
 * reached: later it may. May take 5 s longer than the database when another pagerd was its writer.
 * `limits` may be NULL. The caller owns the store.
 */
MUST_USE bool store_open(const char *url, const struct store_limits *limits, struct store **store,
                         struct fault *fault);

/*
 * Is that the URL of a store? With limits, a PostgreSQL is also asked whether it would let us in
 * and can be trusted, within seconds; nothing is changed in it. `said` gets what the operator
 * should know of it, or nothing.
 */
MUST_USE bool store_check(const char *url, const struct store_limits *limits, struct text *said,
                          struct fault *fault);

/* Commits what was submitted, answers what was asked, then closes; every `done` was called. */
void store_close(struct store *store);
CLEANUP_DEFINE(struct store *, store_close)

/* Who gets the records at start. Each is borrowed for the length of the call. No slot is NULL. */
struct store_loader {
    void *context;
    void (*incident)(void *context, const struct incident *incident);
    void (*alert)(void *context, const struct alert_record *alert);
    void (*page)(void *context, const struct page *page);
    void (*person)(void *context, const struct person *person);
    void (*override)(void *context, const struct override *override);
    void (*silence)(void *context, const struct silence *silence);
    void (*heartbeat)(void *context, const struct heartbeat *heartbeat);
    void (*handoff)(void *context, const struct handoff *handoff);
    void (*swap)(void *context, const struct swap *swap);
    void (*proof)(void *context, const struct proof *proof);
    void (*key)(void *context, const struct key_record *key);
    void (*token)(void *context, const struct token_record *token);
    void (*meta)(void *context, const struct meta_record *meta);
    void (*counter)(void *context, const char *name, int64_t value);
};

/* The highest numbers ever committed; 0: none. */
struct store_maxima {
    uint64_t incident;
    uint64_t alert;
    uint64_t page;
    uint64_t override;
    uint64_t silence;
    uint64_t heartbeat;
    uint64_t swap;
};

/*
 * Streams what a start needs, on the caller's thread, before the first submit: first all meta
 * values by name, for they say how the rest is to be taken; incidents that are open or were
 * resolved within STORE_RECENT_MS before `now` (wall), by number; the alerts of these; pages that
 * are queued or being sent, and those of the same time that were sent or are of unknown outcome;
 * all people; overrides that have neither ended nor passed; silences that are not over, and those
 * of maintenance windows that somebody has ended within SILENCE_MAX_MS; heartbeats that are not
 * removed; what teams hand on; swaps that are open or of shifts that are not past; all keys; tokens
 * that have not expired by `now`, or whose incident is open, for the wall clock may be wrong,
 * revoked ones included; all counters.
 */
MUST_USE bool store_load(struct store *store, msec now, const struct store_loader *loader,
                         struct store_maxima *maxima, struct fault *fault);

/*
 * What became of a batch: `fault` is NULL when it is on disk. Else `failed` is the batch, which is
 * the receiver's now, to submit again or to free. Called on the commit thread: hand it over and
 * return; do not submit from it.
 */
typedef void store_done(void *context, struct batch *failed, const struct fault *fault);

/*
 * Queues the batch and returns at once. True: the store owns the batch, and `done` (may be NULL)
 * will be called once. False: the caller keeps it, `done` is not called; FAULT_LIMIT when the
 * queue is full, else the fault that broke the store.
 */
MUST_USE bool store_submit(struct store *store, struct batch *batch, store_done *done,
                           void *context, struct fault *fault);

#define STORE_CHANGE_KEPT_MS \
    (90 * DAY_MS)               /* change events that are older than the newest by more */
#define STORE_CHANGES_MAX 20000 /* and those beyond the newest ones are forgotten */

enum query_kind {
    QUERY_INCIDENTS, /* newest first: is_all, team, user, since_at, before, limit */
    QUERY_INCIDENT,  /* `number`, with its alerts, entries and pages, oldest first */
    QUERY_AUDIT,     /* entries of no incident, newest first: user, since_at, limit */
    QUERY_ENTRIES,   /* entries of all incidents and none, newest first: user, since_at, limit */
    QUERY_ALERTS,    /* of all incidents, newest first: since_at (last heard of), integration,
                        dedup_key, limit */
    QUERY_COUNT
};

/* A question. Strings are copied by store_read. What is NULL or 0 does not narrow the answer. */
struct query {
    enum query_kind kind;
    bool is_all; /* INCIDENTS: resolved ones too */
    const char *team;
    const char *user; /* INCIDENTS: who acked, resolved, was asked or was paged; entries: actor */
    const char *integration;
    const char *dedup_key;
    const char *event; /* AUDIT, ENTRIES: the name of an entry's event */
    msec since_at;     /* wall: opened, or written, then or later */
    msec until_at;     /* AUDIT, ENTRIES: written before then */
    uint64_t before;   /* numbers below this one */
    uint64_t number;
    size_t limit; /* at most STORE_RESULT_MAX; 0 takes that */
};

/* The answer. Owned by whom `done` gave it to; all that it points to lives in its arena. */
struct result {
    struct fault fault; /* kind FAULT_NONE: answered */
    const struct incident *incidents;
    size_t incident_count; /* QUERY_INCIDENT: 1, or 0 when there is none of that number */
    const struct alert_record *alerts; /* INCIDENT: of that incident, oldest first; ALERTS */
    size_t alert_count;
    const struct entry *entries;
    size_t entry_count;
    const struct page *pages;
    size_t page_count;
    bool is_cut; /* there is more than the limit let through */
    struct arena *arena;
};

void result_free(struct result *result);
CLEANUP_DEFINE(struct result *, result_free)

/* Called on the reader thread; the result is the receiver's to free. */
typedef void store_answer(void *context, struct result *result);

/* Queues the question. False: `answer` is not called; FAULT_LIMIT when too many are waiting. A
 * read sees every batch whose `done` was called before it was asked. */
MUST_USE bool store_read(struct store *store, const struct query *query, store_answer *answer,
                         void *context, struct fault *fault);

/* Who takes all that a store holds. A row is borrowed for the length of the call, as its table says
 * (rows.h). False ends the walk, with the taker's fault. No slot is NULL. */
struct store_taker {
    void *context;
    bool (*row)(void *context, enum record_kind kind, const struct cell *cells,
                struct fault *fault);
    bool (*counter)(void *context, const char *name, int64_t value, struct fault *fault);
};

/*
 * Gives every row of every table and then all counters, as they were at one moment, while commits
 * go on: kind after kind, entries in the order in which they were written, all else by id. On the
 * caller's thread, which may take its time; not on two threads at once.
 */
MUST_USE bool store_dump(struct store *store, const struct store_taker *taker, struct fault *fault);

/* How the store is; any thread. */
struct store_health {
    bool is_broken;
    bool is_full;        /* the last commit found no room */
    bool is_replaced;    /* another pagerd writes to the database now, and this one never again */
    bool is_away;        /* the database does not answer, as of the last commit or of its beat */
    size_t queue_count;  /* batches not yet committed */
    size_t queue_size;   /* their bytes */
    size_t read_count;   /* questions waiting */
    uint64_t commits;    /* transactions since start */
    uint64_t answers;    /* of the disk since start: commits that ended, well or not */
    uint64_t batches;    /* committed since start */
    uint64_t rows;       /* written since start */
    uint64_t conflicts;  /* batches refused by a precondition since start */
    msec last_commit_at; /* wall; 0 before the first */
    msec last_commit_ms; /* how long it took */
    msec worst_commit_ms;
    uint64_t file_size; /* bytes of the database, and of its log */
    uint64_t log_size;
    msec confirmed_ms;  /* since a database that several share has confirmed last that this pagerd
                           writes; 0: nobody else can */
    bool is_taken_over; /* from another pagerd, which did not leave it in good order */
    char problem[FAULT_TEXT_MAX]; /* why it is broken, full or away; else "" */
    char warning[FAULT_TEXT_MAX]; /* what the operator has to mend, though it works; else "" */
};
void store_health(struct store *store, struct store_health *health);
/* That of store_health() alone: without a look at the disk. */
uint64_t store_answers(struct store *store);
