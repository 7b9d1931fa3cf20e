/* SPDX-License-Identifier: MIT */
/* Who is calling, and what they may do: every door, every caller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/text.h"
#include "bench.h"
#include "http/route.h"

#define SEND(...) bench_send(bench, &(struct request){__VA_ARGS__})
#define POST(at, who, text) SEND(.method = "POST", .path = at, .token = who, .body = text)
#define GET(at, who) SEND(.method = "GET", .path = at, .token = who)

#define CALL CLEANUP(call_free) struct call *

CLEANUP_DEFINE(struct identities *, identities_free)

static void a_key_is_taken_in_every_form(void **state)
{
    struct bench *bench = *state;
    static const char body[] = "{\"summary\":\"a\"}";
    CALL genie = SEND(.method = "POST", .path = "/v1/alerts", .body = body,
                      .authorization = "GenieKey " PROM_KEY);
    assert_int_equal(genie->status, 202);
    /* "x:" and the key */
    CALL basic = SEND(.method = "POST", .path = "/v1/alerts", .body = body,
                      .authorization = "Basic eDpwZ2tfcHJvbXByb21wcm9tcHJvbXByb21wcm9tcHJvbQ==");
    assert_int_equal(basic->status, 202);
    CALL path = POST("/some/where/v1/ingest/generic/" PROM_KEY "/", NULL, body);
    assert_int_equal(path->status, 202);
    CALL wrong = POST("/v1/ingest/generic/pgk_wrong", NULL, body);
    assert_int_equal(wrong->status, 401);
    CALL format = POST("/v1/ingest/zabbix", PROM_KEY, body);
    assert_int_equal(format->status, 404);
}

enum { NOBODY, WRONG, SOURCE, BOB, ANN, ROOT, OWNER, STRANGER, ANN_LOCAL, CALLERS };

static struct call *send_as(struct bench *bench, int who, const char *method, const char *path)
{
    static const struct request callers[CALLERS] = {
        [NOBODY] = {.method = NULL},
        [WRONG] = {.token = "pgu_wrongwrongwrongwrongwrongwro"},
        [SOURCE] = {.token = PROM_KEY},
        [BOB] = {.token = BOB_TOKEN},
        [ANN] = {.token = ANN_TOKEN},
        [ROOT] = {.is_local = true, .uid = 0},
        [OWNER] = {.is_local = true, .uid = 1000},
        [STRANGER] = {.is_local = true, .uid = 4711},
        [ANN_LOCAL] = {.is_local = true, .uid = 1001},
    };
    struct request request = callers[who];
    request.method = method;
    request.path = path;
    request.body = string_is(method, "POST") ? "{}" : NULL;
    return bench_send(bench, &request);
}

static bool is_let_in(const struct call *call)
{
    return call->status != 401 && call->status != 403;
}

