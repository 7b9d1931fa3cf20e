/* SPDX-License-Identifier: MIT */
#include "calendar/compose.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "base/utf8.h"
#include "base/zone.h"

#define FOLD_OCTETS 75
#define PRODUCT "-//pagerd//on call//EN"

/* What a value may hold: a list keeps its commas, for they part its values. */
enum form { FORM_TEXT, FORM_LIST };

static size_t sequence_size(char first)
{
    unsigned char byte = (unsigned char)first;
    if (byte < 0x80)
        return 1;
    if (byte < 0xe0)
        return 2;
    return byte < 0xf0 ? 3 : 4;
}

/* `line` is valid UTF-8 without line ends. */
static void line_add(struct text *text, const struct text *line)
{
    size_t column = 0;
    for (size_t at = 0; at < line->size;) {
        size_t size = sequence_size(line->bytes[at]);
        assert(at + size <= line->size);
        if (column + size > FOLD_OCTETS) {
            text_add(text, "\r\n ");
            column = 1;
        }
        text_add_bytes(text, line->bytes + at, size);
        column += size;
        at += size;
    }
    text_add(text, "\r\n");
}

static void value_escape(struct text *line, const struct text *clean, enum form form)
{
    for (size_t i = 0; i < clean->size; i++) {
        char byte = clean->bytes[i];
        bool is_escaped = byte == '\\' || byte == ';' || (byte == ',' && form == FORM_TEXT);
        if (is_escaped)
            text_add_char(line, '\\');
        if (byte == '\n')
            text_add(line, "\\n");
        else
            text_add_char(line, byte);
    }
}

static void value_add(struct text *text, const char *name, const char *value, enum form form)
{
    if (value == NULL)
        return;
    CLEANUP(text_clear) struct text clean = {0};
    CLEANUP(text_clear) struct text line = {0};
    utf8_add_clean(&clean, span_of(value));
    text_addf(&line, "%s:", name);
    value_escape(&line, &clean, form);
    line_add(text, &line);
}

static void instant_add(struct text *text, const char *name, msec at)
{
    struct civil civil = civil_from_msec(at);
    text_addf(text, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, civil.year, civil.month, civil.day,
              civil.hour, civil.minute, civil.second);
}

/* ---- the zone ---- */

static void offset_add(struct text *text, const char *name, int32_t offset_s)
{
    int32_t size = offset_s < 0 ? -offset_s : offset_s;
    text_addf(text, "%s:%c%02d%02d", name, offset_s < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    if (size % 60 != 0)
        text_addf(text, "%02d", size % 60);
    text_add(text, "\r\n");
}

static void observance_add(struct text *text, const struct zone *zone, msec at, int32_t before_s)
{
    int32_t after_s = zone_offset(zone, at);
    const char *kind = after_s > before_s ? "DAYLIGHT" : "STANDARD";
    struct civil start = civil_from_msec(at + before_s * SECOND_MS);
    text_addf(text, "BEGIN:%s\r\nDTSTART:%04d%02d%02dT%02d%02d%02d\r\n", kind, start.year,
              start.month, start.day, start.hour, start.minute, start.second);
    offset_add(text, "TZOFFSETFROM", before_s);
    offset_add(text, "TZOFFSETTO", after_s);
    value_add(text, "TZNAME", zone_abbreviation(zone, at), FORM_TEXT);
    text_addf(text, "END:%s\r\n", kind);
}

/* One observance for each change, and one that has held before the first of them: rules of tzdata
 * do not fit into a few RRULEs everywhere, explicit changes do. */
static void zone_add(struct text *text, const struct composed_calendar *calendar)
{
    const struct zone *zone = calendar->zone;
    msec at = calendar->zone_from_at;
    int32_t before_s = zone_offset(zone, at);
    text_add(text, "BEGIN:VTIMEZONE\r\n");
    value_add(text, "TZID", zone_name(zone), FORM_TEXT);
    observance_add(text, zone, at, before_s);
    for (size_t count = 0; count < COMPOSED_CHANGES_MAX; count++) {
        at = zone_next_change(zone, at);
        if (at >= calendar->zone_until_at)
            break;
        observance_add(text, zone, at, before_s);
        before_s = zone_offset(zone, at);
    }
    text_add(text, "END:VTIMEZONE\r\n");
}

/* ---- events ---- */

static void alarm_add(struct text *text, const struct composed_calendar *calendar,
                      const struct composed_event *event)
{
    text_add(text, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
    value_add(text, "DESCRIPTION", event->summary == NULL ? "" : event->summary, FORM_TEXT);
    text_addf(text, "TRIGGER:-PT%" PRIu32 "M\r\nEND:VALARM\r\n", calendar->alarm_minutes);
}

static void event_add(struct text *text, const struct composed_calendar *calendar,
                      const struct composed_event *event)
{
    assert(event->uid != NULL);
    assert(event->end_at > event->start_at);
    text_add(text, "BEGIN:VEVENT\r\n");
    value_add(text, "UID", event->uid, FORM_TEXT);
    instant_add(text, "DTSTAMP", event->changed_at);
    instant_add(text, "LAST-MODIFIED", event->changed_at);
    text_addf(text, "SEQUENCE:%" PRIu32 "\r\n", event->sequence);
    instant_add(text, "DTSTART", event->start_at);
    instant_add(text, "DTEND", event->end_at);
    value_add(text, "SUMMARY", event->summary, FORM_TEXT);
    value_add(text, "DESCRIPTION", event->description, FORM_TEXT);
    value_add(text, "CATEGORIES", event->categories, FORM_LIST);
    text_add(text, "STATUS:CONFIRMED\r\n");
    if (event->is_free)
        text_add(text, "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n");
    value_add(text, "X-PAGERD-USER", event->users, FORM_LIST);
    value_add(text, "X-PAGERD-OVERRIDE", event->override, FORM_TEXT);
    if (calendar->has_alarm)
        alarm_add(text, calendar, event);
    text_add(text, "END:VEVENT\r\n");
}

static void refresh_add(struct text *text, msec refresh_ms)
{
    if (refresh_ms == 0)
        return;
    char duration[32];
    if (refresh_ms % HOUR_MS == 0)
        snprintf(duration, sizeof duration, "PT%" PRId64 "H", refresh_ms / HOUR_MS);
    else
        snprintf(duration, sizeof duration, "PT%" PRId64 "M",
                 (refresh_ms + MINUTE_MS - 1) / MINUTE_MS);
    text_addf(text, "REFRESH-INTERVAL;VALUE=DURATION:%s\r\nX-PUBLISHED-TTL:%s\r\n", duration,
              duration);
}

void calendar_compose(struct text *text, const struct composed_calendar *calendar)
{
    text_add(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:" PRODUCT "\r\n"
                   "CALSCALE:GREGORIAN\r\n");
    value_add(text, "NAME", calendar->name, FORM_TEXT);
    value_add(text, "X-WR-CALNAME", calendar->name, FORM_TEXT);
    value_add(text, "X-WR-TIMEZONE", calendar->timezone, FORM_TEXT);
    refresh_add(text, calendar->refresh_ms);
    value_add(text, "X-PAGERD-COMMENT", calendar->comment, FORM_TEXT);
    if (calendar->zone != NULL)
        zone_add(text, calendar);
    for (size_t i = 0; i < calendar->event_count; i++)
        event_add(text, calendar, &calendar->events[i]);
    text_add(text, "END:VCALENDAR\r\n");
}
