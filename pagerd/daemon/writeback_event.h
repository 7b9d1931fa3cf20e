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

/* "pagerd-o57-1a2b3c4d.ics" */
void override_name_render(uint64_t id, const char *instance, char name[OVERRIDE_NAME_SIZE]);

/* Reads a value of X-PAGERD-OVERRIDE. False: another pagerd's, or none at all. */
bool override_mark_parse(const char *mark, const char *instance, uint64_t *id);

/* Calendars have whole seconds, and an event has at least one. */
void override_event_round(msec *from_at, msec *until_at);

struct override_event {
    const char *instance;
    const char *url; /* pagerd's own; its host ends the UID */
    const struct team *team;
    const struct override *override;
    const char *summary; /* who, by display name */
    msec from_at;        /* rounded */
    msec until_at;
    msec changed_at;
    uint32_t sequence;
};

/* Appends the VCALENDAR to be put there. */
void override_event_compose(struct text *text, const struct override_event *event);

/* Does the list show of the resource `name` what was written, once and in no other way? */
bool override_event_is_same(const struct shift_list *list, const char *name, const char *user,
                            const char *summary, msec from_at, msec until_at);
