/* SPDX-License-Identifier: MIT */
#include "calendar/stamp.h"

/* Cuts `count` digits off `rest`. */
static bool cut_digits(struct span *rest, size_t count, int *value)
{
    if (rest->size < count)
        return false;
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        if (rest->bytes[i] < '0' || rest->bytes[i] > '9')
            return false;
        number = number * 10 + (rest->bytes[i] - '0');
    }
    rest->bytes += count;
    rest->size -= count;
    *value = number;
    return true;
}

/* Cuts one of two letters off `rest`: the same one in both cases. */
static bool cut_letter(struct span *rest, char upper)
{
    if (rest->size == 0 || (rest->bytes[0] != upper && rest->bytes[0] != upper + ('a' - 'A')))
        return false;
    rest->bytes++;
    rest->size--;
    return true;
}

bool stamp_parse(struct span text, struct stamp *stamp)
{
    struct span rest = span_trim(text);
    int year, month, day;
    if (!cut_digits(&rest, 4, &year) || !cut_digits(&rest, 2, &month) ||
        !cut_digits(&rest, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month))
        return false;
    msec midnight = civil_days(year, month, day) * DAY_MS;
    if (rest.size == 0) {
        *stamp = (struct stamp){.wall = midnight, .is_date = true};
        return true;
    }
    int hour, minute;
    int second = 0;
    if (!cut_letter(&rest, 'T') || !cut_digits(&rest, 2, &hour) || !cut_digits(&rest, 2, &minute))
        return false;
    (void)cut_digits(&rest, 2, &second);
    bool is_utc = cut_letter(&rest, 'Z');
    if (rest.size != 0 || hour > 23 || minute > 59)
        return false;
    if (second > 59) /* leap seconds have no place on our clocks */
        second = 59;
    *stamp = (struct stamp){
        .wall = midnight + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS,
        .is_utc = is_utc,
    };
    return true;
}

/* Cuts "12W" off `rest` and adds 12 units to *total; nothing there is fine, too. */
static void cut_amount(struct span *rest, char unit, int64_t each, int64_t *total, bool *has_any)
{
    size_t digits = 0;
    int64_t amount = 0;
    while (digits < rest->size && rest->bytes[digits] >= '0' && rest->bytes[digits] <= '9') {
        if (amount <= SPAN_DAYS_MAX * 86400LL)
            amount = amount * 10 + (rest->bytes[digits] - '0');
        digits++;
    }
    struct span after = {rest->bytes + digits, rest->size - digits};
    if (digits == 0 || !cut_letter(&after, unit))
        return;
    *total += amount * each;
    *has_any = true;
    *rest = after;
}

bool term_parse(struct span text, struct term *term)
{
    struct span rest = span_trim(text);
    int sign = 1;
    if (rest.size > 0 && (rest.bytes[0] == '+' || rest.bytes[0] == '-')) {
        sign = rest.bytes[0] == '-' ? -1 : 1;
        rest = (struct span){rest.bytes + 1, rest.size - 1};
    }
    if (!cut_letter(&rest, 'P'))
        return false;
    int64_t days = 0;
    int64_t seconds = 0;
    bool has_any = false;
    cut_amount(&rest, 'W', 7, &days, &has_any);
    cut_amount(&rest, 'D', 1, &days, &has_any);
    if (cut_letter(&rest, 'T')) {
        cut_amount(&rest, 'H', 3600, &seconds, &has_any);
        cut_amount(&rest, 'M', 60, &seconds, &has_any);
        cut_amount(&rest, 'S', 1, &seconds, &has_any);
    }
    if (!has_any || rest.size != 0)
        return false;
    if (days > SPAN_DAYS_MAX)
        days = SPAN_DAYS_MAX + 1;
    if (seconds > SPAN_DAYS_MAX * 86400LL)
        seconds = (SPAN_DAYS_MAX + 1) * 86400LL;
    *term = (struct term){sign * days, sign * seconds * SECOND_MS};
    return true;
}

bool offset_parse(struct span text, int32_t *offset_s)
{
    struct span rest = span_trim(text);
    if (rest.size == 0 || (rest.bytes[0] != '+' && rest.bytes[0] != '-'))
        return false;
    int sign = rest.bytes[0] == '-' ? -1 : 1;
    rest = (struct span){rest.bytes + 1, rest.size - 1};
    int parts[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && rest.size > 0 && rest.bytes[0] == ':')
            rest = (struct span){rest.bytes + 1, rest.size - 1};
        if (!cut_digits(&rest, 2, &parts[i]) && i < 2)
            return false;
    }
    if (rest.size != 0 || parts[0] > 23 || parts[1] > 59 || parts[2] > 59)
        return false;
    *offset_s = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

msec wall_day(msec wall)
{
    msec into = wall % DAY_MS;
    return wall - (into < 0 ? into + DAY_MS : into);
}
