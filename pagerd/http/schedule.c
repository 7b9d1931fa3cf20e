/* SPDX-License-Identifier: MIT */
/*
 * schedule.c - who is on call over some weeks: the one on-call function, asked again at each
 * instant at which it says that its answer changes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/act.h"
#include "http/route.h"

#define WEEKS_MAX 53
#define SPANS_MAX 20000 /* per role; "more" says that the walk was ended */

static const char *const kind_names[DUTY_COUNT] = {
    [DUTY_GAP] = "gap",           [DUTY_CALENDAR] = "calendar", [DUTY_FIXED] = "fixed",
    [DUTY_OVERRIDE] = "override", [DUTY_COVER] = "cover",
};

/* A stretch of one role; spans of several roles of one user give the overlaps. */
struct span_row {
    const struct user *users[SEGMENT_USERS_MAX]; /* none in a gap */
    size_t user_count;
    const struct user *instead_of;
    const char *because; /* of a cover */
    enum duty_kind kind;
    enum role role;
    msec from_at;
    msec until_at;
};

struct schedule {
    const struct engine *engine;
    const struct team *team;
    msec from_at;
    msec until_at;
    struct span_row *rows;
    size_t count;
    size_t room;
    bool is_cut;
};

static bool rows_are_alike(const struct span_row *left, const struct span_row *right)
{
    if (left->role != right->role || left->kind != right->kind ||
        left->user_count != right->user_count || left->instead_of != right->instead_of ||
        !string_is(left->because, right->because))
        return false;
    for (size_t i = 0; i < left->user_count; i++)
        if (left->users[i] != right->users[i])
            return false;
    return true;
}

static void schedule_add(struct schedule *schedule, const struct span_row *row)
{
    struct span_row *last = schedule->count ? &schedule->rows[schedule->count - 1] : NULL;
    if (last && last->until_at == row->from_at && rows_are_alike(last, row)) {
        last->until_at = row->until_at;
        return;
    }
    if (schedule->count == schedule->room) {
        schedule->room = schedule->room ? schedule->room * 2 : 64;
        schedule->rows = memory_grow(schedule->rows, schedule->room, sizeof(*schedule->rows));
    }
    schedule->rows[schedule->count++] = *row;
}

static void schedule_walk(struct schedule *schedule, enum role role)
{
    msec at = schedule->from_at;
    for (size_t steps = 0; at < schedule->until_at; steps++) {
        struct duty duty = {0};
        if (!view_oncall(schedule->engine, schedule->team, role, at, &duty))
            return;
        if (steps == SPANS_MAX) {
            schedule->is_cut = true;
            return;
        }
        msec until_at = duty.until_at < schedule->until_at ? duty.until_at : schedule->until_at;
        if (until_at <= at)
            until_at = schedule->until_at; /* an answer that never changes */
        struct span_row row = {
            .user_count = duty.user_count,
            .instead_of = duty.instead_of,
            .kind = duty.kind,
            .because = cover_reason_name(duty.reason),
            .role = role,
            .from_at = at,
            .until_at = until_at,
        };
        memcpy(row.users, duty.users, sizeof(row.users));
        schedule_add(schedule, &row);
        at = until_at;
    }
}

static void span_write(struct json_writer *writer, const struct span_row *row)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "user", row->user_count ? row->users[0]->id : NULL);
    json_begin_array(writer, "users");
    for (size_t i = 0; i < row->user_count; i++)
        json_put_string(writer, NULL, row->users[i]->id);
    json_end_array(writer);
    json_put_instant(writer, "from", row->from_at);
    json_put_instant(writer, "until", row->until_at);
    json_put_string(writer, "kind", kind_names[row->kind]);
    json_put_string(writer, "instead_of", row->instead_of ? row->instead_of->id : NULL);
    json_put_string(writer, "because", row->because);
    json_end_object(writer);
}

