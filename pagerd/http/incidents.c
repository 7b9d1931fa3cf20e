/* SPDX-License-Identifier: MIT */
/* incidents.c - the list of incidents and one incident; what people do to them is in actions.c. */
#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "http/act.h"
#include "http/render.h"
#include "http/route.h"

#define ALERTS_MAX 1000 /* in one answer, likewise */
#define CHANGES_DEFAULT 100
#define LIST_MAX 20000 /* incidents in one answer; "more" says that there are others */

static bool incident_is_of(const struct incident *incident, const char *user)
{
    if (string_is(incident->handling->acknowledged_by, user))
        return true;
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (string_is(incident->paged[i], user))
            return true;
    }
    return false;
}

static bool filter_fits(const struct history_filter *filter, const struct incident *incident)
{
    if (!filter->is_all && incident->state == INCIDENT_RESOLVED)
        return false;
    if (filter->team && !string_is(filter->team, incident->team))
        return false;
    if (filter->user && !incident_is_of(incident, filter->user))
        return false;
    if (filter->since_at && incident->opened_at < filter->since_at)
        return false;
    return !filter->before || incident->number < filter->before;
}

static bool filter_read(struct call *call, struct history_filter *filter)
{
    filter->is_all = call_has_query(call, "all");
    filter->team = call_query(call, "team");
    filter->limit = LIST_MAX;
    if (call_has_query(call, "mine")) {
        if (call->caller.kind != CALLER_PERSON) {
            call_answer_error(call, 403, "forbidden", "Nobody has no incidents of their own.");
            return false;
        }
        filter->user = call->caller.user;
    }
    if (!act_instant(call, "since", call_query(call, "since"), &filter->since_at))
        return false;
    uint64_t limit = 0;
    if (!act_count(call, "limit", &limit))
        return false;
    if (limit && limit < LIST_MAX)
        filter->limit = (size_t)limit;
    return act_count(call, "before", &filter->before);
}

static int by_number(const void *left, const void *right)
{
    const struct incident *a = *(const struct incident *const *)left;
    const struct incident *b = *(const struct incident *const *)right;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The highest numbers of what is gathered, up to `limit` of them, in their order and in front. */
static size_t list_keep(const struct incident **list, size_t count, size_t limit)
{
    bool is_sorted = true;
    for (size_t i = 1; i < count; i++)
        is_sorted = is_sorted && list[i - 1]->number < list[i]->number;
    if (!is_sorted) /* few stand elsewhere: view_each_incident */
        qsort(list, count, sizeof(*list), by_number);
    size_t kept = count < limit ? count : limit;
    memmove(list, list + count - kept, kept * sizeof(*list));
    return kept;
}

/* Newest first, as people look for them: the view walks upwards, so the last `limit` are kept. */
static void list_write(struct call *call, struct house *house, const struct history_filter *filter)
{
    const size_t room = 2 * filter->limit;
    const struct incident **list = memory_new(room, sizeof(*list));
    size_t found = 0;
    size_t count = 0;
    uint64_t cursor = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(house->engine, &cursor))) {
        if (!filter_fits(filter, incident))
            continue;
        if (count == room)
            count = list_keep(list, count, filter->limit);
        list[count++] = incident;
        found++;
    }
    count = list_keep(list, count, filter->limit);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "incidents");
    for (size_t i = 0; i < count; i++)
        incident_write(&writer, list[count - 1 - i], house->engine, house->now(house->context));
    json_end_array(&writer);
    json_put_bool(&writer, "more", found > count);
    json_end_object(&writer);
    free(list);
}

enum call_wait route_incidents_list(struct call *call, struct house *house)
{
    struct history_filter *filter = arena_take(call->arena, sizeof(*filter));
    if (!filter_read(call, filter))
        return CALL_ANSWER_NOW;
    const struct policy *policy = view_policy(house->engine);
    if (filter->team && (!policy || !policy_find_team(policy, filter->team))) {
        call_answer_errorf(call, 404, "not_found", "There is no team \"%.80s\".", filter->team);
        return CALL_ANSWER_NOW;
    }
    if (filter->is_all) {
        house->history_incidents(house->context, call, filter);
        return CALL_HANDED_OVER;
    }
    list_write(call, house, filter);
    return CALL_ANSWER_NOW;
}

enum call_wait route_incident_show(struct call *call, struct house *house)
{
    uint64_t number;
    if (!act_number(call, "an incident", call->parts[0], &number))
        return CALL_ANSWER_NOW;

    house->history_incident(house->context, call, number);
    return CALL_HANDED_OVER;
}

/* What was changed, newest first: change events, kept with the audit log. */
enum call_wait route_changes_list(struct call *call, struct house *house)
{
    struct history_filter *filter = arena_take(call->arena, sizeof(*filter));
    uint64_t limit = CHANGES_DEFAULT;
    if (!act_instant(call, "since", call_query(call, "since"), &filter->since_at) ||
        !act_instant(call, "until", call_query(call, "until"), &filter->until_at) ||
        !act_count(call, "limit", &limit))
        return CALL_ANSWER_NOW;
    filter->team = call_query(call, "team");
    filter->service = call_query(call, "service");
    filter->limit = limit < LIST_MAX ? (size_t)limit : LIST_MAX;
    house->history_changes(house->context, call, filter);
    return CALL_HANDED_OVER;
}

enum call_wait route_alerts_list(struct call *call, struct house *house)
{
    struct history_filter *filter = arena_take(call->arena, sizeof(*filter));
    uint64_t limit = 0;
    if (!act_instant(call, "since", call_query(call, "since"), &filter->since_at) ||
        !act_count(call, "limit", &limit))
        return CALL_ANSWER_NOW;
    filter->limit = limit < ALERTS_MAX ? (size_t)limit : ALERTS_MAX;
    house->history_alerts(house->context, call, filter);
    return CALL_HANDED_OVER;
}
