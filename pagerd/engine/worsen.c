/* SPDX-License-Identifier: MIT */
#include "engine/worsen.h"

#include "base/text.h"
#include "engine/bundle.h"
#include "engine/entry.h"
#include "engine/gather.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/mute.h"
#include "engine/page.h"
#include "engine/quiet.h"
#include "engine/run.h"

/* Critical by a promotion, which stands until somebody acks. */
static bool is_promoted(const struct incident *incident)
{
    return incident->state != INCIDENT_SUPPRESSED && incident->reason[0] != '\0';
}

/* What is with a provider since before it was critical need not be waited for any longer than what
 * is handed over from now on. */
static void pages_hurry(struct work *work, struct incident *incident)
{
    for (struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page->state != PAGE_SENDING || !page_is_alarm(page->kind) || page->has_gone_on)
            continue;
        msec due_at = page->handed_at + PAGE_HEDGE_MS;
        due_at = due_at > work->now.steady_at ? due_at : work->now.steady_at;
        heap_put(&work->engine->timers[TIMER_PAGE], &page->timer, due_at);
    }
}

/* Who is asked by a rule of the milder severity is asked by that of this one, from its start. */
static void person_hurry(struct work *work, struct incident *incident, const struct user *user)
{
    struct person *person = person_find(work->engine, user->id);
    const struct notify_run *run = run_find(person, incident->number);
    if (run == NULL)
        return;
    const struct notify_rule *rule =
        quiet_rule(work->policy, user, incident->severity, work->now.wall_at);
    if (rule != NULL && !string_is(run->rule, rule->id)) {
        enum page_kind kind = run->tried == 0 ? run->kind : PAGE_AGAIN;
        CLEANUP(text_clear) struct text text = {0};
        text_add(&text, run->tried == 0 ? run->text : "");
        (void)run_start(work, incident, user, kind, text_string(&text));
    } else if (bundle_has(run) && incident->severity == SEVERITY_CRITICAL) {
        bundle_flush(work, person);
        run_due(work, person);
    }
}

static void incident_hurry(struct work *work, struct incident *incident)
{
    for (size_t i = 0; i < incident->paged_count; i++) {
        const struct user *user = policy_find_user(work->policy, incident->paged[i]);
        if (user != NULL)
            person_hurry(work, incident, user);
    }
    if (incident->severity == SEVERITY_CRITICAL)
        pages_hurry(work, incident);
}

/* It is known not to have got there yet, or may not have, and nothing else comes of it: it has gone
 * on already, or waits for its next attempt. */
static bool is_in_trouble(const struct page *page)
{
    return (page->state == PAGE_QUEUED && page->attempt > 0) ||
           (page->state == PAGE_SENDING && page->has_gone_on) ||
           (page->state == PAGE_SENT && page->is_in_doubt);
}

/* Is the way that the person was asked by last, before now, one that does not work? */
static bool is_left_in_trouble(const struct work *work, const struct incident *incident,
                               const char *user)
{
    const struct notify_run *run = run_find(person_find(work->engine, user), incident->number);
    for (const struct page *page = incident->pages; run != NULL && page != NULL;
         page = page->older) {
        if (page_is_alarm(page->kind) && string_is(page->user, user) && page_is_hopeful(page) &&
            page->started_at >= run->started_at)
            return page->started_at < work->now.steady_at && is_in_trouble(page);
    }
    return false;
}

void worsen_ask_on(struct work *work, struct incident *incident)
{
    for (size_t i = 0; i < incident->paged_count && incident_is_waiting(incident); i++) {
        const char *user = incident->paged[i];
        if (!run_is_reachable(work, incident, user) || is_left_in_trouble(work, incident, user))
            (void)run_page_next(work, incident, user);
    }
    if (incident->severity == SEVERITY_CRITICAL)
        pages_hurry(work, incident);
}

void incident_worsen(struct work *work, struct incident *incident, enum severity severity)
{
    enum severity before = incident->severity;
    if (severity > before && is_promoted(incident))
        return; /* the source repeats what nobody has read */
    const struct severity_rule *was = &work->policy->severities[before];
    const struct severity_rule *is = &work->policy->severities[severity];
    incident->severity = severity;
    entry_add(work, incident->number, ENTRY_SEVERITY, incident->integration, "%s, was %s",
              severity_name(severity), severity_name(before));
    save_incident(work, incident);
    bool is_rise = severity < before;
    bool is_paging = !severity_is_silent(is);
    bool is_waiting = incident->state == INCIDENT_TRIGGERED;
    bool is_suppressed = incident->state == INCIDENT_SUPPRESSED;
    bool is_quiet_by_severity = is_suppressed && !mute_holds(incident) && !hold_has(incident);
    if (is_waiting && incident->promote_due_at == MSEC_NEVER) {
        incident_arm_promotion(work, incident);
        incident_schedule(work->engine, incident);
    }
    if (!is_paging || !(is_rise || is_quiet_by_severity)) {
        hold_refit(work, incident); /* it may be one that need not wait any more */
        return;
    }
    if (is_suppressed || gather_is_waiting(incident) ||
        (is->is_waking && (!is_waiting || !was->is_waking)))
        incident_trigger_again(work, incident, CAUSE_WORSEN);
    else if (incident_is_waiting(incident))
        incident_hurry(work, incident);
}
