/* SPDX-License-Identifier: MIT */
/*
 * handoff_words.h - what people read about their shifts.
 *
 * The first line is the text of all channels; the lines after it are for those with room. Times are
 * the reader's own. Of a private team nothing but numbers is said.
 */
#pragma once

#include "engine/handoff.h"

#define HANDOFF_OPEN_MAX 10 /* open incidents that are listed */
#define HANDOFF_COMING_MAX 5
#define HANDOFF_GAPS_MAX 3

/* "ops primary from Mon 23 Nov 09:00 to Mon 30 Nov 09:00" */
void handoff_add_soon(struct text *text, const struct work *work, const struct team *team,
                      enum role role, const struct user *user, const struct shift_span *next);
/* "ops primary: you, Mon 23 Nov 09:00 to Mon 30 Nov 09:00. Backup Bob. Open: 1. Last week 7 pages,
 * 2 at night." `before`: ids of who had it. */
void handoff_add_start(struct text *text, const struct work *work, const struct handoff *handoff,
                       const struct team *team, enum role role, const struct user *user,
                       const char *before, const struct shift_span *now);
/* The first line as of handoff_add_start(), and after "Since 08:45" only what has changed after
 * `told_at`: to who was handed all of it then. */
void handoff_add_news(struct text *text, const struct work *work, const struct team *team,
                      enum role role, const struct user *user, msec told_at,
                      const struct shift_span *now);
/* "ops primary since Mon 23 Nov 09:00. Cat has it. 1 open incident stays yours: #409. Thank you."
 * `has` may be NULL: nobody. */
void handoff_add_end(struct text *text, const struct work *work, const struct team *team,
                     enum role role, msec since_at, const struct user *user, const struct user *has,
                     bool is_passed);
