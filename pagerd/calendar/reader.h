/* SPDX-License-Identifier: MIT */
/*
 * reader.h - the child that reads calendars, and the messages between it and the daemon.
 *
 * The daemon starts `/proc/self/exe --reader`, writes one request to its stdin, closes it, and
 * reads one result from its stdout until the end. Both halves are pure functions over bytes, so the
 * daemon moves them by its own loop. The child is not trusted: its result is checked like any
 * other input, and a child that dies, or takes longer than READER_TIMEOUT_MS, is a problem of that
 * calendar and of nothing else.
 *
 * A message is a header of 4 bytes (size of the JSON, big-endian), the JSON, and for a request the
 * bytes of the files one after the other.
 */
#pragma once

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "calendar/calendar.h"

#define READER_CPU_S 5
#define READER_MEMORY_SIZE (512UL * 1024 * 1024)
#define READER_TIMEOUT_MS (15 * SECOND_MS) /* wall clock, for the daemon's timer */
#define READER_RESULT_MAX (64 * 1024 * 1024)
#define READER_PAST_MS (35 * DAY_MS) /* horizon: now - 35 d .. now + 400 d */
#define READER_AHEAD_MS (400 * DAY_MS)

/* Appends the request; what is over the limits of calendar.h is a fault. */
MUST_USE bool reader_request_render(struct text *text, const struct calendar_request *request,
                                    struct fault *fault);

/* What the child answers; the other half of reader_result_parse(). */
void reader_result_render(struct text *text, const struct shift_list *list);

/* Parses a whole result. The list is as calendar_expand() gives it. */
MUST_USE bool reader_result_parse(struct span bytes, struct shift_list **list, struct fault *fault);

/* The child's main: request from stdin, result to stdout, exit status 0; 1 when the request is no
 * good or the result cannot be written. */
int reader_main(void);

/* Sets the limits of CPU, memory, stack and descriptors on this process. */
MUST_USE bool reader_limits_apply(struct fault *fault);
