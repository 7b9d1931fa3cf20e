/* SPDX-License-Identifier: MIT */
/*
 * limit.h - how many new problems one key may raise: so many a minute, so many open at once.
 *
 * What is beyond is never refused. It joins one incident of that key and team, "more than 6000 new
 * alerts a minute from X: 412 more; the worst: ...", which pages like any other when it opens and
 * when something worse joins it. It is over when somebody resolves it: pagerd cannot know when all
 * of what is in it is. Repeats of what is open, resolves and notes are never counted.
 *
 * The rate is that of a bucket with source_rule.burst_max places which drains at rate_max a minute
 * of the steady clock. It is empty after a restart.
 */
#pragma once

#include "engine/state.h"

#define LIMIT_TOLD_MAX                                                        \
    20 /* alerts that the timeline of such an incident names; then worse ones \
        */
#define LIMIT_KEY OWN_KEY "overflow/" /* and the team: the dedup key of such an incident */

/* What one key has open and has sent; view_source() shows it. */
struct tally {
    char *name; /* of the key */
    uint64_t open;
    uint64_t rate_met_count; /* alerts that were too many, since start */
    uint64_t open_met_count;
    int64_t drained_at_us; /* steady; when the bucket is empty */
    msec minute_at;        /* steady; of the running minute */
    uint32_t minute_count; /* new problems in it */
    uint32_t before_count; /* and in the one before */
};

/* An incident of that key has become open (1) or is open no more (-1). */
void limit_count(struct engine *engine, const char *integration, int change);

/*
 * Counts one more new problem. True: it is beyond a limit, and `overflow` is the alert to take in
 * its place, made in the arena of the turn. The same uuid and severity, or the one of the overflow
 * incident that is open when that is worse.
 */
bool limit_is_met(struct work *work, const struct alert *alert, struct alert *overflow);

/* Names in the timeline which alert has joined; `incident` is the overflow that has counted it. */
void limit_tell(struct work *work, const struct incident *incident, const struct alert *alert,
                enum severity before);

/* New problems of the last minute, about. */
uint32_t limit_rate(const struct tally *tally, msec steady_at);

void limits_free(struct engine *engine);
