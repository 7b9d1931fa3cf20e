/* SPDX-License-Identifier: MIT */
/*
 * written.h - what has become of an override in the calendar that it is written to, and what is to
 * be done about it next.
 *
 *   waiting --PUT--> landed --changed there--> released (the calendar's event counts instead)
 *                      \--deleted there, or taken out by us--> forgotten
 *
 * Deciding is pure. The book of one calendar lies below STATE/calendars/NAME/ in the file
 * "written"; it is small, and replaced as a whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

#define WRITTEN_MAX 5000 /* overrides of one calendar */

enum written_state {
    WRITTEN_WAITING,
    WRITTEN_LANDED,
    WRITTEN_RELEASED, /* somebody has edited it there */
    WRITTEN_STATE_COUNT
};

/*
 * One override, with all that its event says: the engine forgets an override that has ended when
 * pagerd is started again, and the event has still to be changed then. Strings are its own.
 */
struct written {
    uint64_t id;
    enum written_state state;
    char *etag; /* as the server gave it; "" when it gave none */
    char *user;
    char *summary;
    char *description;
    char *categories;     /* or NULL */
    msec from_at;         /* in whole seconds, like the others */
    msec until_at;        /* as written, or tried first */
    msec wished_until_at; /* as it shall be */
    bool is_wanted;       /* it shall be there at all */
    uint32_t sequence;
    /* not in the book */
    uint64_t round;    /* of dav_sync.h: what an earlier one shows is older than our last write */
    msec retry_at;     /* tick */
    unsigned failures; /* writes in a row */
};

/* The event as the last round shows it. */
struct written_sight {
    bool is_fresh; /* the round began after our last write */
    bool is_there;
    bool is_read; /* its content is known; then: */
    bool is_same; /* it is as written or as wished, so nobody else has changed it */
    const char *etag;
};

enum written_action {
    WRITE_NOTHING,
    WRITE_NEW,     /* put it there, unless there is one */
    WRITE_CHANGE,  /* put the wish in place of what was written */
    WRITE_REMOVE,  /* delete it there */
    WRITE_ADOPT,   /* it is there, from us: note it */
    WRITE_RELEASE, /* it was changed there: end the override, let the event count */
    WRITE_REVOKE,  /* it was deleted there: end the override, forget it */
    WRITE_FORGET,
    WRITE_ACTION_COUNT
};

/* `is_active`: the override counts now or will, in the engine. */
enum written_action written_decide(const struct written *written, bool is_active,
                                   const struct written_sight *sight);

/* All of one calendar, by id. Zeroed at first. */
struct written_book {
    struct written *list;
    size_t count;
};

void written_book_clear(struct written_book *book);
struct written *written_book_find(const struct written_book *book, uint64_t id);
/* Takes one in, and its strings over. When WRITTEN_MAX are in, the one that was over first leaves;
 * false when none is over by `now`. Voids pointers into the list. */
bool written_book_add(struct written_book *book, const struct written *written, msec now);
void written_book_remove(struct written_book *book, struct written *written);
void written_set_etag(struct written *written, const char *etag);
void written_clear(struct written *written);

void written_book_render(struct text *text, const struct written_book *book);
MUST_USE bool written_book_parse(struct span bytes, struct written_book *book, struct fault *fault);

/* On disk, below STATE/calendars/`name`/. A book that was never written loads as an empty one. */
MUST_USE bool written_book_load(const char *state, const char *name, struct written_book *book,
                                struct fault *fault);
MUST_USE bool written_bytes_save(const char *state, const char *name, struct span bytes,
                                 struct fault *fault);
