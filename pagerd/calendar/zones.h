/* SPDX-License-Identifier: MIT */
/*
 * zones.h - which zone a TZID means: tzdata, Windows, the file's own VTIMEZONE, "GMT+05:30".
 *
 * tzdata wins over an embedded VTIMEZONE of the same IANA name, because those are often wrong or
 * old. The book owns the zones and loads each once.
 */
#pragma once

#include "base/zone.h"
#include "calendar/feed.h"

struct zone_book;

struct zone_book *zone_book_new(const char *tzdir, msec from_at, msec until_at);
void zone_book_free(struct zone_book *book);
CLEANUP_DEFINE(struct zone_book *, zone_book_free)

/* UTC itself, for values with Z; always the same pointer. */
const struct zone *zone_book_utc(const struct zone_book *book);

/* An IANA name in any case, also behind "/prefix/", or one of the names of UTC; else NULL. */
const struct zone *zone_book_iana(struct zone_book *book, const char *name);

/* What a TZID of this calendar means; `fallback` with E-TZ-UNKNOWN when nothing fits. */
const struct zone *zone_book_find(struct zone_book *book, struct notes *notes,
                                  const struct feed_calendar *calendar, uint32_t line,
                                  const char *tzid, const struct zone *fallback);

/* Forgets what the TZIDs of the last calendar meant: each VCALENDAR is on its own. */
void zone_book_turn(struct zone_book *book);
