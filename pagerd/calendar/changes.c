/* SPDX-License-Identifier: MIT */
/* changes.c - the difference of two versions of a rota as lines for people; see judge.h. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "calendar/judge.h"
#include "engine/words.h"

/* What becomes of it, or where it comes from. */
enum change_kind {
    LOSS_TO,      /* the others have it */
    LOSS_TO_NONE, /* nobody has it */
    LOSS_TO_HOLE, /* nobody has it, on purpose */
    GAIN_FROM,    /* the others lose it */
    GAIN_BESIDE,  /* the others keep it */
    GAIN_OF_NONE  /* nobody had it */
};

/* One person loses or gains one stretch. */
struct change {
    msec start_at;
    msec end_at;
    const char *user;
    enum change_kind kind;
    const char *others[SEGMENT_USERS_MAX];
    size_t other_count;
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

static bool change_is_same(const struct change *left, const struct change *right)
{
    if (left->kind != right->kind || !string_is(left->user, right->user) ||
        left->other_count != right->other_count)
        return false;
    for (size_t i = 0; i < left->other_count; i++)
        if (!string_is(left->others[i], right->others[i]))
            return false;
    return true;
}

/* Adds who of `segment` is not in `without`. */
static void others_add(struct change *change, const struct segment *segment,
                       const struct segment *without)
{
    for (size_t i = 0; segment != NULL && i < segment->user_count; i++)
        if (!segment_has(without, segment->users[i]))
            change->others[change->other_count++] = segment->users[i];
}

static struct change loss_make(const char *user, const struct segment *fresh)
{
    struct change change = {.user = user, .kind = LOSS_TO};
    others_add(&change, fresh, NULL);
    if (change.other_count == 0)
        change.kind = fresh != NULL ? LOSS_TO_HOLE : LOSS_TO_NONE;
    return change;
}

static struct change gain_make(const char *user, const struct segment *good,
                               const struct segment *fresh)
{
    struct change change = {.user = user, .kind = GAIN_FROM};
    others_add(&change, good, fresh);
    if (change.other_count > 0)
        return change;
    others_add(&change, good, NULL);
    change.kind = change.other_count > 0 ? GAIN_BESIDE : GAIN_OF_NONE;
    return change;
}

/* Prolongs the change that ends where this one starts, or begins a new one; returns its place. */
static size_t change_put(struct changes *changes, const struct change *change)
{
    for (size_t i = 0; i < changes->open_count; i++) {
        struct change *last = &changes->items[changes->open[i]];
        if (!change_is_same(last, change))
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
            if (segment_has(other, mine->users[i]))
                continue;
            struct change change = turn == 0 ? loss_make(mine->users[i], fresh)
                                             : gain_make(mine->users[i], good, fresh);
            change.start_at = start_at;
            change.end_at = end_at;
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

static void others_render(struct text *text, const struct policy *policy,
                          const struct change *change)
{
    for (size_t i = 0; i < change->other_count; i++) {
        text_add(text, i == 0 ? "" : " and ");
        name_add(text, policy, change->others[i]);
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
    static const struct {
        const char *verb;
        const char *before; /* the others */
    } words[] = {
        [LOSS_TO] = {" loses ", "; "},
        [LOSS_TO_NONE] = {" loses ", "; nobody has it"},
        [LOSS_TO_HOLE] = {" loses ", "; nobody has it, on purpose"},
        [GAIN_FROM] = {" gains ", " from "},
        [GAIN_BESIDE] = {" gains ", " beside "},
        [GAIN_OF_NONE] = {" gains ", ", which nobody had"},
    };
    name_add(text, policy, change->user);
    text_add(text, words[change->kind].verb);
    stretch_render(text, zone, change->start_at, change->end_at);
    text_add(text, words[change->kind].before);
    others_render(text, policy, change);
    if (change->kind == LOSS_TO)
        text_add(text, change->other_count == 1 ? " has it" : " have it");
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
