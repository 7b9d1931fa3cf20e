/* SPDX-License-Identifier: MIT */
/* notify.h - what all commands that spool for pagerd read from their options and environment. */
#pragma once

#include "pagectl/command.h"

/* --spool, $PAGECTL_SPOOL, or /var/spool/pagerd. Borrowed. */
const char *notify_spool(const struct invocation *call);
/* --key-file or $PAGECTL_KEY_FILE; NULL: neither. Borrowed. */
const char *notify_key_file(const struct invocation *call);
