/* SPDX-License-Identifier: MIT */
/*
 * effect.h - what the engine wants done: records to save, entries to write, pages to send.
 *
 * One effects object gathers all steps of a turn. A record changed several times in a turn is
 * listed once and is saved as it stands at the end. The turn commits all of it in one transaction
 * and only then answers senders and hands pages to the courier.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/event.h"
#include "engine/record.h"

enum effect_kind {
    EFFECT_SAVE_INCIDENT,
    EFFECT_SAVE_ALERT,
    EFFECT_SAVE_PAGE,
    EFFECT_SAVE_PERSON,
    EFFECT_SAVE_OVERRIDE,
    EFFECT_SAVE_SILENCE,
    EFFECT_SAVE_HEARTBEAT,
    EFFECT_SAVE_HANDOFF,
    EFFECT_SAVE_SWAP,
    EFFECT_SAVE_PROOF,
    EFFECT_ENTRY,         /* append to the timeline or audit log */
    EFFECT_SEND,          /* after the commit: hand this page to the courier */
    EFFECT_REVOKE_TOKENS, /* the incident is resolved: its ack links are void */
    EFFECT_COUNT
};

struct effect {
    enum effect_kind kind;
    union {
        const struct incident *incident; /* EFFECT_SAVE_INCIDENT */
        const struct alert_record *alert;
        const struct page *page; /* EFFECT_SAVE_PAGE, EFFECT_SEND */
        const struct person *person;
        const struct override *override;
        const struct silence *silence;
        const struct heartbeat *heartbeat;
        const struct handoff *handoff;
        const struct swap *swap;
        const struct proof *proof;
        const struct entry *entry; /* in the arena */
        uint64_t number;           /* EFFECT_REVOKE_TOKENS */
    };
};

struct effects {
    struct arena *arena; /* the turn's; entries and texts live in it */
    struct effect *list;
    size_t count;
    size_t room;
    uint64_t turn; /* the engine's own: tells records listed already from others; 0: none yet */
    size_t fired;  /* the engine's own: timers fired in this turn (timers.h) */
};

struct effects *effects_new(struct arena *arena);
void effects_free(struct effects *effects);
/* Empties it after the turn was committed; the caller resets the arena. */
void effects_reset(struct effects *effects);

enum answer_kind {
    ANSWER_DONE,
    ANSWER_ALREADY,   /* it was so before; success without a change */
    ANSWER_NOT_FOUND, /* no such incident, user, team, override, silence */
    ANSWER_CONFLICT,  /* somebody else has it; `user` says who */
    ANSWER_CLOSED,    /* the incident is resolved */
    ANSWER_REFUSED,   /* not this person's to do; `text` says why */
    ANSWER_INVALID,   /* the request makes no sense; `text` says why */
    ANSWER_FULL,      /* a limit is met: 503, try again later */
    ANSWER_COUNT
};

/* What became of one event; filled by engine_step. Strings are borrowed until the next step. */
struct answer {
    enum answer_kind kind;
    uint64_t incident; /* number concerned, or 0 */
    uint64_t id;       /* override, silence or heartbeat made, or 0 */
    bool is_new;       /* the alert opened an incident */
    const char *user;  /* who has it, for CONFLICT and CLOSED */
    msec at;           /* since when, wall */
    char text[256];
};
