/* SPDX-License-Identifier: MIT */
/* witness_alert.h - the witness's account of alerts: of which incident each key was a part last. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "engine/engine.h"

/* Takes the record down under its key, unless a later one of the key is there. */
void witness_alert_note(struct map *keys, const struct alert_record *record);
/* The same for all of an incident. */
void witness_alerts_note(struct map *keys, const struct incident *incident);
/* The number of that incident, 0: the key is new. */
uint64_t witness_alert_find(const struct map *keys, const struct alert *alert);
/* With all that it holds. */
void witness_alerts_free(struct map *keys);

/* Does this trigger say by its end that it is over? */
bool witness_is_past(const struct event *event, struct now now);

/* A new key may be part of an incident that is open, not milder, and says why. */
bool witness_has_joined(const struct incident *incident, const struct alert *alert,
                        const struct effects *effects);
