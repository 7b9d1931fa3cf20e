/* SPDX-License-Identifier: MIT */
#include "config/check.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"
#include "config/finding.h"
#include "config/value.h"

#define NAME_SIZE_MAX 64
#define TEXT_SIZE_MAX 8192

static void node_check(struct check *check, struct node *node);

static struct arena *check_arena(struct check *check)
{
    return check->loaded->arena;
}

void check_fail(struct check *check, struct node *node, const char *hint, const char *format, ...)
{
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    node->is_bad = true;
    report_error(check->report, node->value_at, hint, "%s", text_string(&text));
}

const char *check_shown(struct check *check, const struct node *node)
{
    if (node->secret != NULL)
        return arena_format(check_arena(check), "secret:%s", node->secret);
    return node->string;
}

bool check_is_later_driver(const struct node *group)
{
    const struct node *driver = node_find(group, "driver");
    const struct option *row = driver != NULL ? driver->option : NULL;
    return row != NULL && row->later != NULL && driver->string != NULL &&
           words_hold(row->later, span_of(driver->string));
}

static bool type_is_many(enum option_type type)
{
    return type == OPTION_TEXTS || type == OPTION_LISTEN || type == OPTION_NETWORKS ||
           type == OPTION_USERS || type == OPTION_TARGETS || type == OPTION_CHANNELS ||
           type == OPTION_MATCHERS || type == OPTION_MAPPINGS;
}

/* The kind that a type is written as. */
static enum node_kind type_kind(enum option_type type)
{
    if (type == OPTION_GROUP || type == OPTION_NAMES)
        return NODE_GROUP;
    if (type == OPTION_LIST)
        return NODE_LIST;
    if (type == OPTION_SWITCH)
        return NODE_BOOL;
    return type == OPTION_COUNT ? NODE_INTEGER : NODE_STRING;
}

static const char *kind_hint(struct check *check, const struct node *node, enum option_type type)
{
    struct arena *arena = check_arena(check);
    long long number = node->number;
    if (type == OPTION_DURATION && node->kind == NODE_INTEGER)
        return arena_format(arena, "write \"%llds\" or \"%lldm\"", number,
                            number % 60 == 0 ? number / 60 : number);
    if (type == OPTION_SWITCH && node->kind == NODE_STRING)
        return "write true or false, without quotes";
    if (type == OPTION_COUNT && node->kind == NODE_STRING)
        return "write it without quotes";
    if (type == OPTION_PERCENT && node->kind == NODE_INTEGER)
        return arena_format(arena, "write \"%lld%%\"", number);
    if (node->kind == NODE_INTEGER && type_kind(type) == NODE_STRING)
        return arena_format(arena, "write \"%lld\"", number);
    return NULL;
}

static bool kind_check(struct check *check, struct node *node)
{
    enum option_type type = node->option->type;
    bool is_list = node->kind == NODE_ARRAY || node->kind == NODE_LIST;
    if (node->kind == type_kind(type) || (is_list && type_is_many(type)))
        return true;
    if (type == OPTION_LIST && node->kind == NODE_ARRAY && node->count == 0)
        return true;

    static const char *const wanted[] = {
        [NODE_GROUP] = "a group { }",  [NODE_LIST] = "a list ( ) of groups",
        [NODE_ARRAY] = "a list [ ]",   [NODE_STRING] = "a text in quotes",
        [NODE_INTEGER] = "a number",   [NODE_FLOAT] = "a number",
        [NODE_BOOL] = "true or false",
    };
    const char *hint = kind_hint(check, node, type);
    if (type == OPTION_DURATION && node->kind == NODE_INTEGER)
        check_fail(check, node, hint, "%s needs a unit", node->path);
    else
        check_fail(check, node, hint, "%s must be %s, not %s", node->path,
                   type_is_many(type) ? "a text in quotes or a list [ ] of them"
                                      : wanted[type_kind(type)],
                   node->kind == NODE_FLOAT ? "a fraction" : node_kind_name(node->kind));
    return false;
}

