/* SPDX-License-Identifier: MIT */
/* zone_rule.c - reads the POSIX TZ rule at the end of a TZif file and writes it out as changes. */
#include "base/zone_table.h"

#include <string.h>

#include "base/text.h"

#define RULE_TIME_DEFAULT_S (2 * 3600)
#define RULE_HOURS_MAX 167 /* of the time of day of a rule; RFC 8536 section 3.3.1 */
#define RULE_MARGIN_YEARS 3

enum day_form { DAY_JULIAN, DAY_ZERO_BASED, DAY_OF_MONTH };

/* When in a year a rule applies: "J59" (never 29 February), "59", or "M3.5.0" (last Sunday). */
struct rule_day {
    enum day_form form;
    int32_t day; /* of the year, for the first two; of the week, 0 = Sunday, for the third */
    int32_t week;
    int32_t month;
    int32_t time_s; /* after local midnight; may be negative or beyond the day */
};

struct rule {
    struct zone_type standard;
    struct zone_type summer;
    struct rule_day start; /* of summer time, in standard time */
    struct rule_day end;   /* of summer time, in summer time */
    bool has_summer;
};

static bool byte_read(struct span *rest, char byte)
{
    if (rest->size == 0 || rest->bytes[0] != byte)
        return false;
    rest->bytes++;
    rest->size--;
    return true;
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool number_read(struct span *rest, int32_t low, int32_t high, int32_t *number)
{
    int32_t value = 0;
    size_t count = 0;
    for (; count < 3 && count < rest->size && is_digit(rest->bytes[count]); count++)
        value = value * 10 + (rest->bytes[count] - '0');
    if (count == 0 || value < low || value > high)
        return false;
    rest->bytes += count;
    rest->size -= count;
    *number = value;
    return true;
}

/* "CET" or "<+0330>". */
static bool name_read(struct span *rest, struct zone_type *type)
{
    bool is_quoted = byte_read(rest, '<');
    size_t size = 0;
    while (size < rest->size &&
           (is_letter(rest->bytes[size]) ||
            (is_quoted && (is_digit(rest->bytes[size]) || rest->bytes[size] == '+' ||
                           rest->bytes[size] == '-'))))
        size++;
    if (size < 3 || size >= ZONE_ABBREVIATION_MAX)
        return false;
    memset(type->abbreviation, 0, sizeof type->abbreviation);
    memcpy(type->abbreviation, rest->bytes, size);
    rest->bytes += size;
    rest->size -= size;
    return !is_quoted || byte_read(rest, '>');
}

/* [+-]h[h[h]][:mm[:ss]] */
static bool time_read(struct span *rest, int32_t hours_max, int32_t *time_s)
{
    bool is_negative = byte_read(rest, '-');
    if (!is_negative)
        (void)byte_read(rest, '+');
    int32_t hours = 0;
    int32_t minutes = 0;
    int32_t seconds = 0;
    if (!number_read(rest, 0, hours_max, &hours))
        return false;
    if (byte_read(rest, ':')) {
        if (!number_read(rest, 0, 59, &minutes))
            return false;
        if (byte_read(rest, ':') && !number_read(rest, 0, 59, &seconds))
            return false;
    }
    int32_t size_s = hours * 3600 + minutes * 60 + seconds;
    *time_s = is_negative ? -size_s : size_s;
    return true;
}

/* POSIX counts west of Greenwich. */
static bool offset_read(struct span *rest, struct zone_type *type)
{
    int32_t west_s = 0;
    if (!time_read(rest, 24, &west_s))
        return false;
    type->offset_s = -west_s;
    return true;
}

static bool day_read(struct span *rest, struct rule_day *day)
{
    bool is_read = false;
    *day = (struct rule_day){.time_s = RULE_TIME_DEFAULT_S};
    if (byte_read(rest, 'M')) {
        day->form = DAY_OF_MONTH;
        is_read = number_read(rest, 1, 12, &day->month) && byte_read(rest, '.') &&
                  number_read(rest, 1, 5, &day->week) && byte_read(rest, '.') &&
                  number_read(rest, 0, 6, &day->day);
    } else if (byte_read(rest, 'J')) {
        day->form = DAY_JULIAN;
        is_read = number_read(rest, 1, 365, &day->day);
    } else {
        day->form = DAY_ZERO_BASED;
        is_read = number_read(rest, 0, 365, &day->day);
    }
    if (is_read && byte_read(rest, '/'))
        return time_read(rest, RULE_HOURS_MAX, &day->time_s);
    return is_read;
}

static bool rule_read(struct span rest, struct rule *rule)
{
    if (!name_read(&rest, &rule->standard) || !offset_read(&rest, &rule->standard))
        return false;
    rule->has_summer = rest.size > 0;
    if (!rule->has_summer)
        return true;

    if (!name_read(&rest, &rule->summer))
        return false;
    rule->summer.offset_s = rule->standard.offset_s + 3600;
    if (rest.size > 0 && rest.bytes[0] != ',' && !offset_read(&rest, &rule->summer))
        return false;
    /* Without days POSIX leaves them to the system; all systems take those of the United States. */
    if (rest.size == 0)
        rest = SPAN(",M3.2.0,M11.1.0");
    return byte_read(&rest, ',') && day_read(&rest, &rule->start) && byte_read(&rest, ',') &&
           day_read(&rest, &rule->end) && rest.size == 0;
}

/* Local time of the rule in that year, as if it were UTC. */
static msec day_find(const struct rule_day *rule, int32_t year)
{
    int64_t days = civil_days(year, 1, 1);
    bool is_leap = civil_month_days(year, 2) == 29;
    switch (rule->form) {
    case DAY_JULIAN:
        days += rule->day - 1 + (is_leap && rule->day >= 60 ? 1 : 0);
        break;
    case DAY_ZERO_BASED:
        days += rule->day;
        break;
    case DAY_OF_MONTH: {
        int64_t first = civil_days(year, rule->month, 1);
        int sunday_based = (civil_weekday(first) + 1) % 7;
        int32_t day = (rule->day - sunday_based + 7) % 7 + (rule->week - 1) * 7;
        if (day >= civil_month_days(year, rule->month))
            day -= 7; /* week 5 is the last, be it the fourth */
        days = first + day;
        break;
    }
    }
    return days * DAY_MS + rule->time_s * SECOND_MS;
}

static void rule_write_out(struct zone *zone, const struct rule *rule, uint32_t standard,
                           uint32_t summer)
{
    bool is_bare = zone->change_count == 0;
    msec last_at = is_bare ? INT64_MIN : zone->changes[zone->change_count - 1].at;
    int32_t first_year = is_bare ? 1 : civil_from_msec(last_at).year;
    int32_t end_year = first_year + ZONE_CYCLE_YEARS + RULE_MARGIN_YEARS;
    /* Ends before a change whose counterpart in the next year would be missing: summer time all
     * year ends and starts at one instant. */
    msec end_all_at = civil_days(end_year, 1, 1) * DAY_MS;
    for (int32_t year = first_year; year <= end_year; year++) {
        msec start_at = day_find(&rule->start, year) - rule->standard.offset_s * SECOND_MS;
        msec end_at = day_find(&rule->end, year) - rule->summer.offset_s * SECOND_MS;
        if (start_at > last_at && start_at < end_all_at)
            zone_add_change(zone, start_at, summer);
        if (end_at > last_at && end_at < end_all_at)
            zone_add_change(zone, end_at, standard);
    }
    zone->cycle_at = civil_days(end_year - 1, 1, 1) * DAY_MS;
}

bool zone_add_rule(struct zone *zone, struct span text, struct fault *fault)
{
    struct rule rule = {0};
    if (!rule_read(text, &rule))
        return fault_set(fault, FAULT_INPUT, "the rule '%.*s' at the end is not a POSIX TZ rule",
                         (int)(text.size < 60 ? text.size : 60), text.bytes);
    uint32_t standard = zone_add_type(zone, &rule.standard);
    uint32_t summer = rule.has_summer ? zone_add_type(zone, &rule.summer) : standard;
    if (standard == ZONE_TYPE_MAX || summer == ZONE_TYPE_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d types of local time", ZONE_TYPE_MAX);
    if (zone->change_count == 0)
        zone->first_type = standard;
    if (rule.has_summer)
        rule_write_out(zone, &rule, standard, summer);
    return true;
}
