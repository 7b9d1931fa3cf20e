/* SPDX-License-Identifier: MIT */
/*
 * map.h - a hash table from bytes to a borrowed pointer, keyed so that input cannot aim at it.
 *
 * Iteration (map_each) is in order of insertion, so that it may decide things. Keys are copied.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"

struct map;

struct map *map_new(void);
/* One that does not copy keys: their bytes are the caller's and stay until the entry goes, or until
 * another key that is equal is put, whose bytes it has from then on. */
struct map *map_new_lent(void);
void map_free(struct map *map); /* not the values */
CLEANUP_DEFINE(struct map *, map_free)

void *map_find(const struct map *map, struct span key);      /* NULL when absent */
void map_put(struct map *map, struct span key, void *value); /* replaces; value not NULL */
void *map_remove(struct map *map, struct span key);          /* the value, or NULL */
size_t map_count(const struct map *map);

/* Walks all entries: start with *cursor = 0; returns NULL at the end. Removing while walking is
 * allowed; what is added meanwhile may or may not be seen. `key` may be NULL. */
void *map_each(const struct map *map, size_t *cursor, struct span *key);

/* The secret of the hash, 16 bytes, for the whole process; call once before the first map_new.
 * Without it a fixed one is used (tests, simulation). */
void map_seed(const unsigned char seed[16]);

/* Keyed 64-bit hash (SipHash-2-4, Aumasson and Bernstein 2012) with the process's seed. */
uint64_t map_hash(const void *bytes, size_t size);
