/* SPDX-License-Identifier: MIT */
/* The table of options holds together, and the manual says what it says. */
#include "fixture.h"

#include "base/arena.h"
#include "config/options.h"
#include "config/source.h"
#include "config/value.h"

static void each_row_says_what_it_is(void **state)
{
    size_t count;
    const struct option *rows = options_all(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *end = rows[i].sentence + strlen(rows[i].sentence) - 1;
        assert_non_null(option_type_name(rows[i].type));
        assert_true(rows[i].type < OPTION_TYPE_COUNT);
        assert_true(*end == '.' || string_is(rows[i].pattern, "recovery.when"));
        assert_ptr_equal(options_find(rows[i].pattern), &rows[i]);
        assert_true((rows[i].type == OPTION_CHOICE) == (rows[i].choices != NULL));
        assert_false((rows[i].flags & OPTION_REQUIRED) != 0 && rows[i].fallback != NULL);
        if (rows[i].type == OPTION_COUNT || rows[i].type == OPTION_DURATION ||
            rows[i].type == OPTION_PERCENT)
            assert_true(rows[i].min < rows[i].max);
    }
}

static void each_default_is_a_value_that_would_be_accepted(void **state)
{
    size_t count;
    struct fault fault;
    const struct option *rows = options_all(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *value = rows[i].fallback;
        msec duration_ms;
        unsigned percent;
        uint16_t from;
        uint16_t until;
        if (value == NULL)
            continue;
        if (rows[i].type == OPTION_CHOICE)
            assert_true(words_hold(rows[i].choices, span_of(value)));
        if (rows[i].type == OPTION_SWITCH)
            assert_true(string_is(value, "true") || string_is(value, "false"));
        if (rows[i].type == OPTION_NIGHT)
            assert_true(night_parse(value, &from, &until, &fault));
        if (rows[i].type == OPTION_LISTEN)
            assert_true(listen_check(value, &fault));
        if (rows[i].type == OPTION_SMTP)
            assert_true(smtp_check(value, &fault));
        if (rows[i].type == OPTION_PERCENT)
            assert_true(percent_parse(value, &percent, &fault));
        if (rows[i].type == OPTION_DURATION && !string_is(value, "never")) {
            assert_true(duration_parse(value, &duration_ms, &fault));
            assert_true(duration_ms >= rows[i].min && duration_ms <= rows[i].max);
        }
    }
}

/* Each key that is not a group stands below one. */
static void each_row_has_its_group(void **state)
{
    size_t count;
    const struct option *rows = options_all(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_clear) struct text parent = {0};
        size_t size = strlen(rows[i].pattern);
        if (size > 2 && strcmp(rows[i].pattern + size - 2, "[]") == 0) {
            text_add_bytes(&parent, rows[i].pattern, size - 2);
        } else {
            const char *dot = strrchr(rows[i].pattern, '.');
            if (dot == NULL)
                continue;
            text_add_bytes(&parent, rows[i].pattern, (size_t)(dot - rows[i].pattern));
        }
        const struct option *row = options_find(text_string(&parent));
        assert_non_null(row);
        assert_true(row->type <= OPTION_LIST);
    }
}

static void the_manual_is_what_the_table_says(void **state)
{
    struct span bytes;
    struct fault fault;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text manual = {0};
    (void)state;
    options_render_manual(&manual);
    assert_true(
        file_read(arena, TESTS_DIR "/../docs/man/pagerd.cfg.5.scd", 1 << 20, &bytes, NULL, &fault));
    if (bytes.size != manual.size || memcmp(bytes.bytes, manual.bytes, manual.size) != 0)
        fail_msg("docs/man/pagerd.cfg.5.scd is old: build the target config_manual");
}

static void a_key_is_explained_however_it_is_written(void **state)
{
    static const char *const keys[] = {"teams.ops.ack-timeout", "teams.*.ack-timeout",
                                       "ack-timeout"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        CLEANUP(text_clear) struct text text = {0};
        assert_true(config_explain(keys[i], &text));
        assert_string_equal(text_string(&text),
                            "teams.*.ack-timeout   (duration)\n"
                            "  Acknowledged and silent that long, an incident pages again. From 1s "
                            "to 30d, or \"never\". Default: \"30m\".\n");
    }
    CLEANUP(text_clear) struct text text = {0};
    assert_true(config_explain("teams.ops.escalate[0].wait", &text));
    text_reset(&text);
    assert_true(config_explain("teams.*", &text));
    assert_non_null(strstr(text_string(&text), "    teams.*.manager\n"));
}

static void a_percentage_says_its_range(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    (void)state;
    assert_true(config_explain("max-loss", &text));
    assert_non_null(strstr(text_string(&text), "calendars.*.max-loss   (percentage)\n"));
    assert_non_null(strstr(text_string(&text), " From 0% to 100%. Default: \"50%\".\n"));
}

static void a_key_that_does_not_exist_has_its_neighbours_named(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    (void)state;
    assert_false(config_explain("teams.ops.escalation", &text));
    assert_string_equal(text_string(&text),
                        "there is no key \"teams.ops.escalation\". Did you mean: "
                        "teams.*.escalate\n");
}

static void values_in_quotes_have_their_grammar(void **state)
{
    struct fault fault;
    CLEANUP(text_clear) struct text mended = {0};
    (void)state;
    assert_true(phone_check("+4915550100001", &mended));
    assert_false(phone_check("+49", &mended));
    assert_false(phone_check("+0491555010000", &mended));
    assert_false(phone_check("+4915550100001234", &mended));
    assert_false(phone_check("", &mended));
    assert_true(email_check("ann.ops+pager@mail.example.org", &fault));
    assert_false(email_check("ann@", &fault));
    assert_false(email_check("@example.org", &fault));
    assert_false(email_check("ann@example..org", &fault));
    assert_false(email_check("Ann <ann@example.org>", &fault));
    assert_true(url_check("https://page.example.org/x?y=$z", &fault));
    assert_false(url_check("ftp://page.example.org", &fault));
    assert_false(url_check("https://", &fault));
    assert_false(url_check("https://:8440/", &fault));
    assert_true(listen_check("0.0.0.0:8440", &fault));
    assert_true(listen_check("[::1]:8440", &fault));
    assert_false(listen_check("127.0.0.1", &fault));
    assert_false(listen_check("127.0.0.1:70000", &fault));
    assert_false(listen_check("::1:8440", &fault));
    assert_true(smtp_check("smtps://mail.example.org:465", &fault));
    assert_false(smtp_check("mail.example.org:", &fault));
    assert_false(smtp_check("mail.example.org:0", &fault));
    assert_false(smtp_check("ann@mail", &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_row_says_what_it_is),
        TEST(each_default_is_a_value_that_would_be_accepted),
        TEST(each_row_has_its_group),
        TEST(the_manual_is_what_the_table_says),
        TEST(a_key_is_explained_however_it_is_written),
        TEST(a_percentage_says_its_range),
        TEST(a_key_that_does_not_exist_has_its_neighbours_named),
        TEST(values_in_quotes_have_their_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
