/* SPDX-License-Identifier: MIT */
/* response.h - the answer of a call as the HTTP library wants it, with its headers. */
#pragma once

#include "base/text.h"
#include "base/time.h"

#define RESPONSE_TYPE_SIZE 64

struct MHD_Response;
struct call;

/* Takes the answer's bytes away from the call, if they are many. The caller destroys the response.
 */
struct MHD_Response *response_make(struct call *call);

/* The last short answer that was given: those of one turn are often alike, and to make the response
 * takes longer than to send it. */
struct response_kept {
    struct MHD_Response *response; /* NULL: none yet */
    msec now_at;
    char type[RESPONSE_TYPE_SIZE];
    struct text body;
};

/* The response of a call that says no more than others do, borrowed until the next call of this;
 * NULL: it wants one of its own. */
struct MHD_Response *response_share(struct response_kept *kept, struct call *call);
void response_clear(struct response_kept *kept);
