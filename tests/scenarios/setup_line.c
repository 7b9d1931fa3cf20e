/* SPDX-License-Identifier: MIT */
/* The lines of set-up: one row of the table for each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenarios/setup.h"
#include "scenarios/setup_person.h"

static bool missing(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_INPUT, "%s is missing", what);
}

static struct target target_of(struct setup *setup, const char *word)
{
    enum role role;
    if (role_parse(word, &role))
        return (struct target){.kind = TARGET_ROLE, .role = role};
    if (string_is(word, "everyone"))
        return (struct target){.kind = TARGET_EVERYONE};
    if (strncmp(word, "team:", 5) == 0)
        return (struct target){.kind = TARGET_TEAM, .name = arena_copy(setup->arena, word + 5)};
    return (struct target){.kind = TARGET_USER, .name = arena_copy(setup->arena, word)};
}

/* "primary+secondary" */
static void targets_read(struct setup *setup, const char *word, struct target *targets, size_t max,
                         size_t *count)
{
    struct span rest = span_of(word);
    while (rest.size > 0 && *count < max) {
        const char *part = arena_copy_span(setup->arena, span_cut(&rest, '+'));
        targets[(*count)++] = target_of(setup, part);
    }
}

static bool line_zone(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *name = words_next(words);
    if (name == NULL)
        return missing(fault, "the zone");
    struct civil day = zone_civil(setup->zone, setup->start_at);
    setup->zone = setup_zone(setup, name, fault);
    if (setup->zone == NULL)
        return false;
    setup->start_at = zone_utc(setup->zone, civil_to_msec(&day), NULL);
    return true;
}

static bool line_date(struct setup *setup, struct words *words, struct fault *fault)
{
    char text[WORD_SIZE];
    const char *word = words_next(words);
    if (word == NULL)
        return missing(fault, "the date");
    (void)snprintf(text, sizeof text, "%.20s 00:00", word);
    struct words inner;
    return words_read(text, &inner, fault) &&
           words_take_time(&inner, setup->zone, 0, &setup->start_at, fault);
}

static bool line_team(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return missing(fault, "the team");
    struct setup_team *team = setup_team_add(setup, id);
    team->team.step_count = 0;
    while (words_peek(words) != NULL) {
        struct step *step = &team->steps[team->team.step_count++];
        *step = (struct step){.repeat = 1};
        targets_read(setup, words_next(words), step->targets, 4, &step->target_count);
        if (!words_take_duration(words, &step->wait_ms, fault))
            return false;
        const char *repeat = words_peek(words);
        if (repeat != NULL && repeat[0] == 'x')
            step->repeat = (uint16_t)strtoul(words_next(words) + 1, NULL, 10);
        (void)words_take(words, ",");
    }
    return true;
}

/* "calendar:main", "calendar:main/secondary", or a user. */
static struct duty_source source_of(struct setup *setup, const char *who)
{
    if (strncmp(who, "calendar:", 9) != 0)
        return (struct duty_source){.user = arena_copy(setup->arena, who)};
    struct span rest = span_of(who + 9);
    struct duty_source source = {.calendar = arena_copy_span(setup->arena, span_cut(&rest, '/'))};
    if (rest.size > 0)
        source.layer = arena_copy_span(setup->arena, rest);
    return source;
}

static bool line_duty(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    const char *name = words_next(words);
    const char *who = words_next(words);
    enum role role;
    if (who == NULL || !role_parse(name, &role))
        return fault_set(fault, FAULT_INPUT, "duty TEAM ROLE WHO");
    setup_team_add(setup, id)->team.roles[role] = source_of(setup, who);
    return true;
}

static bool line_overrides(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    const char *name = words_next(words);
    const char *who = words_next(words);
    enum role role;
    if (who == NULL || !role_parse(name, &role) || strncmp(who, "calendar:", 9) != 0)
        return fault_set(fault, FAULT_INPUT, "overrides TEAM ROLE calendar:NAME");
    setup_team_add(setup, id)->team.overrides[role] = source_of(setup, who);
    return true;
}

