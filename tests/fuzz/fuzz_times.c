/* SPDX-License-Identifier: MIT */
/*
 * fuzz_times.c - what people type at pagectl: times, durations, incident numbers, command lines.
 *
 * The first byte chooses the zone, the lean and the present. What is taken lies within reason, is
 * printed in a form that reads back as the same, and fits its buffer; what is not taken has a
 * fault that says so in valid UTF-8.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "fuzz.h"
#include "input.h"
#include "pagectl/command.h"
#include "pagectl/incident.h"
#include "pagectl/times.h"

#define TZDIR TESTS_DIR "/fixtures/zoneinfo"
#define WORDS 64

static const char *const zone_names[] = {"Europe/Berlin", "America/New_York", "Asia/Kolkata",
                                         "Australia/Lord_Howe"};
/* Around a change of clocks, a leap day and a new year. */
static const msec presents[] = {INT64_C(1795312800000), INT64_C(1792886400000),
                                INT64_C(1835395200000), INT64_C(1798758000000)};

static const struct zone *zone_choose(uint8_t byte)
{
    static struct zone *zones[4];
    size_t place = byte % 4;
    if (zones[place] == NULL) {
        bool is_loaded = zone_load(TZDIR, zone_names[place], &zones[place], NULL);
        assert(is_loaded);
    }
    return zones[place];
}

static void fault_check(const struct fault *fault)
{
    assert(fault->kind != FAULT_NONE && fault->text[0] != '\0');
    assert(memchr(fault->text, '\0', FAULT_TEXT_MAX) != NULL);
}

static void forms_check(const struct times *times, msec at)
{
    char buffer[TIMES_TEXT_SIZE];
    output_check_line("day", times_day(times, at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("clock", times_clock(times, at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("full", times_full(times, at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("distance", times_distance(times, at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("echo", times_echo(times, at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("span", times_span(times, times->now, at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("age", times_age(times->now - at, buffer), TIMES_TEXT_SIZE - 1);
    output_check_line("length", times_length(at - times->now, buffer), TIMES_TEXT_SIZE - 1);
}

static void times_check(const struct times *times, const char *text, enum times_lean lean)
{
    char shown[INSTANT_TEXT_SIZE];
    struct fault fault = {0};
    msec at = 0;
    msec back = 0;
    if (!times_parse(times, text, lean, &at, &fault)) {
        fault_check(&fault);
        return;
    }
    struct civil civil = civil_from_msec(at);
    assert(civil.year >= 0 && civil.year <= 10010);
    forms_check(times, at);
    if (civil.year < 1 || civil.year > 9999)
        return;
    bool is_back = times_parse(times, instant_render(at, shown), lean, &back, &fault);
    if (!is_back || back != at)
        output_fail("time", shown);
}

static void duration_check(const char *text)
{
    char shown[DURATION_TEXT_SIZE];
    struct fault fault = {0};
    msec length_ms = 0;
    msec back_ms = -1;
    if (!duration_parse(text, &length_ms, &fault)) {
        fault_check(&fault);
        return;
    }
    assert(length_ms >= 0 && length_ms <= 3660 * DAY_MS);
    bool is_back = duration_parse(duration_render(length_ms, shown), &back_ms, &fault);
    if (!is_back || back_ms != length_ms)
        output_fail("duration", shown);
    output_check_line("duration", duration_speak(length_ms, shown), sizeof shown - 1);
}

static void instant_check(const char *text)
{
    char shown[INSTANT_TEXT_SIZE];
    struct fault fault = {0};
    msec at = 0;
    msec back = 0;
    if (!instant_parse(text, &at, &fault)) {
        fault_check(&fault);
        return;
    }
    bool is_back = instant_parse(instant_render(at, shown), &back, &fault);
    if (!is_back || back != at)
        output_fail("instant", shown);
}

static void numbers_check(const char *text)
{
    struct numbers numbers = {0};
    struct fault fault = {0};
    bool is_taken = numbers_add(&numbers, text, &fault);
    assert(numbers.count <= NUMBERS_MAX);
    if (!is_taken)
        fault_check(&fault);
    for (size_t i = 0; is_taken && i < numbers.count; i++) {
        assert(numbers.items[i] > 0);
        for (size_t j = 0; j < i; j++)
            assert(numbers.items[i] != numbers.items[j]);
    }
}

/* Blanks part the words; what is parsed points into them and is of the command's table. */
static void line_check(const char *text, struct arena *arena)
{
    static struct invocation call;
    struct tool tool = {.arena = arena};
    struct fault fault = {0};
    char *words[WORDS];
    int count = 0;
    struct span rest = span_of(text);
    while (rest.size > 0 && count < WORDS)
        words[count++] = arena_copy_span(arena, span_cut(&rest, ' '));
    call = (struct invocation){0};
    if (!command_parse(&tool, count, words, &call, &fault)) {
        fault_check(&fault);
        return;
    }
    assert(call.command != NULL && call.word_count <= WORDS_MAX && call.value_count <= VALUES_MAX);
    for (size_t i = 0; i < call.word_count; i++)
        assert(call.words[i] != NULL);
    for (size_t i = 0; i < call.value_count; i++)
        assert(call.values[i].name != NULL && call.values[i].value != NULL);
    if (!call.wants_help)
        assert(call.word_count >= call.command->words_min &&
               call.word_count <= call.command->words_max);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    uint8_t choice = input_byte(&input);
    const char *text = input_rest(&input, arena);
    struct times times = {.zone = zone_choose(choice), .now = presents[choice >> 2 & 3]};
    times_check(&times, text, choice & 16 ? TIMES_LAST : TIMES_NEXT);
    duration_check(text);
    instant_check(text);
    numbers_check(text);
    line_check(text, arena);
    return 0;
}
