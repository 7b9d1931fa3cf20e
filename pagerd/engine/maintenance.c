/* SPDX-License-Identifier: MIT */
#include "engine/maintenance.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/clock.h"
#include "engine/silence.h"

static bool is_of(const struct silence *silence, const struct maintenance *window)
{
    return silence->state != SILENCE_OVER && string_is(silence->maintenance, window->id) &&
           string_is(silence->match, window->match) && string_is(silence->team, window->team);
}

static struct silence *silence_of(const struct engine *engine, const struct maintenance *window,
                                  enum silence_state state)
{
    for (size_t i = 0; i < engine->silence_count; i++) {
        struct silence *silence = engine->silences[i];
        if (silence->state == state && is_of(silence, window))
            return silence;
    }
    return NULL;
}

/* Has somebody ended it by hand, before or after it began? However its calendar has moved it since,
 * it is the one that lies over the time from the beginning of that silence to its end. */
static bool was_ended(const struct engine *engine, const struct maintenance *window,
                      const struct outage *outage)
{
    for (size_t i = 0; i < engine->silence_count; i++) {
        const struct silence *silence = engine->silences[i];
        if (silence->state == SILENCE_OVER && silence->ended_by[0] != '\0' &&
            string_is(silence->maintenance, window->id) && outage->start_at <= silence->until_at &&
            silence->from_at < outage->end_at)
            return true;
    }
    return false;
}

/* Is it on now? A clock that was set back a little does not interrupt what has begun. */
static bool is_on(const struct work *work, const struct outage *outage,
                  const struct silence *active)
{
    msec ahead_ms = outage->start_at - work->now.wall_at;
    return ahead_ms <= 0 ||
           (active != NULL && active->from_at == outage->start_at && ahead_ms <= CLOCK_BACK_MS);
}

static void set_until(struct work *work, struct silence *silence, msec until_at)
{
    silence->is_wanted = true;
    if (silence->until_at != until_at)
        silence_move(work, silence, until_at);
}

/* The silence of this outage, new where there is none yet. */
static struct silence *silence_get(struct work *work, const struct maintenance *window,
                                   const struct outage *outage)
{
    for (size_t i = 0; i < work->engine->silence_count; i++) {
        struct silence *silence = work->engine->silences[i];
        if (silence->state == SILENCE_PLANNED && silence->from_at == outage->start_at &&
            is_of(silence, window))
            return silence;
    }
    struct span note = utf8_cut(span_of(outage->summary), SILENCE_NOTE_MAX);
    char *title = string_copy_span(note);
    const struct silence wanted = {.match = (char *)(uintptr_t)window->match,
                                   .team = (char *)(uintptr_t)window->team,
                                   .maintenance = (char *)(uintptr_t)window->id,
                                   .note = title,
                                   .from_at = outage->start_at,
                                   .until_at = outage->end_at};
    struct silence *made = silence_make(work, &wanted);
    free(title);
    return made;
}

/* The outage that is on, and the next one; either may be NULL. */
struct plan {
    const struct outage *now;
    const struct outage *next;
};

static struct plan plan_make(const struct work *work, const struct maintenance *window,
                             const struct outage_list *list)
{
    struct plan plan = {0};
    const struct silence *active = silence_of(work->engine, window, SILENCE_ACTIVE);
    const struct outage *outage = outage_find(list, work->now.wall_at);
    const struct outage *end = list->outages + list->outage_count;
    for (; outage != NULL && outage < end && plan.next == NULL; outage++) {
        if (outage->end_at - outage->start_at > SILENCE_MAX_MS ||
            was_ended(work->engine, window, outage))
            continue;
        if (plan.now == NULL && is_on(work, outage, active))
            plan.now = outage;
        else
            plan.next = outage;
    }
    return plan;
}

static void window_plan(struct work *work, const struct maintenance *window)
{
    const struct outage_list *list = roster_outages(work->engine->roster, window->calendar);
    if (list == NULL) {
        for (size_t i = 0; i < work->engine->silence_count; i++)
            work->engine->silences[i]->is_wanted |= is_of(work->engine->silences[i], window);
        return;
    }
    struct plan plan = plan_make(work, window, list);
    if (plan.now != NULL) {
        struct silence *silence = silence_of(work->engine, window, SILENCE_ACTIVE);
        bool is_new = silence == NULL;
        if (is_new)
            silence = silence_get(work, window, plan.now);
        set_until(work, silence, plan.now->end_at);
        if (is_new)
            silence_begin(work, silence);
    }
    if (plan.next != NULL)
        set_until(work, silence_get(work, window, plan.next), plan.next->end_at);
}

void maintenance_plan(struct work *work)
{
    struct engine *engine = work->engine;
    if (!engine->is_restored || engine->policy == NULL)
        return;
    silences_prune(work);
    for (size_t i = 0; i < engine->silence_count; i++)
        engine->silences[i]->is_wanted = engine->silences[i]->maintenance[0] == '\0';
    for (size_t i = 0; i < engine->policy->maintenance_count; i++)
        window_plan(work, &engine->policy->maintenances[i]);
    for (size_t i = 0; i < engine->silence_count; i++) {
        struct silence *silence = engine->silences[i];
        bool is_due = silence->until_at <= work->now.wall_at; /* its timer ends it, late if so */
        if (silence->state != SILENCE_OVER && !silence->is_wanted && !is_due)
            silence_withdraw(work, silence);
    }
}

void maintenance_go_on(struct work *work, const struct silence *silence)
{
    const struct policy *policy = work->policy;
    for (size_t i = 0; i < policy->maintenance_count && work->engine->is_restored; i++) {
        if (string_is(policy->maintenances[i].id, silence->maintenance))
            window_plan(work, &policy->maintenances[i]);
    }
}

bool maintenance_is_known(const struct engine *engine, const struct silence *silence)
{
    const struct policy *policy = engine->policy;
    for (size_t i = 0; i < policy->maintenance_count; i++) {
        if (string_is(policy->maintenances[i].id, silence->maintenance))
            return roster_outages(engine->roster, policy->maintenances[i].calendar) != NULL;
    }
    return false;
}
