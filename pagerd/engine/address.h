/* SPDX-License-Identifier: MIT */
/* address.h - URLs of the configuration (runbook, war room) with an incident's names filled in. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

struct incident;

/*
 * Appends `pattern` with $name (the label "alertname", else the summary), $service, $team and
 * $number replaced, each value percent-encoded. Returns false, with nothing appended, when the
 * pattern is NULL or the incident has nothing for one of them: half an address leads nowhere.
 */
bool address_add(struct text *text, const char *pattern, const struct incident *incident);
