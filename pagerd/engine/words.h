/* SPDX-License-Identifier: MIT */
/* words.h - small pieces of sentences: local times, first names, rough durations. */
#pragma once

#include <stddef.h>

#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "engine/policy.h"

struct language;

/* "Mon 16 Nov 09:00" in that zone. */
void words_add_time(struct text *text, const struct zone *zone, msec at);
/* The same with the days and months of a language; NULL: as above. */
void words_add_time_in(struct text *text, const struct language *language, const struct zone *zone,
                       msec at);
/* "03:02" */
void words_add_clock(struct text *text, const struct zone *zone, msec at);
/* "5m": whole minutes from one minute on, whole seconds below. */
void words_add_duration(struct text *text, msec duration_ms);
/* "SMS" of "link sms": by which way somebody acted, for people; nothing when it is not known. */
void words_add_via(struct text *text, const char *via);
/* "Ann" of "Ann Ops", or the id when there is no name. */
void words_add_name(struct text *text, const struct user *user);
