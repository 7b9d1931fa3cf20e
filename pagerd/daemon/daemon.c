/* SPDX-License-Identifier: MIT */
#include "daemon/daemon.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "base/version.h"
#include "config/config.h"
#include "daemon/alarm.h"
#include "daemon/amazon.h"
#include "daemon/audit.h"
#include "daemon/away.h"
#include "daemon/backup.h"
#include "daemon/canary.h"
#include "daemon/copies.h"
#include "daemon/dead_man.h"
#include "daemon/demo.h"
#include "daemon/departures.h"
#include "daemon/doors.h"
#include "daemon/feedback.h"
#include "daemon/feeds.h"
#include "daemon/folder.h"
#include "daemon/house.h"
#include "daemon/icinga_events.h"
#include "daemon/inbox.h"
#include "daemon/intake.h"
#include "daemon/keyring.h"
#include "daemon/letterbox.h"
#include "daemon/links.h"
#include "daemon/lives.h"
#include "daemon/lookahead.h"
#include "daemon/mailroom.h"
#include "daemon/merge.h"
#include "daemon/nodes.h"
#include "daemon/paged.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/replies.h"
#include "daemon/restore.h"
#include "daemon/rooms.h"
#include "daemon/rotas.h"
#include "daemon/service.h"
#include "daemon/sirens.h"
#include "daemon/spools.h"
#include "daemon/stops.h"
#include "daemon/storeroom.h"
#include "daemon/turn.h"
#include "daemon/tzdata.h"
#include "daemon/webhooks.h"
#include "daemon/worker.h"
#include "daemon/writeback.h"
#include "engine/engine.h"
#include "http/call.h"
#include "http/server.h"
#include "http/ship.h"
#include "store/store.h"

#define SETTLE_MS (20 * SECOND_MS) /* for the calendars, before the first turn */
#define FOLLOW_MS (5 * SECOND_MS)  /* for them, after the clock was set */
#define SWEEP_MS (1 * MINUTE_MS)   /* between sweeps of what has expired */
#define CLOSE_MS (5 * SECOND_MS)   /* for commits under way, at the end; then for their answers */

void daemon_end(struct daemon *daemon, int status)
{
    daemon->is_ending = true;
    if (status != 0)
        daemon->exit_status = status;
}

/* Before the engine has its past back it must not number a page: what is told waits. */
static void daemon_tell_later(struct daemon *daemon, const char *team, const char *text)
{
    if (daemon->told_early_count == TOLD_EARLY_MAX) {
        log_error("too much to tell at the start, not told: %s", text);
        return;
    }
    daemon->told_early[daemon->told_early_count++] =
        (struct told_early){.team = string_copy(team), .text = string_copy(text)};
}

void daemon_tell(struct daemon *daemon, const char *team, const char *text)
{
    if (daemon->is_standing_by) {
        log_info("standing by: %s", text);
        return;
    }
    if (!daemon->is_restored) {
        daemon_tell_later(daemon, team, text);
        return;
    }
    struct event event = {
        .kind = EVENT_NOTICE, .actor = "pagerd", .via = "pagerd", .team = team, .text = text};
    turn_step(daemon->turns, &event, NULL);
}

static void daemon_tell_early(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->told_early_count; i++) {
        daemon_tell(daemon, daemon->told_early[i].team, daemon->told_early[i].text);
        free(daemon->told_early[i].team);
        free(daemon->told_early[i].text);
    }
    daemon->told_early_count = 0;
}

void daemon_read_clock(struct daemon *daemon)
{
    nodes_follow_clock(daemon->nodes, &daemon->clock);
    daemon->now = clock_now(&daemon->clock);
    daemon->tick_at = clock_tick();
}

static void daemon_handle(struct daemon *daemon, uint32_t number)
{
    switch (number) {
    case SIGHUP:
        service_reloading();
        reload_signal(daemon->reload);
        service_ready();
        break;
    case SIGCHLD:
        post_reap(daemon->post);
        break;
    default:
        log_info("ending, asked by signal %" PRIu32, number);
        daemon_end(daemon, 0);
    }
}

