/* SPDX-License-Identifier: MIT */
#include "engine/recall.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/canary.h"
#include "engine/crowd.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/handoff.h"
#include "engine/handover.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/mute.h"
#include "engine/page.h"
#include "engine/proof.h"
#include "engine/run.h"
#include "engine/sentence.h"
#include "engine/silence.h"
#include "engine/swap.h"
#include "engine/words.h"

static void page_recall(struct work *work, struct page *page)
{
    bool was_sending = page->state == PAGE_SENDING;
    page->state = PAGE_CANCELLED;
    page->retry_at = MSEC_NEVER;
    page->is_repeat = false;
    page->key_attempt = 0;
    (void)set_words(&page->error, was_sending
                                      ? "of a restored backup, in which it was just being sent"
                                      : "not sent: it is of a restored backup");
    save_page(work, page);
    entry_add(work, page->incident, ENTRY_PAGE_FAILED, NULL, "%s to %s: %s", page->channel,
              page->user, page->error);
}

static void pages_recall(struct work *work)
{
    size_t cursor = 0;
    struct page *page = NULL;
    while ((page = numbered_each(work->engine->pages, &cursor)) != NULL) {
        if (page->state == PAGE_QUEUED || page->state == PAGE_SENDING) {
            page_recall(work, page);
            continue;
        }
        (void)numbered_remove(work->engine->pages, page->id);
        page_free(page);
    }
}

static msec not_before(msec due_at, msec least_at)
{
    return due_at < least_at ? least_at : due_at;
}

/* Held back by a silence that has ended since the backup. */
static bool is_let_go(const struct work *work, const struct incident *incident)
{
    if (!mute_holds(incident))
        return false;
    const struct silence *holder = silence_find(work->engine, incident->handling->held_by);
    return holder == NULL || holder->until_at <= work->now.wall_at;
}

static void handling_recall(struct incident *incident, msec wall_at, msec steady_at)
{
    struct handling *handling = incident_handle(incident);
    if (incident->state == INCIDENT_SNOOZED && handling->snoozed_until_at != 0)
        handling->snoozed_until_at = not_before(handling->snoozed_until_at, wall_at);
    if (hold_has(incident))
        handling->hold_until_at = not_before(handling->hold_until_at, wall_at);
    handling->acknowledge_due_at = not_before(handling->acknowledge_due_at, steady_at);
    handling->snooze_due_at = not_before(handling->snooze_due_at, steady_at);
    handling->grow_due_at = not_before(handling->grow_due_at, steady_at);
}

static void incident_recall(struct work *work, struct incident *incident)
{
    msec steady_at = work->now.steady_at + RECALL_GRACE_MS;
    msec wall_at = work->now.wall_at + RECALL_GRACE_MS;
    run_stop(work, incident, NULL);
    if (is_let_go(work, incident) && incident_apply(work->engine, incident, CAUSE_RELEASE))
        (void)set_name(&incident->reason, "");
    if (incident->state == INCIDENT_TRIGGERED)
        incident->walk = (struct escalation){.due_at = steady_at};
    incident->walk.due_at = not_before(incident->walk.due_at, steady_at);
    if (incident_has_handling(incident))
        handling_recall(incident, wall_at, steady_at);
    incident->promote_due_at = not_before(incident->promote_due_at, steady_at);
    incident->is_recalled = true;
    save_incident(work, incident);
    entry_add(work, incident->number, ENTRY_RESTORED, NULL,
              "open in the backup that pagerd was restored from%s",
              incident->state == INCIDENT_TRIGGERED
                  ? ": paged in 10 minutes, or when its source says it again"
                  : "");
}

/* Those that a person has resolved and that their source says still are judged anew (insisting):
 * not because of what it said hours ago. */
static void alert_recall(const struct work *work, struct alert_record *record)
{
    if (record->is_insisting)
        record->due_at = not_before(record->due_at, work->now.steady_at + RECALL_GRACE_MS);
}

void recall_all(struct work *work)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    pages_recall(work);
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL)
        if (incident_is_open(incident))
            incident_recall(work, incident);
    for (size_t i = 0; i < work->engine->restored_count; i++)
        alert_recall(work, work->engine->restored[i]);
    silences_recall(work);
    handoffs_forget(work);
    swaps_recall(work);
    proofs_recall(work);
}

void recall_repeat(struct work *work, struct incident *incident)
{
    bool is_waiting = incident->state == INCIDENT_TRIGGERED && incident->walk.round == 0;
    bool was_recalled = incident->is_recalled;
    incident->is_recalled = false;
    if (!was_recalled || !is_waiting)
        return;
    CLEANUP(text_clear) struct text text = {0};
    sentence_put(&text, work->engine->language, SENTENCE_STILL_FIRES);
    struct escalation_cause cause = {.kind = PAGE_ALERT, .text = text_string(&text)};
    escalation_start(work, incident, &cause);
}

/* "#1 #4 #7 ..." Returns how many are open. */
static size_t add_open(struct text *text, const struct engine *engine)
{
    size_t cursor = 0;
    size_t count = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL)
        if (incident_is_open(incident) && count++ < RECALL_NAMED_MAX)
            text_addf(text, "%s#%" PRIu64, text->size > 0 ? " " : "", incident->number);
    if (count > RECALL_NAMED_MAX)
        text_add(text, " ...");
    return count;
}

/* The admins, and whom the first step of each team with an open incident asks. */
static void crowd_gather(const struct work *work, struct crowd *crowd)
{
    size_t cursor = 0;
    const struct incident *incident = NULL;
    crowd->count = policy_last_resort(work->policy, NULL, crowd->users, CROWD_MAX);
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL)
        if (incident_is_open(incident))
            crowd_add_step(crowd, work->engine, team_of(work->engine, incident), 0,
                           work->now.wall_at);
}

/* What a canary of then would prove is not known; the next one comes. */
static void canaries_end(struct work *work)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL)
        if (incident_is_open(incident))
            canary_end(work, incident, "it comes from a backup");
}

void recall_event(struct work *work, const struct event *event, struct answer *answer)
{
    struct crowd crowd = {0};
    msec age_ms = work->now.wall_at - event->from_at;
    CLEANUP(text_clear) struct text list = {0};
    CLEANUP(text_clear) struct text age = {0};
    canaries_end(work);
    size_t count = add_open(&list, work->engine);
    words_add_duration(&age, age_ms > 0 ? age_ms : 0);
    crowd_gather(work, &crowd);
    for (size_t i = 0; i < crowd.count; i++) {
        const struct zone *zone = zone_or_default(work, crowd.users[i]->zone);
        CLEANUP(text_clear) struct text text = {0};
        sentence_say(&text, work->engine->language, SENTENCE_RESTORED,
                     saying_time("at", zone, event->from_at), saying_text("age", text_string(&age)),
                     saying_count("count", count), saying_text("list", text_string(&list)),
                     saying_clock("from", zone, work->now.wall_at + RECALL_GRACE_MS));
        page_news(work, 0, crowd.users[i], PAGE_NOTICE, text_string(&text));
    }
    entry_add(work, 0, ENTRY_RESTORED, NULL, "restored from a backup; %zu people told",
              crowd.count);
    answer->kind = crowd.count > 0 ? ANSWER_DONE : ANSWER_ALREADY;
}
