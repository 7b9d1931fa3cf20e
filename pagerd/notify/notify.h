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
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "engine/event.h"
#include "engine/policy.h"
#include "engine/record.h"
#include "notify/retort.h"

#define REQUEST_HEADERS_MAX 32
#define REQUEST_HEADER_SIZE 8192 /* one line, "Name: value" */
#define REQUEST_URL_SIZE 8192
#define REQUEST_BODY_MAX (1024 * 1024)
#define REQUEST_ADDRESS_SIZE 321 /* RFC 5321: 64 @ 255, and NUL */
#define REQUEST_SECRET_SIZE 4097
#define REQUEST_ALLOW_SIZE 4096
#define RESULT_BODY_MAX (64 * 1024)
#define FETCH_BODY_MAX (16 * 1024 * 1024)
#define STREAM_LINE_MAX (1024 * 1024)
#define STREAM_TOTAL_MS (1 * HOUR_MS) /* then it is to be asked for anew */
#define RESULT_ERROR_SIZE 256
#define JUDGE_ERROR_SIZE 256
#define REFERENCE_SIZE 128 /* of a message's id at its provider */
#define CALLBACK_FIELDS_MAX 128

struct wordbook;

/*
 * Everything a text can need, filled by the daemon. Strings are borrowed, UTF-8, and may be NULL
 * or "" where there is nothing to say; instants are wall times, 0 when unknown. People are given
 * by the name to be read ("Ann"); URLs are complete.
 */
struct letter {
    enum page_kind kind;
    const struct wordbook *words; /* the house's own texts; NULL: those that are shipped */
    uint64_t page;                /* id of the page; with the user it makes the fixed Message-ID */
    uint64_t incident;            /* number, 0 for a notice */
    enum severity severity;
    bool is_canary; /* a test of the whole way: its first word frightens nobody */
    msec now_at;    /* when it is rendered: decides "today" and how late */

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
    uint32_t alert_count;     /* of the incident; where there are several, `summary` has it, and */
    const char *first_object; /* these are of the first alert alone */
    const char *first_summary;
    uint32_t team_size; /* members */
    bool is_private;    /* nothing about the system in the text */

    /* where to go */
    const char *ack_link; /* https://host/a/TOKEN, or NULL where there are no links */
    uint32_t ack_number;  /* the page behind that link asks for it; 0: it asks for none */
    const char *code;     /* VERIFY: the digits that have to be typed; NULL: none were made */
    const char *reply_to; /* address that an answer by mail goes to, or NULL: nobody reads them */
    const char *runbook;
    const char *graph; /* link of the alert */
    const char *war_room;
    const char *host; /* name in pagerd's own url, for Message-ID; NULL: "pagerd.invalid" */

    /* who and when, where the kind needs it */
    const char *actor; /* ACKED, RESOLVED: by whom ("you" is for the daemon to say); BY_HAND: who */
    const char *actor_via; /* ACKED: by which way, "SMS"; "" or NULL when it is not known */
    msec acted_at;         /* ACKED, RESOLVED, CLEARED: when; STILL: acked when */
    msec duration_ms;      /* RESOLVED: from opening to resolve; 0: not said */
    const char *silent;    /* ESCALATED: who did not answer */
    msec silent_ms;        /* ESCALATED: how long; 0: not said */
    const char *remark;    /* BY_HAND: reason; NOTICE: the text; ESCALATED: used without `silent`;
                              ALERT: why only now */
    const char *next;      /* who is called next, or NULL */
    msec next_at;
    uint16_t call;        /* how often this person was called for it, this one counted; 1 = first */
    const char *callback; /* address where the provider tells of this very attempt, with one "%s"
                             for what it tells ("status", "keys"); NULL: pagerd has no address */

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

    enum letter_keys keys; /* what can be answered by the way this goes */
    bool is_without_links; /* a carrier filtered a text with a link to this number */

    uint64_t swap; /* SWAP: which one; in answers to a reply: one that waits; 0: none is known */

