/* SPDX-License-Identifier: MIT */
/*
 * stops.h - addresses whose people have said STOP, until they say START.
 *
 * Carriers want STOP to be obeyed, and providers block that number themselves (Twilio 21610). So a
 * page to it fails at once and the next contact method follows, rather than a request that is
 * refused; the manager is told, and the status says so. It is kept in the store, and while that is
 * away in the journal, as all that people say.
 */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "base/time.h"

#define STOPS_MAX \
    1000 /* addresses; beyond, the oldest is forgotten: its provider refuses it still */
#define STOPS_META "stops"

struct daemon;
struct page;
struct stop_item;
struct stops;
struct user;

struct stops *stops_new(void);
void stops_free(struct stops *stops);
/* As the store has it. */
void stops_restore(struct stops *stops, const char *value);

/* Within the turn under way: kept with it, and the managers of the person's teams are told. */
void stops_add(struct daemon *daemon, const struct user *user, const char *channel,
               const char *address);
void stops_remove(struct daemon *daemon, const struct user *user, const char *channel,
                  const char *address);
/* What another node was told, or this one in another life; the newest word of an address counts. */
void stops_take(struct daemon *daemon, const struct stop_item *item);
bool stops_has(const struct stops *stops, const char *channel, const char *address);

/* Why that page must not leave now; NULL: it may. */
const char *stops_objection(const struct daemon *daemon, const struct page *page);

/* One text for each, into an array that is open. */
void stops_problems(const struct daemon *daemon, struct json_writer *writer);
