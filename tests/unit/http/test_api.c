/* SPDX-License-Identifier: MIT */
/* The JSON API against the real engine: answers and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "bench.h"
#include "http/route.h"

#define SEND(...) bench_send(bench, &(struct request){__VA_ARGS__})
#define POST(at, who, text) SEND(.method = "POST", .path = at, .token = who, .body = text)
#define GET(at, who) SEND(.method = "GET", .path = at, .token = who)

#define CALL CLEANUP(call_free) struct call *

static void an_alert_is_accepted_and_says_who_is_paged(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/v1/alerts", PROM_KEY, "{\"summary\":\"disk full\",\"dedup_key\":\"d\"}");
    const struct json *alert = json_find(answer_json(call), "alerts")->first;
    assert_int_equal(call->status, 202);
    assert_string_equal(json_string(answer_json(call), "status"), "accepted");
    assert_int_equal(json_integer(alert, "incident", 0), 1);
    assert_string_equal(json_string(alert, "state"), "triggered");
    assert_string_equal(json_string(alert, "dedup_key"), "d");
    assert_true(json_bool(alert, "new", false));
    assert_string_equal(json_string(alert, "text"),
                        "#1 opened in ops. Paging Ann now, Bob at 03:05.");

    CALL again = POST("/v1/alerts", PROM_KEY, "[{\"summary\":\"x\",\"dedup_key\":\"d\"}]");
    assert_false(json_bool(json_find(answer_json(again), "alerts")->first, "new", true));
}

static void one_bad_alert_does_not_stop_the_good_ones(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/v1/alerts", PROM_KEY, "[{\"summary\":\"a\"},{\"severity\":\"info\"}]");
    const struct json *alerts = json_find(answer_json(call), "alerts");
    assert_int_equal(call->status, 202);
    assert_null(json_string(alerts->first, "error"));
    assert_non_null(json_string(alerts->first->next, "error"));

    CALL bad = POST("/v1/alerts", PROM_KEY, "[{},{}]");
    assert_int_equal(bad->status, 400);
    assert_string_equal(answer_code(bad), "invalid");
}

static void a_bounce_is_told_and_opens_nothing(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/v1/ingest/email", PROM_KEY, "Return-Path: <>\nSubject: failure\n\nx\n");
    const struct json *alert = json_find(answer_json(call), "alerts")->first;
    assert_int_equal(call->status, 202);
    assert_non_null(strstr(json_string(alert, "ignored"), "bounce"));
    assert_string_equal(bench->ignored, json_string(alert, "ignored"));
    assert_null(view_incident(bench->engine, 1));
}

static void a_person_names_the_team_of_an_alert(void **state)
{
    struct bench *bench = *state;
    CALL none = POST("/v1/alerts", ANN_TOKEN, "{\"summary\":\"a\"}");
    assert_int_equal(none->status, 400);
    CALL call = POST("/v1/alerts", ANN_TOKEN, "{\"summary\":\"a\",\"team\":\"web\"}");
    assert_int_equal(call->status, 202);
    const struct incident *incident = view_incident(bench->engine, 1);
    assert_string_equal(incident->team, "web");
    assert_string_equal(incident->integration, "pagectl");
    /* An integration's own team holds, whatever its body says. */
    CALL source = POST("/v1/alerts", PROM_KEY, "{\"summary\":\"b\",\"team\":\"web\"}");
    assert_int_equal(source->status, 202);
    assert_string_equal(view_incident(bench->engine, 2)->team, "ops");
}

