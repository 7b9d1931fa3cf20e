/* SPDX-License-Identifier: MIT */
#include "daemon/check_roster.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "calendar/layers.h"
#include "calendar/leave.h"
#include "calendar/outages.h"
#include "config/config.h"

struct check_roster {
    const struct config *config;
    struct shift_list *const *lists;
    check_warning *warning;
    void *context;
    struct arena *arena;
    struct map *told; /* warnings */
    struct map *made; /* uses of calendars that are in the roster already */
    struct calendar_rota **made_rotas;
    struct rota *rotas;
    size_t rota_count;
    struct calendar_leave **leaves;
    size_t leave_count;
    struct calendar_holidays **holidays;
    size_t holidays_count;
    struct roster roster;
};

static void warnings_tell(struct check_roster *roster, const struct shift_warning *warnings,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_clear) struct text key = {0};
        text_addf(&key, "%s:%u:%s:%s", warnings[i].file, warnings[i].line, warnings[i].code,
                  warnings[i].text);
        if (map_find(roster->told, text_span(&key)) != NULL)
            continue;
        map_put(roster->told, text_span(&key), roster);
        roster->warning(roster->context, &warnings[i]);
    }
}

/* The index of a calendar that was read and is not in the roster for this purpose yet; else the
 * count of calendars. */
static size_t use_begin(struct check_roster *roster, const char *calendar, const char *purpose)
{
    size_t count = roster->config->calendar_count;
    const struct config_calendar *found = config_find_calendar(roster->config, calendar);
    size_t index = found != NULL ? (size_t)(found - roster->config->calendars) : count;
    if (index == count || roster->lists[index] == NULL)
        return count;
    CLEANUP(text_clear) struct text key = {0};
    text_addf(&key, "%s %s", calendar, purpose != NULL ? purpose : "");
    if (map_find(roster->made, text_span(&key)) != NULL)
        return count;
    map_put(roster->made, text_span(&key), roster);
    return index;
}

static void rota_add(struct check_roster *roster, const char *calendar, const char *layer)
{
    size_t index = use_begin(roster, calendar, layer);
    if (index == roster->config->calendar_count)
        return;
    const struct config_calendar *configured = &roster->config->calendars[index];
    struct layer_options options = {
        .calendar = configured->name,
        .source = configured->ics_name,
        .layer = layer,
        .pages_all = configured->pages_all,
    };
    struct calendar_rota *made =
        calendar_rota_new(roster->lists[index], roster->config->policy, &options);
    warnings_tell(roster, made->warnings, made->warning_count);
    roster->made_rotas[roster->rota_count] = made;
    roster->rotas[roster->rota_count++] = made->rota;
}

static void leave_add(struct check_roster *roster, const char *calendar, const char *owner)
{
    CLEANUP(text_clear) struct text purpose = {0};
    text_addf(&purpose, "leave:%s", owner != NULL ? owner : "");
    size_t index = use_begin(roster, calendar, text_string(&purpose));
    if (index == roster->config->calendar_count)
        return;
    const struct config_calendar *configured = &roster->config->calendars[index];
    struct leave_options options = {
        .calendar = configured->name, .source = configured->ics_name, .owner = owner};
    struct calendar_leave *made =
        calendar_leave_new(roster->lists[index], roster->config->policy, &options);
    warnings_tell(roster, made->warnings, made->warning_count);
    roster->leaves[roster->leave_count++] = made;
}

static void holidays_add(struct check_roster *roster, const char *calendar)
{
    size_t index = use_begin(roster, calendar, "holidays");
    if (index < roster->config->calendar_count)
        roster->holidays[roster->holidays_count++] =
            calendar_holidays_new(roster->lists[index], roster->config->calendars[index].name);
}

/* Only what is wrong with its events: nobody is on call by them. */
static void outages_add(struct check_roster *roster, const char *calendar)
{
    size_t index = use_begin(roster, calendar, "maintenance");
    if (index == roster->config->calendar_count)
        return;
    CLEANUP(calendar_outages_free)
    struct calendar_outages *made = calendar_outages_new(roster->lists[index], calendar);
    warnings_tell(roster, made->warnings, made->warning_count);
}

static void uses_add(struct check_roster *roster)
{
    const struct policy *policy = roster->config->policy;
    for (size_t i = 0; i < policy->team_count; i++) {
        const struct team *team = &policy->teams[i];
        for (int role = 0; role < ROLE_COUNT; role++) {
            rota_add(roster, team->roles[role].calendar, team->roles[role].layer);
            rota_add(roster, team->overrides[role].calendar, team->overrides[role].layer);
        }
        leave_add(roster, team->away, NULL);
        holidays_add(roster, team->holidays);
    }
    for (size_t i = 0; i < policy->user_count; i++)
        leave_add(roster, policy->users[i].away, policy->users[i].id);
    for (size_t i = 0; i < policy->maintenance_count; i++)
        outages_add(roster, policy->maintenances[i].calendar);
}

struct check_roster *check_roster_new(const struct config *config, struct shift_list *const *lists,
                                      check_warning *warning, void *context)
{
    const struct policy *policy = config->policy;
    size_t rota_max = 2 * ROLE_COUNT * policy->team_count;
    struct check_roster *roster = memory_new(1, sizeof(*roster));
    *roster = (struct check_roster){
        .config = config,
        .lists = lists,
        .warning = warning,
        .context = context,
        .arena = arena_new(),
        .told = map_new(),
        .made = map_new(),
        .made_rotas = memory_new(rota_max + 1, sizeof(struct calendar_rota *)),
        .rotas = memory_new(rota_max + 1, sizeof(struct rota)),
        .leaves = memory_new(policy->team_count + policy->user_count + 1,
                             sizeof(struct calendar_leave *)),
        .holidays = memory_new(policy->team_count + 1, sizeof(struct calendar_holidays *)),
    };
    for (size_t i = 0; i < config->calendar_count; i++)
        if (lists[i] != NULL)
            warnings_tell(roster, lists[i]->warnings, lists[i]->warning_count);
    uses_add(roster);
    roster->roster.rotas = roster->rotas;
    roster->roster.rota_count = roster->rota_count;
    roster->roster.absences =
        absences_join(roster->arena, (const struct calendar_leave *const *)roster->leaves,
                      roster->leave_count, &roster->roster.absence_count);
    roster->roster.holidays =
        holidays_join(roster->arena, (const struct calendar_holidays *const *)roster->holidays,
                      roster->holidays_count, &roster->roster.holiday_count);
    return roster;
}

void check_roster_free(struct check_roster *roster)
{
    if (roster == NULL)
        return;
    for (size_t i = 0; i < roster->rota_count; i++)
        calendar_rota_free(roster->made_rotas[i]);
    for (size_t i = 0; i < roster->leave_count; i++)
        calendar_leave_free(roster->leaves[i]);
    for (size_t i = 0; i < roster->holidays_count; i++)
        calendar_holidays_free(roster->holidays[i]);
    free(roster->made_rotas);
    free(roster->rotas);
    free(roster->leaves);
    free(roster->holidays);
    map_free(roster->told);
    map_free(roster->made);
    arena_free(roster->arena);
    free(roster);
}

const struct roster *check_roster_get(const struct check_roster *roster)
{
    return &roster->roster;
}
