/* SPDX-License-Identifier: MIT */
/*
 * pagerduty_nagios.c - what PagerDuty's agent pagerduty_nagios.pl posts: a form with all macros of
 * one notification of Nagios or Icinga 1, and the contact's pager as the key.
 *
 * It is read as what `pagectl nagios` sends, so that the same problem has the same dedup key by
 * both, and moving from one to the other opens nothing twice.
 */
#include "base/text.h"
#include "ingest/form.h"
#include "ingest/format.h"

static void put(struct json_writer *writer, const struct ingest_request *request,
                const char *member, const char *field)
{
    const char *value = form_value(request->arena, request->body, field);
    if (value && *value)
        json_put_string(writer, member, value);
}

static bool pagerduty_nagios_parse(const struct ingest_request *request, struct ingest_batch *batch,
                                   struct fault *fault)
{
    static const char *const of_hosts[][2] = {
        {"state", "HOSTSTATE"}, {"output", "HOSTOUTPUT"}, {"long_output", "LONGHOSTOUTPUT"}};
    static const char *const of_services[][2] = {{"service", "SERVICEDESC"},
                                                 {"state", "SERVICESTATE"},
                                                 {"output", "SERVICEOUTPUT"},
                                                 {"long_output", "LONGSERVICEOUTPUT"}};
    const char *object = form_value(request->arena, request->body, "pd_nagios_object");
    bool is_service = object && string_is(object, "service");
    if (!is_service && !(object && string_is(object, "host")))
        return fault_set(fault, FAULT_INPUT, "'pd_nagios_object' is neither service nor host");

    CLEANUP(text_clear) struct text said = {0};
    struct json_writer writer = {.text = &said};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "object", object);
    put(&writer, request, "type", "NOTIFICATIONTYPE");
    put(&writer, request, "host", "HOSTNAME");
    put(&writer, request, "author", "NOTIFICATIONAUTHOR");
    put(&writer, request, "comment", "NOTIFICATIONCOMMENT");
    for (size_t i = 0; is_service && i < sizeof(of_services) / sizeof(*of_services); i++)
        put(&writer, request, of_services[i][0], of_services[i][1]);
    for (size_t i = 0; !is_service && i < sizeof(of_hosts) / sizeof(*of_hosts); i++)
        put(&writer, request, of_hosts[i][0], of_hosts[i][1]);
    json_end_object(&writer);

    struct ingest_request spooled = *request;
    if (!json_parse(request->arena, text_span(&said), &spooled.json, fault) ||
        !format_nagios.parse(&spooled, batch, fault))
        return false;
    batch->dedup_key = batch->items->alert.dedup_key;
    return true;
}

const struct ingest_format format_pagerduty_nagios = {
    .name = "pagerduty_nagios",
    .body = INGEST_TEXT,
    .parse = pagerduty_nagios_parse,
};
