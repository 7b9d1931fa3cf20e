/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ROOM_MIN 16
#define NOWHERE SIZE_MAX

#define KEY_INLINE sizeof(char *) /* bytes; a key so short needs no memory of its own */

/* In order of insertion. `value` NULL marks a removed entry, until the next compaction. There may
 * be a million of them: no member is wider than it must be. */
struct entry {
    size_t sequence; /* rises; what a cursor holds on to, because compaction moves entries */
    uint32_t hash;   /* its lower half */
    uint32_t key_size;
    union {
        char *bytes;
        char own[KEY_INLINE];
    } key;
    void *value;
};

struct map {
    struct entry *entries;
    size_t used; /* entries, removed ones included */
    size_t room;
    size_t count;
    size_t next_sequence;
    uint32_t *slots;   /* open addressing: index of the entry + 1; 0 is empty */
    size_t slot_count; /* a power of two, twice the room at least */
    bool is_lent;      /* keys are the caller's */
};

static uint64_t seed_low = UINT64_C(0x7061676572642d6d);
static uint64_t seed_high = UINT64_C(0x61702d7365656421);

static uint64_t rotate(uint64_t word, unsigned by)
{
    return word << by | word >> (64 - by);
}

static uint64_t load_word(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;
    /* Spelled out, the compiler makes one load of it. */
    if (size == sizeof word)
        return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
               (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
               (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

static const char *entry_key(const struct entry *entry)
{
    return entry->key_size <= KEY_INLINE ? entry->key.own : entry->key.bytes;
}

/* Its bytes: in the entry, lent, or copied. */
static void entry_set_key(const struct map *map, struct entry *entry, struct span key)
{
    assert(key.size <= UINT32_MAX);
    entry->key_size = (uint32_t)key.size;
    if (key.size > KEY_INLINE)
        entry->key.bytes = map->is_lent ? (char *)(uintptr_t)key.bytes : string_copy_span(key);
    else if (key.size > 0)
        memcpy(entry->key.own, key.bytes, key.size);
}

static void entry_free_key(const struct map *map, struct entry *entry)
{
    if (entry->key_size > KEY_INLINE && !map->is_lent)
        free(entry->key.bytes);
}

/* Slot of the key, or of the empty slot where it belongs. */
static size_t slot_find(const struct map *map, uint32_t hash, struct span key)
{
    size_t mask = map->slot_count - 1;
    for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
        if (map->slots[slot] == 0)
            return slot;
        const struct entry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && entry->key_size == key.size &&
            (key.size == 0 || memcmp(entry_key(entry), key.bytes, key.size) == 0))
            return slot;
    }
}

/* Drops removed entries, doubles the room when that did not help, and fills the slots anew. */
static void map_rebuild(struct map *map)
{
    size_t used = 0;
    for (size_t i = 0; i < map->used; i++) {
        if (map->entries[i].value != NULL)
            map->entries[used++] = map->entries[i];
    }
    map->used = used;
    if (map->room == 0 || used > map->room / 2) {
        map->room = map->room == 0 ? ROOM_MIN : map->room * 2;
        if (map->room > UINT32_MAX / 2)
            abort();
        map->entries = memory_grow(map->entries, map->room, sizeof *map->entries);
        free(map->slots);
        map->slot_count = map->room * 2;
        map->slots = memory_new(map->slot_count, sizeof *map->slots);
    }
    memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    size_t mask = map->slot_count - 1;
    for (size_t i = 0; i < map->used; i++) {
        size_t slot = map->entries[i].hash & mask;
        while (map->slots[slot] != 0)
            slot = (slot + 1) & mask;
        map->slots[slot] = (uint32_t)i + 1;
    }
}

/* Empties a slot and moves later ones of its run up, so that no search stops too early. */
static void slot_remove(struct map *map, size_t slot)
{
    size_t mask = map->slot_count - 1;
    size_t hole = slot;
    for (size_t next = (slot + 1) & mask; map->slots[next] != 0; next = (next + 1) & mask) {
        size_t home = map->entries[map->slots[next] - 1].hash & mask;
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        map->slots[hole] = map->slots[next];
        hole = next;
    }
    map->slots[hole] = 0;
}

/* Index of the first entry with this sequence or a later one. */
static size_t entry_find(const struct map *map, size_t sequence)
{
    size_t low = 0;
    size_t high = map->used;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->entries[middle].sequence < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct map *map_new(void)
{
    struct map *map = memory_new(1, sizeof *map);
    map_rebuild(map);
    return map;
}

struct map *map_new_lent(void)
{
    struct map *map = map_new();
    map->is_lent = true;
    return map;
}

void map_free(struct map *map)
{
    if (map == NULL)
        return;
    for (size_t i = 0; i < map->used; i++) {
        if (map->entries[i].value != NULL)
            entry_free_key(map, &map->entries[i]);
    }
    free(map->entries);
    free(map->slots);
    free(map);
}

void *map_find(const struct map *map, struct span key)
{
    size_t slot = slot_find(map, (uint32_t)map_hash(key.bytes, key.size), key);
    return map->slots[slot] == 0 ? NULL : map->entries[map->slots[slot] - 1].value;
}

void map_put(struct map *map, struct span key, void *value)
{
    assert(value != NULL);
    uint32_t hash = (uint32_t)map_hash(key.bytes, key.size);
    size_t slot = slot_find(map, hash, key);
    if (map->slots[slot] != 0) {
        struct entry *entry = &map->entries[map->slots[slot] - 1];
        entry->value = value;
        if (map->is_lent)
            entry_set_key(map, entry, key);
        return;
    }
    if (map->used == map->room) {
        map_rebuild(map);
        slot = slot_find(map, hash, key);
    }
    struct entry *entry = &map->entries[map->used++];
    *entry = (struct entry){.hash = hash, .sequence = map->next_sequence++, .value = value};
    entry_set_key(map, entry, key);
    map->count++;
    map->slots[slot] = (uint32_t)map->used;
}

void *map_remove(struct map *map, struct span key)
{
    size_t slot = slot_find(map, (uint32_t)map_hash(key.bytes, key.size), key);
    if (map->slots[slot] == 0)
        return NULL;
    struct entry *entry = &map->entries[map->slots[slot] - 1];
    slot_remove(map, slot);
    void *value = entry->value;
    entry_free_key(map, entry);
    entry->value = NULL;
    map->count--;
    return value;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

void *map_each(const struct map *map, size_t *cursor, struct span *key)
{
    for (size_t i = entry_find(map, *cursor); i < map->used; i++) {
        const struct entry *entry = &map->entries[i];
        if (entry->value == NULL)
            continue;
        *cursor = entry->sequence + 1;
        if (key != NULL)
            *key = (struct span){entry_key(entry), entry->key_size};
        return entry->value;
    }
    return NULL;
}

void map_seed(const unsigned char seed[16])
{
    seed_low = load_word(seed, 8);
    seed_high = load_word(seed + 8, 8);
}

uint64_t map_hash(const void *bytes, size_t size)
{
    /* The initial state and the rounds are those of the paper, section 2. */
    uint64_t v[4] = {
        seed_low ^ UINT64_C(0x736f6d6570736575),
        seed_high ^ UINT64_C(0x646f72616e646f6d),
        seed_low ^ UINT64_C(0x6c7967656e657261),
        seed_high ^ UINT64_C(0x7465646279746573),
    };
    const unsigned char *at = bytes;
    size_t left = size;
    for (; left >= 8; left -= 8, at += 8)
        sip_word(v, load_word(at, 8));
    sip_word(v, (uint64_t)(size & 0xff) << 56 | load_word(at, left));
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
