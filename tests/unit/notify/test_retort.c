/* SPDX-License-Identifier: MIT */
/* What people are told after a reply: word for word, and one segment with the longest values. */
#include "notify/gsm.h"
#include "notify/retort.h"
#include "sample.h"

static struct zone *berlin;

static const char *said(enum retort_kind kind, const struct letter *letter, struct arena *arena)
{
    struct retort retort = {kind, letter};
    return retort_sms(&retort, arena);
}

static struct letter reply_letter(void)
{
    struct letter letter = sample_letter(berlin);
    letter.ack_link = NULL;
    letter.actor = "Bob";
    letter.acted_at = OPENED_AT + 2 * MINUTE_MS;
    letter.now_at = OPENED_AT + 2 * MINUTE_MS;
    letter.keys = LETTER_KEYS_ALL;
    letter.url = "https://p.example.org";
    return letter;
}

static void each_is_said_in_the_words_of_the_design(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct letter letter = reply_letter();
    letter.runbook = "https://p.example.org/r/412";
    assert_string_equal(said(RETORT_ACKED, &letter, arena),
                        "ACKED #412 db1: disk /var 96% full by you 03:04. Runbook "
                        "https://p.example.org/r/412 6=resolve 5=pass on 7=snooze 1h");
    assert_string_equal(said(RETORT_HELD, &letter, arena),
                        "#412 was acked by Bob at 03:04. Nothing to do. To take it over reply 4 "
                        "412");
    assert_string_equal(said(RETORT_SORRY, &letter, arena),
                        "Sorry? Open for you: #412 db1: disk /var 96% full. Reply 4=ack 5=pass on "
                        "6=resolve");
    letter.team = "ops";
    letter.cover = "Bob";
    assert_string_equal(said(RETORT_NOTHING, &letter, arena),
                        "Nothing is waiting for you. On call now: Bob (ops). Full view: "
                        "https://p.example.org");
    letter.other = 413;
    letter.other_object = "web";
    letter.other_summary = "5xx";
    assert_string_equal(said(RETORT_ACKED, &letter, arena),
                        "ACKED #412 db1: disk /var 96% full by you 03:04. Also open: #413 web 5xx. "
                        "Reply 4 again to ack it");
    assert_string_equal(said(RETORT_WHICH, &letter, arena),
                        "Which one? #412 db1: disk /var 96% full or #413 web 5xx. Reply 4 412 or "
                        "4 413");
    assert_string_equal(said(RETORT_NONE, NULL, arena), "");
    letter.other = 0;
    letter.swap = 3;
    letter.runbook = NULL;
    assert_string_equal(said(RETORT_OWN, &letter, arena),
                        "#412 db1: disk /var 96% full is yours since 03:04. Swap w3: reply yes or "
                        "no");
    letter.remark = "ops primary Sat 28 Nov 09:00 to Sat 28 Nov 21:00";
    assert_string_equal(said(RETORT_SWAP_YES, &letter, arena),
                        "SWAP w3 is yours: ops primary Sat 28 Nov 09:00 to Sat 28 Nov 21:00. All "
                        "are told.");
    letter.remark = "w3 (Dan), w4 (Eve)";
    assert_string_equal(said(RETORT_SWAP_WHICH, &letter, arena),
                        "Which swap: w3 (Dan), w4 (Eve)? Reply yes w3 or no w3");
}

static void what_cannot_be_answered_is_not_offered(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct letter letter = reply_letter();
    letter.keys = LETTER_KEYS_ACK;
    assert_string_equal(said(RETORT_SORRY, &letter, arena),
                        "Sorry? Open for you: #412 db1: disk /var 96% full. Reply 4=ack 5=pass on");
    assert_null(strstr(said(RETORT_ACKED, &letter, arena), "6="));
    assert_null(strstr(said(RETORT_HELP, &letter, arena), "8="));
}

static void nothing_is_said_of_a_private_system(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct letter letter = reply_letter();
    letter.is_private = true;
    letter.is_other_private = true;
    letter.other = 413;
    letter.other_object = "web";
    letter.other_summary = "5xx";
    for (int kind = 0; kind < RETORT_KIND_COUNT; kind++) {
        const char *text = said((enum retort_kind)kind, &letter, arena);
        if (strstr(text, "db1") != NULL || strstr(text, "5xx") != NULL)
            fail_msg("%s", text);
    }
}

static void the_longest_values_fit_one_segment(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct letter letter = reply_letter();
    char longest[400];
    memset(longest, 'W', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    letter.incident = 123456789012;
    letter.swap = 123456789012;
    letter.other = 123456789013;
    letter.object = longest;
    letter.summary = longest;
    letter.other_object = longest;
    letter.other_summary = longest;
    letter.actor = longest;
    letter.team = longest;
    letter.cover = longest;
    letter.next = longest;
    letter.remark = longest;
    letter.runbook = "https://wiki.example.org/runbook/a-rather-long-name-of-a-runbook-that-fits";
    letter.url = "https://pager.subsidiary.example.org";
    letter.acted_at = OPENED_AT - 40 * DAY_MS;
    letter.until_at = OPENED_AT + 300 * DAY_MS;
    letter.opened_at = OPENED_AT - 50 * DAY_MS;
    letter.duration_ms = 10 * DAY_MS + 3 * HOUR_MS;
    for (int other = 0; other < 2; other++) {
        letter.other = other == 0 ? 0 : letter.incident + 1;
        for (int kind = 0; kind < RETORT_KIND_COUNT; kind++) {
            const char *text = said((enum retort_kind)kind, &letter, arena);
            bool is_clean = false;
            size_t septets = gsm_septets(span_of(text), &is_clean);
            if (septets > GSM_SEGMENT_MAX || !is_clean)
                fail_msg("%zu septets: %s", septets, text);
        }
    }
}

static int zone_set_up(void **state)
{
    (void)state;
    berlin = zone_fixed("CET", 3600);
    return 0;
}

static int zone_tear_down(void **state)
{
    (void)state;
    zone_free(berlin);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_said_in_the_words_of_the_design),
        cmocka_unit_test(what_cannot_be_answered_is_not_offered),
        cmocka_unit_test(nothing_is_said_of_a_private_system),
        cmocka_unit_test(the_longest_values_fit_one_segment),
    };
    return cmocka_run_group_tests(tests, zone_set_up, zone_tear_down);
}
