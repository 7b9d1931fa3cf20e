/* SPDX-License-Identifier: MIT */
#include "daemon/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/text.h"

#define LOOP_READY_MAX 64

struct loop {
    int fd;
    struct epoll_event ready[LOOP_READY_MAX];
    int ready_count; /* of the round under way; a watch removed in it is blanked */
};

struct loop *loop_new(struct fault *fault)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
        fault_set(fault, FAULT_SYSTEM, "cannot make the loop's descriptor");
        return NULL;
    }
    struct loop *loop = memory_new(1, sizeof(*loop));
    loop->fd = fd;
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL)
        return;
    close(loop->fd);
    free(loop);
}

static void loop_control(struct loop *loop, int operation, struct watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int failed = epoll_ctl(loop->fd, operation, watch->fd, &event);
    assert(failed == 0);
}

void loop_add(struct loop *loop, struct watch *watch, uint32_t events)
{
    loop_control(loop, EPOLL_CTL_ADD, watch, events);
}

void loop_change(struct loop *loop, struct watch *watch, uint32_t events)
{
    loop_control(loop, EPOLL_CTL_MOD, watch, events);
}

void loop_remove(struct loop *loop, struct watch *watch)
{
    loop_control(loop, EPOLL_CTL_DEL, watch, 0);
    for (int i = 0; i < loop->ready_count; i++)
        if (loop->ready[i].data.ptr == watch)
            loop->ready[i].data.ptr = NULL;
}

void loop_wait(struct loop *loop, msec wait_ms)
{
    int timeout = wait_ms > 60000 ? 60000 : (int)wait_ms;
    int count = epoll_wait(loop->fd, loop->ready, LOOP_READY_MAX, timeout);
    assert(count >= 0 || errno == EINTR);
    loop->ready_count = count > 0 ? count : 0;
}

void loop_run(struct loop *loop)
{
    for (int i = 0; i < loop->ready_count; i++) {
        struct watch *watch = loop->ready[i].data.ptr;
        if (watch != NULL)
            watch->ready(watch->context, loop->ready[i].events);
    }
    loop->ready_count = 0;
}
