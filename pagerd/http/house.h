/* SPDX-License-Identifier: MIT */
/*
 * house.h - what a route may ask of the daemon that carries it.
 *
 * http/ knows the engine's door and view, but keys, calendars, configuration and history belong to
 * rooms that only the daemon joins. It fills this table; routes call it on the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/engine.h"
#include "http/call.h"
#include "ingest/ingest.h"

/* An integration key, a personal token or the address of a feed, by the hash of its secret. */
struct credential {
    char hash[HASH_TEXT_SIZE];
    const char *name;
    const char *team; /* of an integration (NULL: routed) or a team's feed, else NULL */
    const char *user; /* of a personal token or a person's feed, else NULL */
    msec created_at;
    msec last_used_at;
    msec revoked_at;           /* 0 while valid */
    bool is_feed;              /* opens its feed and nothing else */
    size_t body_max;           /* bytes of one request of an integration; 0: API_BODY_MAX */
    uint64_t unreadable_count; /* bodies, and alerts in them, since start */
    const char *last_error;    /* of those, since start; NULL: none */
    msec last_error_at;
};

/* How a feed is wanted. */
struct feed_request {
    const char *hash; /* of the token */
    bool has_alarm;   /* each event reminds, so long before it starts: */
    uint32_t alarm_minutes;
};

/* An ack link: one person, one incident, one way. */
struct ack_token {
    uint64_t incident;
    const char *user;
    const char *channel;  /* by which it was sent */
    msec created_at;      /* wall */
    msec expires_at;      /* steady */
    bool is_revoked;      /* the incident was resolved: the page says so, nothing acts */
    uint32_t number;      /* of the message, to be typed with every button; 0: none is asked for */
    uint32_t wrong_count; /* others that were */
    bool is_void;         /* given up: the page says what else there is, nothing acts */
};

/* One message in the demo's inbox. */
struct inbox_letter {
    uint64_t page;
    uint64_t incident;
    const char *kind;    /* "sms" or "email" */
    const char *subject; /* NULL for an SMS */
    const char *text;
    msec at;
};

struct callback;
struct wordbook;

enum callback_end {
    CALLBACK_TAKEN,
    CALLBACK_UNKNOWN,  /* the address leads nowhere */
    CALLBACK_UNSIGNED, /* the provider's own signature is wrong or missing */
    CALLBACK_INVALID,  /* it makes no sense; the fault says why */
    CALLBACK_END_COUNT
};

/* A callback of a provider, and what is answered to it. */
struct callback_door {
    const char *channel; /* "sms" */
    bool is_second;
    const char *reference; /* "PAGE.ATTEMPT" or "", that the code is of */
    const char *code;
    struct callback *callback;           /* but for what its headers have */
    const struct ingest_header *headers; /* names in lower case */
    size_t header_count;
    struct arena *arena;
    struct text *body; /* of the answer */
    const char *content_type;
    bool is_lost;     /* nothing could be kept: the answer says so, and waits for no commit */
    uint16_t refusal; /* status of CALLBACK_UNSIGNED; 0: 403 */
};

/* Nobody is on call, and coverage wants somebody. */
struct house_gap {
    msec from_at;
    msec until_at;
    bool is_declared; /* an event "nobody" lies there */
    const char *why;
};

enum config_action { CONFIG_SHOW, CONFIG_CHECK, CONFIG_RELOAD, CONFIG_EXPLAIN };
enum calendar_action { CALENDAR_REFRESH, CALENDAR_ACCEPT };

/* A number or address that pagerd sends from. */
struct sender_view {
    const char *channel;
    const char *address;
};

/*
 * Functions of the daemon; `context` comes first. All run on the loop's thread and never block.
 * Functions that fill a json_writer have begun nothing: they write one whole value without key.
 */
struct house {
    void *context;
    struct engine *engine;
    const char *public_url; /* without a slash at its end */
    bool has_inbox;
    const struct wordbook *words; /* of its pages; NULL: as shipped */
    bool has_nodes;               /* other nodes take calls, too */

    /* The two clocks of the turn under way. */
    struct now (*now)(void *context);

    /* Steps the engine within the turn under way; the call is answered after its commit. */
    void (*step)(void *context, const struct event *event, struct answer *answer);

    /* Has another node taken the same from monitoring that says everything to each of them? `node`
     * as in struct call. Remembers it. */
    bool (*is_copy)(void *context, const char *node, const unsigned char hash[HASH_SIZE]);
    /* What that node has just said was refused: said again, it is no copy of that. */
    void (*not_taken)(void *context, const char *node, const unsigned char hash[HASH_SIZE]);

    /* A source's body, or an alert of it, could not be read: counted, and shown with its key. */
    void (*unreadable)(void *context, const char *key, const char *why);
    /* An alert that opened nothing on purpose (ingest_item.ignored): told in the log and in the
     * audit log, and counted. `text` says what it was and why. */
    void (*ignored)(void *context, const char *key, const char *why, const char *text);

