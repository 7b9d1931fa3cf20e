/* SPDX-License-Identifier: MIT */
/*
 * worsen.h - the severity of an incident that is there becomes another one.
 *
 * - To one that pages nobody: what pages, pages on.
 * - A rise to one that wakes, of what has not woken anybody (it was milder, acked, snoozed, held
 *   back): it begins to page from step 0.
 * - A rise of what wakes already: the walk goes on where it stands. Who is being asked by the rule
 *   of the milder severity is asked by that of the new one, from its first step. To critical: what
 *   waited to be one page with others goes out now, and a page that its provider has not answered
 *   for PAGE_HEDGE_MS is hedged (page.h).
 * - Whoever was asked by ways that have all failed, or by one that is in trouble, because the
 *   milder severity has no others in quiet hours, is asked by one of those it has now, whose turn
 *   it is or not.
 */
#pragma once

#include "engine/state.h"

/* Sets severity and promotion; pages as above, and when only its severity had kept it quiet and the
 * new one pages, milder or not. */
void incident_worsen(struct work *work, struct incident *incident, enum severity severity);

/* It wakes from now on, and has begun to page: who was not reached before is asked by more ways,
 * and what is with a provider is hurried where it is critical. */
void worsen_ask_on(struct work *work, struct incident *incident);
