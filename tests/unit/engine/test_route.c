/* SPDX-License-Identifier: MIT */
/* Routes and the severities of a source, without an engine around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/match.h"
#include "engine/route.h"

static const struct matcher web[] = {{.label = "service", .pattern = "web"}};
static const struct matcher web_ams[] = {{.label = "service", .pattern = "web"},
                                         {.label = "site", .pattern = "ams*"}};
static const struct matcher any[] = {{.label = "service", .pattern = "*"}};
static const struct matcher grave[] = {{.label = "severity", .pattern = "critical"}};

static const struct severity_mapping words[] = {{"P1", SEVERITY_CRITICAL}, {"page", SEVERITY_INFO}};

static const struct alert_route routes[] = {
    {.team = "dba", .matchers = grave, .matcher_count = 1},
    {.team = "web",
     .matchers = web,
     .matcher_count = 1,
     .has_severity = true,
     .severity = SEVERITY_WARNING},
    {.team = "ops"},
};

static const struct source_rule sources[] = {
    {.name = "a"},
    {.name = "b",
     .mappings = words,
     .mapping_count = 2,
     .has_default_severity = true,
     .default_severity = SEVERITY_WARNING},
};

static const struct policy policy = {
    .routes = routes, .route_count = 3, .sources = sources, .source_count = 2};

static void the_first_route_that_matches_wins(void **state)
{
    (void)state;
    struct alert settled;
    struct alert alert = {.integration = "a", .service = "web", .severity = SEVERITY_ERROR};
    struct routing routing = route_settle(&policy, &alert, &settled);
    assert_int_equal(routing.number, 2);
    assert_string_equal(settled.team, "web");
    assert_int_equal(settled.severity, SEVERITY_WARNING);
    assert_int_equal(alert.severity, SEVERITY_ERROR);
    CLEANUP(text_clear) struct text text = {0};
    route_add_words(&text, &routing);
    assert_string_equal(text_string(&text), "route 2 (service=web) -> web, as warning");
}

static void a_key_with_a_team_takes_no_route(void **state)
{
    (void)state;
    struct alert settled;
    struct alert alert = {
        .integration = "a", .team = "net", .service = "web", .severity = SEVERITY_ERROR};
    struct routing routing = route_settle(&policy, &alert, &settled);
    assert_int_equal(routing.number, 0);
    assert_null(routing.route);
    assert_string_equal(settled.team, "net");
    assert_int_equal(settled.severity, SEVERITY_ERROR);
}

static void routes_see_the_severity_that_the_mapping_made(void **state)
{
    (void)state;
    struct alert settled;
    struct alert alert = {.integration = "b",
                          .severity_word = "p1",
                          .is_severity_guessed = true,
                          .severity = SEVERITY_ERROR};
    struct routing routing = route_settle(&policy, &alert, &settled);
    assert_string_equal(settled.team, "dba");
    assert_ptr_equal(routing.mapping, &words[0]);
    assert_int_equal(settled.severity, SEVERITY_CRITICAL);
}

static void a_mapping_comes_before_what_the_format_knows(void **state)
{
    (void)state;
    struct alert settled;
    struct alert alert = {
        .integration = "b", .severity_word = "page", .severity = SEVERITY_CRITICAL};
    (void)route_settle(&policy, &alert, &settled);
    assert_int_equal(settled.severity, SEVERITY_INFO);
    assert_string_equal(settled.team, "ops");
}

static void the_default_severity_is_for_words_that_nobody_knows(void **state)
{
    (void)state;
    struct alert settled;
    struct alert alert = {
        .integration = "b", .severity = SEVERITY_CRITICAL, .is_severity_guessed = true};
    struct routing routing = route_settle(&policy, &alert, &settled);
    assert_true(routing.has_default_severity);
    assert_int_equal(settled.severity, SEVERITY_WARNING);
    alert.severity_word = "error";
    alert.is_severity_guessed = false;
    alert.severity = SEVERITY_ERROR;
    routing = route_settle(&policy, &alert, &settled);
    assert_false(routing.has_default_severity);
    assert_int_equal(settled.severity, SEVERITY_ERROR);
}

static void without_a_route_there_is_no_team(void **state)
{
    (void)state;
    const struct policy none = {.route_count = 0};
    struct alert settled;
    struct alert alert = {.integration = "a", .team = "", .severity = SEVERITY_ERROR};
    struct routing routing = route_settle(&none, &alert, &settled);
    assert_null(settled.team);
    assert_null(routing.route);
}

static void a_route_that_takes_all_of_another_hides_it(void **state)
{
    (void)state;
    const struct alert_route narrow = {.matchers = web_ams, .matcher_count = 2};
    const struct alert_route wide = {.matchers = web, .matcher_count = 1};
    const struct alert_route all = {.matchers = any, .matcher_count = 1};
    const struct alert_route bare = {.matcher_count = 0};
    assert_true(route_hides(&wide, &narrow));
    assert_false(route_hides(&narrow, &wide));
    assert_true(route_hides(&wide, &wide));
    assert_true(route_hides(&all, &bare));
    assert_true(route_hides(&bare, &narrow));
    assert_false(route_hides(&wide, &bare));
    assert_true(route_is_any(&all));
    assert_true(route_is_any(&bare));
    assert_false(route_is_any(&wide));
}

static void the_rule_of_a_key_is_found_by_its_name(void **state)
{
    (void)state;
    assert_ptr_equal(policy_source(&policy, "a"), &sources[0]);
    assert_ptr_equal(policy_source(&policy, "b"), &sources[1]);
    assert_ptr_equal(policy_source(&policy, "c"), &policy.source_default);
    assert_ptr_equal(policy_source(&policy, NULL), &policy.source_default);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_route_that_matches_wins),
        cmocka_unit_test(a_key_with_a_team_takes_no_route),
        cmocka_unit_test(routes_see_the_severity_that_the_mapping_made),
        cmocka_unit_test(a_mapping_comes_before_what_the_format_knows),
        cmocka_unit_test(the_default_severity_is_for_words_that_nobody_knows),
        cmocka_unit_test(without_a_route_there_is_no_team),
        cmocka_unit_test(a_route_that_takes_all_of_another_hides_it),
        cmocka_unit_test(the_rule_of_a_key_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
