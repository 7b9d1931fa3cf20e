/* SPDX-License-Identifier: MIT */
/*
 * run.h - a person's notify rule, running for one incident.
 *
 * Which rule that is, quiet_rule() says. A step pages every contact of its channels. When the first
 * step finds none of its channels among the person's contacts, all contacts are paged: never
 * nobody. Severities that do not wake use only quiet contacts in the person's quiet hours, if there
 * are any. A step that fires late gives the next one its full distance. A run that is begun anew by
 * the same rule pages by its first step; the steps that are still to come keep their time. A run
 * whose steps are all done stays until somebody answers, so that it is known who is silent; ack,
 * resolve and snooze end it.
 */
#pragma once

#include "engine/state.h"

/* Begins the run, or begins it anew. False: the person has no contact. */
bool run_start(struct work *work, struct incident *incident, const struct user *user,
               enum page_kind kind, const char *text);

/* The same for what waited for the morning: its first page is gathered with others (bundle.h). */
bool run_start_late(struct work *work, struct incident *incident, const struct user *user,
                    enum page_kind kind, const char *text);

/* By which contacts the run's first step pages, a bit each. */
uint16_t run_contacts(const struct work *work, const struct incident *incident,
                      const struct user *user, const struct notify_run *run);
/* The places of the person's contacts, those that are not verified last: code.h. */
void run_order(const struct work *work, const struct user *user, uint8_t order[CONTACTS_MAX]);
/* Pages by these now. */
void run_page_first(struct work *work, struct incident *incident, const struct user *user,
                    struct notify_run *run);
/* Its first page went out by these: says when the next step is due, unless it was under way. */
void run_first_done(struct work *work, struct incident *incident, const struct user *user,
                    struct notify_run *run, uint16_t contacts);

/* One page that asks for nothing, by the channels of the first step of the person's rule. */
void run_tell(struct work *work, struct incident *incident, const struct user *user,
              enum page_kind kind, const char *text);

/* Ends the incident's runs; `user` NULL: of everybody. */
void run_stop(struct work *work, const struct incident *incident, const char *user);

/* Pages the next contact of the person that this run has not tried. False: there is none. */
bool run_page_next(struct work *work, struct incident *incident, const char *user);

/* The person's contacts are others than when the run began: all of them may be tried. */
void run_forget_tried(struct work *work, const struct incident *incident, const char *user);

/* There is another policy: who has a new number may be paged by it. */
void run_refit(struct work *work, const struct incident *incident, const char *user);

/* Is there any page of this run that has not failed? */
bool run_is_reachable(const struct work *work, const struct incident *incident, const char *user);

/* The person's run for that incident, or NULL. */
struct notify_run *run_find(const struct person *person, uint64_t incident);

/* Does everything that is due for this person. */
void run_due(struct work *work, struct person *person);

/* Sets the person's timer to the run that is due first. */
void run_schedule(struct engine *engine, struct person *person);

/* Drops the runs for incidents that are not waiting (any more): after a restart. */
void run_restored(struct work *work, struct person *person);
