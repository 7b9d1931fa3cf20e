/* SPDX-License-Identifier: MIT */
/*
 * mixed.h - in which labels the alerts of one incident differ.
 *
 * The labels and words of an incident are those of its first alert. A silence that begins when
 * there are more would be judged by that one alone; so what the others say otherwise is noted here,
 * and a silence that asks for such a label does not fit: who might have to be paged for one of them
 * is paged for all.
 */
#pragma once

#include "engine/match.h"

#define MIXED_MAX 1024 /* bytes of names; with more of them every label counts as mixed */

/* One of its alerts says that. True: a name is new, and the incident wants saving. */
bool mixed_note(struct incident *incident, const struct match_subject *said);
/* Those of `from` are its alerts now. True: as above. */
bool mixed_take(struct incident *incident, const struct incident *from);
bool mixed_has(const struct incident *incident, const char *label);
