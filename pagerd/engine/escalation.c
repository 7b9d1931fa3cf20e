/* SPDX-License-Identifier: MIT */
#include "engine/escalation.h"

#include "base/text.h"
#include "engine/bundle.h"
#include "engine/canary.h"
#include "engine/crowd.h"
#include "engine/duty.h"
#include "engine/entry.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/page.h"
#include "engine/run.h"
#include "engine/sentence.h"
#include "engine/words.h"

static const struct escalation_cause by_itself = {.kind = PAGE_KIND_COUNT, .text = ""};

static bool was_paged(const struct incident *incident, const struct user *user)
{
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (string_is(incident->paged[i], user->id))
            return true;
    }
    return false;
}

/* "Ann, Bob silent 5m": everybody whose run began in this step or later and who has not answered.
 */
static void add_silent(const struct work *work, const struct language *language,
                       const struct incident *incident, struct text *text)
{
    CLEANUP(text_clear) struct text names = {0};
    CLEANUP(text_clear) struct text length = {0};
    for (size_t i = 0; i < incident->paged_count; i++) {
        const struct user *user = policy_find_user(work->policy, incident->paged[i]);
        const struct notify_run *run =
            run_find(person_find(work->engine, incident->paged[i]), incident->number);
        if (user == NULL || run == NULL || run->started_at < incident->step_entered_at)
            continue;
        if (names.size > 0)
            text_add(&names, ", ");
        words_add_name(&names, user);
    }
    if (names.size == 0)
        return;
    words_add_duration(&length, work->now.steady_at - incident->step_entered_at);
    sentence_say(text, language, SENTENCE_SILENT, saying_text("names", text_string(&names)),
                 saying_text("length", text_string(&length)));
}

static enum page_kind kind_for(const struct incident *incident, const struct user *user,
                               const struct escalation_cause *cause, bool is_alert)
{
    if (cause->woken == user)
        return PAGE_WOKEN;
    if (cause->kind != PAGE_KIND_COUNT)
        return cause->kind;
    if (was_paged(incident, user))
        return PAGE_AGAIN;
    return is_alert ? PAGE_ALERT : PAGE_ESCALATED;
}

/* Pages all of the crowd; `except` only when nobody else is there. Returns how many. */
static size_t page_crowd(struct work *work, struct incident *incident, const struct crowd *crowd,
                         const struct escalation_cause *cause, bool is_alert, const char *silent)
{
    size_t count = 0;
    bool is_alone = crowd->count == 1 && crowd->users[0] == cause->except;
    for (size_t i = 0; i < crowd->count; i++) {
        const struct user *user = crowd->users[i];
        if (user == cause->except && !is_alone)
            continue;
        enum page_kind kind = kind_for(incident, user, cause, is_alert);
        const char *text = cause->kind != PAGE_KIND_COUNT ? cause->text : "";
        if (kind == PAGE_ESCALATED)
            text = silent;
        if (cause->is_digest ? run_start_late(work, incident, user, kind, text)
                             : run_start(work, incident, user, kind, text))
            count++;
    }
    return count;
}

static void explain_skip(struct work *work, const struct incident *incident,
                         const struct team *team, uint16_t step)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < team->steps[step].target_count; i++) {
        if (i > 0)
            text_add(&text, " and ");
        crowd_add_words(&text, &team->steps[step].targets[i]);
    }
    entry_add(work, incident->number, ENTRY_SKIPPED, NULL, "nobody is %s: step %u skipped",
              text_string(&text), step + 1U);
}

/* Does the incident wait for the morning, for all of the crowd sleep? Who passes it on by hand does
 * not let it. */
static bool hold_step(struct work *work, struct incident *incident, struct crowd *crowd,
                      const struct escalation_cause *cause)
{
    return cause->kind != PAGE_BY_HAND && hold_crowd(work, incident, crowd, cause->woken);
}

/* False: it waits for the morning. */
static bool enter_last_resort(struct work *work, struct incident *incident, const struct team *team,
                              const struct escalation_cause *cause)
{
    struct escalation *walk = &incident->walk;
    struct crowd crowd = {0};
    crowd_add_step(&crowd, work->engine, team, team->step_count, work->now.wall_at);
    if (hold_step(work, incident, &crowd, cause))
        return false;
    walk->step = (uint16_t)team->step_count;
    walk->round = 1;
    walk->laps++;
    walk->due_at = work->now.steady_at + escalation_wait(team, walk->step);
    entry_add(work, incident->number, ENTRY_LAST_RESORT, NULL,
              "nobody has answered: the last resort is paged, round %u", walk->laps);
    struct escalation_cause last = *cause;
    if (last.kind == PAGE_KIND_COUNT || last.kind == PAGE_ALERT) { /* held back until now */
        last.kind = PAGE_LAST_RESORT;
        last.text = "";
    }
    last.except = NULL;
    (void)page_crowd(work, incident, &crowd, &last, false, "");
    incident->step_entered_at = work->now.steady_at;
    return true;
}

