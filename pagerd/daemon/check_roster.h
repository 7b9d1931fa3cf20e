/* SPDX-License-Identifier: MIT */
/*
 * check_roster.h - for --check: the calendars that could be read, put together as the daemon would:
 * rotas by layer, overrides, leave, holidays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "calendar/shift.h"
#include "engine/roster.h"

struct check_roster;
struct config;

/* Is told each warning of a calendar, each once. */
typedef void check_warning(void *context, const struct shift_warning *warning);

/*
 * `lists` is as config->calendars, NULL where nothing was read; such a calendar is not in the
 * roster. Config and lists are borrowed for as long as it lives.
 */
struct check_roster *check_roster_new(const struct config *config, struct shift_list *const *lists,
                                      check_warning *warning, void *context);
void check_roster_free(struct check_roster *roster);

const struct roster *check_roster_get(const struct check_roster *roster);
