/* SPDX-License-Identifier: MIT */
/* Opsgenie's Alert API, as Alertmanager, Grafana and Zabbix use it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "bench.h"
#include "http/opsgenie.h"

#define SEND(...) bench_send(bench, &(struct request){__VA_ARGS__})
#define GENIE "GenieKey " PROM_KEY
#define WRITE(verb, at, text) SEND(.method = verb, .path = at, .authorization = GENIE, .body = text)
#define READ(at) SEND(.method = "GET", .path = at, .authorization = GENIE)

#define CALL CLEANUP(call_free) struct call *

static void create(struct bench *bench, const char *alias)
{
    CLEANUP(text_clear) struct text body = {0};
    text_addf(&body, "{\"message\":\"disk full\",\"alias\":\"%s\",\"priority\":\"P3\"}", alias);
    CALL call = WRITE("POST", "/v2/alerts/", text_string(&body));
    assert_int_equal(call->status, 202);
    assert_string_equal(json_string(answer_json(call), "result"), "Request will be processed");
}

/* What the request that `call` was answered with says of itself. */
static void assert_request(struct bench *bench, struct call *call, const char *action,
                           const char *status, bool is_success)
{
    CLEANUP(text_clear) struct text path = {0};
    assert_int_equal(call->status, 202);
    text_addf(&path, "/v2/alerts/requests/%s", json_string(answer_json(call), "requestId"));
    CALL asked = READ(text_string(&path));
    assert_int_equal(asked->status, 200);
    const struct json *data = json_find(answer_json(asked), "data");
    assert_string_equal(json_string(data, "action"), action);
    assert_string_equal(json_string(data, "status"), status);
    assert_true(json_bool(data, "success", !is_success) == is_success);
    assert_true(is_success == (*json_string(data, "alertId") != '\0'));
}

static enum incident_state state_of(struct bench *bench, uint64_t number)
{
    return view_incident(bench->engine, number)->state;
}

static void every_action_is_told_apart(void **state)
{
    (void)state;
    const struct opsgenie_action *action;
    bool is_used[128] = {false};
    for (size_t i = 0; (action = opsgenie_action_at(i)); i++) {
        assert_true(action->name && action->said);
        assert_false(is_used[(unsigned char)action->letter]);
        is_used[(unsigned char)action->letter] = true;
    }
}

static void an_alert_is_made_and_closed_by_its_alias(void **state)
{
    struct bench *bench = *state;
    CALL call = WRITE("POST", "/any/v2/alerts",
                      "{\"message\":\"disk full\",\"alias\":\"a b\",\"priority\":\"P1\"}");
    assert_request(bench, call, "Create", "Created alert", true);
    assert_int_equal(view_incident(bench->engine, 1)->severity, SEVERITY_CRITICAL);
    CALL other = WRITE("POST", "/v2/alerts/a/close?identifierType=alias", "{}");
    assert_request(bench, other, "Close", "There is no open alert of that name", false);
    CALL close = WRITE("POST", "/v2/alerts/a%20b/close?identifierType=alias", "{\"source\":\"x\"}");
    assert_request(bench, close, "Close", "Closed alert", true);
    assert_int_equal(state_of(bench, 1), INCIDENT_RESOLVED);
    CALL again = WRITE("POST", "/v2/alerts/a%20b/close?identifierType=alias", NULL);
    assert_request(bench, again, "Close", "Nothing to do: it was so before", true);
}

/* Kuma escapes its monitor's name with encodeURIComponent. */
static void an_alias_may_hold_a_slash(void **state)
{
    struct bench *bench = *state;
    create(bench, "web/app 100%");
    CALL close = WRITE("POST", "/v2/alerts/web%2Fapp%20100%25/close?identifierType=alias", "{}");
    assert_request(bench, close, "Close", "Closed alert", true);
}

