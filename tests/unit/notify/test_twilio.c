/* SPDX-License-Identifier: MIT */
/* What all channels by Twilio share: requests, signatures, error codes. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/sign.h"
#include "notify/twilio.h"

#define ACCOUNT "AC0123456789abcdef0123456789abcdef"

struct world {
    struct arena *arena;
    struct channel_settings settings;
    struct callback callback;
    struct request request;
    struct verdict verdict;
    struct fault fault;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->settings.account = ACCOUNT;
    world->settings.token = "12345";
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

/* Request and signatures as in the tests of Twilio's own library for Python. */
static void told(struct world *world, const char *url, const char *signature)
{
    world->callback = (struct callback){
        .what = "keys",
        .method = "POST",
        .url = url,
        .body = span_of("To=%2B18005551212&From=%2B14158675309&CallSid=CA1234567890ABCDE&"
                        "Digits=1234&Caller=%2B14158675309"),
        .signature = signature,
    };
}

static bool is_verified(struct world *world)
{
    return twilio_verify(&world->callback, &world->settings, &world->fault);
}

static void a_callback_signed_by_the_token_is_taken(void **state)
{
    struct world *world = *state;
    told(world, "https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_true(is_verified(world));
    world->callback.body = span_of("CallSid=CA1234567890ABCDE&From=%2B12349013030&"
                                   "To=%2B18005551212&Caller=%2B12349013030&Digits=1234");
    world->callback.signature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
    assert_true(is_verified(world));
}

static void the_port_may_have_been_signed_or_not(void **state)
{
    struct world *world = *state;
    static const char without[] = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    told(world, "https://mycompany.com:443/myapp.php?foo=1&bar=2", without);
    assert_true(is_verified(world));
    told(world, "https://mycompany.com:8443/myapp.php?foo=1&bar=2", without);
    assert_true(is_verified(world));
    told(world, "https://mycompany.com/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w=");
    assert_true(is_verified(world));
}

/* What Twilio would send along for that address and these fields in their order. */
static const char *signature_of(struct world *world, const char *url, const char *fields)
{
    CLEANUP(text_clear) struct text message = {0};
    CLEANUP(text_clear) struct text signature = {0};
    unsigned char code[SHA1_SIZE];
    text_addf(&message, "%s%s", url, fields);
    hmac_sha1(span_of(world->settings.token), text_span(&message), code);
    base64_add(&signature, (struct span){(const char *)code, sizeof code});
    return arena_copy(world->arena, text_string(&signature));
}

static void a_port_is_left_out_and_put_in_where_it_belongs(void **state)
{
    static const char fields[] = "CallSidCA1234567890ABCDECaller+14158675309Digits1234"
                                 "From+14158675309To+18005551212";
    static const struct {
        const char *called;
        const char *is_signed;
        bool is_taken;
    } rows[] = {
        {"http://[2001:db8::1]:8080/a?b", "http://[2001:db8::1]/a?b", true},
        {"http://[2001:db8::1]/a?b", "http://[2001:db8::1]:80/a?b", true},
        {"http://p.example.org/a", "http://p.example.org:80/a", true},
        {"https://p.example.org/a", "https://p.example.org:443/a", true},
        {"https://p.example.org/a", "https://p.example.org:80/a", false},
        {"https://p.example.org/a", "http://p.example.org/a", false},
        {"https://p.example.org/a:1", "https://p.example.org/a", false},
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        told(world, rows[i].called, signature_of(world, rows[i].is_signed, fields));
        assert_int_equal(is_verified(world), rows[i].is_taken);
    }
}

static void a_field_that_comes_twice_counts_once(void **state)
{
    static const char url[] = "https://p.example.org/a";
    struct world *world = *state;
    told(world, url, signature_of(world, url, "A1A2B3"));
    world->callback.body = span_of("B=3&A=2&A=1&A=2");
    assert_true(is_verified(world));
    world->callback.signature = signature_of(world, url, "A1B3");
    assert_false(is_verified(world));
}

static void what_is_not_signed_by_it_is_refused(void **state)
{
    struct world *world = *state;
    static const char url[] = "https://mycompany.com/myapp.php?foo=1&bar=2";
    static const char signature[] = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    const char *const bad[] = {NULL, "", "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "RSOYDt4T1cUTdK1PDd93",
                               ACCOUNT};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        told(world, url, bad[i]);
        assert_false(is_verified(world));
        assert_int_equal(world->fault.kind, FAULT_DENIED);
        assert_int_equal(strstr(world->fault.text, "has no") != NULL, i < 2);
    }
    told(world, "https://mycompany.com/myapp.php?foo=1&bar=3", signature);
    assert_false(is_verified(world));
    told(world, url, signature);
    world->callback.body = span_of("To=%2B18005551212&From=%2B14158675309&CallSid=CA1234567890"
                                   "ABCDE&Digits=1235&Caller=%2B14158675309");
    assert_false(is_verified(world));
    told(world, url, signature);
    world->settings.token = "12346";
    assert_false(is_verified(world));
    world->settings.token = "";
    assert_false(is_verified(world));
}

