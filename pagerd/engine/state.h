/* SPDX-License-Identifier: MIT */
/*
 * state.h - what the engine holds; seen only by the files of engine/ (and nobody else's).
 *
 * Records live in maps by number, id or user, and are listed in the effects when they change.
 * Every timer is in one heap of its kind; engine.c fires them. A `work` is one call of
 * engine_step: what everything that changes something is given.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/map.h"
#include "base/numbered.h"
#include "engine/effect.h"
#include "engine/engine.h"
#include "engine/policy.h"
#include "engine/record.h"
#include "engine/roster.h"
#include "engine/view.h"

#define INCIDENT_KEEP_MS DAY_MS /* a resolved incident stays in memory that long at least */
#define RESOLVED_MAX 200000     /* resolved incidents in memory; beyond, the oldest go early */
#define OVERRIDES_MAX 4096      /* not yet over, at once; beyond: ANSWER_FULL */
#define SILENCES_MAX 512        /* made by hand, not yet over; beyond: ANSWER_FULL */
#define SWAPS_MAX 512           /* that nobody has answered; beyond: ANSWER_FULL */
#define HEARTBEATS_MAX 2000     /* at once; beyond: ANSWER_FULL */
#define ALERTS_MAX 4000000      /* alerts in memory, resolved ones too; beyond: ANSWER_FULL */
#define NOTICES_MAX 4096        /* remembered texts; beyond, the older half is forgotten */

enum timer_kind {
    TIMER_INCIDENT,  /* steady: step, ack timeout, snooze "for", promotion, counted duplicates */
    TIMER_ALERT,     /* steady: an alert that is not repeated ends */
    TIMER_RUN,       /* steady: notify rules of a person */
    TIMER_HEARTBEAT, /* steady: a heartbeat is missing */
    TIMER_PAGE,      /* steady: retry, missing outcome or receipt, end of being kept */
    TIMER_PROVIDER,  /* steady: the admins are to hear that a provider is down */
    TIMER_SNOOZE,    /* wall: snooze until */
    TIMER_REST,      /* wall: end of rest; holds exactly the people in recovery */
    TIMER_PAUSE,     /* wall: end of a pause, or a change of duty in it; who has paused */
    TIMER_SILENCE,   /* wall: a silence begins or ends */
    TIMER_PROOF,     /* steady: a test goes on, or was not answered */
    TIMER_CODE,      /* steady: who is sent a code; of the whole engine */
    TIMER_SWAP,      /* wall: a swap begins that nobody has taken */
    TIMER_HANDOFF,   /* wall: a shift of a team begins, or is told of before */
    TIMER_LEAVE,     /* wall: somebody goes on leave; of the whole engine */
    TIMER_DROP,      /* wall: a resolved incident leaves memory */
    TIMER_COUNT
};

/* Where a round of engine_audit() stands. */
enum audit_part { AUDIT_BEGIN, AUDIT_INCIDENTS, AUDIT_PAGES, AUDIT_PEOPLE, AUDIT_PART_COUNT };

struct audit {
    enum audit_part part;
    size_t cursor;
    uint64_t wrong_count; /* found in this round */
};

/* See ledger.h. */
struct ledger {
    uint64_t restored; /* alerts in the incidents brought in at the start */
    uint64_t dropped;  /* alerts in incidents that have left memory */
    bool is_walking;
    uint64_t walked; /* the walk has passed incidents up to this number */
    uint64_t sum;    /* of their alerts */
};

