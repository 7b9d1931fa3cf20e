/* SPDX-License-Identifier: MIT */
/* What a configuration means to the engine: defaults, people, teams, and the shipped examples. */
#include "fixture.h"

#include "config/value.h"

static const struct team *team_get(const struct config *config, const char *id)
{
    const struct team *team = policy_find_team(config->policy, id);
    assert_non_null(team);
    return team;
}

static void everything_has_a_default(void **state)
{
    struct config *config = expect_good(*state, GOOD);
    const struct policy *policy = config->policy;
    assert_string_equal(config->url, "https://page.example.org");
    assert_int_equal(config->listen_count, 1);
    assert_string_equal(config->listen[0], "127.0.0.1:8440");
    assert_string_equal(config->socket, CONFIG_SOCKET_DEFAULT);
    assert_string_equal(zone_name(policy->zone), "UTC");
    assert_int_equal(policy->reopen_ms, 2 * HOUR_MS);
    assert_true(policy->recovery.is_enabled);
    assert_int_equal(policy->recovery.night_from_minute, 22 * 60);
    assert_int_equal(policy->recovery.night_until_minute, 7 * 60);
    assert_int_equal(policy->recovery.awake_ms, 15 * MINUTE_MS);
    assert_int_equal(policy->recovery.pages, 2);
    assert_int_equal(policy->recovery.rest_ms, DAY_MS);
    assert_int_equal(policy->recovery.cover_count, 2);
    assert_int_equal(policy->recovery.cover[0].kind, TARGET_ROLE);
    assert_int_equal(policy->recovery.cover[0].role, ROLE_SECONDARY);
    assert_int_equal(policy->recovery.cover[1].kind, TARGET_EVERYONE);
    assert_int_equal(strlen(config->version), 12);
    assert_string_equal(policy->version, config->version);
    config_free(config);
}

static void severities_have_their_defaults(void **state)
{
    struct config *config = expect_good(*state, GOOD);
    const struct severity_rule *rules = config->policy->severities;
    assert_string_equal(rules[SEVERITY_CRITICAL].notify->id, "normal");
    assert_true(rules[SEVERITY_CRITICAL].is_waking);
    assert_true(rules[SEVERITY_CRITICAL].promote_ms == MSEC_NEVER);
    assert_string_equal(rules[SEVERITY_ERROR].notify->id, "normal");
    assert_string_equal(rules[SEVERITY_WARNING].notify->id, "quiet");
    assert_false(rules[SEVERITY_WARNING].is_waking);
    assert_int_equal(rules[SEVERITY_WARNING].promote_ms, 2 * HOUR_MS);
    assert_string_equal(rules[SEVERITY_INFO].notify->id, "none");
    assert_int_equal(rules[SEVERITY_INFO].notify->step_count, 0);
    config_free(config);
}

/* Teams are in order of definition, the first is who has what names none; they are found by name.
 */
static void teams_are_found_whatever_their_order(void **state)
{
    struct config *config = expect_good(*state, GOOD_URL GOOD_USERS GOOD_CHANNELS
                                        "teams: { ops: { oncall = \"ann\" }\n"
                                        "db: { oncall = \"ann\" }\nweb: { oncall = \"ann\" }\n"
                                        "app: { oncall = \"ann\" } }\n");
    assert_string_equal(config->policy->teams[0].id, "ops");
    for (size_t i = 0; i < config->policy->team_count; i++)
        assert_ptr_equal(config_find_team(config, config->policy->teams[i].id), &config->teams[i]);
    assert_null(config_find_team(config, "aaa"));
    assert_null(config_find_team(config, "mail"));
    assert_null(config_find_team(config, "zzz"));
    assert_null(config_find_team(config, NULL));
    config_free(config);
}

