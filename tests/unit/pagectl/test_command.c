/* SPDX-License-Identifier: MIT */
/* The command table and what is made from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "pagectl/command.h"
#include "pagectl/help.h"

static struct invocation call;

static bool parse(struct tool *tool, char *const *words, struct fault *fault)
{
    int count = 0;
    *tool = (struct tool){0};
    *fault = (struct fault){0};
    while (words[count] != NULL)
        count++;
    return command_parse(tool, count, words, &call, fault);
}

#define PARSE(...) parse(&tool, (char *const[]){__VA_ARGS__, NULL}, &fault)

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *row = commands[i];
        assert_non_null(row->name);
        assert_non_null(row->summary);
        assert_non_null(row->arguments);
        assert_non_null(row->examples);
        assert_non_null(row->run);
        assert_true(row->words_max >= row->words_min);
        assert_true(row->examples[strlen(row->examples) - 1] == '\n');
        for (size_t j = 0; j < i; j++)
            assert_false(string_is(row->name, commands[j]->name));
        for (const struct option *option = row->options; option && option->name; option++) {
            for (const struct option *other = row->options; other != option; other++) {
                assert_false(string_is(option->name, other->name));
                assert_false(option->letter != 0 && option->letter == other->letter);
            }
        }
    }
}

static void help_of_every_command_fits_a_screen(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        CLEANUP(text_clear) struct text text = {0};
        size_t lines = 0;
        help_render(&text, commands[i]);
        for (const char *byte = text_string(&text); *byte != '\0'; byte++)
            lines += *byte == '\n';
        if (lines > HELP_LINES_MAX)
            fail_msg("help of \"%s\" has %zu lines", commands[i]->name, lines);
        assert_memory_equal(text_string(&text), "  ", 2); /* examples come first */
    }
}

static void every_command_that_is_not_hidden_is_in_help_and_manual(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text help = {0};
    CLEANUP(text_clear) struct text manual = {0};
    help_render_all(&help);
    help_render_manual(&manual);
    for (size_t i = 0; i < command_count; i++) {
        char line[80];
        snprintf(line, sizeof(line), "  %s ", commands[i]->name);
        if (commands[i]->name[0] != '\0' && !commands[i]->is_hidden)
            assert_non_null(strstr(text_string(&help), line));
        snprintf(line, sizeof(line), "## pagectl %s ", commands[i]->name);
        if (commands[i]->name[0] != '\0')
            assert_int_equal(strstr(text_string(&manual), line) != NULL, !commands[i]->is_hidden);
    }
}

static void words_and_options_are_read_in_any_order(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    assert_true(PARSE("ack", "412", "-m", "on it", "#413", "--take"));
    assert_string_equal(call.command->name, "ack");
    assert_int_equal(call.word_count, 2);
    assert_string_equal(call.words[1], "#413");
    assert_string_equal(option_get(&call, "note"), "on it");
    assert_true(option_is(&call, "take"));
    assert_false(option_is(&call, "all"));

    assert_true(PARSE("--utc", "ack", "--note=a=b", "-n", "--json=x,y", "--", "-m"));
    assert_true(tool.is_utc);
    assert_true(tool.is_dry);
    assert_true(tool.is_json);
    assert_string_equal(tool.fields, "x,y");
    assert_string_equal(option_get(&call, "note"), "a=b");
    assert_string_equal(call.words[0], "-m");

    assert_true(PARSE("ack", "-mshort", "-"));
    assert_string_equal(option_get(&call, "note"), "short");
    assert_string_equal(call.words[0], "-");
}

static void names_of_two_words_come_before_those_of_one(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    assert_true(PARSE("key", "add", "x", "--team", "ops"));
    assert_string_equal(call.command->name, "key add");
    assert_true(PARSE("override", "list"));
    assert_string_equal(call.command->name, "override list");
    assert_true(PARSE("override", "ops", "primary"));
    assert_string_equal(call.command->name, "override");
    assert_int_equal(call.word_count, 2);
    assert_true(PARSE("calendar"));
    assert_string_equal(call.command->name, "calendar list");
    assert_true(parse(&tool, (char *const[]){NULL}, &fault));
    assert_string_equal(call.command->name, "");
}

