/* SPDX-License-Identifier: MIT */
/* Chat services: which there are, who is who there, and the rooms of the teams. */
#include <assert.h>
#include <string.h>

#include "config/finding.h"
#include "config/read.h"
#include "config/rooms.h"
#include "config/value.h"
#include "config/verify.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The form of an id: its first character, the others, and how many there are in all. */
struct form {
    const char *first;
    const char *rest; /* NULL: any but blanks */
    size_t min;
    size_t max;
    const char *sample;
};

/* What a service cannot do without, blanks between; NULL: it has no people that could press. */
static const struct service {
    const char *name;
    const char *needs;
    struct form room;
    struct form person;
} services[] = {
    {"slack",
     "token",
     {"CGD", UPPER DIGITS, 9, 16, "C0123ABCDEF"},
     {"UW", UPPER DIGITS, 9, 16, "U0123ABCDEF"}},
    {"mattermost",
     "server token",
     {LOWER DIGITS, LOWER DIGITS, 26, 26, "qmd5oqtwoibz8cuzxzg5ekshgr"},
     {LOWER DIGITS, LOWER DIGITS, 26, 26, "x8wdq1nfebrixkpw9gb9ao3i1o"}},
    {"teams", "rooms", {LOWER UPPER DIGITS, LOWER UPPER DIGITS "_-", 1, 64, "ops"}, {0}},
    {"discord",
     "token",
     {DIGITS, DIGITS, 15, 20, "1178031025342185512"},
     {DIGITS, DIGITS, 15, 20, "80351110224678912"}},
    {"matrix",
     "server token",
     {"!", NULL, 2, 255, "!abc:example.org"},
     {"@", NULL, 4, 255, "@ann:example.org"}},
    {"telegram",
     "token",
     {"-" DIGITS, DIGITS, 1, 20, "-1001234567890"},
     {DIGITS, DIGITS, 1, 20, "123456789"}},
};

#define SERVICE_COUNT (sizeof services / sizeof *services)

static const struct service *service_find(struct span name)
{
    for (size_t i = 0; i < SERVICE_COUNT; i++)
        if (span_is(name, services[i].name))
            return &services[i];
    return NULL;
}

bool room_service_exists(const char *name)
{
    return service_find(span_of(name)) != NULL;
}

static bool form_fits(const struct form *form, const char *id)
{
    size_t size = strlen(id);
    if (size < form->min || size > form->max || strchr(form->first, id[0]) == NULL)
        return false;
    if (form->rest != NULL)
        return strspn(id + 1, form->rest) == size - 1;
    for (const char *at = id; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F)
            return false;
    return true;
}

size_t build_room_services(struct build *build, struct config_channel *channels, size_t count)
{
    const struct node *group = node_find(build->loaded->tree.root, "channels");
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        const struct node *node = node_find(group, services[i].name);
        if (node == NULL)
            continue;
        build_channel(build, node, services[i].name, services[i].needs, &channels[count]);
        channels[count++].is_room = true;
    }
    return count;
}

/* The addresses of rooms that are reached by one each. */
static void hooks_read(struct build *build)
{
    const struct node *group = node_find(build->loaded->tree.root, "channels");
    const struct node *rooms = node_find(node_find(group, "teams"), "rooms");
    size_t room = rooms != NULL ? rooms->count : 0;
    struct config_hook *hooks = arena_take(build->loaded->arena, (room + 1) * sizeof *hooks);
    size_t count = 0;
    for (const struct node *node = rooms != NULL ? rooms->first : NULL; node != NULL;
         node = node->next)
        if (node->kind == NODE_GROUP)
            hooks[count++] = (struct config_hook){
                .service = "teams",
                .name = node->name,
                .url = read_text(node, "channels.teams.rooms.*.url"),
            };
    build->config->hooks = hooks;
    build->config->hook_count = count;
}

/* The ids of one user; returns how many of `handles` there are then. */
static size_t handles_read(struct build *build, const struct node *user,
                           struct config_handle *handles, size_t count)
{
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        const struct service *service = &services[i];
        const char *pattern = arena_format(build->loaded->arena, "users.*.%s", service->name);
        const char *id = service->person.sample != NULL ? read_text(user, pattern) : NULL;
        if (id == NULL)
            continue;
        if (!form_fits(&service->person, id)) {
            const struct node *node = node_find(user, service->name);
            report_error(build->check->report, node->value_at,
                         arena_format(build->loaded->arena, "write the id there, such as \"%s\"",
                                      service->person.sample),
                         "%s: \"%s\" is no id of a person of that service", node->path, id);
            continue;
        }
        handles[count++] = (struct config_handle){service->name, id, user->name};
    }
    return count;
}

