/* SPDX-License-Identifier: MIT */
/* How many numbers are looked after: those that were quiet are forgotten when there is no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "engine/throttle.h"

#define BEGIN (24 * HOUR_MS)

static void note(struct engine *engine, unsigned number, msec steady_at)
{
    char address[16];
    (void)snprintf(address, sizeof address, "+%u", number);
    struct contact contact = {.channel = "sms", .address = address, .limit = 1};
    struct work work = {.engine = engine, .now = {.steady_at = steady_at}};
    throttle_note(&work, &contact);
}

static void a_new_number_takes_the_place_of_those_that_were_quiet(void **state)
{
    struct engine *engine = engine_new();
    (void)state;
    for (unsigned i = 0; i < THROTTLES_MAX; i++)
        note(engine, i, BEGIN);
    assert_int_equal(map_count(engine->throttles), THROTTLES_MAX);
    note(engine, 0, BEGIN + 1);
    note(engine, THROTTLES_MAX, BEGIN + 1);
    assert_int_equal(map_count(engine->throttles), THROTTLES_MAX);
    note(engine, THROTTLES_MAX, BEGIN + THROTTLE_WITHIN_MS);
    assert_int_equal(map_count(engine->throttles), 2);
    engine_free(engine);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_number_takes_the_place_of_those_that_were_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
