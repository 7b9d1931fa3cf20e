/* SPDX-License-Identifier: MIT */
/*
 * words.h - one line of a story as words, and the times in it.
 *
 * Words are separated by blanks; "..." is one word; ";" and "," are words of their own; "#" after a
 * blank and before a blank begins a comment.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "base/zone.h"

#define WORDS_MAX 64
#define WORD_SIZE 512

struct words {
    char list[WORDS_MAX][WORD_SIZE];
    size_t count;
    size_t at; /* the next one to be read */
};

MUST_USE bool words_read(const char *line, struct words *words, struct fault *fault);

/* The next word, NULL at the end; the second only looks. */
const char *words_next(struct words *words);
const char *words_peek(const struct words *words);
/* Reads the next word when it is this one. */
bool words_take(struct words *words, const char *word);
/* Reads the next word when it begins with "name="; gives what follows. */
const char *words_take_option(struct words *words, const char *name);

/*
 * Reads a time: "+5m" (from `after`), "02:00", "Mon 09:00", "2026-11-23 09:00", with optional
 * seconds; "/" may stand for the blank. Without a date it is the first such time at or after
 * `after`.
 */
MUST_USE bool words_take_time(struct words *words, const struct zone *zone, msec after, msec *at,
                              struct fault *fault);
MUST_USE bool words_take_duration(struct words *words, msec *duration_ms, struct fault *fault);
