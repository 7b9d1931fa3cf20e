/* SPDX-License-Identifier: MIT */
#include "daemon/once.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"

struct once {
    struct map *known; /* number -> its place */
    uint64_t *numbers; /* a ring, the oldest first */
    size_t first;
    size_t count;
    size_t room;
};

struct once *once_new(void)
{
    struct once *once = memory_new(1, sizeof(*once));
    once->known = map_new();
    return once;
}

void once_free(struct once *once)
{
    if (once == NULL)
        return;
    map_free(once->known);
    free(once->numbers);
    free(once);
}

static struct span number_key(const uint64_t *number)
{
    return (struct span){(const char *)number, sizeof(*number)};
}

/* It grows up to its limit; from then on the oldest makes room. */
static uint64_t *place_make(struct once *once)
{
    if (once->count == ONCE_MAX) {
        uint64_t *place = &once->numbers[once->first];
        map_remove(once->known, number_key(place));
        once->first = (once->first + 1) % ONCE_MAX;
        return place;
    }
    if (once->count == once->room) {
        once->room = once->room == 0 ? 64 : once->room * 2;
        once->room = once->room > ONCE_MAX ? ONCE_MAX : once->room;
        once->numbers = memory_grow(once->numbers, once->room, sizeof(*once->numbers));
    }
    return &once->numbers[once->count++];
}

bool once_see(struct once *once, uint64_t number)
{
    if (map_find(once->known, number_key(&number)) != NULL)
        return false;
    uint64_t *place = place_make(once);
    *place = number;
    map_put(once->known, number_key(&number), once);
    return true;
}

void once_forget(struct once *once, uint64_t number)
{
    (void)map_remove(once->known, number_key(&number));
}
