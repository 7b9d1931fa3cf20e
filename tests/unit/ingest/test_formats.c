/* SPDX-License-Identifier: MIT */
/* Bodies written by hand: what is said, what is missing, what is too long. */
#include "bench.h"

#include <string.h>

#include "base/utf8.h"
#include "ingest/field.h"
#include "ingest/sns.h"

static void a_summary_alone_is_a_critical_trigger(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item = item_of(arena, "generic", "{\"summary\":\"db1: disk full\"}");
    assert_null(item->error);
    assert_int_equal(item->event.kind, EVENT_TRIGGER);
    assert_string_equal(item->alert.summary, "db1: disk full");
    assert_int_equal(item->alert.severity, SEVERITY_CRITICAL);
    assert_string_equal(item->alert.dedup_key, "");
    assert_string_equal(item->alert.integration, "prom");
    assert_ptr_equal(item->event.alert, &item->alert);
}

static void an_unknown_severity_is_an_error_not_a_refusal(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "generic", "{\"summary\":\"a\",\"severity\":\"purple\"}");
    assert_null(item->error);
    assert_int_equal(item->alert.severity, SEVERITY_ERROR);
}

static void all_fields_of_the_generic_form_arrive(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item = item_of(
        arena, "generic",
        "{\"summary\":\"a\",\"dedup_key\":7,\"severity\":\"warning\",\"source\":\"db1\","
        "\"service\":\"postgres\",\"details\":\"one\\n\\ntwo\",\"runbook\":\"https://w/r\","
        "\"link\":\"javascript:alert(1)\",\"labels\":{\"env\":\"prod\",\"shard\":3,\"x\":[1]},"
        "\"team\":\"ops\"}");
    assert_string_equal(item->alert.dedup_key, "7");
    assert_int_equal(item->alert.severity, SEVERITY_WARNING);
    assert_string_equal(item->alert.source, "db1");
    assert_string_equal(item->alert.service, "postgres");
    assert_string_equal(item->alert.details, "one\n\ntwo");
    assert_string_equal(item->alert.runbook, "https://w/r");
    assert_string_equal(item->alert.link, "");
    assert_int_equal(item->alert.label_count, 2);
    assert_string_equal(item->alert.labels[1].name, "shard");
    assert_string_equal(item->alert.labels[1].value, "3");
    assert_string_equal(item->team, "ops");
}

static void one_unusable_alert_does_not_spoil_the_others(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch batch =
        batch_of(arena, "generic",
                 SPAN("[{\"summary\":\"a\"},{},7,{\"action\":\"dance\"},{\"action\":\"resolve\"},"
                      "{\"action\":\"acknowledge\",\"dedup_key\":\"k\"},"
                      "{\"action\":\"resolve\",\"dedup_key\":\"k\"}]"));
    assert_int_equal(batch.count, 7);
    assert_null(batch.items[0].error);
    assert_non_null(strstr(batch.items[1].error, "\"summary\" is missing"));
    assert_non_null(strstr(batch.items[2].error, "an alert is an object"));
    assert_non_null(strstr(batch.items[3].error, "\"dance\" is unknown"));
    assert_non_null(strstr(batch.items[4].error, "\"dedup_key\" is missing"));
    assert_non_null(strstr(batch.items[5].error, "only a named person"));
    assert_null(batch.items[6].error);
    assert_int_equal(batch.items[6].event.kind, EVENT_RESOLVE_SOURCE);
}

static void labels_have_a_name_each(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "generic",
                "{\"summary\":\"a\",\"labels\":{\"a\\nb\":\"1\",\"a b\":\"2\",\"c\":\"3\"}}");
    assert_int_equal(item->alert.label_count, 2);
    assert_string_equal(item->alert.labels[0].value, "1");
    assert_string_equal(item->alert.labels[1].name, "c");
    item = item_of(arena, "opsgenie",
                   "{\"message\":\"a\",\"tags\":[\"x\",\"y\"],"
                   "\"details\":{\"tags\":\"z\",\"env\":\"prod\"}}");
    assert_int_equal(item->alert.label_count, 2);
    assert_string_equal(item->alert.labels[0].name, "env");
    assert_string_equal(item->alert.labels[1].name, "tags");
    assert_string_equal(item->alert.labels[1].value, "x,y");
}

