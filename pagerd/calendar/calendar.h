/* SPDX-License-Identifier: MIT */
/*
 * calendar.h - iCalendar bytes in, shifts out; the only door of the expansion.
 *
 * libical reads parameters, texts and rules; zones, recurrence and precedence are ours, by the
 * rules written in docs/calendars.md. Never run on bytes from outside in the daemon itself: that
 * is what reader.h is for. Reads no clock and no file but zones below `tzdir`.
 */
#pragma once

#include "base/fault.h"
#include "base/id.h"
#include "base/span.h"
#include "calendar/shift.h"

struct calendar_file {
    const char *name; /* for messages: a path or a URL without its secrets */
    struct span bytes;
};

struct calendar_request {
    const struct calendar_file *files; /* all files together are one calendar */
    size_t file_count;
    const char
        *zone_name; /* for times without a zone, unless the file has X-WR-TIMEZONE; NULL: UTC */
    bool is_zone_forced; /* zone_name beats X-WR-TIMEZONE (the layer's own setting) */
    const char *tzdir;   /* NULL: /usr/share/zoneinfo */
    msec from_at;        /* shifts that overlap [from_at, until_at) are wanted */
    msec until_at;
    msec now_at;           /* W-ENDS is told of rules that end within 30 days of it; 0: of none */
    bool is_exact_told;    /* W-EXACT-DIFFERS is told, for whoever compares calendar programs */
    bool is_floating_told; /* W-FLOATING is told: who is named here lives in more than one zone */
};

/*
 * Expands all files. Fails (FAULT_INPUT) only when `zone_name` is no zone; everything that is wrong
 * with the bytes is a warning or, for a whole file, list->problem.
 */
MUST_USE bool calendar_expand(const struct calendar_request *request, struct shift_list **list,
                              struct fault *fault);

/*
 * Reads a file, or all *.ics of a folder in order of name, into `arena`. `files` has room for
 * CALENDAR_FILES_MAX; a folder without any is a fault.
 */
MUST_USE bool calendar_read(struct arena *arena, const char *path, struct calendar_file *files,
                            size_t *file_count, struct fault *fault);

/* Hash of the bytes without DTSTAMP lines (Google stamps every download): has it changed? */
void calendar_hash(const struct calendar_file *files, size_t file_count, char hash[HASH_TEXT_SIZE]);

struct calendar_command {
    const char *path;
    const char *from; /* RFC 3339 */
    const char *until;
    const char *timezone; /* or NULL: UTC */
    const char *tzdir;    /* or NULL */
    const char *layer;    /* name of a role, such as "secondary"; NULL: all events */
    bool is_json;
};

/*
 * The implementation of `pagerd --calendar`, in a child under the limits of the reader: prints the
 * shifts to stdout, as a table in local time or as JSON: {"shifts":[{"start","end","summary","uid",
 * "rule","instance","clock_note","file","line"}],"warnings":[{"file","line","code","text"}],
 * "problem"}. Returns the exit status: 0; 1 when a file was no good; 2 when an argument was.
 */
int calendar_expand_command(const struct calendar_command *command);
