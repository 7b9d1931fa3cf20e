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
    const struct ship_from from = {"b", 7};
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_of_a_later_form_is_refused_with_words),
        cmocka_unit_test(what_is_not_known_is_passed_over),
        cmocka_unit_test(a_refusal_is_an_answer_that_asks_to_try_again),
        cmocka_unit_test(a_call_that_was_handed_over_may_have_been_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
