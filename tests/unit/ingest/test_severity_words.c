/* SPDX-License-Identifier: MIT */
/* Each format hands on its source's own word for how bad it is, for integrations.NAME.severity. */
#include "bench.h"

#include <string.h>

struct said {
    const char *format;
    const char *body;
    const char *word;
    enum severity severity; /* without any mapping */
    bool is_guessed;        /* then integrations.NAME.default-severity counts */
    struct ingest_header header;
};

#define MAIL(subject) "From: a@x\nSubject: " subject "\n\nwords\n"
#define ALERTS(labels) "{\"alerts\":[{\"status\":\"firing\",\"labels\":{" labels "}}]}"
#define PROBLEM "{\"type\":\"PROBLEM\",\"host\":\"db1\",\"state\":\"DOWN\"}"
#define SNS(message) \
    "{\"Type\":\"Notification\",\"TopicArn\":\"arn:a\",\"Message\":\"" message "\"}"

static const struct said sayings[] = {
    {"generic", "{\"summary\":\"a\",\"severity\":\"Sev2\"}", "Sev2", SEVERITY_ERROR, false, {0}},
    {"generic", "{\"summary\":\"a\"}", "", SEVERITY_CRITICAL, true, {0}},
    {"text", "a", "P1", SEVERITY_CRITICAL, false, {"x-severity", "P1"}},
    {"alertmanager",
     ALERTS("\"a\":\"b\",\"severity\":\"page\""),
     "page",
     SEVERITY_CRITICAL,
     false,
     {0}},
    {"grafana", ALERTS("\"a\":\"b\",\"severity\":\"ticket\""), "ticket", SEVERITY_ERROR, true, {0}},
    {"prometheus",
     "[{\"labels\":{\"a\":\"b\",\"severity\":\"warning\"}}]",
     "warning",
     SEVERITY_WARNING,
     false,
     {0}},
    {"pagerduty_v2",
     "{\"event_action\":\"trigger\",\"payload\":{\"summary\":\"a\",\"severity\":\"purple\"}}",
     "purple",
     SEVERITY_ERROR,
     true,
     {0}},
    {"pagerduty_v1",
     "{\"event_type\":\"trigger\",\"description\":\"a\"}",
     "",
     SEVERITY_CRITICAL,
     true,
     {0}},
    {"opsgenie", "{\"message\":\"a\",\"priority\":\"P5\"}", "P5", SEVERITY_INFO, false, {0}},
    {"opsgenie", "{\"message\":\"a\"}", "", SEVERITY_ERROR, true, {0}},
    {"nagios", PROBLEM, "DOWN", SEVERITY_CRITICAL, false, {0}},
    {"icinga", PROBLEM, "DOWN", SEVERITY_CRITICAL, false, {0}},
    {"pagerduty_nagios",
     "NOTIFICATIONTYPE=PROBLEM&HOSTNAME=a&HOSTSTATE=UNREACHABLE&pd_nagios_object=host",
     "UNREACHABLE",
     SEVERITY_WARNING,
     false,
     {0}},
    {"cloudevents",
     "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\",\"severity\":\"major\"}",
     "major",
     SEVERITY_ERROR,
     false,
     {0}},
    {"uptimekuma",
     "{\"monitor\":{\"id\":1,\"name\":\"a\"},\"heartbeat\":{\"status\":0}}",
     "",
     SEVERITY_CRITICAL,
     true,
     {0}},
    {"uptimekuma",
     "{\"monitor\":{\"id\":1,\"name\":\"a\",\"tags\":[{\"name\":\"Severity\",\"value\":\"low\"}]},"
     "\"heartbeat\":{\"status\":0}}",
     "low",
     SEVERITY_INFO,
     false,
     {0}},

    {"goalert", "summary=a&meta=severity%3Dminor", "minor", SEVERITY_WARNING, false, {0}},
    {"goalert", "summary=a", "", SEVERITY_CRITICAL, true, {0}},
    {"sentry",
     "{\"action\":\"triggered\",\"data\":{\"event\":{\"title\":\"a\",\"level\":\"fatal\"}}}",
     "fatal",
     SEVERITY_CRITICAL,
     false,
     {0}},
    {"sentry",
     "{\"action\":\"triggered\",\"data\":{\"event\":{\"title\":\"a\"}}}",
     "",
     SEVERITY_ERROR,
     true,
     {0}},
    {"sentry",
     "{\"action\":\"created\",\"data\":{\"issue\":{\"id\":1,\"level\":\"sample\"}}}",
     "sample",
     SEVERITY_ERROR,
     true,
     {0}},
    {"sentry",
     "{\"action\":\"critical\",\"data\":{\"metric_alert\":{\"id\":1}}}",
     "critical",
     SEVERITY_CRITICAL,
     false,
     {0}},
    {"sentry",
     "{\"action\":\"warning\",\"data\":{\"metric_alert\":{\"id\":1}}}",
     "warning",
     SEVERITY_WARNING,
     false,
     {0}},

    {"datadog",
     "{\"alert_transition\":\"Triggered\",\"alert_priority\":\"P3\"}",
     "P3",
     SEVERITY_WARNING,
     false,
     {0}},
    {"datadog",
     "{\"alert_transition\":\"Re-Triggered\",\"alert_type\":\"error\"}",
     "Triggered",
     SEVERITY_CRITICAL,
     false,
     {0}},
    /* A warning stays one, whatever is said of P1. */
    {"datadog",
     "{\"alert_transition\":\"Warn\",\"alert_priority\":\"P1\"}",
     "Warn",
     SEVERITY_WARNING,
     false,
     {0}},
    {"datadog",
     "{\"alert_transition\":\"Warn\",\"alert_priority\":\"P5\"}",
     "P5",
     SEVERITY_INFO,
     false,
     {0}},
    {"datadog", "{\"alert_type\":\"warning\"}", "warning", SEVERITY_WARNING, false, {0}},
    {"datadog",
     "{\"alert_transition\":\"Dancing\",\"alert_type\":\"info\"}",
     "info",
     SEVERITY_INFO,
     false,
     {0}},
    {"datadog",
     "{\"alert_transition\":\"Dancing\",\"alert_type\":\"$ALERT_TYPE\"}",
     "Dancing",
     SEVERITY_CRITICAL,
     true,
     {0}},

    {"sns",
     SNS("{\\\"AlarmName\\\":\\\"a\\\",\\\"NewStateValue\\\":\\\"ALARM\\\"}"),
     "ALARM",
     SEVERITY_CRITICAL,
     false,
     {0}},
    {"sns",
     SNS("{\\\"detail-type\\\":\\\"f\\\",\\\"detail\\\":{\\\"severity\\\":\\\"8\\\"}}"),
     "8",
     SEVERITY_CRITICAL,
     true,
     {0}},
    {"sns",
     SNS("{\\\"title\\\":\\\"f\\\",\\\"severity\\\":\\\"LOW\\\"}"),
     "LOW",
     SEVERITY_INFO,
     false,
     {0}},
    {"sns", SNS("words"), "", SEVERITY_CRITICAL, true, {0}},

    {"email", "X-Pagerd-Severity: Sev3\n" MAIL("a"), "sev3", SEVERITY_WARNING, false, {0}},
    {"email", "X-Pagerd-Severity: purple\n" MAIL("a"), "purple", SEVERITY_ERROR, true, {0}},
    {"email", MAIL("WARNING: disk"), "warning", SEVERITY_WARNING, false, {0}},
    {"email", MAIL("[Failed] backup"), "failed", SEVERITY_ERROR, false, {0}},
    {"email", "Importance: low\n" MAIL("a"), "low", SEVERITY_WARNING, false, {0}},
    {"email", "X-Priority: 1 (Highest)\n" MAIL("a"), "1", SEVERITY_CRITICAL, false, {0}},
    {"email", "X-Priority: 3\n" MAIL("a"), "3", SEVERITY_CRITICAL, true, {0}},
    {"email", MAIL("a"), "", SEVERITY_CRITICAL, true, {0}},
};

