/* SPDX-License-Identifier: MIT */
/* The rules carry the numbers of witness.h. */
#include "scenarios/witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "engine/canary.h"
#include "scenarios/witness_alert.h"
#include "scenarios/witness_canary.h"
#include "scenarios/witness_code.h"
#include "scenarios/witness_delivery.h"
#include "scenarios/witness_hold.h"
#include "scenarios/witness_kept.h"
#include "scenarios/witness_record.h"
#include "scenarios/witness_rest.h"
#include "scenarios/witness_window.h"

#define OVERDUE_MS SECOND_MS
#define DELIVERY_EVERY 4 /* steps: it looks at every page */
#define GRACE_MS (5 * MINUTE_MS)
#define CHUNK_PAGES 512 /* pages get their numbers one by one, but for leaps */

struct witness {
    struct witnessed *incidents; /* by number */
    size_t incident_room;
    struct watched **pages; /* by id, in chunks */
    size_t chunk_room;
    struct note *notes; /* of turns on their way, oldest first */
    size_t note_count;
    size_t note_room;
    struct witness_codes *codes;
    struct map *keys; /* where the last alert of each went; see witness_alert.h */
    msec started_at;  /* steady; the last time */
    bool is_starting; /* what is overdue since a crash may still be so */
    struct witness_counts counts;
};

struct witness *witness_new(void)
{
    struct witness *witness = memory_new(1, sizeof *witness);
    witness->keys = map_new();
    witness->codes = witness_codes_new();
    return witness;
}

void witness_free(struct witness *witness)
{
    if (witness == NULL)
        return;
    witness_alerts_free(witness->keys);
    witness_codes_free(witness->codes);
    free(witness->incidents);
    for (size_t i = 0; i < witness->chunk_room; i++)
        free(witness->pages[i]);
    free(witness->pages);
    free(witness->notes);
    free(witness);
}

/* Room for one more index; what is new is zero. */
static void *table_reach(void *table, size_t *room, uint64_t index, size_t size)
{
    if (index < *room)
        return table;
    size_t old = *room;
    *room = (size_t)index * 2 + 64;
    char *grown = memory_grow(table, *room, size);
    memset(grown + old * size, 0, (*room - old) * size);
    return grown;
}

static struct witnessed *incident_at(struct witness *witness, uint64_t number)
{
    witness->incidents = table_reach(witness->incidents, &witness->incident_room, number,
                                     sizeof *witness->incidents);
    return &witness->incidents[number];
}

static struct watched *page_at(struct witness *witness, uint64_t id)
{
    uint64_t chunk = id / CHUNK_PAGES;
    witness->pages =
        table_reach(witness->pages, &witness->chunk_room, chunk, sizeof(struct watched *));
    if (witness->pages[chunk] == NULL)
        witness->pages[chunk] = memory_new(CHUNK_PAGES, sizeof(struct watched));
    return &witness->pages[chunk][id % CHUNK_PAGES];
}

/* NULL: nothing is known of it, or of any near it. */
static struct watched *page_known(const struct witness *witness, uint64_t id)
{
    uint64_t chunk = id / CHUNK_PAGES;
    if (chunk >= witness->chunk_room || witness->pages[chunk] == NULL)
        return NULL;
    return &witness->pages[chunk][id % CHUNK_PAGES];
}

/* All that may be known, in order: start with *id = 0; NULL at the end. */
static struct watched *page_each(const struct witness *witness, uint64_t *id)
{
    uint64_t end = (uint64_t)witness->chunk_room * CHUNK_PAGES;
    for (++*id; *id < end; ++*id) {
        struct watched *page = page_known(witness, *id);
        if (page != NULL)
            return page;
        *id = (*id / CHUNK_PAGES + 1) * CHUNK_PAGES - 1;
    }
    return NULL;
}

static struct note *note_add(struct witness *witness, uint64_t turn, enum note_kind kind,
                             uint64_t id)
{
    if (witness->note_count == witness->note_room) {
        witness->note_room = witness->note_room * 2 + 16;
        witness->notes = memory_grow(witness->notes, witness->note_room, sizeof *witness->notes);
    }
    struct note *note = &witness->notes[witness->note_count++];
    *note = (struct note){.turn = turn, .kind = kind, .id = id};
    return note;
}