    /* What else waits for the same person: in answers to a reply (retort.h). */
    uint32_t acked_more; /* other incidents that the same answer acked */
    uint64_t other;      /* number, or 0 */
    const char *other_object;
    const char *other_summary;
    bool is_other_private;
    const char *url; /* pagerd's own, or NULL */

    bool is_repeat;  /* an earlier attempt may have arrived */
    const char *key; /* idempotency key of the attempt: 32 of 0-9 and a-f, the same when it is sent
                        once more because nobody knows whether it has arrived; NULL: it has none */
    bool is_late;    /* was due while pagerd was down */
    msec late_ms;    /* how late, when is_late */
};

/* One provider of a channel as configured, handed over as plain strings; NULL where not given. A
 * key of the configuration is the field of that name (daemon/channels.c has the table). */
struct channel_settings {
    const char *driver;
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
    const char *password; /* the secret itself, already read; so are token, key and secret */
    const char *from;     /* number, name or mail address */
    const char *ca_file;  /* PEM file of a private authority, or NULL: the system's */
    const char *account;
    const char *token;
    const char *key;
    const char *secret;     /* that callbacks are signed with */
    const char *server;     /* base address of one's own server */
    const char *delivered;  /* http: "FIELD=WORD,WORD" of a receipt that says so */
    const char *failed;     /* http: the same */
    const char *reply_from; /* http: field of a reply with the sender's number */
    const char *reply_text; /* http: the same with the text */
    const char *acks;       /* "true": acknowledging on the phone is an ack */
    const char *folder;     /* spool */
    const char *voice;      /* and language of spoken texts */
    const char *language;
    const char *const *command; /* program and its arguments */
    size_t command_count;
};

enum request_kind {
    REQUEST_NONE, /* nothing to transfer */
    REQUEST_HTTP,
    REQUEST_SMTP,
    REQUEST_FETCH,  /* of a calendar's server, with a large answer; not made by render */
    REQUEST_STREAM, /* an answer of lines that goes on; each is given on when it has come */
    REQUEST_SPOOL,  /* files in the folders of a program that drives a modem (spool.h) */
    REQUEST_EXEC,   /* a command of this machine: its path as url, "arg: " and "env: " as headers */
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
    bool is_probe;     /* HTTP, SMTP: connects, secures, logs in, and sends nothing */
    const char *allow; /* a name may lead to these networks (blanks between) although they are
                          private; NULL: it may lead anywhere */
    const char *etag;  /* FETCH: If-None-Match */
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
    TRANSFER_LATE,      /* it was begun too late (courier.h): nothing of it has gone out */
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
    uint32_t retry_after_s; /* HTTP: the server asks to be left alone that long; 0: it does not */
};

/* What an answer means for the page. */
struct verdict {
    enum page_outcome outcome;
    bool is_provider_fault; /* another provider might carry it: this one is away, has no credit,
                               refuses our login ...; false: it is about the address or the text */
    bool is_link_refused;   /* FAILED, because a carrier filters texts with a link in them: it is
                               repeated without, if it had one */
    char reference[REFERENCE_SIZE]; /* the provider's id of the message; "": it gave none */
    char error[JUDGE_ERROR_SIZE];   /* a short reason, without secrets; "" when there is none */
};

/* A request of a provider to us. Strings are borrowed, valid UTF-8 but for `body`. */
struct callback {
    const char *what;   /* "status", "keys", "reply", "button" */
    const char *method; /* "POST", "GET" */
    const char *url;    /* as the provider has it: public address, path and query */
    struct span body;   /* as it came */
    const char *names[CALLBACK_FIELDS_MAX]; /* fields of the query and of a form in the body */
    const char *values[CALLBACK_FIELDS_MAX];
    size_t field_count;
    const char *signature; /* what the headers have of it, see callback_headers(); NULL: nothing */
    const char *timestamp; /* of the signature, the same */
    msec now_at;           /* wall */
    uint64_t page;         /* that the address names, 0: none */
    uint16_t attempt;

