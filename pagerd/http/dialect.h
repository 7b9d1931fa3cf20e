/* SPDX-License-Identifier: MIT */
/*
 * dialect.h - how the alert APIs of other products are spoken: one row each.
 *
 * A client of such an API knows where to put its key and what an answer looks like, and decides by
 * it whether to send again. Whatever else a route does is the same for all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct answer;
struct call;
struct house;
struct problem;

enum dialect_kind {
    DIALECT_OWN, /* docs/api.md */
    DIALECT_PAGERDUTY_V2,
    DIALECT_PAGERDUTY_CHANGE,
    DIALECT_PAGERDUTY_V1,
    DIALECT_PAGERDUTY_NAGIOS,
    DIALECT_OPSGENIE,
    DIALECT_ALERTMANAGER_V2,
    DIALECT_ALERTMANAGER_V1,
    DIALECT_GOALERT,
    DIALECT_COUNT
};

struct dialect {
    const char *name;
    /* Member of the JSON body, or field of the form, that is the integration key for clients that
     * send no Authorization header; NULL: the header alone has it. */
    const char *key_name;
    bool is_form;           /* the body is a form */
    bool is_query;          /* the query may have the key, and comes first */
    const char *media_type; /* the only one that is taken; others are 415. NULL: any */
    /* Writes an error, as those clients need it. */
    void (*refuse)(struct call *call, const struct problem *problem);
    /* Writes the answer to a body whose alerts were all handed to the engine, which said `first` of
     * the first of them; those that it refused have their `error`. */
    void (*accept)(struct call *call, const struct house *house, const struct answer *first);
};

const struct dialect *dialect_get(enum dialect_kind kind);
/* Of the call's route; pagerd's own when there is none. Never NULL. */
const struct dialect *dialect_of(const struct call *call);
/* The key in the body, empty when there is none there. JSON must have been parsed. */
struct span dialect_key(const struct dialect *dialect, const struct call *call);
