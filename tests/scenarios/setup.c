/* SPDX-License-Identifier: MIT */
#include "scenarios/setup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *zone_directory(void)
{
    const char *directory = getenv("TZDIR");
    return directory != NULL && directory[0] != '\0' ? directory : "/usr/share/zoneinfo";
}

static int by_id(const void *left, const void *right)
{
    const struct user *a = left;
    const struct user *b = right;
    return strcmp(a->id, b->id);
}

static int by_start(const void *left, const void *right)
{
    const struct segment *a = left;
    const struct segment *b = right;
    return a->start_at < b->start_at ? -1 : a->start_at > b->start_at;
}

static int by_user(const void *left, const void *right)
{
    const struct absence *a = left;
    const struct absence *b = right;
    int order = strcmp(a->user, b->user);
    return order != 0 ? order : a->start_at < b->start_at ? -1 : a->start_at > b->start_at;
}

static const struct notify_rule *rule_find(const struct notify_rule *rules, size_t count,
                                           const char *id)
{
    for (size_t i = 0; id != NULL && i < count; i++) {
        if (string_is(rules[i].id, id))
            return &rules[i];
    }
    return NULL;
}

static struct notify_rule *build_rules(struct setup *setup)
{
    struct notify_rule *rules = arena_take(setup->arena, setup->rule_count * sizeof *rules);
    for (size_t i = 0; i < setup->rule_count; i++) {
        const struct setup_rule *rule = &setup->rules[i];
        struct notify_step *steps = arena_take(setup->arena, (rule->count + 1) * sizeof *steps);
        memcpy(steps, rule->steps, rule->count * sizeof *steps);
        rules[i] = (struct notify_rule){.id = rule->id, .steps = steps, .step_count = rule->count};
    }
    return rules;
}

static void build_contact(const struct setup *setup, struct contact *contact)
{
    for (size_t i = 0; i < setup->channel_count; i++) {
        if (!string_is(setup->channels[i].name, contact->channel))
            continue;
        contact->has_second = setup->channels[i].has_second;
        contact->receipt_ms = setup->channels[i].receipt_ms;
        contact->second_receipt_ms = setup->channels[i].has_second_receipt
                                         ? setup->channels[i].second_receipt_ms
                                         : contact->receipt_ms;
        contact->limit = setup->channels[i].limit;
        contact->daily_cap = setup->channels[i].daily_cap;
    }
}

static struct user *build_users(struct setup *setup, const struct notify_rule *rules)
{
    struct user *users = arena_take(setup->arena, (setup->user_count + 1) * sizeof *users);
    for (size_t i = 0; i < setup->user_count; i++) {
        users[i] = setup->users[i].user;
        users[i].notify = rule_find(rules, setup->rule_count, setup->users[i].rule);
        users[i].notify_low = rule_find(rules, setup->rule_count, setup->users[i].low_rule);
        users[i].notify_night = rule_find(rules, setup->rule_count, setup->users[i].night_rule);
        if (users[i].zone == NULL)
            users[i].zone = setup->zone;
        for (size_t k = 0; k < users[i].contact_count; k++)
            build_contact(setup, &users[i].contacts[k]);
    }
    qsort(users, setup->user_count, sizeof *users, by_id);
    return users;
}

static struct team *build_teams(struct setup *setup)
{
    struct team *teams = arena_take(setup->arena, (setup->team_count + 1) * sizeof *teams);
    for (size_t i = 0; i < setup->team_count; i++) {
        const struct setup_team *from = &setup->teams[i];
        struct step *steps = arena_take(setup->arena, sizeof from->steps);
        memcpy(steps, from->steps, sizeof from->steps);
        const char **members = arena_take(setup->arena, sizeof from->members);
        size_t count = from->team.member_count;
        memcpy(members, from->members, sizeof from->members);
        for (size_t j = 0; count == 0 && j < setup->user_count; j++)
            members[j] = setup->users[j].user.id;
        teams[i] = from->team;
        teams[i].zone = setup->zone;
        teams[i].steps = steps;
        teams[i].members = members;
        teams[i].member_count = count > 0 ? count : setup->user_count;
    }
    return teams;
}

