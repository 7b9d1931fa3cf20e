/* SPDX-License-Identifier: MIT */
/* letters.h - gathers what the text of a page needs: the incident, the people, who is next. */
#pragma once

#include "base/arena.h"
#include "engine/record.h"
#include "notify/notify.h"

struct daemon;

/* `token` is the page's ack link, or "". Strings are borrowed from engine and configuration, or
 * live in `arena`. */
void letter_fill(const struct daemon *daemon, const struct page *page, const char *token,
                 struct arena *arena, struct letter *letter);

/* "Ann" for "Ann Ops": what people are called in texts. The id when nobody has it. */
const char *letter_name(const struct policy *policy, const char *user, struct arena *arena);
