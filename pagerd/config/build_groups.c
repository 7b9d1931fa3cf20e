/* SPDX-License-Identifier: MIT */
/* build_groups.c - the groups "group" and "flapping": which alerts are one incident. */
#include "config/build.h"
#include "config/read.h"

void build_groups(struct build *build)
{
    const struct node *group = node_find(build->loaded->tree.root, "group");
    const struct node *storm = node_find(group, "storm");
    struct grouping *rule = &build->policy->group;
    *rule = (struct grouping){
        .window_ms = read_duration(group, "group.window"),
        .wait_ms = read_duration(group, "group.wait"),
        .storm_more = (uint32_t)read_count(storm, "group.storm.more-than"),
        .storm_within_ms = read_duration(storm, "group.storm.within"),
    };
    const struct node *flapping = node_find(build->loaded->tree.root, "flapping");
    build->policy->flapping = (struct flapping){
        .more = (uint32_t)read_count(flapping, "flapping.more-than"),
        .within_ms = read_duration(flapping, "flapping.within"),
        .quiet_ms = read_duration(flapping, "flapping.quiet"),
    };
    rule->by_count = read_texts(build->loaded, group, "group.by", rule->by, GROUP_BY_MAX);
}
