/* SPDX-License-Identifier: MIT */
/* Reasons on a terminal, and what the state of a calendar is called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/utf8.h"
#include "pagectl/calendars.h"
#include "pagectl/reason.h"

static void tool_make(struct tool *tool, unsigned width)
{
    *tool = (struct tool){.arena = arena_new(),
                          .is_terminal = true,
                          .is_unicode = true,
                          .width = width,
                          .zone = zone_fixed("UTC", 0)};
}

static void a_short_why_stands_on_the_line_of_the_role(void **state)
{
    (void)state;
    struct tool tool;
    tool_make(&tool, 80);
    reason_say(&tool, "ops primary", "ann is fixed in the configuration; x");
    assert_string_equal(text_string(&tool.output),
                        "ops primary: ann is fixed in the configuration; x\n");
    tool_close(&tool);
}

static void a_long_why_is_a_clause_to_a_line_and_breaks_behind_a_comma(void **state)
{
    (void)state;
    struct tool tool;
    tool_make(&tool, 40);
    reason_say(&tool, "ops primary",
               "calendar \"primary\" /etc/p.ics:4, \"Ann; Ops\", UID 1@x, rule FREQ=WEEKLY;"
               "BYDAY=MO; ann rests until 10:00, bob covers");
    assert_string_equal(text_string(&tool.output), "ops primary:\n"
                                                   "  calendar \"primary\" /etc/p.ics:4,\n"
                                                   "    \"Ann; Ops\", UID 1@x,\n"
                                                   "    rule FREQ=WEEKLY;BYDAY=MO\n"
                                                   "  ann rests until 10:00, bob covers\n");
    tool_close(&tool);
}

static void nothing_of_a_why_is_lost_at_any_width(void **state)
{
    (void)state;
    static const char why[] =
        "größe \"a; b\" 負荷 /a/very/long/path/without/any/blank.ics:12, x; y; ";
    for (unsigned width = 1; width < 90; width++) {
        struct tool tool;
        tool_make(&tool, width);
        reason_say(&tool, "ops", why);
        assert_true(utf8_is_valid(text_span(&tool.output)));
        for (const char *word = "größe\0\"a;\0負荷\0blank.ics:12,\0x\0y\0"; *word != '\0';
             word += strlen(word) + 1)
            assert_non_null(strstr(text_string(&tool.output), word));
        tool_close(&tool);
    }
}

static void a_reason_cannot_move_the_cursor(void **state)
{
    (void)state;
    struct tool tool;
    for (unsigned width = 10; width <= 200; width += 190) {
        tool_make(&tool, width);
        reason_say(&tool, "o\033[2Jps", "title \033]0;x\007 and more; \n next");
        assert_null(strchr(text_string(&tool.output), '\033'));
        assert_null(strchr(text_string(&tool.output), '\007'));
        tool_close(&tool);
    }
}

static enum calendar_state state_of(const char *row)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = NULL;
    assert_true(json_parse(arena, span_of(row), &json, NULL));
    return calendar_state(json);
}

static void the_worst_that_is_known_of_a_calendar_is_its_state(void **state)
{
    (void)state;
#define READ "\"read_at\":\"2031-01-01T00:00:00Z\""
    assert_int_equal(state_of("{" READ "}"), CALENDAR_OK);
    assert_int_equal(state_of("{" READ ",\"warnings\":[]}"), CALENDAR_OK);
    assert_int_equal(state_of("{" READ ",\"warnings\":[\"a.ics:3: W-OVERLAP x\"]}"),
                     CALENDAR_DOUBT);
    assert_int_equal(
        state_of("{" READ ",\"warnings\":[\"a.ics:3: W-OVERLAP x\",\"a.ics:9: E-NOBODY y\"]}"),
        CALENDAR_FAULTY);
    assert_int_equal(state_of("{" READ ",\"problem\":\"HTTP 404\"}"), CALENDAR_STALE);
    assert_int_equal(state_of("{" READ ",\"stale\":true,\"held\":true}"), CALENDAR_HELD);
    assert_int_equal(state_of("{\"read_at\":null}"), CALENDAR_UNREAD);
    assert_int_equal(state_of("{}"), CALENDAR_UNREAD);
#undef READ
}

static void a_title_that_looks_like_a_code_is_none(void **state)
{
    (void)state;
    assert_true(warning_is_error("rota.ics:3: E-RRULE part X"));
    assert_true(warning_is_error("E-TRUNCATED the file ends"));
    assert_false(warning_is_error("rota.ics:3: W-OVERLAP \"Ann: E-mail duty\" and \"Bob\""));
    assert_false(warning_is_error("rota.ics:3: W-LONG 61 days"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_why_stands_on_the_line_of_the_role),
        cmocka_unit_test(a_long_why_is_a_clause_to_a_line_and_breaks_behind_a_comma),
        cmocka_unit_test(nothing_of_a_why_is_lost_at_any_width),
        cmocka_unit_test(a_reason_cannot_move_the_cursor),
        cmocka_unit_test(the_worst_that_is_known_of_a_calendar_is_its_state),
        cmocka_unit_test(a_title_that_looks_like_a_code_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
