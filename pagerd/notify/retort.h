/* SPDX-License-Identifier: MIT */
/*
 * retort.h - what a person is told after a reply: what was done, to which incident, and what else
 * waits. One row of a table for each; all are one SMS of the GSM alphabet.
 */
#pragma once

#include <stdbool.h>

#include "engine/record.h"
#include "notify/wordbook.h"

struct arena;
struct letter;

/* What a reply by some way can do: a text promises nothing else. */
enum letter_keys {
    LETTER_KEYS_NONE,
    LETTER_KEYS_ACK, /* ack, pass on, snooze */
    LETTER_KEYS_ALL  /* and resolve, call everyone */
};

enum retort_kind {
    RETORT_NONE, /* nothing is sent */
    RETORT_ACKED,
    RETORT_TAKEN, /* acked, from somebody else */
    RETORT_OWN,   /* was theirs already */
    RETORT_HELD,  /* somebody else has it */
    RETORT_PASSED,
    RETORT_RESOLVED,
    RETORT_SNOOZED,
    RETORT_CALLED,  /* everyone */
    RETORT_OVER,    /* the incident is resolved */
    RETORT_WRONG,   /* no such incident of this person's */
    RETORT_WHICH,   /* two could be meant */
    RETORT_SORRY,   /* not understood */
    RETORT_NOTHING, /* nothing waits for this person */
    RETORT_HELP,
    RETORT_REPEATED, /* the alarm again */
    RETORT_OFF,      /* this way cannot do that: switched off by the configuration */
    RETORT_REFUSED,  /* the engine's own words, in the letter's remark */
    RETORT_STARTED,
    RETORT_LOST, /* cannot be kept: no room on the disk */
    RETORT_AWAY, /* the database is away, and this is not taken meanwhile */
    RETORT_SWAP_YES,
    RETORT_SWAP_NO,
    RETORT_SWAP_WHICH,   /* several questions are open */
    RETORT_SWAP_REFUSED, /* the engine's own words, in the letter's remark */
    RETORT_VERIFIED,     /* a code was right; the letter's remark has what it verifies */
    RETORT_CODE,         /* it was not; the engine's own words, in the letter's remark */
    RETORT_PROVED,       /* a test was answered, after the letter's duration */
    RETORT_KIND_COUNT
};

/* What was done, and about what. `letter` has the incident, the reader, and what else is open. */
struct retort {
    enum retort_kind kind;
    const struct letter *letter; /* NULL with RETORT_NONE */
};

/* For the kind of letter that has the facts of this answer: who did it, and when. */
enum page_kind retort_letter_kind(enum retort_kind kind);

/* Could what was asked for not be kept? Then it was not done, and may be tried again. */
bool retort_is_lost(enum retort_kind kind);

/* Does it help to answer like that again and again? Programs that answer by themselves would. */
bool retort_is_unhelpful(enum retort_kind kind);

/* For text_each(). */
bool retort_text(size_t index, struct text_row *row);

/* "" for RETORT_NONE. Lives in `arena`. */
const char *retort_sms(const struct retort *retort, struct arena *arena);
