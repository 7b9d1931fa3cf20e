/* SPDX-License-Identifier: MIT */
#include "calendar/feed.h"

#include <assert.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

/* What may stand on the stack of open components. */
enum level { LEVEL_ROOT, LEVEL_CALENDAR, LEVEL_EVENT, LEVEL_ZONE, LEVEL_OBSERVANCE, LEVEL_OTHER };

/* Which properties are of interest, and where. */
static const struct {
    const char *name;
    enum level level;
    enum field field;
} interests[] = {
    {"DTSTART", LEVEL_EVENT, FIELD_DTSTART},
    {"DTEND", LEVEL_EVENT, FIELD_DTEND},
    {"DURATION", LEVEL_EVENT, FIELD_DURATION},
    {"RRULE", LEVEL_EVENT, FIELD_RRULE},
    {"EXRULE", LEVEL_EVENT, FIELD_EXRULE},
    {"RDATE", LEVEL_EVENT, FIELD_RDATE},
    {"EXDATE", LEVEL_EVENT, FIELD_EXDATE},
    {"RECURRENCE-ID", LEVEL_EVENT, FIELD_RECURRENCE_ID},
    {"UID", LEVEL_EVENT, FIELD_UID},
    {"SUMMARY", LEVEL_EVENT, FIELD_SUMMARY},
    {"STATUS", LEVEL_EVENT, FIELD_STATUS},
    {"SEQUENCE", LEVEL_EVENT, FIELD_SEQUENCE},
    {"DTSTAMP", LEVEL_EVENT, FIELD_DTSTAMP},
    {"ATTENDEE", LEVEL_EVENT, FIELD_ATTENDEE},
    {"ORGANIZER", LEVEL_EVENT, FIELD_ORGANIZER},
    {"CATEGORIES", LEVEL_EVENT, FIELD_CATEGORIES},
    {"X-PAGERD-USER", LEVEL_EVENT, FIELD_USER},
    {"X-PAGERD-OVERRIDE", LEVEL_EVENT, FIELD_OVERRIDE},
    {"TZID", LEVEL_ZONE, FIELD_TZID},
    {"X-LIC-LOCATION", LEVEL_ZONE, FIELD_LOCATION},
    {"DTSTART", LEVEL_OBSERVANCE, FIELD_DTSTART},
    {"RRULE", LEVEL_OBSERVANCE, FIELD_RRULE},
    {"RDATE", LEVEL_OBSERVANCE, FIELD_RDATE},
    {"TZOFFSETFROM", LEVEL_OBSERVANCE, FIELD_OFFSET_FROM},
    {"TZOFFSETTO", LEVEL_OBSERVANCE, FIELD_OFFSET_TO},
    {"X-WR-TIMEZONE", LEVEL_CALENDAR, FIELD_CALENDAR_ZONE},
};

struct open_component {
    enum level level;
    const char *name;
    uint32_t line;
};

struct parser {
    struct notes *notes;
    struct feed *feed;
    struct open_component stack[FEED_DEPTH_MAX];
    size_t depth;
    struct feed_calendar *loose; /* takes what lies outside of any VCALENDAR */
    struct feed_calendar *calendar;
    struct feed_calendar *last_calendar;
    struct component *component; /* the one whose properties are of interest now */
    struct feed_zone *zone;
};

static const char *arena_upper(struct arena *arena, struct span span)
{
    char *copy = arena_copy_span(arena, span);
    for (char *at = copy; *at != '\0'; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - ('a' - 'A'));
    return copy;
}

/* Only the first file-level failure is kept; the rest usually follows from it. */
static void feed_fail(struct parser *parser, uint32_t line, const char *code, const char *text)
{
    notes_add(parser->notes, line, code, "%s", text);
    if (parser->feed->problem == NULL)
        parser->feed->problem = arena_format(parser->notes->arena, "%s:%u: %s %s",
                                             parser->notes->file, line, code, text);
}

static enum level level_top(const struct parser *parser)
{
    return parser->depth == 0 ? LEVEL_ROOT : parser->stack[parser->depth - 1].level;
}

