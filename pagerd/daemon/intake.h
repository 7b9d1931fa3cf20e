/* SPDX-License-Identifier: MIT */
/*
 * intake.h - takes what is in the inbox into the turn, and says when there was no room for all.
 *
 * The house's own items come first, then people, then sources (inbox.h). Sources wait while as
 * much is on its way to the disk as a commit or two take: what people do then waits for no more
 * than that, and what waits in a queue is what can still be refused.
 *
 * Refusing is told once when it begins and once when it is over, not for each call; to the admins,
 * too, when it lasts.
 */
#pragma once

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

struct daemon;
struct intake;

struct intake *intake_new(struct daemon *daemon);
void intake_free(struct intake *intake);

/* Takes one turn's share of the inbox. */
void intake_take(struct intake *intake);

/* Before the loop waits: shall it be woken by what sources say? */
void intake_hold(struct intake *intake);

/* Looks whether calls are being refused. Returns in how many milliseconds to look again, or
 * MSEC_NEVER. */
void intake_tick(struct intake *intake);
msec intake_next_due(const struct intake *intake);

/* Adds to an array of problems; an object of what waits and was refused; metrics. */
void intake_problems(const struct intake *intake, struct json_writer *writer);
void intake_write(struct intake *intake, struct json_writer *writer);
void intake_metrics(struct intake *intake, struct text *text);
