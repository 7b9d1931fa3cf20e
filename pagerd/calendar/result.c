/* SPDX-License-Identifier: MIT */
/*
 * result.c - a list of shifts as a message from the child to the daemon.
 *
 * Events are written once and shifts refer to them by number: four integers each. What comes back
 * is checked as if a stranger had sent it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "calendar/clock.h"
#include "calendar/message.h"
#include "calendar/reader.h"

#define CODE_SIZE_MAX 32
#define INSTANT_MAX (civil_days(2500, 1, 1) * DAY_MS) /* beyond any year of a calendar */

static void attendees_render(struct json_writer *writer, const struct shift_event *event)
{
    json_begin_array(writer, "attendees");
    for (size_t i = 0; i < event->attendee_count; i++) {
        const struct shift_attendee *attendee = &event->attendees[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "address", attendee->address);
        json_put_string(writer, "name", attendee->name);
        json_put_bool(writer, "person", attendee->is_person);
        json_put_bool(writer, "organizer", attendee->is_organizer);
        json_put_bool(writer, "declined", attendee->is_declined);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void event_render(struct json_writer *writer, const struct shift_event *event)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "summary", event->summary);
    json_put_string(writer, "uid", event->uid);
    json_put_string(writer, "file", event->file);
    json_put_integer(writer, "line", event->line);
    json_put_string(writer, "users", event->users);
    json_put_string(writer, "categories", event->categories);
    json_put_string(writer, "rule", event->rule);
    json_put_string(writer, "override", event->override);
    attendees_render(writer, event);
    json_end_object(writer);
}

/* Writes each event once; `places` gets its number + 1. */
static void events_render(struct json_writer *writer, const struct shift_list *list,
                          struct map *places)
{
    json_begin_array(writer, "events");
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift_event *event = list->shifts[i].event;
        struct span key = {(const char *)&event, sizeof event};
        if (map_find(places, key) != NULL)
            continue;
        map_put(places, key, (void *)(uintptr_t)(map_count(places) + 1));
        event_render(writer, event);
    }
    json_end_array(writer);
}

static void shifts_render(struct json_writer *writer, const struct shift_list *list,
                          const struct map *places)
{
    json_begin_array(writer, "shifts");
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        struct span key = {(const char *)&shift->event, sizeof shift->event};
        uintptr_t place = (uintptr_t)map_find(places, key);
        json_put_integer(writer, NULL, (int64_t)place - 1);
        json_put_integer(writer, NULL, shift->start_at);
        json_put_integer(writer, NULL, shift->end_at);
        json_put_integer(writer, NULL, shift->instance_at);
    }
    json_end_array(writer);
}

/* Few shifts have one: pairs of the shift's number and its note. */
static void notes_render(struct json_writer *writer, const struct shift_list *list)
{
    json_begin_array(writer, "notes");
    for (size_t i = 0; i < list->shift_count; i++) {
        if (list->shifts[i].clock_note == NULL)
            continue;
        json_put_integer(writer, NULL, (int64_t)i);
        json_put_string(writer, NULL, list->shifts[i].clock_note);
    }
    json_end_array(writer);
}

static void warnings_render(struct json_writer *writer, const struct shift_list *list)
{
    json_begin_array(writer, "warnings");
    for (size_t i = 0; i < list->warning_count; i++) {
        json_begin_object(writer, NULL);
        json_put_string(writer, "file", list->warnings[i].file);
        json_put_integer(writer, "line", list->warnings[i].line);
        json_put_string(writer, "code", list->warnings[i].code);
        json_put_string(writer, "text", list->warnings[i].text);
        json_end_object(writer);
    }
    json_end_array(writer);
}

void reader_result_render(struct text *text, const struct shift_list *list)
{
    CLEANUP(map_free) struct map *places = map_new();
    size_t from = message_begin(text);
    struct json_writer writer = {.text = text};
    json_begin_object(&writer, NULL);
    json_put_integer(&writer, "from", list->from_at);
    json_put_integer(&writer, "until", list->until_at);
    json_put_integer(&writer, "event_count", (int64_t)list->event_count);
    json_put_integer(&writer, "dropped", (int64_t)list->warnings_dropped);
    json_put_string(&writer, "problem", list->problem);
    events_render(&writer, list, places);
    shifts_render(&writer, list, places);
    notes_render(&writer, list);
    warnings_render(&writer, list);
    json_end_object(&writer);
    message_end(text, from);
}

