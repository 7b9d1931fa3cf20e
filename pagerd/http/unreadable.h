/* SPDX-License-Identifier: MIT */
/*
 * unreadable.h - what a source sends and nobody can read is no loss: it becomes an incident.
 *
 * "unreadable alert from prometheus: the body is not JSON ..." is of severity error, of the team of
 * the key (or routed), and has the beginning of the body in its details. There is one for each key
 * and format, so that a broken template pages once and not with every alert; what follows is
 * counted, also for an hour after somebody has resolved it; the timeline has the first bodies.
 * People are only told what is wrong.
 */
#pragma once

#include "engine/effect.h"
#include "http/house.h"
#include "http/request.h"

#define UNREADABLE_KEEP (8 * 1024) /* bytes of the body in the details */
#define UNREADABLE_TOLD_MAX 20     /* bodies of one incident that are kept in its timeline */

/* Is it a source whose broken bodies are kept? */
bool unreadable_is_kept(const struct call *call);

/* Steps the incident within the turn. False: a limit is met, and the body is to be sent again. */
MUST_USE bool unreadable_step(struct call *call, struct house *house, const char *why,
                              struct answer *answer);

/* The word for that status in the answer: 404, 415, or any other. */
const char *unreadable_code(unsigned status);

/* The route of a call with call->unreadable set: keeps it, and answers with what is wrong. */
enum call_wait unreadable_run(struct call *call, struct house *house);
