/* SPDX-License-Identifier: MIT */
#include "engine/record.h"

#include <stdlib.h>

#include "base/shared.h"
#include "base/text.h"

/* Nothing to say is "", also where a store that somebody else wrote into has NULL. */
static char *text_copy(const char *text)
{
    return string_copy(text != NULL ? text : "");
}

/* What an alert does not say is NULL. */
static const char *said_name(const char *text)
{
    return text != NULL && text[0] != '\0' ? shared_name(text) : NULL;
}

static const char *said_copy(const char *text)
{
    return text != NULL && text[0] != '\0' ? shared_copy(text) : NULL;
}

/* The integration with its key behind it: one share for both. */
static const char *key_copy(const char *integration, const char *key, const char **ret_key)
{
    return shared_pair(integration != NULL ? integration : "", key != NULL ? key : "", ret_key);
}

static void labels_free(struct label *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        shared_drop(labels[i].name);
        shared_drop(labels[i].value);
    }
    free(labels);
}

const struct handling handling_none = {
    .acknowledged_by = "",
    .acknowledge_due_at = MSEC_NEVER,
    .grow_due_at = MSEC_NEVER,
    .reassigned_to = "",
    .snooze_due_at = MSEC_NEVER,
    .snoozed_by = "",
    .hold_user = "",
    .resolved_by = "",
};

