/* SPDX-License-Identifier: MIT */
/*
 * record.h - what the engine keeps and the store saves: incidents, their alerts, pages, people,
 * overrides, silences, heartbeats and the entries of the timeline. Plain data; strings are owned by
 * the record.
 *
 * Every record carries the version under which it was last committed. The engine raises it when
 * it changes the record; the store checks that what it replaces is one lower.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/heap.h"
#include "base/id.h"
#include "base/time.h"
#include "engine/policy.h"

#define SUMMARY_MAX 1024 /* bytes; longer ones are cut at a character, with a mark */
#define DETAILS_MAX 16384
/* Begins the key of what pagerd makes of alerts that it cannot show singly. */
#define OWN_KEY "pagerd/"
#define DEDUP_KEY_MAX 255
#define LABELS_MAX 64
#define LABEL_NAME_MAX 128
#define LABEL_VALUE_MAX 1024
#define INCIDENT_PAGED_MAX 64 /* people ever paged for one incident, remembered for good news */
#define NOTE_MAX 4096
#define ALERT_SUMMARY_MAX 256 /* bytes; of an alert beside the incident's own */
#define ALERT_RULE_MAX 256

enum incident_state {
    INCIDENT_TRIGGERED,
    INCIDENT_ACKNOWLEDGED,
    INCIDENT_SNOOZED,
    INCIDENT_SUPPRESSED, /* kept, but no rule pages anybody for it; says which in `reason` */
    INCIDENT_RESOLVED,
    INCIDENT_STATE_COUNT
};

/* Where an incident stands on its policy. Plain data: copy it, compare it, store it. */
struct escalation {
    uint16_t step;  /* index into team->steps; step_count: at the last resort */
    uint16_t round; /* rounds of this step begun, from 1 */
    uint32_t laps;  /* rounds of the last resort */
    msec due_at;    /* steady; when to move on; MSEC_NEVER while held */
};

struct label {
    const char *name;
    const char *value;
};

/* What has been done with an incident: who has it, who has put it off, what holds it back, how it
 * was ended. Of most of a great many nothing has, and they have no record of this of their own. */
struct handling {
    msec acknowledged_at;         /* wall, as all that is shown; 0 when not */
    const char *acknowledged_by;  /* user id, or "" */
    const char *acknowledged_via; /* how that came, as event.via; "" or NULL when not known */
    msec acknowledge_due_at;      /* steady; ack timeout; MSEC_NEVER when none */
    msec grow_due_at; /* steady; who has it hears of new alerts then; MSEC_NEVER: of none */
    const char *reassigned_to; /* user id that has been asked by hand, or "" */
    msec snoozed_until_at;     /* wall; 0 when not */
    msec snooze_due_at;        /* steady, of a snooze "for"; MSEC_NEVER when until a wall time */
    const char *snoozed_by;
    uint64_t held_by;      /* while SUPPRESSED: the silence that holds it back, 0 when something
                              else does; later: the one that did */
    msec hold_from_at;     /* wall; since when nobody was paged because all slept; 0: not so */
    msec hold_until_at;    /* wall; while SUPPRESSED: held until that morning (hold.h); else 0 */
    const char *hold_user; /* user id whose morning that is, or "" */
    bool is_hold_waived;   /* somebody has passed it on by hand, since the last ack */
    msec resolved_at;
    msec ended_at;           /* steady; when it was resolved; 0: an older pagerd did not keep it */
    const char *resolved_by; /* user id, or "" when by its source */
    const char *remedy;      /* what was said at its resolve, else its last note; NULL: nothing */
    uint64_t merged_into;    /* number of the incident that has its alerts now, or 0 */

    /* The engine's own and not stored. */
    msec grown_at;               /* steady; when who has it was told of new alerts last; 0: never */
    struct heap_item wall_timer; /* of the snooze, the hold, or being kept */
    struct incident *incident;   /* whose it is */
};

/* That of all incidents of which nothing was done. */
extern const struct handling handling_none;

