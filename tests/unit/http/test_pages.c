/* SPDX-License-Identifier: MIT */
/* The pages: what a link shows, what its buttons do, and that looking never does anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "bench.h"
#include "http/ship.h"
#include "http/ui/page.h"

#define LINK "/a/" BENCH_LINK
#define CALL CLEANUP(call_free) struct call *
#define SEND(...) bench_send(bench, &(struct request){__VA_ARGS__})
#define LOOK() SEND(.method = "GET", .path = LINK)
#define PRESS(form) SEND(.method = "POST", .path = LINK, .body = form)

static void assert_has(const struct call *call, const char *text)
{
    if (!strstr(text_string(&call->answer), text))
        fail_msg("\"%s\" is not in: %s", text, strstr(text_string(&call->answer), "<main>"));
}

static void assert_lacks(const struct call *call, const char *text)
{
    if (strstr(text_string(&call->answer), text))
        fail_msg("\"%s\" is in: %s", text, strstr(text_string(&call->answer), "<main>"));
}

static void a_link_shows_what_who_and_when(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "db1: disk /var 96% full");
    bench_wait(bench, 2 * MINUTE_MS);
    CALL call = LOOK();
    assert_int_equal(call->status, 200);
    assert_has(call, "<title>CRIT #1 db1: disk /var 96% full</title>");
    assert_has(call, "ops &middot; 03:00, 2 minutes ago");
    assert_has(call, "<h1>db1: disk /var 96% full</h1>");
    assert_has(call, "At 100% PostgreSQL stops.");
    assert_lacks(call, "Second paragraph");
    assert_has(call, ">I have it</button>");
    assert_has(call, "If nobody presses this, Bob is called at 03:05.");
    assert_has(call, ">Pass on to Bob</button>");
    assert_has(call, ">Snooze 1 h</button>");
    assert_has(call, ">It is fixed</button>");
    assert_has(call, "href=\"https://wiki.example.org/ops/1\"");
    assert_has(call, "For Ann Ops, by SMS: what is pressed here is done in that name.");
    assert_has(call, "This link works until Mon 23 Nov 03:00.");
    assert_has(call, "class=\"night\"");
}

static void looking_changes_nothing(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
    static const char *const paths[] = {LINK, LINK "?do=ack", LINK "/", "/a/0123-456789ABCDEFGHJK"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
        for (size_t j = 0; j < sizeof(paths) / sizeof(*paths); j++) {
            CALL call = SEND(.method = methods[i], .path = paths[j], .body = "do=ack");
            assert_int_equal(call->status, i < 2 ? 200 : 405);
        }
    }
    assert_int_equal(bench->step_count, 0);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_TRIGGERED);
}

static void pressing_acknowledges_and_leads_back(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=ack");
    assert_int_equal(press->status, 303);
    assert_string_equal(press->location, BENCH_LINK);
    assert_string_equal(bench->last.actor, "ann");
    assert_string_equal(bench->last.via, "link sms");
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
    CALL page = LOOK();
    assert_has(page, "<title>Yours: #1</title>");
    assert_has(page, "by you (SMS), 03:00");
    assert_has(page, "It is yours. Bob stays asleep.");
    assert_has(page, "Undo my ack");
    assert_has(page, "Quiet for 30 minutes?");
    CALL twice = PRESS("do=ack");
    assert_int_equal(twice->status, 303);
    CALL note = PRESS("do=note&note=looking%2C+5+min");
    assert_int_equal(note->status, 303);
    assert_int_equal(bench->last.kind, EVENT_NOTE);
    CALL undo = PRESS("do=undo");
    assert_int_equal(undo->status, 303);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_TRIGGERED);
}

static void undo_is_offered_for_ten_minutes_and_refused_after_them(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=ack");
    assert_int_equal(press->status, 303);
    bench_wait(bench, 10 * MINUTE_MS - 1);
    CALL before = LOOK();
    assert_has(before, "Undo");
    assert_has(before, "Pass on");
    bench_wait(bench, 1);
    CALL page = LOOK();
    assert_lacks(page, "Undo");
    assert_has(page, "Pass on");
    /* The page from before may still be open. */
    CALL late = PRESS("do=undo");
    assert_int_equal(late->status, 403);
    assert_has(late, "pagectl ack 1 --undo");
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
}

