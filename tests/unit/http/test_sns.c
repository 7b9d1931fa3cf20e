/* SPDX-License-Identifier: MIT */
/* Signatures of AWS SNS, with a certificate made for the tests in the place of the fetched one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench.h"

#define TOPIC "arn:aws:sns:eu-central-1:123456789012:alarms"
#define CALL CLEANUP(call_free) struct call *

/* What SNS is asked, and what it says. */
static struct {
    char *certificate;
    bool has_certificate; /* it was fetched */
    bool is_silent;
    bool is_full;
    size_t count; /* addresses asked */
    char last[256];
} amazon;

static const char *fake_certificate(void *context, const char *url)
{
    (void)context;
    (void)url;
    return amazon.has_certificate ? amazon.certificate : NULL;
}

static bool fake_fetch(void *context, struct call *call, const char *url, bool is_certificate)
{
    (void)context;
    if (amazon.is_full)
        return false;
    amazon.count++;
    assert_in_range(amazon.count, 1, 8);
    (void)snprintf(amazon.last, sizeof(amazon.last), "%s", url);
    if (is_certificate)
        amazon.has_certificate = !amazon.is_silent;
    call_set_fetched(call, !amazon.is_silent);
    return true;
}

static char *fixture_read(const char *name)
{
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    text_addf(&path, TESTS_DIR "/fixtures/sns/%s", name);
    FILE *file = fopen(text_string(&path), "rbe");
    assert_non_null(file);
    char buffer[4096];
    size_t size;
    while ((size = fread(buffer, 1, sizeof(buffer), file)) > 0)
        text_add_bytes(&bytes, buffer, size);
    (void)fclose(file);
    return text_take(&bytes);
}

/* `from` in the body becomes `to` first, unless it is NULL. */
static struct call *send_changed(struct bench *bench, const char *name, const char *from,
                                 const char *to)
{
    CLEANUP(text_clear) struct text body = {0};
    char *bytes = fixture_read(name);
    const char *at = from ? strstr(bytes, from) : NULL;
    assert_int_equal(at != NULL, from != NULL);
    if (at) {
        text_add_bytes(&body, bytes, (size_t)(at - bytes));
        text_add(&body, to);
        text_add(&body, at + strlen(from));
    } else {
        text_add(&body, bytes);
    }
    free(bytes);
    return bench_send(bench, &(struct request){.method = "POST",
                                               .path = "/v1/ingest/sns",
                                               .token = PROM_KEY,
                                               .body = text_string(&body)});
}

static struct call *send_message(struct bench *bench, const char *name)
{
    return send_changed(bench, name, NULL, NULL);
}

static void both_versions_are_checked_and_the_certificate_is_fetched_once(void **state)
{
    struct bench *bench = *state;
    CALL first = send_message(bench, "sha1.json");
    assert_int_equal(first->status, 202);
    assert_non_null(strstr(text_string(&first->answer), "\"new\":true"));
    assert_string_equal(amazon.last,
                        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-a.pem");
    CALL second = send_message(bench, "sha256.json");
    assert_int_equal(second->status, 202);
    assert_int_equal(amazon.count, 1);
}

static void a_changed_message_is_refused_and_nothing_is_recorded(void **state)
{
    struct bench *bench = *state;
    static const char *const changes[][3] = {
        {"sha1.json", "db1 is down", "db2 is down"},
        {"sha256.json", "db1 is down", "db2 is down"},
        {"sha256.json", "\"SignatureVersion\": \"2\"", "\"SignatureVersion\": \"1\""},
        {"sha256.json", "\"SignatureVersion\": \"2\"", "\"SignatureVersion\": \"3\""},
        {"sha256.json", "\"Signature\"", "\"Unsigned\""},
        {"sha256.json", "\"SigningCertURL\"", "\"Uncertified\""},
        {"sha256.json", "\"Timestamp\"", "\"Timeless\""},
        {"sha256.json", "\"Signature\": \"", "\"Signature\": \"!"},
    };
    size_t before = bench->step_count;
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        CALL call = send_changed(bench, changes[i][0], changes[i][1], changes[i][2]);
        if (call->status != 401)
            fail_msg("%s: %u %s", changes[i][2], call->status, text_string(&call->answer));
    }
    assert_int_equal(bench->step_count, before);
    assert_int_equal(bench->guard.unsigned_count, sizeof(changes) / sizeof(*changes));
}

