/* SPDX-License-Identifier: MIT */
/*
 * links.h - the numbers to which a carrier filters texts with a link in them: what goes there next
 * goes without. Kept in memory; after a restart one text a number is filtered again.
 */
#pragma once

#include <stdbool.h>

#define LINKS_MAX 1000 /* numbers; the oldest makes room */

struct daemon;
struct event;
struct links;

struct links *links_new(void);
void links_free(struct links *links);

/* Keeps the address of the page whose link was refused. To be called before the event is stepped.
 */
void links_note(struct daemon *daemon, const struct event *event);

/* Are texts with links filtered there? */
bool links_are_refused(const struct links *links, const char *address);
