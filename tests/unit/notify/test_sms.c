/* SPDX-License-Identifier: MIT */
/* What an SMS says: the texts of the design, word for word, and that they fit one segment. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/view.h"
#include "notify/gsm.h"

struct world {
    struct arena *arena;
    struct zone *zone;
    struct letter letter;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->zone = zone_fixed("CET", 3600);
    world->letter = sample_letter(world->zone);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    arena_free(world->arena);
    zone_free(world->zone);
    free(world);
    return 0;
}

static void expect_sms(struct world *world, const char *expected)
{
    assert_string_equal(letter_sms(&world->letter, world->arena), expected);
}

static void a_page_says_severity_number_object_symptom_team_time_and_link(void **state)
{
    expect_sms(*state, "CRIT #412 db1: disk /var 96% full. ops 03:02. Ack: " ACK_LINK);
}

static void a_runbook_stands_before_the_ack_link(void **state)
{
    struct world *world = *state;
    world->letter.runbook = "https://p.example.org/r/412";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. ops 03:02. Runbook "
                      "https://p.example.org/r/412 Ack: " ACK_LINK);
}

static char *long_string(struct arena *arena, const char *piece, size_t size)
{
    char *string = arena_take(arena, size + 1);
    for (size_t i = 0; i < size; i++)
        string[i] = piece[i % strlen(piece)];
    return string;
}

static void what_can_be_answered_is_offered_and_given_up_before_the_symptom(void **state)
{
    struct world *world = *state;
    world->letter.keys = LETTER_KEYS_ALL;
    expect_sms(world,
               "CRIT #412 db1: disk /var 96% full. ops 03:02. Reply 4=ack 5=pass on 6=resolve "
               "or " ACK_LINK);
    world->letter.keys = LETTER_KEYS_ACK;
    expect_sms(world,
               "CRIT #412 db1: disk /var 96% full. ops 03:02. Reply 4=ack 5=pass on or " ACK_LINK);
    world->letter.ack_number = 42;
    expect_sms(world,
               "CRIT #412 db1: disk /var 96% full. ops 03:02. Reply 4=ack 5=pass on or " ACK_LINK
               " (42)");
    world->letter.ack_number = 0;
    world->letter.keys = LETTER_KEYS_ALL;
    static const struct {
        size_t size;
        const char *end;
    } rows[] = {
        {53, ". ops 03:02. Reply 4=ack 5=pass on 6=resolve or " ACK_LINK},
        {54, ". ops. Reply 4=ack 5=pass on 6=resolve or " ACK_LINK},
        {60, ". Reply 4=ack 5=pass on 6=resolve or " ACK_LINK},
        {65, ". Reply 4=ack 5=pass on or " ACK_LINK},
        {75, ". Reply 4=ack or " ACK_LINK},
        {84, ". Reply 4=ack or " ACK_LINK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *what = long_string(world->arena, "disk/var-full/", rows[i].size);
        world->letter.summary = what;
        expect_sms(world, arena_format(world->arena, "CRIT #412 db1: %s%s", what, rows[i].end));
    }
    world->letter.summary = "disk /var 96% full";
    world->letter.ack_link = NULL;
    expect_sms(world,
               "CRIT #412 db1: disk /var 96% full. ops 03:02. Reply 4=ack 5=pass on 6=resolve");
}

static void without_links_the_page_ends_after_the_time(void **state)
{
    struct world *world = *state;
    world->letter.ack_link = NULL;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. ops 03:02.");
}

static void a_shift_is_told_before_at_its_start_and_at_its_end(void **state)
{
    struct world *world = *state;
    world->letter.incident = 0;
    world->letter.kind = PAGE_SHIFT_SOON;
    world->letter.remark = "ops primary from Mon 23 Nov 09:00 to Mon 30 Nov 09:00.";
    expect_sms(world, "SOON you are ops primary from Mon 23 Nov 09:00 to Mon 30 Nov 09:00. Cannot? "
                      "Ask for a swap in time.");
    world->letter.kind = PAGE_SHIFT_STARTS;
    world->letter.remark = "ops primary: you, Mon 23 Nov 09:00 to Mon 30 Nov 09:00. Backup Bob. "
                           "Open: 1. Last week 7 pages, 2 at night.";
    expect_sms(world, "ON CALL ops primary: you, Mon 23 Nov 09:00 to Mon 30 Nov 09:00. Backup Bob. "
                      "Open: 1. Last week 7 pages, 2 at night.");
    world->letter.kind = PAGE_SHIFT_ENDS;
    world->letter.remark = "ops primary since Mon 23 Nov 09:00. Cat has it. 1 open incident stays "
                           "yours: #409. Thank you.";
    expect_sms(world, "OFF CALL ops primary since Mon 23 Nov 09:00. Cat has it. 1 open incident "
                      "stays yours: #409. Thank you.");
}

static void a_private_page_says_nothing_about_the_system(void **state)
{
    struct world *world = *state;
    world->letter.is_private = true;
    world->letter.runbook = "https://p.example.org/r/postgres-disk";
    expect_sms(world, "CRIT #412 ops 03:02. Ack: " ACK_LINK);
    world->letter.kind = PAGE_RESOLVED;
    world->letter.actor = "Ann";
    world->letter.acted_at = OPENED_AT;
    expect_sms(world, "RESOLVED #412 by Ann 03:02.");
}

static void the_third_try_says_so_and_who_is_next(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_AGAIN;
    world->letter.call = 3;
    world->letter.next = "Bob";
    world->letter.next_at = OPENED_AT + 5 * MINUTE_MS;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. 3rd try, Bob is called at 03:07. "
                      "Ack: " ACK_LINK);
    world->letter.next = NULL;
    world->letter.call = 12;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. 12th try. Ack: " ACK_LINK);
}

static void an_escalated_page_says_who_was_silent(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_ESCALATED;
    world->letter.silent = "Ann";
    world->letter.silent_ms = 5 * MINUTE_MS;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Passed to you: Ann silent 5m. "
                      "Ack: " ACK_LINK);
    world->letter.silent = NULL;
    world->letter.remark = "Ann silent 5m";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Passed to you: Ann silent 5m. "
                      "Ack: " ACK_LINK);
}

static void what_a_silence_held_back_says_so(void **state)
{
    struct world *world = *state;
    world->letter.remark = "Held back by silence s31 until now";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Held back by silence s31 until now. "
                      "ops 03:02. Ack: " ACK_LINK);
}

static void a_page_passed_by_hand_names_who_asks_and_why(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_BY_HAND;
    world->letter.actor = "Ann";
    world->letter.remark = "need DBA";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Ann asks you: \"need DBA\". "
                      "Ack: " ACK_LINK);
    world->letter.remark = "";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Ann asks you. Ack: " ACK_LINK);
}

static void a_number_that_the_page_asks_for_stands_beside_its_link(void **state)
{
    struct world *world = *state;
    world->letter.ack_number = 4712;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. ops 03:02. Ack: " ACK_LINK " (4712)");
    world->letter.ack_link = NULL;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. ops 03:02.");
}

static void good_news_needs_no_link(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_ACKED;
    world->letter.actor = "Bob";
    world->letter.acted_at = OPENED_AT + 5 * MINUTE_MS;
    expect_sms(world,
               "ACKED #412 by Bob 03:07. Nothing to do, good night. db1: disk /var 96% full");
    world->letter.actor_via = "SMS";
    expect_sms(world,
               "ACKED #412 by Bob (SMS) 03:07. Nothing to do, good night. db1: disk /var 96% full");
    world->letter.kind = PAGE_RESOLVED;
    world->letter.actor = "Ann";
    world->letter.acted_at = OPENED_AT + 29 * MINUTE_MS;
    world->letter.duration_ms = 29 * MINUTE_MS;
    expect_sms(world, "RESOLVED #412 by Ann 03:31 after 29m. db1: disk /var 96% full");
    world->letter.kind = PAGE_CLEARED;
    world->letter.acted_at = OPENED_AT + 3 * MINUTE_MS;
    expect_sms(world, "CLEARED #412 by itself 03:05, before any ack. No action needed. "
                      "db1: disk /var 96% full");
}

static void nobody_is_wished_a_good_night_at_noon(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_ACKED;
    world->letter.actor = "Bob";
    world->letter.now_at = OPENED_AT + 9 * HOUR_MS;
    world->letter.acted_at = world->letter.now_at;
    expect_sms(world, "ACKED #412 by Bob 12:02. Nothing to do. db1: disk /var 96% full");
}

static void a_problem_that_is_back_says_again(void **state)
{
    struct world *world = *state;
    world->letter.is_reopened = true;
    world->letter.previous_ended_at = OPENED_AT - 40 * MINUTE_MS;
    expect_sms(world, "CRIT #412 AGAIN db1: disk /var 96% full. Back 40m after resolve. "
                      "Ack: " ACK_LINK);
}

static void an_old_ack_is_asked_about(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_STILL;
    world->letter.acted_at = OPENED_AT - 30 * MINUTE_MS;
    expect_sms(world, "CRIT #412 STILL YOURS? acked 30m ago, no news since. Ack: " ACK_LINK);
}

static void snooze_and_last_resort_say_why_they_call(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_WOKEN;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Snooze is over. ops 03:02. "
                      "Ack: " ACK_LINK);
    world->letter.kind = PAGE_LAST_RESORT;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Nobody has acked, you are the last "
                      "resort. ops 03:02. Ack: " ACK_LINK);
}

static void rest_and_cover_name_each_other(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_REST;
    world->letter.cover = "Bob";
    world->letter.until_at = instant("2026-11-23T02:31:00Z");
    expect_sms(world, "REST: off call till Mon 23 Nov 03:31 after tonight's #412. Bob covers and "
                      "knows. Sleep well.");
    world->letter.kind = PAGE_COVER;
    world->letter.cover = "Ann";
    world->letter.role = "primary";
    expect_sms(world,
               "YOU COVER ops primary from now till Mon 23 Nov 03:31, Ann rests after #412.");
}

static void an_override_is_told_to_who_gets_it_and_to_who_is_replaced(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_OVERRIDE;
    world->letter.role = "primary";
    world->letter.actor = "Dan";
    world->letter.from_at = instant("2026-11-23T08:00:00Z");
    world->letter.until_at = instant("2026-11-30T08:00:00Z");
    expect_sms(world, "ON CALL ops primary: you, Mon 23 Nov 09:00 to Mon 30 Nov 09:00. Changed by "
                      "Dan.");
    world->letter.cover = "Bob";
    expect_sms(world, "OFF CALL ops primary Mon 23 Nov 09:00 to Mon 30 Nov 09:00. Bob has it. "
                      "Changed by Dan.");
}

static void a_story_told_by_the_engine_is_said_behind_the_word_of_its_kind(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_COVER;
    world->letter.remark = "ops primary from now till Mon 23 Nov 03:31, Ann rests after #412";
    expect_sms(world,
               "YOU COVER ops primary from now till Mon 23 Nov 03:31, Ann rests after #412.");
    world->letter.kind = PAGE_OVERRIDE;
    world->letter.remark = "ops primary Mon 23 Nov 09:00 to Mon 30 Nov 09:00: bob, by dan";
    expect_sms(world, "ON CALL ops primary Mon 23 Nov 09:00 to Mon 30 Nov 09:00: bob, by dan.");
    world->letter.kind = PAGE_REST;
    world->letter.remark = "off call till Mon 23 Nov 03:31 after tonight's #412. Bob covers";
    expect_sms(world, "REST: off call till Mon 23 Nov 03:31 after tonight's #412. Bob covers. "
                      "Sleep well.");
    world->letter.kind = PAGE_BY_HAND;
    world->letter.remark = "need DBA";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Passed to you by hand: \"need DBA\". "
                      "Ack: " ACK_LINK);
    world->letter.remark = "";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Passed to you by hand. Ack: " ACK_LINK);
    world->letter.kind = PAGE_AGAIN;
    world->letter.next = "Bob";
    world->letter.next_at = OPENED_AT + 5 * MINUTE_MS;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. Bob is called at 03:07. "
                      "Ack: " ACK_LINK);
}

static void a_notice_is_said_as_it_stands(void **state)
{
    struct world *world = *state;
    world->letter.kind = PAGE_NOTICE;
    world->letter.remark =
        notice_gap("ops", instant("2026-11-28T17:00:00Z"), instant("2026-11-28T21:00:00Z"),
                   world->zone, OPENED_AT, "https://p.example.org/g/ops", world->arena);
    expect_sms(world, "GAP nobody on call for ops Sat 28 Nov 18:00-22:00. Fill it: "
                      "https://p.example.org/g/ops");
}

static void a_repeat_and_a_late_page_say_so_behind_the_symptom(void **state)
{
    struct world *world = *state;
    world->letter.is_repeat = true;
    world->letter.is_late = true;
    world->letter.late_ms = 12 * MINUTE_MS;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. (repeat) LATE 12m. ops 03:02. "
                      "Ack: " ACK_LINK);
}

static void a_reader_elsewhere_sees_the_own_time_with_its_zone(void **state)
{
    struct world *world = *state;
    struct zone *chicago = zone_fixed("CST", -6 * 3600);
    world->letter.zone = chicago;
    const char *text = letter_sms(&world->letter, world->arena);
    assert_non_null(strstr(text, "ops 20:02 "));
    assert_non_null(strstr(text, ". Ack: "));
    assert_null(strstr(text, "ops 20:02."));
    zone_free(chicago);
}

static void a_day_that_is_not_today_is_named(void **state)
{
    struct world *world = *state;
    world->letter.now_at = OPENED_AT + DAY_MS;
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. ops Sun 22 Nov 03:02. Ack: " ACK_LINK);
}

static void an_object_that_the_summary_names_is_not_said_twice(void **state)
{
    struct world *world = *state;
    world->letter.summary = "DB1 - disk /var 96% full";
    expect_sms(world, "CRIT #412 db1: disk /var 96% full. ops 03:02. Ack: " ACK_LINK);
    world->letter.summary = "disk /var of db1 is full.";
    expect_sms(world, "CRIT #412 disk /var of db1 is full. ops 03:02. Ack: " ACK_LINK);
    world->letter.summary = "db12 is slow";
    expect_sms(world, "CRIT #412 db1: db12 is slow. ops 03:02. Ack: " ACK_LINK);
}

/* Every field as long as the limits of the daemon allow. */
static struct letter longest_letter(struct world *world, enum page_kind kind)
{
    struct letter letter = world->letter;
    letter.kind = kind;
    letter.incident = 99999;
    letter.object = "db01.fra.example";
    letter.summary = long_string(world->arena, "filesystem /var/lib/postgresql 96% full ", 1024);
    letter.details = long_string(world->arena, "detail ", DETAILS_MAX);
    letter.team = long_string(world->arena, "platform-engineering-", 64);
    letter.role = "secondary";
    letter.actor = long_string(world->arena, "Maximiliane von Hohen", 100);
    letter.silent = letter.next = letter.cover = letter.actor;
    letter.remark = long_string(world->arena, "we need a database person for this ", 4096);
    letter.runbook = long_string(world->arena, "https://wiki.example.org/runbooks/", 2000);
    letter.ack_link = "https://pager.operations.example.org/a/k7qm9xtz2fwhk7qm9xtz";
    letter.silent_ms = letter.duration_ms = letter.late_ms = 23 * HOUR_MS + 59 * MINUTE_MS;
    letter.acted_at = letter.previous_ended_at = OPENED_AT - 2 * DAY_MS;
    letter.next_at = letter.until_at = letter.from_at = OPENED_AT + 400 * DAY_MS;
    letter.call = 1023;
    letter.is_repeat = true;
    letter.is_late = true;
    return letter;
}

