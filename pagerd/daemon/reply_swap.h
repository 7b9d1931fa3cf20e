/* SPDX-License-Identifier: MIT */
/*
 * reply_swap.h - replies that answer the question of a swap: "yes", "no w3", or its keys 4 and 5.
 *
 * "yes" and "no" mean a swap whatever else is open. A bare key is the swap's only when nothing that
 * was paged can be meant: its writer is paged for nothing, the question was the last message to
 * that address and is old enough to have been read, and no incident that is still open was paged
 * there within REPLY_SWAP_APART_MS before it. Else the key is the page's, and never both.
 */
#pragma once

#include "daemon/replies.h"

struct arena;
struct user;

#define REPLY_SWAP_APART_MS HOUR_MS

/* One reply to a swap: who wrote it, by what address of theirs, and what was read in it. */
struct reply_swap_in {
    const struct reply_in *in;
    const struct user *user;
    const char *address; /* NULL: none of that channel */
    const struct reply *reply;
    struct arena *arena;
};

/* What became of it. */
struct reply_swap_out {
    enum retort_kind kind;
    uint64_t swap;      /* 0: none that is to be named */
    const char *remark; /* of the answer; lives in the arena */
};

/* An open swap that this person was asked to take and has not answered: the newest. 0: none. */
uint64_t reply_swap_open(const struct daemon *daemon, const char *user);

/* Steps the engine. False: the reply is not about a swap, nothing was done. */
bool reply_answers_swap(struct daemon *daemon, const struct reply_swap_in *in,
                        struct reply_swap_out *out);
