/* SPDX-License-Identifier: MIT */
/*
 * Every change of the clocks of every zone from 2024 to 2037 against every shape of a rotation.
 *
 * What is expected comes from the C library: it reads the same tzdata with other code, and the rule
 * is written here once more: a time that does not exist is read with the offset before the gap, one
 * that exists twice is the first. The system's tzdata is used, for the answers are not typed. With
 * PAGERD_TESTS_LONG every name is tried, and every distinct zone at every half hour of the day;
 * without it every distinct zone, at the hours that its own changes hit, at 00:00 and at 09:00.
 */
#include <ftw.h>
#include <time.h>

#include "sample.h"

#include "base/id.h"
#include "base/map.h"

#define SYSTEM_ZONES "/usr/share/zoneinfo"
#define FIRST "2024-01-01T00:00:00Z"
#define LAST "2038-01-01T00:00:00Z"
/* Sanitizers look for other faults and are slow: they get every eighth zone. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

#define CHANGES_MAX 200
#define NAMES_MAX 1000
#define PEOPLE 3

struct change {
    msec at;
    msec before_ms; /* offsets east of UTC */
    msec after_ms;
};

/* A zone as the C library sees it. */
struct clock {
    const char *name;
    struct change changes[CHANGES_MAX];
    size_t change_count;
    msec first_ms; /* offset before the first change */
};

static msec libc_offset(msec at)
{
    time_t seconds = (time_t)(at / SECOND_MS);
    struct tm tm;
    assert_non_null(localtime_r(&seconds, &tm));
    return tm.tm_gmtoff * SECOND_MS;
}

static void clock_fill(struct clock *clock, const char *name)
{
    CLEANUP(text_clear) struct text value = {0};
    *clock = (struct clock){.name = name};
    text_addf(&value, ":%s/%s", SYSTEM_ZONES, name);
    assert_int_equal(setenv("TZ", text_string(&value), 1), 0);
    tzset();
    msec step_ms = 12 * HOUR_MS;
    msec from_at = at(FIRST) - 60 * DAY_MS;
    msec until_at = at(LAST) + 60 * DAY_MS;
    clock->first_ms = libc_offset(from_at);
    for (msec low_at = from_at; low_at < until_at; low_at += step_ms) {
        msec before_ms = libc_offset(low_at);
        msec after_ms = libc_offset(low_at + step_ms);
        if (before_ms == after_ms)
            continue;
        msec low = low_at;
        msec high = low_at + step_ms;
        while (high - low > SECOND_MS) {
            msec middle = low + (high - low) / 2 / SECOND_MS * SECOND_MS;
            if (libc_offset(middle) == before_ms)
                low = middle;
            else
                high = middle;
        }
        assert_true(clock->change_count < CHANGES_MAX);
        clock->changes[clock->change_count++] = (struct change){high, before_ms, after_ms};
    }
}

/* The written rule. */
static msec clock_utc(const struct clock *clock, msec wall)
{
    msec offset_ms = clock->first_ms;
    for (size_t i = 0; i < clock->change_count; i++) {
        const struct change *change = &clock->changes[i];
        if (wall - change->before_ms < change->at)
            return wall - change->before_ms; /* before the change: also the first of two */
        if (wall - change->after_ms < change->at)
            return wall - change->before_ms; /* in the gap */
        offset_ms = change->after_ms;
    }
    return wall - offset_ms;
}

/* One handover of a rotation: at that wall time of that zone, to that person. */
struct handover {
    const struct clock *clock;
    msec wall;
    int person;
};

/* Three zones, the one under test first, and the hour of the handover on the first day. */
struct rotation {
    const struct clock *clocks[3];
    msec start; /* wall time of the first handover, a Monday, in the first zone */
};

static struct handover daily(const struct rotation *rotation, int place)
{
    return (struct handover){rotation->clocks[0], rotation->start + place * DAY_MS, place % PEOPLE};
}

static struct handover weekly(const struct rotation *rotation, int place)
{
    return (struct handover){rotation->clocks[0], rotation->start + place * 7 * DAY_MS,
                             place % PEOPLE};
}

static struct handover biweekly(const struct rotation *rotation, int place)
{
    return (struct handover){rotation->clocks[0], rotation->start + place * 14 * DAY_MS,
                             place % PEOPLE};
}

/* Monday to Friday a day each for the first, the weekend in one piece for the second. */
static struct handover weekdays(const struct rotation *rotation, int place)
{
    int day = place % 6;
    return (struct handover){rotation->clocks[0], rotation->start + (place / 6 * 7 + day) * DAY_MS,
                             day == 5};
}

static struct handover half_days(const struct rotation *rotation, int place)
{
    return (struct handover){rotation->clocks[0], rotation->start + place * 12 * HOUR_MS,
                             place % 2};
}

