/* SPDX-License-Identifier: MIT */
#include "daemon/paged.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"

/* What is known to have left for one incident: "USER\0CHANNEL\0NTH.ATTEMPT\0USER\0...". */
struct known {
    struct text names;
    msec added_at; /* the last of them; tick */
};

struct paged {
    struct map *by_uuid;
    uint64_t count;
};

struct paged *paged_new(void)
{
    struct paged *paged = memory_new(1, sizeof(*paged));
    paged->by_uuid = map_new();
    return paged;
}

static void known_free(struct known *known)
{
    if (known == NULL)
        return;
    text_clear(&known->names);
    free(known);
}

void paged_free(struct paged *paged)
{
    size_t cursor = 0;
    struct known *known;
    if (paged == NULL)
        return;
    while ((known = map_each(paged->by_uuid, &cursor, NULL)) != NULL)
        known_free(known);
    map_free(paged->by_uuid);
    free(paged);
}

static bool is_old(const struct known *known, msec now)
{
    return now - known->added_at >= PAGED_KEEP_MS;
}

static void drop_old(struct paged *paged, msec now)
{
    struct map *kept = map_new();
    size_t cursor = 0;
    struct span uuid;
    struct known *known;
    while ((known = map_each(paged->by_uuid, &cursor, &uuid)) != NULL) {
        if (is_old(known, now))
            known_free(known);
        else
            map_put(kept, uuid, known);
    }
    map_free(paged->by_uuid);
    paged->by_uuid = kept;
}

static void item_name(const struct paged_item *item, struct text *name)
{
    text_add(name, item->user);
    text_add_char(name, '\0');
    text_add(name, item->channel);
    text_add_char(name, '\0');
    text_addf(name, "%u.%u", item->nth, item->attempt);
    text_add_char(name, '\0');
}

/* Where that name begins, or `names.size`. */
static size_t name_find(const struct known *known, struct span name)
{
    size_t at = 0;
    while (at < known->names.size) {
        const char *entry = known->names.bytes + at;
        size_t size = strlen(entry) + 1;
        size += strlen(entry + size) + 1;
        size += strlen(entry + size) + 1;
        if (size == name.size && memcmp(entry, name.bytes, size) == 0)
            return at;
        at += size;
    }
    return at;
}

void paged_add(struct paged *paged, const struct paged_item *item, msec now)
{
    CLEANUP(text_clear) struct text name = {0};
    struct known *known = map_find(paged->by_uuid, span_of(item->uuid));
    if (known == NULL && map_count(paged->by_uuid) >= PAGED_MAX)
        drop_old(paged, now);
    if (known == NULL && map_count(paged->by_uuid) >= PAGED_MAX)
        return;
    if (known == NULL) {
        known = memory_new(1, sizeof(*known));
        map_put(paged->by_uuid, span_of(item->uuid), known);
    }
    known->added_at = now;
    item_name(item, &name);
    if (name_find(known, text_span(&name)) == known->names.size)
        text_add_span(&known->names, text_span(&name));
}

bool paged_take(struct paged *paged, const struct paged_item *item, msec now)
{
    CLEANUP(text_clear) struct text name = {0};
    struct known *known = map_find(paged->by_uuid, span_of(item->uuid));
    if (known == NULL || is_old(known, now))
        return false;
    item_name(item, &name);
    size_t at = name_find(known, text_span(&name));
    if (at == known->names.size)
        return false;
    char *entry = known->names.bytes + at;
    memmove(entry, entry + name.size, known->names.size - at - name.size);
    known->names.size -= name.size;
    paged->count++;
    return true;
}

void paged_forget(struct paged *paged, const char *uuid)
{
    known_free(map_remove(paged->by_uuid, span_of(uuid)));
}

uint64_t paged_count(const struct paged *paged)
{
    return paged->count;
}
