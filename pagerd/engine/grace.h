/* SPDX-License-Identifier: MIT */
/*
 * grace.h - what a source still says after a person has resolved it.
 *
 * For GRACE_MS after the resolve, triggers that are no worse are counted into the resolved
 * incident: whoever mends something is not paged for what was on its way. A source that says things
 * once would never be heard then; so what was counted, and neither was called over by its source
 * nor has an end of its own, opens a new episode when that time is over.
 */
#pragma once

#include "engine/state.h"

#define GRACE_MS (5 * MINUTE_MS) /* unless the alert says another, alert.grace_ms */

/* Is this trigger of the record's key to be counted into its resolved incident? */
bool grace_holds(const struct work *work, const struct incident *incident,
                 const struct alert_record *record, const struct alert *alert);
/* It was counted; listed for saving. */
void grace_count(struct work *work, const struct incident *incident, struct alert_record *record,
                 const struct alert *alert);
/* The time of one that was counted is over. */
void grace_due(struct work *work, struct alert_record *record);
