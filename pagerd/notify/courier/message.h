/* SPDX-License-Identifier: MIT */
/*
 * message.h - jobs and results as bytes between the daemon and the courier.
 *
 * A frame is its size (4 bytes, little-endian, itself not counted), its kind (1 byte), and the
 * fields in the order of message.c. Both sides check everything that they read: neither trusts the
 * other to be well.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "notify/courier/courier.h"

#define JOB_FRAME_MAX (REQUEST_BODY_MAX + 512 * 1024)
#define RESULT_FRAME_MAX (FETCH_BODY_MAX + 64 * 1024)

enum frame_kind { FRAME_JOB = 1, FRAME_RESULT = 2, FRAME_LIFE = 3 };

/* FAULT_INPUT: the job breaks a limit, or has a control where it could become a second header,
 * recipient or command. The text never quotes a value: it may be secret. */
MUST_USE bool job_check(const struct job *job, struct fault *fault);

/* Append a whole frame. The job must have passed job_check; texts of a result are cut to fit. */
void job_render(struct text *text, const struct job *job);
void result_render(struct text *text, uint64_t id, const struct result *result);

/* A sign of life: the daemon sends it as a question, the courier as the answer. */
void life_render(struct text *text);
bool life_is(struct span frame);

/*
 * Looks for one frame at the start of `bytes`. True: `*size` is its whole size, or 0 when more
 * bytes are needed. False: this can never become a frame of at most `max`.
 */
MUST_USE bool frame_find(struct span bytes, size_t max, size_t *size, struct fault *fault);

/* Read one whole frame as frame_find gave it. Strings live in the arena. */
MUST_USE bool job_parse(struct span frame, struct arena *arena, struct job *job,
                        struct fault *fault);
MUST_USE bool result_parse(struct span frame, struct arena *arena, uint64_t *id,
                           struct result *result, struct fault *fault);
