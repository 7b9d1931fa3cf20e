/* SPDX-License-Identifier: MIT */
/*
 * sense.h - what a script may not say, for no configuration and no source could: two users of one
 * name, a team that ends at nobody, an alert to a daemon that is not there.
 *
 * Actors do not write such things; they come about when a script is cut down.
 */
#pragma once

#include "scenarios/world.h"

/* Can this line of set-up stand here? Both leave the words as they are. */
bool sense_line(const struct setup *setup, const struct words *words);
bool sense_clause(const struct world *world, const struct words *words);

/* Everything that is named is there, and no team ends at nobody; as config/ has it. */
MUST_USE bool sense_house(const struct setup *setup, const struct policy *policy,
                          struct fault *fault);