static bool line_away(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    if (user == NULL)
        return missing(fault, "who is away");
    if (setup->absence_count == SETUP_ABSENCES_MAX)
        return fault_set(fault, FAULT_LIMIT, "too many absences");
    struct absence *absence = &setup->absences[setup->absence_count];
    *absence = (struct absence){.user = arena_copy(setup->arena, user),
                                .calendar = "leave",
                                .source = "leave.ics",
                                .line = 12 + (uint32_t)setup->absence_count};
    if (!words_take_time(words, setup->zone, setup->start_at, &absence->start_at, fault) ||
        !words_take_time(words, setup->zone, absence->start_at, &absence->end_at, fault))
        return false;
    if (words_peek(words) != NULL)
        absence->summary = arena_copy(setup->arena, words_next(words));
    setup->absence_count++;
    return true;
}

static bool line_members(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return missing(fault, "the team");
    struct setup_team *team = setup_team_add(setup, id);
    team->team.member_count = 0;
    while (words_peek(words) != NULL)
        team->members[team->team.member_count++] = arena_copy(setup->arena, words_next(words));
    return true;
}

static bool line_manager(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    const char *user = words_next(words);
    if (user == NULL)
        return missing(fault, "the manager");
    setup_team_add(setup, id)->team.manager = arena_copy(setup->arena, user);
    return true;
}

static bool line_last_resort(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    const char *user = words_next(words);
    if (user == NULL)
        return missing(fault, "the last resort");
    setup_team_add(setup, id)->team.last_resort = arena_copy(setup->arena, user);
    return true;
}

static bool line_ack_timeout(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return missing(fault, "the team");
    struct team *team = &setup_team_add(setup, id)->team;
    if (words_take(words, "never")) {
        team->ack_timeout_ms = MSEC_NEVER;
        return true;
    }
    return words_take_duration(words, &team->ack_timeout_ms, fault);
}

static bool line_shift_test(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return missing(fault, "the team");
    struct team *team = &setup_team_add(setup, id)->team;
    team->has_shift_test = true;
    team->is_shift_held = words_take(words, "hold");
    return true;
}

static bool line_handoff(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return missing(fault, "the team");
    struct team *team = &setup_team_add(setup, id)->team;
    team->handoff = words_take(words, "pass") ? HANDOFF_PASS
                    : words_take(words, "on") ? HANDOFF_ON
                                              : HANDOFF_OFF;
    return team->handoff != HANDOFF_OFF || words_take(words, "off") ||
           fault_set(fault, FAULT_INPUT, "handoff TEAM on|off|pass");
}

static bool line_private(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *id = words_next(words);
    if (id == NULL)
        return missing(fault, "the team");
    setup_team_add(setup, id)->team.is_private = true;
    return true;
}

static bool line_recovery(struct setup *setup, struct words *words, struct fault *fault)
{
    struct recovery_rule *rule = &setup->recovery;
    *rule = (struct recovery_rule){.is_enabled = true,
                                   .night_from_minute = 22 * 60,
                                   .night_until_minute = 7 * 60,
                                   .awake_ms = 15 * MINUTE_MS,
                                   .pages = 2,
                                   .rest_ms = DAY_MS};
    while (words_peek(words) != NULL) {
        const char *value = NULL;
        bool is_good = true;
        if (words_take(words, "off")) {
            rule->is_enabled = false;
        } else if ((value = words_take_option(words, "night")) != NULL) {
            is_good = hours_read(value, &rule->night_from_minute, &rule->night_until_minute, fault);
        } else if ((value = words_take_option(words, "when")) != NULL) {
            is_good = duration_parse(value, &rule->awake_ms, fault);
        } else if ((value = words_take_option(words, "pages")) != NULL) {
            rule->pages = (uint16_t)strtoul(value, NULL, 10);
        } else if ((value = words_take_option(words, "rest")) != NULL) {
            is_good = duration_parse(value, &rule->rest_ms, fault);
        } else if ((value = words_take_option(words, "cover")) != NULL) {
            targets_read(setup, value, rule->cover, 8, &rule->cover_count);
        } else {
            is_good = false;
        }
        if (!is_good)
            return fault_set(fault, FAULT_INPUT, "recovery: bad setting");
    }
    return true;
}

