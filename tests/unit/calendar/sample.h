/* SPDX-License-Identifier: MIT */
/* sample.h - small calendars, people and windows for the tests of this folder. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "calendar/calendar.h"

#define ZONEINFO TESTS_DIR "/fixtures/zoneinfo"
#define BEGIN "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define END "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"

static inline UNUSED msec at(const char *text)
{
    msec instant;
    struct fault fault = {0};
    if (!instant_parse(text, &instant, &fault))
        fail_msg("%s: %s", text, fault.text);
    return instant;
}

/* Expands bytes as the file "test.ics" in March and April 2026, or the window given. */
static inline UNUSED struct shift_list *expand_bytes(struct span bytes, const char *zone,
                                                     const char *from, const char *until)
{
    struct calendar_file file = {"test.ics", bytes};
    struct calendar_request request = {
        .files = &file,
        .file_count = 1,
        .zone_name = zone,
        .tzdir = ZONEINFO,
        .from_at = at(from),
        .until_at = at(until),
    };
    struct shift_list *list = NULL;
    struct fault fault = {0};
    if (!calendar_expand(&request, &list, &fault))
        fail_msg("%s", fault.text);
    return list;
}

static inline UNUSED struct shift_list *expand(const char *ics)
{
    return expand_bytes(span_of(ics), "Europe/Berlin", "2026-03-01T00:00:00Z",
                        "2026-05-01T00:00:00Z");
}

static inline UNUSED bool has_warning(const struct shift_list *list, const char *code)
{
    for (size_t i = 0; i < list->warning_count; i++)
        if (string_is(list->warnings[i].code, code))
            return true;
    return false;
}

/* "start end summary" of each shift, one per line, for comparison with what is expected. */
static inline UNUSED char *shifts_text(const struct shift_list *list)
{
    struct text text = {0};
    for (size_t i = 0; i < list->shift_count; i++) {
        char start[INSTANT_TEXT_SIZE];
        char end[INSTANT_TEXT_SIZE];
        text_addf(&text, "%s %s %s\n", instant_render(list->shifts[i].start_at, start),
                  instant_render(list->shifts[i].end_at, end), list->shifts[i].event->summary);
    }
    return text_take(&text);
}

/* Expands and compares; the list is freed. */
static inline UNUSED void expect_shifts(const char *ics, const char *expected)
{
    struct shift_list *list = expand(ics);
    char *text = shifts_text(list);
    assert_string_equal(text, expected);
    free(text);
    shift_list_free(list);
}

static inline UNUSED void file_load(const char *path, struct text *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char piece[4096];
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        text_add_bytes(bytes, piece, size);
    (void)fclose(file);
}