/* For every row of the table and every caller: in, or out with the right status. */
static void every_door_lets_in_whom_it_should(void **state)
{
    struct bench *bench = *state;
    static const bool expected[WHO_COUNT][CALLERS] = {
        [WHO_ANYBODY] = {[NOBODY] = 1,
                         [WRONG] = 1,
                         [SOURCE] = 1,
                         [BOB] = 1,
                         [ANN] = 1,
                         [ROOT] = 1,
                         [OWNER] = 1,
                         [STRANGER] = 1,
                         [ANN_LOCAL] = 1},
        [WHO_KNOWN] = {[SOURCE] = 1,
                       [BOB] = 1,
                       [ANN] = 1,
                       [ROOT] = 1,
                       [OWNER] = 1,
                       [STRANGER] = 1,
                       [ANN_LOCAL] = 1},
        [WHO_SOURCE] = {[SOURCE] = 1, [BOB] = 1, [ANN] = 1, [ANN_LOCAL] = 1},
        [WHO_KEY] = {[SOURCE] = 1},
        [WHO_READER] = {[BOB] = 1, [ANN] = 1, [ROOT] = 1, [OWNER] = 1, [ANN_LOCAL] = 1},
        [WHO_PERSON] = {[BOB] = 1, [ANN] = 1, [ANN_LOCAL] = 1},
        [WHO_ADMIN] = {[ANN] = 1, [ROOT] = 1, [OWNER] = 1, [ANN_LOCAL] = 1},
    };
    static const char *const methods[METHOD_COUNT] = {[METHOD_GET] = "GET",
                                                      [METHOD_POST] = "POST",
                                                      [METHOD_PUT] = "PUT",
                                                      [METHOD_DELETE] = "DELETE",
                                                      [METHOD_OPTIONS] = "OPTIONS"};
    const struct route *route;
    for (size_t i = 0; (route = route_at(i)); i++) {
        bench->now.steady_at += MINUTE_MS; /* wrong keys are counted by the minute */
        /* A personal decision of a recovery, or about keys and feeds, is more than a door; keys in
         * bodies are tested above. */
        if (dialect_get(route->dialect)->key_name || route->has_key ||
            string_is(route->path, "/v1/recovery") ||
            (route->method == METHOD_POST && strncmp(route->path, "/v1/keys", 8) == 0))
            continue;
        bench->guard = (struct guard){0}; /* there are more rows than wrong keys in a minute */
        for (int who = 0; who < CALLERS; who++) {
            CALL call = send_as(bench, who, methods[route->method], route->path);
            if (is_let_in(call) != expected[route->who][who])
                fail_msg("%s as caller %d: %u %s", route->path, who, call->status,
                         text_string(&call->answer));
        }
    }
}

/* No event may come from anybody but a person, whatever the path. */
static void root_never_acknowledges(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "a", "one");
    static const char *const actions[] = {"ack",      "unack",    "resolve", "snooze",
                                          "escalate", "reassign", "note"};
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "/v1/incidents/1/%s", actions[i]);
        CALL call = send_as(bench, ROOT, "POST", text_string(&path));
        assert_int_equal(call->status, 403);
        CALL source = send_as(bench, SOURCE, "POST", text_string(&path));
        assert_int_equal(source->status, 403);
    }
    assert_int_equal(bench->step_count, 0);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_TRIGGERED);
}

static void wrong_keys_are_counted_and_the_right_one_is_not_locked_out(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < AUTH_FAILURES_MAX; i++) {
        CALL call = GET("/v1/me", "pgu_wrong");
        assert_int_equal(call->status, 401);
    }
    CALL over = GET("/v1/me", "pgu_wrong");
    assert_int_equal(over->status, 429);
    CALL right = GET("/v1/me", ANN_TOKEN);
    assert_int_equal(right->status, 200);
    CALL elsewhere =
        SEND(.method = "GET", .path = "/v1/me", .token = "pgu_wrong", .address = "198.51.100.7");
    assert_int_equal(elsewhere->status, 401);
    bench_wait(bench, MINUTE_MS);
    CALL later = GET("/v1/me", "pgu_wrong");
    assert_int_equal(later->status, 401);
}

/* Monitoring drops what gets 401, and sends again what gets 503. */
static void a_key_that_may_be_missing_here_is_not_refused(void **state)
{
    struct bench *bench = *state;
    identities_set_partial(bench->identities, true);
    CALL late = GET("/v1/me", "pgu_wrong");
    assert_int_equal(late->status, 503);
    CALL known = GET("/v1/me", ANN_TOKEN);
    assert_int_equal(known->status, 200);
    CALL ping = GET("/ping/pgk_wrong/backup", NULL);
    assert_int_equal(ping->status, 503);
    identities_set_partial(bench->identities, false);
    CALL wrong = GET("/v1/me", "pgu_wrong");
    assert_int_equal(wrong->status, 401);
}

