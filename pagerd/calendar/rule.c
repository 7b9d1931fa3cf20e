/* SPDX-License-Identifier: MIT */
#include "calendar/rule.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The parts of a rule. Those with a list are handed to libical, the others are read here. */
enum part {
    PART_FREQ,
    PART_INTERVAL,
    PART_COUNT,
    PART_UNTIL,
    PART_WKST,
    PART_BYSECOND,
    PART_BYMINUTE,
    PART_BYHOUR,
    PART_BYDAY,
    PART_BYMONTHDAY,
    PART_BYYEARDAY,
    PART_BYWEEKNO,
    PART_BYMONTH,
    PART_BYSETPOS,
    PART_MAX
};

static const char *const part_names[PART_MAX] = {
    [PART_FREQ] = "FREQ",           [PART_INTERVAL] = "INTERVAL",
    [PART_COUNT] = "COUNT",         [PART_UNTIL] = "UNTIL",
    [PART_WKST] = "WKST",           [PART_BYSECOND] = "BYSECOND",
    [PART_BYMINUTE] = "BYMINUTE",   [PART_BYHOUR] = "BYHOUR",
    [PART_BYDAY] = "BYDAY",         [PART_BYMONTHDAY] = "BYMONTHDAY",
    [PART_BYYEARDAY] = "BYYEARDAY", [PART_BYWEEKNO] = "BYWEEKNO",
    [PART_BYMONTH] = "BYMONTH",     [PART_BYSETPOS] = "BYSETPOS",
};

/* A list of numbers: where libical puts it, where we keep it, and which values are legal. */
struct list_row {
    enum part part;
    size_t source; /* of short[] in struct icalrecurrencetype */
    size_t source_max;
    size_t target; /* of struct rule_list in struct rule */
    int min;
    int max;
    bool is_signed; /* -max .. -min, too */
};

#define SOURCE(member) offsetof(struct icalrecurrencetype, member)
#define TARGET(member) offsetof(struct rule, member)

static const struct list_row list_rows[] = {
    {PART_BYSECOND, SOURCE(by_second), ICAL_BY_SECOND_SIZE, TARGET(second), 0, 59, false},
    {PART_BYMINUTE, SOURCE(by_minute), ICAL_BY_MINUTE_SIZE, TARGET(minute), 0, 59, false},
    {PART_BYHOUR, SOURCE(by_hour), ICAL_BY_HOUR_SIZE, TARGET(hour), 0, 23, false},
    {PART_BYMONTHDAY, SOURCE(by_month_day), ICAL_BY_MONTHDAY_SIZE, TARGET(monthday), 1, 31, true},
    {PART_BYYEARDAY, SOURCE(by_year_day), ICAL_BY_YEARDAY_SIZE, TARGET(yearday), 1, 366, true},
    {PART_BYWEEKNO, SOURCE(by_week_no), ICAL_BY_WEEKNO_SIZE, TARGET(weekno), 1, 53, true},
    {PART_BYMONTH, SOURCE(by_month), ICAL_BY_MONTH_SIZE, TARGET(month), 1, 12, false},
    {PART_BYSETPOS, SOURCE(by_set_pos), ICAL_BY_SETPOS_SIZE, TARGET(setpos), 1, 366, true},
};

/* Splits the rule; the last of a repeated part counts. X- parts are nobody's business. */
static bool parts_cut(struct span rest, char *parts[PART_MAX], struct fault *fault)
{
    while (rest.size > 0) {
        struct span value = span_cut(&rest, ';');
        if (span_trim(value).size == 0)
            continue;
        struct span key = span_trim(span_cut(&value, '='));
        CLEANUP(text_clear) struct text name = {0};
        CLEANUP(text_clear) struct text upper = {0};
        for (size_t i = 0; i < key.size; i++) {
            bool is_lower = key.bytes[i] >= 'a' && key.bytes[i] <= 'z';
            text_add_char(&name, is_lower ? (char)(key.bytes[i] - 32) : key.bytes[i]);
        }
        for (size_t i = 0; i < value.size; i++) {
            bool is_lower = value.bytes[i] >= 'a' && value.bytes[i] <= 'z';
            if (value.bytes[i] != ' ')
                text_add_char(&upper, is_lower ? (char)(value.bytes[i] - 32) : value.bytes[i]);
        }
        if (span_has_prefix(text_span(&name), "X-"))
            continue;
        size_t part = 0;
        while (part < PART_MAX && !string_is(part_names[part], text_string(&name)))
            part++;
        if (part == PART_MAX)
            return fault_set(fault, FAULT_INPUT, "unknown part \"%.40s\"", text_string(&name));
        if (upper.size == 0)
            return fault_set(fault, FAULT_INPUT, "%s has no value", part_names[part]);
        free(parts[part]);
        parts[part] = text_take(&upper);
    }
    return true;
}

static bool number_parse(const char *text, int64_t max, int64_t *number)
{
    const char *at = *text == '+' ? text + 1 : text;
    int64_t value = 0;
    if (*at == '\0')
        return false;
    for (; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || value > max)
            return false;
        value = value * 10 + (*at - '0');
    }
    *number = value;
    return value >= 1 && value <= max;
}

