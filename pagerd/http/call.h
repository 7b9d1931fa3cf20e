/* SPDX-License-Identifier: MIT */
/*
 * call.h - one HTTP request on its way through the daemon.
 *
 * The server's thread reads it whole, finds its route and its caller, parses the body, suspends
 * the connection and hands the call to the inbox. The loop runs it inside a turn (call_run) and,
 * when it changed something, keeps it until the turn's commit. call_finish, from any thread,
 * gives it back to the server, which sends the answer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

struct call;
struct house;

/* What has to happen before the answer may leave. */
enum call_wait {
    CALL_ANSWER_NOW,   /* nothing was changed */
    CALL_AFTER_COMMIT, /* finish when the turn is on disk; call_fail_unavailable when it is not */
    CALL_HANDED_OVER   /* history: the store's reader finishes it */
};

/* Filter of GET /v1/incidents. */
struct history_filter {
    bool is_all;
    const char *team;
    const char *user;    /* mine */
    const char *service; /* changes: of this one, or of none */
    msec since_at;       /* wall; 0: no bound */
    msec until_at;       /* changes: before then; 0: no bound */
    uint64_t before;     /* number; 0: no bound */
    size_t limit;
};

/* Runs the route on the loop's thread, inside a turn. The response is made here. */
enum call_wait call_run(struct call *call, struct house *house);

/* Replaces whatever was made by a 503 that says nothing was recorded. */
void call_fail_unavailable(struct call *call, const char *why);

/* For history: a whole JSON body, or an error of docs/api.md. The text is taken over. */
void call_answer_json(struct call *call, unsigned status, struct text *body);
void call_answer_error(struct call *call, unsigned status, const char *code, const char *text);

/* A feed that is made. */
struct feed_body {
    struct span bytes; /* text/calendar */
    const char *hash;  /* of the bytes, as hash_text() gives it */
    msec modified_at;  /* wall */
    const char *file_name;
};

/* Answers with the feed, or with 304 when the caller has it already. All is copied. */
void call_answer_feed(struct call *call, const struct feed_body *feed);

/* Answers with all of that file, which the call owns from now on; it stands at any place. */
void call_answer_file(struct call *call, int file, uint64_t size);

/* Name of the key that the caller showed, for its last use; NULL when there was none. */
const char *call_key(const struct call *call);

/* A call that was handed over to ask an address of AWS SNS: `is_good` is a 200. It is then run
 * again. */
void call_set_fetched(struct call *call, bool is_good);

/* Gives the call back to the server's thread; it must not be touched any more. Thread-safe. */
void call_finish(struct call *call);
