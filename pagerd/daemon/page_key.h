/* SPDX-License-Identifier: MIT */
/*
 * page_key.h - the idempotency key of a page's attempt.
 *
 * The same whoever makes it: the same pagerd after a crash, or another node that has taken over
 * and has the same configuration. Pages of a restored backup may have numbers that have been used
 * before, so the instant at which it was made counts, too; so does what this pagerd and no other
 * has, for several may share one provider: the secret of its nodes, or else its address. The
 * provider's secrets go in, so that nobody else can name it first.
 */
#pragma once

#include "base/arena.h"

struct channel_settings;
struct config;
struct page;

/* 32 digits of 0-9 and a-f; they live in `arena`. */
const char *page_key(const struct page *page, const struct config *config,
                     const struct channel_settings *settings, struct arena *arena);