struct engine {
    const struct policy *policy;     /* NULL before the first EVENT_POLICY */
    const struct language *language; /* what people are told in; NULL: as shipped */
    const struct roster *roster;     /* NULL before the first EVENT_ROSTER */
    struct map *teams;               /* id -> struct team of the policy */
    /* calendar -> struct rota of the roster, for each layer; the last: of the whole calendar */
    struct map *rotas[ROLE_COUNT + 1];
    uint32_t **stretches; /* for each rota of the roster; see stretch.c */
    size_t stretch_count;
    struct numbered *incidents; /* by number */
    struct map *keys;           /* (integration, dedup key) -> latest struct alert_record of it */
    struct map *groups;         /* group_key -> struct incident, see group.h */
    struct map *bursts;         /* team, silence, service -> struct burst, see storm.c */
    msec bursts_prune_at;       /* steady; not before then */
    msec repeats_until_at;      /* steady; saving repeats has its share until then, see dedup.c */
    struct alert_record **restored; /* until engine_restored(), which joins them to incidents */
    size_t restored_count;
    size_t restored_room;
    struct map *ends;            /* (integration, dedup key) -> last end that was past; expiry.c */
    struct map *tallies;         /* integration -> struct tally, see limit.h */
    struct numbered *pages;      /* by id */
    struct map *people;          /* user id -> struct person */
    struct map *spends;          /* channel -> struct spend, see spend.c */
    struct map *notices;         /* (user, text) -> struct notice, see notice.c */
    struct override **overrides; /* by id */
    size_t override_count;
    size_t override_room;
    struct silence **silences; /* by id */
    size_t silence_count;
    size_t silence_room;
    struct map *heartbeats; /* id -> struct heartbeat, in order of id */
    struct map *handoffs;   /* team -> struct handoff */
    struct map *proofs;     /* user, channel -> struct proof */
    struct map *swaps;      /* id -> struct swap */
    struct map *throttles;  /* channel and address -> struct throttle, see throttle.h */
    struct map *providers;  /* channel and which -> struct provider, see provider.h */
    struct heap timers[TIMER_COUNT];
    struct heap_item leave_timer;
    struct heap_item code_timer;
    bool is_restored;         /* all that was saved is there: ids may be given out */
    bool has_clock;           /* has there been a step? */
    bool is_cover_in_doubt;   /* who is there has changed: pauses_look() at the end of the step */
    msec ahead_ms;            /* wall minus steady time at the last step, see clock.h */
    msec leave_told_at;       /* wall; absences that began up to then have been told */
    uint64_t incident_number; /* the highest ever given out, as the five below */
    uint64_t incident_floor;  /* numbers up to it may be those of incidents that are forgotten */
    uint64_t alert_id;
    uint64_t page_id;
    uint64_t override_id;
    uint64_t silence_id;
    uint64_t heartbeat_id;
    uint64_t swap_id;
    uint64_t proof_id;
    uint64_t turn; /* see effect.h */
    struct engine_counts counts;
    struct ledger ledger;
    struct audit audit;
};

struct work {
    struct engine *engine;
    const struct policy *policy;
    struct now now;
    struct effects *effects;
    bool is_late; /* a timer that is overdue by far is being fired */
};

/* Lists a record for saving, once in a turn, and raises its version then. With an incident all
 * its alerts that save_alert_with() was told of. */
void save_incident(struct work *work, struct incident *incident);
void save_alert(struct work *work, struct alert_record *alert);
/* It is saved when its incident is. */
void save_alert_with(struct incident *incident, struct alert_record *alert);
void save_page(struct work *work, struct page *page);
void save_person(struct work *work, struct person *person);
void save_override(struct work *work, struct override *override);
void save_silence(struct work *work, struct silence *silence);
void save_heartbeat(struct work *work, struct heartbeat *heartbeat);
void save_handoff(struct work *work, struct handoff *handoff);
void save_swap(struct work *work, struct swap *swap);
void save_proof(struct work *work, struct proof *proof);
void send_page(struct work *work, struct page *page);
/* Takes a page back that was handed out in this very turn. */
void unsend_page(struct work *work, const struct page *page);
void add_entry(struct work *work, const struct entry *entry); /* made by entry_add() */
void revoke_tokens(struct work *work, uint64_t incident);
/* Is the record listed in the turn under way, so that it may not be freed yet? */
bool is_listed(const struct work *work, uint64_t listed);

/* The map's key of a number; points into `number`. */
struct span number_key(const uint64_t *number);
struct incident *incident_find(const struct engine *engine, uint64_t number);
struct page *page_find(const struct engine *engine, uint64_t id);
struct person *person_find(const struct engine *engine, const char *user);
/* The record of that user, made when there is none. */
struct person *person_get(struct engine *engine, const char *user);

const struct team *team_find(const struct engine *engine, const char *id);
/* The incident's team; the first of all when it has been removed. */
const struct team *team_of(const struct engine *engine, const struct incident *incident);
/* NULL: the source is no calendar, or its calendar has not been read yet. */
const struct rota *rota_of(const struct engine *engine, const struct duty_source *source);
/* The place of a layer's map in engine->rotas; one past the last when it is no layer. */
size_t rota_layer(const char *layer);

/* Replaces an owned string; NULL counts as "". Returns whether it changed. */
bool string_set(char **place, const char *value);
/* The same for a shared string: one that many records say, and one that is a record's own. */
bool set_name(const char **place, const char *value);
bool set_words(const char **place, const char *value);
