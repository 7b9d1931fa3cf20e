/* SPDX-License-Identifier: MIT */
#include "config/outline.h"

#include <assert.h>
#include <string.h>

#include "config/finding.h"
#include "config/lexer.h"
#include "config/options.h"
#include "config/shown.h"

struct outline {
    struct tree *tree;
    struct lexer lexer;
    struct text *text;
    struct map *seen; /* paths of this file: libconfig takes each name once */
    size_t depth;
};

static bool value_parse(struct outline *outline, struct node *node);

static struct arena *outline_arena(struct outline *outline)
{
    return outline->tree->source->arena;
}

static bool outline_break(struct outline *outline)
{
    outline->lexer.is_broken = true;
    return false;
}

/* What people call a thing of that kind: user "eve", not users.eve. */
static const char *node_noun(const struct node *node)
{
    static const struct {
        const char *group;
        const char *noun;
    } nouns[] = {
        {"users", "user"},  {"teams", "team"},       {"calendars", "calendar"},
        {"notify", "rule"}, {"channels", "channel"},
    };
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        if (node->parent != NULL && string_is(node->parent->path, nouns[i].group))
            return nouns[i].noun;
    return NULL;
}

void outline_report_twice(struct tree *tree, const struct node *node, const struct node *first)
{
    const char *noun = node_noun(node);
    const char *hint = arena_format(tree->source->arena, "first in %s:%zu. Keep one of them.",
                                    first->name_at.file->name, first->name_at.line);
    struct place place = place_line(node->name_at);
    if (noun != NULL)
        report_error(tree->report, place, hint, "%s \"%s\" is already defined", noun, node->name);
    else
        report_error(tree->report, place, hint, "%s is already set", node->path);
}

/* The address of a calendar with something in it that is not shown. */
static bool token_is_private(const struct node *node, const struct token *token)
{
    CLEANUP(text_clear) struct text shown = {0};
    if (!string_is(node->name, "ics") && !string_is(node->name, "caldav"))
        return false;
    shown_add_address(&shown, token->text);
    return !string_is(text_string(&shown), token->text);
}

static void token_mask(struct outline *outline, const struct node *node, const struct token *token)
{
    bool is_reference = strncmp(token->text, "\"secret:", 8) == 0;
    bool is_secret = options_name_is_secret(node->name) ||
                     (node->name == NULL && options_name_is_secret(node->parent->name));
    if (!is_reference && (is_secret || token_is_private(node, token)))
        source_mask(outline->tree->source, token->at.file, token->offset, token->size);
}

/* The elements of ( ) and [ ]: separated by commas, none behind the last. */
static bool elements_parse(struct outline *outline, struct node *list, char close)
{
    for (size_t i = 0;; i++) {
        char next = lexer_look(&outline->lexer);
        if (next == close)
            break;
        struct node *node = arena_take(outline_arena(outline), sizeof *node);
        node->path = arena_format(outline_arena(outline), "%s[%zu]", list->path, i);
        node->name_at = lexer_place(&outline->lexer);
        node_append(list, node);
        if (i > 0)
            text_add_char(outline->text, ',');
        if (!value_parse(outline, node))
            return false;

        struct place comma = lexer_place(&outline->lexer);
        next = lexer_look(&outline->lexer);
        if (next == close)
            break;
        if (next != ',') {
            if (!outline->lexer.is_broken)
                report_error(outline->tree->report, comma, NULL, "a comma or %c must follow here",
                             close);
            return outline_break(outline);
        }
        comma = lexer_place(&outline->lexer);
        lexer_skip(&outline->lexer);
        if (lexer_look(&outline->lexer) == close) {
            report_error(outline->tree->report, comma, "take it away",
                         "there may be no comma after the last element");
            break;
        }
    }
    list->last_line = lexer_place(&outline->lexer).line;
    lexer_skip(&outline->lexer);
    return true;
}

/* libconfig takes only plain values of one kind in [ ]. */
static bool array_check(struct outline *outline, const struct node *array)
{
    for (const struct node *node = array->first; node != NULL; node = node->next) {
        if (node->kind != array->first->kind) {
            report_error(outline->tree->report, node->value_at, NULL,
                         "the values in [ ] must be of one kind: this is %s, the first is %s",
                         node_kind_name(node->kind), node_kind_name(array->first->kind));
            return outline_break(outline);
        }
        if (node->kind == NODE_GROUP || node->kind == NODE_LIST || node->kind == NODE_ARRAY) {
            report_error(outline->tree->report, array->value_at, "write ( ) around groups",
                         "[ ] holds only plain values");
            return outline_break(outline);
        }
    }
    return true;
}

static bool settings_parse(struct outline *outline, struct node *group, char close);

static bool aggregate_parse(struct outline *outline, struct node *node, char open)
{
    static const char *const marks = "{}()[]";
    static const enum node_kind kinds[] = {NODE_GROUP, NODE_LIST, NODE_ARRAY};
    size_t kind = (size_t)(strchr(marks, open) - marks) / 2;
    char close = marks[kind * 2 + 1];
    node->kind = kinds[kind];
    if (outline->depth == TREE_DEPTH_MAX) {
        report_error(outline->tree->report, node->value_at, NULL,
                     "this is more than %d levels deep", TREE_DEPTH_MAX);
        return outline_break(outline);
    }
    lexer_skip(&outline->lexer);
    text_add_char(outline->text, open);
    outline->depth++;
    bool is_good =
        kind == 0 ? settings_parse(outline, node, close) : elements_parse(outline, node, close);
    outline->depth--;
    text_add_char(outline->text, close);
    return is_good && (node->kind != NODE_ARRAY || array_check(outline, node));
}

