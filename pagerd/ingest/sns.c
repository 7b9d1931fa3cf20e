/* SPDX-License-Identifier: MIT */
/*
 * The format: notifications of CloudWatch alarms, pagerd's own JSON published to a topic, and any
 * other words. SNS repeats after 5xx and 429 only, under the same MessageId; a repeat is an
 * occurrence of what is open already.
 */
#include "ingest/sns.h"

#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

/* NewStateValue of a CloudWatch alarm. Whoever lets INSUFFICIENT_DATA be sent wants to know. */
static const struct {
    const char *state;
    enum event_kind kind;
    enum severity severity;
} states[] = {
    {"ALARM", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"INSUFFICIENT_DATA", EVENT_TRIGGER, SEVERITY_ERROR},
    {"OK", EVENT_RESOLVE_SOURCE, SEVERITY_INFO},
};

static bool is_region_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
}

/* The path of an address of SNS, or NULL. */
static const char *path_find(const char *url)
{
    static const char start[] = "https://sns.";
    static const char *const ends[] = {".amazonaws.com/", ".amazonaws.com.cn/"};
    if (!url || strncmp(url, start, strlen(start)) != 0)
        return NULL;
    const char *at = url + strlen(start);
    while (is_region_byte(*at))
        at++;
    if (at == url + strlen(start))
        return NULL;
    for (const char *byte = at; *byte; byte++) {
        if ((unsigned char)*byte <= ' ' || (unsigned char)*byte >= 0x7f || *byte == '\\')
            return NULL;
    }
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        if (strncmp(at, ends[i], strlen(ends[i])) == 0)
            return at + strlen(ends[i]) - 1;
    }
    return NULL;
}

bool sns_is_amazon(const char *url)
{
    return path_find(url) != NULL;
}

bool sns_is_certificate(const char *url)
{
    const char *path = path_find(url);
    size_t size = path ? strlen(path) : 0;
    return size > 4 && string_is(path + size - 4, ".pem") && !strpbrk(path, "?#%");
}

bool sns_add_signed(struct text *text, const struct json *message)
{
    static const char *const of_notification[] = {"Message",  "MessageId", "Subject", "Timestamp",
                                                  "TopicArn", "Type",      NULL};
    static const char *const of_confirmation[] = {
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type", NULL};
    const char *type = json_string(message, "Type");
    if (!type)
        return false;
    bool is_notification = string_is(type, "Notification");
    const char *const *names = is_notification ? of_notification : of_confirmation;
    for (; *names; names++) {
        const char *value = json_string(message, *names);
        if (!value && string_is(*names, "Subject"))
            continue;
        if (!value)
            return false;
        text_addf(text, "%s\n", *names);
        text_add(text, value);
        text_add_char(text, '\n');
    }
    return true;
}

/* The region in an ARN, "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:name"; or NULL. */
static const char *region_find(struct arena *arena, const char *arn)
{
    struct span rest = span_of(arn);
    for (size_t i = 0; i < 3; i++)
        (void)span_cut(&rest, ':');
    struct span region = span_cut(&rest, ':');
    for (size_t i = 0; i < region.size; i++) {
        if (!is_region_byte(region.bytes[i]))
            return NULL;
    }
    return region.size > 0 ? arena_copy_span(arena, region) : NULL;
}

/* Where a person looks at the alarm. */
static const char *alarm_link(struct arena *arena, const char *arn, const char *name)
{
    const char *region = region_find(arena, arn);
    if (!region)
        return "";
    bool is_china = span_has_prefix(span_of(region), "cn-");
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "https://console.%s/cloudwatch/home?region=%s#alarmsV2:alarm/",
              is_china ? "amazonaws.cn" : "aws.amazon.com", region);
    text_add_url(&text, name);
    return field_url(arena, text_string(&text));
}

/* "2026-11-21T12:00:00.000+0000": the offset has no colon. */
static msec change_time(struct arena *arena, const char *text)
{
    struct span span = span_of(text);
    if (span.size > 5 && strcmp(span.bytes + span.size - 5, "+0000") == 0)
        text = arena_format(arena, "%.*sZ", (int)(span.size - 5), span.bytes);
    return field_instant(text);
}

static void dimensions_read(struct arena *arena, const struct json *trigger, struct alert *alert)
{
    const struct json *dimensions = json_find(trigger, "Dimensions");
    bool is_array = dimensions && dimensions->kind == JSON_ARRAY;
    for (const struct json *one = is_array ? dimensions->first : NULL; one; one = one->next) {
        const char *name = json_text(one, "name");
        if (name && *name)
            field_label_add(arena, alert, name, json_text(one, "value"));
    }
}

