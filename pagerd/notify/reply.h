/* SPDX-License-Identifier: MIT */
/*
 * reply.h - what people write back: "4", "4 412", "ack 412", "a412", "ok", "#412 4".
 *
 * Pure. It never guesses: what is not wholly made of words that it knows is not understood, for an
 * ack that nobody meant ends the search for somebody who comes. The keys are the same in an SMS, on
 * the phone and in a mail: 4 ack, 5 pass on, 6 resolve, 7 snooze for an hour, 8 call everyone,
 * 0 help, * repeat.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define REPLY_LINE_MAX 160 /* bytes; a longer line is a sentence, and no reply */
#define REPLY_TEXT_MAX (64 * 1024)
#define REPLY_NUMBER_DIGITS_MAX 12

enum reply_verb {
    REPLY_UNKNOWN, /* not understood */
    REPLY_ACK,
    REPLY_PASS,
    REPLY_RESOLVE,
    REPLY_SNOOZE,
    REPLY_CALL_ALL,
    REPLY_HELP,
    REPLY_REPEAT,
    REPLY_KEY,   /* a digit that has no meaning of its own: 1, 2, 3, 9 */
    REPLY_YES,   /* to the question of a swap; and START to somebody who has said STOP */
    REPLY_NO,    /* to the question of a swap */
    REPLY_STOP,  /* the carriers' word: no more messages to this number */
    REPLY_START, /* and again */
    REPLY_VERB_COUNT
};

struct reply {
    enum reply_verb verb;
    char key;          /* the digit pressed or written, '*' with REPLY_REPEAT; 0: a word it was */
    uint64_t incident; /* the number written; 0: none */
    uint64_t swap;     /* "yes w3"; 0: none was named */
    bool is_all;       /* "ack all" */
};

/*
 * Reads the first line of `text` (UTF-8, of anybody) that is the writer's own: not empty, not
 * quoted (">"), not the line that announces a quotation, nothing from a signature ("-- ") or a
 * forwarded mail on. Spaces, case, quotation marks, full stops and emoji around the words count for
 * nothing.
 */
struct reply reply_parse(struct span text);

/* The meaning of one key of a telephone: '0' to '9', '*'; anything else is REPLY_UNKNOWN. */
enum reply_verb reply_of_key(char key);

/* "ack", "pass", "resolve" ...: for buttons, logs and tests. REPLY_UNKNOWN for another word. */
const char *reply_verb_name(enum reply_verb verb);
enum reply_verb reply_verb_parse(struct span name);

/* The first line of a mail's text that is its writer's own; see reply_parse(). Empty: none. */
struct span reply_own_line(struct span text);
