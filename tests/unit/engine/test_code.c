/* SPDX-License-Identifier: MIT */
/* Codes: their hash, the order of pages, a clock that is set back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/zone.h"
#include "engine/code.h"
#include "engine/engine.h"
#include "unit/engine/fixture.h"

#define NOON (20000 * DAY_MS + 12 * HOUR_MS)

static const struct notify_step notify_steps[] = {
    {.after_ms = 0, .via = {"sms", "push"}, .via_count = 2}};
static const struct notify_rule rules[] = {
    {.id = "normal", .steps = notify_steps, .step_count = 1}};
/* What first goes out in one step at that time, by both clocks, as channels and kinds. */
static const char *step_told(struct fixture *fixture, msec steady_at, msec wall_at,
                             struct event event)
{
    CLEANUP(text_clear) struct text text = {0};
    effects_reset(fixture->effects);
    engine_step(fixture->engine, (struct now){steady_at, wall_at}, &event, fixture->effects,
                &fixture->answer);
    for (size_t i = 0; i < fixture->effects->count; i++) {
        const struct effect *effect = &fixture->effects->list[i];
        if (effect->kind == EFFECT_SEND && effect->page->attempt == 1)
            text_addf(&text, "%s %s;", effect->page->channel, page_kind_name(effect->page->kind));
    }
    return arena_copy(fixture->arena, text_string(&text));
}

static int set_up(void **state)
{
    struct fixture *fixture = fixture_new();
    fixture->user.has_quiet_hours = true;
    fixture->user.contacts[1] =
        (struct contact){.channel = "push", .address = "2", .manner = MANNER_PUSH};
    fixture->user.contact_count = 2;
    fixture->policy.notify_rules = rules;
    fixture->policy.verify = (struct verify_rule){.is_on = true, .again_ms = 90 * DAY_MS};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        fixture->policy.severities[i].notify = &rules[0];
    *state = fixture;
    return 0;
}

static const char *policy_at(struct fixture *fixture, msec at)
{
    return step_told(fixture, at, at,
                     (struct event){.kind = EVENT_POLICY, .policy = &fixture->policy});
}

static void what_is_verified_goes_out_first(void **state)
{
    struct fixture *fixture = *state;
    struct alert alert = {.integration = "test", .team = "db", .dedup_key = "a", .summary = "b"};
    const struct event trigger = {.kind = EVENT_TRIGGER, .actor = "test", .alert = &alert};
    (void)policy_at(fixture, NOON);
    engine_restored(fixture->engine, (struct now){NOON, NOON}, fixture->effects);
    assert_string_equal(step_told(fixture, NOON, NOON, (struct event){.kind = EVENT_TICK}),
                        "sms verify;");
    (void)step_told(
        fixture, NOON, NOON,
        (struct event){.kind = EVENT_TEST_PAGE, .actor = "ann", .user = "ann", .text = "push"});
    (void)step_told(
        fixture, NOON, NOON,
        (struct event){.kind = EVENT_TEST_ANSWER, .actor = "ann", .via = "http", .text = "push"});
    assert_string_equal(step_told(fixture, NOON + 1, NOON + 1, trigger), "push alert;sms alert;");
    fixture->policy.verify.is_on = false;
    alert.dedup_key = "c";
    assert_string_equal(step_told(fixture, NOON + 2, NOON + 2, trigger), "sms alert;push alert;");
}

static void a_clock_that_was_set_back_stops_no_codes(void **state)
{
    struct fixture *fixture = *state;
    (void)policy_at(fixture, NOON);
    engine_restored(fixture->engine, (struct now){NOON, NOON}, fixture->effects);
    assert_string_equal(step_told(fixture, NOON, NOON, (struct event){.kind = EVENT_TICK}),
                        "sms verify;");
    msec at = NOON + CODE_LOOK_MS;
    assert_string_equal(step_told(fixture, at, at, (struct event){.kind = EVENT_TICK}),
                        "push verify;");
    at += CODE_LOOK_MS;
    assert_string_equal(step_told(fixture, at, at, (struct event){.kind = EVENT_TICK}), "");
    at += CODE_LOOK_MS;
    assert_string_equal(step_told(fixture, at, at - 2 * DAY_MS, (struct event){.kind = EVENT_TICK}),
                        "sms verify;");
}

static void a_hash_has_its_salt_and_not_its_code(void **state)
{
    (void)state;
    char left[CODE_HASH_SIZE];
    char right[CODE_HASH_SIZE];
    code_hash("00000000000000000000", span_of("123456"), left);
    code_hash("00000000000000000001", span_of("123456"), right);
    assert_int_equal(strlen(left), CODE_HASH_SIZE - 1);
    assert_null(strstr(left, "123456"));
    assert_string_not_equal(left + TOKEN_TEXT_SIZE, right + TOKEN_TEXT_SIZE);
    assert_true(code_is_one(span_of("123456")));
    static const char *const others[] = {"", "12345", "1234567", "12345a", "12345 ", "+12345"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(code_is_one(span_of(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_verified_goes_out_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_was_set_back_stops_no_codes, set_up,
                                        tear_down),
        cmocka_unit_test(a_hash_has_its_salt_and_not_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