    /* Filled by the daemon where the address names a page that is still known. */
    const struct letter *letter;  /* what the page says; NULL: none */
    const char *pin;              /* that its person has to key in before a deed; NULL: none */
    bool has_text;                /* its person has the same page as a text message */
    bool is_over;                 /* this call has had its answer: nothing more is done by it */
    const struct wordbook *words; /* the house's own texts; NULL: those that are shipped */
    /* And before respond(): how it was sent, and what became of what the person said. */
    const struct channel_settings *settings;
    const struct retort *said; /* NULL: nobody said anything to act on */
};

enum news_kind {
    NEWS_NOTHING, /* understood, but nothing follows from it */
    NEWS_RECEIPT, /* what became of a page: outcome, error, reference */
    NEWS_REPLY,   /* somebody wrote: from, text */
    NEWS_KEYS,    /* somebody pressed keys in a call: text has them, "" for none */
    NEWS_BUTTON,  /* somebody pressed a button in a room: from, room, reference, incident, action */
    NEWS_COMMAND, /* somebody wrote a command in a room: from, room, text */
    NEWS_LOOK,    /* something happened to a message: the provider is to be asked what */
    NEWS_COUNT
};

/* What a callback says. Strings live in the arena or are borrowed from the callback. */
struct news {
    enum news_kind kind;
    enum page_outcome outcome;
    bool is_provider_fault;
    bool is_link_refused;
    const char *error;
    const char *reference;
    const char *from; /* number, or id of the person there */
    const char *text;
    uint64_t incident;
    const char *action; /* a word of a reply: "4", "ack"; of keys: the verb that they mean
                           (reply.h), or NULL while it takes more of them */
    const char *room;   /* where it was pressed or written */
};

struct spool_file;

#define SIREN_LENGTH_MS (1 * HOUR_MS) /* a siren that nobody stops ends then */

struct fetch_order;

/* A message that is repeated on the phone until the person acknowledges it there. Requests fail
 * like render. */
struct siren {
    bool (*is_one)(const char *reference); /* the message of that reference is */
    MUST_USE bool (*ask)(const char *reference, const struct channel_settings *settings,
                         struct arena *arena, struct fetch_order *order, struct fault *fault);
    /* Has it been acknowledged, by that address itself? Since when (wall). */
    bool (*is_acked)(struct span body, const char *address, msec *at);
    MUST_USE bool (*cancel)(const char *reference, const struct channel_settings *settings,
                            struct arena *arena, struct fetch_order *order, struct fault *fault);
};

/* What a provider makes of a page that it is given twice with the same idempotency key. */
enum key_use {
    KEY_NONE,  /* it takes no key, or heeds none: the person gets both, the second one marked */
    KEY_ONCE,  /* what was taken with it is not taken again */
    KEY_SHOWN, /* takes both; the phone shows the second one in the place of the first */
    KEY_GIVEN, /* hands it on: who receives it may tell a repeat by it, or not */
    KEY_USE_COUNT
};

/* One way to send. `channel` and `driver` are the names of the configuration. */
struct channel {
    const char *channel; /* "email", "sms", "inbox" */
    const char *driver;  /* "kannel", "http"; NULL: the channel has only one */
    bool is_quiet;       /* does not wake */
    enum key_use key_use;
    const char *key_name;      /* what the key is called there; NULL with KEY_NONE */
    const struct chat *chat;   /* it has rooms and pages nobody: no render, no judge; else NULL */
    const struct siren *siren; /* its messages may be repeated until acknowledged; else NULL */
    /*
     * Fills `request`, whose strings live in `arena` or are borrowed from letter and settings.
     * Fails (FAULT_INPUT) on an address or settings that cannot be used: the page has failed.
     */
    MUST_USE bool (*render)(const struct letter *letter, const struct channel_settings *settings,
                            struct arena *arena, struct request *request, struct fault *fault);
    /* Fills the verdict, which is zeroed. */
    void (*judge)(const struct result *result, const struct channel_settings *settings,
                  struct verdict *verdict);
    /* For --check: says what these settings lack. */
    MUST_USE bool (*check)(const struct channel_settings *settings, struct fault *fault);

