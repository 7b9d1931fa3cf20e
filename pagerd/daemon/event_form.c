/* SPDX-License-Identifier: MIT */
#include "daemon/event_form.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"

/* The names are on disk and between versions of pagerd: they never change. */
static const char *const kind_names[EVENT_COUNT] = {
    [EVENT_TRIGGER] = "trigger",
    [EVENT_RESOLVE_SOURCE] = "resolve-source",
    [EVENT_CHANGE] = "change",
    [EVENT_NOTE_SOURCE] = "note-source",
    [EVENT_ACKNOWLEDGE] = "acknowledge",
    [EVENT_UNACKNOWLEDGE] = "unacknowledge",
    [EVENT_RESOLVE] = "resolve",
    [EVENT_SNOOZE] = "snooze",
    [EVENT_UNSNOOZE] = "unsnooze",
    [EVENT_ESCALATE] = "escalate",
    [EVENT_REASSIGN] = "reassign",
    [EVENT_NOTE] = "note",
    [EVENT_OVERRIDE_ADD] = "override-add",
    [EVENT_SILENCE_ADD] = "silence-add",
    [EVENT_PAUSE] = "pause",
    [EVENT_PAUSE_END] = "pause-end",
    [EVENT_AWAKE] = "awake",
    [EVENT_AWAKE_END] = "awake-end",
};

enum member_type { MEMBER_STRING, MEMBER_INSTANT, MEMBER_FLAG, MEMBER_ENUM };

struct member {
    const char *name;
    enum member_type type;
    size_t offset;
    unsigned count; /* MEMBER_ENUM: how many values there are */
};

#define EVENT_MEMBER(name, type, count)                  \
    {                                                    \
#name, type, offsetof(struct event, name), count \
    }
#define ALERT_MEMBER(name, type, count)                  \
    {                                                    \
#name, type, offsetof(struct alert, name), count \
    }

static const struct member event_members[] = {
    EVENT_MEMBER(actor, MEMBER_STRING, 0),     EVENT_MEMBER(via, MEMBER_STRING, 0),
    EVENT_MEMBER(text, MEMBER_STRING, 0),      EVENT_MEMBER(user, MEMBER_STRING, 0),
    EVENT_MEMBER(team, MEMBER_STRING, 0),      EVENT_MEMBER(match, MEMBER_STRING, 0),
    EVENT_MEMBER(is_take, MEMBER_FLAG, 0),     EVENT_MEMBER(role, MEMBER_ENUM, ROLE_COUNT),
    EVENT_MEMBER(for_ms, MEMBER_INSTANT, 0),   EVENT_MEMBER(from_at, MEMBER_INSTANT, 0),
    EVENT_MEMBER(until_at, MEMBER_INSTANT, 0),
};

static const struct member alert_members[] = {
    ALERT_MEMBER(integration, MEMBER_STRING, 0),
    ALERT_MEMBER(team, MEMBER_STRING, 0),
    ALERT_MEMBER(dedup_key, MEMBER_STRING, 0),
    ALERT_MEMBER(severity, MEMBER_ENUM, SEVERITY_COUNT),
    ALERT_MEMBER(severity_word, MEMBER_STRING, 0),
    ALERT_MEMBER(is_severity_guessed, MEMBER_FLAG, 0),
    ALERT_MEMBER(summary, MEMBER_STRING, 0),
    ALERT_MEMBER(details, MEMBER_STRING, 0),
    ALERT_MEMBER(source, MEMBER_STRING, 0),
    ALERT_MEMBER(service, MEMBER_STRING, 0),
    ALERT_MEMBER(runbook, MEMBER_STRING, 0),
    ALERT_MEMBER(link, MEMBER_STRING, 0),
    ALERT_MEMBER(group, MEMBER_STRING, 0),
    ALERT_MEMBER(grace_ms, MEMBER_INSTANT, 0),
    ALERT_MEMBER(started_at, MEMBER_INSTANT, 0),
    ALERT_MEMBER(ends_at, MEMBER_INSTANT, 0),
    ALERT_MEMBER(is_told_once, MEMBER_FLAG, 0),
    ALERT_MEMBER(has_no_limit, MEMBER_FLAG, 0),
};

#define COUNT(members) (sizeof(members) / sizeof(*(members)))

