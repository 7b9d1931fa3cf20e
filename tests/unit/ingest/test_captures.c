/* SPDX-License-Identifier: MIT */
/* What real programs sent, replayed; and the same bytes damaged at random. */
#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUTATIONS 4000

static struct ingest_batch replay(struct arena *arena, const char *format, const char *path)
{
    CLEANUP(text_clear) struct text capture = {0};
    capture_read(path, &capture);
    char *kept = arena_copy_span(arena, capture_body(&capture));
    return batch_of(arena, format, span_of(kept));
}

static void alertmanager_fires_and_resolves_each_alert_by_its_fingerprint(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch firing =
        replay(arena, "alertmanager", "alertmanager/webhook/02-firing-two.http");
    assert_int_equal(firing.count, 2);
    const struct alert *alert = &firing.items[0].alert;
    assert_int_equal(firing.items[0].event.kind, EVENT_TRIGGER);
    assert_string_equal(alert->dedup_key, "1404fbd6aed07974");
    assert_string_equal(alert->summary, "load 9.5 on db01.example.org:9100");
    assert_string_equal(alert->source, "db01.example.org:9100");
    assert_string_equal(alert->service, "node");
    assert_string_equal(alert->runbook, "https://wiki.example.org/runbooks/load");
    assert_int_equal(alert->severity, SEVERITY_CRITICAL);
    assert_int_equal(alert->label_count, 7);
    assert_non_null(strstr(alert->details, "gr\xc3\xb6\xc3\x9f"
                                           "er"));
    assert_non_null(strstr(alert->link, "&g0.tab=1"));

    struct ingest_batch resolved =
        replay(arena, "alertmanager", "alertmanager/webhook/04-resolved-two.http");
    for (size_t i = 0; i < resolved.count; i++) {
        if (string_is(resolved.items[i].alert.dedup_key, alert->dedup_key))
            assert_int_equal(resolved.items[i].event.kind, EVENT_RESOLVE_SOURCE);
    }
    assert_true(resolved.count >= 1);
}

static void every_alertmanager_capture_gives_usable_alerts(void **state)
{
    struct arena *arena = *state;
    static const char *const paths[] = {
        "alertmanager/webhook/01-firing-one.http",
        "alertmanager/webhook/05-other-group-firing.http",
        "alertmanager/webhook-basic-auth/01-firing.http",
        "alertmanager/webhook-max-alerts-bearer/01-firing-one.http",
        "alertmanager/webhook-max-alerts-bearer/02-firing-two-truncated.http",
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct ingest_batch batch = replay(arena, "alertmanager", paths[i]);
        assert_true(batch.count >= 1);
        for (size_t j = 0; j < batch.count; j++) {
            assert_null(batch.items[j].error);
            /* Only the notice of what was left out has another key. */
            bool is_notice = strstr(batch.items[j].alert.dedup_key, "truncated/") != NULL;
            assert_int_equal(is_notice, strstr(paths[i], "truncated") && j + 1 == batch.count);
            assert_true(is_notice || strlen(batch.items[j].alert.dedup_key) == 16);
            assert_non_null(batch.items[j].alert.group);
            assert_true(*batch.items[j].alert.summary != '\0');
        }
    }
}

static void a_flood_of_1500_alerts_is_1500_triggers(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch batch =
        replay(arena, "alertmanager", "alertmanager/flood/webhook-1500-alerts.http.gz");
    assert_int_equal(batch.count, 1500);
    for (size_t i = 0; i < batch.count; i++) {
        assert_null(batch.items[i].error);
        assert_int_equal(batch.items[i].event.kind, EVENT_TRIGGER);
    }
}

