/* SPDX-License-Identifier: MIT */
/* What is wrong with a configuration that is well written: keys, values, references, nobody. */
#include "fixture.h"

/* What is appended to a good configuration, and what is said of it. Its first line is line 5. */
static const struct mistake {
    const char *written;
    const char *said;
} mistakes[] = {
    {"colour = \"red\"\n", "DIR/pagerd.cfg:5: unknown key \"colour\"\n"
                           "     5 | colour = \"red\"\n"
                           "       | ^\n"},
    {"reopn = \"5m\"\n",
     "DIR/pagerd.cfg:5: unknown key \"reopn\"\n"
     "     5 | reopn = \"5m\"\n"
     "       | ^\n"
     "  hint: did you mean \"reopen\"?           pagectl config explain reopen\n"},
    {"reopen = 300\n", "DIR/pagerd.cfg:5: reopen needs a unit\n"
                       "     5 | reopen = 300\n"
                       "       |          ^\n"
                       "  hint: write \"300s\" or \"5m\"\n"},
    {"reopen = \"60d\"\n", "DIR/pagerd.cfg:5: reopen must be from 0s to 30d\n"},
    {"reopen = 1.5\n", "DIR/pagerd.cfg:5: reopen must be a text in quotes, not a fraction\n"},
    {"reopen = true\n", "DIR/pagerd.cfg:5: reopen must be a text in quotes, not true or false\n"},
    {"recovery: { pages = \"3\" }\n",
     "DIR/pagerd.cfg:5: recovery.pages must be a number, not a text\n"
     "     5 | recovery: { pages = \"3\" }\n"
     "       |                     ^\n"
     "  hint: write it without quotes\n"},
    {"recovery: { pages = 0 }\n", "DIR/pagerd.cfg:5: recovery.pages must be from 1 to 100\n"},
    {"recovery: { enabled = \"true\" }\n", "hint: write true or false, without quotes\n"},
    {"recovery: { night = \"22-7\" }\n",
     "recovery.night must be two times of day, such as \"22:00-07:00\"\n"},
    {"recovery: { cover = \"secondry\" }\n", "there is no user \"secondry\" in recovery.cover\n"},
    {"recovery = \"on\"\n", "recovery must be a group { }, not a text\n"},
    {"log = \"verbose\"\n", "DIR/pagerd.cfg:5: log cannot be \"verbose\"\n"
                            "     5 | log = \"verbose\"\n"
                            "       |       ^\n"
                            "  hint: it is one of these words: info debug\n"},
    {"timezone = \"Europe/Berln\"\n",
     "DIR/pagerd.cfg:5: there is no time zone \"Europe/Berln\" in timezone\n"},
    {"listen = \"localhost:8440\"\n",
     "listen must be a numeric address and a port, such as \"127.0.0.1:8440\" or \"[::1]:8440\"\n"},
    {"listen = [ ]\n", "listen is empty\n"},
    {"socket = \"\"\n", "socket is empty\n"},
    {"tls-key = \"absent.pem\"\n", "tls-key: cannot read 'DIR/absent.pem'\n"},
    {"notify: { loud: ( { after = \"0s\", via = \"smss\" } ) }\n",
     "there is no channel \"smss\" in notify.loud[0].via\n"
     "     5 | notify: { loud: ( { after = \"0s\", via = \"smss\" } ) }\n"
     "       |                                         ^\n"
     "  hint: did you mean \"sms\"?\n"},
    {"notify: { loud: ( { after = \"0s\", via = [ \"sms\", \"email\" ] } ) }\n",
     "channel \"email\" in notify.loud[0].via is not configured\n"},
    {"notify: { loud: ( { after = \"2m\", via = \"sms\" }, { after = \"1m\", via = \"sms\" } ) }\n",
     "notify.loud[1].after is earlier than the step before it\n"},
    {"notify: { loud: ( { via = \"sms\" } ) }\n", "notify.loud[0] needs after\n"},
    {"notify: { loud: ( ) }\n", "notify.loud is empty\n"},
    {"calendars: { web: { refresh = \"5m\" } }\n", "calendars.web needs ics or caldav\n"},
    {"calendars: { web: { ics = \"webcal://x.example.org/a.ics\" } }\n",
     "hint: write https:// in place of it\n"},
    {"calendars: { web: { ics = \"https://ann:pw@x.example.org/a.ics\" } }\n",
     "calendars.web.ics cannot hold a login: it would be shown\n"},
    {"severity: { critical: { notify = \"none\" } }\n", "critical incidents would page nobody\n"},
    {"severity: { error: { notify = \"none\" } }\n",
     "warning: incidents of severity error page nobody\n"},
    {"severity: { warning: { notify = \"quite\" } }\n",
     "there is no notify rule \"quite\" in severity.warning.notify\n"},
    {"severity: { fatal: { } }\n", "unknown key \"fatal\" in severity\n"},
    {"webhooks: { bot: { url = \"https://x.example.org/\", secret = \"hunter2\" } }\n",
     "webhooks.bot.secret is not \"whsec_\" and base64 of 24 to 64 bytes\n"},
    {"webhooks: { bot: { url = \"https://x.example.org/\", events = [ \"incident.paged\" ]\n"
     "  secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\" } }\n",
     "there is no event \"incident.paged\" in webhooks.bot.events\n"},
    {"webhooks: { bot: { url = \"http://x.example.org/\"\n"
     "  secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\" } }\n",
     "warning: webhooks.bot: incidents travel in clear over http://\n"},
    {"major: { deputy = \"team:web\" }\n",
     "DIR/pagerd.cfg:5: warning: major is not used by this version\n"},
};

