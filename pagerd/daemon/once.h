/* SPDX-License-Identifier: MIT */
/*
 * once.h - what was said without the database is stepped once, however many nodes hand it in.
 *
 * Each event that goes into a journal has a number of its own by chance, which stays with its
 * copies. Who has stepped it knows the number: the last ONCE_MAX of them, until it ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define ONCE_MAX 200000 /* as many as a journal has entries */

struct once;

struct once *once_new(void);
void once_free(struct once *once);
CLEANUP_DEFINE(struct once *, once_free)

/* True: it is seen for the first time, and known from now on. */
bool once_see(struct once *once, uint64_t number);

/* It was not stepped after all, and may come again. */
void once_forget(struct once *once, uint64_t number);
