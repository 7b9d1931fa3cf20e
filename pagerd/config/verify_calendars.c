/* SPDX-License-Identifier: MIT */
/* Calendars by what they are for: keys that need or exclude each other, and uses that do. */
#include <string.h>

#include "config/finding.h"
#include "config/read.h"
#include "config/value.h"
#include "config/verify.h"

/* What the events of a calendar mean to whoever names it. */
enum use {
    USE_ROTA,
    USE_OVERRIDES,
    USE_TEAM_AWAY,
    USE_OWN_AWAY,
    USE_HOLIDAYS,
    USE_MAINTENANCE,
    USE_COUNT
};

static const struct {
    const char *group;
    const char *key;
    enum use use;
} places[] = {
    {"teams", "primary", USE_ROTA},      {"teams", "secondary", USE_ROTA},
    {"teams", "oncall", USE_ROTA},       {"teams", "overrides", USE_OVERRIDES},
    {"teams", "away", USE_TEAM_AWAY},    {"users", "away", USE_OWN_AWAY},
    {"teams", "holidays", USE_HOLIDAYS}, {"maintenance", "calendar", USE_MAINTENANCE},
};

static const char *const use_names[USE_COUNT] = {
    [USE_ROTA] = "a rota",
    [USE_OVERRIDES] = "a calendar of overrides",
    [USE_TEAM_AWAY] = "leave of a team",
    [USE_OWN_AWAY] = "leave of one person",
    [USE_HOLIDAYS] = "a calendar of holidays",
    [USE_MAINTENANCE] = "a calendar of maintenance",
};

/* Why one calendar cannot be both; the smaller use first. What is not listed is allowed. */
static const char *const conflicts[USE_COUNT][USE_COUNT] = {
    [USE_ROTA] = {[USE_TEAM_AWAY] = "whoever has a shift would be away",
                  [USE_OWN_AWAY] = "the person would be away in every shift of everybody",
                  [USE_HOLIDAYS] = "every shift would be a holiday",
                  [USE_MAINTENANCE] = "every shift would hold alerts back"},
    [USE_OVERRIDES] = {[USE_TEAM_AWAY] = "whoever takes over would be away",
                       [USE_OWN_AWAY] = "the person would be away in every override",
                       [USE_HOLIDAYS] = "every override would be a holiday",
                       [USE_MAINTENANCE] = "every override would hold alerts back"},
    [USE_TEAM_AWAY] = {[USE_OWN_AWAY] = "the person would be away whenever anybody is",
                       [USE_HOLIDAYS] = "every leave would be a holiday",
                       [USE_MAINTENANCE] = "every leave would hold alerts back"},
    [USE_OWN_AWAY] = {[USE_OWN_AWAY] = "both would be away whenever one is",
                      [USE_MAINTENANCE] = "every leave would hold alerts back"},
};

/* The first node of each use that names one calendar. */
struct uses {
    const struct node *nodes[USE_COUNT];
};

struct verify_calendars {
    struct check *check;
    struct report *report;
    const struct node *root;
    struct map *uses; /* calendar -> struct uses */
};

static struct arena *verify_arena(struct verify_calendars *verify)
{
    return verify->check->loaded->arena;
}

/* Exactly one of ics and caldav, and what belongs to it. */
static void source_verify(struct verify_calendars *verify, const struct node *node)
{
    const struct node *ics = node_find(node, "ics");
    const struct node *caldav = node_find(node, "caldav");
    const struct node *write = read_node(node, "calendars.*.write");
    if (ics == NULL && caldav == NULL)
        report_error(verify->report, place_line(node->name_at),
                     "add  ics = \"FILE, FOLDER OR URL\"  or  caldav = \"https://...\"",
                     "%s needs ics or caldav", node->path);
    if (ics != NULL && caldav != NULL)
        report_error(verify->report, caldav->name_at,
                     "take one of them out: caldav for a collection on a server, ics for the rest",
                     "%s has both ics and caldav", node->path);
    if (caldav == NULL && write != NULL && write->number != 0)
        report_error(verify->report, write->value_at,
                     "name the collection by caldav, or take write out",
                     "%s needs caldav: a file or an address that is only read cannot be written",
                     write->path);
}

