/* SPDX-License-Identifier: MIT */
/* phrase.h - fills the templates of wording.h with what a letter says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "notify/moment.h"
#include "notify/notify.h"

struct phrase {
    const struct letter *letter;
    struct moment_view view;
    bool is_sms;       /* in the GSM alphabet, long names shortened */
    unsigned drop;     /* groups of ranks 1 to this are left out */
    size_t what_max;   /* septets left to the symptom (or to a notice), cut in its middle */
    size_t object_max; /* septets left to the object */
    size_t what_size;  /* set while rendering: septets that the symptom and the object took */
    size_t object_size;
};

struct phrase phrase_new(const struct letter *letter, bool is_sms);
void phrase_add(struct phrase *phrase, struct text *text, const char *template);

/* A template as an SMS, fitted to one segment. Lives in `arena`. */
const char *phrase_fit(const struct letter *letter, const char *template, struct arena *arena);
