/* SPDX-License-Identifier: MIT */
/*
 * speech.h - words for the ear: what a voice on the telephone says of a page.
 *
 * Pure, and of no provider: plain sentences without markup. Numbers of incidents are spoken digit
 * by digit, short names letter by letter ("D B 1"), "%" is "percent", "/" and "_" are a pause, and
 * a symptom ends after SPEECH_WORDS_MAX words.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "notify/moment.h"
#include "notify/notify.h"
#include "notify/retort.h"

#define SPEECH_WORDS_MAX 12      /* of a symptom */
#define SPEECH_TOLD_WORDS_MAX 40 /* of a notice, which cannot be read again */
#define SPEECH_WORD_SIZE_MAX 24  /* bytes; what is longer is cut */

/* "4 1 2" */
void speech_add_number(struct text *text, uint64_t number);
/* "D B 1"; "web 5", "database primary" */
void speech_add_name(struct text *text, const char *name);
/* "disk var 96 percent full" */
void speech_add_words(struct text *text, const char *words, unsigned words_max);
/* "3 oh 3", "14 30", "3 o'clock" */
void speech_add_time(struct text *text, const struct moment_view *view, msec at);

/* The whole page: what, and what may be pressed. Of a notice: its words, and nothing to press. */
void speech_add_page(struct text *text, const struct letter *letter);
/* "Nothing pressed. Bob is called in 3 minutes. Goodbye." */
void speech_add_silence(struct text *text, const struct letter *letter);
/* What all keys do. */
void speech_add_help(struct text *text);
/* "Resolve incident 4 1 2? Press 6 again."; the key is '6' or '8'. */
void speech_add_question(struct text *text, const struct letter *letter, char key);
/* "2 does nothing here. Press 4 to acknowledge." */
void speech_add_useless(struct text *text, char key);
/* What was done; `has_text`: there is an SMS of it with the link. */
void speech_add_retort(struct text *text, const struct retort *retort, bool has_text);
