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

/* Half-hour shifts, of ann, or of ann and cat in turn. */
#define SHIFT_MS (30 * MINUTE_MS)

static struct segment *shifts_make(msec start_at, size_t count, bool is_in_turn)
{
    struct segment *segments = memory_new(count, sizeof *segments);
    for (size_t i = 0; i < count; i++)
        segments[i] = (struct segment){.start_at = start_at + (msec)i * SHIFT_MS,
                                       .end_at = start_at + (msec)(i + 1) * SHIFT_MS,
                                       .users = {is_in_turn && i % 2 == 1 ? "cat" : "ann"},
                                       .user_count = 1,
                                       .uid = "uid",
                                       .line = 1};
    return segments;
}

/* Primary as in these shifts; the world's own roster is not used any more. */
static void give_shifts(struct world *world, struct rota *rota, struct roster *roster,
                        struct segment *segments, size_t count)
{
    *rota = (struct rota){.calendar = "main",
                          .source = "main.ics",
                          .until_at = MSEC_NEVER,
                          .segments = segments,
                          .segment_count = count};
    *roster = (struct roster){.rotas = rota, .rota_count = 1};
    step(world, (struct event){.kind = EVENT_ROSTER, .roster = roster});
}

static void half_an_hour_after_the_other_of_one_person_is_one_duty(void **state)
{
    struct world *world = *state;
    struct rota rota;
    struct roster roster;
    size_t count = (size_t)(390 * DAY_MS / SHIFT_MS);
    msec start_at = world->setup.start_at;
    struct segment *segments = shifts_make(start_at, count, false);
    give_shifts(world, &rota, &roster, segments, count);
    struct duty duty = duty_at(world, ROLE_PRIMARY, start_at + DAY_MS);
    assert_int_equal(duty.from_at, start_at);
    assert_int_equal(duty.until_at, start_at + 390 * DAY_MS);
    free(segments);
}

/* The first role changes all the time, and while somebody rests its changes matter to the second.
 */
static void what_changes_in_another_role_does_not_end_a_duty(void **state)
{
    struct world *world = *state;
    struct rota rota;
    struct roster roster;
    size_t count = (size_t)(20 * DAY_MS / SHIFT_MS);
    msec start_at = world->setup.start_at;
    struct segment *segments = shifts_make(start_at, count, true);
    give_shifts(world, &rota, &roster, segments, count);
    struct duty duty = duty_at(world, ROLE_SECONDARY, start_at);
    assert_int_equal(duty.from_at, 0);
    assert_int_equal(duty.until_at, MSEC_NEVER);
    duty = duty_at(world, ROLE_PRIMARY, start_at);
    assert_int_equal(duty.until_at, start_at + SHIFT_MS);
    step(world,
         (struct event){
             .kind = EVENT_RECOVERY_START, .actor = "mia", .user = "bob", .for_ms = 10 * DAY_MS});
    duty = duty_at(world, ROLE_SECONDARY, start_at + DAY_MS);
    assert_int_equal(duty.until_at, start_at + DAY_MS + SHIFT_MS);
    free(segments);
}

static void a_swap_keeps_the_slot_below_it(void **state)
{
    struct world *world = *state;
    msec start_at = world->setup.start_at;
    msec midnight = start_at + DAY_MS;
    struct segment segments[] = {
        {.start_at = start_at, .end_at = midnight, .users = {"ann"}, .user_count = 1, .uid = "a"},
        {.start_at = midnight + HOUR_MS,
         .end_at = midnight + DAY_MS,
         .users = {"bob"},
         .user_count = 1,
         .uid = "b",
         .instance_at = midnight}};
    struct rota rota;
    struct roster roster;
    give_shifts(world, &rota, &roster, segments, 2);
    step(world, (struct event){.kind = EVENT_OVERRIDE_ADD,
                               .actor = "ann",
                               .team = "db",
                               .role = ROLE_PRIMARY,
                               .user = "cat",
                               .from_at = midnight + 2 * HOUR_MS,
                               .until_at = midnight + DAY_MS});
    struct duty duty = duty_at(world, ROLE_PRIMARY, midnight + 5 * HOUR_MS);
    assert_int_equal(duty.kind, DUTY_OVERRIDE);
    assert_int_equal(duty.from_at, midnight + 2 * HOUR_MS);
    assert_int_equal(duty.slot_at, midnight + HOUR_MS);
    assert_int_equal(duty.instance_at, midnight); /* moved by an hour in the calendar */
    assert_string_equal(duty.uid, "b");
    duty = duty_at(world, ROLE_PRIMARY, start_at + HOUR_MS);
    assert_int_equal(duty.slot_at, start_at);
    assert_int_equal(duty.instance_at, start_at);
    duty = duty_at(world, ROLE_PRIMARY, midnight); /* a gap */
    assert_int_equal(duty.slot_at, midnight);
    assert_null(duty.uid);
}

/* Whenever it is asked, the slot is that in which the answer began. */
static void the_slot_of_merged_shifts_is_the_first(void **state)
{
    struct world *world = *state;
    struct rota rota;
    struct roster roster;
    msec start_at = world->setup.start_at;
    struct segment *segments = shifts_make(start_at, 10, false);
    give_shifts(world, &rota, &roster, segments, 10);
    assert_int_equal(duty_at(world, ROLE_PRIMARY, start_at + 4 * SHIFT_MS).slot_at, start_at);
    free(segments);
}

