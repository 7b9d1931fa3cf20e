/* SPDX-License-Identifier: MIT */
/*
 * template.h - sentences with values in them, which a house may have in its own words.
 *
 * "$name" is a value. A group "{0:...}" is left out when one of its values has nothing to say. Each
 * sentence has values of its own, and knows their names.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/text.h"

/* A sentence as it is shipped. */
struct template_row {
    const char *name;   /* "told.shift-soon" */
    const char *text;   /* the template */
    const char *fields; /* the names of its values, blanks between; "": none */
    unsigned max;       /* letters that fit its place, with values of usual length; 0: any number */
    bool is_sms;        /* goes out as an SMS, too: only letters of its alphabet */
};

/* One value; an array of them ends with a field of NULL. A text of NULL or "" says nothing. */
struct template_value {
    const char *field;
    const char *text;
};

/* Appends the sentence with its values. `template` is shipped or has passed template_check(). */
void template_add(struct text *text, const char *template, const struct template_value *values);

/* Can this be said instead of what is shipped? FAULT_INPUT says where it is wrong and what would be
 * right: values that the sentence has not, groups that do not end, more letters than fit. */
MUST_USE bool template_check(const char *template, const struct template_row *row,
                             struct fault *fault);
