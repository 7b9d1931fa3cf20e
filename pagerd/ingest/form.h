/* SPDX-License-Identifier: MIT */
/* form.h - values out of a form, as a browser or a program fills it in. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

#define FORM_FIELDS_MAX 4096 /* further ones are not looked at */
#define FORM_PARTS_MAX 64

/* Of application/x-www-form-urlencoded, or a query: the value of the first field of that name, in
 * the arena; NULL when there is none. */
const char *form_value(struct arena *arena, struct span body, const char *name);

/* The same of a multipart/form-data body (RFC 7578), whose boundary is in its content type. A NUL
 * in a value becomes a space. */
const char *form_part(struct arena *arena, struct span body, const char *content_type,
                      const char *name);

/* Is it the type of such a body? */
bool form_is_multipart(const char *content_type);