/* A login has two halves, is of no use for a file, and should not travel in clear. */
static void login_verify(struct verify_calendars *verify, const struct node *node,
                         const struct config_calendar *calendar)
{
    const struct node *user = node_find(node, "user");
    const struct node *password = node_find(node, "password");
    const struct node *ca_file = node_find(node, "ca-file");
    const struct node *any = user != NULL ? user : password != NULL ? password : ca_file;
    if (user != NULL && password == NULL)
        report_error(verify->report, user->name_at, "add  password = \"secret:NAME\"",
                     "%s: user without password", node->path);
    if (password != NULL && user == NULL)
        report_error(verify->report, password->name_at, "add  user = \"...\"",
                     "%s: password without user", node->path);
    if (any == NULL || calendar->ics == NULL)
        return;
    if (calendar->ics[0] == '/')
        report_warning(verify->report, any->name_at, NULL,
                       "%s is of no use: the calendar is a file or a folder", any->path);
    else if (password != NULL && strncmp(calendar->ics, "http://", 7) == 0 &&
             !url_is_local(calendar->ics))
        report_warning(verify->report, password->name_at, "write https:// in its address",
                       "%s travels in clear over http://", password->path);
}

/* Values that are allowed, and switch something off that people rely on. */
static void guard_verify(struct verify_calendars *verify, const struct node *node,
                         const struct config_calendar *calendar)
{
    const struct node *loss = read_node(node, "calendars.*.max-loss");
    const struct node *stale = read_node(node, "calendars.*.stale-after");
    if (loss != NULL && calendar->max_loss == 100)
        report_warning(verify->report, loss->name_at, NULL,
                       "%s: no new version is held back for what it loses, not even an empty one",
                       loss->path);
    if (calendar->stale_ms >= calendar->refresh_ms)
        return;
    char stale_text[DURATION_TEXT_SIZE];
    char refresh_text[DURATION_TEXT_SIZE];
    const struct node *refresh = read_node(node, "calendars.*.refresh");
    report_warning(verify->report, (stale != NULL ? stale : refresh)->name_at,
                   "make stale-after a few times refresh",
                   "%s: stale after %s, but read only every %s: it would be told between two reads",
                   node->path, duration_render(calendar->stale_ms, stale_text),
                   duration_render(calendar->refresh_ms, refresh_text));
}

/* A writable calendar that takes no overrides is a misunderstanding, and one nobody reads too. */
static void purpose_verify(struct verify_calendars *verify, const struct node *node,
                           const struct config_calendar *calendar)
{
    const struct uses *uses = map_find(verify->uses, span_of(node->name));
    if (uses == NULL)
        report_warning(verify->report, node->name_at, NULL,
                       "%s is used by no team, no user and no maintenance window", node->path);
    else if (calendar->is_writable && uses->nodes[USE_OVERRIDES] == NULL)
        report_warning(verify->report, node_find(node, "write")->name_at,
                       arena_format(verify_arena(verify),
                                    "add  overrides = \"calendar:%s\"  to a team", node->name),
                       "%s: nothing is written, for no team has it as overrides", node->path);
}

/* A calendar laid over the rota it is itself: pointless, and surely meant otherwise. */
static bool is_over_itself(enum use first, enum use second, const struct node *one,
                           const struct node *other)
{
    return first == USE_ROTA && second == USE_OVERRIDES && one->parent == other->parent;
}

