/* SPDX-License-Identifier: MIT */
#include "engine/mixed.h"

#include <stdlib.h>
#include <string.h>

#include "engine/state.h"

#define EVERY_LABEL "\n*\n"

/* The names stand between line feeds. */
static bool is_named(const char *list, struct span name)
{
    CLEANUP(text_clear) struct text line = {0};
    text_add(&line, "\n");
    text_add_span(&line, name);
    text_add(&line, "\n");
    return list != NULL && strstr(list, text_string(&line)) != NULL;
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
    struct match_subject known = match_subject_incident(incident);
    if (string_is(match_value(&known, name), match_value(said, name)))
        return false;
    return name_add(incident, span_of(name));
}

bool mixed_note(struct incident *incident, const struct match_subject *said)
{
    static const char *const words[] = {"integration", "service", "source", "severity", "summary"};
    bool is_new = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
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
