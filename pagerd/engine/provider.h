/* SPDX-License-Identifier: MIT */
/*
 * provider.h - how the providers of the channels are doing, judged by what became of their pages.
 *
 * Each channel has one provider or two. One is down
 *
 * - after PROVIDER_FAULTS faults of its own in a row (it was not reached, refused the login, has no
 *   credit, did not answer): one or two happen to the best, and cost nothing, for the page goes by
 *   the other one, or by the next method, at once; at the third each further page would lose time;
 * - after as many receipts in a row that did not come, for two people at least: one person's phone
 *   that is off is no fault of a provider. After PROVIDER_MISSING of one person's all the same.
 *
 * Then pages go to the other one first. It is tried again, one page each PROVIDER_TRY_MS: by news,
 * by alarms that are not critical, and after PROVIDER_RETURN_MS by critical ones, too; where its
 * channel can ask it without paging anybody, the daemon does so. A page that it takes (where
 * receipts were missing: one that arrives) brings it back.
 *
 * The admins are told, by a channel that works: when it is down, PROVIDER_APART_MS apart at least,
 * and when it is back. None of it outlives a restart: then all are up, and are found out anew.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/time.h"
#include "engine/event.h"
#include "engine/policy.h"

#define PROVIDER_FAULTS 3
#define PROVIDER_MISSING 6
#define PROVIDER_TRY_MS (5 * MINUTE_MS)
#define PROVIDER_RETURN_MS (30 * MINUTE_MS)
#define PROVIDER_APART_MS (10 * MINUTE_MS)
#define LATENCY_BUCKETS 9

struct answer;
struct engine;
struct page;
struct work;

/* How many took how long; the last bucket has all that took longer than its limits say. */
struct latency {
    uint64_t counts[LATENCY_BUCKETS];
    uint64_t total_ms;
};
extern const msec latency_limits_ms[LATENCY_BUCKETS - 1];

struct provider {
    char *channel;
    bool is_second;
    bool is_down;
    bool is_deaf;     /* down because receipts are missing */
    msec since_at;    /* wall; of is_down, else when it was first heard of */
    char *error;      /* of its last fault, or "" */
    msec error_at;    /* wall; 0: none yet */
    msec heard_at;    /* wall; when it last took a page; 0: never */
    uint32_t faults;  /* in a row */
    uint32_t missing; /* receipts, in a row */
    char *silent;     /* address of the first of these, or "" */
    bool is_of_many;  /* there was another one */
    msec down_at;     /* steady */
    msec try_at;      /* steady; while down: a page may try it from then on */
    bool is_told;     /* that it is down */
    msec told_at;     /* steady; 0: never */
    uint64_t outcomes[OUTCOME_COUNT];
    uint64_t doubts;           /* receipts that did not come */
    struct latency sending;    /* from the page's making until it was taken */
    struct latency delivering; /* from there until its receipt */
    struct heap_item timer;    /* when to tell */
};

/* NULL: nothing was ever sent by it. */
const struct provider *provider_find(const struct engine *engine, const char *channel,
                                     bool is_second);
/* Walks them: start with *cursor = 0, NULL at the end. */
const struct provider *provider_each(const struct engine *engine, size_t *cursor);

/* Is there none left that could carry a page to this contact? */
bool provider_is_out(const struct engine *engine, const struct contact *contact);

/* By which one a page goes: true: the second. `is_critical`: nothing is to be tried with it. */
bool provider_pick(struct work *work, const struct contact *contact, bool is_critical);
/* How long its receipt may take; 0: it gives none, or `contact` is NULL. */
msec provider_receipt_ms(const struct contact *contact, bool is_second);
/* Which one is next after a fault of that one. */
bool provider_after(const struct engine *engine, const struct contact *contact, bool is_second);

/* What became of a page, by the provider that had it. */
void provider_heard(struct work *work, const struct page *page, bool is_second,
                    const struct event *event);
/* It did not answer about a page, or its receipt did not come. */
void provider_hangs(struct work *work, const struct page *page, const char *error);
void provider_misses(struct work *work, const struct page *page, bool is_second);
/* EVENT_PROVIDER: the daemon has asked it something that pages nobody. */
void provider_event(struct work *work, const struct event *event, struct answer *answer);
void provider_due(struct work *work, struct provider *provider);

void provider_free_all(struct engine *engine);
