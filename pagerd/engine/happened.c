/* SPDX-License-Identifier: MIT */
#include "engine/happened.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/canary.h"
#include "engine/handoff.h"
#include "engine/recovery.h"
#include "engine/sentence.h"
#include "engine/words.h"

/* The record of the incident's team, when that team is told of its shifts. */
static struct handoff *handoff_of(const struct work *work, const struct incident *incident)
{
    const struct team *team = team_find(work->engine, incident->team);
    if (team == NULL || team->handoff == HANDOFF_OFF || canary_is(incident))
        return NULL;
    return map_find(work->engine->handoffs, span_of(incident->team));
}

static struct happened *past_find(const struct handoff *handoff, uint64_t incident)
{
    for (size_t i = handoff->past_count; i > 0; i--) {
        if (handoff->past[i - 1].incident == incident)
            return &handoff->past[i - 1];
    }
    return NULL;
}

/* Forgets what is older than a week, and the oldest when there is no room for one more. */
static void past_prune(struct handoff *handoff, msec now_at)
{
    size_t gone = 0;
    while (gone < handoff->past_count && (handoff->past[gone].at <= now_at - HAPPENED_KEEP_MS ||
                                          handoff->past_count - gone >= HANDOFF_PAST_MAX)) {
        free(handoff->past[gone].by);
        free(handoff->past[gone].text);
        gone++;
    }
    if (gone == 0)
        return;
    handoff->past_count -= gone;
    memmove(handoff->past, handoff->past + gone, handoff->past_count * sizeof *handoff->past);
}

/* "CRIT db1: disk full" */
static char *text_of(const struct incident *incident)
{
    CLEANUP(text_clear) struct text text = {0};
    bool has_source =
        incident->source[0] != '\0' && strstr(incident->summary, incident->source) == NULL;
    text_addf(&text, "%s %s%s%s", severity_tag(incident->severity),
              has_source ? incident->source : "", has_source ? ": " : "", incident->summary);
    CLEANUP(text_clear) struct text cut = {0};
    text_add_span(&cut, utf8_cut(text_span(&text), HANDOFF_PAST_TEXT_MAX));
    return string_copy(text_string(&cut));
}

void happened_paged(struct work *work, const struct incident *incident, const struct user *user)
{
    struct handoff *handoff = handoff_of(work, incident);
    if (handoff == NULL)
        return;
    bool is_night = recovery_is_night(work->policy, user, work->now.wall_at);
    struct happened *known = past_find(handoff, incident->number);
    if (known != NULL && (known->is_night || !is_night))
        return;
    if (known == NULL) {
        past_prune(handoff, work->now.wall_at);
        handoff->past = memory_grow(handoff->past, handoff->past_count + 1, sizeof *handoff->past);
        known = &handoff->past[handoff->past_count++];
        *known = (struct happened){.incident = incident->number,
                                   .at = work->now.wall_at,
                                   .by = string_copy(""),
                                   .text = text_of(incident)};
    }
    known->is_night = is_night;
    save_handoff(work, handoff);
}

void happened_ended(struct work *work, const struct incident *incident)
{
    struct handoff *handoff = handoff_of(work, incident);
    struct happened *known = handoff != NULL ? past_find(handoff, incident->number) : NULL;
    if (known == NULL)
        return;
    known->ended_at = work->now.wall_at;
    (void)string_set(&known->by, incident->handling->resolved_by);
    save_handoff(work, handoff);
}

struct happened_count happened_count(const struct handoff *handoff, msec now_at)
{
    struct happened_count count = {.is_more = handoff->past_count >= HANDOFF_PAST_MAX};
    for (size_t i = 0; i < handoff->past_count; i++) {
        if (handoff->past[i].at <= now_at - HAPPENED_KEEP_MS)
            continue;
        count.all++;
        count.night += handoff->past[i].is_night;
    }
    return count;
}

void happened_add_count(struct text *text, const struct language *language,
                        struct happened_count count)
{
    CLEANUP(text_clear) struct text pages = {0};
    if (count.all == 1 && !count.is_more)
        sentence_put(&pages, language, SENTENCE_PAGES_ONE);
    else
        sentence_say(&pages, language, count.is_more ? SENTENCE_PAGES_MORE : SENTENCE_PAGES,
                     saying_count("count", count.all));
    if (count.night > 0)
        sentence_say(text, language, SENTENCE_PAGES_AT_NIGHT,
                     saying_text("pages", text_string(&pages)), saying_count("count", count.night));
    else
        text_add_span(text, text_span(&pages));
}

void happened_add_lines(struct text *text, const struct language *language,
                        const struct handoff *handoff, const struct zone *zone, msec now_at,
                        bool is_private)
{
    size_t left = HAPPENED_LINES_MAX;
    for (size_t i = handoff->past_count; i > 0 && left > 0; i--) {
        const struct happened *one = &handoff->past[i - 1];
        if (one->at <= now_at - HAPPENED_KEEP_MS)
            break;
        left--;
        text_add(text, "  ");
        words_add_time_in(text, language, zone, one->at);
        text_addf(text, "  #%" PRIu64, one->incident);
        if (!is_private)
            text_addf(text, " %s", one->text);
        text_add(text, ", ");
        if (one->ended_at == 0) {
            sentence_put(text, language, SENTENCE_OPEN);
        } else {
            words_add_duration(text, one->ended_at > one->at ? one->ended_at - one->at : 0);
            text_addf(text, "%s%s", one->by[0] != '\0' ? ", " : "", one->by);
        }
        text_add_char(text, '\n');
    }
}
