/* SPDX-License-Identifier: MIT */
/*
 * config.h - the only door of config/: files in, one immutable `struct config` or a report out.
 *
 * A configuration is the main file, what it includes, and conf.d/ beside it (each *.cfg in order of
 * names). Everything in it lives as long as the config, is plain data and never changes; a reload
 * makes a new one. All errors of all files are found in one go. Values of secrets are in the
 * fields where they are used and nowhere else: reports, differences and listings name them only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "config/report.h"
#include "engine/policy.h"

#define CONFIG_FILE_DEFAULT "/etc/pagerd/pagerd.cfg"
#define CONFIG_SOCKET_DEFAULT "/run/pagerd/ctl.sock"
#define CONFIG_TZDIR_DEFAULT "/usr/share/zoneinfo"

#define CONFIG_FILES_MAX 256
#define CONFIG_FILE_SIZE_MAX (1024 * 1024)
#define CONFIG_LISTEN_MAX 16
#define CONFIG_MAIL_LISTEN_MAX 4
#define CONFIG_PEERS_MAX 16
#define CONFIG_MAIL_ALLOW_MAX 32
#define CONFIG_CALENDARS_MAX 1000
#define CONFIG_INTEGRATIONS_MAX 1000
#define CONFIG_HEADERS_MAX 16
#define CONFIG_COMMAND_MAX 16
#define CONFIG_PRIVATE_MAX 64
#define CONFIG_COUNTRIES_MAX 64
#define CONFIG_VALUES_MAX 24
#define CONFIG_CHANNELS_MAX 32 /* each with its second */
#define CONFIG_ROOMS_MAX 8     /* chat rooms of one team */
#define CONFIG_WEBHOOKS_MAX 32
#define CONFIG_HOOK_SECRETS_MAX 2
#define CONFIG_HOOK_EVENTS_MAX 16
#define CONFIG_HOOK_NAME_MAX 64
#define CONFIG_SECRET_MAX 4096
#define CONFIG_BODY_SIZE_MAX (64 * 1024 * 1024)

/* One key of a provider as it stands in the file; a path is absolute. */
struct config_value {
    const char *key; /* "ca-file" */
    const char *value;
};

/* One provider of a channel: the one of the group itself, or the one of the group `second` in it.
 * Its keys are those of the options table, which notify/ knows by their names. */
struct config_channel {
    const char *name;   /* "sms" */
    const char *driver; /* "kannel"; NULL: the channel has only one */
    bool is_second;
    bool is_room; /* a chat service: it has rooms and pages nobody */
    struct config_value values[CONFIG_VALUES_MAX];
    size_t value_count;
    const char *headers[CONFIG_HEADERS_MAX]; /* "Name: value"; may be secret */
    size_t header_count;
    const char *command[CONFIG_COMMAND_MAX]; /* program and its arguments */
    size_t command_count;
    uint32_t limit;     /* alarms to one number within ten minutes, then repeats wait; 0: none */
    uint32_t daily_cap; /* messages within 24 hours; 0: none */
    msec receipt_ms;    /* no receipt for that long is a doubt; 0: there are none */
};

struct config_calendar {
    const char *name;
    const char *ics;      /* absolute path of a file or folder, or http(s) URL; may be secret */
    const char *ics_name; /* what may be shown: "secret:NAME" when it is one, else the same */
    bool is_caldav;       /* `ics` is the URL of a CalDAV collection */
    bool is_writable;     /* overrides made in pagerd are written there */
    const char *user;     /* basic auth, or NULL */
    const char *password; /* secret */
    const char *ca_file;  /* PEM file of a private authority, or NULL */
    bool pages_all;       /* overlap = "all": everybody of overlapping events, in order */
    unsigned max_loss;    /* percent of the next 14 days' coverage that a new version may lose */
    msec stale_ms;        /* not read for that long: the manager and the admins are told */
    msec refresh_ms;
    const struct zone *zone; /* for floating times; NULL: the file's own, else the default */
    const char *manager;     /* user id of the first team that uses it and has one, or NULL */
};