static void daemon_signal(void *context, uint32_t events UNUSED)
{
    struct daemon *daemon = context;
    struct signalfd_siginfo info;
    while (read(daemon->signals.fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
        daemon_handle(daemon, info.ssi_signo);
}

/* Signals are read as bytes, like everything else; all threads have them blocked. */
static bool signals_open(struct daemon *daemon, struct fault *fault)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot listen to signals");
    daemon->signals = (struct watch){.fd = fd, .ready = daemon_signal, .context = daemon};
    loop_add(daemon->loop, &daemon->signals, EPOLLIN);
    return true;
}

static void daemon_inbox_ready(void *context, uint32_t events UNUSED)
{
    const struct daemon *daemon = context;
    intake_take(daemon->intake);
}

static msec least(msec left, msec right)
{
    return left < right ? left : right;
}

static msec daemon_wait_ms(struct daemon *daemon)
{
    msec wait_ms = clock_real_ms(&daemon->clock, turns_next_due(daemon->turns));
    wait_ms = least(wait_ms, turns_retry(daemon->turns));
    wait_ms = least(wait_ms, intake_next_due(daemon->intake));
    wait_ms = least(wait_ms, departures_next_due(daemon->departures));
    wait_ms = least(wait_ms, nodes_next_due(daemon->nodes));
    wait_ms = least(wait_ms, storeroom_next_due(daemon));
    wait_ms = least(wait_ms, post_next_due(daemon->post));
    wait_ms = least(wait_ms, rotas_next_due(daemon->rotas));
    wait_ms = least(wait_ms, lookahead_next_due(daemon->lookahead));
    wait_ms = least(wait_ms, writeback_next_due(daemon->writeback));
    wait_ms = least(wait_ms, feedbacks_next_due(daemon->feedbacks));
    wait_ms = least(wait_ms, rooms_next_due(daemon->rooms));
    wait_ms = least(wait_ms, webhooks_next_due(daemon->webhooks));
    wait_ms = least(wait_ms, spools_next_due(daemon->spools));
    wait_ms = least(wait_ms, sirens_next_due(daemon->sirens));
    wait_ms = least(wait_ms, icinga_events_next_due(daemon->icinga_events));
    wait_ms = least(wait_ms, tzdata_next_due(daemon->tzdata));
    wait_ms = least(wait_ms, daemon->watchdog_ms);
    wait_ms = least(wait_ms, audits_next_due(daemon->audits));
    wait_ms = least(wait_ms, dead_man_next_due(daemon->dead_man));
    wait_ms = least(wait_ms, canary_next_due(daemon->canary));
    return least(wait_ms, SWEEP_MS);
}

static void daemon_sweep(struct daemon *daemon)
{
    if (daemon->tick_at - daemon->swept_at < SWEEP_MS)
        return;
    daemon->swept_at = daemon->tick_at;
    keyring_sweep(daemon->keyring, daemon->now.steady_at);
    copies_sweep(daemon->copies, daemon->tick_at);
}

static void daemon_tick(struct daemon *daemon)
{
    if (turns_next_due(daemon->turns) == 0)
        turn_step(daemon->turns,
                  &(struct event){.kind = EVENT_TICK, .actor = "pagerd", .via = "clock"}, NULL);
    departures_tick(daemon->departures, storeroom_confirmed(daemon));
    nodes_tick(daemon->nodes);
    merge_tick(daemon->merge);
    storeroom_tick(daemon);
    post_tick(daemon->post);
    rotas_tick(daemon->rotas);
    lookahead_tick(daemon->lookahead);
    writeback_tick(daemon->writeback);
    icinga_events_tick(daemon->icinga_events);
    feedbacks_tick(daemon->feedbacks);
    rooms_tick(daemon->rooms);
    webhooks_tick(daemon->webhooks);
    spools_tick(daemon->spools);
    sirens_tick(daemon->sirens);
    tzdata_tick(daemon->tzdata);
    daemon_sweep(daemon);
    intake_tick(daemon->intake);
    audits_tick(daemon->audits);
    dead_man_tick(daemon->dead_man);
    canary_tick(daemon->canary);
    lives_tick(daemon->lives, daemon->tick_at);
}

/*
 * Once for each time that the wall clock is set by a day or more, as on a machine that starts in
 * 1970: who is on call is found out for the new time before anything is decided. Calls wait
 * meanwhile, for a moment; what takes longer is not waited for.
 */
static void daemon_follow_wall(struct daemon *daemon)
{
    msec ahead_ms = daemon->now.wall_at - daemon->tick_at;
    msec step_ms = ahead_ms - daemon->wall_ahead_ms;
    if ((step_ms < DAY_MS && step_ms > -DAY_MS) || daemon->demo != NULL)
        return;
    msec until_at = daemon->tick_at + FOLLOW_MS;
    daemon->is_following = true;
    loop_remove(daemon->loop, &daemon->inbox_watch);
    rotas_tick(daemon->rotas);
    while (!rotas_are_current(daemon->rotas) && daemon->tick_at < until_at) {
        loop_wait(daemon->loop, least(rotas_next_due(daemon->rotas), 100));
        daemon_read_clock(daemon);
        loop_run(daemon->loop);
        rotas_tick(daemon->rotas);
    }
    loop_add(daemon->loop, &daemon->inbox_watch, EPOLLIN);
    daemon->is_following = false;
    daemon->wall_ahead_ms = ahead_ms;
    log_warning("the wall clock was set: %" PRId64 " s", step_ms / SECOND_MS);
}

static void daemon_turn(struct daemon *daemon)
{
    msec wait_ms = daemon_wait_ms(daemon);
    intake_hold(daemon->intake);
    loop_wait(daemon->loop, wait_ms);
    daemon_read_clock(daemon);
    daemon_follow_wall(daemon);
    away_tick(daemon->away);
    loop_run(daemon->loop);
    daemon_tick(daemon);
    turn_end(daemon->turns);
    service_watchdog();
}

/* Pages are not decided before it is known who is on call. */
static void daemon_settle(struct daemon *daemon)
{
    msec until_at = daemon->tick_at + SETTLE_MS;
    while (!rotas_are_settled(daemon->rotas) && daemon->tick_at < until_at && !daemon->is_ending) {
        msec wait_ms = least(rotas_next_due(daemon->rotas), 100);
        loop_wait(daemon->loop, wait_ms);
        daemon_read_clock(daemon);
        loop_run(daemon->loop);
        rotas_tick(daemon->rotas);
        post_tick(daemon->post);
    }
    if (!rotas_are_settled(daemon->rotas))
        log_warning("some calendars are not read yet: starting with what is known");
}

static bool daemon_open_loop(struct daemon *daemon, struct fault *fault)
{
    daemon->loop = loop_new(fault);
    daemon->inbox = daemon->loop == NULL ? NULL : inbox_new(fault);
    return daemon->inbox != NULL;
}

/* What needs no configuration and no disk. */
static void daemon_init(struct daemon *daemon, const struct options *options)
{
    unsigned char seed[16];
    random_bytes(seed, sizeof(seed));
    map_seed(seed);
    daemon->options = options;
    daemon->state = options->state != NULL ? options->state : STATE_DEFAULT;
    daemon->watchdog_ms = service_watchdog_ms();
    clock_init(&daemon->clock, NULL, 0);
    daemon_read_clock(daemon);
    daemon->started_at = daemon->now.wall_at;
    daemon->engine = engine_new();
    daemon->turns = turns_new(daemon);
    daemon->intake = intake_new(daemon);
    daemon->keyring = keyring_new();
    daemon->copies = copies_new();
    daemon->departures = departures_new(turn_depart, daemon);
    daemon->away = away_new(daemon);
    daemon->paged = paged_new();
    daemon->merge = merge_new(daemon);
    daemon->replies = replies_new();
    daemon->stops = stops_new();
    daemon->feeds = feeds_new(daemon);
    daemon->amazon = amazon_new(daemon);
    daemon->rotas = rotas_new(daemon);
    daemon->lookahead = lookahead_new(daemon);
    daemon->writeback = writeback_new(daemon);
    daemon->feedbacks = feedbacks_new(daemon);
    daemon->rooms = rooms_new(daemon);
    daemon->webhooks = webhooks_new(daemon);
    daemon->sirens = sirens_new(daemon);
    daemon->icinga_events = icinga_events_new(daemon);
    daemon->tzdata = tzdata_new(daemon);
    daemon->post = post_new(daemon);
    daemon->audits = audits_new(daemon);
    daemon->backups = backups_new(daemon);
    daemon->dead_man = dead_man_new(daemon);
    daemon->canary = canary_new(daemon);
    daemon->reload = reload_new(daemon);
    daemon->letterbox = letterbox_new();
    daemon->links = links_new();
    daemon->spools = spools_new(daemon);
    daemon->inbox_watch = (struct watch){
        .fd = inbox_fd(daemon->inbox), .ready = daemon_inbox_ready, .context = daemon};
    loop_add(daemon->loop, &daemon->inbox_watch, EPOLLIN);
}

/* Clock of this run: it goes on from the last commit's, or is the demo's. */
static void daemon_set_clock(struct daemon *daemon, const struct clock_mark *mark)
{
    if (daemon->demo != NULL)
        demo_set_clock(daemon->demo, &daemon->clock);
    else
        clock_init(&daemon->clock, mark, nodes_clock_ahead(daemon->nodes));
    daemon_read_clock(daemon);
    daemon->wall_ahead_ms = daemon->now.wall_at - daemon->tick_at;
}

/* One of several nodes takes calls from now on, whether it is on duty or not. */
static bool daemon_stand_by(struct daemon *daemon, struct fault *fault)
{
    daemon->is_standing_by = true;
    if (!doors_open(daemon, fault))
        return false;
    service_ready();
    if (!nodes_stand_by(daemon->nodes, fault))
        return false;
    daemon->is_standing_by = false;
    return true;
}

/* Engine and disk, up to the point where time may pass. */
static bool daemon_load(struct daemon *daemon, struct fault *fault)
{
    struct clock_mark mark;
    bool has_mark = false;
    if (!folder_make(daemon->state, fault))
        return false;
    tzdata_open(daemon->tzdata);
    if (!reload_open(daemon->reload))
        return fault_set(fault, FAULT_INPUT,
                         "the configuration cannot be used; pagerd --check says why");
    post_start(daemon->post);
    daemon->lives = lives_new(daemon->state, daemon->now.wall_at);
    lives_begin(daemon->lives, daemon->now.wall_at);
    alarm_crash_loop(daemon);
    daemon->worker = worker_new(daemon->inbox);
    if (!nodes_open(daemon, &daemon->nodes, fault) ||
        (daemon->nodes == NULL && !storeroom_open(daemon, fault)))
        return false;
    reload_apply(daemon->reload);
    daemon_settle(daemon);
    if (daemon->nodes != NULL && !daemon_stand_by(daemon, fault))
        return false;
    if (!restore_all(daemon, &mark, &has_mark, fault))
        return false;
    daemon_set_clock(daemon, has_mark ? &mark : NULL);
    away_begin_mirror(daemon->away);
    restore_finish(daemon);
    merge_own(daemon->merge, has_mark ? (struct now){mark.steady_at, mark.wall_at} : daemon->now);
    daemon->is_restored = true;
    writeback_open(daemon->writeback);
    feedbacks_open(daemon->feedbacks);
    rooms_open(daemon->rooms);
    webhooks_open(daemon->webhooks, false);
    daemon_tell_early(daemon);
    if (reload_problem(daemon->reload) != NULL) {
        char *said = string_format("CRIT pagerd: %s", reload_problem(daemon->reload));
        daemon_tell(daemon, NULL, said);
        free(said);
    }
    return true;
}

static void daemon_greet(const struct daemon *daemon)
{
    const struct policy *policy = view_policy(daemon->engine);
    log_info("pagerd %s is up: %zu users, %zu teams, state in %s", program_version(),
             policy->user_count, policy->team_count, daemon->state);
    for (size_t i = 0; i < daemon->listen_count; i++)
        log_info("listening on %s", server_address(daemon->server, i));
    if (daemon->demo != NULL)
        demo_greet(daemon->demo, daemon);
}

/* What waits for room on the disk holds up an end, for it would be lost, but no start. */
static bool daemon_is_settled(const struct daemon *daemon)
{
    bool are_turns =
        daemon->is_ending ? turns_are_settled(daemon->turns) : turns_in_flight(daemon->turns) == 0;
    return are_turns && inbox_is_empty(daemon->inbox);
}

/* Lets commits under way end, so that who waits is answered. */
static void daemon_flush(struct daemon *daemon, msec wait_ms)
{
    turn_end(daemon->turns);
    msec until_at = clock_tick() + wait_ms;
    while (!daemon_is_settled(daemon) && clock_tick() < until_at) {
        intake_hold(daemon->intake);
        loop_wait(daemon->loop, least(turns_retry(daemon->turns), 50));
        daemon_read_clock(daemon);
        loop_run(daemon->loop);
        turn_end(daemon->turns);
    }
}

/* The server waits for each call that it has handed over: none may be left behind. Those of other
 * nodes are run by whoever is on duty then. */
static void daemon_refuse_rest(struct daemon *daemon, const struct fault *why)
{
    struct inbox_item items[INBOX_TAKEN_MAX];
    size_t count;
    inbox_hold_sources(daemon->inbox, false);
    while ((count = inbox_take(daemon->inbox, items)) > 0)
        for (size_t i = 0; i < count; i++) {
            if (items[i].call == NULL) {
                items[i].run(items[i].context, items[i].item);
                continue;
            }
            if (call_shipped(items[i].call) != 0)
                continue;
            call_fail_unavailable(items[i].call, why->text);
            call_finish(items[i].call);
        }
}

static void daemon_close(struct daemon *daemon)
{
    service_stopping();
    if (daemon->server != NULL) {
        struct fault ending = {0};
        fault_set(&ending, FAULT_LIMIT, "pagerd is ending, and its disk did not answer in time");
        inbox_refuse_calls(daemon->inbox);
        feedbacks_close(daemon->feedbacks);
        rooms_close(daemon->rooms);
        turns_hurry(daemon->turns);
        daemon_flush(daemon, CLOSE_MS);
        turns_give_up(daemon->turns, &ending);
        backups_give_up(daemon->backups, &ending);
        daemon_refuse_rest(daemon, &ending);
        nodes_give_up(daemon->nodes, &ending);
        feeds_give_up(daemon->feeds, &ending);
        amazon_give_up(daemon->amazon, &ending);
    }
    nodes_close(daemon->nodes);
    mailroom_close(daemon->mailroom);
    size_t left = server_close(daemon->server, CLOSE_MS);
    if (left > 0)
        log_error("%zu calls were not finished: whoever waits for them gets no answer", left);
    store_close(daemon->store);
    worker_free(daemon->worker);
    nodes_free(daemon->nodes);
    feeds_free(daemon->feeds);
    rotas_free(daemon->rotas);
    lookahead_free(daemon->lookahead);
    writeback_free(daemon->writeback);
    feedbacks_free(daemon->feedbacks);
    rooms_free(daemon->rooms);
    webhooks_free(daemon->webhooks);
    sirens_free(daemon->sirens);
    icinga_events_free(daemon->icinga_events);
    tzdata_free(daemon->tzdata);
    post_free(daemon->post);
    amazon_free(daemon->amazon);
    audits_free(daemon->audits);
    backups_free(daemon->backups);
    dead_man_free(daemon->dead_man);
    canary_free(daemon->canary);
    lives_free(daemon->lives);
    turns_free(daemon->turns);
    engine_free(daemon->engine);
    reload_free(daemon->reload);
    keyring_free(daemon->keyring);
    copies_free(daemon->copies);
    departures_free(daemon->departures);
    paged_free(daemon->paged);
    merge_free(daemon->merge);
    away_free(daemon->away);
    replies_free(daemon->replies);
    stops_free(daemon->stops);
    letterbox_free(daemon->letterbox);
    links_free(daemon->links);
    spools_free(daemon->spools);
    demo_free(daemon->demo);
    intake_free(daemon->intake);
    inbox_free(daemon->inbox);
    free(daemon->house);
    if (daemon->signals.fd > 0)
        close(daemon->signals.fd);
    loop_free(daemon->loop);
}

static bool daemon_open(struct daemon *daemon, struct fault *fault)
{
    if (!signals_open(daemon, fault))
        return false;
    if (!daemon_load(daemon, fault))
        return false;
    if (daemon->demo != NULL)
        demo_live(daemon->demo, daemon);
    daemon_flush(daemon, SETTLE_MS);
    if (daemon->nodes == NULL)
        return doors_open(daemon, fault);
    reload_identify(daemon->reload);
    nodes_serve(daemon->nodes);
    return true;
}

/* The one who cannot start because another pagerd is there tells only who started it. */
static void daemon_refuse(struct daemon *daemon, const struct fault *fault)
{
    if (!daemon->is_ending) {
        log_error("%s", fault->text);
        daemon->exit_status = 1;
    }
    if (daemon->lives == NULL)
        return;
    bool is_taken = fault->kind == FAULT_PEER || fault->kind == FAULT_DENIED;
    if ((is_taken && daemon->store == NULL) || daemon->is_ending)
        lives_take_back(daemon->lives);
    else
        alarm_no_start(daemon, fault);
}

int daemon_run(const struct options *options)
{
    struct daemon *daemon = memory_new(1, sizeof(*daemon));
    struct fault fault = {0};
    struct options made = *options;
    if (!daemon_open_loop(daemon, &fault)) {
        log_error("%s", fault.text);
        loop_free(daemon->loop);
        free(daemon);
        return 1;
    }
    bool is_prepared = !options->is_demo || demo_prepare(options, &daemon->demo, &made, &fault);
    daemon_init(daemon, &made);
    if (is_prepared && daemon_open(daemon, &fault)) {
        daemon_greet(daemon);
        service_ready();
        while (!daemon->is_ending)
            daemon_turn(daemon);
    } else {
        daemon_refuse(daemon, &fault);
    }
    int status = daemon->exit_status;
    if (status == 0 || status == DAEMON_AGAIN)
        lives_end_well(daemon->lives);
    daemon_close(daemon);
    free(daemon);
    return status;
}
