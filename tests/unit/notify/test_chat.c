/* SPDX-License-Identifier: MIT */
/* What chat services are told, what their answers mean, and which presses are believed. */
#include <assert.h>
#include <stdlib.h>

#include "sample.h"

#include "base/id.h"
#include "base/json.h"
#include "base/sign.h"
#include "notify/chat.h"

#define SECRET "8f742231b10e8888abcd99yyyzzz85a5"
#define PRESS                                                                                \
    "{\"type\":\"block_actions\",\"user\":{\"id\":\"U0ANN\"},\"container\":{\"message_ts\":" \
    "\"17.000001\",\"channel_id\":\"C0123\"},\"actions\":[{\"value\":\"412.ack\"}]}"

struct world {
    struct arena *arena;
    struct letter letter;
    struct channel_settings settings;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->arena = arena_new();
    world->letter = sample_letter(NULL);
    world->letter.actor = "Ann";
    world->letter.actor_via = "SMS";
    world->letter.acted_at = OPENED_AT + 2 * MINUTE_MS;
    world->letter.duration_ms = 29 * MINUTE_MS;
    world->letter.next = "Bob";
    world->letter.next_at = OPENED_AT + 5 * MINUTE_MS;
    world->letter.remark = "Ann";
    world->letter.other = 411;
    world->settings = (struct channel_settings){.token = "xoxb-0123456789", .secret = SECRET};
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    arena_free(world->arena);
    free(world);
    return 0;
}