/* Each person in a zone of their own; handed over every 8 hours of winter. */
static struct handover follow_the_sun(const struct rotation *rotation, int place)
{
    const struct clock *clock = rotation->clocks[place % 3];
    msec first_at = rotation->start - rotation->clocks[0]->first_ms + place % 3 * 8 * HOUR_MS;
    return (struct handover){clock, first_at + clock->first_ms + place / 3 * DAY_MS, place % 3};
}

/* How each shape is written down: one event per person. */
static const struct shape {
    const char *name;
    struct handover (*handover)(const struct rotation *, int);
    int events;
    int first[PEOPLE]; /* place of the handover at which each event starts */
    const char *rules[PEOPLE];
} shapes[] = {
    {"daily", daily, 3, {0, 1, 2}, {"DAILY;INTERVAL=3", "DAILY;INTERVAL=3", "DAILY;INTERVAL=3"}},
    {"weekly",
     weekly,
     3,
     {0, 1, 2},
     {"WEEKLY;INTERVAL=3", "WEEKLY;INTERVAL=3", "WEEKLY;INTERVAL=3"}},
    {"biweekly",
     biweekly,
     3,
     {0, 1, 2},
     {"WEEKLY;INTERVAL=6", "WEEKLY;INTERVAL=6", "WEEKLY;INTERVAL=6"}},
    {"weekdays", weekdays, 2, {0, 5}, {"WEEKLY;BYDAY=MO,TU,WE,TH,FR", "WEEKLY;BYDAY=SA"}},
    {"12 hours by day", half_days, 2, {0, 1}, {"DAILY", "DAILY"}},
    {"12 hours by hour", half_days, 2, {0, 1}, {"HOURLY;INTERVAL=24", "HOURLY;INTERVAL=24"}},
    {"follow the sun", follow_the_sun, 3, {0, 1, 2}, {"DAILY", "DAILY", "DAILY"}},
};

static const char *const people[PEOPLE] = {"ann", "bob", "carol"};

static void time_add(struct text *ics, const char *name, const struct handover *handover)
{
    struct civil civil = civil_from_msec(handover->wall);
    text_addf(ics, "%s;TZID=%s:%04d%02d%02dT%02d%02d%02d\r\n", name, handover->clock->name,
              civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second);
}

static struct shift_list *rotation_expand(const struct shape *shape,
                                          const struct rotation *rotation)
{
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN);
    for (int i = 0; i < shape->events; i++) {
        struct handover from = shape->handover(rotation, shape->first[i]);
        struct handover until = shape->handover(rotation, shape->first[i] + 1);
        text_addf(&ics, "BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:%s\r\n", i, people[from.person]);
        time_add(&ics, "DTSTART", &from);
        time_add(&ics, "DTEND", &until);
        text_addf(&ics, "RRULE:FREQ=%s\r\nEND:VEVENT\r\n", shape->rules[i]);
    }
    text_add(&ics, END);
    struct calendar_file file = {"rotation.ics", text_span(&ics)};
    struct calendar_request request = {.files = &file,
                                       .file_count = 1,
                                       .tzdir = SYSTEM_ZONES,
                                       .from_at = at(FIRST),
                                       .until_at = at(LAST)};
    struct shift_list *list = NULL;
    struct fault fault = {0};
    if (!calendar_expand(&request, &list, &fault))
        fail_msg("%s", fault.text);
    return list;
}

/* What was tried, for the last line. */
static size_t zone_count, change_count, rotation_count, shift_count;

static void shift_check(const struct shape *shape, const struct rotation *rotation,
                        const struct shift_list *list, size_t i, int place)
{
    const struct shift *shift = &list->shifts[i];
    struct handover from = shape->handover(rotation, place);
    struct handover until = shape->handover(rotation, place + 1);
    msec start_at = clock_utc(from.clock, from.wall);
    msec end_at = clock_utc(until.clock, until.wall);
    char is[INSTANT_TEXT_SIZE];
    char should[INSTANT_TEXT_SIZE];
    if (shift->start_at != start_at || shift->end_at != end_at ||
        strcmp(shift->event->summary, people[from.person]) != 0)
        fail_msg("%s in %s, shift %zu: starts at %s instead of %s (%s)", shape->name,
                 rotation->clocks[0]->name, i, instant_render(shift->start_at, is),
                 instant_render(start_at, should), shift->event->summary);
    if (i > 0 && list->shifts[i - 1].end_at != shift->start_at)
        fail_msg("%s in %s: a hole or an overlap at %s", shape->name, rotation->clocks[0]->name,
                 instant_render(shift->start_at, is));
}

