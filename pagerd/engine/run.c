/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/shared.h"
#include "base/text.h"
#include "engine/awake.h"
#include "engine/bundle.h"
#include "engine/code.h"
#include "engine/entry.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/page.h"
#include "engine/quiet.h"
#include "engine/throttle.h"

#define CLOCKS_APART_MS 200 /* clocks may be set by less without a new mark of them */

static const struct notify_rule *rule_of(const struct work *work, const struct incident *incident,
                                         const struct user *user)
{
    return quiet_rule(work->policy, user, incident->severity, work->now.wall_at);
}

/* The rule that the run began with, as it is now; the current one when it is gone. */
static const struct notify_rule *rule_of_run(const struct work *work,
                                             const struct incident *incident,
                                             const struct user *user, const char *id)
{
    for (size_t i = 0; i < work->policy->notify_rule_count; i++) {
        if (string_is(work->policy->notify_rules[i].id, id))
            return &work->policy->notify_rules[i];
    }
    return rule_of(work, incident, user);
}

static bool has_quiet(const struct user *user)
{
    for (size_t i = 0; i < user->contact_count; i++) {
        if (user->contacts[i].is_quiet)
            return true;
    }
    return false;
}

static bool is_allowed(const struct work *work, const struct incident *incident,
                       const struct user *user, const struct contact *contact)
{
    if (contact->is_quiet || work->policy->severities[incident->severity].is_waking)
        return true;
    return !has_quiet(user) || !quiet_is_now(work->policy, user, work->now.wall_at);
}

static bool step_has(const struct notify_step *step, const struct contact *contact)
{
    for (size_t i = 0; i < step->via_count; i++) {
        if (string_is(step->via[i], contact->channel))
            return true;
    }
    return false;
}

/* The contacts of this step (NULL: all), a bit each. */
static uint16_t contacts_of(const struct work *work, const struct incident *incident,
                            const struct user *user, const struct notify_step *step)
{
    uint16_t contacts = 0;
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        if ((step == NULL || step_has(step, contact)) && is_allowed(work, incident, user, contact))
            contacts |= (uint16_t)(1U << i);
    }
    return contacts;
}

static const struct notify_step *step_of(const struct notify_rule *rule, size_t step)
{
    return rule == NULL || rule->step_count == 0 ? NULL : &rule->steps[step];
}

/* Of the rule's step; when its first one finds none, all: never nobody. */
static uint16_t contacts_at(const struct work *work, const struct incident *incident,
                            const struct user *user, const struct notify_rule *rule, size_t step)
{
    uint16_t contacts = contacts_of(work, incident, user, step_of(rule, step));
    return contacts == 0 && step == 0 ? contacts_of(work, incident, user, NULL) : contacts;
}

/* By which contacts the run's first step pages. */
static uint16_t contacts_first(const struct work *work, const struct incident *incident,
                               const struct user *user, const struct notify_run *run)
{
    const struct notify_rule *rule = rule_of_run(work, incident, user, run->rule);
    uint16_t of_step = contacts_at(work, incident, user, rule, 0);
    if (!awake_has(work, user, run))
        return of_step;
    return awake_contacts(user, of_step, contacts_of(work, incident, user, NULL));
}

void run_order(const struct work *work, const struct user *user, uint8_t order[CONTACTS_MAX])
{
    size_t count = 0;
    for (int is_doubtful = 0; is_doubtful < 2; is_doubtful++) {
        for (size_t i = 0; i < user->contact_count; i++) {
            if (code_is_doubtful(work, user, &user->contacts[i]) == (is_doubtful == 1))
                order[count++] = (uint8_t)i;
        }
    }
}

/* Those of the contacts at which this page waits for others (throttle.h). */
static uint16_t contacts_waiting(const struct work *work, const struct incident *incident,
                                 const struct user *user, struct notify_run *run, uint16_t contacts,
                                 enum page_kind kind)
{
    uint16_t waiting = 0;
    for (size_t i = 0; i < user->contact_count; i++) {
        msec until_at = throttle_until(work, incident, user, &user->contacts[i], kind);
        if ((contacts & (1U << i)) == 0 || until_at <= work->now.steady_at)
            continue;
        waiting |= (uint16_t)(1U << i);
        if (!bundle_has(run) || until_at < run->bundle_at)
            bundle_wait(run, PAGE_BUNDLE, until_at);
    }
    return waiting;
}

