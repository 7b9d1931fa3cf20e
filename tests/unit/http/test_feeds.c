/* SPDX-License-Identifier: MIT */
/* The addresses of feeds: who may make one, and what their token opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bench.h"

#define SEND(...) bench_send(bench, &(struct request){__VA_ARGS__})
#define POST(at, who, text) SEND(.method = "POST", .path = at, .token = who, .body = text)
#define GET(at, who) SEND(.method = "GET", .path = at, .token = who)

#define CALL CLEANUP(call_free) struct call *

#define BOBS "{\"name\":\"bobs\",\"feed\":true,\"user\":\"bob\"}"

/* Makes bob's feed; the path of its address, in the bench's arena. */
static const char *feed_make(struct bench *bench)
{
    CALL made = POST("/v1/keys", BOB_TOKEN, BOBS);
    assert_int_equal(made->status, 200);
    const char *url = json_string(answer_json(made), "url");
    static const char host[] = "https://p.example.org";
    assert_memory_equal(url, host, strlen(host));
    return arena_copy(bench->arena, url + strlen(host));
}

static void a_person_makes_feeds_of_own_duties_and_teams_only(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *who;
        const char *body;
        unsigned status;
    } cases[] = {
        {BOB_TOKEN, BOBS, 200},
        {BOB_TOKEN, BOBS, 409},
        {BOB_TOKEN, "{\"name\":\"team\",\"feed\":true,\"team\":\"ops\"}", 200},
        {BOB_TOKEN, "{\"name\":\"anns\",\"feed\":true,\"user\":\"ann\"}", 403},
        {ANN_TOKEN, "{\"name\":\"for-bob\",\"feed\":true,\"user\":\"bob\"}", 200},
        {BOB_TOKEN, "{\"name\":\"a\",\"feed\":true}", 400},
        {BOB_TOKEN, "{\"name\":\"a b\",\"feed\":true,\"user\":\"bob\"}", 400},
        {BOB_TOKEN, "{\"name\":\"a\",\"feed\":true,\"user\":\"zoe\"}", 404},
        {PROM_KEY, "{\"name\":\"a\",\"feed\":true,\"team\":\"ops\"}", 403},
        {BOB_TOKEN, "{\"name\":\"a\",\"feed\":false,\"user\":\"bob\"}", 403},
        {BOB_TOKEN, "{\"name\":\"a\",\"user\":\"bob\"}", 403},
        {BOB_TOKEN, "{\"name\":\"a\",\"team\":\"ops\"}", 403},
        {BOB_TOKEN, "{}", 403},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CALL call = POST("/v1/keys", cases[i].who, cases[i].body);
        if (call->status != cases[i].status)
            fail_msg("%s: %u %s", cases[i].body, call->status, text_string(&call->answer));
    }
}

static void a_person_ends_feeds_of_own_duties_and_no_other_key(void **state)
{
    struct bench *bench = *state;
    CALL anns = POST("/v1/keys", ANN_TOKEN, "{\"name\":\"a\",\"feed\":true,\"user\":\"ann\"}");
    CALL key = POST("/v1/keys", ANN_TOKEN, "{\"name\":\"k\",\"team\":\"ops\"}");
    assert_int_equal(anns->status, 200);
    assert_int_equal(key->status, 200);
    (void)feed_make(bench);
    static const char *const others[] = {"a", "k", "no-such-key"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "/v1/keys/%s/revoke", others[i]);
        CALL call = POST(text_string(&path), BOB_TOKEN, "{}");
        assert_int_equal(call->status, 403);
    }
    CALL own = POST("/v1/keys/bobs/revoke", BOB_TOKEN, "{}");
    assert_int_equal(own->status, 200);
    CALL admin = POST("/v1/keys/a/revoke", ANN_TOKEN, "{}");
    assert_int_equal(admin->status, 200);
}

static void the_token_of_a_feed_opens_its_feed_alone(void **state)
{
    struct bench *bench = *state;
    const char *path = feed_make(bench);
    CALL feed = GET(path, NULL);
    assert_int_equal(feed->status, 200);
    assert_string_equal(feed->content_type, "text/calendar; charset=utf-8");

    CLEANUP(text_clear) struct text token = {0};
    text_add(&token, strrchr(path, '/') + 1);
    token.bytes[token.size -= strlen(".ics")] = '\0';
    static const char *const doors[] = {"/v1/me", "/v1/oncall", "/v1/keys", "/v1/incidents"};
    for (size_t i = 0; i < sizeof(doors) / sizeof(*doors); i++) {
        CALL call = GET(doors[i], text_string(&token));
        assert_int_equal(call->status, 401);
    }
    CALL alert = POST("/v1/alerts", text_string(&token), "{\"summary\":\"a\"}");
    assert_int_equal(alert->status, 401);
    CALL list = GET("/v1/keys", ANN_TOKEN);
    assert_null(strstr(text_string(&list->answer), text_string(&token)));
    assert_non_null(strstr(text_string(&list->answer), "\"kind\":\"feed\""));
}

