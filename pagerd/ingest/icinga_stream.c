/* SPDX-License-Identifier: MIT */
#include "ingest/icinga_stream.h"

#include <string.h>

#include "base/text.h"

#define STATE_HARD 1

/* What one line or object says, before it is put into the form of a notification. */
struct saying {
    const char *type; /* of a notification */
    const char *host;
    const char *service; /* NULL: the host itself */
    int64_t state;
    const char *output;
    const char *author;
    const char *comment;
};

/* Host states are 0 and 1 at the top level, whatever the plugin said. */
static const char *state_word(bool is_service, int64_t state)
{
    static const char *const services[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    if (!is_service)
        return state == 0 ? "UP" : "DOWN";
    return state >= 0 && state < 4 ? services[state] : "UNKNOWN";
}

static const char *not_empty(const char *string)
{
    return string != NULL && string[0] != '\0' ? string : NULL;
}

static void put(struct json_writer *writer, const char *key, const char *value)
{
    if (value != NULL)
        json_put_string(writer, key, value);
}

/* One notification in, as pagectl would have posted it. */
static bool saying_parse(struct arena *arena, const char *integration, const struct saying *saying,
                         struct ingest_item *item, struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    struct ingest_batch batch = {0};
    bool is_service = saying->service != NULL;
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "type", saying->type);
    json_put_string(&writer, "object", is_service ? "service" : "host");
    json_put_string(&writer, "host", saying->host);
    put(&writer, "service", saying->service);
    json_put_string(&writer, "state", state_word(is_service, saying->state));
    put(&writer, "output", saying->output);
    put(&writer, "author", saying->author);
    put(&writer, "comment", saying->comment);
    json_end_object(&writer);

    char *body = arena_copy_span(arena, text_span(&text));
    const struct ingest_request request = {.arena = arena,
                                           .body = {body, text.size},
                                           .content_type = "application/json",
                                           .integration = integration};
    if (!ingest_parse(ingest_find("icinga"), &request, &batch, fault))
        return false;
    *item = batch.items[0];
    return true;
}

static enum icinga_word state_read(const struct json *json, struct icinga_line *read,
                                   struct saying *saying)
{
    if (json_integer(json, "state_type", STATE_HARD) != STATE_HARD)
        return ICINGA_NOTHING;
    read->is_problem = saying->state != 0;
    read->is_in_downtime = json_integer(json, "downtime_depth", 0) > 0;
    saying->type = read->is_problem ? "PROBLEM" : "RECOVERY";
    saying->output = json_string(json_find(json, "check_result"), "output");
    return ICINGA_STATE;
}

static enum icinga_word ack_read(const struct json *json, struct icinga_line *read,
                                 struct saying *saying)
{
    (void)read;
    (void)json;
    saying->type = "ACKNOWLEDGEMENT";
    return ICINGA_ACK_SET;
}

/* With the end of the problem the ack ends by itself. */
static enum icinga_word clear_read(const struct json *json, struct icinga_line *read,
                                   struct saying *saying)
{
    (void)read;
    (void)json;
    saying->type = "PROBLEM";
    return saying->state != 0 ? ICINGA_ACK_CLEARED : ICINGA_NOTHING;
}

static void downtime_names(const struct json *json, struct saying *saying)
{
    const struct json *downtime = json_find(json, "downtime");
    saying->host = not_empty(json_string(downtime, "host_name"));
    saying->service = not_empty(json_string(downtime, "service_name"));
    saying->author = json_string(downtime, "author");
    saying->comment = json_string(downtime, "comment");
}

static enum icinga_word downtime_begin_read(const struct json *json, struct icinga_line *read,
                                            struct saying *saying)
{
    (void)read;
    downtime_names(json, saying);
    saying->type = "DOWNTIMESTART";
    return ICINGA_NOTE;
}

static enum icinga_word downtime_end_read(const struct json *json, struct icinga_line *read,
                                          struct saying *saying)
{
    (void)read;
    downtime_names(json, saying);
    saying->type = "DOWNTIMEEND";
    return ICINGA_DOWNTIME_OVER;
}

static enum icinga_word flapping_read(const struct json *json, struct icinga_line *read,
                                      struct saying *saying)
{
    (void)read;
    saying->type = json_bool(json, "is_flapping", false) ? "FLAPPINGSTART" : "FLAPPINGEND";
    return ICINGA_NOTE;
}