static void rotation_check(const struct shape *shape, const struct rotation *rotation)
{
    struct shift_list *list = rotation_expand(shape, rotation);
    assert_null(list->problem);
    int place = 0;
    while (true) { /* the first whose end lies in the window */
        struct handover until = shape->handover(rotation, place + 1);
        if (clock_utc(until.clock, until.wall) > list->from_at)
            break;
        place++;
    }
    for (size_t i = 0; i < list->shift_count; i++)
        shift_check(shape, rotation, list, i, place + (int)i);
    struct handover next = shape->handover(rotation, place + (int)list->shift_count);
    assert_true(clock_utc(next.clock, next.wall) >= list->until_at);
    rotation_count++;
    shift_count += list->shift_count;
    shift_list_free(list);
}

/* Times of day at which a change of this zone makes a wall time that is missing or twice there. */
static size_t hours_fill(const struct clock *clock, msec hours[static 48], bool is_long)
{
    size_t count = 0;
    if (is_long) {
        for (; count < 48; count++)
            hours[count] = (msec)count * 30 * MINUTE_MS;
        return count;
    }
    hours[count++] = 9 * HOUR_MS;
    hours[count++] = 0;
    for (size_t i = 0; i < clock->change_count && count < 48; i++) {
        const struct change *change = &clock->changes[i];
        msec middle = change->at + (change->before_ms + change->after_ms) / 2;
        msec hour = (middle % DAY_MS + DAY_MS) % DAY_MS;
        bool is_new = true;
        for (size_t j = 0; j < count; j++)
            is_new = is_new && hours[j] != hour;
        if (is_new)
            hours[count++] = hour;
    }
    return clock->change_count == 0 ? 1 : count;
}

static struct clock berlin, new_york;

static void zone_check(const char *name, bool is_long)
{
    static struct clock clock;
    msec hours[48];
    clock_fill(&clock, name);
    size_t count = hours_fill(&clock, hours, is_long);
    for (size_t i = 0; i < count; i++) {
        struct rotation rotation = {{&clock, &berlin, &new_york},
                                    at("2023-11-20T00:00:00Z") + hours[i]};
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
            rotation_check(&shapes[s], &rotation);
    }
    zone_count++;
    change_count += clock.change_count;
}

/* Names below the folder of tzdata; nftw(3) hands no context through. */
static char *names[NAMES_MAX];
static size_t name_count;

static int name_take(const char *path, const struct stat *status UNUSED, int kind,
                     struct FTW *place UNUSED)
{
    const char *name = path + strlen(SYSTEM_ZONES) + 1;
    static const char *const others[] = {"right/", "posix/", "posixrules", "localtime", "Factory"};
    char magic[4] = "";
    FILE *file = kind == FTW_F || kind == FTW_SL ? fopen(path, "rb") : NULL;
    if (file == NULL)
        return 0;
    bool is_zone = fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
    (void)fclose(file);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        is_zone = is_zone && !span_has_prefix(span_of(name), others[i]);
    assert_true(name_count < NAMES_MAX);
    if (is_zone)
        names[name_count++] = string_copy(name);
    return 0;
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Has a zone of the same bytes been tried under another name? */
static bool is_known(struct map *known, const char *name)
{
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    char hash[HASH_TEXT_SIZE];
    text_addf(&path, "%s/%s", SYSTEM_ZONES, name);
    file_load(text_string(&path), &bytes);
    hash_text(text_span(&bytes), hash);
    bool is_old = map_find(known, span_of(hash)) != NULL;
    map_put(known, span_of(hash), known);
    return is_old;
}

static void no_change_of_the_clocks_leaves_a_hole_or_an_overlap_in_any_rotation(void **state)
{
    (void)state;
    bool is_long = getenv("PAGERD_TESTS_LONG") != NULL && !IS_SANITIZED;
    if (nftw(SYSTEM_ZONES, name_take, 16, FTW_PHYS) != 0 || name_count == 0) {
        print_message("no tzdata in " SYSTEM_ZONES "\n");
        skip();
    }
    qsort(names, name_count, sizeof names[0], name_compare);
    clock_fill(&berlin, "Europe/Berlin");
    clock_fill(&new_york, "America/New_York");
    CLEANUP(map_free) struct map *known = map_new();
    for (size_t i = 0; i < name_count; i++) {
        bool is_old = is_known(known, names[i]);
        bool is_wanted = is_long || !is_old;
        if (is_wanted && (!IS_SANITIZED || i % 8 == 0))
            zone_check(names[i], is_long && !is_old);
    }
    print_message("%zu names, %zu zones tried, %zu changes of their clocks, %zu rotations, %zu "
                  "shifts\n",
                  name_count, zone_count, change_count, rotation_count, shift_count);
    for (size_t i = 0; i < name_count; i++)
        free(names[i]);
    assert_int_equal(unsetenv("TZ"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_change_of_the_clocks_leaves_a_hole_or_an_overlap_in_any_rotation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
