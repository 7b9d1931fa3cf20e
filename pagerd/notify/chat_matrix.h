/* SPDX-License-Identifier: MIT */
/*
 * chat_matrix.h - what people write in rooms of Matrix, which has no buttons: "!ack 412".
 *
 * Read by /sync, as an ordinary client does: any account on any server can, while an application
 * service has to be registered by whoever runs the server. Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "notify/notify.h"

#define MATRIX_WAIT_MS                                                                   \
    (20 * SECOND_MS)           /* that long the server holds a question; less than FETCH \
                                */
#define MATRIX_COMMANDS_MAX 50 /* of one answer */
#define MATRIX_SINCE_MAX 400   /* bytes */

struct matrix_command {
    const char *room;
    const char *from;  /* "@ann:example.org" */
    const char *event; /* its id */
    const char *text;  /* without the exclamation mark */
};

/* What is new since that answer; NULL: only where the talk is now. Fails like render. */
MUST_USE bool matrix_sync_render(const char *since, const struct channel_settings *settings,
                                 struct arena *arena, struct request *request, struct fault *fault);

/*
 * Reads an answer: where the talk is now, and the commands not older than CHAT_SEEN_MS. Strings
 * live in `arena`. False: it is none, and `fault` says why.
 */
MUST_USE bool matrix_sync_read(struct span body, msec now_at, struct arena *arena,
                               const char **ret_since,
                               struct matrix_command commands[MATRIX_COMMANDS_MAX],
                               size_t *ret_count, struct fault *fault);
