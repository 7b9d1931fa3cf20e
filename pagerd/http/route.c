/* SPDX-License-Identifier: MIT */
#include "http/route.h"

#include <string.h>

#include "base/text.h"

#define SEGMENTS_MAX 32

static const struct route routes[] = {
    {METHOD_POST, "/v1/alerts", WHO_SOURCE, .body = BODY_ALERTS, .format = "generic",
     .run = route_alerts_post},
    {METHOD_POST, "/v1/ingest/*", WHO_SOURCE, .body = BODY_ALERTS, .is_compatible = true,
     .run = route_alerts_post},
    {METHOD_POST, "/v1/ingest/*/*", WHO_SOURCE, .body = BODY_ALERTS, .is_compatible = true,
     .has_key = true, .run = route_alerts_post},

    {METHOD_PUT, "/v1/ingest/*", WHO_SOURCE, .body = BODY_ALERTS, .is_compatible = true,
     .run = route_alerts_post},
    {METHOD_PUT, "/v1/ingest/*/*", WHO_SOURCE, .body = BODY_ALERTS, .is_compatible = true,
     .has_key = true, .run = route_alerts_post},
    /* Azure Event Grid asks whether it may send, before it does. */
    {METHOD_OPTIONS, "/v1/ingest/cloudevents", WHO_KEY, .is_compatible = true,
     .run = route_alerts_welcome},
    {METHOD_OPTIONS, "/v1/ingest/cloudevents/*", WHO_KEY, .is_compatible = true, .has_key = true,
     .run = route_alerts_welcome},
    /* Uptime Kuma can be told to say all it has to say by GET. It raises and closes alerts of its
     * own key, as its POST does; a HEAD, which programs send that only look, is refused. */
    {METHOD_GET, "/v1/ingest/uptimekuma", WHO_KEY, .body = BODY_QUERY, .format = "uptimekuma",
     .is_compatible = true, .run = route_alerts_post},
    {METHOD_GET, "/v1/ingest/uptimekuma/*", WHO_KEY, .body = BODY_QUERY, .format = "uptimekuma",
     .is_compatible = true, .has_key = true, .run = route_alerts_post},

    {METHOD_POST, "/v2/enqueue", WHO_SOURCE, .body = BODY_ALERTS, .format = "pagerduty_v2",
     .is_compatible = true, .dialect = DIALECT_PAGERDUTY_V2, .run = route_alerts_compatible},
    {METHOD_POST, "/v2/change/enqueue", WHO_SOURCE, .body = BODY_ALERTS,
     .format = "pagerduty_change", .is_compatible = true, .dialect = DIALECT_PAGERDUTY_CHANGE,
     .run = route_alerts_compatible},
    {METHOD_POST, "/generic/2010-04-15/create_event.json", WHO_SOURCE, .body = BODY_ALERTS,
     .format = "pagerduty_v1", .is_compatible = true, .dialect = DIALECT_PAGERDUTY_V1,
     .run = route_alerts_compatible},
    {METHOD_POST, "/nagios/2010-04-15/create_event", WHO_SOURCE, .body = BODY_ALERTS,
     .format = "pagerduty_nagios", .is_compatible = true, .dialect = DIALECT_PAGERDUTY_NAGIOS,
     .run = route_alerts_compatible},

    /* Before Opsgenie's, which end in the same way. */
    {METHOD_POST, "/api/v2/alerts", WHO_SOURCE, .body = BODY_ALERTS, .format = "prometheus",
     .is_compatible = true, .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alerts_compatible},
    {METHOD_POST, "/api/v1/alerts", WHO_SOURCE, .body = BODY_ALERTS, .format = "prometheus",
     .is_compatible = true, .dialect = DIALECT_ALERTMANAGER_V1, .run = route_alerts_compatible},
    {METHOD_GET, "/api/v2/alerts", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alertmanager_list},
    {METHOD_GET, "/api/v2/alerts/groups", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alertmanager_groups},
    {METHOD_GET, "/api/v2/receivers", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alertmanager_receivers},
    {METHOD_GET, "/api/v2/silences", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alertmanager_silences},
    {METHOD_GET, "/api/v2/silence/*", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alertmanager_silence},
    {METHOD_GET, "/api/v2/status", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_ALERTMANAGER_V2, .run = route_alertmanager_status},
    {METHOD_GET, "/-/healthy", WHO_ANYBODY, .is_compatible = true,
     .run = route_alertmanager_health},
    {METHOD_GET, "/-/ready", WHO_ANYBODY, .is_compatible = true, .run = route_alertmanager_ready},
    {METHOD_POST, "/api/v2/generic/incoming", WHO_SOURCE, .body = BODY_ALERTS, .format = "goalert",
     .is_compatible = true, .dialect = DIALECT_GOALERT, .run = route_alerts_compatible},
    {METHOD_POST, "/api/v2/grafana/incoming", WHO_SOURCE, .body = BODY_ALERTS, .format = "grafana",
     .is_compatible = true, .dialect = DIALECT_GOALERT, .run = route_alerts_compatible},
    {METHOD_POST, "/api/v2/prometheusalertmanager/incoming", WHO_SOURCE, .body = BODY_ALERTS,
     .format = "alertmanager", .is_compatible = true, .dialect = DIALECT_GOALERT,
     .run = route_alerts_compatible},
    {METHOD_POST, "/api/v2/heartbeat/*", WHO_ANYBODY, .body = BODY_ANY, .is_compatible = true,
     .run = route_ping},
    {METHOD_POST, "/v2/alerts", WHO_SOURCE, .body = BODY_ALERTS, .format = "opsgenie",
     .is_compatible = true, .dialect = DIALECT_OPSGENIE, .run = route_alerts_compatible},
    {METHOD_GET, "/v2/alerts", WHO_SOURCE, .is_compatible = true, .dialect = DIALECT_OPSGENIE,
     .run = route_opsgenie_list},
    {METHOD_GET, "/v2/alerts/requests/*", WHO_SOURCE, .is_compatible = true,
     .dialect = DIALECT_OPSGENIE, .run = route_opsgenie_request},
    {METHOD_GET, "/v2/alerts/*", WHO_SOURCE, .is_compatible = true, .dialect = DIALECT_OPSGENIE,
     .run = route_opsgenie_show},
    {METHOD_DELETE, "/v2/alerts/*", WHO_SOURCE, .is_compatible = true, .dialect = DIALECT_OPSGENIE,
     .run = route_opsgenie_delete},
    {METHOD_POST, "/v2/alerts/*/*", WHO_SOURCE, .is_compatible = true, .dialect = DIALECT_OPSGENIE,
     .run = route_opsgenie_act},
    {METHOD_PUT, "/v2/alerts/*/*", WHO_SOURCE, .is_compatible = true, .dialect = DIALECT_OPSGENIE,
     .run = route_opsgenie_act},

    {METHOD_GET, "/v1/alerts", WHO_READER, .run = route_alerts_list},
    {METHOD_GET, "/v1/incidents", WHO_READER, .run = route_incidents_list},
    {METHOD_POST, "/v1/incidents/ack", WHO_PERSON, .run = route_incidents_ack_all},
    {METHOD_GET, "/v1/incidents/*", WHO_READER, .run = route_incident_show},
    {METHOD_POST, "/v1/incidents/*/ack", WHO_PERSON, .run = route_incident_ack},
    {METHOD_POST, "/v1/incidents/*/unack", WHO_PERSON, .run = route_incident_unack},
    {METHOD_POST, "/v1/incidents/*/resolve", WHO_PERSON, .run = route_incident_resolve},
    {METHOD_POST, "/v1/incidents/*/snooze", WHO_PERSON, .run = route_incident_snooze},
    {METHOD_POST, "/v1/incidents/*/escalate", WHO_PERSON, .run = route_incident_escalate},
    {METHOD_POST, "/v1/incidents/*/reassign", WHO_PERSON, .run = route_incident_reassign},
    {METHOD_POST, "/v1/incidents/*/note", WHO_PERSON, .run = route_incident_note},

    {METHOD_GET, "/v1/changes", WHO_READER, .run = route_changes_list},

    {METHOD_GET, "/v1/oncall", WHO_READER, .run = route_oncall_list},
    {METHOD_GET, "/v1/simulate", WHO_READER, .run = route_simulate_show},
    {METHOD_GET, "/v1/schedule", WHO_READER, .run = route_schedule_show},
    {METHOD_GET, "/v1/overrides", WHO_READER, .run = route_overrides_list},
    {METHOD_POST, "/v1/overrides", WHO_PERSON, .run = route_override_add},
    {METHOD_POST, "/v1/overrides/*/end", WHO_PERSON, .run = route_override_end},
    {METHOD_GET, "/v1/contacts", WHO_READER, .run = route_contacts_list},
    {METHOD_GET, "/v1/contacts/*", WHO_READER, .run = route_test_show},
    {METHOD_POST, "/v1/contacts/*/test", WHO_PERSON, .run = route_test_begin},
    {METHOD_GET, "/v1/swaps", WHO_READER, .run = route_swaps_list},
    {METHOD_POST, "/v1/swaps", WHO_PERSON, .run = route_swap_ask},
    {METHOD_POST, "/v1/swaps/*/accept", WHO_PERSON, .run = route_swap_accept},
    {METHOD_POST, "/v1/swaps/*/decline", WHO_PERSON, .run = route_swap_decline},
    {METHOD_POST, "/v1/swaps/*/cancel", WHO_PERSON, .run = route_swap_cancel},
    {METHOD_GET, "/v1/silences", WHO_READER, .run = route_silences_list},
    {METHOD_POST, "/v1/silences", WHO_PERSON, .run = route_silence_add},
    {METHOD_GET, "/v1/silences/*", WHO_READER, .run = route_silence_show},
    {METHOD_POST, "/v1/silences/*/end", WHO_PERSON, .run = route_silence_end},
    {METHOD_GET, "/v1/heartbeats", WHO_READER, .run = route_heartbeats_list},
    {METHOD_POST, "/v1/heartbeats", WHO_PERSON, .run = route_heartbeat_add},
    {METHOD_GET, "/v1/heartbeats/*", WHO_READER, .run = route_heartbeat_show},
    {METHOD_POST, "/v1/heartbeats/*/ping", WHO_PERSON, .run = route_heartbeat_ping},
    {METHOD_POST, "/v1/heartbeats/*/remove", WHO_PERSON, .run = route_heartbeat_remove},
    {METHOD_GET, "/v1/recovery", WHO_READER, .run = route_recovery_list},
    {METHOD_POST, "/v1/recovery", WHO_PERSON, .run = route_recovery_act},

    {METHOD_GET, "/v1/me", WHO_KNOWN, .run = route_me_show},
    {METHOD_POST, "/v1/me/contacts/verify", WHO_PERSON, .run = route_code_enter},
    {METHOD_POST, "/v1/me/pause", WHO_PERSON, .run = route_pause_begin},
    {METHOD_POST, "/v1/me/pause/end", WHO_PERSON, .run = route_pause_end},
    {METHOD_POST, "/v1/me/awake", WHO_PERSON, .run = route_awake_begin},
    {METHOD_POST, "/v1/me/awake/end", WHO_PERSON, .run = route_awake_end},
    {METHOD_GET, "/v1/keys", WHO_ADMIN, .run = route_keys_list},
    {METHOD_POST, "/v1/keys", WHO_READER, .run = route_key_add},
    {METHOD_POST, "/v1/keys/*/revoke", WHO_READER, .run = route_key_revoke},
    {METHOD_GET, "/v1/calendars", WHO_READER, .run = route_calendars_list},
    {METHOD_POST, "/v1/calendars/*/refresh", WHO_READER, .run = route_calendar_refresh},
    {METHOD_POST, "/v1/calendars/*/accept", WHO_READER, .run = route_calendar_accept},
    {METHOD_GET, "/v1/config", WHO_ADMIN, .is_own = true, .run = route_config_show},
    {METHOD_POST, "/v1/config/check", WHO_ADMIN, .is_own = true, .run = route_config_check},
    {METHOD_POST, "/v1/config/reload", WHO_ADMIN, .is_own = true, .run = route_config_reload},
    {METHOD_GET, "/v1/config/explain", WHO_READER, .is_own = true, .run = route_config_explain},
    {METHOD_GET, "/v1/backup", WHO_ADMIN, .is_own = true, .run = route_backup_show},
    {METHOD_GET, "/v1/channels", WHO_READER, .run = route_channels_list},
    {METHOD_GET, "/v1/status", WHO_READER, .run = route_status_show},
    {METHOD_GET, "/v1/cluster", WHO_READER, .is_own = true, .run = route_cluster_show},
    {METHOD_GET, "/healthz", WHO_ANYBODY, .is_own = true, .run = route_health_show},
    {METHOD_GET, "/readyz", WHO_ANYBODY, .is_own = true, .run = route_ready_show},
    {METHOD_GET, "/metrics", WHO_ANYBODY, .is_own = true, .run = route_metrics_show},

    /* Of providers, each with a code that only pagerd and the provider know. A receipt may come by
     * GET, for Kannel can do no better: it says that a message arrived, and never acks. */
    {METHOD_GET, "/v1/callbacks/*/status/*", WHO_ANYBODY, .run = route_callback},
    {METHOD_POST, "/v1/callbacks/*/*/*", WHO_ANYBODY, .body = BODY_CALLBACK, .run = route_callback},

    {METHOD_GET, "/a/*", WHO_ANYBODY, .is_page = true, .run = route_ack_page_show},
    {METHOD_POST, "/a/*", WHO_ANYBODY, .body = BODY_FORM, .is_page = true,
     .run = route_ack_page_act},
    /* A phone has no token, and whoever was ever paged knows these numbers. */
    {METHOD_GET, "/contacts.vcf", WHO_ANYBODY, .run = route_vcard_show},
    {METHOD_GET, "/t/*", WHO_ANYBODY, .is_page = true, .run = route_test_page_show},
    {METHOD_POST, "/t/*", WHO_ANYBODY, .body = BODY_FORM, .is_page = true,
     .run = route_test_page_act},
    {METHOD_GET, "/feed/*", WHO_ANYBODY, .is_page = true, .run = route_feed_show},
    /* Beside Uptime Kuma's the one GET that changes something: clients of this protocol ping with
     * whatever they have. It says that a job lives, and can neither ack nor read anything. */
    {METHOD_GET, "/ping/*", WHO_ANYBODY, .run = route_ping},
    {METHOD_GET, "/ping/*/*", WHO_ANYBODY, .is_ping = true, .run = route_ping},
    {METHOD_GET, "/ping/*/*/*", WHO_ANYBODY, .is_ping = true, .run = route_ping},
    {METHOD_POST, "/ping/*", WHO_ANYBODY, .body = BODY_ANY, .run = route_ping},
    {METHOD_POST, "/ping/*/*", WHO_ANYBODY, .body = BODY_ANY, .is_ping = true, .run = route_ping},
    {METHOD_POST, "/ping/*/*/*", WHO_ANYBODY, .body = BODY_ANY, .is_ping = true, .run = route_ping},
    {METHOD_GET, "/inbox/*", WHO_ANYBODY, .is_page = true, .run = route_inbox_show},
    {METHOD_GET, "/login", WHO_READER, .is_page = true, .run = route_login_show},
    {METHOD_GET, "/", WHO_ANYBODY, .is_page = true, .run = route_board_show},
};

