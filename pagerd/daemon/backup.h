/* SPDX-License-Identifier: MIT */
/*
 * backup.h - answers GET /v1/backup: everything that is known, as of one moment, as one file.
 *
 * A thread of its own writes it into a file without a name in the state directory (so that nothing
 * is left of it, whatever ends pagerd), at a bounded pace, while commits go on; then the HTTP
 * server sends that. Where the file ends up is who asked's to say, on who asked's machine: pagerd
 * opens no path that a request names.
 */
#pragma once

#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"

#define BACKUP_META "backup" /* wall; when the last one was made */

struct backups;
struct call;
struct daemon;

struct backups *backups_new(struct daemon *daemon);
void backups_free(struct backups *backups);
/* A meta value of the store. */
void backups_restore(struct backups *backups, const char *value);

/* Begins one; the call is answered when it is there, or at once when it cannot be made. One at a
 * time. `actor` is for the audit log. */
void backup_begin(struct backups *backups, struct call *call, const char *actor);

/* Ends one that is under way; its call is answered with why. */
void backups_give_up(struct backups *backups, const struct fault *why);

/* When the last one was handed out, wall; 0: never. */
msec backups_made_at(const struct backups *backups);
