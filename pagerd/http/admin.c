/* SPDX-License-Identifier: MIT */
/* admin.c - calendars, configuration, status and what machines ask: most of it is the daemon's to
 * say, and is only carried here. */
#include <string.h>

#include "base/text.h"
#include "http/act.h"
#include "http/route.h"

static const char *caller_name(const struct call *call)
{
    return call->caller.user ? call->caller.user
                             : arena_format(call->arena, "%s", call->peer.address);
}

enum call_wait route_calendars_list(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    house->calendars(house->context, &writer);
    return CALL_ANSWER_NOW;
}

static enum call_wait calendar_do(struct call *call, struct house *house,
                                  enum calendar_action action)
{
    struct answer answer = {.kind = ANSWER_DONE};
    struct fault fault = {0};
    CLEANUP(text_clear) struct text said = {0};
    if (house->calendar_act(house->context, action, call->parts[0], caller_name(call), &said,
                            &fault))
        return act_answer(call, &answer, text_string(&said));

    bool is_unknown = fault.kind == FAULT_INPUT;
    call_answer_error(call, is_unknown ? 404 : 400, is_unknown ? "not_found" : "invalid",
                      fault.text);
    return CALL_ANSWER_NOW;
}

enum call_wait route_calendar_refresh(struct call *call, struct house *house)
{
    return calendar_do(call, house, CALENDAR_REFRESH);
}

enum call_wait route_calendar_accept(struct call *call, struct house *house)
{
    return calendar_do(call, house, CALENDAR_ACCEPT);
}

static enum call_wait config_do(struct call *call, struct house *house, enum config_action action,
                                const char *key)
{
    struct fault fault = {0};
    struct json_writer writer = call_begin_json(call, 200);
    if (house->config(house->context, action, key, caller_name(call), &writer, &fault))
        return action == CONFIG_RELOAD ? CALL_AFTER_COMMIT : CALL_ANSWER_NOW;

    bool is_unknown = action == CONFIG_EXPLAIN;
    call_answer_error(call, is_unknown ? 404 : 400, is_unknown ? "not_found" : "invalid",
                      fault.text);
    return CALL_ANSWER_NOW;
}

enum call_wait route_config_show(struct call *call, struct house *house)
{
    return config_do(call, house, CONFIG_SHOW, NULL);
}

enum call_wait route_config_check(struct call *call, struct house *house)
{
    return config_do(call, house, CONFIG_CHECK, NULL);
}

enum call_wait route_config_reload(struct call *call, struct house *house)
{
    return config_do(call, house, CONFIG_RELOAD, NULL);
}

enum call_wait route_config_explain(struct call *call, struct house *house)
{
    const char *key = call_query(call, "key");
    if (!key || !*key) {
        call_answer_error(call, 400, "invalid", "\"key\" is missing: which one to explain.");
        return CALL_ANSWER_NOW;
    }
    return config_do(call, house, CONFIG_EXPLAIN, key);
}

/* A HEAD would make all of it for nothing. */
enum call_wait route_backup_show(struct call *call, struct house *house)
{
    if (call->method == METHOD_HEAD) {
        call_answer_error(call, 405, "method", "A backup is asked for by GET.");
        return CALL_ANSWER_NOW;
    }
    house->backup(house->context, call, caller_name(call));
    return CALL_HANDED_OVER;
}

enum call_wait route_channels_list(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    house->channels(house->context, call->caller.can_administer, &writer);
    return CALL_ANSWER_NOW;
}

enum call_wait route_cluster_show(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    house->nodes(house->context, &writer);
    return CALL_ANSWER_NOW;
}

enum call_wait route_status_show(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    house->status(house->context, &writer);
    return CALL_ANSWER_NOW;
}

static void answer_plain(struct call *call, unsigned status, const char *text)
{
    text_reset(&call->answer);
    text_add(&call->answer, text);
    call->status = status;
    call->content_type = "text/plain; charset=utf-8";
}

/* That this runs at all is what it says: the loop turns. */
enum call_wait route_health_show(struct call *call, struct house *house)
{
    (void)house;
    answer_plain(call, 200, "ok\n");
    return CALL_ANSWER_NOW;
}

enum call_wait route_ready_show(struct call *call, struct house *house)
{
    struct fault fault = {0};
    if (house->is_ready(house->context, &fault)) {
        answer_plain(call, 200, "ok\n");
        return CALL_ANSWER_NOW;
    }
    call->retry_after_s = 5;
    answer_plain(call, 503, "");
    text_addf(&call->answer, "not ready: %s\n", fault.text);
    return CALL_ANSWER_NOW;
}

enum call_wait route_metrics_show(struct call *call, struct house *house)
{
    answer_plain(call, 200, "");
    call->content_type = "text/plain; version=0.0.4; charset=utf-8";
    house->metrics(house->context, &call->answer);
    return CALL_ANSWER_NOW;
}
