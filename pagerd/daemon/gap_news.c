/* SPDX-License-Identifier: MIT */
#include "daemon/gap_news.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void told_news_clear(struct told_news *told)
{
    free(told->items);
    *told = (struct told_news){0};
}

static bool items_meet(const struct news_item *left, const struct news_item *right)
{
    return left->kind == right->kind && left->role == right->role &&
           left->start_at < right->end_at && right->start_at < left->end_at;
}

bool told_news_prune(struct told_news *told, const struct news_item *items, size_t count)
{
    bool is_changed = false;
    size_t kept = 0;
    for (size_t i = 0; i < told->count; i++) {
        struct news_item item = told->items[i];
        msec end_at = 0;
        for (size_t j = 0; j < count; j++)
            if (items_meet(&item, &items[j]) && items[j].end_at > end_at)
                end_at = items[j].end_at;
        if (end_at > 0 && end_at < item.end_at)
            item.end_at = end_at;
        is_changed = is_changed || end_at == 0 || item.end_at != told->items[i].end_at;
        if (end_at > 0)
            told->items[kept++] = item;
    }
    told->count = kept;
    return is_changed;
}

/* Whoever was told of a gap knows of its parts. Of one that has begun the past does not count. */
static bool is_told(const struct told_news *told, const struct news_item *item, msec now)
{
    msec start_at = item->start_at > now ? item->start_at : now;
    for (size_t i = 0; i < told->count; i++) {
        const struct news_item *known = &told->items[i];
        if (known->kind == item->kind && known->role == item->role && known->start_at <= start_at &&
            item->end_at <= known->end_at)
            return true;
    }
    return false;
}

bool news_are_due(const struct told_news *told, const struct news_item *items, size_t count,
                  const struct office *office, msec now)
{
    msec open_at = office_next(office, now);
    bool is_open = open_at == now;
    bool is_told_today = told->count > 0 && told->day == office_day(office, now);
    msec urgent_until = open_at > now + NEWS_URGENT_MS ? open_at : now + NEWS_URGENT_MS;
    for (size_t i = 0; i < count; i++) {
        bool is_gap = items[i].kind == NEWS_GAP;
        bool is_new = !is_told(told, &items[i], now);
        if (is_new && (is_open || (is_gap && items[i].start_at < urgent_until)))
            return true;
        if (is_open && is_gap && !is_told_today && items[i].start_at < now + NEWS_NEAR_MS)
            return true;
    }
    return false;
}

void told_news_take(struct told_news *told, const struct news_item *items, size_t count,
                    int64_t day)
{
    size_t kept[NEWS_KIND_COUNT][ROLE_COUNT] = {0};
    size_t last[NEWS_KIND_COUNT][ROLE_COUNT] = {0};
    told->items = memory_grow(told->items, count + 1, sizeof(*told->items));
    told->count = 0;
    told->day = day;
    for (size_t i = 0; i < count; i++) {
        size_t *of_role = &kept[items[i].kind][items[i].role];
        if (*of_role == NEWS_KEPT_MAX) {
            told->items[last[items[i].kind][items[i].role]].end_at = MSEC_NEVER;
            continue;
        }
        ++*of_role;
        last[items[i].kind][items[i].role] = told->count;
        told->items[told->count++] = items[i];
    }
}

void told_news_render(struct text *text, const struct told_news *told)
{
    text_addf(text, "%" PRId64, told->day);
    for (size_t i = 0; i < told->count; i++)
        text_addf(text, " %d:%d:%" PRId64 ":%" PRId64, (int)told->items[i].kind,
                  (int)told->items[i].role, told->items[i].start_at, told->items[i].end_at);
}

bool told_news_parse(const char *bytes, struct told_news *told, struct fault *fault)
{
    struct told_news made = {0};
    int size = 0;
    bool is_well = sscanf(bytes, "%" SCNd64 "%n", &made.day, &size) == 1;
    const char *rest = bytes + size;
    while (is_well && *rest != '\0') {
        struct news_item item = {0};
        int kind = 0;
        int role = 0;
        is_well = sscanf(rest, " %d:%d:%" SCNd64 ":%" SCNd64 "%n", &kind, &role, &item.start_at,
                         &item.end_at, &size) == 4 &&
                  kind >= 0 && kind < NEWS_KIND_COUNT && role >= 0 && role < ROLE_COUNT &&
                  made.count < NEWS_KEPT_MAX * NEWS_KIND_COUNT * ROLE_COUNT;
        if (!is_well)
            break;
        item.kind = (enum news_kind)kind;
        item.role = (enum role)role;
        made.items = memory_grow(made.items, made.count + 1, sizeof(*made.items));
        made.items[made.count++] = item;
        rest += size;
    }
    if (!is_well) {
        told_news_clear(&made);
        return fault_set(fault, FAULT_INPUT, "what was told of gaps cannot be read");
    }
    told_news_clear(told);
    *told = made;
    return true;
}
