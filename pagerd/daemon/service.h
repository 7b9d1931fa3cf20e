/* SPDX-License-Identifier: MIT */
/* service.h - what a service manager wants to hear (sd_notify(3)); nothing without libsystemd. */
#pragma once

#include "base/time.h"

void service_ready(void);
void service_reloading(void);
/* The start takes longer: no time-out for as long, and `why` in systemctl status. */
void service_starting(const char *why, msec longer_ms);
void service_stopping(void);

/* How often the watchdog wants to hear that the loop turns; MSEC_NEVER when nobody listens. */
msec service_watchdog_ms(void);
void service_watchdog(void);