static enum level level_of(const struct parser *parser, const char *name)
{
    enum level parent = level_top(parser);
    icalcomponent_kind kind = icalcomponent_string_to_kind(name);
    if (kind == ICAL_VCALENDAR_COMPONENT && parent == LEVEL_ROOT)
        return LEVEL_CALENDAR;
    if (kind == ICAL_VEVENT_COMPONENT && (parent == LEVEL_CALENDAR || parent == LEVEL_ROOT))
        return LEVEL_EVENT;
    if (kind == ICAL_VTIMEZONE_COMPONENT && parent != LEVEL_ZONE && parent != LEVEL_OBSERVANCE)
        return LEVEL_ZONE;
    if ((kind == ICAL_XSTANDARD_COMPONENT || kind == ICAL_XDAYLIGHT_COMPONENT) &&
        parent == LEVEL_ZONE)
        return LEVEL_OBSERVANCE;
    return LEVEL_OTHER;
}

static void calendar_open(struct parser *parser, uint32_t line)
{
    struct feed_calendar *calendar = arena_take(parser->notes->arena, sizeof *calendar);
    calendar->head.line = line;
    if (parser->last_calendar == NULL)
        parser->feed->calendars = calendar;
    else
        parser->last_calendar->next = calendar;
    parser->last_calendar = calendar;
    parser->calendar = calendar;
}

static bool event_open(struct parser *parser, uint32_t line)
{
    if (++parser->feed->event_count > CALENDAR_EVENTS_MAX) {
        feed_fail(parser, line, "E-EVENTS", "more than 20000 events in one calendar");
        return false;
    }
    struct feed_calendar *calendar = parser->calendar;
    struct component *event = arena_take(parser->notes->arena, sizeof *event);
    event->line = line;
    if (calendar->last_event == NULL)
        calendar->events = event;
    else
        calendar->last_event->next = event;
    calendar->last_event = event;
    return true;
}

static void zone_open(struct parser *parser, uint32_t line)
{
    struct feed_zone *zone = arena_take(parser->notes->arena, sizeof *zone);
    zone->head.line = line;
    zone->next = parser->calendar->zones;
    parser->calendar->zones = zone;
    parser->zone = zone;
}

static void observance_open(struct parser *parser, uint32_t line)
{
    struct component *observance = arena_take(parser->notes->arena, sizeof *observance);
    observance->line = line;
    observance->next = parser->zone->observances;
    parser->zone->observances = observance;
}

/* Points `component` at what the top of the stack collects. */
static void component_select(struct parser *parser)
{
    switch (level_top(parser)) {
    case LEVEL_CALENDAR:
        parser->component = &parser->calendar->head;
        return;
    case LEVEL_EVENT:
        parser->component = parser->calendar->last_event;
        return;
    case LEVEL_ZONE:
        parser->component = &parser->zone->head;
        return;
    case LEVEL_OBSERVANCE:
        parser->component = parser->zone->observances;
        return;
    case LEVEL_ROOT:
    case LEVEL_OTHER:
        parser->component = NULL;
        return;
    }
}

static bool component_begin(struct parser *parser, uint32_t line, struct span value)
{
    if (parser->depth == FEED_DEPTH_MAX) {
        feed_fail(parser, line, "E-DEPTH", "components are nested deeper than 8");
        return false;
    }
    const char *name = arena_upper(parser->notes->arena, value);
    enum level level = level_of(parser, name);
    if (level == LEVEL_CALENDAR)
        calendar_open(parser, line);
    if (level == LEVEL_EVENT && !event_open(parser, line))
        return false;
    if (level == LEVEL_ZONE)
        zone_open(parser, line);
    if (level == LEVEL_OBSERVANCE)
        observance_open(parser, line);
    parser->stack[parser->depth++] = (struct open_component){level, name, line};
    component_select(parser);
    return true;
}

static void component_end(struct parser *parser, uint32_t line, struct span value)
{
    if (parser->depth == 0) {
        notes_add(parser->notes, line, "W-END", "END without BEGIN");
        return;
    }
    struct open_component top = parser->stack[--parser->depth];
    const char *name = arena_upper(parser->notes->arena, value);
    if (!string_is(name, top.name))
        notes_add(parser->notes, line, "W-END", "END:%s closes BEGIN:%s of line %u", name, top.name,
                  top.line);
    if (top.level == LEVEL_CALENDAR)
        parser->calendar = parser->loose;
    component_select(parser);
}

