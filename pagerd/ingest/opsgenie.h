/* SPDX-License-Identifier: MIT */
/* opsgenie.h - words of Opsgenie that are met outside a new alert too. */
#pragma once

#include "engine/policy.h"

/* "P1" … "P5" as our severity; false, and nothing set, for anything else. NULL is allowed. */
bool opsgenie_priority(const char *name, enum severity *severity);