/* [rule "FREQ=WEEKLY"] [clock "02:30 does not exist ..."] */
static void segment_read_notes(struct setup *setup, struct words *words, struct segment *segment)
{
    if (words_take(words, "rule")) {
        segment->instance_at = segment->start_at;
        segment->rule = arena_copy(setup->arena, words_next(words));
    }
    if (words_take(words, "clock"))
        segment->clock_note = arena_copy(setup->arena, words_next(words));
}

static bool line_rota(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *name = words_next(words);
    if (name == NULL)
        return missing(fault, "the rota");
    struct setup_rota *rota = setup_rota_add(setup, name);
    while (words_peek(words) != NULL) {
        if (rota->count == SETUP_SEGMENTS_MAX)
            return fault_set(fault, FAULT_LIMIT, "too many segments");
        struct segment *segment = &rota->segments[rota->count];
        *segment = (struct segment){.uid = "uid", .line = 12 + (uint32_t)rota->count};
        const char *users = words_next(words);
        segment->summary = arena_copy(setup->arena, users);
        struct span rest = span_of(string_is(users, "nobody") ? "" : users);
        while (rest.size > 0 && segment->user_count < SEGMENT_USERS_MAX)
            segment->users[segment->user_count++] =
                arena_copy_span(setup->arena, span_cut(&rest, '+'));
        if (!words_take_time(words, setup->zone, setup->start_at, &segment->start_at, fault) ||
            !words_take_time(words, setup->zone, segment->start_at, &segment->end_at, fault))
            return false;
        segment_read_notes(setup, words, segment);
        rota->count++;
        (void)words_take(words, ",");
    }
    return true;
}

/* group by=service,host [window=1h] [wait=30s] */
static bool line_group(struct setup *setup, struct words *words, struct fault *fault)
{
    struct grouping *group = &setup->group;
    group->by_count = 0;
    while (words_peek(words) != NULL) {
        const char *value = words_take_option(words, "by");
        if (value != NULL) {
            group->by[group->by_count] = arena_copy(setup->arena, value);
            group->by_count += group->by_count < GROUP_BY_MAX - 1;
        } else if (words_take(words, ",")) {
            group->by[group->by_count++] = arena_copy(setup->arena, words_next(words));
        } else if ((value = words_take_option(words, "window")) != NULL) {
            if (!duration_parse(value, &group->window_ms, fault))
                return false;
        } else if ((value = words_take_option(words, "wait")) != NULL) {
            if (!duration_parse(value, &group->wait_ms, fault))
                return false;
        } else {
            return fault_set(fault, FAULT_INPUT, "group by=NAME,NAME [window=1h] [wait=30s]");
        }
    }
    return true;
}

/* storm 10 2m */
static bool line_storm(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *count = words_next(words);
    setup->group.storm_more = (uint32_t)(count != NULL ? strtoul(count, NULL, 10) : 0);
    return words_take_duration(words, &setup->group.storm_within_ms, fault);
}

/* nodes 3 [linked]: so many pagerds on one store */
static bool line_nodes(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *count = words_next(words);
    setup->node_count = count != NULL ? strtoul(count, NULL, 10) : 0;
    setup->has_links = words_take(words, "linked");
    return (setup->node_count > 1 && setup->node_count <= SETUP_NODES_MAX) ||
           fault_set(fault, FAULT_INPUT, "nodes 2 or nodes 3");
}

/* flapping 4 1h 15m */
static bool line_flapping(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *count = words_next(words);
    setup->flapping.more = (uint32_t)(count != NULL ? strtoul(count, NULL, 10) : 0);
    return words_take_duration(words, &setup->flapping.within_ms, fault) &&
           words_take_duration(words, &setup->flapping.quiet_ms, fault);
}

static bool line_reopen(struct setup *setup, struct words *words, struct fault *fault)
{
    return words_take_duration(words, &setup->reopen_ms, fault);
}

/* TEAM [as=SEVERITY] MATCHER... */
static bool line_route(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *team = words_next(words);
    if (team == NULL || setup->route_count == SETUP_ROUTES_MAX)
        return fault_set(fault, FAULT_INPUT, "route TEAM [as=SEVERITY] MATCHER...");
    struct setup_route *made = &setup->routes[setup->route_count++];
    *made = (struct setup_route){.route.team = arena_copy(setup->arena, team)};
    const char *as = words_take_option(words, "as");
    made->route.has_severity = as != NULL;
    if (as != NULL && !severity_parse(as, &made->route.severity))
        return fault_set(fault, FAULT_INPUT, "'%s' is no severity", as);
    while (words_peek(words) != NULL && made->route.matcher_count < MATCHERS_MAX) {
        struct matcher *matcher = &made->matchers[made->route.matcher_count++];
        if (!matcher_parse(setup->arena, span_of(words_next(words)), matcher, fault))
            return false;
    }
    return true;
}