static bool is_call(enum page_kind kind)
{
    return page_is_alarm(kind);
}

static void expect_fits(struct world *world, const struct letter *letter)
{
    const char *text = letter_sms(letter, world->arena);
    bool is_clean;
    size_t septets = gsm_septets(span_of(text), &is_clean);
    if (septets > GSM_SEGMENT_MAX || !is_clean)
        fail_msg("kind %d: %zu septets: %s", (int)letter->kind, septets, text);
    if (!is_call(letter->kind))
        return;
    const char *link = strstr(text, letter->ack_link);
    assert_non_null(link);
    assert_string_equal(link, letter->ack_link);
    if (letter->kind == PAGE_STILL || letter->is_private)
        return;
    char first[41] = {0};
    memcpy(first, text, 40);
    assert_non_null(strstr(first, "CRIT #99999 "));
    if (letter->kind == PAGE_BUNDLE || letter->kind == PAGE_DIGEST)
        return; /* of several: the remark names them */
    assert_non_null(strstr(first, "db01.fra.example: files"));
}

static void every_text_fits_one_segment_with_the_longest_values(void **state)
{
    struct world *world = *state;
    for (int kind = 0; kind < PAGE_KIND_COUNT; kind++) {
        struct letter letter = longest_letter(world, (enum page_kind)kind);
        expect_fits(world, &letter);
        letter.is_private = true;
        expect_fits(world, &letter);
        letter = longest_letter(world, (enum page_kind)kind);
        letter.is_late = letter.is_repeat = false;
        expect_fits(world, &letter);
    }
    struct letter letter = longest_letter(world, PAGE_ALERT);
    letter.is_reopened = true;
    letter.object = "db01";
    const char *text = letter_sms(&letter, world->arena);
    assert_true(gsm_septets(span_of(text), NULL) <= GSM_SEGMENT_MAX);
    letter = longest_letter(world, PAGE_OVERRIDE);
    letter.cover = NULL;
    expect_fits(world, &letter);
    for (int kind = 0; kind < PAGE_KIND_COUNT; kind++) {
        letter = longest_letter(world, (enum page_kind)kind);
        letter.until_at = letter.call = 0;
        letter.actor = NULL;
        expect_fits(world, &letter);
    }
}