struct incident {
    uint64_t number; /* from 1, never reused; one number is one episode */
    uint64_t version;
    char uuid[UUID_TEXT_SIZE];
    bool is_source_firing; /* the source has not said resolved */
    bool is_reopened;      /* same dedup key was resolved a short while ago */
    bool is_recalled; /* of a backup, and its source has not said it again: recall.h; not stored */
    enum incident_state state;
    enum severity severity;
    const char *team;
    const char *service; /* "" when unknown */
    const char *summary;
    const char *details;     /* longer text, or "" */
    const char *source;      /* what the monitoring calls itself or the object, or "" */
    const char *integration; /* name of the key it came by, or "pagectl" */
    const char *dedup_key;
    const char *runbook; /* URL from the alert, or "" */
    const char *link;    /* graph or other URL from the alert, or "" */
    const char *reason;  /* why suppressed, or promoted; or "" */
    struct label *labels;
    uint32_t label_count;
    uint32_t paged_count; /* of `paged` */
    uint64_t occurrences;
    msec opened_at; /* wall, as all that is shown */
    msec last_alert_at;
    msec promote_due_at; /* steady; MSEC_NEVER when none */
    uint64_t previous;   /* number of that episode, or 0 */
    struct escalation walk;
    const struct handling *handling; /* to be changed: incident_handle() */
    const char *group_key;           /* of the alerts that join it, see group.h; NULL: none do so */
    const char *mixed;  /* names of labels in which its alerts differ, see mixed.h; NULL: none */
    const char **paged; /* user ids paged so far, for good news and undo */
    struct heap_item timer; /* the engine's own, not stored */

    /* The engine's own and not stored, all of it. */
    uint64_t listed;      /* turn in which it was last listed for saving */
    msec saved_at;        /* steady; last save because of a plain duplicate */
    msec save_due_at;     /* steady; duplicates counted since are saved then; MSEC_NEVER: none */
    msec step_entered_at; /* steady; since when the people of this step are silent */
    struct page *pages;   /* newest first, linked by page->older */
    struct alert_record *alerts;       /* oldest first, linked by `next` */
    struct alert_record *newest_alert; /* the end of that list */
    struct alert_record *unsaved;      /* changed since they were saved, linked by `unsaved` */
    uint32_t told_count;               /* alerts that it had when somebody was told of it last */
    uint32_t held;                     /* flapping ones among them that are quiet just now */
    uint32_t alert_count;              /* in that list */
    uint32_t firing[SEVERITY_COUNT];   /* of these, those that fire, by their severity */
};

/*
 * What one dedup key of one integration says: an episode of it, from the first trigger until its
 * source says that it is over. It is a member of exactly one incident; the first one of an incident
 * is its lead, whose texts are the incident's own. An incident that its source ends is over when
 * all its alerts are.
 */
struct alert_record {
    uint64_t id;       /* from 1, never reused */
    uint64_t version;  /* 0: never saved, for its store is older than alerts of their own are */
    uint64_t incident; /* number */
    const char *integration;
    const char *dedup_key;
    const char *summary; /* NULL: the incident's */
    const char *service; /* NULL: the incident's */
    const char *rule; /* by which rule it is where it is: "new", "storm" ...; see alert_explain() */
    const char *route; /* which route brought it to its team, or NULL */
    uint64_t occurrences;
    msec first_at; /* wall, as all up to started_at */
    msec last_at;
    msec started_at;    /* since when it fires, by its source; 0: unknown */
    msec ended_at;      /* steady, as due_at; when its source said so; 0 while it fires */
    msec due_at;        /* over by itself then, when it is not repeated; MSEC_NEVER: never */
    msec flaps_from_at; /* steady; the first of `episodes` */
    uint32_t episodes;  /* of the key, this one counted, within the time of policy->flapping */
    enum severity severity;
    bool is_firing;
    bool is_flapping;       /* held until it is quiet: due_at, while it does not fire */
    bool is_expired;        /* over because it was not repeated */
    bool is_insisting;      /* counted after a person's resolve: a new episode at due_at */
    bool is_skewed;         /* its source's clock is behind: ends that are past are repetitions */
    struct heap_item timer; /* not stored, as all below */
    uint64_t listed;        /* as in struct incident */
    struct alert_record *next;    /* of the same incident */
    struct alert_record *unsaved; /* the next one that is; itself: the last */
};

