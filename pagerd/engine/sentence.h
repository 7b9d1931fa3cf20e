/* SPDX-License-Identifier: MIT */
/*
 * sentence.h - what the engine says to people, one template with a name for each sentence.
 *
 * The engine knows no language: whoever gives it its policy may give other templates with it, and
 * the names of days and months. Timelines and the log stay as they are shipped (a language of
 * NULL), for they are searched and compared.
 */
#pragma once

#include "base/template.h"
#include "base/time.h"
#include "base/zone.h"
#include "engine/policy.h"

enum sentence {
    SENTENCE_ROLE, /* and one for each other role */
    SENTENCE_ROLE_LAST = SENTENCE_ROLE + ROLE_COUNT - 1,
    SENTENCE_NOW,
    SENTENCE_FURTHER_NOTICE,
    SENTENCE_AND,
    SENTENCE_SHIFT_SOON,
    SENTENCE_SHIFT_STARTS,
    SENTENCE_SHIFT_NEWS,
    SENTENCE_PAGES_ONE,
    SENTENCE_PAGES,
    SENTENCE_PAGES_MORE,
    SENTENCE_PAGES_AT_NIGHT,
    SENTENCE_BEFORE_YOU,
    SENTENCE_BACKUP,
    SENTENCE_AFTER_YOU,
    SENTENCE_OPEN_NOW,
    SENTENCE_CHANGED,
    SENTENCE_OVER,
    SENTENCE_LAST_WEEK,
    SENTENCE_COMING,
    SENTENCE_SILENCE,
    SENTENCE_GAPS,
    SENTENCE_GAP,
    SENTENCE_MORE,
    SENTENCE_TRIGGERED,
    SENTENCE_ACKNOWLEDGED,
    SENTENCE_SNOOZED,
    SENTENCE_OPEN,
    SENTENCE_KEPT_UNTIL_ANSWER,
    SENTENCE_SHIFT_ENDS,
    SENTENCE_NOBODY,
    SENTENCE_STAYS,
    SENTENCE_STAY,
    SENTENCE_HANDED_ONE,
    SENTENCE_HANDED,
    SENTENCE_UNANSWERED,
    SENTENCE_KEEP,
    SENTENCE_KEEP_OVER,
    SENTENCE_KEEP_PASSED,
    SENTENCE_KEEP_LATE,
    SENTENCE_KEEP_LEFT,
    SENTENCE_KEEP_TESTED,
    SENTENCE_KEEP_ANSWER,
    SENTENCE_REST,
    SENTENCE_REST_WAIVED,
    SENTENCE_REST_ENDED,
    SENTENCE_COVER,
    SENTENCE_RESTS,
    SENTENCE_AWAY,
    SENTENCE_PAUSES,
    SENTENCE_OTHER_ROLE,
    SENTENCE_NOBODY_RESTED,
    SENTENCE_ALL_REST,
    SENTENCE_ALL_AWAY,
    SENTENCE_ALL_OUT,
    SENTENCE_LEAST,
    SENTENCE_AGAIN,
    SENTENCE_PAUSE_ENDED,
    SENTENCE_PAUSE_OVER,
    SENTENCE_PAUSE_LOST,
    SENTENCE_PAUSE_LOST_OF,
    SENTENCE_STRANDED,
    SENTENCE_TAKEN,
    SENTENCE_UNREACHABLE,
    SENTENCE_NOBODY_ELSE,
    SENTENCE_OVERRIDE,
    SENTENCE_OVERRIDE_INSTEAD,
    SENTENCE_OVERRIDE_OVER,
    SENTENCE_SWAP_ASKS,
    SENTENCE_SWAP_YES,
    SENTENCE_SWAP_NO,
    SENTENCE_SWAP_UNTIL,
    SENTENCE_SWAP_END,
    SENTENCE_SWAP_TAKEN,
    SENTENCE_SWAP_REFUSED,
    SENTENCE_SWAP_SILENT,
    SENTENCE_SWAP_CANCELLED,
    SENTENCE_NUMBER_CHANGED,
    SENTENCE_ADDRESS_CHANGED,
    SENTENCE_DAILY_CAP,
    SENTENCE_SILENCE_OVER,
    SENTENCE_SILENCE_NAME,
    SENTENCE_MAINTENANCE_NAME,
    SENTENCE_HELD_SILENCE,
    SENTENCE_HELD_MAINTENANCE,
    SENTENCE_HELD_SINCE,
    SENTENCE_PROVIDER_DOWN,
    SENTENCE_PROVIDER_WORKS,
    SENTENCE_PROVIDERS_WORK,
    SENTENCE_PROVIDER_UP,
    SENTENCE_SILENT,
    SENTENCE_GROWN,
    SENTENCE_FIRES_AGAIN,
    SENTENCE_BUNDLE,
    SENTENCE_BUNDLE_MORE,
    SENTENCE_GAP_AHEAD,
    SENTENCE_GAP_ENDLESS,
    SENTENCE_GAPS_MORE,
    SENTENCE_AUDIT_FAILED,
    SENTENCE_DISK_SILENT,
    SENTENCE_DISK_FAILED,
    SENTENCE_DEAD_MAN,
    SENTENCE_STOPPED,
    SENTENCE_STARTED,
    SENTENCE_RESTORED,
    SENTENCE_STILL_FIRES,
    SENTENCE_NODE_GONE,
    SENTENCE_NODE_BACK,
    SENTENCE_COUNT
};

/* What is said in place of what is shipped; NULL anywhere: as shipped. Borrowed. */
struct language {
    const char *sentences[SENTENCE_COUNT];
    const char *weekdays[7]; /* Monday first */
    const char *months[12];
    const char *tags[SEVERITY_COUNT]; /* "CRIT" */
};

/* The table, by sentence; NULL from SENTENCE_COUNT on. */
const struct template_row *sentence_row(size_t index);

enum saying_kind {
    SAYING_TEXT,
    SAYING_NAME,
    SAYING_TIME,
    SAYING_CLOCK,
    SAYING_COUNT,
    SAYING_SOME,
    SAYING_ROLE
};

/* One value of a sentence. */
struct saying {
    const char *field;
    enum saying_kind kind;
    const char *text;
    const struct user *user;
    const struct zone *zone;
    msec at;
    uint64_t count; /* or the role */
};

struct saying saying_text(const char *field, const char *text);
/* The first name of a user; nothing for NULL. */
struct saying saying_name(const char *field, const struct user *user);
/* "Mon 16 Nov 09:00", or that it is until further notice (MSEC_NEVER). */
struct saying saying_time(const char *field, const struct zone *zone, msec at);
/* "03:02" */
struct saying saying_clock(const char *field, const struct zone *zone, msec at);
struct saying saying_count(const char *field, uint64_t count);
/* The same, and nothing for 0. */
struct saying saying_some(const char *field, uint64_t count);
struct saying saying_role(const char *field, enum role role);

/* Appends a sentence: `sayings` are its values in the order of the table, with an empty one at the
 * end. */
void sentence_add(struct text *text, const struct language *language, enum sentence sentence,
                  const struct saying *sayings);
#define sentence_say(text, language, sentence, ...) \
    sentence_add((text), (language), (sentence), (const struct saying[]){__VA_ARGS__, {0}})
/* One without values. */
void sentence_put(struct text *text, const struct language *language, enum sentence sentence);