static void each_mood_has_its_words(void **state)
{
    static const struct {
        enum chat_mood mood;
        const char *title;
        const char *status;
    } rows[] = {
        {CHAT_WAITING, "CRIT #412 db1: disk /var 96% full",
         "ops \u00B7 02:02 \u00B7 nobody is paged yet, Bob 02:07"},
        {CHAT_CALLING, "CRIT #412 db1: disk /var 96% full",
         "ops \u00B7 02:02 \u00B7 paging Ann, then Bob 02:07"},
        {CHAT_TAKEN, "CRIT #412 db1: disk /var 96% full",
         "ops \u00B7 Ann has it since 02:04 (SMS)"},
        {CHAT_SNOOZED, "CRIT #412 db1: disk /var 96% full", "ops \u00B7 Ann has put it off"},
        {CHAT_HELD, "CRIT #412 db1: disk /var 96% full", "ops \u00B7 pages nobody: Ann"},
        {CHAT_RESOLVED, "#412 db1: disk /var 96% full", "ops \u00B7 resolved 02:04 by Ann, 29m"},
        {CHAT_CLEARED, "#412 db1: disk /var 96% full", "ops \u00B7 cleared by itself 02:04, 29m"},
        {CHAT_JOINED, "#412 db1: disk /var 96% full", "ops \u00B7 its alerts are in #411 now"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct chat_post post;
        chat_compose(&world->letter, rows[i].mood, "https://p.example.org/", world->arena, &post);
        assert_string_equal(post.title, rows[i].title);
        assert_string_equal(post.status, rows[i].status);
    }
    static_assert(sizeof rows / sizeof *rows == CHAT_MOOD_COUNT, "each mood has a row");
}

static void a_private_team_shows_a_number_and_no_link(void **state)
{
    struct world *world = *state;
    struct chat_post post;
    world->letter.is_private = true;
    world->letter.runbook = "https://wiki.example.org/db1";
    for (int mood = 0; mood < CHAT_MOOD_COUNT; mood++) {
        chat_compose(&world->letter, (enum chat_mood)mood, NULL, world->arena, &post);
        assert_null(strstr(post.title, "db1"));
        assert_null(strstr(post.title, "disk"));
        assert_non_null(strstr(post.title, "#412"));
        assert_int_equal(post.link_count, 0);
    }
}

/* What each answer means; one table for all services. */
static const struct {
    const char *service;
    enum chat_errand errand;
    uint32_t code;
    const char *body;
    enum chat_outcome outcome;
} answers[] = {
    {"slack", CHAT_POST, 200, "{\"ok\":true,\"ts\":\"17.1\"}", CHAT_DONE},
    {"slack", CHAT_POST, 200, "{\"ok\":true}", CHAT_LATER},
    {"slack", CHAT_EDIT, 200, "{\"ok\":true}", CHAT_DONE},
    {"slack", CHAT_EDIT, 200, "{\"ok\":false,\"error\":\"message_not_found\"}", CHAT_GONE},
    {"slack", CHAT_POST, 200, "{\"ok\":false,\"error\":\"ratelimited\"}", CHAT_LATER},
    {"slack", CHAT_POST, 429, "{\"ok\":false,\"error\":\"ratelimited\"}", CHAT_LATER},
    {"slack", CHAT_POST, 200, "{\"ok\":false,\"error\":\"invalid_auth\"}", CHAT_REFUSED},
    {"slack", CHAT_POST, 200, "{\"ok\":false,\"error\":\"is_archived\"}", CHAT_REFUSED},
    {"slack", CHAT_POST, 200, "{\"ok\":false,\"error\":\"msg_too_long\"}", CHAT_UNFIT},
    {"slack", CHAT_POST, 200, "{\"ok\":false}", CHAT_LATER},
    {"slack", CHAT_POST, 200, "<html>", CHAT_LATER},
    {"slack", CHAT_POST, 200, "", CHAT_LATER},
    {"slack", CHAT_POST, 302, "", CHAT_LATER},
    {"slack", CHAT_POST, 403, "", CHAT_REFUSED},
    {"slack", CHAT_POST, 500, "", CHAT_LATER},
    {"mattermost", CHAT_POST, 201, "{\"id\":\"p1\"}", CHAT_DONE},
    {"mattermost", CHAT_POST, 200, "<html>", CHAT_LATER},
    {"mattermost", CHAT_EDIT, 200, "{\"id\":\"p1\"}", CHAT_DONE},
    {"mattermost", CHAT_EDIT, 404, "{\"id\":\"app.post.get.app_error\"}", CHAT_GONE},
    {"mattermost", CHAT_POST, 400,
     "{\"id\":\"api.post.create_post.can_not_post_to_deleted.error\"}", CHAT_REFUSED},
    {"mattermost", CHAT_POST, 400, "{\"id\":\"model.post.is_valid.message_length.app_error\"}",
     CHAT_UNFIT},
    {"mattermost", CHAT_NOTE, 400, "{\"id\":\"api.post.create_post.root_id.app_error\"}",
     CHAT_GONE},
    {"mattermost", CHAT_POST, 401, "{\"id\":\"api.context.session_expired.app_error\"}",
     CHAT_REFUSED},
    {"mattermost", CHAT_POST, 429, "limit exceeded", CHAT_LATER},
    {"telegram", CHAT_POST, 200, "{\"ok\":true,\"result\":{\"message_id\":7}}", CHAT_DONE},
    {"telegram", CHAT_POST, 200, "{\"ok\":true,\"result\":{\"message_id\":\"7}\"}}", CHAT_LATER},
    {"telegram", CHAT_POST, 200, "{}", CHAT_LATER},
    {"telegram", CHAT_EDIT, 400,
     "{\"ok\":false,\"description\":\"Bad Request: message is not modified: same\"}", CHAT_DONE},
    {"telegram", CHAT_EDIT, 400,
     "{\"ok\":false,\"description\":\"Bad Request: message to edit not found\"}", CHAT_GONE},
    {"telegram", CHAT_POST, 400,
     "{\"ok\":false,\"description\":\"Bad Request: can't parse entities\"}", CHAT_MARKUP},
    {"telegram", CHAT_POST, 400, "{\"ok\":false,\"description\":\"Bad Request: chat not found\"}",
     CHAT_REFUSED},
    {"telegram", CHAT_POST, 400, "{\"ok\":false,\"description\":\"Bad Request: text is too long\"}",
     CHAT_UNFIT},
    {"telegram", CHAT_POST, 403, "{\"ok\":false,\"description\":\"Forbidden\"}", CHAT_REFUSED},
    {"telegram", CHAT_POST, 404, "{\"ok\":false}", CHAT_REFUSED},
    {"telegram", CHAT_POST, 429, "{\"ok\":false,\"parameters\":{\"retry_after\":7}}", CHAT_LATER},
    {"discord", CHAT_POST, 200, "{\"id\":\"1\"}", CHAT_DONE},
    {"discord", CHAT_POST, 200, "{\"id\":\"../x\"}", CHAT_LATER},
    {"discord", CHAT_POST, 204, "", CHAT_LATER},
    {"discord", CHAT_THREAD, 400, "{\"code\":160004}", CHAT_DONE},
    {"discord", CHAT_EDIT, 404, "{\"code\":10008}", CHAT_GONE},
    {"discord", CHAT_POST, 404, "{\"code\":10003}", CHAT_REFUSED},
    {"discord", CHAT_NOTE, 404, "{\"code\":10003}", CHAT_GONE},
    {"discord", CHAT_POST, 403, "{\"code\":50013}", CHAT_REFUSED},
    {"discord", CHAT_POST, 400, "{\"code\":50035}", CHAT_UNFIT},
    {"discord", CHAT_POST, 429, "{\"retry_after\":0.351}", CHAT_LATER},
    {"matrix", CHAT_POST, 200, "{\"event_id\":\"$1\"}", CHAT_DONE},
    {"matrix", CHAT_POST, 200, "", CHAT_LATER},
    {"matrix", CHAT_POST, 200, "{}", CHAT_LATER},
    {"matrix", CHAT_POST, 403, "{\"errcode\":\"M_FORBIDDEN\"}", CHAT_REFUSED},
    {"matrix", CHAT_POST, 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}", CHAT_REFUSED},
    {"matrix", CHAT_POST, 413, "{\"errcode\":\"M_TOO_LARGE\"}", CHAT_UNFIT},
    {"matrix", CHAT_POST, 429, "{\"errcode\":\"M_LIMIT_EXCEEDED\"}", CHAT_LATER},
    {"matrix", CHAT_POST, 502, "", CHAT_LATER},
    {"teams", CHAT_POST, 202, "", CHAT_DONE},
    {"teams", CHAT_POST, 200, "1", CHAT_DONE},
    {"teams", CHAT_POST, 200, "Webhook message delivery failed with error: 429", CHAT_LATER},
    {"teams", CHAT_POST, 404, "{\"error\":{\"code\":\"WorkflowNotFound\"}}", CHAT_REFUSED},
    {"teams", CHAT_POST, 413, "", CHAT_UNFIT},
};

static void each_answer_means_what_its_service_says(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct chat_verdict verdict;
        struct result result = {.end = TRANSFER_ANSWERED,
                                .code = answers[i].code,
                                .body = span_of(answers[i].body),
                                .error = ""};
        chat_judge(chat_find(answers[i].service), answers[i].errand, &result, &world->settings,
                   &verdict);
        if (verdict.outcome != answers[i].outcome)
            fail_msg("%s %u %s: %d", answers[i].service, answers[i].code, answers[i].body,
                     (int)verdict.outcome);
        assert_true((verdict.outcome == CHAT_DONE) == (verdict.error[0] == '\0'));
    }
}

