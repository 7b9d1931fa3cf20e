/* SPDX-License-Identifier: MIT */
#include "ingest/mail_subject.h"

#include <ctype.h>
#include <string.h>

#define STEPS_MAX 16 /* states and tags before the name of a thing */

/* The states that programs write. Of two that fit the longer stands first. */
static const struct state {
    const char *word;
    enum event_kind kind;
    enum severity severity; /* SEVERITY_COUNT: the word does not say */
} states[] = {
    {"no longer a problem", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"updated problem", EVENT_NOTE_SOURCE, SEVERITY_COUNT}, /* Zabbix */
    {"problem", EVENT_TRIGGER, SEVERITY_COUNT},
    {"firing", EVENT_TRIGGER, SEVERITY_COUNT},
    {"alerting", EVENT_TRIGGER, SEVERITY_COUNT},
    {"re-triggered", EVENT_TRIGGER, SEVERITY_COUNT},
    {"triggered", EVENT_TRIGGER, SEVERITY_COUNT},
    {"alarm", EVENT_TRIGGER, SEVERITY_COUNT},
    {"no data", EVENT_TRIGGER, SEVERITY_COUNT},
    {"down", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"disaster", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"emergency", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"critical", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"crit", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"unreachable", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"backup failed", EVENT_TRIGGER, SEVERITY_ERROR}, /* Proxmox */
    {"failed", EVENT_TRIGGER, SEVERITY_ERROR},
    {"failure", EVENT_TRIGGER, SEVERITY_ERROR},
    {"error", EVENT_TRIGGER, SEVERITY_ERROR},
    {"unknown", EVENT_TRIGGER, SEVERITY_ERROR},
    {"warning", EVENT_TRIGGER, SEVERITY_WARNING},
    {"warn", EVENT_TRIGGER, SEVERITY_WARNING},
    {"recovery", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"recovered", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"resolved", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"cleared", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"closed", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"normal", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"backup successful", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"success", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT}, /* Veeam */
    {"okay", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"ok", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    {"up", EVENT_RESOLVE_SOURCE, SEVERITY_COUNT},
    /* Nagios and Icinga; only a named person acknowledges, and a mail names nobody for sure. */
    {"acknowledgement", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"flappingstart", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"flappingstop", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"flappingend", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"flappingdisabled", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"downtimestart", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"downtimeend", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"downtimecancelled", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"downtimeremoved", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
    {"custom", EVENT_NOTE_SOURCE, SEVERITY_COUNT},
};

/* Before a subject that somebody answers or passes on. */
static const char *const replies[] = {"re:", "aw:", "fwd:", "fw:", "wg:", "sv:", "antw:"};

/* May stand between a state and its colon, or before it. */
static const char *const fillers[] = {"service alert", "host alert", "service", "host",
                                      "alert",         "monitor is", "monitor"};

struct reading {
    struct mail_subject *subject;
    struct span rest; /* not yet read */
    struct text kept; /* tags that belong to the name */
    bool is_reply;
    bool has_state;
};

static bool is_letter(char byte)
{
    return isalnum((unsigned char)byte) || ((unsigned char)byte & 0x80) != 0 || byte == '_';
}

static struct span span_from(struct span span, size_t at)
{
    return (struct span){span.bytes + at, span.size - at};
}

/* Does a word stand at the start, and end there? */
static bool begins_with(struct span span, const char *word)
{
    size_t size = strlen(word);
    return span.size >= size && strncasecmp(span.bytes, word, size) == 0 &&
           (span.size == size || !is_letter(word[size - 1]) || !is_letter(span.bytes[size]));
}

static const struct state *state_at(struct span span)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        if (begins_with(span, states[i].word))
            return &states[i];
    }
    return NULL;
}

/* White space, stars and other ornaments at both ends; a lamp is one too ("🔴 Down"). */
static struct span ornament_trim(struct span span, bool is_start_only)
{
    span = span_trim(span);
    while (span.size > 0 && strchr("* \t", *span.bytes) != NULL)
        span = span_from(span, 1);
    while (!is_start_only && span.size > 0 && strchr("*!. \t", span.bytes[span.size - 1]) != NULL)
        span.size--;
    return span;
}

