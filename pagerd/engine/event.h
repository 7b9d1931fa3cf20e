/* SPDX-License-Identifier: MIT */
/*
 * event.h - everything that can happen to the engine.
 *
 * Strings are borrowed for the length of the step. What needs chance (uuids) or bytes from outside
 * comes in the event, made by an adapter. `actor` is who did it: a user id for what people do, the
 * name of the integration for what sources do.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "engine/policy.h"
#include "engine/record.h"
#include "engine/roster.h"

enum event_kind {
    /* from sources, by an integration key */
    EVENT_TRIGGER,
    EVENT_RESOLVE_SOURCE,
    EVENT_CHANGE,      /* something was changed: goes into the audit log, pages nobody */
    EVENT_NOTE_SOURCE, /* goes into the timeline of an open incident, changes nothing */
    /* by a named person (from a source only when it names the person: ack sync) */
    EVENT_ACKNOWLEDGE,
    EVENT_UNACKNOWLEDGE, /* undo; with an alert: it was taken back at the source */
    EVENT_RESOLVE,
    EVENT_SNOOZE,
    EVENT_UNSNOOZE,
    EVENT_ESCALATE,
    EVENT_REASSIGN,
    EVENT_NOTE,
    EVENT_LINK, /* something happened to an ack link: by whom is not known */
    EVENT_OVERRIDE_ADD,
    EVENT_OVERRIDE_END,
    EVENT_TEST_PAGE,   /* page `user` by each contact, or by the channel `text`, as a test */
    EVENT_TEST_ANSWER, /* the actor answers the test of the channel `text` */
    EVENT_CODE_MADE,   /* the page `id` goes out with a code; its code_hash() is `text` */
    EVENT_CODE,        /* the actor has typed the code `text` */
    EVENT_SWAP_ASK,    /* by whose shift it is: who takes this part of it? */
    EVENT_SWAP_ANSWER, /* by who was asked */
    EVENT_SWAP_CANCEL,
    EVENT_SILENCE_ADD,
    EVENT_SILENCE_END,
    EVENT_HEARTBEAT_ADD,
    EVENT_HEARTBEAT_REMOVE,
    EVENT_HEARTBEAT_PING, /* by whoever has its secret, or by a person */
    EVENT_RECOVERY_START,
    EVENT_RECOVERY_END,   /* by a manager */
    EVENT_RECOVERY_WAIVE, /* by the person; nobody else can */
    EVENT_PAUSE,          /* by the person alone, as the next: lays the duty down */
    EVENT_PAUSE_END,
    EVENT_AWAKE, /* is up, and need not be woken */
    EVENT_AWAKE_END,
    /* from the courier */
    EVENT_PAGE_OUTCOME,
    EVENT_COURIER_LOST, /* the courier died: all PAGE_SENDING are of unknown outcome */
    EVENT_PROVIDER,     /* asked how it is, without a page: `channel`, `provider`, `outcome` */
    EVENT_HURRY,        /* the store takes nothing: who waits for more alerts is paged now */
    /* from the house */
    EVENT_TICK,     /* time has passed; engine_step does what is due on every event anyway */
    EVENT_NOTICE,   /* pagerd's own word to a team's manager (or, without a team, to the admins) */
    EVENT_RESTORED, /* all that is known comes out of a backup of `from_at`: tells those concerned
                     */
    EVENT_POLICY,
    EVENT_ROSTER,
    EVENT_COUNT
};

/* What a source says. Texts over the limits of record.h are cut by ingest/, never refused. */
struct alert {
    const char *integration;   /* name of the key */
    const char *team;          /* that the key raises alerts for; NULL or "": by the routes */
    const char *dedup_key;     /* NULL or "": the uuid is used, so that each alert is its own */
    enum severity severity;    /* as the format understands the word; engine/route.h maps it */
    const char *severity_word; /* as the source wrote it; NULL or "": it said none */
    bool is_severity_guessed;  /* there was no word, or none that the format knows */
    const char *summary;
    const char *details;
    const char *source;
    const char *service;
    const char *runbook;
    const char *link;
    const struct label *labels;
    size_t label_count;
    const char *group; /* the source's own key of what belongs together, or NULL */
    msec grace_ms;     /* somebody's resolve holds it down that long; 0: GRACE_MS */
    msec started_at;   /* wall, by the source: since when it fires; 0: it does not say */
    msec ends_at;      /* wall, by the source: not repeated until then, it is over; 0: it
                          stays until it is resolved */
    bool is_told_once; /* an end ahead says nothing: its source does not repeat it till then,
                          and tells when it is over */
    bool has_no_limit; /* pagerd's own about a key, of which there are few: the limits of
                          that key do not count */
    uint64_t number;   /* that another node has given to the incident that this opens: it is
                          kept when it is free; 0: none */
    char uuid[UUID_TEXT_SIZE]; /* fresh, used when this opens an incident */
};