static void owner_set(char owner[OWNER_SIZE], const char *user)
{
    (void)snprintf(owner, OWNER_SIZE, "%s", user);
}

static bool wrong(struct fault *fault, uint64_t number, const char *what)
{
    return fault_set(fault, FAULT_CONFLICT, "witness: #%" PRIu64 " %s", number, what);
}

static bool is_open(enum incident_state state)
{
    return state != INCIDENT_RESOLVED;
}

/* What a heartbeat raises comes of silence, and of pings; it may be part of a storm. */
static bool has_heartbeat(const struct engine *engine, const struct incident *incident)
{
    const struct incident *known = view_incident(engine, incident->number);
    const struct alert_record *alert = known != NULL ? known->alerts : NULL;
    while (alert != NULL && !string_is(alert->integration, "heartbeat"))
        alert = alert->next;
    return alert != NULL || string_is(incident->integration, "heartbeat");
}

/* 4: who acked or resolved it is who the event says. */
static bool change_is_somebodys(const struct engine *engine, const struct witnessed *was,
                                const struct incident *incident, const struct event *event,
                                const struct answer *answer, struct now now,
                                const struct effects *effects, struct fault *fault)
{
    static const char *const rules[] = {"expired", "merged", "quiet", NULL};
    bool is_ack = incident->state == INCIDENT_ACKNOWLEDGED &&
                  !string_is(was->owner, incident->handling->acknowledged_by);
    if (is_ack && (event->kind != EVENT_ACKNOWLEDGE || answer->incident != incident->number ||
                   !string_is(event->actor, incident->handling->acknowledged_by)))
        return wrong(fault, incident->number, "was acked by nobody");
    if (incident->state == INCIDENT_ACKNOWLEDGED &&
        policy_find_user(view_policy(engine), incident->handling->acknowledged_by) == NULL)
        return wrong(fault, incident->number, "is owned by somebody who does not exist");
    bool is_end = incident->state == INCIDENT_RESOLVED && is_open(was->state);
    bool is_said =
        event->kind == EVENT_RESOLVE || event->kind == EVENT_RESOLVE_SOURCE ||
        (has_heartbeat(engine, incident) &&
         (event->kind == EVENT_HEARTBEAT_PING || event->kind == EVENT_HEARTBEAT_REMOVE)) ||
        witness_is_past(event, now) || witness_has_entry(effects, incident->number, rules);
    bool is_canary_over =
        canary_is(incident) && (event->kind == EVENT_ACKNOWLEDGE || event->kind == EVENT_RESTORED ||
                                now.steady_at >= was->known_at + CANARY_MS);
    return !is_end || is_said || is_canary_over ||
           wrong(fault, incident->number, "was resolved by nobody");
}

/* 5: an ack ends by a rule that names itself. */
static bool ack_ends_by_rule(const struct witnessed *was, const struct incident *incident,
                             const struct effects *effects, struct fault *fault)
{
    static const char *const rules[] = {"unacknowledged", "ack-timeout", "severity", "reassigned",
                                        "escalated",      "policy",      "promoted", NULL};
    if (was->state != INCIDENT_ACKNOWLEDGED || incident->state != INCIDENT_TRIGGERED)
        return true;
    return witness_has_entry(effects, incident->number, rules) ||
           wrong(fault, incident->number, "lost its ack without a word");
}

/* 6: what is acked and forgotten comes back. A new time of the team counts from the next ack. */
static bool ack_runs_out(const struct witness *witness, const struct engine *engine, struct now now,
                         const struct incident *incident, const struct event *event,
                         struct fault *fault)
{
    const struct team *team = policy_find_team(view_policy(engine), incident->team);
    msec in_ms = incident->handling->acknowledge_due_at - now.steady_at;
    if (team == NULL || incident->handling->acknowledge_due_at == MSEC_NEVER)
        return team == NULL || team->ack_timeout_ms == MSEC_NEVER ||
               wrong(fault, incident->number, "is acked for ever");
    if (!witness->is_starting && in_ms < -OVERDUE_MS)
        return wrong(fault, incident->number, "is acked for too long");
    bool is_acked_now = event->kind == EVENT_ACKNOWLEDGE && event->incident == incident->number;
    return !is_acked_now || in_ms == team->ack_timeout_ms + event->for_ms ||
           wrong(fault, incident->number, "is not acked for the time of its team");
}