void build_handles(struct build *build)
{
    const struct node *group = node_find(build->loaded->tree.root, "users");
    size_t room = group != NULL ? group->count * SERVICE_COUNT : 0;
    struct config_handle *handles = arena_take(build->loaded->arena, (room + 1) * sizeof *handles);
    size_t count = 0;
    for (const struct node *user = group != NULL ? group->first : NULL; user != NULL;
         user = user->next)
        if (user->kind == NODE_GROUP)
            count = handles_read(build, user, handles, count);
    build->config->handles = handles;
    build->config->handle_count = count;
    hooks_read(build);
}

static const struct node *room_node(const struct node *list, size_t index)
{
    const struct node *node =
        list->kind == NODE_ARRAY || list->kind == NODE_LIST ? list->first : list;
    for (size_t i = 0; i < index && node != NULL && node->next != NULL; i++)
        node = node->next;
    return node != NULL ? node : list;
}

/* False: it was reported. */
static bool room_read(struct build *build, const struct node *node, const char *text,
                      struct config_room *room)
{
    struct report *report = build->check->report;
    struct span rest = span_of(text);
    struct span name = span_cut(&rest, ':');
    const struct service *service = service_find(name);
    if (service == NULL) {
        report_error(report, node->value_at, "write \"slack:C0123ABCDEF\" or the like",
                     "%s: there is no chat service in \"%s\"", node->path, text);
        return false;
    }
    *room = (struct config_room){.service = service->name,
                                 .name = arena_copy_span(build->loaded->arena, rest)};
    if (!form_fits(&service->room, room->name)) {
        report_error(report, node->value_at,
                     arena_format(build->loaded->arena, "write \"%s:%s\"", service->name,
                                  service->room.sample),
                     "%s: \"%s\" is no room of that service", node->path, text);
        return false;
    }
    bool has_hook = config_room_url(build->config, service->name, room->name) != NULL;
    if (config_find_channel(build->config, service->name, false) != NULL &&
        (has_hook || !string_is(service->needs, "rooms")))
        return true;
    report_error(report, node->value_at,
                 arena_format(build->loaded->arena, "add  %s: { ... }  to channels", service->name),
                 "%s: \"%s\" is not configured in channels", node->path, text);
    return false;
}

size_t build_team_rooms(struct build *build, const struct node *team,
                        struct config_room rooms[CONFIG_ROOMS_MAX])
{
    const char *texts[CONFIG_ROOMS_MAX];
    const struct node *list = read_node(team, "teams.*.chat");
    size_t count = 0;
    if (list == NULL)
        return 0;
    size_t read = read_texts(build->loaded, team, "teams.*.chat", texts, CONFIG_ROOMS_MAX);
    for (size_t i = 0; i < read; i++)
        if (room_read(build, room_node(list, i), texts[i], &rooms[count]))
            count++;
    return count;
}

void verify_rooms(struct check *check, const struct config *config)
{
    const struct node *users = node_find(check->loaded->tree.root, "users");
    for (size_t i = 0; i < config->handle_count; i++) {
        const struct config_handle *handle = &config->handles[i];
        for (size_t j = 0; j < i; j++) {
            if (!string_is(handle->service, config->handles[j].service) ||
                !string_is(handle->id, config->handles[j].id))
                continue;
            const struct node *node = node_find(node_find(users, handle->user), handle->service);
            report_error(check->report, node->value_at, NULL,
                         "%s is that of %s: a press could be either's", node->path,
                         config->handles[j].user);
        }
    }
}

const char *config_find_handle(const struct config *config, const char *service, const char *id)
{
    for (size_t i = 0; i < config->handle_count; i++)
        if (string_is(config->handles[i].service, service) && string_is(config->handles[i].id, id))
            return config->handles[i].user;
    return NULL;
}

const char *config_room_url(const struct config *config, const char *service, const char *name)
{
    for (size_t i = 0; i < config->hook_count; i++)
        if (string_is(config->hooks[i].service, service) && string_is(config->hooks[i].name, name))
            return config->hooks[i].url;
    return NULL;
}

const struct config_team *config_find_team(const struct config *config, const char *id)
{
    size_t low = 0;
    size_t high = config->policy->team_count;
    while (id != NULL && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(config->teams_by_id[middle]->id, id);
        if (order == 0)
            return config->teams_by_id[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
