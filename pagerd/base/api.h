/* SPDX-License-Identifier: MIT */
/*
 * api.h - the names that pagerd and pagectl share: paths, fields and headers of the HTTP API.
 *
 * docs/api.md describes each. Names are only ever added.
 */
#pragma once

#define API_SOCKET_DEFAULT "/run/pagerd/ctl.sock"
#define API_LISTEN_DEFAULT "127.0.0.1:8440"
#define API_SERVER_ENV "PAGECTL_SERVER"

/* Header of every answer under /v1: pagerd's own wall clock, RFC 3339. Ages are told by it. */
#define API_NOW_HEADER "Pagerd-Now"

#define API_ALERTS "/v1/alerts"
#define API_INGEST "/v1/ingest/"
#define API_ENQUEUE "/v2/enqueue"
#define API_ME "/v1/me"
#define API_PAUSE "/v1/me/pause"
#define API_AWAKE "/v1/me/awake"
#define API_CODE "/v1/me/contacts/verify"
#define API_INCIDENTS "/v1/incidents"
#define API_CHANGES "/v1/changes"
#define API_ONCALL "/v1/oncall"
#define API_SCHEDULE "/v1/schedule"
#define API_SIMULATE "/v1/simulate"
#define API_OVERRIDES "/v1/overrides"
#define API_CONTACTS "/v1/contacts"
#define API_SWAPS "/v1/swaps"
#define API_SILENCES "/v1/silences"
#define API_HEARTBEATS "/v1/heartbeats"
#define API_RECOVERY "/v1/recovery"
#define API_KEYS "/v1/keys"
#define API_CALENDARS "/v1/calendars"
#define API_CONFIG "/v1/config"
#define API_CHANNELS "/v1/channels"
#define API_BACKUP "/v1/backup"
#define API_CLUSTER "/v1/cluster"
#define API_STATUS "/v1/status"

/* Actions on an incident: POST /v1/incidents/N/<action>. */
#define API_ACK "ack"
#define API_UNACK "unack"
#define API_RESOLVE "resolve"
#define API_SNOOZE "snooze"
#define API_ESCALATE "escalate"
#define API_REASSIGN "reassign"
#define API_NOTE "note"

/* Name of a key: so many of these bytes. */
#define API_KEY_NAME_MAX 64
#define API_KEY_NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

#define API_BODY_MAX (8 * 1024 * 1024)