static void long_texts_are_cut_at_a_character_with_a_mark(void **state)
{
    struct arena *arena = *state;
    CLEANUP(text_clear) struct text body = {0};
    text_add(&body, "{\"summary\":\"");
    for (size_t i = 0; i < 2000; i++)
        text_add(&body, "\xc3\xbc");
    text_add(&body, "\"}");
    const struct ingest_item *item = item_of(arena, "generic", text_string(&body));
    size_t size = strlen(item->alert.summary);
    assert_null(item->error);
    assert_in_range(size, SUMMARY_MAX - 4, SUMMARY_MAX);
    assert_string_equal(item->alert.summary + size - 3, "\xe2\x80\xa6");
    assert_int_equal((unsigned char)item->alert.summary[size - 4], 0xbc);
}

static void two_long_dedup_keys_stay_two(void **state)
{
    struct arena *arena = *state;
    CLEANUP(text_clear) struct text first = {0};
    CLEANUP(text_clear) struct text second = {0};
    text_addf(&first, "{\"summary\":\"a\",\"dedup_key\":\"%0600d1\"}", 0);
    text_addf(&second, "{\"summary\":\"a\",\"dedup_key\":\"%0600d2\"}", 0);
    const char *left = item_of(arena, "generic", text_string(&first))->alert.dedup_key;
    const char *right = item_of(arena, "generic", text_string(&second))->alert.dedup_key;
    assert_true(strlen(left) <= DEDUP_KEY_MAX);
    assert_string_not_equal(left, right);
}

static void a_summary_is_one_line(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "generic", "{\"summary\":\" a\\r\\n\\tb\\u001b[31m  c \"}");
    assert_string_equal(item->alert.summary, "a b[31m c");
}

static void the_status_of_the_body_is_never_read(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch batch =
        batch_of(arena, "alertmanager",
                 SPAN("{\"status\":\"resolved\",\"truncatedAlerts\":1,\"alerts\":[{\"status\":"
                      "\"firing\",\"labels\":{\"alertname\":\"A\",\"instance\":\"db1\"},"
                      "\"fingerprint\":\"f1\"}]}"));
    assert_int_equal(batch.items[0].event.kind, EVENT_TRIGGER);
    assert_string_equal(batch.items[0].alert.summary, "A db1");
}

static void a_missing_fingerprint_depends_on_the_labels_not_on_their_order(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch batch =
        batch_of(arena, "alertmanager",
                 SPAN("{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"a\":\"1\",\"b\":\"2\"}},"
                      "{\"status\":\"resolved\",\"labels\":{\"b\":\"2\",\"a\":\"1\"}},"
                      "{\"status\":\"firing\",\"labels\":{\"a\":\"2\",\"b\":\"1\"}}]}"));
    assert_int_equal(strlen(batch.items[0].alert.dedup_key), 16);
    assert_string_equal(batch.items[0].alert.dedup_key, batch.items[1].alert.dedup_key);
    assert_string_not_equal(batch.items[0].alert.dedup_key, batch.items[2].alert.dedup_key);
}

static void an_alertmanager_body_without_alerts_is_refused_with_words(void **state)
{
    struct arena *arena = *state;
    assert_non_null(strstr(refusal_of(arena, "alertmanager", "{}"), "\"alerts\" is missing"));
    assert_non_null(strstr(refusal_of(arena, "alertmanager", "[]"), "\"alerts\" is missing"));
    assert_int_equal(batch_of(arena, "alertmanager", SPAN("{\"alerts\":[]}")).count, 0);
}

static void pagerduty_names_what_is_missing(void **state)
{
    struct arena *arena = *state;
    static const char *const bodies[][2] = {
        {"{}", "'event_action' is missing or blank"},
        {"{\"event_action\":\"snooze\"}", "'event_action' must be one of"},
        {"{\"event_action\":\"trigger\",\"payload\":null}", "'payload.summary' is missing"},
        {"{\"event_action\":\"resolve\"}", "'dedup_key' is missing or blank"},
        {"[]", "not a JSON object"},
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
        assert_non_null(strstr(refusal_of(arena, "pagerduty_v2", bodies[i][0]), bodies[i][1]));
}

static void pagerduty_resolves_with_a_null_payload(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "pagerduty_v2",
                "{\"event_action\":\"resolve\",\"dedup_key\":\"k\",\"payload\":null}");
    assert_int_equal(item->event.kind, EVENT_RESOLVE_SOURCE);
    assert_string_equal(item->alert.dedup_key, "k");
}

static void pagerduty_cannot_acknowledge(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "pagerduty_v2", "{\"event_action\":\"acknowledge\",\"dedup_key\":\"k\"}");
    assert_int_equal(item->event.kind, EVENT_NOTE_SOURCE);
    assert_non_null(strstr(item->event.text, "names nobody"));
    assert_null(item->author);
}

