/* SPDX-License-Identifier: MIT */
#include "engine/stretch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"

static bool is_continued(const struct segment *segment, const struct segment *next)
{
    if (segment->end_at != next->start_at || segment->user_count != next->user_count)
        return false;
    for (size_t i = 0; i < segment->user_count; i++) {
        if (!string_is(segment->users[i], next->users[i]))
            return false;
    }
    return true;
}

/* For each segment the place of the first of its stretch; never falls. */
static uint32_t *places_of_first(const struct rota *rota)
{
    uint32_t *first = memory_new(rota->segment_count + 1, sizeof *first);
    for (size_t i = 1; i < rota->segment_count; i++) {
        bool is_same = is_continued(&rota->segments[i - 1], &rota->segments[i]);
        first[i] = is_same ? first[i - 1] : (uint32_t)i;
    }
    return first;
}

/* The place of the last segment whose stretch begins at `first`. */
static size_t place_of_last(const uint32_t *places, size_t count, size_t first)
{
    size_t low = first;
    size_t high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (places[middle] <= first)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void stretches_rebuild(struct engine *engine)
{
    stretches_free(engine);
    engine->stretch_count = engine->roster->rota_count;
    engine->stretches = memory_new(engine->stretch_count + 1, sizeof *engine->stretches);
    for (size_t i = 0; i < engine->stretch_count; i++)
        engine->stretches[i] = places_of_first(&engine->roster->rotas[i]);
}

void stretches_free(struct engine *engine)
{
    for (size_t i = 0; i < engine->stretch_count; i++)
        free(engine->stretches[i]);
    free(engine->stretches);
    engine->stretches = NULL;
    engine->stretch_count = 0;
}

struct stretch stretch_of(const struct engine *engine, const struct rota *rota,
                          const struct segment *segment)
{
    size_t which = (size_t)(rota - engine->roster->rotas);
    size_t place = (size_t)(segment - rota->segments);
    assert(which < engine->stretch_count);
    assert(place < rota->segment_count);
    const uint32_t *places = engine->stretches[which];
    size_t first = places[place];
    size_t last = place_of_last(places, rota->segment_count, first);
    return (struct stretch){rota->segments[first].start_at, rota->segments[last].end_at};
}
