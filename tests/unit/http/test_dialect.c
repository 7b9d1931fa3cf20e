/* SPDX-License-Identifier: MIT */
/* The alert APIs of other products: keys, answers and errors as their clients know them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "bench.h"
#include "http/dialect.h"
#include "http/route.h"

#define SEND(...) bench_send(bench, &(struct request){__VA_ARGS__})
#define POST(at, who, text) SEND(.method = "POST", .path = at, .token = who, .body = text)

#define CALL CLEANUP(call_free) struct call *
#define V1 "/generic/2010-04-15/create_event.json"
#define PERL "/nagios/2010-04-15/create_event"

#define assert_answer(call, code, body)                          \
    do {                                                         \
        assert_string_equal(text_string(&(call)->answer), body); \
        assert_int_equal((call)->status, code);                  \
    } while (0)

static void every_row_is_whole_and_used(void **state)
{
    (void)state;
    bool is_used[DIALECT_COUNT] = {false};
    const struct route *route;
    for (size_t i = 0; (route = route_at(i)); i++)
        is_used[route->dialect] = true;
    for (size_t i = 0; i < DIALECT_COUNT; i++) {
        const struct dialect *dialect = dialect_get((enum dialect_kind)i);
        assert_non_null(dialect->name);
        assert_non_null(dialect->refuse);
        assert_true(i == DIALECT_OWN || dialect->accept != NULL);
        assert_true(is_used[i]);
    }
}

static void pagerduty_v1_has_its_own_answers(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/x" V1 "/", NULL,
                     "{\"service_key\":\"" PROM_KEY "\",\"event_type\":\"trigger\","
                     "\"incident_key\":\"k\",\"description\":\"disk full\",\"payload\":null}");
    assert_answer(call, 200,
                  "{\"status\":\"success\",\"message\":\"Event processed\","
                  "\"incident_key\":\"k\"}");
    assert_string_equal(view_incident(bench->engine, 1)->integration, "prom");
    CALL unkeyed = POST(V1, PROM_KEY, "{\"event_type\":\"trigger\",\"description\":\"s\"}");
    assert_int_equal(unkeyed->status, 200);
    assert_string_equal(json_string(answer_json(unkeyed), "incident_key"),
                        view_incident(bench->engine, 2)->uuid);
    CALL none = POST(V1, NULL, "{\"event_type\":\"trigger\",\"description\":\"s\"}");
    assert_answer(none, 400,
                  "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
                  "\"errors\":[\"'service_key' is missing or blank\"]}");
    CALL resolve = POST(V1, NULL,
                        "{\"service_key\":\"" PROM_KEY
                        "\",\"event_type\":\"resolve\",\"incident_key\":\"k\"}");
    assert_int_equal(resolve->status, 200);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_RESOLVED);
}

/* Kept for who looks for a cause; nobody is paged. */
static void a_change_event_opens_nothing(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/v2/change/enqueue", NULL,
                     "{\"routing_key\":\"" PROM_KEY
                     "\",\"payload\":{\"summary\":\"Build 7 is live\",\"source\":\"ci\"}}");
    assert_answer(call, 202, "{\"status\":\"success\",\"message\":\"Change event processed\"}");
    assert_int_equal(bench->last.kind, EVENT_CHANGE);
    assert_null(view_incident(bench->engine, 1));
    CALL none = POST("/v2/change/enqueue", NULL, "{\"routing_key\":\"" PROM_KEY "\"}");
    assert_int_equal(none->status, 400);
    CALL list = SEND(.method = "GET", .path = "/v1/changes?limit=7", .token = ANN_TOKEN);
    assert_int_equal(list->status, 200);
    assert_string_equal(bench->history_said, "changes limit=7");
}

/* v2 is told 429, v1 and the agent 403 with the words that the agent looks for. */
static void too_many_wrong_keys_are_told_as_throttled(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < AUTH_FAILURES_MAX; i++) {
        CALL call = POST("/v2/enqueue", NULL, "{\"routing_key\":\"nope\"}");
        assert_int_equal(call->status, 400);
    }
    CALL v2 = POST("/v2/enqueue", NULL, "{\"routing_key\":\"nope\"}");
    assert_int_equal(v2->status, 429);
    assert_int_equal(v2->retry_after_s, 60);
    assert_string_equal(json_string(answer_json(v2), "status"), "throttle exceeded");
    CALL v1 = POST(V1, NULL, "{\"service_key\":\"nope\"}");
    assert_int_equal(v1->status, 403);
    CALL agent = POST(PERL, NULL, "CONTACTPAGER=nope");
    assert_int_equal(agent->status, 403);
    assert_non_null(strstr(text_string(&agent->answer), "retry later"));
    CALL right =
        POST("/v2/enqueue", NULL,
             "{\"routing_key\":\"" PROM_KEY "\",\"event_action\":\"resolve\",\"dedup_key\":\"k\"}");
    assert_int_equal(right->status, 202);
}

