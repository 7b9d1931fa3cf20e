/* SPDX-License-Identifier: MIT */
/* form.h - the fields of an HTML form (application/x-www-form-urlencoded). */
#pragma once

#include <stdbool.h>

#include "base/fault.h"

struct call;

/* Fills call->fields from its body; false: answered with an error. */
MUST_USE bool form_parse(struct call *call);