/* Begins a round of the first step from `step` on at which somebody can be paged. */
static void enter(struct work *work, struct incident *incident, size_t step, uint16_t round,
                  const struct escalation_cause *cause)
{
    const struct team *team = team_of(work->engine, incident);
    struct escalation *walk = &incident->walk;
    if (canary_enter(work, incident))
        return;
    CLEANUP(text_clear) struct text silent = {0};
    CLEANUP(text_clear) struct text told = {0};
    add_silent(work, NULL, incident, &silent);
    add_silent(work, work->engine->language, incident, &told);
    for (; step < team->step_count; step++, round = 1) {
        struct crowd crowd = {0};
        crowd_add_step(&crowd, work->engine, team, step, work->now.wall_at);
        if (crowd.count == 0) {
            explain_skip(work, incident, team, (uint16_t)step);
            continue;
        }
        if (crowd.count == CROWD_MAX)
            entry_add(work, incident->number, ENTRY_SKIPPED, NULL,
                      "step %zu names more than %d people: only these are paged", step + 1,
                      CROWD_MAX);
        if (hold_step(work, incident, &crowd, cause))
            return;
        bool is_new = round == 1;
        walk->step = (uint16_t)step;
        walk->round = round;
        walk->due_at = work->now.steady_at + escalation_wait(team, walk->step);
        if (is_new)
            incident->step_entered_at = work->now.steady_at;
        if (is_new && step > 0)
            entry_add(work, incident->number, ENTRY_ESCALATED, NULL, "step %zu%s%s", step + 1,
                      silent.size > 0 ? ": " : "", text_string(&silent));
        (void)page_crowd(work, incident, &crowd, cause, step == 0 && is_new, text_string(&told));
        break;
    }
    if (step >= team->step_count && !enter_last_resort(work, incident, team, cause))
        return;
    if (cause->woken != NULL &&
        run_find(person_find(work->engine, cause->woken->id), incident->number) == NULL)
        (void)run_start(work, incident, cause->woken, PAGE_WOKEN, cause->text);
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

void escalation_start(struct work *work, struct incident *incident,
                      const struct escalation_cause *cause)
{
    incident->walk.laps = 0;
    enter(work, incident, 0, 1, cause != NULL ? cause : &by_itself);
}

void escalation_advance(struct work *work, struct incident *incident,
                        const struct escalation_cause *cause)
{
    size_t next = incident->walk.round == 0 ? incident->walk.step : incident->walk.step + 1U;
    enter(work, incident, next, 1, cause != NULL ? cause : &by_itself);
}

void escalation_again(struct work *work, struct incident *incident)
{
    uint16_t round = incident->walk.round > 0 ? incident->walk.round : 1;
    enter(work, incident, incident->walk.step, round, &by_itself);
}

/* Is somebody of it not asked yet, or nobody there at all? */
static bool is_wanting(const struct work *work, const struct incident *incident,
                       const struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        if (run_find(person_find(work->engine, crowd->users[i]->id), incident->number) == NULL)
            return true;
    }
    return crowd->count == 0;
}

/* What still waits for its commit does not leave after it (view_page_is_wanted), and what the
 * courier has is not tried again, after a restart either. */
static void unask(struct work *work, struct incident *incident, const struct user *user)
{
    run_stop(work, incident, user->id);
    page_cancel(work, incident, user->id);
    for (struct page *page = incident->pages; page != NULL; page = page->older) {
        if (!page_is_alarm(page->kind) || !string_is(page->user, user->id))
            continue;
        page->is_unasked = true;
        if (page->state != PAGE_SENDING)
            continue;
        page->retry_at = PAGE_UNASKED_AT;
        save_page(work, page);
    }
}

