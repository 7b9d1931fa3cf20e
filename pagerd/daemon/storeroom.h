/* SPDX-License-Identifier: MIT */
/* storeroom.h - opens the store that the configuration names, and waits for a database. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/time.h"

struct config;
struct daemon;
struct departures_now;
struct text;

/*
 * Opens SQLite in the state directory, or what `store` says. A database that is away is waited for,
 * for as long as it takes: the log says so with every try, systemd is kept patient, and the admins
 * are told after half a minute. False: the store cannot be used, or pagerd was asked to end.
 */
MUST_USE bool storeroom_open(struct daemon *daemon, struct fault *fault);

/* Can the store of this configuration be used? `is_net`: the database is asked, and `said` gets
 * what it says; else only its connection string is read. */
MUST_USE bool storeroom_check(const struct config *config, bool is_net, struct text *said,
                              struct fault *fault);

/* Did the database answer when it was last asked? */
MUST_USE bool storeroom_answers(const struct daemon *daemon, struct fault *why_not);

/* How long ago the store has confirmed that this pagerd writes, for departures.h. */
struct departures_now storeroom_confirmed(const struct daemon *daemon);

/* Ends this pagerd, or lets it stand by, when another one has taken over the database: also when
 * there is nothing to commit. */
msec storeroom_next_due(const struct daemon *daemon);
void storeroom_tick(struct daemon *daemon);