static void the_agent_for_nagios_sends_a_form_with_its_key_in_it(void **state)
{
    struct bench *bench = *state;
    CALL call = POST(PERL, NULL,
                     "pd_version=1.0&CONTACTPAGER=" PROM_KEY
                     "&NOTIFICATIONTYPE=PROBLEM&HOSTNAME=db1&HOSTSTATE=DOWN"
                     "&pd_nagios_object=host");
    assert_answer(call, 200,
                  "{\"status\":\"success\",\"message\":\"Event processed\","
                  "\"incident_key\":\"nagios/db1\"}");
    assert_string_equal(view_incident(bench->engine, 1)->summary, "db1 is DOWN");
    CALL none = POST(PERL, NULL, "pd_nagios_object=host");
    assert_int_equal(none->status, 400);
    assert_non_null(strstr(text_string(&none->answer), "CONTACTPAGER"));
}

#define ALERTS "/prom/api/v2/alerts"

static void prometheus_is_answered_as_by_an_alertmanager(void **state)
{
    struct bench *bench = *state;
    CALL call = POST(ALERTS, PROM_KEY,
                     "[{\"labels\":{\"alertname\":\"X\"},\"annotations\":{\"summary\":\"s\"},"
                     "\"endsAt\":\"2026-11-22T02:04:00Z\"}]");
    assert_answer(call, 200, "");
    assert_string_equal(view_incident(bench->engine, 1)->dedup_key, "d2aeefc389ca7746");
    CALL none = POST("/api/v2/alerts", PROM_KEY, "[]");
    assert_answer(none, 200, "");
    CALL old = POST("/api/v1/alerts", PROM_KEY, "[{\"labels\":{\"alertname\":\"Y\"}}]");
    assert_answer(old, 200, "{\"status\":\"success\"}");
    CALL empty = POST(ALERTS, PROM_KEY, "[{\"labels\":{}}]");
    assert_answer(empty, 400, "\"at least one label pair required\"");
    CALL type = SEND(.method = "POST", .path = ALERTS, .token = PROM_KEY, .body = "[]",
                     .content_type = "text/plain");
    assert_answer(type, 415,
                  "{\"code\":415,\"message\":\"unsupported media type \\\"text/plain\\\", only "
                  "[application/json] are allowed. It is kept as incident #3.\"}");
    assert_string_equal(view_incident(bench->engine, 3)->dedup_key, "pagerd/unreadable/prometheus");
    CALL stranger = POST(ALERTS, NULL, "[]");
    assert_int_equal(stranger->status, 401);
}

/* Prometheus sends nothing again because of an answer: the good ones must be taken. */
static void one_bad_alert_beside_good_ones_is_told_and_they_are_taken(void **state)
{
    struct bench *bench = *state;
    CALL call = POST(ALERTS, PROM_KEY,
                     "[{\"labels\":{\"alertname\":\"X\"}},{\"labels\":{}},"
                     "{\"labels\":{\"alertname\":\"Y\"}}]");
    assert_answer(call, 400, "\"at least one label pair required\"");
    assert_string_equal(view_incident(bench->engine, 2)->summary,
                        "unreadable alert from prom: at least one label pair required");
    assert_string_equal(view_incident(bench->engine, 3)->summary, "Y");
}

static size_t listed(struct bench *bench, const char *path)
{
    CALL call = SEND(.method = "GET", .path = path, .token = PROM_KEY);
    assert_int_equal(call->status, 200);
    return answer_json(call)->count;
}

static void amtool_and_probes_find_what_they_read(void **state)
{
    struct bench *bench = *state;
    CALL call = POST(ALERTS, PROM_KEY,
                     "[{\"labels\":{\"alertname\":\"X\",\"job\":\"a\"}},"
                     "{\"labels\":{\"alertname\":\"Y\"}}]");
    assert_int_equal(call->status, 200);
    assert_int_equal(listed(bench, ALERTS), 2);
    assert_int_equal(listed(bench, ALERTS "?filter=alertname=\"X\"&filter=job!=\"b\""), 1);
    assert_int_equal(listed(bench, ALERTS "?filter=job!=\"a\""), 1);
    assert_int_equal(listed(bench, ALERTS "?active=false"), 0);
    CALL regex = SEND(.method = "GET", .path = ALERTS "?filter=job=~\"a\"", .token = PROM_KEY);
    assert_int_equal(regex->status, 400);
    CALL healthy = SEND(.method = "GET", .path = "/prom/-/healthy");
    assert_answer(healthy, 200, "OK");
    CALL status = SEND(.method = "GET", .path = "/api/v2/status", .token = PROM_KEY);
    assert_int_equal(status->status, 200);
    bench->is_unready = true;
    CALL ready = SEND(.method = "GET", .path = "/-/ready");
    assert_int_equal(ready->status, 503);
}

