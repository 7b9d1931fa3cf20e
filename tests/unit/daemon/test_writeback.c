/* SPDX-License-Identifier: MIT */
/* What is done about an override in the calendar that it is written to, and what its event says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calendar/shift.h"
#include "daemon/writeback_event.h"
#include "daemon/written.h"
#include "engine/policy.h"
#include "engine/record.h"

#define FROM (1000 * HOUR_MS)
#define UNTIL (1008 * HOUR_MS)

static const struct written_wish active = {
    .is_known = true, .is_active = true, .is_wanted = true, .from_at = FROM, .until_at = UNTIL};
static const struct written_wish cut_short = {
    .is_known = true, .is_wanted = true, .from_at = FROM, .until_at = FROM + HOUR_MS};
static const struct written_wish never_begun = {.is_known = true};
static const struct written_wish over = {
    .is_known = true, .is_wanted = true, .from_at = FROM, .until_at = UNTIL};
static const struct written_wish forgotten = {.is_known = false};

static const struct written_sight stale = {.is_fresh = false};
static const struct written_sight absent = {.is_fresh = true};
static const struct written_sight same = {
    .is_fresh = true, .is_there = true, .is_read = true, .is_same = true, .etag = "\"1\""};
static const struct written_sight changed = {
    .is_fresh = true, .is_there = true, .is_read = true, .is_same = false, .etag = "\"2\""};
static const struct written_sight unread_same_etag = {
    .is_fresh = true, .is_there = true, .etag = "\"1\""};
static const struct written_sight unread_other_etag = {
    .is_fresh = true, .is_there = true, .etag = "\"2\""};

static enum written_action decide(enum written_state state, const char *etag,
                                  const struct written_wish *wish,
                                  const struct written_sight *sight)
{
    struct written written = {
        .id = 57, .state = state, .etag = (char *)etag, .from_at = FROM, .until_at = UNTIL};
    return written_decide(&written, wish, sight);
}

static void one_that_is_not_there_yet_is_written(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_WAITING, "", &active, &stale), WRITE_NEW);
    assert_int_equal(decide(WRITTEN_WAITING, "", &active, &absent), WRITE_NEW);
}

static void one_ended_before_it_was_written_is_never_written(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_WAITING, "", &never_begun, &absent), WRITE_FORGET);
    /* A write may have been under way when pagerd died: first look. */
    assert_int_equal(decide(WRITTEN_WAITING, "", &never_begun, &stale), WRITE_NOTHING);
}

static void a_write_whose_answer_was_lost_is_recognised(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_WAITING, "", &active, &same), WRITE_ADOPT);
    assert_int_equal(decide(WRITTEN_WAITING, "", &active, &changed), WRITE_RELEASE);
    assert_int_equal(decide(WRITTEN_WAITING, "", &active, &unread_other_etag), WRITE_NOTHING);
}

static void what_is_there_as_wished_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &active, &same), WRITE_NOTHING);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &over, &same), WRITE_NOTHING);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &active, &unread_same_etag), WRITE_NOTHING);
}

static void an_end_by_hand_is_written(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &cut_short, &same), WRITE_CHANGE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &cut_short, &stale), WRITE_CHANGE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &never_begun, &same), WRITE_REMOVE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &never_begun, &unread_same_etag),
                     WRITE_REMOVE);
    /* Without an etag nothing could say that nobody changed it meanwhile. */
    assert_int_equal(decide(WRITTEN_LANDED, "", &never_begun, &stale), WRITE_NOTHING);
}

static void an_edit_there_is_never_overwritten(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &active, &changed), WRITE_RELEASE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &cut_short, &changed), WRITE_RELEASE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &never_begun, &changed), WRITE_RELEASE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &never_begun, &unread_other_etag),
                     WRITE_NOTHING);
}

static void a_deletion_there_ends_it_only_when_a_fresh_whole_round_shows_it(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &active, &stale), WRITE_NOTHING);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &active, &absent), WRITE_REVOKE);
    assert_int_equal(decide(WRITTEN_LANDED, "\"1\"", &over, &absent), WRITE_FORGET);
}

