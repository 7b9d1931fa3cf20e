/* SPDX-License-Identifier: MIT */
#include "daemon/office.h"

#define OPENS_MS (9 * HOUR_MS)
#define CLOSES_MS (17 * HOUR_MS)
#define SATURDAY 5

int64_t office_day(const struct office *office, msec at)
{
    msec local = zone_local(office->zone, at);
    return local / DAY_MS - (local % DAY_MS < 0);
}

/* Past the holidays that hold `at`. */
static msec after_holidays(const struct office *office, msec at)
{
    const struct holiday *holiday;
    while (office->roster != NULL &&
           (holiday = roster_holiday(office->roster, office->holidays, at)) != NULL)
        at = holiday->end_at;
    return at;
}

msec office_next(const struct office *office, msec at)
{
    int64_t today = office_day(office, at);
    for (int64_t day = today; day < today + OFFICE_REACH_DAYS; day++) {
        if (civil_weekday(day) >= SATURDAY)
            continue;
        msec opens_at = zone_utc(office->zone, day * DAY_MS + OPENS_MS, NULL);
        msec closes_at = zone_utc(office->zone, day * DAY_MS + CLOSES_MS, NULL);
        msec open_at = after_holidays(office, opens_at > at ? opens_at : at);
        if (open_at < closes_at)
            return open_at;
    }
    return at;
}
