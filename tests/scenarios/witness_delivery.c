/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_delivery.h"

#include <inttypes.h>

#include "base/text.h"

#define PATIENCE_MS (31 * SECOND_MS) /* twice 15 s, and a moment */

/* It was handed over, and is known not to have got there, or nothing is known for too long. */
static bool is_in_trouble(const struct page *page, struct now now)
{
    if (page->state == PAGE_SENDING)
        return now.steady_at - page->handed_at > PATIENCE_MS;
    if (page->state == PAGE_QUEUED)
        return page->attempt > 0 && page->error[0] != '\0' && page->retry_at != MSEC_NEVER;
    return page->state == PAGE_SENT && page->is_in_doubt;
}

static const struct notify_run *run_of(const struct engine *engine, const struct page *page)
{
    const struct person *person = view_person(engine, page->user);
    for (size_t i = 0; person != NULL && i < person->run_count; i++) {
        if (person->runs[i].incident == page->incident)
            return &person->runs[i];
    }
    return NULL;
}

/* Was the person asked by that contact since the run began, or is it asked about there? */
static bool was_asked(const struct engine *engine, const struct page *about,
                      const struct contact *contact, msec since_at)
{
    size_t cursor = 0;
    const struct page *page = NULL;
    while ((page = view_each_page(engine, &cursor)) != NULL) {
        if (page->started_at >= since_at && string_is(page->user, about->user) &&
            string_is(page->channel, contact->channel) &&
            string_is(page->address, contact->address) && page_is_alarm(page->kind))
            return true;
    }
    return false;
}

/* Asked once more by the same way since: that one tells. */
static bool has_newer(const struct page *page, const struct notify_run *run)
{
    const struct page *newer = page->newer;
    while (newer != NULL &&
           !(page_is_alarm(newer->kind) && string_is(newer->user, page->user) &&
             string_is(newer->channel, page->channel) && newer->started_at >= run->started_at))
        newer = newer->newer;
    return newer != NULL;
}

/* All contacts of who is asked are in use when even one of them is left to itself. */
static bool somebody_else_is_tried(const struct engine *engine, const struct page *page,
                                   const struct notify_run *run)
{
    const struct user *user = policy_find_user(view_policy(engine), page->user);
    size_t others = 0;
    size_t asked = 0;
    bool is_known = false;
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        if (string_is(contact->channel, page->channel) &&
            string_is(contact->address, page->address)) {
            is_known = true;
            continue;
        }
        others++;
        asked += was_asked(engine, page, contact, run->started_at);
    }
    return !is_known || others == 0 || asked > 0; /* another number: what is new is tried later */
}

static bool has_page(const struct incident *incident, const char *user)
{
    const struct page *page = incident->pages;
    while (page != NULL && !(page_is_alarm(page->kind) && string_is(page->user, user)))
        page = page->older;
    return page != NULL;
}

/* Nobody waits with others for the first page about something critical. Of a run of before the
 * last start the first page may have arrived, and be no record any more. */
static bool no_first_is_held(const struct engine *engine, struct now now, msec started_at,
                             struct fault *fault)
{
    size_t cursor = 0;
    const struct person *person = NULL;
    while ((person = view_each_person(engine, &cursor)) != NULL) {
        for (size_t i = 0; i < person->run_count; i++) {
            const struct notify_run *run = &person->runs[i];
            const struct incident *incident = view_incident(engine, run->incident);
            if (run->bundle_at == MSEC_NEVER || run->bundle_at <= now.steady_at ||
                run->bundle_kind != PAGE_BUNDLE || incident == NULL ||
                incident->severity != SEVERITY_CRITICAL || has_page(incident, person->user) ||
                run->started_at <= started_at)
                continue;
            return fault_set(fault, FAULT_CONFLICT,
                             "witness: the first page about #%" PRIu64 " to %s is held",
                             run->incident, person->user);
        }
    }
    return true;
}

