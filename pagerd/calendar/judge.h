/* SPDX-License-Identifier: MIT */
/*
 * judge.h - may a new version of a calendar replace the last good one?
 *
 * Pure. A broken, empty or suspiciously shrunken calendar never does by itself, nor does one that
 * names people who are unknown and whom the good one did not name; the reason says what is wrong,
 * where, and what the manager should do. calendar_changes() is the same as a list of who loses and
 * who gains what.
 */
#pragma once

#include "base/text.h"
#include "base/zone.h"
#include "calendar/layers.h"
#include "calendar/shift.h"

#define JUDGE_WINDOW_MS (14 * DAY_MS)
#define JUDGE_REASON_MAX 512
#define CHANGES_SHOWN_MAX 20
#define CHANGES_MAX 20000 /* looked at; more are only said to be more */

enum version_verdict {
    VERDICT_ACCEPT,
    VERDICT_REFUSE,     /* a file-level failure: nobody can accept this */
    VERDICT_SUSPICIOUS, /* held back until the same content is confirmed by hand */
    VERDICT_COUNT
};

/* One layer of the calendar that is in use, made of both versions by the policy in force. */
struct judged_layer {
    const struct calendar_rota *good; /* NULL when there is no good version */
    const struct calendar_rota *fresh;
};

struct judged {
    const char *calendar;           /* its name in the configuration, for the advice */
    const struct shift_list *good;  /* the last good version over the same window, or NULL */
    const struct shift_list *fresh; /* the new one */
    /*
     * Each layer is judged alone, so that the loss of all secondary shifts is not hidden by the
     * primary ones. None, for calendars of leave and holidays: all shifts are judged together, and
     * names do not count.
     */
    const struct judged_layer *layers;
    size_t layer_count;
    /*
     * Percent, 0 to 100; losing more than that is suspicious, so with 100 nothing is. To be 100 for
     * calendars that fill no role (overrides, leave, holidays): these come and go.
     */
    unsigned max_loss;
    msec now;
    bool is_confirmed; /* a person has accepted exactly this content */
};

/*
 * The covered time of the next 14 days ("nobody" is a statement and counts as covered), and names
 * unknown in these days. `reason` gets a sentence unless the verdict is accept.
 */
enum version_verdict calendar_weigh(const struct judged *judged, char reason[JUDGE_REASON_MAX]);

/* For a calendar that gave no shift_list at all (child died, HTTP error): the same kind of
 * sentence, from the fault's text. */
void calendar_judge_unread(const char *source, const char *fault_text,
                           char reason[JUDGE_REASON_MAX]);

/* Milliseconds of [from_at, until_at) that at least one shift covers. */
msec shift_list_covered(const struct shift_list *list, msec from_at, msec until_at);

/*
 * Appends who loses and who gains what in [from_at, until_at) when `fresh` takes the place of
 * `good` (either may be NULL: nothing), a line each, ended by '\n', by start, at most
 * CHANGES_SHOWN_MAX and then "and N more". Returns how many changes there are. Names are those of
 * `policy`; nothing that outsiders wrote is in it.
 *
 *   Ann Ops loses Mon 23 Nov 09:00 - Mon 30 Nov 09:00 CET (7 d); nobody has it
 *   Bob Base gains Mon 30 Nov 09:00 - Mon 7 Dec 09:00 CET (7 d) from Ann Ops
 */
size_t calendar_changes(const struct rota *good, const struct rota *fresh,
                        const struct policy *policy, msec from_at, msec until_at,
                        const struct zone *zone, struct text *text);
