/* SPDX-License-Identifier: MIT */
/*
 * keep.h - a store in memory: copies of the records that effects say to save, and back.
 *
 * It checks what a real store would check: each record is one version above what it replaces.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/map.h"
#include "engine/engine.h"

struct keep {
    struct map *incidents; /* key: the number, in text, as the others */
    struct map *pages;
    struct map *people;
    struct map *overrides;
};

void keep_init(struct keep *keep);
void keep_clear(struct keep *keep);

/* Takes over all records of one turn; false: a version is not the next one. */
MUST_USE bool keep_commit(struct keep *keep, const struct effects *effects, struct fault *fault);

/* Gives everything to a fresh engine, up to but not including engine_restored(). */
void keep_restore(const struct keep *keep, struct engine *engine);