static void an_unknown_pagerduty_severity_is_an_error(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "pagerduty_v2",
                "{\"event_action\":\"trigger\",\"payload\":{\"summary\":\"a\",\"severity\":\"page "
                "me\",\"custom_details\":{\"free\":\"2 GB\",\"n\":3,\"o\":{\"a\":1}}}}");
    assert_int_equal(item->alert.severity, SEVERITY_ERROR);
    assert_string_equal(item->alert.details, "free: 2 GB\nn: 3\no: {\"a\":1}");
}

static void nagios_and_icinga_name_services_in_their_own_way(void **state)
{
    struct arena *arena = *state;
    static const char body[] = "{\"type\":\"PROBLEM\",\"object\":\"service\",\"host\":\"db1\","
                               "\"service\":\"Disk\",\"state\":\"CRITICAL\",\"output\":\"96% "
                               "full\",\"instance\":\"fra\"}";
    assert_string_equal(item_of(arena, "nagios", body)->alert.dedup_key, "nagios/fra/db1;Disk");
    assert_string_equal(item_of(arena, "icinga", body)->alert.dedup_key, "icinga2/fra/db1!Disk");
    assert_string_equal(item_of(arena, "icinga", body)->alert.summary,
                        "db1 Disk is CRITICAL: 96% full");
    assert_string_equal(
        item_of(arena, "nagios", "{\"type\":\"PROBLEM\",\"host\":\"db1\"}")->alert.dedup_key,
        "nagios/db1");
    /* PagerDuty's agents: -i KEY */
    assert_string_equal(
        item_of(arena, "nagios",
                "{\"type\":\"PROBLEM\",\"host\":\"db1\",\"incident_key\":\"a key\"}")
            ->alert.dedup_key,
        "nagios/a key");
}

static void a_service_problem_without_its_service_is_refused(void **state)
{
    struct arena *arena = *state;
    (void)refusal_of(arena, "nagios",
                     "{\"type\":\"PROBLEM\",\"object\":\"service\",\"host\":\"db1\"}");
    (void)refusal_of(arena, "nagios", "{\"type\":\"PROBLEM\"}");
    (void)refusal_of(arena, "icinga", "{\"host\":\"db1\"}");
    (void)refusal_of(arena, "icinga", "[1]");
}

static void every_type_of_both_families_has_its_meaning(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *type;
        enum event_kind kind;
    } types[] = {
        {"PROBLEM", EVENT_TRIGGER},
        {"RECOVERY", EVENT_RESOLVE_SOURCE},
        {"recovery", EVENT_RESOLVE_SOURCE},
        {"ACKNOWLEDGEMENT", EVENT_ACKNOWLEDGE},
        {"CUSTOM", EVENT_NOTE_SOURCE},
        {"FLAPPINGSTART", EVENT_NOTE_SOURCE},
        {"FLAPPINGSTOP", EVENT_NOTE_SOURCE},
        {"FLAPPINGEND", EVENT_NOTE_SOURCE},
        {"DOWNTIMESTART", EVENT_NOTE_SOURCE},
        {"DOWNTIMEEND", EVENT_NOTE_SOURCE},
        {"DOWNTIMECANCELLED", EVENT_NOTE_SOURCE},
        {"NEWTHING", EVENT_NOTE_SOURCE},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        CLEANUP(text_clear) struct text body = {0};
        text_addf(&body, "{\"type\":\"%s\",\"host\":\"h\",\"author\":\"ann\",\"comment\":\"c\"}",
                  types[i].type);
        const struct ingest_item *item = item_of(arena, "icinga", text_string(&body));
        assert_int_equal(item->event.kind, types[i].kind);
        if (types[i].kind == EVENT_NOTE_SOURCE)
            assert_non_null(strstr(item->event.text, "by ann: c"));
        if (types[i].kind == EVENT_ACKNOWLEDGE)
            assert_string_equal(item->author, "ann");
    }
}