static void only_who_acked_can_undo_by_a_link(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL bob = SEND(.method = "POST", .path = "/v1/incidents/1/ack", .token = BOB_TOKEN);
    assert_int_equal(bob->status, 200);
    CALL press = PRESS("do=undo");
    assert_int_equal(press->status, 403);
    assert_has(press, "take it over");
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "bob");
}

static void undo_of_what_nobody_has_shows_the_page(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=undo");
    assert_int_equal(press->status, 303);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_TRIGGERED);
}

static void a_note_is_cut_where_it_is_too_long(void **state)
{
    struct bench *bench = *state;
    CLEANUP(text_clear) struct text form = {0};
    bench_alert(bench, "d", "disk");
    text_add(&form, "do=note&note=");
    for (int i = 0; i < 501; i++)
        text_add_char(&form, 'a');
    CALL press = PRESS(text_string(&form));
    assert_int_equal(press->status, 303);
    assert_int_equal(strlen(bench->last.text), 500);
}

/* Of the bench's link, as of a mail's. */
static void link_ask_number(struct bench *bench)
{
    bench->link.number = 4712;
    bench->link.channel = "email";
}

static bool is_touched(const struct bench *bench)
{
    const struct incident *incident = view_incident(bench->engine, 1);
    return incident->state != INCIDENT_TRIGGERED ||
           incident->handling->acknowledged_by[0] != '\0' || incident->handling->remedy != NULL;
}

static void a_mails_link_does_nothing_without_its_number(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    link_ask_number(bench);
    CALL page = LOOK();
    assert_has(page, "Number in the message");
    assert_lacks(page, "4712");
    static const char *const actions[] = {"ack",  "take", "undo",        "pass",    "snooze",
                                          "wake", "note", "note&note=x", "resolve", "stranger"};
    static const char *const numbers[] = {"", "&n=", "&n=471", "&n=47120", "&n=abcd", "&n=-712"};
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        for (size_t j = 0; j < sizeof(numbers) / sizeof(*numbers); j++) {
            CLEANUP(text_clear) struct text form = {0};
            text_addf(&form, "do=%s%s", actions[i], numbers[j]);
            CALL press = PRESS(text_string(&form));
            assert_int_equal(press->status, 400);
        }
    }
    assert_int_equal(bench->step_count, 0);
    assert_int_equal(bench->link.wrong_count, 0); /* who presses blindly uses up no try */
    CALL right = PRESS("do=ack&n=4712");
    assert_int_equal(right->status, 303);
    assert_string_equal(right->location, BENCH_LINK "?n=4712");
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_via, "link email");
}

static void a_number_has_its_leading_zeros(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    link_ask_number(bench);
    bench->link.number = 42;
    CALL press = PRESS("do=ack&n=0042");
    assert_int_equal(press->status, 303);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
}

static void two_wrong_numbers_close_the_link_and_page_on(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    link_ask_number(bench);
    CALL first = PRESS("do=ack&n=4713");
    assert_int_equal(first->status, 303);
    assert_string_equal(first->location, BENCH_LINK);
    assert_int_equal(bench->last.kind, EVENT_LINK);
    assert_int_equal(bench->last.link, LINK_WRONG);
    assert_string_equal(bench->last.user, "ann");
    CALL page = LOOK();
    assert_has(page, "One try is left.");
    CALL second = PRESS("do=resolve&n=1000");
    assert_int_equal(second->status, 303);
    assert_int_equal(bench->last.kind, EVENT_LINK);
    assert_int_equal(bench->last.link, LINK_SPENT);
    assert_string_equal(bench->last.actor, "pagerd");
    assert_true(bench->link.is_void);
    CALL right = PRESS("do=ack&n=4712");
    assert_int_equal(right->status, 303);
    assert_false(is_touched(bench));
    CALL given_up = SEND(.method = "GET", .path = LINK "?n=4712");
    assert_has(given_up, "This link does nothing any more.");
    assert_has(given_up, "pagectl ack 1");
    assert_lacks(given_up, "disk");
    assert_lacks(given_up, "<button");
    /* No contact of hers was left to try, so the walk went on. */
    assert_string_equal(view_incident(bench->engine, 1)->paged[1], "bob");
}

