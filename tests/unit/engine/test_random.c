/* SPDX-License-Identifier: MIT */
/*
 * Throws random events, outcomes, times, crashes and reloads at the engine, which checks itself all
 * the while; the store checks the versions of everything that is saved. PAGERD_SEED=N runs that
 * seed alone; a failure prints the seed. PAGERD_TESTS_LONG runs more of them.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/check.h"
#include "scenarios/world.h"
#include "sim/chance.h"

#ifdef __SANITIZE_ADDRESS__
#define HAS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER
#endif
#endif
#ifdef HAS_SANITIZER
#define SEEDS 1 /* each takes three times as long */
#define LIVES 1 /* that it repeats needs no sanitizer */
#else
#define SEEDS 2
#define LIVES 2
#endif
#define SEEDS_LONG 20
#define STEPS 250
#define CHECK_EVERY 48 /* a seed that is run alone is checked and asked after every step */
#define ASK_EVERY 8

static const char *const setup_lines[] = {
    "user ann sms email",
    "user bob sms email push notify=deep",
    "user cat sms",
    "user dan email",
    "user eve sms email zone=America/Chicago",
    "user fay",
    "user mia sms email admin",
    "rule deep 0s sms, 1m push, 2m sms",
    "severity warning quiet not-waking promote=2h",
    "recovery when=15m pages=2 rest=24h cover=secondary+everyone+team:web",
    "rota main ann 2026-11-21/00:00 2026-11-22/09:00",
    "rota main bob 2026-11-22/09:00 2026-11-24/00:00",
    "rota main fay 2026-11-24/12:00 2026-11-25/00:00",
    "rota main zoe+cat 2026-11-25/00:00 2026-12-24/00:00",
    "members db ann bob cat dan",
    "duty db primary calendar:main",
    "duty db secondary bob",
    "manager db mia",
    "last-resort db dan",
    "ack-timeout db 30m",
    "team db primary 5m x2, secondary 5m, everyone 10m",
    "members web eve cat",
    "duty web oncall eve",
    "manager web mia",
    "team web oncall 3m, team:db 5m",
    "ack-timeout web never",
    "team bare",
    "members two ann bob",
    "duty two primary ann",
    "duty two secondary bob",
    "team two primary 5m, secondary 5m",
    "overrides db primary calendar:swaps",
    "rota swaps cat 2026-11-21/10:00 2026-11-21/14:00, nobody 2026-11-21/20:00 2026-11-21/22:00",
    "rota swaps zoe 2026-11-22/10:00 2026-11-22/14:00, ann+fay 2026-11-23/10:00 2026-11-23/12:00",
    "rota shared/primary ann+cat 2026-11-21/00:00 2026-12-21/00:00",
    "rota shared/secondary cat 2026-11-21/06:00 2026-11-22/06:00",
    "rota shared/secondary eve 2026-11-22/06:00 2026-12-21/00:00",
    "members shared ann cat eve fay",
    "duty shared primary calendar:shared/primary",
    "duty shared secondary calendar:shared/secondary",
    "duty shared oncall calendar:missing",
    "overrides shared secondary calendar:swaps/secondary",
    "team shared primary 5m, secondary 5m, oncall 5m, everyone 5m",
    "away ann 2026-11-21/09:00 2026-11-21/17:00",
    "away bob 2026-11-21/12:00 2026-11-22/12:00 \"Lisbon\"",
};

static const char *const people[] = {"ann", "bob", "cat", "dan", "eve", "mia", "zoe", "root"};
static const char *const teams[] = {"db", "web", "bare", "two", "shared", "gone"};
static const char *const swap_rotas[] = {"swaps", "swaps/secondary", "shared/secondary"};
static const char *const swap_users[] = {"ann", "bob+cat", "nobody", "zoe",
                                         "fay", "cat+fay", "eve"};
static const char *const keys[] = {"a", "b", "c", "d", "e", "f"};
static const char *const modes[] = {"sends",   "sends", "sends", "delivers",
                                    "retries", "fails", "loses", "hangs"};
