/* SPDX-License-Identifier: MIT */
/*
 * judge.h - may a new version of a calendar replace the last good one?
 *
 * Pure. A broken, empty or suspiciously shrunken calendar never does by itself; the reason says
 * what is wrong, where, and what the manager should do.
 */
#pragma once

#include "calendar/shift.h"

#define JUDGE_WINDOW_MS (14 * DAY_MS)
#define JUDGE_REASON_MAX 512

enum verdict {
    VERDICT_ACCEPT,
    VERDICT_REFUSE,     /* a file-level failure: nobody can accept this */
    VERDICT_SUSPICIOUS, /* held back until the same content is confirmed by hand */
    VERDICT_COUNT
};

/*
 * `good` is the last good version expanded over the same window, or NULL when there is none.
 * `is_confirmed`: a person has accepted exactly this content. `reason` gets a sentence unless the
 * verdict is accept.
 */
enum verdict calendar_judge(const struct shift_list *good, const struct shift_list *fresh, msec now,
                            bool is_confirmed, char reason[JUDGE_REASON_MAX]);

/* For a calendar that gave no shift_list at all (child died, HTTP error): the same kind of
 * sentence, from the fault's text. */
void calendar_judge_unread(const char *source, const char *fault_text,
                           char reason[JUDGE_REASON_MAX]);

/* Milliseconds of [from_at, until_at) that at least one shift covers. */
msec shift_list_covered(const struct shift_list *list, msec from_at, msec until_at);