static void only_a_named_person_acknowledges(void **state)
{
    struct bench *bench = *state;
    create(bench, "7");
    CALL stranger = WRITE("POST", "/v2/alerts/7/acknowledge?identifierType=alias",
                          "{\"user\":\"Zabbix Administrator (Admin)\",\"note\":\"mine\"}");
    assert_request(bench, stranger, "Acknowledge", "Noted only: the user is nobody here", true);
    assert_int_equal(state_of(bench, 1), INCIDENT_TRIGGERED);
    CALL nobody = WRITE("POST", "/v2/alerts/7/acknowledge?identifierType=alias", NULL);
    assert_int_equal(nobody->status, 202);
    assert_int_equal(state_of(bench, 1), INCIDENT_TRIGGERED);
    CALL ann = WRITE("POST", "/v2/alerts/7/acknowledge?identifierType=alias",
                     "{\"user\":\"Ann Admin (ann)\",\"note\":\"mine\"}");
    assert_request(bench, ann, "Acknowledge", "Acknowledged alert", true);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "ann");
    CALL undo =
        WRITE("POST", "/v2/alerts/7/unacknowledge?identifierType=alias", "{\"user\":\"stranger\"}");
    assert_request(bench, undo, "UnAcknowledge", "Noted only: the user is nobody here", true);
    assert_int_equal(state_of(bench, 1), INCIDENT_ACKNOWLEDGED);
    CALL back =
        WRITE("POST", "/v2/alerts/7/unacknowledge?identifierType=alias", "{\"user\":\"ann\"}");
    assert_request(bench, back, "UnAcknowledge", "Unacknowledged alert", true);
    assert_int_equal(state_of(bench, 1), INCIDENT_TRIGGERED);
}

static void what_only_people_here_do_is_noted(void **state)
{
    struct bench *bench = *state;
    create(bench, "7");
    CALL snooze = WRITE("POST", "/v2/alerts/1/snooze?identifierType=tiny",
                        "{\"endTime\":\"2027-01-01T00:00:00Z\",\"user\":\"ann\"}");
    assert_request(bench, snooze, "Snooze", "Noted", true);
    assert_int_equal(state_of(bench, 1), INCIDENT_TRIGGERED);
    assert_string_equal(bench->last.text,
                        "ann asked there for \"snooze\": not done, only people here do that");
    CALL note = WRITE("POST", "/v2/alerts/7/notes?identifierType=alias",
                      "{\"user\":\"Zoe\",\"note\":\"looking\"}");
    assert_request(bench, note, "AddNote", "Added note", true);
    assert_string_equal(bench->last.text, "Zoe: looking");
    CALL unknown = WRITE("POST", "/v2/alerts/7/explode?identifierType=alias", "{}");
    assert_int_equal(unknown->status, 404);
}

static void a_field_is_put_and_said_again_counts_nothing(void **state)
{
    struct bench *bench = *state;
    create(bench, "7");
    CALL same =
        WRITE("PUT", "/v2/alerts/7/message?identifierType=alias", "{\"message\":\"disk full\"}");
    assert_request(bench, same, "UpdateMessage", "Nothing to do: it was so before", true);
    assert_int_equal(view_incident(bench->engine, 1)->occurrences, 1);
    CALL put = WRITE("PUT", "/v2/alerts/7/message?identifierType=alias",
                     "{\"message\":\"two disks full\"}");
    assert_request(bench, put, "UpdateMessage", "Updated message", true);
    assert_string_equal(view_incident(bench->engine, 1)->summary, "two disks full");
    CALL worse =
        WRITE("PUT", "/v2/alerts/7/priority?identifierType=alias", "{\"priority\":\"P1\"}");
    assert_request(bench, worse, "UpdatePriority", "Updated priority", true);
    assert_int_equal(view_incident(bench->engine, 1)->severity, SEVERITY_CRITICAL);
    assert_string_equal(view_incident(bench->engine, 1)->summary, "two disks full");
    CALL bad = WRITE("PUT", "/v2/alerts/7/priority?identifierType=alias", "{\"priority\":\"P9\"}");
    assert_int_equal(bad->status, 422);
    CALL none = WRITE("PUT", "/v2/alerts/8/message?identifierType=alias", "{\"message\":\"x\"}");
    assert_request(bench, none, "UpdateMessage", "There is no open alert of that name", false);
}

