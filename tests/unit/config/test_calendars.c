/* SPDX-License-Identifier: MIT */
/* Calendars: where they are, what they are for, and how much of an address is shown. */
#include "fixture.h"

#include "config/shown.h"
#include "config/value.h"

#define GOOGLE                                                     \
    "https://calendar.google.com/calendar/ical/ops%40example.org/" \
    "private-0123456789abcdef0123456789abcdef/basic.ics"
#define TWO_USERS                                                      \
    "users: { ann: { phone = \"+4915550100001\", admin = true, %s }\n" \
    "         bob: { phone = \"+4915550100002\", %s } }\n"

static const struct team *team_get(const struct config *config, const char *id)
{
    const struct team *team = policy_find_team(config->policy, id);
    assert_non_null(team);
    return team;
}

/* What is inside of calendars.web, on line 5, used as the rota of teams.ops on line 4. */
static const struct mistake {
    const char *written;
    const char *said;
} mistakes[] = {
    {"refresh = \"5m\"",
     "DIR/pagerd.cfg:5: calendars.web needs ics or caldav\n"
     "  hint: add  ics = \"FILE, FOLDER OR URL\"  or  caldav = \"https://...\"\n"},
    {"ics = \"https://x.example.org/a.ics\", caldav = \"https://x.example.org/a/\"",
     "DIR/pagerd.cfg:5: calendars.web has both ics and caldav\n"},
    {"ics = \"https://x.example.org/a.ics\", caldav = \"https://x.example.org/a/\"",
     "hint: take one of them out: caldav for a collection on a server, ics for the rest\n"},
    {"caldav = \"webcal://x.example.org/a/\"",
     "calendars.web.caldav must begin with https:// or http://\n"},
    {"caldav = \"webcal://x.example.org/a/\"", "hint: write https:// in place of it\n"},
    {"caldav = \"caldavs://x.example.org/a/\"", "hint: write https:// in place of it\n"},
    {"caldav = \"rotas/web\"", "calendars.web.caldav must begin with https:// or http://\n"},
    {"caldav = \"https://pager:hunter2@x.example.org/a/\"",
     "calendars.web.caldav cannot hold a login: it would be shown\n"},
    {"caldav = \"https://pager:hunter2@x.example.org/a/\"",
     "hint: write  user = \"...\", password = \"secret:NAME\"  beside it\n"},
    {"ics = \"https://x.example.org/a.ics\", write = true",
     "DIR/pagerd.cfg:5: calendars.web.write needs caldav: a file or an address that is only read "
     "cannot be written\n"},
    {"ics = \"https://x.example.org/a.ics\", write = \"true\"",
     "hint: write true or false, without quotes\n"},
    {"caldav = \"https://x.example.org/a/\", user = \"pager\"",
     "DIR/pagerd.cfg:5: calendars.web: user without password\n"},
    {"caldav = \"https://x.example.org/a/\", user = \"pager\"",
     "hint: add  password = \"secret:NAME\"\n"},
    {"caldav = \"https://x.example.org/a/\", password = \"hunter2\"",
     "DIR/pagerd.cfg:5: calendars.web: password without user\n"},
    {"caldav = \"http://x.example.org/a/\", user = \"pager\", password = \"hunter2\"",
     "warning: calendars.web.password travels in clear over http://\n"},
    {"ics = \"http://10.1.2.3/a.ics\", user = \"pager\", password = \"hunter2\"",
     "warning: calendars.web.password travels in clear over http://\n"},
    {"ics = \"/etc\", user = \"pager\", password = \"hunter2\"",
     "warning: calendars.web.user is of no use: the calendar is a file or a folder\n"},
    {"ics = \"https://x.example.org/a.ics\", ca-file = \"absent.pem\"",
     "calendars.web.ca-file: cannot read 'DIR/absent.pem'\n"},
    {"ics = \"https://x.example.org/a.ics\", overlap = \"both\"",
     "hint: it is one of these words: newest all\n"},
    {"ics = \"https://x.example.org/a.ics\", max-loss = 30", "hint: write \"30%\"\n"},
    {"ics = \"https://x.example.org/a.ics\", max-loss = \"half\"",
     "calendars.web.max-loss must be a percentage such as \"50%\"\n"},
    {"ics = \"https://x.example.org/a.ics\", max-loss = \"101%\"",
     "calendars.web.max-loss must be from 0% to 100%\n"},
    {"ics = \"https://x.example.org/a.ics\", max-loss = \"100%\"",
     "warning: calendars.web.max-loss: no new version is held back for what it loses, not even an "
     "empty one\n"},
    {"ics = \"https://x.example.org/a.ics\", stale-after = \"31d\"",
     "calendars.web.stale-after must be from 1s to 30d\n"},
    {"ics = \"https://x.example.org/a.ics\", stale-after = \"4m\"",
     "warning: calendars.web: stale after 4m, but read only every 5m: it would be told between two "
     "reads\n"},
    {"ics = \"https://x.example.org/a.ics\", refresh = \"12h\"",
     "warning: calendars.web: stale after 6h, but read only every 12h"},
    {"caldav = \"https://x.example.org/a/\", write = true",
     "warning: calendars.web: nothing is written, for no team has it as overrides\n"
     "  hint: add  overrides = \"calendar:web\"  to a team\n"},
};

