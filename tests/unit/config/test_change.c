/* SPDX-License-Identifier: MIT */
/* Differences, listings, secrets, and the last good copy. */
#include "fixture.h"

static void a_difference_is_a_line_for_each_key(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    fixture_secret(*state, "kannel", "first\n");
    static const char channels[] = "channels: { sms: { url = \"http://localhost/\", password = "
                                   "\"secret:kannel\" } }\n";
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&bytes, "%s%s%s%s", GOOD_URL, GOOD_USERS, channels,
              "teams: { ops: { oncall = \"ann\", escalate = ( { page = \"oncall\", wait = \"5m\" "
              "} ) } }\nlog = \"info\"\n");
    struct config *old = expect_good(*state, text_string(&bytes));

    fixture_secret(*state, "kannel", "second\n");
    text_reset(&bytes);
    text_addf(&bytes, "%s%s%s%s",
              GOOD_URL
              "users: { ann: { name = \"Ann Ops\", phone = \"+4915550100001\", admin = true }\n"
              " gus: { phone = \"+4915550100009\" } }\n",
              channels,
              "teams: { ops: { oncall = \"ann\", escalate = ( { page = \"oncall\", wait = \"3m\" "
              "} ) } }\n",
              "reopen = \"1h\"\n");
    struct config *new = expect_good(*state, text_string(&bytes));
    assert_int_equal(config_diff(old, new, &text), 5);
    assert_string_equal(text_string(&text), "channels.sms.password        changed (secret)\n"
                                            "log                          \"info\" -> (default)\n"
                                            "reopen                       (default) -> \"1h\"\n"
                                            "teams.ops.escalate[0].wait   \"5m\" -> \"3m\"\n"
                                            "users.gus                    added\n");
    config_free(old);
    config_free(new);
}

static void a_secret_that_comes_or_goes_is_named_only(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    struct config *with = expect_good(*state, GOOD);
    struct config *without = expect_good(
        *state, GOOD_URL GOOD_USERS GOOD_TEAMS
        "channels: { sms: { url = \"http://localhost:13013/cgi-bin/sendsms\", user = \"pagerd\" } "
        "}\n");
    assert_int_equal(config_diff(with, without, &text), 1);
    assert_int_equal(config_diff(without, with, &text), 1);
    assert_string_equal(text_string(&text), "channels.sms.password   removed (secret)\n"
                                            "channels.sms.password   added (secret)\n");
    config_free(with);
    config_free(without);
}

static void the_same_configuration_has_no_difference_and_the_same_version(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    struct config *old = expect_good(*state, GOOD);
    struct config *new = expect_good(*state, GOOD);
    assert_int_equal(config_diff(old, new, &text), 0);
    assert_string_equal(old->version, new->version);
    config_free(new);
    new = expect_good(*state, GOOD "# a remark\n");
    assert_int_equal(config_diff(old, new, &text), 0);
    assert_string_not_equal(old->version, new->version);
    config_free(old);
    config_free(new);
}

static void a_list_shows_secrets_by_name_only(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    fixture_secret(*state, "kannel", "hunter2\n");
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_USERS GOOD_TEAMS
        "channels: { sms: { url = \"http://localhost/\", password = \"secret:kannel\" }\n"
        "            email: { from = \"pager@example.org\", user = \"u\", password = \"hunter3\" } "
        "}\n");
    config_show(config, &text);
    assert_non_null(
        strstr(text_string(&text), "channels.sms.password = secret:kannel (set, 7 bytes)\n"));
    assert_non_null(
        strstr(text_string(&text), "channels.email.password = (secret in the file, 7 bytes)\n"));
    assert_non_null(strstr(text_string(&text), "users.ann.admin = true\n"));
    assert_null(strstr(text_string(&text), "hunter"));
    config_free(config);
}

#define SECRET_CHANNELS \
    "channels: { sms: { url = \"http://localhost/\", password = \"secret:kannel\" } }\n"

static void a_secret_that_is_not_there_is_an_error_with_the_command_that_makes_it(void **state)
{
    expect_report(*state, GOOD_URL GOOD_USERS SECRET_CHANNELS GOOD_TEAMS,
                  "DIR/pagerd.cfg:3: channels.sms: the secret \"kannel\" cannot be read\n"
                  "  hint: sudo install -m 0640 -g pagerd /dev/stdin DIR/secrets/kannel\n");
}

