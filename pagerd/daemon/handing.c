/* SPDX-License-Identifier: MIT */
#include "daemon/handing.h"

#include <stdlib.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/nodes.h"
#include "daemon/retell.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "http/door.h"

#define RETRY_MS (1 * SECOND_MS)

struct handing {
    struct daemon *daemon;
    char *node;
    char **entries;
    size_t entry_count;
    size_t entry_room;
    struct text *letters; /* made by the worker */
    size_t letter_count;
    bool is_sorted;
    size_t next;       /* letter */
    struct call *call; /* under way */
    bool is_answered;
    msec retry_at; /* tick */
};

struct handing *handing_new(struct daemon *daemon, const char *node)
{
    struct handing *handing = memory_new(1, sizeof(*handing));
    handing->daemon = daemon;
    handing->node = string_copy(node);
    return handing;
}

void handing_free(struct handing *handing)
{
    if (handing == NULL)
        return;
    if (handing->call != NULL)
        door_free(handing->call);
    for (size_t i = 0; i < handing->entry_count; i++)
        free(handing->entries[i]);
    for (size_t i = 0; i < handing->letter_count; i++)
        text_clear(&handing->letters[i]);
    free(handing->entries);
    free(handing->letters);
    free(handing->node);
    free(handing);
}

void handing_add(struct handing *handing, const char *entry)
{
    if (handing->entry_count == handing->entry_room) {
        handing->entry_room = handing->entry_room == 0 ? 64 : handing->entry_room * 2;
        handing->entries =
            memory_grow(handing->entries, handing->entry_room, sizeof(*handing->entries));
    }
    handing->entries[handing->entry_count++] = string_copy(entry);
}

/* In the worker. */
static void handing_sort(void *item)
{
    struct handing *handing = item;
    struct retell_threads *threads = retell_threads_new();
    for (size_t i = 0; i < handing->entry_count; i++) {
        struct fault fault = {0};
        if (!retell_threads_add(threads, handing->entries[i], &fault))
            log_error("an entry of a journal cannot be read: %s", fault.text);
    }
    handing->letters = retell_letters(threads, &handing->letter_count);
    retell_threads_free(threads);
}

static void handing_sorted(void *context, void *item UNUSED)
{
    struct handing *handing = context;
    handing->is_sorted = true;
}

bool handing_begin(struct handing *handing)
{
    return worker_post(handing->daemon->worker, handing_sort, handing_sorted, handing, handing);
}

/* ---- handing in ---- */

static void handing_finished(void *context, struct call *call UNUSED)
{
    struct handing *handing = context;
    handing->is_answered = true;
}

static void handing_send(struct handing *handing)
{
    struct daemon *daemon = handing->daemon;
    if (daemon->tick_at < handing->retry_at ||
        (daemon->is_standing_by && !nodes_have_way(daemon->nodes)))
        return;
    handing->is_answered = false;
    handing->call = door_merge(text_span(&handing->letters[handing->next]), handing->node,
                               handing_finished, handing);
    if (daemon->is_standing_by)
        nodes_hand_over(daemon->nodes, handing->call);
    else
        turn_call(daemon->turns, handing->call);
}

static void handing_take_answer(struct handing *handing)
{
    unsigned status = door_status(handing->call);
    door_free(handing->call);
    handing->call = NULL;
    if (status == 400)
        log_error("who is in charge cannot read what a node was told without the database");
    if (status == 202 || status == 400)
        handing->next++;
    else
        handing->retry_at = handing->daemon->tick_at + RETRY_MS;
}

bool handing_tick(struct handing *handing)
{
    if (!handing->is_sorted)
        return false;
    if (handing->call != NULL && handing->is_answered)
        handing_take_answer(handing);
    if (handing->call != NULL)
        return false;
    if (handing->next == handing->letter_count)
        return true;
    handing_send(handing);
    return false;
}
