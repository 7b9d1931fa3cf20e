/* SPDX-License-Identifier: MIT */
/*
 * field.h - values out of a body, brought within the limits of engine/record.h.
 *
 * Nothing is refused for its length: a long text is cut at a character and ends in an ellipsis, a
 * long key keeps its start and gets a hash, so that two long keys stay two.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/event.h"
#include "engine/record.h"

#define URL_MAX 2048 /* longer ones are left out: half a URL leads nowhere good */

/* One line: controls and runs of white space are single spaces. "" for NULL. */
const char *field_line(struct arena *arena, const char *text, size_t max);
/* Paragraphs: newlines stay, other controls go. "" for NULL. */
const char *field_block(struct arena *arena, const char *text, size_t max);
const char *field_key(struct arena *arena, const char *text);
/* Undoes percent-encoding (RFC 3986 section 2.1); a percent sign that begins none stays, a NUL
 * becomes a space, and so does "+" in a form. */
char *field_unescape(struct arena *arena, struct span span, bool is_form);
bool field_is_escaped(struct span span); /* every percent sign begins an escape */
/* An http or https URL, else "". */
const char *field_url(struct arena *arena, const char *text);

/* What a program wrote for people, as details: words, an object with a line per member that says
 * something, or an array. "" for NULL. */
const char *field_details(struct arena *arena, const struct json *json);

/* "{EVENT.RECOVERY.ID}": what Zabbix sends for a macro that has no value. NULL is none. */
bool field_is_macro(const char *text);

/* Without what looks like a key of ours, for a body may hold the one it came by. Never longer; may
 * be `text` itself. */
const char *field_without_keys(struct arena *arena, const char *text);

/* The first of the named members that is a string, number or bool and not empty; or NULL. */
const char *field_first(const struct json *object, const char *const *names);

/* Members of an object as labels: values other than objects and arrays, up to LABELS_MAX. They may
 * point into the object, which has to live as long as the arena. */
size_t field_labels(struct arena *arena, const struct json *object, struct label **labels);
/* One more label; nothing happens for an empty value, a name that is there, or beyond LABELS_MAX.
 * The alert's labels are none, or were added by this function. */
void field_label_add(struct arena *arena, struct alert *alert, const char *name, const char *value);

/* RFC 3339 as wall time; 0 for what is none, or lies before 1970. */
msec field_instant(const char *text);
/* "name: value" as a line of its own, for details; nothing for an empty value. */
void field_detail_add(struct text *details, const char *name, const char *value);

/* What the source says of the weight: the severity, its own word, and whether the word was missing
 * or is not one of severity_parse(); then the severity is `missing` or `unknown`. */
void field_weigh(struct arena *arena, const char *word, enum severity missing,
                 enum severity unknown, struct alert *alert);

/* By the label "severity", of a source that has no other word for it; nothing without one. */
void field_weigh_label(struct arena *arena, struct alert *alert);

enum severity field_severity(const char *text, enum severity fallback);
