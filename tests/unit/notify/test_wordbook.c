/* SPDX-License-Identifier: MIT */
/* Texts in the house's own words: every shipped one fits, and what replaces it is checked. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "notify/gsm.h"
#include "notify/wordbook.h"

static void expect_refused(const char *name, const char *text, const char *words)
{
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct fault fault = {0};
    assert_false(wordbook_set(book, name, text, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    if (strstr(fault.text, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, fault.text);
}

static void every_shipped_text_has_a_name_and_fits_with_the_longest_values(void **state)
{
    (void)state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct text_row row;
    size_t cursor = 0;
    size_t count = 0;
    while (text_each(&cursor, &row)) {
        struct fault fault = {0};
        count++;
        assert_non_null(strchr(row.name, '.'));
        if (!wordbook_set(book, row.name, *row.place, &fault))
            fail_msg("%s: %s", row.name, fault.text);
        assert_string_equal(wordbook_say(book, row.place), *row.place);
    }
    assert_true(count > 100);
}

static void no_two_texts_have_one_name(void **state)
{
    (void)state;
    struct text_row row;
    size_t cursor = 0;
    while (text_each(&cursor, &row)) {
        struct text_row other;
        size_t rest = cursor;
        while (text_each(&rest, &other))
            if (strcmp(row.name, other.name) == 0)
                fail_msg("%s is there twice", row.name);
    }
}

static void a_replaced_text_is_said_in_its_own_language(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct zone *zone = zone_fixed("CET", 3600);
    struct letter letter = sample_letter(zone);
    struct fault fault = {0};
    assert_true(wordbook_set(book, "alert.sms",
                             "$tag #$number{0: $thing.}{3: $team seit $time.}{0: Bestätigen: "
                             "$link}",
                             &fault));
    letter.words = book;
    assert_string_equal(letter_sms(&letter, arena),
                        "CRIT #412 db1: disk /var 96% full. ops seit 03:02. Bestätigen: " ACK_LINK);
    letter.kind = PAGE_CLEARED; /* not replaced */
    letter.acted_at = letter.opened_at;
    assert_non_null(strstr(letter_sms(&letter, arena), "by itself"));
    /* Once more: the latest counts. */
    assert_true(wordbook_set(book, "alert.sms", "$tag #$number{0:: $link}", &fault));
    letter.kind = PAGE_ALERT;
    assert_string_equal(letter_sms(&letter, arena), "CRIT #412: " ACK_LINK);
    zone_free(zone);
}

static void days_and_small_words_can_be_replaced(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct zone *zone = zone_fixed("CET", 3600);
    struct letter letter = sample_letter(zone);
    struct fault fault = {0};
    assert_true(wordbook_set(book, "words.saturday", "Sa", &fault));
    assert_true(wordbook_set(book, "words.november", "Nov.", &fault));
    assert_true(wordbook_set(book, "words.repeat", "(nochmals)", &fault));
    letter.words = book;
    letter.is_repeat = true;
    letter.opened_at -= DAY_MS;
    const char *text = letter_sms(&letter, arena);
    assert_non_null(strstr(text, "Sa 21 Nov. 03:02"));
    assert_non_null(strstr(text, "(nochmals)"));
    zone_free(zone);
}

static void what_cannot_be_said_is_refused_with_a_reason(void **state)
{
    (void)state;
    expect_refused("alert.sm", "x", "did you mean \"alert.sms\"");
    expect_refused("nonsense.at.all", "x", "pagerd --messages");
    expect_refused("alert.sms", "$tag #$nummer", "no field $nummer");
    expect_refused("alert.sms", "$tag $", "no field $");
    expect_refused("alert.sms", "$tag {0: $link", "a { without its }");
    expect_refused("alert.sms", "$tag $link}", "a } without its {");
    expect_refused("alert.sms", "$tag {9: $link}", "begins with its rank");
    expect_refused("alert.sms", "$tag {: $link}", "begins with its rank");
    expect_refused("alert.sms", "{0:{0:{0:{0:{0:{0:{0:{0:{0:x}}}}}}}}}", "more than 8 groups");
    expect_refused("alert.sms", "$tag: 重大な障害 $link", "alphabet of SMS");
    expect_refused("words.repeat", "再", "alphabet of SMS");
    expect_refused("alert.sms",
                   "$tag #$number this text is so very long that together with a link to the page "
                   "it cannot ever be one single message of one hundred and sixty: $link",
                   "of 160 letters of an SMS");
    expect_refused("acked.lead", "$x", "no field $x");
    expect_refused("acked.lead", "one\ntwo", "at letter 4: a control character");
}

static void what_does_not_fit_its_place_is_refused(void **state)
{
    (void)state;
    static const char seventy_one[] =
        "seventy-one letters are one more than a button can have: that is refused";
    expect_refused("push.ack", seventy_one, "72 of the 70 bytes that a button has");
    expect_refused("chat.undo", seventy_one, "a button has");
    expect_refused("push.link", "Ack #$number $summary", "no field $summary");
    expect_refused("chat-answer.how",
                   "Telegram shows no more than two hundred characters of an answer to a button, "
                   "so that a longer text would lose its end, which is mostly the part that "
                   "matters, as it says what is to be done now and by whom it is to be done",
                   "of the 200 bytes that an answer in a chat has");
    expect_refused("call.critical",
                   "this word is so long that nobody would listen to the rest of "
                   "what the call has to say",
                   "of the 60 bytes");
    expect_refused("call.critical", "$severity", "has no fields");
    expect_refused("words.language", "German", "\"de-DE\"");
    expect_refused("words.language", "de-DE\" voice=\"x", "\"de-DE\"");
    expect_refused("words.language", "de-", "\"de-DE\"");
}

static void what_is_spoken_has_fields_of_its_own_and_a_length(void **state)
{
    (void)state;
    CLEANUP(wordbook_free) struct wordbook *book = wordbook_new();
    struct fault fault = {0};
    expect_refused("call.alert", "$tag $thing", "no field $tag here");
    expect_refused("alert.sms", "$severity", "no field $severity here");
    expect_refused("call.alert", "$thing $thing $thing $thing $thing $thing",
                   "of the 500 bytes that a call has");
    assert_true(wordbook_set(book, "call.alert", "Авария $number: $thing", &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_text_has_a_name_and_fits_with_the_longest_values),
        cmocka_unit_test(no_two_texts_have_one_name),
        cmocka_unit_test(a_replaced_text_is_said_in_its_own_language),
        cmocka_unit_test(days_and_small_words_can_be_replaced),
        cmocka_unit_test(what_cannot_be_said_is_refused_with_a_reason),
        cmocka_unit_test(what_does_not_fit_its_place_is_refused),
        cmocka_unit_test(what_is_spoken_has_fields_of_its_own_and_a_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
