/* SPDX-License-Identifier: MIT */
#include "calendar/event.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"

msec moment_at(const struct moment *moment)
{
    return zone_utc(moment->zone, moment->wall, NULL);
}

static bool moment_read(const struct event_context *context, const struct property *property,
                        struct span value, struct moment *moment)
{
    struct stamp stamp;
    if (!stamp_parse(value, &stamp))
        return false;
    *moment = (struct moment){
        .wall = stamp.wall,
        .zone = stamp.is_utc ? zone_book_utc(context->book) : context->zone,
        .is_date = stamp.is_date,
        .is_utc = stamp.is_utc,
    };
    if (stamp.is_utc || stamp.is_date)
        return true;
    const char *tzid = property->parameters.size == 0
                           ? NULL
                           : property_parameter(context->notes->arena, property, "TZID");
    if (tzid == NULL || *tzid == '\0') {
        moment->is_floating = true;
        return true;
    }
    moment->zone = zone_book_find(context->book, context->notes, context->calendar, property->line,
                                  tzid, context->zone);
    return true;
}

/* A time with a colon in an unquoted TZID ("TZID=GMT+05:30:2026..."): the value is at the end. */
static struct property property_mend(const struct property *property)
{
    struct property mended = *property;
    for (size_t i = property->value.size; i > 0; i--) {
        if (property->value.bytes[i - 1] != ':')
            continue;
        mended.value = (struct span){property->value.bytes + i, property->value.size - i};
        mended.parameters.size =
            (size_t)(property->value.bytes + i - 1 - property->parameters.bytes);
        break;
    }
    return mended;
}

static bool year_is_sound(msec wall)
{
    int32_t year = civil_from_msec(wall).year;
    return year >= STAMP_YEAR_MIN && year <= STAMP_YEAR_MAX;
}

/* DTSTART, DTEND or RECURRENCE-ID; false, with a warning, when it is of no use. */
static bool bound_read(const struct event_context *context, const struct property *property,
                       const char *code, struct moment *moment)
{
    struct property mended = property_mend(property);
    bool is_good = moment_read(context, &mended, mended.value, moment);
    if (is_good && year_is_sound(moment->wall))
        return true;
    notes_add(context->notes, property->line, code,
              is_good ? "\"%.40s\" is not between the years 1900 and 2199; the event is left out"
                      : "\"%.40s\" is no date or time; the event is left out",
              arena_copy_span(context->notes->arena, property->value));
    return false;
}

static size_t values_count(const struct component *component, enum field field)
{
    size_t count = 0;
    for (const struct property *property = component->first; property != NULL;
         property = property->next) {
        if (property->field != field)
            continue;
        count++;
        for (size_t i = 0; i < property->value.size; i++)
            count += property->value.bytes[i] == ',';
    }
    return count;
}

static bool extra_read(const struct event_context *context, const struct property *property,
                       struct span value, struct extra *extra)
{
    struct span start = span_cut(&value, '/');
    value = span_trim(value);
    if (!moment_read(context, property, start, &extra->start) || !year_is_sound(extra->start.wall))
        return false;
    if (value.size == 0)
        return true;
    if (strchr("Pp+-", value.bytes[0]) != NULL) {
        extra->kind = EXTRA_FOR;
        return term_parse(value, &extra->term);
    }
    extra->kind = EXTRA_UNTIL;
    return moment_read(context, property, value, &extra->end) && year_is_sound(extra->end.wall);
}

static void value_note(const struct event_context *context, const struct property *property,
                       struct span value)
{
    notes_add(context->notes, property->line, "W-LINE", "\"%.40s\" is no date or time",
              arena_copy_span(context->notes->arena, value));
}

static bool dates_read(const struct event_context *context, const struct component *component,
                       struct event *event)
{
    struct arena *arena = context->notes->arena;
    size_t extras = values_count(component, FIELD_RDATE);
    size_t excluded = values_count(component, FIELD_EXDATE);
    if (extras + excluded > EVENT_DATES_MAX) {
        notes_add(context->notes, component->line, "E-TOOMANY",
                  "more than %d EXDATE and RDATE values; the event is left out", EVENT_DATES_MAX);
        return false;
    }
    event->extras = arena_take(arena, (extras + 1) * sizeof *event->extras);
    event->excluded = arena_take(arena, (excluded + 1) * sizeof *event->excluded);
    for (const struct property *property = component->first; property != NULL;
         property = property->next) {
        bool is_extra = property->field == FIELD_RDATE;
        if (!is_extra && property->field != FIELD_EXDATE)
            continue;
        struct property mended = property_mend(property);
        struct span rest = mended.value;
        do {
            struct span value = span_cut(&rest, ',');
            struct extra extra = {0};
            struct moment moment;
            if (is_extra && extra_read(context, &mended, value, &extra))
                event->extras[event->extra_count++] = extra;
            else if (!is_extra && moment_read(context, &mended, value, &moment))
                event->excluded[event->excluded_count++] = moment;
            else
                value_note(context, property, value);
        } while (rest.size > 0);
    }
    return true;
}

