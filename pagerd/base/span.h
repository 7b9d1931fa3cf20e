/* SPDX-License-Identifier: MIT */
/* span.h - bytes that somebody else owns: a pointer and a size, not terminated. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct span {
    const char *bytes;
    size_t size;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

struct span span_of(const char *text); /* of a C string; NULL gives an empty span */
bool span_is(struct span span, const char *text);
bool span_has_prefix(struct span span, const char *prefix);
struct span span_trim(struct span span); /* without ASCII white space at both ends */

/* Cuts the part before `separator` off `rest` and returns it; all of it when there is none. */
struct span span_cut(struct span *rest, char separator);
