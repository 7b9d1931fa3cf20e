/* SPDX-License-Identifier: MIT */
#include "engine/match.h"

#include <string.h>

#define SHOWN_MAX 60 /* bytes of a wrong text in its fault */

struct match_subject match_subject_alert(const struct alert *alert)
{
    return (struct match_subject){
        .labels = alert->labels,
        .label_count = alert->label_count,
        .integration = alert->integration,
        .service = alert->service,
        .source = alert->source,
        .summary = alert->summary,
        .severity = alert->severity,
    };
}

struct match_subject match_subject_incident(const struct incident *incident)
{
    return (struct match_subject){
        .labels = incident->labels,
        .label_count = incident->label_count,
        .integration = incident->integration,
        .service = incident->service,
        .source = incident->source,
        .summary = incident->summary,
        .severity = incident->severity,
    };
}

/* NULL when the value can be used, else what is wrong with it and how to write it. */
static const char *value_complaint(struct span value, bool is_negated)
{
    if (value.size > LABEL_VALUE_MAX)
        return "the value is too long";
    if (value.size > 0 && value.bytes[0] == '~')
        return is_negated ? "regular expressions are not understood: write label!=part*"
                          : "regular expressions are not understood: write label=part*";
    if (value.size > 1 && value.bytes[0] == '"' && value.bytes[value.size - 1] == '"')
        return "the value stands without quotes: label=value";
    return NULL;
}

bool matcher_parse(struct arena *arena, struct span text, struct matcher *matcher,
                   struct fault *fault)
{
    int shown = (int)(text.size < SHOWN_MAX ? text.size : SHOWN_MAX);
    const char *equals = text.size > 0 ? memchr(text.bytes, '=', text.size) : NULL;
    if (equals == NULL)
        return fault_set(fault, FAULT_INPUT,
                         "\"%.*s\" says no label: write label=value, label=part* or label!=value",
                         shown, text.bytes);
    struct span label = {text.bytes, (size_t)(equals - text.bytes)};
    struct span value = {equals + 1, text.size - label.size - 1};
    bool is_negated = label.size > 0 && label.bytes[label.size - 1] == '!';
    if (is_negated)
        label.size--;
    label = span_trim(label);
    value = span_trim(value);
    if (label.size == 0 || label.size > LABEL_NAME_MAX || memchr(label.bytes, '*', label.size))
        return fault_set(fault, FAULT_INPUT,
                         "\"%.*s\" has no usable name of a label before \"=\": write label=value",
                         shown, text.bytes);
    const char *complaint = value_complaint(value, is_negated);
    if (complaint != NULL)
        return fault_set(fault, FAULT_INPUT, "\"%.*s\": %s", shown, text.bytes, complaint);
    *matcher = (struct matcher){
        .label = arena_copy_span(arena, label),
        .pattern = arena_copy_span(arena, value),
        .is_negated = is_negated,
    };
    return true;
}

void matcher_render(struct text *text, const struct matcher *matcher)
{
    text_add(text, matcher->label);
    text_add(text, matcher->is_negated ? "!=" : "=");
    text_add(text, matcher->pattern);
}

bool matcher_is_same(const struct matcher *left, const struct matcher *right)
{
    return left->is_negated == right->is_negated && string_is(left->label, right->label) &&
           string_is(left->pattern, right->pattern);
}

bool matcher_is_any(const struct matcher *matcher)
{
    return !matcher->is_negated && matcher->pattern[0] != '\0' &&
           matcher->pattern[strspn(matcher->pattern, "*")] == '\0';
}

const char *match_value(const struct match_subject *subject, const char *label)
{
    for (size_t i = 0; i < subject->label_count; i++)
        if (string_is(subject->labels[i].name, label))
            return subject->labels[i].value;

    const struct {
        const char *name;
        const char *value;
    } words[] = {
        {"integration", subject->integration}, {"service", subject->service},
        {"source", subject->source},           {"severity", severity_name(subject->severity)},
        {"summary", subject->summary},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (string_is(words[i].name, label))
            return words[i].value != NULL ? words[i].value : "";
    return "";
}

bool match_all(const struct matcher *matchers, size_t count, const struct match_subject *subject)
{
    for (size_t i = 0; i < count; i++)
        if (match_glob(matchers[i].pattern, match_value(subject, matchers[i].label)) ==
            matchers[i].is_negated)
            return false;
    return true;
}

/* Only the last star can still be given more: what stands before it has found its earliest place,
 * and later ones leave no more room for the rest. */
bool match_glob(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *resume = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}
