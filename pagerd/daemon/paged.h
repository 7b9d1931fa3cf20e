/* SPDX-License-Identifier: MIT */
/*
 * paged.h - who has been paged already, by a node that was in charge without the database.
 *
 * That node writes down which first page of an incident has left for whom (paged_form.h), as soon
 * as the provider has taken it. Another one that goes on in its place decides the same page anew:
 * it takes it for sent, once, and goes on from there. What is done to an incident by anybody ends
 * what is known of it, so that nobody is left out who has to be asked once more; and so does time.
 *
 * It knows no clock: times are ticks of its caller.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"

#define PAGED_KEEP_MS (15 * MINUTE_MS) /* the next step may be that far away */
#define PAGED_MAX 100000               /* incidents; of others it is not known */

struct paged;

/*
 * One message to one person, by one channel, for one incident. A page of a later round, and one
 * that is tried anew because the provider said that it failed, are others: they are not taken for
 * this one. Plain data; all borrowed.
 */
struct paged_item {
    const char *uuid; /* of the incident, the same on all nodes */
    const char *user;
    const char *channel;
    unsigned nth;     /* such page of the incident, from 1 */
    unsigned attempt; /* at it, as its idempotency key counts them */
};

struct paged *paged_new(void);
void paged_free(struct paged *paged);
CLEANUP_DEFINE(struct paged *, paged_free)

/* It has left. Told twice it is known once; everything is copied. */
void paged_add(struct paged *paged, const struct paged_item *item, msec now);

/* Such a page is about to leave. True: it has left already, and is not known any more. */
MUST_USE bool paged_take(struct paged *paged, const struct paged_item *item, msec now);

/* Something was done to that incident: whoever is to be paged from now on is paged. */
void paged_forget(struct paged *paged, const char *uuid);

/* How many were taken. */
uint64_t paged_count(const struct paged *paged);
