/* SPDX-License-Identifier: MIT */
/* Text messages by providers: what is sent, and what their receipts and replies mean. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/sign.h"
#include "base/text.h"
#include "notify/phone.h"

#define ACCOUNT "AC0123456789abcdef0123456789abcdef"
#define CALLBACK "https://p.example.org/v1/callbacks/sms.1/%s/1.1.00ff"
#define STATUS_URL "https://p.example.org/v1/callbacks/sms.1/status/1.1.00ff"
#define NOW_AT ((msec)1795312927000)

struct world {
    struct arena *arena;
    struct letter letter;
    struct channel_settings settings;
    struct callback callback;
    struct request request;
    struct verdict verdict;
    struct news news;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->letter = sample_letter(NULL);
    world->letter.callback = CALLBACK;
    world->settings = (struct channel_settings){.account = ACCOUNT,
                                                .token = "token-secret",
                                                .secret = "signature-secret",
                                                .from = "+15550100",
                                                .url = "http://127.0.0.1:13013",
                                                .user = NULL};
    world->callback =
        (struct callback){.what = "status", .method = "POST", .url = STATUS_URL, .now_at = NOW_AT};
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

static bool receive(struct world *world, const char *driver)
{
    world->news = (struct news){.kind = NEWS_NOTHING};
    return channel_find("sms", driver)
        ->receive(&world->callback, &world->settings, world->arena, &world->news, &world->fault);
}

static void judge(struct world *world, const char *driver, uint32_t code, const char *body)
{
    struct result result = {.end = TRANSFER_ANSWERED, .code = code, .body = span_of(body)};
    world->verdict = (struct verdict){0};
    channel_find("sms", driver)->judge(&result, &world->settings, &world->verdict);
}

static bool has_part_of(struct world *world, const char *part)
{
    return memmem(world->request.body.bytes, world->request.body.size, part, strlen(part)) != NULL;
}

static bool has_header(const struct world *world, const char *header)
{
    for (size_t i = 0; i < world->request.header_count; i++)
        if (strcmp(world->request.headers[i], header) == 0)
            return true;
    return false;
}

/* ValidityPeriod: until the next person is called, between one minute and ten. */
static void twilio_gets_a_message_that_does_not_outlive_its_use(void **state)
{
    struct world *world = *state;
    static const struct {
        int next_s;
        const char *part;
    } rows[] = {{0, "ValidityPeriod=600&"},
                {180, "ValidityPeriod=180&"},
                {5, "ValidityPeriod=60&"},
                {7200, "ValidityPeriod=600&"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->letter.next = "Bob";
        world->letter.next_at =
            rows[i].next_s == 0 ? 0 : world->letter.now_at + rows[i].next_s * SECOND_MS;
        assert_true(render(world, "twilio"));
        assert_true(has_part_of(world, rows[i].part));
    }
    assert_true(has_part_of(world, "To=%2B4915550100001&From=%2B15550100&Body=CRIT%20%23412"));
    assert_true(has_part_of(world, "&StatusCallback=https%3A%2F%2Fp.example.org%2Fv1%2Fcallbacks%2F"
                                   "sms.1%2Fstatus%2F1.1.00ff"));
    assert_null(strstr(world->request.url, "token-secret"));
    assert_false(has_part_of(world, "token-secret"));
    world->settings.from = "MG0123456789abcdef0123456789abcdef";
    world->letter.callback = NULL;
    assert_true(render(world, "twilio"));
    assert_true(has_part_of(world, "&MessagingServiceSid=MG0123456789abcdef0123456789abcdef&"));
    assert_false(has_part_of(world, "From="));
    assert_false(has_part_of(world, "StatusCallback"));
    world->settings.from = NULL;
    assert_false(render(world, "twilio"));
}

static void a_text_has_nothing_in_it_that_does_not_work_there(void **state)
{
    struct world *world = *state;
    world->letter.keys = LETTER_KEYS_ALL;
    assert_true(render(world, "twilio"));
    assert_non_null(strstr(world->request.text, "https://"));
    world->letter.address = "+91 98765 43210";
    assert_true(render(world, "twilio"));
    assert_non_null(strstr(world->request.text, "https://"));
    assert_null(strstr(world->request.text, "Reply"));
    world->letter.address = "+86 138 0013 8000";
    assert_true(render(world, "twilio"));
    assert_null(strstr(world->request.text, "http"));
    assert_null(strstr(world->request.text, "Reply"));
    world->letter.address = "+4915550100001";
    world->letter.is_without_links = true;
    world->letter.runbook = "https://wiki.example.org/r";
    assert_true(render(world, "twilio"));
    assert_null(strstr(world->request.text, "http"));
}

static void a_number_that_cannot_answer_is_warned_of(void **state)
{
    struct world *world = *state;
    static const char *const some[] = {"+8613800138000", "+91 98",  "+84-12345",
                                       "+502 123",       "+506123", "+507123"};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_non_null(phone_warning(some[i], world->arena));
    assert_null(phone_warning("+4915550100001", world->arena));
    assert_null(phone_warning("+5015550100", world->arena));
    assert_null(phone_warning("nonsense", world->arena));
    assert_non_null(strstr(phone_warning("+8613800138000", world->arena), "nor may they hold"));
}

static void sign_twilio(struct world *world, const char *body)
{
    /* Only forms whose fields are sorted and need no escapes. */
    CLEANUP(text_clear) struct text message = {0};
    CLEANUP(text_clear) struct text signature = {0};
    unsigned char code[SHA1_SIZE];
    text_add(&message, world->callback.url);
    for (const char *at = body; *at != '\0'; at++)
        if (*at != '&' && *at != '=')
            text_add_char(&message, *at);
    hmac_sha1(span_of(world->settings.token), text_span(&message), code);
    base64_add(&signature, (struct span){(const char *)code, sizeof code});
    world->callback.body = span_of(body);
    world->callback.signature = arena_copy(world->arena, text_string(&signature));
}

static void twilio_tells_what_became_of_it(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *body;
        enum page_outcome outcome;
        bool is_provider_fault;
        bool is_link_refused;
    } rows[] = {
        {"MessageSid=SM1&MessageStatus=sent", OUTCOME_SENT, false, false},
        {"MessageSid=SM1&MessageStatus=delivered", OUTCOME_DELIVERED, false, false},
        {"ErrorCode=30003&MessageSid=SM1&MessageStatus=undelivered", OUTCOME_FAILED, false, false},
        {"ErrorCode=30007&MessageSid=SM1&MessageStatus=undelivered", OUTCOME_FAILED, false, true},
        {"ErrorCode=30002&MessageSid=SM1&MessageStatus=failed", OUTCOME_FAILED, true, false},
        {"ErrorCode=30001&MessageSid=SM1&MessageStatus=failed", OUTCOME_RETRY, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sign_twilio(world, rows[i].body);
        assert_true(receive(world, "twilio"));
        assert_int_equal(world->news.kind, NEWS_RECEIPT);
        assert_int_equal(world->news.outcome, rows[i].outcome);
        assert_int_equal(world->news.is_provider_fault, rows[i].is_provider_fault);
        assert_int_equal(world->news.is_link_refused, rows[i].is_link_refused);
        assert_string_equal(world->news.reference, "SM1");
    }
    sign_twilio(world, "MessageSid=SM1");
    assert_false(receive(world, "twilio"));
    assert_int_equal(world->fault.kind, FAULT_INPUT);
    sign_twilio(world, rows[1].body);
    world->callback.url = "https://p.example.org/v1/callbacks/sms.1/status/1.2.00ff";
    assert_false(receive(world, "twilio"));
    assert_int_equal(world->fault.kind, FAULT_DENIED);
}

static void twilio_passes_on_what_somebody_wrote(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text body = {0};
    world->callback.what = "reply";
    sign_twilio(world, "Body=4&From=1555&MessageSid=SM2");
    assert_true(receive(world, "twilio"));
    assert_int_equal(world->news.kind, NEWS_REPLY);
    assert_string_equal(world->news.from, "1555");
    assert_string_equal(world->news.text, "4");
    assert_string_equal(world->news.reference, "SM2");
    world->callback.signature = NULL;
    assert_false(receive(world, "twilio"));
    assert_int_equal(world->fault.kind, FAULT_DENIED);
    const struct channel *twilio = channel_find("sms", "twilio");
    assert_non_null(twilio->respond(&world->callback, "a<b & \"c\"", &body));
    assert_non_null(strstr(text_string(&body), "<Message>a&lt;b &amp; &quot;c&quot;</Message>"));
    text_reset(&body);
    assert_non_null(twilio->respond(&world->callback, "", &body));
    assert_null(strstr(text_string(&body), "Message"));
    world->callback.what = "status";
    text_reset(&body);
    assert_null(twilio->respond(&world->callback, "", &body));
}

static void twilio_is_asked_what_became_of_it(void **state)
{
    struct world *world = *state;
    const struct channel *twilio = channel_find("sms", "twilio");
    assert_true(
        twilio->poll("SM1/..", &world->settings, world->arena, &world->request, &world->fault));
    assert_non_null(strstr(world->request.url, "/Messages/SM1%2F...json"));
    assert_string_equal(world->request.method, "GET");
    static const struct {
        uint32_t code;
        const char *body;
        enum page_outcome outcome;
    } rows[] = {
        {200, "{\"status\":\"delivered\",\"error_code\":null}", OUTCOME_DELIVERED},
        {200, "{\"status\":\"undelivered\",\"error_code\":30003}", OUTCOME_FAILED},
        {200, "{\"status\":\"sent\"}", OUTCOME_SENT},
        {200, "garbage", OUTCOME_SENT},
        {503, "", OUTCOME_SENT},
        {404, "{\"code\":20404}", OUTCOME_SENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result = {
            .end = TRANSFER_ANSWERED, .code = rows[i].code, .body = span_of(rows[i].body)};
        twilio->judge_poll(&result, &world->settings, &world->verdict);
        assert_int_equal(world->verdict.outcome, rows[i].outcome);
    }
    judge(world, "twilio", 201, "{\"sid\":\"SM1\",\"status\":\"failed\",\"error_code\":30006}");
    assert_int_equal(world->verdict.outcome, OUTCOME_FAILED);
    assert_string_equal(world->verdict.reference, "SM1");
}

static void vonage_gets_its_secret_in_the_body_only(void **state)
{
    struct world *world = *state;
    assert_true(render(world, "vonage"));
    assert_string_equal(world->request.url, "https://rest.nexmo.com/sms/json");
    assert_true(has_part_of(world, "&to=4915550100001&from=15550100&text=CRIT%20%23412"));
    assert_true(has_part_of(world, "&ttl=600000&client-ref=1&callback=https%3A%2F%2F"));
    assert_true(has_part_of(world, "&status-report-req=1"));
    assert_true(has_part_of(world, "api_secret=token-secret&"));
    world->settings.secret = NULL;
    assert_false(render(world, "vonage"));
    assert_non_null(strstr(world->fault.text, "secret"));
}

static void vonage_answers_200_whatever_it_thinks(void **state)
{
    struct world *world = *state;
    static const struct {
        uint32_t code;
        const char *body;
        enum page_outcome outcome;
        bool is_provider_fault;
    } rows[] = {
        {200, "{\"messages\":[{\"status\":\"0\",\"message-id\":\"0A\"}]}", OUTCOME_SENT, false},
        {200, "{\"messages\":[{\"status\":\"1\"}]}", OUTCOME_RETRY, true},
        {200, "{\"messages\":[{\"status\":\"4\"}]}", OUTCOME_FAILED, true},
        {200, "{\"messages\":[{\"status\":\"6\"}]}", OUTCOME_FAILED, false},
        {200, "{\"messages\":[{\"status\":\"9\"}]}", OUTCOME_FAILED, true},
        {200, "{\"messages\":[{\"status\":\"77\"}]}", OUTCOME_FAILED, true},
        {200, "{\"messages\":[]}", OUTCOME_UNKNOWN, true},
        {200, "", OUTCOME_UNKNOWN, true},
        {429, "", OUTCOME_RETRY, true},
        {500, "", OUTCOME_RETRY, true},
        {401, "", OUTCOME_FAILED, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        judge(world, "vonage", rows[i].code, rows[i].body);
        assert_int_equal(world->verdict.outcome, rows[i].outcome);
        assert_int_equal(world->verdict.is_provider_fault, rows[i].is_provider_fault);
    }
    judge(world, "vonage", 200, rows[0].body);
    assert_string_equal(world->verdict.reference, "0A");
}

/* The signature as Vonage's own libraries make it: over "&name=value" sorted by name. */
static const char *vonage_sign(struct world *world, const char *message)
{
    unsigned char code[HASH_SIZE];
    CLEANUP(text_clear) struct text sig = {0};
    hmac_sha256(span_of(world->settings.secret), span_of(message), code);
    for (size_t i = 0; i < HASH_SIZE; i++)
        text_addf(&sig, "%02X", code[i]);
    return arena_copy(world->arena, text_string(&sig));
}

static void vonage_tells_what_became_of_it(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *status;
        const char *code;
        enum page_outcome outcome;
        bool is_link_refused;
    } rows[] = {
        {"accepted", "0", OUTCOME_SENT, false},       {"buffered", "0", OUTCOME_SENT, false},
        {"delivered", "0", OUTCOME_DELIVERED, false}, {"failed", "2", OUTCOME_FAILED, false},
        {"rejected", "6", OUTCOME_FAILED, true},      {"expired", "1", OUTCOME_FAILED, false},
        {"unknown", "", OUTCOME_FAILED, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *sig = vonage_sign(
            world, arena_format(world->arena, "&err-code=%s&messageId=0A&status=%s&timestamp=%d",
                                rows[i].code, rows[i].status, 1795312927));
        world->callback.body = span_of(
            arena_format(world->arena, "timestamp=%d&status=%s&err-code=%s&messageId=0A&sig=%s",
                         1795312927, rows[i].status, rows[i].code, sig));
        assert_true(receive(world, "vonage"));
        assert_int_equal(world->news.outcome, rows[i].outcome);
        assert_int_equal(world->news.is_link_refused, rows[i].is_link_refused);
        world->callback.body = span_of(
            arena_format(world->arena,
                         "{\"timestamp\":\"%d\",\"status\":\"%s\",\"err-code\":\"%s\",\"messageId\""
                         ":\"0A\",\"sig\":\"%s\"}",
                         1795312927, rows[i].status, rows[i].code, sig));
        assert_true(receive(world, "vonage"));
        assert_int_equal(world->news.outcome, rows[i].outcome);
    }
}

static void vonage_must_have_signed_and_lately(void **state)
{
    struct world *world = *state;
    world->callback.what = "reply";
    const char *sig =
        vonage_sign(world, "&messageId=0B&msisdn=1555&text=a_b_c&timestamp=1795312927");
    world->callback.body = span_of(
        arena_format(world->arena,
                     "msisdn=1555&text=a%%26b%%3Dc&messageId=0B&timestamp=1795312927&sig=%s", sig));
    assert_true(receive(world, "vonage"));
    assert_string_equal(world->news.from, "+1555");
    assert_string_equal(world->news.text, "a&b=c");
    static const msec shifts[] = {2 * HOUR_MS, -10 * MINUTE_MS};
    for (size_t i = 0; i < 2; i++) {
        world->callback.now_at = NOW_AT + shifts[i];
        assert_false(receive(world, "vonage"));
        assert_int_equal(world->fault.kind, FAULT_DENIED);
    }
    world->callback.now_at = NOW_AT;
    world->settings.secret = "another";
    assert_false(receive(world, "vonage"));
    world->settings.secret = "";
    sig = vonage_sign(world, "&messageId=0B&msisdn=1555&text=4&timestamp=1795312927");
    world->callback.body = span_of(arena_format(
        world->arena, "msisdn=1555&text=4&messageId=0B&timestamp=1795312927&sig=%s", sig));
    assert_false(receive(world, "vonage")); /* what everybody could sign */
    world->settings.secret = "signature-secret";
    static const char *const bad[] = {"msisdn=1555&text=4&timestamp=1795312927",
                                      "msisdn=1555&text=4&timestamp=1795312927&sig=00",
                                      "{\"a\":", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world->callback.body = span_of(bad[i]);
        assert_false(receive(world, "vonage"));
    }
}

static void vonage_needs_credit(void **state)
{
    struct world *world = *state;
    const struct channel *vonage = channel_find("sms", "vonage");
    static const struct {
        uint32_t code;
        const char *body;
        enum page_outcome outcome;
    } rows[] = {{200, "{\"value\":3.14,\"autoReload\":false}", OUTCOME_DELIVERED},
                {200, "{\"value\":0}", OUTCOME_FAILED},
                {200, "hello", OUTCOME_FAILED},
                {401, "{}", OUTCOME_FAILED}};
    assert_true(vonage->probe(&world->settings, world->arena, &world->request, &world->fault));
    assert_null(strstr(world->request.url, "token-secret"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result = {
            .end = TRANSFER_ANSWERED, .code = rows[i].code, .body = span_of(rows[i].body)};
        world->verdict = (struct verdict){0};
        vonage->judge_probe(&result, &world->settings, &world->verdict);
        assert_int_equal(world->verdict.outcome, rows[i].outcome);
    }
}

static void give_field(struct world *world, const char *name, const char *value)
{
    world->callback.names[world->callback.field_count] = name;
    world->callback.values[world->callback.field_count++] = value;
}

static void kannel_reports_in_any_order(void **state)
{
    struct world *world = *state;
    world->settings.user = "pager";
    world->settings.password = "smspw";
    assert_true(render(world, "kannel"));
    assert_true(has_header(world, "X-Kannel-DLR-Mask: 31"));
    assert_true(has_header(world, "X-Kannel-Validity: 10"));
    assert_true(has_header(world, "X-Kannel-DLR-Url: " STATUS_URL "?type=%d&answer=%A&smsc=%i"));
    static const struct {
        const char *type;
        enum page_outcome outcome;
        bool is_provider_fault;
    } rows[] = {{"1", OUTCOME_DELIVERED, false},
                {"2", OUTCOME_FAILED, false},
                {"4", OUTCOME_SENT, false},
                {"8", OUTCOME_SENT, false},
                {"16", OUTCOME_FAILED, true}};
    world->callback.method = "GET";
    give_field(world, "answer", "NACK/33");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->callback.field_count = 1;
        give_field(world, "type", rows[i].type);
        assert_true(receive(world, "kannel"));
        assert_int_equal(world->news.outcome, rows[i].outcome);
        assert_int_equal(world->news.is_provider_fault, rows[i].is_provider_fault);
        bool is_said = strstr(world->news.error, "NACK/33") != NULL;
        assert_int_equal(is_said, rows[i].outcome == OUTCOME_FAILED);
    }
    world->callback.field_count = 0;
    give_field(world, "type", "3");
    assert_false(receive(world, "kannel"));
    world->callback.field_count = 0;
    assert_false(receive(world, "kannel"));
}

static void kannel_passes_on_what_somebody_wrote(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text body = {0};
    world->callback.what = "reply";
    give_field(world, "from", "+4915100000001");
    give_field(world, "id", "24c4");
    world->callback.body = span_of(" 4 412\n");
    assert_true(receive(world, "kannel"));
    assert_int_equal(world->news.kind, NEWS_REPLY);
    assert_string_equal(world->news.from, "+4915100000001");
    assert_string_equal(world->news.text, "4 412");
    world->callback.body = (struct span){"\0004\000 \0044", 6}; /* UTF-16, as Kannel has it */
    assert_true(receive(world, "kannel"));
    assert_string_equal(world->news.text, "4 \xd0\xb4");
    const struct channel *kannel = channel_find("sms", "kannel");
    assert_non_null(kannel->respond(&world->callback, "ACKED #412", &body));
    assert_string_equal(text_string(&body), "ACKED #412");
    world->callback.what = "keys";
    assert_false(receive(world, "kannel"));
    world->callback.what = "reply";
    world->callback.field_count = 0;
    assert_false(receive(world, "kannel"));
}

static void a_gateways_receipt_is_read_as_configured(void **state)
{
    struct world *world = *state;
    world->settings.url = "https://sms.example.org/send?to=$to&text=$text&dlr=$callback";
    world->settings.delivered = "status=DELIVRD, delivered";
    world->settings.failed = "status=UNDELIV,REJECTD";
    world->settings.reply_from = "sender";
    world->settings.reply_text = "message";
    assert_true(render(world, "http"));
    assert_non_null(strstr(world->request.url, "&dlr=https%3A%2F%2Fp.example.org%2Fv1"));
    give_field(world, "status", "delivered");
    assert_true(receive(world, "http"));
    assert_int_equal(world->news.outcome, OUTCOME_DELIVERED);
    assert_int_equal(world->news.kind, NEWS_RECEIPT);
    world->callback.field_count = 0;
    world->callback.body = span_of("{\"status\":\"UNDELIV\"}");
    assert_true(receive(world, "http"));
    assert_int_equal(world->news.outcome, OUTCOME_FAILED);
    world->callback.body = span_of("{\"status\":\"ENROUTE\"}");
    assert_true(receive(world, "http"));
    assert_int_equal(world->news.kind, NEWS_NOTHING);
    world->callback.what = "reply";
    world->callback.body = span_of("{\"sender\":\"+1555\",\"message\":\"4\"}");
    assert_true(receive(world, "http"));
    assert_string_equal(world->news.from, "+1555");
    assert_string_equal(world->news.text, "4");
    world->callback.body = span_of("{}");
    assert_false(receive(world, "http"));
}

static void a_receipt_that_is_half_configured_is_said(void **state)
{
    struct world *world = *state;
    const struct channel *http = channel_find("sms", "http");
    world->settings.url = "https://sms.example.org/send?text=$text&dlr=$callback";
    assert_true(http->check(&world->settings, &world->fault));
    world->settings.secret = NULL;
    assert_false(http->check(&world->settings, &world->fault));
    world->settings.secret = "long";
    world->settings.delivered = "delivered";
    assert_false(http->check(&world->settings, &world->fault));
    world->settings.delivered = "status=1";
    world->settings.reply_from = "sender";
    assert_false(http->check(&world->settings, &world->fault));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(twilio_gets_a_message_that_does_not_outlive_its_use),
        TEST(a_text_has_nothing_in_it_that_does_not_work_there),
        TEST(a_number_that_cannot_answer_is_warned_of),
        TEST(twilio_tells_what_became_of_it),
        TEST(twilio_passes_on_what_somebody_wrote),
        TEST(twilio_is_asked_what_became_of_it),
        TEST(vonage_gets_its_secret_in_the_body_only),
        TEST(vonage_answers_200_whatever_it_thinks),
        TEST(vonage_tells_what_became_of_it),
        TEST(vonage_must_have_signed_and_lately),
        TEST(vonage_needs_credit),
        TEST(kannel_reports_in_any_order),
        TEST(kannel_passes_on_what_somebody_wrote),
        TEST(a_gateways_receipt_is_read_as_configured),
        TEST(a_receipt_that_is_half_configured_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