static void each_mistake_about_a_calendar_is_told(void **state)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes,
                  GOOD_URL GOOD_USERS GOOD_CHANNELS
                  "teams: { ops: { oncall = \"calendar:web\" } }\ncalendars: { web: { %s } }\n",
                  mistakes[i].written);
        expect_said(*state, text_string(&bytes), mistakes[i].said);
    }
}

/* Two teams and two users that use the calendars a and b, and what is said of it. */
static const struct muddle {
    const char *ann;
    const char *bob;
    const char *ops;
    const char *web;
    const char *said;
} muddles[] = {
    {"", "", "oncall = \"calendar:a\", away = \"calendar:a\"", "oncall = \"calendar:b\"",
     "DIR/pagerd.cfg:6: teams.ops.away: \"a\" cannot be leave of a team, for it is a rota in "
     "teams.ops.oncall: whoever has a shift would be away\n"},
    {"", "", "oncall = \"calendar:a\"", "oncall = \"calendar:b\", away = \"calendar:a\"",
     "teams.web.away: \"a\" cannot be leave of a team, for it is a rota in teams.ops.oncall"},
    {"away = \"calendar:a\"", "", "oncall = \"calendar:a\"", "oncall = \"calendar:b\"",
     "users.ann.away: \"a\" cannot be leave of one person, for it is a rota in teams.ops.oncall: "
     "the person would be away in every shift of everybody\n"},
    {"", "", "oncall = \"calendar:a\"",
     "oncall = \"calendar:b\", coverage = \"always\", holidays = \"calendar:a\"",
     "teams.web.holidays: \"a\" cannot be a calendar of holidays, for it is a rota in "
     "teams.ops.oncall: every shift would be a holiday\n"},
    {"", "", "oncall = \"calendar:a\", overrides = \"calendar:b\", away = \"calendar:b\"",
     "oncall = \"bob\"",
     "teams.ops.away: \"b\" cannot be leave of a team, for it is a calendar of overrides in "
     "teams.ops.overrides: whoever takes over would be away\n"},
    {"away = \"calendar:b\"", "", "oncall = \"calendar:a\", away = \"calendar:b\"",
     "oncall = \"bob\"",
     "users.ann.away: \"b\" cannot be leave of one person, for it is leave of a team in "
     "teams.ops.away: the person would be away whenever anybody is\n"},
    {"away = \"calendar:b\"", "away = \"calendar:b\"", "oncall = \"calendar:a\"",
     "oncall = \"bob\"",
     "users.bob.away: \"b\" cannot be leave of one person, for it is leave of one person in "
     "users.ann.away: both would be away whenever one is\n"
     "     3 |          bob: { phone = \"+4915550100002\", away = \"calendar:b\" } }\n"},
    {"", "", "oncall = \"calendar:a\", overrides = \"calendar:a\"", "oncall = \"calendar:b\"",
     "warning: teams.ops.overrides: \"a\" is laid over itself, for teams.ops.oncall names it as "
     "well\n"},
    {"", "", "oncall = \"calendar:a\"", "oncall = \"bob\"",
     "DIR/pagerd.cfg:5: warning: calendars.b is used by no team, no user and no maintenance "
     "window\n"},
    {"", "", "oncall = \"calendar:a\", away = \"b\"", "oncall = \"bob\"",
     "teams.ops.away must be \"calendar:NAME\"\n"},
    {"", "", "oncall = \"calendar:a\", away = \"b\"", "oncall = \"bob\"",
     "hint: write \"calendar:b\"\n"},
    {"", "", "primary = \"calendar:primry\"", "oncall = \"bob\"",
     "there is no calendar \"primry\" in teams.ops.primary\n"},
    {"", "", "oncall = \"calendar:a\", overrides = \"calendar:overides\"", "oncall = \"bob\"",
     "there is no calendar \"overides\" in teams.ops.overrides\n"},
    {"", "", "oncall = \"calendar:a\", holidays = \"calendar:c\"", "oncall = \"bob\"",
     "there is no calendar \"c\" in teams.ops.holidays\n"},
    {"", "", "oncall = \"calendar:a\", holidays = \"calendar:c\"", "oncall = \"bob\"",
     "hint: did you mean \"a\"?\n"},
    {"away = \"calendar:aa\"", "", "oncall = \"calendar:a\"", "oncall = \"bob\"",
     "there is no calendar \"aa\" in users.ann.away\n"},
    {"", "", "oncall = \"calendar:a\", holidays = \"calendar:b\"", "oncall = \"bob\"",
     "warning: teams.ops.holidays counts only for coverage, and the team declares none\n"},
    {"", "", "escalate = ( { page = \"everyone\" } ), overrides = \"calendar:b\"",
     "oncall = \"calendar:a\"", "warning: teams.ops.overrides: the team has no role to override\n"},
    {"", "", "oncall = \"calendar:a\", secondary = \"calendar:a\"", "oncall = \"calendar:b\"",
     "warning: teams.ops.oncall beside secondary: an event of a calendar for both that says no "
     "role "
     "means secondary\n  hint: write  primary  in place of  oncall\n"},
    {"", "", "oncall = \"ann\", secondary = \"bob\", overrides = \"calendar:a\"",
     "oncall = \"calendar:b\"", "warning: teams.ops.oncall beside secondary: an event of a"},
};

