/* SPDX-License-Identifier: MIT */
/*
 * zone_table.h - the inside of a zone, shared by the files of base/ that fill and ask it.
 *
 * A list of instants at which another type of local time begins. A POSIX rule repeats itself
 * every 400 years, so it is written out for that long behind the transitions of the file, and
 * later instants are mapped back into it: there is one kind of answer, a binary search.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/time.h"

#define ZONE_CYCLE_YEARS 400
#define ZONE_CYCLE_MS (146097 * DAY_MS)
#define ZONE_TYPE_MAX 256
#define ZONE_ABBREVIATION_MAX 16
#define ZONE_OFFSET_MAX_S (26 * 3600)

struct zone_type {
    int32_t offset_s; /* east of UTC */
    char abbreviation[ZONE_ABBREVIATION_MAX];
};

struct zone_change {
    msec at;
    uint32_t type;
};

struct zone {
    char *name;
    struct zone_type *types; /* types[first_type] is in force before the first change */
    size_t type_count;
    uint32_t first_type;
    struct zone_change *changes; /* `at` strictly rises */
    size_t change_count;
    size_t change_room;
    msec cycle_at; /* from here on an instant is asked for 400 years earlier; else MSEC_NEVER */
};

/* Appends a change; one that is not later than the last takes its place in order, and of two at
 * the same instant the one that was added last stays. */
void zone_add_change(struct zone *zone, msec at, uint32_t type);

/* The place of the type, which is added when it is new; ZONE_TYPE_MAX when there are too many. */
uint32_t zone_add_type(struct zone *zone, const struct zone_type *type);

/* Applies a rule such as "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ with the extensions of RFC 8536
 * section 3.3.1) behind the last change of the zone. */
MUST_USE bool zone_add_rule(struct zone *zone, struct span rule, struct fault *fault);
