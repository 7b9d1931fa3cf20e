/* SPDX-License-Identifier: MIT */
/*
 * check_net.h - pagerd --check --net: asks every provider of every channel, every calendar that is
 * at an address, and a PostgreSQL, whether they would let us in, and connects to every webhook.
 * Nobody is paged by it, and no webhook is told anything.
 *
 * A courier of its own does the asking, so that it goes the way that pages go.
 */
#pragma once

#include <stddef.h>

#include "base/fault.h"
#include "base/text.h"
#include "config/config.h"

/* Appends a line for each, "ok    channels.sms   kannel ..." or "FAIL ..."; `failures` gets how
 * many failed. Blocks for as long as the slowest takes, half a minute at most. False: no courier.
 */
MUST_USE bool check_net(const struct config *config, struct text *text, size_t *failures,
                        struct fault *fault);
