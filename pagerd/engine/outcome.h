/* SPDX-License-Identifier: MIT */
/* outcome.h - what the word of a provider says of a page that nobody knew before. */
#pragma once

#include "engine/state.h"

/* Is it no news of this page? Of an earlier attempt only success is; and once it was taken, only a
 * receipt, and a failure of the attempt that was. */
bool outcome_is_stale(const struct page *page, const struct event *event);

/* Gives what is news of it to its provider's account. */
void outcome_weigh(struct work *work, const struct page *page, const struct event *event);