static bool says(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* Does it differ from handling_none in anything that is stored? */
static bool is_handled(const struct handling *handling)
{
    if (handling == NULL || handling == &handling_none)
        return false;
    bool has_name = says(handling->acknowledged_by) || says(handling->acknowledged_via) ||
                    says(handling->reassigned_to) || says(handling->snoozed_by) ||
                    says(handling->hold_user) || says(handling->resolved_by) ||
                    says(handling->remedy);
    bool has_time = handling->acknowledged_at != 0 || handling->snoozed_until_at != 0 ||
                    handling->hold_from_at != 0 || handling->hold_until_at != 0 ||
                    handling->resolved_at != 0 || handling->ended_at != 0;
    bool has_deadline = handling->acknowledge_due_at != MSEC_NEVER ||
                        handling->grow_due_at != MSEC_NEVER ||
                        handling->snooze_due_at != MSEC_NEVER;
    return has_name || has_time || has_deadline || handling->is_hold_waived ||
           handling->held_by != 0 || handling->merged_into != 0;
}

static struct handling *handling_copy(const struct handling *handling, struct incident *incident)
{
    struct handling *copy = memory_new(1, sizeof *copy);
    *copy = *handling;
    copy->acknowledged_by = shared_name(handling->acknowledged_by);
    copy->acknowledged_via = said_name(handling->acknowledged_via);
    copy->reassigned_to = shared_name(handling->reassigned_to);
    copy->snoozed_by = shared_name(handling->snoozed_by);
    copy->hold_user = shared_name(handling->hold_user);
    copy->resolved_by = shared_name(handling->resolved_by);
    copy->remedy = said_copy(handling->remedy);
    copy->grown_at = 0;
    copy->wall_timer = (struct heap_item){0};
    copy->incident = incident;
    return copy;
}

static void handling_free(const struct handling *handling)
{
    if (handling == NULL || handling == &handling_none)
        return;
    shared_drop(handling->acknowledged_by);
    shared_drop(handling->acknowledged_via);
    shared_drop(handling->reassigned_to);
    shared_drop(handling->snoozed_by);
    shared_drop(handling->hold_user);
    shared_drop(handling->resolved_by);
    shared_drop(handling->remedy);
    free((void *)(uintptr_t)handling);
}

bool incident_has_handling(const struct incident *incident)
{
    return incident->handling != &handling_none;
}

struct handling *incident_handle(struct incident *incident)
{
    if (!incident_has_handling(incident))
        incident->handling = handling_copy(&handling_none, incident);
    return (struct handling *)(uintptr_t)incident->handling;
}

struct incident *incident_copy(const struct incident *incident)
{
    struct incident *copy = memory_new(1, sizeof *copy);
    *copy = *incident;
    copy->team = shared_name(incident->team);
    copy->service = shared_name(incident->service);
    copy->summary = shared_copy(incident->summary);
    copy->details = shared_copy(incident->details);
    copy->source = shared_name(incident->source);
    copy->integration = key_copy(incident->integration, incident->dedup_key, &copy->dedup_key);
    copy->runbook = shared_name(incident->runbook);
    copy->link = shared_name(incident->link);
    copy->reason = shared_name(incident->reason);
    copy->handling = &handling_none;
    if (is_handled(incident->handling))
        copy->handling = handling_copy(incident->handling, copy);
    copy->labels = NULL;
    if (incident->label_count > 0)
        copy->labels = memory_new(incident->label_count, sizeof *copy->labels);
    for (size_t i = 0; i < incident->label_count; i++) {
        copy->labels[i].name = shared_name(incident->labels[i].name);
        copy->labels[i].value = shared_name(incident->labels[i].value);
    }
    copy->group_key = said_copy(incident->group_key);
    copy->mixed = said_name(incident->mixed);
    copy->paged = NULL;
    if (incident->paged_count > 0)
        copy->paged = memory_new(incident->paged_count, sizeof *copy->paged);
    for (size_t i = 0; i < incident->paged_count; i++)
        copy->paged[i] = shared_name(incident->paged[i]);
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    copy->saved_at = 0;
    copy->save_due_at = MSEC_NEVER;
    copy->step_entered_at = 0;
    copy->pages = NULL;
    copy->alerts = NULL;
    copy->newest_alert = NULL;
    copy->told_count = 0;
    copy->unsaved = NULL;
    copy->alert_count = 0;
    copy->held = 0;
    for (int severity = 0; severity < SEVERITY_COUNT; severity++)
        copy->firing[severity] = 0;
    return copy;
}

struct alert_record *alert_record_copy(const struct alert_record *alert,
                                       const struct incident *lead_of)
{
    struct alert_record *copy = memory_new(1, sizeof *copy);
    *copy = *alert;
    if (lead_of != NULL) {
        copy->integration = shared_again(lead_of->integration);
        copy->dedup_key = lead_of->dedup_key;
    } else {
        copy->integration = key_copy(alert->integration, alert->dedup_key, &copy->dedup_key);
    }
    copy->summary = said_copy(alert->summary);
    copy->service = said_name(alert->service);
    copy->rule = said_name(alert->rule);
    copy->route = said_name(alert->route);
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    copy->next = NULL;
    copy->unsaved = NULL;
    return copy;
}

struct page *page_copy(const struct page *page)
{
    struct page *copy = memory_new(1, sizeof *copy);
    *copy = *page;
    copy->user = shared_name(page->user);
    copy->channel = shared_name(page->channel);
    copy->address = shared_name(page->address);
    copy->text = shared_copy(page->text);
    copy->error = shared_copy(page->error);
    copy->reference = shared_copy(page->reference);
    copy->also = shared_copy(page->also);
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    copy->sent_attempt = 0;
    copy->is_sent_by_second = copy->is_switched = copy->is_refused = false;
    copy->is_hung = copy->is_in_doubt = copy->has_gone_on = copy->is_unasked = false;
    copy->handed_at = 0;
    copy->older = NULL;
    copy->newer = NULL;
    return copy;
}

struct person *person_copy(const struct person *person)
{
    struct person *copy = memory_new(1, sizeof *copy);
    *copy = *person;
    copy->user = text_copy(person->user);
    copy->rest_because = text_copy(person->rest_because);
    copy->runs = NULL;
    if (person->run_count > 0)
        copy->runs = memory_new(person->run_count, sizeof *copy->runs);
    for (size_t i = 0; i < person->run_count; i++) {
        copy->runs[i] = person->runs[i];
        copy->runs[i].rule = text_copy(person->runs[i].rule);
        copy->runs[i].text = text_copy(person->runs[i].text);
        copy->runs[i].tried = 0;
    }
    copy->disturbances = NULL;
    if (person->disturbance_count > 0)
        copy->disturbances = memory_new(person->disturbance_count, sizeof *copy->disturbances);
    for (size_t i = 0; i < person->disturbance_count; i++)
        copy->disturbances[i] = person->disturbances[i];
    copy->rest_timer = (struct heap_item){0};
    copy->pause_timer = (struct heap_item){0};
    copy->run_timer = (struct heap_item){0};
    copy->listed = 0;
    return copy;
}

struct override *override_copy(const struct override *override)
{
    struct override *copy = memory_new(1, sizeof *copy);
    *copy = *override;
    copy->team = text_copy(override->team);
    copy->user = text_copy(override->user);
    copy->by = text_copy(override->by);
    copy->note = text_copy(override->note);
    copy->listed = 0;
    return copy;
}

struct silence *silence_copy(const struct silence *silence)
{
    struct silence *copy = memory_new(1, sizeof *copy);
    *copy = *silence;
    copy->match = text_copy(silence->match);
    copy->team = text_copy(silence->team);
    copy->by = text_copy(silence->by);
    copy->note = text_copy(silence->note);
    copy->maintenance = text_copy(silence->maintenance);
    copy->ended_by = text_copy(silence->ended_by);
    copy->arena = NULL;
    copy->matchers = NULL;
    copy->matcher_count = 0;
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    return copy;
}

struct heartbeat *heartbeat_copy(const struct heartbeat *heartbeat)
{
    struct heartbeat *copy = memory_new(1, sizeof *copy);
    *copy = *heartbeat;
    copy->name = text_copy(heartbeat->name);
    copy->team = text_copy(heartbeat->team);
    copy->created_by = text_copy(heartbeat->created_by);
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    return copy;
}

struct handoff *handoff_copy(const struct handoff *handoff)
{
    struct handoff *copy = memory_new(1, sizeof *copy);
    *copy = *handoff;
    copy->team = text_copy(handoff->team);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        const char *users = handoff->shifts[i].users;
        const char *keeper = handoff->shifts[i].keeper;
        copy->shifts[i].users = users != NULL ? string_copy(users) : NULL;
        copy->shifts[i].keeper = keeper != NULL ? string_copy(keeper) : NULL;
        const char *ready = handoff->shifts[i].ready_users;
        copy->shifts[i].ready_users = ready != NULL ? string_copy(ready) : NULL;
    }
    copy->past = NULL;
    if (handoff->past_count > 0)
        copy->past = memory_new(handoff->past_count, sizeof *copy->past);
    for (size_t i = 0; i < handoff->past_count; i++) {
        copy->past[i] = handoff->past[i];
        copy->past[i].by = text_copy(handoff->past[i].by);
        copy->past[i].text = text_copy(handoff->past[i].text);
    }
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    return copy;
}

