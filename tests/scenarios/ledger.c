/* SPDX-License-Identifier: MIT */
#include "scenarios/ledger.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"

struct word {
    size_t node;
    msec said_at; /* steady */
    struct event event;
    struct event_origin origin;
    enum answer_kind answer; /* of the node that took it */
    bool is_settled;
    bool is_told;            /* to an engine that did not know it, */
    enum answer_kind retold; /* which said so */
    uint64_t incident;       /* there; 0: none */
};

struct ledger {
    struct arena *arena;
    struct word *words;
    size_t count;
    size_t room;
};

struct ledger *ledger_new(void)
{
    struct ledger *ledger = memory_new(1, sizeof *ledger);
    ledger->arena = arena_new();
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    arena_free(ledger->arena);
    free(ledger->words);
    free(ledger);
}

void ledger_keep(struct ledger *ledger, size_t node, const char *entry, const struct answer *answer,
                 msec now_at)
{
    struct fault fault = {0};
    const struct json *json = NULL;
    struct word word = {.node = node, .said_at = now_at, .answer = answer->kind};
    if (!json_parse(ledger->arena, span_of(entry), &json, &fault) ||
        !event_form_read(json, ledger->arena, &word.event, &word.origin, &fault))
        abort(); /* test_event_form.c says that this cannot be */
    if (ledger->count == ledger->room) {
        ledger->room = ledger->room * 2 + 16;
        ledger->words = memory_grow(ledger->words, ledger->room, sizeof *ledger->words);
    }
    ledger->words[ledger->count++] = word;
}

static bool wrong(struct fault *fault, const struct word *word, const char *what)
{
    return fault_set(fault, FAULT_CONFLICT,
                     "witness: what node %c was told without the store (event %d by %s, about %s "
                     "'%s') %s",
                     (char)('a' + word->node), (int)word->event.kind, word->event.actor,
                     word->origin.number != 0    ? word->origin.integration
                     : word->event.alert != NULL ? word->event.alert->integration
                                                 : "no",
                     word->origin.number != 0    ? word->origin.dedup_key
                     : word->event.alert != NULL ? word->event.alert->uuid
                                                 : "alert",
                     what);
}

/* Says the left one the same as the right one? */
static bool is_same(const struct event *left, const struct event_origin *left_origin,
                    const struct event *right, const struct event_origin *right_origin)
{
    if (left->kind != right->kind || left_origin->at != right_origin->at ||
        !string_is(left->actor, right->actor) || !string_is(left_origin->uuid, right_origin->uuid))
        return false;
    return left->alert == NULL || right->alert == NULL ||
           string_is(left->alert->uuid, right->alert->uuid);
}

static bool is_of_key(const struct alert *left, const struct alert *right)
{
    return string_is(left->integration, right->integration) && left->dedup_key != NULL &&
           string_is(left->dedup_key, right->dedup_key);
}

/* Open incidents that have that alert. */
static size_t count_open(const struct engine *engine, const struct alert *alert)
{
    uint64_t cursor = 0;
    size_t count = 0;
    const struct incident *incident = NULL;
    while ((incident = view_each_incident(engine, &cursor)) != NULL) {
        const struct alert_record *record =
            incident->state != INCIDENT_RESOLVED ? incident->alerts : NULL;
        while (record != NULL && !(string_is(record->integration, alert->integration) &&
                                   string_is(record->dedup_key, alert->dedup_key)))
            record = record->next;
        count += record != NULL;
    }
    return count;
}

/* What may become of it when it is told later than something else. */
static bool may_answer(const struct engine *engine, const struct word *word, enum answer_kind kind)
{
    bool is_there = policy_find_user(view_policy(engine), word->event.actor) != NULL;
    bool may_be_past = word->event.kind == EVENT_TRIGGER && word->event.alert->ends_at != 0;
    if (word->event.kind == EVENT_TRIGGER)
        return kind == ANSWER_DONE || kind == word->answer ||
               (may_be_past && kind == ANSWER_ALREADY);
    /* Its alert was refused, and never was anywhere but in the memory of the node; or is one of
     * many beyond a limit there. */
    bool is_unknown = kind == ANSWER_NOT_FOUND && word->event.alert != NULL &&
                      count_open(engine, word->event.alert) == 0;
    return is_unknown || kind == ANSWER_DONE || kind == ANSWER_ALREADY || kind == ANSWER_CONFLICT ||
           kind == ANSWER_CLOSED || word->event.kind != EVENT_ACKNOWLEDGE || !is_there ||
           word->answer != ANSWER_DONE;
}

