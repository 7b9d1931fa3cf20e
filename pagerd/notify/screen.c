/* SPDX-License-Identifier: MIT */
#include "notify/screen.h"

#include <assert.h>

#define BUTTON_MAX 40 /* letters: two lines of a phone */
#define TAG_MAX 16
#define HEAD_MAX 80

#define BUTTON(name_, text_, fields_)                    \
    {                                                    \
        "page." name_, text_, fields_, BUTTON_MAX, false \
    }
#define TAG(name_, text_)                        \
    {                                            \
        "page." name_, text_, "", TAG_MAX, false \
    }
#define HEAD(name_, text_, fields_)                    \
    {                                                  \
        "page." name_, text_, fields_, HEAD_MAX, false \
    }
#define TEXT(name_, text_, fields_)               \
    {                                             \
        "page." name_, text_, fields_, 400, false \
    }

static const struct template_row rows[SCREEN_COUNT] = {
    [SCREEN_ACK] = BUTTON("ack", "I have it", ""),
    [SCREEN_PASS] = BUTTON("pass", "Pass on{0: to $next}", "next"),
    [SCREEN_SNOOZE] = BUTTON("snooze", "Snooze 1 h", ""),
    [SCREEN_RESOLVE] = BUTTON("resolve", "It is fixed", ""),
    [SCREEN_NOTE] = BUTTON("note", "Send", ""),
    [SCREEN_UNDO] = BUTTON("undo", "Undo my ack", ""),
    [SCREEN_TAKE] = BUTTON("take", "Take it over", ""),
    [SCREEN_WAKE] = BUTTON("wake", "Wake it now", ""),
    [SCREEN_STRANGER] = BUTTON("stranger", "I am not $who", "who"),
    [SCREEN_RUNBOOK] = BUTTON("runbook", "Runbook", ""),
    [SCREEN_ROOM] = BUTTON("room", "War room", ""),
    [SCREEN_SOURCE] = BUTTON("source", "Where it was seen", ""),
    [SCREEN_TAG_ACKED] = TAG("tag-acked", "ACKED"),
    [SCREEN_TAG_SNOOZED] = TAG("tag-snoozed", "SNOOZED"),
    [SCREEN_TAG_RESOLVED] = TAG("tag-resolved", "RESOLVED"),
    [SCREEN_TITLE_CLOSED] = HEAD("title-closed", "Resolved: #$number", "number"),
    [SCREEN_TITLE_MINE] = HEAD("title-mine", "Yours: #$number", "number"),
    [SCREEN_DAYS] = HEAD("days", "$count days", "count"),
    [SCREEN_HOURS] = HEAD("hours", "$count hours", "count"),
    [SCREEN_MINUTES] = HEAD("minutes", "$count minutes", "count"),
    [SCREEN_DAY] = HEAD("day", "1 day", ""),
    [SCREEN_HOUR] = HEAD("hour", "1 hour", ""),
    [SCREEN_MINUTE] = HEAD("minute", "1 minute", ""),
    [SCREEN_MOMENT] = HEAD("moment", "a moment", ""),
    [SCREEN_AND] = HEAD("and", "and", ""),
    [SCREEN_OPENED] = HEAD("opened", "$at, $length ago", "at length"),
    [SCREEN_FIRST_OF] = HEAD("first-of", "The first of $count alerts.", "count"),
    [SCREEN_LAST_TIME] = TEXT("last-time", "Last time #$number", "number"),
    [SCREEN_LAST_TIME_ENDED] =
        TEXT("last-time-ended",
             "Last time #$number, $day: resolved{0: by $who} after $length{0:: \"$remedy\"}",
             "number day who length remedy"),
    [SCREEN_WHAT_TO_DO] = HEAD("what-to-do", "What to do", ""),
    [SCREEN_NUMBER] = HEAD("number", "Number in the message", ""),
    [SCREEN_NUMBER_WRONG] =
        TEXT("number-wrong", "That was not the number of the message. One try is left.", ""),
    [SCREEN_FOR] = TEXT("for",
                        "For $who, by $via: what is pressed here is done in that name. This link "
                        "works until $until.",
                        "who via until"),
    [SCREEN_NOTE_HEAD] = HEAD("note-head", "Tell the others one line (optional)", ""),
    [SCREEN_NOTE_LABEL] = HEAD("note-label", "Note", ""),
    [SCREEN_NOTE_EXAMPLE] = HEAD("note-example", "e.g. looking, laptop in 5 min", ""),
    [SCREEN_NEXT_NOBODY] =
        TEXT("next-nobody", "Nobody else is waiting to be called: you are asked again.", ""),
    [SCREEN_NEXT_ME] = TEXT(
        "next-me", "If nobody presses this, you are called again{0:, $last,} at $at.", "last at"),
    [SCREEN_NEXT_ONE] = TEXT(
        "next-one", "If nobody presses this, $who is called{0:, $last,} at $at.", "who last at"),
    [SCREEN_NEXT_SOME] = TEXT(
        "next-some", "If nobody presses this, $who are called{0:, $last,} at $at.", "who last at"),
    [SCREEN_NEXT_LAST] = HEAD("next-last", "as the last resort", ""),
    [SCREEN_MINE] = HEAD("mine", "It is yours.", ""),
    [SCREEN_ASLEEP] = HEAD("asleep", "$who stays asleep.", "who"),
    [SCREEN_NOT_CALLED] = HEAD("not-called", "$who is not called.", "who"),
    [SCREEN_ACKED_BY_ME] = HEAD("acked-by-me", "by you{0: ($via)}, $at", "via at"),
    [SCREEN_ACKED_BY] = HEAD("acked-by", "by $who{0: ($via)}, $at", "who via at"),
    [SCREEN_QUIET_FOR] =
        TEXT("quiet-for", "Quiet for $length? You are asked again whether you are still on it.",
             "length"),
    [SCREEN_OTHERS] = HEAD("others", "$who has it.", "who"),
    [SCREEN_OTHERS_TAKE] =
        TEXT("others-take", "Nothing to do for you. If you are the one who works on it:", ""),
    [SCREEN_SNOOZED_BY] = HEAD("snoozed-by", "by $who", "who"),
    [SCREEN_SNOOZED] = HEAD("snoozed", "Quiet{0: until $until}.", "until"),
    [SCREEN_RESOLVED_BY] = HEAD("resolved-by", "by $who, $at", "who at"),
    [SCREEN_CLOSED] = HEAD("closed", "Nothing to do.", ""),
    [SCREEN_CLOSED_NIGHT] = HEAD("closed-night", "Nothing to do, good night.", ""),
    [SCREEN_VOID] = HEAD("void", "This link does nothing any more.", ""),
    [SCREEN_VOID_SPENT] =
        TEXT("void-spent", "Twice a number was typed that is not the message's.", ""),
    [SCREEN_VOID_STRANGER] =
        TEXT("void-stranger", "Somebody said here that it was not for them.", ""),
    [SCREEN_VOID_NOBODY] =
        TEXT("void-nobody", "Nobody has acked by that: whoever is on call is paged on.", ""),
    [SCREEN_VOID_FOR_YOU] =
        TEXT("void-for-you",
             "It was for you? Open the link of another message, or type $command on a computer.",
             "command"),
    [SCREEN_UNKNOWN] = HEAD("unknown", "This link leads nowhere", ""),
    [SCREEN_UNKNOWN_TEXT] =
        TEXT("unknown-text",
             "It is old, or something of it got lost on the way. What is open you see with "
             "pagectl; the incident goes on being passed on until somebody has it.",
             ""),
    [SCREEN_NOT_DONE] = HEAD("not-done", "That was not done", ""),
    [SCREEN_NOT_DONE_STATE] =
        TEXT("not-done-state", "The incident does not allow it in this state.", ""),
    [SCREEN_NO_BUTTON] = TEXT("no-button", "There is no such button.", ""),
    [SCREEN_NUMBER_MISSING] = HEAD("number-missing", "The number is missing", ""),
    [SCREEN_NUMBER_MISSING_TEXT] =
        TEXT("number-missing-text",
             "Nothing was done. Go back and type the four digits that stand in the message beside "
             "this link.",
             ""),
    [SCREEN_NOT_UNDONE] = HEAD("not-undone", "That was not undone", ""),
    [SCREEN_UNDO_LATE] =
        TEXT("undo-late",
             "It is yours for longer than ten minutes. Press \"Pass on\" to have the next person "
             "called; \"$command\" gives it back altogether.",
             "command"),
    [SCREEN_UNDO_OTHER] =
        TEXT("undo-other",
             "#$number was acked by somebody else, who alone can undo that here. If you work on "
             "it, take it over.",
             "number"),
    [SCREEN_ELSEWHERE] = HEAD("elsewhere", "Not from here", ""),
    [SCREEN_ELSEWHERE_TEXT] =
        TEXT("elsewhere-text",
             "This button was pressed on another site's page. Open the link itself.", ""),
    [SCREEN_UNRECORDED] = HEAD("unrecorded", "NOT recorded", ""),
    [SCREEN_UNRECORDED_TEXT] =
        TEXT("unrecorded-text",
             "pagerd cannot write at this moment, so nothing was recorded. Go back and press "
             "again; if that fails, call whoever is next.",
             ""),
    [SCREEN_UNANSWERED] = HEAD("unanswered", "No answer", ""),
    [SCREEN_UNANSWERED_TEXT] =
        TEXT("unanswered-text",
             "It is not known whether that was recorded. Go back and look; if it was not, press "
             "again; if that fails, call whoever is next.",
             ""),
    [SCREEN_TEST] = HEAD("test", "TEST from pagerd", ""),
    [SCREEN_TEST_PASSED] = HEAD("test-passed", "TEST passed", ""),
    [SCREEN_TEST_ASKS] =
        TEXT("test-asks", "All is well. This is a test of how $who is reached by $via.", "who via"),
    [SCREEN_TEST_WELL] = TEXT("test-well", "$via leads to $who. All is well.", "via who"),
    [SCREEN_TEST_OVER] = TEXT(
        "test-over",
        "Nothing waits for an answer here any more: pagectl test-page sends another test.", ""),
    [SCREEN_TEST_ARRIVED] = BUTTON("test-arrived", "It has arrived", ""),
};

const struct template_row *screen_row(size_t index)
{
    return index < SCREEN_COUNT ? &rows[index] : NULL;
}

void screen_add(struct text *text, const struct wordbook *book, enum screen screen,
                const struct template_value *values)
{
    assert(screen < SCREEN_COUNT);
    template_add(text, wordbook_say(book, &rows[screen].text), values);
}
