/* SPDX-License-Identifier: MIT */
/*
 * happened.h - what a team was paged for in the last days, in short, for who comes next.
 *
 * Kept in the team's handoff record, for the engine forgets an incident a day after its end. Of
 * teams that are told of their shifts only.
 */
#pragma once

#include "base/text.h"
#include "engine/state.h"

#define HAPPENED_KEEP_MS (7 * DAY_MS)
#define HAPPENED_LINES_MAX 12

/* Somebody is paged for it: it is remembered, once. */
void happened_paged(struct work *work, const struct incident *incident, const struct user *user);
/* It is over. */
void happened_ended(struct work *work, const struct incident *incident);

/* How many of the last week, and how many of these at night. */
struct happened_count {
    size_t all;
    size_t night;
    bool is_more; /* HANDOFF_PAST_MAX was met: there were more */
};
struct happened_count happened_count(const struct handoff *handoff, msec now_at);

/* "7 pages, 2 at night" */
void happened_add_count(struct text *text, const struct language *language,
                        struct happened_count count);
/* One line each, newest first, at most HAPPENED_LINES_MAX of them. */
void happened_add_lines(struct text *text, const struct language *language,
                        const struct handoff *handoff, const struct zone *zone, msec now_at,
                        bool is_private);
