/* SPDX-License-Identifier: MIT */
/* backoff.h - how long a page waits before its next attempt. */
#pragma once

#include <stdint.h>

#include "base/time.h"

/* The wait after so many attempts: 10 s after the first, then longer, 5 minutes at most. */
msec backoff_wait_ms(uint16_t attempts);
