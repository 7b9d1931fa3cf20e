/* SPDX-License-Identifier: MIT */
#include "calendar/clash.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "calendar/pieces.h"
#include "engine/words.h"

#define STEPS_MAX (20 * CLASH_PIECES_MAX) /* pairs looked at; those that clash are far fewer */

/* One person has one role without a break. */
struct stint {
    const struct user *user;
    const struct team *team;
    enum role role;
    msec start_at;
    msec end_at;
    bool is_fixed;       /* by the configuration alone */
    struct stint *older; /* of the same user, begun before and maybe not over */
};

struct sweep {
    const struct policy *policy;
    const struct roster *roster;
    struct stint *stints;
    size_t stint_count;
    size_t stint_room;
    struct clash *clashes;
    size_t clash_count;
    size_t clash_room;
    size_t steps;
    bool is_cut;
};

static const char *const codes[CLASH_COUNT] = {
    [CLASH_TWO_ROLES] = "W-TWO-ROLES",
    [CLASH_TWO_TEAMS] = "W-TWO-TEAMS",
    [CLASH_AWAY] = "W-AWAY",
};

/* `open` has for each user of the piece before the place of the stint; 0 is none, else 1 more. */
static void stint_add(struct sweep *sweep, const struct stint *stint, const size_t *open,
                      size_t open_count, size_t *place)
{
    for (size_t i = 0; i < open_count; i++) {
        struct stint *last = open[i] == 0 ? NULL : &sweep->stints[open[i] - 1];
        if (last == NULL || last->user != stint->user || last->is_fixed != stint->is_fixed)
            continue;
        last->end_at = stint->end_at;
        *place = open[i];
        return;
    }
    if (sweep->stint_count == CLASH_PIECES_MAX) {
        sweep->is_cut = true;
        return;
    }
    if (sweep->stint_count == sweep->stint_room) {
        sweep->stint_room = sweep->stint_room == 0 ? 256 : sweep->stint_room * 2;
        sweep->stints = memory_grow(sweep->stints, sweep->stint_room, sizeof *sweep->stints);
    }
    sweep->stints[sweep->stint_count++] = *stint;
    *place = sweep->stint_count;
}

static void stints_collect(struct sweep *sweep, const struct team *team, enum role role,
                           msec from_at, msec until_at)
{
    size_t open[SEGMENT_USERS_MAX];
    size_t open_count = 0;
    struct pieces pieces;
    struct piece piece;
    pieces_init(&pieces, team, role, sweep->roster, from_at, until_at);
    while (!sweep->is_cut && pieces_next(&pieces, &piece)) {
        size_t places[SEGMENT_USERS_MAX] = {0};
        size_t count = piece_user_count(&piece);
        for (size_t i = 0; i < count; i++) {
            struct stint stint = {
                .user = policy_find_user(sweep->policy, piece_user(&piece, i)),
                .team = team,
                .role = role,
                .start_at = piece.start_at,
                .end_at = piece.end_at,
                .is_fixed = piece.segment == NULL,
            };
            if (stint.user != NULL)
                stint_add(sweep, &stint, open, open_count, &places[i]);
        }
        memcpy(open, places, sizeof open);
        open_count = count;
    }
}

static void clash_add(struct sweep *sweep, const struct clash *clash)
{
    if (sweep->clash_count == CLASH_PIECES_MAX) {
        sweep->is_cut = true;
        return;
    }
    if (sweep->clash_count == sweep->clash_room) {
        sweep->clash_room = sweep->clash_room == 0 ? 64 : sweep->clash_room * 2;
        sweep->clashes = memory_grow(sweep->clashes, sweep->clash_room, sizeof *sweep->clashes);
    }
    sweep->clashes[sweep->clash_count] = *clash;
    sweep->clashes[sweep->clash_count++].code = codes[clash->kind];
}

static msec later(msec left, msec right)
{
    return left > right ? left : right;
}

static msec earlier(msec left, msec right)
{
    return left < right ? left : right;
}

/* Where both lie, as they overlap; in the order of teams, then of roles. */
static void pair_add(struct sweep *sweep, const struct stint *left, const struct stint *right)
{
    bool is_swapped = left->team == right->team ? left->role > right->role
                                                : left->team > right->team; /* of one array */
    const struct stint *first = is_swapped ? right : left;
    const struct stint *second = is_swapped ? left : right;
    bool is_one_team = left->team == right->team;
    clash_add(sweep, &(struct clash){
                         .kind = is_one_team ? CLASH_TWO_ROLES : CLASH_TWO_TEAMS,
                         .user = left->user,
                         .teams = {first->team, is_one_team ? NULL : second->team},
                         .roles = {first->role, second->role},
                         .start_at = later(left->start_at, right->start_at),
                         .end_at = earlier(left->end_at, right->end_at),
                     });
}

static void absences_add(struct sweep *sweep, const struct stint *stint)
{
    const struct absence *next = NULL;
    const struct absence *absence =
        roster_absence(sweep->roster, stint->user->id, stint->start_at, &next);
    if (absence == NULL)
        absence = next;
    while (absence != NULL && absence->start_at < stint->end_at && !sweep->is_cut) {
        clash_add(sweep, &(struct clash){
                             .kind = CLASH_AWAY,
                             .user = stint->user,
                             .teams = {stint->team},
                             .roles = {stint->role, stint->role},
                             .start_at = later(absence->start_at, stint->start_at),
                             .end_at = earlier(absence->end_at, stint->end_at),
                             .absence = absence,
                         });
        (void)roster_absence(sweep->roster, stint->user->id, absence->start_at, &absence);
    }
}

