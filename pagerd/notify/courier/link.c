/* SPDX-License-Identifier: MIT */
/* link.c - the daemon's end of the line to the courier. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "notify/courier/courier.h"
#include "notify/courier/message.h"

#define READ_SIZE (64 * 1024)
#define READS_MAX 64            /* per call, so that one busy courier cannot hold the loop */
#define IDLE_ROOM (1024 * 1024) /* a buffer that grew beyond this is given back when empty */

struct courier_link {
    int fd;
    struct text output;
    size_t written; /* bytes of output that are on their way */
    struct text input;
    struct arena *arena; /* of the result in hand */
    size_t owed;         /* signs of life that were asked for */
};

struct courier_link *courier_link_new(int fd)
{
    assert(fd >= 0);
    struct courier_link *link = memory_new(1, sizeof *link);
    link->fd = fd;
    link->arena = arena_new();
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return link;
}

void courier_link_free(struct courier_link *link)
{
    if (link == NULL)
        return;
    (void)close(link->fd);
    /* Jobs hold passwords. */
    if (link->output.bytes != NULL)
        explicit_bzero(link->output.bytes, link->output.room);
    text_clear(&link->output);
    text_clear(&link->input);
    arena_free(link->arena);
    free(link);
}

int courier_link_fd(const struct courier_link *link)
{
    return link->fd;
}

bool courier_link_wants_write(const struct courier_link *link)
{
    return link->written < link->output.size;
}

static void empty(struct text *text)
{
    if (text->room > IDLE_ROOM)
        text_clear(text);
    else
        text_reset(text);
}

bool courier_link_flush(struct courier_link *link, struct fault *fault)
{
    while (link->written < link->output.size) {
        ssize_t sent = send(link->fd, link->output.bytes + link->written,
                            link->output.size - link->written, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (sent <= 0)
            return fault_set(fault, FAULT_PEER, "the courier is gone");
        link->written += (size_t)sent;
    }
    if (link->output.bytes != NULL)
        explicit_bzero(link->output.bytes, link->output.size);
    empty(&link->output);
    link->written = 0;
    return true;
}

/* Moves what is not yet written to the front, once that is worth it. */
static void compact(struct courier_link *link)
{
    if (link->written < IDLE_ROOM)
        return;
    size_t left = link->output.size - link->written;
    memmove(link->output.bytes, link->output.bytes + link->written, left);
    link->output.size = left;
    link->output.bytes[left] = '\0';
    link->written = 0;
}

bool courier_link_send(struct courier_link *link, const struct job *job, struct fault *fault)
{
    if (!job_check(job, fault))
        return false;
    if (link->output.size - link->written > COURIER_QUEUE_MAX - JOB_FRAME_MAX)
        return fault_set(fault, FAULT_LIMIT, "the courier takes no more jobs for now");
    compact(link);
    job_render(&link->output, job);
    return courier_link_flush(link, fault);
}

size_t courier_link_ask(struct courier_link *link)
{
    life_render(&link->output);
    return ++link->owed;
}

static bool take_result(struct courier_link *link, struct span frame, courier_receiver *receiver,
                        void *context, struct fault *fault)
{
    uint64_t id;
    struct result result;
    if (!result_parse(frame, link->arena, &id, &result, fault))
        return false;
    receiver(context, id, &result);
    arena_reset(link->arena);
    return true;
}

/* Calls the receiver for every whole result of the input and keeps the rest. */
static bool take_frames(struct courier_link *link, courier_receiver *receiver, void *context,
                        struct fault *fault)
{
    struct span rest = text_span(&link->input);
    size_t size;
    while (frame_find(rest, RESULT_FRAME_MAX, &size, fault)) {
        if (size == 0) {
            size_t left = rest.size;
            if (left == 0)
                empty(&link->input);
            else if (rest.bytes != link->input.bytes)
                memmove(link->input.bytes, rest.bytes, left);
            link->input.size = left;
            return true;
        }
        struct span frame = {rest.bytes, size};
        if (!life_is(frame) && !take_result(link, frame, receiver, context, fault))
            return false;
        rest.bytes += size;
        rest.size -= size;
    }
    return false;
}

bool courier_link_receive(struct courier_link *link, courier_receiver *receiver, void *context,
                          struct fault *fault)
{
    for (int i = 0; i < READS_MAX; i++) {
        char bytes[READ_SIZE];
        ssize_t got = recv(link->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (got <= 0)
            return fault_set(fault, FAULT_PEER, "the courier is gone");
        link->owed = 0;
        text_add_bytes(&link->input, bytes, (size_t)got);
        if (!take_frames(link, receiver, context, fault))
            return false;
    }
    return true;
}
