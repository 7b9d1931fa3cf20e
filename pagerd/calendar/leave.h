/* SPDX-License-Identifier: MIT */
/*
 * leave.h - what calendars say that are no rotas: who is away, and which days are holidays.
 *
 * Pure. Overlapping events add up here: nobody is less away because two events say so.
 */
#pragma once

#include "calendar/shift.h"
#include "engine/policy.h"
#include "engine/roster.h"

#define ABSENCES_MAX 400000 /* together; shifts of a list have their own limit */

/* Owned by the caller: everything in it lives in its arena. */
struct calendar_leave {
    struct arena *arena;
    struct absence *absences; /* by user, then start; merged, so that those of one never overlap */
    size_t absence_count;
    const struct shift_warning *warnings; /* E-NOBODY, of a team's calendar */
    size_t warning_count;
};

struct leave_options {
    const char *calendar; /* its name in the configuration */
    const char *source;   /* file or URL without secrets */
    /*
     * A person's own calendar of leave: every event in it means this user, whatever its title
     * ("Lisbon"). NULL: a team's; its events name people as those of a rota do, and words such as
     * "away", "leave", "vacation", "holiday", "off" or "out of office" beside the name are passed
     * over.
     */
    const char *owner;
};

/* Copies everything it needs: `list` may be freed afterwards, `policy` is only borrowed now. */
struct calendar_leave *calendar_leave_new(const struct shift_list *list,
                                          const struct policy *policy,
                                          const struct leave_options *options);
void calendar_leave_free(struct calendar_leave *leave);
CLEANUP_DEFINE(struct calendar_leave *, calendar_leave_free)

/* Owned by the caller, like the above. */
struct calendar_holidays {
    struct arena *arena;
    struct holiday *holidays; /* by start; merged, never overlapping */
    size_t holiday_count;
};

/* Every event of `list` is a holiday, whatever its title. */
struct calendar_holidays *calendar_holidays_new(const struct shift_list *list,
                                                const char *calendar);
void calendar_holidays_free(struct calendar_holidays *holidays);
CLEANUP_DEFINE(struct calendar_holidays *, calendar_holidays_free)

/*
 * What a roster takes: all calendars of leave together, by user, then start, those of one user
 * never overlapping (where several lie, the one that starts first is named). Copies the structs
 * into `arena`, borrows the strings. At most ABSENCES_MAX; `count` gets how many.
 */
const struct absence *absences_join(struct arena *arena, const struct calendar_leave *const *leaves,
                                    size_t leave_count, size_t *count);

/* The same of holidays: by calendar, then start. One calendar is in one list. */
const struct holiday *holidays_join(struct arena *arena,
                                    const struct calendar_holidays *const *lists, size_t list_count,
                                    size_t *count);
