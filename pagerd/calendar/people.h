/* SPDX-License-Identifier: MIT */
/*
 * people.h - which configured users an event names, by the rules of docs/calendars.md.
 *
 * First hit wins:
 *   1. X-PAGERD-USER: ids with commas.
 *   2. SUMMARY, without what stands around a name; whole, else its parts.
 *   3. ATTENDEE, without rooms, resources and groups. Who is also the ORGANIZER is often the
 *      manager who invited the others, and counts only where there is no other guest.
 *   4. CATEGORIES: one that is exactly a name, where no layer is called like that.
 * DESCRIPTION, and an ORGANIZER who is no guest, never name anybody.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "calendar/shift.h"
#include "engine/policy.h"
#include "engine/roster.h"

/* An index over the users of one policy; keeps the policy borrowed. */
struct people;

struct people *people_new(const struct policy *policy);
void people_free(struct people *people);
CLEANUP_DEFINE(struct people *, people_free)

struct people_answer {
    const struct user *users[SEGMENT_USERS_MAX]; /* in paging order */
    size_t user_count;
    bool is_nobody;   /* SUMMARY is "nobody" or "none": a declared hole */
    bool is_declined; /* one of them, named as attendee, has declined */
    bool is_cut;      /* more than SEGMENT_USERS_MAX were named */
};

/* Neither users nor is_nobody: the event names nobody that is known. */
void people_match(const struct people *people, const struct shift_event *event,
                  struct people_answer *answer);

/* Appends the closest known names ("did you mean ...?" without the words), at most two joined by
 * " or "; returns false and appends nothing when none is close. */
bool people_suggest(const struct people *people, const struct shift_event *event,
                    struct text *text);

/* The part of a summary that should be a name: "[L1] On call: Ann" gives "Ann" (folded: "ann"). */
void people_add_name(struct text *text, const char *summary);
