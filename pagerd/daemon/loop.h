/* SPDX-License-Identifier: MIT */
/*
 * loop.h - one epoll over a handful of descriptors.
 *
 * Owners embed a watch; the loop calls `ready` when its descriptor is. Deadlines are the caller's
 * business: it says how long to wait.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"

struct loop;

struct watch {
    int fd;
    void (*ready)(void *context, uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLHUP ... */
    void *context;
};

/* NULL: the system gives no descriptor. */
struct loop *loop_new(struct fault *fault);
void loop_free(struct loop *loop);

/* Adds, changes or removes a watch; it must stay where it is while it is in. */
void loop_add(struct loop *loop, struct watch *watch, uint32_t events);
void loop_change(struct loop *loop, struct watch *watch, uint32_t events);
void loop_remove(struct loop *loop, struct watch *watch);

/* Waits at most `wait_ms` (at most a minute, whatever is asked) until something is ready. */
void loop_wait(struct loop *loop, msec wait_ms);
/* Calls what the last wait found ready; the caller has read the clock in between. */
void loop_run(struct loop *loop);
