/* SPDX-License-Identifier: MIT */
/*
 * dialog.h - what is said in a call: every sentence is a template of the wordbook, for the ear.
 *
 * Pure, and of no provider. The fields of these templates have their values spoken: $number is
 * "4 1 2", $thing "D B 1: disk var 96 percent full", $acted "3 oh 3".
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "notify/moment.h"
#include "notify/notify.h"
#include "notify/phrase.h"
#include "notify/retort.h"

/* Bytes of one text with the longest values: twice what is wrong and which keys there are, what
 * comes when none is pressed, and the markup fit the 4000 that a call may have. */
#define DIALOG_TEXT_MAX 500

/* What is known in a call beside its letter. */
struct dialog_facts {
    char key;           /* that was pressed; 0: none */
    bool has_text;      /* there is an SMS of the page with the link */
    unsigned minutes;   /* until the next one is called */
    unsigned clock_min; /* a time of the day, in minutes since midnight, for texts of a time */
};

/* The sentences that need no more than a letter. */
enum dialog_line {
    DIALOG_HELP,      /* what all keys do */
    DIALOG_PIN,       /* asks for it */
    DIALOG_PIN_WRONG, /* asks again */
    DIALOG_NOTHING_DONE,
    DIALOG_ANSWERED, /* this call has had its answer */
    DIALOG_LINE_COUNT
};

/* The fields of spoken texts; the last has no name. */
extern const struct phrase_field dialog_fields[];

/* For text_each(). */
bool dialog_text(size_t index, struct text_row *row);

/* "3 oh 3", "14 30", "3 o'clock" */
void dialog_add_time(struct text *text, const struct moment_view *view, msec at);
/* The whole page: what, and what may be pressed. Of a notice: its words, and nothing to press. */
void dialog_add_page(struct text *text, const struct letter *letter);
/* "Nothing pressed. Bob is called in 3 minutes. Goodbye." */
void dialog_add_silence(struct text *text, const struct letter *letter);
void dialog_add_line(struct text *text, const struct wordbook *book, enum dialog_line line);
/* "Resolve incident 4 1 2? Press 6 again."; the key is '6' or '8'. */
void dialog_add_question(struct text *text, const struct letter *letter, char key);
/* "2 does nothing here. Press 4 to acknowledge." */
void dialog_add_useless(struct text *text, const struct letter *letter, char key);
/* What was done; `has_text`: there is an SMS of it with the link. */
void dialog_add_retort(struct text *text, const struct retort *retort, bool has_text);

/* A template with everything that a call can know, for its check. */
void dialog_add_longest(struct text *text, const struct letter *letter, const char *template);
