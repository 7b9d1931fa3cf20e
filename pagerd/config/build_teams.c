/* SPDX-License-Identifier: MIT */
/* Teams: roles, steps, members, and the text beside them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/rooms.h"
#include "config/value.h"

static struct duty_source duty_read(const struct node *team, const char *pattern)
{
    const char *text = read_text(team, pattern);
    if (text == NULL)
        return (struct duty_source){0};
    if (strncmp(text, "calendar:", 9) == 0)
        return (struct duty_source){.calendar = text + 9};
    return (struct duty_source){.user = text};
}

static bool duty_is_set(const struct duty_source *duty)
{
    return duty->calendar != NULL || duty->user != NULL;
}

/* A calendar that fills several roles is read by layers: each role takes the events that say it. */
static void layers_set(struct team *team)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int other = 0; other < ROLE_COUNT; other++)
            if (other != role && team->roles[role].calendar != NULL &&
                string_is(team->roles[role].calendar, team->roles[other].calendar))
                team->roles[role].layer = role_name((enum role)role);
}

static void overrides_read(const struct node *node, struct team *team)
{
    size_t role_count = 0;
    const char *calendar = read_rota(node, "teams.*.overrides");
    for (int role = 0; role < ROLE_COUNT; role++)
        role_count += duty_is_set(&team->roles[role]);
    for (int role = 0; calendar != NULL && role < ROLE_COUNT; role++)
        if (duty_is_set(&team->roles[role]))
            team->overrides[role] = (struct duty_source){
                .calendar = calendar,
                .layer = role_count > 1 ? role_name((enum role)role) : NULL,
            };
}

static size_t steps_read(struct build *build, const struct node *list, struct step *steps)
{
    size_t count = 0;
    for (const struct node *node = list->first; node != NULL && count < POLICY_STEPS_MAX;
         node = node->next) {
        const char *page[4];
        struct step *step = &steps[count++];
        if (read_node(node, "teams.*.escalate[].page") != NULL)
            step->target_count =
                read_texts(build->loaded, node, "teams.*.escalate[].page", page, 4);
        for (size_t i = 0; i < step->target_count; i++)
            step->targets[i] = read_target(page[i]);
        step->wait_ms = read_duration(node, "teams.*.escalate[].wait");
        step->repeat = (uint16_t)read_count(node, "teams.*.escalate[].repeat");
    }
    return count;
}

/* The ladder of a team that writes none: each role that it has, then everyone. */
static size_t steps_default(const struct team *team, struct step *steps)
{
    static const enum role order[] = {ROLE_PRIMARY, ROLE_ONCALL, ROLE_SECONDARY};
    size_t count = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (duty_is_set(&team->roles[order[i]]))
            steps[count++] = (struct step){
                .targets = {{.kind = TARGET_ROLE, .role = order[i]}},
                .target_count = 1,
                .wait_ms = 5 * MINUTE_MS,
                .repeat = 1,
            };
    steps[count++] = (struct step){
        .targets = {{.kind = TARGET_EVERYONE}},
        .target_count = 1,
        .wait_ms = 10 * MINUTE_MS,
        .repeat = 3,
    };
    return count;
}

/* Users that stand in the same file as the team; when there are none, all. */
static void members_default(struct build *build, const struct node *node, struct team *team)
{
    const struct node *users = node_find(build->loaded->tree.root, "users");
    for (int is_any = 0; is_any < 2 && team->member_count == 0; is_any++)
        for (const struct node *user = users != NULL ? users->first : NULL; user != NULL;
             user = user->next)
            if (user->kind == NODE_GROUP && (is_any || user->name_at.file == node->name_at.file))
                team->members[team->member_count++] = user->name;
}