bool event_has_form(enum event_kind kind)
{
    return kind < EVENT_COUNT && kind_names[kind] != NULL;
}

/* What is 0, false or NULL is left out. */
static void put_members(struct json_writer *writer, const void *record,
                        const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];
        const char *place = (const char *)record + member->offset;
        const char *string = NULL;
        msec instant = 0;
        unsigned value = 0;
        switch (member->type) {
        case MEMBER_STRING:
            memcpy(&string, place, sizeof(string));
            if (string != NULL)
                json_put_string(writer, member->name, string);
            break;
        case MEMBER_INSTANT:
            memcpy(&instant, place, sizeof(instant));
            if (instant != 0)
                json_put_integer(writer, member->name, instant);
            break;
        case MEMBER_FLAG:
            if (*(const bool *)place)
                json_put_bool(writer, member->name, true);
            break;
        case MEMBER_ENUM:
            memcpy(&value, place, sizeof(value));
            json_put_integer(writer, member->name, value);
            break;
        }
    }
}

static bool label_is_again(const struct alert *alert, size_t number)
{
    size_t i = 0;
    while (!string_is(alert->labels[i].name, alert->labels[number].name))
        i++;
    return i < number;
}

/* Of one name the first: with another one all of what was written with it could not be read. */
static void put_labels(struct json_writer *writer, const struct alert *alert)
{
    json_begin_object(writer, "labels");
    for (size_t i = 0; i < alert->label_count; i++)
        if (!label_is_again(alert, i))
            json_put_string(writer, alert->labels[i].name, alert->labels[i].value);
    json_end_object(writer);
}

static void put_alert(struct json_writer *writer, const struct alert *alert)
{
    json_begin_object(writer, "alert");
    put_members(writer, alert, alert_members, COUNT(alert_members));
    json_put_string(writer, "uuid", alert->uuid);
    put_labels(writer, alert);
    json_end_object(writer);
}

static void put_incident(struct json_writer *writer, const struct event_origin *origin)
{
    json_begin_object(writer, "incident");
    json_put_integer(writer, "number", (int64_t)origin->number);
    json_put_string(writer, "uuid", origin->uuid);
    json_put_string(writer, "integration", origin->integration);
    json_put_string(writer, "dedup_key", origin->dedup_key);
    json_end_object(writer);
}

void event_origin_put(struct json_writer *writer, const struct event_origin *origin)
{
    json_put_integer(writer, "at", origin->at);
    if (origin->id != 0)
        json_put_integer(writer, "id", (int64_t)origin->id);
    if (origin->is_in_mirror)
        json_put_bool(writer, "is_in_mirror", true);
    if (origin->number != 0)
        put_incident(writer, origin);
}

void event_origin_read(const struct json *json, struct arena *arena, struct event_origin *origin)
{
    const struct json *incident = json_find(json, "incident");
    *origin = (struct event_origin){
        .at = json_integer(json, "at", 0),
        .id = (uint64_t)json_integer(json, "id", 0),
        .is_in_mirror = json_bool(json, "is_in_mirror", false),
        .number = (uint64_t)json_integer(incident, "number", 0),
        .uuid = arena_copy(arena, json_string(incident, "uuid")),
        .integration = arena_copy(arena, json_string(incident, "integration")),
        .dedup_key = arena_copy(arena, json_string(incident, "dedup_key"))};
}

void event_form_put(struct json_writer *writer, const struct event *event,
                    const struct event_origin *origin)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "kind", kind_names[event->kind]);
    event_origin_put(writer, origin);
    put_members(writer, event, event_members, COUNT(event_members));
    if (event->kind == EVENT_REASSIGN) {
        json_begin_object(writer, "target");
        json_put_integer(writer, "kind", event->target.kind);
        json_put_integer(writer, "role", event->target.role);
        json_put_string(writer, "name", event->target.name);
        json_end_object(writer);
    }
    if (event->alert != NULL)
        put_alert(writer, event->alert);
    json_end_object(writer);
}

static bool expect(const char *what, struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT, "an event that another node kept has no %s that is known",
                     what);
}

static bool read_enum(const struct json *json, const char *name, unsigned count, unsigned *value)
{
    int64_t number = json_integer(json, name, 0);
    *value = (unsigned)number;
    return number >= 0 && number < (int64_t)count;
}

