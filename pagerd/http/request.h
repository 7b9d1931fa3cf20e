/* SPDX-License-Identifier: MIT */
/*
 * request.h - what is inside a call: the request as it came, who sent it, and the answer.
 *
 * Knows no HTTP library: the server fills the request part, call_prepare() does what can be done
 * on the server's thread, routes fill the answer. A test makes a call by hand.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "http/auth.h"
#include "http/call.h"
#include "ingest/ingest.h"

#define CALL_PARTS_MAX 3    /* variable segments of a path */
#define CALL_QUERY_MAX 32   /* arguments; further ones are refused */
#define CALL_FIELDS_MAX 16  /* of a form; further ones are refused */
#define CALL_HEADERS_MAX 64 /* further ones are not seen */

enum method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_DELETE,
    METHOD_OPTIONS,
    METHOD_OTHER,
    METHOD_COUNT
};

struct route;
struct sns_proof;

struct pair {
    const char *name;
    const char *value;
};

struct call {
    /* As it came; everything lives in the arena. */
    struct arena *arena;
    enum method method;
    const char *path; /* percent-encoded, without the query */
    struct pair query[CALL_QUERY_MAX];
    size_t query_count;
    const char *authorization; /* headers; NULL when absent */
    const char *origin;
    const char *fetch_site;
    const char *host;
    const char *if_none_match;
    struct ingest_header headers[CALL_HEADERS_MAX]; /* of routes that take alerts */
    size_t header_count;
    struct peer peer;
    struct text body;
    msec arrived_at;     /* steady clock of the server, for budgets only */
    const char *node;    /* that took it; "" this one */
    uint64_t shipped;    /* number under which that node waits for its answer; 0: this one */
    uint64_t uuids;      /* so many were made for it */
    bool is_handed_over; /* to another node, which has not said yet what it has done */

    /* By call_prepare. */
    const struct route *route;
    const char *parts[CALL_PARTS_MAX];
    struct caller caller;
    const struct json *json;   /* object, or NULL for an empty body */
    struct ingest_batch batch; /* of routes that take alerts */
    struct setup_check check;  /* of the integration's signature */
    struct sns_proof *sns;     /* a signature of AWS SNS that is still to be checked, or NULL */
    const char *const *map;    /* of the integration, for the format json */
    size_t map_count;
    const char *unreadable;     /* why a source's alerts could not be read: a sentence; or NULL */
    unsigned unreadable_status; /* of the answer to that */
    bool is_unreadable_told;    /* the body is in the timeline */
    struct pair fields[CALL_FIELDS_MAX];
    size_t field_count; /* of a form */

    /* While it runs: what a page is said in; NULL: as shipped. And what it says when the commit
     * fails later, when these words may be gone. */
    const struct wordbook *words;
    const char *unrecorded;
    const char *unrecorded_text;

    /* The answer. */
    unsigned status; /* 0: not answered yet */
    msec now_at;     /* wall clock of the turn that ran it; 0: it was not run */
    struct text answer;
    const char *content_type;
    const char *location; /* of a redirect */
    const char *allow;    /* of a 405 */
    const char *challenge;
    bool is_welcome;        /* a sender of CloudEvents may send */
    const char *nonce;      /* of an HTML page: the style sheet's */
    const char *etag;       /* with its quotes, of what may be kept */
    const char *file_name;  /* for who saves it; letters, digits, - _ and . only */
    unsigned max_age_s;     /* may be kept by its reader for so long; 0: never */
    msec modified_at;       /* 0: no such header */
    unsigned retry_after_s; /* 0: no such header */
    bool has_file;          /* the answer is `file`, and not `answer` */
    int file;               /* owned; -1: the response has it */
    uint64_t file_size;

    /* Of its owner. */
    struct guard *guard;
    void (*finish)(void *context, struct call *call);
    void *context;
    struct call *next;
};

struct call *call_new(void);
void call_free(struct call *call);
/* As new, with the memory that it has, unless that is much. */
void call_reset(struct call *call);
CLEANUP_DEFINE(struct call *, call_free)

/* Finds the route by method and path alone; false: answered with 404 or 405. */
MUST_USE bool call_route(struct call *call);
/* Who sends it, as far as the headers tell; false: answered with 401 or 403. Before the body is
 * read, so that a stranger's body is not kept. */
MUST_USE bool call_identify(struct call *call, struct identities *identities);
/* The same for a call that another node has admitted: what it showed is looked up again. False:
 * answered with 401, for it was revoked. */
MUST_USE bool call_identify_again(struct call *call, struct identities *identities);
/* Parses the body; false: answered. True: call_run may run it. */
MUST_USE bool call_parse(struct call *call, struct identities *identities);

/* Answers with 401, and counts it. Returns false. */
bool call_refuse_signature(struct call *call, const char *why);

/* An error with everything it can say; unset members are left out. */
struct problem {
    unsigned status;
    const char *code;
    const char *text;
    const char *hint;
    const char *user;
    msec at;
};
void call_answer_problem(struct call *call, const struct problem *problem);
void call_answer_errorf(struct call *call, unsigned status, const char *code, const char *format,
                        ...) PRINTF_LIKE(4, 5);
/* Begins a JSON answer with that status: returns a writer onto the empty answer. */
struct json_writer call_begin_json(struct call *call, unsigned status);

/* As it was sent, or "". */
const char *call_content_type(const struct call *call);
/* NULL when absent. */
const char *call_query(const struct call *call, const char *name);
const char *call_field(const struct call *call, const char *name);
bool call_has_query(const struct call *call, const char *name); /* given, and not "0" */
