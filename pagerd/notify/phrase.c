/* SPDX-License-Identifier: MIT */
#include "notify/phrase.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "notify/wording.h"

const struct phrase_field *phrase_field_find(const struct phrase_field *fields, struct span name)
{
    for (const struct phrase_field *field = fields; field->name != NULL; field++)
        if (name.size > 0 && field->name[0] == name.bytes[0] && span_is(name, field->name))
            return field;
    return NULL;
}

/* Reads "$name" at *template, moves behind it, and appends the value. False: nothing to say. */
static bool add_field(struct phrase *phrase, struct text *text, const char **template)
{
    const char *name = *template + 1;
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
    *template = name + size;
    size_t start = text->size;
    const struct phrase_field *field = phrase_field_find(phrase->fields, (struct span){name, size});
    assert(field != NULL); /* ours, or phrase_check() has seen it */
    field->put(phrase, text);
    return text->size > start;
}

/* Ends the text at `size`. */
static void cut(struct text *text, size_t size)
{
    if (text->size <= size)
        return;
    text->size = size;
    text->bytes[size] = '\0';
}

/* The text from `start` on is of a group of that rank; what a group within it drops sooner stays
 * so. */
static void rank_since(struct phrase *phrase, const struct text *text, size_t start, char rank)
{
    struct text *ranks = phrase->ranks;
    if (ranks == NULL)
        return;
    size_t known = ranks->size;
    if (known < text->size) {
        text_add_bytes(ranks, text->bytes + known, text->size - known);
        memset(ranks->bytes + known, PHRASE_STAYS, text->size - known);
    }
    for (size_t i = start; i < text->size && rank != '0'; i++)
        if (ranks->bytes[i] > rank)
            ranks->bytes[i] = rank;
}

/* Appends up to the end or to the "}" of this group. False: some field had nothing to say. */
static bool add_group(struct phrase *phrase, struct text *text, const char **template)
{
    bool is_whole = true;
    while (**template != '\0' && **template != '}') {
        if (**template == '$') {
            is_whole = add_field(phrase, text, template) && is_whole;
            continue;
        }
        if (**template != '{') {
            size_t size = strcspn(*template, "${}");
            text_add_bytes(text, *template, size);
            *template += size;
            continue;
        }
        char rank = (*template)[1];
        assert(rank >= '0' && rank <= '0' + WORDING_RANK_MAX && (*template)[2] == ':');
        *template += 3;
        size_t start = text->size;
        if (add_group(phrase, text, template)) {
            rank_since(phrase, text, start, rank);
        } else {
            cut(text, start);
            if (phrase->ranks != NULL)
                cut(phrase->ranks, start);
        }
        assert(**template == '}');
        (*template)++;
    }
    return is_whole;
}

struct phrase phrase_new(const struct letter *letter, bool is_sms)
{
    return (struct phrase){
        .letter = letter,
        .fields = phrase_fields,
        .view = {letter->zone, letter->team_zone, letter->now_at, letter->words},
        .is_sms = is_sms,
        .what_max = SIZE_MAX,
        .object_max = SIZE_MAX,
    };
}

static void add_whole(struct phrase *phrase, struct text *text, const char *template)
{
    phrase->what_size = 0;
    phrase->object_size = 0;
    (void)add_group(phrase, text, &template);
}

void phrase_add(struct phrase *phrase, struct text *text, const char *template)
{
    CLEANUP(text_clear) struct text whole = {0};
    add_whole(phrase, &whole, template);
    text_add_span(text, span_trim(text_span(&whole)));
}

void phrase_draft(struct phrase *phrase, struct text *text, struct text *ranks,
                  const char *template)
{
    text_reset(text);
    text_reset(ranks);
    phrase->ranks = ranks;
    add_whole(phrase, text, template);
    rank_since(phrase, text, 0, '0');
    phrase->ranks = NULL;
}

const char *phrase_copy(const struct letter *letter, const char *template, struct arena *arena)
{
    struct phrase phrase = phrase_new(letter, false);
    CLEANUP(text_clear) struct text text = {0};
    phrase_add(&phrase, &text, template);
    return arena_copy_span(arena, text_span(&text));
}
