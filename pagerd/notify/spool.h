/* SPDX-License-Identifier: MIT */
/*
 * spool.h - how pagerd and the programs that drive a modem give each other messages: as files in
 * folders. For the channels that make such requests, and the courier that carries them out.
 *
 * A request of kind REQUEST_SPOOL has the spool's path as its url and says in its headers what is
 * wanted. PUT lays the body down as a file and is answered when that has become something: 200 once
 * it lies among what was sent, 422 among what failed, in both cases with the file's content; when
 * nothing has by the end of its time, it is taken back. A file of that name that lies somewhere on
 * this way already is waited for, and not laid down again. GET answers with what has come in, and
 * removes what was taken before.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

#define SPOOL_SENT 200
#define SPOOL_FAILED 422
#define SPOOL_PUT_MS 60000
#define SPOOL_GET_MS 10000
#define SPOOL_NAME_SIZE 200
#define SPOOL_FILE_MAX 8192 /* bytes of one that are read */
#define SPOOL_FILES_MAX 24  /* that one GET answers with, and that the next one may remove */

/* The names of folders in a spool; several with blanks between. */
struct spool_layout {
    const char *fallback; /* where such a spool is, when the settings do not say */
    const char *outgoing;
    const char *pending; /* where a file waits for the modem, outgoing among them */
    const char *sent;
    const char *failed;
    const char *incoming;
};

/* One file of what came in. Borrowed. */
struct spool_file {
    const char *place; /* "incoming/GSM1.abc": what its removal is asked with */
    struct span bytes;
};

/* May this be the name of a file or folder: no separator, nothing hidden? */
bool spool_is_name(struct span name);

/* Appends a file to what a GET is answered with. */
void spool_add(struct text *text, const char *place, struct span bytes);
/* Takes the next one off. False: there is no more, or what follows is no such answer. */
bool spool_next(struct span *rest, struct spool_file *file, struct arena *arena);

/* UTF-8 of what was UTF-16 (by its mark, or big endian), and of what is neither that nor UTF-8 as
 * if it were Latin-1. */
void spool_add_text(struct text *text, struct span bytes, bool is_wide);
