/* SPDX-License-Identifier: MIT */
#include "calendar/instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/ends.h"
#include "calendar/rule.h"

/* What is taken out: whole local days, exact instants, and walls of EXRULE. */
struct exclusion {
    struct wall_list days;
    struct wall_list instants;
    struct wall_list walls;
};

static void instance_add(struct instance_list *list, struct instance instance)
{
    if (list->count == list->room) {
        list->room = list->room == 0 ? 64 : list->room * 2;
        list->items = memory_grow(list->items, list->room, sizeof *list->items);
    }
    list->items[list->count++] = instance;
}

static int instance_compare(const void *left, const void *right)
{
    const struct instance *a = left;
    const struct instance *b = right;
    if (a->wall != b->wall)
        return a->wall < b->wall ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->end_at < b->end_at) - (a->end_at > b->end_at); /* periods last: they win */
}

static int msec_compare(const void *left, const void *right)
{
    msec a = *(const msec *)left;
    msec b = *(const msec *)right;
    return (a > b) - (a < b);
}

static void walls_sort(struct wall_list *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, msec_compare);
}

static bool walls_have(const struct wall_list *list, msec value)
{
    return list->count > 0 &&
           bsearch(&value, list->items, list->count, sizeof *list->items, msec_compare) != NULL;
}

/* The end of a rule as a wall time (rule 2.9); *until_at only when it is an instant. */
static msec until_wall(const struct event *event, const struct rule *rule, struct notes *notes,
                       uint32_t line, msec *until_at)
{
    *until_at = MSEC_NEVER;
    if (!rule->has_until)
        return MSEC_NEVER;
    msec wall = rule->until.wall;
    if (event->start.is_date) {
        msec time = wall - wall_day(wall);
        bool is_whole_day = time == 0 || time == DAY_MS - SECOND_MS;
        if (rule->until.is_utc && !is_whole_day)
            wall = zone_local(event->start.zone, wall);
        return wall_day(wall);
    }
    if (rule->until.is_date) {
        notes_add(notes, line, "W-UNTIL-DATE",
                  "UNTIL is a date but the event has a time: read as the end of that day");
        return wall + DAY_MS - SECOND_MS;
    }
    if (!rule->until.is_utc)
        return wall;
    *until_at = wall;
    return zone_local(event->start.zone, wall) + DAY_MS;
}

static void walk_note(struct notes *notes, const struct property *property)
{
    notes_add(notes, property->line, "E-TOOMANY",
              "the rule makes too many instances; what comes after the limit is missing");
}

/* rule 2.4: DTSTART is always an instance, in step with the rule or not, and COUNT counts it. */
static void rule_collect(const struct event *event, const struct property *property,
                         const struct rule *rule, msec horizon, struct shift_sink *sink,
                         struct wall_list *walls)
{
    msec until_at;
    size_t before = walls->count;
    msec until = until_wall(event, rule, sink->notes, property->line, &until_at);
    msec start = event->start.wall;
    msec end = until_at != MSEC_NEVER && until + DAY_MS < horizon ? until + DAY_MS : horizon;
    CLEANUP(wall_list_clear) struct wall_list found = {0};
    if (!rule_walk(rule, start, until, end, &found, &sink->steps_left))
        walk_note(sink->notes, property);
    size_t room = rule->count != 0 ? (size_t)rule->count : SIZE_MAX;
    bool is_in_step = found.count > 0 && found.items[0] == start;
    bool is_added = !is_in_step && start < end && start <= until;
    if (is_added) {
        notes_add(sink->notes, property->line, "W-UNSYNC",
                  "the event's own start does not fit its rule; it counts all the same");
        if (until_at == MSEC_NEVER || moment_at(&event->start) <= until_at)
            wall_list_add(walls, start);
        room--;
    }
    for (size_t i = 0; i < found.count && i < room; i++) {
        msec wall = found.items[i];
        if (until_at == MSEC_NEVER || zone_utc(event->start.zone, wall, NULL) <= until_at)
            wall_list_add(walls, wall);
    }
    if (walls->count > before)
        ends_collect(sink, event, property, rule, walls->items[walls->count - 1]);
}

/* A rule that cannot be read leaves the event as a single shift, and is loud about it. */
static void rules_collect(const struct event *event, msec horizon, struct shift_sink *sink,
                          struct wall_list *walls)
{
    for (const struct property *property = event->first; property != NULL;
         property = property->next) {
        if (property->field != FIELD_RRULE)
            continue;
        struct rule rule;
        struct fault fault;
        enum rule_error error;
        if (rule_parse(property->value, &rule, &error, &fault)) {
            if (rule.is_until_bad) /* better too long on call than nobody */
                notes_add(sink->notes, property->line, "E-RRULE",
                          "UNTIL is no date or time: the rule goes on without an end");
            rule_collect(event, property, &rule, horizon, sink, walls);
            continue;
        }
        notes_add(sink->notes, property->line, error == RULE_TOO_OFTEN ? "E-FREQ" : "E-RRULE",
                  "%s: the rule is not used, only the first shift is", fault.text);
        wall_list_add(walls, event->start.wall);
    }
}

