/* SPDX-License-Identifier: MIT */
/* Outgoing webhooks: signatures, names of events, and how long to wait. */
#include "sample.h"

#include "base/text.h"
#include "notify/webhook.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

/* Made with another program's HMAC of the same words. */
static void a_signature_is_that_of_the_specification(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    static const char *const secrets[] = {SECRET, OTHER};
    struct span body = SPAN("{\"test\": 2432232314}");
    assert_string_equal(
        webhook_signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, secrets, 1, arena),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_string_equal(
        webhook_signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, secrets, 2, arena),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
        "v1,d5PJaLhU6hQf9TLleqdn97PBQffdITHtAOuMMHkRQ4U=");
}

static void a_secret_of_another_form_signs_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "whsec_", "whsec_MDEyMw==", "MfKQ9r8GKYqrTwjUPD8ILPZIo2L",
                                      "whsec_!!!!9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    assert_string_equal(
        webhook_signature("msg_1", 1, SPAN("{}"), bad, sizeof bad / sizeof *bad, arena), "");
}

static void what_happens_to_an_incident_has_a_name_and_else_nothing(void **state)
{
    (void)state;
    assert_string_equal(webhook_type("triggered"), "incident.opened");
    assert_string_equal(webhook_type("acknowledged"), "incident.acknowledged");
    assert_string_equal(webhook_type("ack-timeout"), "incident.unacknowledged");
    assert_string_equal(webhook_type("last-resort"), "incident.escalated");
    assert_null(webhook_type("paged"));
    assert_null(webhook_type(""));
}

static void the_wait_grows_to_an_hour(void **state)
{
    (void)state;
    assert_int_equal(webhook_wait_ms(1), 5 * SECOND_MS);
    for (unsigned failures = 1; failures < 100; failures++)
        assert_true(webhook_wait_ms(failures) <= webhook_wait_ms(failures + 1));
    assert_int_equal(webhook_wait_ms(7), HOUR_MS);
    assert_int_equal(webhook_wait_ms(1000000), HOUR_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_is_that_of_the_specification),
        cmocka_unit_test(a_secret_of_another_form_signs_nothing),
        cmocka_unit_test(what_happens_to_an_incident_has_a_name_and_else_nothing),
        cmocka_unit_test(the_wait_grows_to_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
