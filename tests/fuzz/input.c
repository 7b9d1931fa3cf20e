/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

#define NO_LIMIT SIZE_MAX

struct input input_of(const uint8_t *bytes, size_t size)
{
    return (struct input){{(const char *)bytes, size}};
}

uint8_t input_byte(struct input *input)
{
    if (input->rest.size == 0)
        return 0;
    input->rest.size--;
    return (uint8_t)*input->rest.bytes++;
}

uint64_t input_number(struct input *input, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)input_byte(input) << (8 * i);
    return number;
}

const char *input_string(struct input *input, char separator, struct arena *arena)
{
    if (input->rest.size == 0)
        return "";
    struct span piece = span_cut(&input->rest, separator);
    piece.size = strnlen(piece.bytes, piece.size);
    return arena_copy_span(arena, piece);
}

const char *input_rest(struct input *input, struct arena *arena)
{
    struct span piece = input->rest;
    input->rest.size = 0;
    if (piece.size == 0)
        return "";
    piece.size = strnlen(piece.bytes, piece.size);
    return arena_copy_span(arena, piece);
}

void output_fail(const char *name, const char *string)
{
    (void)fprintf(stderr, "%s is not in order: \"%s\"\n", name, string ? string : "(NULL)");
    abort();
}

void output_check(const char *name, const char *string, size_t max)
{
    if (string == NULL || strlen(string) > max || !utf8_is_valid(span_of(string)))
        output_fail(name, string);
}

void output_check_line(const char *name, const char *string, size_t max)
{
    output_check(name, string, max);
    for (const char *at = string; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            output_fail(name, string);
}

static void incident_check(const struct incident *incident)
{
    output_check_line("summary", incident->summary, SUMMARY_MAX);
    output_check("details", incident->details, DETAILS_MAX);
    output_check("dedup key", incident->dedup_key, DEDUP_KEY_MAX);
    output_check_line("source", incident->source, LABEL_VALUE_MAX);
    output_check_line("service", incident->service, LABEL_VALUE_MAX);
    output_check_line("runbook", incident->runbook, NO_LIMIT);
    output_check_line("link", incident->link, NO_LIMIT);
    if (incident->label_count > LABELS_MAX)
        abort();
    for (size_t i = 0; i < incident->label_count; i++) {
        output_check_line("label", incident->labels[i].name, LABEL_NAME_MAX);
        output_check_line("value", incident->labels[i].value, LABEL_VALUE_MAX);
    }
}

void output_check_effects(const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_INCIDENT)
            incident_check(effect->incident);
        if (effect->kind == EFFECT_SAVE_PAGE)
            output_check("text of a page", effect->page->text, NO_LIMIT);
        if (effect->kind == EFFECT_SAVE_OVERRIDE)
            output_check("note of an override", effect->override->note, NOTE_MAX);
        if (effect->kind != EFFECT_ENTRY)
            continue;
        output_check("actor of an entry", effect->entry->actor, NO_LIMIT);
        output_check("text of an entry", effect->entry->text, NO_LIMIT);
    }
}
