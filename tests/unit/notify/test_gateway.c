/* SPDX-License-Identifier: MIT */
/* SMS gateways, the inbox and the judgement of every channel's answers. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"

struct world {
    struct arena *arena;
    struct letter letter;
    struct channel_settings settings;
    struct request request;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->letter = sample_letter(NULL);
    world->settings.url = "https://sms.example.org/send";
    world->settings.user = "pager";
    world->settings.password = "smspw-secret";
    world->settings.from = "+15550100";
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

static bool render(struct world *world, const char *driver)
{
    return channel_find("sms", driver)
        ->render(&world->letter, &world->settings, world->arena, &world->request, &world->fault);
}

static bool has_header(const struct request *request, const char *header)
{
    bool is_found = false;
    for (size_t i = 0; i < request->header_count; i++)
        is_found = is_found || strcmp(request->headers[i], header) == 0;
    return is_found;
}

static void every_row_of_the_table_is_whole(void **state)
{
    (void)state;
    size_t cursor = 0;
    const struct channel *channel;
    while ((channel = channel_each(&cursor)) != NULL) {
        assert_non_null(channel->channel);
        assert_true((channel->render == NULL) == (channel->chat != NULL));
        assert_true((channel->judge == NULL) == (channel->chat != NULL));
        assert_non_null(channel->check);
        assert_ptr_equal(channel_find(channel->channel, channel->driver), channel);
        assert_true((channel->poll == NULL) == (channel->judge_poll == NULL));
        assert_true((channel->probe == NULL) == (channel->judge_probe == NULL));
    }
    assert_null(channel_find("sms", NULL));
    assert_null(channel_find("sms", "pigeon"));
    assert_null(channel_find("pigeon", NULL));
}

static void kannel_gets_the_text_as_body_and_its_password_in_no_url(void **state)
{
    struct world *world = *state;
    world->settings.url = "http://127.0.0.1:13013";
    assert_true(render(world, "kannel"));
    assert_int_equal(world->request.kind, REQUEST_HTTP);
    assert_string_equal(world->request.url, "http://127.0.0.1:13013/cgi-bin/sendsms");
    assert_string_equal(world->request.method, "POST");
    assert_true(has_header(&world->request, "Content-Type: text/plain; charset=UTF-8"));
    assert_true(has_header(&world->request, "X-Kannel-Username: pager"));
    assert_true(has_header(&world->request, "X-Kannel-Password: smspw-secret"));
    assert_true(has_header(&world->request, "X-Kannel-To: +4915550100001"));
    assert_true(has_header(&world->request, "X-Kannel-From: +15550100"));
    assert_true(span_is(world->request.body, world->request.text));
    assert_true(span_has_prefix(world->request.body, "CRIT #412 db1: disk /var 96% full."));
    world->settings.url = "http://127.0.0.1:13013/";
    assert_true(render(world, "kannel"));
    assert_string_equal(world->request.url, "http://127.0.0.1:13013/cgi-bin/sendsms");
    world->settings.url = "http://127.0.0.1:13013/sms";
    assert_true(render(world, "kannel"));
    assert_string_equal(world->request.url, "http://127.0.0.1:13013/sms");
}

static void a_phone_number_is_digits_whatever_people_write_between(void **state)
{
    static const char *const bad[] = {"",
                                      "12",
                                      "+",
                                      "+49 155 ann",
                                      "+49155\r\nX-Evil: 1",
                                      "+491555010000112345",
                                      "4915550100001 4915550100002"};
    struct world *world = *state;
    world->letter.address = "+49 (155) 501-00.001";
    assert_true(render(world, "kannel"));
    assert_true(has_header(&world->request, "X-Kannel-To: +4915550100001"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world->letter.address = bad[i];
        assert_false(render(world, "kannel"));
        assert_int_equal(world->fault.kind, FAULT_INPUT);
    }
}

static void settings_with_line_ends_are_refused(void **state)
{
    struct world *world = *state;
    world->settings.from = "a\r\nX-Evil: 1";
    assert_false(render(world, "kannel"));
    static const char *const headers[] = {"X-Key: 1\r\nX-Evil: 2"};
    world->settings.body = "$text";
    world->settings.headers = headers;
    world->settings.header_count = 1;
    assert_false(render(world, "http"));
    static const char *const from_header[] = {"X-From: $from"};
    world->settings.headers = from_header;
    assert_false(render(world, "http"));
    world->settings.header_count = 0;
    world->settings.url = "http://user:pw@sms.example.org/";
    assert_false(render(world, "http"));
    assert_null(strstr(world->fault.text, "pw@"));
}

static void a_json_body_is_still_json_whatever_the_summary(void **state)
{
    struct world *world = *state;
    world->settings.body =
        "{\"to\":[\"$to\"],\"text\":\"$text\",\"sender\":\"$from\",\"$tomato\":1}";
    world->letter.summary = "a \"quote\", a \\ and $to";
    assert_true(render(world, "http"));
    assert_true(has_header(&world->request, "Content-Type: application/json"));
    assert_string_equal(world->request.method, "POST");
    const struct json *json;
    struct fault fault = {0};
    assert_true(json_parse(world->arena, world->request.body, &json, &fault));
    assert_string_equal(json_string(json, "text"), world->request.text);
    assert_string_equal(json_string(json, "sender"), "+15550100");
    assert_string_equal(json_find(json, "to")->first->text, "+4915550100001");
    assert_non_null(json_find(json, "$tomato"));
    assert_non_null(strstr(world->request.text, "a \"quote\", a \\ and $to"));
}

static void a_form_an_xml_and_a_plain_body_have_their_own_escapes(void **state)
{
    static const struct {
        const char *type;
        const char *body;
        const char *sent;
    } rows[] = {
        {NULL, "to=$to&text=$text", "to=%2B4915550100001&text=CRIT%20%23412%20a%20%26%20%3Cb%3E."},
        {"Content-Type: text/xml", "<sms to=\"$to\">$text</sms>",
         "<sms to=\"+4915550100001\">CRIT #412 a &amp; &lt;b&gt;.</sms>"},
        {NULL, "<sms>$text</sms>", "<sms>CRIT #412 a &amp; &lt;b&gt;.</sms>"},
        {"content-type: text/plain", "$to $text", "+4915550100001 CRIT #412 a & <b>."},
        {"Content-Type:application/x-www-form-urlencoded", "text=$text",
         "text=CRIT%20%23412%20a%20%26%20%3Cb%3E."},
    };
    struct world *world = *state;
    world->letter.object = world->letter.team = NULL;
    world->letter.ack_link = NULL;
    world->letter.summary = "a & <b>";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->settings.headers = &rows[i].type;
        world->settings.header_count = rows[i].type != NULL ? 1 : 0;
        world->settings.body = rows[i].body;
        assert_true(render(world, "http"));
        if (!span_is(world->request.body, rows[i].sent))
            fail_msg("%s", world->request.body.bytes);
    }
}

static void without_a_body_the_query_carries_the_text(void **state)
{
    struct world *world = *state;
    world->letter.summary = "a&b=c";
    world->letter.object = NULL;
    world->settings.url = "https://sms.example.org/send?to=$to&t=$text&x=$textual";
    assert_true(render(world, "http"));
    assert_string_equal(world->request.method, "GET");
    assert_int_equal(world->request.body.size, 0);
    assert_non_null(
        strstr(world->request.url, "?to=%2B4915550100001&t=CRIT%20%23412%20a%26b%3Dc."));
    assert_non_null(strstr(world->request.url, "&x=$textual"));
    assert_string_equal(world->request.password, "smspw-secret");
    assert_null(strstr(world->request.url, "secret"));
    world->settings.url = "https://sms.example.org/send";
    assert_false(render(world, "http"));
    assert_string_equal(world->fault.text, "neither body nor url has $text in it");
}

static void the_inbox_keeps_the_text_and_needs_no_courier(void **state)
{
    struct world *world = *state;
    const struct channel *inbox = channel_find("inbox", NULL);
    assert_true(inbox->render(&world->letter, &world->settings, world->arena, &world->request,
                              &world->fault));
    assert_int_equal(world->request.kind, REQUEST_NONE);
    assert_string_equal(world->request.text,
                        "CRIT #412 db1: disk /var 96% full. ops 02:02. Ack: " ACK_LINK);
    struct verdict verdict = {0};
    inbox->judge(&(struct result){0}, &world->settings, &verdict);
    assert_int_equal(verdict.outcome, OUTCOME_DELIVERED);
}

struct judged {
    const char *channel;
    const char *driver;
    const char *expect;
    enum transfer_end end;
    unsigned code;
    const char *body;
    enum page_outcome outcome;
    const char *error;
};

#define KANNEL "sms", "kannel", NULL
#define HTTP(expect) "sms", "http", expect
#define EMAIL "email", NULL, NULL

static const struct judged verdicts[] = {
    {KANNEL, TRANSFER_ANSWERED, 202, "0: Accepted for delivery", OUTCOME_SENT, ""},
    {KANNEL, TRANSFER_ANSWERED, 202, "3: Queued for later delivery", OUTCOME_SENT, ""},
    {KANNEL, TRANSFER_ANSWERED, 200, "Sent.", OUTCOME_SENT, ""},
    {KANNEL, TRANSFER_ANSWERED, 202, "4: odd", OUTCOME_RETRY, "answered 202: 4: odd"},
    {KANNEL, TRANSFER_ANSWERED, 403, "Authorization failed for sendsms", OUTCOME_FAILED,
     "answered 403: Authorization failed for sendsms"},
    {KANNEL, TRANSFER_ANSWERED, 400, "Missing receiver number, rejected", OUTCOME_FAILED,
     "answered 400: Missing receiver number, rejected"},
    {KANNEL, TRANSFER_ANSWERED, 503, "Temporal failure, try again later.", OUTCOME_RETRY,
     "answered 503: Temporal failure, try again later."},
    {KANNEL, TRANSFER_ANSWERED, 302, "", OUTCOME_FAILED, "answered 302"},
    {KANNEL, TRANSFER_UNREACHED, 0, "", OUTCOME_RETRY, "why"},
    {KANNEL, TRANSFER_BROKEN, 0, "", OUTCOME_RETRY, "why"},
    {KANNEL, TRANSFER_UNCERTAIN, 0, "", OUTCOME_UNKNOWN, "why"},
    {KANNEL, TRANSFER_UNTRUSTED, 0, "", OUTCOME_FAILED, "why"},
    {KANNEL, TRANSFER_INVALID, 0, "", OUTCOME_FAILED, "why"},
    {HTTP(NULL), TRANSFER_ANSWERED, 201, "", OUTCOME_SENT, ""},
    {HTTP(NULL), TRANSFER_ANSWERED, 302, "", OUTCOME_FAILED, "answered 302"},
    {HTTP(NULL), TRANSFER_ANSWERED, 404, "no", OUTCOME_FAILED, "answered 404: no"},
    {HTTP(NULL), TRANSFER_ANSWERED, 408, "", OUTCOME_RETRY, "answered 408"},
    {HTTP(NULL), TRANSFER_ANSWERED, 429, "slow down", OUTCOME_RETRY, "answered 429: slow down"},
    {HTTP(NULL), TRANSFER_ANSWERED, 500, "", OUTCOME_RETRY, "answered 500"},
    {HTTP("200,202"), TRANSFER_ANSWERED, 202, "", OUTCOME_SENT, ""},
    {HTTP("200, 202"), TRANSFER_ANSWERED, 202, "", OUTCOME_SENT, ""},
    {HTTP("200,202"), TRANSFER_ANSWERED, 201, "", OUTCOME_RETRY, "answered 201"},
    {HTTP("2xx,409"), TRANSFER_ANSWERED, 409, "", OUTCOME_SENT, ""},
    {HTTP("\"status\":\"ok\""), TRANSFER_ANSWERED, 200, "{\"status\":\"ok\"}", OUTCOME_SENT, ""},
    {HTTP("\"status\":\"ok\""), TRANSFER_ANSWERED, 200, "no credit", OUTCOME_RETRY,
     "answered 200: no credit"},
    {HTTP("OK"), TRANSFER_ANSWERED, 500, "not OK", OUTCOME_RETRY, "answered 500: not OK"},
    {HTTP(NULL), TRANSFER_ANSWERED, 401, "bad password smspw-secret", OUTCOME_FAILED,
     "answered 401"},
    {HTTP(NULL), TRANSFER_ANSWERED, 400, "a\x1b[31m\nb", OUTCOME_FAILED, "answered 400: a[31m?b"},
    {HTTP(NULL), TRANSFER_UNCERTAIN, 0, "", OUTCOME_UNKNOWN, "why"},
    {EMAIL, TRANSFER_ANSWERED, 250, "", OUTCOME_SENT, ""},
    {EMAIL, TRANSFER_ANSWERED, 451, "", OUTCOME_RETRY, "answered 451"},
    {EMAIL, TRANSFER_ANSWERED, 452, "", OUTCOME_RETRY, "answered 452"},
    {EMAIL, TRANSFER_ANSWERED, 550, "550 5.1.1 no such user\r\n", OUTCOME_FAILED,
     "answered 550: 5.1.1 no such user"},
    {EMAIL, TRANSFER_ANSWERED, 554, "", OUTCOME_FAILED, "answered 554"},
    {EMAIL, TRANSFER_LOGIN, 535, "", OUTCOME_FAILED, "why"},
    {EMAIL, TRANSFER_UNTRUSTED, 250, "", OUTCOME_FAILED, "why"},
    {EMAIL, TRANSFER_UNTRUSTED, 220, "", OUTCOME_FAILED, "why"},
    {EMAIL, TRANSFER_BROKEN, 250, "", OUTCOME_RETRY, "why"},
    {EMAIL, TRANSFER_UNREACHED, 0, "", OUTCOME_RETRY, "why"},
    {EMAIL, TRANSFER_UNCERTAIN, 354, "", OUTCOME_UNKNOWN, "why"},
};

static void every_answer_has_its_class(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        const struct judged *row = &verdicts[i];
        bool is_settled = row->end != TRANSFER_ANSWERED;
        struct result result = {.end = row->end,
                                .code = row->code,
                                .body = span_of(row->body),
                                .error = is_settled ? "why" : ""};
        world->settings.expect = row->expect;
        struct verdict verdict = {0};
        channel_find(row->channel, row->driver)->judge(&result, &world->settings, &verdict);
        if (verdict.outcome != row->outcome || strcmp(verdict.error, row->error) != 0)
            fail_msg("row %zu: outcome %d, \"%s\"", i, (int)verdict.outcome, verdict.error);
    }
}

static void a_key_of_a_header_or_body_is_not_repeated_in_an_error(void **state)
{
    struct world *world = *state;
    static const char *const headers[] = {"Authorization: App 0123456789abcdef"};
    struct result result = {.end = TRANSFER_ANSWERED, .code = 400, .error = ""};
    world->settings.headers = headers;
    world->settings.header_count = 1;
    world->settings.body = "{\"key\":\"zyxwvutsrq\",\"text\":\"$text\"}";
    struct verdict verdict = {0};
    const struct channel *http = channel_find("sms", "http");
    result.body = span_of("you sent 0123456789abcdef");
    http->judge(&result, &world->settings, &verdict);
    assert_string_equal(verdict.error, "answered 400");
    result.body = span_of("bad key zyxwvutsrq");
    http->judge(&result, &world->settings, &verdict);
    assert_string_equal(verdict.error, "answered 400");
    result.body = span_of("bad number");
    http->judge(&result, &world->settings, &verdict);
    assert_string_equal(verdict.error, "answered 400: bad number");
}

static void a_calendar_is_fetched_without_its_user_in_the_url(void **state)
{
    struct world *world = *state;
    struct fetch_order order = {.url = "webcal://ann:p%40ss@cal.example.org/a@b.ics",
                                .etag = "\"x\""};
    assert_true(request_fetch(&order, world->arena, &world->request, &world->fault));
    assert_string_equal(world->request.url, "https://cal.example.org/a@b.ics");
    assert_string_equal(world->request.user, "ann");
    assert_string_equal(world->request.password, "p@ss");
    assert_string_equal(world->request.etag, "\"x\"");
    order = (struct fetch_order){.url = "http://[::1]:80/x.ics"};
    assert_true(request_fetch(&order, world->arena, &world->request, &world->fault));
    assert_null(world->request.user);
    static const char *const bad[] = {"file:///etc/passwd", "ftp://x/y", "/etc/cal.ics",
                                      "https://x/\r\nX: 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        order.url = bad[i];
        assert_false(request_fetch(&order, world->arena, &world->request, &world->fault));
    }
}

static void what_is_asked_of_one_address_alone_is_asked_soon(void **state)
{
    struct world *world = *state;
    struct fetch_order order = {
        .url = "https://sns.eu-central-1.amazonaws.com/a.pem", .accept = "*/*", .is_direct = true};
    assert_true(request_fetch(&order, world->arena, &world->request, &world->fault));
    assert_int_equal(world->request.kind, REQUEST_HTTP); /* which follows no redirect */
    assert_string_equal(world->request.method, "GET");
    assert_true(2 * world->request.total_ms < 15 * SECOND_MS);
}

