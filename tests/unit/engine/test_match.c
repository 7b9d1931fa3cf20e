/* SPDX-License-Identifier: MIT */
/* Matchers: "label=value" against alerts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/match.h"

static struct label labels[] = {
    {"job", "snmp"},
    {"site", "ams2"},
    {"severity", "page"},
    {"empty", ""},
};

static const struct alert alert = {
    .integration = "prometheus",
    .service = "web",
    .source = "db1",
    .summary = "db1: disk /var full",
    .severity = SEVERITY_CRITICAL,
    .labels = labels,
    .label_count = 4,
};

static struct matcher matcher_of(struct arena *arena, const char *text)
{
    struct matcher matcher;
    struct fault fault;
    if (!matcher_parse(arena, span_of(text), &matcher, &fault))
        fail_msg("%s", fault.text);
    return matcher;
}

/* Do the texts, side by side, hold for the alert above? */
static bool holds(const char *first, const char *second)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct match_subject subject = match_subject_alert(&alert);
    struct matcher matchers[2] = {matcher_of(arena, first)};
    if (second != NULL)
        matchers[1] = matcher_of(arena, second);
    return match_all(matchers, second != NULL ? 2 : 1, &subject);
}

static void a_label_is_compared_letter_by_letter(void **state)
{
    (void)state;
    assert_true(holds("job=snmp", NULL));
    assert_false(holds("job=SNMP", NULL));
    assert_false(holds("job=snm", NULL));
    assert_false(holds("job=snmp2", NULL));
    assert_true(holds("job!=icmp", NULL));
    assert_false(holds("job!=snmp", NULL));
}

static void a_star_is_any_text(void **state)
{
    (void)state;
    assert_true(holds("site=ams*", NULL));
    assert_true(holds("site=*2", NULL));
    assert_true(holds("site=*m*", NULL));
    assert_false(holds("site=fra*", NULL));
    assert_false(holds("site!=ams*", NULL));
    assert_true(holds("summary=*disk*full", NULL));
    assert_false(holds("summary=*disk*empty", NULL));
}

static void globs_find_the_last_place_too(void **state)
{
    (void)state;
    assert_true(match_glob("", ""));
    assert_true(match_glob("*", ""));
    assert_false(match_glob("", "a"));
    assert_false(match_glob("a", ""));
    assert_true(match_glob("*ab", "aab"));
    assert_true(match_glob("*ab", "abab"));
    assert_true(match_glob("a*b*c", "aXbYbc"));
    assert_false(match_glob("a*b*c", "aXbY"));
    assert_true(match_glob("**a**", "bab"));
    assert_true(match_glob("a***", "a"));
}

/* A pattern of many stars must not take exponential time. */
static void many_stars_end_soon(void **state)
{
    (void)state;
    char text[LABEL_VALUE_MAX + 1];
    char pattern[LABEL_VALUE_MAX + 1];
    memset(text, 'a', LABEL_VALUE_MAX);
    for (size_t i = 0; i < LABEL_VALUE_MAX; i++)
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    text[LABEL_VALUE_MAX] = '\0';
    pattern[LABEL_VALUE_MAX] = '\0';
    assert_true(match_glob(pattern, text));
    pattern[LABEL_VALUE_MAX - 1] = 'b';
    assert_false(match_glob(pattern, text));
}

static void a_missing_label_is_an_empty_text(void **state)
{
    (void)state;
    assert_true(holds("rack=", NULL));
    assert_false(holds("rack!=", NULL));
    assert_true(holds("rack!=7", NULL));
    assert_true(holds("rack=*", NULL));
    assert_false(holds("rack=?*", NULL));
    assert_true(holds("site!=", NULL));
    assert_true(holds("empty=", NULL));
}

static void words_stand_for_what_every_alert_has(void **state)
{
    (void)state;
    assert_true(holds("integration=prometheus", NULL));
    assert_true(holds("service=web", NULL));
    assert_true(holds("source=db*", NULL));
    assert_true(holds("summary=db1*", NULL));
}

