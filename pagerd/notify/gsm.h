/* SPDX-License-Identifier: MIT */
/*
 * gsm.h - the GSM 7-bit default alphabet (3GPP TS 23.038), in which one SMS holds 160 septets.
 *
 * One character outside the alphabet makes a phone network send the whole text as UCS-2, 70
 * characters a part, and a part may be lost. So texts are brought into the alphabet: what it has
 * is kept, the rest becomes its nearest look-alike or its Latin spelling.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

#define GSM_SEGMENT_MAX 160 /* septets of a text that is not split */

/* Appends `span` (UTF-8) in letters of the alphabet, still as UTF-8. Controls and runs of white
 * space become one space; a run of signs that have no look-alike becomes one "_". Brackets become
 * round ones, which cost one septet and not two. */
void gsm_add(struct text *text, struct span span);

/* Septets that a text takes; characters outside the alphabet count as 2 and are not `is_clean`. */
size_t gsm_septets(struct span span, bool *is_clean);
