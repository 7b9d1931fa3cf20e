/* SPDX-License-Identifier: MIT */
/*
 * act.h - one thing that one person does: from the call to the engine and back to an answer.
 */
#pragma once

#include "http/house.h"
#include "http/request.h"

/* An event by the caller, who is a person; everything else is unset. */
struct event act_event(const struct call *call, enum event_kind kind);

/* Turns what the engine said into an error of docs/api.md; true: it was done, or was so before. */
bool act_is_done(struct call *call, const struct house *house, const struct answer *answer);

/* "done" or "already" */
const char *act_status(const struct answer *answer);

/* {"status","text"}, after the commit. */
enum call_wait act_answer(struct call *call, const struct answer *answer, const char *text);

/* A positive number of the path or an id such as "57" or "o57"; false: answered with 404. */
bool act_number(struct call *call, const char *what, const char *text, uint64_t *number);

/* A positive number of the query; left as it is when that has none; false: answered with 400. */
bool act_count(struct call *call, const char *name, uint64_t *number);

/* An instant of the body or query: false, answered with 400, when it is there and cannot be read.
 * `*at` is left alone when absent. */
bool act_instant(struct call *call, const char *name, const char *text, msec *at);

/* The team named, or the only one there is; NULL: answered with 404 or 400. */
const struct team *act_team(struct call *call, const struct policy *policy, const char *name);