static const char *const changes[] = {
    "remove user cat",
    "team db primary 2m",
    "team db primary 5m x2, secondary 5m, everyone 10m",
    "remove team web",
    "ack-timeout db 10m",
    "recovery off cover=everyone",
    "recovery when=15m pages=2 rest=24h cover=secondary+everyone+team:web+mia",
};

static bool apply_line(struct world *world, const char *line, struct fault *fault)
{
    struct words words;
    return words_read(line, &words, fault) && setup_line(&world->setup, &words, fault);
}

static uint64_t some_incident(const struct world *world, struct chance *chance)
{
    return world->last_incident == 0 ? 1 : 1 + chance_below(chance, world->last_incident);
}

static bool throw_alert(struct world *world, struct chance *chance, struct fault *fault)
{
    struct alert alert = {
        .integration = chance_below(chance, 2) == 0 ? "prom" : "icinga",
        .team = CHOOSE(chance, teams),
        .dedup_key = CHOOSE(chance, keys),
        .severity = (enum severity)chance_below(chance, SEVERITY_COUNT),
        .summary = "something is wrong",
        .source = "db1",
    };
    (void)snprintf(alert.uuid, sizeof alert.uuid, "00000000-0000-4000-8000-%012" PRIu64,
                   ++world->uuid_count);
    struct event event = {.kind = EVENT_TRIGGER, .actor = alert.integration, .alert = &alert};
    if (chance_below(chance, 3) == 0)
        event.kind = EVENT_RESOLVE_SOURCE;
    return world_step(world, &event, fault);
}

static bool throw_deed(struct world *world, struct chance *chance, struct fault *fault)
{
    static const enum event_kind kinds[] = {
        EVENT_ACKNOWLEDGE,  EVENT_ACKNOWLEDGE,    EVENT_UNACKNOWLEDGE, EVENT_RESOLVE,
        EVENT_SNOOZE,       EVENT_UNSNOOZE,       EVENT_ESCALATE,      EVENT_REASSIGN,
        EVENT_NOTE,         EVENT_OVERRIDE_ADD,   EVENT_OVERRIDE_END,  EVENT_RECOVERY_START,
        EVENT_RECOVERY_END, EVENT_RECOVERY_WAIVE, EVENT_NOTICE,        EVENT_COURIER_LOST,
    };
    msec span_ms = (msec)(1 + chance_below(chance, 600)) * MINUTE_MS;
    struct event event = {
        .kind = CHOOSE(chance, kinds),
        .actor = CHOOSE(chance, people),
        .incident = some_incident(world, chance),
        .id = 1 + chance_below(chance, 5),
        .user = CHOOSE(chance, people),
        .team = CHOOSE(chance, teams),
        .role = (enum role)chance_below(chance, ROLE_COUNT),
        .is_take = chance_below(chance, 2) == 0,
        .text = "because",
        .target.kind = TARGET_COUNT,
    };
    if (chance_below(chance, 2) == 0)
        event.for_ms = span_ms;
    event.until_at = world->now.wall_at + span_ms;
    if (event.kind == EVENT_REASSIGN && chance_below(chance, 2) == 0) {
        event.user = NULL;
        event.target = (struct target){.kind = (enum target_kind)chance_below(chance, 3),
                                       .role = event.role,
                                       .name = event.team};
    }
    if (event.kind == EVENT_RECOVERY_WAIVE)
        event.user = NULL;
    return world_step(world, &event, fault);
}

static bool change(struct world *world, struct chance *chance, struct fault *fault)
{
    struct fault ignored;
    (void)apply_line(world, CHOOSE(chance, changes), &ignored); /* removed already: fine */
    return world_reload(world, fault);
}

static void add_time(struct text *text, const struct world *world, msec at)
{
    struct civil civil = zone_civil(world->setup.zone, at);
    text_addf(text, " %04d-%02d-%02d/%02d:%02d", civil.year, civil.month, civil.day, civil.hour,
              civil.minute);
}