static void each_muddle_of_calendars_is_told(void **state)
{
    for (size_t i = 0; i < sizeof muddles / sizeof muddles[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes,
                  GOOD_URL TWO_USERS GOOD_CHANNELS
                  "calendars: { a: { ics = \"https://x.example.org/a.ics\" }, b: { ics = "
                  "\"https://x.example.org/b.ics\" } }\n"
                  "teams: { ops: { %s }, web: { %s } }\n",
                  muddles[i].ann, muddles[i].bob, muddles[i].ops, muddles[i].web);
        expect_said(*state, text_string(&bytes), muddles[i].said);
    }
}

static void what_may_share_a_calendar_is_not_told(void **state)
{
    expect_report(*state,
                  GOOD_URL GOOD_USERS GOOD_CHANNELS
                  "calendars: { rota: { ics = \"https://x.example.org/a.ics\" }\n"
                  "  swaps: { caldav = \"https://x.example.org/b/\", user = \"pager\",\n"
                  "           password = \"hunter2\", write = true }\n"
                  "  local: { caldav = \"http://127.0.0.1:5232/c/\", user = \"pager\",\n"
                  "           password = \"hunter2\" }\n"
                  "  leave: { ics = \"https://x.example.org/d.ics\" }\n"
                  "  days: { ics = \"https://x.example.org/e.ics\" } }\n"
                  "teams: { ops: { primary = \"calendar:rota\", secondary = \"calendar:rota\",\n"
                  "    overrides = \"calendar:swaps\", away = \"calendar:leave\",\n"
                  "    holidays = \"calendar:days\", coverage = \"Mon-Fri 09:00-18:00\" }\n"
                  "  web: { oncall = \"calendar:rota\", overrides = \"calendar:local\",\n"
                  "    away = \"calendar:leave\", holidays = \"calendar:days\",\n"
                  "    coverage = \"always\" } }\n",
                  "");
}