static bool value_parse(struct outline *outline, struct node *node)
{
    static const enum node_kind kinds[] = {
        [TOKEN_STRING] = NODE_STRING,
        [TOKEN_INTEGER] = NODE_INTEGER,
        [TOKEN_FLOAT] = NODE_FLOAT,
        [TOKEN_BOOL] = NODE_BOOL,
    };
    char next = lexer_look(&outline->lexer);
    node->value_at = lexer_place(&outline->lexer);
    if (outline->lexer.is_broken)
        return false;
    if (next != '\0' && strchr("{[(", next) != NULL)
        return aggregate_parse(outline, node, next);
    if (next == '\0' || strchr("}]),;=:", next) != NULL) {
        const char *name = node->name != NULL ? node->name : "the comma";
        report_error(outline->tree->report, node->value_at, NULL, "a value is missing after %s",
                     name);
        return outline_break(outline);
    }
    bool is_element = node->name == NULL;
    struct token token = lexer_value(&outline->lexer, !is_element);
    node->kind = kinds[token.kind];
    node->is_bad = token.is_mended;
    node->last_line = token.at.line;
    token_mask(outline, node, &token);
    text_add(outline->text, token.text);
    return !outline->lexer.is_broken;
}

/* The '=' or ':' between name and value. */
static bool assignment_parse(struct outline *outline, const struct token *name)
{
    char next = lexer_look(&outline->lexer);
    if (outline->lexer.is_broken)
        return false;
    if (next != '=' && next != ':') {
        const char *written =
            arena_copy_span(outline_arena(outline),
                            (struct span){name->at.file->bytes.bytes + name->offset, name->size});
        report_error(outline->tree->report, name->at,
                     arena_format(outline_arena(outline), "write  %s = ...  or  %s: { ... }",
                                  written, written),
                     "= is missing after \"%s\"", written);
        return outline_break(outline);
    }
    lexer_skip(&outline->lexer);
    text_add_char(outline->text, '=');
    return true;
}

static bool setting_parse(struct outline *outline, struct node *group)
{
    struct arena *arena = outline_arena(outline);
    struct token name = lexer_name(&outline->lexer);
    struct node *node = arena_take(arena, sizeof *node);
    node->name = name.text;
    node->name_at = name.at;
    node->path =
        arena_format(arena, "%s%s%s", group->path, group->path[0] != '\0' ? "." : "", name.text);

    size_t written = outline->text->size;
    text_add(outline->text, name.text);
    const struct node *first = map_find(outline->seen, span_of(node->path));
    CLEANUP(map_free) struct map *apart = first != NULL ? map_new() : NULL;
    struct map *seen = outline->seen;
    struct node scratch = {.path = group->path};
    node_append(first == NULL ? group : &scratch, node);
    if (first == NULL)
        map_put(outline->seen, span_of(node->path), node);
    else
        outline->seen = apart; /* what is inside a second one is not twice as well */
    bool is_good = assignment_parse(outline, &name) && value_parse(outline, node);
    outline->seen = seen;
    if (!is_good)
        return false;
    node->is_bad = node->is_bad || name.is_mended;
    node->parent = group;
    text_add_char(outline->text, '\n');
    if (first == NULL)
        return true;

    outline_report_twice(outline->tree, node, first);
    outline->text->size = written;
    outline->text->bytes[written] = '\0';
    return true;
}

/* Every { has its } and nothing else closes it. */
static bool group_end_check(struct outline *outline, const struct node *group, char next,
                            char close)
{
    if (outline->lexer.is_broken)
        return false;
    if (next == close)
        return true;
    struct place place = lexer_place(&outline->lexer);
    if (next == '\0')
        report_error(outline->tree->report, group->value_at, NULL, "the { of %s is never closed",
                     group->path);
    else if (close == '\0')
        report_error(outline->tree->report, place, NULL, "there is no open bracket for this %c",
                     next);
    else
        report_error(outline->tree->report, place, NULL,
                     "this %c stands where the } of %s (line %zu) should be", next, group->path,
                     group->value_at.line);
    return outline_break(outline);
}

static bool settings_parse(struct outline *outline, struct node *group, char close)
{
    for (bool may_end_setting = false;;) {
        char next = lexer_look(&outline->lexer);
        if (next == '\0' || strchr("}])", next) != NULL) {
            group->last_line = lexer_place(&outline->lexer).line;
            if (!group_end_check(outline, group, next, close))
                return false;
            if (close != '\0')
                lexer_skip(&outline->lexer);
            return true;
        }
        if (next == ';' || next == ',') {
            if (!may_end_setting)
                report_error(outline->tree->report, lexer_place(&outline->lexer), "take it away",
                             "this %c ends nothing", next);
            lexer_skip(&outline->lexer);
            may_end_setting = false;
            continue;
        }
        if (!setting_parse(outline, group))
            return false;
        may_end_setting = true;
    }
}

bool outline_read(struct tree *tree, const struct source_file *file, struct node *root,
                  struct text *text)
{
    CLEANUP(map_free) struct map *seen = map_new();
    struct outline outline = {.tree = tree, .text = text, .seen = seen};
    lexer_open(&outline.lexer, tree->source, tree->report, file);
    return !outline.lexer.is_broken && settings_parse(&outline, root, '\0');
}
