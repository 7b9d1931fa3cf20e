/* SPDX-License-Identifier: MIT */
/*
 * mail_subject.h - what the subject of a monitoring mail says: a problem, its end, or a remark.
 *
 * Programs put a state before or behind the name of what they watch: "[RESOLVED] x", "UP alert: x",
 * "** RECOVERY Service Alert: x is OK **". Without its states the subject is the same for a problem
 * and its end, and so names it. Numbers stay: db1 and db2 are two. Whoever is not understood is a
 * problem, for a page too much is better than none.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"
#include "engine/event.h"

struct mail_subject {
    enum event_kind kind;      /* TRIGGER, RESOLVE_SOURCE or NOTE_SOURCE */
    enum severity severity;    /* SEVERITY_COUNT: it does not say */
    const char *severity_word; /* the state that says it, in small letters; "" */
    struct text rest;          /* without its states; not empty unless the subject is */
};

/* Reads one line of clean UTF-8. Give it back with text_clear(&subject->rest). */
void mail_subject_read(struct span line, struct mail_subject *subject);
