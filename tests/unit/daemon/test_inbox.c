/* SPDX-License-Identifier: MIT */
/* What the loop takes first: the house's own, then people, then sources; and whose calls are whose.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/poll.h>

#include <cmocka.h>

#include "daemon/clock.h"
#include "daemon/inbox.h"
#include "http/request.h"

static struct inbox *begin(void)
{
    struct fault fault = {0};
    struct inbox *inbox = inbox_new(&fault);
    assert_non_null(inbox);
    return inbox;
}

static struct call *call_of(enum method method, const char *path, enum caller_kind kind,
                            const char *name)
{
    struct call *call = call_new();
    call->method = method;
    call->path = path;
    call->caller.kind = kind;
    call->caller.key = name;
    call->caller.user = name;
    snprintf(call->peer.address, sizeof(call->peer.address), "192.0.2.1");
    assert_true(call_route(call));
    return call;
}

static struct call *alert_of(const char *key)
{
    return call_of(METHOD_POST, "/v1/alerts", CALLER_SOURCE, key);
}

static void post(struct inbox *inbox, struct call *call)
{
    struct fault fault = {0};
    bool is_taken = inbox_post_call(inbox, call, &fault);
    assert_true(is_taken);
}

static bool is_readable(const struct inbox *inbox)
{
    struct pollfd wait = {.fd = inbox_fd(inbox), .events = POLLIN};
    return poll(&wait, 1, 0) == 1;
}

static void nothing(void *context, void *item)
{
    (void)context;
    (void)item;
}

/* Frees what was taken; returns how many. */
static size_t drain(struct inbox *inbox)
{
    struct inbox_item items[INBOX_TAKEN_MAX];
    size_t count = inbox_take(inbox, items);
    for (size_t i = 0; i < count; i++)
        call_free(items[i].call);
    return count;
}

static void the_house_comes_first_then_people_then_sources(void **state)
{
    (void)state;
    static const struct {
        enum method method;
        const char *path;
    } of_people[] = {{METHOD_POST, "/v1/incidents/1/ack"},
                     {METHOD_POST, "/a/0123456789abcdefghjk"},
                     {METHOD_GET, "/healthz"},
                     {METHOD_POST, "/v1/callbacks/sms/reply/code"}};
    enum { PEOPLE = sizeof(of_people) / sizeof(of_people[0]) };
    struct inbox *inbox = begin();
    struct inbox_item items[INBOX_TAKEN_MAX];
    for (size_t i = 0; i < 10; i++)
        post(inbox, alert_of("prom"));
    post(inbox, call_of(METHOD_POST, "/ping/0123456789abcdefghjk", CALLER_NOBODY, NULL));
    for (size_t i = 0; i < PEOPLE; i++)
        post(inbox, call_of(of_people[i].method, of_people[i].path, CALLER_PERSON, "ann"));
    inbox_post(inbox, nothing, NULL, NULL);
    assert_int_equal(inbox_take(inbox, items), 1 + PEOPLE + 11);
    assert_null(items[0].call);
    for (size_t i = 0; i < PEOPLE; i++)
        assert_string_equal(items[1 + i].call->path, of_people[i].path);
    for (size_t i = 1; i < 1 + PEOPLE + 11; i++)
        call_free(items[i].call);
    assert_true(inbox_is_empty(inbox));
    assert_false(is_readable(inbox));
    inbox_free(inbox);
}

static void later_than(struct inbox *inbox, enum share_class class)
{
    msec since_at = inbox_counts(inbox, class).since_at;
    while (clock_tick() == since_at)
        poll(NULL, 0, 1);
}

static void who_overtakes_an_older_one_of_a_source_is_counted(void **state)
{
    (void)state;
    struct inbox *inbox = begin();
    post(inbox, call_of(METHOD_GET, "/healthz", CALLER_NOBODY, NULL));
    later_than(inbox, SHARE_PEOPLE);
    post(inbox, alert_of("prom"));
    drain(inbox);
    assert_int_equal(inbox_overtaking(inbox), 0);
    post(inbox, alert_of("prom"));
    later_than(inbox, SHARE_SOURCES);
    for (size_t i = 0; i < 3; i++)
        post(inbox, call_of(METHOD_GET, "/healthz", CALLER_NOBODY, NULL));
    drain(inbox);
    assert_int_equal(inbox_overtaking(inbox), 3);
    inbox_free(inbox);
}

