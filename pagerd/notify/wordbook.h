/* SPDX-License-Identifier: MIT */
/*
 * wordbook.h - texts and words in the house's own language.
 *
 * Every text that pagerd says stands in a table of its file, as a template, and has a name:
 * "alert.sms", "answer-acked.sms", "words.monday". The configuration may replace any of them. A
 * text is asked for by the place where the shipped one stands, so that nothing is looked for by
 * name while a page is made.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/template.h"
#include "base/text.h"
#include "engine/policy.h"

struct language;

#define WORDBOOK_NAME_SIZE 64
#define WORDBOOK_TEXT_MAX 2000 /* bytes of one text */

struct wordbook;

/* What a text has to be fit for. */
enum text_use {
    TEXT_LINE,     /* a template of any length */
    TEXT_SMS,      /* a template that fits one segment, with the longest values as well */
    TEXT_WORD,     /* no template, and in the alphabet of SMS */
    TEXT_SPOKEN,   /* a template of a call, with the fields of dialog.h */
    TEXT_PLAIN,    /* no template: a few words in any alphabet */
    TEXT_LABEL,    /* a template that fits a button */
    TEXT_ANSWER,   /* a template that fits what a chat service shows to one person */
    TEXT_LANGUAGE, /* "de-DE": a language of BCP 47 */
    TEXT_SENTENCE, /* with values of its own, see base/template.h */
    TEXT_USE_COUNT
};

/* One text as it is shipped. */
struct text_row {
    char name[WORDBOOK_NAME_SIZE]; /* "alert.sms" */
    const char *const *place;      /* where the shipped one stands */
    enum text_use use;
    const struct template_row *sentence; /* of TEXT_SENTENCE, else NULL */
};

/* Walks all of them, in the order in which a translator wants them: start with *cursor = 0. False
 * at the end. */
bool text_each(size_t *cursor, struct text_row *row);

struct wordbook *wordbook_new(void);
void wordbook_free(struct wordbook *book);
CLEANUP_DEFINE(struct wordbook *, wordbook_free)

/* Replaces one text. FAULT_INPUT: there is no text of that name, a template with an error in it, or
 * one that is too long or not in the alphabet for an SMS; says what to do. */
MUST_USE bool wordbook_set(struct wordbook *book, const char *name, const char *text,
                           struct fault *fault);

/* The text for the shipped one at `place`; a book of NULL replaces nothing. */
const char *wordbook_say(const struct wordbook *book, const char *const *place);

/* Small words inside texts. */
enum word {
    WORD_MONDAY,
    WORD_SUNDAY = WORD_MONDAY + 6,
    WORD_JANUARY,
    WORD_DECEMBER = WORD_JANUARY + 11,
    WORD_NOW,
    WORD_TO,
    WORD_FURTHER_NOTICE,
    WORD_ITS_SOURCE,
    WORD_SOMEBODY_ELSE,
    WORD_SILENT,
    WORD_REPEAT,
    WORD_LATE,
    WORD_GOOD_NIGHT,
    WORD_FIRST,
    WORD_SECOND,
    WORD_THIRD,
    WORD_NTH, /* after any other number */
    WORD_ACK,
    WORD_ACK_NUMBER,
    WORD_RUNBOOK,
    WORD_GRAPH,
    WORD_ROOM,
    WORD_NEXT,
    WORD_BEFORE,
    WORD_SINCE,
    WORD_LABELS,
    WORD_SERVICE,
    WORD_TEAM,
    WORD_KEY_ACK,
    WORD_KEY_PASS,
    WORD_KEY_RESOLVE,
    WORD_KEY_SNOOZE,
    WORD_KEY_CALL,
    WORD_KEY_YES,
    WORD_KEY_NO,
    WORD_TAG_CRITICAL, /* first word of a page */
    WORD_TAG_ERROR,
    WORD_TAG_WARNING,
    WORD_TAG_INFO,
    WORD_TAG_CANARY,
    WORD_CUT,      /* after what was too long */
    WORD_LANGUAGE, /* of all texts: "en-US" */
    WORD_COUNT
};
const char *word_say(const struct wordbook *book, enum word word);

/* "CRIT" */
const char *word_tag(const struct wordbook *book, enum severity severity);

/* What the engine says its sentences in. Its strings are the book's. */
void wordbook_language(const struct wordbook *book, struct language *language);

/* Appends all shipped texts as a configuration file, to be translated. */
void wordbook_add_shipped(struct text *text);
