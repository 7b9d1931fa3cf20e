/* SPDX-License-Identifier: MIT */
/* What happens in a story: one row of a table for each verb. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/code.h"
#include "scenarios/cluster.h"
#include "scenarios/story.h"

static bool is_end(const struct words *words)
{
    const char *word = words_peek(words);
    return word == NULL || string_is(word, ";") || string_is(word, "expect");
}

/* "#3", or the incident that was opened last. */
static uint64_t take_number(const struct world *world, struct words *words)
{
    const char *word = words_peek(words);
    if (word == NULL || word[0] != '#')
        return world->last_incident;
    words->at++;
    return strtoull(word + 1, NULL, 10);
}

static const char *take_text(struct words *words)
{
    return is_end(words) ? NULL : words_next(words);
}

/* The target of "to": a user, or role:R, team:T, everyone. */
static void take_target(struct words *words, struct event *event)
{
    const char *who = words_next(words);
    if (string_is(who, "everyone"))
        event->target = (struct target){.kind = TARGET_EVERYONE};
    else if (strncmp(who, "team:", 5) == 0)
        event->target = (struct target){.kind = TARGET_TEAM, .name = who + 5};
    else if (strncmp(who, "role:", 5) == 0 && role_parse(who + 5, &event->target.role))
        event->target.kind = TARGET_ROLE;
    else
        event->user = who;
}

static bool take_for_or_until(const struct world *world, struct words *words, struct event *event,
                              struct fault *fault)
{
    if (words_take(words, "for"))
        return words_take_duration(words, &event->for_ms, fault);
    if (words_take(words, "until"))
        return words_take_time(words, world->setup.zone, world->now.wall_at, &event->until_at,
                               fault);
    return fault_set(fault, FAULT_INPUT, "'for' or 'until' is missing");
}

static bool read_nothing(const struct world *world, struct words *words, struct event *event,
                         struct fault *fault)
{
    (void)fault;
    event->incident = take_number(world, words);
    event->text = take_text(words);
    return true;
}

static bool read_ack(const struct world *world, struct words *words, struct event *event,
                     struct fault *fault)
{
    (void)fault;
    event->incident = take_number(world, words);
    event->is_take = words_take(words, "take");
    if (words_take(words, "by"))
        event->via = words_next(words);
    return true;
}

static bool read_snooze(const struct world *world, struct words *words, struct event *event,
                        struct fault *fault)
{
    event->incident = take_number(world, words);
    return take_for_or_until(world, words, event, fault);
}

static bool read_reassign(const struct world *world, struct words *words, struct event *event,
                          struct fault *fault)
{
    event->incident = take_number(world, words);
    if (!words_take(words, "to"))
        return fault_set(fault, FAULT_INPUT, "'to' is missing");
    take_target(words, event);
    event->text = take_text(words);
    return true;
}

/* TEAM ROLE to USER [from TIME] until TIME ["note"] */
static bool read_override(const struct world *world, struct words *words, struct event *event,
                          struct fault *fault)
{
    event->team = words_next(words);
    const char *role = words_next(words);
    if (!role_parse(role, &event->role) || !words_take(words, "to"))
        return fault_set(fault, FAULT_INPUT, "overrides TEAM ROLE to USER until TIME");
    event->user = words_next(words);
    msec after = world->now.wall_at;
    if (words_take(words, "from")) {
        if (!words_take_time(words, world->setup.zone, after, &event->from_at, fault))
            return false;
        after = event->from_at;
    }
    if (!words_take(words, "until") ||
        !words_take_time(words, world->setup.zone, after, &event->until_at, fault))
        return fault_set(fault, FAULT_INPUT, "'until' is missing");
    event->text = take_text(words);
    return true;
}

