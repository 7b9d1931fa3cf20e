/* SPDX-License-Identifier: MIT */
/* waits.h - how long answers took, all of them kept: percentiles are exact. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct waits {
    uint32_t *us10; /* in tenths of microseconds */
    size_t count;
    size_t size;
};

void waits_add(struct waits *waits, int64_t ns);
/* In the order of their length: once, before waits_part(). */
void waits_sort(struct waits *waits);
/* In milliseconds: the wait that `part` (0 to 1) of all do not exceed; 0 when there are none. */
double waits_part(const struct waits *waits, double part);
void waits_clear(struct waits *waits);