static void only_sns_itself_is_asked_and_only_its_topic_taken(void **state)
{
    struct bench *bench = *state;
    static const char *const names[] = {"foreign-certificate.json", "foreign-confirmation.json",
                                        "other-topic.json"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        CALL call = send_message(bench, names[i]);
        assert_int_equal(call->status, 401);
    }
    assert_int_equal(amazon.count, 0);
}

static void without_the_certificate_the_message_is_to_come_again(void **state)
{
    struct bench *bench = *state;
    amazon.is_silent = true;
    CALL silent = send_message(bench, "sha256.json");
    assert_int_equal(silent->status, 503);
    amazon.is_full = true;
    CALL full = send_message(bench, "sha256.json");
    assert_int_equal(full->status, 503);
}

static void a_signed_subscription_is_confirmed_and_opens_nothing(void **state)
{
    struct bench *bench = *state;
    size_t before = bench->step_count;
    CALL call = send_message(bench, "subscription.json");
    assert_int_equal(call->status, 202);
    assert_int_equal(amazon.count, 2);
    assert_non_null(strstr(amazon.last, "Action=ConfirmSubscription"));
    assert_int_equal(bench->step_count, before);
}

static void a_subscription_that_cannot_be_confirmed_shows_its_link(void **state)
{
    struct bench *bench = *state;
    amazon.has_certificate = true;
    amazon.is_silent = true;
    CALL call = send_message(bench, "subscription.json");
    assert_int_equal(call->status, 202);
    assert_non_null(strstr(text_string(&call->answer), "\"new\":true"));
}

static void a_certificate_out_of_its_time_is_none(void **state)
{
    struct bench *bench = *state;
    bench->now.wall_at += 120 * 365 * DAY_MS;
    CALL call = send_message(bench, "sha256.json");
    assert_int_equal(call->status, 401);
    assert_non_null(strstr(text_string(&call->answer), "not valid at this time"));
}

static void a_kept_certificate_out_of_its_time_is_fetched_anew(void **state)
{
    struct bench *bench = *state;
    amazon.has_certificate = true;
    CALL kept = send_message(bench, "sha256.json");
    assert_int_equal(kept->status, 202);
    assert_int_equal(amazon.count, 0);
    bench->now.wall_at += 120 * 365 * DAY_MS;
    CALL again = send_message(bench, "sha256.json");
    assert_int_equal(again->status, 401);
    assert_int_equal(amazon.count, 1);
    amazon.is_silent = true;
    amazon.certificate[0] = '\0'; /* neither is what was kept any use, nor is there another one */
    CALL silent = send_message(bench, "sha256.json");
    assert_int_equal(silent->status, 503);
}

static void what_is_no_certificate_proves_nothing(void **state)
{
    struct bench *bench = *state;
    amazon.certificate[40] ^= 1;
    CALL damaged = send_message(bench, "sha256.json");
    assert_int_equal(damaged->status, 401);
    amazon.certificate[0] = '\0';
    CALL empty = send_message(bench, "sha256.json");
    assert_int_equal(empty->status, 401);
}

static int set_up(void **state)
{
    struct bench *bench = bench_new();
    struct source_setup setup = {.name = "prom", .signature = "sns", .topic = TOPIC};
    identities_set_setups(bench->identities, &setup, 1);
    bench->house.sns_certificate = fake_certificate;
    bench->house.sns_fetch = fake_fetch;
    memset(&amazon, 0, sizeof(amazon));
    amazon.certificate = fixture_read("certificate.pem");
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    free(amazon.certificate);
    bench_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_versions_are_checked_and_the_certificate_is_fetched_once),
        TEST(a_changed_message_is_refused_and_nothing_is_recorded),
        TEST(only_sns_itself_is_asked_and_only_its_topic_taken),
        TEST(without_the_certificate_the_message_is_to_come_again),
        TEST(a_signed_subscription_is_confirmed_and_opens_nothing),
        TEST(a_subscription_that_cannot_be_confirmed_shows_its_link),
        TEST(a_certificate_out_of_its_time_is_none),
        TEST(a_kept_certificate_out_of_its_time_is_fetched_anew),
        TEST(what_is_no_certificate_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
