/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include "bench.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/time.h"

#define HEADERS_MAX 32

static const char *const kinds[EVENT_COUNT] = {
    [EVENT_TRIGGER] = "trigger", [EVENT_RESOLVE_SOURCE] = "resolve",  [EVENT_NOTE_SOURCE] = "note",
    [EVENT_CHANGE] = "change",   [EVENT_ACKNOWLEDGE] = "acknowledge",
};

void golden_read(const char *path, struct text *bytes)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        fail_msg("cannot open %s", path);
    char buffer[4096];
    size_t size;
    while ((size = fread(buffer, 1, sizeof(buffer), file)) > 0)
        text_add_bytes(bytes, buffer, size);
    (void)fclose(file);
}

static void field_render(struct text *text, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    text_addf(text, "  %s: ", name);
    for (; *value; value++) {
        if (*value == '\n')
            text_add(text, "\n    ");
        else
            text_add_char(text, *value);
    }
    text_add_char(text, '\n');
}

static void instant_put(struct text *text, const char *name, msec at)
{
    char buffer[INSTANT_TEXT_SIZE];
    if (at != 0)
        field_render(text, name, instant_render(at, buffer));
}

static void item_render(struct text *text, const struct ingest_item *item)
{
    const struct alert *alert = &item->alert;
    if (item->error) {
        text_addf(text, "unusable: %s\n", item->error);
        return;
    }
    assert_non_null(kinds[item->event.kind]);
    if (item->ignored)
        text_addf(text, "ignored: %s\n", item->ignored);
    text_addf(text, "%s %s\n", kinds[item->event.kind], severity_name(alert->severity));
    field_render(text, "key", alert->dedup_key);
    field_render(text, "group", alert->group);
    field_render(text, "summary", alert->summary);
    field_render(text, "details", alert->details);
    field_render(text, "source", alert->source);
    field_render(text, "service", alert->service);
    field_render(text, "runbook", alert->runbook);
    field_render(text, "link", alert->link);
    field_render(text, "note", item->event.text);
    field_render(text, "author", item->author);
    instant_put(text, "started", alert->started_at);
    instant_put(text, alert->is_told_once ? "ends (told once)" : "ends", alert->ends_at);
    for (size_t i = 0; i < alert->label_count; i++)
        text_addf(text, "  label %s=%s\n", alert->labels[i].name, alert->labels[i].value);
}

void golden_render(struct arena *arena, const char *format, struct span http, struct text *text)
{
    struct ingest_header headers[HEADERS_MAX];
    struct ingest_request request = {.arena = arena, .integration = "prom", .headers = headers};
    struct span rest = http;
    for (struct span line; (line = span_trim(span_cut(&rest, '\n'))).size > 0;) {
        struct span value = line;
        const char *name = arena_copy_span(arena, span_cut(&value, ':'));
        assert_true(request.header_count < HEADERS_MAX);
        headers[request.header_count].name = name;
        headers[request.header_count++].value = arena_copy_span(arena, span_trim(value));
    }
    request.body = rest;
    request.content_type = ingest_header(&request, "content-type");
    request.query = span_of(ingest_header(&request, "query"));

    struct ingest_batch batch = {0};
    struct fault fault = {0};
    if (!ingest_parse(ingest_find(format), &request, &batch, &fault)) {
        text_addf(text, "refused: %s\n", fault.text);
        return;
    }
    for (size_t i = 0; i < batch.count; i++)
        item_render(text, &batch.items[i]);
}
