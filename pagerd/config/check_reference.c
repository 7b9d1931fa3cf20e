/* SPDX-License-Identifier: MIT */
/* Values that name something else in the configuration. */
#include <assert.h>
#include <string.h>

#include "config/check.h"
#include "config/finding.h"
#include "config/rooms.h"
#include "config/value.h"

#define SUGGEST_DISTANCE_MAX 3

static struct arena *check_arena(struct check *check)
{
    return check->loaded->arena;
}

static const struct node *group_at(const struct check *check, const char *name)
{
    return node_find(check->loaded->tree.root, name);
}

static struct node *thing_find(const struct check *check, const char *group, const char *name)
{
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "%s.%s", group, name);
    struct node *node = map_find(check->loaded->tree.paths, text_span(&path));
    return node != NULL && node->kind != NODE_STRING ? node : NULL;
}

/* The nearest name in a group, or NULL. */
static const struct node *name_suggest(const struct node *group, const char *name)
{
    const struct node *best = NULL;
    unsigned best_distance = strlen(name) > 3 ? SUGGEST_DISTANCE_MAX : 2;
    for (const struct node *node = group != NULL ? group->first : NULL; node != NULL;
         node = node->next) {
        unsigned distance = string_distance(name, node->name);
        if (distance < best_distance) {
            best = node;
            best_distance = distance;
        }
    }
    return best;
}

/* "  Users are defined in lines 9-16.", where one sentence can say it. */
static const char *users_where(struct check *check, const struct node *users,
                               const struct node *node)
{
    if (users == NULL)
        return "";
    for (const struct node *user = users->first; user != NULL; user = user->next)
        if (user->name_at.file != users->name_at.file)
            return "";
    if (users->name_at.file != node->value_at.file)
        return arena_format(check_arena(check), "  Users are defined in %s.",
                            users->name_at.file->name);
    return arena_format(check_arena(check), "  Users are defined in lines %zu-%zu.",
                        users->name_at.line, users->last_line);
}

static void user_report_unknown(struct check *check, struct node *node, const char *name)
{
    const struct node *users = group_at(check, "users");
    const struct node *near = name_suggest(users, name);
    const struct node *full = node_find(near, "name");
    const char *where = users_where(check, users, node);
    const char *hint = where[0] != '\0' ? where + 2 : NULL;
    if (near != NULL && full != NULL && full->string != NULL)
        hint = arena_format(check_arena(check), "did you mean \"%s\" (%s)?%s", near->name,
                            full->string, where);
    else if (near != NULL)
        hint = arena_format(check_arena(check), "did you mean \"%s\"?%s", near->name, where);
    check_fail(check, node, hint, "there is no user \"%s\" in %s", name, node->path);
}

/* A list's element says the list's key: people wrote it there. */
static const char *node_key(const struct node *node)
{
    return node->name == NULL && node->parent != NULL && node->parent->kind != NODE_GROUP
               ? node->parent->path
               : node->path;
}

static void thing_check(struct check *check, struct node *node, const char *group, const char *noun,
                        const char *name)
{
    if (thing_find(check, group, name) != NULL)
        return;
    const struct node *near = name_suggest(group_at(check, group), name);
    const char *hint = NULL;
    if (near != NULL)
        hint = arena_format(check_arena(check), "did you mean \"%s\"?", near->name);
    check_fail(check, node, hint, "there is no %s \"%s\" in %s", noun, name, node_key(node));
}

static void user_reference(struct check *check, struct node *node)
{
    if (thing_find(check, "users", node->string) == NULL)
        user_report_unknown(check, node, node->string);
}

static void team_reference(struct check *check, struct node *node)
{
    thing_check(check, node, "teams", "team", node->string);
}

static void rule_reference(struct check *check, struct node *node)
{
    if (!words_hold("normal quiet none", span_of(node->string)))
        thing_check(check, node, "notify", "notify rule", node->string);
}

static void duty_reference(struct check *check, struct node *node)
{
    if (strncmp(node->string, "calendar:", 9) == 0)
        thing_check(check, node, "calendars", "calendar", node->string + 9);
    else if (thing_find(check, "users", node->string) == NULL &&
             thing_find(check, "calendars", node->string) != NULL)
        check_fail(check, node,
                   arena_format(check_arena(check), "write \"calendar:%s\"", node->string),
                   "\"%s\" is a calendar, not a user, in %s", node->string, node->path);
    else
        user_reference(check, node);
}

/* A calendar and nothing else; its plain name is what people write first. */
static void rota_reference(struct check *check, struct node *node)
{
    if (strncmp(node->string, "calendar:", 9) == 0)
        thing_check(check, node, "calendars", "calendar", node->string + 9);
    else
        check_fail(check, node,
                   thing_find(check, "calendars", node->string) != NULL
                       ? arena_format(check_arena(check), "write \"calendar:%s\"", node->string)
                       : NULL,
                   "%s must be \"calendar:NAME\"", node->path);
}

static void target_reference(struct check *check, struct node *node)
{
    if (words_hold("primary secondary oncall everyone", span_of(node->string)))
        return;
    if (strncmp(node->string, "team:", 5) == 0)
        thing_check(check, node, "teams", "team", node->string + 5);
    else
        user_reference(check, node);
}

static void channel_reference(struct check *check, struct node *node)
{
    const char *pattern = arena_format(check_arena(check), "channels.%s", node->string);
    if (options_find(pattern) == NULL) {
        const char *near = options_suggest("channels", node->string);
        const char *hint = "channels are ntfy, pushover, gotify, exec, sms, email and inbox";
        if (near != NULL)
            hint = arena_format(check_arena(check), "did you mean \"%s\"?", near);
        check_fail(check, node, hint, "there is no channel \"%s\" in %s", node->string,
                   node_key(node));
    } else if (room_service_exists(node->string)) {
        check_fail(check, node, "write  chat = [ \"SERVICE:ROOM\" ]  in the team",
                   "\"%s\" in %s has rooms: it wakes nobody and is no step of a rule", node->string,
                   node_key(node));
    } else if (thing_find(check, "channels", node->string) == NULL) {
        check_fail(check, node,
                   arena_format(check_arena(check), "add %s to channels, or take it out here",
                                node->string),
                   "channel \"%s\" in %s is not configured", node->string, node_key(node));
    }
}

void check_reference(struct check *check, struct node *node)
{
    static void (*const checks[OPTION_TYPE_COUNT])(struct check *, struct node *) = {
        [OPTION_USER] = user_reference,      [OPTION_USERS] = user_reference,
        [OPTION_RULE] = rule_reference,      [OPTION_DUTY] = duty_reference,
        [OPTION_TARGETS] = target_reference, [OPTION_CHANNELS] = channel_reference,
        [OPTION_ROTA] = rota_reference,      [OPTION_TEAM] = team_reference,
    };
    assert(checks[node->option->type] != NULL);
    checks[node->option->type](check, node);
}
