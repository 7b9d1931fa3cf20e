/* SPDX-License-Identifier: MIT */
/*
 * canary.h - pagerd pages one person now and then, by the ordinary path, and judges what came of
 * it.
 *
 * Every `canary.every` an alert of pagerd's own opens an incident that pages canary.user alone (see
 * engine/canary.h), at work only unless canary.at is "any", and never somebody who is away, rests
 * or has paused. No provider has taken a page of it within CANARY_SENT_MS, or nobody acks it before
 * it ends by itself: the admins are told, and it stays among the problems until one arrives. What
 * is under way and what was found is kept in the store, so that a restart changes nothing.
 */
#pragma once

#include "base/text.h"
#include "base/time.h"

#define CANARY_META "canary"
#define CANARY_SENT_MS (5 * MINUTE_MS) /* or `every`, when that is sooner */

struct canary;
struct daemon;
struct json_writer;

struct canary *canary_new(struct daemon *daemon);
void canary_free(struct canary *canary);

/* Takes what was kept; what cannot be read is forgotten, and a canary begins anew. */
void canary_restore(struct canary *canary, const char *value);

void canary_tick(struct canary *canary);
/* Milliseconds until something is to be done, or MSEC_NEVER. */
msec canary_next_due(const struct canary *canary);

void canary_problems(const struct canary *canary, struct json_writer *writer);
void canary_metrics(const struct canary *canary, struct text *text);
