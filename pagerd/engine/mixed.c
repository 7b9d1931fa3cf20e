/* SPDX-License-Identifier: MIT */
#include "engine/mixed.h"

#include <stdlib.h>
#include <string.h>

#include "engine/state.h"

#define EVERY_LABEL "\n*\n"

static const char *const words[] = {"integration", "service", "source", "severity", "summary"};

#define WORD_COUNT (sizeof words / sizeof words[0])

/* What words[i] stands for, where no label has that name. */
static const char *word_of(const struct match_subject *subject, size_t i)
{
    const char *const values[WORD_COUNT] = {subject->integration, subject->service, subject->source,
                                            severity_name(subject->severity), subject->summary};
    return values[i] != NULL ? values[i] : "";
}

/* The names stand between line feeds. */
static bool is_named(const char *list, struct span name)
{
    struct span rest = span_of(list != NULL ? list + 1 : NULL);
    while (rest.size > 0) {
        struct span one = span_cut(&rest, '\n');
        if (one.size == name.size && memcmp(one.bytes, name.bytes, name.size) == 0)
            return true;
    }
    return false;
}

static bool is_every(const struct incident *incident)
{
    return incident->mixed != NULL && string_is(incident->mixed, EVERY_LABEL);
}

static bool name_add(struct incident *incident, struct span name)
{
    if (is_every(incident) || is_named(incident->mixed, name))
        return false;
    CLEANUP(text_clear) struct text list = {0};
    text_add(&list, incident->mixed != NULL ? incident->mixed : "\n");
    text_add_span(&list, name);
    text_add(&list, "\n");
    bool is_odd = memchr(name.bytes, '\n', name.size) != NULL;
    (void)set_name(&incident->mixed,
                   is_odd || list.size > MIXED_MAX ? EVERY_LABEL : text_string(&list));
    return true;
}

static bool compare(struct incident *incident, const struct match_subject *said, const char *name)
{
    if (is_named(incident->mixed, span_of(name)))
        return false;
    struct match_subject known = match_subject_incident(incident);
    if (string_is(match_value(&known, name), match_value(said, name)))
        return false;
    return name_add(incident, span_of(name));
}

static bool names_are_same(const struct incident *incident, const struct match_subject *said)
{
    if (incident->label_count != said->label_count)
        return false;
    for (size_t i = 0; i < said->label_count; i++)
        if (!string_is(incident->labels[i].name, said->labels[i].name))
            return false;
    return true;
}

/* The same labels in the same places: what is alike there needs no search. */
static bool note_alike(struct incident *incident, const struct match_subject *said)
{
    struct match_subject known = match_subject_incident(incident);
    bool is_new = false;
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (!string_is(word_of(&known, i), word_of(said, i)))
            is_new = compare(incident, said, words[i]) || is_new;
    for (size_t i = 0; i < said->label_count; i++)
        if (!string_is(incident->labels[i].value, said->labels[i].value))
            is_new = compare(incident, said, said->labels[i].name) || is_new;
    return is_new;
}

bool mixed_note(struct incident *incident, const struct match_subject *said)
{
    bool is_new = false;
    if (names_are_same(incident, said))
        return note_alike(incident, said);
    for (size_t i = 0; i < WORD_COUNT; i++)
        is_new = compare(incident, said, words[i]) || is_new;
    for (size_t i = 0; i < incident->label_count; i++)
        is_new = compare(incident, said, incident->labels[i].name) || is_new;
    for (size_t i = 0; i < said->label_count; i++)
        is_new = compare(incident, said, said->labels[i].name) || is_new;
    return is_new;
}

bool mixed_take(struct incident *incident, const struct incident *from)
{
    struct match_subject said = match_subject_incident(from);
    bool is_new = mixed_note(incident, &said);
    struct span rest = span_of(from->mixed != NULL ? from->mixed : "");
    while (rest.size > 0) {
        struct span name = span_cut(&rest, '\n');
        if (name.size > 0)
            is_new = name_add(incident, name) || is_new;
    }
    return is_new;
}

bool mixed_has(const struct incident *incident, const char *label)
{
    return is_every(incident) || is_named(incident->mixed, span_of(label));
}
