/* SPDX-License-Identifier: MIT */
#include "daemon/aim.h"

#include "base/text.h"

#define PAGING_MAX 256

/* May it have been read? What failed or never left cannot have been. */
static bool page_may_be_read(const struct page *page)
{
    switch (page->state) {
    case PAGE_SENDING:
    case PAGE_SENT:
    case PAGE_DELIVERED:
    case PAGE_UNKNOWN:
        return true;
    case PAGE_QUEUED:
        return page->is_repeat;
    case PAGE_FAILED:
    case PAGE_CANCELLED:
    case PAGE_STATE_COUNT:
        break;
    }
    return false;
}

static msec page_at(const struct page *page)
{
    return page->sent_at != 0 ? page->sent_at : page->created_at;
}

static bool page_concerns(const struct aim_in *in, const struct page *page)
{
    return page_is_alarm(page->kind) && page->incident != 0 && page_may_be_read(page) &&
           in->now_at - page_at(page) < REPLY_REACH_MS && string_is(page->user, in->user->id) &&
           string_is(page->channel, in->channel) && string_is(page->address, in->address);
}

/* The newest alarm to that address, and the newest before it that is of another incident. */
struct sight {
    const struct page *newest;
    const struct page *before;
};

static struct sight sight_of(const struct aim_in *in)
{
    struct sight sight = {0};
    size_t cursor = 0;
    const struct page *page;
    while ((page = view_each_page(in->engine, &cursor)) != NULL) {
        if (!page_concerns(in, page))
            continue;
        if (sight.newest == NULL || page_at(page) >= page_at(sight.newest)) {
            if (sight.newest != NULL && sight.newest->incident != page->incident)
                sight.before = sight.newest;
            sight.newest = page;
        } else if (page->incident != sight.newest->incident &&
                   (sight.before == NULL || page_at(page) >= page_at(sight.before))) {
            sight.before = page;
        }
    }
    return sight;
}

static bool is_concerned(const struct aim_in *in, const struct incident *incident)
{
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (string_is(incident->paged[i], in->user->id))
            return true;
    }
    const struct team *team = view_team(in->engine, incident->team);
    for (size_t i = 0; team != NULL && i < team->member_count; i++) {
        if (string_is(team->members[i], in->user->id))
            return true;
    }
    return false;
}

static bool is_open(const struct engine *engine, uint64_t number)
{
    const struct incident *incident = view_incident(engine, number);
    return incident != NULL && incident->state != INCIDENT_RESOLVED;
}

/* Has the talk come to an incident since the last alarm went out? */
static bool is_newer(const struct aim_topic *topic, const struct page *page)
{
    return topic->incident != 0 && (page == NULL || page_at(page) <= topic->at);
}

struct aim aim_find(const struct aim_in *in)
{
    if (in->incident != 0) {
        const struct incident *incident = view_incident(in->engine, in->incident);
        bool is_theirs = incident != NULL && is_concerned(in, incident);
        return (struct aim){.kind = is_theirs ? AIM_HIT : AIM_WRONG, .incident = in->incident};
    }
    struct sight sight = sight_of(in);
    const struct aim_topic *topic = in->verb == REPLY_ACK ? &in->offered : &in->last;
    if (is_newer(topic, sight.newest))
        return (struct aim){.kind = AIM_HIT, .incident = topic->incident};
    if (sight.newest == NULL)
        return (struct aim){.kind = AIM_NOTHING};
    bool is_unread = in->now_at - page_at(sight.newest) < REPLY_SEEN_MS;
    if (!is_unread || sight.before == NULL)
        return (struct aim){
            .kind = AIM_HIT, .incident = sight.newest->incident, .page = sight.newest->id};
    uint64_t before = sight.before->incident;
    return (struct aim){.kind = AIM_WHICH,
                        .incident = sight.newest->incident,
                        .other = is_open(in->engine, before) ? before : 0};
}

const struct incident *aim_urgent(const struct engine *engine, const char *user, uint64_t except)
{
    uint64_t numbers[PAGING_MAX];
    size_t count = view_paging(engine, user, numbers, PAGING_MAX);
    const struct incident *urgent = NULL;
    for (size_t i = 0; i < count && i < PAGING_MAX; i++) {
        const struct incident *incident = view_incident(engine, numbers[i]);
        if (incident == NULL || incident->number == except)
            continue;
        if (urgent == NULL || incident->severity < urgent->severity)
            urgent = incident;
    }
    return urgent;
}