static void a_transfer_that_broke_is_tried_again_and_one_that_cannot_be_made_is_not(void **state)
{
    struct world *world = *state;
    struct chat_verdict verdict;
    struct result result = {.end = TRANSFER_UNCERTAIN, .error = "no answer", .retry_after_s = 7};
    chat_judge(chat_find("slack"), CHAT_POST, &result, &world->settings, &verdict);
    assert_int_equal(verdict.outcome, CHAT_LATER);
    assert_int_equal(verdict.retry_after_ms, 7000);
    result.end = TRANSFER_UNTRUSTED;
    chat_judge(chat_find("slack"), CHAT_POST, &result, &world->settings, &verdict);
    assert_int_equal(verdict.outcome, CHAT_REFUSED);
}

static void a_service_says_how_long_to_wait_in_its_own_way(void **state)
{
    static const struct {
        const char *service;
        const char *body;
        msec wait_ms;
    } rows[] = {
        {"slack", "{\"ok\":false,\"error\":\"ratelimited\"}", 3000},
        {"telegram", "{\"ok\":false,\"parameters\":{\"retry_after\":7}}", 7000},
        {"telegram", "{\"ok\":false,\"parameters\":{\"retry_after\":-7}}", 0},
        {"discord", "{\"retry_after\":0.351,\"global\":false}", 352},
        {"discord", "{\"retry_after\":1e300}", 3000},
        {"matrix", "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":600}", 3000},
        {"mattermost", "limit exceeded", 3000},
        {"teams", "", 3000},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct chat_verdict verdict;
        struct result result = {.end = TRANSFER_ANSWERED,
                                .code = 429,
                                .body = span_of(rows[i].body),
                                .error = "",
                                .retry_after_s = 3};
        chat_judge(chat_find(rows[i].service), CHAT_POST, &result, &world->settings, &verdict);
        assert_int_equal(verdict.outcome, CHAT_LATER);
        assert_int_equal(verdict.retry_after_ms, rows[i].wait_ms);
    }
}

static const char *body_of(struct world *world, const char *service, enum chat_errand errand,
                           struct chat_post *post, struct request *request)
{
    bool is_made = chat_find(service)->render(errand, post, &world->settings, world->arena, request,
                                              &world->fault);
    assert_true(is_made);
    return arena_copy_span(world->arena, request->body);
}

