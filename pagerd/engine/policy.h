/* SPDX-License-Identifier: MIT */
/*
 * policy.h - what the configuration means to the engine: people, teams, steps, rules.
 *
 * Plain, immutable data, built by config/ in one arena and replaced as a whole by an event. Names
 * (ids) of users, teams, calendars and rules are what records refer to, so that records survive a
 * new policy. Lookups return borrowed pointers that live as long as the policy.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "base/zone.h"

#define POLICY_USERS_MAX 10000
#define POLICY_TEAMS_MAX 10000
#define POLICY_STEPS_MAX 32
#define POLICY_REPEAT_MAX 100
#define NOTIFY_STEPS_MAX 16
#define NOTIFY_VIA_MAX 16
#define CONTACTS_MAX 16
#define ALIASES_MAX 32
#define PIN_DIGITS_MIN 4
#define PIN_DIGITS_MAX 12
#define POLICY_ROUTES_MAX 1000
#define SEVERITY_MAPPINGS_MAX 64
#define GROUP_BY_MAX 8
#define STORM_MORE_MAX 2000
#define POLICY_MAINTENANCE_MAX 100

/* From worst to mildest, so that a smaller number is more urgent. */
enum severity {
    SEVERITY_CRITICAL,
    SEVERITY_ERROR,
    SEVERITY_WARNING,
    SEVERITY_INFO,
    SEVERITY_COUNT
};

enum role { ROLE_PRIMARY, ROLE_SECONDARY, ROLE_ONCALL, ROLE_COUNT };

/* How a contact comes to a person, from the loudest. */
enum contact_manner {
    MANNER_CALL, /* rings until it is taken */
    MANNER_TEXT,
    MANNER_PUSH,
    MANNER_QUIET, /* does not wake */
    MANNER_COUNT
};

/* One way to reach a person: channel is "sms", "email", "inbox" ...; address as that channel takes
 * it. The names of channels belong to notify/; the engine only compares them. */
struct contact {
    const char *channel;
    const char *address; /* that records keep and screens show */
    const char *value;   /* what the channel is given in its place where that is secret: a key, a
                            topic; else NULL */
    enum contact_manner manner;
    bool is_quiet;      /* MANNER_QUIET: e-mail */
    bool has_second;    /* another provider can carry it when the first one cannot */
    uint32_t daily_cap; /* messages of the channel within a day, see spend.h; 0: none */
    uint32_t limit;     /* alarms within ten minutes, beyond which repeats wait; 0: none */
    msec receipt_ms;    /* taken, but not delivered for that long, it is in doubt; 0: no receipts */
    msec second_receipt_ms; /* the same of the other provider */
};

/* After that long, page by all of these channels that the person has. */
struct notify_step {
    msec after_ms;
    const char *via[NOTIFY_VIA_MAX];
    size_t via_count;
};

struct notify_rule {
    const char *id;                  /* "normal", "quiet", "none" ... */
    const struct notify_step *steps; /* after_ms never falls; none at all for "none" */
    size_t step_count;
};

struct user {
    const char *id;
    const char *name;      /* "Ann Ops" */
    const char *email;     /* NULL when none */
    const char *phone;     /* NULL when none */
    const char *pin;       /* digits asked for in calls before a deed; NULL: none. A secret */
    const char *unix_name; /* local account that is this person, or NULL */
    const char *aliases[ALIASES_MAX];
    size_t alias_count;
    const char *away;                       /* calendar of the person's leave, or NULL */
    const struct zone *zone;                /* the person's own */
    const struct notify_rule *notify;       /* NULL: the severity's */
    const struct notify_rule *notify_low;   /* for severities that do not wake; or NULL */
    const struct notify_rule *notify_night; /* for those that wake, in quiet hours; or NULL */
    uint16_t quiet_from_minute;             /* quiet hours, minutes from local midnight; */
    uint16_t quiet_until_minute;            /* equal ends: there are none; */
    bool has_quiet_hours;                   /* else they are the night of `recovery` */
    struct contact contacts[CONTACTS_MAX];  /* usable ones: channel configured, address given */
    size_t contact_count;
    bool is_admin;
};

