/* SPDX-License-Identifier: MIT */
/* Ack links as JSON and back: what went out without the database works when it is there again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/link_form.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct token_record full_link(void)
{
    struct token_record link = {.incident = 2001,
                                .user = "ann",
                                .channel = "sms",
                                .created_at = 1795310020498,
                                .expires_at = 86400000,
                                .number = 4711,
                                .wrong_count = 2,
                                .is_void = true};
    snprintf(link.hash, sizeof(link.hash), "%s", HASH);
    return link;
}

static const struct event_origin full_origin = {.at = 1795310020499,
                                                .is_in_mirror = true,
                                                .number = 2001,
                                                .uuid = "1f8fad5b-d9cb-469f-a165-70867728950e",
                                                .integration = "nagios",
                                                .dedup_key = "db1/\"disk\""};

/* What is read of `text`, which is put in place of what was written unless it is NULL. */
static bool again(struct arena *arena, const char *text, struct token_record *link,
                  struct event_origin *origin)
{
    CLEANUP(text_clear) struct text written = {0};
    struct json_writer writer = {.text = &written};
    const struct token_record full = full_link();
    const struct json *json = NULL;
    struct fault fault = {0};

    link_form_put(&writer, &full, &full_origin);
    assert_true(
        json_parse(arena, text != NULL ? span_of(text) : text_span(&written), &json, &fault));
    assert_true(link_form_is(json));
    bool is_good = link_form_read(json, arena, link, origin, &fault);
    assert_true(is_good == (fault.kind == FAULT_NONE));
    return is_good;
}

static void everything_comes_back(void **state UNUSED)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct token_record full = full_link();
    struct token_record link;
    struct event_origin origin;

    assert_true(again(arena, NULL, &link, &origin));
    assert_string_equal(link.hash, full.hash);
    assert_int_equal(link.incident, 0); /* whatever it is under the number that it has there */
    assert_string_equal(link.user, full.user);
    assert_string_equal(link.channel, full.channel);
    assert_true(link.created_at == full.created_at && link.expires_at == full.expires_at);
    assert_true(link.number == full.number && link.wrong_count == full.wrong_count);
    assert_true(link.is_void && !link.is_revoked);
    assert_true(origin.at == full_origin.at && origin.is_in_mirror);
    assert_int_equal(origin.number, full_origin.number);
    assert_string_equal(origin.uuid, full_origin.uuid);
    assert_string_equal(origin.integration, full_origin.integration);
    assert_string_equal(origin.dedup_key, full_origin.dedup_key);
}

static void what_is_none_is_refused(void **state UNUSED)
{
    static const char *const texts[] = {
        "{\"kind\":\"ack-link\"}",
        "{\"kind\":\"ack-link\",\"hash\":\"" HASH "\",\"user\":\"ann\",\"channel\":\"sms\"}",
        "{\"kind\":\"ack-link\",\"hash\":\"short\",\"user\":\"ann\",\"channel\":\"sms\","
        "\"incident\":{\"number\":1}}",
        "{\"kind\":\"ack-link\",\"hash\":\"" HASH "\",\"user\":\"ann\",\"channel\":\"sms\","
        "\"number\":-1,\"incident\":{\"number\":1}}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct token_record link;
        struct event_origin origin;
        assert_false(again(arena, texts[i], &link, &origin));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