/* What a page is for; notify/ has one text for each. */
enum page_kind {
    PAGE_ALERT,     /* first call */
    PAGE_AGAIN,     /* a later step of the same person's notify rule or round */
    PAGE_ESCALATED, /* passed on because somebody was silent */
    PAGE_BY_HAND,   /* escalate or reassign by a person */
    PAGE_STILL,     /* acknowledged and forgotten */
    PAGE_WOKEN,     /* snooze ran out */
    PAGE_LAST_RESORT,
    PAGE_ACKED, /* good news: acked by somebody else */
    PAGE_RESOLVED,
    PAGE_CLEARED,      /* resolved by its source before any ack */
    PAGE_REST,         /* you are off call */
    PAGE_COVER,        /* you stand in */
    PAGE_OVERRIDE,     /* the rota was changed for you by hand */
    PAGE_NOTICE,       /* pagerd's own word to a manager: text as it stands */
    PAGE_GROWN,        /* what you have acked has become more */
    PAGE_SHIFT_SOON,   /* you have a shift tomorrow */
    PAGE_SHIFT_STARTS, /* it is yours: what is open, what happened */
    PAGE_SHIFT_ENDS,   /* it is yours no more, and who has it */
    PAGE_BUNDLE,       /* several that came close together: bundle.h; an alarm, as PAGE_ALERT */
    PAGE_DIGEST,       /* several that waited for the morning: hold.h; an alarm as well */
    PAGE_SWAP,         /* somebody asks you to take a shift */
    PAGE_SWAPPED,      /* what came of such a question */
    PAGE_TEST,         /* proves that this way leads to its person; pages for nothing */
    PAGE_VERIFY,       /* has a code that its person types: code.h */
    PAGE_KIND_COUNT
};

enum page_state {
    PAGE_QUEUED,    /* on disk, not yet given to the courier (or waiting for its retry) */
    PAGE_SENDING,   /* the courier has it */
    PAGE_SENT,      /* the provider took it */
    PAGE_DELIVERED, /* the provider says it arrived */
    PAGE_FAILED,    /* for good; the reason is in `error` */
    PAGE_UNKNOWN,   /* may or may not have gone out */
    PAGE_CANCELLED, /* overtaken by an ack or resolve before it went out; shown as failed */
    PAGE_STATE_COUNT
};

/* Why nobody knows whether an attempt has arrived. */
enum repeat_reason {
    REPEAT_RESTART, /* pagerd ended meanwhile, or another node has taken over */
    REPEAT_COURIER, /* the courier died */
    REPEAT_SILENCE, /* no outcome came */
    REPEAT_HEDGE,   /* none came in time: the other provider has it, too */
    REPEAT_UNSURE,  /* the answer was lost, or says nothing */
    REPEAT_REASON_COUNT
};

#define PAGE_UNASKED_AT 0

struct page {
    uint64_t id; /* from 1, never reused */
    uint64_t version;
    uint64_t incident; /* number, or 0 for a notice */
    enum page_kind kind;
    enum page_state state;
    const char *user; /* id */
    const char *channel;
    const char *address;
    const char *text;  /* what is said beside the incident: who was silent, why asked, the notice */
    const char *error; /* of the last attempt, or "" */
    const char *reference; /* the provider's id of what it took last, or "" */
    const char *also;      /* numbers of the other incidents that it stands for, or "": bundle.h */
    msec created_at;       /* wall */
    msec sent_at;          /* wall, of the last attempt's outcome; 0 before */
    msec retry_at;    /* steady; when the next attempt is due; while it is SENT, when its receipt
                         is; MSEC_NEVER when none is. While it is SENDING: see is_unasked */
    uint16_t attempt; /* attempts begun */
    bool is_repeat;   /* an earlier attempt's outcome is unknown: may arrive twice */
    bool is_late;     /* was due while pagerd was down */
    bool is_second;   /* the latest attempt is for the second provider of the channel */
    uint16_t key_attempt; /* the attempt that the latest one is to its provider: itself, or the one
                             that it repeats (repeat.h); 0: the next one is a new one */
    uint16_t plain_after; /* attempt that was filtered for its link, since when it goes without one;
                             0: none; not stored */
    struct heap_item timer;           /* not stored */
    uint64_t listed;                  /* as in struct incident; not stored, as all below */
    enum repeat_reason repeat_reason; /* of the latest repeat */
    msec started_at;        /* steady; when it was made, or when pagerd was started since */
    msec handed_at;         /* steady; of the latest attempt */
    uint16_t sent_attempt;  /* the one that was taken; 0: not known */
    bool is_sent_by_second; /* by whom that was */
    bool is_switched;       /* a fault of one provider has brought it to the other */
    bool is_refused;        /* for good, by the provider that had it last */
    bool is_hung;           /* the latest attempt was not answered in time */
    bool is_in_doubt;       /* no receipt came for it in time, and it was waited for */
    bool has_gone_on;       /* the next method was paged because of it */
    bool is_unasked;    /* its person is asked no more: if it has not left, it stays. Of one that
                           is SENDING it is stored: retry_at is PAGE_UNASKED_AT, not NEVER */
    struct page *older; /* of the same incident */
    struct page *newer;
};