/* One to three stretches from about now on: "LINE WHO FROM UNTIL, WHO FROM UNTIL". `who` NULL: by
 * chance. */
static void add_stretches(struct text *text, const struct world *world, struct chance *chance,
                          const char *who)
{
    msec at = world->now.wall_at + ((msec)chance_below(chance, 48) - 24) * 15 * MINUTE_MS;
    at -= at % MINUTE_MS;
    size_t count = 1 + chance_below(chance, 3);
    for (size_t i = 0; i < count; i++) {
        text_addf(text, "%s %s", i > 0 ? "," : "", who != NULL ? who : CHOOSE(chance, swap_users));
        add_time(text, world, at);
        at += (msec)(1 + chance_below(chance, 40)) * 30 * MINUTE_MS;
        add_time(text, world, at);
        at += (msec)chance_below(chance, 3) * HOUR_MS;
    }
}

/* A calendar is read anew: of overrides, of one layer, or of leave. */
static bool change_calendar(struct world *world, struct chance *chance, struct fault *fault)
{
    CLEANUP(text_clear) struct text line = {0};
    struct fault ignored;
    if (chance_below(chance, 2) == 0) {
        const char *rota = CHOOSE(chance, swap_rotas);
        setup_rota_add(&world->setup, rota)->count = 0;
        text_addf(&line, "rota %s", rota);
        add_stretches(&line, world, chance, NULL);
        return apply_line(world, text_string(&line), fault) && world_reload(world, fault);
    }
    const char *user = CHOOSE(chance, people);
    text_addf(&line, "remove away %s", user);
    (void)apply_line(world, text_string(&line), &ignored); /* was not away: fine */
    if (chance_below(chance, 4) > 0) {
        line.size = 0;
        text_addf(&line, "away %s", user);
        msec at = world->now.wall_at + ((msec)chance_below(chance, 48) - 24) * 15 * MINUTE_MS;
        add_time(&line, world, at);
        add_time(&line, world, at + (msec)(1 + chance_below(chance, 100)) * HOUR_MS);
        if (!apply_line(world, text_string(&line), fault))
            return false;
    }
    return world_reload(world, fault);
}

/* How many people are on call in every role of every team. */
static void count_duties(const struct world *world, size_t counts[SETUP_TEAMS_MAX * ROLE_COUNT])
{
    const struct policy *policy = view_policy(world->engine);
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT; i++) {
        struct duty duty = {0};
        (void)view_oncall(world->engine, &policy->teams[i / ROLE_COUNT],
                          (enum role)(i % ROLE_COUNT), world->now.wall_at, &duty);
        counts[i] = duty.user_count;
    }
}

/* An override that replaces one person leaves one person, and every other role as full as it was.
 */
static bool throw_override(struct world *world, struct chance *chance, struct fault *fault)
{
    size_t before[SETUP_TEAMS_MAX * ROLE_COUNT];
    size_t after[SETUP_TEAMS_MAX * ROLE_COUNT];
    struct event event = {
        .kind = EVENT_TICK, .actor = "mia", .user = CHOOSE(chance, people), .text = "swap"};
    if (!world_step(world, &event, fault))
        return false;
    count_duties(world, before);
    event.kind = EVENT_OVERRIDE_ADD;
    event.team = CHOOSE(chance, teams);
    event.role = (enum role)chance_below(chance, ROLE_COUNT);
    event.until_at = world->now.wall_at + (msec)(1 + chance_below(chance, 600)) * MINUTE_MS;
    if (!world_step(world, &event, fault))
        return false;
    if (world->answer.kind != ANSWER_DONE)
        return true;
    count_duties(world, after);
    const struct policy *policy = view_policy(world->engine);
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT; i++) {
        const char *team = policy->teams[i / ROLE_COUNT].id;
        bool is_it = string_is(team, event.team) && i % ROLE_COUNT == (size_t)event.role;
        if (is_it ? after[i] != 1 : (before[i] == 0) != (after[i] == 0))
            return fault_set(fault, FAULT_CONFLICT, "an override makes %zu of %zu in %s", after[i],
                             before[i], team);
    }
    return true;
}

