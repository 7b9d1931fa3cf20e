/* SPDX-License-Identifier: MIT */
#include "engine/page.h"

#include <assert.h>
#include <inttypes.h>

#include "base/shared.h"
#include "base/text.h"
#include "engine/answer.h"
#include "engine/backoff.h"
#include "engine/bundle.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/happened.h"
#include "engine/incident.h"
#include "engine/outcome.h"
#include "engine/provider.h"
#include "engine/quiet.h"
#include "engine/recovery.h"
#include "engine/repeat.h"
#include "engine/run.h"
#include "engine/spend.h"
#include "engine/throttle.h"

#define NO_ANSWER "no answer for 15 s"

static const struct user *user_of(const struct work *work, const struct page *page)
{
    return policy_find_user(work->policy, page->user);
}

/* The incident that the page asks its person to ack, while it still waits for that; else NULL. */
static struct incident *incident_waiting(const struct work *work, const struct page *page)
{
    if (!page_is_alarm(page->kind) || page->is_unasked || user_of(work, page) == NULL)
        return NULL;
    struct incident *incident = incident_find(work->engine, page->incident);
    return incident != NULL && incident_is_waiting(incident) ? incident : NULL;
}

/* Nobody needs it any more: its person is gone, or nobody is asked for its incident. */
static bool is_over(const struct work *work, const struct page *page)
{
    return user_of(work, page) == NULL ||
           (page_is_alarm(page->kind) && incident_waiting(work, page) == NULL);
}

/* The contact that it goes to; NULL: its person has that no more. */
static const struct contact *contact_of(const struct work *work, const struct page *page)
{
    const struct user *user = user_of(work, page);
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        if (string_is(user->contacts[i].channel, page->channel) &&
            string_is(user->contacts[i].address, page->address))
            return &user->contacts[i];
    }
    return NULL;
}

static bool is_astray(const struct work *work, const struct page *page)
{
    return contact_of(work, page) == NULL;
}

/* An alarm of a critical incident that still waits: no time is to be lost with it. */
static bool is_critical(const struct work *work, const struct page *page)
{
    const struct incident *incident = incident_waiting(work, page);
    return incident != NULL && incident->severity == SEVERITY_CRITICAL;
}

static void timer_put(struct engine *engine, struct page *page, msec due_at)
{
    heap_put(&engine->timers[TIMER_PAGE], &page->timer, due_at);
}

/* One more attempt, now. */
static void page_send(struct work *work, struct page *page)
{
    spend_note(work, page, contact_of(work, page));
    page->state = PAGE_SENDING;
    page->retry_at = MSEC_NEVER;
    page->handed_at = work->now.steady_at;
    page->is_hung = false;
    if (page->attempt < UINT16_MAX)
        page->attempt++;
    repeat_note(work->engine, page);
    bool is_hurried = is_critical(work, page) && !page->has_gone_on;
    timer_put(work->engine, page,
              work->now.steady_at + (is_hurried ? PAGE_HEDGE_MS : PAGE_OUTCOME_MS));
    save_page(work, page);
    send_page(work, page);
    work->engine->counts.pages_queued++;
}

static void page_wait(struct work *work, struct page *page, msec delay_ms)
{
    page->state = PAGE_QUEUED;
    page->retry_at = work->now.steady_at + delay_ms;
    timer_put(work->engine, page, page->retry_at);
    save_page(work, page);
}

/* The page has reached its last state, for all that is known. */
static void page_end(struct work *work, struct page *page, enum page_state state)
{
    page->state = state;
    page->retry_at = MSEC_NEVER;
    timer_put(work->engine, page, work->now.steady_at + PAGE_KEEP_MS);
    save_page(work, page);
}

/* Its person's next method is paged because of it; once. */
static void page_go_on(struct work *work, struct page *page)
{
    struct incident *incident = incident_waiting(work, page);
    if (page->has_gone_on || !page_is_alarm(page->kind))
        return;
    page->has_gone_on = true;
    if (incident != NULL)
        (void)run_page_next(work, incident, page->user);
    bundle_go_on(work, page);
}

static bool is_exhausted(const struct work *work, const struct page *page)
{
    if (page->attempt >= PAGE_ATTEMPTS_MAX)
        return true;
    return !page_is_alarm(page->kind) && work->now.wall_at - page->created_at >= PAGE_GIVE_UP_MS;
}

/* Nobody needs it any more. */
static void page_drop_unsent(struct work *work, struct page *page, enum page_state state)
{
    page_end(work, page, state);
    bundle_again(work, page);
    escalation_unasked(work, page);
}