static void members_read(struct build *build, const struct node *node, struct team *team)
{
    size_t room = build->policy->user_count + 1;
    const struct node *members = read_node(node, "teams.*.members");
    if (members != NULL && members->count > room)
        room = members->count;
    team->members = arena_take(build->loaded->arena, room * sizeof *team->members);
    if (members != NULL)
        team->member_count =
            read_texts(build->loaded, node, "teams.*.members", team->members, room);
    else
        members_default(build, node, team);
}

static void coverage_read(struct build *build, const struct node *node, struct team *team)
{
    struct fault fault;
    struct coverage coverage;
    const char *text = read_text(node, "teams.*.coverage");
    if (text == NULL || !coverage_parse(build->loaded->arena, text, &coverage, &fault))
        return;
    team->is_always_covered = coverage.is_always;
    team->coverage = coverage.windows;
    team->coverage_count = coverage.count;
}

static enum handoff_mode handoff_read(const struct node *node)
{
    const char *word = read_text(node, "teams.*.handoff");
    if (string_is(word, "pass"))
        return HANDOFF_PASS;
    return string_is(word, "off") ? HANDOFF_OFF : HANDOFF_ON;
}

static struct team team_read(struct build *build, const struct node *node)
{
    struct team team = {
        .id = node->name,
        .zone = read_zone(build->loaded, node, "teams.*.timezone", build->policy->zone),
        .roles = {[ROLE_PRIMARY] = duty_read(node, "teams.*.primary"),
                  [ROLE_SECONDARY] = duty_read(node, "teams.*.secondary"),
                  [ROLE_ONCALL] = duty_read(node, "teams.*.oncall")},
        .away = read_rota(node, "teams.*.away"),
        .holidays = read_rota(node, "teams.*.holidays"),
        .manager = read_text(node, "teams.*.manager"),
        .last_resort = read_text(node, "teams.*.last-resort"),
        .runbook = read_text(node, "teams.*.runbook"),
        .war_room = read_text(node, "teams.*.war-room"),
        .ack_timeout_ms = read_duration(node, "teams.*.ack-timeout"),
        .is_private = read_switch(node, "teams.*.private"),
        .handoff = handoff_read(node),
        .has_shift_test = !string_is(read_text(node, "teams.*.shift-test"), "off"),
        .is_shift_held = string_is(read_text(node, "teams.*.shift-test"), "hold"),
    };
    layers_set(&team);
    overrides_read(node, &team);
    struct step *steps = arena_take(build->loaded->arena, POLICY_STEPS_MAX * sizeof *steps);
    const struct node *escalate = read_node(node, "teams.*.escalate");
    team.step_count =
        escalate != NULL ? steps_read(build, escalate, steps) : steps_default(&team, steps);
    team.steps = steps;
    members_read(build, node, &team);
    coverage_read(build, node, &team);
    return team;
}

static int id_compare(const void *left, const void *right)
{
    const struct config_team *const *a = left;
    const struct config_team *const *b = right;
    return strcmp((*a)->id, (*b)->id);
}

void build_teams(struct build *build)
{
    const struct node *group = node_find(build->loaded->tree.root, "teams");
    size_t room = group != NULL ? group->count : 0;
    struct team *teams = arena_take(build->loaded->arena, (room + 1) * sizeof *teams);
    struct config_team *texts = arena_take(build->loaded->arena, (room + 1) * sizeof *texts);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL;
         node = node->next) {
        if (node->kind != NODE_GROUP)
            continue;
        texts[count] = (struct config_team){
            .id = node->name,
            .checklist = read_path(build->loaded, node, "teams.*.checklist"),
        };
        texts[count].room_count = build_team_rooms(build, node, texts[count].rooms);
        teams[count++] = team_read(build, node);
    }
    build->policy->teams = teams;
    build->policy->team_count = count;
    build->config->teams = texts;
    const struct config_team **by_id =
        arena_take(build->loaded->arena, (count + 1) * sizeof *by_id);
    for (size_t i = 0; i < count; i++)
        by_id[i] = &texts[i];
    qsort(by_id, count, sizeof *by_id, id_compare);
    build->config->teams_by_id = by_id;
}
