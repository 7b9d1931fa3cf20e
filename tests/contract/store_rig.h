/* SPDX-License-Identifier: MIT */
/*
 * store_rig.h - an open store of one backend in a folder of its own, and calls that wait.
 *
 * Each case gets a fresh rig by rig_set_up; ON_ALL lists a case once per backend. Those on
 * PostgreSQL run alone, when PAGERD_TEST_POSTGRES is the connection string of one: each in a schema
 * of its own.
 */
#pragma once

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "store/backend.h"
#include "store/store.h"

#define SAMPLE_NOW ((msec)1790000000000)

struct rig {
    const char *scheme;
    char directory[64];
    char url[256];
    char name[32]; /* of a memory store */
    struct store *store;
    struct arena *arena; /* for what was loaded; freed with the rig */
};

/* What store_load gave, copied. */
struct loaded {
    struct incident *incidents;
    struct alert_record *alerts;
    struct page *pages;
    struct person *persons;
    struct override *overrides;
    struct silence *silences;
    struct heartbeat *heartbeats;
    struct handoff *handoffs;
    struct swap *swaps;
    struct proof *proofs;
    struct key_record *keys;
    struct token_record *tokens;
    struct meta_record *metas;
    struct meta_record *counters; /* value as text */
    size_t counts[RECORD_COUNT];
    size_t rooms[RECORD_COUNT];
    size_t counter_count;
    size_t counter_room;
    struct store_maxima maxima;
    struct rig *rig;
};

int rig_set_up_sqlite(void **state);
int rig_set_up_memory(void **state);
int rig_set_up_postgres(void **state);
int rig_tear_down(void **state);

/* Before the cases of a program: only those on PostgreSQL where there is one, else all others. */
void rig_choose(void);

/* Runs SQL beside the store, in its schema; the first value of the answer, or "". */
void rig_sql(struct rig *rig, const char *sql, char *value, size_t room);

void rig_open(struct rig *rig, const struct store_limits *limits);
void rig_close(struct rig *rig);

/* Closes, opens again, loads; the store stays open. */
struct loaded *rig_reload(struct rig *rig, msec now);
struct loaded *rig_load(struct rig *rig, msec now);

/* Submits and waits. Gives what became of the batch; FAULT_NONE when it is on disk. */
struct fault rig_commit(struct rig *rig, struct batch *batch);
void rig_must_commit(struct rig *rig, struct batch *batch);

/* Asks and waits. The caller frees the result; it must not carry a fault. */
struct result *rig_ask(struct rig *rig, const struct query *query);

/* A door that a callback waits at, so that a test decides when a thread goes on. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool is_open;
    unsigned waiting; /* callbacks that stand at it or went through */
};

void gate_init(struct gate *gate);
void gate_clear(struct gate *gate);
void gate_open(struct gate *gate);
void gate_await(struct gate *gate, unsigned count); /* until so many came */
void gate_done(void *gate, struct batch *failed,
               const struct fault *fault); /* a store_done that stops at the gate */

#define ON_SQLITE(test)                                                 \
    {                                                                   \
#test " (sqlite)", test, rig_set_up_sqlite, rig_tear_down, NULL \
    }
#define ON_MEMORY(test)                                                 \
    {                                                                   \
#test " (memory)", test, rig_set_up_memory, rig_tear_down, NULL \
    }
#define ON_POSTGRES(test)                                                   \
    {                                                                       \
#test " (postgres)", test, rig_set_up_postgres, rig_tear_down, NULL \
    }
#define ON_ALL(test) ON_SQLITE(test), ON_MEMORY(test), ON_POSTGRES(test)
