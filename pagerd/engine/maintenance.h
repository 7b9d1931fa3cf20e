/* SPDX-License-Identifier: MIT */
/*
 * maintenance.h - silences that calendars make: windows of maintenance.
 *
 * A window (struct maintenance, of the policy) says what is meant; the outages of its calendar (of
 * the roster) say when. For each window there is a silence (silence.h) of the outage that is on,
 * and one, planned, of the next. From there on they are silences like any other: they are saved,
 * hold back and let go by mute.h, and may be ended by hand, which ends that outage for good.
 *
 * - What policy and roster do not say any more is over at once, and what it held back is let go.
 * - A calendar that is not known yet (a start) takes nothing back: what was saved holds to its end.
 * - An outage that is longer than SILENCE_MAX_MS is none.
 * - A window holds by the wall clock as it is; one that was set back by no more than CLOCK_BACK_MS
 *   does not interrupt it.
 */
#pragma once

#include "engine/state.h"

/* Brings the silences of all windows in line with policy, roster and time. Nothing before
 * engine_restored(). */
void maintenance_plan(struct work *work);

/* The same of one window, which `silence` is of: that has begun, or is over. Nothing when it was
 * made by hand. */
void maintenance_go_on(struct work *work, const struct silence *silence);

/* Is it of a window whose calendar is known, and says when it ends? */
bool maintenance_is_known(const struct engine *engine, const struct silence *silence);