/* 6: somebody will be paged for it, who can be; in time. */
static bool somebody_comes(const struct witness *witness, const struct engine *engine,
                           struct now now, const struct incident *incident, struct fault *fault)
{
    if (incident->state == INCIDENT_SUPPRESSED) {
        const char *what = witness_suppressed(engine, now, witness->is_starting, incident);
        return what == NULL || wrong(fault, incident->number, what);
    }
    if (is_open(incident->state) && canary_is(incident))
        return witness_canary_ends(incident, now, witness->incidents[incident->number].known_at,
                                   witness->is_starting, fault);
    if (incident->state != INCIDENT_TRIGGERED)
        return true;
    struct next_page next;
    if (!view_next(engine, incident, now, &next) || next.at == MSEC_NEVER || next.user_count == 0)
        return wrong(fault, incident->number, "waits for nobody");
    if (!witness->is_starting && next.at < now.wall_at - OVERDUE_MS)
        return wrong(fault, incident->number, "is overdue");
    for (size_t i = 0; i < next.user_count; i++) {
        if (next.users[i]->contact_count > 0)
            return true;
    }
    const struct policy *policy = view_policy(engine);
    const struct user *last = NULL;
    const struct team *team = policy_find_team(policy, incident->team);
    if (team != NULL && policy_last_resort(policy, team, &last, 1) == 0)
        return true; /* no such policy is let in by the configuration */
    return wrong(fault, incident->number, "waits for somebody who cannot be reached");
}

/* 2: what one incident had, another that is open has now. */
static bool merge_keeps(struct witness *witness, const struct engine *engine, struct witnessed *is,
                        const struct incident *incident, struct fault *fault)
{
    const struct incident *into = view_incident(engine, incident->handling->merged_into);
    if (into == NULL || !is_open(into->state) || incident->alerts != NULL)
        return wrong(fault, incident->number, "was merged, and its alerts are gone");
    incident_at(witness, into->number)->occurrences += is->occurrences;
    is->occurrences = 0;
    return true;
}

static const char *const handed_on[] = {"reassigned", NULL};

static bool incident_step(struct witness *witness, const struct engine *engine, struct now now,
                          uint64_t turn, const struct event *event, const struct answer *answer,
                          const struct effects *effects, const struct incident *incident,
                          struct fault *fault)
{
    (void)incident_at(witness, incident->handling->merged_into);
    struct witnessed *is = incident_at(witness, incident->number);
    struct witnessed was = *is;
    if (is->is_known && was.state == INCIDENT_RESOLVED && is_open(incident->state))
        return wrong(fault, incident->number, "was resolved and is open");
    if (!change_is_somebodys(engine, &was, incident, event, answer, now, effects, fault) ||
        !ack_ends_by_rule(&was, incident, effects, fault))
        return false;
    if ((!was.is_known || was.state != incident->state) &&
        !witness_has_entry(effects, incident->number, NULL))
        return wrong(fault, incident->number, "changed without a word in its timeline");
    if (is_open(was.state) && !is_open(incident->state) &&
        !witness_has_revoked(effects, incident->number))
        return wrong(fault, incident->number, "is over and its links are good");
    if (event->kind == EVENT_RESOLVE && is_open(was.state) && !is_open(incident->state))
        is->by_hand_at = now.steady_at;
    if (is_open(was.state) && !is_open(incident->state))
        is->ended_at = now.steady_at;
    if (is_open(was.state) && was.is_known && incident->handling->merged_into != 0 &&
        !merge_keeps(witness, engine, is, incident, fault))
        return false;
    if (!is->is_known)
        is->known_at = now.steady_at;
    is->is_known = true;
    is->state = incident->state;
    if (incident->state == INCIDENT_ACKNOWLEDGED &&
        witness_has_entry(effects, incident->number, handed_on))
        is->is_passed_on = true; /* by the end of a shift, and no event says so */
    if (has_heartbeat(engine, incident))
        is->occurrences = incident->occurrences; /* no event says that there is one more */
    owner_set(is->owner, incident->handling->acknowledged_by);
    struct note *note = note_add(witness, turn, NOTE_INCIDENT, incident->number);
    note->state = incident->state;
    owner_set(note->owner, incident->handling->acknowledged_by);
    note->mark = witness_mark(incident);
    if (incident->state == INCIDENT_ACKNOWLEDGED)
        return ack_runs_out(witness, engine, now, incident, event, fault);
    return somebody_comes(witness, engine, now, incident, fault);
}

