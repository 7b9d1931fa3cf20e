/* SPDX-License-Identifier: MIT */
/*
 * daemon.h - the whole pager in one struct: every room, joined.
 *
 * All of it belongs to the loop's thread. Files of this folder each care for one part and get the
 * daemon to reach the others.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/time.h"
#include "daemon/clock.h"
#include "daemon/loop.h"
#include "daemon/options.h"

#define TOLD_EARLY_MAX 64

struct audits;
struct away;
struct backups;
struct canary;
struct copies;
struct departures;
struct merge;
struct nodes;
struct dead_man;
struct demo;
struct feedbacks;
struct sirens;
struct webhooks;
struct amazon;
struct feeds;
struct icinga_events;
struct intake;
struct keyring;
struct letterbox;
struct links;
struct spools;
struct lives;
struct lookahead;
struct mailroom;
struct post;
struct reload;
struct replies;
struct stops;
struct rooms;
struct rotas;
struct turns;
struct tzdata;
struct writeback;

struct daemon {
    const struct options *options;
    const char *state; /* directory */
    struct clock clock;
    struct now now; /* of the turn under way; the clock is read once per turn */
    msec tick_at;   /* clock_tick() of this turn: the house's own timers */
    struct loop *loop;
    struct watch signals;
    struct watch inbox_watch;
    struct inbox *inbox;
    struct intake *intake; /* of what is in it */
    struct worker *worker;
    struct store *store;
    struct engine *engine;
    struct turns *turns;
    struct keyring *keyring;
    struct copies *copies;
    struct departures *departures;
    struct nodes *nodes; /* NULL: this machine is the only one */
    struct away *away;
    struct merge *merge;
    struct paged *paged;
    bool is_standing_by; /* another node is on duty */
    struct feeds *feeds;
    struct amazon *amazon;
    struct rotas *rotas;
    struct lookahead *lookahead;
    struct writeback *writeback;
    struct feedbacks *feedbacks;
    struct rooms *rooms;
    struct webhooks *webhooks;
    struct sirens *sirens;
    struct icinga_events *icinga_events;
    struct tzdata *tzdata; /* the zones of this machine */
    struct post *post;
    struct replies *replies;
    struct stops *stops;
    struct audits *audits;
    struct backups *backups;
    struct dead_man *dead_man;
    struct canary *canary;
    struct lives *lives;   /* NULL until there is a configuration */
    struct reload *reload; /* has the configuration in force */
    struct letterbox *letterbox;
    struct links *links;
    struct spools *spools;
    struct demo *demo; /* NULL outside of the demo */
    struct house *house;
    struct server *server;
    struct mailroom *mailroom; /* NULL: no mail is taken */
    size_t listen_count;
    msec started_at;       /* wall */
    msec unknown_mails_at; /* tick; since when answers to unknown links are counted */
    unsigned unknown_mails;
    uint64_t ignored_count; /* alerts that opened nothing on purpose */
    msec swept_at;          /* tick; when what has expired was last dropped */
    msec wall_ahead_ms;     /* of the ticks, when the calendars were last seen to be of this time */
    msec stepped_ahead_ms;  /* of the ticks, the wall time of the engine's last step */
    bool is_following;      /* calendars are being read for a wall clock that was set */
    msec watchdog_ms;       /* how often the service manager wants to hear of us */
    msec backup_at;         /* wall; of the backup that this start is the first one of; 0: none */
    bool is_restored;       /* the engine has its past back: numbers may be given out */
    struct told_early {     /* what was to be told before that */
        char *team;
        char *text;
    } told_early[TOLD_EARLY_MAX];
    size_t told_early_count;
    bool is_ending;
    int exit_status;
};

#define DAEMON_AGAIN 100 /* a status: another node is on duty, and this one is to stand by */

/* Runs until it is told to end. Returns the exit status. */
int daemon_run(const struct options *options);

/* pagerd's own word to a team's manager, or (team NULL) to the admins; also logged. */
void daemon_tell(struct daemon *daemon, const char *team, const char *text);

/* Time goes on, for who waits before the loop turns. */
void daemon_read_clock(struct daemon *daemon);

/* Ends the loop after this turn, with that exit status. */
void daemon_end(struct daemon *daemon, int status);