/* Another integration's are not seen; a person sees everything, as elsewhere. */
static void amtool_sees_silences_receivers_and_groups(void **state)
{
    struct bench *bench = *state;
    CALL none = SEND(.method = "GET", .path = "/api/v2/alerts/groups", .token = PROM_KEY);
    assert_answer(none, 200, "[]");
    CALL silence = POST("/v1/silences", ANN_TOKEN,
                        "{\"match\":[\"job=a*\",\"x!=y.z\"],\"for_ms\":60000,\"note\":\"work\"}");
    assert_int_equal(silence->status, 200);
    CALL other = POST("/v1/silences", ANN_TOKEN,
                      "{\"match\":[\"job=b\"],\"for_ms\":60000,\"note\":\"other\"}");
    assert_int_equal(other->status, 200);
    CALL call =
        POST(ALERTS, PROM_KEY, "[{\"labels\":{\"job\":\"a1\"}},{\"labels\":{\"job\":\"c\"}}]");
    assert_int_equal(call->status, 200);
    assert_int_equal(listed(bench, ALERTS), 2);
    assert_int_equal(listed(bench, ALERTS "?silenced=false"), 1);
    assert_int_equal(listed(bench, ALERTS "?active=false"), 1);
    assert_int_equal(listed(bench, ALERTS "?receiver=nobody"), 0);
    CALL held = SEND(.method = "GET", .path = ALERTS "?active=false", .token = PROM_KEY);
    assert_non_null(
        strstr(text_string(&held->answer), "\"silencedBy\":[\"1\"],\"state\":\"suppressed\""));
    CALL regex = SEND(.method = "GET", .path = ALERTS "?receiver=o.*", .token = PROM_KEY);
    assert_int_equal(regex->status, 400);

    assert_int_equal(listed(bench, "/prom/api/v2/silences"), 1);
    CALL silences = SEND(.method = "GET", .path = "/api/v2/silences", .token = ANN_TOKEN);
    assert_int_equal(answer_json(silences)->count, 2);
    assert_non_null(strstr(
        text_string(&silences->answer),
        "{\"id\":\"1\",\"status\":{\"state\":\"active\"},\"updatedAt\":\"2026-11-22T02:00:00Z\","
        "\"comment\":\"work\",\"createdBy\":\"ann\",\"endsAt\":\"2026-11-22T02:01:00Z\","
        "\"matchers\":["
        "{\"isEqual\":true,\"isRegex\":true,\"name\":\"job\",\"value\":\"a.*\"},"
        "{\"isEqual\":false,\"isRegex\":false,\"name\":\"x\",\"value\":\"y.z\"}],"));
    CALL one = SEND(.method = "GET", .path = "/api/v2/silence/1", .token = PROM_KEY);
    assert_int_equal(one->status, 200);
    assert_string_equal(json_string(answer_json(one), "comment"), "work");
    CALL hidden = SEND(.method = "GET", .path = "/api/v2/silence/2", .token = PROM_KEY);
    assert_answer(hidden, 404, "\"there is no such silence\"");
    CALL receivers = SEND(.method = "GET", .path = "/api/v2/receivers", .token = PROM_KEY);
    assert_answer(receivers, 200, "[{\"name\":\"ops\"}]");
    CALL groups = SEND(.method = "GET", .path = "/api/v2/alerts/groups", .token = PROM_KEY);
    assert_int_equal(json_find(answer_json(groups)->first, "alerts")->count, 2);
    CALL all = SEND(.method = "GET", .path = ALERTS, .token = ANN_TOKEN);
    assert_int_equal(answer_json(all)->count, 2);
    CALL write = POST("/api/v2/silences", PROM_KEY, "{}");
    assert_int_equal(write->status, 405);
}

#define KUMA "/v1/ingest/uptimekuma"

