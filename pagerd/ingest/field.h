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
#include "engine/record.h"

#define URL_MAX 2048 /* longer ones are left out: half a URL leads nowhere good */

/* One line: controls and runs of white space are single spaces. "" for NULL. */
const char *field_line(struct arena *arena, const char *text, size_t max);
/* Paragraphs: newlines stay, other controls go. "" for NULL. */
const char *field_block(struct arena *arena, const char *text, size_t max);
const char *field_key(struct arena *arena, const char *text);
/* An http or https URL, else "". */
const char *field_url(struct arena *arena, const char *text);

/* The first of the named members that is a string, number or bool and not empty; or NULL. */
const char *field_first(const struct json *object, const char *const *names);

/* Members of an object as labels: values other than objects and arrays, up to LABELS_MAX. */
size_t field_labels(struct arena *arena, const struct json *object, struct label **labels);

enum severity field_severity(const char *text, enum severity fallback);
