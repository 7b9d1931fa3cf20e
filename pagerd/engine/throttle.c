/* SPDX-License-Identifier: MIT */
#include "engine/throttle.h"

#include <stdlib.h>

#include "base/text.h"

/* Alarms to one number: when the last ones went out, steady, a ring. */
struct throttle {
    msec times[THROTTLE_LIMIT_MAX];
    size_t count; /* ever put into the ring */
};

static struct span throttle_key(struct text *text, const struct contact *contact)
{
    text_addf(text, "%s\n%s", contact->channel, contact->address);
    return text_span(text);
}

static struct throttle *throttle_find(const struct work *work, const struct contact *contact)
{
    CLEANUP(text_clear) struct text key = {0};
    return map_find(work->engine->throttles, throttle_key(&key, contact));
}

/* The `back`-th last, from 1; 0: there were not so many. */
static msec time_of(const struct throttle *throttle, size_t back)
{
    if (throttle == NULL || back > throttle->count || back > THROTTLE_LIMIT_MAX)
        return 0;
    return throttle->times[(throttle->count - back) % THROTTLE_LIMIT_MAX];
}

/* Those that were quiet for long are forgotten; seldom, for it looks at all of them. */
static void throttles_prune(struct work *work)
{
    size_t cursor = 0;
    struct span key;
    struct throttle *throttle = NULL;
    while ((throttle = map_each(work->engine->throttles, &cursor, &key)) != NULL) {
        if (work->now.steady_at - time_of(throttle, 1) < THROTTLE_WITHIN_MS)
            continue;
        (void)map_remove(work->engine->throttles, key);
        free(throttle);
    }
}

void throttle_note(struct work *work, const struct contact *contact)
{
    if (contact->limit == 0)
        return;
    struct throttle *throttle = throttle_find(work, contact);
    if (throttle == NULL && map_count(work->engine->throttles) >= THROTTLES_MAX)
        throttles_prune(work);
    if (throttle == NULL && map_count(work->engine->throttles) >= THROTTLES_MAX)
        return;
    if (throttle == NULL) {
        CLEANUP(text_clear) struct text key = {0};
        throttle = memory_new(1, sizeof *throttle);
        map_put(work->engine->throttles, throttle_key(&key, contact), throttle);
    }
    throttle->times[throttle->count++ % THROTTLE_LIMIT_MAX] = work->now.steady_at;
}

bool throttle_was_paged(const struct work *work, const struct incident *incident,
                        const struct user *user)
{
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        bool has_left = page->state == PAGE_SENT || page->state == PAGE_DELIVERED ||
                        page->state == PAGE_SENDING;
        if (has_left && page_is_alarm(page->kind) && string_is(page->user, user->id) &&
            page->started_at < work->now.steady_at)
            return true;
    }
    return false;
}

msec throttle_until(const struct work *work, const struct incident *incident,
                    const struct user *user, const struct contact *contact, enum page_kind kind)
{
    msec now_at = work->now.steady_at;
    if (contact->limit == 0 || kind == PAGE_BY_HAND || kind == PAGE_WOKEN)
        return now_at;
    msec oldest_at = time_of(throttle_find(work, contact), contact->limit);
    bool is_full = oldest_at != 0 && oldest_at + THROTTLE_WITHIN_MS > now_at;
    return is_full && throttle_was_paged(work, incident, user) ? oldest_at + THROTTLE_WITHIN_MS
                                                               : now_at;
}

msec throttle_gather(const struct work *work, const struct incident *incident,
                     const struct user *user, uint16_t contacts)
{
    msec until_at = work->now.steady_at;
    if (incident->severity == SEVERITY_CRITICAL)
        return until_at;
    for (size_t i = 0; i < user->contact_count; i++) {
        const struct contact *contact = &user->contacts[i];
        if ((contacts & (1U << i)) == 0 || contact->limit == 0)
            continue;
        msec last_at = time_of(throttle_find(work, contact), 1);
        if (last_at != 0 && last_at + THROTTLE_GATHER_MS > until_at)
            until_at = last_at + THROTTLE_GATHER_MS;
    }
    return until_at;
}

void throttles_free(struct engine *engine)
{
    size_t cursor = 0;
    struct throttle *throttle = NULL;
    while ((throttle = map_each(engine->throttles, &cursor, NULL)) != NULL)
        free(throttle);
    map_free(engine->throttles);
}