static void each_mistake_is_told_with_what_to_write(void **state)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_add(&bytes, GOOD);
        text_add(&bytes, mistakes[i].written);
        expect_said(*state, text_string(&bytes), mistakes[i].said);
    }
}

/* The same for what is wrong with people: the value of one user's key, on line 2. */
static const struct mistake people[] = {
    {"phone = \"+49 170-1234567\"", "users.bob.phone: \"+49 170-1234567\" is not an international "
                                    "phone number\n"},
    {"phone = \"+49 170-1234567\"", "hint: write \"+491701234567\"\n"},
    {"phone = \"0049 170 1234567\"", "hint: write \"+491701234567\"\n"},
    {"phone = \"0170 1234567\"", "hint: write + and country code, digits only, such as "
                                 "\"+4915550100001\"\n"},
    {"phone = 112", "users.bob.phone must be a text in quotes, not a number\n"},
    {"email = \"bob\"", "users.bob.email must be one plain address, such as \"ann@example.org\"\n"},
    {"email = \"bob@example.org, eve@example.org\"", "users.bob.email must be one plain address"},
    {"email = \"bob@example.org\\r\\nBcc: x@example.org\"",
     "users.bob.email holds a line end or another control character\n"},
    {"name = \"Bob\\x1b[2J\"", "users.bob.name holds a line end or another control character\n"},
    {"notify = \"loud\"", "there is no notify rule \"loud\" in users.bob.notify\n"},
    {"notify-night = \"loud\"", "there is no notify rule \"loud\" in users.bob.notify-night\n"},
    {"notify-low = \"none\"",
     "warning: users.bob.notify-low: whom a step asks is paged: by all channels"},
    {"quiet-hours = \"22-7\"",
     "users.bob.quiet-hours must be two times of day, such as \"22:00-07:00\"\n"},
    {"phnoe = \"x\"", "hint: did you mean \"phone\"?           pagectl config explain users.*\n"},
    {"alias = [ \"Ann Ops\" ]",
     "warning: \"Ann Ops\" is both ann and bob: in a calendar it is nobody\n"},
    {"admin = 1", "users.bob.admin must be true or false, not a number\n"},
};

static void each_mistake_about_a_person_is_told(void **state)
{
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes,
                  GOOD_URL
                  "users: { ann: { name = \"Ann Ops\", phone = \"+4915550100001\", admin = "
                  "true }\n bob: { %s }\n}\n" GOOD_CHANNELS GOOD_TEAMS,
                  people[i].written);
        expect_said(*state, text_string(&bytes), people[i].said);
    }
}

