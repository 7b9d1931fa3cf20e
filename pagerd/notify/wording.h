/* SPDX-License-Identifier: MIT */
/*
 * wording.h - every text that people read from a page, in one table.
 *
 * A template is text with $fields (phrase_fields.c has their table) and groups "{N:...}". A group
 * is left out when one of its fields has nothing to say. When an SMS is too long, groups of ranks 1
 * to 5 are dropped in this order (runbook, time, team, key 6, key 5), then the symptom is
 * shortened; rank 6 goes only when too little would be left of that. Rank 0 and what is outside of
 * groups stay.
 */
#pragma once

#include <stdbool.h>

#include "notify/notify.h"
#include "notify/wordbook.h"

#define WORDING_RANK_MAX 6

struct wording {
    const char *sms;
    const char *head; /* of a title: in a mail's subject it stands in brackets */
    const char *tail; /* the rest of the title */
    const char *lead; /* first sentence of a mail, under the title */
    bool is_call;     /* asks for an answer: the mail has the button and is important */
};

/* For text_each(). */
bool wording_text(size_t index, struct text_row *row);

/* The row for a letter; the kinds have one each, and some letters of a kind have their own. */
const struct wording *wording_find(const struct letter *letter);
