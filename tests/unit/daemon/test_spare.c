/* SPDX-License-Identifier: MIT */
/* Copies of other nodes' journals, and the journal that they are of: on disk, bounded, and gone
 * when they are needed no more. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/journal.h"
#include "daemon/spare.h"
#include "store/batch.h"

#define FIRST "0123456789abcdef0123456789abcdef"
#define UNDER_WAY 10000 /* entries, on their way to the disk */
#define SECOND "ffffffffffffffffffffffffffffffff"

struct room {
    char state[64];
    sem_t is_done;
};

static int room_open(void **state)
{
    struct room *room = memory_new(1, sizeof(*room));
    snprintf(room->state, sizeof(room->state), "/tmp/pagerd-spare-XXXXXX");
    *state = room;
    sem_init(&room->is_done, 0, 0);
    return mkdtemp(room->state) == NULL;
}

static int room_close(void **state)
{
    struct room *room = *state;
    char *command = string_format("rm -r %s", room->state);
    int failed = system(command);
    free(command);
    sem_destroy(&room->is_done);
    free(room);
    return failed;
}

static void done(void *context, struct batch *failed, const struct fault *fault)
{
    struct room *room = context;
    assert_null(fault);
    assert_null(failed);
    sem_post(&room->is_done);
}

static struct spare *open_spare(const struct room *room)
{
    struct spare *spare = NULL;
    struct fault fault = {0};
    assert_true(spare_open(room->state, &spare, &fault));
    return spare;
}

static void add(struct room *room, struct spare *spare, const char *value)
{
    struct spare_copy copy;
    struct fault fault = {0};
    assert_true(spare_parse(value, &copy));
    assert_true(spare_add(spare, &copy, done, room, &fault));
    sem_wait(&room->is_done);
}

/* "a17{1} b3{2} " */
static void expect(const struct spare *spare, const char *expected)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct spare_copy *copy;
    size_t cursor = 0;
    while ((copy = spare_each(spare, &cursor)) != NULL)
        text_addf(&text, "%s%d%s ", copy->node, (int)copy->serial, copy->events);
    assert_string_equal(text_string(&text), expected);
}

static void copies_outlive_this_node(void **state)
{
    struct room *room = *state;
    struct spare *spare = open_spare(room);
    add(room, spare, "a " FIRST " 17 {\"kind\": 1},{}");
    add(room, spare, "b " SECOND " 3 {2}");
    spare_close(spare);
    spare = open_spare(room);
    expect(spare, "a17{\"kind\": 1},{} b3{2} ");
    spare_close(spare);
}

static void only_what_is_needed_no_more_is_dropped(void **state)
{
    struct room *room = *state;
    struct spare *spare = open_spare(room);
    add(room, spare, "a " FIRST " 1 {1}");
    add(room, spare, "a " FIRST " 2 {2}");
    add(room, spare, "a " SECOND " 1 {3}");
    add(room, spare, "b " FIRST " 1 {4}");
    spare_drop(spare, "a", FIRST, 2);
    expect(spare, "a2{2} a1{3} b1{4} ");
    spare_close(spare);
    spare = open_spare(room);
    expect(spare, "a2{2} a1{3} b1{4} ");
    add(room, spare, "a " FIRST " 3 {5}");
    spare_drop(spare, "a", FIRST, 100);
    spare_drop(spare, "a", SECOND, 100);
    spare_drop(spare, "b", FIRST, 100);
    assert_int_equal(spare_count(spare), 0);
    add(room, spare, "b " FIRST " 2 {6}");
    spare_close(spare);
    spare = open_spare(room);
    expect(spare, "b2{6} ");
    spare_close(spare);
}