/* What is inside teams.ops, on line 5. */
static const struct mistake teams[] = {
    {"oncall = \"anne\"", "DIR/pagerd.cfg:5: there is no user \"anne\" in teams.ops.oncall\n"
                          "     5 | teams: { ops: { oncall = \"anne\" } }\n"
                          "       |                          ^\n"
                          "  hint: did you mean \"ann\" (Ann Ops)?  Users are defined in lines "
                          "2-2.\n"},
    {"oncall = \"calendar:primry\"", "there is no calendar \"primry\" in teams.ops.oncall\n"},
    {"oncall = \"calendar:primry\"", "hint: did you mean \"primary\"?\n"},
    {"oncall = \"primary\"", "hint: write \"calendar:primary\"\n"},
    {"escalate = ( { page = \"secondary\" } )",
     "step 1 pages \"secondary\", but teams.ops has no secondary\n"
     "     5 | teams: { ops: { escalate = ( { page = \"secondary\" } ) } }\n"
     "       |                                       ^\n"
     "  hint: add  secondary = \"calendar:NAME\"  or a user, or take the step out\n"},
    {"escalate = ( { page = \"team:ops\" } )", "step 1 of teams.ops pages its own team\n"},
    {"escalate = ( { page = \"team:web\" } )",
     "there is no team \"web\" in teams.ops.escalate[0].page\n"},
    {"escalate = ( { wait = \"5m\" } )", "teams.ops.escalate[0] needs page\n"},
    {"escalate = ( { page = \"ann\", wait = 300 } )", "hint: write \"300s\" or \"5m\"\n"},
    {"escalate = ( { page = \"ann\", repeat = 0 } )",
     "teams.ops.escalate[0].repeat must be from 1 to 100\n"},
    {"escalate = [ ]", "teams.ops.escalate is empty\n"},
    {"escalation = ( { page = \"ann\" } )",
     "DIR/pagerd.cfg:5: unknown key \"escalation\" in teams.ops\n"
     "     5 | teams: { ops: { escalation = ( { page = \"ann\" } ) } }\n"
     "       |                 ^\n"
     "  hint: did you mean \"escalate\"?           pagectl config explain teams.*\n"},
    {"ack-timeout = \"0s\"", "teams.ops.ack-timeout must be from 1s to 30d, or \"never\"\n"},
    {"coverage = \"Mon-Fry\"", "teams.ops.coverage must be \"always\", \"none\" or parts of the "
                               "week such as \"Mon-Fri 09:00-18:00, Sat 10:00-14:00\"\n"},
    {"runbook = \"https://wiki.example.org/$nme\"",
     "there is no \"$nme\" in teams.ops.runbook\n"
     "     5 | teams: { ops: { runbook = \"https://wiki.example.org/$nme\" } }\n"
     "       |                           ^\n"
     "  hint: known are $name $service $team $number\n"},
    {"war-room = \"meet.example.org\"", "teams.ops.war-room must begin with https:// or http://\n"},
    {"checklist = \"ops.md\"", "warning: teams.ops.checklist: cannot read 'DIR/ops.md'\n"},
    {"members = [ \"ann\", \"gus\" ]", "there is no user \"gus\" in teams.ops.members[1]\n"},
    {"manager = \"fay\"", "warning: teams.ops.manager: fay has no contact that is configured\n"},
    {"oncall = \"ann\"", "warning: teams.ops: fay has no contact, step 2 cannot reach them\n"},
};

static void each_mistake_about_a_team_is_told(void **state)
{
    for (size_t i = 0; i < sizeof teams / sizeof teams[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes,
                  GOOD_URL
                  "users: { ann: { name = \"Ann Ops\", phone = \"+4915550100001\", admin = "
                  "true } fay: { } }\n" GOOD_CHANNELS
                  "calendars: { primary: { ics = \"https://x.example.org/a.ics\" } }\n"
                  "teams: { ops: { %s } }\n",
                  teams[i].written);
        expect_said(*state, text_string(&bytes), teams[i].said);
    }
}

static void a_policy_that_can_end_at_nobody_is_refused(void **state)
{
    expect_report(
        *state,
        GOOD_URL "users: { ann: { phone = \"+4915550100001\" } }\n" GOOD_CHANNELS GOOD_TEAMS,
        "DIR/pagerd.cfg:4: teams.ops can end at nobody: it has no last resort with a "
        "contact\n"
        "  hint: name a last-resort or a manager with a phone or e-mail address, or give a "
        "user admin = true\n");
}

static void a_last_resort_without_a_contact_is_refused(void **state)
{
    expect_said(*state,
                GOOD_URL
                "users: { ann: { email = \"ann@example.org\", admin = true } }\n" GOOD_CHANNELS
                "teams: { ops: { oncall = \"ann\", last-resort = \"ann\" } }\n",
                ": teams.ops can end at nobody: it has no last resort with a contact\n");
}

static void a_manager_or_an_admin_is_a_last_resort(void **state)
{
    struct config *config = expect_good(
        *state, GOOD_URL "users: { ann: { phone = \"+4915550100001\" } }\n" GOOD_CHANNELS
                         "teams: { ops: { oncall = \"ann\", manager = \"ann\" } }\n");
    config_free(config);
    config_free(expect_good(*state, GOOD));
}

