/* SPDX-License-Identifier: MIT */
/*
 * feeds_book.h - what the readers of one feed were last told of each event, so that they see a
 * change as a change: SEQUENCE rises by one, DTSTAMP is when it happened, and neither goes back
 * when pagerd is started again.
 *
 * The book knows nothing of engines and clocks: who builds a feed enters its events. Events that
 * are gone stay in the book until their time has left the feed's range, for they may come back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

#define BOOK_ENTRIES_MAX 20000
#define BOOK_SIZE_MAX (8 * 1024 * 1024) /* of its file */
#define BOOK_UID_MAX 250                /* bytes */

struct book;

/* What was told of one event. */
struct book_mark {
    uint32_t sequence;
    msec changed_at;
};

/* An empty one. A new event gets `first_sequence`: 0 for a feed that nobody has read yet. */
struct book *book_new(uint32_t first_sequence);
void book_free(struct book *book);
CLEANUP_DEFINE(struct book *, book_free)

/*
 * Enters all events of one build: book_begin, book_enter for each, book_end. `content` is whatever
 * counts as a change of the event. A uid that is too long, or one too many, is marked as changed
 * now and not remembered.
 */
void book_begin(struct book *book);
struct book_mark book_enter(struct book *book, const char *uid, struct span content, msec end_at,
                            msec now_at);
/* What was not entered is gone; what ended before `from_at` is forgotten. */
void book_end(struct book *book, msec from_at, msec now_at);

/* When anything last changed, something that went away included; 0 while it is empty. */
msec book_changed_at(const struct book *book);
size_t book_count(const struct book *book);
/* True once after something has changed: it has to be written. */
bool book_take_change(struct book *book);
/* It could not be written: as if something had changed. */
void book_put_change(struct book *book);

/* Its file, and back; damage is a fault. The caller owns the book. */
void book_render(const struct book *book, struct text *text);
MUST_USE bool book_parse(struct span bytes, struct book **book, struct fault *fault);

/* The file of a feed below STATE/feeds, by the hash of its token. Blocking: for the worker. */
MUST_USE bool book_file_write(const char *state, const char *hash, struct span bytes,
                              struct fault *fault);
/* Succeeds with nothing in `bytes` when there is none. */
MUST_USE bool book_file_read(const char *state, const char *hash, struct text *bytes,
                             struct fault *fault);
void book_file_remove(const char *state, const char *hash);