static struct span lamp_trim(struct span span)
{
    struct span after = span;
    while (after.size > 0 && ((unsigned char)*after.bytes & 0x80) != 0)
        after = span_from(after, 1);
    after = span_trim(after);
    return after.size < span.size && state_at(after) != NULL ? after : span;
}

/* The worst counts; they are numbered from the worst down. */
static void severity_take(struct mail_subject *subject, const struct state *state)
{
    if (state->severity >= subject->severity)
        return;
    subject->severity = state->severity;
    subject->severity_word = state->word;
}

/* A word of the subject is heard; the first decides what the mail is. */
static void state_take(struct reading *reading, const struct state *state)
{
    struct mail_subject *subject = reading->subject;
    if (!reading->has_state)
        subject->kind = state->kind;
    reading->has_state = true;
    severity_take(subject, state);
}

static bool reply_read(struct reading *reading)
{
    for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
        size_t size = strlen(replies[i]);
        if (reading->rest.size < size || strncasecmp(reading->rest.bytes, replies[i], size) != 0)
            continue;
        reading->rest = span_from(reading->rest, size);
        reading->is_reply = true;
        return true;
    }
    return false;
}

/* "[FIRING:1]", "[RESOLVED]", "[Failed]": a state; "[Grafana]" belongs to the name. */
static bool tag_read(struct reading *reading)
{
    struct span rest = reading->rest;
    if (rest.size == 0 || *rest.bytes != '[')
        return false;
    const char *end = memchr(rest.bytes, ']', rest.size);
    if (end == NULL)
        return false;
    struct span inside = {rest.bytes + 1, (size_t)(end - rest.bytes) - 1};
    inside = lamp_trim(span_trim(inside));
    const struct state *state = state_at(inside);
    struct span behind = state == NULL ? inside : span_trim(span_from(inside, strlen(state->word)));
    if (state != NULL && (behind.size == 0 || *behind.bytes == ':' || *behind.bytes == ','))
        state_take(reading, state);
    else
        text_addf(&reading->kept, "[%.*s] ", (int)inside.size, inside.bytes);
    reading->rest = span_from(rest, (size_t)(end - rest.bytes) + 1);
    return true;
}

static struct span filler_skip(struct span span)
{
    for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
        if (begins_with(span, fillers[i]))
            return span_trim(span_from(span, strlen(fillers[i])));
    }
    return span;
}

/* " in 1h 5m 3s" of Zabbix, before the colon. */
static struct span duration_skip(struct span span)
{
    if (!begins_with(span, "in"))
        return span;
    struct span after = span_trim(span_from(span, 2));
    size_t at = 0;
    while (
        at < after.size &&
        (isdigit((unsigned char)after.bytes[at]) || strchr(" dhmsyMw", after.bytes[at]) != NULL) &&
        after.bytes[at])
        at++;
    return at > 0 && at < after.size && after.bytes[at] == ':' ? span_from(after, at) : span;
}

/* What parts a state from a name. Dashes and "for" are for states that cannot be plain words: a
 * problem, a word in capitals, or one with "alert" behind it. */
static const struct divider {
    const char *mark;
    bool is_weak;
} dividers[] = {{":", false}, {"|", false}, {"- ", true}, {"-- ", true}, {"for ", true}};

static const struct divider *divider_find(struct span span)
{
    for (size_t i = 0; i < sizeof(dividers) / sizeof(*dividers); i++) {
        size_t size = strlen(dividers[i].mark);
        if (span.size > size && strncasecmp(span.bytes, dividers[i].mark, size) == 0)
            return &dividers[i];
    }
    return NULL;
}

static bool is_capital(struct span span)
{
    for (size_t i = 0; i < span.size; i++) {
        if (islower((unsigned char)span.bytes[i]))
            return false;
    }
    return true;
}

/* "PROBLEM: x", "DOWN alert: x", "Host DOWN alert for x", "Resolved in 5m: x", "UP | x". A bare
 * word is no state: "OK we lost the building" is a problem. */
