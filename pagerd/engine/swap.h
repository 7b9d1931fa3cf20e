/* SPDX-License-Identifier: MIT */
/*
 * swap.h - somebody asks the others to take a part of a shift.
 *
 * It stays the asker's until one of them says yes: the first yes makes an override for exactly that
 * part, and everybody who was asked is told. When all have said no, or nobody yes before it begins,
 * it stays the asker's for good, who is told so. Who is away or rests then, has another shift at
 * that time, or would be on call for more than SWAP_ROW_MS without a break, is not asked.
 */
#pragma once

#include "engine/state.h"

#define SWAP_ROW_MS (14 * DAY_MS)
#define SWAP_WEEKENDS_MS (90 * DAY_MS)
#define SWAP_KEEP_MS (7 * DAY_MS) /* one that is over stays visible that long */
#define SWAP_OF_ONE_MAX 20        /* open ones of one person */

void swap_take(struct engine *engine, struct swap *swap);
void swap_ask(struct work *work, const struct event *event, struct answer *answer);
void swap_answer(struct work *work, const struct event *event, struct answer *answer);
void swap_cancel(struct work *work, const struct event *event, struct answer *answer);
void swap_due(struct work *work, struct swap *swap);
/* All comes out of a backup: who is asked for what is past need not hear how that ended. */
void swaps_recall(struct work *work);
/* Rule 16 of check.h. */
MUST_USE bool swaps_check(const struct engine *engine, struct fault *fault);