static struct alert_route *build_routes(struct setup *setup)
{
    struct alert_route *routes =
        arena_take(setup->arena, (setup->route_count + 1) * sizeof *routes);
    for (size_t i = 0; i < setup->route_count; i++) {
        const struct setup_route *from = &setup->routes[i];
        struct matcher *matchers = arena_take(setup->arena, sizeof from->matchers);
        memcpy(matchers, from->matchers, sizeof from->matchers);
        routes[i] = from->route;
        routes[i].matchers = matchers;
    }
    return routes;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct source_rule *)left)->name,
                  ((const struct source_rule *)right)->name);
}

static struct source_rule *build_sources(struct setup *setup)
{
    struct source_rule *rules = arena_take(setup->arena, (setup->source_count + 1) * sizeof *rules);
    for (size_t i = 0; i < setup->source_count; i++) {
        const struct setup_source *from = &setup->sources[i];
        struct severity_mapping *mappings = arena_take(setup->arena, sizeof from->mappings);
        memcpy(mappings, from->mappings, sizeof from->mappings);
        rules[i] = from->rule;
        rules[i].mappings = mappings;
    }
    qsort(rules, setup->source_count, sizeof *rules, by_name);
    return rules;
}

bool setup_init(struct setup *setup, struct fault *fault)
{
    memset(setup, 0, sizeof *setup);
    setup->arena = arena_new();
    setup->zone = setup_zone(setup, "Europe/Berlin", fault);
    if (setup->zone == NULL)
        return false;
    struct civil day = {.year = 2026, .month = 11, .day = 21};
    setup->start_at = zone_utc(setup->zone, civil_to_msec(&day), NULL);
    setup->reopen_ms = DAY_MS;
    setup->awake = (struct awake_rule){30 * MINUTE_MS, 2 * MINUTE_MS};
    setup->verify.again_ms = 90 * DAY_MS;
    setup->group =
        (struct grouping){.window_ms = HOUR_MS, .storm_more = 10, .storm_within_ms = 2 * MINUTE_MS};
    setup->flapping = (struct flapping){4, HOUR_MS, 15 * MINUTE_MS};
    struct setup_rule *normal = setup_rule_add(setup, "normal");
    normal->steps[normal->count++] = (struct notify_step){.via = {"sms"}, .via_count = 1};
    struct setup_rule *quiet = setup_rule_add(setup, "quiet");
    quiet->steps[quiet->count++] = (struct notify_step){.via = {"email"}, .via_count = 1};
    (void)setup_rule_add(setup, "none");
    const char *const rules[SEVERITY_COUNT] = {"normal", "normal", "quiet", "none"};
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        setup->severity_rules[i] = rules[i];
        setup->severities[i].is_waking = i <= SEVERITY_ERROR;
        setup->severities[i].promote_ms = MSEC_NEVER;
    }
    return true;
}

void setup_clear(struct setup *setup)
{
    for (size_t i = 0; i < setup->zone_count; i++)
        zone_free(setup->zones[i]);
    arena_free(setup->arena);
}

const struct zone *setup_zone(struct setup *setup, const char *name, struct fault *fault)
{
    for (size_t i = 0; i < setup->zone_count; i++) {
        if (string_is(zone_name(setup->zones[i]), name))
            return setup->zones[i];
    }
    struct zone *zone = NULL;
    if (setup->zone_count == SETUP_ZONES_MAX) {
        (void)fault_set(fault, FAULT_LIMIT, "more than %d zones", SETUP_ZONES_MAX);
        return NULL;
    }
    if (!zone_load(zone_directory(), name, &zone, fault))
        return NULL;
    setup->zones[setup->zone_count++] = zone;
    return zone;
}