/* TEAM ROLE day|at TIME [until TIME] [with USER] */
static bool read_swap(const struct world *world, struct words *words, struct event *event,
                      struct fault *fault)
{
    event->team = words_next(words);
    const char *role = words_next(words);
    event->is_day = words_take(words, "day");
    if (!role_parse(role, &event->role) || (!event->is_day && !words_take(words, "at")))
        return fault_set(fault, FAULT_INPUT, "asks-swap TEAM ROLE day|at TIME");
    if (!words_take_time(words, world->setup.zone, world->now.wall_at, &event->from_at, fault) ||
        (words_take(words, "until") &&
         !words_take_time(words, world->setup.zone, event->from_at, &event->until_at, fault)))
        return false;
    if (words_take(words, "with"))
        event->user = words_next(words);
    return true;
}

/* USER [CHANNEL] */
static bool read_test(const struct world *world, struct words *words, struct event *event,
                      struct fault *fault)
{
    (void)world;
    (void)fault;
    event->user = words_next(words);
    event->text = take_text(words);
    return true;
}

/* CHANNEL */
static bool read_test_answer(const struct world *world, struct words *words, struct event *event,
                             struct fault *fault)
{
    (void)world;
    (void)fault;
    event->text = words_next(words);
    return true;
}

const struct page *act_code_page(const struct world *world, const char *user, const char *channel)
{
    const struct page *latest = NULL;
    const struct page *page = NULL;
    size_t cursor = 0;
    while ((page = view_each_page(world->engine, &cursor)) != NULL) {
        if (page->kind == PAGE_VERIFY && string_is(page->user, user) &&
            string_is(page->channel, channel) && (latest == NULL || page->id > latest->id))
            latest = page;
    }
    return latest;
}

/* CHANNEL CODE: the latest page with a code, by that channel to the one who gets it */
static bool read_code_made(const struct world *world, struct words *words, struct event *event,
                           struct fault *fault)
{
    static char hash[CODE_HASH_SIZE]; /* borrowed by the event until the next one is read */
    const char *channel = words_next(words);
    const struct page *page = act_code_page(world, event->actor, channel);
    if (page == NULL)
        return fault_set(fault, FAULT_CONFLICT, "no page with a code went there");
    event->id = page->id;
    code_hash("salt", span_of(words_next(words)), hash);
    event->text = hash;
    return true;
}

/* w1 [yes|no] */
static bool read_swap_id(const struct world *world, struct words *words, struct event *event,
                         struct fault *fault)
{
    (void)world;
    const char *id = words_next(words);
    if (id == NULL || id[0] != 'w')
        return fault_set(fault, FAULT_INPUT, "which swap? w1 ...");
    event->id = strtoull(id + 1, NULL, 10);
    event->is_yes = words_take(words, "yes");
    return event->is_yes || words_take(words, "no") || event->kind == EVENT_SWAP_CANCEL ||
           fault_set(fault, FAULT_INPUT, "yes or no?");
}

static bool read_override_end(const struct world *world, struct words *words, struct event *event,
                              struct fault *fault)
{
    (void)world;
    const char *id = words_next(words);
    if (id == NULL || id[0] != 'o')
        return fault_set(fault, FAULT_INPUT, "which override? o1 ...");
    event->id = strtoull(id + 1, NULL, 10);
    return true;
}

/* MATCH... [team=T] [from TIME] for DURATION | until TIME ["why"] */
static bool read_silence(const struct world *world, struct words *words, struct event *event,
                         struct fault *fault)
{
    static char match[2 * SILENCE_MATCH_SIZE_MAX]; /* borrowed by the event */
    size_t size = 0;
    match[0] = '\0';
    msec after = world->now.wall_at;
    while (!is_end(words) && words_peek(words) != NULL && strchr(words_peek(words), '=') != NULL) {
        const char *team = words_take_option(words, "team");
        if (team != NULL)
            event->team = team;
        else if (size < sizeof match)
            size += (size_t)snprintf(match + size, sizeof match - size, "%s%s",
                                     size > 0 ? "\n" : "", words_next(words));
    }
    if (words_take(words, "from")) {
        if (!words_take_time(words, world->setup.zone, after, &event->from_at, fault))
            return false;
        after = event->from_at;
    }
    if (words_take(words, "for")) {
        if (!words_take_duration(words, &event->for_ms, fault))
            return false;
        event->until_at = after + event->for_ms;
    } else if (!words_take(words, "until") ||
               !words_take_time(words, world->setup.zone, after, &event->until_at, fault)) {
        return fault_set(fault, FAULT_INPUT, "'for' or 'until' is missing");
    }
    event->match = match;
    event->text = is_end(words) ? "work" : words_next(words);
    return true;
}

