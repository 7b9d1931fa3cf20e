/* SPDX-License-Identifier: MIT */
/*
 * route.h - the table of everything that can be asked over HTTP.
 *
 * A row names method, path, who may, and the function that runs it inside a turn. "*" in a path
 * is one segment, given to the function in call->parts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "http/dialect.h"
#include "http/house.h"
#include "http/request.h"

enum who {
    WHO_ANYBODY, /* no identity is needed */
    WHO_KNOWN,   /* an identity, or any local account */
    WHO_SOURCE,  /* an integration, or a person */
    WHO_KEY,     /* an integration alone */
    WHO_READER,  /* a person, root, or pagerd's own account */
    WHO_PERSON,  /* a named person only */
    WHO_ADMIN,   /* an admin, root, or pagerd's own account */
    WHO_COUNT
};

enum route_body {
    BODY_JSON, /* an object, or nothing */
    BODY_FORM,
    BODY_ANY,     /* whatever it is: the route takes the bytes */
    BODY_ALERTS,  /* read by the ingest format of the route */
    BODY_QUERY,   /* the same, of a GET: what stands behind the question mark is the body, as a form
                   */
    BODY_CALLBACK /* BODY_ANY, and the headers are kept: they may have a signature */
};

struct route {
    enum method method;
    const char *path;
    enum who who;
    enum route_body body;
    const char *format; /* of BODY_ALERTS; NULL: the first variable segment names it */
    bool is_compatible; /* any path may stand in front */
    bool has_key;       /* the last variable segment is an integration key */
    bool is_ping;       /* the first variable segment may be one */
    enum dialect_kind dialect;
    bool is_page; /* HTML: errors are pages too */
    bool is_own;  /* of this node: not handed to who is on duty */
    enum call_wait (*run)(struct call *call, struct house *house);
};

/* The row, with the variable segments copied to `arena`. NULL: `allow` names the methods the path
 * has, or is NULL when there is no such path. */
const struct route *route_find(struct arena *arena, enum method method, const char *path,
                               const char *parts[CALL_PARTS_MAX], const char **allow);
/* All rows, for tests. */
const struct route *route_at(size_t index);

