/* SPDX-License-Identifier: MIT */
/* Every way in which libconfig 1.5 reads something else than was written. */
#include "fixture.h"

/* What is appended to a good configuration, and what is said of it. Its first line is line 5. */
static const struct pitfall {
    const char *written;
    const char *said;
} pitfalls[] = {
    {"reopen = 5m\n", "DIR/pagerd.cfg:5: a value with a unit must be in quotes\n"
                      "     5 | reopen = 5m\n"
                      "       |          ^\n"
                      "  hint: write \"5m\"\n"},
    {"recovery: { night = 22:00-07:00 }\n", "DIR/pagerd.cfg:5: a time must be in quotes\n"
                                            "     5 | recovery: { night = 22:00-07:00 }\n"
                                            "       |                     ^\n"
                                            "  hint: write \"22:00-07:00\"\n"},
    {"timezone = Europe/Berlin\n", "DIR/pagerd.cfg:5: text must be in quotes\n"
                                   "     5 | timezone = Europe/Berlin\n"
                                   "       |            ^\n"
                                   "  hint: write \"Europe/Berlin\"\n"},
    {"recovery: { pages = 3000000000 }\n",
     "DIR/pagerd.cfg:5: this number is too big: it would be read as another one\n"
     "     5 | recovery: { pages = 3000000000 }\n"
     "       |                     ^\n"
     "  hint: write \"3000000000\"\n"},
    {"recovery: { pages = 2147483648 }\n",
     "DIR/pagerd.cfg:5: this number is too big: it would be read as another one\n"
     "     5 | recovery: { pages = 2147483648 }\n"
     "       |                     ^\n"
     "  hint: write \"2147483648\"\n"},
    {"recovery: { pages = 0755 }\n", "DIR/pagerd.cfg:5: a number cannot begin with 0\n"
                                     "     5 | recovery: { pages = 0755 }\n"
                                     "       |                     ^\n"
                                     "  hint: write \"0755\"\n"},
    {"recovery: { pages = +5 }\n", "DIR/pagerd.cfg:5: a number is written without +\n"
                                   "     5 | recovery: { pages = +5 }\n"
                                   "       |                     ^\n"
                                   "  hint: write 5\n"},
    {"recovery: { enabled = yes }\n", "DIR/pagerd.cfg:5: a switch is true or false\n"
                                      "     5 | recovery: { enabled = yes }\n"
                                      "       |                       ^\n"
                                      "  hint: write true\n"},
    {"recovery: { enabled = off }\n", "DIR/pagerd.cfg:5: a switch is true or false\n"
                                      "     5 | recovery: { enabled = off }\n"
                                      "       |                       ^\n"
                                      "  hint: write false\n"},
    {"listen = [ \"127.0.0.1:8440\", ]\n",
     "DIR/pagerd.cfg:5: there may be no comma after the last element\n"
     "     5 | listen = [ \"127.0.0.1:8440\", ]\n"
     "       |                            ^\n"
     "  hint: take it away\n"},
    {"notify: { loud: ( { after = \"0s\", via = \"sms\" },\n  ) }\n",
     "DIR/pagerd.cfg:5: there may be no comma after the last element\n"
     "     5 | notify: { loud: ( { after = \"0s\", via = \"sms\" },\n"
     "       |                                                ^\n"
     "  hint: take it away\n"},
    {"listen = [ \"127.0.0.1:8440\" \"127.0.0.1:8441\" ]\n",
     "DIR/pagerd.cfg:5: two strings without a comma would become one\n"
     "     5 | listen = [ \"127.0.0.1:8440\" \"127.0.0.1:8441\" ]\n"
     "       |                             ^\n"
     "  hint: put a comma between them\n"},
    {"reopen = \"5m\"\n/* from here on\nlog = \"debug\"\n",
     "DIR/pagerd.cfg:6: this comment is never closed: the rest of the file would be ignored\n"
     "     6 | /* from here on\n"
     "       | ^\n"
     "  hint: end it with */  or begin each line with #\n"},
    {"log = \"debug\nreopen = \"5m\"\n",
     "DIR/pagerd.cfg:5: this string is never closed\n"
     "     5 | log = \"debug\n"
     "       |       ^\n"
     "  hint: end it with \" on its line; a long text is written  \"like \" \"this\"\n"},
    {"\"log\" = \"debug\"\n", "DIR/pagerd.cfg:5: a name is written without quotes\n"
                              "     5 | \"log\" = \"debug\"\n"
                              "       | ^\n"
                              "  hint: take the quotes away\n"},
    {"24x7 = \"debug\"\n",
     "DIR/pagerd.cfg:5: \"24x7\" cannot be a name\n"
     "     5 | 24x7 = \"debug\"\n"
     "       | ^\n"
     "  hint: a name is a letter, then letters, digits, - and _; what people "
     "read can stand in  name = \"...\", and the name of a key in  key = \"...\"\n"},
    {"_x = \"debug\"\n",
     "DIR/pagerd.cfg:5: \"_x\" cannot be a name\n"
     "     5 | _x = \"debug\"\n"
     "       | ^\n"
     "  hint: a name is a letter, then letters, digits, - and _; what people "
     "read can stand in  name = \"...\", and the name of a key in  key = \"...\"\n"},
    {"log = \"info\"\nlog = \"debug\"\n", "DIR/pagerd.cfg:6: log is already set\n"
                                          "  hint: first in DIR/pagerd.cfg:5. Keep one of them.\n"},
    {"log = \"info\";;\n", "DIR/pagerd.cfg:5: this ; ends nothing\n"
                           "     5 | log = \"info\";;\n"
                           "       |              ^\n"
                           "  hint: take it away\n"},
    {"log \"info\"\n", "DIR/pagerd.cfg:5: = is missing after \"log\"\n"
                       "     5 | log \"info\"\n"
                       "       | ^\n"
                       "  hint: write  log = ...  or  log: { ... }\n"},
    {"log =\nreopen = \"5m\"\n", "DIR/pagerd.cfg:6: text must be in quotes\n"},
    {"recovery: { pages = 3\n", "DIR/pagerd.cfg:5: the { of recovery is never closed\n"
                                "     5 | recovery: { pages = 3\n"
                                "       |           ^\n"},
    {"}\n", "DIR/pagerd.cfg:5: there is no open bracket for this }\n"
            "     5 | }\n"
            "       | ^\n"},
    {"recovery: { cover = [ \"everyone\" }\n", "DIR/pagerd.cfg:5: a comma or ] must follow here\n"},
    {"recovery: ( { pages = 3 )\n",
     "DIR/pagerd.cfg:5: this ) stands where the } of recovery[0] (line 5) should be\n"},
    {"listen = [ \"a\", 5 ]\n", "DIR/pagerd.cfg:5: the values in [ ] must be of one kind: this is "
                                "a number, the first is a text\n"},
    {"notify: { loud: [ { after = \"0s\" } ] }\n",
     "DIR/pagerd.cfg:5: [ ] holds only plain values\n"},
    {"log = \"a\\x00b\"\n", "DIR/pagerd.cfg:5: a string cannot hold \\x00\n"},
    {"log = \"caf\xe9\"\n", "DIR/pagerd.cfg:5: the line is not UTF-8\n"
                            "  hint: save the file as UTF-8\n"},
    {"@include \"conf.d/*.cfg\"\n", "DIR/pagerd.cfg:5: @include takes one file, not a pattern\n"},
    {"@include channels.cfg\n", "DIR/pagerd.cfg:5: @include needs the name of a file in quotes\n"},
    {"log = \"info\" @include \"channels.cfg\"\n",
     "DIR/pagerd.cfg:5: @include must begin its line\n"},
    {"@include \"absent.cfg\"\n", "DIR/pagerd.cfg:5: cannot read 'DIR/absent.cfg': No such file"},
    {"@include \"pagerd.cfg\"\n", "DIR/pagerd.cfg:5: 'pagerd.cfg' would include itself\n"},
};

