/* SPDX-License-Identifier: MIT */
/*
 * calendar_bench.c - what it costs to read a calendar, and to ask who is on call.
 *
 * CPU time of this process, the best of several rounds: other programs on the machine can make a
 * round slower and never faster. Ratios carry over to other machines, the rest does not.
 *
 * calendar_bench [TZDIR]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "calendar/calendar.h"
#include "engine/roster.h"

#define ROUNDS 7
#define QUESTIONS 1000000
#define BEGIN_AT ((msec)1767571200000) /* Monday 2026-01-05T00:00:00Z */
#define HORIZON_MS (435 * DAY_MS)      /* of the reader: 35 days back, 400 ahead */

static const char *tzdir;

static double cpu_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* `count` events one behind the other, `apart` hours from start to start, with that rule. */
static void calendar_make(struct text *ics, int count, int apart, const char *rule)
{
    text_add(ics, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\n");
    for (int i = 0; i < count; i++) {
        struct civil from = civil_from_msec(BEGIN_AT + (i * (msec)apart + 9) * HOUR_MS);
        struct civil until = civil_from_msec(BEGIN_AT + ((i + 1) * (msec)apart + 9) * HOUR_MS);
        text_addf(ics,
                  "BEGIN:VEVENT\r\nUID:%d@example.org\r\nSUMMARY:Person %d\r\n"
                  "DTSTART;TZID=Europe/Berlin:%04d%02d%02dT%02d0000\r\n"
                  "DTEND;TZID=Europe/Berlin:%04d%02d%02dT%02d0000\r\n%sEND:VEVENT\r\n",
                  i, i % 20, from.year, from.month, from.day, from.hour, until.year, until.month,
                  until.day, until.hour, rule);
    }
    text_add(ics, "END:VCALENDAR\r\n");
}

static size_t expand(const struct text *ics, msec from_at, msec until_at)
{
    struct calendar_file file = {"bench.ics", text_span(ics)};
    struct calendar_request request = {.files = &file,
                                       .file_count = 1,
                                       .zone_name = "Europe/Berlin",
                                       .tzdir = tzdir,
                                       .from_at = from_at,
                                       .until_at = until_at};
    struct shift_list *list = NULL;
    struct fault fault = {0};
    if (!calendar_expand(&request, &list, &fault) || list->problem != NULL) {
        (void)fprintf(stderr, "calendar_bench: %s\n", list == NULL ? fault.text : list->problem);
        exit(1);
    }
    size_t count = list->shift_count;
    shift_list_free(list);
    return count;
}

/* Expands `windows` stretches of `length_ms` behind each other. */
static void expansion_measure(const char *what, const struct text *ics, msec length_ms, int windows)
{
    double best = 1e9;
    size_t shifts = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double began = cpu_ms();
        shifts = 0;
        for (int i = 0; i < windows; i++)
            shifts += expand(ics, BEGIN_AT + i * length_ms, BEGIN_AT + (i + 1) * length_ms);
        double took = cpu_ms() - began;
        best = took < best ? took : best;
    }
    printf("%-52s %7zu shifts %9.2f ms %7.2f us each\n", what, shifts, best,
           shifts == 0 ? 0 : best * 1e3 / (double)shifts);
}

static void expansions(void)
{
    static const struct {
        const char *what;
        int count;
        int apart;
        const char *rule;
        msec length_ms;
        int windows;
    } cases[] = {
        {"one weekly rotation, ten years", 1, 168, "RRULE:FREQ=WEEKLY\r\n", 3653 * DAY_MS, 1},
        {"one weekly rotation, the reader's 435 days", 1, 168, "RRULE:FREQ=WEEKLY\r\n", HORIZON_MS,
         1},
        {"10,000 single events", 10000, 1, "", HORIZON_MS, 1},
        {"10,000 series of 10 weeks", 10000, 1, "RRULE:FREQ=WEEKLY;COUNT=10\r\n", HORIZON_MS, 1},
        {"1,000 weekly series, ten years, a year at a time", 1000, 1, "RRULE:FREQ=WEEKLY\r\n",
         365 * DAY_MS, 10},
        {"a daily series with 2,000 EXDATEs, ten years", 0, 0, "", 3653 * DAY_MS, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CLEANUP(text_clear) struct text ics = {0};
        if (cases[i].count > 0) {
            calendar_make(&ics, cases[i].count, cases[i].apart, cases[i].rule);
        } else {
            CLEANUP(text_clear) struct text rule = {0};
            text_add(&rule, "RRULE:FREQ=DAILY\r\n");
            for (int day = 0; day < 2000; day++) {
                struct civil civil = civil_from_msec(BEGIN_AT + (day + 1) * DAY_MS);
                text_addf(&rule, "EXDATE;TZID=Europe/Berlin:%04d%02d%02dT090000\r\n", civil.year,
                          civil.month, civil.day);
            }
            calendar_make(&ics, 1, 24, text_string(&rule));
        }
        expansion_measure(cases[i].what, &ics, cases[i].length_ms, cases[i].windows);
    }
}

/* Nanoseconds of one question "who is on call at T" about a rota of that many segments. */
static double question_measure(size_t count)
{
    struct segment *segments = memory_new(count, sizeof *segments);
    for (size_t i = 0; i < count; i++)
        segments[i] = (struct segment){.start_at = BEGIN_AT + (msec)i * HOUR_MS,
                                       .end_at = BEGIN_AT + (msec)(i + 1) * HOUR_MS,
                                       .users = {"ann"},
                                       .user_count = 1};
    struct rota rota = {.from_at = BEGIN_AT,
                        .until_at = BEGIN_AT + (msec)count * HOUR_MS,
                        .segments = segments,
                        .segment_count = count};
    double best = 1e9;
    size_t found = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t chance = 88172645463325252ULL;
        double began = cpu_ms();
        for (int i = 0; i < QUESTIONS; i++) {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            msec at = BEGIN_AT + (msec)(chance % (count * 3600)) * SECOND_MS;
            const struct segment *next;
            found += rota_find(&rota, at, &next) != NULL;
        }
        double took = cpu_ms() - began;
        best = took < best ? took : best;
    }
    free(segments);
    if (found != (size_t)ROUNDS * QUESTIONS)
        exit(1);
    return best * 1e6 / QUESTIONS;
}

int main(int argc, char **argv)
{
    tzdir = argc > 1 ? argv[1] : NULL;
    expansions();
    static const size_t sizes[] = {100, 10000, 100000};
    double first = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double took = question_measure(sizes[i]);
        first = i == 0 ? took : first;
        printf("who is on call at T, %7zu segments: %7.1f ns, %.1f times that of %zu\n", sizes[i],
               took, took / first, sizes[0]);
    }
    return 0;
}