static bool read_members(const struct json *json, struct arena *arena, void *record,
                         const struct member *members, size_t count, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];
        char *place = (char *)record + member->offset;
        const char *string = NULL;
        msec instant = 0;
        unsigned value = 0;
        switch (member->type) {
        case MEMBER_STRING:
            string = arena_copy(arena, json_string(json, member->name));
            memcpy(place, &string, sizeof(string));
            break;
        case MEMBER_INSTANT:
            instant = json_integer(json, member->name, 0);
            memcpy(place, &instant, sizeof(instant));
            break;
        case MEMBER_FLAG:
            *(bool *)place = json_bool(json, member->name, false);
            break;
        case MEMBER_ENUM:
            if (!read_enum(json, member->name, member->count, &value))
                return expect(member->name, fault);
            memcpy(place, &value, sizeof(value));
            break;
        }
    }
    return true;
}

static void read_labels(const struct json *json, struct arena *arena, struct alert *alert)
{
    const struct json *labels = json_find(json, "labels");
    if (labels == NULL || labels->kind != JSON_OBJECT)
        return;
    struct label *list = arena_take(arena, (labels->count + 1) * sizeof(*list));
    for (const struct json *label = labels->first; label != NULL; label = label->next)
        if (label->kind == JSON_STRING && alert->label_count < LABELS_MAX)
            list[alert->label_count++] =
                (struct label){arena_copy(arena, label->key), arena_copy(arena, label->text)};
    alert->labels = list;
}

static bool read_alert(const struct json *json, struct arena *arena, struct event *event,
                       struct fault *fault)
{
    if (json == NULL)
        return true;
    struct alert *alert = arena_take(arena, sizeof(*alert));
    *alert = (struct alert){.integration = NULL};
    if (!read_members(json, arena, alert, alert_members, COUNT(alert_members), fault))
        return false;
    const char *uuid = json_string(json, "uuid");
    if (alert->integration == NULL || uuid == NULL || strlen(uuid) >= sizeof(alert->uuid))
        return expect("alert", fault);
    snprintf(alert->uuid, sizeof(alert->uuid), "%s", uuid);
    read_labels(json, arena, alert);
    event->alert = alert;
    return true;
}

static bool read_target(const struct json *json, struct arena *arena, struct event *event,
                        struct fault *fault)
{
    unsigned kind = TARGET_COUNT;
    unsigned role = 0;
    if (json != NULL && (!read_enum(json, "kind", TARGET_COUNT + 1, &kind) ||
                         !read_enum(json, "role", ROLE_COUNT, &role)))
        return expect("target", fault);
    const char *name = arena_copy(arena, json_string(json, "name"));
    bool is_named = kind == TARGET_TEAM || kind == TARGET_USER;
    if (is_named && name == NULL)
        return expect("target", fault);
    event->target =
        (struct target){.kind = (enum target_kind)kind, .role = (enum role)role, .name = name};
    return true;
}

static bool read_kind(const struct json *json, struct event *event)
{
    const char *name = json_string(json, "kind");
    for (unsigned kind = 0; name != NULL && kind < EVENT_COUNT; kind++) {
        event->kind = (enum event_kind)kind;
        if (string_is(kind_names[kind], name))
            return true;
    }
    return false;
}

static bool needs_alert(enum event_kind kind)
{
    return kind == EVENT_TRIGGER || kind == EVENT_RESOLVE_SOURCE || kind == EVENT_NOTE_SOURCE;
}

bool event_form_read(const struct json *json, struct arena *arena, struct event *event,
                     struct event_origin *origin, struct fault *fault)
{
    *event = (struct event){.target = {.kind = TARGET_COUNT}};
    event_origin_read(json, arena, origin);
    if (!read_kind(json, event))
        return expect("kind", fault);
    if (!read_members(json, arena, event, event_members, COUNT(event_members), fault) ||
        !read_alert(json_find(json, "alert"), arena, event, fault) ||
        !read_target(json_find(json, "target"), arena, event, fault))
        return false;
    if (event->actor == NULL || (needs_alert(event->kind) && event->alert == NULL))
        return expect(event->actor == NULL ? "actor" : "alert", fault);
    return true;
}
