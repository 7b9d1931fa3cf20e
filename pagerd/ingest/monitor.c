/* SPDX-License-Identifier: MIT */
/*
 * monitor.c - notifications of Nagios 4 and Icinga 2, as pagectl's notifiers spool them.
 *
 * Both mean the same by the same words and differ in the ends of flapping and downtime, and in how
 * they name a service: "host;service" and "host!service". There is no usable problem id.
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "ingest/field.h"
#include "ingest/format.h"

/*
 * What a notification means. The words of both families are taken from either.
 *
 * What recovers while it is flapping or in a downtime is not told as a RECOVERY, not even later:
 * then the end of that says how it is.
 */
struct type {
    const char *type;
    enum event_kind kind;
    const char *says;    /* of a note */
    bool ends_a_silence; /* with a state that is well it is a recovery, too */
};

static const struct type types[] = {
    {"PROBLEM", EVENT_TRIGGER, NULL, false},
    {"RECOVERY", EVENT_RESOLVE_SOURCE, NULL, false},
    {"ACKNOWLEDGEMENT", EVENT_ACKNOWLEDGE, "acknowledged there", false},
    {"CUSTOM", EVENT_NOTE_SOURCE, "message", false},
    {"FLAPPINGSTART", EVENT_NOTE_SOURCE, "flapping began: it is silent until that ends", false},
    {"FLAPPINGSTOP", EVENT_NOTE_SOURCE, "flapping ended", true},
    {"FLAPPINGEND", EVENT_NOTE_SOURCE, "flapping ended", true},
    {"FLAPPINGDISABLED", EVENT_NOTE_SOURCE, "flapping is no longer watched", true},
    {"DOWNTIMESTART", EVENT_NOTE_SOURCE, "downtime began", false},
    {"DOWNTIMEEND", EVENT_NOTE_SOURCE, "downtime ended", true},
    {"DOWNTIMECANCELLED", EVENT_NOTE_SOURCE, "downtime was cancelled", true},
    {"DOWNTIMEREMOVED", EVENT_NOTE_SOURCE, "downtime was cancelled", true},
};

static const struct {
    const char *state;
    enum severity severity;
    bool is_well;
} states[] = {
    {"CRITICAL", SEVERITY_CRITICAL, false},
    {"DOWN", SEVERITY_CRITICAL, false},
    {"WARNING", SEVERITY_WARNING, false},
    {"UNREACHABLE", SEVERITY_WARNING, false},
    {"UNKNOWN", SEVERITY_ERROR, false},
    {"OK", SEVERITY_INFO, true},
    {"UP", SEVERITY_INFO, true},
};

/* How one of the two programs speaks. */
struct dialect {
    const char *name;
    const char *prefix;   /* of dedup keys */
    char separator;       /* between host and service */
    bool has_backslash_n; /* long output has the two characters \n for a newline */
};

static bool state_is_well(const char *state)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        if (string_same(states[i].state, state))
            return states[i].is_well;
    return false;
}

static void state_weigh(struct arena *arena, const char *state, struct alert *alert)
{
    alert->severity_word = field_line(arena, state, LABEL_NAME_MAX);
    alert->severity = SEVERITY_ERROR;
    alert->is_severity_guessed = true;
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        if (!string_same(states[i].state, alert->severity_word))
            continue;
        alert->severity = states[i].severity;
        alert->is_severity_guessed = false;
    }
}

static const char *key_make(struct arena *arena, const struct dialect *dialect,
                            const struct json *json, const char *host, const char *service)
{
    const char *instance = json_text(json, "instance");
    const char *given = json_text(json, "incident_key"); /* PagerDuty's agents: -i KEY */
    CLEANUP(text_clear) struct text key = {0};
    text_addf(&key, "%s/", dialect->prefix);
    if (given && *given) {
        text_add(&key, given);
        return field_key(arena, text_string(&key));
    }
    if (instance && *instance)
        text_addf(&key, "%s/", instance);
    text_add(&key, host);
    if (service)
        text_addf(&key, "%c%s", dialect->separator, service);
    return field_key(arena, text_string(&key));
}

/* Nagios writes a newline of long output as the two characters \\n. */
static void details_add(struct text *text, const struct dialect *dialect, const char *output)
{
    for (const char *at = output; *at; at++) {
        bool is_newline = dialect->has_backslash_n && at[0] == '\\' && at[1] == 'n';
        text_add_char(text, is_newline ? '\n' : *at);
        at += is_newline;
    }
}

/* What follows the first line of the output, and the long output. */
static const char *details_make(struct arena *arena, const struct dialect *dialect,
                                const struct json *json)
{
    const char *output = json_text(json, "output");
    const char *rest = output ? strchr(output, '\n') : NULL;
    const char *more = json_text(json, "long_output");
    CLEANUP(text_clear) struct text text = {0};
    if (rest)
        details_add(&text, dialect, rest + 1);
    if (rest && more && *more)
        text_add_char(&text, '\n');
    if (more)
        details_add(&text, dialect, more);
    return field_block(arena, text_string(&text), DETAILS_MAX);
}

