/* SPDX-License-Identifier: MIT */
/* Routes and integrations: what they mean, and what is said of wrong ones. */
#include "fixture.h"

#include "config/value.h"
#include "engine/match.h"

#define TEAMS                         \
    GOOD_URL GOOD_USERS GOOD_CHANNELS \
        "teams: { db: { oncall = \"ann\" } web: { oncall = \"ann\" } }\n"

static void routes_are_read_in_order(void **state)
{
    struct config *config =
        expect_good(*state, TEAMS
                    "routes = ( { team = \"db\", match = [ \"service=redis*\", \"site!=\" ] },\n"
                    "           { team = \"web\", match = \"job=snmp\", severity = \"warning\" },\n"
                    "           { team = \"web\" } )\n");
    const struct policy *policy = config->policy;
    assert_int_equal(policy->route_count, 3);
    assert_string_equal(policy->routes[0].team, "db");
    assert_int_equal(policy->routes[0].matcher_count, 2);
    assert_string_equal(policy->routes[0].matchers[0].pattern, "redis*");
    assert_true(policy->routes[0].matchers[1].is_negated);
    assert_false(policy->routes[0].has_severity);
    assert_true(policy->routes[1].has_severity);
    assert_int_equal(policy->routes[1].severity, SEVERITY_WARNING);
    assert_int_equal(policy->routes[2].matcher_count, 0);
    config_free(config);
}

static void the_last_route_must_match_everything(void **state)
{
    expect_report(*state, TEAMS "routes = ( { team = \"db\", match = [ \"service=db\" ] } )\n",
                  "DIR/pagerd.cfg:5: the last route must match everything, or some alerts would "
                  "have no team: routes[0] has a match\n"
                  "     5 | routes = ( { team = \"db\", match = [ \"service=db\" ] } )\n"
                  "       |            ^\n"
                  "  hint: add behind it  { team = \"db\" }  for all that no other route takes\n");
    struct config *config =
        expect_good(*state, TEAMS "routes = ( { team = \"db\", match = [ \"service=*\" ] } )\n");
    config_free(config);
}

static void a_route_that_is_never_used_is_told(void **state)
{
    expect_said(*state,
                TEAMS "routes = ( { team = \"db\", match = [ \"service=db\" ] },\n"
                      "           { team = \"web\", match = [ \"site=ams\", \"service=db\" ] },\n"
                      "           { team = \"web\" } )\n",
                "DIR/pagerd.cfg:6: warning: routes[1] is never used: routes[0] takes all of its "
                "alerts\n");
    expect_said(*state,
                TEAMS "routes = ( { team = \"db\" },\n"
                      "           { team = \"web\" } )\n",
                "DIR/pagerd.cfg:6: warning: routes[1] is never used: routes[0] takes all of its "
                "alerts\n");
}

static void wrong_routes_are_told_with_what_to_write(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"routes = ( { team = \"bd\" } )\n", "there is no team \"bd\" in routes[0].team\n"},
        {"routes = ( { team = \"bd\" } )\n", "hint: did you mean \"db\"?"},
        {"routes = ( { match = [ \"a=b\" ] } )\n", "routes[0] needs team\n"},
        {"routes = ( )\n", "routes is empty\n"},
        {"routes = ( { team = \"db\", match = [ \"web\" ] } )\n",
         "routes[0].match[0]: \"web\" says no label: write label=value, label=part* or "
         "label!=value\n"},
        {"routes = ( { team = \"db\", match = \"service=~web\" } )\n",
         "routes[0].match: \"service=~web\": regular expressions are not understood: write "
         "label=part*\n"},
        {"routes = ( { team = \"db\", severity = \"bad\" } )\n",
         "routes[0].severity cannot be \"bad\"\n"},
        {"routes: { }\n", "routes must be a list ( ) of groups, not a group { }\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "%s%s", TEAMS, rows[i].text);
        expect_said(*state, text_string(&text), rows[i].said);
    }
}

static void integrations_have_words_limits_and_defaults(void **state)
{
    struct config *config = expect_good(
        *state, TEAMS "integrations: {\n"
                      "  zabbix: { severity = [ \"P1=critical\", \"not so bad = info\" ]\n"
                      "            default-severity = \"warning\"\n"
                      "            rate = 60 burst = 10 open = 50 body = \"512KiB\" }\n"
                      "  alertmanager: { }\n"
                      "}\n");
    const struct source_rule *rule = policy_source(config->policy, "zabbix");
    assert_int_equal(rule->mapping_count, 2);
    assert_string_equal(rule->mappings[1].word, "not so bad");
    assert_int_equal(rule->mappings[1].severity, SEVERITY_INFO);
    assert_true(rule->has_default_severity);
    assert_int_equal(rule->default_severity, SEVERITY_WARNING);
    assert_int_equal(rule->rate_max, 60);
    assert_int_equal(rule->burst_max, 60);
    assert_int_equal(rule->open_max, 50);
    assert_int_equal(config_find_integration(config, "zabbix")->body_max, 512 * 1024);
    assert_int_equal(config_find_integration(config, "alertmanager")->body_max, 8 * 1024 * 1024);
    assert_null(config_find_integration(config, "other"));
    rule = policy_source(config->policy, "other");
    assert_null(rule->name);
    assert_false(rule->has_default_severity);
    assert_int_equal(rule->rate_max, 6000);
    assert_int_equal(rule->burst_max, 100000);
    assert_int_equal(rule->open_max, 100000);
    config_free(config);
}

