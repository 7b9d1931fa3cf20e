/* SPDX-License-Identifier: MIT */
/*
 * awake.h - who is up need not be woken.
 *
 * Who has acked within awake.after-ack, or says so (pagectl awake), is awake. The first page of an
 * incident to that person then comes by push only; to who has none by the contacts of the rule's
 * first step that do not ring, and when that leaves nothing, by all of these. What is not critical
 * is gathered (bundle.h): one page in awake.bundle. From the second step and round on, and for what
 * is asked by hand, all is as ever: a page that is not answered is not known to have been seen.
 */
#pragma once

#include "engine/state.h"

#define AWAKE_DEFAULT_MS HOUR_MS
#define AWAKE_MAX_MS (12 * HOUR_MS)

void awake_begin(struct work *work, const struct event *event, struct answer *answer);
/* By the person: what is being gathered goes out now. */
void awake_end(struct work *work, const struct event *event, struct answer *answer);
void awake_acked(struct work *work, const struct user *user, const struct incident *incident);
void awake_clock_back(struct work *work, msec back_ms);

/* Is this run's next page one that need not wake? */
bool awake_has(const struct work *work, const struct user *user, const struct notify_run *run);
/* Of the contacts (a bit each) of a rule's first step, and of all that may be used, those that the
 * person is paged by. */
uint16_t awake_contacts(const struct user *user, uint16_t of_step, uint16_t of_all);
/* Until when (steady) it may wait for others; now: it goes out at once. */
msec awake_due(const struct work *work, const struct incident *incident,
               const struct person *person);
