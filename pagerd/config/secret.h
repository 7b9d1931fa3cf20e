/* SPDX-License-Identifier: MIT */
/*
 * secret.h - values that stand in a file of their own: "secret:NAME".
 *
 * The value is the first line of CREDENTIALS/NAME or HOME/secrets/NAME. It lives in memory of its
 * own, which is wiped before it is given back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"

struct secret {
    char *value;
    size_t size; /* of all bytes read */
    struct secret *next;
};

struct secrets {
    const char *credentials_dir; /* or NULL */
    const char *home;            /* folder of the main file */
    struct secret *first;
};

/* NAME of "secret:NAME", or NULL for a plain value. */
const char *secret_name(const char *value);

/* Reads one. The fault's text goes behind: the secret "NAME" ...; `hint` is filled as well, from
 * `arena`. The value lives until secrets_wipe(). */
MUST_USE bool secret_read(struct secrets *secrets, struct arena *arena, const char *name,
                          const char **value, const char **hint, struct fault *fault);

void secrets_wipe(struct secrets *secrets);
