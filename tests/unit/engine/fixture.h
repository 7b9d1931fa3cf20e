/* SPDX-License-Identifier: MIT */
/*
 * fixture.h - an engine with one team, db, whose only person, ann, is paged by SMS at once.
 *
 * Every case begins with one of its own. What a test wants otherwise it changes in the policy of
 * fixture_new(), before the first step.
 */
#pragma once

#include <stdlib.h>

#include "base/text.h"
#include "base/zone.h"
#include "engine/engine.h"

struct fixture {
    struct policy policy;
    struct zone *zone;
    struct engine *engine;
    struct arena *arena;
    struct effects *effects;
    struct user user;
    struct answer answer;
};

static const struct notify_step fixture_sms_now = {.via = {"sms"}, .via_count = 1};
static const struct notify_rule fixture_rule = {
    .id = "normal", .steps = &fixture_sms_now, .step_count = 1};
static const struct step fixture_step = {.targets = {{.kind = TARGET_USER, .name = "ann"}},
                                         .target_count = 1,
                                         .wait_ms = 5 * MINUTE_MS,
                                         .repeat = 1};
static const char *fixture_members[] = {"ann"};
static const struct team fixture_team = {.id = "db",
                                         .steps = &fixture_step,
                                         .step_count = 1,
                                         .last_resort = "ann",
                                         .members = fixture_members,
                                         .member_count = 1,
                                         .ack_timeout_ms = MSEC_NEVER};

/* One step at that time, by both clocks; the effects are added to those that are there. */
static inline void step_at(struct fixture *fixture, msec at, struct event event)
{
    engine_step(fixture->engine, (struct now){at, at}, &event, fixture->effects, &fixture->answer);
}

/* Before its first step: the engine does not know the policy yet. */
static inline struct fixture *fixture_new(void)
{
    struct fixture *fixture = memory_new(1, sizeof *fixture);
    fixture->zone = zone_fixed("UTC", 0);
    fixture->user =
        (struct user){.id = "ann",
                      .name = "Ann",
                      .zone = fixture->zone,
                      .contacts = {{.channel = "sms", .address = "1", .manner = MANNER_TEXT}},
                      .contact_count = 1};
    fixture->policy = (struct policy){.zone = fixture->zone,
                                      .users = &fixture->user,
                                      .user_count = 1,
                                      .teams = &fixture_team,
                                      .team_count = 1,
                                      .notify_rules = &fixture_rule,
                                      .notify_rule_count = 1,
                                      .reopen_ms = DAY_MS};
    for (int i = 0; i < SEVERITY_COUNT; i++)
        fixture->policy.severities[i] = (struct severity_rule){
            .notify = &fixture_rule, .is_waking = true, .promote_ms = MSEC_NEVER};
    fixture->engine = engine_new();
    fixture->arena = arena_new();
    fixture->effects = effects_new(fixture->arena);
    return fixture;
}

/* At the time 0 it is told the policy. */
static inline void fixture_begin(struct fixture *fixture)
{
    step_at(fixture, 0, (struct event){.kind = EVENT_POLICY, .policy = &fixture->policy});
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    engine_free(fixture->engine);
    effects_free(fixture->effects);
    arena_free(fixture->arena);
    zone_free(fixture->zone);
    free(fixture);
    return 0;
}
