/* SPDX-License-Identifier: MIT */
#include "daemon/recent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A ring: the oldest goes first. */
struct recent {
    struct recent_item *items; /* RECENT_COUNT_MAX, from the first add on */
    size_t first;
    size_t count;
    size_t size; /* bytes of all */
    uint64_t lost;
};

struct recent *recent_new(void)
{
    return memory_new(1, sizeof(struct recent));
}

static struct recent_item *item_at(const struct recent *recent, size_t place)
{
    return &recent->items[(recent->first + place) % RECENT_COUNT_MAX];
}

static void first_remove(struct recent *recent)
{
    struct recent_item *item = item_at(recent, 0);
    assert(recent->count > 0);
    recent->size -= item->bytes.size;
    free((char *)item->node);
    free((char *)item->bytes.bytes);
    *item = (struct recent_item){.node = NULL};
    recent->first = (recent->first + 1) % RECENT_COUNT_MAX;
    recent->count--;
}

void recent_clear(struct recent *recent)
{
    while (recent->count > 0)
        first_remove(recent);
    recent->lost = 0;
}

void recent_free(struct recent *recent)
{
    if (recent == NULL)
        return;
    recent_clear(recent);
    free(recent->items);
    free(recent);
}

/* What is longer than all that may be kept is lost as if it had been kept, and had gone. */
void recent_add(struct recent *recent, const struct recent_item *item)
{
    if (item->bytes.size > RECENT_SIZE_MAX) {
        recent->lost++;
        return;
    }
    if (recent->items == NULL)
        recent->items = memory_new(RECENT_COUNT_MAX, sizeof(*recent->items));
    while (recent->count == RECENT_COUNT_MAX || recent->size + item->bytes.size > RECENT_SIZE_MAX) {
        first_remove(recent);
        recent->lost++;
    }
    struct recent_item *place = item_at(recent, recent->count++);
    *place = *item;
    place->node = string_copy(item->node);
    place->bytes.bytes = string_copy_span(item->bytes);
    recent->size += item->bytes.size;
}

void recent_trim(struct recent *recent, msec seen_at)
{
    while (recent->count > 0 && item_at(recent, 0)->at + RECENT_COMMIT_MS < seen_at)
        first_remove(recent);
    if (recent->count == 0)
        recent->lost = 0;
}

const struct recent_item *recent_each(const struct recent *recent, size_t *cursor)
{
    return *cursor < recent->count ? item_at(recent, (*cursor)++) : NULL;
}

size_t recent_count(const struct recent *recent)
{
    return recent->count;
}

uint64_t recent_lost(const struct recent *recent)
{
    return recent->lost;
}