static void a_team_without_steps_gets_primary_secondary_everyone(void **state)
{
    struct config *config =
        expect_good(*state, GOOD_URL GOOD_USERS GOOD_CHANNELS
                    "teams: { ops: { primary = \"ann\", secondary = \"ann\" } }\n");
    const struct team *team = team_get(config, "ops");
    assert_int_equal(team->step_count, 3);
    assert_int_equal(team->steps[0].targets[0].role, ROLE_PRIMARY);
    assert_int_equal(team->steps[0].wait_ms, 5 * MINUTE_MS);
    assert_int_equal(team->steps[1].targets[0].role, ROLE_SECONDARY);
    assert_int_equal(team->steps[2].targets[0].kind, TARGET_EVERYONE);
    assert_int_equal(team->steps[2].wait_ms, 10 * MINUTE_MS);
    assert_int_equal(team->steps[2].repeat, 3);
    assert_int_equal(team->ack_timeout_ms, 30 * MINUTE_MS);
    assert_false(team->is_always_covered);
    assert_int_equal(team->coverage_count, 0);
    config_free(config);
}

static void the_built_in_rule_pages_by_all_then_again_by_what_wakes(void **state)
{
    struct config *config =
        expect_good(*state, GOOD_URL GOOD_USERS GOOD_TEAMS
                    "channels: { sms: { url = \"http://localhost/\" }\n"
                    "            email: { from = \"pager@example.org\" } inbox: { } }\n");
    const struct notify_rule *rule = config->policy->severities[SEVERITY_CRITICAL].notify;
    assert_int_equal(rule->step_count, 3);
    assert_int_equal(rule->steps[0].via_count, 3);
    assert_string_equal(rule->steps[0].via[1], "email");
    assert_int_equal(rule->steps[1].after_ms, 2 * MINUTE_MS);
    assert_int_equal(rule->steps[1].via_count, 2);
    assert_string_equal(rule->steps[1].via[0], "sms");
    assert_string_equal(rule->steps[1].via[1], "inbox");
    const struct notify_rule *quiet = config->policy->severities[SEVERITY_WARNING].notify;
    assert_int_equal(quiet->step_count, 1);
    assert_int_equal(quiet->steps[0].via_count, 1);
    assert_string_equal(quiet->steps[0].via[0], "email");
    config_free(config);
}

static void the_quiet_rule_without_mail_takes_what_there_is(void **state)
{
    struct config *config = expect_good(*state, GOOD);
    const struct notify_rule *quiet = config->policy->severities[SEVERITY_WARNING].notify;
    assert_int_equal(quiet->step_count, 1);
    assert_string_equal(quiet->steps[0].via[0], "sms");
    config_free(config);
}

static void a_person_has_the_contacts_that_are_configured(void **state)
{
    struct config *config =
        expect_good(*state, GOOD_URL GOOD_TEAMS
                    "users: {\n"
                    "  zoe: { email = \"zoe@example.org\" }\n"
                    "  ann: { phone = \"+4915550100001\", email = \"ann@example.org\",\n"
                    "         admin = true, alias = [ \"Anne\", \"A. Ops\" ], unix = \"aops\",\n"
                    "         timezone = \"America/Chicago\", notify = \"quiet\" } }\n"
                    "channels: { sms: { url = \"http://localhost/\" } inbox: { }\n"
                    "            email: { from = \"pager@example.org\" } }\n");
    const struct user *ann = policy_find_user(config->policy, "ann");
    assert_int_equal(ann->contact_count, 3);
    assert_string_equal(ann->contacts[0].channel, "sms");
    assert_string_equal(ann->contacts[0].address, "+4915550100001");
    assert_false(ann->contacts[0].is_quiet);
    assert_true(ann->contacts[1].is_quiet);
    assert_string_equal(ann->contacts[2].channel, "inbox");
    assert_string_equal(ann->contacts[2].address, "ann");
    assert_string_equal(ann->notify->id, "quiet");
    assert_string_equal(zone_name(ann->zone), "America/Chicago");
    assert_ptr_equal(policy_match_user(config->policy, "a. ops"), ann);
    assert_string_equal(policy_find_user(config->policy, "zoe")->name, "zoe");
    config_free(config);
}

