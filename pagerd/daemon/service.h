/* SPDX-License-Identifier: MIT */
/* service.h - what a service manager wants to hear (sd_notify(3)); nothing without libsystemd. */
#pragma once

#include "base/time.h"

void service_ready(void);
void service_reloading(void);
void service_stopping(void);

/* How often the watchdog wants to hear that the loop turns; MSEC_NEVER when nobody listens. */
msec service_watchdog_ms(void);
void service_watchdog(void);