static void a_secret_that_everybody_can_read_is_refused(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text path = {0};
    fixture_write(*state, "secrets/kannel", "hunter2\n");
    text_addf(&path, "%s/secrets/kannel", fixture->folder);
    assert_int_equal(chmod(text_string(&path), 0644), 0);
    expect_report(*state, GOOD_URL GOOD_USERS SECRET_CHANNELS GOOD_TEAMS,
                  "DIR/pagerd.cfg:3: channels.sms: the secret \"kannel\" is refused: everybody can "
                  "read or write it\n"
                  "  hint: sudo chmod o= DIR/secrets/kannel\n");
    assert_int_equal(chmod(text_string(&path), 0640), 0);
    expect_report(*state, GOOD_URL GOOD_USERS SECRET_CHANNELS GOOD_TEAMS, "");
}

static void a_secret_of_the_service_manager_goes_first(void **state)
{
    fixture_write(*state, "secrets/kannel", "from the folder\n");
    fixture_secret(*state, "kannel", "from the manager\r\nrest\n");
    struct config *config = expect_good(*state, GOOD_URL GOOD_USERS SECRET_CHANNELS GOOD_TEAMS);
    assert_string_equal(config_channel_value(config_find_channel(config, "sms", false), "password"),
                        "from the manager");
    config_free(config);
}

static void a_secret_cannot_lead_out_of_its_folder_nor_be_empty_nor_endless(void **state)
{
    CLEANUP(text_clear) struct text endless = {0};
    for (int i = 0; i <= CONFIG_SECRET_MAX; i++)
        text_add_char(&endless, 'x');
    fixture_write(*state, "secrets/empty", "\n");
    fixture_write(*state, "secrets/endless", text_string(&endless));
    static const char *const values[][2] = {
        {"../pagerd.cfg", "the secret \"../pagerd.cfg\" has no valid name\n"},
        {"", "the secret \"\" has no valid name\n"},
        {"empty", "the secret \"empty\" is empty\n"},
        {"endless", "the secret \"endless\" has more than 4096 bytes\n"},
        {"..", "the secret \"..\" has no valid name\n"},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes,
                  GOOD_URL GOOD_USERS GOOD_TEAMS
                  "channels: { sms: { url = \"http://localhost/\", password = \"secret:%s\" } }\n",
                  values[i][0]);
        expect_said(*state, text_string(&bytes), values[i][1]);
    }
}

static void good_folder(struct fixture *fixture, struct text *path)
{
    text_reset(path);
    text_addf(path, "%s/state", fixture->folder);
    (void)mkdir(text_string(path), 0700);
    text_add(path, "/config.good");
}

static void a_good_copy_is_loaded_when_the_files_are_broken(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;
    msec kept_at;
    CLEANUP(text_clear) struct text good = {0};
    fixture_write(*state, "secrets/kannel", "hunter2\n");
    fixture_write(*state, "shared/channels.cfg", SECRET_CHANNELS);
    fixture_write(*state, "conf.d/10-db.cfg", "users: { dan: { phone = \"+4915550100004\" } }\n");
    struct config *config =
        expect_good(*state, GOOD_URL GOOD_USERS "@include \"shared/channels.cfg\"\n" GOOD_TEAMS);
    good_folder(fixture, &good);
    assert_false(config_good_at(text_string(&good), &kept_at, &fault));
    assert_true(config_keep_good(config, text_string(&good), &fault));
    assert_true(config_good_at(text_string(&good), &kept_at, &fault));

    fixture_write(*state, "pagerd.cfg", "users: {\n");
    fixture_write(*state, "conf.d/10-db.cfg", "users: {\n");
    CLEANUP(report_free) struct report *report = report_new();
    struct config *copy;
    assert_true(config_load_good(text_string(&good), &fixture->options, &copy, report));
    assert_string_equal(copy->version, config->version);
    assert_int_equal(copy->file_count, 3);
    assert_string_equal(config_channel_value(config_find_channel(copy, "sms", false), "password"),
                        "hunter2");
    assert_int_equal(copy->policy->user_count, 2);
    assert_false(config_keep_good(copy, text_string(&good), &fault));
    config_free(copy);
    config_free(config);
}

static void a_new_good_copy_takes_the_place_of_the_old_one(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;
    CLEANUP(text_clear) struct text good = {0};
    good_folder(fixture, &good);
    fixture_write(*state, "conf.d/10-db.cfg", "log = \"debug\"\n");
    struct config *config = expect_good(*state, GOOD);
    assert_true(config_keep_good(config, text_string(&good), &fault));
    config_free(config);

    fixture_write(*state, "conf.d/10-db.cfg", "");
    config = expect_good(*state, GOOD "reopen = \"5m\"\n");
    assert_true(config_keep_good(config, text_string(&good), &fault));
    CLEANUP(report_free) struct report *report = report_new();
    struct config *copy;
    assert_true(config_load_good(text_string(&good), &fixture->options, &copy, report));
    assert_string_equal(copy->version, config->version);
    assert_false(copy->is_verbose);
    assert_int_equal(copy->policy->reopen_ms, 5 * MINUTE_MS);
    CLEANUP(text_clear) struct text left = {0};
    text_addf(&left, "%s.new", text_string(&good));
    assert_int_not_equal(access(text_string(&left), F_OK), 0);
    config_free(copy);
    config_free(config);
}

