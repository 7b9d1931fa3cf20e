/* SPDX-License-Identifier: MIT */
/*
 * roster.h - who has the duty: calendars flattened to segments, and the one pure function that
 * answers "who is on call at t, until when, and why".
 *
 * A rota is what calendar/ makes of one calendar: half-open segments [start, end), sorted, never
 * overlapping, each with the people on call in order. Overrides lie above, recovery is taken out
 * last. Screens, --why, simulations and paging all ask roster_who().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "engine/policy.h"

#define SEGMENT_USERS_MAX 4
#define DUTY_WHY_MAX 1024
#define ROTA_SEGMENTS_MAX 400000

/* One stretch of a calendar in which the answer does not change. */
struct segment {
    msec start_at;
    msec end_at;
    const char *users[SEGMENT_USERS_MAX]; /* ids, in paging order; count 0: a declared hole */
    size_t user_count;
    const char *summary; /* of the event it came from */
    const char *uid;
    uint32_t line;          /* of the event in its file */
    msec instance_at;       /* start of the instance, for the why; 0 when not recurring */
    const char *rule;       /* the RRULE that made it, or NULL */
    const char *clock_note; /* what a change of the clocks does to it, or NULL */
};

struct rota {
    const char *calendar; /* its name in the configuration */
    const char *layer;    /* "primary", "secondary", "oncall": its events of that role; NULL: all */
    const char *source;   /* file or URL (secrets taken out) it was read from */
    msec from_at;         /* horizon for which segments are complete */
    msec until_at;
    msec read_at;        /* wall clock of the version in use */
    bool is_stale;       /* last good copy: the newest version was refused or not reached */
    const char *problem; /* what is wrong with the newest version, or NULL */
    const struct segment *segments;
    size_t segment_count;
};

/* Somebody is away: on leave, by the calendar of the person or of a team. It counts in all teams.
 */
struct absence {
    const char *user; /* id */
    msec start_at;
    msec end_at;
    const char *calendar; /* its name in the configuration */
    const char *source;
    const char *summary;
    uint32_t line;
};

/* A day (or more) that a calendar of holidays names. */
struct holiday {
    const char *calendar;
    msec start_at;
    msec end_at;
    const char *summary;
};

/* A stretch of maintenance: one event, or several that overlap or touch. */
struct outage {
    msec start_at;
    msec end_at;
    const char *summary; /* of the first event; may be "" */
};

/* What a calendar of maintenance windows says. One that is not in the roster is not known yet; one
 * that cannot be read any more is there without outages. */
struct outage_list {
    const char *calendar;
    const struct outage *outages; /* by start; they neither overlap nor touch */
    size_t outage_count;
};

/* Immutable; replaced as a whole by EVENT_ROSTER. */
struct roster {
    const struct rota *rotas; /* one for each calendar and layer in use */
    size_t rota_count;
    const struct absence *absences; /* by user, then start; those of one user never overlap */
    size_t absence_count;
    const struct holiday *holidays; /* by calendar, then start; never overlapping in one calendar */
    size_t holiday_count;
    const struct outage_list *outage_lists; /* one for each calendar of maintenance windows */
    size_t outage_list_count;
};

enum duty_kind {
    DUTY_GAP, /* nobody */
    DUTY_CALENDAR,
    DUTY_FIXED, /* one person named in the configuration */
    DUTY_OVERRIDE,
    DUTY_COVER, /* stands in for somebody in recovery */
    DUTY_COUNT
};

/* Why somebody covers: who has it by rota cannot. */
enum cover_reason {
    COVER_NONE, /* nobody covers */
    COVER_FOR_REST,
    COVER_FOR_LEAVE,
    COVER_FOR_PAUSE,
    COVER_FOR_TEST, /* keeps it until who comes has answered a test: keep.h */
    COVER_FOR_ROLE, /* already covers another role of the team */
    COVER_REASON_COUNT
};

/* The answer. Borrowed strings live as long as policy and roster; why is a sentence. */
struct duty {
    enum duty_kind kind;
    const struct user *users[SEGMENT_USERS_MAX];
    size_t user_count;
    const struct user *instead_of; /* who has it by rota, when cover or override changed it */
    msec from_at;                  /* since when this answer holds (within the horizon) */
    msec until_at;    /* the first instant at which the answer changes; MSEC_NEVER: not in sight */
    bool is_unrested; /* everybody is in recovery: the least disturbed person has it */
    bool is_away;     /* has it while on leave, because nobody can cover */
    bool is_kept;     /* who had it before keeps it until who comes answers: keep.h */
    enum cover_reason reason; /* of a cover */
    msec back_at; /* when who is covered for is there again; 0: not of itself; of duty_find() */
    /*
     * Which slot of the base calendar this stretch began in, whatever lies over it, so that a swap
     * keeps the identity of the slot; of duty_find() only. A slot that something cuts in parts is
     * that of several stretches: these differ in from_at. Without a segment below (a gap, a fixed
     * person) slot_at is from_at and uid NULL.
     */
    msec slot_at;     /* start of the base segment */
    msec instance_at; /* start of its instance before all overrides; slot_at when not recurring */
    const char *uid;  /* of its event, or NULL */
    char why[DUTY_WHY_MAX]; /* calendar file:line, UID, instance, override id, recovery */
};

/* `layer` NULL: the rota of the whole calendar. NULL: not read yet, or not used in that way. */
const struct rota *roster_find(const struct roster *roster, const char *calendar,
                               const char *layer);

/* The absence that holds `at`, by binary search, or NULL; `next` (may be NULL) gets the first that
 * starts after `at`. */
const struct absence *roster_absence(const struct roster *roster, const char *user, msec at,
                                     const struct absence **next);

/* The first instant after `at` at which the user goes away or is back, or MSEC_NEVER; looking back
 * the last one up to `at`, or -MSEC_NEVER. */
msec roster_absence_edge(const struct roster *roster, const char *user, msec at, bool is_back);

/* The holiday of `calendar` (NULL: none) that holds `at`, or NULL. */
const struct holiday *roster_holiday(const struct roster *roster, const char *calendar, msec at);

/* The outages of `calendar`; NULL: not known yet. */
const struct outage_list *roster_outages(const struct roster *roster, const char *calendar);

/* The first outage that ends after `at`, by binary search, or NULL; it may have begun. */
const struct outage *outage_find(const struct outage_list *list, msec at);

/* The segment that holds `at`, by binary search; NULL in a gap. `next` (may be NULL) gets the
 * first segment that starts after `at`, or NULL. */
const struct segment *rota_find(const struct rota *rota, msec at, const struct segment **next);

/* "rest", "away", "pause" or "role"; NULL for COVER_NONE. */
const char *cover_reason_name(enum cover_reason reason);