static void slack_takes_no_mention_from_an_alert(void **state)
{
    struct world *world = *state;
    struct chat_post post;
    struct request request;
    world->letter.summary = "<!channel> & <@U0123> <http://evil.example|x>";
    chat_compose(&world->letter, CHAT_CALLING, NULL, world->arena, &post);
    post.room = "C0123";
    const char *body = body_of(world, "slack", CHAT_POST, &post, &request);
    assert_null(strstr(body, "<!"));
    assert_null(strstr(body, "<@"));
    assert_null(strstr(body, "<http://evil"));
    assert_non_null(strstr(body, "&lt;!channel&gt; &amp;"));
    assert_string_equal(request.url, "https://slack.com/api/chat.postMessage");
    assert_null(strstr(request.url, world->settings.token));
}

/* A press as Slack signs it, at a time. */
static struct callback slack_signed(struct world *world, const char *payload, msec at,
                                    const char *secret)
{
    unsigned char code[HASH_SIZE];
    struct callback callback = {
        .what = "button", .method = "POST", .body = span_of(payload), .now_at = OPENED_AT};
    CLEANUP(text_clear) struct text text = {0};
    callback.timestamp = arena_format(world->arena, "%lld", (long long)(at / SECOND_MS));
    text_addf(&text, "v0:%s:%s", callback.timestamp, payload);
    hmac_sha256(span_of(secret), text_span(&text), code);
    text_reset(&text);
    text_add(&text, "v0=");
    for (size_t i = 0; i < sizeof code; i++)
        text_addf(&text, "%02x", code[i]);
    callback.signature = arena_copy(world->arena, text_string(&text));
    callback.names[0] = "payload";
    callback.values[0] = payload;
    callback.field_count = 1;
    return callback;
}

static struct callback slack_callback(struct world *world, const char *payload, msec at)
{
    return slack_signed(world, payload, at, SECRET);
}

static bool receive(struct world *world, const struct callback *callback, struct news *news)
{
    *news = (struct news){0};
    return channel_find("slack", NULL)
        ->receive(callback, &world->settings, world->arena, news, &world->fault);
}

static void a_press_of_slack_is_believed_only_signed_and_fresh(void **state)
{
    struct world *world = *state;
    struct news news;
    struct callback callback = slack_callback(world, PRESS, OPENED_AT);
    assert_true(receive(world, &callback, &news));
    assert_int_equal(news.kind, NEWS_BUTTON);
    assert_string_equal(news.from, "U0ANN");
    assert_string_equal(news.room, "C0123");
    assert_string_equal(news.reference, "17.000001");
    assert_string_equal(news.action, "ack");
    assert_int_equal(news.incident, 412);

    callback = slack_callback(world, PRESS, OPENED_AT - 301 * SECOND_MS);
    assert_false(receive(world, &callback, &news));
    assert_int_equal(world->fault.kind, FAULT_DENIED);
    callback = slack_callback(world, PRESS, OPENED_AT);
    callback.signature = NULL;
    assert_false(receive(world, &callback, &news));
    callback = slack_callback(world, PRESS, OPENED_AT);
    world->settings.secret = "another";
    assert_false(receive(world, &callback, &news));
    world->settings.secret = "";
    callback = slack_signed(world, PRESS, OPENED_AT, "");
    assert_false(receive(world, &callback, &news)); /* what everybody could sign */
    assert_int_equal(world->fault.kind, FAULT_DENIED);
}

static void a_press_of_slack_that_is_no_press_does_nothing(void **state)
{
    static const char *const others[] = {
        ("{\"type\":\"view_submission\",\"user\":{\"id\":\"U0ANN\"},\"container\":{\"message_ts\":"
         "\"17.000001\",\"channel_id\":\"C0123\"},\"actions\":[{\"value\":\"412.ack\"}]}"),
        "{\"type\":\"block_actions\",\"actions\":[{\"value\":\"412\"}]}",
        "{\"type\":\"block_actions\"}",
    };
    struct world *world = *state;
    struct news news;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct callback callback = slack_callback(world, others[i], OPENED_AT);
        assert_true(receive(world, &callback, &news));
        assert_int_equal(news.kind, NEWS_NOTHING);
    }
    struct callback callback = slack_callback(world, PRESS, OPENED_AT + 301 * SECOND_MS);
    assert_false(receive(world, &callback, &news));
    callback = slack_callback(world, PRESS, OPENED_AT + 300 * SECOND_MS);
    assert_true(receive(world, &callback, &news));
    callback.timestamp = NULL;
    assert_false(receive(world, &callback, &news));
    callback = slack_callback(world, PRESS, OPENED_AT);
    callback.timestamp = arena_format(world->arena, "%s0", callback.timestamp);
    assert_false(receive(world, &callback, &news));
}

