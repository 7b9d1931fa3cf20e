/* SPDX-License-Identifier: MIT */
/* history.h - answers from the store's past, made on its reader thread. */
#pragma once

#include <stdint.h>

#include "base/time.h"

struct call;
struct daemon;
struct heartbeat;
struct history_filter;

/* GET /v1/incidents with `all`, `since` and the like. */
void history_incidents(struct daemon *daemon, struct call *call,
                       const struct history_filter *filter);

/* GET /v1/changes. */
void history_changes(struct daemon *daemon, struct call *call, const struct history_filter *filter);

/* GET /v1/incidents/N: the incident as it is now, its timeline and its pages. */
void history_incident(struct daemon *daemon, struct call *call, uint64_t number);

/* GET /v1/heartbeats/NAME: the heartbeat as it is now, and what was alerted of it since. */
void history_heartbeat(struct daemon *daemon, struct call *call, const struct heartbeat *heartbeat,
                       msec since_at);

/* Answers the call with the alerts of all incidents that were heard of since, newest first. */
void history_alerts(struct daemon *daemon, struct call *call, const struct history_filter *filter);
