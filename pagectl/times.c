/* SPDX-License-Identifier: MIT */
#include "pagectl/times.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TOKEN_MAX 8
#define SEARCH_DAYS (9 * 366) /* far enough for a 29 February */
#define ANY (-1)

const char times_forms[] = "\"21:00\", \"Mon 09:00\", \"tomorrow 9:00\", \"28 Nov 21:00\", "
                           "\"2026-11-28 21:00\", \"in 2h\", \"now+2h\"";

static const char weekday_names[7][10] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};
static const char month_names[12][10] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};

/* What the words said; ANY where they said nothing. */
struct typed {
    int year;
    int month;
    int day;
    int weekday;
    int relative; /* days from today, if has_relative */
    bool has_relative;
    bool has_clock;
    msec clock_ms; /* since local midnight */
    bool is_utc;
    bool has_zone; /* an abbreviation, to be compared with the result */
    char zone[8];
};

/* Three letters or the whole name. */
static int name_find(const char *token, const char names[][10], int count)
{
    size_t size = strlen(token);
    if (size < 3)
        return ANY;

    for (int i = 0; i < count; i++) {
        bool is_short = size == 3 || (i == 8 && string_is(token, "sept"));
        if (string_is(token, names[i]) || (is_short && strncmp(token, names[i], 3) == 0))
            return i;
    }
    return ANY;
}

static bool is_digits(const char *text, size_t min, size_t max)
{
    size_t size = strspn(text, "0123456789");
    return text[size] == '\0' && size >= min && size <= max;
}

/* "9:00", "09:00", "09:00:30", "24:00". */
static bool clock_read(const char *token, struct typed *typed)
{
    int hour = 0, minute = 0, second = 0, used = 0;
    if (token[0] == '\0' || strspn(token, "0123456789:") != strlen(token))
        return false;
    if (sscanf(token, "%2d:%2d%n", &hour, &minute, &used) != 2)
        return false;
    if (token[used - 2] == ':')
        return false; /* "9:5" is more likely a slip than five past */
    if (token[used] != '\0') {
        int more = 0;
        if (sscanf(token + used, ":%2d%n", &second, &more) != 1 || more != 3)
            return false;
        used += more;
    }
    if (token[used] != '\0' || minute > 59 || second > 59 || hour > 24)
        return false;
    if (hour == 24 && (minute > 0 || second > 0))
        return false;

    typed->clock_ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
    typed->has_clock = true;
    return true;
}

static bool date_read(char *token, struct typed *typed)
{
    int year = 0, month = 0, day = 0, used = 0;
    if (typed->year != ANY || typed->month != ANY || typed->day != ANY)
        return false;
    if (sscanf(token, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10)
        return false;
    if (token[used] == 't' && !clock_read(token + used + 1, typed))
        return false;
    if (token[used] != '\0' && token[used] != 't')
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month))
        return false;

    typed->year = year;
    typed->month = month;
    typed->day = day;
    return true;
}

static bool number_read(const char *token, struct typed *typed)
{
    if (typed->day == ANY && is_digits(token, 1, 2)) {
        typed->day = atoi(token);
        return typed->day >= 1 && typed->day <= 31;
    }
    if (typed->year == ANY && is_digits(token, 4, 4)) {
        typed->year = atoi(token);
        return typed->year >= 1970;
    }
    return false;
}

static bool relative_read(const char *token, struct typed *typed)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {{"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!string_is(token, words[i].word))
            continue;
        typed->relative = words[i].days;
        typed->has_relative = true;
        return true;
    }
    return false;
}

static bool token_read(char *token, struct typed *typed)
{
    if (string_is(token, "at"))
        return true;

    int weekday = name_find(token, weekday_names, 7);
    if (weekday != ANY && typed->weekday == ANY) {
        typed->weekday = weekday;
        return true;
    }
    int month = name_find(token, month_names, 12);
    if (month != ANY && typed->month == ANY) {
        typed->month = month + 1;
        return true;
    }
    if (relative_read(token, typed))
        return true;
    if (!typed->has_clock && clock_read(token, typed))
        return true;
    if (date_read(token, typed) || number_read(token, typed))
        return true;
    if (string_is(token, "utc") || string_is(token, "z")) {
        typed->is_utc = true;
        return true;
    }
    if (typed->has_clock && !typed->has_zone && strlen(token) < sizeof(typed->zone)) {
        snprintf(typed->zone, sizeof(typed->zone), "%s", token);
        typed->has_zone = true;
        return true;
    }
    return false;
}