/* "db1 Disk /var is CRITICAL: 96% full"; the output alone often does not name its object. */
static const char *summary_make(struct arena *arena, const struct json *json, const char *host,
                                const char *service)
{
    const char *state = json_text(json, "state");
    const char *output = json_text(json, "output");
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, host);
    if (service)
        text_addf(&text, " %s", service);
    text_addf(&text, " is %s", state && *state ? state : "not well");
    if (output && *output)
        text_addf(&text, ": %.*s", (int)strcspn(output, "\n"), output);
    return field_line(arena, text_string(&text), SUMMARY_MAX);
}

static const char *note_make(struct arena *arena, const struct dialect *dialect, const char *says,
                             const struct json *json)
{
    const char *author = json_text(json, "author");
    const char *comment = json_text(json, "comment");
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s: %s", dialect->name, says);
    if (author && *author)
        text_addf(&text, " by %s", author);
    if (comment && *comment)
        text_addf(&text, ": %s", comment);
    return field_block(arena, text_string(&text), NOTE_MAX);
}

/* Whatever a later version invents is at least seen in the timeline. */
static struct type type_find(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (string_same(types[i].type, name))
            return types[i];
    return (struct type){.type = name, .kind = EVENT_NOTE_SOURCE, .says = name};
}

/* The note comes first, while there is an incident that it can be a note of. */
static void recovery_make(const struct ingest_item *note, struct ingest_item *recovery)
{
    *recovery = *note;
    recovery->event.kind = EVENT_RESOLVE_SOURCE;
    recovery->event.text = NULL;
    recovery->event.alert = &recovery->alert;
}

static bool monitor_parse(const struct ingest_request *request, const struct dialect *dialect,
                          struct ingest_batch *batch, struct fault *fault)
{
    struct arena *arena = request->arena;
    const struct json *json = request->json;
    if (json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT, "the body is one notification, an object");
    const char *host = json_text(json, "host");
    const char *service = json_text(json, "service");
    const char *object = json_text(json, "object");
    const char *word = json_text(json, "type");
    if (!host || !*host)
        return fault_set(fault, FAULT_INPUT, "\"host\" is missing");
    if (!service || !*service || (object && string_is(object, "host")))
        service = NULL;
    if (!service && object && string_is(object, "service"))
        return fault_set(fault, FAULT_INPUT, "\"service\" is missing, and \"object\" is service");
    if (!word)
        return fault_set(fault, FAULT_INPUT, "\"type\" is missing: PROBLEM, RECOVERY ...");
    const struct type type = type_find(word);
    bool is_over = type.ends_a_silence &&
                   state_is_well(field_line(arena, json_text(json, "state"), LABEL_NAME_MAX));
    if (!batch_begin(arena, batch, is_over ? 2 : 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, dialect->name);
    item->event.kind = type.kind;

    struct alert *alert = &item->alert;
    alert->dedup_key = key_make(arena, dialect, json, host, service);
    state_weigh(arena, json_text(json, "state"), alert);
    alert->summary = summary_make(arena, json, host, service);
    alert->details = details_make(arena, dialect, json);
    alert->source = field_line(arena, host, LABEL_VALUE_MAX);
    alert->service = field_line(arena, service, LABEL_VALUE_MAX);
    alert->runbook = field_url(arena, json_text(json, "runbook"));
    alert->link = field_url(arena, json_text(json, "link"));
    struct label *labels = NULL;
    alert->label_count = field_labels(arena, json_find(json, "labels"), &labels);
    alert->labels = labels;
    if (type.says)
        item->event.text = note_make(arena, dialect, type.says, json);
    if (item->event.kind == EVENT_ACKNOWLEDGE)
        item->author = json_text(json, "author");
    if (is_over)
        recovery_make(&batch->items[0], &batch->items[1]);
    return true;
}

static bool nagios_parse(const struct ingest_request *request, struct ingest_batch *batch,
                         struct fault *fault)
{
    static const struct dialect nagios = {"nagios", "nagios", ';', true};
    return monitor_parse(request, &nagios, batch, fault);
}

static bool icinga_parse(const struct ingest_request *request, struct ingest_batch *batch,
                         struct fault *fault)
{
    static const struct dialect icinga = {"icinga", "icinga2", '!', false};
    return monitor_parse(request, &icinga, batch, fault);
}

const struct ingest_format format_nagios = {.name = "nagios", .parse = nagios_parse};
const struct ingest_format format_icinga = {.name = "icinga", .parse = icinga_parse};
