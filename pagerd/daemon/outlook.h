/* SPDX-License-Identifier: MIT */
/*
 * outlook.h - what the rotations of the next 14 days lack, as plain data: gaps of every team and
 * role within its coverage, and clashes. Made by the look ahead; strings are its own, so that it
 * outlives policy and roster.
 */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "base/zone.h"
#include "engine/policy.h"
#include "engine/roster.h"

#define OUTLOOK_MS (14 * DAY_MS)       /* gaps that begin within this are looked for, */
#define OUTLOOK_REACH_MS (28 * DAY_MS) /* and their ends within this */
#define OUTLOOK_GAPS_MAX 20000         /* listed; counted are all */
#define OUTLOOK_TOLD_MAX 5             /* in one message */
#define OUTLOOK_NEAR_MS (3 * DAY_MS)   /* a gap that begins within this is a problem */

struct language;
struct outlook_gap {
    const char *team;
    enum role role;
    msec start_at;
    msec end_at; /* MSEC_NEVER: not within OUTLOOK_REACH_MS */
    bool is_declared;
    const char *why;
};

/* One role of one team. */
struct outlook_row {
    const char *team;
    enum role role;
    msec gap_ms;  /* undeclared, of the next OUTLOOK_MS */
    msec next_at; /* the first such gap; MSEC_NEVER: none */
};

struct outlook_clash {
    const char *code;
    const char *user;
    const char *teams[2]; /* the second may be NULL */
    enum role role;       /* in the first team */
    bool is_away;
    msec start_at;
    msec end_at;
    const char *text;
};

struct outlook {
    struct arena *arena;      /* has all strings and the clashes */
    msec at;                  /* wall; when it was looked */
    struct outlook_gap *gaps; /* by team, role, start */
    size_t gap_count;
    size_t gap_room;
    struct outlook_row *rows;
    size_t row_count;
    size_t row_room;
    struct outlook_clash *clashes;
    size_t clash_count;
    bool is_cut;
};

struct outlook *outlook_new(msec at);
void outlook_free(struct outlook *outlook);

/* An override made in pagerd. */
struct outlook_fill {
    const char *team;
    enum role role;
    msec start_at;
    msec end_at;
};

/* Adds the gaps of a team's roles. */
void outlook_add_team(struct outlook *outlook, const struct team *team, const struct roster *roster,
                      const struct outlook_fill *fills, size_t fill_count);
void outlook_add_clashes(struct outlook *outlook, const struct policy *policy,
                         const struct roster *roster);

/* "gaps" and "clashes" of GET /v1/calendars, into the open object. */
void outlook_status(const struct outlook *outlook, struct json_writer *writer);
void outlook_metrics(const struct outlook *outlook, msec now, struct text *text);
/* A line for each gap that is near; returns how many there are. */
size_t outlook_problems(const struct outlook *outlook, const struct policy *policy, msec now,
                        struct json_writer *writer);

/* Appends "GAP ops secondary Tue 1 Dec 21:00 - Wed 2 Dec 01:00 CET (4 h)", without an end. */
void outlook_gap_render(struct text *text, const struct outlook_gap *gap, const struct zone *zone,
                        msec now);
/* Appends the same with how to fill it, as a sentence or two. */
void outlook_gap_advise(struct text *text, const struct language *language,
                        const struct outlook_gap *gap, const struct zone *zone, msec now);
