/* SPDX-License-Identifier: MIT */
/* letters.h - gathers what the text of a page needs: the incident, the people, who is next. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "engine/record.h"

struct daemon;
struct letter;
struct policy;

/* `token` is the page's ack link, or "". Strings are borrowed from engine and configuration, or
 * live in `arena`. */
void letter_fill(const struct daemon *daemon, const struct page *page, const char *token,
                 struct arena *arena, struct letter *letter);

/* Does this page carry an ack link? */
bool letter_wants_link(const struct page *page);

/*
 * Does that link act only with a number that stands in the message? Mail is opened by scanners,
 * some of which press the buttons of what they find; a text message only where it is so configured.
 */
bool letter_wants_number(const struct daemon *daemon, const struct page *page);

/* "Ann" for "Ann Ops": what people are called in texts. The id when nobody has it. */
const char *letter_name(const struct policy *policy, const char *user, struct arena *arena);
