/* SPDX-License-Identifier: MIT */
#include "calendar/coverage.h"

#include "base/text.h"
#include "base/zone.h"

#define WEEK_MINUTES (7 * 24 * 60)

/* Where gaps go; adjacent ones of the same kind become one. */
struct gap_sink {
    struct coverage_gap *gaps;
    size_t count;
};

static bool window_holds(const struct week_window *window, int minute)
{
    if (window->from_minute < window->until_minute)
        return minute >= window->from_minute && minute < window->until_minute;
    return minute >= window->from_minute || minute < window->until_minute;
}

static int week_minute(const struct team *team, msec at)
{
    msec local = zone_local(team->zone, at);
    int64_t days = local / DAY_MS - (local % DAY_MS < 0);
    return civil_weekday(days) * 24 * 60 + (int)((local - days * DAY_MS) / MINUTE_MS);
}

bool coverage_is_declared(const struct team *team, msec at)
{
    if (team->is_always_covered)
        return true;
    int minute = week_minute(team, at);
    for (size_t i = 0; i < team->coverage_count; i++)
        if (window_holds(&team->coverage[i], minute))
            return true;
    return false;
}

/* The first instant after `at` at which the declared coverage may change. */
static msec coverage_next(const struct team *team, msec at)
{
    if (team->is_always_covered || team->coverage_count == 0)
        return MSEC_NEVER;
    int minute = week_minute(team, at);
    msec within_ms = zone_local(team->zone, at) % MINUTE_MS;
    int nearest = WEEK_MINUTES;
    for (size_t i = 0; i < team->coverage_count; i++) {
        const int bounds[] = {team->coverage[i].from_minute, team->coverage[i].until_minute};
        for (size_t j = 0; j < 2; j++) {
            int ahead = (bounds[j] - minute + WEEK_MINUTES) % WEEK_MINUTES;
            if (ahead == 0)
                ahead = WEEK_MINUTES;
            nearest = ahead < nearest ? ahead : nearest;
        }
    }
    /* By the wall clock; a change of the clocks on the way is a point to look again. */
    msec local = zone_local(team->zone, at) - within_ms + nearest * MINUTE_MS;
    msec next_at = zone_utc(team->zone, local, NULL);
    msec change_at = zone_next_change(team->zone, at);
    next_at = change_at < next_at ? change_at : next_at;
    return next_at > at ? next_at : at + MINUTE_MS;
}

static void gap_add(struct gap_sink *sink, struct coverage_gap gap)
{
    struct coverage_gap *last = sink->count == 0 ? NULL : &sink->gaps[sink->count - 1];
    if (last != NULL && last->end_at == gap.start_at && last->is_declared == gap.is_declared)
        last->end_at = gap.end_at;
    else if (sink->count < COVERAGE_GAPS_MAX)
        sink->gaps[sink->count++] = gap;
}

/* Nobody is on call from `start_at` to `end_at`: adds what of it the team has to cover. */
static void hole_add(struct gap_sink *sink, const struct team *team, msec start_at, msec end_at,
                     bool is_declared)
{
    for (msec at = start_at; at < end_at && sink->count < COVERAGE_GAPS_MAX;) {
        msec next_at = coverage_next(team, at);
        if (next_at > end_at)
            next_at = end_at;
        if (coverage_is_declared(team, at))
            gap_add(sink, (struct coverage_gap){at, next_at, is_declared});
        at = next_at;
    }
}

size_t coverage_gaps(const struct team *team, enum role role, const struct roster *roster,
                     msec from_at, msec until_at, struct coverage_gap gaps[COVERAGE_GAPS_MAX])
{
    struct gap_sink sink = {.gaps = gaps};
    const struct duty_source *source = &team->roles[role];
    if (source->calendar == NULL)
        return 0;
    const struct rota *rota = roster_find(roster, source->calendar, source->layer);
    msec at = from_at;
    for (size_t i = 0; rota != NULL && i < rota->segment_count && at < until_at; i++) {
        const struct segment *segment = &rota->segments[i];
        if (segment->end_at <= at)
            continue;
        if (segment->start_at >= until_at)
            break;
        if (segment->start_at > at)
            hole_add(&sink, team, at, segment->start_at, false);
        msec start_at = segment->start_at > at ? segment->start_at : at;
        at = segment->end_at < until_at ? segment->end_at : until_at;
        if (segment->user_count == 0)
            hole_add(&sink, team, start_at, at, true);
    }
    if (at < until_at)
        hole_add(&sink, team, at, until_at, false);
    return sink.count;
}
