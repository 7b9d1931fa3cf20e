/* SPDX-License-Identifier: MIT */
/* Finding and matching people, the last resort, the names of things. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/entry.h"
#include "engine/policy.h"
#include "engine/view.h"

static const struct user users[] = {
    {.id = "ann",
     .name = "Ann Ops",
     .email = "ann@example.org",
     .unix_name = "aops",
     .aliases = {"Annie", "A. Ops"},
     .alias_count = 2,
     .contacts = {{.channel = "sms", .address = "1"}},
     .contact_count = 1},
    {.id = "bob", .name = "Bob Base", .email = "bob@example.org"},
    {.id = "cat",
     .name = "Cat Cache",
     .aliases = {"Bob Base"},
     .alias_count = 1,
     .contacts = {{.channel = "sms", .address = "3"}},
     .contact_count = 1,
     .is_admin = true},
};

static const struct team teams[] = {
    {.id = "one", .last_resort = "ann", .manager = "cat"},
    {.id = "two", .last_resort = "bob", .manager = "ann"},
    {.id = "three"},
};

static const struct policy policy = {
    .users = users, .user_count = 3, .teams = teams, .team_count = 3};

static void a_user_is_found_by_id(void **state)
{
    (void)state;
    assert_ptr_equal(policy_find_user(&policy, "ann"), &users[0]);
    assert_ptr_equal(policy_find_user(&policy, "cat"), &users[2]);
    assert_null(policy_find_user(&policy, "Ann"));
    assert_null(policy_find_user(&policy, "zoe"));
    assert_null(policy_find_user(&policy, NULL));
}

static void a_user_is_matched_by_all_names_without_case(void **state)
{
    (void)state;
    static const char *const names[] = {"ANN",  "ann ops", "Ann@Example.org",
                                        "aops", "annie",   "a. ops"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_ptr_equal(policy_match_user(&policy, names[i]), &users[0]);
    assert_null(policy_match_user(&policy, ""));
    assert_null(policy_match_user(&policy, NULL));
    assert_null(policy_match_user(&policy, "nobody"));
}

static void a_name_of_two_people_matches_nobody(void **state)
{
    (void)state;
    assert_null(policy_match_user(&policy, "bob base"));
    assert_ptr_equal(policy_match_user(&policy, "bob"), &users[1]);
}

static void the_last_resort_is_who_can_be_paged(void **state)
{
    (void)state;
    const struct user *found[4];
    assert_int_equal(policy_last_resort(&policy, &teams[0], found, 4), 1);
    assert_ptr_equal(found[0], &users[0]);
    /* bob has no contact: the manager */
    assert_int_equal(policy_last_resort(&policy, &teams[1], found, 4), 1);
    assert_ptr_equal(found[0], &users[0]);
    /* nobody named: the admins */
    assert_int_equal(policy_last_resort(&policy, &teams[2], found, 4), 1);
    assert_ptr_equal(found[0], &users[2]);
    assert_int_equal(policy_last_resort(&policy, NULL, found, 4), 1);
    assert_int_equal(policy_last_resort(&policy, &teams[0], found, 0), 0);
}

static void severities_have_the_names_of_the_field(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum severity severity;
    } words[] = {
        {"critical", SEVERITY_CRITICAL},  {"CRIT", SEVERITY_CRITICAL},
        {"page", SEVERITY_CRITICAL},      {"error", SEVERITY_ERROR},
        {"warn", SEVERITY_WARNING},       {"Warning", SEVERITY_WARNING},
        {"informational", SEVERITY_INFO},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum severity severity = SEVERITY_COUNT;
        assert_true(severity_parse(words[i].word, &severity));
        assert_int_equal(severity, words[i].severity);
    }
    enum severity severity = SEVERITY_COUNT;
    assert_false(severity_parse("purple", &severity));
    assert_false(severity_parse(NULL, &severity));
    assert_int_equal(severity, SEVERITY_COUNT);
}

/* A slot that a table forgot would be NULL. */
static void every_slot_of_every_table_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        enum severity severity = SEVERITY_COUNT;
        assert_non_null(severity_tag((enum severity)i));
        assert_true(severity_parse(severity_name((enum severity)i), &severity));
        assert_int_equal(severity, i);
    }
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role role = ROLE_COUNT;
        assert_true(role_parse(role_name((enum role)i), &role));
        assert_int_equal(role, i);
    }
    for (int i = 0; i < INCIDENT_STATE_COUNT; i++)
        assert_non_null(incident_state_name((enum incident_state)i));
    for (int i = 0; i < PAGE_STATE_COUNT; i++)
        assert_non_null(page_state_name((enum page_state)i));
    for (int i = 0; i < PAGE_KIND_COUNT; i++)
        assert_non_null(page_kind_name((enum page_kind)i));
    for (int i = 0; i < ENTRY_EVENT_COUNT; i++)
        assert_non_null(entry_name((enum entry_event)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_found_by_id),
        cmocka_unit_test(a_user_is_matched_by_all_names_without_case),
        cmocka_unit_test(a_name_of_two_people_matches_nobody),
        cmocka_unit_test(the_last_resort_is_who_can_be_paged),
        cmocka_unit_test(severities_have_the_names_of_the_field),
        cmocka_unit_test(every_slot_of_every_table_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
