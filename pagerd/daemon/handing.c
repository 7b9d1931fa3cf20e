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
#define HELD_MS (10 * SECOND_MS) /* what was refused is tried again so often */

struct letter {
    struct retell_letter said;
    bool is_taken;
    bool is_held;  /* it was refused, */
    msec retry_at; /* tick; and is tried again then */
};

struct handing {
    struct daemon *daemon;
    char *node;
    char **entries;
    size_t entry_count;
    size_t entry_room;
    struct letter *letters; /* made by the worker */
    size_t letter_count;
    bool is_sorted;
    size_t next;       /* letter: all before are taken */
    size_t sent;       /* letter that is under way */
    struct call *call; /* with it */
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
        text_clear(&handing->letters[i].said.events);
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

/* Puts these in the place of so many letters; the list is freed, the texts are the letters'. */
static void letters_put(struct handing *handing, size_t place, size_t replaced,
                        struct retell_letter *list, size_t count)
{
    size_t after = handing->letter_count - place - replaced;
    size_t whole = place + count + after;
    struct letter *letters = memory_new(whole + 1, sizeof(*letters));
    for (size_t i = 0; i < place; i++)
        letters[i] = handing->letters[i];
    for (size_t i = 0; i < count; i++)
        letters[place + i].said = list[i];
    for (size_t i = 0; i < after; i++)
        letters[place + count + i] = handing->letters[place + replaced + i];
    free(list);
    free(handing->letters);
    handing->letters = letters;
    handing->letter_count = whole;
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
    size_t count = 0;
    struct retell_letter *list = retell_letters(threads, false, &count);
    letters_put(handing, 0, 0, list, count);
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

size_t handing_held(const struct handing *handing)
{
    size_t count = 0;
    for (size_t i = 0; handing->is_sorted && i < handing->letter_count; i++)
        count += handing->letters[i].is_held;
    return count;
}

/* The first one that may go now; letter_count: none may. What goes on with a thread waits for what
 * is held, which may be of it. */
static size_t letter_next(struct handing *handing)
{
    while (handing->next < handing->letter_count && handing->letters[handing->next].is_taken)
        handing->next++;
    bool is_any_held = false;
    for (size_t i = handing->next; i < handing->letter_count; i++) {
        const struct letter *letter = &handing->letters[i];
        if (letter->is_taken || (letter->said.goes_on && is_any_held))
            continue;
        if (letter->retry_at <= handing->daemon->tick_at)
            return i;
        is_any_held = true;
    }
    return handing->letter_count;
}

static void handing_send(struct handing *handing)
{
    struct daemon *daemon = handing->daemon;
    if (daemon->tick_at < handing->retry_at ||
        (daemon->is_standing_by && !nodes_have_way(daemon->nodes)))
        return;
    handing->sent = letter_next(handing);
    if (handing->sent == handing->letter_count)
        return;
    handing->is_answered = false;
    handing->call = door_merge(text_span(&handing->letters[handing->sent].said.events),
                               handing->node, handing_finished, handing);
    if (daemon->is_standing_by)
        nodes_hand_over(daemon->nodes, handing->call);
    else
        turn_call(daemon->turns, handing->call);
}

/* Each thread of it by itself. False: it has but one. */
static bool letter_divide(struct handing *handing, size_t place)
{
    struct letter letter = handing->letters[place];
    struct retell_threads *threads = retell_threads_new();
    struct fault fault = {0};
    size_t count = 0;
    if (letter.said.is_alone ||
        !retell_threads_add(threads, text_string(&letter.said.events), &fault)) {
        retell_threads_free(threads);
        return false;
    }
    struct retell_letter *list = retell_letters(threads, true, &count);
    for (size_t i = 0; i < count; i++)
        list[i].goes_on = list[i].goes_on || letter.said.goes_on;
    retell_threads_free(threads);
    letters_put(handing, place, 1, list, count);
    text_clear(&letter.said.events);
    return true;
}

static void letter_refused(struct handing *handing, size_t place)
{
    if (letter_divide(handing, place))
        return;
    struct letter *letter = &handing->letters[place];
    if (!letter->is_held)
        log_error("who is in charge does not know what node %s was told without the database about "
                  "an alert: it is kept, and handed in again until it is taken; finish the upgrade",
                  handing->node);
    letter->is_held = true;
    letter->retry_at = handing->daemon->tick_at + HELD_MS;
}

static void handing_take_answer(struct handing *handing)
{
    unsigned status = door_status(handing->call);
    door_free(handing->call);
    handing->call = NULL;
    if (status == 202) {
        handing->letters[handing->sent].is_taken = true;
        handing->letters[handing->sent].is_held = false;
    } else if (status == 422) {
        letter_refused(handing, handing->sent);
    } else {
        handing->retry_at = handing->daemon->tick_at + RETRY_MS;
    }
}

bool handing_tick(struct handing *handing)
{
    if (!handing->is_sorted)
        return false;
    if (handing->call != NULL && handing->is_answered)
        handing_take_answer(handing);
    if (handing->call != NULL)
        return false;
    (void)letter_next(handing);
    if (handing->next == handing->letter_count)
        return true;
    handing_send(handing);
    return false;
}
