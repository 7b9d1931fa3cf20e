/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/zone_table.h"

#define CHANGE_ROOM_MIN 64

/* How much an instant is earlier than asked for, so that it lies within the changes. */
static msec cycle_shift(const struct zone *zone, msec at)
{
    if (at < zone->cycle_at || zone->cycle_at == MSEC_NEVER)
        return 0;
    return ((at - zone->cycle_at) / ZONE_CYCLE_MS + 1) * ZONE_CYCLE_MS;
}

/* Count of changes at or before `at`, which is shifted already. */
static size_t changes_before(const struct zone *zone, msec at)
{
    size_t low = 0;
    size_t high = zone->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The type in force after that many changes. */
static const struct zone_type *type_after(const struct zone *zone, size_t count)
{
    return &zone->types[count == 0 ? zone->first_type : zone->changes[count - 1].type];
}

static const struct zone_type *type_at(const struct zone *zone, msec at)
{
    return type_after(zone, changes_before(zone, at - cycle_shift(zone, at)));
}

void zone_add_change(struct zone *zone, msec at, uint32_t type)
{
    if (zone->change_count == zone->change_room) {
        zone->change_room = zone->change_room == 0 ? CHANGE_ROOM_MIN : zone->change_room * 2;
        zone->changes = memory_grow(zone->changes, zone->change_room, sizeof *zone->changes);
    }
    size_t place = zone->change_count;
    while (place > 0 && zone->changes[place - 1].at > at)
        place--;
    if (place > 0 && zone->changes[place - 1].at == at) {
        zone->changes[place - 1].type = type;
        return;
    }
    memmove(&zone->changes[place + 1], &zone->changes[place],
            (zone->change_count - place) * sizeof *zone->changes);
    zone->changes[place] = (struct zone_change){at, type};
    zone->change_count++;
}

uint32_t zone_add_type(struct zone *zone, const struct zone_type *type)
{
    for (size_t i = 0; i < zone->type_count; i++) {
        if (zone->types[i].offset_s == type->offset_s &&
            strcmp(zone->types[i].abbreviation, type->abbreviation) == 0)
            return (uint32_t)i;
    }
    if (zone->type_count >= ZONE_TYPE_MAX)
        return ZONE_TYPE_MAX;
    zone->types = memory_grow(zone->types, zone->type_count + 1, sizeof *zone->types);
    zone->types[zone->type_count] = *type;
    return (uint32_t)zone->type_count++;
}

struct zone *zone_fixed(const char *name, int32_t offset_s)
{
    struct zone *zone = memory_new(1, sizeof *zone);
    zone->name = string_copy(name);
    zone->types = memory_new(1, sizeof *zone->types);
    zone->type_count = 1;
    zone->types[0].offset_s = offset_s;
    struct span letters = span_of(name);
    size_t size = letters.size < ZONE_ABBREVIATION_MAX ? letters.size : ZONE_ABBREVIATION_MAX - 1;
    memcpy(zone->types[0].abbreviation, letters.bytes, size);
    zone->cycle_at = MSEC_NEVER;
    return zone;
}

void zone_free(struct zone *zone)
{
    if (zone == NULL)
        return;
    free(zone->name);
    free(zone->types);
    free(zone->changes);
    free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

int32_t zone_offset(const struct zone *zone, msec at)
{
    return type_at(zone, at)->offset_s;
}

const char *zone_abbreviation(const struct zone *zone, msec at)
{
    return type_at(zone, at)->abbreviation;
}

msec zone_local(const struct zone *zone, msec at)
{
    return at == MSEC_NEVER ? MSEC_NEVER : at + zone_offset(zone, at) * SECOND_MS;
}

struct civil zone_civil(const struct zone *zone, msec at)
{
    return civil_from_msec(zone_local(zone, at));
}

msec zone_utc(const struct zone *zone, msec local, enum zone_fit *fit)
{
    enum zone_fit unused;
    enum zone_fit *result = fit == NULL ? &unused : fit;
    *result = ZONE_UNIQUE;
    if (local == MSEC_NEVER)
        return MSEC_NEVER;

    msec reach_ms = ZONE_OFFSET_MAX_S * SECOND_MS;
    msec shift = cycle_shift(zone, local);
    msec wanted = local - shift;
    msec gap_at = wanted - type_at(zone, wanted)->offset_s * SECOND_MS;
    msec first_at = MSEC_NEVER;
    /* Walks the stretches of one offset in which the wanted local time can lie. */
    for (size_t i = changes_before(zone, wanted - reach_ms);; i++) {
        bool is_last = i == zone->change_count || zone->changes[i].at > wanted + reach_ms;
        msec from_at = i == 0 ? INT64_MIN : zone->changes[i - 1].at;
        msec until_at = is_last ? MSEC_NEVER : zone->changes[i].at;
        msec here_at = wanted - type_after(zone, i)->offset_s * SECOND_MS;
        bool is_inside = here_at >= from_at && here_at < until_at;
        if (is_inside && first_at == MSEC_NEVER)
            first_at = here_at;
        else if (is_inside)
            *result = ZONE_TWICE;
        if (is_last)
            break;
        /* Too late for this stretch and too early for the next: the clocks jump over it. */
        msec next_at = wanted - type_after(zone, i + 1)->offset_s * SECOND_MS;
        if (here_at >= until_at && next_at < until_at)
            gap_at = here_at;
    }
    if (first_at == MSEC_NEVER) {
        *result = ZONE_GAP;
        first_at = gap_at;
    }
    return first_at + shift;
}

msec zone_next_change(const struct zone *zone, msec at)
{
    if (at == MSEC_NEVER)
        return MSEC_NEVER;
    msec shift = cycle_shift(zone, at);
    size_t next = changes_before(zone, at - shift);
    int32_t offset_s = type_after(zone, next)->offset_s;
    for (; next < zone->change_count; next++) {
        if (type_after(zone, next + 1)->offset_s != offset_s)
            return zone->changes[next].at + shift;
    }
    return MSEC_NEVER;
}