/* What is shown for a path that opens no feed, without what is new on each page. */
static void expect_nowhere(struct bench *bench, const char *path)
{
    CALL call = SEND(.method = "GET", .path = path, .address = path);
    assert_int_equal(call->status, 404);
    assert_non_null(strstr(text_string(&call->answer), "This address leads nowhere"));
}

static void what_opens_no_feed_leads_nowhere_whatever_it_is(void **state)
{
    struct bench *bench = *state;
    const char *path = feed_make(bench);
    CLEANUP(text_clear) struct text bare = {0};
    text_add(&bare, path);
    bare.size -= strlen(".ics");
    bare.bytes[bare.size] = '\0';
    expect_nowhere(bench, text_string(&bare));
    expect_nowhere(bench, "/feed/00000000000000000000.ics");
    expect_nowhere(bench, "/feed/.ics");
    expect_nowhere(bench, "/feed/" BENCH_LINK ".ics");
    expect_nowhere(bench, "/feed/" PROM_KEY ".ics");
    expect_nowhere(bench, "/feed/" ANN_TOKEN ".ics");
    CALL revoke = POST("/v1/keys/bobs/revoke", BOB_TOKEN, "{}");
    assert_int_equal(revoke->status, 200);
    expect_nowhere(bench, path);
    CALL post = POST(path, NULL, "{}");
    assert_int_equal(post->status, 405);
}

static void a_feed_that_is_known_already_is_not_sent_again(void **state)
{
    struct bench *bench = *state;
    const char *path = feed_make(bench);
    CALL first = GET(path, NULL);
    assert_int_equal(strlen(first->etag), 34);
    assert_int_equal(first->max_age_s, 900);
    assert_true(first->modified_at != 0);
    CLEANUP(text_clear) struct text tags = {0};
    text_addf(&tags, "\"old\", W/%s", first->etag);
    CALL same = SEND(.method = "GET", .path = path, .if_none_match = text_string(&tags));
    assert_int_equal(same->status, 304);
    assert_int_equal(same->answer.size, 0);
    assert_string_equal(same->etag, first->etag);
    CALL other = SEND(.method = "GET", .path = path, .if_none_match = "\"old\"");
    assert_int_equal(other->status, 200);
    CALL any = SEND(.method = "GET", .path = path, .if_none_match = "*");
    assert_int_equal(any->status, 304);
}

static void an_alarm_is_a_number_of_minutes_up_to_a_week(void **state)
{
    struct bench *bench = *state;
    const char *path = feed_make(bench);
    static const struct {
        const char *value;
        unsigned status;
        unsigned minutes;
    } cases[] = {{"0", 200, 0},  {"15", 200, 15}, {"10080", 200, 10080},   {"10081", 400, 0},
                 {"-1", 400, 0}, {"1.5", 400, 0}, {"99999999999", 400, 0}, {"x", 400, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(text_clear) struct text asked = {0};
        text_addf(&asked, "%s?alarm=%s", path, cases[i].value);
        CALL call = GET(text_string(&asked), NULL);
        if (call->status != cases[i].status)
            fail_msg("alarm=%s: %u", cases[i].value, call->status);
        if (call->status != 200)
            continue;
        assert_true(bench->feed.has_alarm);
        assert_int_equal(bench->feed.alarm_minutes, cases[i].minutes);
    }
    CALL none = GET(path, NULL);
    assert_int_equal(none->status, 200);
    assert_false(bench->feed.has_alarm);
}

static int set_up(void **state)
{
    *state = bench_new();
    return 0;
}

static int tear_down(void **state)
{
    bench_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_person_makes_feeds_of_own_duties_and_teams_only),
        TEST(a_person_ends_feeds_of_own_duties_and_no_other_key),
        TEST(the_token_of_a_feed_opens_its_feed_alone),
        TEST(what_opens_no_feed_leads_nowhere_whatever_it_is),
        TEST(a_feed_that_is_known_already_is_not_sent_again),
        TEST(an_alarm_is_a_number_of_minutes_up_to_a_week),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
