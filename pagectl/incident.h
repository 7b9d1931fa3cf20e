/* SPDX-License-Identifier: MIT */
/* incident.h - incidents on the command line: which are meant, and how one is shown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pagectl/command.h"
#include "pagectl/request.h"
#include "pagectl/writer.h"

#define NUMBERS_MAX 200 /* incidents of one command */

struct numbers {
    int64_t items[NUMBERS_MAX];
    size_t count;
};

/* Reads "412", "#412", "412,413"; each number once. The fault quotes what is not one. */
MUST_USE bool numbers_add(struct numbers *numbers, const char *word, struct fault *fault);
/* Whether the word can only be meant as numbers. */
bool word_is_numbers(const char *word);

/* Whose incidents are meant when no number is given. */
enum meant {
    MEANT_PAGING, /* those that page me */
    MEANT_MINE    /* those, and those that I have acknowledged */
};

/*
 * The incidents that the words name, or the one that is meant without: several are listed and
 * asked about. EXIT_DONE with at least one number, or the reason has been said.
 */
int numbers_find(struct tool *tool, const char *const *words, size_t count, enum meant meant,
                 struct numbers *numbers);

const char *severity_short(const char *severity); /* "CRIT", "warn" */
enum tone severity_tone(const char *severity);
/* "PAGING", "acked", "snoozed", "suppressed", "closed", "open". */
const char *state_short(const struct json *incident);
enum tone state_tone(const struct json *incident);
/* "ann, bob": who has it, else whom it pages. In the arena, cleaned. */
const char *incident_who(struct tool *tool, const struct json *incident);
const char *names_join(struct tool *tool, const struct json *array);
/* An instant field; 0 when absent. */
msec instant_get(const struct json *object, const char *key);
/* "Here that is Mon 23 Nov 09:00 CET (in …)", unless the server's text has said this time already:
 * it speaks in the person's zone, and who sits in another one sees both. */
void echo_say(struct tool *tool, const char *text, msec at);
/* "Bob" of "bob", for the start of a sentence. */
const char *name_capital(struct tool *tool, const char *name);

/* POST /v1/incidents/N/<action>. Says the answer's text unless quiet or json; *answer is the
 * answer (may be NULL). Honours -n. */
int incident_post(struct tool *tool, int64_t number, const char *action, const char *body,
                  const struct json **answer);
/* The worse of two exit codes: the first that is not 0. */
int code_merge(int first, int second);
