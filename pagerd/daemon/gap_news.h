/* SPDX-License-Identifier: MIT */
/*
 * gap_news.h - which gaps of a team its manager has been told of, and when to tell again. Pure.
 *
 * New gaps are told in working hours, and again on each working day while one begins within three
 * days. One that begins before the next working hour, or within twelve hours, cannot wait: it is
 * told at once. What was told is kept as text, so that a restart does not tell it again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "daemon/office.h"
#include "engine/policy.h"

#define NEWS_NEAR_MS (3 * DAY_MS)
#define NEWS_URGENT_MS (12 * HOUR_MS)
#define NEWS_KEPT_MAX                                                           \
    64 /* told gaps of one kind and role; the last one stands for all behind it \
        */

enum news_kind { NEWS_GAP, NEWS_AWAY, NEWS_KIND_COUNT };

/* Nobody is on call in [start_at, end_at), or who is on call is away then. */
struct news_item {
    enum news_kind kind;
    enum role role;
    msec start_at;
    msec end_at; /* MSEC_NEVER: no end in sight */
};

/* What one team's manager was told. Zeroed at first. */
struct told_news {
    struct news_item *items;
    size_t count;
    int64_t day; /* of the manager, on which it was told last */
};

void told_news_clear(struct told_news *told);

/* Forgets what is not so any more; true when that changed anything. */
bool told_news_prune(struct told_news *told, const struct news_item *items, size_t count);

/* Are the items of a team, as they are now, to be told now? */
bool news_are_due(const struct told_news *told, const struct news_item *items, size_t count,
                  const struct office *office, msec now);

/* They were told. */
void told_news_take(struct told_news *told, const struct news_item *items, size_t count,
                    int64_t day);

/* As text and back: "DAY KIND:ROLE:START:END ...". */
void told_news_render(struct text *text, const struct told_news *told);
MUST_USE bool told_news_parse(const char *bytes, struct told_news *told, struct fault *fault);
