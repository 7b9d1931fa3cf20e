/* SPDX-License-Identifier: MIT */
#include "daemon/inbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/text.h"

/* A ring of items that grows by doubling. */
struct inbox {
    pthread_mutex_t lock;
    int fd;
    struct inbox_item *items;
    size_t first;
    size_t count;
    size_t room; /* a power of two */
    size_t call_count;
    bool is_refusing; /* calls */
};

struct inbox *inbox_new(struct fault *fault)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
        fault_set(fault, FAULT_SYSTEM, "cannot make the inbox's descriptor");
        return NULL;
    }
    struct inbox *inbox = memory_new(1, sizeof(*inbox));
    pthread_mutex_init(&inbox->lock, NULL);
    inbox->fd = fd;
    inbox->room = 1024;
    inbox->items = memory_new(inbox->room, sizeof(*inbox->items));
    return inbox;
}

void inbox_free(struct inbox *inbox)
{
    if (inbox == NULL)
        return;
    close(inbox->fd);
    pthread_mutex_destroy(&inbox->lock);
    free(inbox->items);
    free(inbox);
}

int inbox_fd(const struct inbox *inbox)
{
    return inbox->fd;
}

static void inbox_grow(struct inbox *inbox)
{
    struct inbox_item *items = memory_new(inbox->room * 2, sizeof(*items));
    for (size_t i = 0; i < inbox->count; i++)
        items[i] = inbox->items[(inbox->first + i) & (inbox->room - 1)];
    free(inbox->items);
    inbox->items = items;
    inbox->first = 0;
    inbox->room *= 2;
}

static void inbox_add(struct inbox *inbox, const struct inbox_item *item)
{
    if (inbox->count == inbox->room)
        inbox_grow(inbox);
    inbox->items[(inbox->first + inbox->count) & (inbox->room - 1)] = *item;
    inbox->count++;
    if (inbox->count > 1)
        return; /* the eventfd is set already */
    uint64_t one = 1;
    ssize_t written = write(inbox->fd, &one, sizeof(one));
    assert(written == sizeof(one));
}

bool inbox_post_call(struct inbox *inbox, struct call *call)
{
    pthread_mutex_lock(&inbox->lock);
    bool has_room = inbox->call_count < INBOX_CALLS_MAX && !inbox->is_refusing;
    if (has_room) {
        inbox->call_count++;
        inbox_add(inbox, &(struct inbox_item){.call = call});
    }
    pthread_mutex_unlock(&inbox->lock);
    return has_room;
}

void inbox_post(struct inbox *inbox, inbox_run *run, void *context, void *item)
{
    pthread_mutex_lock(&inbox->lock);
    inbox_add(inbox, &(struct inbox_item){.run = run, .context = context, .item = item});
    pthread_mutex_unlock(&inbox->lock);
}

void inbox_refuse_calls(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->is_refusing = true;
    pthread_mutex_unlock(&inbox->lock);
}

bool inbox_is_empty(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    bool is_empty = inbox->count == 0;
    pthread_mutex_unlock(&inbox->lock);
    return is_empty;
}

size_t inbox_take(struct inbox *inbox, struct inbox_item *items, size_t max)
{
    pthread_mutex_lock(&inbox->lock);
    size_t count = inbox->count < max ? inbox->count : max;
    for (size_t i = 0; i < count; i++) {
        items[i] = inbox->items[(inbox->first + i) & (inbox->room - 1)];
        inbox->call_count -= items[i].call != NULL;
    }
    inbox->first = (inbox->first + count) & (inbox->room - 1);
    inbox->count -= count;
    uint64_t drained;
    if (inbox->count == 0 && read(inbox->fd, &drained, sizeof(drained)) < 0)
        drained = 0; /* it was not set: nothing had been posted */
    pthread_mutex_unlock(&inbox->lock);
    return count;
}
