/* SPDX-License-Identifier: MIT */
#include "engine/flap.h"

#include <assert.h>
#include <inttypes.h>

#include "base/text.h"
#include "engine/alert.h"
#include "engine/canary.h"
#include "engine/entry.h"
#include "engine/words.h"

void flap_count(struct work *work, struct alert_record *record, const struct alert_record *before)
{
    const struct flapping *rule = &work->policy->flapping;
    bool was_flapping = record->is_flapping;
    bool is_recent =
        before != NULL && work->now.steady_at - before->flaps_from_at <= rule->within_ms;
    record->flaps_from_at = is_recent ? before->flaps_from_at : work->now.steady_at;
    record->episodes = is_recent ? before->episodes + 1 : 1;
    bool is_many = rule->more > 0 && record->episodes > rule->more;
    record->is_flapping =
        was_flapping || (is_many && !canary_has_key(record->integration, record->dedup_key));
    if (was_flapping || !record->is_flapping)
        return;
    CLEANUP(text_clear) struct text quiet = {0};
    words_add_duration(&quiet, rule->quiet_ms);
    entry_add(work, record->incident, ENTRY_FLAPPING, NULL,
              "it comes and goes, %" PRIu32 " times now: held as one until it is quiet for %s",
              record->episodes, text_string(&quiet));
}

void flap_hold(struct work *work, struct incident *incident, struct alert_record *record)
{
    if (!record->is_flapping)
        return;
    incident->held++;
    record->due_at = work->now.steady_at + work->policy->flapping.quiet_ms;
    alert_schedule(work->engine, record);
}

void flap_release(struct incident *incident, const struct alert_record *record)
{
    if (!record->is_flapping || record->is_firing)
        return;
    assert(incident->held > 0);
    incident->held--;
}

void flap_end(struct work *work, struct incident *incident, struct alert_record *record)
{
    flap_release(incident, record);
    record->is_flapping = false;
    record->episodes = 0;
    record->due_at = MSEC_NEVER;
    save_alert(work, record);
    entry_add(work, incident->number, ENTRY_QUIET, NULL,
              "quiet for long enough: not flapping any more");
}