/* Returns those that are not left to wait: when what was paged fails, these are next. */
static uint16_t page_contacts(struct work *work, struct incident *incident, const struct user *user,
                              struct notify_run *run, uint16_t contacts, bool has_waited)
{
    bool is_beginning = run->started_at == work->now.steady_at;
    enum page_kind kind = run->next_step == 0 ? run->kind : PAGE_AGAIN;
    uint16_t before = run->tried;
    if (!has_waited)
        contacts &= (uint16_t)~contacts_waiting(work, incident, user, run, contacts, kind);
    run->tried |= contacts; /* none of them is the next one of another */
    uint8_t order[CONTACTS_MAX];
    run_order(work, user, order);
    for (size_t place = 0; place < user->contact_count; place++) {
        size_t i = order[place];
        if ((contacts & (1U << i)) == 0 || (is_beginning && (before & (1U << i)) != 0))
            continue; /* or paged in this very instant by an earlier step */
        page_make(work, incident, user, &user->contacts[i], kind, run->text);
    }
    return contacts;
}

/* What waited for the morning is not paged by a rule that runs on into quiet hours. */
static bool is_held(const struct work *work, const struct incident *incident,
                    const struct user *user, const struct notify_run *run)
{
    msec until_at = 0;
    return run->kind != PAGE_BY_HAND && run->kind != PAGE_WOKEN &&
           hold_wants(work, incident, user, &until_at);
}

/* The run's next step was paged by these contacts: says when the one after it is due. */
static void step_done(struct work *work, struct incident *incident, const struct user *user,
                      struct notify_run *run, uint16_t contacts)
{
    const struct notify_rule *rule = rule_of_run(work, incident, user, run->rule);
    size_t step_count = rule == NULL ? 0 : rule->step_count;
    run->tried |= contacts;
    if (contacts != 0 && incident->handling->hold_from_at != 0) {
        incident_handle(incident)->hold_from_at = 0;
        save_incident(work, incident);
    }
    run->due_at = MSEC_NEVER;
    run->next_step++;
    if (run->next_step < step_count)
        run->due_at = work->now.steady_at + rule->steps[run->next_step].after_ms -
                      rule->steps[run->next_step - 1].after_ms;
}

/* What is not critical and comes by text within seconds is one page, too. */
static bool is_crowded(const struct work *work, const struct incident *incident,
                       const struct user *user, struct notify_run *run)
{
    uint16_t contacts = contacts_first(work, incident, user, run);
    msec until_at = throttle_gather(work, incident, user, contacts);
    bool is_first = run->next_step == 0 && !throttle_was_paged(work, incident, user);
    if (!is_first || until_at <= work->now.steady_at || run->kind == PAGE_BY_HAND ||
        run->kind == PAGE_WOKEN)
        return false;
    run->due_at = MSEC_NEVER;
    bundle_wait(run, PAGE_BUNDLE, until_at);
    return true;
}

/* Who is awake gets what comes close together as one page: does this one wait for that? */
static bool is_gathered(struct work *work, const struct incident *incident, const struct user *user,
                        struct notify_run *run)
{
    struct person *person = person_get(work->engine, user->id);
    if (!awake_has(work, user, run))
        return is_crowded(work, incident, user, run);
    msec due_at = awake_due(work, incident, person);
    if (due_at > work->now.steady_at) {
        run->due_at = MSEC_NEVER;
        bundle_wait(run, PAGE_BUNDLE, due_at);
        return true;
    }
    person->gathered_at = work->now.steady_at;
    return false;
}

