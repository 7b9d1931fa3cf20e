/* SPDX-License-Identifier: MIT */
/* What the courier may begin, and what it began too late; and the key of a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "daemon/leavings.h"
#include "daemon/page_key.h"
#include "engine/record.h"
#include "notify/notify.h"

#define NOW (1000 * SECOND_MS)

static msec not_after(const struct leavings *leavings, msec confirmed_ms)
{
    return leavings_not_after(leavings, 7, (struct departures_now){NOW, confirmed_ms});
}

static void a_page_is_begun_before_another_node_takes_over(void **state)
{
    struct leavings *leavings = leavings_new();
    (void)state;
    assert_int_equal(not_after(leavings, 0), 0);
    leavings_note(leavings, 7, 1, "token");
    assert_int_equal(not_after(leavings, 0), NOW + 2000);
    assert_int_equal(not_after(leavings, 600), NOW + 1400);
    /* Nobody can be asked: it leaves all the same, and not at any time. */
    assert_int_equal(not_after(leavings, 60000), NOW + 2000);
    leavings_end(leavings, 7, 1);
    assert_int_equal(not_after(leavings, 0), 0);
    leavings_free(leavings);
}

static void what_was_begun_too_late_has_twice_as_long(void **state)
{
    struct leavings *leavings = leavings_new();
    char token[TOKEN_TEXT_SIZE] = "";
    (void)state;
    assert_false(leavings_again(leavings, 7, 1, token));
    leavings_note(leavings, 7, 2, "token");
    assert_false(leavings_again(leavings, 7, 1, token));
    assert_true(leavings_again(leavings, 7, 2, token));
    assert_string_equal(token, "token");
    leavings_note(leavings, 7, 2, token);
    assert_int_equal(not_after(leavings, 0), NOW + 4000);
    for (int i = 0; i < 100; i++)
        assert_true(leavings_again(leavings, 7, 2, token));
    assert_int_equal(not_after(leavings, 0), NOW + 32000);
    assert_int_equal(leavings_late_count(leavings), 101);
    leavings_note(leavings, 7, 3, "other");
    assert_int_equal(not_after(leavings, 0), NOW + 2000);
    leavings_end(leavings, 7, 2); /* of an earlier attempt: nothing to this one */
    assert_int_equal(not_after(leavings, 0), NOW + 2000);
    leavings_lost(leavings);
    assert_int_equal(not_after(leavings, 0), 0);
    leavings_free(leavings);
}

static void a_key_is_of_one_attempt_of_one_page_of_one_pagerd(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct channel_settings settings = {.token = "secret"};
    struct page page = {.id = 41, .attempt = 1, .key_attempt = 1, .created_at = 5000};
    struct config config = {.url = "https://p.example.org"};
    const char *key = page_key(&page, &config, &settings, arena);
    (void)state;
    assert_int_equal(strlen(key), 32);
    assert_int_equal(strspn(key, "0123456789abcdef"), 32);
    page.attempt = 2; /* the same once more */
    assert_string_equal(page_key(&page, &config, &settings, arena), key);
    struct page next = page;
    next.key_attempt = 2;
    assert_string_not_equal(page_key(&next, &config, &settings, arena), key);
    next = page;
    next.created_at++; /* the number was used before a backup was restored */
    assert_string_not_equal(page_key(&next, &config, &settings, arena), key);
    next = page;
    next.id++;
    assert_string_not_equal(page_key(&next, &config, &settings, arena), key);
    struct channel_settings other = {.password = "secret"};
    assert_string_not_equal(page_key(&page, &config, &other, arena), key);
    config.url = "https://q.example.org";
    assert_string_not_equal(page_key(&page, &config, &settings, arena), key);
    config.url = NULL;
    assert_string_not_equal(page_key(&page, &config, &settings, arena), key);
    /* Nodes may each have an address of their own. */
    config.node_secret = "the secret of these nodes";
    key = page_key(&page, &config, &settings, arena);
    config.url = "https://p.example.org";
    assert_string_equal(page_key(&page, &config, &settings, arena), key);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_begun_before_another_node_takes_over),
        cmocka_unit_test(what_was_begun_too_late_has_twice_as_long),
        cmocka_unit_test(a_key_is_of_one_attempt_of_one_page_of_one_pagerd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