static void looking_with_a_number_does_not_tell_whether_it_is_right(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    link_ask_number(bench);
    CALL right = SEND(.method = "GET", .path = LINK "?n=4712");
    CALL wrong = SEND(.method = "GET", .path = LINK "?n=4713");
    assert_has(right, "type=\"hidden\" name=\"n\" value=\"4712\"");
    assert_has(wrong, "type=\"hidden\" name=\"n\" value=\"4713\"");
    assert_int_equal(right->answer.size, wrong->answer.size);
    CALL strange = SEND(.method = "GET", .path = LINK "?n=\"><b>");
    assert_has(strange, "Number in the message");
    assert_lacks(strange, "<b>\"");
    assert_int_equal(bench->link.wrong_count, 0);
    assert_int_equal(bench->step_count, 0);
}

static void who_is_not_ann_voids_the_link_and_acks_nothing(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "secret thing");
    CALL press = PRESS("do=stranger");
    assert_int_equal(press->status, 303);
    assert_int_equal(bench->last.link, LINK_DISOWNED);
    assert_true(bench->link.is_void);
    assert_false(is_touched(bench));
    assert_string_equal(view_incident(bench->engine, 1)->paged[1], "bob");
    CALL page = LOOK();
    assert_has(page, "<title>#1</title>");
    assert_has(page, "Somebody said here that it was not for them.");
    assert_lacks(page, "secret thing");
}

static void an_ack_by_the_link_of_a_stranger_is_undone(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL ack = PRESS("do=ack");
    assert_int_equal(ack->status, 303);
    CALL press = PRESS("do=stranger");
    assert_int_equal(press->status, 303);
    assert_false(is_touched(bench));
}

static void an_ack_by_another_way_outlasts_a_strangers_link(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL ack = SEND(.method = "POST", .path = "/v1/incidents/1/ack", .token = ANN_TOKEN);
    assert_int_equal(ack->status, 200);
    CALL press = PRESS("do=stranger");
    assert_int_equal(press->status, 303);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
}

static void another_persons_incident_can_be_taken_over(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL bob = SEND(.method = "POST", .path = "/v1/incidents/1/ack", .token = BOB_TOKEN);
    assert_int_equal(bob->status, 200);
    CALL page = LOOK();
    assert_has(page, "Bob has it.");
    assert_has(page, "by Bob (API), 03:00");
    assert_has(page, "Take it over");
    assert_lacks(page, "I have it");
    /* The old page may still be open: its button does not take it away. */
    CALL late = PRESS("do=ack");
    assert_int_equal(late->status, 303);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "bob");
    CALL take = PRESS("do=take");
    assert_int_equal(take->status, 303);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
}

static void a_closed_incident_says_good_night_and_nothing_acts(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL fixed = PRESS("do=resolve");
    assert_int_equal(fixed->status, 303);
    bench->link.is_revoked = true;
    size_t steps = bench->step_count;
    CALL page = LOOK();
    assert_has(page, "Nothing to do, good night.");
    assert_lacks(page, "<button");
    CALL press = PRESS("do=ack");
    assert_int_equal(press->status, 303);
    assert_int_equal(bench->step_count, steps);
}

static void snoozing_says_until_when(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=snooze");
    assert_int_equal(press->status, 303);
    CALL page = LOOK();
    assert_has(page, "Quiet until 04:00.");
    CALL wake = PRESS("do=wake");
    assert_int_equal(wake->status, 303);
    assert_int_not_equal(view_incident(bench->engine, 1)->state, INCIDENT_SNOOZED);
}

static void passing_on_pages_the_next(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=pass");
    assert_int_equal(press->status, 303);
    assert_int_equal(bench->last.kind, EVENT_ESCALATE);
    assert_string_equal(view_incident(bench->engine, 1)->paged[1], "bob");
}