static void a_calendar_has_its_defaults(void **state)
{
    struct config *config =
        expect_good(*state, GOOD_URL GOOD_USERS GOOD_CHANNELS
                    "calendars: { a: { ics = \"https://x.example.org/a.ics\" } }\n"
                    "teams: { ops: { oncall = \"calendar:a\" } }\n");
    const struct config_calendar *a = config_find_calendar(config, "a");
    assert_false(a->is_caldav);
    assert_false(a->is_writable);
    assert_null(a->user);
    assert_null(a->password);
    assert_null(a->ca_file);
    assert_false(a->pages_all);
    assert_int_equal(a->max_loss, 50);
    assert_int_equal(a->stale_ms, 6 * HOUR_MS);
    assert_int_equal(a->refresh_ms, 5 * MINUTE_MS);
    assert_null(a->zone);
    const struct team *team = team_get(config, "ops");
    assert_null(team->away);
    assert_null(team->holidays);
    assert_null(team->overrides[ROLE_ONCALL].calendar);
    assert_null(policy_find_user(config->policy, "ann")->away);
    config_free(config);
}

static void a_collection_is_read_as_written(void **state)
{
    fixture_secret(*state, "dav", "hunter2\n");
    fixture_secret(*state, "dav-url", "https://dav.example.org/boss/overrides/\n");
    fixture_write(*state, "ca.pem", "");
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_USERS GOOD_CHANNELS
        "calendars: {\n"
        "  swaps: { caldav = \"https://dav.example.org/boss/swaps/\", user = \"pager\",\n"
        "           password = \"secret:dav\", ca-file = \"ca.pem\", write = true,\n"
        "           overlap = \"all\", max-loss = \"0%\", stale-after = \"2h\" }\n"
        "  b: { caldav = \"secret:dav-url\", overlap = \"newest\", write = false } }\n"
        "teams: { ops: { oncall = \"calendar:b\", overrides = \"calendar:swaps\" } }\n");
    const struct config_calendar *swaps = config_find_calendar(config, "swaps");
    const struct config_calendar *b = config_find_calendar(config, "b");
    assert_true(swaps->is_caldav);
    assert_string_equal(swaps->ics, "https://dav.example.org/boss/swaps/");
    assert_string_equal(swaps->ics_name, "https://dav.example.org/boss/swaps/");
    assert_string_equal(swaps->user, "pager");
    assert_string_equal(swaps->password, "hunter2");
    assert_string_equal(strrchr(swaps->ca_file, '/'), "/ca.pem");
    assert_true(swaps->is_writable);
    assert_true(swaps->pages_all);
    assert_int_equal(swaps->max_loss, 0);
    assert_int_equal(swaps->stale_ms, 2 * HOUR_MS);
    assert_true(b->is_caldav);
    assert_string_equal(b->ics, "https://dav.example.org/boss/overrides/");
    assert_string_equal(b->ics_name, "secret:dav-url");
    assert_false(b->is_writable);
    assert_false(b->pages_all);
    config_free(config);
}

/* One line of a team that is built from it. */
static struct config *team_load(void **state, const char *team)
{
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&bytes,
              GOOD_URL GOOD_USERS GOOD_CHANNELS
              "calendars: { a: { ics = \"https://x.example.org/a.ics\" }\n"
              "  b: { ics = \"https://x.example.org/b.ics\" }\n"
              "  over: { ics = \"https://x.example.org/o.ics\" } }\n"
              "teams: { ops: { %s } }\n",
              team);
    return expect_good(*state, text_string(&bytes));
}

static void a_calendar_for_two_roles_is_read_by_layers(void **state)
{
    struct config *config =
        team_load(state, "primary = \"calendar:a\", secondary = \"calendar:a\"");
    const struct team *team = team_get(config, "ops");
    assert_string_equal(team->roles[ROLE_PRIMARY].calendar, "a");
    assert_string_equal(team->roles[ROLE_PRIMARY].layer, "primary");
    assert_string_equal(team->roles[ROLE_SECONDARY].layer, "secondary");
    assert_null(team->roles[ROLE_ONCALL].layer);
    config_free(config);
}

