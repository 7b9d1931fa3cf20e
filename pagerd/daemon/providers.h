/* SPDX-License-Identifier: MIT */
/*
 * providers.h - how the providers of all channels are doing, for people and machines; and asks
 * those that are down, where that pages nobody, whether they are back (engine/provider.h).
 */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define PROVIDERS_ASK_MS MINUTE_MS

struct daemon;
struct providers;

struct providers *providers_new(struct daemon *daemon);
void providers_free(struct providers *providers);

/* Milliseconds until providers_tick() has something to do. */
msec providers_next_due(const struct providers *providers);
void providers_tick(struct providers *providers);

/* {"channels": [...]} of docs/api.md. With `is_admin` also the addresses for callbacks, which are
 * as good as secrets. */
void providers_write(struct daemon *daemon, bool is_admin, struct json_writer *writer);
/* A sentence for each that is down. */
void providers_problems(struct daemon *daemon, struct json_writer *writer);
void providers_metrics(struct daemon *daemon, struct text *text);