static void alertmanagers_pagerduty_client_is_understood(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *path;
        enum event_kind kind;
    } captures[] = {
        {"alertmanager/pagerduty-v2/01-trigger.http", EVENT_TRIGGER},
        {"alertmanager/pagerduty-v2/02-trigger-two.http", EVENT_TRIGGER},
        {"alertmanager/pagerduty-v2/04-resolve.http", EVENT_RESOLVE_SOURCE},
    };
    for (size_t i = 0; i < 3; i++) {
        struct ingest_batch batch = replay(arena, "pagerduty_v2", captures[i].path);
        assert_int_equal(batch.items[0].event.kind, captures[i].kind);
        assert_string_equal(batch.items[0].alert.dedup_key,
                            "fc7b23dcb7f850c88d2d66386568b72f2dc442c525278a8a37477ad32669526f");
        assert_string_equal(batch.dedup_key, batch.items[0].alert.dedup_key);
        assert_string_equal(batch.items[0].alert.service, "postgres");
        assert_string_equal(batch.items[0].alert.runbook, "https://wiki.example.org/runbooks/load");
        assert_string_equal(batch.items[0].alert.link,
                            "http://alertmanager.example.org:9093/#/alerts?receiver=all");
    }
    struct ingest_batch flood = replay(
        arena, "pagerduty_v2", "alertmanager/flood/pagerduty-v2-1500-alerts-details-removed.http");
    assert_int_equal(flood.items[0].event.kind, EVENT_TRIGGER);
    assert_non_null(strstr(flood.items[0].alert.details, "Custom details have been removed"));
}

static void alertmanagers_old_pagerduty_client_is_understood(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *path;
        enum event_kind kind;
        const char *summary;
    } captures[] = {
        {"01-trigger.http", EVENT_TRIGGER,
         "[FIRING:1] HighLoad db (fra1 db01.example.org:9100 node critical dba)"},
        {"02-trigger-two.http", EVENT_TRIGGER, "[FIRING:2] HighLoad db (fra1 node critical dba)"},
        {"03-resolve.http", EVENT_RESOLVE_SOURCE,
         "[RESOLVED] HighLoad db (fra1 node critical dba)"},
    };
    for (size_t i = 0; i < sizeof(captures) / sizeof(*captures); i++) {
        const char *path =
            arena_format(arena, "alertmanager/pagerduty-v1-service-key/%s", captures[i].path);
        struct ingest_batch batch = replay(arena, "pagerduty_v1", path);
        const struct alert *alert = &batch.items[0].alert;
        assert_int_equal(batch.items[0].event.kind, captures[i].kind);
        assert_string_equal(alert->dedup_key,
                            "fc7b23dcb7f850c88d2d66386568b72f2dc442c525278a8a37477ad32669526f");
        assert_string_equal(alert->summary, captures[i].summary);
        assert_int_equal(alert->severity, SEVERITY_CRITICAL);
        assert_non_null(strstr(alert->details, "alertname = HighLoad"));
    }
}

static void alertmanagers_opsgenie_client_is_understood(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch batch = replay(arena, "opsgenie", "alertmanager/opsgenie/01-create.http");
    const struct alert *alert = &batch.items[0].alert;
    assert_int_equal(batch.items[0].event.kind, EVENT_TRIGGER);
    assert_string_equal(alert->dedup_key,
                        "fc7b23dcb7f850c88d2d66386568b72f2dc442c525278a8a37477ad32669526f");
    assert_string_equal(alert->summary,
                        "[FIRING:1] HighLoad db (fra1 db01.example.org:9100 node critical dba)");
    assert_int_equal(alert->severity, SEVERITY_CRITICAL);
    assert_string_equal(alert->source, "db01.example.org:9100");
    assert_string_equal(alert->service, "node");
    assert_string_equal(alert->link, "http://alertmanager.example.org:9093/#/alerts?receiver=all");
    assert_non_null(strstr(alert->details, "\n\nNote: from alertmanager"));
    assert_int_equal(alert->label_count, 8);
    assert_string_equal(alert->labels[7].name, "tags");
    assert_string_equal(alert->labels[7].value, "alertmanager,db");
    batch = replay(arena, "opsgenie", "alertmanager/opsgenie/06-create-defaults.http");
    assert_int_equal(batch.items[0].alert.severity, SEVERITY_ERROR);
}

/* The value that follows "--name" in the argv part of a capture; NULL when absent. */
static const char *argv_find(struct arena *arena, const char *capture, const char *name)
{
    CLEANUP(text_clear) struct text flag = {0};
    text_addf(&flag, "\n--%s\n", name);
    const char *end = strstr(capture, "\n# env");
    const char *at = strstr(capture, text_string(&flag));
    if (!at || !end || at >= end)
        return NULL;
    at += flag.size;
    return arena_copy_span(arena, (struct span){at, strcspn(at, "\n")});
}

