/* SPDX-License-Identifier: MIT */
#include "calendar/pieces.h"

#include <assert.h>

/* The place of the first segment that ends after `at`. */
static size_t place_find(const struct rota *rota, msec at)
{
    size_t low = 0;
    size_t high = rota == NULL ? 0 : rota->segment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rota->segments[middle].end_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void pieces_init(struct pieces *pieces, const struct team *team, enum role role,
                 const struct roster *roster, msec from_at, msec until_at)
{
    const struct duty_source *source = &team->roles[role];
    const struct duty_source *over = &team->overrides[role];
    *pieces = (struct pieces){
        .base = roster_find(roster, source->calendar, source->layer),
        .over = roster_find(roster, over->calendar, over->layer),
        .user = source->calendar == NULL ? source->user : NULL,
        .at = from_at,
        .until_at = until_at,
    };
    pieces->base_place = place_find(pieces->base, from_at);
    pieces->over_place = place_find(pieces->over, from_at);
}

/*
 * The segment that holds `at`, or NULL; `place` moves on to the first one that ends after `at`.
 * `edge_at` comes down to the next instant at which this may change.
 */
static const struct segment *segment_at(const struct rota *rota, size_t *place, msec at,
                                        msec *edge_at)
{
    if (rota == NULL)
        return NULL;
    while (*place < rota->segment_count && rota->segments[*place].end_at <= at)
        ++*place;
    if (*place == rota->segment_count)
        return NULL;
    const struct segment *segment = &rota->segments[*place];
    bool is_inside = segment->start_at <= at;
    msec next_at = is_inside ? segment->end_at : segment->start_at;
    *edge_at = next_at < *edge_at ? next_at : *edge_at;
    return is_inside ? segment : NULL;
}

bool pieces_next(struct pieces *pieces, struct piece *piece)
{
    if (pieces->at >= pieces->until_at)
        return false;
    msec end_at = pieces->until_at;
    const struct segment *over = segment_at(pieces->over, &pieces->over_place, pieces->at, &end_at);
    const struct segment *base = segment_at(pieces->base, &pieces->base_place, pieces->at, &end_at);
    *piece = (struct piece){
        .start_at = pieces->at,
        .end_at = end_at,
        .segment = over != NULL ? over : base,
        .user = pieces->user,
    };
    assert(end_at > pieces->at);
    pieces->at = end_at;
    return true;
}

size_t piece_user_count(const struct piece *piece)
{
    return piece->segment != NULL ? piece->segment->user_count : piece->user != NULL;
}

const char *piece_user(const struct piece *piece, size_t place)
{
    assert(place < piece_user_count(piece));
    return piece->segment != NULL ? piece->segment->users[place] : piece->user;
}
