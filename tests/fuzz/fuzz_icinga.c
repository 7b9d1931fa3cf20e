/* SPDX-License-Identifier: MIT */
/*
 * fuzz_icinga.c - lines of Icinga's event stream, and its lists of problems.
 *
 * What is read is an event that the engine may have: with its alert's texts in valid UTF-8 within
 * their limits, and a dedup key; what is not says why.
 */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "ingest/icinga_stream.h"
#include "input.h"

static void item_check(const struct ingest_item *item)
{
    assert(item->error == NULL);
    assert(item->event.kind < EVENT_COUNT);
    assert(item->alert.dedup_key != NULL && item->alert.dedup_key[0] != '\0');
    output_check("dedup key", item->alert.dedup_key, DEDUP_KEY_MAX);
    output_check_line("summary", item->alert.summary, SUMMARY_MAX);
    if (item->event.text != NULL)
        output_check("note", item->event.text, NOTE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct span span = {(const char *)bytes, size};
    struct icinga_line line;
    struct icinga_problem *problems = NULL;
    size_t count = 0;
    struct fault fault = {0};
    if (!icinga_line_read(arena, "icinga", span, &line, &fault))
        assert(fault.text[0] != '\0');
    else if (line.word != ICINGA_NOTHING)
        item_check(&line.item);

    fault = (struct fault){0};
    if (!icinga_problems_read(arena, "icinga", span, &problems, &count, &fault))
        assert(fault.text[0] != '\0');
    for (size_t i = 0; i < count; i++)
        item_check(&problems[i].item);
    return 0;
}