static bool read_silence_end(const struct world *world, struct words *words, struct event *event,
                             struct fault *fault)
{
    (void)world;
    const char *id = words_next(words);
    if (id == NULL || id[0] != 's')
        return fault_set(fault, FAULT_INPUT, "which silence? s1 ...");
    event->id = strtoull(id + 1, NULL, 10);
    return true;
}

/* NAME TEAM every 1h grace 5m [severity=S] */
static bool read_heartbeat(const struct world *world, struct words *words, struct event *event,
                           struct fault *fault)
{
    static struct heartbeat wanted; /* borrowed by the event until the next one is read */
    (void)world;
    wanted = (struct heartbeat){.name = (char *)(uintptr_t)words_next(words),
                                .team = (char *)(uintptr_t)words_next(words),
                                .uuid = "00000000-0000-4000-9000-000000000000"};
    if (!words_take(words, "every") || !words_take_duration(words, &wanted.every_ms, fault) ||
        !words_take(words, "grace") || !words_take_duration(words, &wanted.grace_ms, fault))
        return fault_set(fault, FAULT_INPUT, "NAME TEAM every 1h grace 5m [severity=S]");
    const char *severity = is_end(words) ? NULL : words_take_option(words, "severity");
    if (severity != NULL && !severity_parse(severity, &wanted.severity))
        return fault_set(fault, FAULT_INPUT, "'%s' is no severity", severity);
    event->heartbeat = &wanted;
    return true;
}

static bool read_heartbeat_end(const struct world *world, struct words *words, struct event *event,
                               struct fault *fault)
{
    const struct heartbeat *heartbeat = view_heartbeat(world->engine, words_next(words));
    (void)fault;
    event->id = heartbeat != NULL ? heartbeat->id : 0;
    return true;
}

static bool read_rest(const struct world *world, struct words *words, struct event *event,
                      struct fault *fault)
{
    event->user = words_next(words);
    return take_for_or_until(world, words, event, fault);
}

static bool read_user(const struct world *world, struct words *words, struct event *event,
                      struct fault *fault)
{
    (void)world;
    (void)fault;
    event->user = take_text(words);
    return true;
}

/* [for 20m] */
static bool read_for(const struct world *world, struct words *words, struct event *event,
                     struct fault *fault)
{
    (void)world;
    return is_end(words) ||
           (words_take(words, "for") && words_take_duration(words, &event->for_ms, fault)) ||
           fault_set(fault, FAULT_INPUT, "for how long? for 20m");
}

static bool read_no_more(const struct world *world, struct words *words, struct event *event,
                         struct fault *fault)
{
    (void)world;
    (void)words;
    (void)event;
    (void)fault;
    return true;
}

