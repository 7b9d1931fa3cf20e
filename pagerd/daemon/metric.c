/* SPDX-License-Identifier: MIT */
#include "daemon/metric.h"

#include <inttypes.h>

void metric_head(struct text *text, const char *name, const char *kind, const char *help)
{
    text_addf(text, "# HELP pagerd_%s %s\n# TYPE pagerd_%s %s\n", name, help, name, kind);
}

static void label_value_add(struct text *text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            text_add(text, "\\n");
            continue;
        }
        if (*value == '"' || *value == '\\')
            text_add_char(text, '\\');
        text_add_char(text, *value);
    }
}

void metric_labelled(struct text *text, const char *name, const struct metric_label *labels,
                     size_t label_count, int64_t value)
{
    text_addf(text, "pagerd_%s", name);
    for (size_t i = 0; i < label_count; i++) {
        text_addf(text, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
        label_value_add(text, labels[i].value);
        text_add_char(text, '"');
    }
    text_addf(text, "%s %" PRId64 "\n", label_count > 0 ? "}" : "", value);
}

void metric(struct text *text, const char *name, const char *kind, const char *help, uint64_t value)
{
    metric_head(text, name, kind, help);
    metric_labelled(text, name, NULL, 0, (int64_t)value);
}
