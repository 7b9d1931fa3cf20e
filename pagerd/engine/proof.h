/* SPDX-License-Identifier: MIT */
/*
 * proof.h - does this way really lead to its person? Tests that must be answered, and what is
 * known.
 *
 * A test goes by each contact of a person, one after the other: the next one when the last was
 * answered, or after PROOF_APART_MS. It is for nothing: it neither escalates nor acks, and counts
 * as no waking. What is answered by link, reply or key within PROOF_ANSWER_MS has passed; a later
 * answer proves that the way works, too.
 *
 * There is one record for a person and a channel. What it says is about one address: where that was
 * changed in the configuration, nothing is known of the new one.
 */
#pragma once

#include "engine/state.h"

#define PROOF_APART_MS MINUTE_MS
#define PROOF_ANSWER_MS (5 * MINUTE_MS)
#define PROOF_LATE_MS DAY_MS /* an answer that late still counts as one */

void proof_take(struct engine *engine, struct proof *proof);
struct proof *proof_find(const struct engine *engine, const char *user, const char *channel);
/* The record of that way; made, or begun anew for another address, where need be. */
struct proof *proof_get(struct work *work, const struct user *user, const struct contact *contact);

/* Tests the ways of that person, one after the other; by `channel` only, unless NULL; `is_loud`: by
 * those that wake, where there are any. Returns whether there was a way. */
bool proof_begin_test(struct work *work, const struct user *user, const char *channel,
                      bool is_loud);
/* Has the person answered a test since then, by any way? */
bool proof_has_answer(const struct engine *engine, const struct user *user, msec since_at);

void proof_test(struct work *work, const struct event *event, struct answer *answer);
void proof_answer(struct work *work, const struct event *event, struct answer *answer);
/* Tests and codes that come out of a backup are void. */
void proofs_recall(struct work *work);
void proof_due(struct work *work, struct proof *proof);
