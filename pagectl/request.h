/* SPDX-License-Identifier: MIT */
/*
 * request.h - asking pagerd on behalf of a command: finding it, judging the answer, and saying
 * what an error means and what to do now. Also the cache that speaks when pagerd does not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "pagectl/client.h"
#include "pagectl/tool.h"

struct request {
    const char *method; /* NULL: GET */
    const char *path;
    const char *body;
    bool is_change;  /* an error says that nothing is recorded */
    bool is_slow;    /* CLIENT_SLOW_MS */
    int64_t number;  /* the incident, for the text of a conflict; 0: none */
    const char *who; /* what "no such …" is about, for exit code 3; may be NULL */
};

/* --socket, --server, PAGECTL_SERVER, `pagectl login`, the default socket: the first that is. */
MUST_USE bool place_find(struct tool *tool, struct place *place, struct fault *fault);

/*
 * Asks and judges. EXIT_DONE with *document (in the arena; may be NULL), or what went wrong
 * has been said and its exit code is returned.
 */
int request_send(struct tool *tool, const struct request *request, const struct json **document);
/* Fetches a file into `file`, which stays the caller's; judges and says in the same way. */
int request_download(struct tool *tool, const char *path, int file);
/* The same without a word; for what is only nice to have. */
bool request_try(struct tool *tool, const char *path, msec total_ms, const struct json **document);
/* Takes over pagerd's clock, if it can be had soon; else this machine's stays. */
void request_clock(struct tool *tool);

/* A JSON object under construction; body_end gives it as a string in the arena. */
struct body {
    struct text text;
    struct json_writer writer;
};
void body_begin(struct body *body);
const char *body_end(struct tool *tool, struct body *body);
/* Leaves out what is NULL. */
void body_add(struct body *body, const char *key, const char *value);

/* Adds "name=value", percent-encoded, with the ? or & that is due. NULL value: nothing. */
void path_add(struct text *path, const char *name, const char *value);
void path_add_instant(struct text *path, const char *name, msec at);

/* Keeps a document for when pagerd is away. Failures do not matter. */
void cache_put(struct tool *tool, const char *name, const struct json *document);
/* NULL when there is none for this place. `*at` is when it was kept. */
const struct json *cache_get(struct tool *tool, const char *name, msec *at);
/* Refreshes the copy of who is on call when it is older than ten minutes. */
void cache_refresh(struct tool *tool);

/* The stored login. False without one. */
bool login_read(struct tool *tool, struct place *place);