static bool typed_is_whole(const struct typed *typed)
{
    bool has_date = typed->day != ANY && typed->month != ANY;
    bool has_part = typed->day != ANY || typed->month != ANY || typed->year != ANY;
    if (has_part && !has_date)
        return false;
    if (typed->has_relative && (has_date || typed->weekday != ANY))
        return false;
    return has_date || typed->has_relative || typed->weekday != ANY || typed->has_clock;
}

static bool typed_parse(const char *text, struct typed *typed)
{
    *typed = (struct typed){.year = ANY, .month = ANY, .day = ANY, .weekday = ANY};
    char copy[TIMES_TYPED_MAX + 1];
    snprintf(copy, sizeof(copy), "%s", text);
    for (char *byte = copy; *byte != '\0'; byte++)
        *byte = (char)tolower((unsigned char)*byte);

    size_t count = 0;
    char *rest = NULL;
    for (char *token = strtok_r(copy, " \t,", &rest); token != NULL;
         token = strtok_r(NULL, " \t,", &rest)) {
        if (++count > TOKEN_MAX || !token_read(token, typed))
            return false;
    }
    return typed_is_whole(typed);
}

/* The instant of a local time that fits the lean: of one that occurs twice, either may be it. */
static bool local_resolve(const struct times *times, msec local, enum times_lean lean,
                          bool is_anchored, msec *at)
{
    enum zone_fit fit;
    msec first = zone_utc(times->zone, local, &fit);
    msec second = first;
    if (fit == ZONE_TWICE) {
        msec change = zone_next_change(times->zone, first);
        if (change != MSEC_NEVER)
            second += (zone_offset(times->zone, change - 1) - zone_offset(times->zone, change)) *
                      SECOND_MS;
    }

    if (is_anchored) {
        *at = lean == TIMES_NEXT && first <= times->now && second > times->now ? second : first;
        return true;
    }
    if (lean == TIMES_NEXT && second > times->now) {
        *at = first > times->now ? first : second;
        return true;
    }
    if (lean == TIMES_LAST && first <= times->now) {
        *at = second <= times->now ? second : first;
        return true;
    }
    return false;
}

static bool day_fits(const struct typed *typed, int64_t day, int64_t today)
{
    if (typed->has_relative)
        return day == today + typed->relative;

    struct civil civil = civil_from_days(day);
    if (typed->day != ANY) /* a weekday beside a date is checked, not searched for */
        return civil.day == typed->day && civil.month == typed->month &&
               (typed->year == ANY || civil.year == typed->year);
    return typed->weekday == ANY || civil_weekday(day) == typed->weekday;
}

static bool typed_resolve(const struct times *times, const struct typed *typed,
                          enum times_lean lean, msec *at)
{
    struct civil now = zone_civil(times->zone, times->now);
    int64_t today = civil_days(now.year, now.month, now.day);
    bool is_anchored = typed->has_relative || typed->year != ANY;
    int direction = lean == TIMES_NEXT ? 1 : -1;
    if (typed->year != ANY) {
        if (typed->day > civil_month_days(typed->year, typed->month))
            return false;
        int64_t day = civil_days(typed->year, typed->month, typed->day);
        return local_resolve(times, day * DAY_MS + typed->clock_ms, lean, true, at);
    }

    for (int64_t step = -2; step < SEARCH_DAYS; step++) {
        int64_t day = today + direction * step;
        if (!day_fits(typed, day, today))
            continue;
        if (local_resolve(times, day * DAY_MS + typed->clock_ms, lean, is_anchored, at))
            return true;
    }
    return false;
}

static bool times_not_understood(const char *text, struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT,
                     "\"%.60s\" is not a time I understand. Write %s, or RFC 3339", text,
                     times_forms);
}