/* What is special about one source; its name is that of its key. */
struct config_integration {
    const char *name;  /* of the key */
    const char *group; /* of the configuration, mostly the same */
    struct config_icinga {
        const char *url; /* of its API, without a final slash; NULL: not given */
        const char *user;
        const char *password; /* secret */
        const char *ca_file;  /* PEM file of a private authority, or NULL */
        bool has_events;      /* its event stream is listened to */
    } icinga;
    const char *command_file; /* absolute path of Nagios' FIFO, or NULL */
    size_t body_max;          /* bytes of one request */
    const char *signature;    /* word of the scheme, or NULL: none is asked for */
    const char *secret;       /* that its codes are made with, or NULL */
    const char *topic;        /* of signature "sns", or NULL */
    const char *const *map;   /* lines of engine/fieldmap.h */
    size_t map_count;
};

/* A room of a chat service that shows the incidents of a team. */
struct config_room {
    const char *service; /* "slack": a channel that is_room */
    const char *name;    /* as the service has it */
};

/* A room that is reached by an address of its own. */
struct config_hook {
    const char *service;
    const char *name;
    const char *url; /* secret */
};

/* Who is who in a chat service. */
struct config_handle {
    const char *service;
    const char *id;   /* there */
    const char *user; /* here */
};

/* Another program that is told what happens to incidents. */
struct config_webhook {
    const char *name;
    const char *url;                              /* may be secret */
    const char *secrets[CONFIG_HOOK_SECRETS_MAX]; /* "whsec_..." */
    size_t secret_count;
    const char *team;                           /* only its incidents; NULL: all */
    const char *events[CONFIG_HOOK_EVENTS_MAX]; /* "incident.opened"; none: all */
    size_t event_count;
    const char *ca_file; /* PEM file of a private authority, or NULL */
    msec retry_for_ms;   /* then a message is given up */
};

/* What a team has beside the policy. */
struct config_team {
    const char *id;
    struct config_room rooms[CONFIG_ROOMS_MAX];
    size_t room_count;
    const char *checklist; /* absolute path, or NULL */
};

/* Pages of pagerd's own that prove the whole way. */
struct config_canary {
    const char *user; /* id; NULL: there are none */
    const char *team; /* id; of the incidents */
    msec every_ms;
    bool is_any_time; /* not only at work */
};

/* Alerts by SMTP and LMTP; nothing of it: no mail is taken. */
struct config_mail {
    const char *listen[CONFIG_MAIL_LISTEN_MAX]; /* "127.0.0.1:8425" */
    size_t listen_count;
    const char *socket; /* absolute path, or NULL */
    const char *domain; /* that answers to pages by mail come to; NULL: none do */
    const char *allow[CONFIG_MAIL_ALLOW_MAX]; /* networks that may name a source by its name */
    size_t allow_count;
};

/* Can this text of that name ("alert.sms") be said? */
typedef bool message_check_function(const char *name, const char *text, struct fault *fault);

/* A text in place of a shipped one. */
struct config_message {
    const char *name; /* "alert.sms" */
    const char *text;
};

