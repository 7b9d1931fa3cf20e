/* SPDX-License-Identifier: MIT */
/* From policy and roster alone it is said when a window is on; the silences must say the same. */
#include "scenarios/witness_window.h"

#include <inttypes.h>

#include "base/text.h"

#define BACK_MS HOUR_MS /* by so much a clock may go back without interrupting a window */

static bool wrong(struct fault *fault, const char *window, const char *what)
{
    return fault_set(fault, FAULT_CONFLICT, "witness: maintenance %s %s", window, what);
}

static const struct maintenance *window_of(const struct policy *policy,
                                           const struct silence *silence)
{
    for (size_t i = 0; i < policy->maintenance_count; i++) {
        const struct maintenance *window = &policy->maintenances[i];
        if (string_is(window->id, silence->maintenance) &&
            string_is(window->match, silence->match) && string_is(window->team, silence->team))
            return window;
    }
    return NULL;
}

static const struct outage_list *list_of(const struct roster *roster, const char *calendar)
{
    for (size_t i = 0; i < roster->outage_list_count; i++) {
        if (string_is(roster->outage_lists[i].calendar, calendar))
            return &roster->outage_lists[i];
    }
    return NULL;
}

/* Has somebody ended that very event? */
static bool outage_was_ended(const struct engine *engine, const char *window,
                             const struct outage *outage)
{
    size_t cursor = 0;
    const struct silence *silence = NULL;
    while ((silence = view_each_silence(engine, &cursor)) != NULL) {
        if (string_is(silence->maintenance, window) && silence->state == SILENCE_OVER &&
            silence->ended_by[0] != '\0' && outage->start_at <= silence->until_at &&
            silence->from_at < outage->end_at)
            return true;
    }
    return false;
}

/* What holds is on, and ends when its event does. */
static bool silence_is_right(const struct engine *engine, struct now now, bool is_starting,
                             const struct silence *silence, struct fault *fault)
{
    const struct maintenance *window = window_of(view_policy(engine), silence);
    bool is_over = silence->until_at <= now.wall_at;
    if (is_over)
        return is_starting || wrong(fault, silence->maintenance, "is over and holds");
    if (window == NULL)
        return wrong(fault, silence->maintenance, "is gone and holds");
    const struct outage_list *list = list_of(view_roster(engine), window->calendar);
    for (size_t i = 0; list != NULL && i < list->outage_count; i++) {
        const struct outage *outage = &list->outages[i];
        if (outage->end_at == silence->until_at && outage->start_at <= now.wall_at + BACK_MS &&
            outage->end_at - outage->start_at <= SILENCE_MAX_MS)
            return !outage_was_ended(engine, window->id, outage) ||
                   wrong(fault, window->id, "holds and somebody has ended that");
    }
    return list == NULL || wrong(fault, window->id, "holds and its calendar does not say so");
}

/* Does it hold, or has somebody ended it? */
static bool outage_is_kept(const struct engine *engine, const struct maintenance *window,
                           const struct outage *outage)
{
    size_t cursor = 0;
    const struct silence *silence = NULL;
    while ((silence = view_each_silence(engine, &cursor)) != NULL) {
        if (!string_is(silence->maintenance, window->id))
            continue;
        if (silence->state == SILENCE_ACTIVE && silence->until_at == outage->end_at &&
            window_of(view_policy(engine), silence) == window)
            return true;
    }
    return outage_was_ended(engine, window->id, outage);
}

static bool window_is_right(const struct engine *engine, struct now now,
                            const struct maintenance *window, struct fault *fault)
{
    const struct outage_list *list = list_of(view_roster(engine), window->calendar);
    for (size_t i = 0; list != NULL && i < list->outage_count; i++) {
        const struct outage *outage = &list->outages[i];
        bool is_on = outage->start_at <= now.wall_at && now.wall_at < outage->end_at &&
                     outage->end_at - outage->start_at <= SILENCE_MAX_MS;
        if (is_on && !outage_is_kept(engine, window, outage))
            return wrong(fault, window->id, "is on and does not hold");
    }
    return true;
}

bool witness_windows(const struct engine *engine, struct now now, bool is_starting,
                     struct fault *fault)
{
    const struct policy *policy = view_policy(engine);
    if (policy == NULL || view_roster(engine) == NULL)
        return true;
    size_t cursor = 0;
    const struct silence *silence = NULL;
    while ((silence = view_each_silence(engine, &cursor)) != NULL) {
        if (silence->state == SILENCE_ACTIVE && silence->maintenance[0] != '\0' &&
            !silence_is_right(engine, now, is_starting, silence, fault))
            return false;
    }
    for (size_t i = 0; i < policy->maintenance_count; i++) {
        if (!window_is_right(engine, now, &policy->maintenances[i], fault))
            return false;
    }
    return true;
}