static void each_pitfall_is_refused_where_it_stands_with_what_to_write(void **state)
{
    for (size_t i = 0; i < sizeof pitfalls / sizeof pitfalls[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        char *said;
        text_add(&bytes, GOOD);
        text_add(&bytes, pitfalls[i].written);
        fixture_write(*state, "pagerd.cfg", text_string(&bytes));
        struct config *config = fixture_load(*state, &said);
        assert_null(config);
        if (strstr(said, pitfalls[i].said) == NULL)
            fail_msg("%s\nshould be:\n%s\nbut it said:\n%s", pitfalls[i].written, pitfalls[i].said,
                     said);
        free(said);
    }
}

static void an_unquoted_phone_number_is_refused_and_not_called_as_another(void **state)
{
    expect_report(
        *state,
        GOOD_URL
        "users: { ann: { phone = +491701234567, admin = true } }\n" GOOD_CHANNELS GOOD_TEAMS,
        "DIR/pagerd.cfg:2: a phone number must be in quotes: as a number it would change\n"
        "     2 | users: { ann: { phone = +491701234567, admin = true } }\n"
        "       |                         ^\n"
        "  hint: write \"+491701234567\"\n");
}

static void what_libconfig_takes_is_taken(void **state)
{
    struct config *config =
        expect_good(*state, "\xef\xbb\xbf# with a byte order mark\r\n" GOOD
                            "reopen : \"1\" \"5m\"; log = \"debug\", // two in a line\r\n"
                            "recovery = { enabled = TRUE pages = 3 } /* and a\r\n comment */\r\n");
    assert_int_equal(config->policy->reopen_ms, 15 * MINUTE_MS);
    assert_int_equal(config->policy->recovery.pages, 3);
    assert_true(config->is_verbose);
    config_free(config);
}

static void a_byte_order_mark_is_a_warning(void **state)
{
    expect_report(*state, "\xef\xbb\xbf" GOOD,
                  "DIR/pagerd.cfg:1: warning: the file begins with a byte order mark\n"
                  "  hint: save it as UTF-8 without BOM\n");
}

static void errors_in_an_included_file_name_that_file(void **state)
{
    fixture_write(*state, "channels.cfg", "\n" GOOD_CHANNELS "reopen = 5m\n");
    expect_said(*state, GOOD_URL "  @include \"channels.cfg\" # shared\n" GOOD_USERS GOOD_TEAMS,
                "DIR/channels.cfg:3: a value with a unit must be in quotes\n");
}

static void an_include_inside_a_group_is_followed(void **state)
{
    fixture_write(*state, "people.cfg",
                  "ann: { name = \"Ann Ops\", phone = \"+4915550100001\", admin = true }");
    struct config *config = expect_good(
        *state, GOOD_URL "users: {\n@include \"people.cfg\"\n}\n" GOOD_CHANNELS GOOD_TEAMS);
    assert_int_equal(config->policy->user_count, 1);
    assert_int_equal(config->file_count, 2);
    config_free(config);
}

static void includes_have_a_depth(void **state)
{
    for (int i = 0; i < 12; i++) {
        CLEANUP(text_clear) struct text name = {0};
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&name, "%d.cfg", i);
        text_addf(&bytes, "@include \"%d.cfg\"\n", i + 1);
        fixture_write(*state, name.bytes, bytes.bytes);
    }
    expect_said(*state, GOOD "@include \"0.cfg\"\n",
                "DIR/9.cfg:1: files are included more than 10 deep\n");
}