/* Holds one more use of a calendar against those before it. */
static void use_add(struct verify_calendars *verify, const struct node *node, enum use use)
{
    const char *name = node->string + strlen("calendar:");
    struct uses *uses = map_find(verify->uses, span_of(name));
    if (uses == NULL) {
        uses = arena_take(verify_arena(verify), sizeof *uses);
        map_put(verify->uses, span_of(name), uses);
    }
    for (int other = 0; other < USE_COUNT; other++) {
        enum use first = (enum use)other < use ? (enum use)other : use;
        enum use second = (enum use)other < use ? use : (enum use)other;
        const struct node *before = uses->nodes[other];
        if (before == NULL)
            continue;
        if (is_over_itself(first, second, before, node))
            report_warning(
                verify->report, node->value_at,
                "take it out: inside one calendar an event of category \"override\" wins",
                "%s: \"%s\" is laid over itself, for %s names it as well", node->path, name,
                before->path);
        if (conflicts[first][second] == NULL)
            continue;
        report_error(verify->report, node->value_at, "make a calendar of its own for one of them",
                     "%s: \"%s\" cannot be %s, for it is %s in %s: %s", node->path, name,
                     use_names[use], use_names[other], before->path, conflicts[first][second]);
        return;
    }
    if (uses->nodes[use] == NULL)
        uses->nodes[use] = node;
}

static void uses_collect(struct verify_calendars *verify)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct node *group = node_find(verify->root, places[i].group);
        for (const struct node *owner = group != NULL ? group->first : NULL; owner != NULL;
             owner = owner->next) {
            const struct node *node = node_find(owner, places[i].key);
            if (node != NULL && !node->is_bad && node->string != NULL &&
                strncmp(node->string, "calendar:", strlen("calendar:")) == 0)
                use_add(verify, node, places[i].use);
        }
    }
}

/* An event that says no role means the primary: a team without one had better have it. */
static void layers_verify(struct verify_calendars *verify, const struct team *team,
                          const struct node *node)
{
    const struct duty_source *primary = &team->roles[ROLE_PRIMARY];
    bool is_by_layers =
        team->roles[ROLE_ONCALL].layer != NULL || team->overrides[ROLE_ONCALL].layer != NULL;
    if (is_by_layers && primary->calendar == NULL && primary->user == NULL)
        report_warning(verify->report, node_find(node, "oncall")->name_at,
                       "write  primary  in place of  oncall",
                       "%s beside secondary: an event of a calendar for both that says no role "
                       "means secondary",
                       node_find(node, "oncall")->path);
}

/* Keys of a team that mean nothing without another. */
static void team_verify(struct verify_calendars *verify, const struct team *team)
{
    const struct node *node = node_find(node_find(verify->root, "teams"), team->id);
    const struct node *overrides = read_node(node, "teams.*.overrides");
    const struct node *holidays = read_node(node, "teams.*.holidays");
    bool has_role = false;
    for (int role = 0; role < ROLE_COUNT; role++)
        has_role = has_role || team->roles[role].calendar != NULL || team->roles[role].user != NULL;
    layers_verify(verify, team, node);
    if (overrides != NULL && !has_role)
        report_warning(verify->report, overrides->name_at, "add  oncall  or  primary",
                       "%s: the team has no role to override", overrides->path);
    if (holidays != NULL && !team->is_always_covered && team->coverage_count == 0)
        report_warning(verify->report, holidays->name_at, "add  coverage = \"Mon-Fri 09:00-18:00\"",
                       "%s counts only for coverage, and the team declares none", holidays->path);
}

void verify_calendars(struct check *check, const struct config *config)
{
    CLEANUP(map_free) struct map *uses = map_new();
    struct verify_calendars verify = {check, check->report, check->loaded->tree.root, uses};
    const struct node *group = node_find(verify.root, "calendars");
    uses_collect(&verify);
    for (size_t i = 0; i < config->calendar_count; i++) {
        const struct config_calendar *calendar = &config->calendars[i];
        const struct node *node = node_find(group, calendar->name);
        if (node->is_bad)
            continue;
        source_verify(&verify, node);
        login_verify(&verify, node, calendar);
        guard_verify(&verify, node, calendar);
        purpose_verify(&verify, node, calendar);
    }
    for (size_t i = 0; i < config->policy->team_count; i++)
        team_verify(&verify, &config->policy->teams[i]);
}
