/* SPDX-License-Identifier: MIT */
/*
 * notify.h - turns a page into a request for the courier, and the courier's answer into an outcome.
 *
 * Pure: no clock, no network, no log. The daemon fills a letter with everything that a text can
 * need, asks the channel to render it, hands the request to the courier as a job (courier.h), and
 * asks the channel to judge the result. A channel whose request is REQUEST_NONE (inbox) needs no
 * courier: the daemon keeps request.text, and the outcome is OUTCOME_DELIVERED at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/time.h"
#include "base/zone.h"
#include "engine/event.h"
#include "engine/policy.h"
#include "engine/record.h"

#define REQUEST_HEADERS_MAX 32
#define REQUEST_HEADER_SIZE 8192 /* one line, "Name: value" */
#define REQUEST_URL_SIZE 8192
#define REQUEST_BODY_MAX (1024 * 1024)
#define REQUEST_ADDRESS_SIZE 321 /* RFC 5321: 64 @ 255, and NUL */
#define REQUEST_SECRET_SIZE 4097
#define RESULT_BODY_MAX (64 * 1024)
#define FETCH_BODY_MAX (16 * 1024 * 1024)
#define STREAM_LINE_MAX (1024 * 1024)
#define STREAM_TOTAL_MS (1 * HOUR_MS) /* then it is to be asked for anew */
#define RESULT_ERROR_SIZE 256
#define JUDGE_ERROR_SIZE 256

/*
 * Everything a text can need, filled by the daemon. Strings are borrowed, UTF-8, and may be NULL
 * or "" where there is nothing to say; instants are wall times, 0 when unknown. People are given
 * by the name to be read ("Ann"); URLs are complete.
 */
struct letter {
    enum page_kind kind;
    uint64_t page;     /* id of the page; with the user it makes the fixed Message-ID */
    uint64_t incident; /* number, 0 for a notice */
    enum severity severity;
    msec now_at; /* when it is rendered: decides "today" and how late */

    /* to whom */
    const char *user_id;
    const char *user_name;
    const char *address;          /* as the channel takes it: phone number, e-mail address */
    const struct zone *zone;      /* the reader's; NULL: the team's */
    const struct zone *team_zone; /* NULL: UTC */

    /* what */
    const char *team;
    const char *service;
    const char *object;  /* host or thing ("db1"), joined with the summary unless it is in it */
    const char *summary; /* "disk /var 96% full" */
    const char *details;
    msec opened_at;
    const struct label *labels;
    size_t label_count;
    uint64_t occurrences;
    bool is_private; /* nothing about the system in the text */

    /* where to go */
    const char *ack_link; /* https://host/a/TOKEN, or NULL where there are no links */
    const char *runbook;
    const char *graph; /* link of the alert */
    const char *war_room;
    const char *host; /* name in pagerd's own url, for Message-ID; NULL: "pagerd.invalid" */

    /* who and when, where the kind needs it */
    const char *actor; /* ACKED, RESOLVED: by whom ("you" is for the daemon to say); BY_HAND: who */
    msec acted_at;     /* ACKED, RESOLVED, CLEARED: when; STILL: acked when */
    msec duration_ms;  /* RESOLVED: from opening to resolve; 0: not said */
    const char *silent; /* ESCALATED: who did not answer */
    msec silent_ms;     /* ESCALATED: how long; 0: not said */
    const char *remark; /* BY_HAND: reason; NOTICE: the text; ESCALATED: used without `silent`;
                           ALERT: why only now */
    const char *next;   /* who is called next, or NULL */
    msec next_at;
    uint16_t call; /* how often this person was called for it, this one counted; 1 = first */

    /* the episode before, if any */
    uint64_t previous;       /* number, or 0 */
    bool is_reopened;        /* says AGAIN */
    msec previous_ended_at;  /* its resolve */
    const char *previous_by; /* who resolved it */
    const char *previous_note;

    /* REST, COVER, OVERRIDE */
    const char *role;  /* "primary" */
    const char *cover; /* REST: who stands in; COVER: who rests */
    msec from_at;      /* OVERRIDE */
    msec until_at;     /* REST, COVER, OVERRIDE */

    bool is_repeat; /* an earlier attempt may have arrived */
    bool is_late;   /* was due while pagerd was down */
    msec late_ms;   /* how late, when is_late */
};

/* A channel as configured, handed over as plain strings; NULL where not given. */
struct channel_settings {
    const char *url;            /* kannel, http */
    const char *method;         /* http; NULL: POST when there is a body, else GET */
    const char *const *headers; /* http: "Name: value" */
    size_t header_count;
    const char *body;   /* http: with $to $text $from */
    const char *expect; /* http: "2xx", "200,202", or a part of the answer's body; NULL: "2xx" */
    const char *smtp;   /* email: host, host:port, or smtps://host:port */
    const char *tls; /* email: "required" (or "starttls"), "always" (TLS from the first byte, as on
                        port 465), "opportunistic", "none" (or "never"); NULL: required when a
                        user is given, else opportunistic */
    const char *user;
    const char *password; /* the secret itself, already read */
    const char *from;     /* number, name or mail address */
    const char *ca_file;  /* PEM file of a private authority, or NULL: the system's */
};

enum request_kind {
    REQUEST_NONE, /* nothing to transfer */
    REQUEST_HTTP,
    REQUEST_SMTP,
    REQUEST_FETCH,  /* of a calendar's server, with a large answer; not made by render */
    REQUEST_STREAM, /* an answer of lines that goes on; each is given on when it has come */
    REQUEST_KIND_COUNT
};

