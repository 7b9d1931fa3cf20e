/* SPDX-License-Identifier: MIT */
/*
 * answered.h - answers of the last calls that may not be run twice.
 *
 * A call may come to the node on duty by both ways, the database and the link, when one of them
 * broke over it. Under its number it is run once; who asks again is given the answer once more. The
 * oldest go: nobody asks for long.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

#define ANSWERED_COUNT_MAX 1024
#define ANSWERED_SIZE_MAX (4 << 20) /* bytes of answers; one that is longer is not kept */

struct answered;

/* Empty. The caller owns it. */
struct answered *answered_new(void);
void answered_free(struct answered *answered);
CLEANUP_DEFINE(struct answered *, answered_free)

/* Keeps a copy of the answer to the call of that number; the first one of it stays. */
void answered_keep(struct answered *answered, uint64_t number, struct span answer);

/* The answer to that call, or NULL; borrowed until the next one is kept. */
const struct text *answered_find(const struct answered *answered, uint64_t number);
