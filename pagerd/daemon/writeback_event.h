/* SPDX-License-Identifier: MIT */
/*
 * writeback_event.h - an override as an event of a CalDAV calendar, and back.
 *
 * Pure. The name of the resource and the UID begin with the number of the override and the instance
 * of pagerd ("pagerd-o57-1a2b3c4d"), so that two pagerds may share a calendar and a lost store does
 * not claim what it does not know. X-PAGERD-OVERRIDE says the same ("o57-1a2b3c4d").
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

#define OVERRIDE_NAME_SIZE 64

struct override;
struct shift_list;
struct team;
struct written;

/* "pagerd-o57-1a2b3c4d.ics" */
void override_name_render(uint64_t id, const char *instance, char name[OVERRIDE_NAME_SIZE]);

/* Reads a value of X-PAGERD-OVERRIDE. False: another pagerd's, or none at all. */
bool override_mark_parse(const char *mark, const char *instance, uint64_t *id);

/* Calendars have whole seconds, and an event has at least one. */
void override_event_round(msec *from_at, msec *until_at);

/* Fills the part of `written` that is the event: who, by whom and why, from when. `name` is the
 * display name of the person. Strings are new. */
void override_event_fill(struct written *written, const struct override *override,
                         const struct team *team, const char *name);

/* Appends the VCALENDAR to be put there. The host of `url`, pagerd's own, ends the UID. */
void override_event_compose(struct text *text, const struct written *written, const char *instance,
                            const char *url, uint32_t sequence, msec now);

/* Does the list show of the resource `name` what was written or is wished, once and in no other
 * way? Then until when it goes; else 0. */
msec override_event_until(const struct shift_list *list, const char *name,
                          const struct written *written);