struct swap *swap_copy(const struct swap *swap)
{
    struct swap *copy = memory_new(1, sizeof *copy);
    *copy = *swap;
    copy->team = text_copy(swap->team);
    copy->user = text_copy(swap->user);
    copy->taken_by = text_copy(swap->taken_by);
    copy->asked = NULL;
    if (swap->asked_count > 0)
        copy->asked = memory_new(swap->asked_count, sizeof *copy->asked);
    for (size_t i = 0; i < swap->asked_count; i++) {
        copy->asked[i].user = text_copy(swap->asked[i].user);
        copy->asked[i].reply = swap->asked[i].reply;
    }
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    return copy;
}

struct proof *proof_copy(const struct proof *proof)
{
    struct proof *copy = memory_new(1, sizeof *copy);
    *copy = *proof;
    copy->user = text_copy(proof->user);
    copy->channel = text_copy(proof->channel);
    copy->address = text_copy(proof->address);
    copy->answered_via = text_copy(proof->answered_via);
    copy->code_hash = text_copy(proof->code_hash);
    copy->timer = (struct heap_item){0};
    copy->listed = 0;
    return copy;
}

void incident_free(struct incident *incident)
{
    if (incident == NULL)
        return;
    shared_drop(incident->team);
    shared_drop(incident->service);
    shared_drop(incident->summary);
    shared_drop(incident->details);
    shared_drop(incident->source);
    shared_drop(incident->integration);
    shared_drop(incident->runbook);
    shared_drop(incident->link);
    shared_drop(incident->reason);
    labels_free(incident->labels, incident->label_count);
    handling_free(incident->handling);
    shared_drop(incident->group_key);
    shared_drop(incident->mixed);
    for (size_t i = 0; i < incident->paged_count; i++)
        shared_drop(incident->paged[i]);
    free(incident->paged);
    free(incident);
}

void alert_record_free(struct alert_record *alert)
{
    if (alert == NULL)
        return;
    shared_drop(alert->integration);
    shared_drop(alert->summary);
    shared_drop(alert->service);
    shared_drop(alert->rule);
    shared_drop(alert->route);
    free(alert);
}

void page_free(struct page *page)
{
    if (page == NULL)
        return;
    shared_drop(page->user);
    shared_drop(page->channel);
    shared_drop(page->address);
    shared_drop(page->text);
    shared_drop(page->error);
    shared_drop(page->reference);
    shared_drop(page->also);
    free(page);
}

void person_free(struct person *person)
{
    if (person == NULL)
        return;
    free(person->user);
    free(person->rest_because);
    for (size_t i = 0; i < person->run_count; i++) {
        free(person->runs[i].rule);
        free(person->runs[i].text);
    }
    free(person->runs);
    free(person->disturbances);
    free(person);
}

void override_free(struct override *override)
{
    if (override == NULL)
        return;
    free(override->team);
    free(override->user);
    free(override->by);
    free(override->note);
    free(override);
}

void silence_free(struct silence *silence)
{
    if (silence == NULL)
        return;
    free(silence->match);
    free(silence->team);
    free(silence->by);
    free(silence->note);
    free(silence->maintenance);
    free(silence->ended_by);
    arena_free(silence->arena);
    free(silence);
}

void heartbeat_free(struct heartbeat *heartbeat)
{
    if (heartbeat == NULL)
        return;
    free(heartbeat->name);
    free(heartbeat->team);
    free(heartbeat->created_by);
    free(heartbeat);
}

void handoff_free(struct handoff *handoff)
{
    if (handoff == NULL)
        return;
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        free(handoff->shifts[i].users);
        free(handoff->shifts[i].keeper);
        free(handoff->shifts[i].ready_users);
    }
    for (size_t i = 0; i < handoff->past_count; i++) {
        free(handoff->past[i].by);
        free(handoff->past[i].text);
    }
    free(handoff->past);
    free(handoff->team);
    free(handoff);
}

void swap_free(struct swap *swap)
{
    if (swap == NULL)
        return;
    for (size_t i = 0; i < swap->asked_count; i++)
        free(swap->asked[i].user);
    free(swap->asked);
    free(swap->team);
    free(swap->user);
    free(swap->taken_by);
    free(swap);
}

void proof_free(struct proof *proof)
{
    if (proof == NULL)
        return;
    free(proof->user);
    free(proof->channel);
    free(proof->address);
    free(proof->answered_via);
    free(proof->code_hash);
    free(proof);
}
