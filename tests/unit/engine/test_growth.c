/* SPDX-License-Identifier: MIT */
/*
 * What an open incident takes: bytes of memory, its texts included, counted by the allocator. The
 * limits are what was reached and a little; a million incidents are a million times that.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/engine.h"
#include "unit/engine/fixture.h"

#define INCIDENTS 32768 /* as full as a map may get, which doubles then */
#define BYTES_MAX 890   /* of one that pages nobody */

static const struct notify_rule silent = {.id = "none"};
static const struct team teams[] = {{.id = "storage", .ack_timeout_ms = MSEC_NEVER},
                                    {.id = "web", .ack_timeout_ms = MSEC_NEVER}};

/* Nothing of the step stays but what the engine keeps. */
static void step_alone(struct fixture *fixture, msec at, struct event event)
{
    effects_reset(fixture->effects);
    engine_step(fixture->engine, (struct now){at, at}, &event, fixture->effects, NULL);
    arena_reset(fixture->arena);
}

static int set_up(void **state)
{
    struct fixture *fixture = fixture_new();
    fixture->policy.users = NULL;
    fixture->policy.user_count = 0;
    fixture->policy.teams = teams;
    fixture->policy.team_count = 2;
    for (int i = 0; i < SEVERITY_COUNT; i++)
        fixture->policy.severities[i] =
            (struct severity_rule){.notify = &silent, .promote_ms = MSEC_NEVER};
    fixture_begin(fixture);
    *state = fixture;
    return 0;
}

/* As a source sends it: about 250 bytes of text, of which most have been said before. */
static void trigger(struct fixture *fixture, int i, const char *team)
{
    char key[64];
    char host[64];
    char instance[64];
    char summary[128];
    char uuid[UUID_TEXT_SIZE];
    (void)snprintf(host, sizeof host, "node%d.example.org", i % 500);
    (void)snprintf(instance, sizeof instance, "node%d:9100", i % 500);
    (void)snprintf(key, sizeof key, "DiskFull:node%d:/var/lib/data%d", i % 500, i);
    (void)snprintf(summary, sizeof summary, "node %d: disk /var/lib/data%d is %d %% full", i % 500,
                   i % 40, 80 + i % 20);
    (void)snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012d", i);
    const struct label labels[] = {{"alertname", "DiskFull"},
                                   {"cluster", "eu-1"},
                                   {"device", "/dev/sda"},
                                   {"instance", instance},
                                   {"job", "node"}};
    struct alert alert = {.integration = "prometheus",
                          .team = team,
                          .severity = SEVERITY_ERROR,
                          .dedup_key = key,
                          .summary = summary,
                          .service = "storage",
                          .source = host,
                          .labels = labels,
                          .label_count = sizeof labels / sizeof labels[0]};
    memcpy(alert.uuid, uuid, sizeof alert.uuid);
    step_alone(fixture, 1000 + i, (struct event){.kind = EVENT_TRIGGER, .alert = &alert});
}

static size_t bytes_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* The same with all that is free between what is in use. */
static size_t bytes_taken(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.arena + info.hblkhd;
}

static void must_be_little(const char *what, size_t bytes)
{
    print_message("%zu bytes for each open incident%s\n", bytes / INCIDENTS, what);
    assert_in_range(bytes / INCIDENTS, 1, BYTES_MAX);
}

static void open_many(struct fixture *fixture)
{
    for (int i = 1; i < INCIDENTS; i++)
        trigger(fixture, i, i % 2 == 0 ? "storage" : "web");
    assert_int_equal(view_counts(fixture->engine).open[INCIDENT_SUPPRESSED], INCIDENTS);
}

static void an_open_incident_takes_little_memory(void **state)
{
    struct fixture *fixture = *state;
    trigger(fixture, 0, "storage");
    size_t before = bytes_in_use();
    if (before == 0)
        skip(); /* another allocator, as that of a sanitizer */
    open_many(fixture);
    must_be_little("", bytes_in_use() - before);
}

/* As a store gives them: all incidents, then all alerts. */
static void a_start_leaves_no_holes_between_them(void **state)
{
    struct fixture *fixture = *state;
    if (bytes_in_use() == 0)
        skip();
    trigger(fixture, 0, "storage");
    open_many(fixture);
    struct engine *engine = engine_new();
    struct event policy = {.kind = EVENT_POLICY, .policy = &fixture->policy};
    engine_step(engine, (struct now){0, 0}, &policy, fixture->effects, NULL);
    (void)malloc_trim(0);
    size_t before = bytes_taken();
    for (uint64_t i = 1; i <= INCIDENTS; i++)
        engine_restore_incident(engine, view_incident(fixture->engine, i));
    for (uint64_t i = 1; i <= INCIDENTS; i++)
        engine_restore_alert(engine, view_incident(fixture->engine, i)->alerts);
    engine_restored(engine, (struct now){DAY_MS, DAY_MS}, fixture->effects);
    must_be_little(" after a start", bytes_taken() - before);
    engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_open_incident_takes_little_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_leaves_no_holes_between_them, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