static void the_secondary_token_is_as_good_while_they_are_exchanged(void **state)
{
    struct world *world = *state;
    told(world, "https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    world->settings.token = "new";
    world->settings.key = "12345";
    assert_true(is_verified(world));
}

static void a_field_that_is_not_signed_is_not_read(void **state)
{
    struct world *world = *state;
    told(world, "https://mycompany.com/myapp.php", "");
    world->callback.names[0] = "From";
    world->callback.values[0] = "+1999";
    world->callback.names[1] = "Body";
    world->callback.values[1] = "4";
    world->callback.field_count = 2;
    assert_string_equal(twilio_field(&world->callback, "From", world->arena), "+14158675309");
    assert_null(twilio_field(&world->callback, "Body", world->arena));
}

static void more_fields_than_fit_are_refused(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text form = {0};
    for (int i = 0; i <= CALLBACK_FIELDS_MAX; i++)
        text_addf(&form, "%sa%d=b", i > 0 ? "&" : "", i);
    told(world, "https://mycompany.com/", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    world->callback.body = text_span(&form);
    assert_false(is_verified(world));
    assert_int_equal(world->fault.kind, FAULT_INPUT);
}

static void the_secrets_are_in_no_url(void **state)
{
    struct world *world = *state;
    CLEANUP(text_clear) struct text form = {0};
    twilio_add_field(&form, "To", "+4915550100001");
    twilio_add_field(&form, "Body", "a&b=c");
    twilio_add_field(&form, "From", NULL);
    twilio_request(&world->settings, "Messages.json", text_span(&form), world->arena,
                   &world->request);
    assert_string_equal(world->request.url,
                        "https://api.twilio.com/2010-04-01/Accounts/" ACCOUNT "/Messages.json");
    assert_string_equal(world->request.method, "POST");
    assert_string_equal(world->request.user, ACCOUNT);
    assert_string_equal(world->request.password, "12345");
    assert_string_equal(text_string(&form), "To=%2B4915550100001&Body=a%26b%3Dc");
    world->settings.user = "SK1";
    world->settings.password = "api-secret";
    world->settings.server = "https://api.dublin.ie1.twilio.com/";
    twilio_request(&world->settings, "", (struct span){"", 0}, world->arena, &world->request);
    assert_string_equal(world->request.url,
                        "https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/" ACCOUNT ".json");
    assert_string_equal(world->request.method, "GET");
    assert_string_equal(world->request.user, "SK1");
    assert_string_equal(world->request.password, "api-secret");
}

static void settings_that_cannot_work_are_said(void **state)
{
    struct world *world = *state;
    assert_true(twilio_check(&world->settings, &world->fault));
    world->settings.account = "AC12";
    assert_false(twilio_check(&world->settings, &world->fault));
    world->settings.account = "SK0123456789abcdef0123456789abcdef";
    assert_false(twilio_check(&world->settings, &world->fault));
    world->settings.account = ACCOUNT;
    world->settings.token = NULL;
    assert_false(twilio_check(&world->settings, &world->fault));
    world->settings.token = "12345";
    world->settings.user = "SK1";
    assert_false(twilio_check(&world->settings, &world->fault));
}

static void judge(struct world *world, uint32_t code, const char *body)
{
    struct result result = {.end = TRANSFER_ANSWERED, .code = code, .body = span_of(body)};
    world->verdict = (struct verdict){0};
    twilio_judge(&result, &world->settings, &world->verdict);
}

static void an_answer_is_judged_by_its_code(void **state)
{
    struct world *world = *state;
    static const struct {
        uint32_t status;
        const char *body;
        enum page_outcome outcome;
        bool is_provider_fault;
    } rows[] = {
        {201, "{\"sid\":\"SM1\",\"status\":\"queued\"}", OUTCOME_SENT, false},
        {201, "", OUTCOME_UNKNOWN, true},
        {201, "{\"status\":\"queued\"}", OUTCOME_UNKNOWN, true},
        {200, "<html>captive portal</html>", OUTCOME_UNKNOWN, true},
        {302, "", OUTCOME_FAILED, true},
        {400, "{\"code\":21211,\"message\":\"no\",\"status\":400}", OUTCOME_FAILED, false},
        {400, "{\"code\":21610}", OUTCOME_FAILED, false},
        {400, "{\"code\":21408}", OUTCOME_FAILED, true},
        {400, "{\"code\":99999}", OUTCOME_FAILED, true},
        {400, "garbage", OUTCOME_FAILED, false},
        {401, "{\"code\":20003}", OUTCOME_FAILED, true},
        {429, "{\"code\":20429}", OUTCOME_RETRY, true},
        {429, "", OUTCOME_RETRY, true},
        {500, "{\"code\":20500}", OUTCOME_RETRY, true},
        {503, "{\"code\":21211}", OUTCOME_RETRY, true},
        {502, "<html>", OUTCOME_RETRY, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        judge(world, rows[i].status, rows[i].body);
        if (world->verdict.outcome != rows[i].outcome ||
            world->verdict.is_provider_fault != rows[i].is_provider_fault)
            print_error("row %zu: outcome %d\n", i, (int)world->verdict.outcome);
        assert_int_equal(world->verdict.outcome, rows[i].outcome);
        assert_int_equal(world->verdict.is_provider_fault, rows[i].is_provider_fault);
    }
    judge(world, 201, "{\"sid\":\"SM1\",\"status\":\"queued\"}");
    assert_string_equal(world->verdict.reference, "SM1");
    judge(world, 400, "{\"code\":21610}");
    assert_non_null(strstr(world->verdict.error, "START"));
}

static void every_code_of_the_table_is_found(void **state)
{
    struct world *world = *state;
    static const int codes[] = {10001, 20429, 21211, 21610, 21614, 30002, 30003, 30004, 30005,
                                30006, 30007, 30008, 30034, 30036, 30410, 30453, 30500, 32203};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct verdict verdict = {0};
        assert_true(twilio_judge_code(codes[i], &verdict));
        if (strchr(verdict.error, ':') == NULL)
            print_error("%d has no text\n", codes[i]);
        assert_non_null(strchr(verdict.error, ':'));
        assert_int_equal(verdict.is_link_refused, codes[i] == 30007);
    }
    assert_false(twilio_judge_code(0, &world->verdict));
}

static void a_state_of_a_message_is_an_outcome(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *status;
        int code;
        enum page_outcome outcome;
    } rows[] = {
        {"accepted", 0, OUTCOME_SENT},
        {"queued", 0, OUTCOME_SENT},
        {"sending", 0, OUTCOME_SENT},
        {"sent", 0, OUTCOME_SENT},
        {"delivered", 0, OUTCOME_DELIVERED},
        {"undelivered", 30003, OUTCOME_FAILED},
        {"undelivered", 0, OUTCOME_FAILED},
        {"failed", 30007, OUTCOME_FAILED},
        {"canceled", 0, OUTCOME_FAILED},
        {"a new word", 0, OUTCOME_SENT},
        {NULL, 0, OUTCOME_SENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world->verdict = (struct verdict){0};
        twilio_judge_message(rows[i].status, rows[i].code, &world->verdict);
        assert_int_equal(world->verdict.outcome, rows[i].outcome);
    }
}

static void a_probe_wants_an_active_account(void **state)
{
    struct world *world = *state;
    assert_true(twilio_probe(&world->settings, world->arena, &world->request, &world->fault));
    assert_string_equal(world->request.method, "GET");
    static const struct {
        uint32_t status;
        const char *body;
        enum page_outcome outcome;
    } rows[] = {
        {200, "{\"status\":\"active\"}", OUTCOME_DELIVERED},
        {200, "{\"status\":\"suspended\"}", OUTCOME_FAILED},
        {200, "hello", OUTCOME_FAILED},
        {401, "{\"code\":20003}", OUTCOME_FAILED},
        {503, "", OUTCOME_RETRY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result = {
            .end = TRANSFER_ANSWERED, .code = rows[i].status, .body = span_of(rows[i].body)};
        world->verdict = (struct verdict){0};
        twilio_judge_probe(&result, &world->settings, &world->verdict);
        assert_int_equal(world->verdict.outcome, rows[i].outcome);
        assert_int_equal(world->verdict.error[0] == '\0', i == 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_callback_signed_by_the_token_is_taken),
        TEST(the_port_may_have_been_signed_or_not),
        TEST(a_port_is_left_out_and_put_in_where_it_belongs),
        TEST(a_field_that_comes_twice_counts_once),
        TEST(what_is_not_signed_by_it_is_refused),
        TEST(the_secondary_token_is_as_good_while_they_are_exchanged),
        TEST(a_field_that_is_not_signed_is_not_read),
        TEST(more_fields_than_fit_are_refused),
        TEST(the_secrets_are_in_no_url),
        TEST(settings_that_cannot_work_are_said),
        TEST(an_answer_is_judged_by_its_code),
        TEST(every_code_of_the_table_is_found),
        TEST(a_state_of_a_message_is_an_outcome),
        TEST(a_probe_wants_an_active_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
