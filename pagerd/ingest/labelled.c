/* SPDX-License-Identifier: MIT */
#include "ingest/labelled.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)
#define FNV_DIGITS 16 /* hexadecimal ones */

#define FNV_SEPARATOR "\xff"

static uint64_t fnv_add(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash ^= (unsigned char)*text;
        hash *= FNV_PRIME;
    }
    return hash;
}

static int pair_compare(const void *left, const void *right)
{
    const struct json *const *one = left;
    const struct json *const *other = right;
    return strcmp((*one)->key, (*other)->key);
}

static bool are_sorted(const struct json *const *pairs, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(pairs[i - 1]->key, pairs[i]->key) > 0)
            return false;
    }
    return true;
}

/*
 * FNV-1a of the labels alone in the order of their names, each part followed by 0xff: what
 * Alertmanager calls the fingerprint (prometheus/common, model/signature.go), so that an alert has
 * the same by every way. A label without a value is none.
 */
static const char *fingerprint_make(struct arena *arena, const struct json *labels)
{
    size_t count = 0;
    const struct json **pairs =
        arena_take(arena, ((labels ? labels->count : 0) + 1) * sizeof(*pairs));
    for (const struct json *one = labels ? labels->first : NULL; one; one = one->next) {
        if (one->key && one->text && one->text_size > 0)
            pairs[count++] = one;
    }
    if (!are_sorted(pairs, count)) /* as a rule they are */
        qsort(pairs, count, sizeof(*pairs), pair_compare);
    uint64_t hash = FNV_OFFSET;
    for (size_t i = 0; i < count; i++) {
        hash = fnv_add(fnv_add(hash, pairs[i]->key), FNV_SEPARATOR);
        hash = fnv_add(fnv_add(hash, pairs[i]->text), FNV_SEPARATOR);
    }
    char *digits = arena_take(arena, FNV_DIGITS + 1);
    for (size_t i = FNV_DIGITS; i > 0; i--, hash >>= 4)
        digits[i - 1] = "0123456789abcdef"[hash & 0xf];
    return digits;
}

static const char *summary_make(struct arena *arena, const struct json *labels,
                                const struct json *annotations)
{
    static const char *const said[] = {"summary", "title", "message", "description", NULL};
    const char *text = field_first(annotations, said);
    if (text)
        return field_line(arena, text, SUMMARY_MAX);

    const char *name = json_text(labels, "alertname");
    const char *instance = json_text(labels, "instance");
    if (!name && !instance)
        return "alert without a name";
    if (!instance)
        return field_line(arena, name, SUMMARY_MAX);
    return field_line(arena, arena_format(arena, "%s %s", name ? name : "alert on", instance),
                      SUMMARY_MAX);
}

bool labelled_status(const struct json *json, enum event_kind *kind)
{
    const char *status = json_string(json, "status");
    if (status && string_same(status, "firing"))
        *kind = EVENT_TRIGGER;
    else if (status && string_same(status, "resolved"))
        *kind = EVENT_RESOLVE_SOURCE;
    else
        return false;
    return true;
}

void labelled_read(struct arena *arena, const struct json *json, struct alert *alert)
{
    static const char *const services[] = {"service", "job", NULL};
    static const char *const objects[] = {"instance", "host", "node", "pod", NULL};
    static const char *const runbooks[] = {"runbook_url", "runbook", NULL};

    const struct json *labels = json_find(json, "labels");
    const struct json *annotations = json_find(json, "annotations");
    const char *fingerprint = json_string(json, "fingerprint");
    alert->dedup_key = fingerprint && *fingerprint ? field_key(arena, fingerprint)
                                                   : fingerprint_make(arena, labels);
    field_weigh(arena, json_text(labels, "severity"), SEVERITY_ERROR, SEVERITY_ERROR, alert);
    alert->summary = summary_make(arena, labels, annotations);
    alert->details = field_block(arena, json_text(annotations, "description"), DETAILS_MAX);
    alert->source = field_line(arena, field_first(labels, objects), LABEL_VALUE_MAX);
    alert->service = field_line(arena, field_first(labels, services), LABEL_VALUE_MAX);
    alert->runbook = field_url(arena, field_first(annotations, runbooks));
    alert->link = field_url(arena, json_text(json, "generatorURL"));
    alert->started_at = field_instant(json_text(json, "startsAt"));
    struct label *list = NULL;
    alert->label_count = field_labels(arena, labels, &list);
    alert->labels = list;
}

/* Of alerts nobody was told: one incident for the group, until a person has mended the setting. */
static void left_out_read(const struct ingest_request *request, const struct labelled *family,
                          int64_t count, struct ingest_item *item)
{
    struct arena *arena = request->arena;
    const char *group = json_text(request->json, "groupKey");
    struct alert *alert = &item->alert;
    item_begin(item, request->integration, family->via);
    item->event.kind = EVENT_TRIGGER;
    alert->dedup_key = field_key(arena, arena_format(arena, "truncated/%s", group ? group : ""));
    alert->severity = SEVERITY_ERROR;
    alert->summary = field_line(arena,
                                arena_format(arena,
                                             "%s left %" PRId64
                                             " alerts out of its webhook: nobody is paged for them",
                                             family->program, count),
                                SUMMARY_MAX);
    alert->details = field_block(
        arena,
        arena_format(
            arena,
            "Group: %s\nA limit of alerts per message (%s) is set there. Set it to 0, then "
            "resolve this by hand.",
            group ? group : "unknown", family->limit),
        DETAILS_MAX);
}

bool labelled_parse(const struct ingest_request *request, const struct labelled *family,
                    struct ingest_batch *batch, struct fault *fault)
{
    struct arena *arena = request->arena;
    const struct json *alerts = json_find(request->json, "alerts");
    if (!alerts || alerts->kind != JSON_ARRAY)
        return fault_set(fault, FAULT_INPUT, "\"alerts\" is missing: this is not %s's webhook",
                         family->program);
    int64_t left_out = json_integer(request->json, "truncatedAlerts", 0);
    if (!batch_begin(arena, batch, alerts->count + (left_out > 0 ? 1 : 0), fault))
        return false;

    const char *group = json_text(request->json, "groupKey");
    group = group && *group ? field_key(arena, group) : NULL;
    const struct json *one = alerts->first;
    for (size_t i = 0; i < alerts->count; i++, one = one->next) {
        struct ingest_item *item = &batch->items[i];
        item_begin(item, request->integration, family->via);
        if (one->kind != JSON_OBJECT) {
            item->error = "an alert is an object";
            continue;
        }
        if (!labelled_status(one, &item->event.kind)) {
            item->error = "\"status\" of the alert is neither firing nor resolved";
            continue;
        }
        family->read(arena, one, &item->alert);
        item->alert.group = group;
    }
    if (left_out > 0) {
        struct ingest_item *item = &batch->items[alerts->count];
        left_out_read(request, family, left_out, item);
        item->alert.group = group;
    }
    return true;
}
