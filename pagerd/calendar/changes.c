/* SPDX-License-Identifier: MIT */
/* changes.c - the difference of two versions of a rota as lines for people; see judge.h. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "calendar/judge.h"
#include "engine/words.h"

/* One person loses or gains one stretch. The segments are of the other people of its start. */
struct change {
    msec start_at;
    msec end_at;
    const char *user;
    bool is_gain;
    const struct segment *other; /* who has it instead, or had it; NULL: nobody */
};

struct changes {
    struct change *items; /* by start: they are put here when they begin */
    size_t count;
    size_t room;
    size_t open[2 * SEGMENT_USERS_MAX]; /* places of those that may go on */
    size_t open_count;
    bool is_cut;
};

static bool segment_has(const struct segment *segment, const char *user)
{
    for (size_t i = 0; segment != NULL && i < segment->user_count; i++)
        if (string_is(segment->users[i], user))
            return true;
    return false;
}

static bool users_are_same(const struct segment *left, const struct segment *right)
{
    size_t left_count = left == NULL ? 0 : left->user_count;
    size_t right_count = right == NULL ? 0 : right->user_count;
    if (left_count != right_count || (left == NULL) != (right == NULL))
        return false;
    for (size_t i = 0; i < left_count; i++)
        if (!string_is(left->users[i], right->users[i]))
            return false;
    return true;
}

/* Prolongs the change that ends where this one starts, or begins a new one; returns its place. */
static size_t change_put(struct changes *changes, const struct change *change)
{
    for (size_t i = 0; i < changes->open_count; i++) {
        struct change *last = &changes->items[changes->open[i]];
        if (last->is_gain != change->is_gain || !string_is(last->user, change->user) ||
            !users_are_same(last->other, change->other))
            continue;
        last->end_at = change->end_at;
        return changes->open[i];
    }
    if (changes->count == changes->room) {
        changes->room = changes->room == 0 ? 64 : changes->room * 2;
        changes->items = memory_grow(changes->items, changes->room, sizeof *changes->items);
    }
    changes->items[changes->count] = *change;
    return changes->count++;
}

/* From `start_at` to `end_at` neither answer changes. */
static void stretch_add(struct changes *changes, const struct segment *good,
                        const struct segment *fresh, msec start_at, msec end_at)
{
    size_t open[2 * SEGMENT_USERS_MAX];
    size_t open_count = 0;
    for (int turn = 0; turn < 2; turn++) {
        const struct segment *mine = turn == 0 ? good : fresh;
        const struct segment *other = turn == 0 ? fresh : good;
        for (size_t i = 0; mine != NULL && i < mine->user_count; i++) {
            struct change change = {start_at, end_at, mine->users[i], turn == 1, other};
            if (!segment_has(other, mine->users[i]))
                open[open_count++] = change_put(changes, &change);
        }
    }
    memcpy(changes->open, open, sizeof open);
    changes->open_count = open_count;
}

static const struct segment *segment_at(const struct rota *rota, msec at, msec *edge_at)
{
    const struct segment *next = NULL;
    const struct segment *segment = rota == NULL ? NULL : rota_find(rota, at, &next);
    msec next_at = segment != NULL ? segment->end_at : next != NULL ? next->start_at : MSEC_NEVER;
    *edge_at = next_at < *edge_at ? next_at : *edge_at;
    return segment;
}

static void name_add(struct text *text, const struct policy *policy, const char *id)
{
    const struct user *user = policy_find_user(policy, id);
    CLEANUP(text_clear) struct text name = {0};
    text_add_terminal(&name, user != NULL && user->name != NULL ? user->name : id);
    text_add_span(text, utf8_cut(text_span(&name), 100));
}

static void names_add(struct text *text, const struct policy *policy, const struct segment *segment)
{
    for (size_t i = 0; i < segment->user_count; i++) {
        text_add(text, i == 0 ? "" : " and ");
        name_add(text, policy, segment->users[i]);
    }
}

static void stretch_render(struct text *text, const struct zone *zone, msec start_at, msec end_at)
{
    char duration[DURATION_TEXT_SIZE];
    const char *start_zone = zone_abbreviation(zone, start_at);
    const char *end_zone = zone_abbreviation(zone, end_at);
    words_add_time(text, zone, start_at);
    if (!string_is(start_zone, end_zone))
        text_addf(text, " %s", start_zone);
    text_add(text, " - ");
    words_add_time(text, zone, end_at);
    text_addf(text, " %s (%s)", end_zone, duration_speak(end_at - start_at, duration));
}

static void change_render(struct text *text, const struct change *change,
                          const struct policy *policy, const struct zone *zone)
{
    const struct segment *other = change->other;
    bool has_other = other != NULL && other->user_count > 0;
    name_add(text, policy, change->user);
    text_add(text, change->is_gain ? " gains " : " loses ");
    stretch_render(text, zone, change->start_at, change->end_at);
    if (change->is_gain) {
        text_add(text, has_other ? " from " : ", which nobody had");
        if (has_other)
            names_add(text, policy, other);
    } else if (has_other) {
        text_add(text, "; ");
        names_add(text, policy, other);
        text_add(text, other->user_count == 1 ? " has it" : " have it");
    } else {
        text_add(text, other != NULL ? "; nobody has it, on purpose" : "; nobody has it");
    }
    text_add_char(text, '\n');
}

size_t calendar_changes(const struct rota *good, const struct rota *fresh,
                        const struct policy *policy, msec from_at, msec until_at,
                        const struct zone *zone, struct text *text)
{
    struct changes changes = {0};
    for (msec at = from_at; at < until_at;) {
        msec edge_at = until_at;
        const struct segment *before = segment_at(good, at, &edge_at);
        const struct segment *after = segment_at(fresh, at, &edge_at);
        if (changes.count + 2 * SEGMENT_USERS_MAX > CHANGES_MAX) {
            changes.is_cut = true;
            break;
        }
        stretch_add(&changes, before, after, at, edge_at);
        at = edge_at;
    }
    size_t shown = changes.count < CHANGES_SHOWN_MAX ? changes.count : CHANGES_SHOWN_MAX;
    for (size_t i = 0; i < shown; i++)
        change_render(text, &changes.items[i], policy, zone);
    if (changes.count > shown)
        text_addf(text, "and %zu more%s\n", changes.count - shown,
                  changes.is_cut ? ", and still more after these" : "");
    size_t count = changes.count;
    free(changes.items);
    return count;
}
