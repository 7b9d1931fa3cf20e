/* SPDX-License-Identifier: MIT */
/* THE clock: where it goes on, and whose civil time it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/clock.h"

#define NEAR_MS (30 * SECOND_MS) /* a test may be held up */

static void is_near(msec value, msec wanted)
{
    assert_true(value >= wanted && value < wanted + NEAR_MS);
}

/* The mark of a node whose machine has another boot: what has passed is told by civil time. */
static struct clock_mark mark_of_another(msec ago_ms, msec ahead_ms)
{
    struct clock clock;
    clock_init(&clock, NULL, ahead_ms);
    struct clock_mark mark = clock_mark(&clock);
    mark.boot_id[0] = 'x';
    mark.wall_at -= ago_ms;
    mark.steady_at = 1000;
    return mark;
}

static void the_next_on_duty_goes_on_by_the_clock_of_all(void **state)
{
    (void)state;
    struct clock_mark mark = mark_of_another(5 * MINUTE_MS, HOUR_MS);
    struct clock clock;
    clock_init(&clock, &mark, HOUR_MS);
    is_near(clock_now(&clock).steady_at, 1000 + 5 * MINUTE_MS);
}

/* Else an hour by which this machine's clock is wrong would be taken for time that has passed. */
static void a_clock_that_is_set_while_on_duty_is_no_time_that_passes(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, NULL, 0);
    struct now before = clock_now(&clock);
    clock_follow(&clock, -HOUR_MS); /* this machine's was set an hour ahead, or the others' back */
    struct now now = clock_now(&clock);
    is_near(now.steady_at, before.steady_at);
    is_near(now.wall_at, before.wall_at - HOUR_MS);
    is_near(clock_mark(&clock).wall_at, before.wall_at - HOUR_MS);
}

static void what_may_be_a_slow_answer_is_not_followed(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, NULL, 7000);
    clock_follow(&clock, 7900);
    assert_int_equal(clock.ahead_ms, 7000);
    clock_follow(&clock, 5500);
    assert_int_equal(clock.ahead_ms, 5500);
    clock_follow(&clock, 6600);
    assert_int_equal(clock.ahead_ms, 6600);
}

/* What was committed after its mark was saved is not later than where a start goes on. */
static void steady_time_never_goes_back_over_a_reboot(void **state)
{
    (void)state;
    struct clock_mark mark = {.steady_at = 5000, .wall_at = 70000, .boot_ms = 900, .boot_id = "a"};
    struct clock_mark here = {.wall_at = 10, .boot_ms = 1500, .boot_id = "b"};
    assert_int_equal(clock_resume(&mark, &here), 5000 + CLOCK_MARK_MS);
    here.wall_at = mark.wall_at + 3 * CLOCK_MARK_MS;
    assert_int_equal(clock_resume(&mark, &here), 5000 + 3 * CLOCK_MARK_MS);
    here.boot_id[0] = 'a';
    assert_int_equal(clock_resume(&mark, &here), 5600);
    here.boot_ms = mark.boot_ms - 1; /* a boot whose id is that of another one */
    assert_int_equal(clock_resume(&mark, &here), 5000 + 3 * CLOCK_MARK_MS);
}

static void who_has_no_boot_id_goes_on_by_civil_time(void **state)
{
    (void)state;
    struct clock_mark mark = {.steady_at = 5000, .wall_at = 70000, .boot_ms = 900};
    struct clock_mark here = {.wall_at = 70000 + HOUR_MS, .boot_ms = 1500};
    assert_int_equal(clock_resume(&mark, &here), 5000 + HOUR_MS);
}

static void a_mark_holds_until_it_is_old_or_the_wall_clock_is_set(void **state)
{
    (void)state;
    struct clock_mark mark = {.steady_at = 5000, .wall_at = 70000};
    struct clock_mark now = {.steady_at = 5000 + CLOCK_MARK_MS - 1,
                             .wall_at = 70000 + CLOCK_MARK_MS};
    assert_true(clock_mark_holds(&mark, &now));
    now.wall_at += MINUTE_MS;
    assert_false(clock_mark_holds(&mark, &now));
    now.wall_at -= 2 * MINUTE_MS;
    assert_false(clock_mark_holds(&mark, &now));
    now = (struct clock_mark){.steady_at = 5000 + CLOCK_MARK_MS, .wall_at = 70000 + CLOCK_MARK_MS};
    assert_false(clock_mark_holds(&mark, &now));
    mark = (struct clock_mark){.steady_at = 0}; /* none was saved */
    assert_false(clock_mark_holds(&mark, &now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_on_duty_goes_on_by_the_clock_of_all),
        cmocka_unit_test(a_clock_that_is_set_while_on_duty_is_no_time_that_passes),
        cmocka_unit_test(what_may_be_a_slow_answer_is_not_followed),
        cmocka_unit_test(steady_time_never_goes_back_over_a_reboot),
        cmocka_unit_test(who_has_no_boot_id_goes_on_by_civil_time),
        cmocka_unit_test(a_mark_holds_until_it_is_old_or_the_wall_clock_is_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
