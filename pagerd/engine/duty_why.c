/* SPDX-License-Identifier: MIT */
#include "engine/duty_why.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/duty.h"
#include "engine/words.h"

/* calendar "team" (secondary) team.ics */
static void explain_rota(struct text *text, const struct rota *rota, bool is_laid_over)
{
    text_addf(text, "%scalendar \"%s\" ", is_laid_over ? "override " : "", rota->calendar);
    if (rota->layer != NULL)
        text_addf(text, "(%s) ", rota->layer);
    text_add(text, rota->source);
}

static void explain_segment(struct text *text, const struct zone *zone, const struct pick *pick)
{
    const struct segment *segment = pick->segment;
    explain_rota(text, pick->rota, pick->is_laid_over);
    text_addf(text, ":%" PRIu32 ", \"%s\", UID %s", segment->line,
              segment->summary != NULL ? segment->summary : "",
              segment->uid != NULL ? segment->uid : "none");
    if (segment->instance_at != 0) {
        text_add(text, ", instance of ");
        words_add_time(text, zone, segment->instance_at);
    }
    if (segment->rule != NULL)
        text_addf(text, ", rule %s", segment->rule);
    if (segment->user_count == 0)
        text_add(text, "; nobody is meant to be on call");
    if (segment->clock_note != NULL)
        text_addf(text, "; %s", segment->clock_note);
}

static void explain_hole(struct text *text, const struct zone *zone, const struct rota *rota,
                         msec at)
{
    const struct segment *next = NULL;
    (void)rota_find(rota, at, &next);
    text_addf(text, "calendar \"%s\" is empty", rota->calendar);
    if (rota->layer != NULL)
        text_addf(text, " for %s", rota->layer);
    if (rota->until_at > 0 && at >= rota->until_at)
        text_add(text, " (it was not read that far ahead)");
    if (next == NULL)
        return;
    text_add(text, " until ");
    words_add_time(text, zone, next->start_at);
}

static void explain_override(struct text *text, const struct override *override)
{
    text_addf(text, "override o%" PRIu64 " by %s", override->id, override->by);
    if (override->note[0] != '\0')
        text_addf(text, " (\"%s\")", override->note);
}

/* What the override calendar does not say. */
static void explain_passed(struct text *text, const struct engine *engine, const struct team *team,
                           enum role role, const struct pick *pick)
{
    const struct duty_source *over = &team->overrides[role];
    if (over->calendar != NULL && rota_of(engine, over) == NULL)
        text_addf(text, "; override calendar \"%s\" has not been read yet", over->calendar);
    if (pick->passed == NULL)
        return;
    text_add(text, "; ");
    explain_rota(text, pick->passed, true);
    text_addf(text, ":%" PRIu32 " names only \"%s\", who is no user, and was passed over",
              pick->event->line, pick->event->users[0]);
}

static void explain_source(struct text *text, const struct engine *engine, const struct zone *zone,
                           const struct team *team, enum role role, msec at,
                           const struct pick *pick)
{
    const struct duty_source *source = &team->roles[role];
    if (pick->override != NULL)
        explain_override(text, pick->override);
    else if (pick->segment != NULL)
        explain_segment(text, zone, pick);
    else if (pick->rota != NULL)
        explain_hole(text, zone, pick->rota, at);
    else if (source->calendar != NULL)
        text_addf(text, "calendar \"%s\" has not been read yet", source->calendar);
    else
        text_addf(text, "%s is fixed in the configuration", source->user);
    if (pick->unknown != NULL)
        text_addf(text, "; \"%s\" is no user and was passed over", pick->unknown);
    explain_passed(text, engine, team, role, pick);
    if (pick->rota != NULL && pick->rota->is_stale)
        text_add(text, "; this is the last good copy of the calendar");
}

/* "bob is away until Mon 7 Dec 09:00 (calendar "leave" leave.ics:12, "Lisbon")" */
static void explain_out(struct text *text, const struct engine *engine, const struct zone *zone,
                        const struct user *user, msec at)
{
    const struct absence *absence = roster_absence(engine->roster, user->id, at, NULL);
    if (absence != NULL) {
        text_addf(text, "%s is away until ", user->id);
        words_add_time(text, zone, absence->end_at);
        text_addf(text, " (calendar \"%s\" %s:%" PRIu32, absence->calendar, absence->source,
                  absence->line);
        if (absence->summary != NULL && absence->summary[0] != '\0')
            text_addf(text, ", \"%s\"", absence->summary);
        text_add_char(text, ')');
        return;
    }
    const struct person *person = person_find(engine, user->id);
    if (!person_is_resting(person, at)) {
        text_addf(text, "%s has paused until ", user->id);
        words_add_time(text, zone, person->pause_until_at);
        return;
    }
    text_addf(text, "%s rests until ", user->id);
    words_add_time(text, zone, person->rest_until_at);
    if (person->rest_because[0] != '\0')
        text_addf(text, " (%s)", person->rest_because);
}

/* Who would have it but is not there, and what follows. */
static void explain_cover(struct text *text, const struct engine *engine, const struct zone *zone,
                          const struct pick *pick, msec at)
{
    for (size_t i = 0; i < pick->out_count; i++) {
        text_add(text, "; ");
        explain_out(text, engine, zone, pick->out[i], at);
    }
    if (pick->is_kept) {
        text_addf(text, "; %s keeps it until %s answers the test", pick->users[0]->id,
                  pick->instead_of->id);
        return;
    }
    if (pick->out_count == 0) {
        if (pick->kind == DUTY_COVER)
            text_addf(text, "; %s already covers another role, %s covers this one",
                      pick->instead_of->id, pick->users[0]->id);
        return;
    }
    if (pick->kind == DUTY_COVER && !pick->is_unrested && !pick->is_away)
        text_addf(text, ", %s covers", pick->users[0]->id);
    else if (pick->kind == DUTY_OVERRIDE && pick->override != NULL)
        text_add(text, ", but was put here by hand");
    else if (pick->kind == DUTY_OVERRIDE)
        text_add(text, ", but the override calendar says so");
    else if (pick->is_unrested)
        text_addf(text, "; nobody is rested, %s is the least disturbed", pick->users[0]->id);
    else if (pick->is_away)
        text_addf(text, "; nobody can cover, %s has it all the same", pick->users[0]->id);
}

void duty_explain(const struct engine *engine, const struct team *team, enum role role, msec at,
                  const struct pick *pick, char why[DUTY_WHY_MAX])
{
    CLEANUP(text_clear) struct text text = {0};
    const struct zone *zone = team->zone != NULL ? team->zone : engine->policy->zone;
    explain_source(&text, engine, zone, team, role, at, pick);
    explain_cover(&text, engine, zone, pick, at);
    struct span cut = utf8_cut(text_span(&text), DUTY_WHY_MAX - 1);
    if (cut.size > 0)
        memcpy(why, cut.bytes, cut.size);
    why[cut.size] = '\0';
}
