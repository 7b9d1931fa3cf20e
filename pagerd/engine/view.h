/* SPDX-License-Identifier: MIT */
/*
 * view.h - questions to the engine that change nothing. Borrowed results live until the next step.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "engine/ledger.h"
#include "engine/policy.h"
#include "engine/record.h"
#include "engine/roster.h"

struct engine;

const struct policy *view_policy(const struct engine *engine);
/* The team of that id, without a walk over all of them; NULL: there is none. */
const struct team *view_team(const struct engine *engine, const char *id);
const struct roster *view_roster(const struct engine *engine);

/* Open incidents, and those resolved within the last day; NULL when not in memory. */
const struct incident *view_incident(const struct engine *engine, uint64_t number);
/* Walks them by number: start with *cursor = 0, NULL at the end. One whose number comes from
 * another node (struct alert, number) stands where it was opened, until the next start. */
const struct incident *view_each_incident(const struct engine *engine, uint64_t *cursor);
const struct incident *view_open_by_key(const struct engine *engine, const char *integration,
                                        const char *dedup_key);

/* The highest numbers ever given out. */
struct view_numbers {
    uint64_t incident;
    uint64_t alert;
    uint64_t page;
    uint64_t override;
};
void view_numbers(const struct engine *engine, struct view_numbers *numbers);

const struct page *view_page(const struct engine *engine, uint64_t id);
/* Walks all in memory, in no order: start with *cursor = 0, NULL at the end. */
const struct page *view_each_page(const struct engine *engine, size_t *cursor);
/* May it still be handed to the courier? What was overtaken while its commit was on its way may
 * not: by an ack, by a resolve, or because its person is gone or off call and others are asked.
 * Then its outcome is OUTCOME_FAILED. */
bool view_page_is_wanted(const struct engine *engine, const struct page *page);

/* The record of a person, or NULL when nothing is kept about that user. */
const struct person *view_person(const struct engine *engine, const char *user);
const struct person *view_each_person(const struct engine *engine, size_t *cursor);
const struct override *view_each_override(const struct engine *engine, size_t *cursor);
const struct silence *view_each_silence(const struct engine *engine, size_t *cursor);
/* NULL when it is not in memory. */
const struct silence *view_silence(const struct engine *engine, uint64_t id);
/* What is known of a way to reach that person; NULL: nothing is. */
const struct proof *view_proof(const struct engine *engine, const char *user, const char *channel);
/* Is this way to be verified by a code, and not yet, or too long ago? False: codes are off. */
bool view_is_doubtful(const struct engine *engine, const struct user *user,
                      const struct contact *contact, msec now_at);
const char *test_state_name(enum test_state state);

/* Swaps that are open or were so a short while ago, in the order of their making. */
const struct swap *view_each_swap(const struct engine *engine, size_t *cursor);
const struct swap *view_swap(const struct engine *engine, uint64_t id); /* NULL: not in memory */
const char *swap_state_name(enum swap_state state);
const char *swap_reply_name(enum swap_reply reply);

/* Whether a person can be asked to take a part of a shift, and if not, why. */
enum swap_bar {
    SWAP_BAR_NONE,
    SWAP_BAR_UNREACHED, /* has no contact */
    SWAP_BAR_AWAY,
    SWAP_BAR_RESTS,
    SWAP_BAR_ON_CALL, /* has another shift then */
    SWAP_BAR_ROW,     /* would be on call for too long in a row */
    SWAP_BAR_COUNT
};
struct swap_candidate {
    const struct user *user;
    enum swap_bar bar;
    msec weekend_ms; /* on call at weekends in the 90 days before */
};
/* The members of the team but `user`, SWAP_ASKED_MAX at most; returns how many. */
size_t view_swap_candidates(const struct engine *engine, const struct team *team,
                            const struct user *user, msec now_at, msec from_at, msec until_at,
                            struct swap_candidate *candidates);
const char *swap_bar_words(enum swap_bar bar); /* "is away" */
/* Which part of that person's shift a wish means (see EVENT_SWAP_ASK); false: that person has none
 * there. `until_at` 0: to its end. */
bool view_swap_part(const struct engine *engine, const struct team *team, enum role role,
                    const struct user *user, bool is_day, msec *from_at, msec *until_at);

