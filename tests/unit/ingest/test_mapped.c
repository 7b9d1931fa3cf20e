/* SPDX-License-Identifier: MIT */
/* Any JSON by a map of the configuration: what it finds, and what is no map. */
#include "bench.h"

#include <string.h>

#include "engine/fieldmap.h"

static bool mapped_parse(struct arena *arena, const char *const *map, size_t count,
                         const char *body, struct ingest_batch *batch, struct fault *fault)
{
    struct ingest_request request = {.arena = arena,
                                     .body = span_of(body),
                                     .integration = "own",
                                     .map = map,
                                     .map_count = count};
    return ingest_parse(ingest_find("json"), &request, batch, fault);
}

static const char *const nested[] = {
    "summary=/event/title | /event/name | an event without a name",
    "dedup_key=/id",
    "severity=/level",
    "resolve=/state:ok, closed",
    "details=/event",
    "source=/host/names/0",
    "link=^/base",
    "label.host=/host/names/0",
    "label.team=base",
    "label.nothing=/nothing",
    "started_at=/at",
};

#define COUNT(lines) (sizeof(lines) / sizeof(*(lines)))

static void fields_are_found_by_their_pointers(void **state)
{
    struct arena *arena = *state;
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    assert_true(mapped_parse(arena, nested, COUNT(nested),
                             "{\"id\":7,\"level\":\"warning\",\"state\":\"open\",\"base\":"
                             "\"https://x.example.org/\",\"at\":\"2026-11-21T02:00:10Z\",\"event\":"
                             "{\"name\":\"disk full\"},\"host\":{\"names\":[\"db1\",\"db2\"]}}",
                             &batch, &fault));
    const struct alert *alert = &batch.items[0].alert;
    assert_int_equal(batch.count, 1);
    assert_null(batch.items[0].error);
    assert_int_equal(batch.items[0].event.kind, EVENT_TRIGGER);
    assert_string_equal(alert->summary, "disk full");
    assert_string_equal(alert->dedup_key, "7");
    assert_int_equal(alert->severity, SEVERITY_WARNING);
    assert_string_equal(alert->details, "{\"name\":\"disk full\"}");
    assert_string_equal(alert->source, "db1");
    assert_string_equal(alert->link, "https://x.example.org/");
    assert_int_equal(alert->label_count, 2);
    assert_string_equal(alert->labels[0].name, "host");
    assert_string_equal(alert->labels[1].value, "base");
    assert_true(alert->started_at > 0);
}

static void words_of_a_condition_resolve(void **state)
{
    struct arena *arena = *state;
    static const struct {
        const char *line;
        const char *body;
        enum event_kind kind;
    } rows[] = {
        {"resolve=/s:ok,closed", "{\"s\":\"OK\"}", EVENT_RESOLVE_SOURCE},
        {"resolve=/s:ok,closed", "{\"s\":\"closed\"}", EVENT_RESOLVE_SOURCE},
        {"resolve=/s:ok,closed", "{\"s\":\"open\"}", EVENT_TRIGGER},
        {"resolve=/s:ok,closed", "{}", EVENT_TRIGGER},
        {"resolve=/s:0", "{\"s\":0}", EVENT_RESOLVE_SOURCE},
        {"resolve=/s", "{\"s\":true}", EVENT_RESOLVE_SOURCE},
        {"resolve=/s", "{\"s\":\"2026-11-21\"}", EVENT_RESOLVE_SOURCE},
        {"resolve=/s", "{\"s\":false}", EVENT_TRIGGER},
        {"resolve=/s", "{\"s\":0}", EVENT_TRIGGER},
        {"resolve=/s", "{\"s\":\"\"}", EVENT_TRIGGER},
        {"resolve=/s", "{\"s\":null}", EVENT_TRIGGER},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const map[] = {"summary=always", "dedup_key=k", rows[i].line};
        struct ingest_batch batch = {0};
        struct fault fault = {0};
        assert_true(mapped_parse(arena, map, 3, rows[i].body, &batch, &fault));
        assert_int_equal(batch.items[0].event.kind, rows[i].kind);
    }
}

static void items_are_alerts_of_their_own_and_some_are_skipped(void **state)
{
    struct arena *arena = *state;
    static const char *const map[] = {"items=/alerts", "summary=/name", "skip=/kind:heartbeat",
                                      "group=^/receiver", "dedup_key=/name"};
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    assert_true(mapped_parse(arena, map, COUNT(map),
                             "{\"receiver\":\"r\",\"alerts\":[{\"name\":\"a\"},{\"kind\":"
                             "\"heartbeat\",\"name\":\"b\"},{},7,{\"name\":\"c\"}]}",
                             &batch, &fault));
    assert_int_equal(batch.count, 4);
    assert_string_equal(batch.items[0].alert.summary, "a");
    assert_string_equal(batch.items[0].alert.group, "r");
    assert_non_null(strstr(batch.items[1].error, "no summary"));
    assert_non_null(batch.items[2].error);
    assert_string_equal(batch.items[3].alert.summary, "c");
    assert_false(mapped_parse(arena, map, COUNT(map), "{\"alerts\":{}}", &batch, &fault));
    assert_non_null(strstr(fault.text, "leads to no array"));
}

static void a_resolve_without_a_key_is_unusable(void **state)
{
    struct arena *arena = *state;
    static const char *const map[] = {"summary=/s", "resolve=/over"};
    struct ingest_batch batch = {0};
    struct fault fault = {0};
    assert_true(mapped_parse(arena, map, 2, "{\"over\":true}", &batch, &fault));
    assert_non_null(strstr(batch.items[0].error, "dedup_key"));
}

static void what_is_no_map_is_refused_with_words(void **state)
{
    struct arena *arena = *state;
    static const char *const lines[][2] = {
        {"title=/a", "\"title\" is no field"},
        {"label.=/a", "is no field"},
        {"summary", "nothing stands behind"},
        {"summary=/a~2", "not a JSON Pointer"},
        {"summary=^a", "not a JSON Pointer"},
        {"resolve=ok", "needs a JSON Pointer"},
        {"resolve=/a:", "no word stands behind"},
        {"items=alerts", "needs a JSON Pointer"},
        {"summary=/a | /b | /c | /d | /e | /f | /g | /h | /i", "more than 8 sources"},
        {"details=/a", "needs a line for the summary"},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct fieldmap mapping = {0};
        struct fault fault = {0};
        assert_false(fieldmap_parse(arena, lines[i], 1, &mapping, &fault));
        if (!strstr(fault.text, lines[i][1]))
            fail_msg("%s: %s", lines[i][0], fault.text);
    }
    static const char *const twice[] = {"summary=/a", "summary=/b"};
    struct fieldmap mapping = {0};
    struct fault fault = {0};
    assert_false(fieldmap_parse(arena, twice, 2, &mapping, &fault));
    assert_non_null(strstr(fault.text, "there twice"));
}

static void without_a_map_the_configuration_is_named(void **state)
{
    struct arena *arena = *state;
    assert_non_null(strstr(refusal_of(arena, "json", "{}"), "integrations.prom.map"));
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
        TEST(fields_are_found_by_their_pointers),
        TEST(words_of_a_condition_resolve),
        TEST(items_are_alerts_of_their_own_and_some_are_skipped),
        TEST(a_resolve_without_a_key_is_unusable),
        TEST(what_is_no_map_is_refused_with_words),
        TEST(without_a_map_the_configuration_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