static void pagerduty_answers_are_exact(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/v2/enqueue", NULL,
                     "{\"routing_key\":\"" PROM_KEY "\",\"event_action\":\"trigger\","
                     "\"dedup_key\":\"k\",\"payload\":{\"summary\":\"s\",\"source\":\"x\","
                     "\"severity\":\"critical\"}}");
    assert_int_equal(call->status, 202);
    assert_string_equal(
        text_string(&call->answer),
        "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":\"k\"}");

    CALL ack = POST("/prefix/v2/enqueue/", NULL,
                    "{\"routing_key\":\"" PROM_KEY
                    "\",\"event_action\":\"acknowledge\",\"dedup_key\":\"k\",\"payload\":null}");
    assert_int_equal(ack->status, 202);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_TRIGGERED);

    CALL unknown =
        POST("/v2/enqueue", NULL, "{\"routing_key\":\"nope\",\"event_action\":\"resolve\"}");
    assert_int_equal(unknown->status, 400);
    assert_string_equal(text_string(&unknown->answer),
                        "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\","
                        "\"errors\":[\"'routing_key' is not known here\"]}");

    CALL resolve =
        POST("/v2/enqueue", NULL,
             "{\"routing_key\":\"" PROM_KEY "\",\"event_action\":\"resolve\",\"dedup_key\":\"k\"}");
    assert_int_equal(resolve->status, 202);
    assert_int_equal(view_incident(bench->engine, 1)->state, INCIDENT_RESOLVED);
    /* Unknown and closed keys are a success without effect. */
    CALL twice =
        POST("/v2/enqueue", NULL,
             "{\"routing_key\":\"" PROM_KEY "\",\"event_action\":\"resolve\",\"dedup_key\":\"k\"}");
    assert_int_equal(twice->status, 202);
    CALL broken = POST("/v2/enqueue", NULL, "{");
    assert_int_equal(broken->status, 400);
    assert_string_equal(json_string(answer_json(broken), "status"), "invalid event");
}

static void acknowledging_names_who_sleeps_on(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "db1: disk /var 96% full");
    CALL call = POST("/v1/incidents/1/ack", ANN_TOKEN, "{\"note\":\"looking\"}");
    const struct json *json = answer_json(call);
    assert_int_equal(call->status, 200);
    assert_string_equal(json_string(json, "status"), "done");
    assert_string_equal(json_string(json, "text"),
                        "Acked #1 db1: disk /var 96% full. Bob will not be called.");
    assert_string_equal(json_string(json_find(json, "incident"), "state"), "acknowledged");
    assert_string_equal(json_string(json_find(json, "incident"), "acknowledged_by"), "ann");
    assert_string_equal(bench->last.actor, "ann");
    assert_string_equal(bench->last.via, "http");

    CALL again = POST("/v1/incidents/1/ack", ANN_TOKEN, "");
    assert_string_equal(json_string(answer_json(again), "status"), "already");
}

static void whoever_comes_second_hears_who_has_it(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    CALL first = POST("/v1/incidents/1/ack", ANN_TOKEN, NULL);
    assert_int_equal(first->status, 200);
    CALL second = POST("/v1/incidents/1/ack", BOB_TOKEN, NULL);
    const struct json *error = json_find(answer_json(second), "error");
    assert_int_equal(second->status, 409);
    assert_string_equal(json_string(error, "code"), "conflict");
    assert_string_equal(json_string(error, "user"), "ann");
    assert_string_equal(json_string(error, "text"), "ann has #1 since 03:00.");
    assert_string_equal(json_string(error, "hint"), "pagectl ack 1 --take");
    CALL take = POST("/v1/incidents/1/ack", BOB_TOKEN, "{\"take\":true}");
    assert_int_equal(take->status, 200);
    assert_string_equal(view_incident(bench->engine, 1)->handling->acknowledged_by, "bob");
}

static void a_closed_incident_is_410_with_who_closed_it(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "d", "disk");
    bench_wait(bench, MINUTE_MS);
    CALL done = POST("/v1/incidents/1/resolve", ANN_TOKEN, NULL);
    assert_int_equal(done->status, 200);
    assert_true(strncmp(json_string(answer_json(done), "text"), "Resolved #1 after 1 m.", 22) == 0);
    CALL late = POST("/v1/incidents/1/ack", BOB_TOKEN, NULL);
    assert_int_equal(late->status, 410);
    assert_string_equal(answer_code(late), "closed");
    assert_string_equal(json_string(json_find(answer_json(late), "error"), "user"), "ann");
}