/* 3: which incident a trigger must go to: 0, a new one. */
static uint64_t trigger_expected(struct witness *witness, const struct alert *alert)
{
    uint64_t number = witness_alert_find(witness->keys, alert);
    return number != 0 && is_open(incident_at(witness, number)->state) ? number : 0;
}

/* What a person resolved while its source fires on is counted into it for a while. */
static bool is_in_grace(const struct witnessed *was, struct now now)
{
    return was->state == INCIDENT_RESOLVED && was->by_hand_at > 0 &&
           now.steady_at - was->by_hand_at <= GRACE_MS;
}

/* 3: a second copy of what is over since a moment says so, and when it began. */
static bool is_late_copy(const struct witnessed *was, struct now now, const struct event *event,
                         const struct effects *effects, uint64_t number)
{
    static const char *const names[] = {"late", NULL};
    return event->alert->started_at != 0 && now.steady_at - was->ended_at <= GRACE_MS &&
           witness_has_entry(effects, number, names);
}

static bool trigger_step(struct witness *witness, const struct engine *engine, struct now now,
                         uint64_t turn, uint64_t expected, const struct event *event,
                         const struct answer *answer, const struct effects *effects,
                         struct fault *fault)
{
    if (answer->kind != ANSWER_DONE)
        return true;
    if (expected != 0 && (answer->is_new || answer->incident != expected))
        return wrong(fault, expected, "is open, and its alert opened another");
    struct witnessed *is = incident_at(witness, answer->incident);
    const struct incident *incident = view_incident(engine, answer->incident);
    if (incident == NULL)
        return wrong(fault, answer->incident, "does not exist");
    if (witness_is_past(event, now) && !answer->is_new && incident->occurrences == is->occurrences)
        return true; /* it said that it is over; or its clock is behind, and it was counted */
    if (expected == 0 && !answer->is_new && !is_in_grace(is, now) &&
        !is_late_copy(is, now, event, effects, answer->incident) &&
        !witness_joins_overflow(view_policy(engine), event->alert, incident) &&
        !witness_has_joined(incident, event->alert, effects))
        return wrong(fault, answer->incident, "swallowed an alert whose problem was over");
    is->occurrences = answer->is_new ? 1 : is->occurrences + 1;
    if (has_heartbeat(engine, incident))
        is->occurrences = incident->occurrences;
    if (incident->occurrences != is->occurrences)
        return wrong(fault, answer->incident, "does not count every alert");
    note_add(witness, turn, NOTE_ACCEPTED, answer->incident);
    witness->counts.opened += answer->is_new;
    witness->counts.merged += !answer->is_new;
    return true;
}

/* What was counted after a resolve by hand has its own incident now, and no event says so. */
static void insisted_step(struct witness *witness, const struct engine *engine,
                          const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct entry *entry =
            effects->list[i].kind == EFFECT_ENTRY ? effects->list[i].entry : NULL;
        const struct incident *incident = entry != NULL && string_is(entry->event, "insisted")
                                              ? view_incident(engine, entry->incident)
                                              : NULL;
        if (incident != NULL)
            incident_at(witness, incident->number)->occurrences = incident->occurrences;
    }
}

static void outcome_step(struct witness *witness, const struct event *event,
                         const struct answer *answer)
{
    struct watched *page = page_known(witness, event->id);
    if (event->id == 0 || page == NULL || answer->kind != ANSWER_DONE)
        return;
    page->is_out = false;
    page->is_doubt = event->outcome == OUTCOME_UNKNOWN;
    page->is_done = event->outcome == OUTCOME_SENT || event->outcome == OUTCOME_DELIVERED;
}

/* Acks, and incidents handed on while they are somebody's. */
static void deed_step(struct witness *witness, uint64_t turn, const struct event *event,
                      const struct answer *answer)
{
    bool is_done = answer->kind == ANSWER_DONE;
    if (event->kind == EVENT_ACKNOWLEDGE && (is_done || answer->kind == ANSWER_ALREADY)) {
        witness->counts.acks += is_done;
        incident_at(witness, event->incident)->is_passed_on = false;
    }
    if (event->kind == EVENT_ACKNOWLEDGE && is_done)
        owner_set(note_add(witness, turn, NOTE_ACKED, answer->incident)->owner, event->actor);
    if (is_done && (event->kind == EVENT_REASSIGN || event->kind == EVENT_ESCALATE))
        incident_at(witness, event->incident)->is_passed_on = true;
}