static void what_is_too_big_or_too_deep_or_too_many_is_told(void **state)
{
    CLEANUP(text_clear) struct text bytes = {0};
    text_add(&bytes, GOOD "deep = ");
    for (int i = 0; i < 20; i++)
        text_add(&bytes, "( ");
    expect_said(*state, text_string(&bytes), ":5: this is more than 16 levels deep\n");

    text_reset(&bytes);
    for (int i = 0; i <= CONFIG_FILE_SIZE_MAX / 2; i++)
        text_add(&bytes, "#\n");
    expect_said(*state, text_string(&bytes), "'DIR/pagerd.cfg' has more than 1048576 bytes\n");

    for (int i = 0; i < CONFIG_FILES_MAX; i++) {
        CLEANUP(text_clear) struct text name = {0};
        text_addf(&name, "conf.d/%d.cfg", i);
        fixture_write(*state, name.bytes, "");
    }
    expect_said(*state, GOOD, "there are more than 256 files\n");
    fixture_write(*state, "conf.d/more.cfg", "");
    expect_said(*state, GOOD, "'DIR/conf.d' has more than 256 files\n");
}

static void a_folder_is_not_a_configuration(void **state)
{
    fixture_write(*state, "pagerd.cfg/x", "");
    char *said;
    assert_null(fixture_load(*state, &said));
    assert_string_equal(said, "pagerd: 'DIR/pagerd.cfg' is not a file\n");
    free(said);
}

