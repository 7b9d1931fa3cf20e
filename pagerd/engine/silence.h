/* SPDX-License-Identifier: MIT */
/*
 * silence.h - whiles in which nobody is paged for what fits; what they do to it: mute.h.
 *
 * A silence holds in [from_at, until_at) of the wall clock. Only a known person or a calendar
 * (maintenance.h) makes one, only a known person ends one by hand, and none is longer than
 * SILENCE_MAX_MS: there is no "for ever". When it begins, what is triggered and fits is held back;
 * acked and snoozed incidents stay as they are. When it is over, by time or by hand, what it held
 * back and is not resolved is let go, late if need be, and who made it is told what it held back;
 * where that was nothing, nobody is told. One that begins at that very moment and fits takes it
 * over. One whose time passed while pagerd was down holds nothing any more. A wall clock that is
 * set back (clock.h) does not lengthen one that has begun, unless a calendar that is known says
 * when it ends.
 */
#pragma once

#include "base/fault.h"
#include "engine/state.h"

#define SILENCE_AHEAD_MAX_MS (366 * DAY_MS) /* it begins within that */
#define SILENCE_KEEP_MS (7 * DAY_MS)        /* one that is over stays visible that long */

void silence_add(struct work *work, const struct event *event, struct answer *answer);
void silence_end(struct work *work, const struct event *event, struct answer *answer);

/* A planned one with a new number, its timer set: a copy of match, team, times, by, note and
 * maintenance. The engine owns it. */
struct silence *silence_make(struct work *work, const struct silence *wanted);

/* It holds from now on, whatever from_at says: what is being paged for and fits is held back. */
void silence_begin(struct work *work, struct silence *silence);

/* Its calendar gives it another end. */
void silence_move(struct work *work, struct silence *silence, msec until_at);

/* Its calendar or its window has gone: what it held back is let go. */
void silence_withdraw(struct work *work, struct silence *silence);

/* Forgets those that are over for long; pointers to them are no good any more. */
void silences_prune(struct work *work);

/* "silence s31 (kernel upgrade)", "maintenance patching (s32: Kernel night)" */
void silence_add_words(struct text *text, const struct silence *silence);

/* NULL when it is not in memory. */
struct silence *silence_find(const struct engine *engine, uint64_t id);

/* Is there such a silence, and does it hold now? */
bool silence_is_active(const struct engine *engine, uint64_t id);

/* Takes an owned record in, in order of ids, and parses its matchers: one that is none, in a record
 * from elsewhere, makes a silence that fits nothing. */
void silence_take(struct engine *engine, struct silence *silence);

/* It begins or ends, whichever is due. */
void silence_due(struct work *work, struct silence *silence);

/* After a restart: sets all timers; what is held back by none that is active is let go. */
/* All comes out of a backup: of what ended since, its maker is not told. */
void silences_recall(struct work *work);
void silences_restored(struct work *work);

/* The wall clock was set back by so much. */
void silences_clock_back(struct work *work, msec back_ms);

/* Does every silence that is not over have the timer of what comes next? */
MUST_USE bool silences_check(const struct engine *engine, struct fault *fault);
