/* SPDX-License-Identifier: MIT */
/* Maintenance windows: what one holds back can be said, and is not everything unawares. */
#include <string.h>

#include "config/finding.h"
#include "config/read.h"
#include "config/verify.h"
#include "engine/match.h"
#include "engine/record.h"

/* Does it fit whatever comes? */
static bool window_is_any(const struct maintenance *window)
{
    struct fault fault;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (struct span rest = span_of(window->match); rest.size > 0;) {
        struct matcher matcher;
        if (!matcher_parse(arena, span_cut(&rest, '\n'), &matcher, &fault) ||
            !matcher_is_any(&matcher))
            return false;
    }
    return window->team[0] == '\0';
}

static void window_verify(struct check *check, const struct maintenance *window,
                          const struct node *node)
{
    const struct node *match = read_node(node, "maintenance.*.match");
    if (match == NULL || window->match[0] == '\0')
        return; /* told already */
    for (const struct node *text = match->first; text != NULL; text = text->next)
        if (text->is_bad)
            return;
    if (strlen(window->match) > SILENCE_MATCH_SIZE_MAX)
        report_error(check->report, match->value_at, "make two windows of it",
                     "%s has more than %d bytes", match->path, SILENCE_MATCH_SIZE_MAX);
    else if (window_is_any(window))
        report_warning(check->report, match->value_at, "name what is worked on, or a team",
                       "%s fits everything: while an event of calendar \"%s\" is on, nobody is "
                       "paged for anything",
                       match->path, window->calendar != NULL ? window->calendar : "");
}

void verify_maintenance(struct check *check, const struct config *config)
{
    const struct node *group = node_find(check->loaded->tree.root, "maintenance");
    for (size_t i = 0; i < config->policy->maintenance_count; i++) {
        const struct maintenance *window = &config->policy->maintenances[i];
        window_verify(check, window, node_find(group, window->id));
    }
}
