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

static size_t excess_of(const struct text *text)
{
    size_t septets = gsm_septets(text_span(text), NULL);
    return septets > GSM_SEGMENT_MAX ? septets - GSM_SEGMENT_MAX : 0;
}

/* How long a part of `size` may be so that the text loses `excess`, but not under `min`. */
static size_t shortened(size_t size, size_t excess, size_t min)
{
    size_t left = size > excess ? size - excess : 0;
    return left > min ? left : min;
}

static void render_again(struct phrase *phrase, struct text *text, const char *template)
{
    text_reset(text);
    phrase_add(phrase, text, template);
}

/*
 * The object is cut last of all. Severity, number and the ack link stay even if a very long link
 * of the operator's own makes two segments of it: half a link helps nobody.
 */
const char *phrase_fit(const struct letter *letter, const char *template, struct arena *arena)
{
    struct phrase phrase = phrase_new(letter, true);
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < sizeof sacrifices / sizeof *sacrifices; i++) {
        phrase.drop = sacrifices[i].drop;
        phrase.what_max = SIZE_MAX;
        render_again(&phrase, &text, template);
        if (excess_of(&text) > 0 && sacrifices[i].what_min > 0) {
            phrase.what_max = shortened(phrase.what_size, excess_of(&text), sacrifices[i].what_min);
            render_again(&phrase, &text, template);
        }
        if (excess_of(&text) == 0)
            return arena_copy_span(arena, text_span(&text));
    }
    phrase.object_max = shortened(phrase.object_size, excess_of(&text), OBJECT_SEPTETS_MIN);
    render_again(&phrase, &text, template);
    return arena_copy_span(arena, text_span(&text));
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
