/* SPDX-License-Identifier: MIT */
/* Who was paged by a node that is gone is not paged again by the next one, and nobody is left out
 * by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/away_rules.h"
#include "daemon/paged_form.h"

#define PAGED CLEANUP(paged_free) struct paged *paged = paged_new()

static const struct paged_item ann_by_sms = {
    .uuid = "u1", .user = "ann", .channel = "sms", .nth = 1, .attempt = 1};
static const struct paged_item ann_by_mail = {
    .uuid = "u1", .user = "ann", .channel = "email", .nth = 1, .attempt = 1};
static const struct paged_item bob_by_sms = {
    .uuid = "u1", .user = "bob", .channel = "sms", .nth = 1, .attempt = 1};
static const struct paged_item ann_of_another = {
    .uuid = "u2", .user = "ann", .channel = "sms", .nth = 1, .attempt = 1};

static void what_has_left_is_taken_once(void **state UNUSED)
{
    PAGED;
    paged_add(paged, &ann_by_sms, 1000);
    paged_add(paged, &ann_by_sms, 1000); /* by two nodes that hand it in */
    assert_false(paged_take(paged, &bob_by_sms, 1000));
    assert_false(paged_take(paged, &ann_by_mail, 1000));
    assert_false(paged_take(paged, &ann_of_another, 1000));
    assert_true(paged_take(paged, &ann_by_sms, 1000));
    assert_false(paged_take(paged, &ann_by_sms, 1000));
    assert_int_equal(paged_count(paged), 1);
}

static void several_people_and_channels_are_known(void **state UNUSED)
{
    PAGED;
    paged_add(paged, &ann_by_sms, 0);
    paged_add(paged, &ann_by_mail, 0);
    paged_add(paged, &bob_by_sms, 0);
    assert_true(paged_take(paged, &ann_by_mail, 0));
    assert_true(paged_take(paged, &bob_by_sms, 0));
    assert_true(paged_take(paged, &ann_by_sms, 0));
}

/* They are messages of their own: taken for the one before, they would reach nobody. */
static void a_later_round_and_a_new_attempt_are_not_taken_for_it(void **state UNUSED)
{
    PAGED;
    struct paged_item later = ann_by_sms;
    struct paged_item anew = ann_by_sms;
    later.nth = 2;
    anew.attempt = 2;
    paged_add(paged, &ann_by_sms, 0);
    assert_false(paged_take(paged, &later, 0));
    assert_false(paged_take(paged, &anew, 0));
    paged_add(paged, &later, 0);
    assert_true(paged_take(paged, &later, 0));
    assert_true(paged_take(paged, &ann_by_sms, 0));
}

/* The next page of an incident. */
static struct page page_of(enum page_kind kind, const char *user, const char *channel,
                           struct page *older)
{
    return (struct page){.incident = 1,
                         .kind = kind,
                         .user = user,
                         .channel = channel,
                         .also = "",
                         .attempt = 3,
                         .older = older};
}

static void pages_of_an_incident_are_told_apart(void **state UNUSED)
{
    struct page first = page_of(PAGE_ALERT, "ann", "sms", NULL);
    struct page mail = page_of(PAGE_ALERT, "ann", "email", &first);
    struct page news = page_of(PAGE_CLEARED, "ann", "sms", &mail);
    struct page bobs = page_of(PAGE_ESCALATED, "bob", "sms", &news);
    struct page second = page_of(PAGE_ALERT, "ann", "sms", &bobs);
    assert_int_equal(away_paged_item(&first).nth, 1);
    assert_int_equal(away_paged_item(&mail).nth, 1);
    assert_int_equal(away_paged_item(&bobs).nth, 1);
    assert_int_equal(away_paged_item(&second).nth, 2);
    assert_string_equal(away_paged_item(&second).user, "ann");
    assert_string_equal(away_paged_item(&second).channel, "sms");
}

/* As its idempotency key counts, else the one that has left, else the one that is to leave. */
static void attempts_of_a_page_are_told_apart(void **state UNUSED)
{
    struct page page = page_of(PAGE_ALERT, "ann", "sms", NULL);
    assert_int_equal(away_paged_item(&page).attempt, 3);
    page.sent_attempt = 2;
    assert_int_equal(away_paged_item(&page).attempt, 2);
    page.key_attempt = 1;
    assert_int_equal(away_paged_item(&page).attempt, 1);
}

static void only_first_pages_of_one_incident_are_told(void **state UNUSED)
{
    struct page page = page_of(PAGE_ESCALATED, "ann", "sms", NULL);
    assert_true(away_is_first_page(&page));
    page.also = "2,3"; /* a page of several */
    assert_false(away_is_first_page(&page));
    page = page_of(PAGE_ALERT, "ann", "sms", NULL);
    page.incident = 0;
    assert_false(away_is_first_page(&page));
    page = page_of(PAGE_CLEARED, "ann", "sms", NULL);
    assert_false(away_is_first_page(&page));
}

