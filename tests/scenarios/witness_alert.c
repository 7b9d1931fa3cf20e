/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_alert.h"

#include <stdlib.h>

#include "base/text.h"

/* Where the last alert of a key went. */
struct seat {
    uint64_t id;
    uint64_t incident;
};

static struct span key_of(const char *integration, const char *dedup_key, struct text *text)
{
    text_add(text, integration);
    text_add_bytes(text, "", 1);
    text_add(text, dedup_key);
    return text_span(text);
}

void witness_alert_note(struct map *keys, const struct alert_record *record)
{
    CLEANUP(text_clear) struct text text = {0};
    struct span key = key_of(record->integration, record->dedup_key, &text);
    struct seat *seat = map_find(keys, key);
    if (seat == NULL) {
        seat = memory_new(1, sizeof *seat);
        map_put(keys, key, seat);
    }
    if (record->id >= seat->id)
        *seat = (struct seat){record->id, record->incident};
}

void witness_alerts_note(struct map *keys, const struct incident *incident)
{
    for (const struct alert_record *record = incident->alerts; record != NULL;
         record = record->next)
        witness_alert_note(keys, record);
}

uint64_t witness_alert_find(const struct map *keys, const struct alert *alert)
{
    CLEANUP(text_clear) struct text text = {0};
    bool has_key = alert->dedup_key != NULL && alert->dedup_key[0] != '\0';
    const struct seat *seat =
        map_find(keys, key_of(alert->integration, has_key ? alert->dedup_key : alert->uuid, &text));
    return seat != NULL ? seat->incident : 0;
}

void witness_alerts_free(struct map *keys)
{
    size_t cursor = 0;
    void *seat = NULL;
    while ((seat = map_each(keys, &cursor, NULL)) != NULL)
        free(seat);
    map_free(keys);
}

bool witness_is_past(const struct event *event, struct now now)
{
    return event->kind == EVENT_TRIGGER && event->alert->ends_at != 0 &&
           event->alert->ends_at <= now.wall_at;
}

bool witness_has_joined(const struct incident *incident, const struct alert *alert,
                        const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_ALERT && effect->alert->incident == incident->number &&
            effect->alert->version == 1 && effect->alert->rule != NULL)
            return incident->state != INCIDENT_RESOLVED && incident->severity <= alert->severity;
    }
    return false;
}
