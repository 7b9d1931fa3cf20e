/* SPDX-License-Identifier: MIT */
/* letter.c - the short texts of a letter: the SMS, fitted to one segment, and the title. */
#include "notify/notify.h"

#include <stdint.h>

#include "base/text.h"
#include "notify/gsm.h"
#include "notify/moment.h"
#include "notify/phrase.h"
#include "notify/wording.h"

#define OBJECT_SEPTETS_MIN 8

/* What is given up, step by step, until the text fits. */
static const struct sacrifice {
    unsigned drop;
    size_t what_min; /* the symptom may be cut down to this; 0: it stays whole */
} sacrifices[] = {
    {0, 0},
    {1, 0},
    {2, 0},
    {3, 0},
    {4, 0},
    {5, 0},
    {5, 40},
    {WORDING_RANK_MAX, 40},
    {WORDING_RANK_MAX, 12},
};

static size_t excess_of(struct span text)
{
    size_t septets = gsm_septets(text, NULL);
    return septets > GSM_SEGMENT_MAX ? septets - GSM_SEGMENT_MAX : 0;
}

/* How long a part of `size` may be so that the text loses `excess`, but not under `min`. */
static size_t shortened(size_t size, size_t excess, size_t min)
{
    size_t left = size > excess ? size - excess : 0;
    return left > min ? left : min;
}

/* What a draft says without its groups of ranks 1 to `drop`. */
static void say_without(struct text *said, const struct text *draft, const struct text *ranks,
                        unsigned drop)
{
    text_reset(said);
    size_t end = 0;
    for (size_t start = 0; start < draft->size; start = end) {
        bool is_said = ranks->bytes[start] > (char)('0' + drop);
        for (end = start + 1; end < draft->size && ranks->bytes[end] == ranks->bytes[start];)
            end++;
        if (is_said)
            text_add_bytes(said, draft->bytes + start, end - start);
    }
}

/* A text that is being fitted. */
struct fitting {
    struct phrase phrase;
    const char *template;
    struct text draft;
    struct text ranks;
    struct text said;
};

static void fitting_draft(struct fitting *fitting)
{
    phrase_draft(&fitting->phrase, &fitting->draft, &fitting->ranks, fitting->template);
}

/* Septets that are too many without the groups of those ranks. */
static size_t fitting_excess(struct fitting *fitting, unsigned drop)
{
    say_without(&fitting->said, &fitting->draft, &fitting->ranks, drop);
    return excess_of(span_trim(text_span(&fitting->said)));
}

/* True: it fits, with this given up. */
static bool fitting_try(struct fitting *fitting, const struct sacrifice *sacrifice)
{
    struct phrase *phrase = &fitting->phrase;
    if (phrase->what_max != SIZE_MAX) {
        phrase->what_max = SIZE_MAX;
        fitting_draft(fitting);
    }
    size_t excess = fitting_excess(fitting, sacrifice->drop);
    if (excess == 0 || sacrifice->what_min == 0)
        return excess == 0;
    phrase->what_max = shortened(phrase->what_size, excess, sacrifice->what_min);
    fitting_draft(fitting);
    return fitting_excess(fitting, sacrifice->drop) == 0;
}

/*
 * The object is cut last of all. Severity, number and the ack link stay even if a very long link
 * of the operator's own makes two segments of it: half a link helps nobody.
 */
const char *phrase_fit(const struct letter *letter, const char *template, struct arena *arena)
{
    struct fitting fitting = {.phrase = phrase_new(letter, true), .template = template};
    bool is_fitting = false;
    fitting_draft(&fitting);
    for (size_t i = 0; i < sizeof sacrifices / sizeof *sacrifices && !is_fitting; i++)
        is_fitting = fitting_try(&fitting, &sacrifices[i]);
    if (!is_fitting) {
        size_t excess = fitting_excess(&fitting, WORDING_RANK_MAX);
        fitting.phrase.object_max =
            shortened(fitting.phrase.object_size, excess, OBJECT_SEPTETS_MIN);
        fitting_draft(&fitting);
        say_without(&fitting.said, &fitting.draft, &fitting.ranks, WORDING_RANK_MAX);
    }
    const char *fitted = arena_copy_span(arena, span_trim(text_span(&fitting.said)));
    text_clear(&fitting.draft);
    text_clear(&fitting.ranks);
    text_clear(&fitting.said);
    return fitted;
}

const char *letter_sms(const struct letter *letter, struct arena *arena)
{
    return phrase_fit(letter, wordbook_say(letter->words, &wording_find(letter)->sms), arena);
}

const char *letter_title(const struct letter *letter, struct arena *arena)
{
    const struct wording *wording = wording_find(letter);
    struct phrase phrase = phrase_new(letter, false);
    CLEANUP(text_clear) struct text text = {0};
    phrase_add(&phrase, &text, wordbook_say(letter->words, &wording->head));
    CLEANUP(text_clear) struct text tail = {0};
    phrase_add(&phrase, &tail, wordbook_say(letter->words, &wording->tail));
    if (tail.size > 0)
        text_add_char(&text, ' ');
    text_add_span(&text, text_span(&tail));
    return arena_copy_span(arena, text_span(&text));
}

const char *notice_gap(const char *team, msec from_at, msec until_at, const struct zone *zone,
                       msec now_at, const char *link, struct arena *arena)
{
    struct moment_view view = {zone, zone, now_at, NULL};
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "GAP nobody on call for %s ", team);
    moment_add_range(&text, &view, from_at, until_at);
    text_add_char(&text, '.');
    if (link != NULL && link[0] != '\0')
        text_addf(&text, " Fill it: %s", link);
    return arena_copy_span(arena, text_span(&text));
}
