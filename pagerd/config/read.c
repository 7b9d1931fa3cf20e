/* SPDX-License-Identifier: MIT */
#include "config/read.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/value.h"

static const struct option *row_get(const char *pattern)
{
    const struct option *row = options_find(pattern);
    assert(row != NULL);
    return row;
}

const struct node *read_node(const struct node *group, const char *pattern)
{
    const char *dot = strrchr(pattern, '.');
    const struct node *node = node_find(group, dot != NULL ? dot + 1 : pattern);
    return node != NULL && !node->is_bad ? node : NULL;
}

const char *read_text(const struct node *group, const char *pattern)
{
    const struct node *node = read_node(group, pattern);
    return node != NULL ? node->string : row_get(pattern)->fallback;
}

bool read_switch(const struct node *group, const char *pattern)
{
    const struct node *node = read_node(group, pattern);
    return node != NULL ? node->number != 0 : string_is(row_get(pattern)->fallback, "true");
}

int64_t read_count(const struct node *group, const char *pattern)
{
    const struct node *node = read_node(group, pattern);
    return node != NULL ? node->number : strtoll(row_get(pattern)->fallback, NULL, 10);
}

unsigned read_percent(const struct node *group, const char *pattern)
{
    const struct node *node = read_node(group, pattern);
    return node != NULL ? (unsigned)node->number
                        : (unsigned)strtoul(row_get(pattern)->fallback, NULL, 10);
}

int64_t read_size(const struct node *group, const char *pattern)
{
    struct fault fault;
    int64_t size = 0;
    const struct node *node = read_node(group, pattern);
    if (node != NULL)
        return node->number;
    bool is_good = size_parse(row_get(pattern)->fallback, &size, &fault);
    assert(is_good);
    return size;
}

const char *read_rota(const struct node *group, const char *pattern)
{
    const struct node *node = read_node(group, pattern);
    return node != NULL ? node->string + strlen("calendar:") : NULL;
}

msec read_duration(const struct node *group, const char *pattern)
{
    struct fault fault;
    const struct node *node = read_node(group, pattern);
    const char *fallback = row_get(pattern)->fallback;
    if (node != NULL)
        return node->number;
    if (fallback == NULL || string_is(fallback, "never"))
        return fallback == NULL ? 0 : MSEC_NEVER;
    msec duration_ms = 0;
    bool is_good = duration_parse(fallback, &duration_ms, &fault);
    assert(is_good);
    return duration_ms;
}

const char *read_path(struct config_source *loaded, const struct node *group, const char *pattern)
{
    const char *path = read_text(group, pattern);
    return path != NULL ? source_absolute(&loaded->source, path) : NULL;
}

const struct zone *read_zone(struct config_source *loaded, const struct node *group,
                             const char *pattern, const struct zone *fallback)
{
    struct fault fault;
    const struct zone *zone;
    const struct node *node = read_node(group, pattern);
    return node != NULL && loaded_zone(loaded, node->string, &zone, &fault) ? zone : fallback;
}

size_t read_texts(struct config_source *loaded, const struct node *group, const char *pattern,
                  const char **texts, size_t max)
{
    const struct node *node = read_node(group, pattern);
    size_t count = 0;
    if (node == NULL) {
        struct span rest = span_of(row_get(pattern)->fallback);
        while (rest.size > 0 && count < max)
            texts[count++] = arena_copy_span(loaded->arena, span_cut(&rest, ' '));
        return count;
    }
    if (node->kind == NODE_STRING) {
        texts[0] = node->string;
        return 1;
    }
    for (const struct node *element = node->first; element != NULL && count < max;
         element = element->next)
        if (!element->is_bad)
            texts[count++] = element->string;
    return count;
}

struct target read_target(const char *text)
{
    enum role role;
    if (string_is(text, "everyone"))
        return (struct target){.kind = TARGET_EVERYONE};
    if (strncmp(text, "team:", 5) == 0)
        return (struct target){.kind = TARGET_TEAM, .name = text + 5};
    if (role_parse(text, &role))
        return (struct target){.kind = TARGET_ROLE, .role = role};
    return (struct target){.kind = TARGET_USER, .name = text};
}