static void every_action_answers_with_a_sentence(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *path;
        const char *body;
        unsigned status;
    } cases[] = {
        {"/v1/incidents/1/note", "{\"text\":\"S3 key expired\"}", 200},
        {"/v1/incidents/1/note", "{}", 400},
        {"/v1/incidents/1/snooze", "{\"for_ms\":3600000}", 200},
        {"/v1/incidents/1/snooze", "{\"off\":true}", 200},
        {"/v1/incidents/1/snooze", "{}", 400},
        {"/v1/incidents/1/snooze", "{\"until\":\"tomorrow\"}", 400},
        {"/v1/incidents/1/escalate", "{\"note\":\"need a DBA\"}", 200},
        {"/v1/incidents/1/reassign", "{\"to\":\"cat\"}", 200},
        {"/v1/incidents/1/reassign", "{\"to\":\"team:web\"}", 200},
        {"/v1/incidents/1/reassign", "{\"to\":\"secondary\"}", 200},
        {"/v1/incidents/1/reassign", "{\"to\":\"zoe\"}", 404},
        {"/v1/incidents/1/reassign", "{}", 400},
        {"/v1/incidents/99/ack", "{}", 404},
        {"/v1/incidents/zero/ack", "{}", 404},
        {"/v1/incidents/1/ack", "{\"take\":", 400},
        {"/v1/incidents/1/ack", "[]", 400},
        {"/v1/incidents/1/ack", "{}", 200},
        {"/v1/incidents/1/unack", "{}", 200},
        {"/v1/incidents/1/resolve", "{}", 200},
    };
    bench_alert(bench, "d", "disk");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CALL call = POST(cases[i].path, ANN_TOKEN, cases[i].body);
        if (call->status != cases[i].status)
            fail_msg("%s %s: %u %s", cases[i].path, cases[i].body, call->status,
                     text_string(&call->answer));
        const struct json *json = answer_json(call);
        const char *text =
            json_string(call->status < 300 ? json : json_find(json, "error"), "text");
        assert_true(text && *text);
    }
}

/* An alert of the bench that is none of the critical ones. */
static void alert_less(struct bench *bench, const char *key)
{
    CLEANUP(text_clear) struct text body = {0};
    text_addf(&body,
              "{\"summary\":\"%s\",\"dedup_key\":\"%s\",\"service\":\"%s\",\"severity\":\"error\"}",
              key, key, key);
    CALL call = POST("/v1/alerts", PROM_KEY, text_string(&body));
    assert_int_equal(call->status, 202);
}

static void a_critical_one_is_not_acked_with_all_the_others(void **state)
{
    struct bench *bench = *state;
    alert_less(bench, "one");
    bench_alert(bench, "b", "two");
    CALL anns = POST("/v1/incidents/ack", ANN_TOKEN, "{\"all\":true}");
    assert_int_equal(json_integer(answer_json(anns), "count", 0), 1);
    assert_string_equal(
        json_string(answer_json(anns), "text"),
        "#2 two is critical, and is acked by its number: pagectl ack 2.\nAcked #1 one.");
    assert_int_equal(view_incident(bench->engine, 2)->state, INCIDENT_TRIGGERED);
    CALL again = POST("/v1/incidents/ack", ANN_TOKEN, "{\"all\":true}");
    assert_string_equal(json_string(answer_json(again), "status"), "already");
}

static void acking_all_takes_what_pages_me_and_no_more(void **state)
{
    struct bench *bench = *state;
    alert_less(bench, "one");
    alert_less(bench, "two");
    CALL bobs = POST("/v1/incidents/ack", BOB_TOKEN, "{\"all\":true}");
    assert_string_equal(json_string(answer_json(bobs), "text"), "Nothing pages you.");
    CALL anns = POST("/v1/incidents/ack", ANN_TOKEN, "{\"all\":true}");
    assert_int_equal(json_integer(answer_json(anns), "count", 0), 2);
    assert_string_equal(json_string(answer_json(anns), "text"), "Acked #1 one.\nAcked #2 two.");
}

