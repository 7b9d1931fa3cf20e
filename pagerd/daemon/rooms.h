/* SPDX-License-Identifier: MIT */
/*
 * rooms.h - shows the incidents of a team in its chat rooms: one message each, edited in place,
 * what happens in its thread; and takes what people press and write there.
 *
 * What a room is to show follows from the incident's state alone, and what it shows is in the book,
 * in the store: so it does not matter where pagerd died, and of changes that come faster than a
 * room may be told of them the latest counts. A room is told after the commit, by the courier, one
 * request at a time; what cannot be told now is tried again. Nobody waits for a room: it wakes
 * nobody and is no step of an escalation.
 *
 * A press counts if its service has proved to be itself, the message is the one that this pagerd
 * shows for that incident in that room, and who pressed is one person of the configuration. What it
 * does then is for replies.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define ROOMS_ITEMS_MAX 5000 /* incidents that are shown, each room counted */
#define ROOMS_SAVE_MS 250    /* the book is written that often, at most */
#define ROOMS_RETRY_MS (2 * SECOND_MS)
#define ROOMS_RETRY_MAX_MS (5 * MINUTE_MS)
#define ROOMS_TELL_MS (10 * MINUTE_MS) /* failing that long, the manager is told */
#define ROOMS_ANEW_MAX 3       /* messages that were deleted there and are posted once more */
#define ROOMS_WHISPERS_MAX 100 /* answers to presses that are to be sent */
#define ROOMS_SEEN_MAX 1024    /* presses that are remembered, so that none counts twice */
#define ROOMS_META "rooms"

struct callback;
struct channel;
struct daemon;
struct incident;
struct news;
struct rooms;

struct rooms *rooms_new(struct daemon *daemon);
void rooms_free(struct rooms *rooms);

/* The book, as the store has it. */
void rooms_restore(struct rooms *rooms, const char *value);
/* The past is there, or the configuration is new: looks at all incidents. */
void rooms_open(struct rooms *rooms);

/* Is there a room that shows it, or should? */
bool rooms_concern(const struct rooms *rooms, const struct incident *incident);
/* An incident was changed, and that is on disk. */
void rooms_stir(struct rooms *rooms, uint64_t number);

/* A press or a command, that its service has proved to be its own; within the turn under way.
 * `answer` gets what its writer is told by the answer to the callback. False: nothing could be
 * kept, and the answer says so. */
bool rooms_take(struct rooms *rooms, const struct channel *channel, const struct callback *callback,
                const struct news *news, struct text *answer);

/* pagerd ends: the book goes with the last turn. */
void rooms_close(struct rooms *rooms);

msec rooms_next_due(const struct rooms *rooms); /* milliseconds */
void rooms_tick(struct rooms *rooms);

/* Appends one line per room that cannot be told. */
void rooms_problems(const struct rooms *rooms, struct json_writer *writer);
void rooms_metrics(const struct rooms *rooms, struct text *text);
