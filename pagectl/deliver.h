/* SPDX-License-Identifier: MIT */
/*
 * deliver.h - brings spooled events to pagerd, in order, one process at a time.
 *
 * Events of one source (format, place, key) form a stream: when its first one cannot be
 * delivered, the rest of that stream waits behind it and other streams go on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "pagectl/spool.h"

#define DELIVER_CONNECT_MS (3 * SECOND_MS)
#define DELIVER_TOTAL_MS (10 * SECOND_MS)
#define DELIVER_BOUND_MS (20 * SECOND_MS) /* of a notifier: Nagios kills it after 30 s */

struct deliver_report {
    bool is_busy; /* another process delivers just now */
    size_t delivered;
    size_t refused;
    size_t left;
    char problem[FAULT_TEXT_MAX]; /* why the first one is left or was refused; "" */
};

enum verdict {
    VERDICT_TAKEN,
    VERDICT_NEVER, /* pagerd will not take it, however often it is asked */
    VERDICT_LATER
};

#define ENTRY_MAIL                                                                \
    "mail" /* of an event: a mail as base64, which is posted instead of the event \
            */

/* One entry: {"format","place","key_file"|"key","event":{…}}. Strings live in `arena`. */
MUST_USE bool entry_parse(struct arena *arena, struct span bytes, const struct json **entry,
                          struct fault *fault);
/* Which stream it belongs to. */
const char *entry_stream(struct arena *arena, const struct json *entry);
/* Posts it; `why` says what is wrong unless it was taken. */
enum verdict entry_post(struct arena *arena, const struct json *entry, msec limit_ms,
                        struct fault *why);
/* What a status means for an event; also walked by the unit tests. */
enum verdict verdict_of(long status);

/* Delivers what is there until `bound_ms` is over. */
void deliver_run(const struct spool *spool, msec bound_ms, struct deliver_report *report);

/* Starts a process of its own that goes on delivering, unless one runs. */
void deliver_detach(const struct spool *spool);
/* The loop of that process: until the spool is empty, at most `length_ms`. */
void deliver_loop(const struct spool *spool, msec length_ms, struct deliver_report *report);