static bool refuse(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_PEER, "the reader's answer is not sound: %s", what);
}

/* A member that must be a string. */
static bool string_take(struct arena *arena, const struct json *object, const char *key,
                        const char **value)
{
    *value = arena_copy(arena, json_string(object, key));
    return *value != NULL;
}

/* A member that may be missing; false when it is longer than it may be. */
static bool short_take(struct arena *arena, const struct json *object, const char *key, size_t max,
                       const char **value)
{
    *value = arena_copy(arena, json_string(object, key));
    return *value == NULL || strlen(*value) <= max;
}

static bool attendees_parse(struct arena *arena, const struct json *array,
                            struct shift_event *event)
{
    if (array == NULL || array->kind != JSON_ARRAY || array->count > SHIFT_ATTENDEES_MAX)
        return false;
    struct shift_attendee *attendees = arena_take(arena, (array->count + 1) * sizeof *attendees);
    for (const struct json *at = array->first; at != NULL; at = at->next) {
        struct shift_attendee *attendee = &attendees[event->attendee_count++];
        if (!string_take(arena, at, "address", &attendee->address))
            return false;
        attendee->name = arena_copy(arena, json_string(at, "name"));
        attendee->is_person = json_bool(at, "person", false);
        attendee->is_organizer = json_bool(at, "organizer", false);
        attendee->is_declined = json_bool(at, "declined", false);
    }
    event->attendees = attendees;
    return true;
}

static bool line_take(const struct json *object, uint32_t *line)
{
    int64_t value = json_integer(object, "line", -1);
    *line = (uint32_t)value;
    return value >= 0 && value <= UINT32_MAX;
}

static bool events_parse(struct arena *arena, const struct json *array, struct shift_event **events,
                         struct fault *fault)
{
    if (array == NULL || array->kind != JSON_ARRAY || array->count > CALENDAR_EVENTS_MAX)
        return refuse(fault, "events");
    *events = arena_take(arena, (array->count + 1) * sizeof **events);
    struct shift_event *event = *events;
    for (const struct json *at = array->first; at != NULL; at = at->next, event++) {
        if (!string_take(arena, at, "summary", &event->summary) ||
            !string_take(arena, at, "uid", &event->uid) ||
            !string_take(arena, at, "file", &event->file) || !line_take(at, &event->line) ||
            !short_take(arena, at, "rule", SHIFT_RULE_MAX, &event->rule) ||
            !short_take(arena, at, "override", SHIFT_OVERRIDE_MAX, &event->override) ||
            !attendees_parse(arena, json_find(at, "attendees"), event))
            return refuse(fault, "an event");
        event->users = arena_copy(arena, json_string(at, "users"));
        event->categories = arena_copy(arena, json_string(at, "categories"));
    }
    return true;
}

/* Four integers per shift, by rising start, inside the years that a calendar may have. */
static bool shifts_parse(struct shift_list *list, const struct json *array,
                         const struct shift_event *events, size_t event_count, struct fault *fault)
{
    if (array == NULL || array->kind != JSON_ARRAY || array->count % 4 != 0 ||
        array->count / 4 > SHIFTS_MAX)
        return refuse(fault, "shifts");
    list->shifts = arena_take(list->arena, (array->count / 4 + 1) * sizeof *list->shifts);
    msec last_at = -INSTANT_MAX;
    for (const struct json *at = array->first; at != NULL;) {
        int64_t numbers[4];
        for (size_t i = 0; i < 4; i++, at = at->next) {
            if (at->kind != JSON_NUMBER)
                return refuse(fault, "a shift");
            numbers[i] = at->integer;
        }
        if (numbers[0] < 0 || (uint64_t)numbers[0] >= event_count || numbers[1] < last_at ||
            numbers[1] >= numbers[2] || numbers[2] > INSTANT_MAX || numbers[2] <= list->from_at ||
            numbers[1] >= list->until_at || numbers[3] < -INSTANT_MAX || numbers[3] > INSTANT_MAX)
            return refuse(fault, "a shift");
        last_at = numbers[1];
        list->shifts[list->shift_count++] = (struct shift){
            .start_at = numbers[1],
            .end_at = numbers[2],
            .instance_at = numbers[3],
            .event = &events[numbers[0]],
        };
    }
    return true;
}

