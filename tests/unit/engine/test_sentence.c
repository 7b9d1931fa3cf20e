/* SPDX-License-Identifier: MIT */
/* Sentences of the engine: as shipped, and in the words of a house. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/zone.h"
#include "engine/sentence.h"

#define AT 1795424400000 /* Mon 23 Nov 2026 09:00 UTC */

static void every_sentence_has_a_name_of_its_own_and_can_be_said_as_shipped(void **state)
{
    (void)state;
    const struct template_row *row = NULL;
    size_t count = 0;
    for (; (row = sentence_row(count)) != NULL; count++) {
        struct fault fault = {0};
        assert_non_null(row->name);
        if (!template_check(row->text, row, &fault))
            fail_msg("%s: %s", row->name, fault.text);
        for (size_t i = 0; i < count; i++)
            assert_string_not_equal(sentence_row(i)->name, row->name);
    }
    assert_int_equal(count, SENTENCE_COUNT);
}

static void add_soon(struct text *text, const struct language *language, msec until_at)
{
    struct zone *zone = zone_fixed("UTC", 0);
    text_reset(text);
    sentence_say(text, language, SENTENCE_SHIFT_SOON, saying_text("team", "ops"),
                 saying_role("role", ROLE_PRIMARY), saying_time("from", zone, AT),
                 saying_time("until", zone, until_at));
    zone_free(zone);
}

static void what_has_words_of_the_house_is_said_in_them(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    struct language language = {
        .sentences = {[SENTENCE_SHIFT_SOON] = "$team ($role) ab $from bis $until.",
                      [SENTENCE_ROLE + ROLE_PRIMARY] = "Hauptdienst",
                      [SENTENCE_FURTHER_NOTICE] = "auf weiteres"},
        .weekdays = {"Mo", "Di"},
    };
    add_soon(&text, NULL, AT + DAY_MS);
    assert_string_equal(text_string(&text),
                        "ops primary from Mon 23 Nov 09:00 to Tue 24 Nov 09:00.");
    add_soon(&text, &language, AT + DAY_MS);
    assert_string_equal(text_string(&text),
                        "ops (Hauptdienst) ab Mo 23 Nov 09:00 bis Di 24 Nov 09:00.");
    add_soon(&text, &language, MSEC_NEVER);
    assert_string_equal(text_string(&text),
                        "ops (Hauptdienst) ab Mo 23 Nov 09:00 bis auf weiteres.");
}

static void a_count_of_nothing_is_said_or_left_out_as_the_sentence_wants(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    sentence_say(&text, NULL, SENTENCE_SILENCE_OVER, saying_text("silence", "Silence s1 (x)"),
                 saying_count("count", 2), saying_count("paged", 0), saying_text("list", ""),
                 saying_some("kept", 0), saying_some("done", 2));
    assert_string_equal(text_string(&text),
                        "Silence s1 (x) is over. It held back 2: 0 not over and "
                        "paged now, 2 dealt with meanwhile.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_has_a_name_of_its_own_and_can_be_said_as_shipped),
        cmocka_unit_test(what_has_words_of_the_house_is_said_in_them),
        cmocka_unit_test(a_count_of_nothing_is_said_or_left_out_as_the_sentence_wants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
