/* SPDX-License-Identifier: MIT */
/*
 * check.h - pagerd --check: the configuration, and what the calendars that are files say by it.
 *
 * Calendars at an address are not fetched: a check needs no network, unless --net asks for it
 * (check_net.h).
 */
#pragma once

struct options;

/* Prints everything that was found. Returns the exit status: 0, or 1 when there are errors (with
 * --strict: or warnings; with --net: or somebody who does not let us in). */
int check_run(const struct options *options);
