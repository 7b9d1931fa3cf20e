/* SPDX-License-Identifier: MIT */
#include "daemon/peers_lookup.h"

#include <assert.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct lookup {
    struct host host;
    pthread_mutex_t lock;
    bool is_done;
    bool is_left; /* nobody wants it any more: the thread frees it */
    struct lookup_address addresses[LOOKUP_ADDRESSES_MAX];
    size_t count;
    char problem[FAULT_TEXT_MAX];
};

static void lookup_end(struct lookup *lookup)
{
    pthread_mutex_destroy(&lookup->lock);
    free(lookup);
}

/* Without the lock: the thread alone writes, until it is done. */
static void lookup_ask(struct lookup *lookup)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failed = getaddrinfo(lookup->host.name, lookup->host.port, &hints, &found);
    if (failed != 0) {
        snprintf(lookup->problem, sizeof(lookup->problem), "%s: %s", lookup->host.name,
                 gai_strerror(failed));
        return;
    }
    for (const struct addrinfo *one = found; one != NULL && lookup->count < LOOKUP_ADDRESSES_MAX;
         one = one->ai_next) {
        struct lookup_address *address = &lookup->addresses[lookup->count];
        if (one->ai_addrlen > sizeof(address->address))
            continue;
        memcpy(&address->address, one->ai_addr, one->ai_addrlen);
        address->size = one->ai_addrlen;
        lookup->count++;
    }
    freeaddrinfo(found);
}

static void *lookup_main(void *context)
{
    struct lookup *lookup = context;
    lookup_ask(lookup);
    pthread_mutex_lock(&lookup->lock);
    lookup->is_done = true;
    bool is_left = lookup->is_left;
    pthread_mutex_unlock(&lookup->lock);
    if (is_left)
        lookup_end(lookup);
    return NULL;
}

struct lookup *lookup_new(const struct host *host)
{
    pthread_t thread;
    pthread_attr_t attributes;
    struct lookup *lookup = memory_new(1, sizeof(*lookup));
    lookup->host = *host;
    pthread_mutex_init(&lookup->lock, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, lookup_main, lookup) != 0) {
        snprintf(lookup->problem, sizeof(lookup->problem), "no thread to look %s up", host->name);
        lookup->is_done = true;
    }
    pthread_attr_destroy(&attributes);
    return lookup;
}

void lookup_free(struct lookup *lookup)
{
    if (lookup == NULL)
        return;
    pthread_mutex_lock(&lookup->lock);
    bool is_done = lookup->is_done;
    lookup->is_left = true;
    pthread_mutex_unlock(&lookup->lock);
    if (is_done)
        lookup_end(lookup);
}

bool lookup_is_done(struct lookup *lookup)
{
    pthread_mutex_lock(&lookup->lock);
    bool is_done = lookup->is_done;
    pthread_mutex_unlock(&lookup->lock);
    return is_done;
}

size_t lookup_addresses(const struct lookup *lookup,
                        struct lookup_address addresses[LOOKUP_ADDRESSES_MAX], struct fault *fault)
{
    assert(lookup->is_done);
    memcpy(addresses, lookup->addresses, lookup->count * sizeof(*addresses));
    if (lookup->count == 0)
        fault_set(fault, FAULT_PEER, "%.400s",
                  lookup->problem[0] != '\0' ? lookup->problem : "there is no address");
    return lookup->count;
}
