/* SPDX-License-Identifier: MIT */
/* STOP and START as JSON and back, and as a part of what a journal tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/away_rules.h"
#include "daemon/retell.h"
#include "daemon/stop_form.h"

static const struct stop_item bobs = {.user = "bob",
                                      .channel = "sms",
                                      .address = "+4915550100002",
                                      .at = 1795310020499,
                                      .is_stop = true};

struct heard {
    size_t count;
    size_t lost;
    struct stop_item last;
};

static void hear(void *context, const struct stop_item *item)
{
    struct heard *heard = context;
    heard->count++;
    assert_string_equal(item->user, "bob");
    assert_string_equal(item->channel, "sms");
    assert_string_equal(item->address, "+4915550100002");
    heard->last = (struct stop_item){.at = item->at, .is_stop = item->is_stop};
}

static void lose(void *context, const struct event *event, const struct event_origin *origin,
                 const struct fault *fault)
{
    struct heard *heard = context;
    assert_true(event == NULL && origin == NULL && fault->kind != FAULT_NONE);
    heard->lost++;
}

static void words_come_back_in_their_order(void **state UNUSED)
{
    CLEANUP(text_clear) struct text entry = {0};
    struct heard heard = {0};
    struct fault fault = {0};
    struct stop_item start = bobs;
    start.at++;
    start.is_stop = false;
    away_add_stop(&entry, &bobs, false);
    away_add_stop(&entry, &start, true);

    const struct retell_listener listener = {.context = &heard, .stop = hear, .lost = lose};
    assert_true(retell_is_known(text_span(&entry), &fault));
    assert_true(retell_events(&listener, text_span(&entry), NULL, &fault));
    assert_int_equal(heard.count, 2);
    assert_int_equal(heard.last.at, start.at);
    assert_false(heard.last.is_stop);
    assert_int_equal(heard.lost, 0);
}

static void a_broken_one_is_not_taken(void **state UNUSED)
{
    struct heard heard = {0};
    struct fault fault = {0};
    const struct span broken = span_of(
        "{\"kind\":\"address-stop\",\"at\":1795310020499,\"user\":\"bob\",\"channel\":\"sms\"}");
    const struct retell_listener listener = {.context = &heard, .stop = hear, .lost = lose};
    assert_false(retell_is_known(broken, &fault));
    assert_true(retell_events(&listener, broken, NULL, &fault));
    assert_int_equal(heard.count, 0);
    assert_int_equal(heard.lost, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_back_in_their_order),
        cmocka_unit_test(a_broken_one_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
