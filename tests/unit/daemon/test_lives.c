/* SPDX-License-Identifier: MIT */
/* How the last lives ended, and how often that is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/lives.h"

#define NOON (20000 * DAY_MS + 12 * HOUR_MS)

static int set_up(void **state)
{
    char *folder = string_copy("/tmp/pagerd-lives-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    char *path = string_format("%s/lives", (char *)*state);
    (void)unlink(path);
    free(path);
    (void)rmdir(*state);
    free(*state);
    return 0;
}

/* A life that begins then, and is killed. */
static unsigned killed(const char *folder, msec at)
{
    struct lives *lives = lives_new(folder, at);
    unsigned died = lives_died(lives);
    lives_begin(lives, at);
    lives_free(lives);
    return died;
}

static void deaths_in_a_row_are_counted(void **state)
{
    assert_int_equal(killed(*state, NOON), 0);
    assert_int_equal(killed(*state, NOON + MINUTE_MS), 1);
    assert_int_equal(killed(*state, NOON + 2 * MINUTE_MS), 2);
    assert_int_equal(killed(*state, NOON - DAY_MS), 3); /* a clock set back says nothing */
    assert_int_equal(killed(*state, NOON + DAY_MS), 1);
}

static void a_life_that_lasted_or_ended_well_clears_them(void **state)
{
    (void)killed(*state, NOON);
    (void)killed(*state, NOON);
    struct lives *lives = lives_new(*state, NOON);
    lives_begin(lives, NOON);
    lives_tick(lives, 1);
    lives_tick(lives, LIVES_HEALTHY_MS);
    assert_int_equal(lives_died(lives), 2);
    lives_tick(lives, 1 + LIVES_HEALTHY_MS);
    lives_free(lives);
    assert_int_equal(killed(*state, NOON + LIVES_HEALTHY_MS), 0);

    lives = lives_new(*state, NOON);
    lives_begin(lives, NOON);
    lives_end_well(lives);
    lives_free(lives);
    assert_int_equal(killed(*state, NOON), 0);
}

static void what_was_told_is_not_told_again_after_a_restart(void **state)
{
    struct lives *lives = lives_new(*state, NOON);
    assert_true(lives_may_tell(lives, NOON));
    assert_false(lives_may_tell(lives, NOON + 1));
    lives_free(lives);
    lives = lives_new(*state, NOON + MINUTE_MS);
    assert_false(lives_may_tell(lives, NOON + MINUTE_MS));
    assert_true(lives_may_tell(lives, NOON + LIVES_TELL_MS));
    lives_free(lives);
}

static void a_disk_that_hangs_is_not_touched(void **state)
{
    char *path = string_format("%s/lives", (char *)*state);
    struct lives *lives = lives_new(*state, NOON);
    assert_true(lives_may_tell_of_disk(lives, NOON));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_false(lives_may_tell_of_disk(lives, NOON + MINUTE_MS));
    assert_false(lives_may_tell(lives, NOON + MINUTE_MS));
    assert_int_not_equal(access(path, F_OK), 0);
    lives_free(lives);
    free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deaths_in_a_row_are_counted),
        TEST(a_life_that_lasted_or_ended_well_clears_them),
        TEST(what_was_told_is_not_told_again_after_a_restart),
        TEST(a_disk_that_hangs_is_not_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