/* https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
static void alarm_read(struct arena *arena, const struct json *alarm, const char *topic,
                       struct ingest_item *item)
{
    struct alert *alert = &item->alert;
    const char *name = json_text(alarm, "AlarmName");
    const char *arn = json_text(alarm, "AlarmArn");
    const char *state = json_text(alarm, "NewStateValue");
    const char *description = json_text(alarm, "AlarmDescription");
    const struct json *trigger = json_find(alarm, "Trigger");
    item->event.kind = EVENT_TRIGGER;
    alert->severity_word = field_line(arena, state, LABEL_NAME_MAX);
    alert->is_severity_guessed = true;
    for (size_t i = 0; state && i < sizeof(states) / sizeof(*states); i++) {
        if (string_is(states[i].state, state)) {
            item->event.kind = states[i].kind;
            alert->severity = states[i].severity;
            alert->is_severity_guessed = false;
        }
    }
    alert->dedup_key = field_key(arena, arn ? arn : arena_format(arena, "%s/%s", topic, name));
    alert->summary = field_line(
        arena, arena_format(arena, "%s is %s", name, state ? state : "in an unknown state"),
        SUMMARY_MAX);
    CLEANUP(text_clear) struct text details = {0};
    if (description && *description)
        text_addf(&details, "%s\n", description);
    field_detail_add(&details, "Reason", json_text(alarm, "NewStateReason"));
    alert->details = field_block(arena, text_string(&details), DETAILS_MAX);
    alert->link = alarm_link(arena, arn, name);
    alert->started_at = change_time(arena, json_text(alarm, "StateChangeTime"));
    alert->service = field_line(arena, json_text(trigger, "Namespace"), LABEL_VALUE_MAX);
    field_label_add(arena, alert, "alarm", name);
    field_label_add(arena, alert, "account", json_text(alarm, "AWSAccountId"));
    field_label_add(arena, alert, "region", region_find(arena, arn));
    field_label_add(arena, alert, "metric", json_text(trigger, "MetricName"));
    dimensions_read(arena, trigger, alert);
}

/*
 * An alarm that came by EventBridge, as CloudWatch itself would send it; NULL: it is none
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html).
 */
static const struct json *bridged_alarm(struct arena *arena, const struct json *event)
{
    const struct json *detail = json_find(event, "detail");
    const struct json *state = json_find(detail, "state");
    const struct json *resources = json_find(event, "resources");
    const char *name = json_text(detail, "alarmName");
    const char *value = json_text(state, "value");
    const struct json *alarm = NULL;
    struct fault ignored;
    if (!name || !value)
        return NULL;
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "AlarmName", name);
    json_put_string(&writer, "NewStateValue", value);
    json_put_string(&writer, "NewStateReason", json_text(state, "reason"));
    json_put_string(&writer, "StateChangeTime", json_text(state, "timestamp"));
    json_put_string(&writer, "AWSAccountId", json_text(event, "account"));
    json_put_string(&writer, "AlarmDescription",
                    json_text(json_find(detail, "configuration"), "description"));
    if (resources && resources->kind == JSON_ARRAY && resources->first)
        json_put_string(&writer, "AlarmArn", resources->first->text);
    json_end_object(&writer);
    return json_parse(arena, text_span(&text), &alarm, &ignored) ? alarm : NULL;
}

/* "RDS Notification Message: Failover started": what a subject alone does not say. `json` is the
 * message, where it is an object of somebody else's: EventBridge names its kind. */
static const char *words_summary(struct arena *arena, const char *subject, const char *message,
                                 const struct json *json)
{
    static const char *const titles[] = {"title", "message", "detail-type", "name", NULL};
    static const char *const events[] = {"Event Message", "title", "message", NULL};
    static const char *const details[] = {"title", "description", "state", NULL};
    struct span rest = span_trim(span_of(message));
    const char *first =
        json ? field_first(json, events) : arena_copy_span(arena, span_cut(&rest, '\n'));
    const char *said = field_first(json_find(json, "detail"), details);
    const char *head = subject && *subject ? subject : field_first(json, titles);
    said = said ? said : first;
    if (!head)
        head = said ? said : message;
    if (said && *said && !string_is(said, head))
        head = arena_format(arena, "%s: %s", head, said);
    const char *summary = field_line(arena, head, SUMMARY_MAX);
    return *summary ? summary : "message without words";
}

static void words_read(struct arena *arena, const struct ingest_request *request,
                       const char *message, const struct json *json, const char *topic,
                       struct ingest_item *item)
{
    const char *word = json_text(json, "severity");
    word = word ? word : json_text(json_find(json, "detail"), "severity");
    field_weigh(arena, word, SEVERITY_CRITICAL, SEVERITY_CRITICAL, &item->alert);
    item->event.kind = EVENT_TRIGGER;
    item->alert.summary = words_summary(arena, json_text(request->json, "Subject"), message, json);
    item->alert.details = field_block(arena, message, DETAILS_MAX);
    /* One subject may stand over many things: the message says which. */
    char hash[HASH_TEXT_SIZE];
    hash_text(span_of(message), hash);
    item->alert.dedup_key =
        field_key(arena, arena_format(arena, "%s/%s/%.16s", topic, item->alert.summary, hash));
}

