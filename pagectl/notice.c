/* SPDX-License-Identifier: MIT */
#include "pagectl/notice.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

/*
 * `nagios` is a macro's name without "NAGIOS_", `icinga` the name that the shipped object
 * definitions give it; "*" stands for SERVICE or HOST.
 */
static const struct field {
    const char *json;
    const char *option;
    const char *other_option;
    const char *nagios;
    const char *icinga;
    bool is_of_service; /* absent from the event of a host */
} fields[] = {
    {"type", "type", "event-type", "NOTIFICATIONTYPE", "NOTIFICATION_TYPE", false},
    {"host", "host", NULL, "HOSTNAME", "HOST_NAME", false},
    {"service", "service", NULL, "SERVICEDESC", "SERVICE_NAME", true},
    {"state", "state", NULL, "*STATE", "*_STATE", false},
    {"output", "output", NULL, "*OUTPUT", "*_OUTPUT", false},
    {"long_output", "long-output", "long", "LONG*OUTPUT", "LONG_*_OUTPUT", false},
    {"author", "author", NULL, "NOTIFICATIONAUTHOR", "NOTIFICATION_AUTHOR", false},
    {"comment", "comment", NULL, "NOTIFICATIONCOMMENT", "NOTIFICATION_COMMENT", false},
    {"instance", "instance", NULL, "INSTANCE", "PAGECTL_INSTANCE", false},
    {"number", "number", NULL, "NOTIFICATIONNUMBER", "NOTIFICATION_NUMBER", false},
    {"runbook", "runbook", NULL, "*NOTESURL", "*_NOTES_URL", false},
    {"link", "link", "client-url", "*ACTIONURL", "*_ACTION_URL", false},
    {"incident_key", "incident-key", NULL, NULL, NULL, false},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))
#define NAME_SIZE 64

struct source {
    const struct invocation *call;
    notice_variable *variable;
    void *context;
    const char *object; /* "SERVICE" or "HOST" */
};

static const char *not_empty(const char *value)
{
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static void name_fill(char name[NAME_SIZE], const char *prefix, const char *pattern,
                      const char *object)
{
    const char *star = strchr(pattern, '*');
    int before = star != NULL ? (int)(star - pattern) : (int)strlen(pattern);
    snprintf(name, NAME_SIZE, "%s%.*s%s%s", prefix, before, pattern, star != NULL ? object : "",
             star != NULL ? star + 1 : "");
}

/* -f SERVICEDESC=disk, as PagerDuty's agent for Nagios takes it. */
static const char *given_find(const struct source *source, const char *name)
{
    size_t cursor = 0, size = strlen(name);
    for (const char *pair; (pair = option_each(source->call, "field", &cursor)) != NULL;) {
        if (strncmp(pair, name, size) == 0 && pair[size] == '=')
            return pair + size + 1;
    }
    return NULL;
}

static const char *field_find(const struct source *source, const struct field *field)
{
    char name[NAME_SIZE];
    const char *value = not_empty(option_get(source->call, field->option));
    if (value == NULL && field->other_option != NULL)
        value = not_empty(option_get(source->call, field->other_option));
    if (value != NULL || field->nagios == NULL)
        return value;

    name_fill(name, "", field->nagios, source->object);
    value = not_empty(given_find(source, name));
    static const char *const prefixes[] = {"NAGIOS_", "ICINGA_"};
    for (size_t i = 0; value == NULL && i < 2; i++) {
        name_fill(name, prefixes[i], field->nagios, source->object);
        value = not_empty(source->variable(source->context, name));
    }
    if (value != NULL)
        return value;
    name_fill(name, "", field->icinga, source->object);
    return not_empty(source->variable(source->context, name));
}

/* Valid text of bounded size; what was cut says so. */
static const char *value_clean(struct arena *arena, const char *value, bool turns_newlines)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text clean = {0};
    for (const char *byte = value; *byte != '\0'; byte++) {
        bool is_break = turns_newlines && byte[0] == '\\' && byte[1] == 'n';
        text_add_char(&text, is_break ? '\n' : *byte);
        byte += is_break;
    }
    struct span part = utf8_cut(text_span(&text), NOTICE_TEXT_MAX);
    utf8_add_clean(&clean, part);
    if (part.size < text.size)
        text_addf(&clean, " [%zu bytes cut]", text.size - part.size);
    return arena_copy(arena, text_string(&clean));
}

/* Is it the name of a field that has its own place in the event? */
static bool field_is_known(const struct source *source, struct span given)
{
    char name[NAME_SIZE];
    if (span_is(given, "pd_nagios_object"))
        return true;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].nagios == NULL)
            continue;
        name_fill(name, "", fields[i].nagios, source->object);
        if (span_is(given, name))
            return true;
    }
    return false;
}

/* --label, and what -f says beyond the fields: PagerDuty's agent kept that, too. */
static void labels_put_from(struct json_writer *writer, struct arena *arena,
                            const struct source *source, const char *option)
{
    size_t cursor = 0;
    for (const char *pair; (pair = option_each(source->call, option, &cursor)) != NULL;) {
        const char *equal = strchr(pair, '=');
        if (equal == NULL || equal == pair)
            continue;
        /* An empty macro; and what a shell makes of a custom variable that Nagios does not know. */
        if (equal[1] == '\0' || string_is(equal + 1, "$"))
            continue;
        struct span given = {pair, (size_t)(equal - pair)};
        if (string_is(option, "field") && field_is_known(source, given))
            continue;
        const char *name = arena_copy_span(arena, given);
        json_put_string(writer, name, value_clean(arena, equal + 1, false));
    }
}

static void labels_put(struct json_writer *writer, struct arena *arena, const struct source *source)
{
    json_begin_object(writer, "labels");
    labels_put_from(writer, arena, source, "label");
    labels_put_from(writer, arena, source, "field");
    json_end_object(writer);
}

static bool object_is_host(const struct source *source)
{
    const char *object = not_empty(option_get(source->call, "object"));
    if (object == NULL)
        object = not_empty(option_get(source->call, "notification-type"));
    if (object == NULL)
        object = not_empty(given_find(source, "pd_nagios_object"));
    if (object != NULL)
        return string_same(object, "host");
    struct source service = *source;
    service.object = "SERVICE";
    return field_find(&service, &fields[2]) == NULL;
}

bool notice_make(struct arena *arena, const struct invocation *call, notice_variable *variable,
                 void *context, bool turns_newlines, msec now, const char **event,
                 struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    struct source source = {.call = call, .variable = variable, .context = context};
    bool is_host = object_is_host(&source);
    source.object = is_host ? "HOST" : "SERVICE";
    if (field_find(&source, &fields[0]) == NULL)
        return fault_set(fault, FAULT_INPUT, "the type is missing: --type \"$NOTIFICATIONTYPE$\"");
    if (field_find(&source, &fields[1]) == NULL)
        return fault_set(fault, FAULT_INPUT, "the host is missing: --host \"$HOSTNAME$\"");

    json_begin_object(&writer, NULL);
    json_put_string(&writer, "object", is_host ? "host" : "service");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *value =
            fields[i].is_of_service && is_host ? NULL : field_find(&source, &fields[i]);
        if (value != NULL)
            json_put_string(&writer, fields[i].json, value_clean(arena, value, turns_newlines));
    }
    json_put_instant(&writer, "at", now);
    labels_put(&writer, arena, &source);
    json_end_object(&writer);
    *event = arena_copy(arena, text_string(&text));
    return true;
}
