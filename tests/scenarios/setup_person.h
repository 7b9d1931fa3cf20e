/* SPDX-License-Identifier: MIT */
/* setup_person.h - the lines of set-up that say who there is, and how people are paged. */
#pragma once

#include "scenarios/setup.h"

MUST_USE bool line_user(struct setup *setup, struct words *words, struct fault *fault);
MUST_USE /* CHANNEL [second] [receipt=60s] [limit=20] */
    MUST_USE bool
    line_channel(struct setup *setup, struct words *words, struct fault *fault);
bool line_rule(struct setup *setup, struct words *words, struct fault *fault);
MUST_USE bool line_severity(struct setup *setup, struct words *words, struct fault *fault);

MUST_USE bool line_awake(struct setup *setup, struct words *words, struct fault *fault);
MUST_USE bool line_verify(struct setup *setup, struct words *words, struct fault *fault);

/* "22:00-07:00", or "never": both 0. */
MUST_USE bool hours_read(const char *text, uint16_t *from_minute, uint16_t *until_minute,
                         struct fault *fault);