/* Who fills a role of a team: a calendar, one fixed person, or nobody (both NULL). */
struct duty_source {
    const char *calendar;
    const char *layer; /* one calendar fills several roles: its events of this role; else NULL */
    const char *user;
};

enum target_kind {
    TARGET_ROLE,     /* whoever has the role of this team now */
    TARGET_EVERYONE, /* all members of the team */
    TARGET_TEAM,     /* the first role of another team that is filled */
    TARGET_USER,
    TARGET_COUNT
};

struct target {
    enum target_kind kind;
    enum role role;   /* TARGET_ROLE */
    const char *name; /* TARGET_TEAM, TARGET_USER */
};

/* One rung: page all targets, wait, and do so `repeat` times in all before the next rung. */
struct step {
    struct target targets[4];
    size_t target_count;
    msec wait_ms;
    uint16_t repeat; /* >= 1 */
};

/* Part of the week in the team's zone, minutes from Monday 00:00; may wrap over Sunday. */
struct week_window {
    uint16_t from_minute;
    uint16_t until_minute;
};

/* What people are told of their shifts. */
enum handoff_mode {
    HANDOFF_OFF,  /* nothing */
    HANDOFF_ON,   /* that one comes, begins, ends */
    HANDOFF_PASS, /* the same; what who leaves has acked is asked of who comes */
    HANDOFF_MODE_COUNT
};

struct team {
    const char *id;
    const struct zone *zone;
    struct duty_source roles[ROLE_COUNT];
    struct duty_source overrides[ROLE_COUNT]; /* calendar laid over each role; or none */
    const char *away;                         /* calendar of who of the team is on leave, or NULL */
    const char *holidays; /* calendar of days that count as a Sunday for `coverage`; or NULL */
    const struct step *steps;
    size_t step_count;
    const char *manager;     /* user id or NULL */
    const char *last_resort; /* user id or NULL; see policy_last_resort() */
    const char **members;    /* user ids */
    size_t member_count;
    bool is_always_covered;             /* coverage = "always" */
    const struct week_window *coverage; /* else these windows; none declared: count 0 */
    size_t coverage_count;
    const char *runbook;  /* URL with $name, $service, $team, $number; or NULL */
    const char *war_room; /* the same; or NULL */
    msec ack_timeout_ms;  /* acknowledged and silent that long: paged again; MSEC_NEVER: never */
    bool is_private;      /* nothing about the system in texts */
    enum handoff_mode handoff; /* of roles that a calendar fills */
    bool has_shift_test;       /* who comes has to answer a test; else others are told */
    bool is_shift_held;        /* and until then who goes keeps the duty: keep.h */
};

struct severity_rule {
    const struct notify_rule *notify; /* "none": incidents are kept but page nobody */
    bool is_waking;                   /* may use channels that wake in the person's night */
    msec promote_ms; /* unacknowledged that long: becomes critical; MSEC_NEVER: never */
    bool is_held;    /* waits for the morning of who sleeps: hold.h */
};

/* Who is up need not be woken; see awake.h. */
struct awake_rule {
    msec after_ack_ms; /* for so long after an ack somebody is; 0: that does not count */
    msec bundle_ms;    /* one page to them in so long, but for what is critical */
};

/* Rest after a disturbed night; see recovery.h for the arithmetic. */
struct recovery_rule {
    bool is_enabled;
    uint16_t night_from_minute; /* minutes from local midnight, 22:00 = 1320 */
    uint16_t night_until_minute;
    msec awake_ms;          /* first page to resolve this long, or */
    uint16_t pages;         /* woken this often */
    msec rest_ms;           /* counted from the last resolve */
    struct target cover[8]; /* first who is free takes over; for people on leave, too, and also
                               while recovery is not enabled */
    size_t cover_count;
};

/* Codes for ways that nobody has answered by; see code.h. */
struct verify_rule {
    bool is_on;
    msec again_ms; /* verified longer ago, it is to be verified again */
};

struct matcher;

