/* SPDX-License-Identifier: MIT */
/*
 * phrase.h - fills the templates of wording.h with what a letter says.
 *
 * What stands behind a dollar sign is a field. Texts to be read have those of phrase_fields; what
 * is spoken has others of the same names (dialog.h), for the ear.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "notify/moment.h"
#include "notify/notify.h"
#include "notify/wordbook.h"

struct phrase;

/* What a template may say after a dollar sign; says nothing where there is nothing to say. */
struct phrase_field {
    const char *name;
    void (*put)(struct phrase *phrase, struct text *text);
};

/* Those of texts that are read; the last has no name. */
extern const struct phrase_field phrase_fields[];

struct phrase {
    const struct letter *letter;
    const struct phrase_field *fields;
    const struct dialog_facts *facts; /* of a call; else NULL */
    struct moment_view view;
    bool is_sms;        /* in the GSM alphabet, long names shortened */
    struct text *ranks; /* while a draft is made; else NULL */
    size_t what_max;    /* septets left to the symptom (or to a notice), cut in its middle */
    size_t object_max;  /* septets left to the object */
    size_t what_size;   /* set while rendering: septets that the symptom and the object took */
    size_t object_size;
};

struct phrase phrase_new(const struct letter *letter, bool is_sms);
void phrase_add(struct phrase *phrase, struct text *text, const char *template);

/* Which rank takes a byte out of a draft: '1' to '6', or this: it stays. */
#define PHRASE_STAYS '9'

/* All that a template can say becomes the text, not trimmed, and `ranks` has as many bytes: which
 * rank takes out each. So it is said once, and then cut until it fits. */
void phrase_draft(struct phrase *phrase, struct text *text, struct text *ranks,
                  const char *template);

/* A template with all that it can say, to be read anywhere but in an SMS. Lives in `arena`. */
const char *phrase_copy(const struct letter *letter, const char *template, struct arena *arena);

/* The field of that name, without its dollar sign; NULL: there is none. */
const struct phrase_field *phrase_field_find(const struct phrase_field *fields, struct span name);

/* Checks a template that is not ours: fields, groups and ranks, and that it fits its place when
 * every field has the longest that it can say. FAULT_INPUT says where it is wrong. */
MUST_USE bool phrase_check(const char *template, enum text_use use, struct fault *fault);

/* A template as an SMS, fitted to one segment. Lives in `arena`. */
const char *phrase_fit(const struct letter *letter, const char *template, struct arena *arena);
