/* SPDX-License-Identifier: MIT */
/* Maintenance windows: what they hold back, and the calendar that says when. */
#include "config/build.h"
#include "config/read.h"
#include "engine/match.h"

/* One matcher a line, as silences have them. */
static const char *match_read(struct build *build, const struct node *node)
{
    const char *texts[MATCHERS_MAX];
    struct fault fault;
    CLEANUP(text_clear) struct text text = {0};
    size_t count = read_texts(build->loaded, node, "maintenance.*.match", texts, MATCHERS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct matcher matcher;
        if (!matcher_parse(build->loaded->arena, span_of(texts[i]), &matcher, &fault))
            continue;
        if (text.size > 0)
            text_add_char(&text, '\n');
        matcher_render(&text, &matcher);
    }
    return arena_copy(build->loaded->arena, text_string(&text));
}

void build_maintenance(struct build *build)
{
    struct arena *arena = build->loaded->arena;
    const struct node *group = node_find(build->loaded->tree.root, "maintenance");
    size_t room = group != NULL ? group->count : 0;
    struct maintenance *windows = arena_take(arena, (room + 1) * sizeof *windows);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL;
         node = node->next) {
        const char *team = read_text(node, "maintenance.*.team");
        if (node->kind != NODE_GROUP || count == POLICY_MAINTENANCE_MAX)
            continue;
        windows[count++] = (struct maintenance){
            .id = node->name,
            .calendar = read_rota(node, "maintenance.*.calendar"),
            .match = match_read(build, node),
            .team = team != NULL ? team : "",
        };
    }
    build->policy->maintenances = windows;
    build->policy->maintenance_count = count;
}
