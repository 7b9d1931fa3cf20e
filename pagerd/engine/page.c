/* SPDX-License-Identifier: MIT */
#include "engine/page.h"

#include <assert.h>
#include <inttypes.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/bundle.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/happened.h"
#include "engine/incident.h"
#include "engine/quiet.h"
#include "engine/recovery.h"
#include "engine/run.h"

/* How long to wait before the next attempt, by attempts begun; the last row is for all further. */
static const msec backoff_ms[] = {
    10 * SECOND_MS, 30 * SECOND_MS, 60 * SECOND_MS, 120 * SECOND_MS, 300 * SECOND_MS,
};

static msec backoff_of(const struct page *page)
{
    size_t rows = sizeof backoff_ms / sizeof backoff_ms[0];
    size_t row = page->attempt > 0 ? page->attempt - 1U : 0;
    return backoff_ms[row < rows ? row : rows - 1];
}

static const struct user *user_of(const struct work *work, const struct page *page)
{
    return policy_find_user(work->policy, page->user);
}

/* The incident that the page asks its person to ack, while it still waits for that; else NULL. */
static struct incident *incident_waiting(const struct work *work, const struct page *page)
{
    if (!page_is_alarm(page->kind) || user_of(work, page) == NULL)
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

/* Is it addressed to a contact that its person had when it was made, and has no more? */
static bool is_astray(const struct work *work, const struct page *page)
{
    const struct user *user = user_of(work, page);
    for (size_t i = 0; user != NULL && i < user->contact_count; i++) {
        if (string_is(user->contacts[i].channel, page->channel) &&
            string_is(user->contacts[i].address, page->address))
            return false;
    }
    return true;
}

static void timer_put(struct engine *engine, struct page *page, msec due_at)
{
    heap_put(&engine->timers[TIMER_PAGE], &page->timer, due_at);
}

/* One more attempt, now. */
static void page_send(struct work *work, struct page *page)
{
    page->state = PAGE_SENDING;
    page->retry_at = MSEC_NEVER;
    if (page->attempt < UINT16_MAX)
        page->attempt++;
    timer_put(work->engine, page, work->now.steady_at + PAGE_OUTCOME_MS);
    save_page(work, page);
    send_page(work, page);
    work->engine->counts.pages_queued++;
    if (page->is_repeat)
        work->engine->counts.pages_repeated++;
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
    (void)string_set(&page->error, "it is no contact of that person any more");
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
    msec delay_ms = backoff_of(page);
    if (is_last && delay_ms > PAGE_LAST_RESORT_MS)
        delay_ms = PAGE_LAST_RESORT_MS;
    page_wait(work, page, delay_ms);
    entry_add(work, page->incident, ENTRY_PAGE_RETRY, NULL, "%s to %s is tried again: %s",
              page->channel, page->user, page->error);
    if (page->attempt == 1 && incident != NULL)
        (void)run_page_next(work, incident, page->user);
}

/* A carrier filtered it for the link in it: repeated at once, and once, without; the daemon leaves
 * it out. False: it had been without, or nobody needs it any more. */
static bool page_repeat_plain(struct work *work, struct page *page)
{
    if (page->is_plain || is_over(work, page) || is_astray(work, page))
        return false;
    page->is_plain = true;
    entry_add(work, page->incident, ENTRY_PAGE_REPEATED, NULL, "%s to %s goes without a link: %s",
              page->channel, page->user, page->error);
    page_send(work, page);
    return true;
}

/* Nobody knows whether it arrived: repeated while it matters. */
static void page_unknown(struct work *work, struct page *page, const char *why, bool is_at_once)
{
    (void)string_set(&page->error, why);
    if (is_over(work, page)) {
        page_drop_unsent(work, page, PAGE_UNKNOWN);
        return;
    }
    if (is_astray(work, page)) {
        page_fail_astray(work, page);
        return;
    }
    page->is_repeat = true;
    if (is_exhausted(work, page)) {
        page_fail(work, page);
        return;
    }
    entry_add(work, page->incident, ENTRY_PAGE_REPEATED, NULL, "%s to %s is repeated: %s",
              page->channel, page->user, why);
    if (is_at_once || page->attempt <= 1)
        page_send(work, page);
    else
        page_wait(work, page, backoff_of(page));
}

static void page_sent(struct work *work, struct page *page, bool is_delivered)
{
    bool is_first = page->state != PAGE_SENT && page->state != PAGE_DELIVERED;
    page->sent_at = work->now.wall_at;
    page_end(work, page, is_delivered ? PAGE_DELIVERED : PAGE_SENT);
    entry_add(work, page->incident, is_delivered ? ENTRY_PAGE_DELIVERED : ENTRY_PAGE_SENT, NULL,
              "%s to %s %s", page->channel, page->user, is_delivered ? "delivered" : "sent");
    if (!is_first)
        return;
    work->engine->counts.pages_sent++;
    const struct user *user = user_of(work, page);
    if (page_is_alarm(page->kind) && user != NULL)
        recovery_woken(work, user, page);
}

static const struct contact *quiet_contact(const struct user *user)
{
    for (size_t i = 0; i < user->contact_count; i++) {
        if (user->contacts[i].is_quiet)
            return &user->contacts[i];
    }
    return NULL;
}

/* When an alarm of this incident last went out to that person (by that contact, unless NULL);
 * 0: never, as far as memory goes. */
static msec alarm_at(const struct incident *incident, const char *user,
                     const struct contact *contact)
{
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (!page_is_alarm(page->kind) || !string_is(page->user, user))
            continue;
        if (page->state == PAGE_CANCELLED || page->state == PAGE_FAILED ||
            page->state == PAGE_QUEUED)
            continue;
        if (contact == NULL || (string_is(page->channel, contact->channel) &&
                                string_is(page->address, contact->address)))
            return page->created_at;
    }
    return 0;
}

