/* SPDX-License-Identifier: MIT */
/*
 * room_words.h - what somebody is told who pressed or wrote something in a room, where that is not
 * the answer to a reply (retort.h): why nothing was done, and how it is done.
 */
#pragma once

#include "notify/notify.h"
#include "notify/wordbook.h"

enum room_words {
    ROOM_FINE, /* there is nothing to say */
    ROOM_NOT_ACKED,
    ROOM_NOT_YOURS, /* somebody else acked it */
    ROOM_TOO_LATE,
    ROOM_UNDONE,
    ROOM_NOT_KEPT, /* no room on the disk */
    ROOM_OLD_MESSAGE,
    ROOM_OLD_BUTTON,
    ROOM_HOW,   /* what can be written */
    ROOM_WHICH, /* the number is missing */
    ROOM_NOT_SHOWN,
    ROOM_STRANGER, /* `remark` has what the configuration would need */
    ROOM_WORDS_COUNT
};

/* For text_each(). */
bool room_words_text(size_t index, struct text_row *row);

/* "" for ROOM_FINE. `letter` has the incident, who acked it, and the texts. Lives in `arena`. */
const char *room_words_say(enum room_words words, const struct letter *letter, struct arena *arena);
