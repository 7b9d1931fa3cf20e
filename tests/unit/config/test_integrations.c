/* SPDX-License-Identifier: MIT */
/* Sources of which something is said: Icinga's API, Nagios' command file. */
#include "fixture.h"

#define ICINGA "url = \"https://icinga:5665/\", user = \"pagerd\", password = \"secret:pw\""

static void the_way_back_to_a_source_is_read(void **state)
{
    fixture_secret(*state, "pw", "geheim\n");
    struct config *config =
        expect_good(*state, GOOD "integrations: { icinga = { icinga = { " ICINGA " } }\n"
                                 "  nagios = { command-file = \"/run/nagios.cmd\" }\n"
                                 "  plain = { } }\n");
    assert_int_equal(config->integration_count, 3);
    const struct config_integration *icinga = config_find_integration(config, "icinga");
    assert_string_equal(icinga->icinga.url, "https://icinga:5665");
    assert_string_equal(icinga->icinga.user, "pagerd");
    assert_string_equal(icinga->icinga.password, "geheim");
    assert_null(icinga->command_file);
    const struct config_integration *nagios = config_find_integration(config, "nagios");
    assert_string_equal(nagios->command_file, "/run/nagios.cmd");
    assert_null(nagios->icinga.url);
    assert_null(config_find_integration(config, "plain")->icinga.url);
    assert_null(config_find_integration(config, "nobody"));
    config_free(config);
}

static void a_key_that_is_no_name_of_a_group_has_one_all_the_same(void **state)
{
    struct config *config =
        expect_good(*state, GOOD "integrations: { shop = { key = \"24x7.shop\", rate = 10\n"
                                 "  severity = [ \"P1=warning\" ] } }\n");
    assert_non_null(config_find_integration(config, "24x7.shop"));
    assert_null(config_find_integration(config, "shop"));
    const struct source_rule *rule = policy_source(config->policy, "24x7.shop");
    assert_int_equal(rule->rate_max, 10);
    assert_int_equal(rule->mapping_count, 1);
    config_free(config);
    expect_said(*state, GOOD "integrations: { a = { key = \"x y\" } }\n",
                "integrations.a.key is no name of a key");
    expect_said(*state, GOOD "integrations: { a = { }\n  b = { key = \"a\" } }\n",
                "integrations.b and integrations.a are about the same key \"a\"");
    expect_said(*state, GOOD "integrations: { a = { key = \"b.c\", signature = \"github\" } }\n",
                "needs the secret");
    expect_said(*state, GOOD "integrations: { j.doe = { } }\n", "the name of a key in");
}

static void the_password_is_never_shown(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    fixture_secret(*state, "pw", "geheim\n");
    struct config *config =
        expect_good(*state, GOOD "integrations: { icinga = { icinga = { " ICINGA " } } }\n");
    config_show(config, &text);
    assert_null(strstr(text_string(&text), "geheim"));
    assert_non_null(strstr(text_string(&text), "integrations.icinga.icinga.password = secret:pw"));
    config_free(config);
}

static void each_mistake_about_a_source_is_told(void **state)
{
    static const struct {
        const char *written;
        const char *said;
    } mistakes[] = {
        {"icinga = { user = \"u\", password = \"p\" }", "integrations.x.icinga needs url"},
        {"icinga = { url = \"https://i:5665\", password = \"p\" }",
         "integrations.x.icinga needs user"},
        {"icinga = { url = \"https://i:5665\", user = \"u\" }",
         "integrations.x.icinga needs password"},
        {"icinga = { url = \"http://i:5665\", user = \"u\", password = \"p\" }",
         "warning: integrations.x.icinga.password travels in clear over http://"},
        {"icinga = { url = \"ftp://i\", user = \"u\", password = \"p\" }",
         "integrations.x.icinga.url"},
        {"icinga = { url = \"https://i\", user = \"u\", password = \"p\" }, "
         "command-file = \"/run/nagios.cmd\"",
         "integrations.x has both icinga and command-file"},
        {"comand-file = \"/run/nagios.cmd\"", "command-file"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes, GOOD "integrations: { x = { %s } }\n", mistakes[i].written);
        expect_said(*state, text_string(&bytes), mistakes[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_way_back_to_a_source_is_read),
        TEST(a_key_that_is_no_name_of_a_group_has_one_all_the_same),
        TEST(the_password_is_never_shown),
        TEST(each_mistake_about_a_source_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