static void each_format_hands_its_word_on(void **state)
{
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof(sayings) / sizeof(*sayings); i++) {
        const struct said *said = &sayings[i];
        struct ingest_batch batch = {0};
        struct fault fault = {0};
        struct ingest_request request = {.arena = arena,
                                         .body = span_of(said->body),
                                         .integration = "k",
                                         .headers = &said->header,
                                         .header_count = said->header.name ? 1 : 0};
        if (!ingest_parse(ingest_find(said->format), &request, &batch, &fault))
            fail_msg("%s: %s", said->body, fault.text);
        const struct alert *alert = &batch.items[0].alert;
        bool is_right = string_is(alert->severity_word, said->word) &&
                        alert->severity == said->severity &&
                        alert->is_severity_guessed == said->is_guessed;
        if (!is_right)
            fail_msg("%s %s: \"%s\" is %s%s", said->format, said->body, alert->severity_word,
                     severity_name(alert->severity), alert->is_severity_guessed ? ", guessed" : "");
    }
}

/* Which would otherwise be missing above without anybody seeing it. */
static void no_format_that_has_such_a_word_is_left_out(void **state)
{
    /* A change pages nobody; the words of "json" are found by the configuration's map. */
    static const char *const others[] = {"pagerduty_change", "json"};
    const struct ingest_format *format;
    (void)state;
    for (size_t f = 0; (format = ingest_at(f)); f++) {
        bool is_there = false;
        for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
            is_there = is_there || string_is(others[i], format->name);
        for (size_t i = 0; i < sizeof(sayings) / sizeof(*sayings); i++)
            is_there = is_there || string_is(sayings[i].format, format->name);
        if (!is_there)
            fail_msg("%s", format->name);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_format_hands_its_word_on, arena_setup, arena_teardown),
        cmocka_unit_test(no_format_that_has_such_a_word_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