/* A password in the file is the owner's choice, but not for all to read. */
static void secret_warn(struct check *check, const struct node *node)
{
    bool is_secret = (node->option->flags & OPTION_SECRET) != 0 && node->name != NULL;
    if (is_secret && node->value_at.file->is_public)
        report_warning(check->report, node->value_at,
                       arena_format(check_arena(check),
                                    "write \"secret:NAME\" and put it into %s/secrets/NAME",
                                    check->loaded->source.home),
                       "%s stands in a file that everybody can read", node->path);
}

/* "Bearer secret:sms": only a text that is nothing but secret:NAME is replaced. */
static void secret_inside_warn(struct check *check, const struct node *node)
{
    const char *hit = strstr(node->string, "secret:");
    if (hit == NULL || hit == node->string || isalnum((unsigned char)hit[-1]) ||
        !isalnum((unsigned char)hit[strlen("secret:")]))
        return;
    report_warning(check->report, node->value_at,
                   "put the whole text into the secret, and write \"secret:NAME\" alone",
                   "%s: \"secret:\" inside a longer text is taken as it stands", node->path);
}

/* Puts the secret in the place of its name. */
static bool secret_check(struct check *check, struct node *node)
{
    struct fault fault;
    const char *hint;
    const char *name = secret_name(node->string);
    if (name == NULL) {
        secret_inside_warn(check, node);
        secret_warn(check, node);
        return true;
    }
    node->secret = name;
    node->string = NULL;
    if (secret_read(&check->loaded->secrets, check_arena(check), name, &node->string, &hint,
                    &fault))
        return true;
    node->is_bad = true;
    report_error(check->report, place_line(node->name_at), hint, "%s: the secret \"%s\" %s",
                 node->parent->path, name, fault.text);
    return false;
}

/* Controls in a value would end up in headers, texts and terminals. */
static bool text_check(struct check *check, struct node *node)
{
    if (!secret_check(check, node))
        return false;
    bool may_have_lines = string_is(node->name, "body");
    if (!utf8_is_valid(span_of(node->string))) {
        check_fail(check, node, NULL, "%s is not UTF-8", node->path);
        return false;
    }
    if (strlen(node->string) > TEXT_SIZE_MAX) {
        check_fail(check, node, NULL, "%s has more than %d bytes", node->path, TEXT_SIZE_MAX);
        return false;
    }
    for (const char *byte = node->string; *byte != '\0'; byte++) {
        bool is_control = (unsigned char)*byte < ' ' || *byte == 0x7f;
        if (!is_control || (may_have_lines && strchr("\n\r\t", *byte) != NULL))
            continue;
        check_fail(check, node, NULL, "%s holds a line end or another control character",
                   node->path);
        return false;
    }
    if (node->string[0] == '\0') {
        check_fail(check, node, "take the line away when there is none", "%s is empty", node->path);
        return false;
    }
    return true;
}

static bool type_is_reference(enum option_type type)
{
    return type == OPTION_USER || type == OPTION_USERS || type == OPTION_RULE ||
           type == OPTION_DUTY || type == OPTION_ROTA || type == OPTION_TARGETS ||
           type == OPTION_CHANNELS || type == OPTION_TEAM;
}

static void scalar_check(struct check *check, struct node *node)
{
    if (node->kind == NODE_STRING && !text_check(check, node))
        return;
    if (type_is_reference(node->option->type))
        check_reference(check, node);
    else
        check_value(check, node);
}

/* A list of values of one row: each element is checked by it. */
static void elements_check(struct check *check, struct node *list)
{
    if ((int64_t)list->count > list->option->max && list->option->max > 0)
        check_fail(check, list, NULL, "%s has more than %lld elements", list->path,
                   (long long)list->option->max);
    if (list->count == 0 && list->option->type != OPTION_TEXTS)
        check_fail(check, list, NULL, "%s is empty", list->path);
    for (struct node *node = list->first; node != NULL; node = node->next) {
        node->option = list->option;
        if (node->is_bad)
            continue;
        if (node->kind != NODE_STRING)
            check_fail(check, node, NULL, "%s must be a text in quotes, not %s", node->path,
                       node_kind_name(node->kind));
        else
            scalar_check(check, node);
    }
}

