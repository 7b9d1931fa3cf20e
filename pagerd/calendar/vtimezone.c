/* SPDX-License-Identifier: MIT */
#include "calendar/vtimezone.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/rule.h"

#define TYPES_MAX 255 /* what a TZif file can name */

struct onset {
    msec at;
    int32_t from_s;
    int32_t to_s;
};

struct onset_list {
    struct onset items[VTIMEZONE_ONSETS_MAX];
    size_t count;
    int64_t *steps_left;
};

static int onset_compare(const void *left, const void *right)
{
    const struct onset *a = left;
    const struct onset *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->from_s != b->from_s)
        return a->from_s < b->from_s ? -1 : 1;
    return (a->to_s > b->to_s) - (a->to_s < b->to_s);
}

static bool onset_add(struct onset_list *list, msec wall, int32_t from_s, int32_t to_s,
                      struct fault *fault)
{
    if (list->count == VTIMEZONE_ONSETS_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d changes", VTIMEZONE_ONSETS_MAX);
    list->items[list->count++] = (struct onset){wall - from_s * SECOND_MS, from_s, to_s};
    return true;
}

static bool rule_add(struct onset_list *list, const struct property *property, msec start,
                     int32_t from_s, int32_t to_s, msec until_at, struct fault *fault)
{
    struct rule rule;
    enum rule_error error;
    if (!rule_parse(property->value, &rule, &error, fault))
        return false;
    if (rule.is_until_bad)
        return fault_set(fault, FAULT_INPUT, "UNTIL of its rule is no date or time");
    if (rule.frequency < FREQUENCY_WEEKLY)
        return fault_set(fault, FAULT_INPUT, "its rule changes the clock more than once a week");
    msec until = MSEC_NEVER;
    if (rule.has_until)
        until = rule.until.wall + (rule.until.is_utc ? from_s * SECOND_MS : 0);
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    if (!rule_walk(&rule, start, until, until_at, &walls, list->steps_left))
        return fault_set(fault, FAULT_LIMIT, "its rule has too many changes");
    for (size_t i = 0; i < walls.count; i++)
        if (walls.items[i] != start && !onset_add(list, walls.items[i], from_s, to_s, fault))
            return false;
    return true;
}

static bool dates_add(struct onset_list *list, const struct property *property, msec start,
                      int32_t from_s, int32_t to_s, struct fault *fault)
{
    struct span rest = property->value;
    while (rest.size > 0) {
        struct span value = span_cut(&rest, ',');
        struct stamp stamp;
        if (!stamp_parse(span_cut(&value, '/'), &stamp))
            return fault_set(fault, FAULT_INPUT, "an RDATE is not readable");
        msec wall = stamp.is_date ? stamp.wall + (start - wall_day(start)) : stamp.wall;
        if (!onset_add(list, stamp.is_utc ? wall + from_s * SECOND_MS : wall, from_s, to_s, fault))
            return false;
    }
    return true;
}

static bool observance_add(struct onset_list *list, const struct component *observance,
                           msec until_at, struct fault *fault)
{
    const struct property *to = component_find(observance, FIELD_OFFSET_TO);
    const struct property *from = component_find(observance, FIELD_OFFSET_FROM);
    const struct property *start = component_find(observance, FIELD_DTSTART);
    const struct property *rule = component_find(observance, FIELD_RRULE);
    int32_t to_s, from_s;
    struct stamp stamp;
    if (to == NULL || start == NULL)
        return true;
    if (!offset_parse(to->value, &to_s) || !offset_parse((from ? from : to)->value, &from_s))
        return fault_set(fault, FAULT_INPUT, "an offset is not readable");
    if (!stamp_parse(start->value, &stamp))
        return fault_set(fault, FAULT_INPUT, "a DTSTART is not readable");
    if (!onset_add(list, stamp.wall, from_s, to_s, fault))
        return false;
    if (rule != NULL && !rule_add(list, rule, stamp.wall, from_s, to_s, until_at, fault))
        return false;
    for (const struct property *date = observance->first; date != NULL; date = date->next)
        if (date->field == FIELD_RDATE && !dates_add(list, date, stamp.wall, from_s, to_s, fault))
            return false;
    return true;
}

static void number_add(struct text *text, int64_t number, int size)
{
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        text_add_char(text, (char)((uint64_t)number >> shift & 0xFF));
}

static void header_add(struct text *text, size_t times, size_t types)
{
    text_add_bytes(text, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    number_add(text, 0, 4); /* UT indicators */
    number_add(text, 0, 4); /* standard indicators */
    number_add(text, 0, 4); /* leap seconds */
    number_add(text, (int64_t)times, 4);
    number_add(text, (int64_t)types, 4);
    number_add(text, 1, 4); /* abbreviations: one, empty */
}

/* The place of an offset among the types; TYPES_MAX when there is no room. */
static size_t type_find(int32_t *offsets, size_t *count, int32_t offset_s)
{
    size_t i = 0;
    while (i < *count && offsets[i] != offset_s)
        i++;
    if (i == *count && i < TYPES_MAX)
        offsets[(*count)++] = offset_s;
    return i;
}

/* Writes the onsets as a TZif file (RFC 8536), so that there is one kind of zone. */
static bool zone_make(const char *name, const struct onset_list *list, struct zone **zone,
                      struct fault *fault)
{
    int32_t offsets[TYPES_MAX + 1];
    size_t types = 0;
    size_t times = 0;
    CLEANUP(text_clear) struct text instants = {0};
    CLEANUP(text_clear) struct text indexes = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    (void)type_find(offsets, &types, list->items[0].from_s);
    for (size_t i = 0; i < list->count; i++) {
        const struct onset *onset = &list->items[i];
        if (i + 1 < list->count && list->items[i + 1].at == onset->at)
            continue;
        size_t type = type_find(offsets, &types, onset->to_s);
        if (type == TYPES_MAX)
            return fault_set(fault, FAULT_LIMIT, "too many offsets");
        number_add(&instants, onset->at / SECOND_MS, 8);
        text_add_char(&indexes, (char)type);
        times++;
    }
    header_add(&bytes, 0, 1);
    text_add_bytes(&bytes, "\0\0\0\0\0\0\0", 7); /* one type and the abbreviation */
    header_add(&bytes, times, types);
    text_add_span(&bytes, text_span(&instants));
    text_add_span(&bytes, text_span(&indexes));
    for (size_t i = 0; i < types; i++) {
        number_add(&bytes, offsets[i], 4);
        text_add_bytes(&bytes, "\0\0", 2);
    }
    text_add_bytes(&bytes, "\0\n\n", 3); /* the abbreviation; no rule behind the end */
    return zone_parse(name, bytes.bytes, bytes.size, zone, fault);
}

static bool observances_read(struct onset_list *list, const char *name,
                             const struct component *observances, msec until_at, struct zone **zone,
                             struct fault *fault)
{
    for (const struct component *observance = observances; observance != NULL;
         observance = observance->next)
        if (!observance_add(list, observance, until_at, fault))
            return false;
    if (list->count == 0)
        return fault_set(fault, FAULT_INPUT, "it has no usable rules");
    qsort(list->items, list->count, sizeof list->items[0], onset_compare);
    return zone_make(name, list, zone, fault);
}

bool vtimezone_parse(const char *name, const struct component *observances, msec until_at,
                     int64_t *steps_left, struct zone **zone, struct fault *fault)
{
    struct onset_list *list = memory_new(1, sizeof *list);
    list->steps_left = steps_left;
    bool is_good = observances_read(list, name, observances, until_at, zone, fault);
    free(list);
    return is_good;
}
