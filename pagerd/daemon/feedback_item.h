/* SPDX-License-Identifier: MIT */
/*
 * feedback_item.h - inside of the feedback: what was told of one incident, and how its source is
 * reached.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "daemon/feedback.h"
#include "notify/feedback.h"

struct alert_record;
struct incident;
struct map;

/* One alert of an incident. */
struct feedback_item {
    uint64_t alert;    /* id of its record */
    uint64_t number;   /* of the incident */
    bool is_told;      /* it is acknowledged there */
    char *told_by;     /* by whom, as far as that is known; "": it is not */
    msec told_at;      /* tick; since when that is known */
    bool is_commented; /* the resolve by hand is told there */
    bool is_asking;    /* being told just now */
    bool is_doubted;   /* the source has spoken meanwhile: what is being told may be undone */
    bool is_noted;     /* the timeline has it that it could not be told */
    msec retry_at;     /* tick; 0: at once */
    unsigned failures; /* in a row */
};

/* One source. */
struct feedback_place {
    char *name;
    size_t flights;
    msec failing_at; /* tick; since when it cannot be told; 0: it can */
    msec told_at;    /* tick; when the admins last heard of that; 0: not yet */
    char problem[FEEDBACK_WHY_SIZE];
    uint64_t told_count;
    uint64_t refused_count;
};

struct feedbacks {
    struct daemon *daemon;
    struct map *items; /* alert -> struct feedback_item */
    struct feedback_place **places;
    size_t place_count;
    bool is_open;
    bool has_ways;      /* some integration has one, as the configuration says */
    bool is_stirred;    /* there may be something to do */
    bool is_dirty;      /* the book is to be saved */
    msec saved_at;      /* tick */
    msec due_at;        /* tick; the first retry; MSEC_NEVER */
    uint64_t passed_up; /* alerts that found no room */
};

/* feedback.c */
struct feedback_item *feedback_item_find(const struct feedbacks *feedbacks, uint64_t alert);
/* Since now (tick) it is acknowledged there by that user; "": it is not known by whom, or it is
 * not. False: it was so already. */
bool feedback_item_name(struct feedback_item *item, const char *by, msec now);
/* NULL when it has left memory. */
const struct alert_record *feedback_record(const struct incident *incident, uint64_t alert);
struct feedback_place *feedback_place_get(struct feedbacks *feedbacks, const char *name);
/* Who has it, or has resolved it; "": nobody. Borrowed. */
const char *feedback_actor(const struct incident *incident);

/* feedback_send.c: tells it, and notes what comes of it. */
void feedback_send(struct feedbacks *feedbacks, struct feedback_item *item,
                   enum feedback_action action);
