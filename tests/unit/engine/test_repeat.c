/* SPDX-License-Identifier: MIT */
/* Which attempts of a page are one and the same to its provider. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "engine/repeat.h"

static uint16_t begun(struct engine *engine, struct page *page)
{
    page->attempt++;
    repeat_note(engine, page);
    return page->key_attempt;
}

static void what_may_have_arrived_is_sent_with_its_key(void **state)
{
    struct engine *engine = engine_new();
    struct page page = {0};
    (void)state;
    assert_int_equal(begun(engine, &page), 1);
    repeat_begin(&page, REPEAT_UNSURE);
    assert_int_equal(begun(engine, &page), 1);
    repeat_begin(&page, REPEAT_COURIER);
    assert_int_equal(begun(engine, &page), 1);
    struct engine_counts counts = view_counts(engine);
    assert_int_equal(counts.pages_repeated[REPEAT_UNSURE], 1);
    assert_int_equal(counts.pages_repeated[REPEAT_COURIER], 1);
    assert_int_equal(counts.pages_repeated[REPEAT_RESTART], 0);
    engine_free(engine);
}

static void what_was_refused_is_sent_with_another(void **state)
{
    struct engine *engine = engine_new();
    struct page page = {0};
    (void)state;
    assert_int_equal(begun(engine, &page), 1);
    repeat_end(&page);
    assert_int_equal(begun(engine, &page), 2);
    repeat_begin(&page, REPEAT_SILENCE);
    assert_int_equal(begun(engine, &page), 2);
    repeat_end(&page);
    assert_int_equal(begun(engine, &page), 4);
    engine_free(engine);
}

static void each_reason_has_a_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REPEAT_REASON_COUNT; i++)
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(repeat_reason_name(i), repeat_reason_name(j));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_have_arrived_is_sent_with_its_key),
        cmocka_unit_test(what_was_refused_is_sent_with_another),
        cmocka_unit_test(each_reason_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
