/* SPDX-License-Identifier: MIT */
/* alerts.h - one alert of whatever door, into the engine. */
#pragma once

#include "http/house.h"
#include "http/request.h"

/* The integration whose alerts a call is about: the key's name, or that of people who post. */
const char *alert_integration(const struct call *call);

/*
 * Steps one item within the turn: finds its team, and the person whom an acknowledgement names; one
 * that names nobody of ours becomes a note (item->event says so). `item->error` is set when the
 * engine will not have it; of a source's item that has one already, an incident is made
 * (unreadable.h). False: a limit is met, and the whole body is to be sent again.
 */
MUST_USE bool item_step(struct call *call, struct house *house, struct ingest_item *item,
                        struct answer *answer);
