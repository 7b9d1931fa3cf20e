/* SPDX-License-Identifier: MIT */
/*
 * speech.h - words for the ear: how a name, a number or a symptom is said on the telephone.
 *
 * Pure, and of no provider: plain words without markup. Numbers of incidents are spoken digit by
 * digit, short names letter by letter ("D B 1"), "%" is "percent", "/" and "_" are a pause, and a
 * symptom ends after SPEECH_WORDS_MAX words.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "notify/wordbook.h"

#define SPEECH_WORDS_MAX 12      /* of a symptom */
#define SPEECH_TOLD_WORDS_MAX 40 /* of a notice, which cannot be read again */
#define SPEECH_WORD_SIZE_MAX 24  /* bytes; what is longer is cut */

/* "4 1 2" */
void speech_add_number(struct text *text, uint64_t number);
/* "D B 1"; "web 5", "database primary" */
void speech_add_name(struct text *text, const char *name);
/* "disk var 96 percent full"; what signs are called is in `book`. */
void speech_add_words(struct text *text, const struct wordbook *book, const char *words,
                      unsigned words_max);

/* The names of signs, for text_each(). */
bool speech_text(size_t index, struct text_row *row);