/* A person's notify rule that is running for one incident. */
struct notify_run {
    uint64_t incident;
    enum page_kind kind; /* of the first page; later ones are PAGE_AGAIN */
    char *rule;          /* id of the notify rule */
    char *text;          /* goes into every page of the run */
    uint16_t next_step;
    msec started_at; /* steady */
    msec due_at;     /* steady; MSEC_NEVER: all steps are done, nobody has answered yet */
    msec
        bundle_at; /* steady; its first page waits for others until then; MSEC_NEVER: it does not */
    enum page_kind bundle_kind; /* of the page that it waits for */
    uint16_t tried;             /* contacts paged in this run, a bit each; not stored */
};

/* One disturbance: from the first page of an incident to its resolve (or to now). */
struct disturbance {
    uint64_t incident;
    msec first_page_at; /* wall */
    msec last_page_at;
    msec ended_at;    /* wall; 0 while open; first_page_at for who was woken but not up */
    uint16_t wakings; /* pages more than 15 minutes apart in that person's night */
};

#define PERSON_RUNS_MAX 256
#define PERSON_DISTURBANCES_MAX 256 /* of the last 48 hours */

struct person {
    char *user; /* id */
    uint64_t version;
    msec rest_from_at;  /* wall; 0 when not in recovery */
    msec rest_until_at; /* wall */
    char *rest_because; /* "#412, awake 03:02-03:31 (29m)" */
    bool is_rest_by_hand;
    msec rest_waived_at; /* wall; disturbances before it do not count again; 0 when never */
    msec awake_until_at; /* wall; acked, or said so: awake.h; 0 when never */
    msec gathered_at;    /* steady; when an awake person was paged last; 0: not in this life */
    msec pause_from_at;  /* wall; has laid the duty down: pause.h; 0 when not */
    msec pause_until_at; /* wall */
    struct notify_run *runs;
    size_t run_count;
    struct disturbance *disturbances;
    size_t disturbance_count;
    struct heap_item rest_timer;  /* end of rest on the wall clock; not stored */
    struct heap_item pause_timer; /* not stored */
    struct heap_item run_timer;   /* the run that is due first; not stored */
    uint64_t listed;              /* as in struct incident; not stored */
};

struct override {
    uint64_t id; /* shown as o57 */
    uint64_t version;
    char *team;
    enum role role;
    char *user;   /* id */
    msec from_at; /* wall, half-open */
    msec until_at;
    char *by; /* user id */
    char *note;
    bool is_ended;   /* by hand; until_at is then when that was */
    uint64_t listed; /* as in struct incident; not stored */
};

#define SILENCE_MAX_MS (30 * DAY_MS)
#define SILENCE_MATCH_SIZE_MAX 2048 /* bytes of all its matchers together */
#define SILENCE_NOTE_MAX 200        /* bytes: it stands in reasons and reports */

struct matcher;

enum silence_state {
    SILENCE_PLANNED, /* has not begun */
    SILENCE_ACTIVE,
    SILENCE_OVER, /* what it held back has been let go */
    SILENCE_STATE_COUNT
};

