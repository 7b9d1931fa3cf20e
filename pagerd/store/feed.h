/* SPDX-License-Identifier: MIT */
/*
 * feed.h - what a transaction wrote, as bytes that other nodes follow it by (mirror.h).
 *
 * The orders of its batches, one after the other, in the byte form of struct batch. They mean
 * something only to a program that has the same tables in the same form: feed_format() says which.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "store/backend.h"

#define FEED_LOCAL "away."    /* names of meta values that belong to one node alone begin so, */
#define FEED_MIRROR "mirror." /* or so */

/* Never negative; another number: bytes of another form, or of another schema. */
int64_t feed_format(void);

/* Adds what the batch writes, without the answers to calls. */
void feed_add(struct text *bytes, const struct batch *batch);

/*
 * Adds the orders to the batch, with their preconditions; texts are as PostgreSQL has them, in
 * which bytes that are no UTF-8 become U+FFFD. FAULT_INPUT: the bytes are not of this form; the
 * batch has some of them then.
 */
MUST_USE bool feed_take(struct span bytes, struct batch *batch, struct fault *fault);

/* A row that is never in a copy nor in a feed, but of the node's own. */
bool feed_is_local(enum record_kind kind, const struct cell *cells);
