/* SPDX-License-Identifier: MIT */
/*
 * claim.h - what an event of a calendar with several layers says of itself: which layer it is of,
 * and whether it lies over the others.
 *
 * Pure. Inside of layers.c. A set of roles is a bit each: 1u << role.
 */
#pragma once

#include "calendar/shift.h"
#include "engine/policy.h"

#define ROLES_ALL ((1u << ROLE_COUNT) - 1)

struct claim {
    int role;  /* ROLE_COUNT: none */
    int level; /* n of "[Ln]", or 0 */
    bool is_override;
};

/* CATEGORIES, then the prefixes, "override: secondary: [L2] Bob"; words for others than `roles` are
 * no layers. */
struct claim claim_read(const struct shift_event *event, unsigned roles);

/* Is it of the layer of that name? What says none of `roles` is of the first. NULL: any. */
bool claim_is_of(struct claim claim, unsigned roles, const char *layer);

/* The roles for which the policy reads this calendar by layers; all of them when `layer` is none of
 * these. */
unsigned claim_roles(const struct policy *policy, const char *calendar, const char *layer);