static void a_calendars_user_and_password_are_never_in_its_url(void **state)
{
    struct world *world = *state;
    struct fetch_order order = {.url = "https://old:one@cal.example.org/rota/",
                                .method = "REPORT",
                                .depth = "0",
                                .type = "application/xml",
                                .body = SPAN("<x/>"),
                                .match = "\"7\"",
                                .user = "oncall",
                                .password = "s3cret"};
    assert_true(request_fetch(&order, world->arena, &world->request, &world->fault));
    assert_string_equal(world->request.url, "https://cal.example.org/rota/");
    assert_string_equal(world->request.user, "oncall");
    assert_string_equal(world->request.password, "s3cret");
    assert_string_equal(world->request.method, "REPORT");
    assert_int_equal(world->request.header_count, 4);
    assert_string_equal(world->request.headers[1], "Depth: 0");
    assert_string_equal(world->request.headers[3], "If-Match: \"7\"");
    for (size_t i = 0; i < world->request.header_count; i++)
        assert_null(strstr(world->request.headers[i], "s3cret"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_asked_of_one_address_alone_is_asked_soon),
        TEST(a_calendars_user_and_password_are_never_in_its_url),
        TEST(every_row_of_the_table_is_whole),
        TEST(kannel_gets_the_text_as_body_and_its_password_in_no_url),
        TEST(a_phone_number_is_digits_whatever_people_write_between),
        TEST(settings_with_line_ends_are_refused),
        TEST(a_json_body_is_still_json_whatever_the_summary),
        TEST(a_form_an_xml_and_a_plain_body_have_their_own_escapes),
        TEST(without_a_body_the_query_carries_the_text),
        TEST(the_inbox_keeps_the_text_and_needs_no_courier),
        TEST(every_answer_has_its_class),
        TEST(a_key_of_a_header_or_body_is_not_repeated_in_an_error),
        TEST(a_calendar_is_fetched_without_its_user_in_the_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
