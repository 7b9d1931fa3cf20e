/* SPDX-License-Identifier: MIT */
#include "engine/fieldmap.h"

#include <string.h>

#include "base/pointer.h"
#include "base/text.h"
#include "base/utf8.h"

#define LABEL_PREFIX "label."

static const char *const fields[] = {
    "summary", "details", "dedup_key",  "severity", "source", "service", "link",
    "runbook", "group",   "started_at", "resolve",  "skip",   "items",
};

/* A piece of a line as it may stand in a fault: whole characters, at most 80 bytes. */
static const char *shown(struct arena *arena, const char *text)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_of(text));
    return arena_copy_span(arena, utf8_cut(text_span(&clean), 80));
}

static bool is_field(const char *name)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (string_is(fields[i], name))
            return true;
    }
    size_t size = strlen(LABEL_PREFIX);
    return strncmp(name, LABEL_PREFIX, size) == 0 && name[size] != '\0';
}

static bool is_condition(const char *name)
{
    return string_is(name, "resolve") || string_is(name, "skip");
}

static bool source_parse(struct arena *arena, struct span text, struct fieldmap_source *source,
                         struct fault *fault)
{
    bool is_from_top = text.size > 0 && text.bytes[0] == '^';
    if (is_from_top) {
        text.bytes++;
        text.size--;
    }
    const char *copy = arena_copy_span(arena, text);
    source->is_from_top = is_from_top;
    if (!is_from_top && (text.size == 0 || text.bytes[0] != '/')) {
        source->words = copy;
        return text.size > 0 || fault_set(fault, FAULT_INPUT, "nothing stands behind \"=\"");
    }
    source->pointer = copy;
    if (!pointer_is_valid(copy))
        return fault_set(fault, FAULT_INPUT, "\"%s\" is not a JSON Pointer such as /event/title",
                         shown(arena, copy));
    return true;
}

/* Cuts the part before " | " off `rest`. */
static struct span alternative_cut(struct span *rest)
{
    for (size_t i = 0; i + 3 <= rest->size; i++) {
        if (memcmp(rest->bytes + i, " | ", 3) != 0)
            continue;
        struct span head = {rest->bytes, i};
        rest->bytes += i + 3;
        rest->size -= i + 3;
        return head;
    }
    struct span head = *rest;
    rest->size = 0;
    return head;
}

static bool words_parse(struct arena *arena, struct span *text, struct fieldmap_line *line,
                        struct fault *fault)
{
    size_t size = text->size;
    while (size > 0 && text->bytes[size - 1] != ':')
        size--;
    if (size == 0)
        return true;
    struct span rest = {text->bytes + size, text->size - size};
    text->size = size - 1;
    while (rest.size > 0) {
        if (line->word_count == FIELDMAP_WORDS_MAX)
            return fault_set(fault, FAULT_LIMIT, "more than %d words", FIELDMAP_WORDS_MAX);
        line->words[line->word_count++] = arena_copy_span(arena, span_trim(span_cut(&rest, ',')));
    }
    return line->word_count > 0 || fault_set(fault, FAULT_INPUT, "no word stands behind \":\"");
}

static bool line_parse(struct arena *arena, const char *text, struct fieldmap_line *line,
                       struct fault *fault)
{
    struct span rest = span_trim(span_of(text));
    line->field = arena_copy_span(arena, span_trim(span_cut(&rest, '=')));
    rest = span_trim(rest);
    if (!is_field(line->field))
        return fault_set(fault, FAULT_INPUT,
                         "\"%s\" is no field; there are summary, details, dedup_key, severity, "
                         "source, service, link, runbook, group, started_at, resolve, skip, "
                         "items and label.NAME",
                         shown(arena, line->field));
    if (is_condition(line->field) && rest.size > 0 && !words_parse(arena, &rest, line, fault))
        return false;
    do {
        if (line->source_count == FIELDMAP_SOURCES_MAX)
            return fault_set(fault, FAULT_LIMIT, "more than %d sources", FIELDMAP_SOURCES_MAX);
        struct fieldmap_source *source = &line->sources[line->source_count++];
        if (!source_parse(arena, span_trim(alternative_cut(&rest)), source, fault))
            return false;
        bool needs_pointer = is_condition(line->field) || string_is(line->field, "items");
        if (needs_pointer && !source->pointer)
            return fault_set(fault, FAULT_INPUT, "\"%s\" needs a JSON Pointer", line->field);
    } while (rest.size > 0);
    return true;
}

bool fieldmap_parse(struct arena *arena, const char *const *lines, size_t count,
                    struct fieldmap *mapping, struct fault *fault)
{
    struct fieldmap made = {0};
    if (count > FIELDMAP_LINES_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d lines of a map", FIELDMAP_LINES_MAX);
    made.lines = arena_take(arena, (count + 1) * sizeof(*made.lines));
    for (size_t i = 0; i < count; i++) {
        struct fieldmap_line *line = &made.lines[i];
        if (!line_parse(arena, lines[i], line, fault))
            return fault_prefix(fault, "\"%s\"", shown(arena, lines[i]));
        if (fieldmap_find(&made, line->field))
            return fault_set(fault, FAULT_INPUT, "\"%s\" is there twice",
                             shown(arena, line->field));
        made.line_count++;
    }
    if (!fieldmap_find(&made, "summary"))
        return fault_set(fault, FAULT_INPUT,
                         "a map needs a line for the summary, such as \"summary=/title\"");
    *mapping = made;
    return true;
}

const struct fieldmap_line *fieldmap_find(const struct fieldmap *mapping, const char *field)
{
    for (size_t i = 0; i < mapping->line_count; i++) {
        if (string_is(mapping->lines[i].field, field))
            return &mapping->lines[i];
    }
    return NULL;
}

static const char *value_text(struct arena *arena, const struct json *value)
{
    if (!value || value->kind == JSON_NULL)
        return NULL;
    if (value->text)
        return *value->text ? value->text : NULL;
    CLEANUP(text_clear) struct text text = {0};
    json_render(&text, value);
    return arena_copy_span(arena, text_span(&text));
}

const char *fieldmap_text(struct arena *arena, const struct fieldmap_line *line,
                          const struct json *top, const struct json *item)
{
    for (size_t i = 0; line && i < line->source_count; i++) {
        const struct fieldmap_source *source = &line->sources[i];
        if (!source->pointer)
            return source->words;
        const char *text =
            value_text(arena, pointer_find(source->is_from_top ? top : item, source->pointer));
        if (text)
            return text;
    }
    return NULL;
}

bool fieldmap_holds(struct arena *arena, const struct fieldmap_line *line, const struct json *top,
                    const struct json *item)
{
    const char *text = fieldmap_text(arena, line, top, item);
    if (!text)
        return false;
    if (line->word_count == 0)
        return !string_same(text, "false") && !string_same(text, "no") && !string_is(text, "0");
    for (size_t i = 0; i < line->word_count; i++) {
        if (string_same(line->words[i], text))
            return true;
    }
    return false;
}