/* The functions of the table, one file per noun. All run on the loop's thread, inside a turn. */
enum call_wait route_alerts_welcome(struct call *call, struct house *house);
enum call_wait route_alerts_post(struct call *call, struct house *house);
enum call_wait route_alerts_compatible(struct call *call, struct house *house);
enum call_wait route_alertmanager_list(struct call *call, struct house *house);
enum call_wait route_alertmanager_groups(struct call *call, struct house *house);
enum call_wait route_alertmanager_receivers(struct call *call, struct house *house);
enum call_wait route_alertmanager_silence(struct call *call, struct house *house);
enum call_wait route_alertmanager_silences(struct call *call, struct house *house);
enum call_wait route_alertmanager_status(struct call *call, struct house *house);
enum call_wait route_alertmanager_health(struct call *call, struct house *house);
enum call_wait route_alertmanager_ready(struct call *call, struct house *house);
enum call_wait route_opsgenie_list(struct call *call, struct house *house);
enum call_wait route_opsgenie_request(struct call *call, struct house *house);
enum call_wait route_opsgenie_show(struct call *call, struct house *house);
enum call_wait route_opsgenie_act(struct call *call, struct house *house);
enum call_wait route_opsgenie_delete(struct call *call, struct house *house);
enum call_wait route_alerts_list(struct call *call, struct house *house);
enum call_wait route_incidents_list(struct call *call, struct house *house);
enum call_wait route_incidents_ack_all(struct call *call, struct house *house);
enum call_wait route_changes_list(struct call *call, struct house *house);
enum call_wait route_incident_show(struct call *call, struct house *house);
enum call_wait route_incident_ack(struct call *call, struct house *house);
enum call_wait route_incident_unack(struct call *call, struct house *house);
enum call_wait route_incident_resolve(struct call *call, struct house *house);
enum call_wait route_incident_snooze(struct call *call, struct house *house);
enum call_wait route_incident_escalate(struct call *call, struct house *house);
enum call_wait route_incident_reassign(struct call *call, struct house *house);
enum call_wait route_incident_note(struct call *call, struct house *house);
enum call_wait route_oncall_list(struct call *call, struct house *house);
enum call_wait route_simulate_show(struct call *call, struct house *house);
enum call_wait route_schedule_show(struct call *call, struct house *house);
enum call_wait route_overrides_list(struct call *call, struct house *house);
enum call_wait route_override_add(struct call *call, struct house *house);
enum call_wait route_override_end(struct call *call, struct house *house);
enum call_wait route_vcard_show(struct call *call, struct house *house);
enum call_wait route_contacts_list(struct call *call, struct house *house);
enum call_wait route_test_show(struct call *call, struct house *house);
enum call_wait route_test_begin(struct call *call, struct house *house);
enum call_wait route_code_enter(struct call *call, struct house *house);
enum call_wait route_test_page_show(struct call *call, struct house *house);
enum call_wait route_test_page_act(struct call *call, struct house *house);
enum call_wait route_swaps_list(struct call *call, struct house *house);
enum call_wait route_swap_ask(struct call *call, struct house *house);
enum call_wait route_swap_accept(struct call *call, struct house *house);
enum call_wait route_swap_decline(struct call *call, struct house *house);
enum call_wait route_swap_cancel(struct call *call, struct house *house);
enum call_wait route_silences_list(struct call *call, struct house *house);
enum call_wait route_silence_add(struct call *call, struct house *house);
enum call_wait route_silence_show(struct call *call, struct house *house);
enum call_wait route_silence_end(struct call *call, struct house *house);
enum call_wait route_heartbeats_list(struct call *call, struct house *house);
enum call_wait route_heartbeat_show(struct call *call, struct house *house);
enum call_wait route_heartbeat_add(struct call *call, struct house *house);
enum call_wait route_heartbeat_ping(struct call *call, struct house *house);
enum call_wait route_heartbeat_remove(struct call *call, struct house *house);
enum call_wait route_ping(struct call *call, struct house *house);
enum call_wait route_recovery_list(struct call *call, struct house *house);
enum call_wait route_recovery_act(struct call *call, struct house *house);
enum call_wait route_me_show(struct call *call, struct house *house);
enum call_wait route_pause_begin(struct call *call, struct house *house);
enum call_wait route_pause_end(struct call *call, struct house *house);
enum call_wait route_awake_begin(struct call *call, struct house *house);
enum call_wait route_awake_end(struct call *call, struct house *house);
enum call_wait route_keys_list(struct call *call, struct house *house);
enum call_wait route_key_add(struct call *call, struct house *house);
enum call_wait route_key_revoke(struct call *call, struct house *house);
enum call_wait route_calendars_list(struct call *call, struct house *house);
enum call_wait route_calendar_refresh(struct call *call, struct house *house);
enum call_wait route_calendar_accept(struct call *call, struct house *house);
enum call_wait route_config_show(struct call *call, struct house *house);
enum call_wait route_config_check(struct call *call, struct house *house);
enum call_wait route_config_reload(struct call *call, struct house *house);
enum call_wait route_config_explain(struct call *call, struct house *house);
enum call_wait route_backup_show(struct call *call, struct house *house);
enum call_wait route_channels_list(struct call *call, struct house *house);
enum call_wait route_cluster_show(struct call *call, struct house *house);
enum call_wait route_status_show(struct call *call, struct house *house);
enum call_wait route_callback(struct call *call, struct house *house);
enum call_wait route_health_show(struct call *call, struct house *house);
enum call_wait route_ready_show(struct call *call, struct house *house);
enum call_wait route_metrics_show(struct call *call, struct house *house);
enum call_wait route_ack_page_show(struct call *call, struct house *house);
enum call_wait route_ack_page_act(struct call *call, struct house *house);
enum call_wait route_feed_show(struct call *call, struct house *house);
enum call_wait route_inbox_show(struct call *call, struct house *house);
enum call_wait route_login_show(struct call *call, struct house *house);
enum call_wait route_board_show(struct call *call, struct house *house);
