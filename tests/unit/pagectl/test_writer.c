/* SPDX-License-Identifier: MIT */
/* Tables, TAB-separated lines and JSON of the same rows; the chart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "pagectl/chart.h"
#include "pagectl/incident.h"
#include "pagectl/writer.h"

static const struct column columns[] = {
    {.title = "ID", .is_right = true},
    {.title = "NAME", .rank = 1},
    {.title = "WHAT", .is_elastic = true},
    {.title = "MORE", .rank = 2},
    {0},
};

static void tool_make(struct tool *tool, unsigned width)
{
    *tool = (struct tool){.arena = arena_new(),
                          .is_terminal = true,
                          .is_unicode = true,
                          .width = width,
                          .zone = zone_fixed("UTC", 0)};
}

static void rows_write(struct tool *tool, const char *what, const struct json *document)
{
    struct writer *writer = writer_open(tool, columns, "rows", document);
    writer_cell(writer, TONE_PLAIN, "7", NULL);
    writer_cell(writer, TONE_PLAIN, "ann", NULL);
    writer_cell(writer, TONE_CRITICAL, what, NULL);
    writer_cell(writer, TONE_PLAIN, "more", "plain\tmore");
    writer_cell(writer, TONE_PLAIN, "4711", NULL);
    writer_cell(writer, TONE_PLAIN, NULL, NULL);
    writer_cell(writer, TONE_PLAIN, "b", NULL);
    writer_cell(writer, TONE_PLAIN, "", NULL);
    writer_close(writer);
}

static void a_wide_terminal_shows_everything(void **state)
{
    (void)state;
    struct tool tool;
    tool_make(&tool, 80);
    rows_write(&tool, "größer", NULL);
    assert_string_equal(text_string(&tool.output), "  ID  NAME  WHAT    MORE\n"
                                                   "   7  ann   größer  more\n"
                                                   "4711        b\n");
    tool_close(&tool);
}

static void a_table_is_never_wider_than_the_terminal(void **state)
{
    (void)state;
    static const char long_text[] = "負荷 grün with many words and no end, 負荷 and more of it";
    for (unsigned width = 20; width < 100; width++) {
        struct tool tool;
        tool_make(&tool, width);
        rows_write(&tool, long_text, NULL);
        struct span rest = text_span(&tool.output);
        while (rest.size > 0) {
            struct span line = span_cut(&rest, '\n');
            assert_true(utf8_is_valid(line));
            if (utf8_width(line) > width)
                fail_msg("%zu columns on a terminal of %u", utf8_width(line), width);
        }
        tool_close(&tool);
    }
}

static void what_is_cut_says_so_and_the_last_rank_goes_first(void **state)
{
    (void)state;
    struct tool tool;
    tool_make(&tool, 30);
    rows_write(&tool, "a text that is far too long for it", NULL);
    assert_string_equal(text_string(&tool.output), "  ID  NAME  WHAT          MORE\n"
                                                   "   7  ann   a text that…  more\n"
                                                   "4711        b\n");
    tool_close(&tool);
    tool_make(&tool, 24);
    tool.is_unicode = false;
    rows_write(&tool, "a text that is far too long for it", NULL);
    assert_string_equal(text_string(&tool.output), "  ID  NAME  WHAT\n"
                                                   "   7  ann   a text th...\n"
                                                   "4711        b\n");
    tool_close(&tool);
}

static void a_pipe_gets_every_column_whole(void **state)
{
    (void)state;
    struct tool tool;
    tool_make(&tool, 20);
    tool.is_terminal = false;
    rows_write(&tool, "a\tvery\nlong text that nobody cuts \033[31m", NULL);
    assert_string_equal(text_string(&tool.output),
                        "7\tann\ta?very?long text that nobody cuts ?[31m\tplain?more\n"
                        "4711\t\tb\t\n");
    tool_close(&tool);
}

static void json_is_the_document_or_the_fields_that_were_picked(void **state)
{
    (void)state;
    struct tool tool;
    const struct json *document = NULL;
    tool_make(&tool, 80);
    tool.is_json = true;
    assert_true(json_parse(tool.arena, SPAN("{\"rows\":[{\"a\":1,\"b\":[\"x\"]}],\"z\":null}"),
                           &document, NULL));
    rows_write(&tool, "x", document);
    assert_string_equal(text_string(&tool.output),
                        "{\"rows\":[{\"a\":1,\"b\":[\"x\"]}],\"z\":null}\n");
    text_reset(&tool.output);
    tool.fields = "b, c";
    rows_write(&tool, "x", document);
    assert_string_equal(text_string(&tool.output), "{\"rows\":[{\"b\":[\"x\"],\"c\":null}]}\n");
    tool_close(&tool);
}

static void colour_does_not_change_the_width(void **state)
{
    (void)state;
    struct tool tool;
    tool_make(&tool, 80);
    tool.has_color = true;
    rows_write(&tool, "x", NULL);
    assert_non_null(strstr(text_string(&tool.output), "ann   \033[1;31mx\033[0m     more\n"));
    tool_close(&tool);
}

static struct chart chart_make(struct zone *zone, const char *from, int days)
{
    msec at = 0;
    assert_true(instant_parse(from, &at, NULL));
    return (struct chart){
        .zone = zone, .from = at, .days = days, .width = 80, .label_size = 10, .is_unicode = true};
}

static void a_day_of_23_hours_is_as_wide_as_the_others(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = NULL;
    CLEANUP(text_clear) struct text text = {0};
    if (!zone_load("/usr/share/zoneinfo", "Europe/Berlin", &zone, NULL))
        skip();
    struct chart chart = chart_make(zone, "2026-03-27T23:00:00Z", 3); /* 29 March is short */
    chart.width = 40;
    struct chart_span spans[] = {{.user = "ann"}, {.user = "bob"}, {.user = "cat"}};
    msec days[4];
    assert_true(instant_parse("2026-03-27T23:00:00Z", &days[0], NULL));
    assert_true(instant_parse("2026-03-28T23:00:00Z", &days[1], NULL));
    assert_true(instant_parse("2026-03-29T22:00:00Z", &days[2], NULL));
    assert_true(instant_parse("2026-03-30T22:00:00Z", &days[3], NULL));
    for (int i = 0; i < 3; i++) {
        spans[i].from = days[i];
        spans[i].until = days[i + 1];
    }
    chart_render_head(&chart, &text);
    chart_render_row(&chart, "primary", spans, 3, &text);
    assert_string_equal(text_string(&text), "          │28Sa     │29Su     │30Mo\n"
                                            "primary   ┃ann━━━━━━┃bob━━━━━━┃cat━━━━━━\n");
}