static void a_person_has_rules_and_quiet_hours_of_their_own(void **state)
{
    struct config *config = expect_good(
        *state, GOOD_URL
        "users: { ann: { phone = \"+4915550100001\", admin = true, notify = \"loud\", notify-low = "
        "\"quiet\", notify-night = \"normal\", quiet-hours = \"23:30-08:00\" }\n"
        "  bob: { phone = \"+4915550100002\", quiet-hours = \"never\" }\n"
        "  cat: { phone = \"+4915550100003\" } }\n"
        "notify: { loud: ( { after = \"0s\", via = \"sms\" } ) }\n" GOOD_CHANNELS GOOD_TEAMS);
    const struct user *ann = policy_find_user(config->policy, "ann");
    const struct user *bob = policy_find_user(config->policy, "bob");
    const struct user *cat = policy_find_user(config->policy, "cat");
    assert_string_equal(ann->notify->id, "loud");
    assert_string_equal(ann->notify_low->id, "quiet");
    assert_string_equal(ann->notify_night->id, "normal");
    assert_true(ann->has_quiet_hours);
    assert_int_equal(ann->quiet_from_minute, 23 * 60 + 30);
    assert_int_equal(ann->quiet_until_minute, 8 * 60);
    assert_true(bob->has_quiet_hours);
    assert_int_equal(bob->quiet_from_minute, bob->quiet_until_minute);
    assert_false(cat->has_quiet_hours);
    assert_null(cat->notify_low);
    assert_null(cat->notify_night);
    config_free(config);
}

static void steps_are_read_as_written(void **state)
{
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_USERS GOOD_CHANNELS
        "teams: {\n"
        "  ops: { oncall = \"ann\", ack-timeout = \"never\", private = true,\n"
        "         escalate = ( { page = [ \"oncall\", \"team:web\", \"ann\", \"everyone\" ],\n"
        "                        wait = \"90s\", repeat = 6 }, { page = \"ann\" } ) }\n"
        "  web: { primary = \"ann\" } }\n");
    const struct team *team = team_get(config, "ops");
    assert_true(team->ack_timeout_ms == MSEC_NEVER);
    assert_true(team->is_private);
    assert_int_equal(team->step_count, 2);
    assert_int_equal(team->steps[0].target_count, 4);
    assert_int_equal(team->steps[0].targets[0].role, ROLE_ONCALL);
    assert_int_equal(team->steps[0].targets[1].kind, TARGET_TEAM);
    assert_string_equal(team->steps[0].targets[1].name, "web");
    assert_int_equal(team->steps[0].targets[2].kind, TARGET_USER);
    assert_int_equal(team->steps[0].wait_ms, 90 * SECOND_MS);
    assert_int_equal(team->steps[0].repeat, 6);
    assert_int_equal(team->steps[1].wait_ms, 5 * MINUTE_MS);
    assert_int_equal(team->steps[1].repeat, 1);
    config_free(config);
}

static void everyone_is_who_stands_in_the_file_of_the_team(void **state)
{
    fixture_write(*state, "conf.d/10-db.cfg",
                  "users: { dan: { phone = \"+4915550100004\" } }\n"
                  "teams: { db: { oncall = \"dan\" } }\n");
    fixture_write(*state, "conf.d/20-web.cfg", "teams: { web: { oncall = \"dan\" } }\n");
    fixture_write(*state, "conf.d/.#20-web.cfg", "this is an editor's");
    fixture_write(*state, "conf.d/20-web.cfg~", "this too");
    struct config *config = expect_good(*state, GOOD);
    assert_int_equal(config->file_count, 3);
    assert_int_equal(team_get(config, "ops")->member_count, 1);
    assert_string_equal(team_get(config, "ops")->members[0], "ann");
    assert_int_equal(team_get(config, "db")->member_count, 1);
    assert_string_equal(team_get(config, "db")->members[0], "dan");
    assert_int_equal(team_get(config, "web")->member_count, 2);
    config_free(config);
}

