/* SPDX-License-Identifier: MIT */
/*
 * writeback_target.h - inside of the write-back: the calendars that overrides are written into.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/rotas_slot.h"
#include "daemon/writeback.h"
#include "daemon/written.h"

struct map;

/* One CalDAV calendar. */
struct target_calendar {
    char *name;
    struct written_book book;
    bool is_dirty;     /* the book is to be saved */
    bool is_saving;    /* the worker has it */
    bool is_asking;    /* the courier has a write of ours */
    bool is_stirred;   /* there may be something to do */
    uint64_t seen;     /* round of dav_sync.h that was looked at */
    const void *good;  /* list of shifts that was looked at; only compared */
    msec failing_at;   /* tick; since when nothing can be written; 0: it can */
    bool is_told;      /* of that */
    char problem[384]; /* "" when it can be written */
};

struct writeback {
    struct daemon *daemon;
    char instance[INSTANCE_TEXT_SIZE]; /* "" before the past is there */
    bool is_open;
    struct target_calendar **calendars;
    size_t count;
    struct map *held; /* id -> itself: overrides whose commit is under way */
};

/* writeback.c; NULL when there is none */
struct target_calendar *target_calendar_find(const struct writeback *writeback, const char *name);
struct slot *target_slot(const struct writeback *writeback, const char *name);

/* writeback_send.c: sends one write; what comes of it is noted in the book. `etag` is what it may
 * replace. */
void write_start(struct writeback *writeback, struct target_calendar *calendar,
                 const struct slot *slot, const struct written *written, enum written_action action,
                 const char *etag);
