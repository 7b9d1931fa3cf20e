/* SPDX-License-Identifier: MIT */
/* Feeds against the engine: what is written, read back, is what pagerd answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "calendar/calendar.h"
#include "daemon/feeds_walk.h"
#include "engine/engine.h"

#define ZONEINFO TESTS_DIR "/fixtures/zoneinfo"
#define SEGMENTS_MAX 1200

static const char *const names[] = {"ann", "bob", "cat", "dan", "eve", "fay"};
#define PEOPLE (sizeof(names) / sizeof(names[0]))

/* One team with calendars that are made up, and everything the engine needs around it. */
struct town {
    struct engine *engine;
    struct arena *turn;
    struct effects *effects;
    struct zone *zone;
    struct user users[PEOPLE];
    const char *members[PEOPLE];
    struct week_window coverage[1];
    struct team teams[1];
    struct policy policy;
    struct rota rotas[3];
    struct segment segments[3][SEGMENTS_MAX];
    struct roster roster;
    struct now now;
    uint64_t seed;
};

static uint64_t chance(struct town *town, uint64_t below)
{
    town->seed = town->seed * 6364136223846793005u + 1442695040888963407u;
    return (town->seed >> 33) % below;
}

static void step(struct town *town, struct event event)
{
    struct answer answer = {0};
    effects_reset(town->effects);
    arena_reset(town->turn);
    engine_step(town->engine, town->now, &event, town->effects, &answer);
}

/* A rota without end for the whole horizon; `part_ms` 0: pieces of any length, with holes. */
static void rota_fill(struct town *town, size_t index, const char *calendar, msec part_ms)
{
    struct rota *rota = &town->rotas[index];
    msec from_at = town->now.wall_at - 35 * DAY_MS;
    msec until_at = town->now.wall_at + 400 * DAY_MS;
    msec at = from_at - from_at % HOUR_MS;
    size_t count = 0;
    while (at < until_at && count < SEGMENTS_MAX) {
        msec end_at = at + (part_ms != 0 ? part_ms : HOUR_MS * (msec)(1 + chance(town, 200)));
        struct segment *segment = &town->segments[index][count];
        *segment = (struct segment){
            .start_at = at, .end_at = end_at, .summary = "x", .uid = "u", .line = 1};
        segment->user_count = part_ms != 0 ? 1 : chance(town, 3);
        for (size_t i = 0; i < segment->user_count; i++)
            segment->users[i] =
                names[part_ms != 0 ? count % PEOPLE : chance(town, PEOPLE / 2) * 2 + i];
        count++;
        at = end_at + (part_ms != 0 ? 0 : HOUR_MS * (msec)chance(town, 3) * 10);
    }
    *rota = (struct rota){.calendar = calendar,
                          .source = "made.ics",
                          .from_at = from_at,
                          .until_at = until_at,
                          .read_at = town->now.wall_at,
                          .segments = town->segments[index],
                          .segment_count = count};
}

static void policy_fill(struct town *town)
{
    static const struct notify_step notify_steps[] = {{.via = {"inbox"}, .via_count = 1}};
    static const struct notify_rule rules[] = {
        {.id = "normal", .steps = notify_steps, .step_count = 1}};
    for (size_t i = 0; i < PEOPLE; i++) {
        town->members[i] = names[i];
        town->users[i] = (struct user){.id = names[i],
                                       .name = names[i],
                                       .zone = town->zone,
                                       .contacts = {{.channel = "inbox", .address = names[i]}},
                                       .contact_count = 1,
                                       .is_admin = true};
    }
    town->coverage[0] = (struct week_window){.from_minute = 9 * 60, .until_minute = 17 * 60};
    town->teams[0] = (struct team){.id = "ops",
                                   .zone = town->zone,
                                   .roles = {[ROLE_PRIMARY] = {.calendar = "primary"},
                                             [ROLE_SECONDARY] = {.calendar = "secondary"}},
                                   .manager = "ann",
                                   .members = town->members,
                                   .member_count = PEOPLE,
                                   .is_always_covered = true,
                                   .coverage = town->coverage,
                                   .coverage_count = 1,
                                   .ack_timeout_ms = MSEC_NEVER};
    town->policy = (struct policy){.version = "1",
                                   .zone = town->zone,
                                   .users = town->users,
                                   .user_count = PEOPLE,
                                   .teams = town->teams,
                                   .team_count = 1,
                                   .notify_rules = rules,
                                   .notify_rule_count = 1};
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        town->policy.severities[i] =
            (struct severity_rule){.notify = &rules[0], .promote_ms = MSEC_NEVER};
}

