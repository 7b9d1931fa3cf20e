/* SPDX-License-Identifier: MIT */
/* When pages leave a node that may have been replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/departures.h"

/* What has left so far. */
struct gone {
    struct departures *departures;
    uint64_t last;
    size_t count;
    bool is_sure;
};

static void leave(void *context, uint64_t page, uint16_t attempt, const char *token, bool is_sure)
{
    struct gone *gone = context;
    assert_int_equal(attempt, 1);
    assert_string_equal(token, "token");
    gone->last = page;
    gone->count++;
    gone->is_sure = is_sure;
}

static void begin(struct gone *gone)
{
    memset(gone, 0, sizeof(*gone));
    gone->departures = departures_new(leave, gone);
}

static struct departures_now at(msec tick_at, msec confirmed_ms)
{
    return (struct departures_now){.tick_at = tick_at, .confirmed_ms = confirmed_ms};
}

static void a_page_leaves_at_once_when_the_node_was_confirmed(void **state)
{
    (void)state;
    struct gone gone;
    begin(&gone);
    departures_add(gone.departures, at(1000, 1499), 7, 1, "token");
    assert_int_equal(gone.last, 7);
    assert_true(gone.is_sure);
    assert_true(departures_next_due(gone.departures) == MSEC_NEVER);
    departures_free(gone.departures);
}

static void who_cannot_ask_lets_pages_go_late_and_in_order(void **state)
{
    (void)state;
    struct gone gone;
    begin(&gone);
    departures_add(gone.departures, at(1000, 1500), 7, 1, "token");
    for (msec now = 1050; now < 4000; now += 50) {
        departures_tick(gone.departures, at(now, now + 500));
        if (now == 1500)
            departures_add(gone.departures, at(now, 2000), 8, 1, "token");
    }
    assert_int_equal(gone.count, 0);
    departures_tick(gone.departures, at(4000, 4500));
    assert_int_equal(gone.last, 7);
    assert_false(gone.is_sure);
    departures_tick(gone.departures, at(4050, 10));
    assert_int_equal(gone.last, 8);
    assert_true(gone.is_sure);
    departures_free(gone.departures);
}

/* A minute of sleep is no minute of asking in vain: meanwhile another node may be on duty. */
static void a_node_that_was_frozen_asks_before_its_pages_leave(void **state)
{
    (void)state;
    struct gone gone;
    begin(&gone);
    departures_add(gone.departures, at(1000, 1600), 7, 1, "token");
    for (msec now = 1050; now < 3900; now += 50)
        departures_tick(gone.departures, at(now, now + 600));
    for (msec now = 61000; now < 63950; now += 50)
        departures_tick(gone.departures, at(now, now + 600));
    assert_int_equal(gone.count, 0);
    departures_tick(gone.departures, at(63950, 20));
    assert_int_equal(gone.count, 1);
    departures_free(gone.departures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_leaves_at_once_when_the_node_was_confirmed),
        cmocka_unit_test(who_cannot_ask_lets_pages_go_late_and_in_order),
        cmocka_unit_test(a_node_that_was_frozen_asks_before_its_pages_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
