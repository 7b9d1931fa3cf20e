/* SPDX-License-Identifier: MIT */
/*
 * spend.h - how many messages a channel has sent within a day, against its cap.
 *
 * Counted are attempts, by the hour, for the whole house. A channel whose cap is met still lets
 * the first page of an incident to each person through, what stands for several incidents, and
 * whatever goes to the last resort; other pages of it fail, and the next contact of the person is
 * paged. Its people are told once a day. After a restart the count begins with the pages of the
 * last day that are still known.
 */
#pragma once

#include "engine/state.h"

/* May this page be handed over by its contact (NULL: its person has it no more)? */
bool spend_allows(struct work *work, const struct page *page, const struct contact *contact);

/* An attempt of it is handed over. */
void spend_note(struct work *work, const struct page *page, const struct contact *contact);

/* A page of before the restart. */
void spend_restored(struct work *work, const struct page *page);

/* Messages of that channel within a day. */
uint32_t spend_count(const struct engine *engine, const char *channel, msec steady_at);

void spend_free(struct engine *engine);
