/* SPDX-License-Identifier: MIT */
/* push.h - a letter as push services show it: a title, a few lines, and how loud. */
#pragma once

#include "base/json.h"
#include "notify/notify.h"
#include "notify/wordbook.h"

#define PUSH_TITLE_MAX 250    /* bytes; Pushover takes no more */
#define PUSH_DETAILS_MAX 1000 /* bytes; a phone shows no more */
#define PUSH_LINK_MAX 1024    /* bytes of a runbook; a longer one is on the ack page */

/* From the quietest. */
enum push_level {
    PUSH_SILENT, /* good news: no sound */
    PUSH_NOTICE,
    PUSH_LOW,    /* an alarm of a warning or of less */
    PUSH_HIGH,   /* of an error */
    PUSH_URGENT, /* critical */
    PUSH_LEVEL_COUNT
};

/* Strings live in the arena or are borrowed from the letter. */
struct push {
    enum push_level level;
    const char *title;
    const char *body;     /* never "" */
    const char *ack_link; /* NULL: nothing to answer */
    const char *runbook;  /* http or https, or NULL */
    /* words of the house: on buttons, and of links */
    const char *ack_label;
    const char *pass_label;
    const char *runbook_label;
    const char *link_label; /* "Ack #412" */
    const char *ack_word;   /* "Ack", in front of a link */
};

/* For text_each(). */
bool push_text(size_t index, struct text_row *row);

/* At most `body_max` bytes of body; of a private team nothing about the system. */
struct push push_new(const struct letter *letter, size_t body_max, struct arena *arena);

/*
 * The address of something on a server of one's own, whose own address may end in a slash. Fails on
 * a server that is none.
 */
MUST_USE bool push_url(const char *server, const char *path, struct arena *arena, const char **url,
                       struct fault *fault);

/* What a server says of its health, as JSON in `arena`. NULL: it says nothing of the kind, and the
 * verdict is made. */
const struct json *push_health(const struct result *result, const struct channel_settings *settings,
                               struct arena *arena, struct verdict *verdict);