/* A while in which nobody is paged for what fits all of its matchers. */
struct silence {
    uint64_t id; /* shown as s31 */
    uint64_t version;
    enum silence_state state;
    char *match;  /* matchers (match.h), one a line; all must fit */
    char *team;   /* "" for all */
    msec from_at; /* wall, half-open */
    msec until_at;
    char *by;            /* user id; "" when a calendar made it */
    char *note;          /* why; of a calendar the title of the event, or "" */
    char *maintenance;   /* id of the window whose calendar made it; "" for one made by hand */
    char *ended_by;      /* user id; "" unless it was ended by hand: until_at is then when */
    uint64_t held_count; /* incidents that it has held back so far */
    /* Not stored, all of it. */
    struct arena *arena;      /* of the matchers */
    struct matcher *matchers; /* `match` as silence_take() has parsed it; none where it cannot be */
    size_t matcher_count;
    struct heap_item timer; /* what of from_at and until_at comes next */
    uint64_t listed;        /* as in struct incident */
    bool is_past;           /* ended after the backup that it comes from: nobody is told */
    bool is_wanted;         /* while windows are planned (maintenance.c): its calendar has it */
};

#define HEARTBEAT_NAME_MAX 64
#define HEARTBEAT_EVERY_MAX_MS (366 * DAY_MS)
#define HEARTBEAT_GRACE_MAX_MS (30 * DAY_MS)

enum heartbeat_state {
    HEARTBEAT_NEW,     /* never heard yet */
    HEARTBEAT_UP,      /* heard in time */
    HEARTBEAT_RUNNING, /* said that it begins; its end is due within the grace */
    HEARTBEAT_DOWN,    /* missing, or it said that it failed: there is an incident */
    HEARTBEAT_REMOVED,
    HEARTBEAT_STATE_COUNT
};

/* What a ping says. */
enum heartbeat_ping { PING_ALIVE, PING_START, PING_FAIL, PING_LOG, PING_COUNT };

/* A job that says regularly that it lives: silence is the alarm. */
struct heartbeat {
    uint64_t id;
    uint64_t version;
    enum heartbeat_state state;
    enum severity severity; /* of its incidents */
    char *name;
    char *team;
    msec every_ms;
    msec grace_ms;
    msec last_seen_at;         /* wall; 0: never; on disk it may be a little older */
    msec due_at;               /* steady; when it is missing, or missed once more */
    msec created_at;           /* wall */
    char *created_by;          /* user id, or "key:" and the name of an integration */
    char hash[HASH_TEXT_SIZE]; /* of the secret in its address */
    char uuid[UUID_TEXT_SIZE]; /* what the uuids of its incidents are made of */

    /* Not stored. */
    msec saved_at; /* steady */
    struct heap_item timer;
    uint64_t listed; /* as in struct incident */
};

#define HANDOFF_PAST_MAX 100 /* incidents that a team remembers to tell of, of a week at most */
#define HANDOFF_PAST_TEXT_MAX 120

/* Whose shift a role is, as people were told last. By rota and overrides: cover is no shift. */
struct told_shift {
    char *users;    /* ids, a blank between them; "": nobody; NULL: not known yet */
    msec at;        /* wall; since when */
    msec test_at;   /* wall; when its people are tested next, or their answers are due; 0: not */
    uint16_t tests; /* sent since it began */
    char *keeper;   /* user id; keeps it until one of them answers (keep.h); NULL: nobody does */
    msec keep_until_at; /* wall; at most; 0: nobody does */
    msec soon_at;       /* wall; the start of a next shift that its people know of; 0: of none */
    msec ready_at;      /* wall; the start of a shift that was handed over ahead; 0: of none */
    msec readied_at;    /* wall; when that was */
    char *ready_users;  /* ids, to whom; NULL: to nobody */
};

/* An incident of the last days in short, for who comes next. */
struct happened {
    uint64_t incident;
    msec at;       /* wall; when somebody was paged for it first */
    msec ended_at; /* wall; 0: it is open */
    bool is_night; /* in the night of somebody who was paged */
    char *by;      /* user id of who resolved it, or "" */
    char *text;    /* "CRIT db1: disk full" */
};

/* What a team hands on from shift to shift: handoff.h. */
struct handoff {
    char *team; /* id */
    uint64_t version;
    struct told_shift shifts[ROLE_COUNT];
    struct happened *past; /* oldest first */
    size_t past_count;
    struct heap_item timer; /* not stored */
    uint64_t listed;        /* as in struct incident; not stored */
};

#define SWAP_ASKED_MAX 64