static void a_deed_makes_it_unknown(void **state UNUSED)
{
    PAGED;
    paged_add(paged, &ann_by_sms, 0);
    paged_add(paged, &ann_of_another, 0);
    paged_forget(paged, "u1");
    paged_forget(paged, "u3");
    assert_false(paged_take(paged, &ann_by_sms, 0));
    assert_true(paged_take(paged, &ann_of_another, 0));
}

static void after_a_while_it_counts_no_more(void **state UNUSED)
{
    PAGED;
    paged_add(paged, &ann_by_sms, 1000);
    assert_false(paged_take(paged, &ann_by_sms, 1000 + PAGED_KEEP_MS));
    assert_true(paged_take(paged, &ann_by_sms, 999 + PAGED_KEEP_MS));
}

static void it_is_bounded_and_the_old_make_room(void **state UNUSED)
{
    PAGED;
    char uuid[16];
    struct paged_item item = {
        .uuid = uuid, .user = "ann", .channel = "sms", .nth = 1, .attempt = 1};
    for (unsigned i = 0; i < PAGED_MAX; i++) {
        snprintf(uuid, sizeof(uuid), "i%u", i);
        paged_add(paged, &item, 0);
    }
    paged_add(paged, &ann_by_sms, PAGED_KEEP_MS - 1);
    assert_false(paged_take(paged, &ann_by_sms, PAGED_KEEP_MS - 1));
    paged_add(paged, &ann_by_sms, PAGED_KEEP_MS);
    assert_true(paged_take(paged, &ann_by_sms, PAGED_KEEP_MS));
}

/* What is read of `text`, or of what is written when that is NULL. */
static bool again(struct arena *arena, const char *text, struct paged_item *item,
                  struct event_origin *origin)
{
    CLEANUP(text_clear) struct text written = {0};
    struct json_writer writer = {.text = &written};
    const struct event_origin full = {
        .at = 7, .number = 2001, .uuid = "u1", .integration = "nagios", .dedup_key = "disk"};
    const struct json *json = NULL;
    struct fault fault = {0};
    paged_form_put(&writer, &ann_by_sms, &full);
    assert_true(
        json_parse(arena, text != NULL ? span_of(text) : text_span(&written), &json, &fault));
    assert_true(paged_form_is(json));
    bool is_good = paged_form_read(json, arena, item, origin, &fault);
    assert_true(is_good == (fault.kind == FAULT_NONE));
    return is_good;
}

static void its_form_comes_back(void **state UNUSED)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct paged_item item;
    struct event_origin origin;
    assert_true(again(arena, NULL, &item, &origin));
    assert_string_equal(item.uuid, "u1");
    assert_string_equal(item.user, "ann");
    assert_string_equal(item.channel, "sms");
    assert_int_equal(item.nth, 1);
    assert_int_equal(item.attempt, 1);
    assert_int_equal(origin.number, 2001);
    assert_false(again(arena, "{\"kind\":\"page-sent\"}", &item, &origin));
    assert_false(again(arena, "{\"kind\":\"page-sent\",\"incident\":{\"uuid\":\"u1\"},\"user\":7}",
                       &item, &origin));
    assert_false(again(arena,
                       "{\"kind\":\"page-sent\",\"incident\":{\"uuid\":\"u1\"},\"user\":\"ann\","
                       "\"channel\":\"sms\",\"nth\":0,\"attempt\":1}",
                       &item, &origin));
}

static void one_of_two_goes_on_and_has_the_database_first(void **state UNUSED)
{
    assert_true(away_is_first("a", "b", false));
    assert_false(away_is_first("b", "a", false));
    assert_false(away_is_first("a", "b", true)); /* that one is on duty soon */
    assert_false(away_leaves_it(100000, 0, 0));
    assert_true(away_leaves_it(100000, 100000, 0));
    assert_true(away_leaves_it(100000, 100001 - AWAY_HEIR_MS, 99000));
    assert_false(away_leaves_it(100000, 100000 - AWAY_HEIR_MS, 99000));
    assert_false(away_leaves_it(100000, 100000, 100000 - AWAY_FIRST_MS)); /* it does not take it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_left_is_taken_once),
        cmocka_unit_test(several_people_and_channels_are_known),
        cmocka_unit_test(a_later_round_and_a_new_attempt_are_not_taken_for_it),
        cmocka_unit_test(pages_of_an_incident_are_told_apart),
        cmocka_unit_test(attempts_of_a_page_are_told_apart),
        cmocka_unit_test(only_first_pages_of_one_incident_are_told),
        cmocka_unit_test(a_deed_makes_it_unknown),
        cmocka_unit_test(after_a_while_it_counts_no_more),
        cmocka_unit_test(it_is_bounded_and_the_old_make_room),
        cmocka_unit_test(its_form_comes_back),
        cmocka_unit_test(one_of_two_goes_on_and_has_the_database_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