struct config {
    const struct policy *policy; /* its version is this config's version */
    const char *version;         /* 12 hex digits, of all files and the names of their secrets */
    const char *url;             /* of pagerd as phones reach it, without a final slash */
    const char *listen[CONFIG_LISTEN_MAX]; /* "127.0.0.1:8440", "[::1]:8440" */
    size_t listen_count;
    const char *socket;
    const char *tls_certificate; /* absolute paths of PEM files; both or none (NULL) */
    const char *tls_key;
    bool is_verbose;            /* log = "debug" */
    const char *store;          /* "postgres:..."; NULL: SQLite in the state directory */
    const char *store_password; /* secret; NULL: none */
    const char *node_name;      /* of this one of several machines; NULL: there is only one */
    const char *node_secret;    /* the same on all of them */
    const char *node_listen;    /* "10.0.0.1:7443", for the others; NULL: there are no links */
    const char *node_peers[CONFIG_PEERS_MAX]; /* host and port each */
    size_t node_peer_count;
    const char *dead_man_url; /* may be secret; NULL: there is no dead man's switch */
    msec dead_man_every_ms;
    struct config_canary canary;
    const char *private_networks; /* that channels may send to by a name; blanks between, or "" */
    const struct config_channel *channels; /* in the order of contacts, a second after its first */
    size_t channel_count;
    struct config_mail mail;
    const struct config_calendar *calendars; /* in order of definition */
    size_t calendar_count;
    const struct config_integration *integrations; /* in order of definition */
    size_t integration_count;
    const struct config_message *messages;
    size_t message_count;
    const struct config_webhook *webhooks; /* in order of definition */
    size_t webhook_count;
    const struct config_team *teams; /* as policy->teams */
    const struct config_team *const *teams_by_id;
    const struct config_handle *handles; /* no two of the same service and id */
    size_t handle_count;
    const struct config_hook *hooks;
    size_t hook_count;
    const char *const *files; /* absolute names of all files read, the main file first */
    size_t file_count;
    struct config_source *source; /* what show, diff and keep need */
};

struct config_options {
    message_check_function *message_check; /* NULL: texts are not looked at */
    const char *tzdir;                     /* NULL: CONFIG_TZDIR_DEFAULT */
    const char *credentials_dir; /* of the service manager ($CREDENTIALS_DIRECTORY), or NULL */
};

/*
 * Reads and checks `path` and all that belongs to it. Returns false when the report has errors;
 * then nothing is made. Warnings are in the report either way. `report` must be new; the caller
 * owns `*config`.
 */
MUST_USE bool config_load(const char *path, const struct config_options *options,
                          struct config **config, struct report *report);

/* Frees all; values of secrets are wiped first. */
void config_free(struct config *config);
CLEANUP_DEFINE(struct config *, config_free)

/*
 * Appends one line per difference, "teams.ops.escalate[0].wait   "5m" -> "3m"", without prefix,
 * sorted by key. Values of secrets never show: "changed (secret)". Returns how many there are.
 */
size_t config_diff(const struct config *old, const struct config *new, struct text *text);

/* Appends every key that is set, one a line, "key = value"; a secret as
 * "secret:NAME (set, 34 bytes)". */
void config_show(const struct config *config, struct text *text);

/*
 * Appends what the reference manual says of a key ("teams.ops.escalate", "teams.*.escalate" or
 * "escalate"); without a match returns false and appends the nearest keys.
 */
bool config_explain(const char *key, struct text *text);

/*
 * Copies all files that were read into `directory` (such as STATE/config.good), as they were read,
 * in the same layout, and syncs them; the old copy is replaced in one step. Secrets are not
 * copied. config_load_good() reads such a copy: secrets and relative paths are then still those
 * beside the original main file.
 */
MUST_USE bool config_keep_good(const struct config *config, const char *directory,
                               struct fault *fault);
MUST_USE bool config_load_good(const char *directory, const struct config_options *options,
                               struct config **config, struct report *report);

/* When the copy in `directory` was made, or false when there is none. */
MUST_USE bool config_good_at(const char *directory, msec *kept_at, struct fault *fault);

/* NULL when it is not configured. */
const struct config_channel *config_find_channel(const struct config *config, const char *name,
                                                 bool is_second);
/* The value of a key, or NULL. */
const char *config_channel_value(const struct config_channel *channel, const char *key);

const struct config_calendar *config_find_calendar(const struct config *config, const char *name);
/* NULL: there is no such team. */
const struct config_team *config_find_team(const struct config *config, const char *id);
/* The user who has that id in a chat service; NULL: nobody. */
const char *config_find_handle(const struct config *config, const char *service, const char *id);
const struct config_webhook *config_find_webhook(const struct config *config, const char *name);
/* The address of a room that has one of its own, or NULL. */
const char *config_room_url(const struct config *config, const char *service, const char *name);
/* NULL when nothing is said of it. */
const struct config_integration *config_find_integration(const struct config *config,
                                                         const char *name);