/* NAME [rate=N] [burst=N] [open=N] [default=SEVERITY] [WORD=SEVERITY]... */
static bool line_source(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *name = words_next(words);
    if (name == NULL || setup->source_count == SETUP_SOURCES_MAX)
        return fault_set(fault, FAULT_INPUT, "source NAME [rate=N] [burst=N] [open=N] ...");
    struct setup_source *made = &setup->sources[setup->source_count++];
    struct source_rule *rule = &made->rule;
    *made = (struct setup_source){.rule.name = arena_copy(setup->arena, name)};
    while (words_peek(words) != NULL) {
        const char *value = NULL;
        if ((value = words_take_option(words, "rate")) != NULL) {
            rule->rate_max = (uint32_t)strtoul(value, NULL, 10);
        } else if ((value = words_take_option(words, "burst")) != NULL) {
            rule->burst_max = (uint32_t)strtoul(value, NULL, 10);
        } else if ((value = words_take_option(words, "open")) != NULL) {
            rule->open_max = (uint32_t)strtoul(value, NULL, 10);
        } else if ((value = words_take_option(words, "default")) != NULL) {
            rule->has_default_severity = severity_parse(value, &rule->default_severity);
        } else {
            struct severity_mapping *mapping = &made->mappings[rule->mapping_count];
            struct span rest = span_of(words_next(words));
            mapping->word = arena_copy_span(setup->arena, span_cut(&rest, '='));
            const char *as = arena_copy_span(setup->arena, rest);
            if (rule->mapping_count++ == SETUP_MAPPINGS_MAX - 1 ||
                !severity_parse(as, &mapping->severity))
                return fault_set(fault, FAULT_INPUT, "'%s' is no severity, or one too many", as);
        }
    }
    return true;
}

/* NAME calendar:CALENDAR [team=T] MATCHER... ; one of that name is replaced */
static bool line_maintenance(struct setup *setup, struct words *words, struct fault *fault)
{
    CLEANUP(text_clear) struct text match = {0};
    const char *name = words_next(words);
    const char *calendar = words_next(words);
    if (calendar == NULL || strncmp(calendar, "calendar:", 9) != 0)
        return fault_set(fault, FAULT_INPUT, "maintenance NAME calendar:CALENDAR MATCHER...");
    size_t place = 0;
    while (place < setup->window_count && !string_is(setup->windows[place].id, name))
        place++;
    if (place == SETUP_WINDOWS_MAX)
        return fault_set(fault, FAULT_LIMIT, "too many windows");
    const char *team = words_take_option(words, "team");
    while (words_peek(words) != NULL)
        text_addf(&match, "%s%s", match.size > 0 ? "\n" : "", words_next(words));
    setup->windows[place] =
        (struct maintenance){.id = arena_copy(setup->arena, name),
                             .calendar = arena_copy(setup->arena, calendar + 9),
                             .match = arena_copy(setup->arena, text_string(&match)),
                             .team = arena_copy(setup->arena, team != NULL ? team : "")};
    if (place == setup->window_count)
        setup->window_count++;
    return true;
}

/* CALENDAR [FROM UNTIL ["text"], ...]: all that it has */
static bool line_outages(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *name = words_next(words);
    struct setup_outages *list = setup->outages;
    if (name == NULL)
        return missing(fault, "the calendar");
    while (list < setup->outages + setup->outages_count && !string_is(list->calendar, name))
        list++;
    if (list == setup->outages + SETUP_WINDOWS_MAX)
        return fault_set(fault, FAULT_LIMIT, "too many calendars of windows");
    if (list == setup->outages + setup->outages_count)
        setup->outages_count++;
    *list = (struct setup_outages){.calendar = arena_copy(setup->arena, name)};
    msec after_at = setup->start_at;
    while (words_peek(words) != NULL) {
        if (list->count == SETUP_OUTAGES_MAX)
            return fault_set(fault, FAULT_LIMIT, "too many outages");
        struct outage *outage = &list->outages[list->count];
        *outage = (struct outage){.summary = ""};
        if (!words_take_time(words, setup->zone, after_at, &outage->start_at, fault) ||
            !words_take_time(words, setup->zone, outage->start_at, &outage->end_at, fault))
            return false;
        after_at = outage->end_at;
        if (words_peek(words) != NULL && !string_is(words_peek(words), ","))
            outage->summary = arena_copy(setup->arena, words_next(words));
        (void)words_take(words, ",");
        list->count += outage->end_at > outage->start_at; /* a local time may not exist */
    }
    return true;
}