static void property_take(struct parser *parser, struct property property, const char *name,
                          bool is_cut)
{
    struct component *component = parser->component;
    enum level level = level_top(parser);
    size_t row = 0;
    size_t rows = sizeof interests / sizeof interests[0];
    while (row < rows && (interests[row].level != level || !string_is(interests[row].name, name)))
        row++;
    if (row == rows)
        return;
    if (is_cut)
        notes_add(parser->notes, property.line, "E-LINE-TOO-LONG",
                  "%s is longer than 64 KiB and was cut there", name);
    if (++component->property_count > FEED_PROPERTIES_MAX) {
        if (component->property_count == FEED_PROPERTIES_MAX + 1)
            notes_add(parser->notes, property.line, "E-TOOMANY",
                      "more than %d lines in one component; the rest was left out",
                      FEED_PROPERTIES_MAX);
        return;
    }
    struct property *kept = arena_take(parser->notes->arena, sizeof *kept);
    *kept = property;
    kept->field = interests[row].field;
    if (component->last == NULL)
        component->first = kept;
    else
        component->last->next = kept;
    component->last = kept;
}

/* Where the first `separator` outside of quotes is; at the end when there is none. */
static size_t find_unquoted(struct span span, char separator)
{
    bool is_quoted = false;
    for (size_t i = 0; i < span.size; i++) {
        if (span.bytes[i] == '"')
            is_quoted = !is_quoted;
        else if (span.bytes[i] == separator && !is_quoted)
            return i;
    }
    return span.size;
}

/* Cuts "NAME;parameters:value"; false when that is not what it is. */
static bool line_cut(struct span line, struct span *name, struct property *property)
{
    size_t colon = find_unquoted(line, ':');
    if (colon == line.size) { /* quotes that do not pair */
        const char *any = memchr(line.bytes, ':', line.size);
        if (any == NULL)
            return false;
        colon = (size_t)(any - line.bytes);
    }
    struct span head = {line.bytes, colon};
    property->value = span_trim((struct span){line.bytes + colon + 1, line.size - colon - 1});
    struct span rest = head;
    *name = span_trim(span_cut(&rest, ';'));
    property->parameters = rest;
    for (size_t i = 0; i < name->size; i++) {
        char byte = name->bytes[i];
        bool is_name = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';
        if (!is_name)
            return false;
    }
    return name->size > 0;
}

static bool line_take(struct parser *parser, const struct content_line *line)
{
    struct property property = {.line = line->line};
    struct span name_span;
    if (span_trim(line->span).size == 0)
        return true;
    if (!line_cut(line->span, &name_span, &property)) {
        if (level_top(parser) == LEVEL_EVENT || level_top(parser) == LEVEL_CALENDAR)
            notes_add(parser->notes, line->line, "W-LINE", "not \"NAME:value\": %.60s",
                      line->span.bytes);
        return true;
    }
    if (name_span.size > 40) /* longer than any name of interest */
        return true;
    char name[41];
    for (size_t i = 0; i < name_span.size; i++) {
        char byte = name_span.bytes[i];
        name[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - ('a' - 'A')) : byte;
    }
    name[name_span.size] = '\0';
    if (string_is(name, "BEGIN"))
        return component_begin(parser, line->line, property.value);
    if (string_is(name, "END"))
        component_end(parser, line->line, property.value);
    else if (parser->component != NULL)
        property_take(parser, property, name, line->is_cut);
    return true;
}

/* What a person should be told when there is no VCALENDAR at all. */
static const char *explain_no_calendar(const struct unfolded *lines)
{
    if (lines->count == 0)
        return "the file is empty";
    struct span first = span_trim(lines->lines[0].span);
    if (first.size > 0 && first.bytes[0] == '<')
        return "this is a web page, not a calendar (a sign-in page? use the secret iCal address)";
    if (first.size > 0 && (first.bytes[0] == '{' || first.bytes[0] == '['))
        return "this is JSON, not a calendar";
    return "no BEGIN:VCALENDAR: this is not a calendar";
}

