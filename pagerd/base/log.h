/* SPDX-License-Identifier: MIT */
/*
 * log.h - one line per fact to stderr, with the syslog priority prefix that journald reads
 * (sd-daemon(3)). Called from daemon/ (and the child processes' mains) only.
 */
#pragma once

#include "base/fault.h"

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);

/* Before the first line. `name` is put in front when stderr is a terminal; debug lines are
 * dropped unless `is_verbose`. Controls in a line are escaped. */
void log_open(const char *name, bool is_verbose);
