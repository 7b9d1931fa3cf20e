/* SPDX-License-Identifier: MIT */
/* witness_record.h - what the witness remembers of a record, and looks for among effects. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"

/* The version of an incident and all that falls due for it, as they were saved. */
struct witness_mark {
    uint64_t version;
    struct escalation walk;
    msec acknowledge_due_at;
    msec snooze_due_at;
    msec promote_due_at;
};

struct witness_mark witness_mark(const struct incident *incident);

/* False: nothing was saved since, and yet something is due at another time than was saved. */
bool witness_mark_holds(const struct witness_mark *mark, const struct incident *incident);

/* An entry of this step in the incident's timeline with one of these names; NULL: with any. */
bool witness_has_entry(const struct effects *effects, uint64_t number, const char *const *names);

/* Does this step make the incident's links void? */
bool witness_has_revoked(const struct effects *effects, uint64_t number);

/* Is this alarm given up, though nobody knows whether it arrived and its incident waits? That to
 * somebody who is off call by now is, where others are asked. */
bool witness_gives_up(const struct engine *engine, struct now now, const struct page *page);

/* 3: may a new problem be counted into this incident? Only where its key has limits, into the open
 * incident that stands for what is beyond them, which is as bad as the worst of it. */
bool witness_joins_overflow(const struct policy *policy, const struct alert *alert,
                            const struct incident *incident);