static void uptime_kuma_may_say_it_by_get(void **state)
{
    struct bench *bench = *state;
    const char *said = KUMA "/" PROM_KEY "?heartbeat={\"status\":0}&monitor={\"id\":7,\"name\":"
                            "\"Shop\"}&msg=it is down";
    CALL call = SEND(.method = "GET", .path = said);
    assert_int_equal(call->status, 202);
    assert_string_equal(view_incident(bench->engine, 1)->summary, "Shop is down");
    size_t before = bench->step_count;
    CALL head = SEND(.method = "HEAD", .path = said);
    assert_int_equal(head->status, 405);
    CALL look = SEND(.method = "GET", .path = KUMA "/" PROM_KEY);
    assert_int_equal(look->status, 400);
    /* A page that ann's browser shows could ask for it in her name. */
    CALL person = SEND(.method = "GET", .path = KUMA "?msg=a", .token = ANN_TOKEN);
    assert_int_equal(person->status, 403);
    CALL stranger = SEND(.method = "GET", .path = KUMA "?msg=a");
    assert_int_equal(stranger->status, 401);
    assert_int_equal(bench->step_count, before);
    CALL none = SEND(.method = "GET", .path = "/v1/ingest/text?msg=a", .token = PROM_KEY);
    assert_int_equal(none->status, 405);
    struct source_setup setup = {.name = "prom", .signature = "github", .secret = "12345678"};
    identities_set_setups(bench->identities, &setup, 1);
    CALL unsigned_one = SEND(.method = "GET", .path = said);
    assert_int_equal(unsigned_one->status, 401);
    assert_int_equal(bench->step_count, before);
}

#define GOALERT "/goalert/api/v2/generic/incoming"

static void what_was_made_for_goalert_finds_its_generic_api(void **state)
{
    struct bench *bench = *state;
    CALL call = POST(GOALERT "?token=" PROM_KEY "&summary=db1 is down&dedup=a", NULL, NULL);
    assert_answer(call, 204, "");
    assert_string_equal(view_incident(bench->engine, 1)->dedup_key, "a");
    CALL form = POST(GOALERT, NULL, "token=" PROM_KEY "&summary=db1+is+down&dedup=a&action=close");
    assert_answer(form, 204, "");
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_RESOLVED);
    CALL wrong = POST(GOALERT "?token=pgk_wrong&summary=a", NULL, NULL);
    assert_answer(wrong, 401, "'token' is not known here\n");
    CALL none = POST(GOALERT "?summary=a", NULL, NULL);
    assert_answer(none, 401, "'token' is missing or blank\n");
    CALL empty = POST(GOALERT "?token=" PROM_KEY, NULL, NULL);
    assert_int_equal(empty->status, 400);
    CALL manager = POST("/api/v2/prometheusalertmanager/incoming?token=" PROM_KEY, NULL,
                        "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"X\"}}]}");
    assert_answer(manager, 204, "");
    CALL beat = POST("/api/v2/heartbeat/AAAAAAAAAAAAAAAAAAAA", NULL, NULL);
    assert_int_equal(beat->status, 404);
}

static void a_webhook_may_be_put(void **state)
{
    struct bench *bench = *state;
    CALL text = SEND(.method = "PUT", .path = "/v1/ingest/text/" PROM_KEY, .body = "db1 is down");
    assert_int_equal(text->status, 202);
    CALL grafana = SEND(.method = "PUT", .path = "/v1/ingest/grafana", .token = PROM_KEY,
                        .body = "{\"alerts\":[]}");
    assert_int_equal(grafana->status, 202);
    assert_string_equal(view_incident(bench->engine, 1)->summary, "db1 is down");
}

static void a_path_has_the_methods_of_all_its_rows(void **state)
{
    struct bench *bench = *state;
    CALL call = SEND(.method = "PUT", .path = "/v1/alerts", .token = PROM_KEY);
    assert_int_equal(call->status, 405);
    assert_string_equal(call->allow, "POST, GET, HEAD");
    CALL keys = SEND(.method = "DELETE", .path = "/v1/keys", .token = ANN_TOKEN);
    assert_string_equal(keys->allow, "GET, HEAD, POST");
}

static int bench_setup(void **state)
{
    *state = bench_new();
    return 0;
}

static int bench_teardown(void **state)
{
    bench_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_whole_and_used),
        TEST(pagerduty_v1_has_its_own_answers),
        TEST(a_change_event_opens_nothing),
        TEST(too_many_wrong_keys_are_told_as_throttled),
        TEST(the_agent_for_nagios_sends_a_form_with_its_key_in_it),
        TEST(prometheus_is_answered_as_by_an_alertmanager),
        TEST(one_bad_alert_beside_good_ones_is_told_and_they_are_taken),
        TEST(amtool_and_probes_find_what_they_read),
        TEST(amtool_sees_silences_receivers_and_groups),
        TEST(uptime_kuma_may_say_it_by_get),
        TEST(what_was_made_for_goalert_finds_its_generic_api),
        TEST(a_webhook_may_be_put),
        TEST(a_path_has_the_methods_of_all_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