/* Is there an incident of that uuid, by whatever number; one that is open? */
static bool is_there(const struct engine *engine, const char *uuid, bool is_open)
{
    uint64_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = view_each_incident(engine, &cursor)) != NULL) {
        if (string_is(incident->uuid, uuid) && (!is_open || incident->state != INCIDENT_RESOLVED))
            return true;
    }
    return false;
}

bool ledger_told(struct ledger *ledger, size_t node, const struct engine *engine,
                 const struct event *event, const struct event_origin *origin,
                 const struct answer *answer, struct fault *fault)
{
    struct word *word = NULL;
    for (size_t i = 0; i < ledger->count && word == NULL; i++) {
        struct word *each = &ledger->words[i];
        if (each->node == node && is_same(&each->event, &each->origin, event, origin) &&
            !each->is_told)
            word = each;
    }
    if (word == NULL)
        return true; /* told once more: it was interrupted the last time */
    word->is_settled = word->is_told = true;
    word->retold = answer != NULL ? answer->kind : ANSWER_CLOSED;
    word->incident = answer != NULL ? answer->incident : 0;
    for (size_t i = 0; event->kind == EVENT_TRIGGER && &ledger->words[i] < word; i++) {
        struct word *each = &ledger->words[i];
        if (each->node == node && each->event.kind == EVENT_TRIGGER &&
            is_of_key(each->event.alert, word->event.alert))
            each->is_settled = true;
    }
    if (answer == NULL)
        return !is_there(engine, origin->uuid, true) ||
               wrong(fault, word, "is not told, and is not over");
    return may_answer(engine, word, answer->kind) ||
           wrong(fault, word, answer->text[0] != '\0' ? answer->text : "is told, and is not done");
}

static const char *integration_of(const struct word *word)
{
    return word->event.alert != NULL ? word->event.alert->integration : word->origin.integration;
}

static const char *key_of(const struct word *word)
{
    const struct alert *alert = word->event.alert;
    if (alert == NULL)
        return word->origin.dedup_key;
    bool has_key = alert->dedup_key != NULL && alert->dedup_key[0] != '\0';
    return has_key ? alert->dedup_key : alert->uuid;
}

/* The last word of that node about the same incident, but for notes? One of another alert may be
 * about it, too: where there are several in one incident. */
static bool is_last(const struct ledger *ledger, const struct word *word)
{
    for (const struct word *each = word + 1; each < ledger->words + ledger->count; each++) {
        bool is_note = each->event.kind == EVENT_NOTE || each->event.kind == EVENT_NOTE_SOURCE;
        bool is_of_it = (each->incident != 0 && each->incident == word->incident) ||
                        (string_is(integration_of(each), integration_of(word)) &&
                         key_of(each) != NULL && string_is(key_of(each), key_of(word)));
        if (each->node == word->node && !is_note && is_of_it)
            return false;
    }
    return true;
}

/* The very alert that opened what is there need not be told. */
static void settle_known(struct ledger *ledger, size_t node, const struct engine *engine)
{
    for (size_t i = 0; i < ledger->count; i++) {
        struct word *word = &ledger->words[i];
        if (word->node == node && !word->is_settled && word->event.kind == EVENT_TRIGGER)
            word->is_settled = is_there(engine, word->event.alert->uuid, false);
    }
}

/* It is an ack that was forgotten: its timeout went by since it was given. */
static bool has_run_out(const struct engine *engine, const struct word *word,
                        const struct incident *incident, msec now_at)
{
    const struct team *team = policy_find_team(view_policy(engine), incident->team);
    return team != NULL && team->ack_timeout_ms != MSEC_NEVER &&
           now_at - word->said_at >= team->ack_timeout_ms;
}

