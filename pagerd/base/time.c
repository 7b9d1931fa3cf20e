/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DURATION_MAX_MS (3650 * DAY_MS)
#define CYCLE_YEARS 400
#define CYCLE_DAYS 146097 /* of 400 Gregorian years */
#define CENTURY_DAYS 36524
#define OLYMPIAD_DAYS 1461 /* of 4 years that hold a leap day */

/* Years are counted from 1 March, so that the leap day is the last of its year. */
#define EPOCH_FROM_MARCH_0000 719468

static const struct unit {
    const char *name;
    msec size_ms;
} units[] = {
    {"w", 7 * DAY_MS}, {"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}, {"ms", 1},
};
#define UNIT_COUNT (sizeof units / sizeof *units)
#define UNIT_DAY 1
#define UNIT_SECOND 4

static int64_t floor_divide(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Exactly `count` digits at *at, in low..high. */
static bool digits_read(const char **at, int count, int low, int high, int32_t *number)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit((*at)[i]))
            return false;
        value = value * 10 + ((*at)[i] - '0');
    }
    if (value < low || value > high)
        return false;
    *at += count;
    *number = value;
    return true;
}

static bool byte_read(const char **at, const char *any_of)
{
    if (**at == '\0' || strchr(any_of, **at) == NULL)
        return false;
    (*at)++;
    return true;
}

/* Digits beyond the third are dropped: time here is milliseconds. */
static bool fraction_read(const char **at, msec *fraction_ms)
{
    *fraction_ms = 0;
    if (!byte_read(at, ".,"))
        return true;
    if (!is_digit(**at))
        return false;
    for (msec scale = 100; is_digit(**at); scale /= 10, (*at)++)
        *fraction_ms += (**at - '0') * scale;
    return true;
}