static void wrong_integrations_are_told_with_what_to_write(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"severity = [ \"P1\" ]",
         "integrations.z.severity[0]: \"P1\" is no mapping: write word=severity, such as "
         "\"P1=critical\"\n"},
        {"severity = \"P1=bad\"", "integrations.z.severity: \"bad\" is no severity: there are "
                                  "critical, error, warning and info\n"},
        {"body = \"8M\"", "integrations.z.body must be a size with its unit, such as \"8MiB\"\n"},
        {"body = \"65MiB\"", "integrations.z.body must be from 1KiB to 64MiB\n"},
        {"body = \"99999999999999999999MiB\"",
         "integrations.z.body must be a size with its unit, such as \"8MiB\"\n"},
        {"rate = 0", "integrations.z.rate must be from 1 to 1000000\n"},
        {"limit = 5", "unknown key \"limit\" in integrations.z\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "%sintegrations: { z: { %s } }\n", TEAMS, rows[i].text);
        expect_said(*state, text_string(&text), rows[i].said);
    }
}

#define PATCHES "calendars: { p: { ics = \"https://x.example/p.ics\" } }\n"

static void windows_have_a_calendar_matchers_and_perhaps_a_team(void **state)
{
    struct config *config =
        expect_good(*state, TEAMS PATCHES
                    "maintenance: {\n"
                    "  night: { calendar = \"calendar:p\" match = [ \"host=db*\", \"site!=\" ] }\n"
                    "  rack: { calendar = \"calendar:p\" match = \"rack=7\" team = \"web\" } }\n");
    const struct maintenance *windows = config->policy->maintenances;
    assert_int_equal(config->policy->maintenance_count, 2);
    assert_string_equal(windows[0].id, "night");
    assert_string_equal(windows[0].calendar, "p");
    assert_string_equal(windows[0].match, "host=db*\nsite!=");
    assert_string_equal(windows[0].team, "");
    assert_string_equal(windows[1].match, "rack=7");
    assert_string_equal(windows[1].team, "web");
    config_free(config);
}

static void wrong_windows_are_told_with_what_to_write(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"match = \"a=b\"", "maintenance.w needs calendar\n"},
        {"calendar = \"calendar:p\"", "maintenance.w needs match\n"},
        {"calendar = \"p.ics\" match = \"a=b\"", "maintenance.w.calendar"},
        {"calendar = \"calendar:q\" match = \"a=b\"", "there is no calendar \"q\""},
        {"calendar = \"calendar:p\" match = \"a=~b\"", "regular expressions are not understood"},
        {"calendar = \"calendar:p\" match = \"a=b\" team = \"bd\"", "there is no team \"bd\""},
        {"calendar = \"calendar:p\" match = [ \"a=*\", \"summary=*\" ]",
         "warning: maintenance.w.match fits everything: while an event of calendar \"p\" is on, "
         "nobody is paged for anything\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "%s%smaintenance: { w: { %s } }\n", TEAMS, PATCHES, rows[i].text);
        expect_said(*state, text_string(&text), rows[i].said);
    }
    struct config *config =
        expect_good(*state, TEAMS PATCHES "maintenance: { w: { calendar = \"calendar:p\" "
                                          "match = \"a=*\" team = \"db\" } }\n");
    config_free(config);
}

static void a_calendar_of_windows_is_for_nothing_where_a_shift_would_be_one(void **state)
{
    expect_said(*state,
                GOOD_URL GOOD_USERS GOOD_CHANNELS PATCHES
                "teams: { db: { oncall = \"calendar:p\" } }\n"
                "maintenance: { w: { calendar = \"calendar:p\" match = \"a=b\" } }\n",
                "every shift would hold alerts back\n");
}

static void sizes_are_said_in_their_largest_unit(void **state)
{
    (void)state;
    char text[SIZE_TEXT_SIZE];
    assert_string_equal(size_render(8 * 1024 * 1024, text), "8MiB");
    assert_string_equal(size_render(1536, text), "1536B");
    assert_string_equal(size_render(2048, text), "2KiB");
    assert_string_equal(size_render(0, text), "0B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(routes_are_read_in_order),
        TEST(the_last_route_must_match_everything),
        TEST(a_route_that_is_never_used_is_told),
        TEST(wrong_routes_are_told_with_what_to_write),
        TEST(integrations_have_words_limits_and_defaults),
        TEST(wrong_integrations_are_told_with_what_to_write),
        TEST(windows_have_a_calendar_matchers_and_perhaps_a_team),
        TEST(wrong_windows_are_told_with_what_to_write),
        TEST(a_calendar_of_windows_is_for_nothing_where_a_shift_would_be_one),
        TEST(sizes_are_said_in_their_largest_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