/* 9: what may not have arrived is not given up while its incident waits, and waited before. */
static bool page_step(struct witness *witness, const struct engine *engine, struct now now,
                      uint64_t turn, const struct page *page, struct fault *fault)
{
    const struct witnessed *of = incident_at(witness, page->incident);
    struct watched *watched = page_at(witness, page->id);
    watched->incident = page->incident;
    watched->kind = page->kind;
    note_add(witness, turn, NOTE_PAGE, page->id)->page_state = page->state;
    return !of->is_known || of->state != INCIDENT_TRIGGERED ||
           !witness_gives_up(engine, now, page) ||
           fault_set(fault, FAULT_CONFLICT, "witness: page %" PRIu64 " is given up", page->id);
}

bool witness_step(struct witness *witness, const struct engine *engine, struct now now,
                  uint64_t turn, const struct event *event, const struct answer *answer,
                  const struct effects *effects, struct fault *fault)
{
    witness->counts.steps++;
    if (witness->is_starting)
        witness->started_at = now.steady_at;
    bool is_trigger = event->kind == EVENT_TRIGGER;
    uint64_t expected = is_trigger ? trigger_expected(witness, event->alert) : 0;
    if (event->kind == EVENT_PAGE_OUTCOME)
        outcome_step(witness, event, answer);
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_PAGE &&
            !page_step(witness, engine, now, turn, effect->page, fault))
            return false;
    }
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_INCIDENT &&
            !incident_step(witness, engine, now, turn, event, answer, effects, effect->incident,
                           fault))
            return false;
        if (effect->kind == EFFECT_SAVE_ALERT)
            witness_alert_note(witness->keys, effect->alert);
    }
    if ((event->kind == EVENT_RESOLVE_SOURCE || witness_is_past(event, now)) &&
        answer->incident != 0 && answer->kind != ANSWER_INVALID)
        incident_at(witness, answer->incident)->ended_at = now.steady_at;
    insisted_step(witness, engine, effects);
    deed_step(witness, turn, event, answer);
    bool is_global = event->kind == EVENT_POLICY || event->kind == EVENT_ROSTER ||
                     witness->is_starting; /* perhaps with another configuration */
    if (is_trigger &&
        !trigger_step(witness, engine, now, turn, expected, event, answer, effects, fault))
        return false;
    bool is_good = witness_windows(engine, now, witness->is_starting, fault) &&
                   witness_canary(engine, event, answer, effects, fault) &&
                   witness_codes_step(witness->codes, engine, now, event, answer, effects, fault) &&
                   (witness->counts.steps % DELIVERY_EVERY != 0 ||
                    witness_delivery(engine, now, witness->started_at, fault)) &&
                   (!is_global || witness_all(witness, engine, now, fault));
    witness->is_starting = false;
    return is_good;
}

static void note_land(struct witness *witness, const struct note *note)
{
    if (note->kind == NOTE_INCIDENT) {
        struct witnessed *incident = incident_at(witness, note->id);
        incident->is_on_disk = true;
        incident->disk_state = note->state;
        owner_set(incident->disk_owner, note->owner);
        incident->disk_mark = note->mark;
    } else if (note->kind == NOTE_PAGE) {
        struct watched *page = page_at(witness, note->id);
        page->is_on_disk = true;
        page->disk_state = note->page_state;
    }
}

void witness_land(struct witness *witness, uint64_t turn)
{
    for (size_t i = 0; i < witness->note_count; i++) {
        if (witness->notes[i].turn == turn)
            note_land(witness, &witness->notes[i]);
    }
}

