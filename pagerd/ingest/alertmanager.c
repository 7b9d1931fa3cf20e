/* SPDX-License-Identifier: MIT */
/* alertmanager.c - Prometheus Alertmanager's webhook, version "4". */
#include "ingest/format.h"
#include "ingest/labelled.h"

static bool alertmanager_parse(const struct ingest_request *request, struct ingest_batch *batch,
                               struct fault *fault)
{
    static const struct labelled family = {
        .via = "alertmanager",
        .program = "Alertmanager",
        .limit = "max_alerts",
        .read = labelled_read,
    };
    return labelled_parse(request, &family, batch, fault);
}

const struct ingest_format format_alertmanager = {
    .name = "alertmanager",
    .parse = alertmanager_parse,
};
