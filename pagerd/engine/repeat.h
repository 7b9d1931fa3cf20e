/* SPDX-License-Identifier: MIT */
/*
 * repeat.h - a page that is sent again because nobody knows whether it has arrived.
 *
 * It says so of itself, is counted by its reason and stands in the timeline. To a provider that
 * takes an idempotency key such an attempt is the one before once more: key_attempt stays, so that
 * what was taken is not taken twice. Where something definite is known of the attempt before (it
 * was refused, it was taken and did not arrive) the next one is a new one and has a key of its own:
 * a provider that remembers the old one must not swallow it.
 */
#pragma once

#include "engine/state.h"
#include "engine/view.h"

/* The page may have arrived and will be sent again; the key goes on. */
void repeat_begin(struct page *page, enum repeat_reason reason);

/* Something definite is known of the latest attempt: the next one has a key of its own. */
void repeat_end(struct page *page);

/* An attempt begins: which one it is to its provider, and one more repeat in the counts. */
void repeat_note(struct engine *engine, struct page *page);