struct setup_user *setup_user_add(struct setup *setup, const char *id)
{
    struct setup_user *user = setup->users;
    while (user < setup->users + setup->user_count && !string_is(user->user.id, id))
        user++;
    if (user == setup->users + setup->user_count) {
        assert(setup->user_count < SETUP_USERS_MAX);
        setup->user_count++;
    }
    *user = (struct setup_user){.user.id = arena_copy(setup->arena, id)};
    char *name = arena_copy(setup->arena, id);
    if (name[0] >= 'a' && name[0] <= 'z')
        name[0] = (char)(name[0] - 'a' + 'A');
    user->user.name = name;
    return user;
}

static enum contact_manner manner_of(const char *channel)
{
    if (string_is(channel, "call"))
        return MANNER_CALL;
    if (string_is(channel, "push"))
        return MANNER_PUSH;
    return string_is(channel, "email") ? MANNER_QUIET : MANNER_TEXT;
}

void setup_contact_add(struct setup *setup, struct setup_user *user, const char *channel)
{
    assert(user->user.contact_count < CONTACTS_MAX);
    const char *address = strchr(channel, '=');
    if (address != NULL)
        channel =
            arena_copy_span(setup->arena, (struct span){channel, (size_t)(address - channel)});
    user->user.contacts[user->user.contact_count++] = (struct contact){
        .channel = arena_copy(setup->arena, channel),
        .address = address != NULL ? arena_copy(setup->arena, address + 1)
                   : string_is(channel, "email")
                       ? arena_format(setup->arena, "%s@example.org", user->user.id)
                       : arena_format(setup->arena, "+4915550%05zu", (size_t)(user - setup->users)),
        .manner = manner_of(channel),
        .is_quiet = string_is(channel, "email"),
    };
}

struct setup_channel *setup_channel_add(struct setup *setup, const char *name)
{
    struct setup_channel *channel = setup->channels;
    while (channel < setup->channels + setup->channel_count && !string_is(channel->name, name))
        channel++;
    if (channel == setup->channels + SETUP_CHANNELS_MAX)
        return NULL;
    if (channel == setup->channels + setup->channel_count)
        setup->channel_count++;
    *channel = (struct setup_channel){.name = arena_copy(setup->arena, name)};
    return channel;
}

struct setup_team *setup_team_add(struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->team_count; i++) {
        if (string_is(setup->teams[i].team.id, id))
            return &setup->teams[i];
    }
    assert(setup->team_count < SETUP_TEAMS_MAX);
    struct setup_team *team = &setup->teams[setup->team_count++];
    *team = (struct setup_team){.team.id = arena_copy(setup->arena, id)};
    team->team.ack_timeout_ms = 4 * HOUR_MS;
    return team;
}

struct setup_rule *setup_rule_add(struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->rule_count; i++) {
        if (string_is(setup->rules[i].id, id)) {
            setup->rules[i].count = 0;
            return &setup->rules[i];
        }
    }
    assert(setup->rule_count < SETUP_RULES_MAX);
    struct setup_rule *rule = &setup->rules[setup->rule_count++];
    *rule = (struct setup_rule){.id = arena_copy(setup->arena, id)};
    return rule;
}

struct setup_rota *setup_rota_add(struct setup *setup, const char *name)
{
    struct span rest = span_of(name);
    const char *calendar = arena_copy_span(setup->arena, span_cut(&rest, '/'));
    const char *layer = rest.size > 0 ? arena_copy_span(setup->arena, rest) : NULL;
    for (size_t i = 0; i < setup->rota_count; i++) {
        const struct setup_rota *rota = &setup->rotas[i];
        if (string_is(rota->name, calendar) &&
            (layer == NULL ? rota->layer == NULL : string_is(rota->layer, layer)))
            return &setup->rotas[i];
    }
    assert(setup->rota_count < SETUP_ROTAS_MAX);
    struct setup_rota *rota = &setup->rotas[setup->rota_count++];
    *rota = (struct setup_rota){.name = calendar, .layer = layer};
    return rota;
}

