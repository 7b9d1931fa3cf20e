/* SPDX-License-Identifier: MIT */
/*
 * handing.h - tells whoever is in charge what is in a journal, in calls of some size.
 *
 * It is sorted by alert (retell.h) in the worker, and told call by call; a call that is not taken
 * now is told again. So is one that is refused, for a newer pagerd has written what who is in
 * charge does not know: what it says about each alert then goes by itself, so that nothing but what
 * is not understood has to wait for an upgrade; that is tried again as long as it takes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct daemon;
struct handing;

/* `node`: whose journal it is, for when this node takes it itself. */
struct handing *handing_new(struct daemon *daemon, const char *node);
void handing_free(struct handing *handing);

/* An entry of the journal, after all others; copied. */
void handing_add(struct handing *handing, const char *entry);

/* Nothing is added any more. False: not now. */
MUST_USE bool handing_begin(struct handing *handing);

/* Goes on, if somebody is in charge. True: all of it was taken. */
bool handing_tick(struct handing *handing);

/* Calls that were refused and are kept. */
size_t handing_held(const struct handing *handing);
