/* SPDX-License-Identifier: MIT */
/* expect_person.h - what a story expects of people: who rests, has paused, is awake. */
#pragma once

#include "scenarios/world.h"

MUST_USE bool expect_rest(struct world *world, struct words *words, struct fault *fault);
MUST_USE bool expect_no_rest(struct world *world, struct words *words, struct fault *fault);
MUST_USE bool expect_cover(struct world *world, struct words *words, struct fault *fault);
MUST_USE bool expect_paused(struct world *world, struct words *words, struct fault *fault);
MUST_USE bool expect_no_pause(struct world *world, struct words *words, struct fault *fault);
MUST_USE bool expect_awake(struct world *world, struct words *words, struct fault *fault);
MUST_USE bool expect_asleep(struct world *world, struct words *words, struct fault *fault);