enum swap_state {
    SWAP_OPEN,
    SWAP_TAKEN,     /* somebody said yes: there is an override */
    SWAP_NOBODY,    /* all have said no, or nobody yes before it began */
    SWAP_CANCELLED, /* by who asked, or the shift is somebody else's by now */
    SWAP_STATE_COUNT
};

enum swap_reply { SWAP_SILENT, SWAP_NO, SWAP_YES, SWAP_REPLY_COUNT };

struct swap_asked {
    char *user; /* id */
    enum swap_reply reply;
};

/* A part of somebody's shift that others are asked to take. */
struct swap {
    uint64_t id; /* shown as w3 */
    uint64_t version;
    enum swap_state state;
    char *team;
    enum role role;
    char *user;   /* id of whose shift it is, who asks */
    msec from_at; /* wall, half-open */
    msec until_at;
    msec created_at; /* wall */
    char *taken_by;  /* user id, or "" */
    uint64_t override_id;
    struct swap_asked *asked;
    size_t asked_count;
    struct heap_item timer; /* its beginning, later when it is forgotten; not stored */
    uint64_t listed;        /* as in struct incident; not stored */
};

enum test_state {
    TEST_NONE,
    TEST_WAITING, /* for its turn: one contact after the other */
    TEST_SENT,
    TEST_ANSWERED,
    TEST_SILENT, /* not in time */
    TEST_STATE_COUNT
};

/* What is known of one way to reach a person. */
struct proof {
    uint64_t id;
    uint64_t version;
    char *user;          /* id */
    char *channel;       /* one record for both */
    char *address;       /* that the rest is about */
    msec verified_at;    /* wall; somebody answered by it, or typed its code; 0: never */
    msec asked_at;       /* wall; a code was sent last; 0: never */
    msec code_until_at;  /* wall; 0: none is out */
    uint16_t tries;      /* wrong codes since it was sent */
    char *code_hash;     /* of that code, with its salt: code.h; or "" */
    uint16_t code_count; /* codes sent in the day that began at */
    msec codes_from_at;  /* wall; whatever the address was; 0: none ever */
    enum test_state test;
    uint64_t test_page;     /* id of its page */
    msec tested_at;         /* wall; when that was sent; 0: never */
    msec answered_at;       /* wall; 0: not */
    char *answered_via;     /* "link sms", "SMS reply"; or "" */
    msec due_at;            /* steady; when the test goes on or is silent; MSEC_NEVER: not */
    struct heap_item timer; /* not stored */
    uint64_t listed;        /* as in struct incident; not stored */
};

/* One line of an incident's story, or (incident 0) of the audit log. Never changed once written. */
struct entry {
    uint64_t incident;
    msec at; /* wall */
    const char
        *event; /* a name from the table in entry.c: "triggered", "paged", "acknowledged" ... */
    const char *actor; /* user id, integration, or "pagerd" */
    const char *text;  /* a sentence for people */
};

/* Has anything been done with it? */
bool incident_has_handling(const struct incident *incident);
/* The incident's own handling, made when it has none yet. */
struct handling *incident_handle(struct incident *incident);

/* Owned deep copies, without what is not stored; the caller frees. */
struct incident *incident_copy(const struct incident *incident);
/* `lead_of`: the incident whose key it shares; NULL: it has a copy of its own. */
struct alert_record *alert_record_copy(const struct alert_record *alert,
                                       const struct incident *lead_of);
struct page *page_copy(const struct page *page);
struct person *person_copy(const struct person *person);
struct override *override_copy(const struct override *override);
struct silence *silence_copy(const struct silence *silence);
struct heartbeat *heartbeat_copy(const struct heartbeat *heartbeat);
struct handoff *handoff_copy(const struct handoff *handoff);
struct swap *swap_copy(const struct swap *swap);
struct proof *proof_copy(const struct proof *proof);
void incident_free(struct incident *incident);
void alert_record_free(struct alert_record *alert);
void page_free(struct page *page);
void person_free(struct person *person);
void override_free(struct override *override);
void silence_free(struct silence *silence);
void heartbeat_free(struct heartbeat *heartbeat);
void handoff_free(struct handoff *handoff);
void swap_free(struct swap *swap);
void proof_free(struct proof *proof);