static void without_a_team_nobody_would_be_paged(void **state)
{
    expect_said(*state, GOOD_URL GOOD_USERS GOOD_CHANNELS,
                "DIR/pagerd.cfg: there is no team: nobody would be paged\n");
    expect_said(*state, "", "there is no team: nobody would be paged\n");
}

static void a_person_whom_only_mail_reaches_is_a_warning(void **state)
{
    expect_report(
        *state,
        GOOD_URL "users: { ann: { phone = \"+4915550100001\", admin = true }\n"
                 "         fay: { email = \"fay@example.org\" } }\n"
                 "channels: { sms: { url = \"http://localhost:13013/\" }\n"
                 "            email: { from = \"pager@example.org\" } }\n"
                 "teams: { ops: { oncall = \"ann\" } }\n",
        "DIR/pagerd.cfg:6: warning: teams.ops: fay has no phone, step 2 can only e-mail them\n");
}

static void only_mail_is_a_warning(void **state)
{
    expect_report(*state,
                  GOOD_URL "users: { ann: { email = \"ann@example.org\", admin = true } }\n"
                           "channels: { email: { from = \"pager@example.org\" } }\n" GOOD_TEAMS,
                  "DIR/pagerd.cfg:3: warning: only e-mail is configured: it wakes nobody\n"
                  "  hint: add channels.ntfy or channels.sms\n");
}

static void a_number_in_a_country_that_is_not_allowed_is_an_error(void **state)
{
#define IN_TWO_COUNTRIES                                                                   \
    GOOD_URL                                                                               \
    "users: { ann: { phone = \"+4915550100001\", admin = true }\n"                         \
    "         bob: { phone = \"+12025550123\" } }\n"                                       \
    "channels: { sms: { driver = \"http\", url = \"http://x/$to\", body = \"$text\" } }\n" \
    "teams: { ops: { oncall = \"ann\" } }\n"
    expect_report(*state, IN_TWO_COUNTRIES "phone-countries = [ \"+49\" ]\n",
                  "DIR/pagerd.cfg:3: users.bob.phone: +12025550123 is in no country of "
                  "phone-countries\n"
                  "     3 |          bob: { phone = \"+12025550123\" } }\n"
                  "       |                         ^\n"
                  "  hint: mend the number, or add its country\n");
    expect_report(*state, IN_TWO_COUNTRIES "phone-countries = [ \"+49\", \"1\" ]\n",
                  "DIR/pagerd.cfg:3: users.bob.phone: +12025550123 is in no country of "
                  "phone-countries\n"
                  "     3 |          bob: { phone = \"+12025550123\" } }\n"
                  "       |                         ^\n"
                  "  hint: mend the number, or add its country\n"
                  "DIR/pagerd.cfg:6: phone-countries: \"1\" is not a country code\n"
                  "     6 | phone-countries = [ \"+49\", \"1\" ]\n"
                  "       |                   ^\n"
                  "  hint: write \"+49\", or \"+1684\" for a part\n");
    expect_report(*state, IN_TWO_COUNTRIES "phone-countries = [ \"+49\", \"+1202\" ]\n", "");
#undef IN_TWO_COUNTRIES
}

#define NODE_OF_LINK(keys)                 \
    "store = \"postgres:host=db1\"\n" GOOD \
    "node: { name = \"a\"; secret = \"01234567890123456789\"; " keys " }\n"

static void links_of_nodes_have_two_ends(void **state)
{
    static const struct mistake links[] = {
        {NODE_OF_LINK("listen = \"10.0.0.1:7443\""), "node.listen: there is no node.peers"},
        {NODE_OF_LINK("peers = [ \"10.0.0.2:7443\" ]"), "node.peers: there is no node.listen"},
        {NODE_OF_LINK("listen = \"10.0.0.1:7443\"; peers = [ \"10.0.0.2\" ]"),
         "node.peers: \"10.0.0.2\" is no host and port, such as 10.0.0.2:7443"},
        {NODE_OF_LINK("listen = \"10.0.0.1:7443\"; peers = [ \"b:7443\", \"b:7443\" ]"),
         "node.peers: \"b:7443\" stands there twice"},
        {NODE_OF_LINK("listen = \"b:7443\"; peers = [ \"b:7443\" ]"),
         "node.listen must be a numeric address and a port"},
        {NODE_OF_LINK("listen = [ \"10.0.0.1:1\", \"10.0.0.1:2\" ]; peers = [ \"b:7443\" ]"),
         "node.listen"},
    };
    char *reported;
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        fixture_write(*state, "pagerd.cfg", links[i].written);
        assert_null(fixture_load(*state, &reported));
        assert_non_null(strstr(reported, links[i].said));
        free(reported);
    }
    fixture_write(*state, "pagerd.cfg",
                  NODE_OF_LINK("listen = \"[::1]:7443\"; peers = ( \"[::1]:7443\", "
                               "\"pager-b.example.org:7443\" )"));
    struct config *config = fixture_load(*state, &reported);
    assert_non_null(config);
    assert_string_equal(config->node_listen, "[::1]:7443");
    assert_int_equal(config->node_peer_count, 2);
    assert_string_equal(config->node_peers[1], "pager-b.example.org:7443");
    config_free(config);
    free(reported);
}

