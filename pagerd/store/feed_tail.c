/* SPDX-License-Identifier: MIT */
#include "store/feed_tail.h"

#include <pthread.h>
#include <stdlib.h>
struct link {
    int64_t mark;
    struct text bytes;
};

struct feed_tail {
    pthread_mutex_t lock;
    struct link links[FEED_TAIL_COUNT_MAX]; /* a ring: position modulo its size */
    uint64_t first;                         /* position of the oldest */
    size_t count;
    size_t size;
    int64_t previous; /* mark before the oldest */
    struct feed_tail_counts counts;
};

struct feed_tail *feed_tail_new(void)
{
    struct feed_tail *tail = memory_new(1, sizeof(*tail));
    pthread_mutex_init(&tail->lock, NULL);
    return tail;
}

static struct link *link_at(struct feed_tail *tail, uint64_t position)
{
    return &tail->links[position % FEED_TAIL_COUNT_MAX];
}

static void drop_first(struct feed_tail *tail)
{
    struct link *link = link_at(tail, tail->first);
    tail->size -= link->bytes.size;
    tail->previous = link->mark;
    text_clear(&link->bytes);
    tail->first++;
    tail->count--;
}

static void drop_all(struct feed_tail *tail)
{
    while (tail->count > 0)
        drop_first(tail);
}

void feed_tail_free(struct feed_tail *tail)
{
    if (tail == NULL)
        return;
    drop_all(tail);
    pthread_mutex_destroy(&tail->lock);
    free(tail);
}

/* Does the chain lead through that place? */
static bool has_place(struct feed_tail *tail, uint64_t position, int64_t mark)
{
    if (tail->count == 0 || position + 1 < tail->first || position >= tail->first + tail->count)
        return false;
    return mark == (position + 1 == tail->first ? tail->previous : link_at(tail, position)->mark);
}

static void append(struct feed_tail *tail, const struct feed_row *row)
{
    if (!has_place(tail, row->position - 1, row->previous) ||
        row->position != tail->first + tail->count) {
        drop_all(tail);
        tail->first = row->position;
        tail->previous = row->previous;
    }
    while (tail->count > 0 && (tail->count == FEED_TAIL_COUNT_MAX ||
                               tail->size + row->bytes.size > FEED_TAIL_SIZE_MAX))
        drop_first(tail);
    struct link *link = link_at(tail, row->position);
    *link = (struct link){.mark = row->mark};
    text_add_span(&link->bytes, row->bytes);
    tail->count++;
    tail->size += row->bytes.size;
}

void feed_tail_add(struct feed_tail *tail, const struct feed_row *row)
{
    if (tail == NULL)
        return;
    pthread_mutex_lock(&tail->lock);
    if (!has_place(tail, row->position, row->mark))
        append(tail, row);
    pthread_mutex_unlock(&tail->lock);
}

bool feed_tail_next(struct feed_tail *tail, uint64_t position, int64_t mark, struct feed_row *row,
                    struct text *bytes)
{
    if (tail == NULL)
        return false;
    pthread_mutex_lock(&tail->lock);
    bool is_there = has_place(tail, position, mark) && position + 1 < tail->first + tail->count;
    if (is_there) {
        const struct link *link = link_at(tail, position + 1);
        text_add_span(bytes, text_span(&link->bytes));
        *row = (struct feed_row){.position = position + 1,
                                 .previous = mark,
                                 .mark = link->mark,
                                 .bytes = text_span(bytes)};
    }
    pthread_mutex_unlock(&tail->lock);
    return is_there;
}

void feed_tail_give_up(struct feed_tail *tail, uint64_t position)
{
    if (tail == NULL)
        return;
    pthread_mutex_lock(&tail->lock);
    uint64_t end = tail->first + tail->count;
    if (tail->count > 0 && end > position + 1) {
        tail->counts.given_up += end - position - 1;
        drop_all(tail);
    }
    pthread_mutex_unlock(&tail->lock);
}

void feed_tail_note_written(struct feed_tail *tail)
{
    pthread_mutex_lock(&tail->lock);
    tail->counts.written_again++;
    pthread_mutex_unlock(&tail->lock);
}

void feed_tail_count(struct feed_tail *tail, struct feed_tail_counts *counts)
{
    pthread_mutex_lock(&tail->lock);
    *counts = tail->counts;
    pthread_mutex_unlock(&tail->lock);
}