static void the_list_has_open_incidents_newest_first(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "a", "one");
    bench_alert(bench, "b", "two");
    bench_alert(bench, "c", "three");
    CALL resolve = POST("/v1/incidents/2/resolve", ANN_TOKEN, NULL);
    assert_int_equal(resolve->status, 200);
    CALL list = GET("/v1/incidents", BOB_TOKEN);
    const struct json *incidents = json_find(answer_json(list), "incidents");
    assert_int_equal(incidents->count, 2);
    assert_int_equal(json_integer(incidents->first, "number", 0), 3);
    assert_string_equal(json_find(incidents->first, "paging")->first->text, "ann");
    assert_string_equal(json_find(json_find(incidents->first, "next"), "users")->first->text,
                        "bob");
    CALL one = GET("/v1/incidents?limit=1", BOB_TOKEN);
    assert_int_equal(json_find(answer_json(one), "incidents")->count, 1);
    assert_true(json_bool(answer_json(one), "more", false));
    CALL mine = GET("/v1/incidents?mine=1", BOB_TOKEN);
    assert_int_equal(json_find(answer_json(mine), "incidents")->count, 0);
    CALL team = GET("/v1/incidents?team=nope", BOB_TOKEN);
    assert_int_equal(team->status, 404);
    CALL all = GET("/v1/incidents?all=1&mine=1&limit=5", BOB_TOKEN);
    assert_int_equal(all->status, 200);
    assert_string_equal(bench->history_said, "all=1 team= user=bob limit=5");
    CALL show = GET("/v1/incidents/3", BOB_TOKEN);
    assert_int_equal(show->status, 200);
    assert_string_equal(bench->history_said, "number=3");
}

static void on_call_names_everybody_and_why(void **state)
{
    struct bench *bench = *state;
    CALL call = GET("/v1/oncall?team=ops", BOB_TOKEN);
    const struct json *rows = json_find(answer_json(call), "oncall");
    assert_int_equal(rows->count, 2);
    assert_string_equal(json_string(rows->first, "role"), "primary");
    assert_string_equal(json_string(rows->first, "user"), "ann");
    assert_true(strlen(json_string(rows->first, "why")) > 0);
    CALL bad = GET("/v1/oncall?at=noon", BOB_TOKEN);
    assert_int_equal(bad->status, 400);
    CALL everybody = GET("/v1/oncall", BOB_TOKEN);
    assert_int_equal(json_find(answer_json(everybody), "oncall")->count, 4);
}

static void an_override_changes_the_schedule_and_can_be_ended(void **state)
{
    struct bench *bench = *state;
    static const char wish[] =
        "{\"team\":\"ops\",\"role\":\"primary\",\"user\":\"cat\","
        "\"from\":\"2026-11-28T08:00:00Z\",\"until\":\"2026-11-28T20:00:00Z\"";
    CLEANUP(text_clear) struct text dry = {0};
    CLEANUP(text_clear) struct text real = {0};
    text_addf(&dry, "%s,\"dry_run\":true}", wish);
    text_addf(&real, "%s}", wish);
    CALL tried = POST("/v1/overrides", ANN_TOKEN, text_string(&dry));
    assert_int_equal(tried->status, 200);
    assert_int_equal(bench->step_count, 0);
    CALL made = POST("/v1/overrides", ANN_TOKEN, text_string(&real));
    assert_int_equal(made->status, 200);
    assert_string_equal(json_string(answer_json(made), "instead_of"), "ann");
    assert_non_null(strstr(json_string(answer_json(made), "text"),
                           "Sat 28 Nov 09:00 - 21:00 CET (12 h): ops primary is Cat instead of "
                           "Ann."));
    CALL schedule = GET("/v1/schedule?team=ops&weeks=2", ANN_TOKEN);
    const struct json *spans = json_find(json_find(answer_json(schedule), "rows")->first, "spans");
    assert_int_equal(spans->count, 3);
    assert_string_equal(json_string(spans->first->next, "user"), "cat");
    assert_string_equal(json_string(spans->first->next, "kind"), "override");
    assert_int_equal(json_find(answer_json(schedule), "gaps")->count, 1);

    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "/v1/overrides/o%d/end", (int)json_integer(answer_json(made), "id", 0));
    CALL list = GET("/v1/overrides", ANN_TOKEN);
    assert_int_equal(json_find(answer_json(list), "overrides")->count, 1);
    CALL end = POST(text_string(&path), ANN_TOKEN, "{}");
    assert_int_equal(end->status, 200);
    CALL empty = GET("/v1/overrides", ANN_TOKEN);
    assert_int_equal(json_find(answer_json(empty), "overrides")->count, 0);
    CALL past = POST("/v1/overrides", ANN_TOKEN,
                     "{\"team\":\"ops\",\"role\":\"primary\",\"user\":\"cat\","
                     "\"until\":\"2020-01-01T00:00:00Z\"}");
    assert_int_equal(past->status, 400);
}