/* Fires the run's next step and says when the one after it is due. */
static void run_fire(struct work *work, struct incident *incident, const struct user *user,
                     struct notify_run *run)
{
    const struct notify_rule *rule = rule_of_run(work, incident, user, run->rule);
    if (run->next_step >= (rule == NULL ? 0 : rule->step_count))
        run->next_step = 0; /* the rule has become shorter: it is gone through as it is now */
    uint16_t contacts = 0;
    bool is_quiet = is_held(work, incident, user, run);
    if (!is_quiet && is_gathered(work, incident, user, run))
        return;
    if (!is_quiet)
        contacts = run->next_step == 0 ? contacts_first(work, incident, user, run)
                                       : contacts_at(work, incident, user, rule, run->next_step);
    contacts = page_contacts(work, incident, user, run, contacts, false);
    step_done(work, incident, user, run, contacts);
}

static void run_clear(struct notify_run *run)
{
    free(run->rule);
    free(run->text);
}

static void run_remove(struct person *person, size_t place)
{
    run_clear(&person->runs[place]);
    person->run_count--;
    memmove(&person->runs[place], &person->runs[place + 1],
            (person->run_count - place) * sizeof *person->runs);
}

/* Makes room for one more: what is done goes before what is still under way. */
static void run_make_room(struct engine *engine, struct person *person)
{
    if (person->run_count < PERSON_RUNS_MAX)
        return;
    engine->counts.runs_dropped++;
    size_t place = 0;
    for (size_t i = 0; i < person->run_count; i++) {
        if (person->runs[i].due_at == MSEC_NEVER && !bundle_has(&person->runs[i])) {
            place = i;
            break;
        }
    }
    run_remove(person, place);
}

static struct notify_run *run_add(struct engine *engine, struct person *person, uint64_t incident)
{
    struct notify_run *run = run_find(person, incident);
    if (run != NULL) {
        run_clear(run);
        return run;
    }
    run_make_room(engine, person);
    person->runs = memory_grow(person->runs, person->run_count + 1, sizeof *person->runs);
    return &person->runs[person->run_count++];
}

static void run_stop_for(struct work *work, struct person *person, uint64_t incident)
{
    struct notify_run *run = run_find(person, incident);
    if (run == NULL)
        return;
    run_remove(person, (size_t)(run - person->runs));
    run_schedule(work->engine, person);
    save_person(work, person);
}

struct notify_run *run_find(const struct person *person, uint64_t incident)
{
    for (size_t i = 0; person != NULL && i < person->run_count; i++) {
        if (person->runs[i].incident == incident)
            return &person->runs[i];
    }
    return NULL;
}

void run_schedule(struct engine *engine, struct person *person)
{
    msec due_at = MSEC_NEVER;
    for (size_t i = 0; i < person->run_count; i++) {
        if (person->runs[i].due_at < due_at)
            due_at = person->runs[i].due_at;
        if (person->runs[i].bundle_at < due_at)
            due_at = person->runs[i].bundle_at;
    }
    heap_put(&engine->timers[TIMER_RUN], &person->run_timer, due_at);
}

/* Where a run stands in its rule. */
struct progress {
    uint16_t next_step;
    msec due_at;
};

/* What is still to come of the run that goes by the same rule already; due never: nothing is. */
static struct progress progress_of(const struct notify_run *run, const struct notify_rule *rule)
{
    if (run == NULL || rule == NULL || !string_is(run->rule, rule->id))
        return (struct progress){.due_at = MSEC_NEVER};
    return (struct progress){run->next_step, run->due_at};
}

static void paged_add(struct incident *incident, const char *user)
{
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (string_is(incident->paged[i], user))
            return;
    }
    if (incident->paged_count == INCIDENT_PAGED_MAX)
        return;
    incident->paged =
        memory_grow(incident->paged, incident->paged_count + 1, sizeof *incident->paged);
    incident->paged[incident->paged_count++] = shared_name(user);
}

/* Begins the run, without its first page. */
static struct notify_run *begin(struct work *work, struct person *person, struct incident *incident,
                                const struct user *user, enum page_kind kind, const char *text)
{
    const struct notify_rule *rule = rule_of(work, incident, user);
    /* Attempts of the run before are overtaken by this one, or they would pile up for ever. */
    page_cancel(work, incident, user->id);
    struct notify_run *run = run_add(work->engine, person, incident->number);
    *run = (struct notify_run){
        .incident = incident->number,
        .kind = kind,
        .rule = string_copy(rule != NULL ? rule->id : ""),
        .text = string_copy(text != NULL ? text : ""),
        .started_at = work->now.steady_at,
        .due_at = MSEC_NEVER,
        .bundle_at = MSEC_NEVER,
    };
    paged_add(incident, user->id);
    return run;
}

