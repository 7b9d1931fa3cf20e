/* SPDX-License-Identifier: MIT */
/*
 * rotas_slot.h - inside of the rotas: one configured calendar on its way from source to segments.
 *
 *   idle -> looking (the worker: has a file changed?) -> waiting for a child -> reading -> idle
 *   idle -> fetching (the courier) ------------------/
 *
 * A CalDAV collection is fetching until all of its answers are in (dav_sync.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "calendar/judge.h"
#include "daemon/rotas.h"
#include "daemon/version.h"
#include "daemon/worker.h"
#include "engine/roster.h"

struct config_calendar;
struct dav_sync;
struct fetched;
struct products;
struct published;
struct reading;
struct shift_list;

#define FETCH_PROBLEM_SIZE 384

enum slot_stage { SLOT_IDLE, SLOT_LOOKING, SLOT_FETCHING, SLOT_WAITING, SLOT_READING };

enum slot_purpose {
    PURPOSE_BASELINE, /* the last good copy, after a start */
    PURPOSE_FRESH,    /* a new version: to be judged */
    PURPOSE_HORIZON   /* the version in force again, for the horizon has moved */
};

struct slot {
    struct rotas *rotas;
    char *name;
    char *ics;   /* path or URL; may be a secret */
    char *shown; /* what may be shown of it */
    char *zone;
    char *team; /* whose manager is told, or NULL */
    bool has_own_zone;
    bool is_url;
    bool is_caldav;   /* `ics` is a collection */
    bool is_writable; /* overrides are written there */
    char *user;       /* basic auth, or NULL */
    char *password;
    char *ca_file;
    struct dav_sync *dav; /* what is known of the collection; NULL unless is_caldav */
    bool pages_all;
    unsigned max_loss; /* percent */
    msec stale_ms;
    msec refresh_ms;
    enum slot_stage stage;
    enum slot_purpose purpose;
    msec due_at;               /* tick; next look at the source */
    msec expanded_at;          /* tick */
    msec reading_for_at;       /* wall; the instant that the reading under way is about */
    msec expanded_for_at;      /* wall; that of `good` */
    struct text signature;     /* of the files when last read */
    struct version *version;   /* in force, or NULL */
    struct version *candidate; /* being read, or held back */
    struct shift_list *good;   /* of `version` */
    struct products *products; /* of `good`; NULL without one */
    struct reading *reading;
    char seen_hash[HASH_TEXT_SIZE]; /* of the newest version judged */
    char told_hash[HASH_TEXT_SIZE]; /* of the unknown names last told */
    char problem[JUDGE_REASON_MAX];
    char seen_problem[JUDGE_REASON_MAX]; /* with that version */
    struct text held_changes;            /* who loses and gains what if it is accepted, in lines */
    msec since_at;                       /* wall; when pagerd came to know the calendar */
    msec kept_at;                        /* read_at of the copy on disk */
    bool is_looked_at;                   /* since then, with whatever result */
    bool is_overdue;                     /* not read well for stale_ms, and told */
    unsigned failures;                   /* fetches in a row */
    bool has_failed_horizon;             /* `problem` is of the version in force itself */
    bool is_second_try;                  /* the reader was lost, and another one reads the same */
    bool is_held;
    bool is_confirmed;
    bool is_settled;
    bool is_dropped;
};

struct rotas {
    struct daemon *daemon;
    struct slot **slots;
    size_t count;
    size_t reading_count;
    struct published *published;
};

/* rotas_source.c */
void slot_set_source(struct slot *slot, const struct config_calendar *calendar);
bool slot_has_source(const struct slot *slot, const struct config_calendar *calendar);
/* The same calendar with another login: what it has stays. */
void slot_update_login(struct slot *slot, const struct config_calendar *calendar);
void slot_clear_source(struct slot *slot);
bool slot_was_dropped(struct slot *slot); /* frees it then */
void slot_fetch_failed(struct slot *slot, const char *problem, msec retry_after_ms);
void slot_fetch_unchanged(struct slot *slot);
void fetched_problem(const struct fetched *fetched, char problem[FETCH_PROBLEM_SIZE]);

/* rotas_publish.c; every slot's products are made again */
void rotas_publish(struct rotas *rotas);

/* rotas_age.c: tells when a calendar was not read well for too long, and when it is again */
void slot_watch_age(struct slot *slot);
/* Since its source last gave a good answer; 0 when it never did. */
msec slot_age_ms(const struct slot *slot);

/* rotas.c */
void slot_free(struct slot *slot);
void slot_keep(struct slot *slot); /* writes the version in force to the disk */
void slot_blame(struct slot *slot, const char *problem);
/* Is `good` about another time than now: has the horizon moved, or was the clock set? */
bool slot_is_outgrown(const struct slot *slot);
void slot_start_reading(struct slot *slot, enum slot_purpose purpose);
void slot_offer(struct slot *slot, struct version *version); /* takes the version over */
