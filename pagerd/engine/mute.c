/* SPDX-License-Identifier: MIT */
#include "engine/mute.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "engine/canary.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/incident.h"
#include "engine/match.h"
#include "engine/mixed.h"
#include "engine/page.h"
#include "engine/recovery.h"
#include "engine/run.h"
#include "engine/sentence.h"
#include "engine/silence.h"
#include "engine/words.h"

bool mute_holds(const struct incident *incident)
{
    return incident->state == INCIDENT_SUPPRESSED && incident->handling->held_by != 0;
}

/* What stands for alerts that nobody could read, or that were too many, has none of their labels:
 * "host!=db1" would fit it, and hide what is said of db1. Only their source is known. */
static bool is_known(const struct silence *silence, const char *dedup_key)
{
    if (!span_has_prefix(span_of(dedup_key), OWN_KEY))
        return true;
    for (size_t i = 0; i < silence->matcher_count; i++) {
        const struct matcher *matcher = &silence->matchers[i];
        if (!string_is(matcher->label, "integration") && !matcher_is_any(matcher))
            return false;
    }
    return true;
}

static bool silence_fits(const struct silence *silence, const char *team,
                         const struct match_subject *subject)
{
    if (silence->matcher_count == 0 ||
        (silence->team[0] != '\0' && !string_is(silence->team, team)))
        return false;
    return match_all(silence->matchers, silence->matcher_count, subject);
}

bool mute_fits(const struct silence *silence, const struct incident *incident)
{
    struct match_subject subject = match_subject_incident(incident);
    for (size_t i = 0; i < silence->matcher_count; i++) {
        const struct matcher *matcher = &silence->matchers[i];
        if (mixed_has(incident, matcher->label) && !matcher_is_any(matcher))
            return false;
    }
    return is_known(silence, incident->dedup_key) &&
           silence_fits(silence, incident->team, &subject);
}

struct silence *mute_find(const struct engine *engine, const struct incident *incident)
{
    struct silence *found = NULL;
    for (size_t i = 0; i < engine->silence_count; i++) {
        struct silence *silence = engine->silences[i];
        if (silence->state == SILENCE_ACTIVE &&
            (found == NULL || silence->until_at > found->until_at) && mute_fits(silence, incident))
            found = silence;
    }
    return found;
}

static void give_to(struct work *work, struct incident *incident, struct silence *silence)
{
    CLEANUP(text_clear) struct text text = {0};
    silence_add_words(&text, silence);
    (void)set_name(&incident->reason, text_string(&text));
    if (incident->handling->held_by != silence->id) {
        silence->held_count++;
        work->engine->counts.held++;
        save_silence(work, silence);
    }
    incident_handle(incident)->held_by = silence->id;
    const struct team *team = team_of(work->engine, incident);
    if (silence->by[0] != '\0')
        text_addf(&text, " of %s", silence->by);
    text_add(&text, " holds it back until ");
    words_add_time(&text, team->zone != NULL ? team->zone : work->policy->zone, silence->until_at);
    entry_add(work, incident->number, ENTRY_SUPPRESSED, silence->by[0] != '\0' ? silence->by : NULL,
              "%s", text_string(&text));
}

bool mute_hold(struct work *work, struct incident *incident)
{
    struct silence *silence = canary_is(incident) ? NULL : mute_find(work->engine, incident);
    if (silence == NULL || !incident_apply(work->engine, incident, CAUSE_HOLD))
        return false;
    escalation_hold(incident);
    run_stop(work, incident, NULL);
    page_cancel(work, incident, NULL);
    for (size_t i = 0; i < incident->paged_count; i++)
        recovery_part_ended(work, incident->paged[i], incident, false);
    incident->promote_due_at = MSEC_NEVER;
    give_to(work, incident, silence);
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
    return true;
}

/* "Held back by silence s7 until now"; `holder` may be gone. */
static void add_held(struct text *text, const struct language *language,
                     const struct incident *incident, const struct silence *holder)
{
    if (holder != NULL && holder->maintenance[0] != '\0')
        sentence_say(text, language, SENTENCE_HELD_MAINTENANCE,
                     saying_text("name", holder->maintenance));
    else
        sentence_say(text, language, SENTENCE_HELD_SILENCE,
                     saying_count("id", incident->handling->held_by));
}

static void let_go(struct work *work, struct incident *incident)
{
    if (!incident_apply(work->engine, incident, CAUSE_RELEASE))
        return;
    CLEANUP(text_clear) struct text text = {0};
    const struct silence *holder = silence_find(work->engine, incident->handling->held_by);
    add_held(&text, NULL, incident, holder);
    entry_add(work, incident->number, ENTRY_RELEASED, NULL, "%s: it is not over, and is paged now",
              text_string(&text));
    (void)set_name(&incident->reason, "");
    incident_arm_promotion(work, incident);
    if (incident->paged_count == 0 &&
        severity_is_silent(&work->policy->severities[incident->severity])) {
        incident_suppress(work, incident);
        return;
    }
    text_reset(&text);
    add_held(&text, work->engine->language, incident, holder);
    struct escalation_cause cause = {.kind = PAGE_ALERT, .text = text_string(&text)};
    escalation_start(work, incident, &cause);
}

uint64_t mute_of_alert(const struct engine *engine, const char *team, const struct alert *alert)
{
    struct match_subject subject = match_subject_alert(alert);
    const struct silence *found = NULL;
    for (size_t i = 0; i < engine->silence_count; i++) {
        const struct silence *silence = engine->silences[i];
        if (silence->state == SILENCE_ACTIVE &&
            (found == NULL || silence->until_at > found->until_at) &&
            is_known(silence, alert->dedup_key) && silence_fits(silence, team, &subject))
            found = silence;
    }
    return found != NULL ? found->id : 0;
}

/* Does what holds the incident back fit this alert, too? */
static bool is_held_as_well(const struct engine *engine, const struct incident *incident,
                            const struct alert *alert)
{
    struct match_subject subject = match_subject_alert(alert);
    const struct silence *holder = silence_find(engine, incident->handling->held_by);
    return holder != NULL && is_known(holder, alert->dedup_key) &&
           silence_fits(holder, incident->team, &subject);
}

bool mute_may_join(const struct engine *engine, const struct incident *incident,
                   const struct alert *alert)
{
    if (mute_holds(incident))
        return is_held_as_well(engine, incident, alert);
    return mute_of_alert(engine, incident->team, alert) == 0;
}

void mute_repeat(struct work *work, struct incident *incident, const struct alert *alert)
{
    if (mute_holds(incident) && !is_held_as_well(work->engine, incident, alert))
        let_go(work, incident);
}

bool mute_refit(struct work *work, struct incident *incident)
{
    if (!mute_holds(incident))
        return false;
    const struct silence *holder = silence_find(work->engine, incident->handling->held_by);
    struct match_subject lead = match_subject_incident(incident);
    if (holder != NULL && holder->state == SILENCE_ACTIVE &&
        silence_fits(holder, incident->team, &lead))
        return false; /* the others were asked when they came */
    struct silence *other = mute_find(work->engine, incident);
    if (other == NULL) {
        let_go(work, incident);
        return true;
    }
    give_to(work, incident, other);
    save_incident(work, incident);
    return false;
}
