/* SPDX-License-Identifier: MIT */
/* moment.h - instants as the reader of a page says them: local, 24 hours, as short as is clear. */
#pragma once

#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "notify/wordbook.h"

/* Whose eyes: zones may be NULL (reader: the team's; team: UTC). */
struct moment_view {
    const struct zone *reader;
    const struct zone *team;
    msec now_at;
    const struct wordbook *words; /* NULL: those that are shipped */
};

/* "03:02"; "Mon 23 Nov 03:02" when that is not today; " CET" after it when the reader's clock does
 * not show what the team's does. */
void moment_add(struct text *text, const struct moment_view *view, msec at);
/* "9 Nov", with the year when it is another one. */
void moment_add_day(struct text *text, const struct moment_view *view, msec at);
/* "Sun 22 Nov 2026 03:02:07 CET" */
void moment_add_full(struct text *text, const struct moment_view *view, msec at);
/* "Sat 28 Nov 18:00-22:00", or both in full when they are on different days. */
void moment_add_range(struct text *text, const struct moment_view *view, msec from_at,
                      msec until_at);
/* "Sun, 22 Nov 2026 02:02:07 +0000", for the Date of a mail. */
void moment_add_mail(struct text *text, msec at);
/* "29m", "2h5m", "3d4h", "45s": at most two units, rounded down. */
void moment_add_length(struct text *text, msec length_ms);
/* True from 20:00 to 07:00 on the reader's clock. */
bool moment_is_night(const struct moment_view *view, msec at);
