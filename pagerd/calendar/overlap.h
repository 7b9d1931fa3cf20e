/* SPDX-License-Identifier: MIT */
/*
 * overlap.h - of shifts that lie over each other, who has it when: makes segments of them.
 *
 * Pure. Inside of layers.c; the rules are those of layers.h. n shifts cost n log n, with pages_all
 * up to OVERLAP_DEPTH_MAX times n.
 */
#pragma once

#include "calendar/notes.h"
#include "calendar/people.h"
#include "calendar/shift.h"
#include "engine/roster.h"

#define OVERLAP_PRIORITY_MAX 10 /* of an override; [Ln] is n */
#define OVERLAP_SUMMARY_MAX 200 /* bytes */

/* What one event means; worked out once for all of its shifts. */
struct meaning {
    struct people_answer answer;
    const char *users[SEGMENT_USERS_MAX];
    const char *summary;
    const char *uid;
    const char *rule;
    const char *name;  /* as it should be a user's, where nobody is known by it */
    const char *close; /* who may be meant by it, or NULL */
    int priority;
    bool is_elsewhere;  /* belongs to another layer of the same calendar, or to pagerd's store */
    bool is_long_told;  /* W-LONG was given */
    bool is_crowd_told; /* W-LINE for too many at once was given */
};

/* A shift that counts. */
struct candidate {
    const struct shift *shift;
    struct meaning *meaning;
    size_t before; /* places of neighbours; for overlap.c */
    size_t after;
};

struct overlaps {
    struct arena *arena;
    struct notes *notes; /* gets W-OVERLAP, W-LINE */
    bool pages_all;
    struct candidate *candidates; /* by start; with pages_all they are sorted anew */
    size_t candidate_count;
    struct segment *segments; /* the result, in the arena */
    size_t segment_count;
};

void overlaps_resolve(struct overlaps *overlaps);
