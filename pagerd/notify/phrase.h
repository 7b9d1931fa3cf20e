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

/* The name of a field by its place in the table; NULL at the end. */
const char *phrase_field(size_t index);

/* Is there a field of that name, without its dollar sign? */
bool phrase_has_field(struct span name);

/* Checks a template that is not ours: fields, groups and ranks; with `is_sms` also that it fits one
 * segment when every field has the longest that it can say. FAULT_INPUT says where it is wrong. */
MUST_USE bool phrase_check(const char *template, bool is_sms, struct fault *fault);

/* A template as an SMS, fitted to one segment. Lives in `arena`. */
const char *phrase_fit(const struct letter *letter, const char *template, struct arena *arena);
