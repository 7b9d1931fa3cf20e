/* SPDX-License-Identifier: MIT */
/* room_item.h - inside of the rooms: what each shows, and what waits to be told. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/time.h"
#include "daemon/rooms.h"
#include "notify/chat.h"
#include "notify/notify.h"

struct map;

/* One incident in one room. */
struct room_item {
    uint64_t number;
    struct room *room;
    char *reference;   /* of its message there; "": there is none, or the service tells none */
    char *thread;      /* of its thread, where that is made first; "": not yet */
    uint64_t shown;    /* version of what is there; 0: nothing */
    uint64_t noted;    /* version of the news that its thread has */
    uint64_t unfit;    /* version that the service will not take; 0: none */
    uint64_t sequence; /* of what it has been told */
    unsigned anew;     /* times that its message was deleted there */
    bool is_plain;     /* its text cannot be read as markup */
    bool is_asking;    /* being told just now */
    bool is_queued;
    struct room_item *next_queued;
    struct room_item *next; /* of the same incident */
};

struct room_queue {
    struct room_item *first;
    struct room_item *last;
};

/* One room. */
struct room {
    char *key; /* "slack:C0123" */
    const struct chat *chat;
    const char *name; /* the part of the key behind the colon */
    char *team;       /* of the latest incident that it was told of */
    bool is_asking;
    msec wait_until; /* tick */
    unsigned failures;
    msec failing_at; /* tick; since when it cannot be told; 0: it can */
    msec told_at;    /* tick; when the manager last heard of that; 0: not yet */
    char problem[JUDGE_ERROR_SIZE];
    struct room_queue fresh; /* what is not shown at all goes first */
    struct room_queue changed;
    uint64_t told_count;
    uint64_t refused_count;
};

/* What somebody who pressed a button is told. */
struct room_whisper {
    uint64_t number; /* of the incident whose commit it waits for; 0: it need not wait */
    msec made_at;    /* tick */
    char *service;
    char *room;
    char *to;
    char *text;
};

struct rooms {
    struct daemon *daemon;
    struct map *rooms;   /* key -> struct room */
    struct map *stories; /* number -> struct room_item, the first of that incident */
    size_t item_count;
    bool is_open;
    bool has_rooms; /* some team has a room: asked for every incident that is saved */
    bool has_talk;  /* somebody may write in a room of Matrix */
    bool is_dirty;  /* the book is to be saved */
    msec saved_at;  /* tick */
    uint64_t passed_up;
    struct room_whisper whispers[ROOMS_WHISPERS_MAX];
    size_t whisper_count;
    uint64_t whispered; /* since start */
    uint64_t seen[ROOMS_SEEN_MAX];
    size_t seen_count; /* in all: the oldest is overwritten */
    char *since;       /* how far the talk in Matrix is read; NULL: not at all */
    bool is_reading;
    msec read_at; /* tick; when to ask again */
    unsigned read_failures;
    uint64_t presses[2]; /* that did nothing, that did something */
};

/* What a room is to show of an incident now. */
struct room_view {
    struct chat_post post;
    uint64_t shown; /* its version, for a service that edits; else that of `news` without steps */
    uint64_t news;  /* version of what the thread is told */
    const char *note;
};

/* rooms.c */
struct room_item *room_item_find(const struct rooms *rooms, uint64_t number, const char *key);
struct room_item *room_item_get(struct rooms *rooms, uint64_t number, const char *key);
void room_queue_item(struct room_item *item);

/* rooms_book.c */
void rooms_save(struct rooms *rooms);

/* rooms_show.c */
void room_view_make(const struct rooms *rooms, const struct room *room,
                    const struct incident *incident, struct arena *arena, struct room_view *view);

/* rooms_send.c: the next thing that this room is to be told, if any; false: nothing was. */
bool room_send(struct rooms *rooms, struct room *room, struct room_item *item);
void rooms_whisper(struct rooms *rooms, uint64_t number, const char *service, const char *room,
                   const char *to, const char *text);
void rooms_whisper_send(struct rooms *rooms);

/* rooms_read.c: asks what was written in the rooms of a service that does not call us, when it is
 * due; and when that is (tick). */
bool rooms_talk(const struct rooms *rooms); /* by the configuration: does anybody write there? */
void rooms_read(struct rooms *rooms);
msec rooms_read_due(const struct rooms *rooms);
