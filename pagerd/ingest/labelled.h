/* SPDX-License-Identifier: MIT */
/*
 * labelled.h - alerts of the Prometheus family: labels say which, annotations say what.
 *
 * Each alert of a body stands for itself: the body's own status says "resolved" even while an
 * alert that was left out of it still fires, so it is never read. Alerts that were left out are
 * told as an incident of their own, for nobody else would know of them.
 */
#pragma once

#include "ingest/ingest.h"

/* A program that sends such webhooks. */
struct labelled {
    const char *via;
    const char *program; /* for people */
    const char *limit;   /* what it calls the limit of alerts in one message */
    void (*read)(struct arena *arena, const struct json *json, struct alert *alert);
};

/* What "status" of one alert says; false: nothing that is known. */
bool labelled_status(const struct json *json, enum event_kind *kind);

/* Fills key, severity, texts, labels and since when of one alert, an object; its end is not read.
 */
void labelled_read(struct arena *arena, const struct json *json, struct alert *alert);

/* A body with "alerts", "groupKey" and "truncatedAlerts". */
MUST_USE bool labelled_parse(const struct ingest_request *request, const struct labelled *family,
                             struct ingest_batch *batch, struct fault *fault);
