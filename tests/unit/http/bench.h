/* SPDX-License-Identifier: MIT */
/*
 * bench.h - a small house for tests: the real engine with one team, everything else in memory.
 *
 * Calls are made by hand and go the whole way of a request but for the wire.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/json.h"
#include "base/map.h"
#include "engine/engine.h"
#include "http/auth.h"
#include "http/house.h"
#include "http/request.h"

#define BENCH_KEYS_MAX 16
#define BENCH_LETTERS_MAX 8
#define BENCH_LINK "0123456789abcdefghjk" /* of ann, for the bench's first incident */

struct bench {
    struct house house;
    const char *ignored;     /* why the last alert that was ignored is */
    size_t unreadable_count; /* bodies, and alerts in them */
    struct engine *engine;
    struct arena *arena;
    struct arena *turn;
    struct effects *effects;
    struct zone *zone;
    struct policy *policy;
    struct now now;
    struct identities *identities;
    struct credential keys[BENCH_KEYS_MAX];
    size_t key_count;
    struct guard guard;
    struct ack_token link;
    bool has_link;
    struct inbox_letter letters[BENCH_LETTERS_MAX];
    size_t letter_count;
    unsigned char said[HASH_SIZE]; /* by monitoring, last, and by which node it came */
    char said_by[16];
    const char *node;       /* that takes what is sent */
    struct call *shipped;   /* calls that were run for another node */
    size_t step_count;      /* events that reached the engine */
    struct event last;      /* of them */
    char history_said[256]; /* of the last handed-over call */
    bool is_unready;
    bool is_full;
    struct feed_request feed; /* the last one; its hash is void */
};

/* Sunday 22 November 2026, 02:00 UTC = 03:00 at +01:00. */
struct bench *bench_new(void);
void bench_free(struct bench *bench);

/* Lets time pass on both clocks, and what is due happen. */
void bench_wait(struct bench *bench, msec duration_ms);
/* An integration's trigger; returns the number. */
uint64_t bench_alert(struct bench *bench, const char *key, const char *summary);

#define ANN_TOKEN "pgu_annannannannannannannannann1"
#define BOB_TOKEN "pgu_bobbobbobbobbobbobbobbobbob1"
#define PROM_KEY "pgk_prompromprompromprompromprom"

/* A request before it is sent. */
struct request {
    const char *method;
    const char *path;          /* with ?name=value&... without any escapes */
    const char *token;         /* Bearer; NULL: none */
    const char *authorization; /* instead of token */
    const char *body;
    const char *content_type; /* NULL: not sent */
    const char *origin;
    const char *fetch_site;
    const char *host;
    const char *if_none_match;
    const char *address; /* NULL: 192.0.2.1 */
    bool is_local;
    uint32_t uid;
};

/* The answered call; the caller frees it. */
struct call *bench_send(struct bench *bench, const struct request *request);
/* Its answer parsed, in the call's arena; fails the test when it is not JSON. */
const struct json *answer_json(struct call *call);
/* "error": {"code"} */
const char *answer_code(struct call *call);
