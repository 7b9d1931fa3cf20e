/* SPDX-License-Identifier: MIT */
#include "engine/spend.h"

#include <stdlib.h>

#include "base/text.h"
#include "engine/escalation.h"
#include "engine/notice.h"
#include "engine/page.h"
#include "engine/sentence.h"

#define HOURS 24

/* One channel: what each of the last hours had. */
struct spend {
    int64_t hour; /* steady time in hours, of the latest count */
    uint32_t counts[HOURS];
    msec told_at; /* steady; when it was told that the cap is met; 0: never */
};

static int64_t hour_of(msec steady_at)
{
    return steady_at / HOUR_MS;
}

static struct spend *spend_get(struct engine *engine, const char *channel)
{
    struct spend *spend = map_find(engine->spends, span_of(channel));
    if (spend != NULL)
        return spend;
    spend = memory_new(1, sizeof *spend);
    map_put(engine->spends, span_of(channel), spend);
    return spend;
}

/* Hours that have passed since the latest count had nothing. */
static void spend_move(struct spend *spend, int64_t hour)
{
    int64_t passed = hour - spend->hour;
    for (int64_t i = 0; i < passed && i < HOURS; i++)
        spend->counts[(hour - i) % HOURS] = 0;
    if (passed > 0)
        spend->hour = hour;
}

static uint32_t spend_sum(const struct spend *spend, int64_t hour)
{
    uint32_t sum = 0;
    for (int64_t i = 0; i < HOURS; i++) {
        int64_t at = spend->hour - i;
        if (at >= 0 && at > hour - HOURS)
            sum += spend->counts[at % HOURS];
    }
    return sum;
}

uint32_t spend_count(const struct engine *engine, const char *channel, msec steady_at)
{
    const struct spend *spend = map_find(engine->spends, span_of(channel));
    return spend != NULL ? spend_sum(spend, hour_of(steady_at)) : 0;
}

/* This person has not been asked by this channel about this incident before. */
static bool is_first_of_incident(const struct page *page)
{
    if (!page_is_alarm(page->kind))
        return false;
    for (const struct page *other = page->older; other != NULL; other = other->older)
        if (page_is_alarm(other->kind) && string_is(other->channel, page->channel) &&
            string_is(other->user, page->user))
            return false;
    return true; /* its repeats, too: the first one may not have arrived */
}

static void tell_met(struct work *work, struct spend *spend, const char *channel, uint32_t cap)
{
    if (spend->told_at != 0 && work->now.steady_at - spend->told_at < DAY_MS)
        return;
    CLEANUP(text_clear) struct text text = {0};
    spend->told_at = work->now.steady_at;
    sentence_say(&text, work->engine->language, SENTENCE_DAILY_CAP, saying_text("channel", channel),
                 saying_count("count", cap));
    (void)notice_tell(work, NULL, text_string(&text));
}

/* Goes whatever was sent: the last that are asked, and one page for many. */
static bool is_exempt(const struct work *work, const struct page *page)
{
    const struct incident *incident = incident_find(work->engine, page->incident);
    bool is_last = page_is_alarm(page->kind) && incident != NULL &&
                   escalation_is_last_resort(work, incident, page->user);
    return is_last || page->kind == PAGE_BUNDLE || page->kind == PAGE_DIGEST ||
           is_first_of_incident(page);
}

bool spend_allows(struct work *work, const struct page *page, const struct contact *contact)
{
    uint32_t daily_cap = contact != NULL ? contact->daily_cap : 0;
    if (daily_cap == 0)
        return true;
    struct spend *spend = spend_get(work->engine, page->channel);
    int64_t hour = hour_of(work->now.steady_at);
    if (spend_sum(spend, hour) < daily_cap)
        return true;
    if (page->kind != PAGE_NOTICE)
        tell_met(work, spend, page->channel, daily_cap);
    return is_exempt(work, page) ||
           (page->kind == PAGE_NOTICE && spend->told_at == work->now.steady_at);
}

void spend_note(struct work *work, const struct page *page, const struct contact *contact)
{
    if (contact == NULL || contact->daily_cap == 0)
        return;
    struct spend *spend = spend_get(work->engine, page->channel);
    int64_t hour = hour_of(work->now.steady_at);
    spend_move(spend, hour);
    spend->counts[hour % HOURS]++;
}

void spend_restored(struct work *work, const struct page *page)
{
    msec age_ms = work->now.wall_at - page->created_at;
    if (age_ms < 0 || age_ms >= DAY_MS)
        return;
    struct spend *spend = spend_get(work->engine, page->channel);
    int64_t hour = hour_of(work->now.steady_at);
    spend_move(spend, hour);
    int64_t at = hour_of(work->now.steady_at - age_ms);
    if (at >= 0)
        spend->counts[at % HOURS] += page->attempt;
}

void spend_free(struct engine *engine)
{
    size_t cursor = 0;
    struct spend *spend = NULL;
    while ((spend = map_each(engine->spends, &cursor, NULL)) != NULL)
        free(spend);
    map_free(engine->spends);
}