static void the_same_key_twice_in_a_step_is_told(void **state)
{
    expect_said(*state,
                GOOD_URL GOOD_USERS GOOD_CHANNELS
                "teams: { ops: { escalate = ( { page = \"ann\"\n page = \"ann\" } ) } }\n",
                "DIR/pagerd.cfg:5: teams.ops.escalate[0].page is already set\n");
}

static void the_same_name_in_two_files_names_both_places(void **state)
{
    fixture_write(*state, "conf.d/20-web.cfg",
                  "users: {\n  ann: { phone = \"+4915550100009\" }\n  eve: { }\n}\n");
    expect_report(*state, GOOD,
                  "DIR/conf.d/20-web.cfg:2: user \"ann\" is already defined\n"
                  "  hint: first in DIR/pagerd.cfg:2. Keep one of them.\n");
}

static void a_caret_counts_columns_and_not_bytes(void **state)
{
    expect_said(*state, GOOD "/* \xc3\xa4\xc3\xb6 */\treopen = 5m\n",
                "     5 | /* \xc3\xa4\xc3\xb6 */ reopen = 5m\n"
                "       |                   ^\n");
}

static void all_errors_are_told_at_once(void **state)
{
    expect_said(*state, GOOD "reopen = 5m\nlog = on\ncolour = \"red\"\n", ":6: a switch");
    expect_said(*state, GOOD "reopen = 5m\nlog = on\ncolour = \"red\"\n", ":7: unknown key");
}

static void at_most_twenty_findings_are_shown_and_the_rest_is_counted(void **state)
{
    CLEANUP(text_clear) struct text bytes = {0};
    text_add(&bytes, GOOD);
    for (int i = 0; i < 30; i++)
        text_addf(&bytes, "bad-%d = 1\n", i);
    expect_said(*state, text_string(&bytes), "... and 10 more, shown when these are mended.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_pitfall_is_refused_where_it_stands_with_what_to_write),
        TEST(an_unquoted_phone_number_is_refused_and_not_called_as_another),
        TEST(what_libconfig_takes_is_taken),
        TEST(a_byte_order_mark_is_a_warning),
        TEST(errors_in_an_included_file_name_that_file),
        TEST(an_include_inside_a_group_is_followed),
        TEST(includes_have_a_depth),
        TEST(what_is_too_big_or_too_deep_or_too_many_is_told),
        TEST(a_folder_is_not_a_configuration),
        TEST(the_same_key_twice_in_a_step_is_told),
        TEST(the_same_name_in_two_files_names_both_places),
        TEST(a_caret_counts_columns_and_not_bytes),
        TEST(all_errors_are_told_at_once),
        TEST(at_most_twenty_findings_are_shown_and_the_rest_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
