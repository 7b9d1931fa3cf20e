/* SPDX-License-Identifier: MIT */
/* loaded.h - the private half of a config: what was read, and what lives as long as it. */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "config/config.h"
#include "config/secret.h"
#include "config/tree.h"

struct config_source {
    struct arena *arena;
    struct source source;
    struct tree tree;
    struct secrets secrets;
    struct map *zones; /* name -> struct zone, owned */
    const char *tzdir;
    message_check_function *message_check; /* NULL: texts are not looked at */
};

/* A zone by name, loaded once; `fault` says why there is none. */
MUST_USE bool loaded_zone(struct config_source *loaded, const char *name, const struct zone **zone,
                          struct fault *fault);
