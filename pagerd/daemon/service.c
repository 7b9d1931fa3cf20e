/* SPDX-License-Identifier: MIT */
#include "daemon/service.h"

#include <inttypes.h>
#include <stdlib.h>

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "base/text.h"

#ifdef HAVE_LIBSYSTEMD
static void service_say(const char *state)
{
    (void)sd_notify(0, state);
}

msec service_watchdog_ms(void)
{
    uint64_t limit_us = 0;
    if (sd_watchdog_enabled(0, &limit_us) <= 0)
        return MSEC_NEVER;
    return (msec)(limit_us / 1000 / 3);
}
#else
static void service_say(const char *state)
{
    (void)state;
}

msec service_watchdog_ms(void)
{
    return MSEC_NEVER;
}
#endif

void service_ready(void)
{
    service_say("READY=1\nSTATUS=");
}

void service_reloading(void)
{
    service_say("RELOADING=1");
}

void service_starting(const char *why, msec longer_ms)
{
    char *state = string_format("STATUS=%s\nEXTEND_TIMEOUT_USEC=%" PRId64, why, longer_ms * 1000);
    service_say(state);
    free(state);
}

void service_stopping(void)
{
    service_say("STOPPING=1");
}

void service_watchdog(void)
{
    service_say("WATCHDOG=1");
}
