/* SPDX-License-Identifier: MIT */
/* finding.h - how the rooms inside config/ put findings into a report. */
#pragma once

#include "base/fault.h"
#include "config/report.h"
#include "config/source.h"

/* Adds one finding at `place`, whose file must live until report_finish(). `hint` (may be NULL)
 * is copied. A place without a file is a finding about `name` of report_error_file(). */
void report_error(struct report *report, struct place place, const char *hint, const char *format,
                  ...) PRINTF_LIKE(4, 5);
void report_warning(struct report *report, struct place place, const char *hint, const char *format,
                    ...) PRINTF_LIKE(4, 5);

/* A finding about a file that could not be opened. */
void report_error_file(struct report *report, const char *name, const char *text);

/* Sorts by file and line, keeps the source lines that will be shown (secrets masked), and lets go
 * of the files. */
void report_finish(struct report *report, size_t file_count);

/* The same place without its caret. */
struct place place_line(struct place place);
