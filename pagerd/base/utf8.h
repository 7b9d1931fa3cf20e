/* SPDX-License-Identifier: MIT */
/* utf8.h - Unicode text: checks, cuts, case folding, and the GSM 7-bit alphabet's look-alikes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

#define UTF8_REPLACEMENT 0xfffd

/* Reads one code point (RFC 3629) from the start of `rest` and moves it on; U+FFFD for a bad
 * byte. Returns 0 only at the end or for a real NUL. */
uint32_t utf8_next(struct span *rest);
void utf8_add(struct text *text, uint32_t code_point);
bool utf8_is_valid(struct span span);
/* How many bytes at the start are printable ASCII, space included. */
size_t utf8_plain_size(struct span span);

/* The longest prefix of at most `max` bytes that does not cut a sequence. */
struct span utf8_cut(struct span span, size_t max);

/* Appends valid UTF-8: bad bytes become U+FFFD; C0 and C1 controls but \n and \t, and marks that
 * turn the direction of text around, are dropped. */
void utf8_add_clean(struct text *text, struct span span);

/* Appends the text for comparison: Latin, Greek and Cyrillic letters lower-cased and composed
 * (NFC for combining marks after those letters), runs of white space as one space, trimmed. */
void utf8_add_folded(struct text *text, struct span span);

/* Columns on a terminal: 0 for combining, 2 for wide East Asian, else 1. */
size_t utf8_width(struct span span);