/* 1: who is told has been written down. The notes of the turn are done with. */
bool witness_tell(struct witness *witness, uint64_t turn, struct fault *fault)
{
    size_t kept = 0;
    bool is_good = true;
    for (size_t i = 0; i < witness->note_count; i++) {
        struct note note = witness->notes[i];
        if (note.turn > turn) {
            witness->notes[kept++] = note;
            continue;
        }
        bool is_ack = note.kind == NOTE_ACKED;
        if (note.turn < turn || (note.kind != NOTE_ACCEPTED && !is_ack))
            continue;
        struct witnessed *incident = incident_at(witness, note.id);
        bool is_theirs = incident->disk_state == INCIDENT_ACKNOWLEDGED &&
                         string_is(incident->disk_owner, note.owner);
        if (is_ack) {
            if (!incident->is_on_disk || (!is_theirs && incident->disk_state != INCIDENT_RESOLVED))
                is_good = wrong(fault, note.id, "was acked, as somebody was told, and is not");
            continue;
        }
        witness->counts.alerts++;
        incident->is_promised = true;
        if (!incident->is_on_disk)
            is_good = wrong(fault, note.id, "was promised before it was on disk");
    }
    witness->note_count = kept;
    return is_good;
}

/* 7, and 8 by witness_rest(), for pages that ask for an ack. */
static bool alarm_may_leave(struct witness *witness, const struct engine *engine, struct now now,
                            const struct page *page, struct fault *fault)
{
    const struct incident *incident = view_incident(engine, page->incident);
    if (incident == NULL)
        return wrong(fault, page->incident, "pages somebody and does not exist");
    bool is_passed_on = incident_at(witness, page->incident)->is_passed_on;
    if (incident->state != INCIDENT_TRIGGERED &&
        !(is_passed_on && incident->state == INCIDENT_ACKNOWLEDGED))
        return wrong(fault, incident->number, "pages somebody and waits for nobody");
    if (policy_find_user(view_policy(engine), page->user) == NULL)
        return wrong(fault, incident->number, "pages somebody who does not exist");
    return canary_is(incident) || page->is_repeat || page->attempt > 1 ||
           witness_rest(engine, now, incident, page, fault);
}

static bool is_on_its_way(const struct witness *witness, uint64_t page)
{
    for (size_t i = 0; i < witness->note_count; i++) {
        if (witness->notes[i].kind == NOTE_PAGE && witness->notes[i].id == page)
            return true;
    }
    return false;
}

bool witness_send(struct witness *witness, const struct engine *engine, struct now now,
                  const struct page *page, struct fault *fault)
{
    struct watched *watched = page_at(witness, page->id);
    if (watched->times > 0 && watched->is_done)
        return fault_set(fault, FAULT_CONFLICT, "witness: page %" PRIu64 " is sent again",
                         page->id);
    bool may_be_there = watched->times > 0 && (watched->is_out || watched->is_doubt);
    if (may_be_there && !page->is_repeat)
        return fault_set(fault, FAULT_CONFLICT,
                         "witness: page %" PRIu64 " may have arrived and does not say so",
                         page->id);
    watched->times++;
    watched->is_out = true;
    watched->is_doubt = false;
    watched->is_hasty = is_on_its_way(witness, page->id);
    witness->counts.pages++;
    witness->counts.repeats += page->is_repeat;
    if (!witness_canary_page(view_incident(engine, page->incident), page, fault))
        return false;
    return !page_is_alarm(page->kind) || alarm_may_leave(witness, engine, now, page, fault);
}

/* An incident as the disk has it; one that never got there is as if it had not been. */
static void incident_crash(struct witnessed *incident)
{
    if (!incident->is_on_disk) {
        *incident = (struct witnessed){0};
        return;
    }
    incident->state = incident->disk_state;
    owner_set(incident->owner, incident->disk_owner);
}

static void page_crash(struct watched *page)
{
    if (!page->is_on_disk) {
        *page = (struct watched){0};
        return;
    }
    if (page->is_hasty && page->disk_state == PAGE_QUEUED) { /* nobody can know that it left */
        page->is_out = page->is_done = page->is_doubt = false;
        return;
    }
    bool is_waiting = page->disk_state == PAGE_QUEUED || page->disk_state == PAGE_SENDING ||
                      page->disk_state == PAGE_UNKNOWN;
    if (page->is_done && is_waiting) { /* it was heard, but not written down */
        page->is_done = false;
        page->is_out = true;
    }
}

void witness_crash(struct witness *witness)
{
    witness->note_count = 0;
    for (size_t i = 0; i < witness->incident_room; i++)
        incident_crash(&witness->incidents[i]);
    uint64_t id = 0;
    struct watched *page = NULL;
    while ((page = page_each(witness, &id)) != NULL)
        page_crash(page);
    witness_alerts_free(witness->keys);
    witness->keys = map_new();
}

