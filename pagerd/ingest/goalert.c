/* SPDX-License-Identifier: MIT */
/*
 * goalert.c - an alert as GoAlert's generic API takes it (genericapi/handler.go of target/goalert):
 * "summary", "details", "action", "dedup" and "meta" in the query, in a form, in a multipart form
 * or as a JSON object; what is in the body comes first.
 *
 * Without "dedup" the words are the key, so that "close" finds what the same words opened.
 */
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/form.h"
#include "ingest/format.h"

/* Where the fields are. */
struct said {
    const struct ingest_request *request;
    const struct json *json; /* NULL: the body is none */
    bool is_multipart;
};

static const char *value_find(const struct said *said, const char *name)
{
    const struct ingest_request *request = said->request;
    const char *value = NULL;
    if (said->json)
        value = json_text(said->json, name);
    else if (said->is_multipart)
        value = form_part(request->arena, request->body, request->content_type, name);
    else
        value = form_value(request->arena, request->body, name);
    return value && *value ? value : form_value(request->arena, request->query, name);
}

/* "k=v", as often as it is said. */
static void pairs_read(struct arena *arena, struct span form, struct alert *alert)
{
    struct span rest = form;
    for (size_t i = 0; i < FORM_FIELDS_MAX && rest.size > 0; i++) {
        struct span value = span_cut(&rest, '&');
        struct span key = span_cut(&value, '=');
        if (!span_is(key, "meta"))
            continue;
        struct span pair = span_of(field_unescape(arena, value, true));
        struct span name = span_cut(&pair, '=');
        if (name.size > 0)
            field_label_add(arena, alert, arena_copy_span(arena, name),
                            arena_copy_span(arena, pair));
    }
}

static void labels_read(const struct said *said, struct alert *alert)
{
    struct arena *arena = said->request->arena;
    const struct json *meta = json_find(said->json, "meta");
    bool is_object = meta && meta->kind == JSON_OBJECT;
    for (const struct json *one = is_object ? meta->first : NULL; one; one = one->next)
        field_label_add(arena, alert, one->key, one->text);
    if (!said->json && !said->is_multipart)
        pairs_read(arena, said->request->body, alert);
    pairs_read(arena, said->request->query, alert);
}

static const char *key_make(struct arena *arena, const char *dedup, const struct alert *alert)
{
    char hash[HASH_TEXT_SIZE];
    if (dedup)
        return field_key(arena, dedup);
    hash_text(span_of(arena_format(arena, "%s\n%s", alert->summary, alert->details)), hash);
    return arena_format(arena, "words/%s", hash);
}

static bool goalert_parse(const struct ingest_request *request, struct ingest_batch *batch,
                          struct fault *fault)
{
    struct arena *arena = request->arena;
    struct said said = {.request = request,
                        .is_multipart = form_is_multipart(request->content_type)};
    bool is_json = span_has_prefix(span_trim(request->body), "{");
    if (is_json && !json_parse(arena, request->body, &said.json, fault))
        return false;
    const char *action = value_find(&said, "action");
    const char *dedup = value_find(&said, "dedup");
    bool is_close = action && string_same(action, "close");
    if (!batch_begin(arena, batch, 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    struct alert *alert = &item->alert;
    item_begin(item, request->integration, "goalert");
    item->event.kind = is_close ? EVENT_RESOLVE_SOURCE : EVENT_TRIGGER;
    alert->is_severity_guessed = true; /* GoAlert has no such word */
    alert->summary = field_line(arena, value_find(&said, "summary"), SUMMARY_MAX);
    alert->details = field_block(arena, value_find(&said, "details"), DETAILS_MAX);
    alert->dedup_key = key_make(arena, dedup, alert);
    labels_read(&said, alert);
    field_weigh_label(arena, alert);
    if (!*alert->summary && !(is_close && dedup))
        return fault_set(fault, FAULT_INPUT, "'summary' is missing or blank");
    return true;
}

const struct ingest_format format_goalert = {
    .name = "goalert",
    .body = INGEST_TEXT,
    .parse = goalert_parse,
};