static void an_id_is_one_episode_of_this_integration(void **state)
{
    struct bench *bench = *state;
    create(bench, "7");
    CALL list = READ("/v2/alerts");
    char id[OPSGENIE_ID_SIZE];
    snprintf(id, sizeof(id), "%s", json_string(json_find(answer_json(list), "data")->first, "id"));
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "/v2/alerts/%s", id);
    CALL shown = READ(text_string(&path));
    const struct json *data = json_find(answer_json(shown), "data");
    assert_string_equal(json_string(data, "tinyId"), "1");
    assert_string_equal(json_string(data, "status"), "open");
    assert_string_equal(json_string(data, "priority"), "P3");
    CALL closed = WRITE("DELETE", text_string(&path), NULL);
    assert_request(bench, closed, "Delete", "Closed alert", true);
    create(bench, "7");
    CALL late = WRITE("DELETE", text_string(&path), NULL);
    assert_request(bench, late, "Delete", "Nothing to do: it was so before", true);
    assert_int_equal(state_of(bench, 2), INCIDENT_TRIGGERED);
    CALL forged = READ("/v2/alerts/00000000-0000-0000-0000-000000000000-2");
    assert_int_equal(forged->status, 404);
    CALL person =
        SEND(.method = "GET", .path = "/v2/alerts/2?identifierType=tiny", .token = ANN_TOKEN);
    assert_int_equal(person->status, 404);
}

/* Numbers of two nodes that each went on by itself: the higher one may be the older one. */
static void the_list_has_the_newest_first_whatever_their_numbers(void **state)
{
    struct bench *bench = *state;
    bench->now.wall_at += HOUR_MS;
    create(bench, "newest");
    bench->now.wall_at -= 30 * MINUTE_MS;
    create(bench, "between");
    bench->now.wall_at -= 30 * MINUTE_MS;
    create(bench, "oldest");
    create(bench, "as old");
    static const char *const expected[] = {"newest", "between", "as old", "oldest"};
    CALL all = READ("/v2/alerts");
    const struct json *data = json_find(answer_json(all), "data");
    assert_int_equal(data->count, 4);
    const struct json *alert = data->first;
    for (size_t i = 0; i < 4; i++, alert = alert->next)
        assert_string_equal(json_string(alert, "alias"), expected[i]);
    CALL one = READ("/v2/alerts?limit=1");
    data = json_find(answer_json(one), "data");
    assert_int_equal(data->count, 1);
    assert_string_equal(json_string(data->first, "alias"), "newest");
}

static void errors_are_opsgenies(void **state)
{
    struct bench *bench = *state;
    CALL key = SEND(.method = "POST", .path = "/v2/alerts", .authorization = "GenieKey nope",
                    .body = "{\"message\":\"m\"}");
    assert_int_equal(key->status, 401);
    assert_non_null(json_string(answer_json(key), "message"));
    assert_non_null(json_string(answer_json(key), "requestId"));
    CALL empty = WRITE("POST", "/v2/alerts", "{}");
    assert_int_equal(empty->status, 422);
    assert_string_equal(json_string(answer_json(empty), "message"),
                        "Message can not be empty. It is kept as incident #1.");
    static const char *const forged[] = {
        "nonsense", "00000000-0000-0000-0000-000000000000-99-c0-1",
        "00000000-0000-0000-0000-000000000000-0-c9-1", "00000000-0000-0000-0000-000000000000-0-c0-",
        "00000000-0000-0000-0000-000000000000-99999999999999999999-c0-1"};
    for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++) {
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "/v2/alerts/requests/%s", forged[i]);
        CALL call = READ(text_string(&path));
        assert_int_equal(call->status, 404);
    }
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
        TEST(every_action_is_told_apart),
        TEST(an_alert_is_made_and_closed_by_its_alias),
        TEST(an_alias_may_hold_a_slash),
        TEST(only_a_named_person_acknowledges),
        TEST(what_only_people_here_do_is_noted),
        TEST(a_field_is_put_and_said_again_counts_nothing),
        TEST(an_id_is_one_episode_of_this_integration),
        TEST(the_list_has_the_newest_first_whatever_their_numbers),
        TEST(errors_are_opsgenies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
