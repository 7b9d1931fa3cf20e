/* SPDX-License-Identifier: MIT */
/* A planted fault is found, cut down to what it needs, and fails as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "sim/shrink.h"

#define SEEDS_MAX 300
#define CLAUSES_MAX 10

/* Somebody is paged because an ack was forgotten: it takes an alert, an ack and time. */
static bool no_still(const struct world *world, struct fault *fault)
{
    for (size_t i = 0; i < world->page_count; i++) {
        if (world->pages[i].kind == PAGE_STILL)
            return fault_set(fault, FAULT_CONFLICT, "planted: page %d is a reminder", (int)i);
    }
    return true;
}

/* The process dies, as by an assertion, when a page says that it is a repeat. */
static bool no_repeat(const struct world *world, struct fault *fault)
{
    (void)fault;
    for (size_t i = 0; i < world->page_count; i++) {
        if (world->pages[i].is_repeat)
            abort();
    }
    return true;
}

static void is_cut_down(run_watch *watch, const char *text)
{
    struct fault fault = {0};
    struct atlas atlas;
    assert_true(atlas_load(&atlas, &fault));
    struct arena *arena = arena_new();
    struct script *script = NULL;
    struct verdict verdict = {.is_fine = true};
    for (uint64_t point = 0; point < SEEDS_MAX && verdict.is_fine; point++) {
        struct seed seed = {.base = 9, .point = point, .hours = 87 * HOUR_MS};
        arena_reset(arena);
        script = arena_take(arena, sizeof *script);
        verdict = judge_seed(seed, &atlas, watch, arena, script);
    }
    assert_false(verdict.is_fine);
    assert_non_null(strstr(verdict.text, text));
    verdict = judge(script, watch, NULL);
    assert_true(shrink(script, &verdict, watch) > 0);
    if (script->clause_count > CLAUSES_MAX)
        fail_msg("%zu clauses are left", script->clause_count);
    struct verdict again = judge(script, watch, NULL);
    assert_false(again.is_fine);
    assert_true(verdict_is_like(&verdict, &again));
    script->clause_count--;
    again = judge(script, watch, NULL);
    assert_false(!again.is_fine && verdict_is_like(&verdict, &again));
    arena_free(arena);
    atlas_clear(&atlas);
}

static void a_planted_fault_is_cut_down_to_a_few_clauses(void **state)
{
    (void)state;
    is_cut_down(no_still, "planted: page");
}

static void a_script_that_kills_the_process_is_cut_down_too(void **state)
{
    (void)state;
    is_cut_down(no_repeat, "signal 6");
}

static void faults_are_alike_but_for_their_numbers(void **state)
{
    (void)state;
    struct verdict first = {.text = "fault: #12 pages somebody who does not exist"};
    struct verdict second = {.text = "fault: #7 pages somebody who does not exist"};
    struct verdict third = {.text = "fault: #7 is promised and is lost"};
    assert_true(verdict_is_like(&first, &second));
    assert_false(verdict_is_like(&first, &third));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_planted_fault_is_cut_down_to_a_few_clauses),
        cmocka_unit_test(a_script_that_kills_the_process_is_cut_down_too),
        cmocka_unit_test(faults_are_alike_but_for_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
