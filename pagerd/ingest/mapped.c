/* SPDX-License-Identifier: MIT */
/*
 * mapped.c - any JSON, read as integrations.NAME.map of the configuration says (engine/fieldmap.h).
 *
 * Who cannot be told from the body is told from the map: without a dedup key an alert is a problem
 * of its own each time, and an item without a summary is unusable by itself.
 */
#include <string.h>

#include "base/pointer.h"
#include "engine/fieldmap.h"
#include "ingest/field.h"
#include "ingest/format.h"

struct mapped {
    struct arena *arena;
    const struct fieldmap *mapping;
    const struct json *top;
};

static const char *text_of(const struct mapped *mapped, const struct json *item, const char *field)
{
    return fieldmap_text(mapped->arena, fieldmap_find(mapped->mapping, field), mapped->top, item);
}

static bool holds(const struct mapped *mapped, const struct json *item, const char *field)
{
    return fieldmap_holds(mapped->arena, fieldmap_find(mapped->mapping, field), mapped->top, item);
}

static const char *line_of(const struct mapped *mapped, const struct json *item, const char *field)
{
    return field_line(mapped->arena, text_of(mapped, item, field), LABEL_VALUE_MAX);
}

static void labels_read(const struct mapped *mapped, const struct json *item, struct alert *alert)
{
    static const char prefix[] = "label.";
    for (size_t i = 0; i < mapped->mapping->line_count; i++) {
        const struct fieldmap_line *line = &mapped->mapping->lines[i];
        if (strncmp(line->field, prefix, strlen(prefix)) == 0)
            field_label_add(mapped->arena, alert, line->field + strlen(prefix),
                            fieldmap_text(mapped->arena, line, mapped->top, item));
    }
}

static void item_read(const struct mapped *mapped, const struct json *json,
                      struct ingest_item *item)
{
    struct arena *arena = mapped->arena;
    struct alert *alert = &item->alert;
    const char *group = text_of(mapped, json, "group");
    bool is_resolve = holds(mapped, json, "resolve");
    item->event.kind = is_resolve ? EVENT_RESOLVE_SOURCE : EVENT_TRIGGER;
    alert->dedup_key = field_key(arena, text_of(mapped, json, "dedup_key"));
    field_weigh(arena, text_of(mapped, json, "severity"), SEVERITY_CRITICAL, SEVERITY_ERROR, alert);
    alert->summary = field_line(arena, text_of(mapped, json, "summary"), SUMMARY_MAX);
    alert->details = field_block(arena, text_of(mapped, json, "details"), DETAILS_MAX);
    alert->source = line_of(mapped, json, "source");
    alert->service = line_of(mapped, json, "service");
    alert->link = field_url(arena, text_of(mapped, json, "link"));
    alert->runbook = field_url(arena, text_of(mapped, json, "runbook"));
    alert->group = group ? field_key(arena, group) : NULL;
    alert->started_at = field_instant(text_of(mapped, json, "started_at"));
    labels_read(mapped, json, alert);
    if (is_resolve && !*alert->dedup_key)
        item->error = "the map finds no dedup_key: nothing says which incident is resolved";
    if (!is_resolve && !*alert->summary)
        item->error = "the map finds no summary in this alert";
}

/* The alerts of the body: the elements of "items", or the body itself. NULL: the pointer of
 * "items" leads to no array. */
static const struct json *items_find(const struct mapped *mapped)
{
    const struct fieldmap_line *line = fieldmap_find(mapped->mapping, "items");
    for (size_t i = 0; line && i < line->source_count; i++) {
        const struct json *found = pointer_find(mapped->top, line->sources[i].pointer);
        if (found && found->kind == JSON_ARRAY)
            return found;
    }
    return NULL;
}

static bool mapped_parse(const struct ingest_request *request, struct ingest_batch *batch,
                         struct fault *fault)
{
    struct fieldmap mapping;
    struct mapped mapped = {request->arena, &mapping, request->json};
    if (request->map_count == 0)
        return fault_set(fault, FAULT_INPUT,
                         "the configuration has no integrations.%.64s.map: it says what of the "
                         "JSON is the summary",
                         request->integration);
    if (!fieldmap_parse(request->arena, request->map, request->map_count, &mapping, fault))
        return false;
    bool has_items = fieldmap_find(&mapping, "items") != NULL;
    const struct json *items = has_items ? items_find(&mapped) : NULL;
    if (has_items && !items)
        return fault_set(fault, FAULT_INPUT, "\"items\" of the map leads to no array in this body");
    if (!batch_begin(request->arena, batch, has_items ? items->count : 1, fault))
        return false;

    size_t count = 0;
    const struct json *one = has_items ? items->first : request->json;
    for (size_t i = 0; i < batch->count; i++, one = one->next) {
        if (holds(&mapped, one, "skip"))
            continue;
        struct ingest_item *item = &batch->items[count++];
        item_begin(item, request->integration, "json");
        item_read(&mapped, one, item);
    }
    batch->count = count;
    return true;
}

const struct ingest_format format_json = {.name = "json", .parse = mapped_parse};
