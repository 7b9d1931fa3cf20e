/* SPDX-License-Identifier: MIT */
#include "calendar/coverage.h"

#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "calendar/pieces.h"

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

/* A day whose clocks are changed by up to two hours is still a day. */
#define WHOLE_DAY_MS (22 * HOUR_MS)

/* What holidays make of an instant. */
struct day {
    bool is_holiday;
    msec edge_at; /* the next instant at which that may change, or MSEC_NEVER */
};

static msec midnight_before(const struct zone *zone, msec at, int days)
{
    msec local = zone_local(zone, at);
    msec within = local % DAY_MS;
    if (within < 0)
        within += DAY_MS;
    return zone_utc(zone, local - within + days * DAY_MS, NULL);
}

static msec midnight_nearest(const struct zone *zone, msec at)
{
    msec before_at = midnight_before(zone, at, 0);
    msec after_at = midnight_before(zone, at, 1);
    return at - before_at <= after_at - at ? before_at : after_at;
}

/* The first holiday of the calendar that ends after `at`. */
static size_t holiday_place(const struct roster *roster, const char *calendar, msec at)
{
    size_t low = 0;
    size_t high = roster->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct holiday *holiday = &roster->holidays[middle];
        int order = strcmp(holiday->calendar, calendar);
        if (order < 0 || (order == 0 && holiday->end_at <= at))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct day day_find(const struct team *team, const struct roster *roster, msec at)
{
    struct day day = {.edge_at = MSEC_NEVER};
    if (roster == NULL || team->holidays == NULL)
        return day;
    /* Ends move by half a day at most. */
    for (size_t i = holiday_place(roster, team->holidays, at - DAY_MS); i < roster->holiday_count;
         i++) {
        const struct holiday *holiday = &roster->holidays[i];
        if (!string_is(holiday->calendar, team->holidays) ||
            holiday->start_at > at + 400 * DAY_MS ||
            (day.edge_at != MSEC_NEVER && holiday->start_at > day.edge_at + DAY_MS))
            break;
        msec start_at = holiday->start_at;
        msec end_at = holiday->end_at;
        if (end_at - start_at >= WHOLE_DAY_MS) {
            start_at = midnight_nearest(team->zone, start_at);
            end_at = midnight_nearest(team->zone, end_at);
        }
        day.is_holiday = day.is_holiday || (start_at <= at && at < end_at);
        if (start_at > at && start_at < day.edge_at)
            day.edge_at = start_at;
        if (end_at > at && end_at < day.edge_at)
            day.edge_at = end_at;
    }
    return day;
}

/* Minutes from Monday 00:00, by the wall clock of the team; a holiday is a Sunday. */
static int week_minute(const struct team *team, const struct day *day, msec at)
{
    msec local = zone_local(team->zone, at);
    int64_t days = local / DAY_MS - (local % DAY_MS < 0);
    int weekday = day->is_holiday ? 6 : civil_weekday(days);
    return weekday * 24 * 60 + (int)((local - days * DAY_MS) / MINUTE_MS);
}

bool coverage_is_declared(const struct team *team, const struct roster *roster, msec at)
{
    if (team->is_always_covered)
        return true;
    struct day day = day_find(team, roster, at);
    int minute = week_minute(team, &day, at);
    for (size_t i = 0; i < team->coverage_count; i++)
        if (window_holds(&team->coverage[i], minute))
            return true;
    return false;
}

/* The first instant after `at` at which the declared coverage may change. */
static msec coverage_next(const struct team *team, const struct roster *roster, msec at)
{
    if (team->is_always_covered || team->coverage_count == 0)
        return MSEC_NEVER;
    struct day day = day_find(team, roster, at);
    int minute = week_minute(team, &day, at);
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
    /* By the wall clock; a change of the clocks on the way is a point to look again, and so is the
     * end of a Sunday that is none. */
    msec local = zone_local(team->zone, at) - within_ms + nearest * MINUTE_MS;
    msec next_at = zone_utc(team->zone, local, NULL);
    const msec others[] = {zone_next_change(team->zone, at), day.edge_at,
                           day.is_holiday ? midnight_before(team->zone, at, 1) : MSEC_NEVER};
    for (size_t i = 0; i < 3; i++)
        next_at = others[i] < next_at ? others[i] : next_at;
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
static void hole_add(struct gap_sink *sink, const struct team *team, const struct roster *roster,
                     msec start_at, msec end_at, bool is_declared)
{
    for (msec at = start_at; at < end_at && sink->count < COVERAGE_GAPS_MAX;) {
        msec next_at = coverage_next(team, roster, at);
        if (next_at > end_at)
            next_at = end_at;
        if (coverage_is_declared(team, roster, at))
            gap_add(sink, (struct coverage_gap){at, next_at, is_declared});
        at = next_at;
    }
}

size_t coverage_gaps(const struct team *team, enum role role, const struct roster *roster,
                     msec from_at, msec until_at, struct coverage_gap gaps[COVERAGE_GAPS_MAX])
{
    struct gap_sink sink = {.gaps = gaps};
    struct pieces pieces;
    struct piece piece;
    if (team->roles[role].calendar == NULL && team->roles[role].user == NULL)
        return 0;
    pieces_init(&pieces, team, role, roster, from_at, until_at);
    while (sink.count < COVERAGE_GAPS_MAX && pieces_next(&pieces, &piece))
        if (piece_user_count(&piece) == 0)
            hole_add(&sink, team, roster, piece.start_at, piece.end_at, piece.segment != NULL);
    return sink.count;
}

size_t coverage_fill(struct coverage_gap gaps[COVERAGE_GAPS_MAX], size_t count, msec start_at,
                     msec end_at)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct coverage_gap gap = gaps[i];
        if (end_at <= gap.start_at || start_at >= gap.end_at || end_at <= start_at) {
            gaps[kept++] = gap;
            continue;
        }
        struct coverage_gap rest = {end_at, gap.end_at, gap.is_declared};
        bool has_rest = end_at < gap.end_at;
        if (start_at > gap.start_at) {
            gaps[kept++] = (struct coverage_gap){gap.start_at, start_at, gap.is_declared};
            if (has_rest && count < COVERAGE_GAPS_MAX) {
                /* Only one gap has parts on both sides: those behind it make room. */
                memmove(&gaps[i + 2], &gaps[i + 1], (count - i - 1) * sizeof *gaps);
                count++;
                gaps[++i] = rest;
                gaps[kept++] = rest;
            }
        } else if (has_rest) {
            gaps[kept++] = rest;
        }
    }
    return kept;
}