/* Takes `user` off the step that the walk stands on, where others are to be asked there now. */
static void replace(struct work *work, struct incident *incident, const struct user *user)
{
    const struct team *team = team_of(work->engine, incident);
    const struct notify_run *run = run_find(person_find(work->engine, user->id), incident->number);
    struct crowd crowd = {0};
    crowd_add_step(&crowd, work->engine, team, incident->walk.step, work->now.wall_at);
    bool is_by_hand =
        run->kind == PAGE_BY_HAND || string_is(incident->handling->reassigned_to, user->id);
    /* Asked for that very person, who has said since that somebody else is to be asked. */
    bool is_paused = person_is_paused(person_find(work->engine, user->id), work->now.wall_at);
    if ((is_by_hand && !is_paused) || crowd_has(&crowd, user))
        return;
    if (is_paused && string_is(incident->handling->reassigned_to, user->id))
        (void)set_name(&incident_handle(incident)->reassigned_to, "");
    bool is_of_step = run->started_at >= incident->step_entered_at;
    entry_add(work, incident->number, ENTRY_ESCALATED, NULL, "%s is off call: asked no more",
              user->id);
    unask(work, incident, user);
    if (is_of_step && is_wanting(work, incident, &crowd))
        escalation_again(work, incident);
}

void escalation_replace(struct work *work, const struct user *user)
{
    const struct person *person = person_find(work->engine, user->id);
    for (size_t i = person != NULL ? person->run_count : 0; i > 0; i--) {
        if (i > person->run_count)
            continue; /* seen to meanwhile: what is held till the morning may begin a rest */
        struct incident *incident = incident_find(work->engine, person->runs[i - 1].incident);
        if (incident != NULL && incident_is_waiting(incident) && !canary_is(incident))
            replace(work, incident, user);
    }
}

void escalation_defer(struct work *work, struct incident *incident)
{
    const struct team *team = team_of(work->engine, incident);
    incident->walk = (struct escalation){
        .due_at = work->now.steady_at + escalation_wait(team, 0),
    };
    incident->step_entered_at = work->now.steady_at;
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

void escalation_hold(struct incident *incident)
{
    incident->walk.due_at = MSEC_NEVER;
}

void escalation_due(struct work *work, struct incident *incident)
{
    const struct team *team = team_of(work->engine, incident);
    const struct escalation *walk = &incident->walk;
    if (canary_is(incident)) {
        canary_end(work, incident, "nobody has acked it");
        return;
    }
    bool is_again = walk->step < team->step_count && walk->round < team->steps[walk->step].repeat;
    if (is_again)
        enter(work, incident, walk->step, (uint16_t)(walk->round + 1), &by_itself);
    else
        escalation_advance(work, incident, NULL);
}

void escalation_unreachable(struct work *work, struct incident *incident)
{
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page_is_alarm(page->kind) && page_is_hopeful(page) &&
            page->started_at >= incident->step_entered_at)
            return;
    }
    for (size_t i = 0; i < incident->paged_count; i++) {
        const struct notify_run *run =
            run_find(person_find(work->engine, incident->paged[i]), incident->number);
        if (run != NULL && run->started_at >= incident->step_entered_at && run->tried == 0 &&
            (run->due_at != MSEC_NEVER || bundle_has(run)))
            return; /* its first page is still to come */
    }
    if (incident->walk.due_at == MSEC_NEVER || canary_is(incident))
        return;
    if (incident->walk.round == 0) {
        escalation_start(work, incident, NULL);
        return;
    }
    entry_add(work, incident->number, ENTRY_SKIPPED, NULL,
              "nobody of step %u can be reached: it is left at once", incident->walk.step + 1U);
    escalation_advance(work, incident, NULL);
}

void escalation_unasked(struct work *work, const struct page *page)
{
    struct incident *incident = incident_find(work->engine, page->incident);
    if (page->is_unasked && incident != NULL && incident_is_waiting(incident))
        escalation_unreachable(work, incident);
}

bool escalation_is_last_resort(const struct work *work, const struct incident *incident,
                               const char *user)
{
    const struct team *team = team_of(work->engine, incident);
    if (incident->walk.due_at == MSEC_NEVER || incident->walk.step < team->step_count)
        return false;
    const struct notify_run *run = run_find(person_find(work->engine, user), incident->number);
    return run == NULL || run->started_at >= incident->step_entered_at;
}

msec escalation_wait(const struct team *team, uint16_t step)
{
    msec wait_ms = 0;
    if (step < team->step_count)
        wait_ms = team->steps[step].wait_ms;
    else if (team->step_count > 0)
        wait_ms = team->steps[team->step_count - 1].wait_ms;
    msec least_ms = step < team->step_count ? ESCALATION_WAIT_MIN_MS : ESCALATION_LAP_MS;
    return wait_ms < least_ms ? least_ms : wait_ms;
}
