/* SPDX-License-Identifier: MIT */
/* Addresses of the configuration, filled in for an incident. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/address.h"
#include "engine/record.h"

static struct label labels[] = {{"alertname", "Disk Full"}};

static void names_are_filled_in_and_encoded(void **state)
{
    (void)state;
    struct incident incident = {.number = 412, .summary = "disk", .service = "a/b", .team = "ops"};
    CLEANUP(text_clear) struct text text = {0};
    assert_true(address_add(&text, "https://w/$service?t=$team&n=$number#$name", &incident));
    assert_string_equal(text_string(&text), "https://w/a%2Fb?t=ops&n=412#disk");
}

static void an_alertname_is_the_name(void **state)
{
    (void)state;
    struct incident incident = {
        .number = 1, .summary = "disk", .service = "", .labels = labels, .label_count = 1};
    CLEANUP(text_clear) struct text text = {0};
    assert_true(address_add(&text, "https://w/$name", &incident));
    assert_string_equal(text_string(&text), "https://w/Disk%20Full");
}

static void half_an_address_is_none(void **state)
{
    (void)state;
    struct incident incident = {.number = 1, .summary = "disk", .service = "", .team = "ops"};
    CLEANUP(text_clear) struct text text = {0};
    assert_false(address_add(&text, "https://w/$service", &incident));
    assert_false(address_add(&text, NULL, &incident));
    assert_string_equal(text_string(&text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_filled_in_and_encoded),
        cmocka_unit_test(an_alertname_is_the_name),
        cmocka_unit_test(half_an_address_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
