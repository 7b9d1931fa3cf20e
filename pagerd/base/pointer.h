/* SPDX-License-Identifier: MIT */
/* pointer.h - JSON Pointer, RFC 6901: the way to one value in a document. */
#pragma once

#include <stdbool.h>

#include "base/json.h"

#define POINTER_STEPS_MAX 32
#define POINTER_STEP_SIZE_MAX 256

/* "", or steps that begin with "/", where "~" is only "~0" and "~1" (section 3). */
bool pointer_is_valid(const char *pointer);

/* NULL when it leads nowhere, or is not valid. An index has no leading zeros (section 4). */
const struct json *pointer_find(const struct json *json, const char *pointer);
