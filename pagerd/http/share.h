/* SPDX-License-Identifier: MIT */
/*
 * share.h - what a call counts for where calls wait, and for whom. Thread-safe.
 *
 * People, and what is said to pagerd about pages, do not wait behind what machines say; and of
 * those each has its share.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct call;

enum share_class {
    SHARE_PEOPLE,  /* acks and looks, receipts and replies of providers, probes */
    SHARE_SOURCES, /* alerts and heartbeats */
    SHARE_CLASS_COUNT
};

enum share_class share_class(const struct call *call);

/* Whose call it is: the key, the person, or else the address. Two that are written alike are of
 * one sender. */
void share_sender(const struct call *call, char *sender, size_t size);

/* Its work, about what an alert of 500 bytes is. `body_size`: of its body, which may be on its
 * way. */
size_t share_work(size_t body_size);
size_t share_work_of(const struct call *call);

/* Is it known by now whose call it is? Not before its body is read, where the key is in that. */
bool share_is_known(const struct call *call);