static void every_text_fits_in_letters_that_cost_two(void **state)
{
    struct world *world = *state;
    for (int kind = 0; kind < PAGE_KIND_COUNT; kind++) {
        struct letter letter = longest_letter(world, (enum page_kind)kind);
        letter.object = "db";
        letter.summary = long_string(world->arena, "\\^|~", 1024);
        letter.remark = letter.actor = letter.team = letter.role = letter.summary;
        letter.cover = letter.next = letter.silent = letter.summary;
        const char *text = letter_sms(&letter, world->arena);
        size_t septets = gsm_septets(span_of(text), NULL);
        if (septets > GSM_SEGMENT_MAX)
            fail_msg("kind %d: %zu septets: %s", kind, septets, text);
    }
}

static void time_goes_before_team_and_both_before_the_symptom(void **state)
{
    static const struct {
        size_t size;
        const char *end;
    } rows[] = {
        {83, ". ops 03:02. Ack: " ACK_LINK},
        {84, ". ops. Ack: " ACK_LINK},
        {89, ". ops. Ack: " ACK_LINK},
        {90, ". Ack: " ACK_LINK},
        {94, ". Ack: " ACK_LINK},
    };
    struct world *world = *state;
    world->letter.runbook = "https://p.example.org/r/412";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *what = long_string(world->arena, "disk/var-full/", rows[i].size);
        world->letter.summary = what;
        expect_sms(world, arena_format(world->arena, "CRIT #412 db1: %s%s", what, rows[i].end));
    }
    world->letter.summary =
        arena_format(world->arena, "%s, 2 GiB left", long_string(world->arena, "disk full", 90));
    const char *text = letter_sms(&world->letter, world->arena);
    assert_int_equal(gsm_septets(span_of(text), NULL), GSM_SEGMENT_MAX);
    assert_non_null(strstr(text, ".."));
    assert_non_null(strstr(text, "GiB left. Ack: " ACK_LINK));
}

