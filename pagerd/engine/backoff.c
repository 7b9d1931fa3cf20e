/* SPDX-License-Identifier: MIT */
#include "engine/backoff.h"

#include <stddef.h>

/* By attempts begun; the last row is for all further. */
static const msec waits_ms[] = {
    10 * SECOND_MS, 30 * SECOND_MS, 60 * SECOND_MS, 120 * SECOND_MS, 300 * SECOND_MS,
};

msec backoff_wait_ms(uint16_t attempts)
{
    size_t last = sizeof waits_ms / sizeof *waits_ms - 1;
    size_t row = attempts > 0 ? attempts - 1U : 0;
    return waits_ms[row < last ? row : last];
}
