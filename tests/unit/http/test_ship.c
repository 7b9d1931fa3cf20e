/* SPDX-License-Identifier: MIT */
/* Calls and answers as bytes between nodes of two versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/call.h"
#include "http/request.h"
#include "http/ship.h"

#define TAG_FORM 120
#define TAG_LATER 119
#define TAG_STATUS 1

static void add_number(struct text *bytes, unsigned char tag, unsigned char number)
{
    const char member[] = {(char)tag, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, (char)number};
    text_add_bytes(bytes, member, sizeof(member));
}

static void what_is_of_a_later_form_is_refused_with_words(void **state)
{
    const struct ship_from from = {.node = "b", .number = 7};
    struct fault fault = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(call_free) struct call *call = call_new();
    (void)state;
    add_number(&bytes, TAG_FORM, 2);
    assert_null(ship_call(text_span(&bytes), &from, NULL, &fault));
    assert_non_null(strstr(fault.text, "another version"));
    add_number(&bytes, TAG_STATUS, 200);
    assert_false(ship_answer(call, text_span(&bytes), &fault));
    assert_non_null(strstr(fault.text, "another version"));
}

static void what_is_not_known_is_passed_over(void **state)
{
    struct fault fault = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(call_free) struct call *call = call_new();
    (void)state;
    add_number(&bytes, TAG_FORM, 1);
    add_number(&bytes, TAG_LATER, 9);
    add_number(&bytes, TAG_STATUS, 204);
    assert_true(ship_answer(call, text_span(&bytes), &fault));
    assert_int_equal(call->status, 204);
    text_reset(&bytes); /* of a node that says no form */
    add_number(&bytes, TAG_STATUS, 200);
    assert_true(ship_answer(call, text_span(&bytes), &fault));
}

static void a_refusal_is_an_answer_that_asks_to_try_again(void **state)
{
    struct fault why = {.kind = FAULT_INPUT, .text = "it cannot be read"};
    struct fault fault = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(call_free) struct call *call = call_new();
    (void)state;
    ship_add_refusal(&bytes, &why);
    assert_true(ship_answer(call, text_span(&bytes), &fault));
    assert_int_equal(call->status, 503);
    assert_non_null(strstr(text_string(&call->answer), "Nothing was recorded: it cannot be read."));
    assert_true(call->retry_after_s > 0);
}

static void a_call_that_was_handed_over_may_have_been_done(void **state)
{
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(call_free) struct call *call = call_new();
    (void)state;
    call->method = METHOD_POST;
    call->path = "/v1/alerts";
    assert_true(call_route(call));
    ship_add_call(&bytes, call);
    call_fail_unavailable(call, "the link is gone: it may have been done");
    assert_int_equal(call->status, 503);
    assert_null(strstr(text_string(&call->answer), "Nothing was recorded"));
    assert_non_null(strstr(text_string(&call->answer), "\"unanswered\""));
    assert_non_null(strstr(text_string(&call->answer), "it may have been done. Look whether"));
    assert_true(call->retry_after_s > 0);
}

static bool room_asked(void *context, const struct call *call, size_t body_size,
                       struct fault *why_not)
{
    const bool *has_room = context;
    assert_non_null(call->route);
    assert_int_equal(body_size, 1);
    return *has_room || fault_set(why_not, FAULT_LIMIT, "too much is waiting");
}

/* Its body is none: whoever reads it says so. */
static void what_finds_no_room_is_refused_unread(void **state)
{
    bool has_room = false;
    const struct ship_from from = {
        .node = "b", .number = 7, .has_room = room_asked, .context = &has_room};
    struct fault fault = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(call_free) struct call *sent = call_new();
    (void)state;
    sent->method = METHOD_POST;
    sent->path = "/v1/incidents/1/ack";
    text_add_char(&sent->body, '{');
    assert_true(call_route(sent));
    ship_add_call(&bytes, sent);
    struct call *call = ship_call(text_span(&bytes), &from, NULL, &fault);
    assert_int_equal(call->status, 503);
    assert_true(call->retry_after_s > 0);
    assert_non_null(strstr(text_string(&call->answer), "Nothing was recorded: too much"));
    call_free(call);
    has_room = true;
    call = ship_call(text_span(&bytes), &from, NULL, &fault);
    assert_int_equal(call->status, 400);
    call_free(call);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_of_a_later_form_is_refused_with_words),
        cmocka_unit_test(what_is_not_known_is_passed_over),
        cmocka_unit_test(a_refusal_is_an_answer_that_asks_to_try_again),
        cmocka_unit_test(a_call_that_was_handed_over_may_have_been_done),
        cmocka_unit_test(what_finds_no_room_is_refused_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
