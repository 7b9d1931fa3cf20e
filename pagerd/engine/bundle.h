/* SPDX-License-Identifier: MIT */
/*
 * bundle.h - what comes for one person within a while goes out as one page.
 *
 * A run (run.h) that is to be gathered waits with its first page until `bundle_at`. When the first
 * of a person's runs that wait for the same kind of page is due, one page goes out by each contact
 * for all of them: PAGE_BUNDLE, or PAGE_DIGEST for what waited for the morning. It belongs to the
 * worst and oldest of their incidents and names the others, in its text and in `also`. One alone is
 * paged as if it had not waited. Each incident keeps its own run and walk: the next step of the
 * rule and the next round page it for itself.
 *
 * When such a page ends before it is out, because its own incident needs it no more, the others are
 * gathered anew at once; when it fails for good, each of them is paged by the next contact.
 */
#pragma once

#include "engine/state.h"

#define BUNDLE_MAX 32      /* incidents told by one page; what is beyond gets another one */
#define BUNDLE_NAMES_MAX 5 /* of these are named in its text */

/* The run's first page waits until `due_at` (steady) at most, for others of that kind. */
void bundle_wait(struct notify_run *run, enum page_kind kind, msec due_at);
bool bundle_has(const struct notify_run *run);

/* Pages everything of the person that is due now. */
void bundle_due(struct work *work, struct person *person, const struct user *user);
/* What waits for that person waits no longer. */
void bundle_flush(struct work *work, struct person *person);

/* A page of several has ended unsent, and its own incident does not matter any more. */
void bundle_again(struct work *work, const struct page *page);
/* It is in trouble, but not given up: the next contact for each of the others. */
void bundle_go_on(struct work *work, const struct page *page);
/* It has failed for good: all but `except` go on by themselves. */
void bundle_failed(struct work *work, const struct page *page, const struct incident *except);

/* The next incident (number) that the page stands for beside its own, or 0; start with *cursor = 0.
 */
uint64_t bundle_each(const struct page *page, size_t *cursor);
