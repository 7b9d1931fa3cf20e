/* SPDX-License-Identifier: MIT */
/*
 * shared.h - strings that do not change and are counted: what many records say is there once.
 *
 * A record that holds such a string owns a share of it; the string goes with its last share. "" is
 * always the same one and takes no memory. What is short and said by many records (names, words)
 * is looked up when it is made and kept once for all of them; what is one record's own (a summary)
 * is not, but may have several owners as well. For the thread of the engine alone.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"

/* A share of a string with these bytes; NULL gives "". shared_name() looks for one that is there.
 */
const char *shared_name(const char *string);
const char *shared_copy(const char *string);
const char *shared_copy_span(struct span span);

/* Two strings side by side, of which `second` is at `ret_second`: one share holds both, and is the
 * one that is returned. */
const char *shared_pair(const char *first, const char *second, const char **ret_second);

/* One more share of a shared string. */
const char *shared_again(const char *string);

/* Gives a share back; NULL is none. */
void shared_drop(const char *string);

/* Strings that shared_name() has at present. */
size_t shared_name_count(void);