static void exrules_collect(const struct event *event, msec horizon, struct shift_sink *sink,
                            struct wall_list *walls)
{
    for (const struct property *property = event->first; property != NULL;
         property = property->next) {
        if (property->field != FIELD_EXRULE)
            continue;
        struct rule rule;
        struct fault fault;
        enum rule_error error;
        bool is_good = rule_parse(property->value, &rule, &error, &fault);
        if (is_good && rule.is_until_bad)
            is_good = fault_set(&fault, FAULT_INPUT, "UNTIL is no date or time");
        if (!is_good) {
            notes_add(sink->notes, property->line, "E-EXRULE", "%s: nothing is excluded by it",
                      fault.text);
            continue;
        }
        notes_add(sink->notes, property->line, "E-EXRULE",
                  "EXRULE is no longer part of iCalendar; used as exclusions, better write EXDATE");
        msec until_at;
        msec until = until_wall(event, &rule, sink->notes, property->line, &until_at);
        if (!rule_walk(&rule, event->start.wall, until, horizon, walls, &sink->steps_left))
            walk_note(sink->notes, property);
    }
    walls_sort(walls);
}

/* Where an RDATE falls on the event's wall clock. */
static struct instance extra_instance(const struct event *event, const struct extra *extra)
{
    const struct moment *start = &event->start;
    const struct moment *moment = &extra->start;
    struct instance instance = {.wall = moment->wall, .end_at = MSEC_NEVER};
    bool is_elsewhere = false;
    if (start->is_date)
        instance.wall = wall_day(moment->wall);
    else if (moment->is_date)
        instance.wall = moment->wall + (start->wall - wall_day(start->wall));
    else
        is_elsewhere = moment->zone != start->zone;
    instance.at = zone_utc(start->zone, instance.wall, NULL);
    if (is_elsewhere) {
        instance.at = moment_at(moment);
        instance.wall = zone_local(start->zone, instance.at);
    }
    if (extra->kind == EXTRA_UNTIL)
        instance.end_at = moment_at(&extra->end);
    if (extra->kind == EXTRA_FOR)
        instance.end_at = zone_utc(start->zone, instance.wall + extra->term.days * DAY_MS, NULL) +
                          extra->term.exact_ms;
    return instance;
}

/* Equal instances become one; an explicit end of a period is kept. */
static void instances_unify(struct instance_list *list)
{
    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof *list->items, instance_compare);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct instance *last = kept == 0 ? NULL : &list->items[kept - 1];
        if (last == NULL || last->wall != list->items[i].wall || last->at != list->items[i].at)
            list->items[kept++] = list->items[i];
        else if (list->items[i].end_at != MSEC_NEVER)
            last->end_at = list->items[i].end_at;
    }
    list->count = kept;
}

/* rule 2.5: by instant; a DATE takes all instances of that local day. */
static void exclusion_fill(struct exclusion *exclusion, const struct event *event)
{
    for (size_t i = 0; i < event->excluded_count; i++) {
        struct moment moment = event->excluded[i];
        if (event->start.is_date || moment.is_date) {
            wall_list_add(&exclusion->days, wall_day(moment.wall));
            continue;
        }
        if (moment.is_floating)
            moment.zone = event->start.zone;
        wall_list_add(&exclusion->instants, moment_at(&moment));
    }
    walls_sort(&exclusion->days);
    walls_sort(&exclusion->instants);
}

static void instances_exclude(struct instance_list *list, const struct event *event,
                              struct shift_sink *sink)
{
    struct exclusion exclusion = {0};
    exclusion_fill(&exclusion, event);
    exrules_collect(event, list->horizon, sink, &exclusion.walls);
    for (size_t i = 0; i < list->count; i++) {
        struct instance *instance = &list->items[i];
        instance->is_excluded = walls_have(&exclusion.days, wall_day(instance->wall)) ||
                                walls_have(&exclusion.instants, instance->at) ||
                                walls_have(&exclusion.walls, instance->wall);
    }
    wall_list_clear(&exclusion.days);
    wall_list_clear(&exclusion.instants);
    wall_list_clear(&exclusion.walls);
}

void instance_list_fill(struct instance_list *list, const struct event *event,
                        struct shift_sink *sink)
{
    *list = (struct instance_list){0};
    list->horizon = zone_local(event->start.zone, sink->until_at) + 2 * DAY_MS;
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    if (event->has_rule)
        rules_collect(event, list->horizon, sink, &walls);
    else
        wall_list_add(&walls, event->start.wall);
    for (size_t i = 0; i < walls.count; i++)
        instance_add(list, (struct instance){
                               .wall = walls.items[i],
                               .at = zone_utc(event->start.zone, walls.items[i], NULL),
                               .end_at = MSEC_NEVER,
                           });
    for (size_t i = 0; i < event->extra_count; i++)
        instance_add(list, extra_instance(event, &event->extras[i]));
    instances_unify(list);
    instances_exclude(list, event, sink);
}

void instance_list_clear(struct instance_list *list)
{
    free(list->items);
    free(list->by_instant);
    *list = (struct instance_list){0};
}

size_t instance_list_from(const struct instance_list *list, msec wall)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].wall < wall)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int place_compare(const void *left, const void *right, void *context)
{
    const struct instance *items = context;
    const struct instance *a = &items[*(const size_t *)left];
    const struct instance *b = &items[*(const size_t *)right];
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->wall > b->wall) - (a->wall < b->wall);
}

struct instance *instance_list_at(struct instance_list *list, msec at)
{
    if (list->count == 0)
        return NULL;
    if (list->by_instant == NULL) {
        list->by_instant = memory_new(list->count, sizeof *list->by_instant);
        for (size_t i = 0; i < list->count; i++)
            list->by_instant[i] = i;
        qsort_r(list->by_instant, list->count, sizeof *list->by_instant, place_compare,
                list->items);
    }
    size_t low = 0;
    size_t high = list->count;
    while (low < high) { /* behind the last that starts then */
        size_t middle = low + (high - low) / 2;
        if (list->items[list->by_instant[middle]].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || list->items[list->by_instant[low - 1]].at != at)
        return NULL;
    return &list->items[list->by_instant[low - 1]];
}