static bool pass(struct world *world, struct chance *chance, struct fault *fault)
{
    static const msec spans[] = {0, 0, 1000, 10000, 61000, 5 * 60000, 11 * 60000, 40 * 60000};
    msec until_at = world->now.steady_at + CHOOSE(chance, spans);
    if (chance_below(chance, 40) == 0)
        until_at += 9 * HOUR_MS;
    while (world->now.steady_at < until_at) {
        msec next_at = world->now.steady_at + 20 * MINUTE_MS;
        world_moment(world);
        if (!world_pass(world, next_at < until_at ? next_at : until_at, false, fault))
            return false;
    }
    return true;
}

static bool throw_one(struct world *world, struct chance *chance, struct fault *fault)
{
    world_moment(world);
    size_t what = chance_below(chance, 100);
    if (what < 8) {
        world->habit_count = 0;
        world_habit(world, CHOOSE(chance, people), "*", CHOOSE(chance, modes), 0);
        world_habit(world, CHOOSE(chance, people), "sms", CHOOSE(chance, modes), 0);
    }
    if (!pass(world, chance, fault))
        return false;
    world_moment(world);
    if (what < 3)
        return world_restart(world, fault);
    if (what < 4)
        return change(world, chance, fault);
    if (what < 6)
        world->now.wall_at += (msec)chance_below(chance, 7200000) - 3600000;
    if (what < 10)
        return change_calendar(world, chance, fault);
    if (what < 12)
        return throw_override(world, chance, fault);
    if (what < 50)
        return throw_alert(world, chance, fault);
    return throw_deed(world, chance, fault);
}

/* Between its two ends an answer is the same; at them it is not. */
static bool answer_holds(const struct world *world, const struct team *team, enum role role,
                         const struct duty *duty, struct chance *chance, struct fault *fault)
{
    msec from_at = world->now.wall_at - 60 * DAY_MS; /* within DUTY_REACH_MS of everything */
    msec until_at = world->now.wall_at + 60 * DAY_MS;
    if (duty->from_at > from_at)
        from_at = duty->from_at;
    if (duty->until_at < until_at)
        until_at = duty->until_at;
    msec at = from_at + (msec)chance_below(chance, (size_t)(until_at - from_at));
    struct duty other;
    (void)view_oncall(world->engine, team, role, at, &other);
    if (other.kind != duty->kind || other.user_count != duty->user_count ||
        memcmp(other.users, duty->users, duty->user_count * sizeof *duty->users) != 0 ||
        other.instead_of != duty->instead_of)
        return fault_set(fault, FAULT_CONFLICT, "%s %s changes within one answer: %s / %s",
                         team->id, role_name(role), duty->why, other.why);
    return (other.from_at == duty->from_at && other.until_at == duty->until_at &&
            other.slot_at == duty->slot_at) ||
           fault_set(fault, FAULT_CONFLICT,
                     "%s %s: one answer is %" PRId64 "-%" PRId64 " and %" PRId64 "-%" PRId64 ": %s",
                     team->id, role_name(role), duty->from_at, duty->until_at, other.from_at,
                     other.until_at, duty->why);
}