static bool takes(struct world *world, const char *service, const struct callback *callback,
                  struct news *news)
{
    *news = (struct news){0};
    world->fault = (struct fault){0};
    return channel_find(service, NULL)
        ->receive(callback, &world->settings, world->arena, news, &world->fault);
}

static void expect_denied(struct world *world, const char *service, const struct callback *callback)
{
    struct news news;
    assert_false(takes(world, service, callback, &news));
    assert_int_equal(world->fault.kind, FAULT_DENIED);
    assert_int_equal(news.kind, NEWS_NOTHING);
}

/* Signed with the key of 32 nines, by a program of its own. */
#define DISCORD_KEY "fd1724385aa0c75b64fb78cd602fa1d991fdebf76b13c58ed702eac835e9f618"
#define DISCORD_PRESS(bot)                                                      \
    "{\"type\":3,\"channel_id\":\"77\",\"member\":{\"user\":{\"id\":\"42\"" bot \
    "}},\"message\":{\"id\":\"99\"},\"data\":{\"custom_id\":\"412.ack\"}}"

static void a_press_of_discord_is_believed_only_signed_fresh_and_of_a_person(void **state)
{
    static const char signature[] =
        "b3eac463ea59fd599a0fbbea667bdb646deae1640be0209beb078c50055ffdbc770"
        "f25312ce02b517429395fe0281f3420df0605102a8b407535789f0573eb0a";
    static const char old[] =
        "9611d4cbfcf73b891f4f2b750f654b044a7788d4e55f4b4f3b6f452f11c9e23b2f6558dca6"
        "e48a21b68f1e9e2a064ed9ba59af4d3ce9b8a21b414f6934042d0a";
    static const char of_bot[] =
        "a315b4d6d38f3d9ff9c69aa3952751038ffa0311bfeab771a83938909792ba4d96270bb6"
        "e1b76a238180fbb929b21311b2736dea2569cd855f95652e650aff06";
    struct world *world = *state;
    struct news news;
    struct callback good = {.what = "button",
                            .method = "POST",
                            .body = span_of(DISCORD_PRESS("")),
                            .now_at = OPENED_AT,
                            .timestamp = "1795312927",
                            .signature = signature};
    world->settings.key = DISCORD_KEY;
    assert_true(takes(world, "discord", &good, &news));
    assert_int_equal(news.kind, NEWS_BUTTON);
    assert_string_equal(news.from, "42");
    assert_string_equal(news.room, "77");
    assert_int_equal(news.incident, 412);

    struct callback callback = good;
    callback.signature = old;
    expect_denied(world, "discord", &callback);
    callback.timestamp = "1795312626"; /* 301 s ago, and rightly signed */
    expect_denied(world, "discord", &callback);
    callback = good;
    callback.timestamp = "1795312928";
    expect_denied(world, "discord", &callback);
    callback = good;
    callback.signature = NULL;
    expect_denied(world, "discord", &callback);
    callback = good;
    callback.body = span_of(DISCORD_PRESS(",\"bot\":true"));
    expect_denied(world, "discord", &callback);
    callback.signature = of_bot;
    assert_true(takes(world, "discord", &callback, &news));
    assert_int_equal(news.kind, NEWS_NOTHING);
    world->settings.key = NULL;
    expect_denied(world, "discord", &good);
    /* Discord tries wrong signatures on purpose, and wants 401 for them. */
    assert_int_equal(channel_find("discord", NULL)->refusal, 401);
}

