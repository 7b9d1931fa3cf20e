/* SPDX-License-Identifier: MIT */
/* utf8_table.h - what utf8.c looks up: from the Unicode character database, sorted, for base/. */
#pragma once

#include <stdint.h>

#define UTF8_PAIR_COUNT 291
#define UTF8_ZERO_WIDTH_COUNT 109
#define UTF8_WIDE_COUNT 81

/* A lower-case letter and a combining mark, and the one code point that is both (NFC). */
struct utf8_pair {
    uint16_t letter;
    uint16_t mark;
    uint16_t composed;
};

struct utf8_range {
    uint32_t first;
    uint32_t last;
};

extern const struct utf8_pair utf8_pairs[UTF8_PAIR_COUNT];
extern const struct utf8_range utf8_zero_width[UTF8_ZERO_WIDTH_COUNT];
extern const struct utf8_range utf8_wide[UTF8_WIDE_COUNT];