static void a_label_comes_before_the_word_of_its_name(void **state)
{
    (void)state;
    assert_true(holds("severity=page", NULL));
    assert_false(holds("severity=critical", NULL));
    struct alert plain = alert;
    plain.label_count = 0;
    struct match_subject subject = match_subject_alert(&plain);
    assert_string_equal(match_value(&subject, "severity"), "critical");
    plain.service = NULL;
    subject = match_subject_alert(&plain);
    assert_string_equal(match_value(&subject, "service"), "");
}

static void all_of_several_must_hold(void **state)
{
    (void)state;
    assert_true(holds("job=snmp", "site=ams*"));
    assert_false(holds("job=snmp", "site=fra*"));
    assert_false(holds("job=icmp", "site=ams*"));
    struct match_subject subject = match_subject_alert(&alert);
    assert_true(match_all(NULL, 0, &subject));
}

static void an_incident_is_looked_at_as_its_alert(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct incident incident = {
        .integration = (char *)"prometheus",
        .service = (char *)"web",
        .source = (char *)"db1",
        .summary = (char *)"disk",
        .severity = SEVERITY_WARNING,
        .labels = labels,
        .label_count = 2,
    };
    struct match_subject subject = match_subject_incident(&incident);
    struct matcher matchers[] = {matcher_of(arena, "severity=warning"),
                                 matcher_of(arena, "job=snmp")};
    assert_true(match_all(matchers, 2, &subject));
}

static void spaces_around_are_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct matcher matcher = matcher_of(arena, " site != ams* ");
    assert_string_equal(matcher.label, "site");
    assert_string_equal(matcher.pattern, "ams*");
    assert_true(matcher.is_negated);
    CLEANUP(text_clear) struct text text = {0};
    matcher_render(&text, &matcher);
    assert_string_equal(text_string(&text), "site!=ams*");
    struct matcher again = matcher_of(arena, text_string(&text));
    assert_true(matcher_is_same(&matcher, &again));
    again.is_negated = false;
    assert_false(matcher_is_same(&matcher, &again));
}

static void a_value_may_hold_an_equals_sign(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct matcher matcher = matcher_of(arena, "query=a=b");
    assert_string_equal(matcher.label, "query");
    assert_string_equal(matcher.pattern, "a=b");
}

static void what_matches_everything_is_known(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct {
        const char *text;
        bool is_any;
    } rows[] = {{"a=*", true}, {"a=**", true}, {"a=", false}, {"a!=*", false}, {"a=*b", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct matcher matcher = matcher_of(arena, rows[i].text);
        assert_int_equal(matcher_is_any(&matcher), rows[i].is_any);
    }
}

static void a_wrong_text_says_what_to_write(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"", "\"\" says no label: write label=value, label=part* or label!=value"},
        {"web", "\"web\" says no label: write label=value, label=part* or label!=value"},
        {"=web", "\"=web\" has no usable name of a label before \"=\": write label=value"},
        {"!=web", "\"!=web\" has no usable name of a label before \"=\": write label=value"},
        {"s*=web", "\"s*=web\" has no usable name of a label before \"=\": write label=value"},
        {"s=~web.*", "\"s=~web.*\": regular expressions are not understood: write label=part*"},
        {"s=\"web\"", "\"s=\"web\"\": the value stands without quotes: label=value"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct matcher matcher = {.label = "untouched"};
        struct fault fault;
        assert_false(matcher_parse(arena, span_of(rows[i].text), &matcher, &fault));
        assert_string_equal(fault.text, rows[i].said);
        assert_string_equal(matcher.label, "untouched");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_label_is_compared_letter_by_letter),
        cmocka_unit_test(a_star_is_any_text),
        cmocka_unit_test(globs_find_the_last_place_too),
        cmocka_unit_test(many_stars_end_soon),
        cmocka_unit_test(a_missing_label_is_an_empty_text),
        cmocka_unit_test(words_stand_for_what_every_alert_has),
        cmocka_unit_test(a_label_comes_before_the_word_of_its_name),
        cmocka_unit_test(all_of_several_must_hold),
        cmocka_unit_test(an_incident_is_looked_at_as_its_alert),
        cmocka_unit_test(spaces_around_are_nothing),
        cmocka_unit_test(a_value_may_hold_an_equals_sign),
        cmocka_unit_test(what_matches_everything_is_known),
        cmocka_unit_test(a_wrong_text_says_what_to_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