static void key_report_unknown(struct check *check, struct node *node)
{
    const struct node *group = node->parent;
    bool is_top = group->path[0] == '\0';
    const char *suggestion = options_suggest(is_top ? "" : group->option->pattern, node->name);
    const char *hint = NULL;
    if (suggestion != NULL)
        hint = arena_format(check_arena(check),
                            "did you mean \"%s\"?           pagectl config explain %s", suggestion,
                            is_top ? suggestion : group->option->pattern);
    node->is_bad = true;
    if (is_top)
        report_error(check->report, node->name_at, hint, "unknown key \"%s\"", node->name);
    else
        report_error(check->report, node->name_at, hint, "unknown key \"%s\" in %s", node->name,
                     group->path);
}

static void required_check(struct check *check, struct node *group)
{
    size_t count;
    const struct option *rows = options_all(&count);
    size_t size = strlen(group->option->pattern);
    if (check_is_later_driver(group))
        return;
    for (size_t i = 0; i < count; i++) {
        const char *pattern = rows[i].pattern;
        bool is_child = (rows[i].flags & OPTION_REQUIRED) != 0 &&
                        strncmp(pattern, group->option->pattern, size) == 0 &&
                        pattern[size] == '.' && strpbrk(pattern + size + 1, ".[") == NULL;
        if (is_child && node_find(group, pattern + size + 1) == NULL)
            check_fail(check, group, NULL, "%s needs %s", group->path, pattern + size + 1);
    }
}

/* Words that mean something as a target, or would be mistaken for it. */
static void name_check(struct check *check, struct node *node)
{
    enum role role;
    bool is_taken =
        string_is(node->parent->name, "users") &&
        (role_parse(node->name, &role) || words_hold("everyone none always", span_of(node->name)));
    if (is_taken)
        report_error(check->report, node->name_at, NULL,
                     "a user cannot be named \"%s\": the word means something else", node->name);
    if (strlen(node->name) > NAME_SIZE_MAX)
        report_error(check->report, node->name_at, NULL, "this name has more than %d letters",
                     NAME_SIZE_MAX);
}

static const struct option *child_option(struct check *check, const struct node *node)
{
    const struct node *group = node->parent;
    if (group->option == NULL)
        return options_find(node->name);
    const char *pattern = group->option->pattern;
    bool is_second = string_is(node->name, "second") && !string_is(group->name, "second");
    if (is_second && (group->option->flags & OPTION_DOUBLE) != 0)
        return group->option;
    if (group->option->type == OPTION_NAMES)
        return options_find(arena_format(check_arena(check), "%s.*", pattern));
    if (group->option->type == OPTION_LIST)
        return options_find(arena_format(check_arena(check), "%s[]", pattern));
    return options_find(arena_format(check_arena(check), "%s.%s", pattern, node->name));
}

static void children_check(struct check *check, struct node *group)
{
    const struct option *row = group->option;
    if (row != NULL && row->max > 0 && (int64_t)group->count > row->max)
        check_fail(check, group, NULL, "%s has more than %lld elements", group->path,
                   (long long)row->max);
    if (row != NULL && row->type == OPTION_LIST && group->count == 0)
        check_fail(check, group, NULL, "%s is empty", group->path);
    for (struct node *node = group->first; node != NULL; node = node->next) {
        node->option = child_option(check, node);
        if (node->is_bad)
            continue;
        if (node->option == NULL) {
            key_report_unknown(check, node);
            continue;
        }
        if (row != NULL && row->type == OPTION_NAMES)
            name_check(check, node);
        node_check(check, node);
    }
    if (row != NULL && row->type == OPTION_GROUP)
        required_check(check, group);
}

static void node_check(struct check *check, struct node *node)
{
    /* The keys of a driver that this version does not have mean nothing to it. */
    if (check_is_later_driver(node->parent) && !string_is(node->name, "driver"))
        return;
    if ((node->option->flags & OPTION_UNUSED) != 0) {
        report_warning(check->report, node->name_at, NULL, "%s is not used by this version",
                       node->path);
        return;
    }
    if (!kind_check(check, node))
        return;
    if (node->option->type <= OPTION_LIST)
        children_check(check, node);
    else if (node->kind == NODE_ARRAY || node->kind == NODE_LIST)
        elements_check(check, node);
    else
        scalar_check(check, node);
}

void check_tree(struct check *check)
{
    assert(check->loaded->tree.root != NULL);
    children_check(check, check->loaded->tree.root);
}
