/* SPDX-License-Identifier: MIT */
#include "engine/outcome.h"

#include "engine/provider.h"

/* Its receipt, which says that it has failed, came before the provider's own answer. */
static bool is_overtaken(const struct page *page, const struct event *event)
{
    return page->state == PAGE_FAILED && event->attempt != 0 && event->attempt == page->attempt;
}

bool outcome_is_stale(const struct page *page, const struct event *event)
{
    uint16_t attempt = page->attempt;
    if (page->state == PAGE_DELIVERED)
        return true;
    if (event->outcome == OUTCOME_SENT && event->attempt != 0 &&
        event->attempt <= page->plain_after)
        return true; /* the answer to what has been filtered since */
    if (event->outcome == OUTCOME_SENT || event->outcome == OUTCOME_DELIVERED)
        return event->outcome == OUTCOME_SENT &&
               (page->state == PAGE_SENT || is_overtaken(page, event));
    if (page->state == PAGE_SENT && event->outcome != OUTCOME_FAILED)
        return true;
    if (page->state == PAGE_SENT && page->sent_attempt != 0)
        attempt = page->sent_attempt;
    return (page->state != PAGE_SENDING && page->state != PAGE_SENT) ||
           (event->attempt != 0 && event->attempt != attempt);
}

void outcome_weigh(struct work *work, const struct page *page, const struct event *event)
{
    bool is_of_latest = event->attempt == 0 || event->attempt == page->attempt;
    bool is_news = !outcome_is_stale(page, event) || (!is_of_latest && event->is_provider_fault);
    if (is_news && (event->provider != 0 || is_of_latest))
        provider_heard(work, page, event->provider != 0 ? event->provider == 2 : page->is_second,
                       event);
}