/* "2 h 30m" with its white space taken out, for duration_parse. */
static bool duration_read(const char *text, msec *duration_ms, struct fault *fault)
{
    char packed[TIMES_TYPED_MAX + 1];
    size_t size = 0;
    for (; *text != '\0' && size < TIMES_TYPED_MAX; text++) {
        if (*text != ' ' && *text != '\t')
            packed[size++] = *text;
    }
    packed[size] = '\0';
    return duration_parse(packed, duration_ms, fault);
}

/* "in 2h", "now", "now+2h", "now-2h", "2h ago", and with TIMES_LAST "2h". False: none of these. */
static bool distance_parse(const struct times *times, const char *text, enum times_lean lean,
                           msec *at, bool *is_one, struct fault *fault)
{
    size_t size = strlen(text);
    msec length_ms = 0;
    int sign = 1;
    *is_one = true;
    if (string_same(text, "now")) {
        *at = times->now;
        return true;
    }
    if (strncasecmp(text, "in ", 3) == 0) {
        text += 3;
    } else if (strncasecmp(text, "now+", 4) == 0 || strncasecmp(text, "now-", 4) == 0) {
        sign = text[3] == '-' ? -1 : 1;
        text += 4;
    } else if (size > 4 && string_same(text + size - 4, " ago")) {
        char part[TIMES_TYPED_MAX + 1];
        snprintf(part, sizeof(part), "%.*s", (int)(size - 4), text);
        if (!duration_read(part, &length_ms, fault))
            return false;
        *at = times->now - length_ms;
        return true;
    } else if (lean == TIMES_LAST && duration_read(text, &length_ms, NULL)) {
        *at = times->now - length_ms;
        return true;
    } else {
        *is_one = false;
        return false;
    }
    if (!duration_read(text, &length_ms, fault))
        return false;
    *at = times->now + sign * length_ms;
    return true;
}

bool times_parse(const struct times *times, const char *text, enum times_lean lean, msec *at,
                 struct fault *fault)
{
    while (*text == ' ')
        text++;
    if (*text == '\0' || strlen(text) > TIMES_TYPED_MAX)
        return times_not_understood(text, fault);
    if (instant_parse(text, at, NULL))
        return true;

    bool is_distance = false;
    if (distance_parse(times, text, lean, at, &is_distance, fault))
        return true;
    if (is_distance)
        return false;

    struct typed typed;
    if (!typed_parse(text, &typed))
        return times_not_understood(text, fault);

    struct zone *utc = typed.is_utc ? zone_fixed("UTC", 0) : NULL;
    struct times there = {.zone = utc != NULL ? utc : times->zone, .now = times->now};
    msec found = 0;
    bool is_found = typed_resolve(&there, &typed, lean, &found);
    struct civil civil = zone_civil(there.zone, found);
    bool is_abbreviated =
        !typed.has_zone || string_same(typed.zone, zone_abbreviation(there.zone, found));
    zone_free(utc);
    if (!is_found)
        return fault_set(fault, FAULT_INPUT, "\"%.60s\" never comes. Write %s", text, times_forms);
    if (!is_abbreviated)
        return times_not_understood(text, fault);

    int weekday = civil_weekday(civil_days(civil.year, civil.month, civil.day));
    if (typed.day != ANY && typed.weekday != ANY && typed.weekday != weekday &&
        typed.clock_ms < DAY_MS)
        return fault_set(fault, FAULT_INPUT, "\"%.60s\": %d %.3s %d is a %s", text, civil.day,
                         month_names[civil.month - 1], civil.year, weekday_names[weekday]);
    *at = found;
    return true;
}

static void name_render(const char *name, char short_name[4])
{
    snprintf(short_name, 4, "%.3s", name);
    short_name[0] = (char)toupper((unsigned char)short_name[0]);
}

const char *times_day(const struct times *times, msec at, char *buffer)
{
    struct civil civil = zone_civil(times->zone, at);
    struct civil now = zone_civil(times->zone, times->now);
    char weekday[4], month[4], year[16] = "";
    name_render(weekday_names[civil_weekday(civil_days(civil.year, civil.month, civil.day))],
                weekday);
    name_render(month_names[civil.month - 1], month);
    if (civil.year != now.year)
        snprintf(year, sizeof(year), " %d", civil.year);
    snprintf(buffer, TIMES_TEXT_SIZE, "%s %d %s%s %02d:%02d", weekday, civil.day, month, year,
             civil.hour, civil.minute);
    return buffer;
}

