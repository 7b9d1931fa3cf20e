/* SPDX-License-Identifier: MIT */
/*
 * storm.h - many new alerts of one service in a short time page once, not each.
 *
 * Counted are alerts that would open an incident, for each (team, service):
 *
 * - The first of a service pages at once; so does one that is worse than all that this service has
 *   paged for since it was last quiet.
 * - Another that comes within STORM_GATHER_MS of the one before opens its incident, too, but its
 *   first page waits until STORM_GATHER_MS after the last that paged at once.
 * - With more than `more` of them within `within_ms` it is a storm: one incident, the first that
 *   waits (else the one that is being opened, which then waits), takes all the others that wait,
 *   and all that come from then on. It pages once when its wait is over, and says how many.
 * - No new alert for `within_ms`: it is over, and the next is a first one again.
 * - The first alerts of STORM_SERVICES services of a team page within `within_ms`; further services
 *   that are not worse than those go into one incident of the team, and from then on whatever else
 *   comes of any of its services, unless that has a storm of its own by then.
 *
 * None of it outlives a restart: then each service begins anew, and rather pages once more.
 */
#pragma once

#include "engine/state.h"

#define STORM_GATHER_MS (2 * SECOND_MS)
#define STORM_SERVICES 20
#define STORM_WAITING_MAX 100 /* incidents of a service that may yet be merged; the rest page */
#define STORM_PRUNE_MS (10 * SECOND_MS)
#define STORM_BURSTS_MAX 10000 /* services looked after at once; the rest count as one */

enum storm_verdict {
    STORM_PAGES, /* opens an incident, as any */
    STORM_WAITS, /* opens one whose first page waits */
    STORM_JOINS  /* is part of `incident` */
};

struct storm_place {
    enum storm_verdict verdict;
    msec due_at;               /* WAITS: steady */
    bool is_storm;             /* WAITS: further ones join it */
    struct incident *incident; /* JOINS */
    struct burst *burst;       /* WAITS: of what */
};

/* Where this alert belongs, which opens no incident by another rule. Counts it. */
struct storm_place storm_judge(struct work *work, const struct team *team,
                               const struct alert *alert);
/* The incident that was opened for what storm_judge() said. */
void storm_opened(struct work *work, const struct storm_place *place, struct incident *incident);

void storm_free(struct engine *engine);
