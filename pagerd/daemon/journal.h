/* SPDX-License-Identifier: MIT */
/*
 * journal.h - what was accepted while the database was away, on this machine's own disk.
 *
 * A small store of its own in the state directory, open all the time, so that it is known to work
 * before it is needed. An entry is what one turn was told, as event_form_put() writes it. It stays
 * until the database has it: then journal_clear().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/span.h"
#include "store/store.h"

#define JOURNAL_ID_SIZE 33 /* 128 bits of chance, in hex */
#define JOURNAL_FOLDER "away"
#define JOURNAL_COUNT_MAX 200000 /* entries */
#define JOURNAL_SIZE_MAX (256 * 1024 * 1024)

struct journal;

/* Opens STATE/away, made when missing, and reads what an earlier life left. The caller owns it. */
MUST_USE bool journal_open(const char *state, struct journal **journal, struct fault *fault);
/* Waits for what is on its way to the disk. */
void journal_close(struct journal *journal);

/* Puts an entry on disk; `done` as for store_submit(), but the batch that failed is to be freed.
 * FAULT_LIMIT: the journal is full. */
MUST_USE bool journal_add(struct journal *journal, struct span events, store_done *done,
                          void *context, struct fault *fault);

/*
 * Which journal it is, and which entries it has. Serials are never given to another entry of it: a
 * copy of one below `first` is needed no more. One that was lost and is made anew is another one.
 */
struct journal_mark {
    char id[JOURNAL_ID_SIZE];
    uint64_t first; /* serial of the oldest entry that the database may not have */
    uint64_t last;  /* and of the newest */
};
void journal_mark(const struct journal *journal, struct journal_mark *mark);

/* Is there room for more? */
bool journal_has_room(const struct journal *journal);

/* And for what may be left out, too: half of it is for alerts and acks alone. */
bool journal_has_spare_room(const struct journal *journal);

/* Entries that are there, left ones included. */
size_t journal_count(const struct journal *journal);

/* What an earlier life left, oldest first: start with *cursor = 0; NULL at the end. Each is one or
 * more objects of event_form_put(), with commas between. */
const char *journal_each_left(const struct journal *journal, size_t *cursor);

/* All of it is in the database: nothing is left. */
void journal_clear(struct journal *journal);
