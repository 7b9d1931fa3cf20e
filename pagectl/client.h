/* SPDX-License-Identifier: MIT */
/*
 * client.h - one HTTP exchange with pagerd, over TCP or its Unix socket. The only user of libcurl.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"

#define CLIENT_CONNECT_MS (5 * SECOND_MS)
#define CLIENT_TOTAL_MS (5 * SECOND_MS)
#define CLIENT_SLOW_MS (60 * SECOND_MS) /* for what makes pagerd read files or the network */

/* Where pagerd is. Strings are borrowed. */
struct place {
    const char *url;    /* without a slash at its end; of a socket "http://localhost" */
    const char *socket; /* NULL: over TCP */
    const char *token;  /* of a person or an integration, or NULL */
};

struct exchange {
    const char *method;
    const char *path;
    const char *body;         /* JSON, or NULL */
    const char *content_type; /* NULL: of JSON */
    msec connect_ms;          /* 0: CLIENT_CONNECT_MS */
    msec total_ms;            /* 0: CLIENT_TOTAL_MS */
};

/* What became of the request when there is no answer. */
enum loss {
    LOSS_NONE,   /* there is an answer */
    LOSS_UNSENT, /* pagerd has not seen it */
    LOSS_UNKNOWN /* it was sent, at least in part: pagerd may have recorded it */
};

struct reply {
    long status;
    msec now_at; /* pagerd's own clock; 0 when the answer does not say */
    enum loss loss;
    struct text body; /* text_clear it */
};

/* Makes a place of a URL or of the path of a socket. Strings live in `arena`. */
MUST_USE bool place_parse(struct arena *arena, const char *text, struct place *place,
                          struct fault *fault);
/* How a person calls it: the URL, or "the socket /run/…". */
const char *place_name(struct arena *arena, const struct place *place);

#define CLIENT_IDLE_MS (10 * MINUTE_MS) /* without a byte of a file: given up */

/* The same by GET, and an answer with status 200 goes to `file`, whatever its size, for as long as
 * bytes come; every other one is in reply->body. */
MUST_USE bool client_download(const struct place *place, const char *path, int file,
                              struct reply *reply, struct fault *fault);

/* False when no whole answer came; then reply->loss says what is known. The token is sent in a
 * header and nowhere else; redirects are not followed. */
MUST_USE bool client_exchange(const struct place *place, const struct exchange *exchange,
                              struct reply *reply, struct fault *fault);