static void a_gap_of_a_minute_is_seen(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("UTC", 0);
    CLEANUP(text_clear) struct text text = {0};
    struct chart chart = chart_make(zone, "2026-11-22T00:00:00Z", 14);
    struct chart_span spans[] = {
        {.user = "ann", .from = chart.from, .until = chart.from + 5 * DAY_MS},
        {.from = chart.from + 5 * DAY_MS, .until = chart.from + 5 * DAY_MS + MINUTE_MS},
        {.user = "bob",
         .from = chart.from + 5 * DAY_MS + MINUTE_MS,
         .until = chart.from + 20 * DAY_MS},
    };
    chart_render_row(&chart, "primary", spans, 3, &text);
    assert_non_null(strstr(text_string(&text), "━╳"));
    assert_int_equal(utf8_width(text_span(&text)), 81); /* with the end of the line */
    chart.is_unicode = false;
    text_reset(&text);
    chart_render_row(&chart, "primary", spans, 3, &text);
    assert_non_null(strstr(text_string(&text), "=!"));
    chart.has_color = true;
    text_reset(&text);
    chart_render_row(&chart, "primary", spans, 3, &text);
    assert_non_null(strstr(text_string(&text), "\033[1;31m!"));
}

static void where_nobody_is_wanted_is_quiet_and_a_gap_lies_over_it(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("UTC", 0);
    CLEANUP(text_clear) struct text text = {0};
    struct chart chart = chart_make(zone, "2026-11-22T00:00:00Z", 3);
    chart.width = 25;
    struct chart_span spans[] = {
        {.from = chart.from + 2 * DAY_MS, .until = chart.from + 2 * DAY_MS + HOUR_MS},
        {.user = "ann", .from = chart.from, .until = chart.from + DAY_MS},
        {.from = chart.from + DAY_MS, .until = chart.from + 3 * DAY_MS, .is_quiet = true},
    };
    chart_render_row(&chart, "primary", spans, 3, &text);
    assert_string_equal(text_string(&text), "primary   ┃ann━·····╳····\n");
    chart.has_color = true;
    text_reset(&text);
    chart_render_row(&chart, "primary", spans, 3, &text);
    assert_string_equal(text_string(&text), "primary   \033[36m┃ann━\033[0m\033[2m·····\033[0m"
                                            "\033[1;31m╳\033[0m\033[2m····\033[0m\n");
}

