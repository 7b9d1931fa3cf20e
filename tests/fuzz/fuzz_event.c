/* SPDX-License-Identifier: MIT */
/*
 * fuzz_event.c - an event that another node kept while the database was away.
 *
 * What is read is the same when it is written and read again, and what is not is refused with
 * words.
 */
#include <assert.h>
#include <string.h>

#include "daemon/event_form.h"
#include "fuzz.h"
#include "input.h"

static void event_check(const struct json *json, struct arena *arena)
{
    CLEANUP(text_clear) struct text first = {0};
    CLEANUP(text_clear) struct text second = {0};
    struct json_writer writer = {.text = &first};
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    if (!event_form_read(json, arena, &event, &origin, &fault)) {
        assert(fault.kind == FAULT_INPUT && fault.text[0] != '\0');
        return;
    }
    assert(event_has_form(event.kind) && event.actor != NULL && event.incident == 0);
    event_form_put(&writer, &event, &origin);
    const struct json *again = NULL;
    bool is_read = json_parse(arena, text_span(&first), &again, &fault) &&
                   event_form_read(again, arena, &event, &origin, &fault);
    assert(is_read);
    writer = (struct json_writer){.text = &second};
    event_form_put(&writer, &event, &origin);
    assert(string_is(text_string(&first), text_string(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    const struct json *json = NULL;
    struct fault fault = {0};
    if (json_parse(arena, input.rest, &json, &fault))
        event_check(json, arena);
    return 0;
}