static void a_calendar_is_read_by_its_layers(void **state)
{
    struct world *world = *state;
    msec start_at = world->setup.start_at;
    struct segment ann = {
        .start_at = start_at, .end_at = start_at + DAY_MS, .users = {"ann"}, .user_count = 1};
    struct segment cat = ann;
    cat.users[0] = "cat";
    struct rota rotas[] = {
        {.calendar = "main",
         .source = "m",
         .layer = "primary",
         .segments = &ann,
         .segment_count = 1},
        {.calendar = "main", .source = "m", .segments = &cat, .segment_count = 1},
        {.calendar = "main", .source = "m", .layer = "what", .segments = &ann, .segment_count = 1}};
    struct roster roster = {.rotas = rotas, .rota_count = 3};
    step(world, (struct event){.kind = EVENT_ROSTER, .roster = &roster});
    assert_string_equal(duty_at(world, ROLE_PRIMARY, start_at).users[0]->id, "cat");
    assert_ptr_equal(roster_find(&roster, "main", "primary"), &rotas[0]);
    assert_ptr_equal(roster_find(&roster, "main", NULL), &rotas[1]);
    assert_null(roster_find(&roster, "main", "secondary"));
    assert_null(roster_find(&roster, NULL, NULL));
}

static void an_absence_is_half_open_and_has_two_edges(void **state)
{
    (void)state;
    struct absence absences[] = {{.user = "ann", .start_at = 10, .end_at = 20},
                                 {.user = "bob", .start_at = 10, .end_at = 20},
                                 {.user = "bob", .start_at = 20, .end_at = 30},
                                 {.user = "bob", .start_at = 40, .end_at = 50},
                                 {.user = "cat", .start_at = 0, .end_at = 100}};
    struct roster roster = {.absences = absences, .absence_count = 5};
    const struct absence *next = NULL;
    assert_null(roster_absence(&roster, "bob", 9, &next));
    assert_ptr_equal(next, &absences[1]);
    assert_ptr_equal(roster_absence(&roster, "bob", 10, &next), &absences[1]);
    assert_ptr_equal(next, &absences[2]);
    assert_ptr_equal(roster_absence(&roster, "bob", 20, &next), &absences[2]);
    assert_null(roster_absence(&roster, "bob", 30, &next));
    assert_ptr_equal(next, &absences[3]);
    assert_null(roster_absence(&roster, "bob", 50, &next));
    assert_null(next);
    assert_null(roster_absence(&roster, "eve", 50, &next));
    assert_null(roster_absence(NULL, "ann", 10, NULL));
    const msec after[][2] = {{9, 10}, {10, 20}, {19, 20}, {20, 30}, {30, 40}, {49, 50}};
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        assert_int_equal(roster_absence_edge(&roster, "bob", after[i][0], false), after[i][1]);
    assert_int_equal(roster_absence_edge(&roster, "bob", 50, false), MSEC_NEVER);
    const msec before[][2] = {{10, 10}, {19, 10}, {20, 20}, {39, 30}, {40, 40}, {60, 50}};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        assert_int_equal(roster_absence_edge(&roster, "bob", before[i][0], true), before[i][1]);
    assert_int_equal(roster_absence_edge(&roster, "bob", 9, true), -MSEC_NEVER);
    assert_int_equal(roster_absence_edge(&roster, "eve", 9, true), -MSEC_NEVER);
    assert_int_equal(roster_absence_edge(NULL, "bob", 9, false), MSEC_NEVER);
}

static void a_holiday_is_of_its_calendar(void **state)
{
    (void)state;
    struct holiday holidays[] = {{"berlin", 10, 20, "Unity"}, {"tokyo", 15, 30, "Sea"}};
    struct roster roster = {.holidays = holidays, .holiday_count = 2};
    assert_ptr_equal(roster_holiday(&roster, "berlin", 10), &holidays[0]);
    assert_null(roster_holiday(&roster, "berlin", 20));
    assert_ptr_equal(roster_holiday(&roster, "tokyo", 16), &holidays[1]);
    assert_null(roster_holiday(&roster, NULL, 16));
    assert_null(roster_holiday(NULL, "berlin", 16));
}

static void asking_changes_nothing(void **state)
{
    struct world *world = *state;
    uint64_t digest = world_digest(world);
    (void)duty_at(world, ROLE_PRIMARY, world->now.wall_at);
    struct fault fault = {0};
    world_moment(world);
    assert_true(world_pass(world, world->now.steady_at + HOUR_MS, false, &fault));
    assert_true(digest == world_digest(world));
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
        cmocka_unit_test_setup_teardown(half_an_hour_after_the_other_of_one_person_is_one_duty,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_changes_in_another_role_does_not_end_a_duty, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_swap_keeps_the_slot_below_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_slot_of_merged_shifts_is_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_calendar_is_read_by_its_layers, set_up, tear_down),
        cmocka_unit_test(an_absence_is_half_open_and_has_two_edges),
        cmocka_unit_test(a_holiday_is_of_its_calendar),
        cmocka_unit_test(rota_find_says_what_comes_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
