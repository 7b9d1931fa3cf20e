/* SPDX-License-Identifier: MIT */
/*
 * page.h - one attempt after another to reach one person by one contact.
 *
 * A page is saved as "sending" in the commit that decides it and is handed out after that commit:
 * whatever was being sent at a crash has an unknown outcome and is sent again, marked as a repeat.
 * "queued" is a page that waits for its next attempt.
 *
 * What becomes of a page (alarm kinds: those that ask for an ack):
 * - RETRY: tried again by the table in backoff.c. On the first one the next contact of that person
 *   that was not tried in this run is paged too.
 * - FAILED: the next contact at once. With none left, an entry is written, and a step of which
 *   nobody can be reached is left at once (escalation.h).
 * - UNKNOWN, or no outcome for PAGE_OUTCOME_MS: repeated, marked; at once the first time, then by
 *   the table. A missing outcome, a second unknown one, and one that is the provider's fault page
 *   the next contact as well.
 * - Any of these that is a fault of the provider, where the channel has two: the other one has the
 *   page at once, before anything else is tried; later they take turns. When both refuse it for
 *   good, one after the other, it has FAILED. A fault of the address is none of the provider's.
 * - No outcome for PAGE_HEDGE_MS, the incident being critical: the other provider has it, too,
 *   marked as a repeat; when that does not answer either, or there is none: the next contact. What
 *   the first one says late counts when it is good.
 * - SENT, where its contact gives receipts, and none for receipt_ms: in doubt. The next contact is
 *   paged; a receipt that comes later changes nothing of that. One that says FAILED is a FAILED.
 * - To a contact none of whose providers works (provider.h): the next contact at the same time.
 * - A courier that died, or a restart: what was being sent is repeated at once, marked.
 * - After PAGE_ATTEMPTS_MAX attempts a page fails. Only at the last resort it never does: it is
 *   tried every PAGE_LAST_RESORT_MS until somebody answers.
 * - SENT, then DELIVERED; never back.
 * - Of an earlier attempt than the latest only success counts: the latest has its own to come.
 * - DELIVERED, as every outcome, is the word of a provider: nothing but an ack ends the asking.
 * - Nothing is tried again at an address that its person has no more: that counts as FAILED.
 * Notices and good news are retried in the same way for PAGE_GIVE_UP_MS at most.
 * An alarm that is not out yet when somebody acks becomes PAGE_CANCELLED. Pages to somebody who is
 * gone from the policy are not tried again.
 */
#pragma once

#include "engine/state.h"

#define PAGE_ATTEMPTS_MAX 10
#define PAGE_OUTCOME_MS (120 * SECOND_MS)
#define PAGE_HEDGE_MS (15 * SECOND_MS)
#define PAGE_LAST_RESORT_MS (60 * SECOND_MS)
#define PAGE_GIVE_UP_MS DAY_MS
#define PAGE_KEEP_MS DAY_MS /* a page that is done stays in memory that long */
#define PAGE_NEWS_FRESH_MS \
    (15 * MINUTE_MS) /* good news goes by a waking contact only if so fresh */

/* Makes a page, saves it and hands it out. `incident` may be NULL: a notice. */
void page_make(struct work *work, struct incident *incident, const struct user *user,
               const struct contact *contact, enum page_kind kind, const char *text);

/* One page for several incidents: `also` has the numbers of the others, as page->also. */
void page_make_bundle(struct work *work, struct incident *incident, const struct user *user,
                      const struct contact *contact, enum page_kind kind, const char *text,
                      const char *also);

/* A notice that goes out after that time. */
void page_make_later(struct work *work, const struct user *user, const struct contact *contact,
                     enum page_kind kind, const char *text, msec delay_ms);

/* One page that should not wake: by the first quiet contact, else by the first of all. */
void page_news(struct work *work, uint64_t incident, const struct user *user, enum page_kind kind,
               const char *text);

/* One that does not wake; NULL: that person has none. */
const struct contact *page_quiet_contact(const struct user *user);
/* The same without an incident, and in the night of who has no quiet contact only when that is
 * over; not at all when it is of no use any more by then. */
void page_hush(struct work *work, const struct user *user, enum page_kind kind, const char *text,
               msec useless_at);

/*
 * Good news to everybody who was paged for the incident, except `except` (a user id or NULL): by
 * the contacts that an alarm went to within PAGE_NEWS_FRESH_MS, and by a quiet contact in any
 * case; never by a waking one later than that.
 */
void page_good_news(struct work *work, struct incident *incident, enum page_kind kind,
                    const char *except);

/* Cancels the incident's alarms that are not out. `user` NULL: of everybody. */
void page_cancel(struct work *work, struct incident *incident, const char *user);

void page_outcome(struct work *work, const struct event *event, struct answer *answer);
void page_courier_lost(struct work *work);
void page_due(struct work *work, struct page *page);

/* After a restart: what was queued or being sent is put on its way again. */
void page_restored(struct work *work, struct page *page);
/* Takes an owned page in, as the newest of its incident. */
void page_take(struct engine *engine, struct page *page);
void page_drop(struct engine *engine, struct page *page);

/* May this page still reach somebody? Also true when it has. */
bool page_is_hopeful(const struct page *page);
