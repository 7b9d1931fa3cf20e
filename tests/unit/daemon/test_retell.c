/* SPDX-License-Identifier: MIT */
/* What a journal has, as calls: what is not known stops nothing but its own alert. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/retell.h"

#define UUID "1f8fad5b-d9cb-469f-a165-70867728950e"
#define ALERT(key)                                                                \
    "{\"kind\":\"trigger\",\"at\":1795310020498,\"actor\":\"nagios\",\"alert\":{" \
    "\"integration\":\"nagios\",\"dedup_key\":\"" key "\",\"summary\":\"" key     \
    "\",\"uuid\":\"" UUID "\",\"labels\":{}}}"
#define ABOUT(kind, key)                                                           \
    "{\"kind\":\"" kind "\",\"at\":1795310020499,\"actor\":\"ann\",\"incident\":{" \
    "\"number\":2001,\"uuid\":\"" UUID "\",\"integration\":\"nagios\",\"dedup_key\":\"" key "\"}}"

static struct retell_letter *letters_of(const char *entry, bool is_alone, size_t *count)
{
    struct retell_threads *threads = retell_threads_new();
    struct fault fault = {0};
    assert_true(retell_threads_add(threads, entry, &fault));
    struct retell_letter *letters = retell_letters(threads, is_alone, count);
    retell_threads_free(threads);
    return letters;
}

static void letters_free(struct retell_letter *letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_clear(&letters[i].events);
    free(letters);
}

static bool has(const struct retell_letter *letter, const char *words)
{
    CLEANUP(text_clear) struct text copy = {0};
    text_add_span(&copy, text_span(&letter->events));
    return strstr(text_string(&copy), words) != NULL;
}

static void a_kind_of_a_newer_version_is_not_known(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_true(retell_is_known(span_of(ALERT("disk") "," ABOUT("acknowledge", "disk")), &fault));
    assert_false(retell_is_known(span_of(ALERT("disk") "," ABOUT("hand-on", "disk")), &fault));
    assert_non_null(strstr(fault.text, "kind"));
}

static void a_link_and_a_page_that_are_broken_are_not_known(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_false(retell_is_known(span_of(ABOUT("ack-link", "disk")), &fault));
    assert_false(retell_is_known(span_of("{\"kind\":\"paged\"}"), &fault));
    assert_false(retell_is_known(span_of("{"), &fault));
}

static void each_alert_can_have_a_call_of_its_own(void **state)
{
    (void)state;
    const char *entry = ALERT("disk") "," ALERT("load") "," ABOUT("hand-on", "disk");
    size_t count = 0;
    struct retell_letter *letters = letters_of(entry, false, &count);
    assert_int_equal(count, 1);
    assert_false(letters[0].is_alone);
    CLEANUP(text_clear) struct text all = {0};
    text_add_span(&all, text_span(&letters[0].events));
    letters_free(letters, count);

    letters = letters_of(text_string(&all), true, &count);
    assert_int_equal(count, 2);
    assert_true(letters[0].is_alone && letters[1].is_alone);
    assert_true(has(&letters[0], "disk") && has(&letters[0], "hand-on"));
    assert_true(has(&letters[1], "load") && !has(&letters[1], "hand-on"));
    letters_free(letters, count);
}

static void what_goes_on_with_an_earlier_call_says_so(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text entry = {0};
    size_t count = 0;
    text_add(&entry, ALERT("disk") "," ALERT("load"));
    for (size_t i = 0; i < 700; i++)
        text_add(&entry, "," ABOUT("note", "disk"));
    struct retell_letter *letters = letters_of(text_string(&entry), true, &count);
    assert_int_equal(count, 3);
    assert_true(has(&letters[0], "disk") && !letters[0].goes_on);
    assert_true(has(&letters[1], "load") && !letters[1].goes_on);
    assert_true(has(&letters[2], "disk") && letters[2].goes_on);
    letters_free(letters, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_of_a_newer_version_is_not_known),
        cmocka_unit_test(a_link_and_a_page_that_are_broken_are_not_known),
        cmocka_unit_test(each_alert_can_have_a_call_of_its_own),
        cmocka_unit_test(what_goes_on_with_an_earlier_call_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