static bool offset_read(const char **at, msec *offset_ms)
{
    *offset_ms = 0;
    if (byte_read(at, "Zz"))
        return true;
    bool is_west = **at == '-';
    int32_t hours = 0;
    int32_t minutes = 0;
    if (!byte_read(at, "+-") || !digits_read(at, 2, 0, 23, &hours) || !byte_read(at, ":") ||
        !digits_read(at, 2, 0, 59, &minutes))
        return false;
    *offset_ms = (is_west ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
    return true;
}

int64_t civil_days(int32_t year, int32_t month, int32_t day)
{
    assert(month >= 1);
    assert(month <= 12);
    int64_t march_year = month > 2 ? year : (int64_t)year - 1;
    int64_t march_month = (month + 9) % 12;
    int64_t before_month = (153 * march_month + 2) / 5; /* 31 30 31 30 31 | 31 30 31 30 31 | ... */
    return march_year * 365 + floor_divide(march_year, 4) - floor_divide(march_year, 100) +
           floor_divide(march_year, 400) + before_month + day - 1 - EPOCH_FROM_MARCH_0000;
}

struct civil civil_from_days(int64_t days)
{
    int64_t since = days + EPOCH_FROM_MARCH_0000;
    int64_t cycle = floor_divide(since, CYCLE_DAYS);
    int64_t day = since - cycle * CYCLE_DAYS;
    int64_t century = day / CENTURY_DAYS;
    century = century > 3 ? 3 : century; /* the last day of the cycle is a leap day */
    day -= century * CENTURY_DAYS;
    int64_t olympiad = day / OLYMPIAD_DAYS;
    day -= olympiad * OLYMPIAD_DAYS;
    int64_t year = day / 365;
    year = year > 3 ? 3 : year; /* as above */
    day -= year * 365;
    int64_t march_month = (5 * day + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    int64_t march_year = cycle * CYCLE_YEARS + century * 100 + olympiad * 4 + year;
    return (struct civil){
        .year = (int32_t)(month <= 2 ? march_year + 1 : march_year),
        .month = (int32_t)month,
        .day = (int32_t)(day - (153 * march_month + 2) / 5 + 1),
    };
}

msec civil_to_msec(const struct civil *civil)
{
    return civil_days(civil->year, civil->month, civil->day) * DAY_MS + civil->hour * HOUR_MS +
           civil->minute * MINUTE_MS + civil->second * SECOND_MS;
}

struct civil civil_from_msec(msec at)
{
    int64_t days = floor_divide(at, DAY_MS);
    msec rest = at - days * DAY_MS;
    struct civil civil = civil_from_days(days);
    civil.hour = (int32_t)(rest / HOUR_MS);
    civil.minute = (int32_t)(rest % HOUR_MS / MINUTE_MS);
    civil.second = (int32_t)(rest % MINUTE_MS / SECOND_MS);
    return civil;
}

int civil_weekday(int64_t days)
{
    return (int)(days + 3 - floor_divide(days + 3, 7) * 7); /* day 0 was a Thursday */
}

int civil_month_days(int32_t year, int32_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1);
    assert(month <= 12);
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* The unit that `at` starts with, from `first` on; UNIT_COUNT when none. */
static size_t unit_find(const char *at, size_t first, size_t *size)
{
    *size = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (size_t i = first; i < UNIT_COUNT; i++) {
        if (strlen(units[i].name) == *size && strncmp(units[i].name, at, *size) == 0)
            return i;
    }
    return UNIT_COUNT;
}

bool duration_parse(const char *text, msec *duration_ms, struct fault *fault)
{
    msec sum = 0;
    size_t next_unit = 0;
    const char *at = text;
    do {
        msec count = 0;
        const char *digits = at;
        for (; is_digit(*at) && count <= DURATION_MAX_MS; at++)
            count = count * 10 + (*at - '0');
        size_t size = 0;
        size_t unit = unit_find(at, next_unit, &size);
        if (at == digits)
            return fault_set(fault, FAULT_INPUT, "'%.60s' is not a duration such as 30s, 5m, 1h30m",
                             text);
        if (*at == '\0')
            return fault_set(fault, FAULT_INPUT, "'%.60s' has no unit: write \"%.60ss\" or \"5m\"",
                             text, text);
        if (count > DURATION_MAX_MS)
            return fault_set(fault, FAULT_INPUT, "'%.60s' is longer than 10 years", text);
        if (unit == UNIT_COUNT)
            return fault_set(fault, FAULT_INPUT,
                             "'%.60s' is not a duration: units are w d h m s ms, each once, "
                             "the greater first",
                             text);
        if (count > (DURATION_MAX_MS - sum) / units[unit].size_ms)
            return fault_set(fault, FAULT_INPUT, "'%.60s' is longer than 10 years", text);
        sum += count * units[unit].size_ms;
        next_unit = unit + 1;
        at += size;
    } while (*at != '\0');
    *duration_ms = sum;
    return true;
}

const char *duration_render(msec duration_ms, char buffer[DURATION_TEXT_SIZE])
{
    size_t size = 0;
    uint64_t rest = duration_ms < 0 ? 0 - (uint64_t)duration_ms : (uint64_t)duration_ms;
    if (duration_ms < 0)
        buffer[size++] = '-';
    /* Weeks only when nothing is left over: "10d" says more than "1w3d". */
    size_t first = rest % (uint64_t)units[0].size_ms == 0 ? 0 : UNIT_DAY;
    for (size_t i = first; i < UNIT_COUNT && rest > 0; i++) {
        uint64_t count = rest / (uint64_t)units[i].size_ms;
        rest -= count * (uint64_t)units[i].size_ms;
        if (count > 0)
            size += (size_t)snprintf(buffer + size, DURATION_TEXT_SIZE - size, "%" PRIu64 "%s",
                                     count, units[i].name);
    }
    if (size == 0)
        snprintf(buffer, DURATION_TEXT_SIZE, "0s");
    return buffer;
}

const char *duration_speak(msec duration_ms, char buffer[DURATION_TEXT_SIZE])
{
    uint64_t rest = duration_ms < 0 ? 0 - (uint64_t)duration_ms : (uint64_t)duration_ms;
    size_t unit = UNIT_DAY;
    while (unit < UNIT_SECOND && rest < (uint64_t)units[unit].size_ms)
        unit++;
    size_t size = 0;
    size_t end = unit < UNIT_SECOND ? unit + 2 : unit + 1;
    if (duration_ms <= -SECOND_MS)
        buffer[size++] = '-';
    for (size_t i = unit; i < end; i++) {
        uint64_t count = rest / (uint64_t)units[i].size_ms;
        rest %= (uint64_t)units[i].size_ms;
        if (i > unit && count == 0)
            break;
        size += (size_t)snprintf(buffer + size, DURATION_TEXT_SIZE - size, "%s%" PRIu64 " %s",
                                 i > unit ? " " : "", count, units[i].name);
    }
    return buffer;
}

/* With zeros in front; returns where they end. */
static char *digits_put(char *at, int value, int digits)
{
    for (int i = digits; i > 0; i--, value /= 10)
        at[i - 1] = (char)('0' + value % 10);
    return at + digits;
}

const char *instant_render(msec at, char buffer[INSTANT_TEXT_SIZE])
{
    static const struct civil first = {.year = 1, .month = 1, .day = 1};
    static const struct civil end = {.year = 10000, .month = 1, .day = 1};
    if (at < civil_to_msec(&first) || at >= civil_to_msec(&end)) {
        snprintf(buffer, INSTANT_TEXT_SIZE, "never");
        return buffer;
    }
    struct civil civil = civil_from_msec(at);
    int millis = (int)(at - floor_divide(at, SECOND_MS) * SECOND_MS);
    const struct {
        int value;
        int digits;
        char before; /* 0: nothing */
    } parts[] = {{civil.year, 4, 0},   {civil.month, 2, '-'},  {civil.day, 2, '-'},
                 {civil.hour, 2, 'T'}, {civil.minute, 2, ':'}, {civil.second, 2, ':'},
                 {millis, 3, '.'}};
    char *put = buffer;
    for (size_t i = 0; i < sizeof parts / sizeof *parts - (millis == 0); i++) {
        if (parts[i].before != 0)
            *put++ = parts[i].before;
        put = digits_put(put, parts[i].value, parts[i].digits);
    }
    *put++ = 'Z';
    *put = '\0';
    return buffer;
}

bool instant_parse(const char *text, msec *at, struct fault *fault)
{
    struct civil civil = {0};
    msec fraction_ms = 0;
    msec offset_ms = 0;
    const char *rest = text;
    /* Second 60 is a leap second: it is counted as the first of the next minute. */
    bool is_read = digits_read(&rest, 4, 1, 9999, &civil.year) && byte_read(&rest, "-") &&
                   digits_read(&rest, 2, 1, 12, &civil.month) && byte_read(&rest, "-") &&
                   digits_read(&rest, 2, 1, 31, &civil.day) && byte_read(&rest, "Tt ") &&
                   digits_read(&rest, 2, 0, 23, &civil.hour) && byte_read(&rest, ":") &&
                   digits_read(&rest, 2, 0, 59, &civil.minute) && byte_read(&rest, ":") &&
                   digits_read(&rest, 2, 0, 60, &civil.second) &&
                   fraction_read(&rest, &fraction_ms) && offset_read(&rest, &offset_ms) &&
                   *rest == '\0';
    if (!is_read || civil.day > civil_month_days(civil.year, civil.month))
        return fault_set(fault, FAULT_INPUT,
                         "'%.60s' is not an instant such as 2026-11-22T02:02:07Z", text);
    *at = civil_to_msec(&civil) + fraction_ms - offset_ms;
    return true;
}