/* "ann acknowledges": the second word. */
static const struct {
    const char *verb;
    enum event_kind kind;
    bool (*read)(const struct world *world, struct words *words, struct event *event,
                 struct fault *fault);
} deeds[] = {
    {"acknowledges", EVENT_ACKNOWLEDGE, read_ack},
    {"undoes", EVENT_UNACKNOWLEDGE, read_nothing},
    {"resolves", EVENT_RESOLVE, read_nothing},
    {"snoozes", EVENT_SNOOZE, read_snooze},
    {"unsnoozes", EVENT_UNSNOOZE, read_nothing},
    {"escalates", EVENT_ESCALATE, read_nothing},
    {"reassigns", EVENT_REASSIGN, read_reassign},
    {"notes", EVENT_NOTE, read_nothing},
    {"overrides", EVENT_OVERRIDE_ADD, read_override},
    {"ends-override", EVENT_OVERRIDE_END, read_override_end},
    {"tests", EVENT_TEST_PAGE, read_test},
    {"answers-test", EVENT_TEST_ANSWER, read_test_answer},
    {"gets-code", EVENT_CODE_MADE, read_code_made},
    {"enters-code", EVENT_CODE, read_test_answer},
    {"asks-swap", EVENT_SWAP_ASK, read_swap},
    {"answers-swap", EVENT_SWAP_ANSWER, read_swap_id},
    {"cancels-swap", EVENT_SWAP_CANCEL, read_swap_id},
    {"silences", EVENT_SILENCE_ADD, read_silence},
    {"ends-silence", EVENT_SILENCE_END, read_silence_end},
    {"adds-heartbeat", EVENT_HEARTBEAT_ADD, read_heartbeat},
    {"removes-heartbeat", EVENT_HEARTBEAT_REMOVE, read_heartbeat_end},
    {"sends-to-rest", EVENT_RECOVERY_START, read_rest},
    {"ends-rest", EVENT_RECOVERY_END, read_user},
    {"waives", EVENT_RECOVERY_WAIVE, read_user},
    {"pauses", EVENT_PAUSE, read_for},
    {"ends-pause", EVENT_PAUSE_END, read_no_more},
    {"is-awake", EVENT_AWAKE, read_for},
    {"goes-to-sleep", EVENT_AWAKE_END, read_no_more},
};

static bool act_deed(struct world *world, const char *who, struct words *words, struct fault *fault)
{
    const char *verb = words_next(words);
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (!string_is(deeds[i].verb, verb))
            continue;
        struct event event = {
            .kind = deeds[i].kind, .actor = who, .via = "story", .target.kind = TARGET_COUNT};
        return deeds[i].read(world, words, &event, fault) && world_step(world, &event, fault);
    }
    return fault_set(fault, FAULT_INPUT, "'%s %s' is nothing that can happen", who,
                     verb != NULL ? verb : "");
}

/* A word as a format reads it. */
static void alert_weigh(struct alert *alert, const char *word)
{
    alert->severity_word = word;
    alert->is_severity_guessed = !severity_parse(word, &alert->severity);
    if (alert->is_severity_guessed)
        alert->severity = SEVERITY_ERROR;
}

/* "+4m", "-2m", or a time of the last day or later. */
static bool read_instant(const struct world *world, const char *value, msec *at,
                         struct fault *fault)
{
    struct words words;
    msec now_at = world->now.wall_at;
    msec before_ms = 0;
    if (value[0] == '-') {
        if (!duration_parse(value + 1, &before_ms, fault))
            return false;
        *at = now_at - before_ms;
        return true;
    }
    msec after_at = value[0] == '+' ? now_at : now_at - DAY_MS;
    return words_read(value, &words, fault) &&
           words_take_time(&words, world->setup.zone, after_at, at, fault);
}

/* TEAM|- [key=K] [severity=S] [word=W] [from=INTEGRATION] [host=H] [service=S] [by=WHO]
 * [since=TIME] [ends=TIME] [once=yes] ["summary"] */