static bool window_remove(struct setup *setup, const char *name)
{
    for (size_t i = 0; i < setup->window_count; i++) {
        if (!string_is(setup->windows[i].id, name))
            continue;
        setup->windows[i] = setup->windows[--setup->window_count];
        return true;
    }
    return false;
}

/* Nothing is known of the calendar then. */
static bool outages_remove(struct setup *setup, const char *calendar)
{
    for (size_t i = 0; i < setup->outages_count; i++) {
        if (!string_is(setup->outages[i].calendar, calendar))
            continue;
        setup->outages[i] = setup->outages[--setup->outages_count];
        return true;
    }
    return false;
}

static bool absences_remove(struct setup *setup, const char *user)
{
    size_t kept = 0;
    for (size_t i = 0; i < setup->absence_count; i++) {
        if (!string_is(setup->absences[i].user, user))
            setup->absences[kept++] = setup->absences[i];
    }
    bool is_any = kept < setup->absence_count;
    setup->absence_count = kept;
    return is_any;
}

static bool line_remove(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *what = words_next(words);
    const char *id = words_next(words);
    bool is_done = false;
    if (string_is(what, "user"))
        is_done = setup_user_remove(setup, id);
    else if (string_is(what, "team"))
        is_done = setup_team_remove(setup, id);
    else if (string_is(what, "away"))
        is_done = absences_remove(setup, id);
    else if (string_is(what, "maintenance"))
        is_done = window_remove(setup, id);
    else if (string_is(what, "outages"))
        is_done = outages_remove(setup, id);
    if (string_is(what, "routes")) {
        setup->route_count = 0;
        is_done = true;
    }
    for (size_t i = 0; string_is(what, "rota") && i < setup->rota_count; i++) {
        if (!string_is(setup->rotas[i].name, id))
            continue;
        setup->rotas[i].count = 0;
        is_done = true;
    }
    return is_done || fault_set(fault, FAULT_INPUT, "nothing to remove");
}

static const struct {
    const char *name;
    bool (*read)(struct setup *setup, struct words *words, struct fault *fault);
} lines[] = {
    {"zone", line_zone},
    {"date", line_date},
    {"user", line_user},
    {"rule", line_rule},
    {"channel", line_channel},
    {"team", line_team},
    {"duty", line_duty},
    {"overrides", line_overrides},
    {"away", line_away},
    {"members", line_members},
    {"manager", line_manager},
    {"last-resort", line_last_resort},
    {"ack-timeout", line_ack_timeout},
    {"handoff", line_handoff},
    {"private", line_private},
    {"shift-test", line_shift_test},
    {"severity", line_severity},
    {"recovery", line_recovery},
    {"awake", line_awake},
    {"verify", line_verify},
    {"rota", line_rota},
    {"route", line_route},
    {"source", line_source},
    {"maintenance", line_maintenance},
    {"outages", line_outages},
    {"reopen", line_reopen},
    {"group", line_group},
    {"storm", line_storm},
    {"flapping", line_flapping},
    {"nodes", line_nodes},
    {"remove", line_remove},
};

bool setup_line(struct setup *setup, struct words *words, struct fault *fault)
{
    const char *name = words_next(words);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!string_is(lines[i].name, name))
            continue;
        if (!lines[i].read(setup, words, fault))
            return false;
        if (words_peek(words) != NULL)
            return fault_set(fault, FAULT_INPUT, "'%s' is too much", words_peek(words));
        return true;
    }
    return fault_set(fault, FAULT_INPUT, "'%s' is no line of set-up", name);
}