static void a_rest_is_started_by_a_manager_and_waived_by_nobody_else(void **state)
{
    struct bench *bench = *state;
    CALL start = POST("/v1/recovery", ANN_TOKEN,
                      "{\"action\":\"start\",\"user\":\"bob\",\"for_ms\":3600000}");
    assert_int_equal(start->status, 200);
    CALL list = GET("/v1/recovery", BOB_TOKEN);
    assert_int_equal(json_find(answer_json(list), "recovery")->count, 1);
    CALL other = POST("/v1/recovery", ANN_TOKEN, "{\"action\":\"waive\",\"user\":\"bob\"}");
    assert_int_equal(other->status, 403);
    CALL peer =
        POST("/v1/recovery", BOB_TOKEN, "{\"action\":\"start\",\"user\":\"cat\",\"for_ms\":1000}");
    assert_int_equal(peer->status, 403);
    CALL own = POST("/v1/recovery", BOB_TOKEN, "{\"action\":\"end\"}");
    assert_int_equal(own->status, 403);
    CALL waive = POST("/v1/recovery", BOB_TOKEN, "{\"action\":\"waive\"}");
    assert_int_equal(waive->status, 200);
    CALL empty = GET("/v1/recovery", BOB_TOKEN);
    assert_int_equal(json_find(answer_json(empty), "recovery")->count, 0);
}

static void a_resolve_does_not_promise_rest_to_who_stays_on_call(void **state)
{
    struct bench *bench = *state;
    static const char *const users[] = {"ann", "bob", "cat"};
    for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++) {
        char body[100];
        (void)snprintf(body, sizeof body,
                       "{\"action\":\"start\",\"user\":\"%s\",\"for_ms\":3600000}", users[i]);
        CALL start = POST("/v1/recovery", ANN_TOKEN, body);
        assert_int_equal(start->status, 200);
    }
    CALL alert = POST("/v1/alerts", PROM_KEY, "{\"summary\":\"disk full\"}");
    assert_int_equal(alert->status, 202);
    CALL oncall = GET("/v1/oncall?team=ops", ANN_TOKEN);
    const struct json *first = json_find(answer_json(oncall), "oncall")->first;
    bool is_ann = strcmp(json_string(first, "user"), "ann") == 0;
    CALL resolve = POST("/v1/incidents/1/resolve", is_ann ? ANN_TOKEN : BOB_TOKEN, "{}");
    const char *text = json_string(answer_json(resolve), "text");
    assert_non_null(strstr(text, "but nobody is rested: you stay on call."));
    assert_null(strstr(text, "You rest"));
}

static void keys_are_shown_once_and_die_when_revoked(void **state)
{
    struct bench *bench = *state;
    CALL made = POST("/v1/keys", ANN_TOKEN, "{\"name\":\"nagios\",\"team\":\"ops\"}");
    assert_int_equal(made->status, 200);
    const char *secret = json_string(answer_json(made), "key");
    CALL list = GET("/v1/keys", ANN_TOKEN);
    assert_null(strstr(text_string(&list->answer), secret));
    CALL used = POST("/v1/alerts", secret, "{\"summary\":\"a\"}");
    assert_int_equal(used->status, 202);
    CALL revoke = POST("/v1/keys/nagios/revoke", ANN_TOKEN, "{}");
    assert_int_equal(revoke->status, 200);
    CALL dead = POST("/v1/alerts", secret, "{\"summary\":\"a\"}");
    assert_int_equal(dead->status, 401);
    assert_null(strstr(text_string(&dead->answer), secret));
    static const char *const bad[] = {"{\"name\":\"a b\",\"team\":\"ops\"}", "{\"name\":\"a\"}",
                                      "{\"name\":\"a\",\"team\":\"ops\",\"user\":\"bob\"}", "{}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        CALL call = POST("/v1/keys", ANN_TOKEN, bad[i]);
        assert_int_equal(call->status, 400);
    }
    CALL twice = POST("/v1/keys", ANN_TOKEN, "{\"name\":\"nagios\",\"team\":\"ops\"}");
    assert_int_equal(twice->status, 409);
}

