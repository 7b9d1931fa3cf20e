/* SPDX-License-Identifier: MIT */
/* webhooks_item.h - inside of the webhooks: messages that wait, and their receivers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/time.h"
#include "daemon/webhooks.h"

#define WEBHOOK_WHY_SIZE 256
#define WEBHOOK_GONE \
    "it answered 410 Gone, and is told nothing until the configuration is loaded anew"

struct config_webhook;

struct webhook_item {
    uint64_t id;    /* in the order in which it happened */
    size_t place;   /* where the store has it */
    char *receiver; /* name of the webhook */
    uint64_t incident;
    msec made_at; /* wall */
    char uuid[UUID_TEXT_SIZE];
    char *body;
    size_t size;
    bool is_asking;    /* being told just now */
    bool is_over;      /* taken or given up: its place is to be emptied */
    msec retry_at;     /* tick; 0: at once */
    unsigned failures; /* in a row */
};

struct webhook_receiver {
    char *name;
    char stopped_hash[HASH_TEXT_SIZE]; /* of the address that is gone; "": it is not */
    size_t flights;
    bool is_failing; /* it did not take what it was told last */
    char problem[WEBHOOK_WHY_SIZE];
    msec told_at; /* tick; when the admins last heard of it; 0: never */
    uint64_t taken_count;
    uint64_t given_up_count;
    uint64_t retried_count;
};

struct webhooks {
    struct daemon *daemon;
    struct webhook_item **items; /* in the order of their ids */
    size_t item_count;
    bool is_used[WEBHOOK_ITEMS_MAX]; /* the places of the store */
    struct webhook_receiver **receivers;
    size_t receiver_count;
    uint64_t last;   /* id of the newest message */
    uint64_t landed; /* up to this id they are on disk */
    bool is_open;
    bool is_stirred;
    bool are_stops_dirty;
    msec due_at;        /* tick; the first retry; MSEC_NEVER */
    uint64_t passed_up; /* messages that found no room */
    msec full_told_at;  /* tick; when the admins last heard of that */
};

struct webhook_receiver *webhook_receiver_get(struct webhooks *webhooks, const char *name);
/* Tells the admins, once an hour at most; `told_at` keeps when. */
void webhook_tell(struct webhooks *webhooks, msec *told_at, const char *text);
/* It leaves the queue; `why` NULL: it was taken. */
void webhook_end(struct webhooks *webhooks, struct webhook_item *item, const char *why);

/* webhooks_send.c: tells it, and notes what comes of it. */
void webhook_send(struct webhooks *webhooks, struct webhook_item *item,
                  const struct config_webhook *config);
