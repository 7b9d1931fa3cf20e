/* SPDX-License-Identifier: MIT */
#include "daemon/away_rules.h"

#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "daemon/event_form.h"
#include "daemon/link_form.h"
#include "daemon/paged_form.h"
#include "daemon/stop_form.h"

#define NUMBER_STEP 1000
#define ID_STEP 1000000
#define MIRROR_STEPS 8 /* nodes that go on from mirrors begin at different ones, most likely */

/* Of two nodes that go on from their mirrors one is too many: the first by name goes on. */
bool away_is_one_too_many(bool acts, const char *own, enum charge charge, const char *name)
{
    if (!acts)
        return charge == CHARGE_DUTY;
    return charge > CHARGE_MIRROR || (charge == CHARGE_MIRROR && strcmp(name, own) < 0);
}

bool away_is_first(const char *own, const char *other, bool other_sees_database)
{
    return !other_sees_database && strcmp(own, other) < 0;
}

bool away_leaves_it(msec now, msec charged_at, msec there_at)
{
    bool is_charged = charged_at != 0 && now - charged_at < AWAY_HEIR_MS;
    return is_charged && (there_at == 0 || now - there_at < AWAY_FIRST_MS);
}

bool away_may_take(enum event_kind kind)
{
    /* Signs of life and of links need not outlive this node. */
    bool may_pass = kind == EVENT_HEARTBEAT_PING || kind == EVENT_LINK;
    return event_has_form(kind) || may_pass;
}

static uint64_t round_up(uint64_t number, uint64_t step, uint64_t more)
{
    return (number / step + 1 + more) * step;
}

void away_jump_numbers(struct engine *engine, const char *node)
{
    struct view_numbers last;
    uint64_t more = node == NULL ? 0 : 1 + map_hash(node, strlen(node)) % MIRROR_STEPS;
    view_numbers(engine, &last);
    engine_skip_numbers(engine, round_up(last.incident, NUMBER_STEP, more),
                        round_up(last.alert, ID_STEP, more), round_up(last.page, ID_STEP, more),
                        round_up(last.override, NUMBER_STEP, more));
}

/* What the incident is known by on other nodes. */
static struct event_origin origin_of(const struct engine *engine, uint64_t number, msec at,
                                     bool is_in_mirror)
{
    struct event_origin origin = {.at = at, .is_in_mirror = is_in_mirror};
    const struct incident *incident = view_incident(engine, number);
    if (incident == NULL)
        return origin;
    origin.number = incident->number;
    origin.uuid = incident->uuid;
    origin.integration = incident->integration;
    origin.dedup_key = incident->dedup_key;
    return origin;
}

void away_add_event_of(struct text *entry, const struct engine *engine, const struct event *event,
                       const struct event_origin *known)
{
    struct json_writer writer = {.text = entry};
    struct event_origin origin = origin_of(engine, event->incident, known->at, known->is_in_mirror);
    origin.id = known->id;
    if (entry->size > 0)
        text_add_char(entry, ',');
    event_form_put(&writer, event, &origin);
}

void away_add_event(struct text *entry, const struct engine *engine, const struct event *event,
                    msec at, bool is_in_mirror)
{
    const struct event_origin origin = {.at = at, .is_in_mirror = is_in_mirror};
    away_add_event_of(entry, engine, event, &origin);
}

void away_add_link(struct text *entry, const struct engine *engine, const struct token_record *link,
                   msec at, bool is_in_mirror)
{
    struct json_writer writer = {.text = entry};
    struct event_origin origin = origin_of(engine, link->incident, at, is_in_mirror);
    if (origin.number == 0)
        return;
    if (entry->size > 0)
        text_add_char(entry, ',');
    link_form_put(&writer, link, &origin);
}

void away_add_stop(struct text *entry, const struct stop_item *item, bool is_in_mirror)
{
    struct json_writer writer = {.text = entry};
    const struct event_origin origin = {.at = item->at, .is_in_mirror = is_in_mirror};
    if (entry->size > 0)
        text_add_char(entry, ',');
    stop_form_put(&writer, item, &origin);
}

bool away_is_first_page(const struct page *page)
{
    return page->incident != 0 && page->also[0] == '\0' &&
           (page->kind == PAGE_ALERT || page->kind == PAGE_ESCALATED);
}

/* Which one of the incident's first pages for that person by that channel it is, from 1. */
static unsigned page_nth(const struct page *page)
{
    unsigned nth = 0;
    for (const struct page *one = page; one != NULL; one = one->older)
        nth += away_is_first_page(one) && string_is(one->user, page->user) &&
               string_is(one->channel, page->channel);
    return nth;
}

struct paged_item away_paged_item(const struct page *page)
{
    return (struct paged_item){.user = page->user,
                               .channel = page->channel,
                               .nth = page_nth(page),
                               .attempt = page->key_attempt > 0    ? page->key_attempt
                                          : page->sent_attempt > 0 ? page->sent_attempt
                                                                   : page->attempt};
}

void away_add_paged(struct text *entry, const struct engine *engine, const struct page *page,
                    msec at, bool is_in_mirror)
{
    struct json_writer writer = {.text = entry};
    const struct paged_item item = away_paged_item(page);
    struct event_origin origin = origin_of(engine, page->incident, at, is_in_mirror);
    if (origin.number == 0 || !away_is_first_page(page))
        return;
    if (entry->size > 0)
        text_add_char(entry, ',');
    paged_form_put(&writer, &item, &origin);
}

bool away_is_marked(const struct event *event, const struct answer *answer)
{
    bool is_by_source = event->kind == EVENT_TRIGGER || event->kind == EVENT_CHANGE;
    return event_has_form(event->kind) && answer->incident != 0 && answer->kind == ANSWER_DONE &&
           (!is_by_source || answer->is_new);
}