static const char *const method_names[METHOD_COUNT] = {
    [METHOD_GET] = "GET, HEAD", [METHOD_HEAD] = "GET, HEAD", [METHOD_POST] = "POST",
    [METHOD_PUT] = "PUT",       [METHOD_DELETE] = "DELETE",  [METHOD_OPTIONS] = "OPTIONS",
    [METHOD_OTHER] = "",
};

/* Segments of a path without empty ones, so that slashes at the end or doubled do not matter. */
static size_t path_split(const char *path, struct span segments[SEGMENTS_MAX])
{
    size_t count = 0;
    struct span rest = span_of(path);
    while (rest.size > 0) {
        struct span segment = span_cut(&rest, '/');
        if (segment.size == 0)
            continue;
        if (count == SEGMENTS_MAX)
            return SEGMENTS_MAX + 1;
        segments[count++] = segment;
    }
    return count;
}

/* As many as the segments of a path of the table, but for "/" alone. */
static size_t slash_count(const char *path)
{
    size_t count = 0;
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
        count++;
    return count;
}

/* Moves `pattern` behind its next segment when that is this one, or is "*". */
static bool segment_fits(const char **pattern, struct span segment, bool *is_any)
{
    if (**pattern != '/')
        return false;
    const char *at = *pattern + 1;
    *is_any = at[0] == '*' && (at[1] == '/' || at[1] == '\0');
    if (!*is_any && strncmp(at, segment.bytes, segment.size) != 0)
        return false;
    at += *is_any ? 1 : segment.size;
    *pattern = at;
    return *at == '/' || *at == '\0';
}