static void a_word_of_telegram_is_believed_with_its_secret_fresh_and_of_a_person(void **state)
{
    static const struct {
        const char *body;
        enum news_kind kind;
    } rows[] = {
        {"{\"callback_query\":{\"id\":\"1\",\"from\":{\"id\":42},\"data\":\"412.ack\","
         "\"message\":{\"message_id\":9,\"chat\":{\"id\":-77}}}}",
         NEWS_BUTTON},
        {"{\"callback_query\":{\"id\":\"1\",\"from\":{\"id\":42,\"is_bot\":true},\"data\":\"412."
         "ack\"}}",
         NEWS_NOTHING},
        {"{\"callback_query\":{\"id\":\"1\",\"from\":{\"id\":42},\"data\":\"ack\"}}", NEWS_NOTHING},
        {"{\"message\":{\"from\":{\"id\":42},\"chat\":{\"id\":-77},\"date\":1795312927,"
         "\"text\":\"/ack@ops_pager_bot 412\"}}",
         NEWS_COMMAND},
        {"{\"message\":{\"from\":{\"id\":42,\"is_bot\":true},\"chat\":{\"id\":-77},"
         "\"date\":1795312927,\"text\":\"/ack 412\"}}",
         NEWS_NOTHING},
        {"{\"message\":{\"from\":{\"id\":42},\"chat\":{\"id\":-77},\"date\":1795312626,"
         "\"text\":\"/ack 412\"}}",
         NEWS_NOTHING},
        {"{\"message\":{\"from\":{\"id\":42},\"chat\":{\"id\":-77},\"date\":1795312927,"
         "\"text\":\"ack 412\"}}",
         NEWS_NOTHING},
    };
    struct world *world = *state;
    struct news news;
    struct callback callback = {
        .what = "button", .method = "POST", .now_at = OPENED_AT, .signature = SECRET};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        callback.body = span_of(rows[i].body);
        assert_true(takes(world, "telegram", &callback, &news));
        assert_int_equal(news.kind, rows[i].kind);
        if (news.kind == NEWS_COMMAND)
            assert_string_equal(news.text, "ack 412");
    }
    callback.body = span_of(rows[0].body);
    callback.signature = "another";
    expect_denied(world, "telegram", &callback);
    callback.signature = NULL;
    expect_denied(world, "telegram", &callback);
    world->settings.secret = "";
    callback.signature = "";
    expect_denied(world, "telegram", &callback);
}

static void what_mattermost_passes_on_has_our_code_or_its_token(void **state)
{
    struct world *world = *state;
    struct news news;
    unsigned char hash[HASH_SIZE];
    CLEANUP(text_clear) struct text code = {0};
    hmac_sha256(span_of(world->settings.token), SPAN("mattermost\n412.ack\nroom"), hash);
    for (size_t i = 0; i < sizeof hash; i++)
        text_addf(&code, "%02x", hash[i]);
    static const char press[] = "{\"user_id\":\"ann\",\"channel_id\":\"%s\",\"post_id\":\"p\","
                                "\"context\":{\"press\":\"%s\",\"code\":\"%s\"}}";
    struct callback callback = {.what = "button", .method = "POST", .now_at = OPENED_AT};
    callback.body =
        span_of(arena_format(world->arena, press, "room", "412.ack", text_string(&code)));
    assert_true(takes(world, "mattermost", &callback, &news));
    assert_int_equal(news.kind, NEWS_BUTTON);
    callback.body =
        span_of(arena_format(world->arena, press, "other", "412.ack", text_string(&code)));
    expect_denied(world, "mattermost", &callback);
    callback.body =
        span_of(arena_format(world->arena, press, "room", "413.ack", text_string(&code)));
    expect_denied(world, "mattermost", &callback);
    callback.body = SPAN("{\"channel_id\":\"room\",\"context\":{\"press\":\"412.ack\"}}");
    expect_denied(world, "mattermost", &callback);

    callback = (struct callback){.what = "button",
                                 .method = "POST",
                                 .names = {"command", "token", "text"},
                                 .values = {"/pagerd", SECRET, "ack 412"},
                                 .field_count = 3};
    assert_true(takes(world, "mattermost", &callback, &news));
    assert_int_equal(news.kind, NEWS_COMMAND);
    callback.values[1] = "another";
    expect_denied(world, "mattermost", &callback);
    world->settings.secret = "";
    callback.values[1] = "";
    expect_denied(world, "mattermost", &callback);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_mood_has_its_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_private_team_shows_a_number_and_no_link, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(each_answer_means_what_its_service_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_transfer_that_broke_is_tried_again_and_one_that_cannot_be_made_is_not, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(a_service_says_how_long_to_wait_in_its_own_way, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(slack_takes_no_mention_from_an_alert, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_press_of_slack_is_believed_only_signed_and_fresh, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_press_of_slack_that_is_no_press_does_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_press_of_discord_is_believed_only_signed_fresh_and_of_a_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_word_of_telegram_is_believed_with_its_secret_fresh_and_of_a_person, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(what_mattermost_passes_on_has_our_code_or_its_token, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