static void calendars_of_their_own_need_no_layers(void **state)
{
    struct config *config =
        team_load(state, "primary = \"calendar:a\", secondary = \"calendar:b\"");
    const struct team *team = team_get(config, "ops");
    assert_null(team->roles[ROLE_PRIMARY].layer);
    assert_null(team->roles[ROLE_SECONDARY].layer);
    config_free(config);
}

static void overrides_lie_over_each_role_that_the_team_has(void **state)
{
    struct config *config = team_load(
        state, "primary = \"calendar:a\", secondary = \"ann\", overrides = \"calendar:over\"");
    const struct team *team = team_get(config, "ops");
    assert_string_equal(team->overrides[ROLE_PRIMARY].calendar, "over");
    assert_string_equal(team->overrides[ROLE_PRIMARY].layer, "primary");
    assert_string_equal(team->overrides[ROLE_SECONDARY].layer, "secondary");
    assert_null(team->overrides[ROLE_ONCALL].calendar);
    config_free(config);
}

static void overrides_of_a_single_role_have_no_layer(void **state)
{
    struct config *config =
        team_load(state, "oncall = \"calendar:a\", overrides = \"calendar:over\"");
    const struct team *team = team_get(config, "ops");
    assert_string_equal(team->overrides[ROLE_ONCALL].calendar, "over");
    assert_null(team->overrides[ROLE_ONCALL].layer);
    config_free(config);
}

static void leave_and_holidays_are_named_by_team_and_person(void **state)
{
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_CHANNELS
        "users: { ann: { phone = \"+4915550100001\", admin = true, away = \"calendar:own\" } }\n"
        "calendars: { own: { ics = \"https://x.example.org/a.ics\" }\n"
        "  leave: { ics = \"https://x.example.org/b.ics\" }\n"
        "  days: { ics = \"https://x.example.org/c.ics\" } }\n"
        "teams: { ops: { oncall = \"ann\", away = \"calendar:leave\", coverage = \"Mon-Fri\",\n"
        "                holidays = \"calendar:days\" } }\n");
    assert_string_equal(policy_find_user(config->policy, "ann")->away, "own");
    assert_string_equal(team_get(config, "ops")->away, "leave");
    assert_string_equal(team_get(config, "ops")->holidays, "days");
    config_free(config);
}

static void the_manager_hears_of_every_calendar_of_the_team(void **state)
{
    static const char *const names[] = {"rota", "over", "leave", "days", "own"};
    struct config *config = expect_good(
        *state, GOOD_URL GOOD_CHANNELS
        "users: { ann: { phone = \"+4915550100001\", admin = true }\n"
        "         bob: { phone = \"+4915550100002\", away = \"calendar:own\" } }\n"
        "calendars: { rota: { ics = \"https://x.example.org/a.ics\" }\n"
        "  over: { ics = \"https://x.example.org/b.ics\" }\n"
        "  leave: { ics = \"https://x.example.org/c.ics\" }\n"
        "  days: { ics = \"https://x.example.org/d.ics\" }\n"
        "  own: { ics = \"https://x.example.org/e.ics\" } }\n"
        "teams: { ops: { oncall = \"calendar:rota\", overrides = \"calendar:over\",\n"
        "    away = \"calendar:leave\", coverage = \"Mon-Fri\", holidays = \"calendar:days\",\n"
        "    members = [ \"bob\" ], manager = \"ann\" } }\n");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(config_find_calendar(config, names[i])->manager, "ann");
    config_free(config);
}

