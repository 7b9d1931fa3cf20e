/* SPDX-License-Identifier: MIT */
/*
 * report.h - everything that a check found, shown at once: file:line, source line, caret, hint.
 *
 * Findings are kept in the order of files (as they were read) and lines; at most
 * REPORT_FINDINGS_MAX are kept and REPORT_SHOWN_MAX are printed, the rest is counted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/text.h"

#define REPORT_FINDINGS_MAX 1000
#define REPORT_SHOWN_MAX 20

struct report;

struct report *report_new(void);
void report_free(struct report *report);
CLEANUP_DEFINE(struct report *, report_free)

size_t report_error_count(const struct report *report);
size_t report_warning_count(const struct report *report);

/* Appends all findings without the summary line; nothing when there are none. No secret is in it,
 * and controls of the source are escaped. */
void report_render(const struct report *report, struct text *text);

/* Appends "2 files, 4 errors, 2 warnings." without a line end; the caller adds what became of it,
 * such as " Nothing was changed." */
void report_render_summary(const struct report *report, struct text *text);