bool ledger_holds(struct ledger *ledger, size_t node, const struct engine *engine, msec now_at,
                  struct fault *fault)
{
    settle_known(ledger, node, engine);
    for (size_t i = 0; i < ledger->count; i++) {
        const struct word *word = &ledger->words[i];
        if (word->node != node || !word->is_told)
            continue;
        const struct alert *alert = word->event.alert;
        if (alert != NULL && alert->dedup_key != NULL && count_open(engine, alert) > 1)
            return wrong(fault, word, "is open twice");
        bool is_had = word->retold == ANSWER_DONE || word->retold == ANSWER_ALREADY;
        const struct incident *incident =
            is_had && word->incident != 0 ? view_incident(engine, word->incident) : NULL;
        if (incident == NULL || !is_last(ledger, word))
            continue;
        if (word->event.kind == EVENT_ACKNOWLEDGE && incident->state == INCIDENT_TRIGGERED &&
            !has_run_out(engine, word, incident, now_at))
            return wrong(fault, word, "was acked, and waits for somebody");
        if (word->event.kind == EVENT_RESOLVE && incident->state != INCIDENT_RESOLVED)
            return wrong(fault, word, "was resolved, and is open");
    }
    return true;
}

void ledger_untell(struct ledger *ledger, size_t node)
{
    for (size_t i = 0; i < ledger->count; i++) {
        if (ledger->words[i].node == node)
            ledger->words[i].is_settled = ledger->words[i].is_told = false;
    }
}

/* Somebody resolved it before, and what its source says for a while then is counted only; or its
 * source did, and this is a late copy. */
static bool has_resolve(const struct ledger *ledger, const struct word *word)
{
    for (const struct word *each = ledger->words; each < word; each++) {
        bool is_copy =
            each->event.kind == EVENT_RESOLVE_SOURCE && word->event.alert->started_at != 0;
        if (each->node == word->node && (each->event.kind == EVENT_RESOLVE || is_copy) &&
            string_is(integration_of(each), integration_of(word)) &&
            string_is(key_of(each), key_of(word)))
            return true;
    }
    return false;
}

/* Beyond the limits of its source alerts are counted without their keys. */
static bool has_limit(const struct engine *engine, const struct alert *alert)
{
    const struct source_rule *rule = policy_source(view_policy(engine), alert->integration);
    return rule->rate_max > 0 || rule->open_max > 0;
}

bool ledger_knows(const struct ledger *ledger, size_t node, const struct engine *engine,
                  msec now_at, struct fault *fault)
{
    for (size_t i = 0; i < ledger->count; i++) {
        const struct word *word = &ledger->words[i];
        bool is_it = word->node == node && word->answer == ANSWER_DONE && key_of(word) != NULL &&
                     is_last(ledger, word);
        if (!is_it)
            continue;
        const struct incident *incident =
            view_open_by_key(engine, integration_of(word), key_of(word));
        if (word->event.kind == EVENT_ACKNOWLEDGE && incident != NULL &&
            incident->state == INCIDENT_TRIGGERED && string_is(incident->uuid, word->origin.uuid) &&
            !has_run_out(engine, word, incident, now_at))
            return wrong(fault, word, "was acked, and is not where that node goes on");
        if (word->event.kind == EVENT_TRIGGER && incident == NULL &&
            word->event.alert->ends_at == 0 && !has_limit(engine, word->event.alert) &&
            !has_resolve(ledger, word))
            return wrong(fault, word, "is not known where that node goes on");
    }
    return true;
}

void ledger_landed(struct ledger *ledger, size_t node)
{
    for (size_t i = 0; i < ledger->count; i++) {
        if (ledger->words[i].node == node)
            ledger->words[i].is_settled = true;
    }
}

bool ledger_clear(struct ledger *ledger, size_t node, struct fault *fault)
{
    size_t kept = 0;
    bool is_good = true;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct word word = ledger->words[i];
        if (word.node != node)
            ledger->words[kept++] = word;
        else if (!word.is_settled)
            is_good = wrong(fault, &word, "is lost");
    }
    ledger->count = kept;
    return is_good;
}

size_t ledger_open(const struct ledger *ledger)
{
    size_t count = 0;
    for (size_t i = 0; i < ledger->count; i++)
        count += !ledger->words[i].is_settled;
    return count;
}
