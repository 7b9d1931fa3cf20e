/* SPDX-License-Identifier: MIT */
/* story.h - the verbs of a story: what happens, and what is expected of it. */
#pragma once

#include "scenarios/world.h"

/* Does what one clause says ("ann acknowledges"); the answer is in world->answer. */
MUST_USE bool act_clause(struct world *world, struct words *words, struct fault *fault);

/* The latest page with a code, by that channel to that person; NULL: none is known. */
const struct page *act_code_page(const struct world *world, const char *user, const char *channel);

/* Checks one clause that began with "expect"; a fault says what was expected and what is so. */
MUST_USE bool expect_clause(struct world *world, struct words *words, struct fault *fault);

/* Faults with the first page of the moment that no clause expected. */
MUST_USE bool expect_no_more(const struct world *world, struct fault *fault);
