/* SPDX-License-Identifier: MIT */
#include "calendar/judge.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/utf8.h"

#define WHAT_MAX 300
#define UNKNOWN_SHOWN_MAX 3

msec shift_list_covered(const struct shift_list *list, msec from_at, msec until_at)
{
    msec covered_ms = 0;
    msec done_at = from_at;
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        msec start_at = shift->start_at > done_at ? shift->start_at : done_at;
        msec end_at = shift->end_at < until_at ? shift->end_at : until_at;
        if (end_at <= start_at)
            continue;
        covered_ms += end_at - start_at;
        done_at = end_at;
    }
    return covered_ms;
}

/* The same of a rota, whose segments never overlap; a declared hole counts. */
static msec rota_covered(const struct rota *rota, msec from_at, msec until_at)
{
    msec covered_ms = 0;
    for (size_t i = 0; i < rota->segment_count; i++) {
        const struct segment *segment = &rota->segments[i];
        msec start_at = segment->start_at > from_at ? segment->start_at : from_at;
        msec end_at = segment->end_at < until_at ? segment->end_at : until_at;
        if (start_at < end_at)
            covered_ms += end_at - start_at;
    }
    return covered_ms;
}

static void reason_write(char reason[JUDGE_REASON_MAX], const char *what, const char *advice)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add_span(&text, utf8_cut(span_of(what), WHAT_MAX));
    text_add(&text, "; the last good copy stays in use. ");
    text_add_span(&text, utf8_cut(span_of(advice), 170));
    assert(text.size < JUDGE_REASON_MAX);
    memcpy(reason, text.bytes, text.size + 1);
}

/* What only a person can decide; `what` says what is missing or new. */
static enum version_verdict hold(const struct judged *judged, const char *what,
                                 char reason[JUDGE_REASON_MAX])
{
    CLEANUP(text_clear) struct text advice = {0};
    text_add(&advice, "Mend it there, or, if it is meant so, ");
    if (judged->calendar != NULL)
        text_addf(&advice, "run: pagectl calendar accept %.64s", judged->calendar);
    else
        text_add(&advice, "accept the new version by hand");
    reason_write(reason, what, text_string(&advice));
    return VERDICT_SUSPICIOUS;
}

static const char *source_of(const struct shift_list *good, const struct shift_list *fresh)
{
    if (fresh->shift_count > 0)
        return fresh->shifts[0].event->file;
    if (fresh->warning_count > 0)
        return fresh->warnings[0].file;
    return good != NULL && good->shift_count > 0 ? good->shifts[0].event->file : "calendar";
}

static bool loss_is_held(const struct judged *judged, const char *layer, msec before_ms,
                         msec after_ms, char reason[JUDGE_REASON_MAX])
{
    msec lost_ms = before_ms - after_ms;
    if (lost_ms <= 0 || lost_ms * 100 <= before_ms * (msec)judged->max_loss)
        return false;
    char before[DURATION_TEXT_SIZE];
    char after[DURATION_TEXT_SIZE];
    char what[WHAT_MAX];
    (void)snprintf(what, sizeof what, "%.160s: %s%scovers %s of the next 14 days, it was %s",
                   source_of(judged->good, judged->fresh), layer == NULL ? "" : layer,
                   layer == NULL ? "" : " ", duration_speak(after_ms, after),
                   duration_speak(before_ms, before));
    (void)hold(judged, what, reason);
    return true;
}

static bool is_shrunken(const struct judged *judged, char reason[JUDGE_REASON_MAX])
{
    msec until_at = judged->now + JUDGE_WINDOW_MS;
    if (judged->layer_count == 0)
        return loss_is_held(judged, NULL, shift_list_covered(judged->good, judged->now, until_at),
                            shift_list_covered(judged->fresh, judged->now, until_at), reason);
    for (size_t i = 0; i < judged->layer_count; i++) {
        const struct judged_layer *layer = &judged->layers[i];
        if (layer->good != NULL &&
            loss_is_held(judged, layer->fresh->rota.layer,
                         rota_covered(&layer->good->rota, judged->now, until_at),
                         rota_covered(&layer->fresh->rota, judged->now, until_at), reason))
            return true;
    }
    return false;
}

