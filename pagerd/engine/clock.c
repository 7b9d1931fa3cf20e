/* SPDX-License-Identifier: MIT */
#include "engine/clock.h"

#include "base/text.h"
#include "engine/awake.h"
#include "engine/entry.h"
#include "engine/handoff.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/leave.h"
#include "engine/maintenance.h"
#include "engine/pause.h"
#include "engine/silence.h"
#include "engine/words.h"

/* `back_ms`: by how much the wall clock was set back. */
static void snooze_run_on(struct work *work, struct incident *incident, msec back_ms)
{
    if (incident->state != INCIDENT_SNOOZED || incident->handling->snooze_due_at != MSEC_NEVER)
        return;
    msec left_ms = incident->handling->snoozed_until_at - (work->now.wall_at + back_ms);
    if (left_ms < 0)
        left_ms = 0;
    incident_handle(incident)->snoozed_until_at = work->now.wall_at + left_ms;
    incident_handle(incident)->snooze_due_at = work->now.steady_at + left_ms;
    CLEANUP(text_clear) struct text left = {0};
    words_add_duration(&left, left_ms);
    entry_add(work, incident->number, ENTRY_SNOOZED, NULL,
              "the clock was set back: snoozed for %s from now", text_string(&left));
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

/* By how much the wall clock was set back since the last step. */
static msec back_since(const struct engine *engine, struct now now)
{
    return engine->has_clock ? engine->ahead_ms - (now.wall_at - now.steady_at) : 0;
}

bool clock_is_back(const struct engine *engine, struct now now)
{
    return back_since(engine, now) > CLOCK_BACK_MS;
}

/* What people have said of a while of theirs is not lengthened. */
static void people_clock_back(struct work *work, msec back_ms)
{
    pauses_clock_back(work, back_ms);
    awake_clock_back(work, back_ms);
}

void clock_watch(struct work *work)
{
    struct engine *engine = work->engine;
    msec back_ms = back_since(engine, work->now);
    engine->has_clock = true;
    engine->ahead_ms = work->now.wall_at - work->now.steady_at;
    if (back_ms > 0)
        people_clock_back(work, back_ms);
    if (back_ms <= CLOCK_BACK_MS) {
        if (back_ms < SECOND_MS)
            return;
        maintenance_plan(work);
        handoffs_plan(work); /* what was too short to be told of is not any more */
        return;
    }
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL) {
        snooze_run_on(work, incident, back_ms);
        hold_refit(work, incident);
    }
    silences_clock_back(work, back_ms);
    maintenance_plan(work);
    leave_clock_back(work);
    handoffs_plan(work);
}
