/* SPDX-License-Identifier: MIT */
/*
 * numbered.h - records by their number, in order of number.
 *
 * For a great many records whose numbers rise: 16 bytes for each, against more than 40 in a map.
 * Whoever puts a number that is not the highest pays for moving all that are above it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct numbered;

struct numbered *numbered_new(void);
void numbered_free(struct numbered *numbered); /* not the values */

void *numbered_find(const struct numbered *numbered, uint64_t number); /* NULL when absent */
/* Replaces; value not NULL, number below SIZE_MAX. */
void numbered_put(struct numbered *numbered, uint64_t number, void *value);
void *numbered_remove(struct numbered *numbered, uint64_t number); /* the value, or NULL */
size_t numbered_count(const struct numbered *numbered);

/* Walks all in order of number: start with *cursor = 0; returns NULL at the end. Removing and
 * putting while walking are allowed; what is put below the cursor is not seen. */
void *numbered_each(const struct numbered *numbered, size_t *cursor);