static void other_sites_cannot_press(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *origin;
        const char *fetch_site;
        const char *host;
        unsigned status;
    } cases[] = {
        {"https://evil.example", NULL, "p.example.org", 403},
        {"https://evil.example", "cross-site", "p.example.org", 403},
        {"null", "cross-site", "p.example.org", 403},
        {NULL, "same-site", "p.example.org", 403},
        {"https://p.example.org.evil.example", NULL, "p.example.org", 403},
        {"null", NULL, "p.example.org", 303},
        {"null", "same-origin", "p.example.org", 303},
        {NULL, "none", "p.example.org", 303},
        {"https://p.example.org", NULL, "127.0.0.1:8440", 303},
        {"http://127.0.0.1:8440", NULL, "127.0.0.1:8440", 303},
        {NULL, NULL, "127.0.0.1:8440", 303},
    };
    bench_alert(bench, "d", "disk");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        size_t steps = bench->step_count;
        CALL call = SEND(.method = "POST", .path = LINK, .body = "do=note&note=x",
                         .origin = cases[i].origin, .fetch_site = cases[i].fetch_site,
                         .host = cases[i].host);
        assert_int_equal(call->status, cases[i].status);
        assert_int_equal(bench->step_count - steps, call->status == 303);
    }
}

static void unknown_links_are_alike_and_never_lock_out_a_known_one(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    static const char *const paths[] = {"/a/0123456789ABCDEFGHJZ", "/a/short", "/a/%0d%0a",
                                        "/a/'\"><script>"};
    CALL first = SEND(.method = "GET", .path = paths[0]);
    for (size_t i = 1; i < 10; i++) {
        CALL call = SEND(.method = i % 2 ? "GET" : "POST", .path = paths[i % 4]);
        assert_int_equal(call->status, 404);
        assert_int_equal(call->answer.size, first->answer.size);
        assert_lacks(call, "<script>");
    }
    CALL over = SEND(.method = "GET", .path = paths[0]);
    assert_int_equal(over->status, 429);
    CALL known = LOOK();
    assert_int_equal(known->status, 200);
    assert_int_equal(bench->step_count, 0);
}

/* A flood from many addresses is slowed, and the one who has a link does not feel it. */
static void a_flood_from_many_addresses_is_slowed_too(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    size_t answered = 0;
    for (unsigned i = 0; i < 200; i++) {
        char address[32];
        snprintf(address, sizeof(address), "198.51.100.%u", i);
        CALL call = SEND(.method = "POST", .path = "/a/0123456789ABCDEFGHJZ", .body = "do=ack",
                         .address = address);
        answered += call->status == 404;
        assert_true(call->status == 404 || call->status == 429);
    }
    assert_int_equal(answered, 60);
    CALL press = SEND(.method = "POST", .path = LINK, .body = "do=ack", .address = "198.51.100.7");
    assert_int_equal(press->status, 303);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
}

static void an_old_link_leads_nowhere(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    bench_wait(bench, DAY_MS);
    CALL page = LOOK();
    assert_int_equal(page->status, 404);
    CALL press = PRESS("do=ack");
    assert_int_equal(press->status, 404);
    /* Nobody can tell it from one that never was. */
    CALL never = SEND(.method = "GET", .path = "/a/0123456789ABCDEFGHJZ");
    assert_int_equal(never->status, 404);
    assert_int_equal(never->answer.size, page->answer.size);
    assert_int_equal(never->answer.size, press->answer.size);
    assert_int_equal(bench->step_count, 0);
}

static void strange_buttons_do_nothing(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    static const char *const forms[] = {"",        "do=explode",     "do", "=ack", "ack",
                                        "do=note", "do=note&note=++"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        CALL call = PRESS(forms[i]);
        assert_true(call->status == 400 || call->status == 303);
    }
    assert_int_equal(bench->step_count, 0);
}

static void text_from_outside_cannot_become_markup(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "<script>alert(1)</script>\" onload='x' & \x01");
    static const char *const pages[] = {LINK, "/", "/inbox/ann"};
    bench->house.has_inbox = true;
    bench->letter_count = 1;
    bench->letters[0] = (struct inbox_letter){
        .kind = "email", .subject = "<b>s</b>", .text = "<img src=x> javascript:x", .at = 1};
    for (size_t i = 0; i < 3; i++) {
        CALL call = SEND(.method = "GET", .path = pages[i]);
        assert_int_equal(call->status, 200);
        assert_lacks(call, "<script");
        assert_lacks(call, "<img");
        assert_lacks(call, "<b>s");
        assert_lacks(call, "<b>Base");
        assert_lacks(call, "onload='");
    }
    CALL page = LOOK();
    assert_has(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
}