static void me_is_null_for_nobody_and_knows_a_person(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "a", "one");
    CALL root = SEND(.method = "GET", .path = "/v1/me", .is_local = true, .uid = 0);
    assert_int_equal(root->status, 200);
    assert_null(json_string(answer_json(root), "user"));
    assert_true(json_bool(answer_json(root), "can_administer", false));
    CALL ann = SEND(.method = "GET", .path = "/v1/me", .is_local = true, .uid = 1001);
    const struct json *json = answer_json(ann);
    assert_string_equal(json_string(json, "user"), "ann");
    assert_int_equal(json_find(json, "paging")->count, 1);
    assert_int_equal(json_find(json, "duties")->count, 2);
    assert_string_equal(json_string(json_find(json, "backup")->first, "user"), "bob");
}

static void other_methods_are_told_which_there_are(void **state)
{
    struct bench *bench = *state;
    CALL ack = GET("/v1/incidents/1/ack", ANN_TOKEN);
    assert_int_equal(ack->status, 405);
    assert_string_equal(ack->allow, "POST");
    CALL list = SEND(.method = "DELETE", .path = "/v1/incidents", .token = ANN_TOKEN);
    assert_int_equal(list->status, 405);
    assert_string_equal(list->allow, "GET, HEAD");
    CALL both = SEND(.method = "PUT", .path = "/v1/keys", .token = ANN_TOKEN);
    assert_string_equal(both->allow, "GET, HEAD, POST");
    CALL none = GET("/v1/nothing", ANN_TOKEN);
    assert_int_equal(none->status, 404);
    CALL prefix = GET("/x/v1/me", ANN_TOKEN);
    assert_int_equal(prefix->status, 404);
    CALL slash = SEND(.method = "HEAD", .path = "/v1/me/", .token = ANN_TOKEN);
    assert_int_equal(slash->status, 200);
    assert_non_null(none->answer.bytes);
}

static void health_and_readiness_are_for_machines(void **state)
{
    struct bench *bench = *state;
    CALL health = GET("/healthz", NULL);
    assert_int_equal(health->status, 200);
    assert_string_equal(text_string(&health->answer), "ok\n");
    CALL ready = GET("/readyz", NULL);
    assert_int_equal(ready->status, 200);
    bench->is_unready = true;
    CALL not_ready = GET("/readyz", NULL);
    assert_int_equal(not_ready->status, 503);
    CALL metrics = GET("/metrics", NULL);
    assert_string_equal(text_string(&metrics->answer), "pagerd_up 1\n");
}

static void a_commit_that_failed_leaves_only_503(void **state)
{
    struct bench *bench = *state;
    bench_alert(bench, "a", "one");
    CALL call = POST("/v1/incidents/1/ack", ANN_TOKEN, "{}");
    call_fail_unavailable(call, "the disk is full");
    assert_int_equal(call->status, 503);
    assert_string_equal(answer_code(call), "unavailable");
    assert_int_equal(call->retry_after_s, 5);
    assert_null(strstr(text_string(&call->answer), "Acked"));
}

static void no_key_is_made_or_revoked_while_nothing_can_be_kept(void **state)
{
    struct bench *bench = *state;
    bench->is_full = true;
    CALL make = POST("/v1/keys", ANN_TOKEN, "{\"name\":\"grafana\",\"team\":\"ops\"}");
    assert_int_equal(make->status, 503);
    CALL revoke = POST("/v1/keys/grafana/revoke", ANN_TOKEN, "{}");
    assert_int_equal(revoke->status, 503);
}

static void a_key_that_leaked_is_revoked_also_while_the_audit_fails(void **state)
{
    struct bench *bench = *state;
    CALL make = POST("/v1/keys", ANN_TOKEN, "{\"name\":\"grafana\",\"team\":\"ops\"}");
    assert_int_equal(make->status, 200);
    bench->is_unready = true;
    CALL revoke = POST("/v1/keys/grafana/revoke", ANN_TOKEN, "{}");
    assert_int_equal(revoke->status, 200);
}