/* What happened to an ack link, without anybody's having acted by it. */
enum link_news {
    LINK_WRONG,    /* another number than the message's was given; one more try is left */
    LINK_SPENT,    /* the last try was wrong, too: it acts no more */
    LINK_DISOWNED, /* whoever opened it says that it is not for them: it acts no more */
    LINK_NEWS_COUNT
};

enum page_outcome {
    OUTCOME_SENT,
    OUTCOME_DELIVERED,
    OUTCOME_RETRY,   /* temporary: try again later and go on with the next method meanwhile */
    OUTCOME_FAILED,  /* for good: the next contact method now */
    OUTCOME_UNKNOWN, /* may have arrived: repeat, marked */
    OUTCOME_COUNT
};

struct event {
    enum event_kind kind;
    const char *actor; /* user id, integration name, or "pagerd" */
    const char *via;   /* how it came: "http", "socket", "link sms", "icinga" ...; for the log */
    uint64_t incident; /* number, where the event is about one */
    uint64_t id;       /* of the page, override, silence or heartbeat, where it is about one */
    const char *text;  /* note, reason, error of an outcome, notice; or NULL */
    const char *user;  /* RECOVERY_*, LINK: whose; REASSIGN: to whom; OVERRIDE_ADD: who */
    const char *team;  /* OVERRIDE_ADD, SILENCE_ADD, NOTICE */
    const char *match; /* SILENCE_ADD: see struct silence */
    bool is_yes;       /* SWAP_ANSWER */
    bool is_day;       /* SWAP_ASK: from_at is the midnight of a day, not an instant */
    bool is_take;      /* ACKNOWLEDGE: take over from who has it */
    enum role role;    /* OVERRIDE_ADD */
    msec for_ms;       /* SNOOZE, RECOVERY_START; 0: use until_at. PAUSE, AWAKE; 0: the usual while.
                        * ACKNOWLEDGE: it was said so long after the `now` of this step */
    msec from_at;      /* OVERRIDE_ADD, SILENCE_ADD, wall; 0: now. RESTORED */
    msec until_at;     /* SNOOZE, OVERRIDE_ADD, SILENCE_ADD, RECOVERY_START, wall */
    bool is_of_key;    /* HEARTBEAT_ADD: the actor is an integration */
    const struct heartbeat *heartbeat; /* HEARTBEAT_ADD: what it is to be; the rest is set here */
    enum heartbeat_ping ping;          /* HEARTBEAT_PING; what it said besides is `text` */
    struct target target; /* REASSIGN, instead of user: kind TARGET_COUNT when unused */
    enum link_news link;  /* LINK; `via` says which way the link went: "link sms" */
    enum page_outcome outcome;
    uint16_t attempt;            /* PAGE_OUTCOME: which one it is of; 0: the latest */
    bool is_provider_fault;      /* PAGE_OUTCOME: another provider might carry it */
    bool is_link_refused;        /* PAGE_OUTCOME: FAILED, and without a link it might arrive */
    uint8_t provider;            /* PAGE_OUTCOME: 1, 2; 0: that of the latest attempt */
    const char *channel;         /* PROVIDER */
    const char *reference;       /* PAGE_OUTCOME: the provider's id of the message; NULL: none */
    const struct alert *alert;   /* TRIGGER, RESOLVE_SOURCE, NOTE_SOURCE, source's ACKNOWLEDGE */
    const struct policy *policy; /* POLICY; stays the caller's and must outlive the engine's use */
    const struct language *language; /* POLICY: what people are told in (sentence.h), the same;
                                        NULL: as shipped */
    const struct roster *roster;     /* ROSTER; the same */
};
