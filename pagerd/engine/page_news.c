/* SPDX-License-Identifier: MIT */
/* Pages that ask for nothing: to whom, and by which contact. Declared in page.h. */
#include "engine/page.h"

#include "base/text.h"
#include "engine/canary.h"
#include "engine/entry.h"
#include "engine/incident.h"
#include "engine/provider.h"
#include "engine/quiet.h"

const struct contact *page_quiet_contact(const struct user *user)
{
    for (size_t i = 0; i < user->contact_count; i++) {
        if (user->contacts[i].is_quiet)
            return &user->contacts[i];
    }
    return NULL;
}

/* For news: a quiet one, of a channel that works as long as there is one. */
static const struct contact *news_contact(const struct work *work, const struct user *user)
{
    const struct contact *best = page_quiet_contact(user);
    if (best != NULL && !provider_is_out(work->engine, best))
        return best;
    for (size_t i = 0; i < user->contact_count; i++) {
        if (!provider_is_out(work->engine, &user->contacts[i]))
            return &user->contacts[i];
    }
    return best != NULL ? best : &user->contacts[0];
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
    const struct contact *quiet = page_quiet_contact(user);
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

void page_news(struct work *work, uint64_t incident, const struct user *user, enum page_kind kind,
               const char *text)
{
    if (user->contact_count == 0)
        return;
    page_make(work, incident == 0 ? NULL : incident_find(work->engine, incident), user,
              news_contact(work, user), kind, text);
}

void page_hush(struct work *work, const struct user *user, enum page_kind kind, const char *text,
               msec useless_at)
{
    if (user->contact_count == 0)
        return;
    const struct contact *contact = page_quiet_contact(user);
    msec from_at = 0;
    msec morning_at = 0;
    if (contact != NULL ||
        !quiet_hours(work->policy, user, work->now.wall_at, &from_at, &morning_at)) {
        page_news(work, 0, user, kind, text);
        return;
    }
    if (morning_at >= useless_at)
        return;
    page_make_later(work, user, &user->contacts[0], kind, text, morning_at - work->now.wall_at);
    entry_add(work, 0, ENTRY_PAGED, NULL, "told %s by %s in the morning", user->id,
              user->contacts[0].channel);
}

void page_good_news(struct work *work, struct incident *incident, enum page_kind kind,
                    const char *except)
{
    for (size_t i = 0; i < incident->paged_count && !canary_is(incident); i++) {
        const struct user *user = policy_find_user(work->policy, incident->paged[i]);
        if (user != NULL && !string_is(user->id, except))
            good_news_to(work, incident, user, kind);
    }
}
