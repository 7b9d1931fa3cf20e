/* SPDX-License-Identifier: MIT */
/*
 * fuzz_ingest.c - what a monitoring system may post, in every format, and on into a real engine.
 *
 * The first byte chooses the format, the rest is the body; where it begins with '@', lines of
 * "name: value" as headers come first, up to an empty one; "format" names the format, "query" is
 * what stands behind the question mark, and each
 * "map" is a line of the key's map. What is taken has texts within the limits of engine/record.h,
 * valid UTF-8 and never NULL, whatever was sent; the engine keeps its invariants after each alert;
 * the same body a second time opens no second incident for a key.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "fuzz.h"
#include "ingest/field.h"
#include "ingest/ingest.h"
#include "ingest/signature.h"
#include "input.h"

#define ITEMS_MAX 64 /* of one body that are stepped */
#define HEADERS_MAX 16

static const struct ingest_format *format_choose(uint8_t byte)
{
    size_t count = 0;
    while (ingest_at(count) != NULL)
        count++;
    return ingest_at(byte % count);
}

static void item_check(const struct ingest_item *item)
{
    const struct alert *alert = &item->alert;
    if (item->error != NULL) {
        output_check("error", item->error, FAULT_TEXT_MAX);
        return;
    }
    assert(item->event.kind == EVENT_TRIGGER || item->event.kind == EVENT_RESOLVE_SOURCE ||
           item->event.kind == EVENT_ACKNOWLEDGE || item->event.kind == EVENT_NOTE_SOURCE ||
           item->event.kind == EVENT_CHANGE);
    assert(alert->severity < SEVERITY_COUNT);
    output_check_line("integration", alert->integration, 64);
    output_check("team", alert->team, 64);
    output_check_line("summary", alert->summary, SUMMARY_MAX);
    output_check("details", alert->details, DETAILS_MAX);
    output_check("dedup key", alert->dedup_key, DEDUP_KEY_MAX);
    output_check_line("source", alert->source, LABEL_VALUE_MAX);
    output_check_line("service", alert->service, LABEL_VALUE_MAX);
    output_check_line("runbook", alert->runbook, URL_MAX);
    output_check_line("link", alert->link, URL_MAX);
    if (item->event.text != NULL)
        output_check("text", item->event.text, NOTE_MAX);
    assert(alert->label_count <= LABELS_MAX);
    for (size_t i = 0; i < alert->label_count; i++) {
        output_check_line("label", alert->labels[i].name, LABEL_NAME_MAX);
        output_check_line("value", alert->labels[i].value, LABEL_VALUE_MAX);
    }
    assert(item->event.kind != EVENT_TRIGGER || alert->summary[0] != '\0');
}

/* Steps an item as http/alerts.c does. Returns whether it opened an incident. */
static bool item_step(struct bench *bench, const struct ingest_item *item, uint32_t number)
{
    struct alert alert = item->alert;
    struct event event = item->event;
    struct answer answer = {0};
    struct fault fault = {0};
    if (item->error != NULL)
        return false;
    alert.team = "ops";
    event.alert = &alert;
    (void)snprintf(alert.uuid, sizeof alert.uuid, "00000000-0000-4000-8000-%012x", number);
    if (event.kind == EVENT_ACKNOWLEDGE) {
        const struct user *user = policy_match_user(bench->policy, item->author);
        event.kind = user != NULL ? EVENT_ACKNOWLEDGE : EVENT_NOTE_SOURCE;
        event.actor = user != NULL ? user->id : event.actor;
        event.text = event.text != NULL ? event.text : "acknowledged";
    }
    engine_step(bench->engine, bench->now, &event, bench->effects, &answer);
    output_check("answer", answer.text, sizeof answer.text);
    assert(answer.kind != ANSWER_REFUSED && answer.kind != ANSWER_FULL);
    if (!engine_check(bench->engine, bench->now, &fault))
        output_fail("engine", fault.text);
    bool is_keyed = *alert.dedup_key != '\0';
    assert(!answer.is_new || event.kind == EVENT_TRIGGER);
    return answer.is_new && is_keyed;
}

static size_t batch_step(struct bench *bench, const struct ingest_batch *batch, uint32_t number)
{
    size_t opened = 0;
    for (size_t i = 0; i < batch->count && i < ITEMS_MAX; i++)
        opened += item_step(bench, &batch->items[i], number + (uint32_t)i) ? 1 : 0;
    output_check_effects(bench->effects);
    return opened;
}

static void headers_read(struct ingest_request *request, struct ingest_header headers[HEADERS_MAX])
{
    struct span rest = request->body;
    if (!span_has_prefix(rest, "@"))
        return;
    rest.bytes++;
    rest.size--;
    for (struct span line; (line = span_trim(span_cut(&rest, '\n'))).size > 0;) {
        struct span value = line;
        const char *name = arena_copy_span(request->arena, span_cut(&value, ':'));
        if (request->header_count == HEADERS_MAX)
            continue;
        headers[request->header_count].name = name;
        headers[request->header_count++].value = arena_copy_span(request->arena, span_trim(value));
    }
    request->headers = headers;
    request->body = rest;
    request->content_type = ingest_header(request, "content-type");
    request->query = span_of(ingest_header(request, "query"));
}

/* Headers called "map" are the lines of the key's map. */
static void maps_read(struct ingest_request *request, const char *map[HEADERS_MAX])
{
    for (size_t i = 0; i < request->header_count; i++)
        if (string_is(request->headers[i].name, "map"))
            map[request->map_count++] = request->headers[i].value;
    request->map = map;
}

/* Whatever stands in the headers: no code is guessed, and each refusal has words. */
static void signatures_check(const struct ingest_request *request)
{
    for (int kind = SIGNATURE_NONE + 1; kind < SIGNATURE_SNS; kind++) {
        msec signed_at = 0;
        struct fault fault = {0};
        assert(!signature_check((enum signature_kind)kind, "c2VjcmV0IG9mIHRoZSB0ZXN0", request,
                                &signed_at, &fault));
        output_check("refusal", fault.text, sizeof fault.text - 1);
        assert(fault.text[0] != '\0');
    }
}

/* A past end says that it is over, too. */
static bool has_resolve(const struct ingest_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i].event.kind == EVENT_RESOLVE_SOURCE ||
            batch->items[i].alert.ends_at != 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    const struct ingest_format *format = format_choose(input_byte(&input));
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    struct ingest_request request = {.arena = arena, .body = input.rest, .integration = "prom"};
    struct ingest_header headers[HEADERS_MAX];
    const char *map[HEADERS_MAX];
    headers_read(&request, headers);
    maps_read(&request, map);
    signatures_check(&request);
    const struct ingest_format *named = ingest_find(ingest_header(&request, "format"));
    format = named != NULL ? named : format;
    if (!ingest_parse(format, &request, &batch, &fault)) {
        output_check("fault", fault.text, sizeof fault.text - 1);
        assert(fault.text[0] != '\0' && batch.items == NULL);
        return 0;
    }
    assert(batch.count <= INGEST_ALERTS_MAX);
    for (size_t i = 0; i < batch.count; i++)
        item_check(&batch.items[i]);

    struct bench *bench = bench_new();
    (void)batch_step(bench, &batch, 0);
    size_t again = batch_step(bench, &batch, ITEMS_MAX);
    assert(again == 0 || has_resolve(&batch));
    bench_wait(bench, 6 * MINUTE_MS);
    assert(engine_check(bench->engine, bench->now, &fault));
    bench_free(bench);
    return 0;
}