static bool end_read(const struct event_context *context, const struct component *component,
                     struct event *event)
{
    const struct property *end = component_find(component, FIELD_DTEND);
    const struct property *duration = component_find(component, FIELD_DURATION);
    if (end != NULL) {
        event->has_end = true;
        return bound_read(context, end, "E-DTEND", &event->end);
    }
    if (duration == NULL)
        return true;
    event->has_term = true;
    bool is_good = term_parse(duration->value, &event->term);
    if (is_good && llabs(event->term.days) <= SPAN_DAYS_MAX &&
        llabs(event->term.exact_ms) <= SPAN_DAYS_MAX * DAY_MS)
        return true;
    notes_add(context->notes, duration->line, "E-DURATION",
              is_good ? "\"%.40s\" is longer than 100 years; the event is left out"
                      : "\"%.40s\" is no duration; the event is left out",
              arena_copy_span(context->notes->arena, duration->value));
    return false;
}

static bool recurrence_read(const struct event_context *context, const struct component *component,
                            struct event *event)
{
    const struct property *property = component_find(component, FIELD_RECURRENCE_ID);
    if (property == NULL)
        return true;
    struct property mended = property_mend(property);
    event->is_override = true;
    const char *range = property_parameter(context->notes->arena, &mended, "RANGE");
    event->is_future = range != NULL && string_same(range, "THISANDFUTURE");
    if (moment_read(context, &mended, mended.value, &event->recurrence) && !event->is_future &&
        !year_is_sound(event->recurrence.wall)) {
        /* rule 2.7: it fits no instance, and its own shift must not be lost. */
        notes_add(context->notes, property->line, "E-RID",
                  "the year of RECURRENCE-ID is not between 1900 and 2199; the shift stands alone");
        event->recurrence.wall = civil_days(STAMP_YEAR_MIN, 1, 1) * DAY_MS;
        return true;
    }
    return bound_read(context, &mended, "E-RID", &event->recurrence);
}

/* An address without "mailto:". */
static const char *address_read(struct arena *arena, const struct property *property)
{
    char *address = arena_copy_span(arena, property->value);
    if (strlen(address) >= 7 && strncasecmp(address, "mailto:", 7) == 0)
        address += 7;
    return address;
}

static void attendees_read(struct arena *arena, const struct component *component,
                           struct shift_event *shown)
{
    const struct property *organizer = component_find(component, FIELD_ORGANIZER);
    const char *organizer_address = organizer == NULL ? NULL : address_read(arena, organizer);
    size_t count = 0;
    for (const struct property *at = component->first; at != NULL; at = at->next)
        count += at->field == FIELD_ATTENDEE;
    if (count > SHIFT_ATTENDEES_MAX)
        count = SHIFT_ATTENDEES_MAX;
    struct shift_attendee *attendees = arena_take(arena, (count + 1) * sizeof *attendees);
    for (const struct property *at = component->first; at != NULL; at = at->next) {
        if (at->field != FIELD_ATTENDEE || shown->attendee_count == count)
            continue;
        const char *type = property_parameter(arena, at, "CUTYPE");
        const char *answer = property_parameter(arena, at, "PARTSTAT");
        const char *address = address_read(arena, at);
        attendees[shown->attendee_count++] = (struct shift_attendee){
            .address = address,
            .name = property_parameter(arena, at, "CN"),
            .is_person =
                type == NULL || (!string_same(type, "ROOM") && !string_same(type, "RESOURCE") &&
                                 !string_same(type, "GROUP")),
            .is_organizer = organizer_address != NULL && string_same(address, organizer_address),
            .is_declined = answer != NULL && string_same(answer, "DECLINED"),
        };
    }
    shown->attendees = attendees;
}

static const char *categories_read(struct arena *arena, const struct component *component)
{
    const char *joined = NULL;
    for (const struct property *at = component->first; at != NULL; at = at->next) {
        if (at->field != FIELD_CATEGORIES)
            continue;
        const char *value = arena_copy_span(arena, at->value);
        joined = joined == NULL ? value : arena_format(arena, "%s,%s", joined, value);
        if (strlen(joined) > CONTENT_LINE_MAX)
            break;
    }
    return joined;
}

