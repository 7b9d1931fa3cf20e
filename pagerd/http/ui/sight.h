/* SPDX-License-Identifier: MIT */
/* sight.h - what stands behind one ack link at one moment, and the page that shows it. */
#pragma once

#include <stdbool.h>

#include "base/id.h"
#include "http/house.h"
#include "http/request.h"

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
};

/* The incident is over, or is not known any more: nothing on the page acts. */
bool sight_is_closed(const struct sight *sight);
/* Answers the call with the page; changes nothing. */
void sight_show(struct call *call, const struct sight *sight);
