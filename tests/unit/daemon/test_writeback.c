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

/* The ways in which an override can stand. */
struct stand {
    bool is_active;
    bool is_wanted;
    msec wished_until_at;
};

static const struct stand active = {true, true, UNTIL};
static const struct stand cut_short = {false, true, FROM + HOUR_MS};
static const struct stand never_begun = {false, false, FROM + SECOND_MS};
static const struct stand over = {false, true, UNTIL};

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
                                  const struct stand *stand, const struct written_sight *sight)
{
    struct written written = {.id = 57,
                              .state = state,
                              .etag = (char *)etag,
                              .from_at = FROM,
                              .until_at = UNTIL,
                              .wished_until_at = stand->wished_until_at,
                              .is_wanted = stand->is_wanted};
    return written_decide(&written, stand->is_active, sight);
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

static struct written sample(uint64_t id, msec until_at)
{
    return (struct written){.id = id,
                            .etag = string_copy(""),
                            .user = string_copy("bob"),
                            .summary = string_copy("Bob \"B\" Test"),
                            .description = string_copy("by carol"),
                            .from_at = FROM,
                            .until_at = until_at,
                            .wished_until_at = until_at,
                            .is_wanted = true};
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

    struct written landed = sample(57, UNTIL);
    landed.state = WRITTEN_LANDED;
    landed.sequence = 3;
    landed.wished_until_at = UNTIL - HOUR_MS;
    landed.categories = string_copy("secondary");
    written_set_etag(&landed, "\"7\"");
    struct written waiting = sample(58, UNTIL);
    assert_true(written_book_add(&book, &landed, 0));
    assert_true(written_book_add(&book, &waiting, 0));
    CLEANUP(text_clear) struct text bytes = {0};
    written_book_render(&bytes, &book);
    assert_true(written_bytes_save(folder, "swaps", text_span(&bytes), &fault));
    assert_true(written_book_load(folder, "swaps", &back, &fault));
    CLEANUP(text_clear) struct text again = {0};
    written_book_render(&again, &back);
    assert_string_equal(text_string(&bytes), text_string(&again));
    assert_int_equal(back.count, 2);
    assert_int_equal(back.list[0].state, WRITTEN_LANDED);
    assert_string_equal(back.list[0].summary, "Bob \"B\" Test");
    assert_string_equal(back.list[0].etag, "\"7\"");
    assert_int_equal(back.list[0].wished_until_at, UNTIL - HOUR_MS);
    assert_int_equal(back.list[1].state, WRITTEN_WAITING);
    written_book_remove(&back, &back.list[0]);
    assert_int_equal(back.list[0].id, 58);
    assert_ptr_equal(written_book_find(&back, 58), &back.list[0]);
    assert_null(written_book_find(&back, 57));
    written_book_clear(&back);
    written_book_clear(&book);

    static const char *const damaged[] = {"", "{", "{\"overrides\":1}",
                                          "{\"overrides\":[{\"id\":1}]}",
                                          "{\"overrides\":[{\"id\":1,\"state\":\"landed\"}]}"};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        assert_true(written_bytes_save(folder, "swaps", span_of(damaged[i]), &fault));
        assert_false(written_book_load(folder, "swaps", &back, &fault));
        assert_non_null(strstr(fault.text, "damaged"));
    }
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void a_full_book_drops_what_was_over_first_and_nothing_else(void **state)
{
    (void)state;
    struct written_book book = {0};
    for (uint64_t i = 1; i <= WRITTEN_MAX; i++) {
        struct written written = sample(i, UNTIL + (msec)((i * 7919) % WRITTEN_MAX) * SECOND_MS);
        assert_true(written_book_add(&book, &written, 0));
    }
    struct written more = sample(WRITTEN_MAX + 1, UNTIL + DAY_MS);
    assert_false(written_book_add(&book, &more, UNTIL));
    assert_true(written_book_add(&book, &more, UNTIL + SECOND_MS));
    assert_int_equal(book.count, WRITTEN_MAX);
    assert_null(written_book_find(&book, WRITTEN_MAX)); /* 7919 * WRITTEN_MAX mod WRITTEN_MAX */
    assert_non_null(written_book_find(&book, WRITTEN_MAX + 1));
    written_book_clear(&book);
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
                                .from_at = FROM + 499,
                                .until_at = UNTIL + 501,
                                .by = "carol",
                                .note = "dentist; back at 2, promised"};
    struct team team = {.id = "ops"};
    team.roles[ROLE_PRIMARY].calendar = "primary";
    team.roles[ROLE_SECONDARY].calendar = "secondary";
    struct written written = {.id = 57, .etag = string_copy("")};
    override_event_fill(&written, &override, &team, "Bob Test");
    assert_int_equal(written.from_at, FROM);
    assert_int_equal(written.until_at, UNTIL);
    assert_int_equal(written.wished_until_at, UNTIL);
    assert_true(written.is_wanted);
    CLEANUP(text_clear) struct text text = {0};
    override_event_compose(&text, &written, "1a2b3c4d", "https://pager.example.org:8440/x", 2,
                           FROM);
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
    written_clear(&written);

    team.roles[ROLE_SECONDARY].calendar = NULL;
    written = (struct written){.id = 57, .etag = string_copy("")};
    override_event_fill(&written, &override, &team, "Bob Test");
    assert_null(written.categories); /* a team with one role has no need of it */
    written_clear(&written);
}