static void a_node_has_a_name_a_secret_and_a_database(void **state)
{
    static const char good[] = GOOD "store = \"postgres:dbname=pagerd\"\n"
                                    "node: { name = \"a\"; secret = \"01234567890123456789\" }\n";
    char *said;
    fixture_write(*state, "pagerd.cfg", good);
    struct config *config = fixture_load(*state, &said);
    assert_non_null(config);
    assert_string_equal(config->node_name, "a");
    assert_string_equal(config->node_secret, "01234567890123456789");
    config_free(config);
    free(said);

    fixture_write(*state, "pagerd.cfg",
                  GOOD "node: { name = \"a b\"; secret = \"0123456789012345678\" }\n");
    assert_null(fixture_load(*state, &said));
    assert_non_null(strstr(said, "node: several machines share one PostgreSQL, and there is no"));
    assert_non_null(strstr(said, "node.name: \"a b\" is no name of a node"));
    assert_non_null(strstr(said, "node.secret is shorter than 20 characters"));
    assert_null(strstr(said, "0123456789012345678"));
    free(said);

    fixture_write(*state, "pagerd.cfg",
                  GOOD "store = \"postgres:dbname=pagerd\"\n"
                       "node: { secret = \"01234567890123456789\" }\n");
    assert_null(fixture_load(*state, &said));
    assert_non_null(strstr(said, "node: this machine has no name"));
    free(said);
}

static void a_password_in_the_file_is_never_printed(void **state)
{
    char *said;
    fixture_write(*state, "pagerd.cfg",
                  GOOD_URL GOOD_USERS
                  "channels: { sms: { driver = \"http\", url = \"http://x/\", "
                  "password = \"hunter2\", headers = [ \"Key: hunter3\" ], colour "
                  "= 5m } }\n" GOOD_TEAMS);
    struct config *config = fixture_load(*state, &said);
    assert_null(config);
    assert_non_null(strstr(said, "colour"));
    assert_null(strstr(said, "hunter"));
    free(said);
}

static void a_password_in_a_file_that_everybody_reads_is_a_warning(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text path = {0};
    char *said;
    fixture_write(fixture, "pagerd.cfg", GOOD);
    text_addf(&path, "%s/pagerd.cfg", fixture->folder);
    assert_int_equal(chmod(text_string(&path), 0644), 0);
    config_free(fixture_load(fixture, &said));
    assert_string_equal(said,
                        "DIR/pagerd.cfg:3: warning: channels.sms.password stands in a file that "
                        "everybody can read\n"
                        "  hint: write \"secret:NAME\" and put it into DIR/secrets/NAME\n");
    free(said);
}

static void a_text_that_is_not_utf8_is_refused_even_by_escapes(void **state)
{
    expect_said(*state, GOOD "socket = \"/run/\\xff\"\n", "socket is not UTF-8\n");
}