static void good_news_to(struct work *work, struct incident *incident, const struct user *user,
                         enum page_kind kind)
{
    bool was_asked = false;
    for (const struct page *page = incident->pages; page != NULL; page = page->older)
        was_asked = was_asked || (page_is_alarm(page->kind) && string_is(page->user, user->id));
    if (was_asked && alarm_at(incident, user->id, NULL) == 0)
        return; /* nothing reached that person: no news is better */
    const struct contact *quiet = quiet_contact(user);
    bool is_quiet_told = false;
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        msec at = alarm_at(incident, user->id, contact);
        if (at == 0 || work->now.wall_at - at >= PAGE_NEWS_FRESH_MS)
            continue;
        is_quiet_told = is_quiet_told || contact->is_quiet;
        page_make(work, incident, user, contact, kind, "");
    }
    if (quiet != NULL && !is_quiet_told)
        page_make(work, incident, user, quiet, kind, "");
}

void page_take(struct engine *engine, struct page *page)
{
    page->timer.owner = page;
    map_put(engine->pages, number_key(&page->id), page);
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
    (void)map_remove(engine->pages, number_key(&page->id));
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
    page->user = string_copy(user->id);
    page->channel = string_copy(contact->channel);
    page->address = string_copy(contact->address);
    page->text = string_copy(text);
    page->error = string_copy("");
    page->reference = string_copy("");
    page->also = string_copy("");
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
    (void)string_set(&page->also, also);
    page_send(work, page);
    if (incident != NULL && page_is_alarm(kind))
        happened_paged(work, incident, user);
    entry_add(work, page->incident, kind == PAGE_NOTICE ? ENTRY_NOTICE : ENTRY_PAGED, NULL,
              "%s %s by %s%s", page_is_alarm(kind) ? "paged" : "told", user->id, contact->channel,
              page->is_late ? ", late" : "");
}

void page_news(struct work *work, uint64_t incident, const struct user *user, enum page_kind kind,
               const char *text)
{
    if (user->contact_count == 0)
        return;
    const struct contact *contact = quiet_contact(user);
    page_make(work, incident == 0 ? NULL : incident_find(work->engine, incident), user,
              contact != NULL ? contact : &user->contacts[0], kind, text);
}

void page_hush(struct work *work, const struct user *user, enum page_kind kind, const char *text,
               msec useless_at)
{
    if (user->contact_count == 0)
        return;
    const struct contact *contact = quiet_contact(user);
    msec from_at = 0;
    msec morning_at = 0;
    if (contact != NULL ||
        !quiet_hours(work->policy, user, work->now.wall_at, &from_at, &morning_at)) {
        page_news(work, 0, user, kind, text);
        return;
    }
    if (morning_at >= useless_at)
        return;
    struct page *page = page_new(work, NULL, user, &user->contacts[0], kind, text);
    page_wait(work, page, morning_at - work->now.wall_at);
    entry_add(work, 0, ENTRY_PAGED, NULL, "told %s by %s in the morning", user->id,
              user->contacts[0].channel);
}

