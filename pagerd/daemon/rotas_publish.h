/* SPDX-License-Identifier: MIT */
/*
 * rotas_publish.h - what the calendars mean by the policy in force: each one's products, and all
 * of them together as the roster of the engine.
 *
 * One calendar may serve many ends: a rota for each layer of it that fills a role or lies over
 * one, the leave of a team and of persons, holidays, maintenance windows. What the engine borrows
 * is freed only after it has taken the next roster.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "calendar/judge.h"
#include "calendar/layers.h"
#include "calendar/leave.h"
#include "calendar/outages.h"

struct json_writer;
struct rotas;
struct slot;

#define PRODUCT_ROTAS_MAX (ROLE_COUNT + 1) /* each role's layer, and the whole calendar */

/* Of one version of a calendar. */
struct products {
    struct arena *arena;
    struct calendar_rota *rotas[PRODUCT_ROTAS_MAX];
    bool is_base[PRODUCT_ROTAS_MAX]; /* fills a role itself: not only laid over one */
    size_t rota_count;
    struct calendar_leave **leaves;
    size_t leave_count;
    struct calendar_holidays *holidays;    /* or NULL */
    struct calendar_outages *outages;      /* or NULL */
    const struct shift_warning **warnings; /* of all of them, each once */
    size_t warning_count;
};

/* Owned by the caller; `list` is only borrowed now. */
struct products *products_new(const struct slot *slot, const struct shift_list *list);
void products_free(struct products *products);
CLEANUP_DEFINE(struct products *, products_free)

/* Does the policy in force use the calendar for anything? Appends "ops primary", "ops overrides",
 * "ops away", "ops holidays", "ann away", "maintenance patching" ... to the open array unless
 * `writer` is NULL; returns how many uses there are. */
size_t slot_uses(const struct slot *slot, struct json_writer *writer);

/* The team whose manager hears of the calendar: the first that uses it, or one of whose members is
 * away by it; NULL: none. */
const char *calendar_team(const struct policy *policy, const char *calendar);

/*
 * May `list`, with the products `fresh`, take the place of the slot's good one? Only calendars that
 * fill a role can lose covered time: an override or a leave may be taken back at any time, so such
 * a calendar may also become empty.
 */
enum version_verdict slot_weigh(const struct slot *slot, const struct shift_list *list,
                                const struct products *fresh, char reason[JUDGE_REASON_MAX]);

/* Appends the lines of calendar_changes(), of all layers, from the good version to `fresh`. */
void slot_changes(const struct slot *slot, const struct products *fresh, struct text *text);

/* Does a maintenance window go by it? */
bool slot_is_of_window(const struct slot *slot);

/* Makes the products of this slot again, and tells the engine of all. */
void slot_publish(struct slot *slot);

struct published;
void published_free(struct published *published);
