/* SPDX-License-Identifier: MIT */
/*
 * demo.h - pagerd --demo: six people, two calendars, 30 days of history, a minute in a second.
 *
 * It is the ordinary daemon on a configuration, calendars and a state directory of its own; only
 * the clock is another, and pages go to the inbox in the browser and to the terminal.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "daemon/options.h"

struct clock;
struct daemon;
struct demo;

/* Writes configuration and calendars into a new folder below --state (or the temporary folder) and
 * sets `made` to options that use them. The caller owns the demo. */
MUST_USE bool demo_prepare(const struct options *options, struct demo **demo, struct options *made,
                           struct fault *fault);
void demo_free(struct demo *demo);

/* The night in which the demo begins. */
void demo_set_clock(const struct demo *demo, struct clock *clock);

/* Lives through the 30 days before it: alerts, acks, a disturbed night. Nothing is sent. */
void demo_live(struct demo *demo, struct daemon *daemon);

/* True while the past is being lived through; false for no demo (NULL). */
bool demo_is_past(const struct demo *demo);

/* Says on standard output what can be done now. */
void demo_greet(const struct demo *demo, const struct daemon *daemon);
