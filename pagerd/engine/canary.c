/* SPDX-License-Identifier: MIT */
#include "engine/canary.h"

#include "engine/alert.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/incident.h"
#include "engine/run.h"

bool canary_has_key(const char *integration, const char *dedup_key)
{
    return string_is(integration, CANARY_INTEGRATION) && string_is(dedup_key, CANARY_KEY);
}

bool canary_is(const struct incident *incident)
{
    return canary_has_key(incident->integration, incident->dedup_key);
}

const char *canary_tag(const struct incident *incident)
{
    return canary_is(incident) ? "CANARY" : severity_tag(incident->severity);
}

/* Whom it is for; NULL: nobody of that name is left. */
static const struct user *user_of(const struct work *work, const struct incident *incident)
{
    for (size_t i = 0; i < incident->label_count; i++) {
        if (string_is(incident->labels[i].name, "user"))
            return policy_find_user(work->policy, incident->labels[i].value);
    }
    return NULL;
}

bool canary_enter(struct work *work, struct incident *incident)
{
    if (!canary_is(incident))
        return false;
    if (incident->walk.due_at != MSEC_NEVER && incident->walk.round > 0)
        return true;
    const struct user *user = user_of(work, incident);
    incident->walk = (struct escalation){.round = 1, .due_at = work->now.steady_at + CANARY_MS};
    incident->step_entered_at = work->now.steady_at;
    if (user == NULL || !run_start(work, incident, user, PAGE_ALERT, ""))
        entry_add(work, incident->number, ENTRY_SKIPPED, NULL,
                  "the canary is for nobody who can be paged");
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
    return true;
}

msec canary_sent_at(const struct incident *incident, const char **error)
{
    msec sent_at = 0;
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page->error != NULL && page->error[0] != '\0')
            *error = page->error;
        bool is_out = page->state == PAGE_SENT || page->state == PAGE_DELIVERED;
        if (is_out && (sent_at == 0 || page->sent_at < sent_at))
            sent_at = page->sent_at;
    }
    return sent_at;
}

bool canary_is_answered(const struct incident *incident)
{
    return incident->handling->acknowledged_by[0] != '\0' ||
           incident->handling->resolved_by[0] != '\0';
}

bool canary_refuses(const struct incident *incident, struct answer *answer)
{
    return canary_is(incident) &&
           !answer_set(answer, ANSWER_INVALID,
                       "a canary proves the way to one person: it is acked, or over in 30 minutes");
}

void canary_end(struct work *work, struct incident *incident, const char *why)
{
    struct alert_record *alert = canary_is(incident) ? incident->alerts : NULL;
    for (; alert != NULL && incident_is_open(incident); alert = alert->next)
        (void)alert_over(work, alert, why);
}
