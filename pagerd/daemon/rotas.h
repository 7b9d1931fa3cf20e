/* SPDX-License-Identifier: MIT */
/*
 * rotas.h - keeps the rotas in step with their calendars: reads files when they change and URLs
 * when they are due, has them expanded by the reader child, and puts a new version in force only
 * when it was judged good. What was good once stays until something better comes.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define ROTAS_FILE_POLL_MS (2 * SECOND_MS)
#define ROTAS_EXPAND_MS DAY_MS /* the horizon moves: expand again */
#define ROTAS_READERS_MAX 2    /* children at once */

struct config;
struct daemon;
struct rotas;

struct rotas *rotas_new(struct daemon *daemon);
void rotas_free(struct rotas *rotas);

/* The calendars of a configuration just put in force; those that stay the same keep what they
 * have. The rotas are made again, for people may have changed. */
void rotas_configure(struct rotas *rotas, const struct config *config);

/* Expands every calendar again as it is: the zones of this machine have changed. */
void rotas_expand(struct rotas *rotas);

/* Has every calendar been read once, or found unreadable? */
bool rotas_are_settled(const struct rotas *rotas);

/* Has every calendar been expanded for the time that it is now? Not so while it is being done. */
bool rotas_are_current(const struct rotas *rotas);

msec rotas_next_due(const struct rotas *rotas);
void rotas_tick(struct rotas *rotas);

/* Looks at it now / puts the held back version in force. False: no such calendar, or nothing is
 * held back. */
MUST_USE bool rotas_refresh(struct rotas *rotas, const char *name, struct fault *fault);
MUST_USE bool rotas_accept(struct rotas *rotas, const char *name, const char *actor,
                           struct fault *fault);

/* "calendars":[…] of docs/api.md, into the open object. */
void rotas_status(const struct rotas *rotas, struct json_writer *writer);

/* Age of each calendar, and whether a version of it is held back. */
void rotas_metrics(const struct rotas *rotas, struct text *text);

/* Appends one line per calendar that has a problem. */
size_t rotas_problems(const struct rotas *rotas, struct json_writer *writer);
