/* SPDX-License-Identifier: MIT */
/*
 * screen.h - the words of the pages that a person opens from a message: of an incident, of a test,
 * and what they answer.
 *
 * They are plain text here; whoever writes the page escapes them.
 */
#pragma once

#include "base/template.h"
#include "notify/wordbook.h"

enum screen {
    SCREEN_ACK,
    SCREEN_PASS,
    SCREEN_SNOOZE,
    SCREEN_RESOLVE,
    SCREEN_NOTE,
    SCREEN_UNDO,
    SCREEN_TAKE,
    SCREEN_WAKE,
    SCREEN_STRANGER,
    SCREEN_RUNBOOK,
    SCREEN_ROOM,
    SCREEN_SOURCE,
    SCREEN_TAG_ACKED,
    SCREEN_TAG_SNOOZED,
    SCREEN_TAG_RESOLVED,
    SCREEN_TITLE_CLOSED,
    SCREEN_TITLE_MINE,
    SCREEN_DAYS,
    SCREEN_HOURS,
    SCREEN_MINUTES,
    SCREEN_DAY,
    SCREEN_HOUR,
    SCREEN_MINUTE,
    SCREEN_MOMENT,
    SCREEN_AND,
    SCREEN_OPENED,
    SCREEN_FIRST_OF,
    SCREEN_LAST_TIME,
    SCREEN_LAST_TIME_ENDED,
    SCREEN_WHAT_TO_DO,
    SCREEN_NUMBER,
    SCREEN_NUMBER_WRONG,
    SCREEN_FOR,
    SCREEN_NOTE_HEAD,
    SCREEN_NOTE_LABEL,
    SCREEN_NOTE_EXAMPLE,
    SCREEN_NEXT_NOBODY,
    SCREEN_NEXT_ME,
    SCREEN_NEXT_ONE,
    SCREEN_NEXT_SOME,
    SCREEN_NEXT_LAST,
    SCREEN_MINE,
    SCREEN_ASLEEP,
    SCREEN_NOT_CALLED,
    SCREEN_ACKED_BY_ME,
    SCREEN_ACKED_BY,
    SCREEN_QUIET_FOR,
    SCREEN_OTHERS,
    SCREEN_OTHERS_TAKE,
    SCREEN_SNOOZED_BY,
    SCREEN_SNOOZED,
    SCREEN_RESOLVED_BY,
    SCREEN_CLOSED,
    SCREEN_CLOSED_NIGHT,
    SCREEN_VOID,
    SCREEN_VOID_SPENT,
    SCREEN_VOID_STRANGER,
    SCREEN_VOID_NOBODY,
    SCREEN_VOID_FOR_YOU,
    SCREEN_UNKNOWN,
    SCREEN_UNKNOWN_TEXT,
    SCREEN_NOT_DONE,
    SCREEN_NOT_DONE_STATE,
    SCREEN_NO_BUTTON,
    SCREEN_NUMBER_MISSING,
    SCREEN_NUMBER_MISSING_TEXT,
    SCREEN_NOT_UNDONE,
    SCREEN_UNDO_LATE,
    SCREEN_UNDO_OTHER,
    SCREEN_ELSEWHERE,
    SCREEN_ELSEWHERE_TEXT,
    SCREEN_UNRECORDED,
    SCREEN_UNRECORDED_TEXT,
    SCREEN_UNANSWERED,
    SCREEN_UNANSWERED_TEXT,
    SCREEN_TEST,
    SCREEN_TEST_PASSED,
    SCREEN_TEST_ASKS,
    SCREEN_TEST_WELL,
    SCREEN_TEST_OVER,
    SCREEN_TEST_ARRIVED,
    SCREEN_COUNT
};

/* The table, by screen; NULL from SCREEN_COUNT on. */
const struct template_row *screen_row(size_t index);

/* Appends one with its values, of which the last has no field, in the words of `book` (NULL: as
 * shipped). */
void screen_add(struct text *text, const struct wordbook *book, enum screen screen,
                const struct template_value *values);
