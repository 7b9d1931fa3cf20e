/* SPDX-License-Identifier: MIT */
#include "daemon/inbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/clock.h"

/* What may wait of each class, and how much of it one turn takes. */
static const struct {
    struct queue_limits limits;
    size_t taken;
} classes[SHARE_CLASS_COUNT] = {
    [SHARE_PEOPLE] = {{INBOX_PEOPLE_MAX, INBOX_PEOPLE_WAIT_MS}, INBOX_PEOPLE_TAKEN},
    [SHARE_SOURCES] = {{INBOX_SOURCES_MAX, INBOX_SOURCES_WAIT_MS}, INBOX_SOURCES_TAKEN},
};

struct inbox {
    pthread_mutex_t lock;
    int fd;
    bool is_set;              /* the descriptor is readable */
    struct inbox_item *items; /* of the house: a ring that grows by doubling */
    size_t first;
    size_t count;
    size_t room; /* a power of two */
    struct queue *queues[SHARE_CLASS_COUNT];
    uint64_t overtaking;
    bool is_refusing; /* calls */
    bool is_holding;  /* sources */
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
    for (size_t i = 0; i < SHARE_CLASS_COUNT; i++)
        inbox->queues[i] = queue_new(classes[i].limits);
    return inbox;
}

void inbox_free(struct inbox *inbox)
{
    if (inbox == NULL)
        return;
    close(inbox->fd);
    pthread_mutex_destroy(&inbox->lock);
    for (size_t i = 0; i < SHARE_CLASS_COUNT; i++)
        queue_free(inbox->queues[i]);
    free(inbox->items);
    free(inbox);
}

int inbox_fd(const struct inbox *inbox)
{
    return inbox->fd;
}

static size_t waiting(const struct inbox *inbox, enum share_class class)
{
    return queue_counts(inbox->queues[class]).waiting;
}

/* The descriptor says whether there is something to take. It is set behind the lock, which the loop
 * would wait for as soon as it wakes; until then it cannot be cleared, and is so by the loop that
 * wakes for nothing. */
static void inbox_unlock(struct inbox *inbox)
{
    bool has_any = inbox->count > 0 || waiting(inbox, SHARE_PEOPLE) > 0 ||
                   (!inbox->is_holding && waiting(inbox, SHARE_SOURCES) > 0);
    bool is_news = has_any && !inbox->is_set;
    uint64_t number = 1;
    if (!has_any && inbox->is_set)
        inbox->is_set = read(inbox->fd, &number, sizeof(number)) != sizeof(number);
    else
        inbox->is_set = has_any;
    pthread_mutex_unlock(&inbox->lock);
    if (!is_news)
        return;
    ssize_t done = write(inbox->fd, &number, sizeof(number));
    assert(done == sizeof(number));
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

bool inbox_leave_call(struct inbox *inbox, struct call *call, struct fault *why_not)
{
    char sender[QUEUE_SENDER_SIZE];
    struct queue *queue = inbox->queues[share_class(call)];
    size_t work = share_work_of(call);
    share_sender(call, sender, sizeof(sender));
    pthread_mutex_lock(&inbox->lock);
    bool has_room = inbox->is_refusing
                        ? fault_set(why_not, FAULT_LIMIT, "pagerd is ending")
                        : queue_post(queue, sender, call, work, clock_tick(), why_not);
    pthread_mutex_unlock(&inbox->lock);
    return has_room;
}

void inbox_ring(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox_unlock(inbox);
}

bool inbox_post_call(struct inbox *inbox, struct call *call, struct fault *why_not)
{
    bool has_room = inbox_leave_call(inbox, call, why_not);
    inbox_ring(inbox);
    return has_room;
}

bool inbox_has_room(struct inbox *inbox, const struct call *call, size_t body_size,
                    struct fault *why_not)
{
    char sender[QUEUE_SENDER_SIZE];
    struct queue *queue = inbox->queues[share_class(call)];
    share_sender(call, sender, sizeof(sender));
    pthread_mutex_lock(&inbox->lock);
    bool has_room = queue_admit(queue, sender, share_work(body_size), clock_tick(), why_not);
    pthread_mutex_unlock(&inbox->lock);
    return has_room;
}

void inbox_post(struct inbox *inbox, inbox_run *run, void *context, void *item)
{
    pthread_mutex_lock(&inbox->lock);
    if (inbox->count == inbox->room)
        inbox_grow(inbox);
    inbox->items[(inbox->first + inbox->count) & (inbox->room - 1)] =
        (struct inbox_item){.run = run, .context = context, .item = item};
    inbox->count++;
    inbox_unlock(inbox);
}

void inbox_refuse_calls(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->is_refusing = true;
    pthread_mutex_unlock(&inbox->lock);
}

void inbox_hold_sources(struct inbox *inbox, bool is_holding)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->is_holding = is_holding;
    inbox_unlock(inbox);
}