static void foreign_letters_never_become_question_marks(void **state)
{
    struct world *world = *state;
    world->letter.summary = "Größe\xE2\x80\x99s café – [диск] 磁盘 full…";
    expect_sms(world, "CRIT #412 db1: Größe's café - (disk) _ full. ops 03:02. Ack: " ACK_LINK);
}

static void line_breaks_and_controls_of_a_source_become_spaces(void **state)
{
    struct world *world = *state;
    world->letter.summary = "disk\r\nfull\x1b[2J\x07";
    expect_sms(world, "CRIT #412 db1: disk full (2J. ops 03:02. Ack: " ACK_LINK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_page_says_severity_number_object_symptom_team_time_and_link),
        TEST(a_runbook_stands_before_the_ack_link),
        TEST(without_links_the_page_ends_after_the_time),
        TEST(what_can_be_answered_is_offered_and_given_up_before_the_symptom),
        TEST(a_shift_is_told_before_at_its_start_and_at_its_end),
        TEST(a_private_page_says_nothing_about_the_system),
        TEST(the_third_try_says_so_and_who_is_next),
        TEST(an_escalated_page_says_who_was_silent),
        TEST(what_a_silence_held_back_says_so),
        TEST(a_page_passed_by_hand_names_who_asks_and_why),
        TEST(a_number_that_the_page_asks_for_stands_beside_its_link),
        TEST(good_news_needs_no_link),
        TEST(nobody_is_wished_a_good_night_at_noon),
        TEST(a_problem_that_is_back_says_again),
        TEST(an_old_ack_is_asked_about),
        TEST(snooze_and_last_resort_say_why_they_call),
        TEST(rest_and_cover_name_each_other),
        TEST(an_override_is_told_to_who_gets_it_and_to_who_is_replaced),
        TEST(a_story_told_by_the_engine_is_said_behind_the_word_of_its_kind),
        TEST(a_notice_is_said_as_it_stands),
        TEST(a_repeat_and_a_late_page_say_so_behind_the_symptom),
        TEST(a_reader_elsewhere_sees_the_own_time_with_its_zone),
        TEST(a_day_that_is_not_today_is_named),
        TEST(an_object_that_the_summary_names_is_not_said_twice),
        TEST(every_text_fits_one_segment_with_the_longest_values),
        TEST(every_text_fits_in_letters_that_cost_two),
        TEST(time_goes_before_team_and_both_before_the_symptom),
        TEST(foreign_letters_never_become_question_marks),
        TEST(line_breaks_and_controls_of_a_source_become_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
