/* SPDX-License-Identifier: MIT */
/*
 * shown.h - how an address may be shown, whatever secret a person wrote into it.
 *
 * Calendars are subscribed to by addresses that are their own key: Google's "private-..." path, a
 * token of twenty letters, a login before the host, a query. Screens, logs and the why name the
 * address without these.
 */
#pragma once

#include "base/text.h"

/*
 * Appends a path as it is. Of a URL: scheme, host and path, without login, query and fragment; a
 * part of the path that begins with "private-", and every run of SHOWN_RUN_MAX or more letters,
 * digits, _ and - in it, becomes an ellipsis.
 */
#define SHOWN_RUN_MAX 20
void shown_add_address(struct text *text, const char *address);