static void town_publish(struct town *town)
{
    town->roster = (struct roster){.rotas = town->rotas, .rota_count = 3};
    step(town,
         (struct event){.kind = EVENT_POLICY, .actor = "t", .via = "t", .policy = &town->policy});
    step(town,
         (struct event){.kind = EVENT_ROSTER, .actor = "t", .via = "t", .roster = &town->roster});
}

static struct town *town_new(msec part_ms, uint64_t seed)
{
    struct town *town = memory_new(1, sizeof(*town));
    struct fault fault = {0};
    msec at;
    if (!instant_parse("2026-11-21T06:15:00Z", &at, &fault) ||
        !zone_load(ZONEINFO, "Europe/Berlin", &town->zone, &fault))
        fail_msg("%s", fault.text);
    town->now = (struct now){at, at};
    town->seed = seed;
    town->engine = engine_new();
    town->turn = arena_new();
    town->effects = effects_new(town->turn);
    policy_fill(town);
    rota_fill(town, 0, "primary", part_ms);
    rota_fill(town, 1, "secondary", part_ms);
    rota_fill(town, 2, "other", part_ms);
    town_publish(town);
    return town;
}

static void town_free(struct town *town)
{
    engine_free(town->engine);
    effects_free(town->effects);
    arena_free(town->turn);
    zone_free(town->zone);
    free(town);
}
CLEANUP_DEFINE(struct town *, town_free)

static void override_add(struct town *town, const char *user, msec from_at, msec until_at)
{
    step(town, (struct event){.kind = EVENT_OVERRIDE_ADD,
                              .actor = "ann",
                              .via = "t",
                              .team = "ops",
                              .role = ROLE_PRIMARY,
                              .user = user,
                              .from_at = from_at,
                              .until_at = until_at});
}

/* Builds, writes and reads back; the caller frees the list. */
static struct shift_list *publish(struct town *town, const struct feed_subject *subject,
                                  struct book *book, struct feed_list *list, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    struct shift_list *read = NULL;
    struct fault fault = {0};
    feed_walk(list, arena, town->engine, subject, "pager", book, town->now.wall_at);
    feed_render(&text, list, subject, feed_zone(&town->policy, subject), false, 0);
    struct calendar_file file = {"feed.ics", text_span(&text)};
    struct calendar_request request = {.files = &file,
                                       .file_count = 1,
                                       .tzdir = ZONEINFO,
                                       .from_at = list->from_at,
                                       .until_at = list->until_at};
    if (!calendar_expand(&request, &read, &fault) || read->problem != NULL)
        fail_msg("%s%s", fault.text, read == NULL ? "" : read->problem);
    assert_int_equal(read->shift_count, list->event_count);
    return read;
}

/* Ids with commas of who has the role at that instant by the feed; "" for nobody. */
static const char *users_read(const struct shift_list *list, const char *role, msec at)
{
    const char *users = "";
    size_t found = 0;
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        if (shift->start_at > at || shift->end_at <= at ||
            strcmp(shift->event->categories, role) != 0)
            continue;
        users = shift->event->users == NULL ? "" : shift->event->users;
        found++;
    }
    assert_int_equal(found, 1); /* nobody at all is an event, too */
    return users;
}

static void users_asked(struct town *town, enum role role, msec at, struct text *text)
{
    struct duty duty = {0};
    assert_true(view_oncall(town->engine, &town->teams[0], role, at, &duty));
    for (size_t i = 0; i < duty.user_count; i++)
        text_addf(text, "%s%s", i == 0 ? "" : ",", duty.users[i]->id);
}

