/* SPDX-License-Identifier: MIT */
#include "notify/courier/outbox.h"

#include <assert.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "notify/courier/message.h"

struct outbox {
    pthread_mutex_t mutex;
    struct text text;
    int fd;
};

struct outbox *outbox_new(void)
{
    struct outbox *outbox = memory_new(1, sizeof *outbox);
    int failed = pthread_mutex_init(&outbox->mutex, NULL);
    assert(failed == 0);
    outbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(outbox->fd >= 0);
    return outbox;
}

int outbox_fd(const struct outbox *outbox)
{
    return outbox->fd;
}

void outbox_put(struct outbox *outbox, uint64_t id, const struct result *result)
{
    (void)pthread_mutex_lock(&outbox->mutex);
    result_render(&outbox->text, id, result);
    (void)pthread_mutex_unlock(&outbox->mutex);
    (void)eventfd_write(outbox->fd, 1);
}

void outbox_put_failure(struct outbox *outbox, uint64_t id, enum transfer_end end,
                        const char *error)
{
    outbox_put(outbox, id,
               &(struct result){
                   .end = end, .body = {"", 0}, .error = error, .etag = "", .last_modified = ""});
}

void outbox_take(struct outbox *outbox, struct text *text)
{
    eventfd_t count;
    (void)eventfd_read(outbox->fd, &count);
    (void)pthread_mutex_lock(&outbox->mutex);
    if (text->size == 0) {
        struct text empty = *text;
        *text = outbox->text;
        outbox->text = empty;
    } else {
        text_add_span(text, text_span(&outbox->text));
        text_reset(&outbox->text);
    }
    (void)pthread_mutex_unlock(&outbox->mutex);
}

size_t outbox_size(struct outbox *outbox)
{
    (void)pthread_mutex_lock(&outbox->mutex);
    size_t size = outbox->text.size;
    (void)pthread_mutex_unlock(&outbox->mutex);
    return size;
}
