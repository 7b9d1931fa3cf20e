/* SPDX-License-Identifier: MIT */
/* format.h - the rows of the table in ingest.c, one per file of this folder. */
#pragma once

#include "ingest/ingest.h"

extern const struct ingest_format format_generic;
extern const struct ingest_format format_alertmanager;
extern const struct ingest_format format_pagerduty;
extern const struct ingest_format format_pagerduty_v1;
extern const struct ingest_format format_pagerduty_nagios;
extern const struct ingest_format format_pagerduty_change;
extern const struct ingest_format format_opsgenie;
extern const struct ingest_format format_prometheus;
extern const struct ingest_format format_nagios;
extern const struct ingest_format format_icinga;
extern const struct ingest_format format_grafana;
extern const struct ingest_format format_text;
extern const struct ingest_format format_json;
extern const struct ingest_format format_uptimekuma;
extern const struct ingest_format format_cloudevents;
extern const struct ingest_format format_sentry;
extern const struct ingest_format format_datadog;
extern const struct ingest_format format_sns;
extern const struct ingest_format format_email;
extern const struct ingest_format format_goalert;

/* Empty texts everywhere, so that nobody downstream meets a NULL. */
void item_begin(struct ingest_item *item, const char *integration, const char *via);
/* Fails the whole body when it holds more alerts than INGEST_ALERTS_MAX. */
bool batch_begin(struct arena *arena, struct ingest_batch *batch, size_t count,
                 struct fault *fault);