static bool lead_read(struct reading *reading)
{
    struct span rest = lamp_trim(ornament_trim(reading->rest, true));
    const struct state *state = state_at(rest);
    if (state == NULL) {
        rest = filler_skip(rest);
        state = state_at(rest);
    }
    if (state == NULL)
        return false;
    size_t size = strlen(state->word);
    bool is_sure = is_capital((struct span){rest.bytes, size}) || state->kind == EVENT_TRIGGER;
    struct span after = span_trim(span_from(rest, size));
    struct span behind = filler_skip(after);
    is_sure = is_sure || behind.size < after.size;
    behind = filler_skip(duration_skip(behind));
    const struct divider *divider = divider_find(behind);
    if (divider == NULL || (divider->is_weak && !is_sure))
        return false;
    state_take(reading, state);
    reading->rest = span_from(behind, strlen(divider->mark));
    return true;
}

/* The last word or two, when they are a state. */
static const struct state *tail_find(struct span rest, size_t *at)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        size_t size = strlen(states[i].word);
        if (rest.size <= size)
            continue;
        struct span tail = span_from(rest, rest.size - size);
        if (strncasecmp(tail.bytes, states[i].word, size) != 0 || is_letter(tail.bytes[-1]))
            continue;
        *at = rest.size - size;
        return &states[i];
    }
    return NULL;
}

static bool ends_with(struct span span, const char *word)
{
    size_t size = strlen(word);
    return span.size >= size && strncasecmp(span.bytes + span.size - size, word, size) == 0;
}

/* "x is CRITICAL", "x OK -> CRIT", "x : backup failed". An end is believed only where it stands in
 * capitals, for people write "the other one is ok" too. */
static void tail_read(struct reading *reading)
{
    size_t at = 0;
    struct span rest = ornament_trim(reading->rest, false);
    const struct state *state = tail_find(rest, &at);
    reading->rest = rest;
    if (state == NULL)
        return;
    struct span before = span_trim((struct span){rest.bytes, at});
    bool is_phrase = strchr(state->word, ' ') != NULL && ends_with(before, ":");
    bool is_capitals = is_capital(span_from(rest, at));
    bool is_arrow = ends_with(before, "->") || ends_with(before, "\xe2\x86\x92");
    bool is_said = ends_with(before, " is") || ends_with(before, ":") || is_arrow || is_phrase;
    if (!is_said || (state->kind != EVENT_TRIGGER && !is_capitals && !is_phrase))
        return;
    state_take(reading, state);
    before.size -= is_arrow ? (ends_with(before, "->") ? 2 : 3) : ends_with(before, ":") ? 1 : 3;
    reading->rest = span_trim(before);
    size_t from = 0;
    if (is_arrow && tail_find(reading->rest, &from) != NULL)
        reading->rest = span_trim((struct span){reading->rest.bytes, from});
}

/* The worst of the words that stand in capitals anywhere. */
static void severity_scan(struct span line, struct mail_subject *subject)
{
    for (size_t at = 0; at < line.size; at++) {
        if (at > 0 && is_letter(line.bytes[at - 1]))
            continue;
        const struct state *state = state_at(span_from(line, at));
        if (state != NULL && is_capital((struct span){line.bytes + at, strlen(state->word)}))
            severity_take(subject, state);
    }
}

void mail_subject_read(struct span line, struct mail_subject *subject)
{
    struct reading reading = {.subject = subject, .rest = span_trim(line)};
    *subject = (struct mail_subject){
        .kind = EVENT_TRIGGER, .severity = SEVERITY_COUNT, .severity_word = ""};
    for (int step = 0; step < STEPS_MAX; step++) {
        reading.rest = ornament_trim(reading.rest, true);
        if (!reply_read(&reading) && !tag_read(&reading) && !lead_read(&reading))
            break;
    }
    tail_read(&reading);
    if (subject->severity == SEVERITY_COUNT)
        severity_scan(line, subject);
    /* Who answers "[RESOLVED] x" may say that it is not. */
    if (reading.is_reply && subject->kind != EVENT_TRIGGER)
        subject->kind = EVENT_TRIGGER;
    text_add_span(&reading.kept, reading.rest);
    struct span rest = span_trim(text_span(&reading.kept));
    text_add_span(&subject->rest, rest.size > 0 ? rest : line);
    text_clear(&reading.kept);
}
