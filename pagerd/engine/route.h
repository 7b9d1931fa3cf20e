/* SPDX-License-Identifier: MIT */
/*
 * route.h - what the configuration makes of an alert: how bad it is, and which team has it.
 *
 * Pure. The word of the source is looked up in the rule of its key first; an alert that no key
 * gives to a team takes the first route whose matchers all hold, and the severity that the route
 * gives. Matchers see the severity that the rule of the key made.
 */
#pragma once

#include "base/text.h"
#include "engine/event.h"
#include "engine/policy.h"

/* Why an alert is where it is. */
struct routing {
    const struct alert_route *route; /* NULL: its key names the team, or there is no route for it */
    size_t number;                   /* of the route, from 1; 0: none */
    const struct severity_mapping *mapping; /* of its word; NULL: none was used */
    bool has_default_severity;              /* it got the default of its key */
};

/* Copies the alert with its severity and team settled. The team stays NULL when no route takes it;
 * that happens only without routes, for the last takes everything. */
struct routing route_settle(const struct policy *policy, const struct alert *alert,
                            struct alert *settled);

/* "route 2 (service=web) -> web", "route 4 (everything) -> web, as warning" */
void route_add_words(struct text *text, const struct routing *routing);

/* Does the route take every alert? */
bool route_is_any(const struct alert_route *route);
/* Does `earlier` take all that `later` would, as far as the texts tell? */
bool route_hides(const struct alert_route *earlier, const struct alert_route *later);