/* The parts that libical would wrap around (INTERVAL is a short there) or not check. */
static bool numbers_read(char *const parts[PART_MAX], struct rule *rule, struct fault *fault)
{
    int64_t interval = 1;
    if (parts[PART_INTERVAL] != NULL && !number_parse(parts[PART_INTERVAL], 1000000, &interval))
        return fault_set(fault, FAULT_INPUT, "INTERVAL=%.20s", parts[PART_INTERVAL]);
    rule->interval = (int32_t)interval;
    if (parts[PART_COUNT] != NULL && !number_parse(parts[PART_COUNT], INT32_MAX, &rule->count))
        return fault_set(fault, FAULT_INPUT, "COUNT=%.20s", parts[PART_COUNT]);
    if (parts[PART_UNTIL] != NULL) {
        rule->has_until = stamp_parse(span_of(parts[PART_UNTIL]), &rule->until);
        rule->is_until_bad = !rule->has_until;
    }
    return true;
}

static bool frequency_read(const char *text, struct rule *rule, enum rule_error *error,
                           struct fault *fault)
{
    static const char *const names[FREQUENCY_COUNT] = {
        [FREQUENCY_HOURLY] = "HOURLY", [FREQUENCY_DAILY] = "DAILY",
        [FREQUENCY_WEEKLY] = "WEEKLY", [FREQUENCY_MONTHLY] = "MONTHLY",
        [FREQUENCY_YEARLY] = "YEARLY",
    };
    if (text == NULL)
        return fault_set(fault, FAULT_INPUT, "FREQ is missing");
    for (size_t i = 0; i < FREQUENCY_COUNT; i++) {
        if (string_is(names[i], text)) {
            rule->frequency = (enum frequency)i;
            return true;
        }
    }
    if (string_is(text, "SECONDLY") || string_is(text, "MINUTELY"))
        *error = RULE_TOO_OFTEN;
    return fault_set(fault, FAULT_INPUT, "FREQ=%.20s", text);
}

static bool list_copy(const struct list_row *row, const struct icalrecurrencetype *source,
                      struct rule *rule, struct fault *fault)
{
    const short *values = (const short *)((const char *)source + row->source);
    struct rule_list *list = (struct rule_list *)((char *)rule + row->target);
    list->is_given = true;
    for (size_t i = 0; i < row->source_max && values[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int size = row->is_signed && values[i] < 0 ? -values[i] : values[i];
        if (size < row->min || size > row->max)
            return fault_set(fault, FAULT_INPUT, "%s holds %d", part_names[row->part], values[i]);
        list->values[list->count++] = values[i];
    }
    if (list->count == 0)
        return fault_set(fault, FAULT_INPUT, "%s is not readable", part_names[row->part]);
    return true;
}

/* libical counts Sunday as 1, we count Monday as 0. */
static int weekday_of(enum icalrecurrencetype_weekday day)
{
    return ((int)day + 5) % 7;
}

static bool days_copy(const struct icalrecurrencetype *source, struct rule *rule,
                      struct fault *fault)
{
    rule->has_days = true;
    for (size_t i = 0; i < ICAL_BY_DAY_SIZE && source->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX;
         i++) {
        enum icalrecurrencetype_weekday day = icalrecurrencetype_day_day_of_week(source->by_day[i]);
        int nth = icalrecurrencetype_day_position(source->by_day[i]);
        if (day == ICAL_NO_WEEKDAY || nth < -53 || nth > 53)
            return fault_set(fault, FAULT_INPUT, "BYDAY is not readable");
        rule->days[rule->day_count++] = (struct rule_day){(int8_t)weekday_of(day), (int8_t)nth};
    }
    if (rule->day_count == 0)
        return fault_set(fault, FAULT_INPUT, "BYDAY is not readable");
    return true;
}

static bool lists_read(char *const parts[PART_MAX], struct rule *rule, struct fault *fault)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "FREQ=%s", parts[PART_FREQ]);
    for (size_t part = PART_WKST; part < PART_MAX; part++)
        if (parts[part] != NULL)
            text_addf(&text, ";%s=%s", part_names[part], parts[part]);
    icalerror_clear_errno();
    struct icalrecurrencetype source = icalrecurrencetype_from_string(text_string(&text));
    if (icalerrno == ICAL_NEWFAILED_ERROR)
        memory_out(); /* else a good rule would be called unreadable */
    free(source.rscale);
    if (source.freq == ICAL_NO_RECURRENCE)
        return fault_set(fault, FAULT_INPUT, "not readable: %.200s", text_string(&text));
    rule->weekstart = parts[PART_WKST] == NULL ? 0 : weekday_of(source.week_start);
    for (size_t i = 0; i < sizeof list_rows / sizeof list_rows[0]; i++)
        if (parts[list_rows[i].part] != NULL && !list_copy(&list_rows[i], &source, rule, fault))
            return false;
    return parts[PART_BYDAY] == NULL || days_copy(&source, rule, fault);
}

bool rule_parse(struct span text, struct rule *rule, enum rule_error *error, struct fault *fault)
{
    char *parts[PART_MAX] = {0};
    *rule = (struct rule){0};
    *error = RULE_BAD;
    bool is_good = parts_cut(text, parts, fault) &&
                   frequency_read(parts[PART_FREQ], rule, error, fault) &&
                   numbers_read(parts, rule, fault) && lists_read(parts, rule, fault);
    for (size_t i = 0; i < PART_MAX; i++)
        free(parts[i]);
    return is_good;
}
