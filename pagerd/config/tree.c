/* SPDX-License-Identifier: MIT */
#include "config/tree.h"

#include <assert.h>
#include <libconfig.h>

#include "base/text.h"
#include "config/finding.h"
#include "config/outline.h"

static void reader_clear(config_t *reader)
{
    config_destroy(reader);
}

static inline void reader_clear_cleanup(config_t *reader)
{
    reader_clear(reader);
}

void node_append(struct node *parent, struct node *node)
{
    node->parent = parent;
    node->next = NULL;
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->count++;
}

struct node *node_find(const struct node *group, const char *name)
{
    if (group == NULL)
        return NULL;
    for (struct node *node = group->first; node != NULL; node = node->next)
        if (string_is(node->name, name))
            return node;
    return NULL;
}

const char *node_kind_name(enum node_kind kind)
{
    static const char *const names[] = {
        [NODE_GROUP] = "a group { }",  [NODE_LIST] = "a list ( )",  [NODE_ARRAY] = "a list [ ]",
        [NODE_STRING] = "a text",      [NODE_INTEGER] = "a number", [NODE_FLOAT] = "a number",
        [NODE_BOOL] = "true or false",
    };
    return names[kind];
}

/* Puts libconfig's values into the nodes: both are the same tree. */
static void values_fill(struct arena *arena, struct node *node, const config_setting_t *setting)
{
    assert(setting != NULL);
    switch (node->kind) {
    case NODE_GROUP:
    case NODE_LIST:
    case NODE_ARRAY: {
        assert(config_setting_length(setting) == (int)node->count);
        unsigned index = 0;
        for (struct node *child = node->first; child != NULL; child = child->next)
            values_fill(arena, child, config_setting_get_elem(setting, index++));
        return;
    }
    case NODE_STRING: {
        assert(config_setting_type(setting) == CONFIG_TYPE_STRING);
        const char *string = config_setting_get_string(setting);
        node->string = arena_copy(arena, string != NULL ? string : "");
        return;
    }
    case NODE_INTEGER:
        assert(config_setting_type(setting) == CONFIG_TYPE_INT);
        node->number = config_setting_get_int(setting);
        return;
    case NODE_FLOAT:
        assert(config_setting_type(setting) == CONFIG_TYPE_FLOAT);
        return;
    case NODE_BOOL:
        assert(config_setting_type(setting) == CONFIG_TYPE_BOOL);
        node->number = config_setting_get_bool(setting);
        return;
    }
}

/* Moves the settings of a file into the tree. Below the top everything may be defined once. */
static void settings_join(struct tree *tree, struct node *into, const struct node *from)
{
    for (struct node *next, *node = from->first; node != NULL; node = next) {
        next = node->next;
        struct node *first = map_find(tree->paths, span_of(node->path));
        bool is_joined = first != NULL && into == tree->root && node->kind == NODE_GROUP &&
                         first->kind == NODE_GROUP;
        if (is_joined) {
            settings_join(tree, first, node);
        } else if (first != NULL) {
            node->parent = into;
            outline_report_twice(tree, node, first);
        } else {
            map_put(tree->paths, span_of(node->path), node);
            node_append(into, node);
            for (struct node *child = node->first; into == tree->root && child != NULL;
                 child = child->next)
                map_put(tree->paths, span_of(child->path), child);
        }
    }
}

void tree_read(struct tree *tree, const struct source_file *file)
{
    struct arena *arena = tree->source->arena;
    CLEANUP(text_clear) struct text text = {0};
    struct node *root = arena_take(arena, sizeof *root);
    *root = (struct node){.kind = NODE_GROUP, .path = ""};
    if (tree->root == NULL) {
        tree->root = arena_take(arena, sizeof *root);
        *tree->root = *root;
        tree->root->value_at = (struct place){.file = file};
    }
    if (!outline_read(tree, file, root, &text)) {
        tree->is_broken = true;
        return;
    }

    CLEANUP(reader_clear) config_t reader;
    config_init(&reader);
    if (config_read_string(&reader, text_string(&text)) != CONFIG_TRUE) {
        /* The outline lets nothing through that libconfig refuses; if it does, nothing is run. */
        report_error(tree->report, (struct place){.file = file}, NULL, "libconfig: %s",
                     config_error_text(&reader));
        tree->is_broken = true;
        return;
    }
    values_fill(arena, root, config_root_setting(&reader));
    settings_join(tree, tree->root, root);
}
