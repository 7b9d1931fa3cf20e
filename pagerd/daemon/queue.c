/* SPDX-License-Identifier: MIT */
#include "daemon/queue.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/heap.h"
#include "base/map.h"
#include "base/span.h"
#include "base/text.h"

#define SPARE_MAX 256 /* places that are kept for others */

/* One that waits. */
struct place {
    void *item;
    size_t work;
    msec since_at;
    struct place *next;
};

/* What one sender has waiting; there is none without. */
struct line {
    struct heap_item due; /* by the work that is to be done before its first has had its share */
    char sender[QUEUE_SENDER_SIZE];
    struct place *first;
    struct place **last;
    size_t work;
};

struct refused {
    char sender[QUEUE_SENDER_SIZE];
    uint64_t count;
};

struct queue {
    struct queue_limits limits;
    struct map *lines; /* by sender */
    struct heap heap;
    int64_t served; /* work of a line that is never empty, since the beginning: the queue's clock */
    struct queue_counts counts;
    struct place *spare; /* for the next that come: one thread posts what another one takes */
    size_t spare_count;
    struct refused refused[QUEUE_REFUSED_MAX];
};

struct queue *queue_new(struct queue_limits limits)
{
    assert(limits.work_max >= QUEUE_CALL_PART);
    struct queue *queue = memory_new(1, sizeof(*queue));
    queue->limits = limits;
    queue->lines = map_new();
    return queue;
}

static void places_free(struct place *place)
{
    while (place != NULL) {
        struct place *next = place->next;
        free(place);
        place = next;
    }
}

static void line_free(struct line *line)
{
    places_free(line->first);
    free(line);
}

static struct place *place_new(struct queue *queue)
{
    struct place *place = queue->spare;
    if (place == NULL)
        return memory_new(1, sizeof(*place));
    queue->spare = place->next;
    queue->spare_count--;
    return place;
}

static void place_free(struct queue *queue, struct place *place)
{
    if (queue->spare_count == SPARE_MAX) {
        free(place);
        return;
    }
    place->next = queue->spare;
    queue->spare = place;
    queue->spare_count++;
}

void queue_free(struct queue *queue)
{
    if (queue == NULL)
        return;
    heap_clear(&queue->heap); /* it writes into the lines */
    size_t cursor = 0;
    struct line *line = NULL;
    while ((line = map_each(queue->lines, &cursor, NULL)) != NULL)
        line_free(line);
    map_free(queue->lines);
    places_free(queue->spare);
    free(queue);
}

/* Of what is not in the table the rarest there makes room, and leaves its count (the space-saving
 * algorithm, Metwally and others 2005). */
static void refused_count(struct queue *queue, const char *sender)
{
    struct refused *rarest = &queue->refused[0];
    queue->counts.refused++;
    for (size_t i = 0; i < QUEUE_REFUSED_MAX; i++) {
        struct refused *refused = &queue->refused[i];
        if (refused->count > 0 && string_is(refused->sender, sender)) {
            refused->count++;
            return;
        }
        if (refused->count < rarest->count)
            rarest = refused;
    }
    snprintf(rarest->sender, sizeof(rarest->sender), "%s", sender);
    rarest->count++;
}

/* One enormous call shall not count for more than a part of the room: others come in beside it. */
static size_t counted(const struct queue *queue, size_t work)
{
    size_t most = queue->limits.work_max / QUEUE_CALL_PART;
    return work < most ? work : most;
}

static bool has_room(const struct queue *queue, const struct line *line, size_t work)
{
    size_t max = queue->limits.work_max;
    if (queue->counts.work >= max)
        return false;
    return line == NULL || line->work + work <= max - queue->counts.work;
}

static bool line_admit(struct queue *queue, const struct line *line, const char *sender,
                       size_t work, msec now, struct fault *why_not)
{
    bool is_late = line != NULL && now - line->first->since_at > queue->limits.wait_ms;
    if (!is_late && has_room(queue, line, counted(queue, work)))
        return true;
    refused_count(queue, sender);
    return fault_set(why_not, FAULT_LIMIT,
                     line == NULL ? "too much is waiting for pagerd"
                                  : "more comes of this sender than pagerd can take");
}

bool queue_admit(struct queue *queue, const char *sender, size_t work, msec now,
                 struct fault *why_not)
{
    const struct line *line = map_find(queue->lines, span_of(sender));
    return line_admit(queue, line, sender, work, now, why_not);
}

static struct line *line_new(struct queue *queue, const char *sender)
{
    struct line *line = memory_new(1, sizeof(*line));
    line->due.due_at = queue->served;
    snprintf(line->sender, sizeof(line->sender), "%s", sender);
    line->last = &line->first;
    map_put(queue->lines, span_of(line->sender), line);
    return line;
}

static void line_wait(struct queue *queue, struct line *line)
{
    heap_put(&queue->heap, &line->due, line->due.due_at + (msec)line->first->work);
}

bool queue_post(struct queue *queue, const char *sender, void *item, size_t work, msec now,
                struct fault *why_not)
{
    struct line *line = map_find(queue->lines, span_of(sender));
    bool is_first = line == NULL;
    if (!line_admit(queue, line, sender, work, now, why_not))
        return false;
    if (is_first)
        line = line_new(queue, sender);
    struct place *place = place_new(queue);
    *place = (struct place){.item = item, .work = counted(queue, work), .since_at = now};
    *line->last = place;
    line->last = &place->next;
    line->work += place->work;
    queue->counts.work += place->work;
    queue->counts.waiting++;
    if (is_first)
        line_wait(queue, line);
    return true;
}

void *queue_take(struct queue *queue, size_t *work)
{
    struct heap_item *due = heap_first(&queue->heap);
    if (due == NULL)
        return NULL;
    struct line *line = heap_owner(due, struct line, due);
    struct place *place = line->first;
    void *item = place->item;
    *work = place->work;
    queue->served = due->due_at;
    queue->counts.work -= place->work;
    queue->counts.waiting--;
    line->work -= place->work;
    line->first = place->next;
    place_free(queue, place);
    if (line->first != NULL) {
        line_wait(queue, line);
        return item;
    }
    heap_remove(&queue->heap, &line->due);
    map_remove(queue->lines, span_of(line->sender));
    line_free(line);
    return item;
}

struct queue_counts queue_counts(const struct queue *queue)
{
    struct queue_counts counts = queue->counts;
    const struct heap_item *due = heap_first(&queue->heap);
    const struct line *next = due != NULL ? heap_owner(due, struct line, due) : NULL;
    counts.work_max = queue->limits.work_max;
    counts.lines = map_count(queue->lines);
    counts.since_at = next != NULL ? next->first->since_at : 0;
    return counts;
}

const char *queue_most_refused(const struct queue *queue)
{
    const struct refused *most = &queue->refused[0];
    for (size_t i = 1; i < QUEUE_REFUSED_MAX; i++)
        if (queue->refused[i].count > most->count)
            most = &queue->refused[i];
    return most->count > 0 ? most->sender : "";
}

void queue_forget_refused(struct queue *queue)
{
    for (size_t i = 0; i < QUEUE_REFUSED_MAX; i++)
        queue->refused[i].count = 0;
}
