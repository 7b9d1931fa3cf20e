/* SPDX-License-Identifier: MIT */
/*
 * calendars.h - the answer to GET /v1/calendars, and what each calendar's state is called.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/time.h"
#include "pagectl/tool.h"

/* From good to bad. */
enum calendar_state {
    CALENDAR_OK,
    CALENDAR_DOUBT,  /* W-...: pagerd decided, somebody should look */
    CALENDAR_FAULTY, /* E-...: something that was planned is not in effect */
    CALENDAR_UNREAD, /* there is no version at all */
    CALENDAR_STALE,  /* the last good copy is in use */
    CALENDAR_HELD,   /* a new version waits for somebody to accept it */
    CALENDAR_STATE_COUNT
};

/* EXIT_DONE with the document, or what went wrong has been said. */
int calendars_ask(struct tool *tool, const struct json **document);
/* NULL: there is none of that name. */
const struct json *calendars_find(const struct json *document, const char *name);

enum calendar_state calendar_state(const struct json *row);
bool calendar_is_bad(const struct json *row);
const char *calendar_state_word(enum calendar_state state); /* "ok", "warn", "HELD" ... */
enum tone calendar_state_tone(enum calendar_state state);
/* When its source last gave a good answer; 0 when it never did. */
msec calendar_seen_at(const struct tool *tool, const struct json *row);
/* The worst that is known of it, in a sentence; "" when all is well. */
const char *calendar_problem(const struct json *row);
/* Whether a line "file:line: CODE text" is of a code that begins with E-. */
bool warning_is_error(const char *line);
