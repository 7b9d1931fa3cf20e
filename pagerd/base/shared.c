/* SPDX-License-Identifier: MIT */
#include "base/shared.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"

#define NAME_MAX 255 /* bytes; longer ones are hardly ever said twice */
#define ROOM_MIN 64
#define RECENT_COUNT 256

/* What stands before the bytes that owners see. */
struct shared {
    uint32_t shares;
    uint32_t hash; /* of a name; 0: none */
    char bytes[];
};

/* Names: open addressing, at most half full. */
static struct shared **slots;
static size_t room;
static size_t count;

/* The last name of each place: what comes in says the same words again and again, and is found here
 * by a few of its bytes, without the keyed hash. */
static struct shared *recent[RECENT_COUNT];

static const char nothing[] = "";

static struct shared *shared_of(const char *string)
{
    return (struct shared *)(void *)((char *)(uintptr_t)string - offsetof(struct shared, bytes));
}

static struct shared *shared_new(struct span span, uint32_t hash)
{
    struct shared *shared = memory_new(1, sizeof *shared + span.size + 1);
    *shared = (struct shared){.shares = 1, .hash = hash};
    if (span.size > 0)
        memcpy(shared->bytes, span.bytes, span.size);
    return shared;
}

/* Where the search for it begins. The lowest bit says nothing: every name has it. */
static size_t slot_home(uint32_t hash)
{
    return (hash >> 1) & (room - 1);
}

static bool is_name(const struct shared *shared, struct span name)
{
    return strncmp(shared->bytes, name.bytes, name.size) == 0 && shared->bytes[name.size] == '\0';
}

/* By its size and its first and last bytes; whoever makes many that meet here gains nothing. */
static struct shared **recent_place(struct span name)
{
    uint64_t first = 0;
    uint64_t last = 0;
    size_t size = name.size < sizeof first ? name.size : sizeof first;
    memcpy(&first, name.bytes, size);
    memcpy(&last, name.bytes + name.size - size, size);
    uint64_t mixed = (first ^ last * 3 ^ name.size) * UINT64_C(0x9e3779b97f4a7c15);
    return &recent[mixed >> 56];
}

/* The slot of that name, or the empty one where it belongs. */
static size_t slot_find(uint32_t hash, struct span name)
{
    for (size_t slot = slot_home(hash);; slot = (slot + 1) & (room - 1)) {
        const struct shared *shared = slots[slot];
        if (shared == NULL || (shared->hash == hash && is_name(shared, name)))
            return slot;
    }
}

static void slots_resize(size_t wanted)
{
    struct shared **old = slots;
    size_t old_room = room;
    room = wanted;
    slots = memory_new(room, sizeof(struct shared *));
    for (size_t i = 0; i < old_room; i++) {
        if (old[i] == NULL)
            continue;
        size_t slot = slot_home(old[i]->hash);
        while (slots[slot] != NULL)
            slot = (slot + 1) & (room - 1);
        slots[slot] = old[i];
    }
    free(old);
}

/* Empties its slot and moves later ones of the run up, so that no search stops too early. */
static void name_forget(const struct shared *shared)
{
    struct shared **place = recent_place(span_of(shared->bytes));
    if (*place == shared)
        *place = NULL;
    size_t mask = room - 1;
    size_t hole = slot_home(shared->hash);
    while (slots[hole] != shared)
        hole = (hole + 1) & mask;
    for (size_t next = (hole + 1) & mask; slots[next] != NULL; next = (next + 1) & mask) {
        size_t home = slot_home(slots[next]->hash);
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        slots[hole] = slots[next];
        hole = next;
    }
    slots[hole] = NULL;
    count--;
    if (count == 0) {
        free(slots);
        slots = NULL;
        room = 0;
    } else if (room > ROOM_MIN && count < room / 16) {
        slots_resize(room / 4);
    }
}

const char *shared_name(const char *string)
{
    if (string == NULL || string[0] == '\0')
        return nothing;
    struct span name = span_of(string);
    if (name.size > NAME_MAX)
        return shared_copy_span(name);
    struct shared **place = recent_place(name);
    if (*place != NULL && is_name(*place, name))
        return shared_again((*place)->bytes);
    if (count >= room / 2)
        slots_resize(room == 0 ? ROOM_MIN : room * 2);
    uint32_t hash = (uint32_t)map_hash(name.bytes, name.size) | 1;
    size_t slot = slot_find(hash, name);
    *place = slots[slot];
    if (*place != NULL)
        return shared_again((*place)->bytes);
    *place = slots[slot] = shared_new(name, hash);
    count++;
    return (*place)->bytes;
}

const char *shared_copy(const char *string)
{
    return string != NULL ? shared_copy_span(span_of(string)) : nothing;
}

const char *shared_copy_span(struct span span)
{
    return span.size > 0 ? shared_new(span, 0)->bytes : nothing;
}

const char *shared_pair(const char *first, const char *second, const char **ret_second)
{
    size_t first_size = strlen(first);
    size_t second_size = strlen(second);
    struct shared *shared = memory_new(1, sizeof *shared + first_size + second_size + 2);
    shared->shares = 1;
    memcpy(shared->bytes, first, first_size);
    memcpy(shared->bytes + first_size + 1, second, second_size);
    *ret_second = shared->bytes + first_size + 1;
    return shared->bytes;
}

const char *shared_again(const char *string)
{
    if (string == nothing)
        return nothing;
    struct shared *shared = shared_of(string);
    assert(shared->shares > 0 && shared->shares < UINT32_MAX);
    shared->shares++;
    return string;
}

void shared_drop(const char *string)
{
    if (string == NULL || string == nothing)
        return;
    struct shared *shared = shared_of(string);
    assert(shared->shares > 0);
    if (--shared->shares > 0)
        return;
    if (shared->hash != 0)
        name_forget(shared);
    free(shared);
}

size_t shared_name_count(void)
{
    return count;
}
