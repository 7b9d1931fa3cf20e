/* SPDX-License-Identifier: MIT */
/* place.h - the state folder of a store: made, synced, and held by one pagerd at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

#define PLACE_LOCK "pagerd.lock"

/* Makes the folder with mode 0700 when it is missing, for good: the one above it is synced. */
MUST_USE bool place_make(const char *folder, struct fault *fault);

/* What was made, renamed or deleted in it survives a power cut. */
MUST_USE bool place_sync(const char *folder, struct fault *fault);

/*
 * Takes the lock in it. It is the kernel's: it goes with the process, however that ends. FAULT_PEER
 * when another pagerd has it. `lock` is the caller's, for place_unlock.
 */
MUST_USE bool place_lock(const char *folder, int *lock, struct fault *fault);
void place_unlock(int lock); /* -1 is allowed */

/* The bytes of a small file in it, at most `room` - 1, ended by a NUL; false when it is not there.
 */
MUST_USE bool place_read(const char *folder, const char *name, char *bytes, size_t room);

/* Replaces the file as a whole: after a power cut it is the old one or the new one. */
MUST_USE bool place_write(const char *folder, const char *name, const char *text,
                          struct fault *fault);