static void the_last_time_is_told(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL fixed = PRESS("do=resolve&note=journalctl --vacuum");
    assert_int_equal(fixed->status, 303);
    CALL clear = SEND(.method = "POST", .path = "/v1/alerts", .token = PROM_KEY,
                      .body = "{\"action\":\"resolve\",\"dedup_key\":\"d\"}");
    assert_int_equal(clear->status, 202);
    bench_wait(bench, 5 * MINUTE_MS);
    bench->link.incident = bench_alert(bench, "d", "disk");
    CALL page = LOOK();
    assert_has(page,
               "Last time #1, 22 Nov: resolved by Ann after 0 s: &quot;journalctl --vacuum&quot;");
}

static void whoever_is_next_again_is_told_so(void **state)
{
    struct bench *bench = *state;
    struct team *team = (struct team *)&bench->policy->teams[0];
    team->roles[ROLE_SECONDARY].user = "ann";
    bench_alert(bench, "d", "disk");
    CALL page = LOOK();
    assert_has(page, "you are called again at 03:05.");
    assert_has(page, ">Pass on</button>");
    CALL ack = SEND(.method = "POST", .path = "/v1/incidents/1/ack", .token = ANN_TOKEN);
    assert_non_null(strstr(text_string(&ack->answer), "You will not be called again."));
}

static void the_war_room_has_its_names_filled_in(void **state)
{
    struct bench *bench = *state;
    struct team *team = (struct team *)&bench->policy->teams[0];
    team->war_room = "https://meet.example.org/$team-$number?q=$name";
    bench_alert(bench, "d", "disk & co");
    CALL press = PRESS("do=ack");
    assert_int_equal(press->status, 303);
    CALL page = LOOK();
    assert_has(page, "href=\"https://meet.example.org/ops-1?q=disk%20%26%20co\">War room</a>");
}

static void a_dangerous_runbook_is_not_a_link(void **state)
{
    struct bench *bench = *state;
    struct team *team = (struct team *)&bench->policy->teams[0];
    bench_alert(bench, "d", "disk");
    team->runbook = "javascript:alert(1)";
    CALL page = LOOK();
    assert_lacks(page, "javascript:");
}

static void every_page_has_its_nonce_and_stays_small(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL first = LOOK();
    CALL second = LOOK();
    CLEANUP(text_clear) struct text style = {0};
    text_addf(&style, "<style nonce=\"%s\">", first->nonce);
    assert_has(first, text_string(&style));
    assert_string_not_equal(first->nonce, second->nonce);
    assert_lacks(first, "style=\"");
    assert_lacks(first, "<script");
    assert_true(first->answer.size < 8 * 1024);
}

static void a_private_team_tells_previews_nothing(void **state)
{
    struct bench *bench = *state;
    struct team *team = (struct team *)&bench->policy->teams[0];
    team->is_private = true;
    bench_alert(bench, "d", "secret thing");
    CALL page = LOOK();
    assert_has(page, "<title>CRIT #1</title>");
}

static void what_is_not_on_disk_is_not_said(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=ack");
    call_fail_unavailable(press, "the disk is full");
    assert_int_equal(press->status, 503);
    assert_null(press->location);
    assert_has(press, "NOT recorded");
}

static void what_another_node_may_have_done_is_not_denied(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bytes = {0};
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL press = PRESS("do=ack");
    press->status = 0;
    ship_add_call(&bytes, press);
    call_fail_unavailable(press, "no node that is on duty has answered in time");
    assert_int_equal(press->status, 503);
    assert_has(press, "It is not known whether that was recorded");
    assert_null(strstr(text_string(&press->answer), "nothing was recorded"));
}