static int stint_compare(const void *left, const void *right)
{
    const struct stint *a = left;
    const struct stint *b = right;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    if (a->user != b->user)
        return a->user < b->user ? -1 : 1;
    if (a->team != b->team)
        return a->team < b->team ? -1 : 1;
    return (int)a->role - (int)b->role;
}

/* In order of start: each one against those of the same person that are not over. */
static void stints_sweep(struct sweep *sweep)
{
    struct stint **newest = memory_new(sweep->policy->user_count + 1, sizeof(*newest));
    if (sweep->stint_count > 0)
        qsort(sweep->stints, sweep->stint_count, sizeof *sweep->stints, stint_compare);
    for (size_t i = 0; i < sweep->stint_count && !sweep->is_cut; i++) {
        struct stint *stint = &sweep->stints[i];
        struct stint **link = &newest[stint->user - sweep->policy->users];
        stint->older = *link;
        *link = stint;
        for (link = &stint->older; *link != NULL && sweep->steps < STEPS_MAX; sweep->steps++) {
            struct stint *other = *link;
            if (other->end_at <= stint->start_at) {
                *link = other->older;
                continue;
            }
            if (!stint->is_fixed || !other->is_fixed)
                pair_add(sweep, stint, other);
            link = &other->older;
        }
        sweep->is_cut = sweep->is_cut || sweep->steps == STEPS_MAX;
        if (!stint->is_fixed)
            absences_add(sweep, stint);
    }
    free(newest);
}

/* Everything but the time. */
static int key_compare(const struct clash *a, const struct clash *b)
{
    if (a->user != b->user)
        return a->user < b->user ? -1 : 1;
    if (a->kind != b->kind)
        return (int)a->kind - (int)b->kind;
    for (size_t i = 0; i < 2; i++)
        if (a->teams[i] != b->teams[i])
            return a->teams[i] < b->teams[i] ? -1 : 1;
    if (a->roles[0] != b->roles[0])
        return (int)a->roles[0] - (int)b->roles[0];
    return (int)a->roles[1] - (int)b->roles[1];
}

static int by_key(const void *left, const void *right)
{
    const struct clash *a = left;
    const struct clash *b = right;
    int order = key_compare(a, b);
    return order != 0 ? order : (a->start_at > b->start_at) - (a->start_at < b->start_at);
}

static int by_start(const void *left, const void *right)
{
    const struct clash *a = left;
    const struct clash *b = right;
    return a->start_at != b->start_at ? (a->start_at < b->start_at ? -1 : 1) : key_compare(a, b);
}

/* Makes one of neighbours, and leaves all in order of start. */
static void clashes_merge(struct sweep *sweep)
{
    if (sweep->clash_count == 0)
        return;
    size_t kept = 0;
    qsort(sweep->clashes, sweep->clash_count, sizeof *sweep->clashes, by_key);
    for (size_t i = 0; i < sweep->clash_count; i++) {
        struct clash *last = kept == 0 ? NULL : &sweep->clashes[kept - 1];
        const struct clash *clash = &sweep->clashes[i];
        if (last != NULL && key_compare(last, clash) == 0 && last->end_at == clash->start_at)
            last->end_at = clash->end_at;
        else
            sweep->clashes[kept++] = *clash;
    }
    sweep->clash_count = kept;
    qsort(sweep->clashes, kept, sizeof *sweep->clashes, by_start);
}

void clashes_find(const struct policy *policy, const struct roster *roster, msec from_at,
                  msec until_at, struct clash_list *list)
{
    struct sweep sweep = {.policy = policy, .roster = roster};
    for (size_t i = 0; i < policy->team_count; i++)
        for (int role = 0; role < ROLE_COUNT; role++)
            stints_collect(&sweep, &policy->teams[i], (enum role)role, from_at, until_at);
    bool is_cut = sweep.is_cut;
    sweep.is_cut = false; /* what was collected is looked at all the same */
    stints_sweep(&sweep);
    clashes_merge(&sweep);
    list->count = sweep.clash_count < CLASHES_MAX ? sweep.clash_count : CLASHES_MAX;
    list->is_cut = is_cut || sweep.is_cut || sweep.clash_count > CLASHES_MAX;
    if (list->count > 0)
        memcpy(list->items, sweep.clashes, list->count * sizeof list->items[0]);
    free(sweep.stints);
    free(sweep.clashes);
}

static void clean_add(struct text *text, const char *string)
{
    CLEANUP(text_clear) struct text clean = {0};
    text_add_terminal(&clean, string);
    text_add_span(text, utf8_cut(text_span(&clean), 100));
}

void clash_render(struct text *text, const struct clash *clash, const struct zone *zone)
{
    const struct user *user = clash->user;
    clean_add(text, user->name != NULL ? user->name : user->id);
    text_addf(text, " is %s", role_name(clash->roles[0]));
    switch (clash->kind) {
    case CLASH_TWO_ROLES:
        text_addf(text, " and %s of %s", role_name(clash->roles[1]), clash->teams[0]->id);
        break;
    case CLASH_TWO_TEAMS:
        text_addf(text, " of %s and %s of %s", clash->teams[0]->id, role_name(clash->roles[1]),
                  clash->teams[1]->id);
        break;
    case CLASH_AWAY:
        text_addf(text, " of %s while away", clash->teams[0]->id);
        if (clash->absence->summary != NULL && clash->absence->summary[0] != '\0') {
            text_add(text, " (\"");
            clean_add(text, clash->absence->summary);
            text_add(text, "\")");
        }
        break;
    case CLASH_COUNT:
        break;
    }
    text_add(text, " from ");
    words_add_time(text, zone, clash->start_at);
    text_add(text, " until ");
    words_add_time(text, zone, clash->end_at);
    text_addf(text, " %s", zone_abbreviation(zone, clash->end_at));
}
