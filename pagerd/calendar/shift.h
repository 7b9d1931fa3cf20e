/* SPDX-License-Identifier: MIT */
/*
 * shift.h - what a calendar file says, as plain data: shifts with their events, and warnings.
 *
 * A shift is one interval of one event, whole: neither clipped to the window, nor merged with its
 * neighbours, nor resolved against shifts that overlap it. Names are still text here; layers.h
 * makes people and segments of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"

#define SHIFTS_MAX 200000        /* in one list */
#define SHIFT_WARNINGS_MAX 1000  /* beyond it only counted */
#define SHIFT_ATTENDEES_MAX 64   /* per event */
#define SHIFT_TITLE_MAX 200      /* bytes, where it is shown */
#define SHIFT_RULE_MAX 512       /* bytes of shift_event.rule */
#define SHIFT_OVERRIDE_MAX 64    /* bytes of shift_event.override */
#define CALENDAR_FILES_MAX 20000 /* of one calendar: a folder, or events of a CalDAV collection */
#define CALENDAR_EVENTS_MAX 20000
#define CALENDAR_BYTES_MAX (16 * 1024 * 1024) /* all files of one calendar together */

/* Somebody invited to an event. */
struct shift_attendee {
    const char *address; /* without "mailto:" */
    const char *name;    /* CN, or NULL */
    bool is_person;      /* CUTYPE is not a room, resource or group */
    bool is_organizer;   /* the same address as ORGANIZER */
    bool is_declined;
};

/* One VEVENT; shared by all shifts that it makes. */
struct shift_event {
    const char *summary;    /* unescaped, trimmed, valid UTF-8; may hold controls; never NULL */
    const char *uid;        /* never NULL; "" when the file gives none */
    const char *file;       /* name of the file as it was given in the request */
    uint32_t line;          /* of its BEGIN:VEVENT; physical, from 1 */
    const char *users;      /* value of X-PAGERD-USER: ids with commas, or NULL */
    const char *categories; /* joined by commas, or NULL */
    const char
        *rule; /* its RRULEs as written, joined by blanks, or NULL; a longer one ends in "..." */
    const char
        *override; /* value of X-PAGERD-OVERRIDE: "o57" of the pagerd that wrote it; or NULL */
    const struct shift_attendee *attendees;
    size_t attendee_count;
};

struct shift {
    msec start_at;
    msec end_at;      /* always later than start_at */
    msec instance_at; /* instance of a series: its start before overrides; 0 when not recurring */
    const struct shift_event *event;
    const char *clock_note; /* what a change of the clocks does to it, a sentence; or NULL */
};

/* `code` is one of calendars.md 3.4: E-... is an error of that event or file, W-... a doubt. */
struct shift_warning {
    const char *file; /* borrowed from the list, like all strings here */
    uint32_t line;    /* 0: the file as a whole */
    const char *code;
    const char *text;
};

/* Owned by the caller; everything in it lives in its arena. */
struct shift_list {
    struct arena *arena;
    struct shift *shifts; /* sorted by start, summary, end, uid */
    size_t shift_count;
    struct shift_warning *warnings; /* in order of discovery */
    size_t warning_count;
    size_t warnings_dropped; /* beyond SHIFT_WARNINGS_MAX */
    size_t event_count;      /* VEVENTs seen, cancelled and faulty ones too */
    msec from_at;            /* the window that was asked for */
    msec until_at;
    const char *problem; /* a file-level failure in a sentence, or NULL: then the list is whole */
};

/* Its title as one line of clean text, at most SHIFT_TITLE_MAX bytes, in the arena. */
const char *shift_event_title(struct arena *arena, const struct shift_event *event);

void shift_list_free(struct shift_list *list);
CLEANUP_DEFINE(struct shift_list *, shift_list_free)
