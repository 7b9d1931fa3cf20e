/* SPDX-License-Identifier: MIT */
/*
 * peers_lookup.h - the addresses of a host by its name, asked in a thread of their own.
 *
 * Who asks never waits: a name server that is away can hold getaddrinfo(3) for a minute, and what
 * is not wanted any more is left to that thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/host.h"

#define LOOKUP_ADDRESSES_MAX 8

struct lookup;

struct lookup_address {
    struct sockaddr_storage address;
    socklen_t size;
};

/* Begins to ask. The caller owns the lookup. */
struct lookup *lookup_new(const struct host *host);
void lookup_free(struct lookup *lookup);

bool lookup_is_done(struct lookup *lookup);
/* Once it is done: up to LOOKUP_ADDRESSES_MAX addresses; 0: none, and the fault says why. */
size_t lookup_addresses(const struct lookup *lookup,
                        struct lookup_address addresses[LOOKUP_ADDRESSES_MAX], struct fault *fault);
