/* SPDX-License-Identifier: MIT */
/*
 * rule.h - an RRULE (RFC 5545 3.3.10) and the walk over the wall times that it makes.
 *
 * libical reads the lists of the rule; what it would drop in silence (a part it does not know,
 * INTERVAL=0) is found here first and is a fault. The walk is ours and knows no zone: HOURLY walks
 * the wall clock, too.
 */
#pragma once

#include "base/fault.h"
#include "base/span.h"
#include "base/time.h"
#include "calendar/stamp.h"

#define RULE_STEPS_MAX 2000000
#define RULE_INSTANCES_MAX 200000
#define RULE_TIMES_MAX 1440 /* times of day that one rule may name */

enum frequency {
    FREQUENCY_HOURLY,
    FREQUENCY_DAILY,
    FREQUENCY_WEEKLY,
    FREQUENCY_MONTHLY,
    FREQUENCY_YEARLY,
    FREQUENCY_COUNT
};

/* Values of one BYxxx; `is_given` false: the part is absent. */
struct rule_list {
    bool is_given;
    uint16_t count;
    int16_t values[386];
};

struct rule_day {
    int8_t weekday; /* 0 = Monday */
    int8_t nth;     /* 0: every one; up to +-53 */
};

struct rule {
    enum frequency frequency;
    int32_t interval;
    int64_t count; /* 0: none */
    bool has_until;
    bool is_until_bad; /* UNTIL is no date: has_until is false */
    struct stamp until;
    int weekstart; /* 0 = Monday */
    bool has_days;
    uint16_t day_count;
    struct rule_day days[386];
    struct rule_list month, weekno, yearday, monthday, hour, minute, second, setpos;
};

enum rule_error { RULE_BAD, RULE_TOO_OFTEN };

/* `error` says on failure whether the rule is wrong or merely SECONDLY or MINUTELY. */
MUST_USE bool rule_parse(struct span text, struct rule *rule, enum rule_error *error,
                         struct fault *fault);

/* Wall times in rising order. */
struct wall_list {
    msec *items; /* heap */
    size_t count;
    size_t room;
};

void wall_list_add(struct wall_list *list, msec wall);
void wall_list_clear(struct wall_list *list);
static inline UNUSED void wall_list_clear_cleanup(struct wall_list *list)
{
    wall_list_clear(list);
}

/*
 * Appends the instances from `start` to `until` (inclusive; MSEC_NEVER: none) and before `end`, at
 * most COUNT. Steps are taken off *steps_left, which several rules may share. Returns false when it
 * or RULE_STEPS_MAX or RULE_INSTANCES_MAX was met: what was found so far is in the list.
 */
MUST_USE bool rule_walk(const struct rule *rule, msec start, msec until, msec end,
                        struct wall_list *walls, int64_t *steps_left);