/* The page cannot reach anybody: go on with the next contact, and with the walk when that was
 * the last. At the last resort it is tried for ever. */
static void page_fail(struct work *work, struct page *page)
{
    struct incident *incident = incident_waiting(work, page);
    bool has_moved = is_astray(work, page);
    if (incident != NULL && has_moved)
        run_forget_tried(work, incident, page->user);
    if (incident != NULL && !has_moved && escalation_is_last_resort(work, incident, page->user)) {
        (void)run_page_next(work, incident, page->user);
        page_wait(work, page, PAGE_LAST_RESORT_MS);
        return;
    }
    page_end(work, page, PAGE_FAILED);
    work->engine->counts.pages_failed++;
    entry_add(work, page->incident, ENTRY_PAGE_FAILED, NULL, "%s to %s failed: %s", page->channel,
              page->user, page->error);
    if (incident == NULL) {
        bundle_again(work, page);
        escalation_unasked(work, page);
        return;
    }
    bundle_failed(work, page, incident);
    if (run_page_next(work, incident, page->user))
        return;
    if (!run_is_reachable(work, incident, page->user)) {
        entry_add(work, page->incident, ENTRY_PAGE_FAILED, NULL,
                  "%s cannot be reached by any contact", page->user);
        escalation_unreachable(work, incident);
    }
}

/* The number may be somebody else's by now: never again. */
static void page_fail_astray(struct work *work, struct page *page)
{
    (void)set_words(&page->error, "it is no contact of that person any more");
    page_fail(work, page);
}

static void page_fail_capped(struct work *work, struct page *page)
{
    (void)set_words(&page->error, "the channel has sent its messages of a day (daily-cap)");
    page_fail(work, page);
}

static void page_retry(struct work *work, struct page *page)
{
    struct incident *incident = incident_waiting(work, page);
    if (is_over(work, page)) {
        page_drop_unsent(work, page, PAGE_CANCELLED);
        return;
    }
    bool is_last = incident != NULL && escalation_is_last_resort(work, incident, page->user);
    if (is_exhausted(work, page)) {
        page_fail(work, page);
        return;
    }
    msec delay_ms = backoff_wait_ms(page->attempt);
    if (is_last && delay_ms > PAGE_LAST_RESORT_MS)
        delay_ms = PAGE_LAST_RESORT_MS;
    page_wait(work, page, delay_ms);
    entry_add(work, page->incident, ENTRY_PAGE_RETRY, NULL, "%s to %s is tried again: %s",
              page->channel, page->user, page->error);
    page_go_on(work, page);
}

/* A fault of the provider, not of the address: the other one has the page at once, the first time;
 * from then on they take turns. `reason`: why it is a repeat, REPEAT_REASON_COUNT where it is none.
 * False: it is to wait for that. */
static bool page_switch(struct work *work, struct page *page, enum repeat_reason reason)
{
    const struct contact *contact = contact_of(work, page);
    if (contact == NULL || !contact->has_second || is_over(work, page))
        return false;
    bool was_second = page->is_second;
    page->is_second = provider_after(work->engine, contact, was_second);
    if (page->is_switched || page->is_second == was_second || is_exhausted(work, page))
        return false;
    page->is_switched = true;
    if (reason != REPEAT_REASON_COUNT)
        repeat_begin(page, reason);
    entry_add(work, page->incident, ENTRY_PAGE_REPEATED, NULL,
              "%s to %s goes by the %s provider: %s", page->channel, page->user,
              page->is_second ? "second" : "first", page->error);
    page_send(work, page);
    return true;
}

/* One provider will not have it, for good; when both will not, one after the other, it has failed.
 */
static void page_refuse(struct work *work, struct page *page)
{
    const struct contact *contact = contact_of(work, page);
    bool is_first = !page->is_refused && contact != NULL && contact->has_second;
    page->is_refused = true;
    if (page_switch(work, page, REPEAT_REASON_COUNT))
        return;
    if (is_first)
        page_retry(work, page);
    else
        page_fail(work, page);
}

/* A carrier filtered it for the link in it: repeated at once, and once, without; the daemon leaves
 * it out. False: it had been without, or nobody needs it any more. */
static bool page_repeat_plain(struct work *work, struct page *page)
{
    if (page->plain_after != 0 || is_over(work, page) || is_astray(work, page))
        return false;
    page->plain_after = page->attempt;
    entry_add(work, page->incident, ENTRY_PAGE_REPEATED, NULL, "%s to %s goes without a link: %s",
              page->channel, page->user, page->error);
    page_send(work, page);
    return true;
}

