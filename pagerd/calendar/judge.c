/* SPDX-License-Identifier: MIT */
#include "calendar/judge.h"

#include <stdio.h>

#include "base/text.h"

msec shift_list_covered(const struct shift_list *list, msec from_at, msec until_at)
{
    msec covered_ms = 0;
    msec done_at = from_at;
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        msec start_at = shift->start_at > done_at ? shift->start_at : done_at;
        msec end_at = shift->end_at < until_at ? shift->end_at : until_at;
        if (end_at <= start_at)
            continue;
        covered_ms += end_at - start_at;
        done_at = end_at;
    }
    return covered_ms;
}

static void reason_write(char reason[JUDGE_REASON_MAX], const char *what, const char *advice)
{
    (void)snprintf(reason, JUDGE_REASON_MAX, "%.280s; the last good copy stays in use. %.170s",
                   what, advice);
}

static const char *source_of(const struct shift_list *good, const struct shift_list *fresh)
{
    if (fresh->shift_count > 0)
        return fresh->shifts[0].event->file;
    if (fresh->warning_count > 0)
        return fresh->warnings[0].file;
    return good != NULL && good->shift_count > 0 ? good->shifts[0].event->file : "calendar";
}

enum verdict calendar_judge(const struct shift_list *good, const struct shift_list *fresh, msec now,
                            bool is_confirmed, char reason[JUDGE_REASON_MAX])
{
    reason[0] = '\0';
    char what[300];
    if (fresh->problem != NULL) {
        reason_write(reason, fresh->problem,
                     "Open the calendar's address or file, mend it there, and it is read again");
        return VERDICT_REFUSE;
    }
    const char *source = source_of(good, fresh);
    if (fresh->event_count == 0 && good != NULL && good->event_count > 0) {
        (void)snprintf(what, sizeof what, "%.180s: no events, where there were %zu", source,
                       good->event_count);
        reason_write(reason, what,
                     "If it was emptied on purpose, put one event \"nobody\" into it");
        return VERDICT_REFUSE;
    }
    if (good == NULL || is_confirmed)
        return VERDICT_ACCEPT;
    msec before_ms = shift_list_covered(good, now, now + JUDGE_WINDOW_MS);
    msec after_ms = shift_list_covered(fresh, now, now + JUDGE_WINDOW_MS);
    if (before_ms == 0 || after_ms > before_ms / 2)
        return VERDICT_ACCEPT;
    char before[DURATION_TEXT_SIZE];
    char after[DURATION_TEXT_SIZE];
    (void)snprintf(what, sizeof what, "%.180s: covers %s of the next 14 days, it was %s", source,
                   duration_speak(after_ms, after), duration_speak(before_ms, before));
    reason_write(reason, what, "Restore what is missing, or accept the new version by hand");
    return VERDICT_SUSPICIOUS;
}

void calendar_judge_unread(const char *source, const char *fault_text,
                           char reason[JUDGE_REASON_MAX])
{
    char what[300];
    (void)snprintf(what, sizeof what, "%.140s: %.150s", source, fault_text);
    reason_write(reason, what, "Check that the address or path is right and can be reached");
}