static void coverage_is_minutes_of_the_week(void **state)
{
    struct coverage coverage;
    struct fault fault;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    (void)state;
    assert_true(coverage_parse(arena, "Mon-Tue 09:00-18:00, Sun 22:00-06:00", &coverage, &fault));
    assert_int_equal(coverage.count, 3);
    assert_int_equal(coverage.windows[0].from_minute, 9 * 60);
    assert_int_equal(coverage.windows[1].until_minute, 1440 + 18 * 60);
    assert_int_equal(coverage.windows[2].from_minute, 6 * 1440 + 22 * 60);
    assert_int_equal(coverage.windows[2].until_minute, 6 * 60);
    assert_true(coverage_parse(arena, "Sat-Mon", &coverage, &fault));
    assert_int_equal(coverage.count, 3);
    assert_int_equal(coverage.windows[2].from_minute, 0);
    assert_int_equal(coverage.windows[2].until_minute, 1440);
    assert_true(coverage_parse(arena, "09:00-17:00", &coverage, &fault));
    assert_int_equal(coverage.count, 7);
    assert_true(coverage_parse(arena, "always", &coverage, &fault));
    assert_true(coverage.is_always);
    assert_true(coverage_parse(arena, "none", &coverage, &fault));
    assert_false(coverage.is_always || coverage.count > 0);
    assert_false(coverage_parse(arena, "Mon 25:00-26:00", &coverage, &fault));
    assert_false(coverage_parse(arena, "Mon 9:00", &coverage, &fault));
    assert_false(coverage_parse(arena, "", &coverage, &fault));
}

static void groups_and_storms_are_read_as_written(void **state)
{
    struct config *config = expect_good(*state, GOOD);
    const struct grouping *group = &config->policy->group;
    assert_int_equal(group->by_count, 0);
    assert_int_equal(group->window_ms, HOUR_MS);
    assert_int_equal(group->wait_ms, 0);
    assert_int_equal(group->storm_more, 100);
    assert_int_equal(group->storm_within_ms, 2 * MINUTE_MS);
    assert_int_equal(config->policy->flapping.more, 4);
    assert_int_equal(config->policy->flapping.within_ms, HOUR_MS);
    assert_int_equal(config->policy->flapping.quiet_ms, 15 * MINUTE_MS);
    config_free(config);
    config = expect_good(*state, GOOD "group: { by = [ \"service\", \"site\" ]\n"
                                      "         window = \"2h\"\n"
                                      "         wait = \"30s\"\n"
                                      "         storm = { more-than = 3, within = \"1m\" } }\n");
    group = &config->policy->group;
    assert_int_equal(group->by_count, 2);
    assert_string_equal(group->by[1], "site");
    assert_int_equal(group->window_ms, 2 * HOUR_MS);
    assert_int_equal(group->wait_ms, 30 * SECOND_MS);
    assert_int_equal(group->storm_more, 3);
    assert_int_equal(group->storm_within_ms, MINUTE_MS);
    config_free(config);
}

static void calendars_are_files_and_addresses(void **state)
{
    struct fixture *fixture = *state;
    fixture_secret(*state, "ics-url", "https://calendar.example.org/private-4711.ics\nrest\n");
    fixture_write(*state, "rota/a.ics", "");
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_USERS GOOD_CHANNELS
        "calendars: { a: { ics = \"rota\", refresh = \"10m\", timezone = \"Europe/Berlin\" }\n"
        "             b: { ics = \"secret:ics-url\" } }\n"
        "teams: { ops: { oncall = \"calendar:b\", manager = \"ann\" } }\n");
    const struct config_calendar *a = config_find_calendar(config, "a");
    const struct config_calendar *b = config_find_calendar(config, "b");
    assert_int_equal(strncmp(a->ics, fixture->folder, strlen(fixture->folder)), 0);
    assert_int_equal(a->refresh_ms, 10 * MINUTE_MS);
    assert_string_equal(zone_name(a->zone), "Europe/Berlin");
    assert_null(a->manager);
    assert_string_equal(b->ics, "https://calendar.example.org/private-4711.ics");
    assert_string_equal(b->ics_name, "secret:ics-url");
    assert_string_equal(b->manager, "ann");
    assert_string_equal(team_get(config, "ops")->roles[ROLE_ONCALL].calendar, "b");
    config_free(config);
}

