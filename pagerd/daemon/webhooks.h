/* SPDX-License-Identifier: MIT */
/*
 * webhooks.h - tells other programs what happens to incidents, each time at least once.
 *
 * What is to be told goes to disk in the very commit that makes it true (store: a meta value per
 * message, in one of WEBHOOK_ITEMS_MAX places that are used again), and is told once that is on
 * disk. So neither a kill nor a power cut loses or invents a message; one that was told just before
 * may be told again, with the same id. Of one incident each receiver is told in order: what is not
 * taken yet holds up what follows of that incident only.
 *
 * Any 2xx is taken. 410 ends it: the receiver is told nothing more until it has another address or
 * the configuration is loaded anew by hand. All else is tried again (webhook_wait_ms) for as long
 * as the receiver's retry-for says, and then given up, which is told.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define WEBHOOK_ITEMS_MAX 4096         /* messages of all receivers that wait */
#define WEBHOOK_BODY_MAX (64 * 1024)   /* a larger one goes without its details */
#define WEBHOOK_FLIGHTS_MAX 8          /* at once, to one receiver; one while it fails */
#define WEBHOOK_META_PREFIX "webhook." /* and the number of the place */
#define WEBHOOK_STOP_META "webhooks-stopped"

struct batch;
struct daemon;
struct effects;
struct webhooks;

struct webhooks *webhooks_new(struct daemon *daemon);
void webhooks_free(struct webhooks *webhooks);

/* A meta value of the store; others than its own are passed over. */
void webhooks_restore(struct webhooks *webhooks, const char *name, const char *value);
/* What waits comes out of a backup: it is dropped, here and on disk. */
void webhooks_recall(struct webhooks *webhooks, struct batch *batch);
/* The past is there, or (`is_reload`) the configuration is new: who was stopped is tried again. */
void webhooks_open(struct webhooks *webhooks, bool is_reload);

/* What of these effects is to be told goes into the batch with them. Returns the last message so
 * far, which is told when webhooks_landed() says that this batch is on disk. */
uint64_t webhooks_gather(struct webhooks *webhooks, const struct effects *effects,
                         struct batch *batch);
void webhooks_landed(struct webhooks *webhooks, uint64_t last);

msec webhooks_next_due(const struct webhooks *webhooks); /* milliseconds */
void webhooks_tick(struct webhooks *webhooks);

/* Appends one line per receiver that cannot be told. */
void webhooks_problems(const struct webhooks *webhooks, struct json_writer *writer);
void webhooks_metrics(const struct webhooks *webhooks, struct text *text);
