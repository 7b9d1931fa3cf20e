/* SPDX-License-Identifier: MIT */
/* sight.h - what stands behind one ack link at one moment, and the page that shows it. */
#pragma once

#include <stdbool.h>

#include "base/id.h"
#include "http/house.h"
#include "http/request.h"

#define SIGHT_UNDO_MS (10 * MINUTE_MS) /* so long who acked can take it back by the link */
#define SIGHT_TRIES_MAX 2              /* wrong numbers; then the link is given up */
#define SIGHT_NUMBER_SIZE 5            /* four digits, and NUL */

/* Everything a page about one link needs. */
struct sight {
    struct house *house;
    const struct policy *policy;
    const struct ack_token *token;
    const struct incident *incident;
    const struct team *team;
    const struct user *user;
    const struct zone *zone;
    struct now now;
    struct next_page next;
    bool has_next;
    char link[TOKEN_TEXT_SIZE];
    char hash[HASH_TEXT_SIZE];      /* of the link; of what cannot be one, too */
    char number[SIGHT_NUMBER_SIZE]; /* that came along: not tried when it was only to be shown */
    bool is_proven;                 /* it is the message's */
};

/* The same page and the same work for whatever leads nowhere; so many times a minute. */
void sight_answer_unknown(struct call *call, struct house *house);
/* Was the button pressed on a page of another site? */
bool sight_is_cross_site(const struct call *call, const struct house *house);

/* The incident is over, or is not known any more: nothing on the page acts. */
bool sight_is_closed(const struct sight *sight);
/* May this person take the ack back by the link? */
bool sight_has_undo(const struct sight *sight);
/* Answers the call with the page; changes nothing. */
void sight_show(struct call *call, const struct sight *sight);