static void a_released_one_is_the_calendars_until_it_is_gone(void **state)
{
    (void)state;
    assert_int_equal(decide(WRITTEN_RELEASED, "\"1\"", &over, &changed), WRITE_NOTHING);
    assert_int_equal(decide(WRITTEN_RELEASED, "\"1\"", &active, &stale), WRITE_NOTHING);
    assert_int_equal(decide(WRITTEN_RELEASED, "\"1\"", &over, &absent), WRITE_FORGET);
}

static void what_the_engine_has_forgotten_leaves_the_book(void **state)
{
    (void)state;
    for (int i = 0; i < WRITTEN_STATE_COUNT; i++)
        assert_int_equal(decide((enum written_state)i, "\"1\"", &forgotten, &same), WRITE_FORGET);
}

static void a_book_survives_the_disk(void **state)
{
    (void)state;
    char folder[] = "/tmp/pagerd-written-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct written_book book = {0};
    struct written_book back = {0};
    struct fault fault = {0};
    assert_true(written_book_load(folder, "swaps", &back, &fault));
    assert_int_equal(back.count, 0);

    struct written *written = written_book_add(&book, 57);
    written->state = WRITTEN_LANDED;
    written->sequence = 3;
    written_set(written, "bob", "Bob \"B\" Test", FROM, UNTIL);
    written_set_etag(written, "\"7\"");
    assert_non_null(written_book_add(&book, 58));
    CLEANUP(text_clear) struct text bytes = {0};
    written_book_render(&bytes, &book);
    assert_true(written_bytes_save(folder, "swaps", text_span(&bytes), &fault));
    assert_true(written_book_load(folder, "swaps", &back, &fault));
    assert_int_equal(back.count, 2);
    assert_int_equal(back.list[0].state, WRITTEN_LANDED);
    assert_string_equal(back.list[0].user, "bob");
    assert_string_equal(back.list[0].summary, "Bob \"B\" Test");
    assert_string_equal(back.list[0].etag, "\"7\"");
    assert_int_equal(back.list[0].sequence, 3);
    assert_int_equal(back.list[0].until_at, UNTIL);
    assert_int_equal(back.list[1].state, WRITTEN_WAITING);
    assert_null(back.list[1].user);
    written_book_remove(&back, &back.list[0]);
    assert_int_equal(back.list[0].id, 58);
    written_book_clear(&back);
    written_book_clear(&book);

    assert_true(written_bytes_save(folder, "swaps", SPAN("{\"overrides\":[{\"id\":1}]}"), &fault));
    assert_false(written_book_load(folder, "swaps", &back, &fault));
    assert_non_null(strstr(fault.text, "damaged"));
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void marks_and_names_belong_to_one_pagerd(void **state)
{
    (void)state;
    char name[OVERRIDE_NAME_SIZE];
    uint64_t id = 0;
    override_name_render(57, "1a2b3c4d", name);
    assert_string_equal(name, "pagerd-o57-1a2b3c4d.ics");
    assert_true(override_mark_parse("o57-1a2b3c4d", "1a2b3c4d", &id));
    assert_int_equal(id, 57);
    static const char *const others[] = {
        "o57-99999999", "o57", "o57-1a2b3c4d ", "o057-1a2b3c4d", "o-1-1a2b3c4d", "x", "", "o57-"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(override_mark_parse(others[i], "1a2b3c4d", &id));
}

static void times_are_whole_seconds_and_an_event_has_at_least_one(void **state)
{
    (void)state;
    msec from_at = 10999;
    msec until_at = 11001;
    override_event_round(&from_at, &until_at);
    assert_int_equal(from_at, 10000);
    assert_int_equal(until_at, 11000);
    from_at = 10100;
    until_at = 10900;
    override_event_round(&from_at, &until_at);
    assert_int_equal(until_at, 11000);
}

static void the_event_says_who_by_whom_and_which_override(void **state)
{
    (void)state;
    struct override override = {.id = 57,
                                .team = "ops",
                                .role = ROLE_SECONDARY,
                                .user = "bob",
                                .by = "carol",
                                .note = "dentist; back at 2, promised"};
    struct team team = {.id = "ops"};
    team.roles[ROLE_PRIMARY].calendar = "primary";
    team.roles[ROLE_SECONDARY].calendar = "secondary";
    struct override_event event = {.instance = "1a2b3c4d",
                                   .url = "https://pager.example.org:8440/x",
                                   .team = &team,
                                   .override = &override,
                                   .summary = "Bob Test",
                                   .from_at = FROM,
                                   .until_at = UNTIL,
                                   .changed_at = FROM,
                                   .sequence = 2};
    CLEANUP(text_clear) struct text text = {0};
    override_event_compose(&text, &event);
    static const char *const lines[] = {"\r\nUID:pagerd-o57-1a2b3c4d@pager.example.org\r\n",
                                        "\r\nSUMMARY:Bob Test\r\n",
                                        "\r\nX-PAGERD-USER:bob\r\n",
                                        "\r\nX-PAGERD-OVERRIDE:o57-1a2b3c4d\r\n",
                                        "\r\nCATEGORIES:secondary\r\n",
                                        "\r\nSEQUENCE:2\r\n",
                                        "\r\nDTSTART:19700211T160000Z\r\n",
                                        "\r\nDTEND:19700212T000000Z\r\n",
                                        "by carol\\, dentist\\; back at 2\\, promised"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strstr(text_string(&text), lines[i]) == NULL)
            fail_msg("'%s' is not in:\n%s", lines[i], text_string(&text));
    assert_null(strstr(text_string(&text), "ATTENDEE"));
    assert_null(strstr(text_string(&text), "VTIMEZONE"));
    assert_null(strstr(text_string(&text), "METHOD"));

    team.roles[ROLE_SECONDARY].calendar = NULL;
    text_reset(&text);
    override_event_compose(&text, &event);
    assert_null(strstr(text_string(&text), "CATEGORIES"));
}

static void any_change_of_times_person_or_repetition_is_one(void **state)
{
    (void)state;
    struct shift_event event = {
        .summary = "Bob Test", .uid = "u", .file = "o57.ics", .users = "bob"};
    struct shift shifts[2] = {{.start_at = FROM, .end_at = UNTIL, .event = &event},
                              {.start_at = FROM, .end_at = UNTIL, .event = &event}};
    struct shift_list list = {.shifts = shifts, .shift_count = 1};
#define SAME(name) override_event_is_same(&list, name, "bob", "Bob Test", FROM, UNTIL)
    assert_true(SAME("o57.ics"));
    assert_false(SAME("o58.ics"));
    list.shift_count = 2;
    assert_false(SAME("o57.ics"));
    list.shift_count = 1;
    shifts[0].end_at += SECOND_MS;
    assert_false(SAME("o57.ics"));
    shifts[0].end_at = UNTIL;
    shifts[0].start_at -= SECOND_MS;
    assert_false(SAME("o57.ics"));
    shifts[0].start_at = FROM;
    event.summary = "Cat Test";
    assert_false(SAME("o57.ics"));
    event.summary = "Bob Test";
    event.rule = "FREQ=DAILY;COUNT=1";
    assert_false(SAME("o57.ics"));
    event.rule = NULL;
    event.users = "cat";
    assert_false(SAME("o57.ics"));
    event.users = NULL; /* a program that drops what it does not know has changed nothing */
    assert_true(SAME("o57.ics"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_is_not_there_yet_is_written),
        cmocka_unit_test(one_ended_before_it_was_written_is_never_written),
        cmocka_unit_test(a_write_whose_answer_was_lost_is_recognised),
        cmocka_unit_test(what_is_there_as_wished_is_left_alone),
        cmocka_unit_test(an_end_by_hand_is_written),
        cmocka_unit_test(an_edit_there_is_never_overwritten),
        cmocka_unit_test(a_deletion_there_ends_it_only_when_a_fresh_whole_round_shows_it),
        cmocka_unit_test(a_released_one_is_the_calendars_until_it_is_gone),
        cmocka_unit_test(what_the_engine_has_forgotten_leaves_the_book),
        cmocka_unit_test(a_book_survives_the_disk),
        cmocka_unit_test(marks_and_names_belong_to_one_pagerd),
        cmocka_unit_test(times_are_whole_seconds_and_an_event_has_at_least_one),
        cmocka_unit_test(the_event_says_who_by_whom_and_which_override),
        cmocka_unit_test(any_change_of_times_person_or_repetition_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