static void the_inbox_makes_only_our_own_links_pressable(void **state)
{
    struct bench *bench = *state;
    CALL without = SEND(.method = "GET", .path = "/inbox/ann");
    assert_int_equal(without->status, 404);
    bench->house.has_inbox = true;
    bench->letter_count = 2;
    bench->letters[0] = (struct inbox_letter){
        .kind = "sms",
        .text = "CRIT #412 db1: disk /var 96% full. ops 03:02. Ack: https://p.example.org/a/K7QM.",
        .at = bench->now.wall_at};
    bench->letters[1] = (struct inbox_letter){
        .kind = "sms", .text = "see https://evil.example/a/1", .at = bench->now.wall_at};
    CALL page = SEND(.method = "GET", .path = "/inbox/ann");
    assert_has(page, "<a rel=\"noreferrer noopener\" href=\"../a/K7QM\">"
                     "https://p.example.org/a/K7QM</a>.");
    assert_lacks(page, "href=\"https://evil.example");
    assert_has(page, "CRIT #412 db1: disk /var 96% full. ops 0&hellip;");
    assert_has(page, "Phone of Ann Ops");
    CALL nobody = SEND(.method = "GET", .path = "/inbox/zoe");
    assert_int_equal(nobody->status, 404);
}

static void the_board_is_for_known_people(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL stranger = SEND(.method = "GET", .path = "/");
    assert_int_equal(stranger->status, 200);
    assert_lacks(stranger, "disk");
    assert_has(stranger, "pagectl login");
    CALL ann = SEND(.method = "GET", .path = "/", .token = ANN_TOKEN);
    assert_has(ann, "<title>1 open, 1 paging</title>");
    assert_has(ann, "disk");
    CALL source = SEND(.method = "GET", .path = "/", .token = PROM_KEY);
    assert_lacks(source, "disk");
    CALL login = SEND(.method = "GET", .path = "/login");
    assert_int_equal(login->status, 401);
    assert_non_null(login->challenge);
}

static void night_is_from_ten_to_seven_there(void **state)
{
    (void)state;
    struct zone *zone = zone_fixed("CET", 3600);
    assert_true(page_is_night(zone, 21 * HOUR_MS));
    assert_true(page_is_night(zone, 5 * HOUR_MS));
    assert_false(page_is_night(zone, 6 * HOUR_MS));
    assert_false(page_is_night(zone, 20 * HOUR_MS));
    zone_free(zone);
}

static int setup(void **state)
{
    *state = bench_new();
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_link_shows_what_who_and_when),
        TEST(looking_changes_nothing),
        TEST(pressing_acknowledges_and_leads_back),
        TEST(undo_is_offered_for_ten_minutes_and_refused_after_them),
        TEST(only_who_acked_can_undo_by_a_link),
        TEST(undo_of_what_nobody_has_shows_the_page),
        TEST(a_note_is_cut_where_it_is_too_long),
        TEST(a_mails_link_does_nothing_without_its_number),
        TEST(a_number_has_its_leading_zeros),
        TEST(two_wrong_numbers_close_the_link_and_page_on),
        TEST(looking_with_a_number_does_not_tell_whether_it_is_right),
        TEST(who_is_not_ann_voids_the_link_and_acks_nothing),
        TEST(an_ack_by_the_link_of_a_stranger_is_undone),
        TEST(an_ack_by_another_way_outlasts_a_strangers_link),
        TEST(a_flood_from_many_addresses_is_slowed_too),
        TEST(another_persons_incident_can_be_taken_over),
        TEST(a_closed_incident_says_good_night_and_nothing_acts),
        TEST(snoozing_says_until_when),
        TEST(passing_on_pages_the_next),
        TEST(other_sites_cannot_press),
        TEST(unknown_links_are_alike_and_never_lock_out_a_known_one),
        TEST(an_old_link_leads_nowhere),
        TEST(strange_buttons_do_nothing),
        TEST(text_from_outside_cannot_become_markup),
        TEST(the_last_time_is_told),
        TEST(whoever_is_next_again_is_told_so),
        TEST(the_war_room_has_its_names_filled_in),
        TEST(a_dangerous_runbook_is_not_a_link),
        TEST(every_page_has_its_nonce_and_stays_small),
        TEST(a_private_team_tells_previews_nothing),
        TEST(what_is_not_on_disk_is_not_said),
        TEST(what_another_node_may_have_done_is_not_denied),
        TEST(the_inbox_makes_only_our_own_links_pressable),
        TEST(the_board_is_for_known_people),
        TEST(night_is_from_ten_to_seven_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