static void rows_write(struct json_writer *writer, const struct schedule *schedule)
{
    json_begin_array(writer, "rows");
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        struct duty duty = {0};
        if (!view_oncall(schedule->engine, schedule->team, role, schedule->from_at, &duty))
            continue;
        json_begin_object(writer, NULL);
        json_put_string(writer, "role", role_name(role));
        json_begin_array(writer, "spans");
        for (size_t i = 0; i < schedule->count; i++) {
            const struct span_row *row = &schedule->rows[i];
            if (row->role == role)
                span_write(writer, row);
        }
        json_end_array(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static bool team_has_member(const struct team *team, const char *user)
{
    for (size_t i = 0; i < team->member_count; i++) {
        if (string_is(team->members[i], user))
            return true;
    }
    return false;
}

static void rests_write(struct json_writer *writer, const struct schedule *schedule)
{
    json_begin_array(writer, "rests");
    size_t cursor = 0;
    const struct person *person;
    while ((person = view_each_person(schedule->engine, &cursor))) {
        if (person->rest_until_at <= schedule->from_at || !person->rest_from_at ||
            person->rest_from_at >= schedule->until_at ||
            !team_has_member(schedule->team, person->user))
            continue;
        json_begin_object(writer, NULL);
        json_put_string(writer, "user", person->user);
        json_put_instant(writer, "from", person->rest_from_at);
        json_put_instant(writer, "until", person->rest_until_at);
        json_put_string(writer, "because", person->rest_because);
        json_end_object(writer);
    }
    json_end_array(writer);
}

/* Is it somebody whose leave matters here: a member, or on call by the rotation? */
static bool schedule_has(const struct schedule *schedule, const char *user)
{
    if (team_has_member(schedule->team, user))
        return true;
    for (size_t i = 0; i < schedule->count; i++) {
        const struct span_row *row = &schedule->rows[i];
        if (row->instead_of && string_is(row->instead_of->id, user))
            return true;
        for (size_t j = 0; j < row->user_count; j++)
            if (string_is(row->users[j]->id, user))
                return true;
    }
    return false;
}

static void absences_write(struct json_writer *writer, const struct schedule *schedule)
{
    const struct roster *roster = view_roster(schedule->engine);
    const char *user = NULL; /* of the absence before, and whether that one is shown */
    bool is_shown = false;
    json_begin_array(writer, "absences");
    for (size_t i = 0; roster && i < roster->absence_count; i++) {
        const struct absence *absence = &roster->absences[i];
        if (absence->end_at <= schedule->from_at || absence->start_at >= schedule->until_at)
            continue;
        if (!string_is(user, absence->user))
            is_shown = schedule_has(schedule, absence->user);
        user = absence->user;
        if (!is_shown)
            continue;
        json_begin_object(writer, NULL);
        json_put_string(writer, "user", absence->user);
        json_put_instant(writer, "from", absence->start_at);
        json_put_instant(writer, "until", absence->end_at);
        json_put_string(writer, "because", absence->summary ? absence->summary : "");
        json_end_object(writer);
    }
    json_end_array(writer);
}

struct gap_sink {
    struct json_writer *writer;
    enum role role;
};

static void gap_write(void *context, const struct house_gap *gap)
{
    struct gap_sink *sink = context;
    json_begin_object(sink->writer, NULL);
    json_put_string(sink->writer, "role", role_name(sink->role));
    json_put_instant(sink->writer, "from", gap->from_at);
    json_put_instant(sink->writer, "until", gap->until_at);
    json_put_string(sink->writer, "why", gap->why);
    json_put_bool(sink->writer, "declared", gap->is_declared);
    json_end_object(sink->writer);
}

static void gaps_write(struct json_writer *writer, const struct schedule *schedule,
                       struct house *house)
{
    json_begin_array(writer, "gaps");
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        struct duty duty = {0};
        struct gap_sink sink = {.writer = writer, .role = role};
        if (!view_oncall(schedule->engine, schedule->team, role, schedule->from_at, &duty))
            continue;
        house->gaps(house->context, schedule->team, role, schedule->from_at, schedule->until_at,
                    gap_write, &sink);
    }
    json_end_array(writer);
}

static void overlap_write(struct json_writer *writer, const struct span_row *left,
                          const struct span_row *right)
{
    msec from_at = left->from_at > right->from_at ? left->from_at : right->from_at;
    msec until_at = left->until_at < right->until_at ? left->until_at : right->until_at;
    for (size_t i = 0; i < left->user_count * right->user_count; i++) {
        const struct user *user = left->users[i / right->user_count];
        if (from_at >= until_at || user != right->users[i % right->user_count])
            continue;
        json_begin_object(writer, NULL);
        json_put_string(writer, "user", user->id);
        json_put_instant(writer, "from", from_at);
        json_put_instant(writer, "until", until_at);
        json_end_object(writer);
    }
}

/* The place of the first row of a role or a later one; rows are by role, then by time. */
static size_t role_place(const struct schedule *schedule, enum role role)
{
    size_t place = 0;
    while (place < schedule->count && schedule->rows[place].role < role)
        place++;
    return place;
}

/* One person in two roles at once: the second rung is the first again. */
static void overlaps_write(struct json_writer *writer, const struct schedule *schedule)
{
    json_begin_array(writer, "overlaps");
    for (enum role first = 0; first < ROLE_COUNT; first++) {
        for (enum role second = first + 1; second < ROLE_COUNT; second++) {
            size_t left = role_place(schedule, first);
            size_t left_end = role_place(schedule, first + 1);
            size_t right = role_place(schedule, second);
            size_t right_end = role_place(schedule, second + 1);
            while (left < left_end && right < right_end) {
                overlap_write(writer, &schedule->rows[left], &schedule->rows[right]);
                if (schedule->rows[left].until_at < schedule->rows[right].until_at)
                    left++;
                else
                    right++;
            }
        }
    }
    json_end_array(writer);
}

/* Midnight of the day of `at` in the team's zone. */
static msec day_start(const struct zone *zone, msec at)
{
    msec local = zone_local(zone, at);
    msec rest = local % DAY_MS;
    return zone_utc(zone, local - (rest < 0 ? rest + DAY_MS : rest), NULL);
}

static bool window_read(struct call *call, const struct zone *zone, msec now, msec *from_at,
                        msec *until_at)
{
    uint64_t weeks = 2;
    *from_at = day_start(zone, now);
    if (!act_instant(call, "from", call_query(call, "from"), from_at))
        return false;
    if (!act_count(call, "weeks", &weeks))
        return false;
    if (weeks > WEEKS_MAX) {
        call_answer_errorf(call, 400, "invalid", "At most %d weeks are shown.", WEEKS_MAX);
        return false;
    }
    *until_at = zone_utc(zone, zone_local(zone, *from_at) + (msec)weeks * 7 * DAY_MS, NULL);
    return true;
}

enum call_wait route_schedule_show(struct call *call, struct house *house)
{
    const struct policy *policy = view_policy(house->engine);
    const struct team *team = act_team(call, policy, call_query(call, "team"));
    if (!team)
        return CALL_ANSWER_NOW;
    const struct zone *zone = team->zone ? team->zone : policy->zone;
    struct schedule schedule = {.engine = house->engine, .team = team};
    if (!window_read(call, zone, house->now(house->context).wall_at, &schedule.from_at,
                     &schedule.until_at))
        return CALL_ANSWER_NOW;
    for (enum role role = 0; role < ROLE_COUNT; role++)
        schedule_walk(&schedule, role);

    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "team", team->id);
    json_put_string(&writer, "zone", zone_name(zone));
    json_put_instant(&writer, "from", schedule.from_at);
    json_put_instant(&writer, "until", schedule.until_at);
    rows_write(&writer, &schedule);
    rests_write(&writer, &schedule);
    absences_write(&writer, &schedule);
    gaps_write(&writer, &schedule, house);
    overlaps_write(&writer, &schedule);
    json_put_bool(&writer, "more", schedule.is_cut);
    json_end_object(&writer);
    free(schedule.rows);
    return CALL_ANSWER_NOW;
}