    /* What follows is NULL where the provider has no such thing. */

    /* The headers of a callback that have its signature and the time that it was made at. */
    const char *signature_header;
    const char *timestamp_header;
    uint16_t refusal; /* status of the answer to one that is not signed as it must be; 0: 403 */
    bool has_replies; /* callbacks about no message of ours: what people write to its number */
    /* Verifies and reads a callback. FAULT_DENIED: it is not signed as it must be, there is no
     * other way in; FAULT_INPUT: it makes no sense. */
    MUST_USE bool (*receive)(const struct callback *callback,
                             const struct channel_settings *settings, struct arena *arena,
                             struct news *news, struct fault *fault);
    /* What is answered to it: appends the body, `text` being for the person ("": nothing), and
     * returns its content type. NULL: an empty answer. */
    const char *(*respond)(const struct callback *callback, const char *text, struct text *body);

    /* Asks what became of a message. Fails like render. */
    MUST_USE bool (*poll)(const char *reference, const struct channel_settings *settings,
                          struct arena *arena, struct request *request, struct fault *fault);
    /* OUTCOME_SENT: not known yet. */
    void (*judge_poll)(const struct result *result, const struct channel_settings *settings,
                       struct verdict *verdict);

    /* Asks for what has come in as files, and removes those taken before. Fails like render. */
    MUST_USE bool (*collect)(const struct channel_settings *settings, const char *const *taken,
                             size_t taken_count, struct arena *arena, struct request *request,
                             struct fault *fault);
    /* What one of them says; of a receipt either `reference` or `from` tells of which page. */
    void (*read_file)(const struct spool_file *file, struct arena *arena, struct news *news);

    /* The probe shows that somebody listens there, and not that pages are taken. */
    bool is_probe_shallow;
    /* Asks the provider something that pages nobody and proves that the settings are right. */
    MUST_USE bool (*probe)(const struct channel_settings *settings, struct arena *arena,
                           struct request *request, struct fault *fault);
    /* OUTCOME_DELIVERED: all is well; else `error` says what is not. */
    void (*judge_probe)(const struct result *result, const struct channel_settings *settings,
                        struct verdict *verdict);
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
    bool is_guarded;     /* a name leads to a private address only where that is allowed */
    const char *url;     /* http, https or webcal; user and password in it are taken out */
    const char *method;  /* NULL: GET; of FETCH the only one for which redirects are followed */
    const char *depth;   /* "0" or "1" */
    const char *type;    /* of the body */
    struct span body;
    const char *etag;           /* only when it has another than this by now; "*": none at all */
    const char *last_modified;  /* the same, as the last result gave it */
    const char *match;          /* only when it still has this etag */
    const char *const *headers; /* more of them, "Name: value" */
    size_t header_count;
    const char *user; /* basic auth */
    const char *password;
    const char *ca_file; /* PEM file of a private authority */
};

/* As a request for the courier. Fails on any other kind of URL. */
MUST_USE bool request_fetch(const struct fetch_order *order, struct arena *arena,
                            struct request *request, struct fault *fault);

/* How the sentence about a fetch that failed begins; "" where the result's error is all of it. */
const char *fetch_problem(enum transfer_end end);

/* The SMS of a letter: GSM-7, one segment. Lives in `arena`. */
const char *letter_sms(const struct letter *letter, struct arena *arena);
/* "CRIT #412 db1: disk /var 96% full": the subject without its brackets. Lives in `arena`. */
const char *letter_title(const struct letter *letter, struct arena *arena);
/* Remark for a PAGE_NOTICE about a gap: "GAP nobody on call for ops Sat 28 Nov 18:00-22:00. ..." */
const char *notice_gap(const char *team, msec from_at, msec until_at, const struct zone *zone,
                       msec now_at, const char *link, struct arena *arena);
