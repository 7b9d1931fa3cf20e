/* SPDX-License-Identifier: MIT */
/* Calendars: where each is, how it is read, and whose they are. */
#include <string.h>

#include "config/build.h"
#include "config/read.h"
#include "config/shown.h"

/* What may be shown of a calendar's address. */
static const char *address_name(struct build *build, const struct node *node, const char *address)
{
    CLEANUP(text_clear) struct text text = {0};
    if (node->secret != NULL)
        return arena_format(build->loaded->arena, "secret:%s", node->secret);
    shown_add_address(&text, address);
    return arena_copy(build->loaded->arena, text_string(&text));
}

static void address_read(struct build *build, const struct node *node,
                         struct config_calendar *calendar)
{
    const struct node *ics = read_node(node, "calendars.*.ics");
    const struct node *caldav = read_node(node, "calendars.*.caldav");
    const struct node *any = ics != NULL ? ics : caldav;
    if (any == NULL)
        return;
    bool is_url = strstr(any->string, "://") != NULL;
    calendar->is_caldav = ics == NULL;
    calendar->ics = is_url ? any->string : source_absolute(&build->loaded->source, any->string);
    calendar->ics_name = address_name(build, any, calendar->ics);
}

void build_calendars(struct build *build)
{
    struct config_source *loaded = build->loaded;
    const struct node *group = node_find(loaded->tree.root, "calendars");
    size_t room = group != NULL ? group->count : 0;
    struct config_calendar *calendars = arena_take(loaded->arena, (room + 1) * sizeof *calendars);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL;
         node = node->next) {
        struct config_calendar *calendar = &calendars[count++];
        *calendar = (struct config_calendar){
            .name = node->name,
            .is_writable = read_switch(node, "calendars.*.write"),
            .user = read_text(node, "calendars.*.user"),
            .password = read_text(node, "calendars.*.password"),
            .ca_file = read_path(loaded, node, "calendars.*.ca-file"),
            .pages_all = string_is(read_text(node, "calendars.*.overlap"), "all"),
            .max_loss = read_percent(node, "calendars.*.max-loss"),
            .stale_ms = read_duration(node, "calendars.*.stale-after"),
            .refresh_ms = read_duration(node, "calendars.*.refresh"),
            .zone = read_zone(loaded, node, "calendars.*.timezone", NULL),
        };
        address_read(build, node, calendar);
    }
    build->config->calendars = calendars;
    build->config->calendar_count = count;
}

/* Does the calendar say anything of this team: rota, overrides, leave, holidays, maintenance? */
static bool team_uses(const struct policy *policy, const struct team *team, const char *calendar)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (string_is(team->roles[role].calendar, calendar) ||
            string_is(team->overrides[role].calendar, calendar))
            return true;
    if (string_is(team->away, calendar) || string_is(team->holidays, calendar))
        return true;
    for (size_t i = 0; i < policy->maintenance_count; i++)
        if (string_is(policy->maintenances[i].calendar, calendar) &&
            string_is(policy->maintenances[i].team, team->id))
            return true;
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(policy, team->members[i]);
        if (user != NULL && string_is(user->away, calendar))
            return true;
    }
    return false;
}

/* The manager of the first team that uses a calendar hears of its troubles. */
void build_managers(struct build *build)
{
    struct config_calendar *calendars = (struct config_calendar *)build->config->calendars;
    for (size_t i = 0; i < build->config->calendar_count; i++)
        for (size_t t = 0; t < build->policy->team_count && calendars[i].manager == NULL; t++) {
            const struct team *team = &build->policy->teams[t];
            if (team_uses(build->policy, team, calendars[i].name))
                calendars[i].manager = team->manager;
        }
}
