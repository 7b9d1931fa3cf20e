/* SPDX-License-Identifier: MIT */
/*
 * layers.h - resolves the shifts of one calendar into the segments of a rota.
 *
 * Inside one calendar the higher [Ln] wins, then the later start, then the shorter, then the
 * smaller UID. Several people named in one event are all on call, in order. "nobody" is a
 * declared hole; an event that names nobody known covers nothing and is reported.
 */
#pragma once

#include "calendar/shift.h"
#include "engine/policy.h"
#include "engine/roster.h"

/* Owned by the caller: segments, strings and warnings live in the arena of this struct. */
struct calendar_rota {
    struct arena *arena;
    struct rota rota; /* point roster.rotas at copies of these */
    const struct shift_warning
        *warnings; /* E-NOBODY, E-FREEBUSY-ONLY, W-OVERLAP, W-DECLINED, W-LONG */
    size_t warning_count;
    size_t unknown_count; /* shifts in the window that name nobody known */
};

struct layer_options {
    const char *calendar; /* its name in the configuration */
    const char *source;   /* file or URL without secrets */
    msec read_at;
    bool is_stale;
    const char *problem; /* with the newest version, or NULL */
    /*
     * One calendar for both roles: only events of this layer ("primary", "secondary") by
     * CATEGORIES or by a prefix "secondary:"; an event that says neither is primary. NULL: all.
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

/* Is the event of that layer ("primary", "secondary"), by its CATEGORIES or its prefix? NULL: any.
 */
bool event_is_of_layer(const struct shift_event *event, const char *layer);