/* Pairs of a shift's number, which rises, and a sentence. */
static bool notes_parse(struct shift_list *list, const struct json *array, struct fault *fault)
{
    if (array == NULL || array->kind != JSON_ARRAY || array->count % 2 != 0)
        return refuse(fault, "notes");
    int64_t place = -1;
    for (const struct json *at = array->first; at != NULL; at = at->next->next) {
        const struct json *text = at->next;
        bool is_sound = at->kind == JSON_NUMBER && at->integer > place &&
                        (uint64_t)at->integer < list->shift_count && text->kind == JSON_STRING &&
                        text->text_size <= CLOCK_NOTE_MAX;
        if (!is_sound)
            return refuse(fault, "a note");
        place = at->integer;
        list->shifts[place].clock_note = arena_copy(list->arena, text->text);
    }
    return true;
}

static bool code_is_sound(const char *code)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    size_t size = strlen(code);
    return size > 2 && size < CODE_SIZE_MAX && (code[0] == 'E' || code[0] == 'W') &&
           code[1] == '-' && strspn(code, letters) == size;
}

static bool warnings_parse(struct shift_list *list, const struct json *array, struct fault *fault)
{
    if (array == NULL || array->kind != JSON_ARRAY || array->count > SHIFT_WARNINGS_MAX)
        return refuse(fault, "warnings");
    list->warnings = arena_take(list->arena, (array->count + 1) * sizeof *list->warnings);
    for (const struct json *at = array->first; at != NULL; at = at->next) {
        struct shift_warning *warning = &list->warnings[list->warning_count++];
        if (!string_take(list->arena, at, "file", &warning->file) ||
            !string_take(list->arena, at, "code", &warning->code) ||
            !string_take(list->arena, at, "text", &warning->text) ||
            !line_take(at, &warning->line) || !code_is_sound(warning->code))
            return refuse(fault, "a warning");
    }
    return true;
}

static bool result_fill(struct shift_list *list, const struct json *json, struct fault *fault)
{
    list->from_at = json_integer(json, "from", 0);
    list->until_at = json_integer(json, "until", 0);
    int64_t event_count = json_integer(json, "event_count", -1);
    int64_t dropped = json_integer(json, "dropped", -1);
    if (list->from_at >= list->until_at || event_count < 0 || dropped < 0)
        return refuse(fault, "its head");
    list->event_count = (size_t)event_count;
    list->warnings_dropped = (size_t)dropped;
    list->problem = arena_copy(list->arena, json_string(json, "problem"));
    const struct json *events_json = json_find(json, "events");
    struct shift_event *events = NULL;
    return events_parse(list->arena, events_json, &events, fault) &&
           shifts_parse(list, json_find(json, "shifts"), events, events_json->count, fault) &&
           notes_parse(list, json_find(json, "notes"), fault) &&
           warnings_parse(list, json_find(json, "warnings"), fault);
}

bool reader_result_parse(struct span bytes, struct shift_list **list, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json;
    if (bytes.size == 0)
        return refuse(fault, "it is empty");
    if (!message_take(arena, &bytes, READER_RESULT_MAX, &json, fault))
        return fault_prefix(fault, "the reader's answer");
    if (bytes.size != 0)
        return refuse(fault, "more follows");
    struct shift_list *parsed = memory_new(1, sizeof *parsed);
    parsed->arena = arena_new();
    if (!result_fill(parsed, json, fault)) {
        shift_list_free(parsed);
        return false;
    }
    *list = parsed;
    return true;
}
