/* SPDX-License-Identifier: MIT */
/*
 * clash.h - what the rotations ask of one person that hardly goes together.
 *
 * Pure, by the calendars alone: base calendars with override calendars laid over them. None of
 * these is forbidden; pagerd does what the calendars say, and tells.
 *   W-TWO-ROLES  two roles of one team at once: both steps page the same person
 *   W-TWO-TEAMS  on call for two teams at once
 *   W-AWAY       on call while away
 * Where both duties are fixed persons of the configuration nothing is told, and neither is a fixed
 * person's leave: these are no slips of a rotation.
 */
#pragma once

#include "base/text.h"
#include "engine/policy.h"
#include "engine/roster.h"

#define CLASHES_MAX 500
#define CLASH_PIECES_MAX 100000 /* duties looked at in one call, absences as well */

enum clash_kind { CLASH_TWO_ROLES, CLASH_TWO_TEAMS, CLASH_AWAY, CLASH_COUNT };

/* Everything is borrowed: users, teams and absences from policy and roster. */
struct clash {
    enum clash_kind kind;
    const char *code; /* "W-TWO-ROLES", "W-TWO-TEAMS" or "W-AWAY" */
    const struct user *user;
    const struct team *teams[2]; /* the second of CLASH_TWO_TEAMS only, else NULL */
    enum role roles[2];          /* the second not of CLASH_AWAY */
    msec start_at;
    msec end_at;
    const struct absence *absence; /* CLASH_AWAY: the first that lies there; else NULL */
};

struct clash_list {
    struct clash
        items[CLASHES_MAX]; /* by start, then user, kind, teams, roles; neighbours merged */
    size_t count;
    bool is_cut; /* there are more, or CLASH_PIECES_MAX was met */
};

/* Those of [from_at, until_at), cut to it. n duties cost n log n, and what they clash in. */
void clashes_find(const struct policy *policy, const struct roster *roster, msec from_at,
                  msec until_at, struct clash_list *list);

/* Appends one sentence for people, with times in that zone; names and titles are cleaned. */
void clash_render(struct text *text, const struct clash *clash, const struct zone *zone);
