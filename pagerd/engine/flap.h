/* SPDX-License-Identifier: MIT */
/*
 * flap.h - a key that comes and goes is one incident until it is quiet.
 *
 * An episode of a key is counted when it begins to fire. More than `more` of them within
 * `within_ms` of the first, and it is flapping: its incident is not closed when its source says
 * that it is over, but when nothing was heard of it for `quiet_ms` after that. What it fires
 * meanwhile is counted and pages nobody anew, but for a rise of its severity; nobody having acked,
 * its steps go on.
 */
#pragma once

#include "engine/state.h"

/* An episode begins; `before` is the one before it of the same key (itself, where it fires again in
 * its incident), or NULL. */
void flap_count(struct work *work, struct alert_record *record, const struct alert_record *before);

/* It is over, says its source: held now, if it is flapping. */
void flap_hold(struct work *work, struct incident *incident, struct alert_record *record);
/* It fires again. */
void flap_release(struct incident *incident, const struct alert_record *record);
/* It was quiet for long enough. */
void flap_end(struct work *work, struct incident *incident, struct alert_record *record);