static void what_finds_no_room_is_refused(void **state)
{
    struct room *room = *state;
    struct spare *spare = open_spare(room);
    char *events = memory_new(SPARE_SIZE_MAX, 1);
    memset(events, 'x', SPARE_SIZE_MAX - 1);
    struct spare_copy copy = {.node = "a", .journal = FIRST, .serial = 2, .events = events};
    struct fault fault = {0};
    add(room, spare, "a " FIRST " 1 {}");
    assert_false(spare_add(spare, &copy, done, room, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_non_null(strstr(fault.text, "no room for more"));
    expect(spare, "a1{} ");
    free(events);
    spare_close(spare);
}

static void so_many_copies_and_no_more_are_taken(void **state)
{
    struct room *room = *state;
    struct spare *spare = open_spare(room);
    struct spare_copy copy = {.node = "a", .journal = FIRST, .serial = 1, .events = "{}"};
    struct fault fault = {0};
    for (; copy.serial <= SPARE_COUNT_MAX; copy.serial++) {
        assert_true(spare_add(spare, &copy, done, room, &fault));
        if (copy.serial > UNDER_WAY)
            sem_wait(&room->is_done);
    }
    assert_false(spare_add(spare, &copy, done, room, &fault));
    assert_non_null(strstr(fault.text, "no room for more"));
    for (size_t i = 0; i < UNDER_WAY; i++)
        sem_wait(&room->is_done);
    spare_close(spare);
}

static void what_is_no_copy_is_not_read(void **state)
{
    (void)state;
    struct spare_copy copy;
    assert_false(spare_parse("", &copy));
    assert_false(spare_parse("a", &copy));
    assert_false(spare_parse("a " FIRST, &copy));
    assert_false(spare_parse("a " FIRST " x {}", &copy));
    assert_true(spare_parse("a " FIRST " 17 {}", &copy));
    assert_int_equal(copy.serial, 17);
}

/* ---- the journal ---- */

static struct journal *open_journal(const struct room *room)
{
    struct journal *journal = NULL;
    struct fault fault = {0};
    assert_true(journal_open(room->state, &journal, &fault));
    return journal;
}

static void write_down(struct room *room, struct journal *journal, const char *events)
{
    struct fault fault = {0};
    assert_true(journal_add(journal, span_of(events), done, room, &fault));
    sem_wait(&room->is_done);
}

static void a_journal_that_is_full_takes_no_more_until_it_is_cleared(void **state)
{
    struct room *room = *state;
    struct journal *journal = open_journal(room);
    struct fault fault = {0};
    assert_true(journal_has_spare_room(journal));
    for (size_t i = 0; i < JOURNAL_COUNT_MAX; i++) {
        assert_true(journal_has_room(journal));
        assert_true(journal_add(journal, span_of("{}"), done, room, &fault));
        if (i >= UNDER_WAY)
            sem_wait(&room->is_done);
    }
    assert_false(journal_has_room(journal) || journal_has_spare_room(journal));
    assert_false(journal_add(journal, span_of("{}"), done, room, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_int_equal(journal_count(journal), JOURNAL_COUNT_MAX);
    for (size_t i = 0; i < UNDER_WAY; i++)
        sem_wait(&room->is_done);
    journal_clear(journal);
    assert_true(journal_has_room(journal) && journal_has_spare_room(journal));
    write_down(room, journal, "{}");
    journal_close(journal);
}

static void serials_go_on_when_the_journal_is_cleared(void **state)
{
    struct room *room = *state;
    struct journal_mark mark;
    char id[JOURNAL_ID_SIZE];
    struct journal *journal = open_journal(room);
    journal_mark(journal, &mark);
    memcpy(id, mark.id, sizeof(id));
    assert_int_equal(strlen(id), JOURNAL_ID_SIZE - 1);
    assert_int_equal(mark.first, 1);
    write_down(room, journal, "{1}");
    write_down(room, journal, "{2}");
    journal_mark(journal, &mark);
    assert_int_equal(mark.first, 1);
    assert_int_equal(mark.last, 2);
    journal_close(journal);
    journal = open_journal(room);
    journal_mark(journal, &mark);
    assert_string_equal(mark.id, id);
    assert_int_equal(mark.first, 1);
    assert_int_equal(mark.last, 2);
    journal_clear(journal);
    journal_mark(journal, &mark);
    assert_int_equal(mark.first, 3);
    write_down(room, journal, "{3}");
    journal_close(journal);
    journal = open_journal(room);
    journal_mark(journal, &mark);
    assert_string_equal(mark.id, id);
    assert_int_equal(mark.first, 3);
    assert_int_equal(mark.last, 3);
    journal_clear(journal);
    journal_close(journal);
    journal = open_journal(room);
    journal_mark(journal, &mark);
    assert_int_equal(mark.first, 4);
    assert_int_equal(journal_count(journal), 0);
    journal_close(journal);
}

/* One that is there and has not said what it has is not given up for that: it has just started. */
static void a_journal_is_lost_when_its_node_is_or_has_another(void **state)
{
    const struct spare_copy copy = {.node = "a", .journal = FIRST, .serial = 1};
    (void)state;
    assert_false(spare_is_lost(&copy, FIRST, DAY_MS, DAY_MS));
    assert_true(spare_is_lost(&copy, SECOND, 0, 0));
    assert_false(spare_is_lost(&copy, "", 0, DAY_MS));
    assert_true(spare_is_lost(&copy, "", SPARE_LOST_MS, DAY_MS));
    assert_false(spare_is_lost(&copy, NULL, SPARE_LOST_MS - 1, DAY_MS));
    assert_false(spare_is_lost(&copy, NULL, MSEC_NEVER, SPARE_LOST_MS - 1));
    assert_true(spare_is_lost(&copy, NULL, MSEC_NEVER, SPARE_LOST_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(copies_outlive_this_node, room_open, room_close),
        cmocka_unit_test_setup_teardown(only_what_is_needed_no_more_is_dropped, room_open,
                                        room_close),
        cmocka_unit_test_setup_teardown(what_finds_no_room_is_refused, room_open, room_close),
        cmocka_unit_test_setup_teardown(so_many_copies_and_no_more_are_taken, room_open,
                                        room_close),
        cmocka_unit_test(what_is_no_copy_is_not_read),
        cmocka_unit_test(a_journal_is_lost_when_its_node_is_or_has_another),
        cmocka_unit_test_setup_teardown(a_journal_that_is_full_takes_no_more_until_it_is_cleared,
                                        room_open, room_close),
        cmocka_unit_test_setup_teardown(serials_go_on_when_the_journal_is_cleared, room_open,
                                        room_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