/* The value of NAME= in the environment part, with the lines that follow it. */
static const char *env_find(struct arena *arena, const char *capture, const char *name)
{
    CLEANUP(text_clear) struct text flag = {0};
    text_addf(&flag, "\n%s=", name);
    const char *at = strstr(capture, text_string(&flag));
    if (!at)
        return NULL;
    at += flag.size;
    const char *end = at + strcspn(at, "\n");
    while (*end && strncmp(end, "\nSERVICE_", 9) != 0 && strncmp(end, "\nHOST_", 6) != 0)
        end += 1 + strcspn(end + 1, "\n");
    return arena_copy_span(arena, (struct span){at, (size_t)(end - at)});
}

/* What the notifier makes of such a command line. */
static const char *spooled(struct arena *arena, const char *capture, bool is_icinga)
{
    static const char *const names[] = {"type",   "host",    "service", "state",
                                        "author", "comment", "output"};
    CLEANUP(text_clear) struct text body = {0};
    struct json_writer writer = {.text = &body};
    const char *service = argv_find(arena, capture, "service");
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "object", service && *service ? "service" : "host");
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = argv_find(arena, capture, names[i]);
        if (is_icinga && string_is(names[i], "output"))
            value = env_find(arena, capture, service ? "SERVICE_OUTPUT" : "HOST_OUTPUT");
        if (value)
            json_put_string(&writer, names[i], value);
    }
    if (!is_icinga)
        json_put_string(&writer, "long_output", argv_find(arena, capture, "long"));
    json_end_object(&writer);
    return arena_copy(arena, text_string(&body));
}

static enum event_kind kind_by_name(const char *file)
{
    if (strstr(file, "PROBLEM"))
        return EVENT_TRIGGER;
    if (strstr(file, "RECOVERY"))
        return EVENT_RESOLVE_SOURCE;
    if (strstr(file, "ACKNOWLEDGEMENT"))
        return EVENT_ACKNOWLEDGE;
    return EVENT_NOTE_SOURCE;
}

static size_t replay_folder(struct arena *arena, const char *format, const char *folder)
{
    size_t count = 0;
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, TESTS_DIR "/fixtures/monitoring/%s", folder);
    DIR *directory = opendir(text_string(&path));
    assert_non_null(directory);
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (strncmp(name, "host-", 5) != 0 && strncmp(name, "service-", 8) != 0)
            continue;
        CLEANUP(text_clear) struct text capture = {0};
        CLEANUP(text_clear) struct text file = {0};
        text_addf(&file, "%s/%s", folder, name);
        capture_read(text_string(&file), &capture);
        const char *body = spooled(arena, text_string(&capture), string_is(format, "icinga"));
        struct ingest_batch batch = batch_of(arena, format, span_of(body));
        const struct ingest_item *item = batch.items;
        /* The end of a downtime or of flapping, and all is well: that is a recovery, too. */
        assert_in_range(batch.count, 1, strstr(name, "END") != NULL ? 2 : 1);
        if (batch.count == 2)
            assert_int_equal(item[1].event.kind, EVENT_RESOLVE_SOURCE);
        assert_null(item->error);
        assert_int_equal(item->event.kind, kind_by_name(name));
        assert_non_null(strstr(item->alert.dedup_key, "/db01.example.org"));
        if (item->event.kind == EVENT_ACKNOWLEDGE)
            assert_true(item->author && *item->author);
        count++;
    }
    closedir(directory);
    return count;
}

static void every_nagios_capture_has_its_meaning(void **state)
{
    assert_int_equal(replay_folder(*state, "nagios", "nagios/notification"), 13);
}

static void every_icinga_capture_has_its_meaning(void **state)
{
    assert_int_equal(replay_folder(*state, "icinga", "icinga2/notification"), 23);
}