static bool act_source(struct world *world, struct words *words, enum event_kind kind,
                       struct fault *fault)
{
    struct label label = {.name = (char *)(uintptr_t) "host"};
    struct alert alert = {.integration = "monitor", .summary = "", .dedup_key = "key"};
    const char *who = NULL;
    alert.team = words_next(words);
    if (string_is(alert.team, "-"))
        alert.team = NULL;
    while (!is_end(words)) {
        const char *value = NULL;
        if ((value = words_take_option(words, "key")) != NULL) {
            alert.dedup_key = value;
        } else if ((value = words_take_option(words, "from")) != NULL) {
            alert.integration = value;
        } else if ((value = words_take_option(words, "by")) != NULL) {
            who = value;
        } else if ((value = words_take_option(words, "severity")) != NULL) {
            if (!severity_parse(value, &alert.severity))
                return fault_set(fault, FAULT_INPUT, "'%s' is no severity", value);
        } else if ((value = words_take_option(words, "word")) != NULL) {
            alert_weigh(&alert, value);
        } else if ((value = words_take_option(words, "service")) != NULL) {
            alert.service = value;
        } else if ((value = words_take_option(words, "since")) != NULL) {
            if (!read_instant(world, value, &alert.started_at, fault))
                return false;
        } else if ((value = words_take_option(words, "ends")) != NULL) {
            if (!read_instant(world, value, &alert.ends_at, fault))
                return false;
        } else if (words_take_option(words, "once") != NULL) {
            alert.is_told_once = true;
        } else if ((value = words_take_option(words, "host")) != NULL) {
            label.value = (char *)(uintptr_t)value;
            alert.labels = &label;
            alert.label_count = 1;
        } else if ((value = words_take_option(words, "user")) != NULL) {
            label = (struct label){(char *)(uintptr_t) "user", (char *)(uintptr_t)value};
            alert.labels = &label;
            alert.label_count = 1;
        } else {
            alert.summary = words_next(words);
        }
    }
    (void)snprintf(alert.uuid, sizeof alert.uuid, "00000000-0000-4000-8000-%012" PRIu64,
                   ++world->uuid_count);
    struct event event = {.kind = kind,
                          .actor = who != NULL ? who : alert.integration,
                          .via = "http",
                          .alert = &alert,
                          .text = kind == EVENT_NOTE_SOURCE ? alert.summary : NULL};
    return world_step(world, &event, fault);
}

static bool act_alert(struct world *world, struct words *words, struct fault *fault)
{
    return act_source(world, words, EVENT_TRIGGER, fault);
}

static bool act_clear(struct world *world, struct words *words, struct fault *fault)
{
    return act_source(world, words, EVENT_RESOLVE_SOURCE, fault);
}

static bool act_source_note(struct world *world, struct words *words, struct fault *fault)
{
    return act_source(world, words, EVENT_NOTE_SOURCE, fault);
}

/* Somebody has acked in the monitoring system, which says who: by=WHO. */
static bool act_source_ack(struct world *world, struct words *words, struct fault *fault)
{
    return act_source(world, words, EVENT_ACKNOWLEDGE, fault);
}

/* Somebody has taken an ack back there, of which it does not say who. */
static bool act_source_unack(struct world *world, struct words *words, struct fault *fault)
{
    return act_source(world, words, EVENT_UNACKNOWLEDGE, fault);
}

/* beat NAME [start|fail|log] ["text"] */
static bool act_beat(struct world *world, struct words *words, struct fault *fault)
{
    static const char *const names[PING_COUNT] = {
        [PING_ALIVE] = "alive", [PING_START] = "start", [PING_FAIL] = "fail", [PING_LOG] = "log"};
    const struct heartbeat *heartbeat = view_heartbeat(world->engine, words_next(words));
    struct event event = {.kind = EVENT_HEARTBEAT_PING,
                          .actor = "heartbeat",
                          .via = "ping",
                          .id = heartbeat != NULL ? heartbeat->id : 0};
    for (int ping = 0; ping < PING_COUNT; ping++) {
        if (!is_end(words) && words_take(words, names[ping]))
            event.ping = (enum heartbeat_ping)ping;
    }
    event.text = take_text(words);
    return world_step(world, &event, fault);
}