/* The rules as written; what is too long to be shown ends in dots. */
static const char *rules_read(struct arena *arena, const struct component *component)
{
    CLEANUP(text_clear) struct text text = {0};
    for (const struct property *at = component->first; at != NULL; at = at->next) {
        if (at->field != FIELD_RRULE || text.size > SHIFT_RULE_MAX)
            continue;
        text_add(&text, text.size == 0 ? "" : " ");
        text_add_span(&text, at->value);
    }
    if (text.size <= SHIFT_RULE_MAX)
        return text.size == 0 ? NULL : arena_copy_span(arena, text_span(&text));
    struct span shown = utf8_cut(text_span(&text), SHIFT_RULE_MAX - 3);
    return arena_format(arena, "%.*s...", (int)shown.size, shown.bytes);
}

/* pagerd never writes a longer one than fits: such an event is not its own. */
static const char *override_read(struct arena *arena, const struct component *component)
{
    const struct property *property = component_find(component, FIELD_OVERRIDE);
    const char *value = property == NULL ? "" : property_text(arena, property);
    return value[0] == '\0' || strlen(value) > SHIFT_OVERRIDE_MAX ? NULL : value;
}

static const struct shift_event *shown_read(const struct event_context *context,
                                            const struct component *component)
{
    struct arena *arena = context->notes->arena;
    const struct property *summary = component_find(component, FIELD_SUMMARY);
    const struct property *uid = component_find(component, FIELD_UID);
    const struct property *users = component_find(component, FIELD_USER);
    struct shift_event *shown = arena_take(arena, sizeof *shown);
    *shown = (struct shift_event){
        .summary = summary == NULL ? "" : property_text(arena, summary),
        .uid = uid == NULL ? "" : arena_copy_span(arena, uid->value),
        .file = context->notes->file,
        .line = component->line,
        .users = users == NULL ? NULL : property_text(arena, users),
        .categories = categories_read(arena, component),
        .rule = rules_read(arena, component),
        .override = override_read(arena, component),
    };
    attendees_read(arena, component, shown);
    return shown;
}

static int64_t sequence_read(const struct property *property)
{
    if (property == NULL || property->value.size == 0 || property->value.size > 18)
        return 0;
    int64_t sequence = 0;
    for (size_t i = 0; i < property->value.size; i++) {
        if (property->value.bytes[i] < '0' || property->value.bytes[i] > '9')
            return 0;
        sequence = sequence * 10 + (property->value.bytes[i] - '0');
    }
    return sequence;
}

struct event *event_read(const struct event_context *context, const struct component *component)
{
    struct arena *arena = context->notes->arena;
    const struct property *start = component_find(component, FIELD_DTSTART);
    if (start == NULL) {
        notes_add(context->notes, component->line, "E-DTSTART",
                  "the event has no DTSTART; it is left out");
        return NULL;
    }
    struct event *event = arena_take(arena, sizeof *event);
    const struct property *status = component_find(component, FIELD_STATUS);
    const struct property *stamp = component_find(component, FIELD_DTSTAMP);
    event->line = component->line;
    event->first = component->first;
    event->has_uid = component_find(component, FIELD_UID) != NULL;
    event->has_rule = component_find(component, FIELD_RRULE) != NULL;
    event->is_cancelled =
        status != NULL && string_same(arena_copy_span(arena, status->value), "CANCELLED");
    event->sequence = sequence_read(component_find(component, FIELD_SEQUENCE));
    event->stamp = stamp == NULL ? (struct span){"", 0} : stamp->value;
    if (!bound_read(context, start, "E-DTSTART", &event->start) ||
        !end_read(context, component, event) || !recurrence_read(context, component, event) ||
        !dates_read(context, component, event))
        return NULL;
    event->shown = shown_read(context, component);
    return event;
}

static struct edge edge_at(const struct zone *zone, msec wall)
{
    return (struct edge){zone_utc(zone, wall, NULL), zone, wall};
}

/* rule 2.3: wall clock to wall clock, each end in its own zone; DURATION by RFC 5545. */
struct edge event_end(const struct event *event, msec wall, msec at)
{
    const struct moment *start = &event->start;
    const struct moment *end = &event->end;
    if (event->has_end) {
        if (end->is_utc && !start->is_utc)
            return (struct edge){.at = at + (moment_at(end) - moment_at(start))};
        return edge_at(end->zone, wall + (end->wall - start->wall));
    }
    if (event->has_term) {
        const struct term *term = &event->term;
        struct edge edge = edge_at(start->zone, wall + term->days * DAY_MS);
        if (term->exact_ms != 0)
            edge = (struct edge){.at = edge.at + term->exact_ms};
        return edge;
    }
    return start->is_date ? edge_at(start->zone, wall + DAY_MS) : (struct edge){.at = at};
}
