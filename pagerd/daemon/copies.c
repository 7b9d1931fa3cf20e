/* SPDX-License-Identifier: MIT */
#include "daemon/copies.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"

#define ARRIVALS_MAX 8 /* of one thing; beyond, it is no copy */

/* Once said: when, and by which nodes it came. */
struct arrival {
    msec at;
    uint32_t nodes; /* a bit each */
    struct arrival *next;
};

/* One thing that was said, maybe several times; oldest first. */
struct saying {
    unsigned char hash[HASH_SIZE];
    struct arrival *first;
};

struct copies {
    struct map *sayings; /* hash -> struct saying */
    size_t count;        /* of arrivals */
    char nodes[COPIES_NODES_MAX][COPIES_NAME_SIZE];
    size_t node_count;
};

struct copies *copies_new(void)
{
    struct copies *copies = memory_new(1, sizeof(*copies));
    copies->sayings = map_new();
    return copies;
}

static struct span hash_span(const unsigned char hash[HASH_SIZE])
{
    return (struct span){(const char *)hash, HASH_SIZE};
}

/* Arrivals up to that instant go; the saying, too, when it has none left. */
static void saying_forget(struct copies *copies, struct saying *saying, msec until)
{
    while (saying->first != NULL && saying->first->at <= until) {
        struct arrival *next = saying->first->next;
        free(saying->first);
        saying->first = next;
        copies->count--;
    }
    if (saying->first != NULL)
        return;
    map_remove(copies->sayings, hash_span(saying->hash));
    free(saying);
}

void copies_sweep(struct copies *copies, msec now)
{
    size_t cursor = 0;
    struct saying *saying = NULL;
    while ((saying = map_each(copies->sayings, &cursor, NULL)) != NULL)
        saying_forget(copies, saying, now - COPIES_MS);
}

void copies_free(struct copies *copies)
{
    if (copies == NULL)
        return;
    copies_sweep(copies, MSEC_NEVER);
    map_free(copies->sayings);
    free(copies);
}

/* A bit; 0: it is one too many. */
static uint32_t node_bit(struct copies *copies, const char *node)
{
    for (size_t i = 0; i < copies->node_count; i++)
        if (string_is(copies->nodes[i], node))
            return (uint32_t)1 << i;
    if (copies->node_count == COPIES_NODES_MAX || strlen(node) >= COPIES_NAME_SIZE)
        return 0;
    snprintf(copies->nodes[copies->node_count], COPIES_NAME_SIZE, "%s", node);
    return (uint32_t)1 << copies->node_count++;
}

/* Without what is over. */
static struct saying *saying_get(struct copies *copies, const unsigned char hash[HASH_SIZE],
                                 msec now)
{
    struct saying *saying = map_find(copies->sayings, hash_span(hash));
    if (saying != NULL)
        saying_forget(copies, saying, now - COPIES_MS);
    saying = map_find(copies->sayings, hash_span(hash));
    if (saying != NULL)
        return saying;
    saying = memory_new(1, sizeof(*saying));
    memcpy(saying->hash, hash, HASH_SIZE);
    map_put(copies->sayings, hash_span(saying->hash), saying);
    return saying;
}

bool copies_see(struct copies *copies, const char *node, const unsigned char hash[HASH_SIZE],
                msec now)
{
    uint32_t bit = node_bit(copies, node);
    if (bit == 0 || copies->count >= COPIES_MAX)
        return false;
    struct saying *saying = saying_get(copies, hash, now);
    struct arrival **last = &saying->first;
    size_t count = 0;
    for (; *last != NULL && count < ARRIVALS_MAX; last = &(*last)->next, count++) {
        if (((*last)->nodes & bit) != 0)
            continue;
        (*last)->nodes |= bit;
        return true;
    }
    if (count == ARRIVALS_MAX)
        return false;
    struct arrival *arrival = memory_new(1, sizeof(*arrival));
    *arrival = (struct arrival){.at = now, .nodes = bit};
    *last = arrival;
    copies->count++;
    return false;
}

void copies_forget(struct copies *copies, const char *node, const unsigned char hash[HASH_SIZE])
{
    uint32_t bit = node_bit(copies, node);
    struct saying *saying = map_find(copies->sayings, hash_span(hash));
    struct arrival **found = NULL;
    if (saying == NULL)
        return;
    for (struct arrival **each = &saying->first; *each != NULL; each = &(*each)->next)
        if (((*each)->nodes & bit) != 0)
            found = each;
    if (found == NULL)
        return;
    (*found)->nodes &= ~bit;
    if ((*found)->nodes != 0)
        return;
    struct arrival *gone = *found;
    *found = gone->next;
    free(gone);
    copies->count--;
    if (saying->first == NULL)
        saying_forget(copies, saying, 0);
}
