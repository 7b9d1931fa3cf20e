/* SPDX-License-Identifier: MIT */
/*
 * power_vfs.h - SQLite's files in memory: an image to open, and a log of what the opening wrote.
 *
 * Files are known by the last part of their name. What Linux would do to the disk is logged as
 * SQLite's own layer for Unix does it, the sync of the folder after a new log included. There are
 * no locks: one connection works at a time.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "faults/power_disk.h"
#include "faults/power_log.h"

#define STATE_FOLDER "state"

/* Makes it the layer that every connection uses from here on. */
void vfs_install(void);

/* Takes a copy of the files of the state folder in the image; `log` (may be NULL) gets what is
 * written from here on. */
void vfs_mount(const struct image *image, struct op_log *log);
void vfs_unmount(void);

/* What SQLite itself says of the mounted database `path`, log included. */
MUST_USE bool vfs_check(const char *path, struct fault *fault);
