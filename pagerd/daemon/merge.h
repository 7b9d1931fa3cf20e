/* SPDX-License-Identifier: MIT */
/*
 * merge.h - when the database is back: what nodes were told meanwhile comes to who is on duty.
 *
 * A node hands its journal in, as calls like all others. What belongs to one alert stays together
 * and in order, so that what was acked or resolved meanwhile is so before anybody is paged for it.
 * An incident is found by its uuid, or by the key of its first alert: numbers that two nodes gave
 * out on their own may be the same. So is the incident of an ack link that went out meanwhile: who
 * opens it later acks what is open then for the same alert.
 */
#pragma once

#include "base/span.h"
#include "base/time.h"

struct daemon;
struct merge;
struct text;

struct merge *merge_new(struct daemon *daemon);
void merge_free(struct merge *merge);

/* For /metrics. */
void merge_metrics(const struct merge *merge, struct text *text);

/* Hands in what the journal has from an earlier life, when somebody is on duty. */
void merge_tick(struct merge *merge);

/* On duty: takes what another node hands in, within the turn under way. 202; 422: something of it
 * is not known here, and nothing of it was taken; 503: not now. */
unsigned merge_take(struct daemon *daemon, const char *node, struct span events);

/* What a peer was told while the database was there, and this node's mirror may not have: stepped
 * within the turn under way. */
void merge_recall(struct daemon *daemon, const char *node, struct span events);

/*
 * At a start, before time passes: steps what this node's own journal has, for it is in charge
 * itself (with the mirror as its store: but for what is in that). What is about incidents that are
 * known happens at `then`, when the store was last written to: before anything is overdue. With the
 * mirror so does what this node has copies of, for who was in charge and is gone (nodes_read_lost),
 * and behind all comes what the mirror does not have yet (nodes_recall).
 */
void merge_own(struct merge *merge, struct now then);
