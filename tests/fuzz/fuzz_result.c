/* SPDX-License-Identifier: MIT */
/*
 * fuzz_result.c - what a reader child that somebody took over may answer to the daemon.
 *
 * The size in front is put right here, so that the bytes behind it are what is tried. An answer
 * that is taken must be in order, and must be the same when it is written and read again.
 */
#include <assert.h>

#include "base/text.h"
#include "calendar/reader.h"
#include "fuzz.h"

static struct shift_list *answer_take(struct span bytes)
{
    struct shift_list *list = NULL;
    struct fault fault = {0};
    if (reader_result_parse(bytes, &list, &fault))
        return list;
    assert(fault.text[0] != '\0');
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(text_clear) struct text message = {0};
    for (int i = 3; i >= 0; i--)
        text_add_char(&message, (char)(size >> (8 * i) & 0xFF));
    text_add_bytes(&message, bytes, size);
    CLEANUP(shift_list_free) struct shift_list *list = answer_take(text_span(&message));
    if (list == NULL)
        return 0;
    for (size_t i = 0; i < list->shift_count; i++) {
        assert(list->shifts[i].start_at < list->shifts[i].end_at);
        assert(i == 0 || list->shifts[i - 1].start_at <= list->shifts[i].start_at);
    }
    CLEANUP(text_clear) struct text again = {0};
    reader_result_render(&again, list);
    CLEANUP(shift_list_free) struct shift_list *back = answer_take(text_span(&again));
    assert(back != NULL);
    assert(back->shift_count == list->shift_count && back->warning_count == list->warning_count);
    return 0;
}