static void long_output_becomes_details(void **state)
{
    struct arena *arena = *state;
    CLEANUP(text_clear) struct text nagios = {0};
    CLEANUP(text_clear) struct text icinga = {0};
    capture_read("nagios/notification/service-01-PROBLEM-critical.txt", &nagios);
    capture_read("icinga2/notification/service-01-PROBLEM-critical.txt", &icinga);
    const struct ingest_item *item =
        item_of(arena, "nagios", spooled(arena, text_string(&nagios), false));
    assert_string_equal(item->alert.details, "long line two bhtml/b\nthird q");
    assert_string_equal(item->alert.dedup_key, "nagios/db01.example.org;PostgreSQL connections");
    item = item_of(arena, "icinga", spooled(arena, text_string(&icinga), true));
    assert_string_equal(item->alert.details, "long line two <b>html</b>\nthird");
    assert_string_equal(item->alert.summary,
                        "db01.example.org postgres is CRITICAL: CRITICAL - 512 of 500 connections "
                        "gr\xc3\xb6\xc3\x9f"
                        "er \xe8\xb2\xa0\xe8\x8d\xb7");
}

static void damage(char *bytes, size_t *size)
{
    size_t changes = 1 + (size_t)rand() % 6;
    for (size_t i = 0; i<changes && * size> 1; i++) {
        size_t at = (size_t)rand() % *size;
        size_t length = 1 + (size_t)rand() % 16;
        if (length > *size - at)
            length = *size - at;
        switch (rand() % 4) {
        case 0:
            bytes[at] = (char)rand();
            break;
        case 1:
            memmove(bytes + at, bytes + at + length, *size - at - length);
            *size -= length;
            break;
        case 2:
            memset(bytes + at, "{}[]\",:\\"[rand() % 8], length);
            break;
        default:
            memmove(bytes + (size_t)rand() % (*size - length + 1), bytes + at, length);
            break;
        }
    }
}

static void batch_check(const struct ingest_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct ingest_item *item = &batch->items[i];
        if (item->error)
            continue;
        assert_true(strlen(item->alert.summary) <= SUMMARY_MAX);
        assert_true(strlen(item->alert.details) <= DETAILS_MAX);
        assert_true(strlen(item->alert.dedup_key) <= DEDUP_KEY_MAX);
        assert_true(item->alert.label_count <= LABELS_MAX);
    }
}

/* Fails with the seed in its output; the sanitizers do the rest. */
static void damaged_bodies_are_refused_or_stay_within_limits(void **state)
{
    (void)state;
    static const char *const paths[][2] = {
        {"alertmanager", "alertmanager/webhook/02-firing-two.http"},
        {"pagerduty_v2", "alertmanager/pagerduty-v2/02-trigger-two.http"},
    };
    const char *given = getenv("PAGERD_TEST_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    printf("PAGERD_TEST_SEED=%u\n", seed);
    srand(seed);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (size_t i = 0; i < MUTATIONS; i++) {
        const char *const *path = paths[i % 2];
        CLEANUP(text_clear) struct text capture = {0};
        static struct text kept[2];
        if (kept[i % 2].size == 0)
            capture_read(path[1], &kept[i % 2]);
        text_add_span(&capture, capture_body(&kept[i % 2]));
        damage(capture.bytes, &capture.size);
        struct ingest_batch batch = {0};
        struct fault fault = {0};
        struct ingest_request request = {
            .arena = arena, .body = text_span(&capture), .integration = "k"};
        if (ingest_parse(ingest_find(path[0]), &request, &batch, &fault))
            batch_check(&batch);
        else
            assert_true(fault.text[0] != '\0');
        arena_reset(arena);
        if (i + 2 >= MUTATIONS)
            text_clear(&kept[i % 2]);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(alertmanager_fires_and_resolves_each_alert_by_its_fingerprint),
        TEST(every_alertmanager_capture_gives_usable_alerts),
        TEST(a_flood_of_1500_alerts_is_1500_triggers),
        TEST(alertmanagers_pagerduty_client_is_understood),
        TEST(alertmanagers_old_pagerduty_client_is_understood),
        TEST(alertmanagers_opsgenie_client_is_understood),
        TEST(every_nagios_capture_has_its_meaning),
        TEST(every_icinga_capture_has_its_meaning),
        TEST(long_output_becomes_details),
        cmocka_unit_test(damaged_bodies_are_refused_or_stay_within_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