/* What people subscribe to, and what is left of it on a screen. */
static const char *const addresses[][2] = {
    {"/etc/pagerd/rotas/primary.ics", "/etc/pagerd/rotas/primary.ics"},
    {"https://dav.example.org/boss/overrides/", "https://dav.example.org/boss/overrides/"},
    {"https://dav.example.org", "https://dav.example.org"},
    {"https://dav.example.org/", "https://dav.example.org/"},
    {"https://x.example.org:8443/a.ics", "https://x.example.org:8443/a.ics"},
    {"https://ann:pw@x.example.org/a.ics", "https://x.example.org/a.ics"},
    {"https://ann:p@w@x.example.org/a.ics", "https://x.example.org/a.ics"},
    {"https://x.example.org/a.ics?token=0123", "https://x.example.org/a.ics"},
    {"https://x.example.org?token=0123", "https://x.example.org"},
    {"https://x.example.org/a.ics#0123", "https://x.example.org/a.ics"},
    {"https://x.example.org/a@b/c.ics", "https://x.example.org/a@b/c.ics"},
    {GOOGLE, "https://calendar.google.com/calendar/ical/ops%40example.org/\u2026/basic.ics"},
    {"https://x.example.org/private-1/a.ics", "https://x.example.org/\u2026/a.ics"},
    {"https://x.example.org/feed/0123456789ABCDEFGHJK.ics",
     "https://x.example.org/feed/\u2026.ics"},
    {"https://x.example.org/feed/0123456789ABCDEFGHJ.ics",
     "https://x.example.org/feed/0123456789ABCDEFGHJ.ics"},
    {"https://x.example.org/a_b-c_d-e_f-g_h-i_j-k/", "https://x.example.org/\u2026/"},
    {"https://x.example.org//a", "https://x.example.org//a"},
    {"://", "://"},
    {"", ""},
};

static void an_address_is_shown_without_what_opens_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        CLEANUP(text_clear) struct text text = {0};
        shown_add_address(&text, addresses[i][0]);
        assert_string_equal(text_string(&text), addresses[i][1]);
    }
}

static void a_private_address_is_nowhere_shown_whole(void **state)
{
    CLEANUP(text_clear) struct text shown = {0};
    CLEANUP(text_clear) struct text diff = {0};
    struct config *before = team_load(state, "oncall = \"calendar:a\"");
    struct config *after = expect_good(*state, GOOD_URL GOOD_USERS GOOD_CHANNELS
                                       "calendars: { a: { ics = \"" GOOGLE "\" } }\n"
                                       "teams: { ops: { oncall = \"calendar:a\" } }\n");
    assert_string_equal(config_find_calendar(after, "a")->ics, GOOGLE);
    assert_string_equal(
        config_find_calendar(after, "a")->ics_name,
        "https://calendar.google.com/calendar/ical/ops%40example.org/\u2026/basic.ics");
    config_show(after, &shown);
    assert_non_null(strstr(text_string(&shown),
                           "calendars.a.ics = \"https://calendar.google.com/calendar/ical/"
                           "ops%40example.org/\u2026/basic.ics\"\n"));
    assert_null(strstr(text_string(&shown), "0123456789abcdef"));
    assert_true(config_diff(before, after, &diff) > 0);
    assert_null(strstr(text_string(&diff), "0123456789abcdef"));
    config_free(before);
    config_free(after);
}

static void an_address_that_changes_where_it_is_not_shown_is_a_difference(void **state)
{
    CLEANUP(text_clear) struct text diff = {0};
    static const char format[] = GOOD_URL GOOD_USERS GOOD_CHANNELS
        "calendars: { a: { ics = \"https://x.example.org/a.ics?token=%s\" } }\n"
        "teams: { ops: { oncall = \"calendar:a\" } }\n";
    struct config *configs[2];
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_add_bytes(&bytes, format, (size_t)(strstr(format, "%s") - format));
        text_add(&bytes, i == 0 ? "one" : "two");
        text_add(&bytes, strstr(format, "%s") + 2);
        configs[i] = expect_good(*state, text_string(&bytes));
    }
    assert_int_equal(config_diff(configs[0], configs[1], &diff), 1);
    assert_string_equal(text_string(&diff), "calendars.a.ics   \"https://x.example.org/a.ics\" "
                                            "changed where it is not shown\n");
    config_free(configs[0]);
    config_free(configs[1]);
}

static void a_line_with_a_private_address_is_shown_masked(void **state)
{
    expect_report(*state, GOOD "calendars: { a: { ics = \"https://ann:pw@x.example.org/\" } }\n",
                  "DIR/pagerd.cfg:5: calendars.a.ics cannot hold a login: it would be shown\n"
                  "     5 | calendars: { a: { ics = ******************************* } }\n"
                  "       |                         ^\n"
                  "  hint: write  user = \"...\", password = \"secret:NAME\"  beside it\n"
                  "DIR/pagerd.cfg:5: warning: calendars.a is used by no team, no user and no "
                  "maintenance window\n");
}

