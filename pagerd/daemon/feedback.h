/* SPDX-License-Identifier: MIT */
/*
 * feedback.h - tells the monitoring systems what people did here: an ack made in pagerd is set in
 * Icinga 2 or Nagios, one that was taken back or ran out is removed there, a resolve by hand is a
 * comment.
 *
 * Each alert of an incident is told of, for it is an object of its own there. What is to be told
 * follows from two states alone, the incident's and what was told of the alert before
 * (the book, in the store): so it does not matter where pagerd died, and telling twice does no
 * harm. Icinga is asked by the courier, Nagios' command file is written by the worker; never by the
 * loop. What cannot be told now is tried again until the incident is over.
 *
 * An ack that a source told of itself is in the book at once: it does not go back there. When
 * another person takes over here, the ack there is removed and set in that one's name. Acks are
 * not sticky, unless pagerd hears the events of that Icinga: a state that becomes worse ends them
 * there and is told to pagerd, which pages again, or, where somebody still has it, sets the ack
 * once more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define FEEDBACK_ITEMS_MAX 10000   /* alerts of which something is told, or to be told */
#define FEEDBACK_MEMBERS_MAX 200   /* of these, of one incident: the oldest */
#define FEEDBACK_FLIGHTS_MAX 8     /* being told at once, of one source */
#define FEEDBACK_SAVE_MS SECOND_MS /* the book is written that often, at most */
#define FEEDBACK_RETRY_MS (2 * SECOND_MS)
#define FEEDBACK_RETRY_MAX_MS (5 * MINUTE_MS)
#define FEEDBACK_TELL_MS (10 * MINUTE_MS) /* failing that long, the admins are told */
#define FEEDBACK_COMMENT_HEAD "pagerd #"  /* and the number: the comment of our own acks */
#define FEEDBACK_META "feedback"

struct answer;
struct daemon;
struct event;
struct feedbacks;
struct incident;

struct feedbacks *feedbacks_new(struct daemon *daemon);
void feedbacks_free(struct feedbacks *feedbacks);

/* The book, as the store has it. */
void feedbacks_restore(struct feedbacks *feedbacks, const char *value);
/* The past is there, or the configuration is new: looks at all open incidents. */
void feedbacks_open(struct feedbacks *feedbacks);

/* Is there a way back to where this incident came from? */
bool feedbacks_concern(const struct feedbacks *feedbacks, const struct incident *incident);
/* An incident was changed, and that is on disk. */
void feedbacks_stir(struct feedbacks *feedbacks, uint64_t number);
/* A source has said something itself: what it says need not be told to it. */
void feedbacks_heard(struct feedbacks *feedbacks, const struct event *event,
                     const struct answer *answer);

/* The source is known to have this alert of the incident acknowledged, or not to, by what was asked
 * at `asked_at` (tick): what was told or heard since is newer. By that user, or NULL: by nobody
 * here, or that is not known. */
void feedbacks_know(struct feedbacks *feedbacks, uint64_t number, const char *dedup_key,
                    bool is_acked, const char *by, msec asked_at);

/* Was it acknowledged there before that instant (tick), told or heard of rather than refused, and
 * is nothing on its way? */
bool feedbacks_believe(const struct feedbacks *feedbacks, uint64_t number, const char *dedup_key,
                       msec before_at);

/* pagerd ends: the book goes with the last turn, so that nothing is told twice by the next one. */
void feedbacks_close(struct feedbacks *feedbacks);

msec feedbacks_next_due(const struct feedbacks *feedbacks); /* milliseconds */
void feedbacks_tick(struct feedbacks *feedbacks);

/* Appends one line per source that cannot be told. */
void feedbacks_problems(const struct feedbacks *feedbacks, struct json_writer *writer);
void feedbacks_metrics(const struct feedbacks *feedbacks, struct text *text);
