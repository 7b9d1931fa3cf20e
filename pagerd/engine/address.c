/* SPDX-License-Identifier: MIT */
#include "engine/address.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/record.h"

#define NUMBER_SIZE 24

static const char *label_find(const struct incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->label_count; i++)
        if (string_is(incident->labels[i].name, name))
            return incident->labels[i].value;
    return NULL;
}

/* The value of the word that `rest` begins with, which is cut off; NULL: it begins with none. */
static const char *word_take(struct span *rest, const struct incident *incident,
                             char number[NUMBER_SIZE])
{
    const char *alert = label_find(incident, "alertname");
    snprintf(number, NUMBER_SIZE, "%" PRIu64, incident->number);
    const struct {
        const char *word;
        const char *value;
    } words[] = {
        {"$name", alert != NULL ? alert : incident->summary},
        {"$service", incident->service},
        {"$team", incident->team},
        {"$number", number},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!span_has_prefix(*rest, words[i].word))
            continue;
        size_t size = strlen(words[i].word);
        *rest = (struct span){rest->bytes + size, rest->size - size};
        return words[i].value != NULL ? words[i].value : "";
    }
    return NULL;
}

bool address_add(struct text *text, const char *pattern, const struct incident *incident)
{
    CLEANUP(text_clear) struct text made = {0};
    struct span rest = span_of(pattern);
    while (rest.size > 0) {
        char number[NUMBER_SIZE];
        const char *value = word_take(&rest, incident, number);
        if (value != NULL && value[0] == '\0')
            return false;
        if (value != NULL) {
            text_add_url(&made, value);
            continue;
        }
        text_add_char(&made, rest.bytes[0]);
        rest = (struct span){rest.bytes + 1, rest.size - 1};
    }
    text_add_span(text, text_span(&made));
    return made.size > 0;
}