    /* Credentials: changes are part of the turn's commit. `secret` is shown once. */
    bool (*credential_add)(void *context, const char *name, const char *team, const char *user,
                           const char *actor, char secret[SECRET_TEXT_SIZE], struct fault *fault);
    bool (*credential_revoke)(void *context, const char *name, const char *actor,
                              struct fault *fault);
    const struct credential *(*credential_each)(void *context, size_t *cursor);

    /* What pages come from, at most `max`; returns how many. */
    size_t (*senders)(void *context, struct sender_view *senders, size_t max);

    /* NULL when there is none of that hash. Borrowed until the next turn. */
    const struct ack_token *(*token_find)(void *context, const char *hash_text);
    /* Counts a wrong number; the change is part of the turn's commit. */
    void (*token_miss)(void *context, const char *hash_text);
    /* From now on it acts no more; the same. */
    void (*token_void)(void *context, const char *hash_text);

    /* History, read on the store's own thread: the call is handed over and answered from there
     * with a whole JSON document. */
    void (*history_incidents)(void *context, struct call *call,
                              const struct history_filter *filter);
    void (*history_changes)(void *context, struct call *call, const struct history_filter *filter);
    void (*history_alerts)(void *context, struct call *call, const struct history_filter *filter);
    /* The heartbeat as it is, with what was alerted of it since `since_at`. */
    void (*history_heartbeat)(void *context, struct call *call, const struct heartbeat *heartbeat,
                              msec since_at);
    void (*history_incident)(void *context, struct call *call, uint64_t number);

    void (*calendars)(void *context, struct json_writer *writer);
    bool (*calendar_act)(void *context, enum calendar_action action, const char *name,
                         const char *actor, struct text *said, struct fault *fault);
    /* {"files"…} of docs/api.md for SHOW, {"ok"…} for CHECK and RELOAD, {"key"…} for EXPLAIN. */
    bool (*config)(void *context, enum config_action action, const char *key, const char *actor,
                   struct json_writer *writer, struct fault *fault);
    void (*status)(void *context, struct json_writer *writer);
    /* {"nodes"…} of docs/api.md. */
    void (*nodes)(void *context, struct json_writer *writer);
    /* With the addresses of callbacks for who may administer. */
    void (*channels)(void *context, bool is_admin, struct json_writer *writer);
    void (*metrics)(void *context, struct text *text);
    bool (*is_ready)(void *context, struct fault *why_not);
    /* Would a change reach the disk now? Says less than is_ready. */
    bool (*can_keep)(void *context, struct fault *why_not);
    /* Gaps of a team's role against its declared coverage, in order; for schedule. */
    void (*gaps)(void *context, const struct team *team, enum role role, msec from, msec until,
                 void (*found)(void *sink, const struct house_gap *gap), void *sink);
    /* The demo's inbox, newest first. */
    const struct inbox_letter *(*inbox_each)(void *context, const char *user, size_t *cursor);

    /* The certificate (PEM) that was fetched from that address of AWS SNS within a day, or NULL.
     * Borrowed until the next turn. */
    const char *(*sns_certificate)(void *context, const char *url);
    /* Asks an address of AWS SNS, and keeps the answer if it is a certificate. The call is handed
     * over: call_set_fetched(), and it is run again. False: too many wait, and it was not. */
    bool (*sns_fetch)(void *context, struct call *call, const char *url, bool is_certificate);

    /* Everything that is known, as a file: the call is handed over, and answered when it is there.
     */
    void (*backup)(void *context, struct call *call, const char *actor);

    /* Takes what a provider says, within the turn under way. */
    enum callback_end (*callback)(void *context, struct callback_door *door, struct fault *fault);

    /* Takes an answer to a page by mail, within the turn under way: 202, 400 (refused for good) or
     * 503. */
    unsigned (*mail_reply)(void *context, const char *token, const char *from, const char *words);

    /* Takes what another node was told while the database was away, within the turn under way: 202,
     * 422 (not all of it is known) or 503. */
    unsigned (*merge)(void *context, const char *node, struct span events);

    /* Makes the secret address of a feed; the change is part of the turn's commit. */
    bool (*feed_add)(void *context, const char *name, const char *team, const char *user,
                     const char *actor, char token[TOKEN_TEXT_SIZE], struct fault *fault);
    /* Is there a feed of that hash? */
    bool (*feed_has)(void *context, const char *hash);
    /* Answers by call_answer_feed(), at once or (CALL_HANDED_OVER) when it is made. The feed
     * exists. */
    enum call_wait (*feed_serve)(void *context, struct call *call,
                                 const struct feed_request *request);
};
