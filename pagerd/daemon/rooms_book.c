/* SPDX-License-Identifier: MIT */
/*
 * rooms_book.c - the book of what is shown where, as the store keeps it: one line per incident and
 * room, fields by tabs: number, room, reference, thread, versions shown and noted
 * in hex, count of what was told. And "since", how far the talk in Matrix is read.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "daemon/daemon.h"
#include "daemon/room_item.h"
#include "daemon/turn.h"
#include "store/batch.h"

#define FIELD_COUNT 7

void rooms_save(struct rooms *rooms)
{
    CLEANUP(text_clear) struct text text = {0};
    size_t cursor = 0;
    const struct room_item *item;
    while ((item = map_each(rooms->stories, &cursor, NULL)) != NULL)
        for (; item != NULL; item = item->next)
            text_addf(&text, "%" PRIu64 "\t%s\t%s\t%s\t%" PRIx64 "\t%" PRIx64 "\t%" PRIu64 "\n",
                      item->number, item->room->key, item->reference, item->thread, item->shown,
                      item->noted, item->sequence);
    if (rooms->since != NULL)
        text_addf(&text, "since\t%s\n", rooms->since);
    struct meta_record record = {.name = ROOMS_META, .value = text_string(&text)};
    batch_save_meta(turn_batch(rooms->daemon->turns), &record, NEED_NONE);
    rooms->is_dirty = false;
    rooms->saved_at = rooms->daemon->tick_at;
}

static void line_restore(struct rooms *rooms, struct span line, struct arena *arena)
{
    const char *fields[FIELD_COUNT];
    for (size_t i = 0; i < FIELD_COUNT; i++)
        fields[i] = arena_copy_span(arena, span_cut(&line, '\t'));
    if (string_is(fields[0], "since")) {
        free(rooms->since);
        rooms->since = string_copy(fields[1]);
        return;
    }
    uint64_t number = strtoull(fields[0], NULL, 10);
    struct room_item *item = number != 0 ? room_item_get(rooms, number, fields[1]) : NULL;
    if (item == NULL)
        return; /* of a service that this version does not have */
    free(item->reference);
    free(item->thread);
    item->reference = string_copy(fields[2]);
    item->thread = string_copy(fields[3]);
    item->shown = strtoull(fields[4], NULL, 16);
    item->noted = strtoull(fields[5], NULL, 16);
    item->sequence = strtoull(fields[6], NULL, 10);
}

void rooms_restore(struct rooms *rooms, const char *value)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct span rest = span_of(value);
    while (rest.size > 0) {
        line_restore(rooms, span_cut(&rest, '\n'), arena);
        arena_reset(arena);
    }
    rooms->is_dirty = false;
}