static void sources_that_are_held_wake_nobody_and_people_still_do(void **state)
{
    (void)state;
    struct inbox *inbox = begin();
    inbox_hold_sources(inbox, true);
    post(inbox, alert_of("prom"));
    assert_false(is_readable(inbox));
    assert_int_equal(drain(inbox), 0);
    post(inbox, call_of(METHOD_POST, "/v1/incidents/1/ack", CALLER_PERSON, "ann"));
    assert_true(is_readable(inbox));
    assert_int_equal(drain(inbox), 1);
    assert_false(is_readable(inbox));
    assert_false(inbox_is_empty(inbox));
    inbox_hold_sources(inbox, false);
    assert_true(is_readable(inbox));
    assert_int_equal(drain(inbox), 1);
    assert_true(inbox_is_empty(inbox));
    inbox_free(inbox);
}

static void what_is_left_there_is_told_of_by_one_ring(void **state)
{
    (void)state;
    struct inbox *inbox = begin();
    struct fault fault = {0};
    assert_true(inbox_leave_call(inbox, alert_of("prom"), &fault));
    assert_true(inbox_leave_call(inbox, alert_of("prom"), &fault));
    assert_false(is_readable(inbox));
    assert_false(inbox_is_empty(inbox));
    inbox_ring(inbox);
    assert_true(is_readable(inbox));
    assert_int_equal(drain(inbox), 2);
    inbox_ring(inbox);
    assert_false(is_readable(inbox));
    inbox_free(inbox);
}

static void a_turn_takes_a_part_and_a_flood_of_one_kind_leaves_the_others_theirs(void **state)
{
    (void)state;
    struct inbox *inbox = begin();
    for (size_t i = 0; i < 1000; i++) {
        post(inbox, alert_of("prom"));
        post(inbox, call_of(METHOD_GET, "/", CALLER_NOBODY, NULL));
    }
    assert_int_equal(drain(inbox), INBOX_PEOPLE_TAKEN + INBOX_SOURCES_TAKEN);
    assert_int_equal(inbox_counts(inbox, SHARE_PEOPLE).waiting, 1000 - INBOX_PEOPLE_TAKEN);
    assert_int_equal(inbox_counts(inbox, SHARE_SOURCES).waiting, 1000 - INBOX_SOURCES_TAKEN);
    while (drain(inbox) > 0)
        continue;
    inbox_free(inbox);
}

static void a_key_that_floods_is_refused_and_others_are_not(void **state)
{
    (void)state;
    struct inbox *inbox = begin();
    struct fault fault = {0};
    char sender[QUEUE_SENDER_SIZE];
    struct call *call = alert_of("loud");
    while (inbox_post_call(inbox, call, &fault))
        call = alert_of("loud");
    assert_int_equal(inbox_counts(inbox, SHARE_SOURCES).waiting, INBOX_SOURCES_MAX / 2);
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_false(inbox_has_room(inbox, call, 500, &fault));
    call_free(call);
    post(inbox, alert_of("calm"));
    post(inbox, call_of(METHOD_POST, "/v1/incidents/1/ack", CALLER_PERSON, "ann"));
    inbox_most_refused(inbox, sender);
    assert_string_equal(sender, "key loud");
    inbox_forget_refused(inbox);
    inbox_most_refused(inbox, sender);
    assert_string_equal(sender, "");
    inbox_refuse_calls(inbox);
    call = alert_of("calm");
    assert_false(inbox_post_call(inbox, call, &fault));
    assert_string_equal(fault.text, "pagerd is ending");
    call_free(call);
    while (drain(inbox) > 0)
        continue;
    inbox_free(inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_house_comes_first_then_people_then_sources),
        cmocka_unit_test(who_overtakes_an_older_one_of_a_source_is_counted),
        cmocka_unit_test(sources_that_are_held_wake_nobody_and_people_still_do),
        cmocka_unit_test(what_is_left_there_is_told_of_by_one_ring),
        cmocka_unit_test(a_turn_takes_a_part_and_a_flood_of_one_kind_leaves_the_others_theirs),
        cmocka_unit_test(a_key_that_floods_is_refused_and_others_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
