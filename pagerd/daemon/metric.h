/* SPDX-License-Identifier: MIT */
/* metric.h - lines of the Prometheus text format 0.0.4; names get "pagerd_" before them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct metric_label {
    const char *name;
    const char *value; /* any text: it is escaped */
};

/* HELP and TYPE: once for each name, before its values. */
void metric_head(struct text *text, const char *name, const char *kind, const char *help);
void metric_labelled(struct text *text, const char *name, const struct metric_label *labels,
                     size_t label_count, int64_t value);
/* One name with one value. */
void metric(struct text *text, const char *name, const char *kind, const char *help,
            uint64_t value);