/* Which team has the alerts that no key gives to one: the first whose matchers all hold. */
struct alert_route {
    const char *team; /* id */
    const struct matcher *matchers;
    size_t matcher_count; /* 0: takes everything */
    bool has_severity;    /* its alerts get this one: */
    enum severity severity;
};

/* "P1" is critical. */
struct severity_mapping {
    const char *word; /* compared without case */
    enum severity severity;
};

/* What is special about the alerts of one key. All of 0 is no limit. */
struct source_rule {
    const char *name; /* of the key; NULL: of all that have no rule of their own */
    const struct severity_mapping *mappings;
    size_t mapping_count;
    bool has_default_severity; /* for a missing or unknown word this one, not the format's: */
    enum severity default_severity;
    uint32_t rate_max;  /* new problems a minute, on average */
    uint32_t burst_max; /* and that many at once; at least rate_max */
    uint32_t open_max;  /* open incidents */
};

/* What many alerts at a time become; see group.h and storm.h. */
struct grouping {
    const char *by[GROUP_BY_MAX]; /* names of labels, or words */
    size_t by_count;              /* 0: by labels nothing is grouped */
    msec window_ms;               /* since the last alert of an incident */
    msec wait_ms;                 /* before the first page of a group */
    uint32_t storm_more; /* than so many new alerts of a service within the time below; 0: never */
    msec storm_within_ms;
};

/* When a key that comes and goes is held as one incident; see flap.h. */
struct flapping {
    uint32_t more; /* than so many episodes within the time below; 0: never */
    msec within_ms;
    msec quiet_ms; /* over for so long, and it is over */
};

/* While an event of the calendar is on, nobody is paged for what fits: maintenance.h. */
struct maintenance {
    const char *id;
    const char *calendar;
    const char *match; /* matchers, one a line, as in struct silence */
    const char *team;  /* id; "" for all */
};

struct policy {
    const char *version;      /* hash of the files it came from */
    const struct zone *zone;  /* the default one, for teams and for printing */
    const struct user *users; /* sorted by id */
    size_t user_count;
    const struct team *teams; /* in order of definition */
    size_t team_count;
    const struct notify_rule *notify_rules;
    size_t notify_rule_count;
    struct severity_rule severities[SEVERITY_COUNT];
    struct recovery_rule recovery;
    struct awake_rule awake;
    struct verify_rule verify;
    const struct alert_route *routes;  /* in order; the last takes everything */
    size_t route_count;                /* 0: every key names its team */
    const struct source_rule *sources; /* sorted by name */
    size_t source_count;
    struct source_rule source_default;
    struct grouping group;
    struct flapping flapping;
    const struct maintenance *maintenances; /* in order of definition */
    size_t maintenance_count;
    msec reopen_ms; /* a source that fires again this soon after resolve is told as "AGAIN" */
};

const struct user *policy_find_user(const struct policy *policy, const char *id);
const struct team *policy_find_team(const struct policy *policy, const char *id);

/* The rule of that key, else the default one. */
const struct source_rule *policy_source(const struct policy *policy, const char *name);

/* By id, name, e-mail, local account or alias, without case; NULL when none or several fit. */
const struct user *policy_match_user(const struct policy *policy, const char *text);

/*
 * Who is paged when a policy has nobody left: the team's last-resort, else its manager, else every
 * admin; only people with a contact. Writes at most `max` users and returns how many there are.
 * config/ refuses a configuration in which that is 0.
 */
size_t policy_last_resort(const struct policy *policy, const struct team *team,
                          const struct user **users, size_t max);

/* Does this calendar fill a role of a team whose members live in more than one zone? Times without
 * a zone are read differently by their programs then. */
bool policy_spans_zones(const struct policy *policy, const char *calendar);

/* Does this severity page nobody (the rule "none", or one without steps)? */
bool severity_is_silent(const struct severity_rule *rule);

const char *severity_name(enum severity severity); /* "critical" ... */
const char *severity_tag(enum severity severity);  /* "CRIT" "ERR" "WARN" "INFO" */
/* Accepts the names of the field ("crit", "page", "error", "warn", "informational" ...). */
bool severity_parse(const char *text, enum severity *severity);
const char *role_name(enum role role);
bool role_parse(const char *text, enum role *role);