void page_good_news(struct work *work, struct incident *incident, enum page_kind kind,
                    const char *except)
{
    for (size_t i = 0; i < incident->paged_count; i++) {
        const struct user *user = policy_find_user(work->policy, incident->paged[i]);
        if (user != NULL && !string_is(user->id, except))
            good_news_to(work, incident, user, kind);
    }
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

void page_outcome(struct work *work, const struct event *event, struct answer *answer)
{
    struct page *page = page_find(work->engine, event->id);
    if (page == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no page %" PRIu64, event->id);
        return;
    }
    answer->incident = page->incident;
    answer->id = page->id;
    bool is_done = page->state != PAGE_SENDING && page->state != PAGE_SENT;
    bool is_success = event->outcome == OUTCOME_SENT || event->outcome == OUTCOME_DELIVERED;
    bool is_of_earlier = event->attempt != 0 && event->attempt != page->attempt;
    bool is_stale = page->state == PAGE_DELIVERED || (!is_success && (is_done || is_of_earlier)) ||
                    (event->outcome == OUTCOME_SENT && page->state == PAGE_SENT) ||
                    /* a receipt that has overtaken the provider's own answer */
                    (event->outcome == OUTCOME_SENT && page->state == PAGE_FAILED &&
                     !is_of_earlier && event->attempt != 0) ||
                    (event->outcome == OUTCOME_RETRY && page->state == PAGE_SENT) ||
                    (event->outcome == OUTCOME_UNKNOWN && page->state == PAGE_SENT);
    if (is_stale) {
        answer->kind = ANSWER_ALREADY;
        return;
    }
    if (!is_success) {
        (void)string_set(&page->error, event->text);
        page->sent_at = work->now.wall_at;
    }
    if (event->reference != NULL && event->reference[0] != '\0')
        (void)string_set(&page->reference, event->reference);
    switch (event->outcome) {
    case OUTCOME_SENT:
    case OUTCOME_DELIVERED:
        page_sent(work, page, event->outcome == OUTCOME_DELIVERED);
        break;
    case OUTCOME_RETRY:
        page_retry(work, page);
        break;
    case OUTCOME_FAILED:
        if (!event->is_link_refused || !page_repeat_plain(work, page))
            page_fail(work, page);
        break;
    case OUTCOME_UNKNOWN:
        page_unknown(work, page, event->text != NULL ? event->text : "the outcome is unknown",
                     false);
        break;
    case OUTCOME_COUNT:
        break;
    }
    answer->kind = ANSWER_DONE;
}

void page_courier_lost(struct work *work)
{
    size_t cursor = 0;
    uint64_t last = work->engine->page_id;
    for (;;) {
        struct page *page = map_each(work->engine->pages, &cursor, NULL);
        if (page == NULL || page->id > last)
            return;
        if (page->state == PAGE_SENDING)
            page_unknown(work, page, "the courier was lost", true);
    }
}

void page_due(struct work *work, struct page *page)
{
    struct incident *incident = NULL;
    switch (page->state) {
    case PAGE_QUEUED:
        if (is_over(work, page))
            page_drop_unsent(work, page, PAGE_CANCELLED);
        else if (is_astray(work, page))
            page_fail_astray(work, page);
        else
            page_send(work, page);
        break;
    case PAGE_SENDING:
        incident = incident_waiting(work, page);
        page_unknown(work, page, "no outcome for 120 s", false);
        if (incident != NULL)
            (void)run_page_next(work, incident, page->user);
        break;
    case PAGE_SENT:
    case PAGE_DELIVERED:
    case PAGE_FAILED:
    case PAGE_UNKNOWN:
    case PAGE_CANCELLED:
        if (is_listed(work, page->listed))
            timer_put(work->engine, page, work->now.steady_at + MINUTE_MS);
        else
            page_drop(work->engine, page);
        break;
    case PAGE_STATE_COUNT:
        assert(false);
    }
}

void page_restored(struct work *work, struct page *page)
{
    page->started_at = work->now.steady_at;
    if (page->state == PAGE_SENDING) {
        page_unknown(work, page, "pagerd was restarted", true);
    } else if (page->state != PAGE_QUEUED) {
        timer_put(work->engine, page, work->now.steady_at + PAGE_KEEP_MS);
    } else if (page->retry_at != MSEC_NEVER && page->retry_at > work->now.steady_at) {
        timer_put(work->engine, page, page->retry_at);
    } else {
        page_due(work, page);
    }
}

bool page_is_hopeful(const struct page *page)
{
    return page->state != PAGE_FAILED && page->state != PAGE_CANCELLED;
}