bool run_start(struct work *work, struct incident *incident, const struct user *user,
               enum page_kind kind, const char *text)
{
    if (user->contact_count == 0)
        return false;
    const struct notify_rule *rule = rule_of(work, incident, user);
    struct person *person = person_get(work->engine, user->id);
    struct progress before = progress_of(run_find(person, incident->number), rule);
    struct notify_run *run = begin(work, person, incident, user, kind, text);
    bool is_delayed = rule != NULL && rule->step_count > 0 && rule->steps[0].after_ms > 0;
    if (is_delayed)
        run->due_at = work->now.steady_at + rule->steps[0].after_ms;
    else
        run_fire(work, incident, user, run);
    /* Or rounds shorter than the rule would begin it anew for ever and never come to its end. */
    if (before.due_at != MSEC_NEVER) {
        run->next_step = before.next_step;
        run->due_at = before.due_at;
    }
    run_schedule(work->engine, person);
    save_person(work, person);
    return true;
}

bool run_start_late(struct work *work, struct incident *incident, const struct user *user,
                    enum page_kind kind, const char *text)
{
    if (user->contact_count == 0)
        return false;
    struct person *person = person_get(work->engine, user->id);
    struct notify_run *run = begin(work, person, incident, user, kind, text);
    bundle_wait(run, PAGE_DIGEST, work->now.steady_at + HOLD_DIGEST_MS);
    run_schedule(work->engine, person);
    save_person(work, person);
    return true;
}

uint16_t run_contacts(const struct work *work, const struct incident *incident,
                      const struct user *user, const struct notify_run *run)
{
    return contacts_first(work, incident, user, run);
}

void run_page_first(struct work *work, struct incident *incident, const struct user *user,
                    struct notify_run *run)
{
    uint16_t contacts = run_contacts(work, incident, user, run);
    (void)page_contacts(work, incident, user, run, contacts, true);
    run_first_done(work, incident, user, run, contacts);
}

void run_first_done(struct work *work, struct incident *incident, const struct user *user,
                    struct notify_run *run, uint16_t contacts)
{
    if (run->next_step == 0)
        step_done(work, incident, user, run, contacts);
    else
        run->tried |= contacts; /* paged once more: the step that is to come keeps its time */
}

void run_tell(struct work *work, struct incident *incident, const struct user *user,
              enum page_kind kind, const char *text)
{
    const struct notify_rule *rule = rule_of(work, incident, user);
    const struct notify_step *step = rule != NULL && rule->step_count > 0 ? rule->steps : NULL;
    size_t count = 0;
    for (int round = 0; round < 2 && count == 0; round++) {
        for (size_t i = 0; i < user->contact_count; i++) {
            const struct contact *contact = &user->contacts[i];
            bool is_of_step = step == NULL || round > 0 || step_has(step, contact);
            if (!is_of_step || !is_allowed(work, incident, user, contact))
                continue;
            page_make(work, incident, user, contact, kind, text);
            count++;
        }
    }
}

void run_stop(struct work *work, const struct incident *incident, const char *user)
{
    if (user != NULL) {
        struct person *person = person_find(work->engine, user);
        if (person != NULL)
            run_stop_for(work, person, incident->number);
        return;
    }
    if (incident->paged_count < INCIDENT_PAGED_MAX) {
        for (size_t i = 0; i < incident->paged_count; i++)
            run_stop(work, incident, incident->paged[i]);
        return;
    }
    size_t cursor = 0;
    struct person *person = NULL;
    while ((person = map_each(work->engine->people, &cursor, NULL)) != NULL)
        run_stop_for(work, person, incident->number);
}

