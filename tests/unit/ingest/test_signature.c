/* SPDX-License-Identifier: MIT */
/* Codes over bodies: vectors of the specifications, and everything that must not pass. */
#include "bench.h"

#include <string.h>

#include "ingest/signature.h"

#define GITHUB_CODE "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
#define STANDARD_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define STANDARD_CODE "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

/* NULL when it passes, else the fault's text. */
static const char *complaint(struct arena *arena, enum signature_kind kind, const char *secret,
                             const char *body, const struct ingest_header *headers, size_t count,
                             msec *signed_at)
{
    struct ingest_request request = {.arena = arena,
                                     .body = span_of(body),
                                     .integration = "k",
                                     .headers = headers,
                                     .header_count = count};
    struct fault fault = {0};
    if (signature_check(kind, secret, &request, signed_at, &fault))
        return NULL;
    assert_null(strstr(fault.text, secret));
    return arena_copy(arena, fault.text);
}

static const char *complaint_of(struct arena *arena, enum signature_kind kind, const char *secret,
                                const char *body, const char *name, const char *value)
{
    struct ingest_header header = {name, value};
    msec signed_at = 0;
    return complaint(arena, kind, secret, body, &header, value ? 1 : 0, &signed_at);
}

/* The vector of https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
 */
static void githubs_own_vector_passes_and_nothing_near_it(void **state)
{
    struct arena *arena = *state;
    static const char secret[] = "It's a Secret to Everybody";
    static const char header[] = "x-hub-signature-256";
    static const char *const wrong[] = {
        "",
        "sha256=",
        GITHUB_CODE,
        "sha1=" GITHUB_CODE,
        "sha256=" GITHUB_CODE "00",
        "sha256=0",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1z",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18"};
    assert_null(complaint_of(arena, SIGNATURE_GITHUB, secret, "Hello, World!", header,
                             "sha256=" GITHUB_CODE));
    assert_non_null(complaint_of(arena, SIGNATURE_GITHUB, secret, "Hello, World?", header,
                                 "sha256=" GITHUB_CODE));
    assert_non_null(complaint_of(arena, SIGNATURE_GITHUB, "other", "Hello, World!", header,
                                 "sha256=" GITHUB_CODE));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_non_null(
            complaint_of(arena, SIGNATURE_GITHUB, secret, "Hello, World!", header, wrong[i]));
    assert_non_null(strstr(complaint_of(arena, SIGNATURE_GITHUB, secret, "", header, NULL),
                           "x-hub-signature-256 is missing"));
}