/* The report of the design: what it looks like as a whole. */
static void a_report_looks_like_the_one_of_the_design(void **state)
{
    fixture_write(*state, "conf.d/20-web.cfg",
                  "users: {\n  eve: { phone = \"+13125550105\" }\n}\n");
    fixture_write(*state, "conf.d/10-db.cfg", "");
    expect_report(
        *state,
        GOOD_URL "users: {\n"
                 "  ann: { name = \"Ann Ops\", phone = \"+4915550100001\" }\n"
                 "  eve: { name = \"Eve Edge\", phone = \"+4915550100005\" }\n"
                 "  fay: { name = \"Fay Fiber\", email = \"fay@example.org\" }\n"
                 "}\n"
                 "channels: {\n"
                 "  sms:   { url = \"http://localhost/\", password = \"secret:kannel\" }\n"
                 "  email: { smtp = \"localhost\", from = \"pager@example.org\" }\n"
                 "}\n"
                 "teams: {\n"
                 "  ops: {\n"
                 "    primary   = \"ann\"\n"
                 "    escalation = ( { page = \"primary\", wait = \"5m\" } )\n"
                 "    escalate  = ( { page = \"primary\",   wait = \"5m\" },\n"
                 "                  { page = \"everyone\",  wait = \"10m\", repeat = 3 } )\n"
                 "    manager   = \"anne\"\n"
                 "  }\n"
                 "}\n",
        "DIR/pagerd.cfg:8: channels.sms: the secret \"kannel\" cannot be read\n"
        "  hint: sudo install -m 0640 -g pagerd /dev/stdin DIR/secrets/kannel\n"
        "DIR/pagerd.cfg:14: unknown key \"escalation\" in teams.ops\n"
        "    14 |     escalation = ( { page = \"primary\", wait = \"5m\" } )\n"
        "       |     ^\n"
        "  hint: did you mean \"escalate\"?           pagectl config explain teams.*\n"
        "DIR/pagerd.cfg:16: warning: teams.ops: fay has no phone, step 2 can only e-mail them\n"
        "DIR/pagerd.cfg:17: there is no user \"anne\" in teams.ops.manager\n"
        "    17 |     manager   = \"anne\"\n"
        "       |                 ^\n"
        "  hint: did you mean \"ann\" (Ann Ops)?  Users are defined in lines 2-6.\n"
        "DIR/conf.d/20-web.cfg:2: user \"eve\" is already defined\n"
        "  hint: first in DIR/pagerd.cfg:4. Keep one of them.\n");
}

static void two_people_cannot_be_the_same_local_account(void **state)
{
    expect_said(*state,
                GOOD_URL
                "users: { ann: { phone = \"+4915550100001\", admin = true, unix = \"ops\" }\n"
                " bob: { phone = \"+4915550100002\", unix = \"ops\" } }\n" GOOD_CHANNELS GOOD_TEAMS,
                ":3: users ann and bob have the same local account \"ops\"\n");
}

static void an_http_gateway_must_say_where_number_and_text_go(void **state)
{
    expect_said(*state,
                GOOD_URL GOOD_USERS "channels: { sms: { driver = \"http\", url = "
                                    "\"https://sms.example.org/send?to=$to\" } }\n" GOOD_TEAMS,
                ":3: channels.sms: neither url nor body holds $text\n");
}

static void a_rule_of_channels_to_come_falls_back_to_the_built_in_one(void **state)
{
    fixture_write(*state, "pagerd.cfg",
                  GOOD_URL GOOD_USERS
                  "channels: { voice: { driver = \"sip\" }\n"
                  " sms: { url = \"http://localhost/\" } }\n" GOOD_TEAMS
                  "notify: { normal: ( { after = \"0s\", via = \"voice\" } ) }\n");
    char *said;
    struct config *config = fixture_load(*state, &said);
    assert_non_null(config);
    assert_non_null(strstr(said, "warning: notify.normal: none of its channels is used by this "
                                 "version, the built-in rule is taken\n"));
    assert_int_equal(config->policy->severities[SEVERITY_CRITICAL].notify->step_count, 3);
    config_free(config);
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_mistake_is_told_with_what_to_write),
        TEST(each_mistake_about_a_person_is_told),
        TEST(each_mistake_about_a_team_is_told),
        TEST(a_policy_that_can_end_at_nobody_is_refused),
        TEST(a_last_resort_without_a_contact_is_refused),
        TEST(a_manager_or_an_admin_is_a_last_resort),
        TEST(without_a_team_nobody_would_be_paged),
        TEST(a_person_whom_only_mail_reaches_is_a_warning),
        TEST(only_mail_is_a_warning),
        TEST(a_number_in_a_country_that_is_not_allowed_is_an_error),
        TEST(a_node_has_a_name_a_secret_and_a_database),
        TEST(links_of_nodes_have_two_ends),
        TEST(a_password_in_the_file_is_never_printed),
        TEST(a_password_in_a_file_that_everybody_reads_is_a_warning),
        TEST(a_text_that_is_not_utf8_is_refused_even_by_escapes),
        TEST(a_report_looks_like_the_one_of_the_design),
        TEST(two_people_cannot_be_the_same_local_account),
        TEST(an_http_gateway_must_say_where_number_and_text_go),
        TEST(a_rule_of_channels_to_come_falls_back_to_the_built_in_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
