/* SPDX-License-Identifier: MIT */
#include "config/options.h"

#include <string.h>

#include "config/config.h"

static const char *const type_names[OPTION_TYPE_COUNT] = {
    [OPTION_GROUP] = "group",
    [OPTION_NAMES] = "group of named things",
    [OPTION_LIST] = "list of groups",
    [OPTION_TEXT] = "text",
    [OPTION_TEXTS] = "text or list of texts",
    [OPTION_CHOICE] = "word",
    [OPTION_SWITCH] = "true or false",
    [OPTION_COUNT] = "number",
    [OPTION_DURATION] = "duration",
    [OPTION_NIGHT] = "times of day",
    [OPTION_COVERAGE] = "parts of the week",
    [OPTION_ZONE] = "time zone",
    [OPTION_URL] = "URL",
    [OPTION_LINK] = "URL with variables",
    [OPTION_PHONE] = "phone number",
    [OPTION_EMAIL] = "e-mail address",
    [OPTION_FILE] = "file",
    [OPTION_LISTEN] = "address:port, or a list of them",
    [OPTION_SMTP] = "mail server",
    [OPTION_NETWORKS] = "address or network, or a list of them",
    [OPTION_CALENDAR] = "file, folder or URL",
    [OPTION_COLLECTION] = "URL",
    [OPTION_PERCENT] = "percentage",
    [OPTION_ROTA] = "calendar:NAME",
    [OPTION_USER] = "user",
    [OPTION_USERS] = "list of users",
    [OPTION_RULE] = "notify rule",
    [OPTION_DUTY] = "calendar:NAME or user",
    [OPTION_TARGETS] = "target or list of targets",
    [OPTION_CHANNELS] = "channel or list of channels",
    [OPTION_TEAM] = "team",
    [OPTION_MATCHERS] = "label=value, or a list of them",
    [OPTION_MAPPINGS] = "word=severity, or a list of them",
    [OPTION_SIZE] = "size",
    [OPTION_MESSAGE] = "template",
    [OPTION_LATER] = "any",
};

const char *option_type_name(enum option_type type)
{
    return type_names[type];
}

const struct option *options_find(const char *pattern)
{
    size_t count;
    const struct option *rows = options_all(&count);
    for (size_t i = 0; i < count; i++)
        if (string_is(rows[i].pattern, pattern))
            return &rows[i];
    return NULL;
}

static const char *pattern_last(const char *pattern)
{
    const char *dot = strrchr(pattern, '.');
    return dot != NULL ? dot + 1 : pattern;
}

bool options_name_is_secret(const char *name)
{
    size_t count;
    const struct option *rows = options_all(&count);
    for (size_t i = 0; name != NULL && i < count; i++)
        if ((rows[i].flags & OPTION_SECRET) != 0 && string_is(pattern_last(rows[i].pattern), name))
            return true;
    return false;
}

/* The name of a row directly below `parent`, or NULL. */
static const char *child_name(const char *parent, const char *pattern)
{
    size_t size = strlen(parent);
    if (size > 0 && (strncmp(pattern, parent, size) != 0 || pattern[size] != '.'))
        return NULL;
    const char *name = size > 0 ? pattern + size + 1 : pattern;
    return strpbrk(name, ".[*") == NULL ? name : NULL;
}

const char *options_suggest(const char *parent, const char *name)
{
    size_t count;
    const struct option *rows = options_all(&count);
    const char *best = NULL;
    unsigned best_distance = strlen(name) > 6 ? 5 : 3;
    for (size_t i = 0; i < count; i++) {
        const char *child = child_name(parent, rows[i].pattern);
        if (child == NULL)
            continue;
        unsigned distance = string_distance(name, child);
        if (distance < best_distance) {
            best = child;
            best_distance = distance;
        }
    }
    return best;
}

/* One name of a path against one of a pattern; an index in the path fits []. */
static bool name_fits(struct span name, struct span pattern)
{
    struct span name_word = span_cut(&name, '[');
    struct span pattern_word = span_cut(&pattern, '[');
    bool is_list = pattern.size > 0;
    if (!is_list && name.size > 0)
        return false;
    if (span_is(pattern_word, "*"))
        return name_word.size > 0;
    return name_word.size == pattern_word.size &&
           memcmp(name_word.bytes, pattern_word.bytes, name_word.size) == 0;
}

static bool path_fits(const char *path, const char *pattern)
{
    struct span left = span_of(path);
    struct span right = span_of(pattern);
    while (left.size > 0 && right.size > 0)
        if (!name_fits(span_cut(&left, '.'), span_cut(&right, '.')))
            return false;
    return left.size == 0 && right.size == 0;
}

const struct option *options_match(const char *key)
{
    size_t count;
    const struct option *rows = options_all(&count);
    for (size_t i = 0; i < count; i++)
        if (path_fits(key, rows[i].pattern))
            return &rows[i];
    for (size_t i = 0; i < count; i++)
        if (string_is(pattern_last(rows[i].pattern), key))
            return &rows[i];
    return NULL;
}