/* Nobody knows whether it arrived: repeated while it matters. */
static void page_unknown(struct work *work, struct page *page, enum repeat_reason reason,
                         const char *why)
{
    (void)set_words(&page->error, why);
    if (is_over(work, page)) {
        page_drop_unsent(work, page, PAGE_UNKNOWN);
        return;
    }
    if (is_astray(work, page)) {
        page_fail_astray(work, page);
        return;
    }
    repeat_begin(page, reason);
    if (is_exhausted(work, page)) {
        page_fail(work, page);
        return;
    }
    entry_add(work, page->incident, ENTRY_PAGE_REPEATED, NULL, "%s to %s is repeated: %s",
              page->channel, page->user, why);
    if (reason == REPEAT_RESTART || reason == REPEAT_COURIER || page->attempt <= 1)
        page_send(work, page);
    else
        page_wait(work, page, backoff_wait_ms(page->attempt));
}

/* The provider has it: from now on its receipt is waited for, where there are receipts. */
static void page_sent(struct work *work, struct page *page, bool is_delivered)
{
    msec receipt_ms = provider_receipt_ms(contact_of(work, page), page->is_sent_by_second);
    bool is_first = page->state != PAGE_SENT && page->state != PAGE_DELIVERED;
    page->sent_at = work->now.wall_at;
    page_end(work, page, is_delivered ? PAGE_DELIVERED : PAGE_SENT);
    if (!is_delivered && receipt_ms > 0) {
        page->retry_at = work->now.steady_at + receipt_ms;
        timer_put(work->engine, page, page->retry_at);
    }
    entry_add(work, page->incident, is_delivered ? ENTRY_PAGE_DELIVERED : ENTRY_PAGE_SENT, NULL,
              "%s to %s %s", page->channel, page->user, is_delivered ? "delivered" : "sent");
    if (!is_first)
        return;
    work->engine->counts.pages_sent++;
    const struct user *user = user_of(work, page);
    if (page_is_alarm(page->kind) && user != NULL)
        recovery_woken(work, user, page);
}

/* Taken, and no word that it has arrived. */
static void page_doubt(struct work *work, struct page *page)
{
    msec receipt_ms = provider_receipt_ms(contact_of(work, page), page->is_sent_by_second);
    page->retry_at = MSEC_NEVER;
    timer_put(work->engine, page, work->now.steady_at + PAGE_KEEP_MS);
    save_page(work, page);
    if (receipt_ms == 0)
        return; /* receipts are not waited for any more */
    provider_misses(work, page, page->is_sent_by_second);
    if (incident_waiting(work, page) == NULL && page->also[0] == '\0')
        return;
    entry_add(work, page->incident, ENTRY_PAGE_DOUBT, NULL,
              "no receipt from %s to %s for %" PRId64 " s", page->channel, page->user,
              receipt_ms / SECOND_MS);
    page->is_in_doubt = true;
    page_go_on(work, page);
}

/* A critical alarm, and no word of its provider for PAGE_HEDGE_MS. */
static void page_hedge(struct work *work, struct page *page)
{
    const struct contact *contact = contact_of(work, page);
    timer_put(work->engine, page, page->handed_at + PAGE_OUTCOME_MS);
    if (contact == NULL || !is_critical(work, page))
        return;
    (void)set_words(&page->error, NO_ANSWER);
    page->is_hung = true;
    provider_hangs(work, page, NO_ANSWER);
    if (!page_switch(work, page, REPEAT_HEDGE))
        page_go_on(work, page);
}

/* Nothing was ever heard of it. */
static void page_missing(struct work *work, struct page *page)
{
    struct incident *incident = incident_waiting(work, page);
    const struct contact *contact = contact_of(work, page);
    if (contact != NULL && !page->is_hung)
        provider_hangs(work, page, "no answer for 120 s");
    if (contact != NULL)
        page->is_second = provider_after(work->engine, contact, page->is_second);
    page_unknown(work, page, REPEAT_SILENCE, "no outcome for 120 s");
    if (incident != NULL)
        (void)run_page_next(work, incident, page->user);
}

void page_take(struct engine *engine, struct page *page)
{
    numbered_put(engine->pages, page->id, page);
    struct incident *incident = incident_find(engine, page->incident);
    if (incident != NULL) {
        page->older = incident->pages;
        if (page->older != NULL)
            page->older->newer = page;
        incident->pages = page;
    }
    if (page->id > engine->page_id)
        engine->page_id = page->id;
}