static void a_file_from_elsewhere_is_kept_inside_the_copy(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;
    CLEANUP(text_clear) struct text good = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    fixture_write(*state, "elsewhere/channels.cfg", GOOD_CHANNELS);
    text_addf(&bytes, GOOD_URL GOOD_USERS "@include \"%s/elsewhere/channels.cfg\"\n" GOOD_TEAMS,
              fixture->folder);
    struct config *config = expect_good(*state, text_string(&bytes));
    good_folder(fixture, &good);
    assert_true(config_keep_good(config, text_string(&good), &fault));
    fixture_write(*state, "elsewhere/channels.cfg", "channels: {\n");
    CLEANUP(report_free) struct report *report = report_new();
    struct config *copy;
    assert_true(config_load_good(text_string(&good), &fixture->options, &copy, report));
    config_free(copy);
    config_free(config);
}

static void a_good_copy_says_when_a_secret_is_gone(void **state)
{
    struct fixture *fixture = *state;
    struct fault fault;
    CLEANUP(text_clear) struct text good = {0};
    CLEANUP(text_clear) struct text secret = {0};
    fixture_write(*state, "secrets/kannel", "hunter2\n");
    struct config *config = expect_good(*state, GOOD_URL GOOD_USERS SECRET_CHANNELS GOOD_TEAMS);
    good_folder(fixture, &good);
    assert_true(config_keep_good(config, text_string(&good), &fault));
    text_addf(&secret, "%s/secrets/kannel", fixture->folder);
    assert_int_equal(unlink(text_string(&secret)), 0);
    CLEANUP(report_free) struct report *report = report_new();
    struct config *copy;
    assert_false(config_load_good(text_string(&good), &fixture->options, &copy, report));
    char *said = fixture_report_text(fixture, report);
    assert_string_equal(said,
                        "DIR/state/config.good/pagerd.cfg:3: channels.sms: the secret \"kannel\" "
                        "cannot be read\n"
                        "  hint: sudo install -m 0640 -g pagerd /dev/stdin DIR/secrets/kannel\n");
    free(said);
    config_free(config);
}

static void a_missing_file_and_a_missing_copy_are_told(void **state)
{
    struct fixture *fixture = *state;
    char *said;
    assert_null(fixture_load(fixture, &said));
    assert_string_equal(said, "pagerd: cannot read 'DIR/pagerd.cfg': No such file or directory\n");
    free(said);
    CLEANUP(report_free) struct report *report = report_new();
    struct config *copy;
    assert_false(config_load_good("/nonexistent", &fixture->options, &copy, report));
    assert_int_equal(report_error_count(report), 1);
}

static void the_summary_counts_files_and_findings(void **state)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text path = {0};
    struct fixture *fixture = *state;
    fixture_write(*state, "pagerd.cfg", GOOD "log = on\nstatus-page: { }\nmajor: { }\n");
    fixture_write(*state, "conf.d/a.cfg", "");
    CLEANUP(report_free) struct report *report = report_new();
    struct config *config;
    text_addf(&path, "%s/pagerd.cfg", fixture->folder);
    assert_false(config_load(text_string(&path), &fixture->options, &config, report));
    report_render_summary(report, &text);
    assert_string_equal(text_string(&text), "2 files, 1 error, 2 warnings.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_difference_is_a_line_for_each_key),
        TEST(a_secret_that_comes_or_goes_is_named_only),
        TEST(the_same_configuration_has_no_difference_and_the_same_version),
        TEST(a_list_shows_secrets_by_name_only),
        TEST(a_secret_that_is_not_there_is_an_error_with_the_command_that_makes_it),
        TEST(a_secret_that_everybody_can_read_is_refused),
        TEST(a_secret_of_the_service_manager_goes_first),
        TEST(a_secret_cannot_lead_out_of_its_folder_nor_be_empty_nor_endless),
        TEST(a_good_copy_is_loaded_when_the_files_are_broken),
        TEST(a_new_good_copy_takes_the_place_of_the_old_one),
        TEST(a_file_from_elsewhere_is_kept_inside_the_copy),
        TEST(a_good_copy_says_when_a_secret_is_gone),
        TEST(a_missing_file_and_a_missing_copy_are_told),
        TEST(the_summary_counts_files_and_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