static void the_end_of_a_silence_at_the_source_says_how_it_is(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *type;
        const char *state;
        size_t count;
    } ends[] = {
        {"FLAPPINGEND", "OK", 2},      {"FLAPPINGSTOP", "UP", 2},    {"FLAPPINGDISABLED", "ok", 2},
        {"DOWNTIMEEND", "OK", 2},      {"DOWNTIMEREMOVED", "UP", 2}, {"DOWNTIMECANCELLED", "OK", 2},
        {"FLAPPINGEND", "WARNING", 1}, {"DOWNTIMEEND", "DOWN", 1},   {"DOWNTIMEEND", "", 1},
        {"FLAPPINGSTART", "OK", 1},    {"DOWNTIMESTART", "OK", 1},   {"CUSTOM", "OK", 1},
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        CLEANUP(text_clear) struct text body = {0};
        text_addf(&body, "{\"type\":\"%s\",\"host\":\"h\",\"service\":\"s\",\"state\":\"%s\"}",
                  ends[i].type, ends[i].state);
        char *kept = arena_copy(arena, text_string(&body));
        struct ingest_batch batch = batch_of(arena, "nagios", span_of(kept));
        assert_int_equal(batch.count, ends[i].count);
        assert_int_equal(batch.items[0].event.kind, EVENT_NOTE_SOURCE);
        if (batch.count < 2)
            continue;
        assert_int_equal(batch.items[1].event.kind, EVENT_RESOLVE_SOURCE);
        assert_string_equal(batch.items[1].alert.dedup_key, "nagios/h;s");
        assert_ptr_equal(batch.items[1].event.alert, &batch.items[1].alert);
    }
}

static void every_state_of_a_check_has_its_severity(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *state;
        enum severity severity;
    } states[] = {
        {"CRITICAL", SEVERITY_CRITICAL}, {"DOWN", SEVERITY_CRITICAL},
        {"WARNING", SEVERITY_WARNING},   {"UNREACHABLE", SEVERITY_WARNING},
        {"UNKNOWN", SEVERITY_ERROR},     {"OK", SEVERITY_INFO},
        {"UP", SEVERITY_INFO},           {"SIDEWAYS", SEVERITY_ERROR},
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        CLEANUP(text_clear) struct text body = {0};
        text_addf(&body, "{\"type\":\"PROBLEM\",\"host\":\"h\",\"state\":\"%s\"}", states[i].state);
        assert_int_equal(item_of(arena, "nagios", text_string(&body))->alert.severity,
                         states[i].severity);
    }
}

static bool takes_words(const struct ingest_format *format)
{
    return string_is(format->name, "text") || string_is(format->name, "grafana");
}

static void nonsense_is_refused_by_every_format_that_does_not_take_words(void **state)
{
    struct arena *arena = *state;
    static const char *const bodies[] = {"",  "{",    "nonsense",       "{\"a\":}",   "\"text\"",
                                         "7", "null", "{\"alerts\":7}", "{\"a\":1}{", "\xff\xfe"};
    const struct ingest_format *format;
    for (size_t f = 0; (format = ingest_at(f)); f++) {
        for (size_t i = takes_words(format) ? sizeof(bodies) / sizeof(*bodies) : 0;
             i < sizeof(bodies) / sizeof(*bodies); i++) {
            struct ingest_batch batch = {0};
            struct fault fault = {0};
            struct ingest_request request = {
                .arena = arena, .body = span_of(bodies[i]), .integration = "k"};
            bool is_taken = ingest_parse(format, &request, &batch, &fault);
            /* To a format of text any bytes may be a message. */
            if (is_taken)
                assert_true(batch.items[0].error || format->body == INGEST_TEXT);
            else
                assert_true(fault.text[0] != '\0');
        }
    }
}

#define PERL_HOST                                                                          \
    "CONTACTPAGER=pgk_x&NOTIFICATIONTYPE=PROBLEM&HOSTNAME=db01.example.org&HOSTSTATE=DOWN" \
    "&HOSTOUTPUT=PING+CRITICAL+-+100%25&SERVICEDESC=stray&pd_version=1.0"

static void pagerdutys_agent_for_nagios_means_what_our_own_does(void **state)
{
    struct arena *arena = *state;
    const struct ingest_item *item =
        item_of(arena, "pagerduty_nagios", PERL_HOST "&pd_nagios_object=host");
    assert_int_equal(item->event.kind, EVENT_TRIGGER);
    assert_string_equal(item->alert.dedup_key, "nagios/db01.example.org");
    assert_string_equal(item->alert.summary, "db01.example.org is DOWN: PING CRITICAL - 100%");
    item = item_of(arena, "pagerduty_nagios",
                   "NOTIFICATIONTYPE=ACKNOWLEDGEMENT&HOSTNAME=db&SERVICEDESC=PostgreSQL+%3E+500"
                   "&SERVICESTATE=CRITICAL&SERVICEOUTPUT=%e8%b2%a0&NOTIFICATIONAUTHOR=ann"
                   "&NOTIFICATIONCOMMENT=mine&pd_nagios_object=service");
    assert_int_equal(item->event.kind, EVENT_ACKNOWLEDGE);
    assert_string_equal(item->alert.dedup_key, "nagios/db;PostgreSQL > 500");
    assert_string_equal(item->author, "ann");
    assert_non_null(strstr(refusal_of(arena, "pagerduty_nagios", PERL_HOST), "pd_nagios_object"));
    assert_non_null(
        strstr(refusal_of(arena, "pagerduty_nagios", "pd_nagios_object=host"), "\"host\""));
}

