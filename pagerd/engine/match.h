/* SPDX-License-Identifier: MIT */
/*
 * match.h - "label=value" texts that say which alerts are meant: in routes, and in silences.
 *
 * A matcher compares one label. "service=web" wants that very text, "service=redis*" one that
 * begins so (`*` is any text, also none, anywhere and more than once), "site!=ams*" any other.
 * Matchers side by side must all hold. A label that the alert does not have counts as an empty
 * text, so that "site=" means "without a site" and "site!=" means "with one".
 *
 * The words integration, service, source, severity and summary stand for what every alert has,
 * unless the alert has a label of that name, which comes first. Letters count as they are written.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "engine/event.h"
#include "engine/record.h"

#define MATCHERS_MAX 16 /* side by side */

/* Plain data; the texts belong to the arena that it was parsed into. */
struct matcher {
    const char *label;
    const char *pattern;
    bool is_negated;
};

/* What is looked at: the same of an alert and of an incident. Borrows all of it. */
struct match_subject {
    const struct label *labels;
    size_t label_count;
    const char *integration;
    const char *service;
    const char *source;
    const char *summary;
    enum severity severity;
};

struct match_subject match_subject_alert(const struct alert *alert);
struct match_subject match_subject_incident(const struct incident *incident);

/* Fails with a sentence that says what is wrong with the text and what to write instead. */
MUST_USE bool matcher_parse(struct arena *arena, struct span text, struct matcher *matcher,
                            struct fault *fault);
/* "site!=ams*", as matcher_parse() takes it. */
void matcher_render(struct text *text, const struct matcher *matcher);
bool matcher_is_same(const struct matcher *left, const struct matcher *right);
/* Does it hold whatever the alert says ("service=*")? */
bool matcher_is_any(const struct matcher *matcher);

/* The value that the matcher compares: a label, else the word of that name, else "". */
const char *match_value(const struct match_subject *subject, const char *label);
/* Do all of them hold? None at all match everything. */
bool match_all(const struct matcher *matchers, size_t count, const struct match_subject *subject);
/* `*` in the pattern is any text. */
bool match_glob(const char *pattern, const char *text);
