/* SPDX-License-Identifier: MIT */
/* phone.h - phone numbers, and what a text message to them cannot do. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"

/* "+49 155 501-00001" → "+4915550100001". Fails on anything that is not a phone number. */
MUST_USE bool phone_normalize(const char *address, struct arena *arena, const char **phone,
                              struct fault *fault);

struct phone_limits {
    const char *country; /* "China"; NULL: nothing is known against it */
    bool has_links;      /* a message with a link in it arrives */
    bool has_replies;    /* what the person writes back arrives */
};

/* Of a number as a person writes it. */
struct phone_limits phone_limits(const char *address);

/* The sentence about that for somebody who configures it, or NULL. In the arena. */
const char *phone_warning(const char *address, struct arena *arena);
