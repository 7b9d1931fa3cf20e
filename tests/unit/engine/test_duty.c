/* SPDX-License-Identifier: MIT */
/* Who has the duty: rotas, overrides, cover, and where one answer ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "scenarios/world.h"

static const char *const lines[] = {
    "user ann sms",
    "user bob sms",
    "user cat sms",
    "user mia sms admin",
    "members db ann bob cat",
    "manager db mia",
    "recovery rest=24h cover=secondary+everyone",
    "rota main ann 2026-11-21/00:00 2026-11-21/12:00",
    "rota main ann 2026-11-21/12:00 2026-11-22/00:00",
    "rota main bob 2026-11-22/00:00 2026-11-23/00:00",
    "duty db primary calendar:main",
    "duty db secondary bob",
    "team db primary 5m",
};

static int set_up(void **state)
{
    struct world *world = memory_new(1, sizeof *world);
    struct fault fault = {0};
    bool is_good = world_init(world, &fault);
    for (size_t i = 0; is_good && i < sizeof lines / sizeof *lines; i++) {
        struct words words;
        is_good = words_read(lines[i], &words, &fault) && setup_line(&world->setup, &words, &fault);
    }
    world->now = (struct now){world->setup.start_at, world->setup.start_at};
    if (!is_good || !world_reload(world, &fault))
        fail_msg("%s", fault.text);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_clear(*state);
    free(*state);
    return 0;
}

static struct duty duty_at(struct world *world, enum role role, msec at)
{
    struct duty duty = {0};
    assert_true(view_oncall(world->engine, policy_find_team(world->policy, "db"), role, at, &duty));
    return duty;
}

static void step(struct world *world, struct event event)
{
    struct fault fault = {0};
    if (!world_step(world, &event, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(world->answer.kind, ANSWER_DONE);
}

static void a_segment_is_half_open(void **state)
{
    struct world *world = *state;
    msec midnight = world->setup.start_at + DAY_MS;
    assert_string_equal(duty_at(world, ROLE_PRIMARY, midnight - 1).users[0]->id, "ann");
    assert_string_equal(duty_at(world, ROLE_PRIMARY, midnight).users[0]->id, "bob");
}

static void equal_neighbours_are_one_duty(void **state)
{
    struct world *world = *state;
    struct duty duty = duty_at(world, ROLE_PRIMARY, world->setup.start_at + HOUR_MS);
    assert_int_equal(duty.until_at, world->setup.start_at + DAY_MS);
    duty = duty_at(world, ROLE_PRIMARY, world->setup.start_at + 20 * HOUR_MS);
    assert_int_equal(duty.from_at, world->setup.start_at);
    assert_int_equal(duty.until_at, world->setup.start_at + DAY_MS);
}

static void after_the_last_segment_is_a_gap_for_ever(void **state)
{
    struct world *world = *state;
    struct duty duty = duty_at(world, ROLE_PRIMARY, world->setup.start_at + 10 * DAY_MS);
    assert_int_equal(duty.kind, DUTY_GAP);
    assert_int_equal(duty.user_count, 0);
    assert_int_equal(duty.until_at, MSEC_NEVER);
}

static void a_role_without_a_source_is_none(void **state)
{
    struct world *world = *state;
    struct duty duty;
    const struct team *team = policy_find_team(world->policy, "db");
    assert_false(view_oncall(world->engine, team, ROLE_ONCALL, world->now.wall_at, &duty));
}

static void a_fixed_person_has_the_role_for_ever(void **state)
{
    struct world *world = *state;
    struct duty duty = duty_at(world, ROLE_SECONDARY, world->now.wall_at);
    assert_int_equal(duty.kind, DUTY_FIXED);
    assert_int_equal(duty.until_at, MSEC_NEVER);
}

static void an_override_cuts_a_duty_in_three(void **state)
{
    struct world *world = *state;
    msec start_at = world->setup.start_at;
    step(world, (struct event){.kind = EVENT_OVERRIDE_ADD,
                               .actor = "ann",
                               .team = "db",
                               .role = ROLE_PRIMARY,
                               .user = "cat",
                               .from_at = start_at + 2 * HOUR_MS,
                               .until_at = start_at + 3 * HOUR_MS});
    assert_int_equal(world->answer.id, 1);
    struct duty before = duty_at(world, ROLE_PRIMARY, start_at + HOUR_MS);
    struct duty during = duty_at(world, ROLE_PRIMARY, start_at + 2 * HOUR_MS);
    struct duty after = duty_at(world, ROLE_PRIMARY, start_at + 3 * HOUR_MS);
    assert_int_equal(before.until_at, start_at + 2 * HOUR_MS);
    assert_int_equal(during.kind, DUTY_OVERRIDE);
    assert_string_equal(during.users[0]->id, "cat");
    assert_string_equal(during.instead_of->id, "ann");
    assert_int_equal(during.from_at, start_at + 2 * HOUR_MS);
    assert_int_equal(during.until_at, start_at + 3 * HOUR_MS);
    assert_string_equal(after.users[0]->id, "ann");
    assert_int_equal(after.from_at, start_at + 3 * HOUR_MS);
}

static void the_end_of_a_rest_is_an_edge(void **state)
{
    struct world *world = *state;
    msec start_at = world->setup.start_at;
    step(world,
         (struct event){
             .kind = EVENT_RECOVERY_START, .actor = "mia", .user = "ann", .for_ms = 3 * HOUR_MS});
    struct duty duty = duty_at(world, ROLE_PRIMARY, start_at);
    assert_int_equal(duty.kind, DUTY_COVER);
    assert_string_equal(duty.users[0]->id, "bob");
    assert_string_equal(duty.instead_of->id, "ann");
    assert_int_equal(duty.until_at, start_at + 3 * HOUR_MS);
    duty = duty_at(world, ROLE_SECONDARY, start_at);
    assert_string_equal(duty.users[0]->id, "cat");
    duty = duty_at(world, ROLE_PRIMARY, start_at + 3 * HOUR_MS);
    assert_string_equal(duty.users[0]->id, "ann");
}

static void asking_changes_nothing(void **state)
{
    struct world *world = *state;
    uint64_t digest = world->digest;
    (void)duty_at(world, ROLE_PRIMARY, world->now.wall_at);
    struct fault fault = {0};
    world_moment(world);
    assert_true(world_pass(world, world->now.steady_at + HOUR_MS, false, &fault));
    assert_true(digest == world->digest);
}

static void rota_find_says_what_comes_next(void **state)
{
    (void)state;
    struct segment segments[] = {{.start_at = 10, .end_at = 20}, {.start_at = 30, .end_at = 40}};
    struct rota rota = {.segments = segments, .segment_count = 2};
    const struct segment *next = NULL;
    assert_null(rota_find(&rota, 9, &next));
    assert_ptr_equal(next, &segments[0]);
    assert_ptr_equal(rota_find(&rota, 10, &next), &segments[0]);
    assert_ptr_equal(next, &segments[1]);
    assert_null(rota_find(&rota, 20, &next));
    assert_ptr_equal(next, &segments[1]);
    assert_ptr_equal(rota_find(&rota, 39, &next), &segments[1]);
    assert_null(next);
    assert_null(rota_find(&rota, 40, &next));
    assert_null(next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_segment_is_half_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equal_neighbours_are_one_duty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_the_last_segment_is_a_gap_for_ever, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_role_without_a_source_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fixed_person_has_the_role_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_override_cuts_a_duty_in_three, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_a_rest_is_an_edge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asking_changes_nothing, set_up, tear_down),
        cmocka_unit_test(rota_find_says_what_comes_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
