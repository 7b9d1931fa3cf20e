/* SPDX-License-Identifier: MIT */
/* form.h - what came as application/x-www-form-urlencoded, as its bytes say it: a signature over
 * fields wants nothing cleaned away. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "notify/notify.h"

struct form_field {
    const char *name;
    const char *value;
};

struct form {
    struct form_field fields[CALLBACK_FIELDS_MAX];
    size_t count;
};

/* Adds a field, whose strings are borrowed. False: there are too many. */
MUST_USE bool form_add(struct form *form, const char *name, const char *value);
/* Adds the fields of a body, their strings in the arena. False: there are too many. */
MUST_USE bool form_read(struct form *form, struct span body, struct arena *arena);
/* By name, those of one name by value. */
void form_sort(struct form *form);
/* The first of that name as valid UTF-8 in the arena, or NULL. */
const char *form_find(const struct form *form, const char *name, struct arena *arena);
