/* SPDX-License-Identifier: MIT */
/* Two configurations side by side, and one as a list: secrets are named, never shown. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/loaded.h"
#include "config/options.h"
#include "config/shown.h"

/* All nodes of a tree in order of their paths. */
struct listing {
    const struct node **nodes;
    size_t count;
    size_t room;
};

static void listing_clear(struct listing *listing)
{
    free(listing->nodes);
    *listing = (struct listing){0};
}

static inline void listing_clear_cleanup(struct listing *listing)
{
    listing_clear(listing);
}

static bool node_is_group(const struct node *node)
{
    return node->kind == NODE_GROUP || node->kind == NODE_LIST || node->kind == NODE_ARRAY;
}

static void listing_add(struct listing *listing, const struct node *group)
{
    for (const struct node *node = group->first; node != NULL; node = node->next) {
        if (listing->count == listing->room) {
            listing->room = listing->room > 0 ? listing->room * 2 : 256;
            listing->nodes = memory_grow(listing->nodes, listing->room, sizeof *listing->nodes);
        }
        listing->nodes[listing->count++] = node;
        listing_add(listing, node);
    }
}

static int node_compare(const void *left, const void *right)
{
    return strcmp((*(const struct node *const *)left)->path,
                  (*(const struct node *const *)right)->path);
}

static void listing_make(struct listing *listing, const struct config *config)
{
    listing_add(listing, config->source->tree.root);
    qsort(listing->nodes, listing->count, sizeof(const struct node *), node_compare);
}

static bool listing_has(const struct listing *listing, const struct node *node)
{
    return bsearch(&node, listing->nodes, listing->count, sizeof node, node_compare) != NULL;
}

/* A secret by reference, or a value in the file under a name that holds secrets. */
static bool node_is_secret(const struct node *node)
{
    return node->secret != NULL || options_name_is_secret(node->name) ||
           (node->name == NULL && options_name_is_secret(node->parent->name));
}

static bool node_is_address(const struct node *node)
{
    return node->option != NULL &&
           (node->option->type == OPTION_CALENDAR || node->option->type == OPTION_COLLECTION);
}

static void string_add(struct text *text, const struct node *node)
{
    text_add_char(text, '"');
    if (node_is_address(node))
        shown_add_address(text, node->string);
    else
        text_add(text, node->string);
    text_add_char(text, '"');
}

static void value_add(struct text *text, const struct node *node)
{
    if (node->secret != NULL)
        text_addf(text, "secret:%s (set, %zu bytes)", node->secret, strlen(node->string));
    else if (node->kind == NODE_STRING && node_is_secret(node))
        text_addf(text, "(secret in the file, %zu bytes)", strlen(node->string));
    else if (node->kind == NODE_STRING)
        string_add(text, node);
    else if (node->kind == NODE_BOOL)
        text_add(text, node->number != 0 ? "true" : "false");
    else if (node->kind == NODE_INTEGER)
        text_addf(text, "%lld", (long long)node->number);
    else
        text_add(text, "...");
}

static bool value_is_same(const struct node *left, const struct node *right)
{
    if (left->kind != right->kind)
        return false;
    if (node_is_group(left))
        return true;
    return string_is(left->string, right->string) && string_is(left->secret, right->secret) &&
           (left->string != NULL || left->number == right->number);
}

/* Addresses that differ only in what is taken out of them. */
static bool is_shown_alike(const struct node *left, const struct node *right)
{
    CLEANUP(text_clear) struct text before = {0};
    CLEANUP(text_clear) struct text after = {0};
    value_add(&before, left);
    value_add(&after, right);
    return string_is(text_string(&before), text_string(&after));
}

struct difference {
    const struct node *before; /* NULL: added */
    const struct node *after;  /* NULL: removed */
};

static const char *difference_path(const struct difference *difference)
{
    return difference->before != NULL ? difference->before->path : difference->after->path;
}

static void difference_add(struct text *text, const struct difference *difference, size_t width)
{
    const struct node *before = difference->before;
    const struct node *after = difference->after;
    const struct node *any = before != NULL ? before : after;
    text_addf(text, "%-*s   ", (int)width, difference_path(difference));
    if (node_is_group(any) || (after != NULL && node_is_group(after))) {
        text_add(text, before == NULL ? "added" : after == NULL ? "removed" : "changed");
    } else if ((before != NULL && node_is_secret(before)) ||
               (after != NULL && node_is_secret(after))) {
        text_add(text, before == NULL  ? "added (secret)"
                       : after == NULL ? "removed (secret)"
                                       : "changed (secret)");
    } else if (before != NULL && after != NULL && is_shown_alike(before, after)) {
        value_add(text, after);
        text_add(text, " changed where it is not shown");
    } else {
        if (before != NULL)
            value_add(text, before);
        text_addf(text, "%s -> ", before == NULL ? "(default)" : "");
        if (after != NULL)
            value_add(text, after);
        text_add(text, after == NULL ? "(default)" : "");
    }
    text_add_char(text, '\n');
}

/* The whole group is new (or gone): its members need no line of their own. */
static bool is_inside_difference(const struct listing *other, const struct node *node)
{
    return node->parent != NULL && node->parent->path[0] != '\0' &&
           !listing_has(other, node->parent);
}

static size_t listings_compare(const struct listing *old, const struct listing *new,
                               struct difference *differences)
{
    size_t count = 0;
    for (size_t o = 0, n = 0; o < old->count || n < new->count;) {
        int order = o == old->count   ? 1
                    : n == new->count ? -1
                                      : strcmp(old->nodes[o]->path, new->nodes[n]->path);
        const struct node *before = order <= 0 ? old->nodes[o++] : NULL;
        const struct node *after = order >= 0 ? new->nodes[n++] : NULL;
        bool is_told = before != NULL && after != NULL
                           ? !value_is_same(before, after)
                           : !is_inside_difference(before != NULL ? new : old,
                                                   before != NULL ? before : after);
        if (is_told)
            differences[count++] = (struct difference){before, after};
    }
    return count;
}

size_t config_diff(const struct config *old, const struct config *new, struct text *text)
{
    CLEANUP(listing_clear) struct listing before = {0};
    CLEANUP(listing_clear) struct listing after = {0};
    listing_make(&before, old);
    listing_make(&after, new);
    struct difference *differences =
        memory_new(before.count + after.count + 1, sizeof *differences);
    size_t count = listings_compare(&before, &after, differences);
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        if (strlen(difference_path(&differences[i])) > width)
            width = strlen(difference_path(&differences[i]));
    for (size_t i = 0; i < count; i++)
        difference_add(text, &differences[i], width);
    free(differences);
    return count;
}

static void node_show(const struct node *group, struct text *text)
{
    for (const struct node *node = group->first; node != NULL; node = node->next) {
        if (node_is_group(node) && node->count > 0) {
            node_show(node, text);
            continue;
        }
        text_addf(text, "%s = ", node->path);
        if (node_is_group(node))
            text_add(text, node->kind == NODE_GROUP ? "{ }" : "[ ]");
        else
            value_add(text, node);
        text_add_char(text, '\n');
    }
}

void config_show(const struct config *config, struct text *text)
{
    node_show(config->source->tree.root, text);
}