static void aliases_are_names(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    static const char *const rows[][2] = {{"ls", "incidents"}, {"who", "oncall"}, {"ok", "ack"}};
    for (size_t i = 0; i < 3; i++) {
        assert_true(PARSE((char *)rows[i][0]));
        assert_string_equal(call.command->name, rows[i][1]);
    }
}

static void a_typo_is_answered_with_the_nearest_name_and_never_run(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    static const char *const rows[][2] = {{"akc", "pagectl ack"},
                                          {"incidnets", "pagectl incidents"},
                                          {"resove", "pagectl resolve"},
                                          {"shwo", "pagectl show"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_false(PARSE((char *)rows[i][0]));
        assert_non_null(strstr(fault.text, "Did you mean"));
        assert_non_null(strstr(fault.text, rows[i][1]));
    }
    assert_false(PARSE("qwertyuiop"));
    assert_null(strstr(fault.text, "Did you mean"));
    assert_false(PARSE("inc")); /* no abbreviations */
    assert_false(PARSE(""));
    assert_false(PARSE("__complet"));
    assert_null(strstr(fault.text, "Did you mean"));
}

static void wrong_words_and_options_are_refused(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    assert_false(PARSE("ack", "--tkae"));
    assert_non_null(strstr(fault.text, "--take"));
    assert_false(PARSE("ack", "--note"));
    assert_false(PARSE("ack", "--take=yes"));
    assert_false(PARSE("ack", "-x"));
    assert_false(PARSE("ack", "-nq"));
    assert_false(PARSE("key", "add"));
    assert_false(PARSE("key", "add", "a", "b"));
    assert_false(PARSE("key"));
    assert_non_null(strstr(fault.text, "add, list, revoke"));
    assert_false(PARSE("key", "destroy"));
    assert_false(PARSE("incidents", "what"));
    assert_false(PARSE("--color", "pink", "incidents"));
    assert_false(PARSE("--server"));
}

static void help_is_shown_wherever_it_is_asked_for(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    assert_true(PARSE("ack", "-h"));
    assert_true(call.wants_help);
    assert_true(PARSE("-h", "key", "add"));
    assert_true(call.wants_help);
    assert_true(PARSE("key", "add", "--help"));
    assert_true(call.wants_help);
}

static void more_words_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    static char *words[WORDS_MAX + 10];
    for (size_t i = 1; i < WORDS_MAX + 8; i++)
        words[i] = (char *)"1";
    words[0] = (char *)"ack";
    assert_false(parse(&tool, words, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    for (size_t i = 1; i < WORDS_MAX + 8; i++)
        words[i] = (char *)"-m1";
    assert_false(parse(&tool, words, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
}

static void repeated_options_are_all_kept(void **state)
{
    (void)state;
    struct tool tool;
    struct fault fault;
    size_t cursor = 0;
    assert_true(PARSE("nagios", "--label", "a=1", "--label=b=2", "-n", "host"));
    assert_string_equal(option_each(&call, "label", &cursor), "a=1");
    assert_string_equal(option_each(&call, "label", &cursor), "b=2");
    assert_null(option_each(&call, "label", &cursor));
    assert_string_equal(option_get(&call, "object"), "host");
    assert_false(tool.is_dry); /* the command's own -n comes first */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(help_of_every_command_fits_a_screen),
        cmocka_unit_test(every_command_that_is_not_hidden_is_in_help_and_manual),
        cmocka_unit_test(words_and_options_are_read_in_any_order),
        cmocka_unit_test(names_of_two_words_come_before_those_of_one),
        cmocka_unit_test(aliases_are_names),
        cmocka_unit_test(a_typo_is_answered_with_the_nearest_name_and_never_run),
        cmocka_unit_test(wrong_words_and_options_are_refused),
        cmocka_unit_test(help_is_shown_wherever_it_is_asked_for),
        cmocka_unit_test(more_words_than_there_is_room_for_are_refused),
        cmocka_unit_test(repeated_options_are_all_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
