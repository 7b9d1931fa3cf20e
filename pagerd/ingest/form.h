/* SPDX-License-Identifier: MIT */
/* form.h - values out of an application/x-www-form-urlencoded body. */
#pragma once

#include "base/arena.h"
#include "base/span.h"

#define FORM_FIELDS_MAX 4096 /* further ones are not looked at */

/* The value of the first field of that name, in the arena; NULL when there is none. */
const char *form_value(struct arena *arena, struct span body, const char *name);
