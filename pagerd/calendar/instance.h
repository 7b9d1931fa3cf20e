/* SPDX-License-Identifier: MIT */
/* instance.h - the recurrence set of one event: {DTSTART} + RRULE + RDATE - EXDATE - EXRULE. */
#pragma once

#include "calendar/event.h"
#include "calendar/series.h"

struct instance {
    msec wall; /* in the zone of the event's start */
    msec at;
    msec end_at;      /* of an RDATE period; MSEC_NEVER: as long as the event */
    bool is_excluded; /* by EXDATE or EXRULE */
    bool is_used;     /* an override stands in its place */
};

struct instance_list {
    struct instance *items; /* heap; sorted by wall, then at */
    size_t count;
    size_t room;
    size_t *by_instant; /* heap; places sorted by at, then wall */
    msec horizon;       /* wall; nothing was looked for from here on */
};

void instance_list_fill(struct instance_list *list, const struct event *event,
                        struct shift_sink *sink);
void instance_list_clear(struct instance_list *list);
static inline UNUSED void instance_list_clear_cleanup(struct instance_list *list)
{
    instance_list_clear(list);
}

/* First place whose wall is not before `wall`; count when there is none. */
size_t instance_list_from(const struct instance_list *list, msec wall);

/* The instance that starts at that instant, or NULL. */
struct instance *instance_list_at(struct instance_list *list, msec at);
