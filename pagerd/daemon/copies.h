/* SPDX-License-Identifier: MIT */
/*
 * copies.h - what monitoring says to several nodes is one thing said.
 *
 * Programs that know of all nodes post each alert to each of them. What comes by one node is a copy
 * when the same, byte for byte, came by another node within COPIES_MS and has no copy of that node
 * yet: so each further one of the same node counts, and when in doubt it is no copy.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/id.h"
#include "base/time.h"

#define COPIES_MS (10 * SECOND_MS)
#define COPIES_MAX 100000   /* things said that are remembered; beyond, nothing is a copy */
#define COPIES_NODES_MAX 32 /* nodes that are told apart; what comes by others is no copy */
#define COPIES_NAME_SIZE 64

struct copies;

struct copies *copies_new(void);
void copies_free(struct copies *copies);

/* Remembers what came by that node at `now` (any clock that does not jump). True: it is a copy. */
bool copies_see(struct copies *copies, const char *node, const unsigned char hash[HASH_SIZE],
                msec now);

/* What came last by that node was not taken: whoever says it again is no copy of that. */
void copies_forget(struct copies *copies, const char *node, const unsigned char hash[HASH_SIZE]);

/* Forgets what is over. */
void copies_sweep(struct copies *copies, msec now);