bool inbox_is_empty(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    bool is_empty = inbox->count == 0 && waiting(inbox, SHARE_PEOPLE) == 0 &&
                    waiting(inbox, SHARE_SOURCES) == 0;
    pthread_mutex_unlock(&inbox->lock);
    return is_empty;
}

/* Does an older call of a source wait while the next one of people is taken? */
static bool people_overtake(const struct inbox *inbox)
{
    struct queue_counts people = queue_counts(inbox->queues[SHARE_PEOPLE]);
    struct queue_counts sources = queue_counts(inbox->queues[SHARE_SOURCES]);
    return people.waiting > 0 && sources.waiting > 0 && sources.since_at < people.since_at;
}

/* Each call is one unit of work at least, so that the items suffice. */
static size_t take_calls(struct inbox *inbox, enum share_class class, struct inbox_item *items)
{
    size_t count = 0;
    size_t taken = 0;
    while (taken < classes[class].taken) {
        size_t work = 0;
        if (class == SHARE_PEOPLE && people_overtake(inbox))
            inbox->overtaking++;
        struct call *call = queue_take(inbox->queues[class], &work);
        if (call == NULL)
            break;
        items[count++] = (struct inbox_item){.call = call};
        taken += work;
    }
    return count;
}

size_t inbox_take(struct inbox *inbox, struct inbox_item items[INBOX_TAKEN_MAX])
{
    pthread_mutex_lock(&inbox->lock);
    size_t count = inbox->count < INBOX_HOUSE_TAKEN ? inbox->count : INBOX_HOUSE_TAKEN;
    for (size_t i = 0; i < count; i++)
        items[i] = inbox->items[(inbox->first + i) & (inbox->room - 1)];
    inbox->first = (inbox->first + count) & (inbox->room - 1);
    inbox->count -= count;
    count += take_calls(inbox, SHARE_PEOPLE, &items[count]);
    if (!inbox->is_holding)
        count += take_calls(inbox, SHARE_SOURCES, &items[count]);
    inbox_unlock(inbox);
    return count;
}

struct queue_counts inbox_counts(struct inbox *inbox, enum share_class class)
{
    pthread_mutex_lock(&inbox->lock);
    struct queue_counts counts = queue_counts(inbox->queues[class]);
    pthread_mutex_unlock(&inbox->lock);
    return counts;
}

uint64_t inbox_overtaking(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    uint64_t overtaking = inbox->overtaking;
    pthread_mutex_unlock(&inbox->lock);
    return overtaking;
}

void inbox_most_refused(struct inbox *inbox, char sender[QUEUE_SENDER_SIZE])
{
    pthread_mutex_lock(&inbox->lock);
    const char *source = queue_most_refused(inbox->queues[SHARE_SOURCES]);
    const char *person = queue_most_refused(inbox->queues[SHARE_PEOPLE]);
    snprintf(sender, QUEUE_SENDER_SIZE, "%s", *source ? source : person);
    pthread_mutex_unlock(&inbox->lock);
}

void inbox_forget_refused(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    for (size_t i = 0; i < SHARE_CLASS_COUNT; i++)
        queue_forget_refused(inbox->queues[i]);
    pthread_mutex_unlock(&inbox->lock);
}