static void every_row_of_the_table_can_be_run(void **state)
{
    (void)state;
    const struct route *route;
    for (size_t i = 0; (route = route_at(i)); i++) {
        assert_non_null(route->path);
        assert_non_null(route->run);
        assert_true(route->method != METHOD_HEAD && route->method < METHOD_OTHER);
    }
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

/* Prometheus posts to each Alertmanager that it knows. */
static void what_several_nodes_are_told_counts_once(void **state)
{
    struct bench *bench = *state;
    static const char body[] = "{\"summary\":\"disk full\",\"dedup_key\":\"d\"}";
    bench->house.has_nodes = true;
    size_t before = bench->step_count;
    CALL first = POST("/v1/alerts", PROM_KEY, body);
    assert_int_equal(first->status, 202);
    assert_int_equal(bench->step_count, before + 1);
    bench->node = "b";
    CALL copy = POST("/v1/alerts", PROM_KEY, body);
    assert_int_equal(copy->status, 202);
    assert_int_equal(bench->step_count, before + 1);
    assert_non_null(strstr(text_string(&copy->answer), "\"incident\":1"));
    CALL again = POST("/v1/alerts", PROM_KEY, body);
    assert_int_equal(again->status, 202);
    assert_int_equal(bench->step_count, before + 2);
    bench->node = "c";
    CALL other = POST("/v1/alerts", PROM_KEY, "{\"summary\":\"disk full!\",\"dedup_key\":\"d\"}");
    assert_int_equal(other->status, 202);
    assert_int_equal(bench->step_count, before + 3);
}

/* The server keeps calls for other requests. */
static void a_call_that_is_used_again_knows_nothing_of_the_one_before(void **state)
{
    struct bench *bench = *state;
    CALL call = POST("/v1/alerts?a=b", PROM_KEY, "{\"summary\":\"disk full\"}");
    assert_int_equal(call->status, 202);
    call->nonce = "n";
    call->etag = "e";
    call->location = "/";
    call->field_count = 1;
    call_reset(call);
    assert_int_equal(call->status, 0);
    assert_int_equal(call->body.size, 0);
    assert_int_equal(call->answer.size, 0);
    assert_int_equal(call->query_count + call->header_count + call->field_count, 0);
    assert_int_equal(call->batch.count, 0);
    assert_int_equal(call->caller.kind, CALLER_NOBODY);
    assert_null(call->authorization);
    assert_null(call->caller.key);
    assert_null(call->route);
    assert_null(call->json);
    assert_null(call->finish);
    assert_null(call->nonce);
    assert_null(call->etag);
    assert_null(call->location);
    assert_string_equal(call->path, "/");
    assert_int_equal(arena_size(call->arena), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_alert_is_accepted_and_says_who_is_paged),
        TEST(one_bad_alert_does_not_stop_the_good_ones),
        TEST(a_bounce_is_told_and_opens_nothing),
        TEST(a_person_names_the_team_of_an_alert),
        TEST(what_several_nodes_are_told_counts_once),
        TEST(a_call_that_is_used_again_knows_nothing_of_the_one_before),
        TEST(pagerduty_answers_are_exact),
        TEST(acknowledging_names_who_sleeps_on),
        TEST(whoever_comes_second_hears_who_has_it),
        TEST(a_closed_incident_is_410_with_who_closed_it),
        TEST(every_action_answers_with_a_sentence),
        TEST(a_critical_one_is_not_acked_with_all_the_others),
        TEST(acking_all_takes_what_pages_me_and_no_more),
        TEST(the_list_has_open_incidents_newest_first),
        TEST(on_call_names_everybody_and_why),
        TEST(an_override_changes_the_schedule_and_can_be_ended),
        TEST(a_rest_is_started_by_a_manager_and_waived_by_nobody_else),
        TEST(a_resolve_does_not_promise_rest_to_who_stays_on_call),
        TEST(keys_are_shown_once_and_die_when_revoked),
        TEST(me_is_null_for_nobody_and_knows_a_person),
        TEST(other_methods_are_told_which_there_are),
        TEST(health_and_readiness_are_for_machines),
        TEST(a_commit_that_failed_leaves_only_503),
        TEST(no_key_is_made_or_revoked_while_nothing_can_be_kept),
        TEST(a_key_that_leaked_is_revoked_also_while_the_audit_fails),
        TEST(every_row_of_the_table_can_be_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
