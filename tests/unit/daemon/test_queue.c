/* SPDX-License-Identifier: MIT */
/* Calls that wait: each who sends them has a share, and what there is no room for is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/queue.h"

#define WORK_MAX 1000
#define WAIT_MS 3000

static int items[4096];

static struct queue *begin(void)
{
    return queue_new((struct queue_limits){.work_max = WORK_MAX, .wait_ms = WAIT_MS});
}

/* Offers calls of that work until one is refused; returns how many were taken. */
static size_t flood(struct queue *queue, const char *sender, size_t work, msec now)
{
    struct fault fault = {0};
    size_t count = 0;
    while (count < 4096 && queue_post(queue, sender, &items[count], work, now, &fault))
        count++;
    return count;
}

static void add(struct queue *queue, const char *sender, int *item, size_t work, msec now)
{
    struct fault fault = {0};
    bool is_taken = queue_post(queue, sender, item, work, now, &fault);
    assert_true(is_taken);
}

static bool is_admitted(struct queue *queue, const char *sender, size_t work, msec now)
{
    struct fault fault = {0};
    bool is_taken = queue_admit(queue, sender, work, now, &fault);
    assert_true(is_taken || (fault.kind == FAULT_LIMIT && fault.text[0] != '\0'));
    return is_taken;
}

static void calls_of_one_sender_leave_in_their_order(void **state)
{
    (void)state;
    struct queue *queue = begin();
    size_t work = 0;
    for (size_t i = 0; i < 50; i++)
        add(queue, "a", &items[i], 1 + i % 7, 0);
    for (size_t i = 0; i < 50; i++) {
        assert_ptr_equal(queue_take(queue, &work), &items[i]);
        assert_int_equal(work, 1 + i % 7);
    }
    assert_null(queue_take(queue, &work));
    assert_int_equal(queue_counts(queue).work, 0);
    assert_int_equal(queue_counts(queue).lines, 0);
    queue_free(queue);
}

static void who_floods_gets_half_of_the_room_and_leaves_some_for_each_who_comes(void **state)
{
    (void)state;
    struct queue *queue = begin();
    assert_int_equal(flood(queue, "a", 1, 0), WORK_MAX / 2);
    assert_int_equal(flood(queue, "b", 1, 0), WORK_MAX / 4);
    assert_int_equal(flood(queue, "c", 1, 0), WORK_MAX / 8);
    assert_int_equal(queue_counts(queue).waiting, WORK_MAX / 8 * 7);
    assert_true(is_admitted(queue, "d", 1, 0));
    assert_int_equal(queue_counts(queue).refused, 3);
    queue_free(queue);
}

static void who_sends_little_does_not_wait_behind_who_floods(void **state)
{
    (void)state;
    struct queue *queue = begin();
    size_t work = 0;
    flood(queue, "a", 1, 0);
    for (size_t i = 0; i < 100; i++)
        queue_take(queue, &work);
    add(queue, "b", &items[4095], 5, 0);
    size_t before = 0;
    while (queue_take(queue, &work) != &items[4095])
        before++;
    assert_in_range(before, 0, 6); /* of the other's, by the work */
    queue_free(queue);
}

static void two_who_flood_are_served_alike_by_work_and_not_by_number(void **state)
{
    (void)state;
    struct queue *queue = begin();
    size_t done[2] = {0};
    for (size_t i = 0; i < 300; i++)
        add(queue, "small", &items[0], 1, 0);
    for (size_t i = 0; i < 30; i++)
        add(queue, "large", &items[1], 10, 0);
    while (done[0] + done[1] < 300) {
        size_t work = 0;
        const int *item = queue_take(queue, &work);
        done[item - items] += work;
    }
    assert_in_range(done[0], 140, 160);
    queue_free(queue);
}

static void a_line_whose_first_waits_too_long_takes_no_more_and_others_do(void **state)
{
    (void)state;
    struct queue *queue = begin();
    size_t work = 0;
    add(queue, "a", &items[0], 1, 0);
    add(queue, "a", &items[1], 1, 2000);
    assert_true(is_admitted(queue, "a", 1, WAIT_MS));
    assert_false(is_admitted(queue, "a", 1, WAIT_MS + 1));
    assert_true(is_admitted(queue, "b", 1, WAIT_MS + 1));
    assert_int_equal(queue_counts(queue).since_at, 0);
    queue_take(queue, &work);
    assert_true(is_admitted(queue, "a", 1, WAIT_MS + 1));
    assert_string_equal(queue_most_refused(queue), "a");
    queue_free(queue);
}

static void an_enormous_call_is_taken_by_an_empty_queue_and_leaves_room(void **state)
{
    (void)state;
    struct queue *queue = begin();
    assert_true(is_admitted(queue, "a", 100 * WORK_MAX, 0));
    add(queue, "a", &items[0], 100 * WORK_MAX, 0);
    assert_true(is_admitted(queue, "b", 100, 0));
    assert_true(flood(queue, "c", 100 * WORK_MAX, 0) < QUEUE_CALL_PART);
    assert_true(queue_counts(queue).work <= WORK_MAX);
    queue_free(queue);
}

static void a_full_queue_takes_of_nobody_until_some_is_done(void **state)
{
    (void)state;
    struct queue *queue = begin();
    char name[16];
    size_t work = 0;
    size_t senders = 0;
    do {
        snprintf(name, sizeof(name), "sender %zu", senders++);
    } while (flood(queue, name, 1, 0) > 0 && senders < 4096);
    assert_int_equal(queue_counts(queue).work, WORK_MAX);
    assert_false(is_admitted(queue, "newcomer", 1, 0));
    queue_take(queue, &work);
    assert_true(is_admitted(queue, "newcomer", 1, 0));
    queue_free(queue);
}

static void who_was_refused_most_is_known_among_many(void **state)
{
    enum { BEFORE = 10 * QUEUE_REFUSED_MAX };
    (void)state;
    struct queue *queue = begin();
    char name[16];
    struct fault fault = {0};
    assert_string_equal(queue_most_refused(queue), "");
    for (size_t i = 0; i < WORK_MAX; i++) {
        snprintf(name, sizeof(name), "first %zu", i);
        add(queue, name, &items[0], 1, 0);
    }
    for (size_t i = 0; i < BEFORE; i++) { /* the table is full when it becomes loud */
        snprintf(name, sizeof(name), "before %zu", i % QUEUE_REFUSED_MAX);
        assert_false(queue_admit(queue, name, 1, 0, &fault));
    }
    for (size_t i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "other %zu", i);
        assert_false(queue_admit(queue, name, 1, 0, &fault));
        assert_false(queue_admit(queue, "loud", 1, 0, &fault));
    }
    assert_string_equal(queue_most_refused(queue), "loud");
    queue_forget_refused(queue);
    assert_string_equal(queue_most_refused(queue), "");
    assert_int_equal(queue_counts(queue).refused, BEFORE + 600);
    queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_of_one_sender_leave_in_their_order),
        cmocka_unit_test(who_floods_gets_half_of_the_room_and_leaves_some_for_each_who_comes),
        cmocka_unit_test(who_sends_little_does_not_wait_behind_who_floods),
        cmocka_unit_test(two_who_flood_are_served_alike_by_work_and_not_by_number),
        cmocka_unit_test(a_line_whose_first_waits_too_long_takes_no_more_and_others_do),
        cmocka_unit_test(an_enormous_call_is_taken_by_an_empty_queue_and_leaves_room),
        cmocka_unit_test(a_full_queue_takes_of_nobody_until_some_is_done),
        cmocka_unit_test(who_was_refused_most_is_known_among_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