/* Puts the names of the shifts that touch [from_at, until_at) into `names`. */
static void unknowns_add(struct map *names, const struct calendar_rota *rota, msec from_at,
                         msec until_at)
{
    for (size_t i = 0; rota != NULL && i < rota->unknowns_kept; i++) {
        const struct unknown_shift *shift = &rota->unknowns[i];
        if (shift->end_at > from_at && shift->start_at < until_at)
            map_put(names, span_of(shift->name), (void *)shift);
    }
}

/* Names unknown people soon whom the good version does not name at all. */
static bool has_new_unknowns(const struct judged *judged, char reason[JUDGE_REASON_MAX])
{
    CLEANUP(map_free) struct map *known = map_new();
    CLEANUP(map_free) struct map *fresh = map_new();
    for (size_t i = 0; i < judged->layer_count; i++) {
        unknowns_add(known, judged->layers[i].good, INT64_MIN, INT64_MAX);
        unknowns_add(fresh, judged->layers[i].fresh, judged->now, judged->now + JUDGE_WINDOW_MS);
    }
    CLEANUP(text_clear) struct text names = {0};
    size_t count = 0;
    size_t cursor = 0;
    struct span name;
    const struct unknown_shift *shift;
    while ((shift = map_each(fresh, &cursor, &name)) != NULL) {
        if (map_find(known, name) != NULL || ++count > UNKNOWN_SHOWN_MAX)
            continue;
        CLEANUP(text_clear) struct text short_name = {0};
        text_add_span(&short_name, utf8_cut(name, 40));
        text_add(&names, count == 1 ? "\"" : ", \"");
        text_add_terminal(&names, short_name.size > 0 ? text_string(&short_name) : "");
        text_add_char(&names, '"');
        if (shift->close != NULL)
            text_addf(&names, " (did you mean %.80s?)", shift->close);
    }
    if (count == 0)
        return false;
    if (count > UNKNOWN_SHOWN_MAX)
        text_addf(&names, " and %zu more", count - UNKNOWN_SHOWN_MAX);
    CLEANUP(text_clear) struct text what = {0};
    text_add_span(&what, utf8_cut(span_of(source_of(judged->good, judged->fresh)), 100));
    text_addf(&what, ": is new in naming %s, who %s no user", text_string(&names),
              count == 1 ? "is" : "are");
    (void)hold(judged, text_string(&what), reason);
    return true;
}

enum version_verdict calendar_weigh(const struct judged *judged, char reason[JUDGE_REASON_MAX])
{
    const struct shift_list *good = judged->good;
    const struct shift_list *fresh = judged->fresh;
    assert(judged->max_loss <= 100);
    reason[0] = '\0';
    if (fresh->problem != NULL) {
        reason_write(reason, fresh->problem,
                     "Open the calendar's address or file, mend it there, and it is read again");
        return VERDICT_REFUSE;
    }
    bool is_empty = fresh->event_count == 0 && good != NULL && good->event_count > 0;
    if (is_empty && judged->max_loss < 100) {
        char what[WHAT_MAX];
        (void)snprintf(what, sizeof what, "%.180s: no events, where there were %zu",
                       source_of(good, fresh), good->event_count);
        reason_write(reason, what,
                     "If it was emptied on purpose, put one event \"nobody\" into it");
        return VERDICT_REFUSE;
    }
    if (good == NULL || judged->is_confirmed)
        return VERDICT_ACCEPT;
    bool is_held = has_new_unknowns(judged, reason) || is_shrunken(judged, reason);
    return is_held ? VERDICT_SUSPICIOUS : VERDICT_ACCEPT;
}

void calendar_judge_unread(const char *source, const char *fault_text,
                           char reason[JUDGE_REASON_MAX])
{
    char what[WHAT_MAX];
    (void)snprintf(what, sizeof what, "%.140s: %.150s", source, fault_text);
    reason_write(reason, what, "Check that the address or path is right and can be reached");
}
