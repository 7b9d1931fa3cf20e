/* SPDX-License-Identifier: MIT */
/* What a team remembers of its last week: a hundred incidents at most, and
 * nothing that is older. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "engine/handoff.h"
#include "engine/happened.h"
#include "engine/state.h"

#define NOON (20000 * DAY_MS + 12 * HOUR_MS)

static struct team team = {.id = "ops", .handoff = HANDOFF_ON};
static const struct user ann = {.id = "ann", .name = "Ann"};

static void paged(struct engine *engine, struct effects *effects, uint64_t number, msec wall_at)
{
    char ops[] = "ops";
    char text[] = "disk";
    char none[] = "";
    struct incident incident = {.number = number,
                                .team = ops,
                                .source = text,
                                .summary = text,
                                .integration = none,
                                .dedup_key = none};
    struct work work = {.engine = engine,
                        .policy = engine->policy,
                        .effects = effects,
                        .now = {.steady_at = wall_at, .wall_at = wall_at}};
    happened_paged(&work, &incident, &ann);
}

static void a_hundred_are_remembered_for_a_week(void **state)
{
    static const struct policy policy = {.teams = &team, .team_count = 1};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct effects *effects = effects_new(arena);
    struct engine *engine = engine_new();
    struct handoff *handoff = memory_new(1, sizeof *handoff);
    (void)state;
    engine->policy = &policy;
    map_put(engine->teams, span_of(team.id), &team);
    handoff->team = string_copy("ops");
    handoff_take(engine, handoff);
    for (uint64_t i = 1; i <= HANDOFF_PAST_MAX; i++)
        paged(engine, effects, i, NOON);
    paged(engine, effects, 1, NOON);
    assert_int_equal(handoff->past_count, HANDOFF_PAST_MAX);
    paged(engine, effects, HANDOFF_PAST_MAX + 1, NOON + 1);
    assert_int_equal(handoff->past_count, HANDOFF_PAST_MAX);
    assert_int_equal(handoff->past[0].incident, 2);
    assert_true(happened_count(handoff, NOON + 1).is_more);
    assert_int_equal(happened_count(handoff, NOON + HAPPENED_KEEP_MS).all, 1);
    paged(engine, effects, HANDOFF_PAST_MAX + 2, NOON + HAPPENED_KEEP_MS);
    assert_int_equal(handoff->past_count, 2);
    (void)map_remove(engine->teams, span_of(team.id));
    engine->policy = NULL;
    effects_free(effects);
    engine_free(engine);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_are_remembered_for_a_week),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