/* The vector in the tests of github.com/standard-webhooks/standard-webhooks. */
static void the_vector_of_standard_webhooks_passes_among_others(void **state)
{
    struct arena *arena = *state;
    struct ingest_header headers[] = {
        {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
        {"webhook-timestamp", "1614265330"},
        {"webhook-signature", "v1,AAAA v1a,x v1," STANDARD_CODE " v2,zzz"},
    };
    static const char body[] = "{\"test\": 2432232314}";
    msec signed_at = 0;
    assert_null(
        complaint(arena, SIGNATURE_STANDARD, STANDARD_SECRET, body, headers, 3, &signed_at));
    assert_int_equal(signed_at, INT64_C(1614265330000));
    assert_null(
        complaint(arena, SIGNATURE_STANDARD, &STANDARD_SECRET[6], body, headers, 3, &signed_at));
    headers[1].value = "1614265331";
    assert_non_null(
        complaint(arena, SIGNATURE_STANDARD, STANDARD_SECRET, body, headers, 3, &signed_at));
    headers[1].value = "-1";
    assert_non_null(
        strstr(complaint(arena, SIGNATURE_STANDARD, STANDARD_SECRET, body, headers, 3, &signed_at),
               "not seconds"));
    headers[1].value = "9999999999999999999999";
    assert_non_null(
        complaint(arena, SIGNATURE_STANDARD, STANDARD_SECRET, body, headers, 3, &signed_at));
    headers[1] = headers[2];
    assert_non_null(
        strstr(complaint(arena, SIGNATURE_STANDARD, STANDARD_SECRET, body, headers, 2, &signed_at),
               "webhook-timestamp is missing"));
}

static void more_codes_than_the_limit_are_not_looked_at(void **state)
{
    struct arena *arena = *state;
    struct ingest_header headers[] = {
        {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
        {"webhook-timestamp", "1614265330"},
        {"webhook-signature", "1 2 3 4 5 6 7 8 v1," STANDARD_CODE},
    };
    msec signed_at = 0;
    assert_non_null(complaint(arena, SIGNATURE_STANDARD, STANDARD_SECRET, "{\"test\": 2432232314}",
                              headers, 3, &signed_at));
}

/* Codes made with Python's hmac. */
static void grafana_signs_with_and_without_a_time(void **state)
{
    struct arena *arena = *state;
    struct ingest_header headers[] = {
        {"x-grafana-alerting-signature",
         "adbde1ce40c89c14215687d5d762a47df6dfaefcfad61e2e86718ffc8498571b"},
        {"x-grafana-alerting-timestamp", "1614265330"},
    };
    msec signed_at = 7;
    assert_null(complaint(arena, SIGNATURE_GRAFANA, "s3cret", "{}", headers, 1, &signed_at));
    assert_int_equal(signed_at, 0);
    assert_non_null(complaint(arena, SIGNATURE_GRAFANA, "s3cret", "{}", headers, 2, &signed_at));
    headers[0].value = "e4469266c22cc02859b5a9244a38ead7ef9112fcd88f134f06b9e4ab06a91f66";
    assert_null(complaint(arena, SIGNATURE_GRAFANA, "s3cret", "{}", headers, 2, &signed_at));
    assert_int_equal(signed_at, INT64_C(1614265330000));
    assert_non_null(complaint(arena, SIGNATURE_GRAFANA, "s3cret", "{}", headers, 1, &signed_at));
}

static void sentry_and_pagerduty_sign_the_body(void **state)
{
    struct arena *arena = *state;
    assert_null(complaint_of(arena, SIGNATURE_SENTRY, "s3cret", "{}", "sentry-hook-signature",
                             "adbde1ce40c89c14215687d5d762a47df6dfaefcfad61e2e86718ffc8498571b"));
    assert_null(complaint_of(arena, SIGNATURE_PAGERDUTY, "s3cret", "{}", "x-pagerduty-signature",
                             "v1=00,v1="
                             "adbde1ce40c89c14215687d5d762a47df6dfaefcfad61e2e86718ffc8498571b"));
    assert_non_null(
        complaint_of(arena, SIGNATURE_PAGERDUTY, "s3cret", "{}", "x-pagerduty-signature",
                     "adbde1ce40c89c14215687d5d762a47df6dfaefcfad61e2e86718ffc8498571b"));
}

static void a_secret_of_standard_webhooks_is_base64(void **state)
{
    struct fault fault = {0};
    (void)state;
    assert_true(signature_check_secret(SIGNATURE_STANDARD, STANDARD_SECRET, &fault));
    assert_false(signature_check_secret(SIGNATURE_STANDARD, "whsec_", &fault));
    assert_false(signature_check_secret(SIGNATURE_STANDARD, "whsec_a secret", &fault));
    assert_null(strstr(fault.text, "a secret\""));
    assert_false(signature_check_secret(SIGNATURE_GITHUB, "", &fault));
    assert_true(signature_check_secret(SIGNATURE_GITHUB, "a", &fault));
    assert_true(signature_check_secret(SIGNATURE_NONE, "", &fault));
}

static void every_scheme_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = SIGNATURE_NONE; i < SIGNATURE_COUNT; i++)
        assert_int_equal(signature_find(signature_name((enum signature_kind)i)), i);
    assert_int_equal(signature_find("rot13"), SIGNATURE_NONE);
}

static int arena_setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(githubs_own_vector_passes_and_nothing_near_it),
        TEST(the_vector_of_standard_webhooks_passes_among_others),
        TEST(more_codes_than_the_limit_are_not_looked_at),
        TEST(grafana_signs_with_and_without_a_time),
        TEST(sentry_and_pagerduty_sign_the_body),
        TEST(a_secret_of_standard_webhooks_is_base64),
        TEST(every_scheme_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