static void a_key_is_known_by_all_of_its_hash(void **state)
{
    struct bench *bench = *state;
    CLEANUP(identities_free) struct identities *identities = identities_new();
    struct credential key = {.name = "prom", .team = "ops"};
    const struct credential *list[] = {&key};
    struct caller caller;
    for (size_t place = 0; place < HASH_TEXT_SIZE; place++) {
        bool is_whole = place + 1 == HASH_TEXT_SIZE;
        hash_text(span_of(PROM_KEY), key.hash);
        if (!is_whole)
            key.hash[place] = key.hash[place] == '0' ? '1' : '0';
        assert_true(place > 0 || identities_are_partial(identities));
        identities_set(identities, list, 1, NULL, 0, NULL, 0, 1000);
        assert_false(identities_are_partial(identities));
        assert_int_equal(identities_find_key(identities, bench->arena, span_of(PROM_KEY), &caller),
                         is_whole);
    }
}

static void a_login_of_the_browser_reads_and_never_writes(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "a", "one");
    /* "x:" and ann's token */
    static const char basic[] = "Basic eDpwZ3VfYW5uYW5uYW5uYW5uYW5uYW5uYW5uYW5uYW5uMQ==";
    CALL read = SEND(.method = "GET", .path = "/v1/me", .authorization = basic);
    assert_int_equal(read->status, 200);
    CALL write = SEND(.method = "POST", .path = "/v1/incidents/1/ack", .authorization = basic);
    assert_int_equal(write->status, 403);
    assert_int_equal(bench->step_count, 0);
}

static void a_person_who_left_the_configuration_is_nobody(void **state)
{
    struct bench *bench = *state;
    struct policy less = *bench->policy;
    less.user_count = 1; /* ann */
    struct event event = {.kind = EVENT_POLICY, .actor = "pagerd", .policy = &less};
    engine_step(bench->engine, bench->now, &event, bench->effects, NULL);
    CALL call = GET("/v1/me", BOB_TOKEN);
    assert_int_equal(call->status, 403);
    event.policy = bench->policy;
    engine_step(bench->engine, bench->now, &event, bench->effects, NULL);
}

static void an_acknowledgement_of_a_source_counts_only_for_a_known_person(void **state)
{
    struct bench *bench = *state;
    static const char problem[] = "{\"type\":\"PROBLEM\",\"object\":\"host\",\"host\":\"db1\","
                                  "\"state\":\"DOWN\"}";
    CALL first = POST("/v1/ingest/nagios", PROM_KEY, problem);
    assert_int_equal(first->status, 202);
    CALL stranger = POST("/v1/ingest/nagios", PROM_KEY,
                         "{\"type\":\"ACKNOWLEDGEMENT\",\"host\":\"db1\",\"author\":\"root\"}");
    assert_int_equal(stranger->status, 202);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_TRIGGERED);
    assert_int_equal(bench->last.kind, EVENT_NOTE_SOURCE);
    CALL known = POST("/v1/ingest/nagios", PROM_KEY,
                      "{\"type\":\"ACKNOWLEDGEMENT\",\"host\":\"db1\",\"author\":\"Cat Core\","
                      "\"comment\":\"mine\"}");
    assert_int_equal(known->status, 202);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_ACKNOWLEDGED);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "cat");
}

static int setup(void **state)
{
    *state = bench_new();
    return 0;
}

static int teardown(void **state)
{
    bench_free(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_taken_in_every_form),
        TEST(every_door_lets_in_whom_it_should),
        TEST(root_never_acknowledges),
        TEST(wrong_keys_are_counted_and_the_right_one_is_not_locked_out),
        TEST(a_key_that_may_be_missing_here_is_not_refused),
        TEST(a_key_is_known_by_all_of_its_hash),
        TEST(a_login_of_the_browser_reads_and_never_writes),
        TEST(a_person_who_left_the_configuration_is_nobody),
        TEST(an_acknowledgement_of_a_source_counts_only_for_a_known_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