static void only_addresses_of_sns_itself_are_followed(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0.pem",
    };
    static const char *const bad[] = {
        "http://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com:443/a.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
        "https://user@sns.eu-central-1.amazonaws.com/a.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.evil.example/a.pem",
        "https://sns..amazonaws.com/a.pem",
        "https://sns.a.b.amazonaws.com/a.pem",
        "https://sns.EU.amazonaws.com/a.pem",
        "https://sns.a/.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com/a b.pem",
        "https://sns.eu-central-1.amazonaws.com\\@evil.example/a.pem",
        "https://s3.eu-central-1.amazonaws.com/a.pem",
        "",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        assert_true(sns_is_amazon(good[i]));
        assert_true(sns_is_certificate(good[i]));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(sns_is_amazon(bad[i]));
        assert_false(sns_is_certificate(bad[i]));
    }
    assert_false(sns_is_amazon(NULL));
    assert_true(sns_is_amazon("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"));
    assert_false(sns_is_certificate("https://sns.eu-west-1.amazonaws.com/?a=.pem"));
    assert_false(sns_is_certificate("https://sns.eu-west-1.amazonaws.com/.pem#.txt"));
}

/* A header of CloudEvents may be any bytes; two keys stay two all the same. */
static void a_key_of_bad_bytes_is_text_and_keeps_its_difference(void **state)
{
    struct arena *arena = *state;
    const char *one = field_key(arena, "a\xffz");
    const char *other = field_key(arena, "a\xfez");
    assert_true(utf8_is_valid(span_of(one)));
    assert_string_not_equal(one, other);
    assert_true(strlen(one) <= DEDUP_KEY_MAX);
}

static void too_many_alerts_are_refused_as_a_whole(void **state)
{
    struct arena *arena = *state;
    CLEANUP(text_clear) struct text body = {0};
    text_add_char(&body, '[');
    for (size_t i = 0; i <= INGEST_ALERTS_MAX; i++)
        text_add(&body, i ? ",1" : "1");
    text_add_char(&body, ']');
    assert_non_null(strstr(refusal_of(arena, "generic", text_string(&body)), "50001 alerts"));
}

static void every_row_of_the_table_is_whole(void **state)
{
    (void)state;
    const struct ingest_format *format;
    size_t count = 0;
    while ((format = ingest_at(count))) {
        assert_non_null(format->name);
        assert_non_null(format->parse);
        assert_ptr_equal(ingest_find(format->name), format);
        count++;
    }
    assert_true(count >= 12);
    assert_null(ingest_find("no-such-format"));
}

static int arena_setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_summary_alone_is_a_critical_trigger),
        TEST(an_unknown_severity_is_an_error_not_a_refusal),
        TEST(all_fields_of_the_generic_form_arrive),
        TEST(one_unusable_alert_does_not_spoil_the_others),
        TEST(labels_have_a_name_each),
        TEST(long_texts_are_cut_at_a_character_with_a_mark),
        TEST(two_long_dedup_keys_stay_two),
        TEST(a_summary_is_one_line),
        TEST(the_status_of_the_body_is_never_read),
        TEST(a_missing_fingerprint_depends_on_the_labels_not_on_their_order),
        TEST(an_alertmanager_body_without_alerts_is_refused_with_words),
        TEST(pagerduty_names_what_is_missing),
        TEST(pagerduty_resolves_with_a_null_payload),
        TEST(pagerduty_cannot_acknowledge),
        TEST(an_unknown_pagerduty_severity_is_an_error),
        TEST(nagios_and_icinga_name_services_in_their_own_way),
        TEST(a_service_problem_without_its_service_is_refused),
        TEST(every_type_of_both_families_has_its_meaning),
        TEST(the_end_of_a_silence_at_the_source_says_how_it_is),
        TEST(every_state_of_a_check_has_its_severity),
        TEST(nonsense_is_refused_by_every_format_that_does_not_take_words),
        TEST(only_addresses_of_sns_itself_are_followed),
        TEST(a_key_of_bad_bytes_is_text_and_keeps_its_difference),
        TEST(too_many_alerts_are_refused_as_a_whole),
        TEST(pagerdutys_agent_for_nagios_means_what_our_own_does),
        TEST(every_row_of_the_table_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