enum request_tls {
    REQUEST_TLS_REQUIRED,
    REQUEST_TLS_OPPORTUNISTIC,
    REQUEST_TLS_NONE,
    REQUEST_TLS_COUNT
};

/* What the courier must do. Strings are borrowed (of render: from its arena); NULL when unused. */
struct request {
    enum request_kind kind;
    const char *url;
    const char *method;
    const char *headers[REQUEST_HEADERS_MAX]; /* "Name: value" */
    size_t header_count;
    struct span body;     /* HTTP: the body; SMTP: the message, with CRLF */
    const char *user;     /* SMTP AUTH, HTTP Basic */
    const char *password; /* never part of the url, never logged */
    const char *mail_from;
    const char *mail_to;
    enum request_tls tls; /* SMTP */
    const char *ca_file;
    const char *etag;          /* FETCH: If-None-Match */
    const char *last_modified; /* FETCH: If-Modified-Since */
    uint32_t connect_ms;
    uint32_t total_ms;
    const char
        *text; /* what the person reads: for the inbox and the demo; not given to the courier */
};

/* How far a transfer came; what it means for the page is for judge(). */
enum transfer_end {
    TRANSFER_ANSWERED,  /* the other side answered: see code and body */
    TRANSFER_UNREACHED, /* no connection: name, refused, no route, too slow to connect */
    TRANSFER_BROKEN,    /* lost or timed out before the message can have been taken */
    TRANSFER_UNCERTAIN, /* lost or timed out after it may have been taken */
    TRANSFER_LOGIN,     /* user or password refused */
    TRANSFER_UNTRUSTED, /* TLS: not offered, or the certificate is not trusted */
    TRANSFER_INVALID,   /* cannot be carried out as it stands: URL, control characters */
    TRANSFER_TOO_LARGE, /* the answer was larger than allowed */
    TRANSFER_GOES_ON,   /* STREAM: not the end, but whole lines of it; none: it has begun */
    TRANSFER_COUNT
};

/* What came of a request. Borrowed for the length of the callback that gave it. */
struct result {
    enum transfer_end end;
    uint32_t code; /* last HTTP status or SMTP reply, 0 when none came */
    struct span body;
    const char *error; /* a sentence; "" when answered */
    const char *etag;  /* FETCH, "" when none */
    const char *last_modified;
    uint32_t elapsed_ms;
    uint32_t retry_after_s; /* FETCH: the server asks to be left alone that long; 0: it does not */
};

/* One way to send. `channel` and `driver` are the names of the configuration. */
struct channel {
    const char *channel; /* "email", "sms", "inbox" */
    const char *driver;  /* "kannel", "http"; NULL: the channel has only one */
    bool is_quiet;       /* does not wake */
    /*
     * Fills `request`, whose strings live in `arena` or are borrowed from letter and settings.
     * Fails (FAULT_INPUT) on an address or settings that cannot be used: the page has failed.
     */
    MUST_USE bool (*render)(const struct letter *letter, const struct channel_settings *settings,
                            struct arena *arena, struct request *request, struct fault *fault);
    /* The outcome; `error` gets a short reason, or "" when there is none. Has no secrets. */
    enum page_outcome (*judge)(const struct result *result, const struct channel_settings *settings,
                               char error[JUDGE_ERROR_SIZE]);
    /* For --check: says what these settings lack. */
    MUST_USE bool (*check)(const struct channel_settings *settings, struct fault *fault);
};

/* NULL when there is no such channel or driver. A driver of NULL fits the channel's only row. */
const struct channel *channel_find(const char *channel, const char *driver);
/* All of them: start with *cursor = 0, NULL at the end. */
const struct channel *channel_each(size_t *cursor);

/* What is asked of a calendar's server or a monitoring system. NULL: not used. */
struct fetch_order {
    const char *channel; /* whose slots of the courier it takes; NULL: "calendar" */
    const char *accept;  /* NULL: a calendar, or anything */
    bool is_stream;      /* REQUEST_STREAM rather than REQUEST_FETCH */
    bool is_direct;      /* REQUEST_HTTP: a small answer, soon, and of that address alone */
    const char *url;     /* http, https or webcal; user and password in it are taken out */
    const char *method;  /* NULL: GET; of FETCH the only one for which redirects are followed */
    const char *depth;   /* "0" or "1" */
    const char *type;    /* of the body */
    struct span body;
    const char *etag;          /* only when it has another than this by now; "*": none at all */
    const char *last_modified; /* the same, as the last result gave it */
    const char *match;         /* only when it still has this etag */
    const char *user;          /* basic auth */
    const char *password;
    const char *ca_file; /* PEM file of a private authority */
};

/* As a request for the courier. Fails on any other kind of URL. */
MUST_USE bool request_fetch(const struct fetch_order *order, struct arena *arena,
                            struct request *request, struct fault *fault);

/* The SMS of a letter: GSM-7, one segment. Lives in `arena`. */
const char *letter_sms(const struct letter *letter, struct arena *arena);
/* "CRIT #412 db1: disk /var 96% full": the subject without its brackets. Lives in `arena`. */
const char *letter_title(const struct letter *letter, struct arena *arena);
/* Remark for a PAGE_NOTICE about a gap: "GAP nobody on call for ops Sat 28 Nov 18:00-22:00. ..." */
const char *notice_gap(const char *team, msec from_at, msec until_at, const struct zone *zone,
                       msec now_at, const char *link, struct arena *arena);
