/* SPDX-License-Identifier: MIT */
/*
 * feedback.h - what people did in pagerd, in the words of the system that raised the alert: acks
 * set and taken back in Icinga 2 (its API) and in Nagios (its external command file).
 *
 * Pure. Names that cannot be said without being taken for something else are refused.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

#define FEEDBACK_WHY_SIZE 160
#define FEEDBACK_LINE_MAX 4095 /* less than PIPE_BUF, so that a write is not cut or mixed */

enum feedback_action {
    FEEDBACK_ACKNOWLEDGE,
    FEEDBACK_UNACKNOWLEDGE,
    FEEDBACK_COMMENT,
    FEEDBACK_ACTION_COUNT
};

/* Strings are borrowed. */
struct feedback {
    enum feedback_action action;
    const char *host;
    const char *service; /* NULL or "": the host itself */
    const char *author;
    const char *comment;
    bool is_sticky; /* the ack stays when the state becomes worse, and that is not told then */
};

enum feedback_outcome {
    FEEDBACK_DONE,
    FEEDBACK_ALREADY, /* it was so, or is over there */
    FEEDBACK_LATER,   /* waiting may mend it */
    FEEDBACK_REFUSED, /* only a person can mend it */
    FEEDBACK_OUTCOME_COUNT
};

/*
 * Icinga: "/v1/actions/acknowledge-problem?service=db1%21disk", to be put behind the URL of the
 * API, and the body of a POST. Both live in `arena`. The object is named in the URL rather than by
 * a filter, which needs more permission.
 * https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/#acknowledge-problem
 */
const char *feedback_icinga_path(const struct feedback *feedback, struct arena *arena);
const char *feedback_icinga_body(const struct feedback *feedback, struct arena *arena);

/* What Icinga's answer means; `why` has a short reason unless it is done. */
enum feedback_outcome feedback_icinga_judge(uint32_t status, struct span body,
                                            char why[FEEDBACK_WHY_SIZE]);

/*
 * Nagios: appends one line for the command file, with its line end. FAULT_INPUT when the name of
 * host or service cannot be written: there are no escapes.
 * https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/extcommands.html
 */
MUST_USE bool feedback_nagios_line(const struct feedback *feedback, msec wall_at, struct text *text,
                                   struct fault *fault);