static void a_secret_inside_a_longer_text_is_told(void **state)
{
    expect_said(
        *state,
        GOOD_URL GOOD_USERS GOOD_TEAMS
        "channels: { sms: { driver = \"http\", url = \"https://sms.example.net/$to/$text\",\n"
        "  headers = [ \"Authorization: Bearer secret:sms\" ] } }\n",
        "DIR/pagerd.cfg:5: warning: channels.sms.headers[0]: \"secret:\" inside a longer "
        "text is taken as it stands\n"
        "  hint: put the whole text into the secret, and write \"secret:NAME\" alone\n");
    expect_report(*state,
                  GOOD_URL GOOD_CHANNELS GOOD_TEAMS
                  "users: { ann: { name = \"Top secret: Ann, the topsecret:one\",\n"
                  "  phone = \"+4915550100001\", admin = true } }\n",
                  "");
}

static void an_inbox_for_everybody_is_told(void **state)
{
    static const char *const listens[][2] = {
        {"\"127.0.0.1:8440\"", ""},
        {"[ \"127.0.0.1:8440\", \"[::1]:8440\" ]", ""},
        {"\"0.0.0.0:8440\"",
         "DIR/pagerd.cfg:3: warning: channels.inbox shows every page to anybody who reaches "
         "0.0.0.0:8440\n"
         "  hint: take it out, or listen on 127.0.0.1 only: it is meant for trying pagerd\n"},
        {"[ \"127.0.0.1:8440\", \"[2001:db8::1]:8440\" ]",
         "DIR/pagerd.cfg:3: warning: channels.inbox shows every page to anybody who reaches "
         "[2001:db8::1]:8440\n"
         "  hint: take it out, or listen on 127.0.0.1 only: it is meant for trying pagerd\n"},
    };
    for (size_t i = 0; i < sizeof listens / sizeof listens[0]; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&bytes,
                  GOOD_URL GOOD_USERS "channels: { inbox: { } }\n" GOOD_TEAMS "listen = %s\n",
                  listens[i][0]);
        expect_report(*state, text_string(&bytes), listens[i][1]);
    }
}

static void percentages_and_this_machine_have_their_grammar(void **state)
{
    struct fault fault;
    unsigned percent = 7;
    (void)state;
    assert_true(percent_parse("0%", &percent, &fault));
    assert_int_equal(percent, 0);
    assert_true(percent_parse("100%", &percent, &fault));
    assert_int_equal(percent, 100);
    assert_false(percent_parse("%", &percent, &fault));
    assert_false(percent_parse("50", &percent, &fault));
    assert_false(percent_parse("-5%", &percent, &fault));
    assert_false(percent_parse("5.5%", &percent, &fault));
    assert_false(percent_parse("1000%", &percent, &fault));
    assert_int_equal(percent, 100);
    assert_true(url_is_local("http://localhost:5232/a"));
    assert_true(url_is_local("http://127.0.0.2/a"));
    assert_true(url_is_local("http://[::1]:80/"));
    assert_false(url_is_local("http://localhost.example.org/"));
    assert_false(url_is_local("http://128.0.0.1/"));
    assert_false(url_is_local("http://127.example.org/"));
    assert_false(url_is_local("http://[::10]/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_mistake_about_a_calendar_is_told),
        TEST(each_muddle_of_calendars_is_told),
        TEST(what_may_share_a_calendar_is_not_told),
        TEST(a_calendar_has_its_defaults),
        TEST(a_collection_is_read_as_written),
        TEST(a_calendar_for_two_roles_is_read_by_layers),
        TEST(calendars_of_their_own_need_no_layers),
        TEST(overrides_lie_over_each_role_that_the_team_has),
        TEST(overrides_of_a_single_role_have_no_layer),
        TEST(leave_and_holidays_are_named_by_team_and_person),
        TEST(the_manager_hears_of_every_calendar_of_the_team),
        TEST(an_address_is_shown_without_what_opens_it),
        TEST(a_private_address_is_nowhere_shown_whole),
        TEST(an_address_that_changes_where_it_is_not_shown_is_a_difference),
        TEST(a_line_with_a_private_address_is_shown_masked),
        TEST(a_secret_inside_a_longer_text_is_told),
        TEST(an_inbox_for_everybody_is_told),
        TEST(percentages_and_this_machine_have_their_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
