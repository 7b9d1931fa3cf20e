/* SPDX-License-Identifier: MIT */
#include "engine/duty_why.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/words.h"

static void explain_segment(struct text *text, const struct zone *zone, const struct rota *rota,
                            const struct segment *segment)
{
    text_addf(text, "calendar \"%s\" %s:%" PRIu32 ", \"%s\", UID %s", rota->calendar, rota->source,
              segment->line, segment->summary != NULL ? segment->summary : "",
              segment->uid != NULL ? segment->uid : "none");
    if (segment->instance_at != 0) {
        text_add(text, ", instance of ");
        words_add_time(text, zone, segment->instance_at);
    }
}

static void explain_hole(struct text *text, const struct zone *zone, const struct rota *rota,
                         msec at)
{
    const struct segment *next = NULL;
    (void)rota_find(rota, at, &next);
    text_addf(text, "calendar \"%s\" is empty", rota->calendar);
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

static void explain_source(struct text *text, const struct zone *zone,
                           const struct duty_source *source, msec at, const struct pick *pick)
{
    if (pick->override != NULL)
        explain_override(text, pick->override);
    else if (pick->segment != NULL)
        explain_segment(text, zone, pick->rota, pick->segment);
    else if (pick->rota != NULL)
        explain_hole(text, zone, pick->rota, at);
    else if (source->calendar != NULL)
        text_addf(text, "calendar \"%s\" has not been read yet", source->calendar);
    else
        text_addf(text, "%s is fixed in the configuration", source->user);
    if (pick->unknown != NULL)
        text_addf(text, "; \"%s\" is no user and was passed over", pick->unknown);
    if (pick->rota != NULL && pick->rota->is_stale)
        text_add(text, "; this is the last good copy of the calendar");
}

static void explain_rest(struct text *text, const struct engine *engine, const struct zone *zone,
                         const struct pick *pick)
{
    const struct user *resting = pick->resting;
    if (resting == NULL) {
        if (pick->kind == DUTY_COVER)
            text_addf(text, "; %s already covers another role, %s covers this one",
                      pick->instead_of->id, pick->users[0]->id);
        return;
    }
    const struct person *person = person_find(engine, resting->id);
    text_addf(text, "; %s rests until ", resting->id);
    words_add_time(text, zone, person->rest_until_at);
    if (person->rest_because[0] != '\0')
        text_addf(text, " (%s)", person->rest_because);
    if (pick->kind == DUTY_OVERRIDE)
        text_add(text, ", but was put here by hand");
    else if (pick->is_unrested)
        text_addf(text, "; nobody is rested, %s is the least disturbed", pick->users[0]->id);
    else if (pick->kind == DUTY_COVER)
        text_addf(text, ", %s covers", pick->users[0]->id);
}

void duty_explain(const struct engine *engine, const struct team *team, enum role role, msec at,
                  const struct pick *pick, char why[DUTY_WHY_MAX])
{
    CLEANUP(text_clear) struct text text = {0};
    const struct zone *zone = team->zone != NULL ? team->zone : engine->policy->zone;
    explain_source(&text, zone, &team->roles[role], at, pick);
    explain_rest(&text, engine, zone, pick);
    struct span cut = utf8_cut(text_span(&text), DUTY_WHY_MAX - 1);
    if (cut.size > 0)
        memcpy(why, cut.bytes, cut.size);
    why[cut.size] = '\0';
}
