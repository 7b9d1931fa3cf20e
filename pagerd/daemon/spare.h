/* SPDX-License-Identifier: MIT */
/*
 * spare.h - what other nodes were told while the database was away, on this node's disk, too.
 *
 * A node that goes on without the database gives each entry of its journal (journal.h) to a node
 * that it is linked with. Should its machine not come back, the alerts are here. A copy stays until
 * its own node is known not to need it any more, or until this one has handed it in.
 *
 * A small store of its own in the state directory. All copies are in memory, too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "daemon/journal.h"
#include "daemon/peers_wire.h"
#include "store/store.h"

#define SPARE_FOLDER "spare"
#define SPARE_COUNT_MAX 100000
#define SPARE_SIZE_MAX (64 * 1024 * 1024)
#define SPARE_LOST_MS                                                          \
    (3 * SECOND_MS) /* not heard of for so long, a node has to be done without \
                     */

/* One entry of another node's journal. Plain data. */
struct spare_copy {
    char node[WIRE_NAME_SIZE];
    char journal[JOURNAL_ID_SIZE];
    uint64_t serial;    /* of the entry in that journal */
    const char *events; /* of event_form_put(), with commas between; borrowed */
};

struct spare;

/* Opens STATE/spare, made when missing, and reads what an earlier life left. The caller owns it. */
MUST_USE bool spare_open(const char *state, struct spare **spare, struct fault *fault);
/* Waits for what is on its way to the disk. */
void spare_close(struct spare *spare);

/* Reads "NODE JOURNAL SERIAL EVENTS"; the events are borrowed from `value`. */
MUST_USE bool spare_parse(const char *value, struct spare_copy *copy);

/* Puts a copy on disk; `done` as for store_submit(), but the batch that failed is to be freed.
 * FAULT_LIMIT: there is no more room. */
MUST_USE bool spare_add(struct spare *spare, const struct spare_copy *copy, store_done *done,
                        void *context, struct fault *fault);

/* Those of that journal whose serial is lower are needed no more. */
void spare_drop(struct spare *spare, const char *node, const char *journal, uint64_t before);

/* In the order in which they came: start with *cursor = 0; NULL at the end. */
const struct spare_copy *spare_each(const struct spare *spare, size_t *cursor);
size_t spare_count(const struct spare *spare);

/*
 * Has this to be handed in for its node? `journal`: which one that node says it has; "": it is
 * there, and has said nothing yet, or cannot open it; NULL: it is not there; and for how long it is
 * as it is. `here_ms`: for how long this node has listened.
 */
bool spare_is_lost(const struct spare_copy *copy, const char *journal, msec since_ms, msec here_ms);