/* courier dies | courier repeats | courier fails USER CHANNEL [after DURATION] */
static bool act_courier(struct world *world, struct words *words, struct fault *fault)
{
    const char *mode = words_next(words);
    if (string_is(mode, "dies")) {
        struct event event = {.kind = EVENT_COURIER_LOST, .actor = "pagerd"};
        return world_step(world, &event, fault);
    }
    if (string_is(mode, "repeats"))
        return world_repeat_outcome(world, fault);
    const char *user = words_next(words);
    const char *channel = words_next(words);
    msec after_ms = 0;
    if (channel == NULL)
        return fault_set(fault, FAULT_INPUT, "courier MODE USER CHANNEL [after DURATION]");
    if (words_take(words, "after") && !words_take_duration(words, &after_ms, fault))
        return false;
    world_habit(world, user, channel, mode, after_ms);
    return true;
}

/* disk hangs | full | fails | goes */
static bool act_disk(struct world *world, struct words *words, struct fault *fault)
{
    static const char *const names[DISK_MODE_COUNT] = {
        [DISK_WELL] = "goes", [DISK_HANGS] = "hangs", [DISK_FULL] = "full", [DISK_FAILS] = "fails"};
    const char *name = words_next(words);
    for (int mode = 0; mode < DISK_MODE_COUNT; mode++) {
        if (string_is(names[mode], name))
            return world_disk(world, (enum disk_mode)mode, fault);
    }
    return fault_set(fault, FAULT_INPUT, "disk hangs, full, fails or goes");
}

static bool act_notice(struct world *world, struct words *words, struct fault *fault)
{
    const char *team = words_next(words);
    struct event event = {.kind = EVENT_NOTICE,
                          .actor = "pagerd",
                          .team = string_is(team, "-") ? NULL : team,
                          .text = take_text(words)};
    return world_step(world, &event, fault);
}

/* probe CHANNEL[.2] good|bad: the daemon has asked the provider how it is, without a page */
static bool act_probe(struct world *world, struct words *words, struct fault *fault)
{
    struct span rest = span_of(words_next(words));
    const char *channel = arena_copy_span(world->arena, span_cut(&rest, '.'));
    bool is_good = string_is(words_next(words), "good");
    struct event event = {.kind = EVENT_PROVIDER,
                          .actor = "pagerd",
                          .channel = channel,
                          .provider = span_is(rest, "2") ? 2 : 1,
                          .outcome = is_good ? OUTCOME_DELIVERED : OUTCOME_FAILED,
                          .text = "by a probe"};
    return world_step(world, &event, fault);
}

/* link USER "VIA" wrong|spent|disowned [#N]: what happened to an ack link */
static bool act_link(struct world *world, struct words *words, struct fault *fault)
{
    static const char *const names[LINK_NEWS_COUNT] = {
        [LINK_WRONG] = "wrong", [LINK_SPENT] = "spent", [LINK_DISOWNED] = "disowned"};
    struct event event = {.kind = EVENT_LINK, .actor = "pagerd"};
    event.user = words_next(words);
    event.via = words_next(words);
    const char *name = words_next(words);
    int news = 0;
    while (news < LINK_NEWS_COUNT && !string_is(names[news], name))
        news++;
    if (news == LINK_NEWS_COUNT)
        return fault_set(fault, FAULT_INPUT, "link USER VIA wrong, spent or disowned");
    event.link = (enum link_news)news;
    event.incident = take_number(world, words);
    return world_step(world, &event, fault);
}

/* change LINE-OF-SETUP: a reload of the configuration */
static bool act_change(struct world *world, struct words *words, struct fault *fault)
{
    struct words line = *words;
    while (!is_end(words))
        words->at++;
    line.count = words->at;
    if (!setup_line(&world->setup, &line, fault))
        return false;
    if (world->engine != NULL)
        return world_reload(world, fault);
    world_build(world);
    return true;
}