static void *copy_of(const void *from, size_t count, size_t size)
{
    void *copy = memory_new(count + 1, size);
    if (count > 0)
        memcpy(copy, from, count * size);
    return copy;
}

struct witness *witness_fork(const struct witness *witness)
{
    struct witness *fork = copy_of(witness, 1, sizeof *witness);
    fork->incidents =
        copy_of(witness->incidents, witness->incident_room, sizeof *witness->incidents);
    fork->pages = copy_of(witness->pages, witness->chunk_room, sizeof(struct watched *));
    for (size_t i = 0; i < fork->chunk_room; i++) {
        if (fork->pages[i] != NULL)
            fork->pages[i] = copy_of(witness->pages[i], CHUNK_PAGES, sizeof(struct watched));
    }
    fork->notes = NULL;
    fork->note_count = fork->note_room = 0;
    fork->codes = witness_codes_copy(witness->codes);
    fork->keys = map_new();
    fork->counts = (struct witness_counts){0};
    witness_crash(fork);
    return fork;
}

void witness_thaw(struct witness *witness)
{
    witness->is_starting = true;
}

/* 9: what was on its way when the process died is on its way again. */
static bool page_is_back(const struct witness *witness, const struct engine *engine, uint64_t id,
                         struct fault *fault)
{
    const struct watched *watched = page_known(witness, id);
    bool was_waiting = watched->is_on_disk &&
                       (watched->disk_state == PAGE_QUEUED || watched->disk_state == PAGE_SENDING);
    const struct incident *incident = view_incident(engine, watched->incident);
    if (!was_waiting || !page_is_alarm(watched->kind) || incident == NULL ||
        incident->state != INCIDENT_TRIGGERED)
        return true;
    const struct page *page = view_page(engine, id);
    return page != NULL ||
           fault_set(fault, FAULT_CONFLICT, "witness: page %" PRIu64 " was lost in the crash", id);
}

bool witness_restart(struct witness *witness, const struct engine *engine, struct fault *fault)
{
    witness->is_starting = true;
    for (uint64_t number = 1; number < witness->incident_room; number++) {
        struct witnessed *is = &witness->incidents[number];
        const struct incident *incident = view_incident(engine, number);
        if (is->is_promised && !is->is_on_disk)
            return wrong(fault, number, "was promised and is lost");
        if (is->is_on_disk && is_open(is->disk_state) &&
            (incident == NULL || (!is_open(incident->state) && !canary_is(incident))))
            return wrong(fault, number, "was open and is lost"); /* a backup's canary is over */
        if (incident == NULL)
            continue;
        if (is->is_on_disk && !witness_mark_holds(&is->disk_mark, incident))
            return wrong(fault, number, "has other deadlines than were saved");
        is->occurrences = incident->occurrences;
        is->is_passed_on =
            incident->state == INCIDENT_ACKNOWLEDGED && incident->walk.due_at != MSEC_NEVER;
        witness_alerts_note(witness->keys, incident);
    }
    uint64_t id = 0;
    while (page_each(witness, &id) != NULL) {
        if (!page_is_back(witness, engine, id, fault))
            return false;
    }
    if (!witness_codes_restart(witness->codes, engine, fault))
        return false;
    return true; /* the rest when what the start changed has been seen */
}

bool witness_all(const struct witness *witness, const struct engine *engine, struct now now,
                 struct fault *fault)
{
    if (view_policy(engine) == NULL)
        return true;
    for (uint64_t number = 1; number < witness->incident_room; number++) {
        const struct witnessed *is = &witness->incidents[number];
        if (!is->is_known || !is_open(is->state))
            continue;
        const struct incident *incident = view_incident(engine, number);
        if (incident == NULL)
            return wrong(fault, number, "has vanished");
        if (incident->state == INCIDENT_ACKNOWLEDGED &&
            !string_is(is->owner, incident->handling->acknowledged_by))
            return wrong(fault, number, "is not whose it was saved as");
        if (incident->state != is->state || incident->occurrences != is->occurrences)
            return wrong(fault, number, "is not as it was saved");
        if (!somebody_comes(witness, engine, now, incident, fault))
            return false;
    }
    return true;
}

struct witness_counts witness_counts(const struct witness *witness)
{
    return witness->counts;
}
