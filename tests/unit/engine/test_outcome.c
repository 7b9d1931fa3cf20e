/* SPDX-License-Identifier: MIT */
/* Which word of a provider is news of a page, by the page's state and the attempt it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/outcome.h"

/* The page is at its third attempt; attempt 0 of a word: it does not say of which it is. */
struct row {
    const char *what;
    enum page_state state;
    uint16_t sent_attempt;
    uint16_t plain_after;
    enum page_outcome outcome;
    uint16_t attempt;
    bool is_stale;
};

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct page page = {.state = rows[i].state,
                            .attempt = 3,
                            .sent_attempt = rows[i].sent_attempt,
                            .plain_after = rows[i].plain_after};
        struct event event = {.outcome = rows[i].outcome, .attempt = rows[i].attempt};
        if (outcome_is_stale(&page, &event) != rows[i].is_stale)
            fail_msg("%s: it should%s be news", rows[i].what, rows[i].is_stale ? " not" : "");
    }
}

static void while_it_is_sent_only_its_own_attempt_may_fail(void **state)
{
    static const struct row rows[] = {
        {"sent", PAGE_SENDING, 0, 0, OUTCOME_SENT, 3, false},
        {"sent, late", PAGE_SENDING, 0, 0, OUTCOME_SENT, 1, false},
        {"delivered, late", PAGE_SENDING, 0, 0, OUTCOME_DELIVERED, 1, false},
        {"failed", PAGE_SENDING, 0, 0, OUTCOME_FAILED, 3, false},
        {"failed, of whichever", PAGE_SENDING, 0, 0, OUTCOME_FAILED, 0, false},
        {"failed, late", PAGE_SENDING, 0, 0, OUTCOME_FAILED, 2, true},
        {"to be tried again, late", PAGE_SENDING, 0, 0, OUTCOME_RETRY, 2, true},
        {"unknown, late", PAGE_SENDING, 0, 0, OUTCOME_UNKNOWN, 2, true},
    };
    (void)state;
    expect_rows(rows, sizeof rows / sizeof *rows);
}

static void what_was_taken_waits_for_its_receipt_alone(void **state)
{
    static const struct row rows[] = {
        {"sent again", PAGE_SENT, 2, 0, OUTCOME_SENT, 3, true},
        {"delivered", PAGE_SENT, 2, 0, OUTCOME_DELIVERED, 2, false},
        {"the one that was taken failed", PAGE_SENT, 2, 0, OUTCOME_FAILED, 2, false},
        {"a later one failed", PAGE_SENT, 2, 0, OUTCOME_FAILED, 3, true},
        {"failed, it is not known which was taken", PAGE_SENT, 0, 0, OUTCOME_FAILED, 3, false},
        {"to be tried again", PAGE_SENT, 3, 0, OUTCOME_RETRY, 3, true},
        {"unknown", PAGE_SENT, 3, 0, OUTCOME_UNKNOWN, 3, true},
    };
    (void)state;
    expect_rows(rows, sizeof rows / sizeof *rows);
}

static void what_has_arrived_has_arrived(void **state)
{
    static const struct row rows[] = {
        {"sent", PAGE_DELIVERED, 3, 0, OUTCOME_SENT, 3, true},
        {"delivered", PAGE_DELIVERED, 3, 0, OUTCOME_DELIVERED, 3, true},
        {"failed", PAGE_DELIVERED, 3, 0, OUTCOME_FAILED, 3, true},
        {"unknown", PAGE_DELIVERED, 3, 0, OUTCOME_UNKNOWN, 0, true},
    };
    (void)state;
    expect_rows(rows, sizeof rows / sizeof *rows);
}

static void a_receipt_may_overtake_the_answer(void **state)
{
    static const struct row rows[] = {
        {"taken, after its receipt said failed", PAGE_FAILED, 0, 0, OUTCOME_SENT, 3, true},
        {"an earlier one was taken after all", PAGE_FAILED, 0, 0, OUTCOME_SENT, 2, false},
        {"taken, it is not said which", PAGE_FAILED, 0, 0, OUTCOME_SENT, 0, false},
        {"delivered after all", PAGE_FAILED, 0, 0, OUTCOME_DELIVERED, 3, false},
        {"failed twice", PAGE_FAILED, 0, 0, OUTCOME_FAILED, 3, true},
        {"failed while it waits", PAGE_QUEUED, 0, 0, OUTCOME_FAILED, 3, true},
        {"taken while it waits", PAGE_QUEUED, 0, 0, OUTCOME_SENT, 3, false},
    };
    (void)state;
    expect_rows(rows, sizeof rows / sizeof *rows);
}

static void what_was_filtered_was_not_taken(void **state)
{
    static const struct row rows[] = {
        {"taken before it was filtered", PAGE_SENDING, 0, 2, OUTCOME_SENT, 2, true},
        {"an earlier one, too", PAGE_SENDING, 0, 2, OUTCOME_SENT, 1, true},
        {"without its link", PAGE_SENDING, 0, 2, OUTCOME_SENT, 3, false},
        {"it is not said which", PAGE_SENDING, 0, 2, OUTCOME_SENT, 0, false},
        {"delivered all the same", PAGE_SENDING, 0, 2, OUTCOME_DELIVERED, 2, false},
    };
    (void)state;
    expect_rows(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_it_is_sent_only_its_own_attempt_may_fail),
        cmocka_unit_test(what_was_taken_waits_for_its_receipt_alone),
        cmocka_unit_test(what_has_arrived_has_arrived),
        cmocka_unit_test(a_receipt_may_overtake_the_answer),
        cmocka_unit_test(what_was_filtered_was_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