static void any_change_of_times_person_or_repetition_is_one(void **state)
{
    (void)state;
    struct shift_event event = {
        .summary = "Bob Test", .uid = "u", .file = "o57.ics", .users = "bob"};
    struct shift shifts[2] = {{.start_at = FROM, .end_at = UNTIL, .event = &event},
                              {.start_at = FROM, .end_at = UNTIL, .event = &event}};
    struct shift_list list = {.shifts = shifts, .shift_count = 1};
    struct written written = {.user = "bob",
                              .summary = "Bob Test",
                              .from_at = FROM,
                              .until_at = UNTIL,
                              .wished_until_at = UNTIL - HOUR_MS};
#define FOUND(name) override_event_until(&list, name, &written)
    assert_int_equal(FOUND("o57.ics"), UNTIL);
    assert_int_equal(FOUND("o58.ics"), 0);
    list.shift_count = 2;
    assert_int_equal(FOUND("o57.ics"), 0);
    list.shift_count = 0;
    assert_int_equal(FOUND("o57.ics"), 0);
    list.shift_count = 1;
    shifts[0].end_at += SECOND_MS;
    assert_int_equal(FOUND("o57.ics"), 0);
    shifts[0].end_at = UNTIL - HOUR_MS; /* a write of ours whose answer was lost */
    assert_int_equal(FOUND("o57.ics"), UNTIL - HOUR_MS);
    shifts[0].end_at = UNTIL;
    shifts[0].start_at -= SECOND_MS;
    assert_int_equal(FOUND("o57.ics"), 0);
    shifts[0].start_at = FROM;
    event.summary = "Cat Test";
    assert_int_equal(FOUND("o57.ics"), 0);
    event.summary = "Bob Test";
    event.rule = "FREQ=DAILY;COUNT=1";
    assert_int_equal(FOUND("o57.ics"), 0);
    event.rule = NULL;
    event.users = "cat";
    assert_int_equal(FOUND("o57.ics"), 0);
    event.users = NULL; /* a program that drops what it does not know has changed nothing */
    assert_int_equal(FOUND("o57.ics"), UNTIL);
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
        cmocka_unit_test(a_book_survives_the_disk),
        cmocka_unit_test(a_full_book_drops_what_was_over_first_and_nothing_else),
        cmocka_unit_test(marks_and_names_belong_to_one_pagerd),
        cmocka_unit_test(times_are_whole_seconds_and_an_event_has_at_least_one),
        cmocka_unit_test(the_event_says_who_by_whom_and_which_override),
        cmocka_unit_test(any_change_of_times_person_or_repetition_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
