/* SPDX-License-Identifier: MIT */
#include "base/numbered.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ROOM_MIN 64

/* `value` NULL marks one that was removed, until the next compaction. */
struct slot {
    uint64_t number;
    void *value;
};

/* Slots rise by number. */
struct numbered {
    struct slot *slots;
    size_t used; /* removed ones included */
    size_t room;
    size_t count;
};

struct numbered *numbered_new(void)
{
    return memory_new(1, sizeof(struct numbered));
}

void numbered_free(struct numbered *numbered)
{
    if (numbered == NULL)
        return;
    free(numbered->slots);
    free(numbered);
}

/* Where it would be if numbers rose evenly, as they nearly do. At least one slot is used. */
static size_t slot_guess(const struct numbered *numbered, uint64_t number)
{
    uint64_t first = numbered->slots[0].number;
    uint64_t last = numbered->slots[numbered->used - 1].number;
    if (number <= first)
        return 0;
    if (number >= last)
        return numbered->used - 1;
    double part = (double)(number - first) / (double)(last - first);
    size_t guess = (size_t)(part * (double)(numbered->used - 1));
    return guess < numbered->used ? guess : numbered->used - 1;
}

/* The first slot that has this number or a higher one; `used` when none has. From the guess on in
 * doubled steps until it lies between two slots, then by halves. */
static size_t slot_find(const struct numbered *numbered, uint64_t number)
{
    if (numbered->used == 0)
        return 0;
    const struct slot *slots = numbered->slots;
    size_t guess = slot_guess(numbered, number);
    size_t low = guess;  /* all before it are lower */
    size_t high = guess; /* it and all behind it are not */
    if (slots[guess].number < number) {
        low = guess + 1;
        for (size_t step = 1; high < numbered->used && slots[high].number < number; step *= 2) {
            low = high + 1;
            high = numbered->used - high > step ? high + step : numbered->used;
        }
    } else {
        for (size_t step = 1; low > 0 && slots[low - 1].number >= number; step *= 2) {
            high = low - 1;
            low = high > step ? high - step : 0;
        }
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slots[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void *numbered_find(const struct numbered *numbered, uint64_t number)
{
    size_t at = slot_find(numbered, number);
    bool is_there = at < numbered->used && numbered->slots[at].number == number;
    return is_there ? numbered->slots[at].value : NULL;
}

static void compact(struct numbered *numbered)
{
    size_t used = 0;
    for (size_t i = 0; i < numbered->used; i++)
        if (numbered->slots[i].value != NULL)
            numbered->slots[used++] = numbered->slots[i];
    numbered->used = used;
}

void numbered_put(struct numbered *numbered, uint64_t number, void *value)
{
    assert(value != NULL);
    assert(number < SIZE_MAX);
    size_t at = slot_find(numbered, number);
    if (at == numbered->used || numbered->slots[at].number != number) {
        if (numbered->used == numbered->room) {
            numbered->room = numbered->room == 0 ? ROOM_MIN : numbered->room * 2;
            numbered->slots = memory_grow(numbered->slots, numbered->room, sizeof *numbered->slots);
        }
        struct slot *slot = &numbered->slots[at];
        memmove(slot + 1, slot, (numbered->used - at) * sizeof *slot);
        *slot = (struct slot){.number = number};
        numbered->used++;
    }
    if (numbered->slots[at].value == NULL)
        numbered->count++;
    numbered->slots[at].value = value;
}

void *numbered_remove(struct numbered *numbered, uint64_t number)
{
    size_t at = slot_find(numbered, number);
    if (at == numbered->used || numbered->slots[at].number != number ||
        numbered->slots[at].value == NULL)
        return NULL;
    void *value = numbered->slots[at].value;
    numbered->slots[at].value = NULL;
    numbered->count--;
    if (numbered->used > ROOM_MIN && numbered->count < numbered->used / 2)
        compact(numbered);
    return value;
}

size_t numbered_count(const struct numbered *numbered)
{
    return numbered->count;
}

void *numbered_each(const struct numbered *numbered, size_t *cursor)
{
    for (size_t at = slot_find(numbered, *cursor); at < numbered->used; at++) {
        if (numbered->slots[at].value == NULL)
            continue;
        *cursor = (size_t)numbered->slots[at].number + 1;
        return numbered->slots[at].value;
    }
    return NULL;
}