/* Everything that screens ask, at this moment and at another. */
static bool all_can_be_asked(const struct world *world, struct chance *chance, struct fault *fault)
{
    const struct policy *policy = view_policy(world->engine);
    msec other_at = world->now.wall_at + (msec)chance_below(chance, 72) * 60 * MINUTE_MS;
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT * 2; i++) {
        struct duty duty;
        const struct team *team = &policy->teams[i / 2 / ROLE_COUNT];
        if (!view_oncall(world->engine, team, (enum role)(i / 2 % ROLE_COUNT),
                         i % 2 == 0 ? world->now.wall_at : other_at, &duty))
            continue;
        if (duty.why[0] == '\0' || (duty.kind == DUTY_COVER && duty.instead_of == NULL))
            return fault_set(fault, FAULT_CONFLICT, "%s is on call without a reason", team->id);
        if (!check_duty(world->engine, team, (enum role)(i / 2 % ROLE_COUNT), other_at, fault) ||
            !answer_holds(world, team, (enum role)(i / 2 % ROLE_COUNT), &duty, chance, fault))
            return false;
    }
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        const struct team *team = NULL;
        const struct user *cover = NULL;
        enum role role = ROLE_PRIMARY;
        if (view_cover(world->engine, people[i], other_at, &team, &role, &cover) &&
            string_is(cover->id, people[i]))
            return fault_set(fault, FAULT_CONFLICT, "%s covers for themself", people[i]);
    }
    uint64_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = view_each_incident(world->engine, &cursor)) != NULL) {
        struct next_page next;
        (void)view_next(world->engine, incident, world->now, &next);
    }
    return true;
}

/* The world at its end is still alive: everything that waits for somebody pages somebody. */
static bool all_are_paged(struct world *world, struct fault *fault)
{
    world->habit_count = 0;
    uint64_t waiting[4096];
    size_t count = 0;
    uint64_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = view_each_incident(world->engine, &cursor)) != NULL) {
        if (incident->state == INCIDENT_TRIGGERED && count < 4096)
            waiting[count++] = incident->number;
    }
    bool is_paged[4096] = {0};
    for (int i = 0; i < 40; i++) {
        world_moment(world);
        if (!world_pass(world, world->now.steady_at + 5 * MINUTE_MS, false, fault))
            return false;
        for (size_t j = 0; j < world->page_count; j++) {
            for (size_t k = 0; k < count; k++)
                is_paged[k] = is_paged[k] || waiting[k] == world->pages[j].incident;
        }
    }
    for (size_t k = 0; k < count; k++) {
        if (!is_paged[k])
            return fault_set(fault, FAULT_CONFLICT, "nobody was paged for #%" PRIu64, waiting[k]);
    }
    return true;
}

static bool run_seed(uint64_t seed, unsigned check_every, uint64_t *digest, struct fault *fault)
{
    struct world *world = memory_new(1, sizeof *world);
    struct chance chance = {.state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    bool is_good = world_init(world, fault);
    world->check_every = check_every;
    int ask_every = check_every > 1 ? ASK_EVERY : 1;
    for (size_t i = 0; is_good && i < sizeof setup_lines / sizeof *setup_lines; i++)
        is_good = apply_line(world, setup_lines[i], fault);
    world->now = (struct now){world->setup.start_at, world->setup.start_at};
    is_good = is_good && world_reload(world, fault);
    for (int i = 0; is_good && i < STEPS; i++)
        is_good = throw_one(world, &chance, fault) &&
                  (i % ask_every != 0 || all_can_be_asked(world, &chance, fault));
    is_good = is_good && all_are_paged(world, fault);
    *digest = world_digest(world);
    world_clear(world);
    free(world);
    return is_good;
}

static void no_seed_breaks_an_invariant_and_every_seed_repeats_exactly(void **state)
{
    (void)state;
    const char *only = getenv("PAGERD_SEED");
    uint64_t from = only != NULL ? strtoull(only, NULL, 10) : 1;
    unsigned check_every = only != NULL ? 1 : CHECK_EVERY;
    uint64_t seeds = getenv("PAGERD_TESTS_LONG") != NULL ? SEEDS_LONG : SEEDS;
    uint64_t until = from + (only != NULL ? 1 : seeds);
    for (uint64_t seed = from; seed < until; seed++) {
        struct fault fault = {0};
        uint64_t digests[LIVES] = {0};
        for (size_t i = 0; i < LIVES; i++) {
            if (!run_seed(seed, check_every, &digests[i], &fault))
                fail_msg("seed %" PRIu64 ": %s", seed, fault.text);
            if (digests[i] != digests[0])
                fail_msg("seed %" PRIu64 ": two runs differ", seed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_seed_breaks_an_invariant_and_every_seed_repeats_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
