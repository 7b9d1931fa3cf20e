/* SPDX-License-Identifier: MIT */
/* status.h - how pagerd is: for /v1/status and /metrics. */
#pragma once

#include "base/json.h"
#include "base/text.h"

struct daemon;

void status_write(struct daemon *daemon, struct json_writer *writer);
/* Prometheus text format 0.0.4. */
void status_metrics(struct daemon *daemon, struct text *text);
