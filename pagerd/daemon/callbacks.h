/* SPDX-License-Identifier: MIT */
/*
 * callbacks.h - what providers tell, and the addresses where they may.
 *
 * Each address ends in a code made of the provider's own secrets in the configuration (password,
 * token, key, secret): who has none of them cannot make one, and a new secret voids all.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "http/house.h"

struct config;
struct config_channel;
struct daemon;
struct options;

/*
 * The address for what that provider tells, with one "%s" for what it tells ("status", "keys",
 * "reply"); of one attempt of a page, or with page 0 of nothing special. NULL: the channel has no
 * callbacks, or no secret to make a code of.
 */
const char *callback_address(const struct config *config, const char *channel, bool is_second,
                             uint64_t page, uint16_t attempt, struct arena *arena);

/* Does its provider tell of anything but pages of ours: what people write, a pressed button? Only
 * then there is an address to write down there. */
bool callback_is_general(const struct config *config, const struct config_channel *channel);

/* pagerd --callbacks: prints the addresses of the configuration that are to be written down at its
 * providers, one a line with the key of the channel before it. Returns the exit status. */
int callbacks_command(const struct options *options);

/* A callback, within the turn under way. */
enum callback_end callback_take(struct daemon *daemon, struct callback_door *door,
                                struct fault *fault);
