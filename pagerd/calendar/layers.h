/* SPDX-License-Identifier: MIT */
/*
 * layers.h - resolves the shifts of one calendar into the segments of a rota.
 *
 * Inside one calendar an event of category "override" (or "override:" before the name) wins, then
 * the higher [Ln], then the later start, then the shorter, then the smaller UID. With pages_all
 * everybody of the highest level is on call instead, in order of start, then UID. Several people
 * named in one event are all on call, in order. "nobody" is a declared hole, but not beside
 * somebody of the same level with pages_all; an event that names nobody known covers nothing and is
 * reported.
 */
#pragma once

#include "calendar/shift.h"
#include "engine/policy.h"
#include "engine/roster.h"

#define UNKNOWN_SHIFTS_MAX 10000
#define OVERLAP_DEPTH_MAX                                                  \
    256 /* events looked at where they lie over each other, with pages_all \
         */

/* A shift that names nobody known. */
struct unknown_shift {
    const char *name;  /* as people_add_name() has it, folded; may be "" */
    const char *close; /* who may be meant, as people_suggest() says it; or NULL */
    msec start_at;
    msec end_at;
};

/* Owned by the caller: segments, strings and warnings live in the arena of this struct. */
struct calendar_rota {
    struct arena *arena;
    struct rota rota; /* point roster.rotas at copies of these */
    const struct shift_warning
        *warnings; /* E-NOBODY, E-FREEBUSY-ONLY, W-OVERLAP, W-DECLINED, W-LONG, W-LINE */
    size_t warning_count;
    size_t unknown_count;                 /* shifts in the window that name nobody known */
    const struct unknown_shift *unknowns; /* the first UNKNOWN_SHIFTS_MAX of them, by start */
    size_t unknowns_kept;
};

struct layer_options {
    const char *calendar; /* its name in the configuration */
    const char *source;   /* file or URL without secrets */
    msec read_at;
    bool is_stale;
    const char *problem; /* with the newest version, or NULL */
    /*
     * One calendar for several roles: only events of this layer ("primary", "secondary", "oncall")
     * by CATEGORIES or else by a prefix ("secondary: Bob", "override: secondary: Bob"). An event
     * that names no layer for which the policy reads this calendar is of the first that it does,
     * in the order of enum role. NULL: all events.
     */
    const char *layer;
    bool pages_all; /* overlapping events add up, in order of start, instead of one winning */
    /*
     * Events with X-PAGERD-OVERRIDE are pagerd's own overrides, which count from its own store, and
     * are left out here; unless this says that somebody has edited that one in the calendar since.
     */
    bool (*is_released)(const void *context, const char *override);
    const void *context;
};

/* Copies everything it needs: `list` may be freed afterwards, `policy` is only borrowed now. */
struct calendar_rota *calendar_rota_new(const struct shift_list *list, const struct policy *policy,
                                        const struct layer_options *options);
void calendar_rota_free(struct calendar_rota *rota);
CLEANUP_DEFINE(struct calendar_rota *, calendar_rota_free)

/* Is the event of that layer, by its CATEGORIES or its prefix? One that says none is primary.
 * `layer` NULL: any. */
bool event_is_of_layer(const struct shift_event *event, const char *layer);