static void expect_same_everywhere(struct town *town, const struct feed_list *list,
                                   const struct shift_list *read)
{
    for (int i = 0; i < 500; i++) {
        msec now = town->now.wall_at;
        msec at = now + (msec)chance(town, (uint64_t)(list->until_at - now));
        for (enum role role = ROLE_PRIMARY; role <= ROLE_SECONDARY; role++) {
            CLEANUP(text_clear) struct text asked = {0};
            char instant[INSTANT_TEXT_SIZE];
            users_asked(town, role, at, &asked);
            const char *told = users_read(read, role_name(role), at);
            if (strcmp(told, text_string(&asked)) != 0)
                fail_msg("%s at %s: feed %s, pagerd %s", role_name(role),
                         instant_render(at, instant), told, text_string(&asked));
        }
    }
}

static uint64_t seed_make(void)
{
    uint64_t seed = 0;
    const char *given = getenv("PAGERD_SEED");
    random_bytes(&seed, sizeof(seed));
    if (given != NULL)
        seed = strtoull(given, NULL, 10);
    printf("PAGERD_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static void a_teams_feed_says_what_pagerd_answers(void **state)
{
    (void)state;
    uint64_t seed = seed_make();
    for (int round = 0; round < 20; round++) {
        CLEANUP(town_free) struct town *town = town_new(0, seed + (uint64_t)round);
        CLEANUP(book_free) struct book *book = book_new(0);
        struct feed_subject subject = {.team = &town->teams[0]};
        town->teams[0].overrides[ROLE_SECONDARY].calendar = "other";
        town_publish(town);
        for (int i = 0; i < 10; i++) {
            msec from_at = town->now.wall_at + MINUTE_MS * (msec)chance(town, 200000);
            override_add(town, names[chance(town, PEOPLE)], from_at,
                         from_at + MINUTE_MS * (msec)(1 + chance(town, 10000)));
            CLEANUP(arena_free) struct arena *arena = arena_new();
            struct feed_list list;
            struct shift_list *read = publish(town, &subject, book, &list, arena);
            expect_same_everywhere(town, &list, read);
            shift_list_free(read);
        }
    }
}

/* Everything that all people's own feeds say together is what the team's says, gaps left out. */
static void the_feeds_of_all_people_make_the_feed_of_the_team(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(0, seed_make());
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    struct feed_subject subject = {.team = &town->teams[0]};
    struct feed_list whole;
    feed_walk(&whole, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    size_t told = 0;
    size_t wanted = 0;
    for (size_t i = 0; i < whole.event_count; i++)
        for (const char *at = whole.events[i].users; at != NULL; at = strchr(at + 1, ','))
            wanted++;
    for (size_t person = 0; person < PEOPLE; person++) {
        CLEANUP(book_free) struct book *own = book_new(0);
        struct feed_subject one = {.user = &town->users[person]};
        struct feed_list list;
        feed_walk(&list, arena, town->engine, &one, "pager", own, town->now.wall_at);
        told += list.event_count;
        for (size_t i = 0; i < list.event_count; i++) {
            size_t same = 0;
            for (size_t j = 0; j < whole.event_count; j++)
                same += strcmp(whole.events[j].uid, list.events[i].uid) == 0 &&
                        whole.events[j].start_at == list.events[i].start_at &&
                        whole.events[j].end_at == list.events[i].end_at &&
                        strstr(whole.events[j].users, names[person]) != NULL;
            assert_int_equal(same, 1);
        }
    }
    assert_int_equal(told, wanted);
}

static const struct composed_event *event_at(const struct feed_list *list, const char *role,
                                             msec at)
{
    for (size_t i = 0; i < list->event_count; i++)
        if (list->events[i].start_at <= at && list->events[i].end_at > at &&
            strcmp(list->events[i].categories, role) == 0)
            return &list->events[i];
    fail_msg("nobody has %s", role);
    return NULL;
}

static void a_swap_is_a_change_of_the_slots_event(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    struct feed_subject subject = {.team = &town->teams[0]};
    struct feed_list before;
    struct feed_list after;
    feed_walk(&before, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    const struct composed_event *old =
        event_at(&before, "primary", town->now.wall_at + 30 * DAY_MS);
    assert_int_equal(old->sequence, 0);
    const char *other = strcmp(old->users, "fay") == 0 ? "eve" : "fay";
    override_add(town, other, old->start_at, old->end_at);
    town->now.wall_at += HOUR_MS;
    feed_walk(&after, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    assert_int_equal(after.event_count, before.event_count);
    const struct composed_event *fresh = event_at(&after, "primary", old->start_at);
    assert_string_equal(fresh->uid, old->uid);
    assert_string_equal(fresh->users, other);
    assert_int_equal(fresh->sequence, 1);
    assert_int_equal(fresh->changed_at, town->now.wall_at);
    for (size_t i = 0; i < after.event_count; i++) {
        assert_string_equal(after.events[i].uid, before.events[i].uid);
        if (&after.events[i] != fresh)
            assert_int_equal(after.events[i].changed_at, before.events[i].changed_at);
    }
}

/* Whatever the time between two Mondays, the same schedule gives the same bytes. */
static void time_alone_changes_nothing_within_a_week(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(0, seed_make());
    CLEANUP(book_free) struct book *book = book_new(0);
    CLEANUP(text_clear) struct text first = {0};
    struct feed_subject subject = {.team = &town->teams[0]};
    msec monday = feed_from(town->now.wall_at) + FEED_PAST_MS;
    assert_int_equal(feed_from(monday), feed_from(town->now.wall_at));
    assert_int_equal(feed_from(monday - 1), feed_from(monday) - 7 * DAY_MS);
    for (msec at = town->now.wall_at; feed_from(at) == feed_from(monday); at += 7 * HOUR_MS) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        CLEANUP(text_clear) struct text text = {0};
        struct feed_list list;
        feed_walk(&list, arena, town->engine, &subject, "pager", book, at);
        feed_render(&text, &list, &subject, town->zone, false, 0);
        if (first.size == 0)
            text_add_span(&first, text_span(&text));
        assert_string_equal(text_string(&text), text_string(&first));
    }
}

static void gaps_lie_within_the_coverage_that_is_declared(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(0, seed_make());
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    struct feed_subject subject = {.team = &town->teams[0]};
    struct feed_list list;
    town->teams[0].is_always_covered = false;
    town_publish(town);
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    size_t gaps = 0;
    for (size_t i = 0; i < list.event_count; i++) {
        const struct composed_event *event = &list.events[i];
        if (strncmp(event->summary, "NOBODY: ops ", 12) != 0)
            continue;
        gaps++;
        msec start = zone_local(town->zone, event->start_at);
        msec end = zone_local(town->zone, event->end_at);
        assert_int_equal(civil_weekday(start / DAY_MS), 0);
        assert_true(start % DAY_MS >= 9 * HOUR_MS && end - start / DAY_MS * DAY_MS <= 17 * HOUR_MS);
        assert_null(event->users);
    }
    assert_true(gaps > 0);
}

/* Who, in what, for whom; a team with one role says nothing of roles. */
static void an_event_says_who_has_what_and_for_whom(void **state)
{
    (void)state;
    static const struct {
        enum role role;
        const char *team_says;
        const char *person_says;
    } cases[] = {
        {ROLE_PRIMARY, "Fay Test (primary, for Ann Test)", "On call: ops primary (for Ann Test)"},
        {ROLE_ONCALL, "Fay Test (for Ann Test)", "On call: ops (for Ann Test)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
        CLEANUP(arena_free) struct arena *arena = arena_new();
        CLEANUP(book_free) struct book *book = book_new(0);
        struct feed_subject subjects[] = {{.team = &town->teams[0]}, {.user = &town->users[5]}};
        msec at = town->now.wall_at + 2 * DAY_MS;
        town->users[0].name = "Ann Test";
        town->users[5].name = "Fay Test";
        memset(town->teams[0].roles, 0, sizeof(town->teams[0].roles));
        town->teams[0].roles[cases[i].role].user = "ann";
        town_publish(town);
        step(town, (struct event){.kind = EVENT_OVERRIDE_ADD,
                                  .actor = "ann",
                                  .via = "t",
                                  .team = "ops",
                                  .role = cases[i].role,
                                  .user = "fay",
                                  .from_at = at,
                                  .until_at = at + DAY_MS});
        for (size_t which = 0; which < 2; which++) {
            struct feed_list list;
            feed_walk(&list, arena, town->engine, &subjects[which], "pager", book,
                      town->now.wall_at);
            const struct composed_event *event = event_at(&list, role_name(cases[i].role), at);
            assert_string_equal(event->summary,
                                which == 0 ? cases[i].team_says : cases[i].person_says);
            assert_string_equal(event->users, "fay");
            assert_true(event->is_free);
            assert_non_null(strstr(event->description, "override o1 by ann"));
        }
    }
}

static void what_crosses_the_end_of_the_range_is_told_whole(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(11 * DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    struct feed_subject subject = {.team = &town->teams[0]};
    struct feed_list list;
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    const struct composed_event *last = event_at(&list, "primary", list.until_at - 1);
    assert_int_equal(last->end_at - last->start_at, 11 * DAY_MS);
    assert_true(last->end_at > list.until_at);
}

/* What was never read is no gap. */
static void gaps_are_told_as_far_as_the_calendar_was_read(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    struct feed_subject subject = {.team = &town->teams[0]};
    struct feed_list list;
    town->teams[0].roles[ROLE_SECONDARY] = (struct duty_source){0};
    town->rotas[0].segment_count = 50;
    town->rotas[0].until_at = town->now.wall_at + 60 * DAY_MS;
    town_publish(town);
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    const struct composed_event *last = &list.events[list.event_count - 1];
    assert_string_equal(last->summary, "NOBODY: ops primary");
    assert_int_equal(last->start_at, town->segments[0][49].end_at);
    assert_int_equal(last->end_at, town->rotas[0].until_at);
    assert_null(list.comment);

    town->rotas[0] = (struct rota){.calendar = "primary", .source = "made.ics"};
    town_publish(town);
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    assert_int_equal(list.event_count, 0);
    assert_string_equal(list.comment, "Calendar \"primary\" has not been read yet.");
}

static void who_has_it_for_ever_is_one_event_from_monday_on(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    struct feed_subject subject = {.user = &town->users[5]};
    struct feed_list list;
    town->teams[0].roles[ROLE_PRIMARY] = (struct duty_source){.user = "fay"};
    town->teams[0].roles[ROLE_SECONDARY] = (struct duty_source){0};
    town_publish(town);
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    assert_int_equal(list.event_count, 1);
    assert_int_equal(list.events[0].start_at, list.from_at);
    assert_int_equal(list.events[0].end_at, list.until_at);
    assert_string_equal(list.events[0].summary, "On call: ops primary");
}

static void a_feed_that_is_too_long_says_so(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    CLEANUP(text_clear) struct text text = {0};
    struct feed_subject subject = {.user = &town->users[0]};
    enum { TEAMS = 60 };
    struct team *teams = memory_new(TEAMS, sizeof(*teams));
    char ids[TEAMS][8];
    for (int i = 0; i < TEAMS; i++) {
        teams[i] = town->teams[0];
        snprintf(ids[i], sizeof(ids[i]), "t%d", i);
        teams[i].id = ids[i];
    }
    town->policy.teams = teams;
    town->policy.team_count = TEAMS;
    town_publish(town);
    struct feed_list list;
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    assert_true(list.is_cut);
    assert_true(list.event_count <= FEED_EVENTS_MAX);
    feed_render(&text, &list, &subject, town->zone, false, 0);
    assert_non_null(strstr(text_string(&text), "X-PAGERD-COMMENT:There is more"));
    free(teams);
}

static void a_person_of_a_large_house_is_found_in_every_team(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    enum { TEAMS = 300 };
    struct team *teams = memory_new(TEAMS, sizeof(*teams));
    char ids[TEAMS][8];
    for (int i = 0; i < TEAMS; i++) {
        teams[i] = town->teams[0];
        teams[i].id = ids[i];
        snprintf(ids[i], sizeof(ids[i]), "t%d", i);
    }
    /* Of the last team alone, and of the one before it by a swap. */
    static const struct segment once = {.start_at = 1795500000000,
                                        .end_at = 1795600000000,
                                        .users = {"fay"},
                                        .user_count = 1,
                                        .uid = "u"};
    for (size_t i = 0; i < town->rotas[0].segment_count; i++)
        if (strcmp(town->segments[0][i].users[0], "fay") == 0)
            town->segments[0][i].users[0] = "eve";
    for (int i = 0; i < TEAMS; i++)
        teams[i].roles[ROLE_SECONDARY] = (struct duty_source){.user = "bob"};
    town->rotas[1].segments = &once;
    town->rotas[1].segment_count = 1;
    teams[TEAMS - 1].roles[ROLE_SECONDARY] = (struct duty_source){.calendar = "secondary"};
    town->policy.teams = teams;
    town->policy.team_count = TEAMS;
    town_publish(town);
    step(town, (struct event){.kind = EVENT_OVERRIDE_ADD,
                              .actor = "ann",
                              .via = "t",
                              .team = ids[TEAMS - 2],
                              .role = ROLE_PRIMARY,
                              .user = "fay",
                              .from_at = town->segments[0][37].start_at,
                              .until_at = town->segments[0][37].end_at});
    struct feed_subject subject = {.user = &town->users[5]};
    struct feed_list list;
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    assert_false(list.is_cut);
    assert_int_equal(list.event_count, 2);
    assert_string_equal(list.events[1].summary, "On call: t299 secondary");
    assert_non_null(strstr(list.events[0].summary, "On call: t298 primary (for "));
    free(teams);
}

/* Somebody whom no calendar names has the duty for who is on leave. */
static void a_cover_is_in_the_feed_of_who_covers(void **state)
{
    (void)state;
    CLEANUP(town_free) struct town *town = town_new(DAY_MS, 1);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(book_free) struct book *book = book_new(0);
    for (size_t rota = 0; rota < 2; rota++)
        for (size_t i = 0; i < town->rotas[rota].segment_count; i++)
            town->segments[rota][i].users[0] = rota == 0 ? "bob" : "cat";
    town->teams[0].roles[ROLE_SECONDARY] = (struct duty_source){0};
    town->policy.recovery.cover[0] = (struct target){.kind = TARGET_USER, .name = "dan"};
    town->policy.recovery.cover_count = 1;
    static const char *const nobody[] = {"bob"};
    town->teams[0].members = (const char **)(uintptr_t)nobody;
    town->teams[0].member_count = 1;
    town_publish(town);
    struct absence away = {.user = "bob",
                           .start_at = town->now.wall_at + 10 * DAY_MS,
                           .end_at = town->now.wall_at + 12 * DAY_MS,
                           .calendar = "leave",
                           .source = "leave.ics"};
    town->roster.absences = &away;
    town->roster.absence_count = 1;
    step(town,
         (struct event){.kind = EVENT_ROSTER, .actor = "t", .via = "t", .roster = &town->roster});
    struct feed_subject subject = {.user = &town->users[3]};
    struct feed_list list;
    feed_walk(&list, arena, town->engine, &subject, "pager", book, town->now.wall_at);
    assert_int_equal(list.event_count, 1);
    assert_string_equal(list.events[0].summary, "On call: ops primary (for bob)");
    assert_int_equal(list.events[0].start_at, away.start_at);
    assert_int_equal(list.events[0].end_at, away.end_at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_teams_feed_says_what_pagerd_answers),
        cmocka_unit_test(the_feeds_of_all_people_make_the_feed_of_the_team),
        cmocka_unit_test(a_swap_is_a_change_of_the_slots_event),
        cmocka_unit_test(time_alone_changes_nothing_within_a_week),
        cmocka_unit_test(gaps_lie_within_the_coverage_that_is_declared),
        cmocka_unit_test(an_event_says_who_has_what_and_for_whom),
        cmocka_unit_test(what_crosses_the_end_of_the_range_is_told_whole),
        cmocka_unit_test(gaps_are_told_as_far_as_the_calendar_was_read),
        cmocka_unit_test(who_has_it_for_ever_is_one_event_from_monday_on),
        cmocka_unit_test(a_feed_that_is_too_long_says_so),
        cmocka_unit_test(a_person_of_a_large_house_is_found_in_every_team),
        cmocka_unit_test(a_cover_is_in_the_feed_of_who_covers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