void page_drop(struct engine *engine, struct page *page)
{
    heap_remove(&engine->timers[TIMER_PAGE], &page->timer);
    struct incident *incident = incident_find(engine, page->incident);
    if (page->newer != NULL)
        page->newer->older = page->older;
    else if (incident != NULL && incident->pages == page)
        incident->pages = page->older;
    if (page->older != NULL)
        page->older->newer = page->newer;
    (void)numbered_remove(engine->pages, page->id);
    page_free(page);
}

static struct page *page_new(struct work *work, const struct incident *incident,
                             const struct user *user, const struct contact *contact,
                             enum page_kind kind, const char *text)
{
    struct page *page = memory_new(1, sizeof *page);
    page->id = work->engine->page_id + 1;
    page->incident = incident != NULL ? incident->number : 0;
    page->kind = kind;
    page->user = shared_name(user->id);
    page->channel = shared_name(contact->channel);
    page->address = shared_name(contact->address);
    page->text = shared_copy(text);
    page->error = shared_copy("");
    page->reference = shared_copy("");
    page->also = shared_copy("");
    page->created_at = work->now.wall_at;
    page->started_at = work->now.steady_at;
    page->is_late = work->is_late;
    page_take(work->engine, page);
    return page;
}

void page_make(struct work *work, struct incident *incident, const struct user *user,
               const struct contact *contact, enum page_kind kind, const char *text)
{
    page_make_bundle(work, incident, user, contact, kind, text, "");
}

void page_make_bundle(struct work *work, struct incident *incident, const struct user *user,
                      const struct contact *contact, enum page_kind kind, const char *text,
                      const char *also)
{
    struct page *page = page_new(work, incident, user, contact, kind, text);
    (void)set_words(&page->also, also);
    page->is_second = provider_pick(work, contact, is_critical(work, page));
    if (page_is_alarm(kind))
        throttle_note(work, contact);
    if (!spend_allows(work, page, contact)) {
        page_wait(work, page, 0); /* and fails then, when nobody is in the midst of paging */
        return;
    }
    page_send(work, page);
    if (incident != NULL && page_is_alarm(kind))
        happened_paged(work, incident, user);
    entry_add(work, page->incident, kind == PAGE_NOTICE ? ENTRY_NOTICE : ENTRY_PAGED, NULL,
              "%s %s by %s%s", page_is_alarm(kind) ? "paged" : "told", user->id, contact->channel,
              page->is_late ? ", late" : "");
    if (provider_is_out(work->engine, contact))
        page_go_on(work, page);
}

void page_make_later(struct work *work, const struct user *user, const struct contact *contact,
                     enum page_kind kind, const char *text, msec delay_ms)
{
    page_wait(work, page_new(work, NULL, user, contact, kind, text), delay_ms);
}

void page_cancel(struct work *work, struct incident *incident, const char *user)
{
    for (struct page *page = incident->pages; page != NULL; page = page->older) {
        if (!page_is_alarm(page->kind) || (user != NULL && !string_is(page->user, user)))
            continue;
        bool is_fresh = page->state == PAGE_SENDING && is_listed(work, page->listed) &&
                        page->started_at == work->now.steady_at && page->attempt == 1;
        if (page->state != PAGE_QUEUED && !is_fresh)
            continue;
        if (is_fresh)
            unsend_page(work, page);
        page_drop_unsent(work, page, PAGE_CANCELLED);
    }
}

static void outcome_good(struct work *work, struct page *page, const struct event *event)
{
    bool is_of_latest = event->attempt == 0 || event->attempt == page->attempt;
    if (is_of_latest && event->reference != NULL && event->reference[0] != '\0')
        (void)set_words(&page->reference, event->reference);
    page->sent_attempt = event->attempt != 0 ? event->attempt : page->attempt;
    page->is_sent_by_second = event->provider != 0 ? event->provider == 2 : page->is_second;
    page_sent(work, page, event->outcome == OUTCOME_DELIVERED);
}

static void outcome_unknown(struct work *work, struct page *page, const struct event *event)
{
    const char *why = event->text != NULL ? event->text : "the outcome is unknown";
    bool goes_on = event->is_provider_fault || page->attempt > 1;
    if (event->is_provider_fault && page_switch(work, page, REPEAT_UNSURE))
        return;
    page_unknown(work, page, REPEAT_UNSURE, why);
    if (goes_on && page->state != PAGE_FAILED)
        page_go_on(work, page);
}

