/* SPDX-License-Identifier: MIT */
/* message.h - a size of 4 bytes, big-endian, and that much JSON: the form of reader.h. */
#pragma once

#include "base/json.h"

/* Leaves room for the size; returns the place to give to message_end(). */
size_t message_begin(struct text *text);
void message_end(struct text *text, size_t from);

/* Cuts size and JSON off `rest` and parses them; more than `max` bytes are refused. */
MUST_USE bool message_take(struct arena *arena, struct span *rest, size_t max,
                           const struct json **json, struct fault *fault);
