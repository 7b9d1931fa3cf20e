/* SPDX-License-Identifier: MIT */
/* sms_spool.h - what the channels by a modem's spool have in common. */
#pragma once

#include "notify/sms.h"
#include "notify/spool.h"

/* Is the folder of the settings one that can be used? */
MUST_USE bool spool_check(const struct channel_settings *settings, struct fault *fault);

/* Lays a message down as a file of that name. Strings are borrowed or in the arena. */
void spool_put(const struct channel_settings *settings, const struct spool_layout *layout,
               const char *name, struct span content, struct arena *arena, struct request *request);

/* Asks for what has come in, and removes the places given. */
void spool_get(const struct channel_settings *settings, const struct spool_layout *layout,
               const char *const *taken, size_t taken_count, struct arena *arena,
               struct request *request);

/* What lies there in the end, and what does not. `reason` is what the file says of why it failed,
 * or
 * "". True: it was sent. */
bool spool_judge(const struct result *result, const char *reason, struct verdict *verdict);

/* A GET that was answered. */
void spool_judge_probe(const struct result *result, const struct channel_settings *settings,
                       struct verdict *verdict);
