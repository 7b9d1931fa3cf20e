/* SPDX-License-Identifier: MIT */
/*
 * verify.h - asks of the finished policy what no single key can tell: who is reached by whom.
 *
 * The one question that must never be answered with "nobody" is asked here for every team.
 */
#pragma once

#include "config/check.h"
#include "config/config.h"

void verify_config(struct check *check, const struct config *config);

/* The same for routes: the last takes everything, each can be reached. In verify_routes.c. */
void verify_routes(struct check *check, const struct config *config);

/* Maintenance windows that hold back everything. In verify_maintenance.c. */
void verify_maintenance(struct check *check, const struct config *config);

/* One of several machines has a name, a secret and a PostgreSQL. In verify_nodes.c. */
void verify_nodes(struct check *check, const struct config *config);

/* Phone numbers outside of the countries that are allowed. In verify_phones.c. */
void verify_phones(struct check *check, const struct config *config);

/* What the signature and the map of an integration need. In verify_signatures.c. */
void verify_signatures(struct check *check, const struct config *config);

/* The same for calendars: keys and uses that need or exclude each other. In verify_calendars.c. */
void verify_calendars(struct check *check, const struct config *config);

/* Chat services: nobody there is two people here. In build_rooms.c. */
void verify_rooms(struct check *check, const struct config *config);

/* And for sources. In build_integrations.c, with what makes them. */
void verify_webhooks(struct check *check, const struct config *config);
void verify_integrations(struct check *check, const struct config *config);