bool run_page_next(struct work *work, struct incident *incident, const char *user_id)
{
    const struct user *user = policy_find_user(work->policy, user_id);
    struct notify_run *run = run_find(person_find(work->engine, user_id), incident->number);
    if (user == NULL || run == NULL)
        return false;
    uint8_t order[CONTACTS_MAX];
    run_order(work, user, order);
    for (size_t place = 0; place < user->contact_count; place++) {
        size_t i = order[place];
        const struct contact *contact = &user->contacts[i];
        if ((run->tried & (1U << i)) != 0 || !is_allowed(work, incident, user, contact))
            continue;
        run->tried |= (uint16_t)(1U << i);
        page_make(work, incident, user, contact, run->kind, run->text);
        return true;
    }
    return false;
}

void run_forget_tried(struct work *work, const struct incident *incident, const char *user)
{
    struct notify_run *run = run_find(person_find(work->engine, user), incident->number);
    if (run != NULL)
        run->tried = 0;
}

bool run_is_reachable(const struct work *work, const struct incident *incident, const char *user)
{
    const struct notify_run *run = run_find(person_find(work->engine, user), incident->number);
    if (run != NULL && (bundle_has(run) || (run->tried == 0 && run->due_at != MSEC_NEVER)))
        return true; /* its first step is still to come, or it waits for others */
    msec since_at = run != NULL ? run->started_at : incident->step_entered_at;
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page_is_alarm(page->kind) && string_is(page->user, user) && page_is_hopeful(page) &&
            page->started_at >= since_at)
            return true;
    }
    return false;
}

void run_due(struct work *work, struct person *person)
{
    const struct user *user = policy_find_user(work->policy, person->user);
    for (size_t i = 0; i < person->run_count; i++) {
        struct notify_run *run = &person->runs[i];
        struct incident *incident = incident_find(work->engine, run->incident);
        if (run->due_at > work->now.steady_at)
            continue;
        if (user == NULL || incident == NULL)
            run->due_at = MSEC_NEVER;
        else
            run_fire(work, incident, user, run);
    }
    bundle_due(work, person, user);
    run_schedule(work->engine, person);
    save_person(work, person);
}

/* Which of the person's contacts this page went to, a bit each. */
static uint16_t contacts_asked(const struct user *user, const struct page *page)
{
    uint16_t contacts = 0;
    if (!page_is_alarm(page->kind) || !string_is(page->user, user->id))
        return contacts;
    for (size_t i = 0; i < user->contact_count; i++) {
        if (string_is(user->contacts[i].channel, page->channel) &&
            string_is(user->contacts[i].address, page->address))
            contacts |= (uint16_t)(1U << i);
    }
    return contacts;
}

/* Contacts that were paged since the run began: that is not stored, but their pages are. Its
 * beginning is steady time, theirs is wall time, and after a restart it is not known to the
 * millisecond how far these were apart. */
static uint16_t tried_before(const struct work *work, const struct person *person,
                             const struct notify_run *run)
{
    const struct user *user = policy_find_user(work->policy, person->user);
    const struct incident *incident = incident_find(work->engine, run->incident);
    msec since_at = work->now.wall_at - (work->now.steady_at - run->started_at);
    uint16_t tried = 0;
    for (const struct page *page = incident->pages; user != NULL && page != NULL;
         page = page->older) {
        if (page->created_at >= since_at - CLOCKS_APART_MS)
            tried |= contacts_asked(user, page);
    }
    return tried;
}

void run_refit(struct work *work, const struct incident *incident, const char *user_id)
{
    const struct user *user = policy_find_user(work->policy, user_id);
    struct notify_run *run = run_find(person_find(work->engine, user_id), incident->number);
    if (user == NULL || run == NULL)
        return;
    run->tried = 0;
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page->started_at >= run->started_at)
            run->tried |= contacts_asked(user, page);
    }
}

void run_restored(struct work *work, struct person *person)
{
    for (size_t i = person->run_count; i > 0; i--) {
        const struct incident *incident = incident_find(work->engine, person->runs[i - 1].incident);
        if (incident != NULL && incident_is_waiting(incident)) {
            person->runs[i - 1].tried = tried_before(work, person, &person->runs[i - 1]);
            continue;
        }
        run_remove(person, i - 1);
        save_person(work, person);
    }
    run_schedule(work->engine, person);
}
