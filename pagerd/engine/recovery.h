/* SPDX-License-Identifier: MIT */
/*
 * recovery.h - the lost night is given back.
 *
 * What counts, in the night (recovery.night) of the person's own zone:
 * - woken: an alarm page that went out by a contact that wakes (any contact, for who has only quiet
 *   ones), more than RECOVERY_APART_MS after the one before, over all incidents;
 * - awake: for who acked, from that person's first page of the night for the incident until it is
 *   resolved, snoozed by that person, or taken over; overlapping incidents count once.
 * A person's part in an incident ends at its resolve, at somebody else's ack, or at the person's
 * own snooze. When no part is open by then that is still only waiting for an answer, and the night
 * has reached awake_ms or `pages`, the person rests from then for rest_ms. Further incidents of
 * that night extend the rest. What lay before a waiver does not count again.
 *
 * The person and who covers are told; the manager is told when everybody of a team rests. Only the
 * person can waive the rest. A manager of one of the person's teams, or an admin, can begin and
 * end one. When a rest ends, nothing but an entry happens. Open incidents stay with their owner.
 */
#pragma once

#include "engine/state.h"

#define RECOVERY_APART_MS (15 * MINUTE_MS)
#define RECOVERY_MEMORY_MS (48 * HOUR_MS) /* disturbances are kept that long */
#define RECOVERY_RETELL_MS HOUR_MS        /* an extension by less is not told again */
#define RECOVERY_REST_MAX_MS (60 * DAY_MS)

/* The night that holds `at`, in UTC, half-open. False: it is day. Hours that do not exist or occur
 * twice are read as zone_utc() reads them, so a night may last an hour more or less. Equal ends:
 * there is no night. */
bool recovery_night(const struct recovery_rule *rule, const struct zone *zone, msec at,
                    msec *from_at, msec *until_at);
bool recovery_is_night(const struct policy *policy, const struct user *user, msec at);

/* What is remembered of a person, for finding the least disturbed; NULL gives zeros. */
struct burden {
    unsigned wakings;
    msec awake_ms;
    msec last_page_at;
};
struct burden recovery_burden(const struct person *person);

/* Sum of wakings, and time awake with overlaps counted once, of what began in [from_at, until_at)
 * and after the last waiver. */
struct burden recovery_sum(const struct person *person, msec from_at, msec until_at);

/* An alarm page has gone out to that person. */
void recovery_woken(struct work *work, const struct user *user, const struct page *page);
/* The person has acked: is up from the first page on. */
void recovery_acked(struct work *work, const struct user *user, const struct incident *incident);
/* That person's part in the incident is over; `is_awake`: it was the one who had it. */
void recovery_part_ended(struct work *work, const char *user, const struct incident *incident,
                         bool is_awake);

void recovery_start(struct work *work, const struct event *event, struct answer *answer);
void recovery_end(struct work *work, const struct event *event, struct answer *answer);
void recovery_waive(struct work *work, const struct event *event, struct answer *answer);
void recovery_due(struct work *work, struct person *person);
void recovery_schedule(struct engine *engine, struct person *person);
