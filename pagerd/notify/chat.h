/* SPDX-License-Identifier: MIT */
/*
 * chat.h - rooms of chat services: one message per incident, edited in place where the service can,
 * what happens in its thread, and buttons.
 *
 * Pure. A room is no contact of a person: it wakes nobody. What is shown follows from a letter and
 * a mood; each service says it in its own form, escaped for where it goes, and names nobody so
 * that their device rings.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/time.h"
#include "notify/notify.h"

struct text_row;

#define CHAT_LINKS_MAX 4
#define CHAT_BUTTONS_MAX 4
#define CHAT_TITLE_MAX 400  /* bytes; what is longer is cut at a character, with a mark */
#define CHAT_LABEL_MAX 70   /* the same; a button of Slack has 75 characters */
#define CHAT_STATUS_MAX 600 /* the same */
#define CHAT_ANSWER_MAX 200 /* the same; Telegram shows no more of an answer to a button */
#define CHAT_SEEN_MS                                                             \
    (5 * MINUTE_MS) /* a signed request that is older is refused: it is replayed \
                     */

/* How an incident stands, as a room sees it. */
enum chat_mood {
    CHAT_WAITING, /* nobody is paged yet */
    CHAT_CALLING, /* `remark` has who is being paged */
    CHAT_TAKEN,   /* acknowledged */
    CHAT_SNOOZED,
    CHAT_HELD,     /* pages nobody; `remark` says why */
    CHAT_RESOLVED, /* by a person */
    CHAT_CLEARED,  /* by its source */
    CHAT_JOINED,   /* its alerts are in the incident `other` now */
    CHAT_MOOD_COUNT
};

/* What one request does. */
enum chat_errand {
    CHAT_POST,
    CHAT_EDIT,
    CHAT_THREAD,  /* makes the thread of a message, where a service wants that first */
    CHAT_NOTE,    /* into the thread */
    CHAT_WHISPER, /* to one person, after a button */
    CHAT_ERRAND_COUNT
};

struct chat_link {
    const char *label;
    const char *url;
};

struct chat_button {
    const char *label;
    const char *action; /* a word of a reply, "ack"; or "undo" */
};

/* One message, in plain words. Strings live in the arena that it was made in, or are borrowed. */
struct chat_post {
    uint64_t incident;
    enum chat_mood mood;
    enum severity severity;
    const char *mark;   /* an emoji that repeats what the words say */
    const char *title;  /* "CRIT #412 db1: disk /var 96% full" */
    const char *status; /* "ops · 03:02 · paging Ann, then Bob 03:07" */
    struct chat_link links[CHAT_LINKS_MAX];
    size_t link_count;
    struct chat_button buttons[CHAT_BUTTONS_MAX];
    size_t button_count;

    const char *room;      /* as the service names it */
    const char *reference; /* EDIT, THREAD, NOTE: of the message, as the verdict gave it */
    const char *thread;    /* NOTE: what the verdict of THREAD gave; "" where there is none */
    const char *text;      /* NOTE, WHISPER */
    const char *to;        /* WHISPER: id of the person there */
    const char *callback;  /* address for presses, with one "%s"; NULL: there is none */
    const char *nonce;     /* the same when tried again: what was taken is not taken twice */
    bool is_plain;         /* without markup, which was refused */
};

enum chat_outcome {
    CHAT_DONE,
    CHAT_LATER,   /* waiting may mend it: `retry_after_ms`, where the service said how long */
    CHAT_GONE,    /* the message is not there any more */
    CHAT_MARKUP,  /* the text cannot be read as markup: once more, plain */
    CHAT_UNFIT,   /* this message will never be taken; the room is well */
    CHAT_REFUSED, /* the room, or all of the service: a person has to mend it */
    CHAT_OUTCOME_COUNT
};

struct chat_verdict {
    enum chat_outcome outcome;
    msec retry_after_ms;
    char reference[REFERENCE_SIZE]; /* POST, THREAD: of the message or thread */
    char error[JUDGE_ERROR_SIZE];   /* without secrets; "" when done */
};

/* One service. What follows is NULL or false where it has no such thing. */
struct chat {
    const char *name; /* "slack": channel, prefix of rooms, key of users */
    bool can_edit;
    bool has_notes;    /* threads */
    bool makes_thread; /* by a request of its own, before the first note */
    bool has_whisper;  /* answers to a button go by a request of their own */
    msec gap_ms;       /* between two requests about one room */
    /* Can a press be believed with these settings? Without it messages have no buttons. */
    bool (*can_press)(const struct channel_settings *settings);
    /* Fills `request`, whose strings live in `arena` or are borrowed. */
    MUST_USE bool (*render)(enum chat_errand errand, const struct chat_post *post,
                            const struct channel_settings *settings, struct arena *arena,
                            struct request *request, struct fault *fault);
    /* Fills the verdict, which is zeroed, of an answer that came (TRANSFER_ANSWERED). */
    void (*judge)(enum chat_errand errand, const struct result *result,
                  const struct channel_settings *settings, struct chat_verdict *verdict);
};

/* What a room shows. `mood` and letter agree; the links are those of the letter, and
 * `board`, pagerd's own page. */
void chat_compose(const struct letter *letter, enum chat_mood mood, const char *board,
                  struct arena *arena, struct chat_post *post);

/* Its texts, for wordbook.h. */
bool chat_text(size_t index, struct text_row *row);

/* What came of a request: asks the service unless the transfer itself says it. */
void chat_judge(const struct chat *chat, enum chat_errand errand, const struct result *result,
                const struct channel_settings *settings, struct chat_verdict *verdict);

/* The service of that name, or NULL. */
const struct chat *chat_find(const char *name);