static bool route_fits(const struct route *route, const struct span *segments, size_t count,
                       struct span parts[CALL_PARTS_MAX])
{
    size_t wanted = route->is_compatible ? slash_count(route->path) : count;
    if (count < wanted)
        return false;

    size_t part = 0;
    const struct span *tail = segments + (count - wanted);
    const char *rest = route->path;
    for (size_t i = 0; i < wanted; i++) {
        bool is_any = false;
        if (!segment_fits(&rest, tail[i], &is_any))
            return false;
        if (is_any)
            parts[part++] = tail[i];
    }
    return *rest == '\0' || string_is(rest, "/");
}

/* Segments are told apart by the slashes as they were sent, so that an escaped one is a part of
 * its segment (RFC 3986 section 2.2). */
static const char *part_decode(struct arena *arena, struct span segment)
{
    CLEANUP(text_clear) struct text decoded = {0};
    text_add_decoded(&decoded, segment, false);
    return arena_copy_span(arena, text_span(&decoded));
}

static const char *allow_add(struct arena *arena, const char *allow, const char *names)
{
    if (!allow)
        return names;
    return strstr(allow, names) ? allow : arena_format(arena, "%s, %s", allow, names);
}

/* Of the paths that fit, which methods could be used. */
static const char *allow_list(struct arena *arena, const struct span *segments, size_t count)
{
    const char *allow = NULL;
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
        struct span found[CALL_PARTS_MAX] = {0};
        if (route_fits(&routes[i], segments, count, found))
            allow = allow_add(arena, allow, method_names[routes[i].method]);
    }
    return allow;
}

const struct route *route_find(struct arena *arena, enum method method, const char *path,
                               const char *parts[CALL_PARTS_MAX], const char **allow)
{
    struct span segments[SEGMENTS_MAX];
    size_t count = path_split(path, segments);
    *allow = NULL;
    if (count > SEGMENTS_MAX)
        return NULL;

    enum method wanted = method == METHOD_HEAD ? METHOD_GET : method;
    for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
        const struct route *route = &routes[i];
        struct span found[CALL_PARTS_MAX] = {0};
        if (route->method != wanted || !route_fits(route, segments, count, found))
            continue;
        for (size_t part = 0; part < CALL_PARTS_MAX; part++)
            parts[part] = found[part].bytes ? part_decode(arena, found[part]) : NULL;
        return route;
    }
    *allow = allow_list(arena, segments, count);
    return NULL;
}

const struct route *route_at(size_t index)
{
    return index < sizeof(routes) / sizeof(*routes) ? &routes[index] : NULL;
}
