/* SPDX-License-Identifier: MIT */
/* Events as JSON and back: nothing that was said is lost on the way to another node. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/event_form.h"

static const struct label labels[] = {{(char *)"env", (char *)"prod"},
                                      {(char *)"what", (char *)"\"quoted\"\n\xe2\x82\xac"}};

static const struct alert full_alert = {.integration = "nagios",
                                        .team = "ops",
                                        .dedup_key = "db1/disk",
                                        .severity = SEVERITY_COUNT - 1,
                                        .severity_word = "page",
                                        .is_severity_guessed = true,
                                        .summary = "db1: disk full",
                                        .details = "97 %",
                                        .source = "db1",
                                        .service = "disk",
                                        .runbook = "https://example.org/disk",
                                        .link = "https://example.org/graph",
                                        .labels = labels,
                                        .label_count = 2,
                                        .group = "db",
                                        .grace_ms = 7,
                                        .started_at = 8,
                                        .ends_at = 9,
                                        .is_told_once = true,
                                        .has_no_limit = true,
                                        .uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"};

static const struct event full_event = {
    .kind = EVENT_REASSIGN,
    .actor = "ann",
    .via = "link sms",
    .text = "I have \"it\"",
    .user = "bob",
    .team = "ops",
    .match = "service=disk",
    .is_take = true,
    .role = ROLE_SECONDARY,
    .for_ms = 1,
    .from_at = 2,
    .until_at = 3,
    .target = {.kind = TARGET_USER, .role = ROLE_SECONDARY, .name = "bob"},
    .alert = &full_alert};

static const struct event_origin full_origin = {.at = 1795310020498,
                                                .id = 7795310020498773311,
                                                .is_in_mirror = true,
                                                .number = 71,
                                                .uuid = "1f8fad5b-d9cb-469f-a165-70867728950e",
                                                .integration = "nagios",
                                                .dedup_key = "db1/disk"};

static void render(struct text *text, const struct event *event, const struct event_origin *origin)
{
    struct json_writer writer = {.text = text};
    event_form_put(&writer, event, origin);
}

static bool again(struct arena *arena, const struct text *text, struct event *event,
                  struct event_origin *origin, struct fault *fault)
{
    const struct json *json = NULL;
    assert_true(json_parse(arena, text_span(text), &json, fault));
    return event_form_read(json, arena, event, origin, fault);
}

/* What was read is written as what it was read from; and the texts of one are those of the other.
 */
static void everything_comes_back(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text first = {0};
    CLEANUP(text_clear) struct text second = {0};
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    render(&first, &full_event, &full_origin);
    assert_true(again(arena, &first, &event, &origin, &fault));
    render(&second, &event, &origin);
    assert_string_equal(text_string(&first), text_string(&second));
    assert_int_equal(event.kind, EVENT_REASSIGN);
    assert_int_equal(event.incident, 0);
    assert_string_equal(event.target.name, "bob");
    assert_string_equal(event.alert->labels[1].value, labels[1].value);
    assert_int_equal(event.alert->severity, SEVERITY_COUNT - 1);
    assert_string_equal(event.alert->uuid, full_alert.uuid);
    assert_int_equal(origin.number, 71);
    assert_true(origin.is_in_mirror);
}

/* Each member of the structs has a value above: a new one that is forgotten in the tables would
 * come back as nothing. */
static void no_member_is_forgotten(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text text = {0};
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    render(&text, &full_event, &full_origin);
    assert_true(again(arena, &text, &event, &origin, &fault));
    const struct alert *alert = event.alert;
    assert_string_equal(event.actor, "ann");
    assert_string_equal(event.via, "link sms");
    assert_string_equal(event.text, "I have \"it\"");
    assert_string_equal(event.user, "bob");
    assert_string_equal(event.team, "ops");
    assert_string_equal(event.match, "service=disk");
    assert_true(event.is_take);
    assert_int_equal(event.role, ROLE_SECONDARY);
    assert_int_equal(event.for_ms + event.from_at + event.until_at, 6);
    assert_string_equal(alert->team, "ops");
    assert_string_equal(alert->severity_word, "page");
    assert_string_equal(alert->details, "97 %");
    assert_string_equal(alert->source, "db1");
    assert_string_equal(alert->service, "disk");
    assert_string_equal(alert->runbook, full_alert.runbook);
    assert_string_equal(alert->link, full_alert.link);
    assert_string_equal(alert->group, "db");
    assert_int_equal(alert->grace_ms + alert->started_at + alert->ends_at, 24);
    assert_true(alert->is_told_once && alert->has_no_limit && alert->is_severity_guessed);
}

static void only_what_can_be_told_again_has_a_form(void **state)
{
    (void)state;
    assert_true(event_has_form(EVENT_TRIGGER));
    assert_true(event_has_form(EVENT_ACKNOWLEDGE));
    assert_false(event_has_form(EVENT_TICK));
    assert_false(event_has_form(EVENT_PAGE_OUTCOME));
    assert_false(event_has_form(EVENT_OVERRIDE_END));
    assert_false(event_has_form(EVENT_COUNT));
}

static void what_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"kind\":\"tick\",\"actor\":\"ann\"}",
        "{\"kind\":\"acknowledge\"}",
        "{\"kind\":\"trigger\",\"actor\":\"nagios\"}",
        "{\"kind\":\"trigger\",\"actor\":\"nagios\",\"alert\":{\"integration\":\"nagios\"}}",
        "{\"kind\":\"note\",\"actor\":\"ann\",\"role\":99}",
        "{\"kind\":\"reassign\",\"actor\":\"ann\",\"target\":{\"kind\":3,\"role\":0}}",
        "{\"kind\":\"reassign\",\"actor\":\"ann\",\"target\":{\"kind\":-1,\"role\":0}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        CLEANUP(text_clear) struct text text = {0};
        struct event event;
        struct event_origin origin;
        struct fault fault = {0};
        text_add(&text, wrong[i]);
        assert_false(again(arena, &text, &event, &origin, &fault));
        assert_non_null(strstr(fault.text, "another node"));
    }
}

/* A source that says a label twice takes nothing along of what is written beside it. */
static void labels_of_one_name_can_be_read_again(void **state)
{
    static const struct label twice[] = {{(char *)"tags", (char *)"first"},
                                         {(char *)"env", (char *)"prod"},
                                         {(char *)"tags", (char *)"second"}};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text text = {0};
    struct alert alert = full_alert;
    struct event event = full_event;
    struct event_origin origin;
    struct fault fault = {0};
    (void)state;
    alert.labels = twice;
    alert.label_count = 3;
    event.alert = &alert;
    render(&text, &event, &full_origin);
    assert_true(again(arena, &text, &event, &origin, &fault));
    assert_int_equal(event.alert->label_count, 2);
    assert_string_equal(event.alert->labels[0].value, "first");
    assert_string_equal(event.alert->labels[1].value, "prod");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(no_member_is_forgotten),
        cmocka_unit_test(only_what_can_be_told_again_has_a_form),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(labels_of_one_name_can_be_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
