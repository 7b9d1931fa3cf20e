/* SPDX-License-Identifier: MIT */
/*
 * audit.h - pagerd looks after itself, every minute: does the ledger of alerts balance, is there a
 * next page for whatever waits, is no deadline late, does the disk answer?
 *
 * The walk over all records is cut into slices, a few milliseconds of each turn. What is found is
 * logged, told to the admins once, and makes /readyz say 503 once no round has ended well for
 * AUDIT_PATIENCE_MS.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define AUDIT_PERIOD_MS (1 * MINUTE_MS)
#define AUDIT_PATIENCE_MS (3 * MINUTE_MS)
#define AUDIT_OVERDUE_MAX_MS (5 * SECOND_MS)
#define AUDIT_DISK_MAX_MS (10 * SECOND_MS) /* a commit that takes longer is told */

struct daemon;
struct audits;

struct audits *audits_new(struct daemon *daemon);
void audits_free(struct audits *audits);

/* A slice when a round is under way or due; once a turn, after the timers have fired. */
void audits_tick(struct audits *audits);
msec audits_next_due(const struct audits *audits);

/* False with the reason: no round has ended well of late, a deadline is late, or the disk hangs. */
bool audits_are_well(const struct audits *audits, struct fault *why_not);

/* False with the reason: the last round found something, or none has ended yet. */
bool audits_found_nothing(const struct audits *audits, struct fault *why_not);

/* Rounds that found something since start. */
uint64_t audits_failed(const struct audits *audits);

/* Strings into an array: what is wrong now. */
void audits_problems(const struct audits *audits, struct json_writer *writer);
void audits_metrics(const struct audits *audits, struct text *text);
