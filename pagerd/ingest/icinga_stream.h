/* SPDX-License-Identifier: MIT */
/*
 * icinga_stream.h - what Icinga 2 says by its API, as events: the lines of its event stream, and
 * its list of what is not well.
 *
 * Pure. Each becomes what a notification of the same would be (format "icinga"), with the same
 * dedup key, so that both may tell of one problem.
 * https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/#event-streams
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "ingest/ingest.h"

#define ICINGA_PROBLEMS_MAX 50000 /* in one answer */

/* The types that are asked for, as a JSON array. */
#define ICINGA_STREAM_TYPES                                               \
    "[\"StateChange\",\"AcknowledgementSet\",\"AcknowledgementCleared\"," \
    "\"DowntimeStarted\",\"DowntimeRemoved\",\"Flapping\",\"Notification\"]"

enum icinga_word {
    ICINGA_NOTHING,     /* of no concern here: soft states, types of later versions */
    ICINGA_STATE,       /* a hard state: trigger or resolve */
    ICINGA_ACK_SET,     /* `item` has the author */
    ICINGA_ACK_CLEARED, /* and it is still a problem */
    ICINGA_NOTE,
    ICINGA_DOWNTIME_OVER /* a note; and what was silent in it may be a problem now */
};

/* One line. Strings live in the arena. */
struct icinga_line {
    enum icinga_word word;
    bool is_problem;         /* STATE */
    bool is_in_downtime;     /* STATE: Icinga itself would be silent */
    struct ingest_item item; /* but for NOTHING; of ACK_CLEARED the alert only */
};

/* False: it is not a line of the stream; nothing of it can be used. */
MUST_USE bool icinga_line_read(struct arena *arena, const char *integration, struct span line,
                               struct icinga_line *read, struct fault *fault);

/* One object that is not well. */
struct icinga_problem {
    struct ingest_item item; /* a trigger */
    bool is_hard;
    bool is_acked;
    bool is_in_downtime;
};

/* Reads the answer of /v1/objects/hosts or services. False: it is none. */
MUST_USE bool icinga_problems_read(struct arena *arena, const char *integration, struct span body,
                                   struct icinga_problem **problems, size_t *count,
                                   struct fault *fault);