static bool notification_parse(const struct ingest_request *request, const char *topic,
                               struct ingest_batch *batch, struct fault *fault)
{
    struct arena *arena = request->arena;
    const char *message = json_string(request->json, "Message");
    const struct json *inner = NULL;
    struct fault ignored;
    if (!message)
        return fault_set(fault, FAULT_INPUT, "\"Message\" is missing: turn raw delivery off");
    bool is_json = json_parse(arena, span_of(message), &inner, &ignored);
    bool is_object = is_json && inner->kind == JSON_OBJECT;
    const struct json *bridged = is_object ? bridged_alarm(arena, inner) : NULL;
    inner = bridged ? bridged : inner;
    bool is_alarm = is_object && json_text(inner, "AlarmName") && json_text(inner, "NewStateValue");
    if (is_object && !is_alarm && (json_text(inner, "summary") || json_text(inner, "dedup_key"))) {
        struct ingest_request own = *request;
        own.json = inner;
        return format_generic.parse(&own, batch, fault);
    }
    if (!batch_begin(arena, batch, 1, fault))
        return false;
    item_begin(batch->items, request->integration, "sns");
    if (is_alarm)
        alarm_read(arena, inner, topic, batch->items);
    else
        words_read(arena, request, message, is_object ? inner : NULL, topic, batch->items);
    field_label_add(arena, &batch->items->alert, "topic", topic);
    return true;
}

/* A subscription that waits to be confirmed, or that has ended: the operator has to know, and the
 * address is what makes or mends it. */
static bool handshake_parse(const struct ingest_request *request, const char *topic, bool is_end,
                            struct ingest_batch *batch, struct fault *fault)
{
    struct arena *arena = request->arena;
    const char *url = json_string(request->json, "SubscribeURL");
    if (!sns_is_amazon(url))
        return fault_set(fault, FAULT_INPUT,
                         "\"SubscribeURL\" is not an address of SNS itself: it is not followed");
    if (!batch_begin(arena, batch, 1, fault))
        return false;
    struct ingest_item *item = batch->items;
    struct alert *alert = &item->alert;
    item_begin(item, request->integration, "sns");
    item->event.kind = EVENT_TRIGGER;
    alert->severity = is_end ? SEVERITY_ERROR : SEVERITY_INFO;
    alert->summary =
        field_line(arena,
                   arena_format(arena,
                                is_end ? "AWS SNS no longer sends %s here"
                                       : "AWS SNS wants to be confirmed before it sends %s",
                                topic),
                   SUMMARY_MAX);
    alert->details = is_end ? "The link subscribes again." : "The link confirms it.";
    alert->dedup_key =
        field_key(arena, arena_format(arena, "sns/%s/%s", is_end ? "ended" : "subscribed", topic));
    alert->link = field_url(arena, url);
    return true;
}

/* "Raw message delivery" leaves everything but the message away. */
static bool raw_parse(const struct ingest_request *request, struct ingest_batch *batch,
                      struct fault *fault)
{
    const char *topic = ingest_header(request, "x-amz-sns-topic-arn");
    if (!json_text(request->json, "AlarmName"))
        return fault_set(fault, FAULT_INPUT,
                         "\"TopicArn\" is missing: turn raw message delivery of the "
                         "subscription off");
    if (!batch_begin(request->arena, batch, 1, fault))
        return false;
    item_begin(batch->items, request->integration, "sns");
    alarm_read(request->arena, request->json, topic ? topic : "", batch->items);
    return true;
}

static bool sns_parse(const struct ingest_request *request, struct ingest_batch *batch,
                      struct fault *fault)
{
    const char *type = json_string(request->json, "Type");
    const char *topic = json_string(request->json, "TopicArn");
    if (!topic || !*topic)
        return raw_parse(request, batch, fault);
    topic = field_line(request->arena, topic, LABEL_VALUE_MAX);
    if (string_is(type, "Notification"))
        return notification_parse(request, topic, batch, fault);
    if (string_is(type, "SubscriptionConfirmation"))
        return handshake_parse(request, topic, false, batch, fault);
    if (string_is(type, "UnsubscribeConfirmation"))
        return handshake_parse(request, topic, true, batch, fault);
    return fault_set(fault, FAULT_INPUT,
                     "\"Type\" is none of Notification, SubscriptionConfirmation and "
                     "UnsubscribeConfirmation");
}

const struct ingest_format format_sns = {.name = "sns", .parse = sns_parse};
