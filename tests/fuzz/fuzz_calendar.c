/* SPDX-License-Identifier: MIT */
/*
 * fuzz_calendar.c - bytes of a calendar through the whole path of the reader.
 *
 * This exercises: unfolding, properties, times, zones and embedded VTIMEZONEs, rules, the algebra
 * of series, the warnings, the answer to the daemon and its check there. What must hold for any
 * bytes: the answer is in order, inside the window and of valid UTF-8, and the daemon takes it.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "calendar/reader.h"
#include "fuzz.h"

#define FROM_AT ((msec)1772323200000) /* 2026-03-01T00:00:00Z */
#define UNTIL_AT (FROM_AT + 90 * DAY_MS)

static void shift_check(const struct shift_list *list, size_t place)
{
    const struct shift *shift = &list->shifts[place];
    assert(shift->start_at < shift->end_at);
    assert(shift->start_at < UNTIL_AT && shift->end_at > FROM_AT);
    assert(place == 0 || list->shifts[place - 1].start_at <= shift->start_at);
    assert(utf8_is_valid(span_of(shift->event->summary)));
    assert(utf8_is_valid(span_of(shift->event->uid)));
}

static void answer_check(const struct shift_list *list)
{
    CLEANUP(text_clear) struct text answer = {0};
    struct shift_list *back = NULL;
    struct fault fault = {0};
    reader_result_render(&answer, list);
    bool is_taken = reader_result_parse(text_span(&answer), &back, &fault);
    if (!is_taken)
        (void)fprintf(stderr, "%s\n", fault.text);
    assert(is_taken);
    assert(back->shift_count == list->shift_count);
    assert(back->warning_count == list->warning_count);
    shift_list_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct calendar_file file = {"fuzz.ics", {(const char *)bytes, size}};
    struct calendar_request request = {
        .files = &file,
        .file_count = 1,
        .zone_name = "Europe/Berlin",
        .tzdir = TESTS_DIR "/fixtures/zoneinfo",
        .from_at = FROM_AT,
        .until_at = UNTIL_AT,
        .now_at = FROM_AT + 10 * DAY_MS,
        .is_exact_told = true,
        .is_floating_told = true,
    };
    struct shift_list *list = NULL;
    struct fault fault = {0};
    bool is_expanded = calendar_expand(&request, &list, &fault);
    assert(is_expanded);
    for (size_t i = 0; i < list->shift_count; i++)
        shift_check(list, i);
    answer_check(list);
    shift_list_free(list);
    return 0;
}
