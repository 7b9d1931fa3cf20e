/* SPDX-License-Identifier: MIT */
/*
 * witness_code.h - rule 16 of witness.h: what is said of ways to reach people is so.
 *
 * It keeps an account of its own: which codes were sent where and when, what they were, how often
 * somebody was wrong, and since when a way counts as verified.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "engine/engine.h"

struct witness_codes;

struct witness_codes *witness_codes_new(void);
void witness_codes_free(struct witness_codes *codes);

MUST_USE bool witness_codes_step(struct witness_codes *codes, const struct engine *engine,
                                 struct now now, const struct event *event,
                                 const struct answer *answer, const struct effects *effects,
                                 struct fault *fault);

/* After a crash what the disk has is what is known. False: it knows of a proof that nobody gave. */
struct witness_codes *witness_codes_copy(const struct witness_codes *codes);
MUST_USE bool witness_codes_restart(struct witness_codes *codes, const struct engine *engine,
                                    struct fault *fault);