/* All others come as a type of their own. */
static enum icinga_word notification_read(const struct json *json, struct icinga_line *read,
                                          struct saying *saying)
{
    (void)read;
    const char *type = json_string(json, "notification_type");
    if (type == NULL || !string_is(type, "CUSTOM"))
        return ICINGA_NOTHING;
    saying->type = "CUSTOM";
    saying->comment = json_string(json, "text");
    return ICINGA_NOTE;
}

static const struct {
    const char *type;
    enum icinga_word (*read)(const struct json *json, struct icinga_line *read,
                             struct saying *saying);
} types[] = {
    {"StateChange", state_read},
    {"AcknowledgementSet", ack_read},
    {"AcknowledgementCleared", clear_read},
    {"DowntimeStarted", downtime_begin_read},
    {"DowntimeRemoved", downtime_end_read},
    {"Flapping", flapping_read},
    {"Notification", notification_read},
};

bool icinga_line_read(struct arena *arena, const char *integration, struct span line,
                      struct icinga_line *read, struct fault *fault)
{
    const struct json *json = NULL;
    if (!json_parse(arena, line, &json, fault))
        return false;
    const char *type = json_string(json, "type");
    if (type == NULL)
        return fault_set(fault, FAULT_INPUT, "\"type\" is missing: it is no event of Icinga");

    struct icinga_line made = {.word = ICINGA_NOTHING};
    struct saying saying = {.host = not_empty(json_string(json, "host")),
                            .service = not_empty(json_string(json, "service")),
                            .state = json_integer(json, "state", 0),
                            .author = not_empty(json_string(json, "author")),
                            .comment = not_empty(json_string(json, "comment"))};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (string_is(types[i].type, type))
            made.word = types[i].read(json, &made, &saying);
    if (made.word != ICINGA_NOTHING) {
        if (saying.host == NULL)
            return fault_set(fault, FAULT_INPUT, "\"host\" is missing");
        if (!saying_parse(arena, integration, &saying, &made.item, fault))
            return false;
    }
    *read = made;
    return true;
}

static bool problem_read(struct arena *arena, const char *integration, const struct json *result,
                         struct icinga_problem *problem, struct fault *fault)
{
    const struct json *attrs = json_find(result, "attrs");
    const char *type = json_string(result, "type");
    bool is_service = type != NULL && string_is(type, "Service");
    const char *name = not_empty(json_string(attrs, "name"));
    struct saying saying = {.type = "PROBLEM",
                            .host = is_service ? not_empty(json_string(attrs, "host_name")) : name,
                            .service = is_service ? name : NULL,
                            .state = json_integer(attrs, "state", 0),
                            .output = json_string(json_find(attrs, "last_check_result"), "output")};
    if (saying.host == NULL || name == NULL)
        return fault_set(fault, FAULT_INPUT, "an object without a name");
    *problem = (struct icinga_problem){
        .is_hard = json_integer(attrs, "state_type", STATE_HARD) == STATE_HARD,
        .is_acked = json_integer(attrs, "acknowledgement", 0) != 0,
        .is_in_downtime = json_integer(attrs, "downtime_depth", 0) > 0};
    return saying_parse(arena, integration, &saying, &problem->item, fault);
}

bool icinga_problems_read(struct arena *arena, const char *integration, struct span body,
                          struct icinga_problem **problems, size_t *count, struct fault *fault)
{
    const struct json *json = NULL;
    if (!json_parse(arena, body, &json, fault))
        return false;
    const struct json *results = json_find(json, "results");
    if (results == NULL || results->kind != JSON_ARRAY)
        return fault_set(fault, FAULT_INPUT, "\"results\" is missing: it is no answer of Icinga");
    if (results->count > ICINGA_PROBLEMS_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d objects are not well",
                         ICINGA_PROBLEMS_MAX);
    struct icinga_problem *list = arena_take(arena, (results->count + 1) * sizeof(*list));
    size_t made = 0;
    for (const struct json *result = results->first; result != NULL; result = result->next)
        if (!problem_read(arena, integration, result, &list[made++], fault))
            return false;
    *problems = list;
    *count = made;
    return true;
}
