/* SPDX-License-Identifier: MIT */
/* How old the calendars are: a source that gives no good answer is told of, and so is its return.
 */
#include "daemon/rotas.h"

#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/rotas_publish.h"
#include "daemon/rotas_slot.h"
#include "daemon/version.h"
#include "engine/engine.h"
#include "engine/words.h"

/* The copy on disk says when the calendar was last read well, give or take this much. */
#define KEEP_MIN_MS MINUTE_MS
#define KEEP_MAX_MS HOUR_MS

msec slot_age_ms(const struct slot *slot)
{
    msec age_ms =
        slot->version == NULL ? 0 : slot->rotas->daemon->now.wall_at - slot->version->read_at;
    return age_ms > 0 ? age_ms : 0;
}

/* To the manager and to the admins; who is both hears it once. */
static void slot_tell_all(struct slot *slot, const char *said)
{
    log_warning("%s", said);
    daemon_tell(slot->rotas->daemon, slot->team, said);
    daemon_tell(slot->rotas->daemon, NULL, said);
}

static void slot_tell_overdue(struct slot *slot, msec since_at)
{
    const struct policy *policy = view_policy(slot->rotas->daemon->engine);
    const struct team *team = slot->team == NULL ? NULL : policy_find_team(policy, slot->team);
    const struct zone *zone = team != NULL && team->zone != NULL ? team->zone : policy->zone;
    bool has_copy = slot->version != NULL;
    char age[DURATION_TEXT_SIZE];
    CLEANUP(text_clear) struct text said = {0};
    text_addf(&said, "CRIT pagerd: calendar \"%s\" has not been read well for %s, since ",
              slot->name, duration_speak(slot->rotas->daemon->now.wall_at - since_at, age));
    words_add_time(&said, zone, since_at);
    text_addf(&said, " %s: ", zone_abbreviation(zone, since_at));
    if (slot_is_of_window(slot))
        text_add(&said, "no maintenance window is on by it until it is read again. ");
    else
        text_add(&said, has_copy ? "the last good copy is in use, without what has changed since. "
                                 : "there is no copy of it, so nobody is on call by it. ");
    text_add(&said, slot->problem);
    slot_tell_all(slot, text_string(&said));
}

void slot_watch_age(struct slot *slot)
{
    msec now = slot->rotas->daemon->now.wall_at;
    msec since_at = slot->version == NULL ? slot->since_at : slot->version->read_at;
    msec keep_ms = slot->stale_ms / 4;
    keep_ms = keep_ms < KEEP_MIN_MS ? KEEP_MIN_MS : keep_ms > KEEP_MAX_MS ? KEEP_MAX_MS : keep_ms;
    if (slot->good != NULL && slot->version->read_at - slot->kept_at > keep_ms)
        slot_keep(slot);
    if (!slot->is_looked_at)
        return;
    bool is_overdue = slot->problem[0] != '\0' && now - since_at >= slot->stale_ms;
    if (is_overdue && !slot->is_overdue) {
        slot_tell_overdue(slot, since_at);
    } else if (slot->is_overdue && slot->problem[0] == '\0') {
        CLEANUP(text_clear) struct text said = {0};
        text_addf(&said, "OK pagerd: calendar \"%s\" is read well again", slot->name);
        slot_tell_all(slot, text_string(&said));
    }
    bool was_overdue = slot->is_overdue;
    slot->is_overdue = is_overdue || (was_overdue && slot->problem[0] != '\0');
    if (slot->is_overdue != was_overdue && slot_is_of_window(slot))
        slot_publish(slot);
}