const char *times_clock(const struct times *times, msec at, char *buffer)
{
    struct civil civil = zone_civil(times->zone, at);
    struct civil now = zone_civil(times->zone, times->now);
    bool is_today = civil.year == now.year && civil.month == now.month && civil.day == now.day;
    if (!is_today)
        return times_day(times, at, buffer);
    snprintf(buffer, TIMES_TEXT_SIZE, "%02d:%02d", civil.hour, civil.minute);
    return buffer;
}

const char *times_full(const struct times *times, msec at, char *buffer)
{
    times_day(times, at, buffer);
    size_t size = strlen(buffer);
    snprintf(buffer + size, TIMES_TEXT_SIZE - size, " %s", zone_abbreviation(times->zone, at));
    return buffer;
}

const char *times_length(msec length_ms, char *buffer)
{
    long long minutes = (length_ms + MINUTE_MS / 2) / MINUTE_MS;
    long long days = minutes / (24 * 60), hours = minutes / 60 % 24;
    minutes %= 60;
    char tail[24] = "";
    if (length_ms < MINUTE_MS) {
        snprintf(buffer, TIMES_TEXT_SIZE, "%lld s", (long long)(length_ms / SECOND_MS));
    } else if (days > 0) {
        if (hours > 0)
            snprintf(tail, sizeof(tail), " %lld h", hours);
        snprintf(buffer, TIMES_TEXT_SIZE, "%lld %s%s", days, days == 1 ? "day" : "days", tail);
    } else if (hours > 0) {
        if (minutes > 0)
            snprintf(tail, sizeof(tail), " %lld m", minutes);
        snprintf(buffer, TIMES_TEXT_SIZE, "%lld h%s", hours, tail);
    } else {
        snprintf(buffer, TIMES_TEXT_SIZE, "%lld m", minutes);
    }
    return buffer;
}

const char *times_distance(const struct times *times, msec at, char *buffer)
{
    msec length_ms = at - times->now;
    char length[TIMES_TEXT_SIZE];
    if (length_ms > -SECOND_MS && length_ms < SECOND_MS)
        snprintf(buffer, TIMES_TEXT_SIZE, "now");
    else if (length_ms > 0)
        snprintf(buffer, TIMES_TEXT_SIZE, "in %.60s", times_length(length_ms, length));
    else
        snprintf(buffer, TIMES_TEXT_SIZE, "%.60s ago", times_length(-length_ms, length));
    return buffer;
}

const char *times_echo(const struct times *times, msec at, char *buffer)
{
    char distance[TIMES_TEXT_SIZE];
    times_full(times, at, buffer);
    times_distance(times, at, distance);
    size_t size = strlen(buffer);
    snprintf(buffer + size, TIMES_TEXT_SIZE - size, " (%s)", distance);
    return buffer;
}

const char *times_span(const struct times *times, msec from, msec until, char *buffer)
{
    char length[TIMES_TEXT_SIZE], start[TIMES_TEXT_SIZE], end[TIMES_TEXT_SIZE];
    struct times there = {.zone = times->zone, .now = from};
    times_day(times, from, start);
    if (zone_civil(times->zone, until).year != zone_civil(times->zone, from).year)
        there.now = times->now;
    times_clock(&there, until, end);
    snprintf(buffer, TIMES_TEXT_SIZE, "%.40s - %.40s %s (%.20s)", start, end,
             zone_abbreviation(times->zone, until), times_length(until - from, length));
    return buffer;
}

const char *times_age(msec age_ms, char *buffer)
{
    if (age_ms < 0)
        age_ms = 0;
    if (age_ms < MINUTE_MS)
        snprintf(buffer, TIMES_TEXT_SIZE, "%llds", (long long)(age_ms / SECOND_MS));
    else if (age_ms < HOUR_MS)
        snprintf(buffer, TIMES_TEXT_SIZE, "%lldm", (long long)(age_ms / MINUTE_MS));
    else if (age_ms < DAY_MS)
        snprintf(buffer, TIMES_TEXT_SIZE, "%lldh", (long long)(age_ms / HOUR_MS));
    else
        snprintf(buffer, TIMES_TEXT_SIZE, "%lldd", (long long)(age_ms / DAY_MS));
    return buffer;
}
