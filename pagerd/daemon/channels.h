/* SPDX-License-Identifier: MIT */
/* channels.h - joins what config/ read about a channel with what notify/ can do. */
#pragma once

#include "config/config.h"
#include "notify/notify.h"

/* The first or second provider of that channel as configured, or NULL; `settings` borrows from the
 * configuration. */
const struct channel *channel_configured(const struct config *config, const char *name,
                                         bool is_second, struct channel_settings *settings);
