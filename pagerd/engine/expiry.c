/* SPDX-License-Identifier: MIT */
#include "engine/expiry.h"

#include <stdlib.h>

#include "engine/alert.h"

/* The last past end that a key came with. */
struct past_end {
    msec at;        /* wall, by the source */
    bool has_moved; /* since the message before */
};

static struct past_end *past_end_find(const struct engine *engine, const struct alert *alert)
{
    CLEANUP(text_clear) struct text text = {0};
    return map_find(engine->ends, alert_key(&text, alert->integration, alert_key_of(alert)));
}

/* Forgets the older half when there are too many. */
static void past_ends_prune(struct engine *engine)
{
    size_t cursor = 0;
    struct span key;
    struct past_end *end = NULL;
    if (map_count(engine->ends) < EXPIRY_KEYS_MAX)
        return;
    for (size_t i = 0; i < EXPIRY_KEYS_MAX / 2; i++) {
        end = map_each(engine->ends, &cursor, &key);
        (void)map_remove(engine->ends, key);
        free(end);
    }
}

static void past_end_put(struct engine *engine, const struct alert *alert)
{
    CLEANUP(text_clear) struct text text = {0};
    struct past_end *end = past_end_find(engine, alert);
    if (end == NULL) {
        past_ends_prune(engine);
        end = memory_new(1, sizeof *end);
        map_put(engine->ends, alert_key(&text, alert->integration, alert_key_of(alert)), end);
    }
    end->has_moved = alert->ends_at != end->at;
    end->at = alert->ends_at;
}

bool expiry_is_past(struct work *work, const struct alert *alert, struct alert_record *record)
{
    if (alert->ends_at == 0 || alert->ends_at > work->now.wall_at)
        return false;
    const struct past_end *last = past_end_find(work->engine, alert);
    msec last_at = last != NULL ? last->at : 0;
    bool is_firing = record != NULL && record->is_firing;
    past_end_put(work->engine, alert);
    if (is_firing && record->is_skewed)
        return alert->ends_at < last_at;
    return is_firing || last_at == 0 || alert->ends_at <= last_at;
}

void expiry_set(struct work *work, struct alert_record *record, const struct alert *alert)
{
    msec ahead_ms = alert->ends_at - work->now.wall_at;
    bool is_skewed = alert->ends_at != 0 && ahead_ms <= 0;
    const struct past_end *end = is_skewed ? past_end_find(work->engine, alert) : NULL;
    if (is_skewed && record->is_skewed && end != NULL && !end->has_moved)
        return;
    record->is_skewed = is_skewed;
    if (alert->ends_at == 0 || (alert->is_told_once && ahead_ms > 0))
        record->due_at = MSEC_NEVER;
    else if (record->is_skewed)
        record->due_at = work->now.steady_at + EXPIRY_GRACE_MS;
    else
        record->due_at =
            work->now.steady_at + (ahead_ms < EXPIRY_MAX_MS ? ahead_ms : EXPIRY_MAX_MS);
    alert_schedule(work->engine, record);
}

void expiry_free(struct engine *engine)
{
    size_t cursor = 0;
    struct past_end *end = NULL;
    while ((end = map_each(engine->ends, &cursor, NULL)) != NULL)
        free(end);
    map_free(engine->ends);
}
