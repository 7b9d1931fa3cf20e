/* SPDX-License-Identifier: MIT */
/* load.h - reads a configuration from a folder; shared by config_load and config_load_good. */
#pragma once

#include "config/config.h"

/* Where a configuration is read. All names are absolute but `main`, which is in `folder`. */
struct load_from {
    const char *folder;
    const char *home;
    const char *main;
    bool is_copy;
};

MUST_USE bool load_run(const struct load_from *from, const struct config_options *options,
                       struct config **config, struct report *report);