/* By how many ways of the person it was asked since the run began, and was any of them hopeful? */
static size_t ways_asked(const struct engine *engine, const struct page *about,
                         const struct notify_run *run, bool *is_hopeful)
{
    const struct user *user = policy_find_user(view_policy(engine), about->user);
    const struct incident *incident = view_incident(engine, about->incident);
    uint16_t asked = 0;
    size_t count = 0;
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (!page_is_alarm(page->kind) || !string_is(page->user, about->user) ||
            page->started_at < run->started_at)
            continue;
        *is_hopeful = *is_hopeful || page->state != PAGE_FAILED || page->also[0] != '\0';
        for (size_t i = 0; i < user->contact_count; i++) {
            if (string_is(user->contacts[i].channel, page->channel))
                asked |= (uint16_t)(1U << i);
        }
    }
    for (size_t i = 0; i < user->contact_count; i++)
        count += (asked & (1U << i)) != 0;
    return count;
}

/* Is the person asked about several in one page, of which this may be one? */
static bool has_bundle(const struct engine *engine, const char *user, msec since_at)
{
    size_t cursor = 0;
    const struct page *page = NULL;
    while ((page = view_each_page(engine, &cursor)) != NULL) {
        if (page->also[0] != '\0' && page->state != PAGE_FAILED && string_is(page->user, user) &&
            page->started_at >= since_at)
            return true;
    }
    return false;
}

/* One has failed: whoever's pages have all failed was asked by each way there is, verified or not.
 */
static bool no_way_is_left_out(const struct engine *engine, struct now now, const struct page *page,
                               struct fault *fault)
{
    const struct policy *policy = view_policy(engine);
    const struct incident *incident = view_incident(engine, page->incident);
    const struct user *user = policy_find_user(policy, page->user);
    if (incident == NULL || incident->state != INCIDENT_TRIGGERED || user == NULL)
        return true;
    const struct notify_run *run = run_of(engine, page);
    bool is_waking = policy->severities[incident->severity].is_waking;
    bool is_beginning = run != NULL && run->next_step == 0 && run->due_at != MSEC_NEVER;
    if (run == NULL || run->started_at > page->started_at || run->bundle_at != MSEC_NEVER ||
        is_beginning || (run->due_at != MSEC_NEVER && run->due_at <= now.steady_at) || !is_waking)
        return true; /* of a round before, or waits with others, or for its next step */
    bool is_hopeful = false;
    size_t asked = ways_asked(engine, page, run, &is_hopeful);
    return is_hopeful || asked == user->contact_count ||
           has_bundle(engine, user->id, run->started_at) ||
           fault_set(fault, FAULT_CONFLICT,
                     "witness: no page of #%" PRIu64
                     " reaches %s, who was asked by %zu of %zu ways",
                     incident->number, page->user, asked, user->contact_count);
}

bool witness_delivery(const struct engine *engine, struct now now, msec started_at,
                      struct fault *fault)
{
    size_t cursor = 0;
    const struct page *page = NULL;
    if (view_policy(engine) == NULL)
        return true;
    while ((page = view_each_page(engine, &cursor)) != NULL) {
        if (!page_is_alarm(page->kind))
            continue;
        if (page->state == PAGE_FAILED && !no_way_is_left_out(engine, now, page, fault))
            return false;
        if (!is_in_trouble(page, now))
            continue; /* nearly all: the incident of one that is well need not be looked up */
        const struct incident *incident = view_incident(engine, page->incident);
        if (incident == NULL || incident->state != INCIDENT_TRIGGERED ||
            incident->severity != SEVERITY_CRITICAL)
            continue;
        const struct notify_run *run = run_of(engine, page);
        if (run == NULL || run->started_at > page->started_at || has_newer(page, run))
            continue; /* or of a round before; or taken in at a start */
        if (!somebody_else_is_tried(engine, page, run))
            return fault_set(fault, FAULT_CONFLICT,
                             "witness: page %" PRIu64
                             " to %s by %s is in trouble, and nothing else "
                             "is tried",
                             page->id, page->user, page->channel);
    }
    return no_first_is_held(engine, now, started_at, fault);
}