static void outcome_bad(struct work *work, struct page *page, const struct event *event)
{
    (void)set_words(&page->error, event->text);
    page->sent_at = work->now.wall_at;
    if (event->outcome != OUTCOME_UNKNOWN)
        repeat_end(page);
    if (event->outcome == OUTCOME_FAILED) {
        if (event->is_link_refused && page_repeat_plain(work, page))
            return;
        if (event->is_provider_fault)
            page_refuse(work, page);
        else
            page_fail(work, page);
        return;
    }
    page->is_refused = false;
    if (event->outcome == OUTCOME_UNKNOWN)
        outcome_unknown(work, page, event);
    else if (!event->is_provider_fault || !page_switch(work, page, REPEAT_REASON_COUNT))
        page_retry(work, page);
}

void page_outcome(struct work *work, const struct event *event, struct answer *answer)
{
    struct page *page = page_find(work->engine, event->id);
    if (page == NULL || event->outcome >= OUTCOME_COUNT) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no page %" PRIu64, event->id);
        return;
    }
    answer->incident = page->incident;
    answer->id = page->id;
    outcome_weigh(work, page, event);
    if (outcome_is_stale(page, event)) {
        answer->kind = ANSWER_ALREADY;
        return;
    }
    if (event->outcome == OUTCOME_SENT || event->outcome == OUTCOME_DELIVERED)
        outcome_good(work, page, event);
    else
        outcome_bad(work, page, event);
    answer->kind = ANSWER_DONE;
}

void page_courier_lost(struct work *work)
{
    size_t cursor = 0;
    uint64_t last = work->engine->page_id;
    for (;;) {
        struct page *page = numbered_each(work->engine->pages, &cursor);
        if (page == NULL || page->id > last)
            return;
        if (page->state == PAGE_SENDING)
            page_unknown(work, page, REPEAT_COURIER, "the courier was lost");
    }
}

/* It is kept no longer. */
static void page_leave(struct work *work, struct page *page)
{
    if (is_listed(work, page->listed))
        timer_put(work->engine, page, work->now.steady_at + MINUTE_MS);
    else
        page_drop(work->engine, page);
}

void page_due(struct work *work, struct page *page)
{
    switch (page->state) {
    case PAGE_QUEUED:
        if (is_over(work, page))
            page_drop_unsent(work, page, PAGE_CANCELLED);
        else if (is_astray(work, page))
            page_fail_astray(work, page);
        else if (!spend_allows(work, page, contact_of(work, page)))
            page_fail_capped(work, page);
        else
            page_send(work, page);
        break;
    case PAGE_SENDING:
        if (work->now.steady_at - page->handed_at < PAGE_OUTCOME_MS)
            page_hedge(work, page);
        else
            page_missing(work, page);
        break;
    case PAGE_SENT:
        if (page->retry_at != MSEC_NEVER)
            page_doubt(work, page);
        else
            page_leave(work, page);
        break;
    case PAGE_DELIVERED:
    case PAGE_FAILED:
    case PAGE_UNKNOWN:
    case PAGE_CANCELLED:
        page_leave(work, page);
        break;
    case PAGE_STATE_COUNT:
        assert(false);
    }
}

void page_restored(struct work *work, struct page *page)
{
    page->started_at = work->now.steady_at;
    spend_restored(work, page);
    page->is_sent_by_second = page->is_second;
    bool was_repeated = page->is_switched = page->attempt > 1;
    if (page->state == PAGE_SENDING) {
        page->is_unasked = page->retry_at == PAGE_UNASKED_AT;
        page_unknown(work, page, REPEAT_RESTART, "pagerd was restarted");
    } else if (page->state == PAGE_SENT && page->retry_at != MSEC_NEVER) {
        timer_put(work->engine, page, page->retry_at);
    } else if (page->state != PAGE_QUEUED) {
        timer_put(work->engine, page, work->now.steady_at + PAGE_KEEP_MS);
    } else if (page->retry_at != MSEC_NEVER && page->retry_at > work->now.steady_at) {
        timer_put(work->engine, page, page->retry_at);
    } else {
        page_due(work, page);
    }
    if (was_repeated && (page->state == PAGE_SENDING || page->state == PAGE_QUEUED))
        page_go_on(work, page); /* what else has failed is not known: rather once more */
}

bool page_is_hopeful(const struct page *page)
{
    return page->state != PAGE_FAILED && page->state != PAGE_CANCELLED;
}