static void narrow_days_show_the_date_of_each_monday(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("UTC", 0);
    CLEANUP(text_clear) struct text text = {0};
    struct chart chart = chart_make(zone, "2026-11-22T00:00:00Z", 28); /* a Sunday */
    chart_render_head(&chart, &text);
    assert_string_equal(text_string(&text),
                        "          │ │23 Nov       │30 Nov       │ 7 Dec       │14 Dec\n");
    chart.days = 56;
    chart.is_unicode = false;
    text_reset(&text);
    chart_render_head(&chart, &text);
    assert_string_equal(text_string(&text), "          ||23 Nov|30 Nov| 7 Dec|14 Dec|21 Dec|28 Dec"
                                            "| 4 Jan|\n");
}

static void each_person_has_a_colour_of_their_own_while_there_are_some(void **state)
{
    (void)state;
    static const char *const team[] = {"ann", "bob", "cat", "dan", "eve", "fay"};
    struct chart_people people = {0};
    unsigned colors[CHART_COLORS], taken = 0;
    assert_int_equal(sizeof(team) / sizeof(team[0]), CHART_COLORS);
    for (size_t i = 0; i < CHART_COLORS; i++) {
        colors[i] = chart_color(&people, team[i]);
        assert_true(colors[i] < CHART_COLORS);
        taken |= 1u << colors[i];
    }
    assert_int_equal(taken, (1u << CHART_COLORS) - 1);
    for (size_t i = 0; i < CHART_COLORS; i++)
        assert_int_equal(chart_color(&people, team[i]), colors[i]);
    assert_true(chart_color(&people, "gus") < CHART_COLORS);
}

static void spans_outside_the_chart_do_no_harm(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("UTC", 0);
    for (int days = 1; days <= CHART_DAYS_MAX; days++) {
        for (unsigned width = 1; width < 600; width += 37) {
            CLEANUP(text_clear) struct text text = {0};
            struct chart chart = chart_make(zone, "2026-11-22T00:00:00Z", days);
            struct chart_span spans[] = {
                {.user = "a", .from = 0, .until = chart.from},
                {.user = "b",
                 .from = chart.from + 100 * DAY_MS,
                 .until = chart.from + 101 * DAY_MS},
                {.from = chart.from + 100 * DAY_MS, .until = chart.from + 101 * DAY_MS},
                {.user = "負荷", .from = chart.from - DAY_MS, .until = chart.from + 200 * DAY_MS},
            };
            chart.width = width;
            chart_render_head(&chart, &text);
            chart_render_row(&chart, "primary", spans, 4, &text);
            chart_render_band(&chart, CHART_AWAY, "away", chart.from + 99 * DAY_MS,
                              chart.from + 100 * DAY_MS, "ann", &text);
            chart_render_now(&chart, chart.from + 2 * HOUR_MS, "now", &text);
            assert_true(utf8_is_valid(text_span(&text)));
        }
    }
}

static void numbers_are_read_in_every_form_and_each_once(void **state)
{
    (void)state;
    struct numbers numbers = {0};
    struct fault fault = {0};
    assert_true(numbers_add(&numbers, "412", &fault));
    assert_true(numbers_add(&numbers, "#413,414, 412", &fault));
    assert_true(numbers_add(&numbers, "5 6", &fault));
    assert_int_equal(numbers.count, 5);
    assert_int_equal(numbers.items[1], 413);
    static const char *const wrong[] = {
        "4l2", "", ",", "-1", "0", "4.5", "#", "##4", "1e3", "9999999999999999", "\x1b[2J"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(numbers_add(&numbers, wrong[i], &fault));
    assert_int_equal(numbers.count, 5);
    char digits[16];
    for (int i = 1000; numbers.count < NUMBERS_MAX; i++) {
        snprintf(digits, sizeof(digits), "%d", i);
        assert_true(numbers_add(&numbers, digits, &fault));
    }
    assert_false(numbers_add(&numbers, "99999", &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_terminal_shows_everything),
        cmocka_unit_test(a_table_is_never_wider_than_the_terminal),
        cmocka_unit_test(what_is_cut_says_so_and_the_last_rank_goes_first),
        cmocka_unit_test(a_pipe_gets_every_column_whole),
        cmocka_unit_test(json_is_the_document_or_the_fields_that_were_picked),
        cmocka_unit_test(colour_does_not_change_the_width),
        cmocka_unit_test(a_day_of_23_hours_is_as_wide_as_the_others),
        cmocka_unit_test(a_gap_of_a_minute_is_seen),
        cmocka_unit_test(where_nobody_is_wanted_is_quiet_and_a_gap_lies_over_it),
        cmocka_unit_test(narrow_days_show_the_date_of_each_monday),
        cmocka_unit_test(each_person_has_a_colour_of_their_own_while_there_are_some),
        cmocka_unit_test(spans_outside_the_chart_do_no_harm),
        cmocka_unit_test(numbers_are_read_in_every_form_and_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
