/* SPDX-License-Identifier: MIT */
/*
 * stretch.h - segments of a rota that follow each other without a change of who is on call, taken
 * together.
 *
 * Found once for each roster, so that the ends of an answer cost a binary search, not a walk over
 * ten thousand shifts of the same person.
 */
#pragma once

#include "engine/state.h"

/* For the roster that is in force; before the first there is nothing to free. */
void stretches_rebuild(struct engine *engine);
void stretches_free(struct engine *engine);

/* The stretch that holds a segment of a rota of that roster. */
struct stretch {
    msec start_at;
    msec end_at;
};
struct stretch stretch_of(const struct engine *engine, const struct rota *rota,
                          const struct segment *segment);