/* crash | crash before-commit | after-commit | after-send K: at that place of the next turn */
static bool act_crash(struct world *world, struct words *words, struct fault *fault)
{
    static const char *const places[CRASH_COUNT] = {[CRASH_BEFORE_COMMIT] = "before-commit",
                                                    [CRASH_AFTER_COMMIT] = "after-commit",
                                                    [CRASH_AFTER_SEND] = "after-send"};
    if (is_end(words)) {
        world_crash(world);
        return true;
    }
    const char *place = words_next(words);
    for (int crash = CRASH_BEFORE_COMMIT; crash < CRASH_COUNT; crash++) {
        if (!string_is(places[crash], place))
            continue;
        world->crash = (enum world_crash)crash;
        if (crash == CRASH_AFTER_SEND)
            world->crash_after = is_end(words) ? 0 : strtoul(words_next(words), NULL, 10);
        return true;
    }
    return fault_set(fault, FAULT_INPUT, "crash before-commit, after-commit or after-send K");
}

static bool act_restart(struct world *world, struct words *words, struct fault *fault)
{
    (void)words;
    return world_restart(world, fault);
}

/* What is on disk is a backup of when it crashed, and is started from as such. */
static bool act_recall(struct world *world, struct words *words, struct fault *fault)
{
    (void)words;
    return world_recall(world, fault);
}

/* clock +2h: the wall clock is set; the steady one runs on */
static bool act_clock(struct world *world, struct words *words, struct fault *fault)
{
    if (world->cluster != NULL && !is_end(words) && strchr("+-", words_peek(words)[0]) == NULL)
        return cluster_act(world, "clock", words, fault);
    const char *by = words_next(words);
    msec step_ms = 0;
    if (by == NULL || (by[0] != '+' && by[0] != '-') || !duration_parse(by + 1, &step_ms, fault))
        return fault_set(fault, FAULT_INPUT, "clock +2h");
    world->now.wall_at += by[0] == '-' ? -step_ms : step_ms;
    if (world->cluster != NULL)
        cluster_clock_set(world);
    struct event event = {.kind = EVENT_TICK, .actor = "pagerd"};
    if (world->engine != NULL)
        return world_step(world, &event, fault);
    world->answer = (struct answer){.kind = ANSWER_DONE};
    return true;
}

/* The store takes nothing: what waits for more goes out. */
static bool act_hurry(struct world *world, struct words *words, struct fault *fault)
{
    (void)words;
    struct event event = {.kind = EVENT_HURRY, .actor = "pagerd", .via = "store"};
    return world_step(world, &event, fault);
}

/* The first word. */
static const struct {
    const char *verb;
    bool (*act)(struct world *world, struct words *words, struct fault *fault);
} acts[] = {
    {"alert", act_alert},
    {"clear", act_clear},
    {"source-note", act_source_note},
    {"source-ack", act_source_ack},
    {"source-unack", act_source_unack},
    {"courier", act_courier},
    {"notice", act_notice},
    {"probe", act_probe},
    {"link", act_link},
    {"change", act_change},
    {"crash", act_crash},
    {"restart", act_restart},
    {"recall", act_recall},
    {"beat", act_beat},
    {"clock", act_clock},
    {"disk", act_disk},
    {"hurry", act_hurry},
};

/* All the rest of the clause is what a node is asked. */
static bool act_asked(struct world *world, const char *prefix, struct words *words,
                      struct fault *fault)
{
    struct words *call = memory_new(1, sizeof *call);
    while (!is_end(words))
        memcpy(call->list[call->count++], words_next(words), WORD_SIZE);
    bool is_good = cluster_call(world, prefix, call, fault);
    free(call);
    return is_good;
}

bool act_clause(struct world *world, struct words *words, struct fault *fault)
{
    const char *first = words_next(words);
    world->answer = (struct answer){.kind = ANSWER_DONE};
    if (world->cluster != NULL && cluster_is_prefix(first))
        return act_asked(world, first, words, fault);
    if (cluster_is_verb(first))
        return cluster_act(world, first, words, fault);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (string_is(acts[i].verb, first))
            return acts[i].act(world, words, fault);
    }
    return act_deed(world, first, words, fault);
}