void feed_parse(struct notes *notes, const struct unfolded *lines, struct feed *feed)
{
    *feed = (struct feed){0};
    struct parser parser = {.notes = notes, .feed = feed};
    parser.loose = arena_take(notes->arena, sizeof *parser.loose);
    parser.calendar = parser.loose;
    bool goes_on = true;
    for (size_t i = 0; i < lines->count && goes_on; i++)
        goes_on = line_take(&parser, &lines->lines[i]);
    if (lines->is_cut)
        feed_fail(&parser, 0, "E-TOOMANY", "more than 1000000 lines");
    if (goes_on && feed->calendars == NULL) {
        feed_fail(&parser, lines->count == 0 ? 0 : lines->lines[0].line, "E-NOT-CALENDAR",
                  explain_no_calendar(lines));
        feed->calendars = parser.loose;
    }
    if (goes_on && parser.depth > 0) {
        struct open_component top = parser.stack[parser.depth - 1];
        const char *text = arena_format(notes->arena,
                                        "the file ends inside BEGIN:%s: it was cut "
                                        "off on its way",
                                        top.name);
        feed_fail(&parser, top.line, "E-TRUNCATED", text);
    }
}

const struct property *component_find(const struct component *component, enum field field)
{
    for (const struct property *property = component->first; property != NULL;
         property = property->next)
        if (property->field == field)
            return property;
    return NULL;
}

const char *property_parameter(struct arena *arena, const struct property *property,
                               const char *name)
{
    icalparameter_kind wanted = icalparameter_string_to_kind(name);
    struct span rest = property->parameters;
    while (rest.size > 0) {
        size_t end = find_unquoted(rest, ';');
        struct span value = {rest.bytes, end};
        size_t skipped = end < rest.size ? end + 1 : end;
        rest = (struct span){rest.bytes + skipped, rest.size - skipped};
        struct span key = span_trim(span_cut(&value, '='));
        if (key.size == 0 || key.size > 40)
            continue;
        if (icalparameter_string_to_kind(arena_copy_span(arena, key)) != wanted)
            continue;
        value = span_trim(value);
        if (value.size > 1 && value.bytes[0] == '"' && value.bytes[value.size - 1] == '"')
            value = span_trim((struct span){value.bytes + 1, value.size - 2});
        return arena_copy_span(arena, value);
    }
    return NULL;
}

/* Unicode's white space at the ends, as programs leave it around names. */
static struct span trim_wide(struct span span)
{
    static const char *const blanks[] = {"\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF",
                                         "\xE3\x80\x80"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0];) {
        size_t size = strlen(blanks[i]);
        span = span_trim(span);
        bool is_ahead = span_has_prefix(span, blanks[i]);
        bool is_behind =
            span.size >= size && memcmp(span.bytes + span.size - size, blanks[i], size) == 0;
        if (is_ahead) {
            span.bytes += size;
            span.size -= size;
        } else if (is_behind) {
            span.size -= size;
        }
        i = is_ahead || is_behind ? 0 : i + 1;
    }
    return span;
}

/*
 * libical makes controls of \r, \t, \b and \f, which RFC 5545 3.3.11 does not know and which
 * have no business in a name: such a backslash is doubled, so that it stays what was written.
 */
static const char *escapes_guard(struct arena *arena, struct span span)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < span.size; i++) {
        char next = i + 1 < span.size ? span.bytes[i + 1] : '\0';
        text_add_char(&text, span.bytes[i]);
        if (span.bytes[i] != '\\')
            continue;
        bool is_known = next != '\0' && strchr("\\;,nN", next) != NULL;
        text_add_char(&text, is_known ? next : '\\');
        i += is_known;
    }
    return arena_copy_span(arena, text_span(&text));
}

const char *property_text(struct arena *arena, const struct property *property)
{
    if (property->value.size == 0)
        return "";
    icalvalue *value =
        icalvalue_new_from_string(ICAL_TEXT_VALUE, escapes_guard(arena, property->value));
    /* Any bytes are a text, so this says that there is no memory: a person would be lost. */
    if (value == NULL || icalvalue_get_text(value) == NULL)
        memory_out();
    const char *text = arena_copy_span(arena, trim_wide(span_of(icalvalue_get_text(value))));
    icalvalue_free(value);
    return text;
}