/* Those that are not removed, in the order of their making. */
const struct heartbeat *view_each_heartbeat(const struct engine *engine, size_t *cursor);
/* By its name, or by the hash of its secret; NULL. */
const struct heartbeat *view_heartbeat(const struct engine *engine, const char *name);
const struct heartbeat *view_heartbeat_of(const struct engine *engine, const char *hash);
const char *heartbeat_state_name(enum heartbeat_state state);
/* Do its matchers and its team fit the incident? */
bool view_silence_fits(const struct silence *silence, const struct incident *incident);
/* Does a silence hold it back now? Its id is in `held_by`. */
bool view_is_held(const struct incident *incident);
/* Does it wait for the morning `hold_until_at` of `hold_user`? */
bool view_is_held_till_morning(const struct incident *incident);
const char *silence_state_name(enum silence_state state);

/* Who is on call: the one function that everything asks. False: the team has no such role. */
bool view_oncall(const struct engine *engine, const struct team *team, enum role role, msec at,
                 struct duty *duty);

/* Who stands in for a person in recovery, per team and role: the first team where it matters. */
bool view_cover(const struct engine *engine, const char *user, msec at, const struct team **team,
                enum role *role, const struct user **cover);

/* The same for a person who has paused: pause.h. */
bool view_pause_cover(const struct engine *engine, const char *user, msec at,
                      const struct team **team, enum role *role, const struct user **cover);

/* What happens without anybody's doing: who is paged next, and when (wall). False: nobody, for the
 * incident is not waiting. `users` holds the people of the next step at that time. */
struct next_page {
    msec at; /* wall */
    const struct user *users[SEGMENT_USERS_MAX];
    size_t user_count;
    bool is_last_resort;
};
bool view_next(const struct engine *engine, const struct incident *incident, struct now now,
               struct next_page *next);

/* Incidents for which this person is being paged and has not answered: numbers, oldest first. */
size_t view_paging(const struct engine *engine, const char *user, uint64_t *numbers, size_t max);

/* "x12 (9 crit 3 warn) " where an incident has several alerts, else nothing. */
void view_add_count(struct text *text, const struct incident *incident);

bool person_is_resting(const struct person *person, msec at); /* NULL: false, as in the others */
bool person_is_paused(const struct person *person, msec at);
bool person_is_awake(const struct person *person, msec at); /* awake.h */
const char *incident_state_name(enum incident_state state);
const char *page_state_name(enum page_state state); /* one of the six names of the API */
const char *page_kind_name(enum page_kind kind);
/* Does it ask for an ack? */
bool page_is_alarm(enum page_kind kind);

/* What one key has open and sends, and its limits (0: none). `rate` is that of the last minute. */
struct source_view {
    const char *name;
    const struct source_rule *rule;
    uint64_t open;
    uint32_t rate;
    uint64_t rate_met_count; /* alerts that were too many, since start */
    uint64_t open_met_count;
};
struct source_view view_source(const struct engine *engine, const char *name, msec steady_at);
/* Walks all that have raised an alert since start, or have one open: start with *cursor = 0. False
 * at the end. */
bool view_each_source(const struct engine *engine, size_t *cursor, msec steady_at,
                      struct source_view *source);

/* "restart", "courier", "silence", "hedge", "unsure" */
const char *repeat_reason_name(enum repeat_reason reason);

/* Plain numbers for /metrics. */
struct engine_counts {
    uint64_t open[INCIDENT_STATE_COUNT];
    uint64_t alerts;          /* accepted since start */
    uint64_t merged;          /* of these, counted into an open incident */
    uint64_t alerts_received; /* of a source, with resolves and notes, since start */
    uint64_t alerts_ended[ALERT_END_COUNT];
    uint64_t restored; /* incidents brought in at the start */
    uint64_t dropped;  /* resolved incidents that have left memory */
    uint64_t pages_queued;
    uint64_t pages_sent;
    uint64_t pages_failed;
    uint64_t pages_repeated[REPEAT_REASON_COUNT]; /* attempts whose page may have arrived before */
    uint64_t runs_dropped; /* notify rules cut short: PERSON_RUNS_MAX was met; the walk goes on */
    uint64_t held;         /* times that a silence held an incident back, since start */
    uint64_t late_ms_max;  /* worst lateness of a timer since start */
};
struct engine_counts view_counts(const struct engine *engine);
