/* SPDX-License-Identifier: MIT */
/*
 * setup.h - the people, teams, rules and rotas of a story, built into a policy and a roster.
 *
 * Everything is changeable until it is built; each build is a new, immutable policy and roster in
 * the set-up's arena, as a reload of the configuration makes them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "engine/match.h"
#include "engine/policy.h"
#include "engine/roster.h"
#include "scenarios/words.h"

#define SETUP_NODES_MAX 3
#define SETUP_USERS_MAX 32
#define SETUP_TEAMS_MAX 8
#define SETUP_RULES_MAX 16
#define SETUP_ROTAS_MAX 8
#define SETUP_SEGMENTS_MAX 64
#define SETUP_ABSENCES_MAX 32
#define SETUP_ZONES_MAX 8
#define SETUP_ROUTES_MAX 8
#define SETUP_SOURCES_MAX 8
#define SETUP_MAPPINGS_MAX 4
#define SETUP_CHANNELS_MAX 8
#define SETUP_WINDOWS_MAX 8
#define SETUP_OUTAGES_MAX 16

struct setup_rota {
    const char *name;
    const char *layer; /* or NULL */
    struct segment segments[SETUP_SEGMENTS_MAX];
    size_t count;
};

struct setup_rule {
    const char *id;
    struct notify_step steps[NOTIFY_STEPS_MAX];
    size_t count;
};

struct setup_user {
    struct user user;
    const char *rule; /* name of the person's own, or NULL */
    const char *low_rule;
    const char *night_rule;
};

struct setup_team {
    struct team team;
    struct step steps[POLICY_STEPS_MAX];
    const char *members[SETUP_USERS_MAX];
};

struct setup_route {
    struct alert_route route;
    struct matcher matchers[MATCHERS_MAX];
};

struct setup_source {
    struct source_rule rule;
    struct severity_mapping mappings[SETUP_MAPPINGS_MAX];
};

/* A calendar of maintenance windows. */
struct setup_outages {
    const char *calendar;
    struct outage outages[SETUP_OUTAGES_MAX];
    size_t count;
};

/* What is special about a channel: of every contact by it. */
struct setup_channel {
    const char *name;
    bool has_second;
    uint32_t limit;
    uint32_t daily_cap;
    msec receipt_ms;
    msec second_receipt_ms;
    bool has_second_receipt; /* its own; else that of the first */
};

struct setup {
    struct arena *arena;
    size_t node_count; /* of pagerds on one store; 0: one */
    bool has_links;    /* they hear each other, and go on while the store is away */
    struct zone *zones[SETUP_ZONES_MAX];
    size_t zone_count;
    const struct zone *zone;
    msec start_at; /* midnight of the story's day */
    struct setup_user users[SETUP_USERS_MAX];
    size_t user_count;
    struct setup_team teams[SETUP_TEAMS_MAX];
    size_t team_count;
    struct setup_rule rules[SETUP_RULES_MAX];
    size_t rule_count;
    struct setup_rota rotas[SETUP_ROTAS_MAX];
    size_t rota_count;
    struct absence absences[SETUP_ABSENCES_MAX];
    size_t absence_count;
    const char *severity_rules[SEVERITY_COUNT];
    struct severity_rule severities[SEVERITY_COUNT];
    struct recovery_rule recovery;
    struct awake_rule awake;
    struct verify_rule verify;
    struct setup_route routes[SETUP_ROUTES_MAX];
    size_t route_count;
    struct setup_source sources[SETUP_SOURCES_MAX];
    size_t source_count;
    struct setup_channel channels[SETUP_CHANNELS_MAX];
    size_t channel_count;
    struct maintenance windows[SETUP_WINDOWS_MAX];
    size_t window_count;
    struct setup_outages outages[SETUP_WINDOWS_MAX];
    size_t outages_count;
    msec reopen_ms;
    struct grouping group;
    struct flapping flapping;
};

/* Berlin, Saturday 21 November 2026, the rules "normal" (SMS at once), "quiet" (e-mail), "none". */
MUST_USE bool setup_init(struct setup *setup, struct fault *fault);
void setup_clear(struct setup *setup);

/* Loads a zone, once; owned by the set-up. */
const struct zone *setup_zone(struct setup *setup, const char *name, struct fault *fault);

struct setup_user *setup_user_add(struct setup *setup, const char *id);
struct setup_team *setup_team_add(struct setup *setup, const char *id);
struct setup_rule *setup_rule_add(struct setup *setup, const char *id);
/* `name` may be that of one layer: "main/secondary". */
struct setup_rota *setup_rota_add(struct setup *setup, const char *name);
void setup_contact_add(struct setup *setup, struct setup_user *user, const char *channel);
/* NULL: there are too many. */
struct setup_channel *setup_channel_add(struct setup *setup, const char *name);
/* False: there is none. */
bool setup_user_remove(struct setup *setup, const char *id);
bool setup_team_remove(struct setup *setup, const char *id);

const struct policy *setup_policy(struct setup *setup);
const struct roster *setup_roster(struct setup *setup);

/* One line of set-up (see README.md). */
MUST_USE bool setup_line(struct setup *setup, struct words *words, struct fault *fault);