bool setup_user_remove(struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->user_count; i++) {
        if (!string_is(setup->users[i].user.id, id))
            continue;
        setup->user_count--;
        memmove(&setup->users[i], &setup->users[i + 1],
                (setup->user_count - i) * sizeof setup->users[0]);
        return true;
    }
    return false;
}

bool setup_team_remove(struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->team_count; i++) {
        if (!string_is(setup->teams[i].team.id, id))
            continue;
        setup->team_count--;
        memmove(&setup->teams[i], &setup->teams[i + 1],
                (setup->team_count - i) * sizeof setup->teams[0]);
        return true;
    }
    return false;
}

static const struct maintenance *build_windows(struct setup *setup)
{
    struct maintenance *windows = arena_take(setup->arena, sizeof setup->windows);
    memcpy(windows, setup->windows, sizeof setup->windows);
    return windows;
}

static const struct outage_list *build_outages(struct setup *setup)
{
    struct outage_list *lists =
        arena_take(setup->arena, (setup->outages_count + 1) * sizeof *lists);
    for (size_t i = 0; i < setup->outages_count; i++) {
        const struct setup_outages *from = &setup->outages[i];
        struct outage *outages = arena_take(setup->arena, sizeof from->outages);
        memcpy(outages, from->outages, sizeof from->outages);
        lists[i] = (struct outage_list){
            .calendar = from->calendar, .outages = outages, .outage_count = from->count};
    }
    return lists;
}

const struct policy *setup_policy(struct setup *setup)
{
    struct policy *policy = arena_take(setup->arena, sizeof *policy);
    const struct notify_rule *rules = build_rules(setup);
    policy->version = "story";
    policy->zone = setup->zone;
    policy->users = build_users(setup, rules);
    policy->user_count = setup->user_count;
    policy->teams = build_teams(setup);
    policy->team_count = setup->team_count;
    policy->notify_rules = rules;
    policy->notify_rule_count = setup->rule_count;
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        policy->severities[i] = setup->severities[i];
        policy->severities[i].notify =
            rule_find(rules, setup->rule_count, setup->severity_rules[i]);
    }
    policy->recovery = setup->recovery;
    policy->awake = setup->awake;
    policy->verify = setup->verify;
    policy->routes = build_routes(setup);
    policy->route_count = setup->route_count;
    policy->sources = build_sources(setup);
    policy->source_count = setup->source_count;
    policy->reopen_ms = setup->reopen_ms;
    policy->group = setup->group;
    policy->flapping = setup->flapping;
    policy->maintenances = build_windows(setup);
    policy->maintenance_count = setup->window_count;
    return policy;
}

const struct roster *setup_roster(struct setup *setup)
{
    struct roster *roster = arena_take(setup->arena, sizeof *roster);
    struct rota *rotas = arena_take(setup->arena, (setup->rota_count + 1) * sizeof *rotas);
    for (size_t i = 0; i < setup->rota_count; i++) {
        const struct setup_rota *from = &setup->rotas[i];
        struct segment *segments = arena_take(setup->arena, (from->count + 1) * sizeof *segments);
        memcpy(segments, from->segments, from->count * sizeof *segments);
        qsort(segments, from->count, sizeof *segments, by_start);
        rotas[i] = (struct rota){
            .calendar = from->name,
            .layer = from->layer,
            .source = arena_format(setup->arena, "%s.ics", from->name),
            .until_at = MSEC_NEVER,
            .segments = segments,
            .segment_count = from->count,
        };
    }
    roster->rotas = rotas;
    roster->rota_count = setup->rota_count;
    struct absence *absences = arena_take(setup->arena, sizeof setup->absences);
    memcpy(absences, setup->absences, sizeof setup->absences);
    qsort(absences, setup->absence_count, sizeof *absences, by_user);
    roster->absences = absences;
    roster->absence_count = setup->absence_count;
    roster->outage_lists = build_outages(setup);
    roster->outage_list_count = setup->outages_count;
    return roster;
}