static void channels_are_read_as_written(void **state)
{
    fixture_secret(*state, "header", "Authorization: Bearer abc\n");
    fixture_secret(*state, "smtp", "hunter2\n");
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_USERS GOOD_TEAMS
        "channels: {\n"
        " sms: { driver = \"http\", url = \"https://sms.example.net/$to\", method = \"PUT\"\n"
        "   headers = [ \"secret:header\", \"X-A: b\" ], body = \"{\\n$text}\", expect = \"ok\" }\n"
        " email: { smtp = \"mx.example.org:587\", user = \"pager\", password = \"secret:smtp\"\n"
        "   from = \"pager@example.org\", tls = \"required\" } }\n");
    const struct config_channel *sms = config_find_channel(config, "sms", false);
    assert_string_equal(sms->driver, "http");
    assert_string_equal(config_channel_value(sms, "method"), "PUT");
    assert_int_equal(sms->header_count, 2);
    assert_string_equal(sms->headers[0], "Authorization: Bearer abc");
    assert_string_equal(config_channel_value(sms, "body"), "{\n$text}");
    assert_string_equal(config_channel_value(sms, "expect"), "ok");
    const struct config_channel *email = config_find_channel(config, "email", false);
    assert_string_equal(config_channel_value(email, "smtp"), "mx.example.org:587");
    assert_string_equal(config_channel_value(email, "password"), "hunter2");
    assert_string_equal(config_channel_value(email, "tls"), "required");
    assert_null(config_find_channel(config, "inbox", false));
    config_free(config);
}

/* Loads one of the shipped files; its secrets come from the fixture. */
static void example_expect_clean(struct fixture *fixture, const char *name, bool may_warn)
{
    static const char *const secrets[][2] = {
        {"kannel", "hunter2\n"},
        {"ntfy-ann", "ann-x7kq2mp0w9rt5\n"},
        {"smtp", "hunter2\n"},
        {"caldav", "hunter2\n"},
        {"primary-url", "https://calendar.example.org/a.ics\n"},
        {"secondary-url", "https://calendar.example.org/b.ics\n"},
        {"web-ics-url", "https://calendar.example.org/c.ics\n"},
        {"sms-authorization", "Authorization: Bearer abc\n"},
    };
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text said = {0};
    CLEANUP(report_free) struct report *report = report_new();
    struct config *config = NULL;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        fixture_secret(fixture, secrets[i][0], secrets[i][1]);
    text_addf(&path, "%s/../etc/%s", TESTS_DIR, name);
    bool is_good = config_load(text_string(&path), &fixture->options, &config, report);
    report_render(report, &said);
    if (!is_good || (report_warning_count(report) > 0 && !may_warn))
        fail_msg("%s", text_string(&said));
    config_free(config);
}

static void every_shipped_example_is_right(void **state)
{
    example_expect_clean(*state, "examples/minimal.cfg", false);
    example_expect_clean(*state, "examples/team.cfg", false);
    example_expect_clean(*state, "examples/company/pagerd.cfg", false);
}

static void the_shipped_configuration_starts_as_it_is(void **state)
{
    example_expect_clean(*state, "pagerd.cfg", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_has_a_default),
        TEST(severities_have_their_defaults),
        TEST(teams_are_found_whatever_their_order),
        TEST(a_team_without_steps_gets_primary_secondary_everyone),
        TEST(the_built_in_rule_pages_by_all_then_again_by_what_wakes),
        TEST(the_quiet_rule_without_mail_takes_what_there_is),
        TEST(a_person_has_the_contacts_that_are_configured),
        TEST(a_person_has_rules_and_quiet_hours_of_their_own),
        TEST(steps_are_read_as_written),
        TEST(everyone_is_who_stands_in_the_file_of_the_team),
        TEST(coverage_is_minutes_of_the_week),
        TEST(groups_and_storms_are_read_as_written),
        TEST(calendars_are_files_and_addresses),
        TEST(channels_are_read_as_written),
        TEST(every_shipped_example_is_right),
        TEST(the_shipped_configuration_starts_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
