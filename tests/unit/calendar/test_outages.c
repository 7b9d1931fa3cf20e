/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include "calendar/outages.h"

#define HOURS(uid, title, from, until, more)                                                    \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nDTSTART:202603" from "00Z\r\nDTEND:202603" until \
          "00Z\r\n" more)

static struct calendar_outages *outages_of(const char *ics)
{
    CLEANUP(shift_list_free) struct shift_list *list = expand(ics);
    return calendar_outages_new(list, "patches");
}

/* "day.hour-day.hour title" of each, in UTC. */
static void expect_outages(const struct calendar_outages *outages, const char *expected)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < outages->list.outage_count; i++) {
        const struct outage *outage = &outages->list.outages[i];
        struct civil from = civil_from_msec(outage->start_at);
        struct civil until = civil_from_msec(outage->end_at);
        text_addf(&text, "%d.%d-%d.%d %s\n", from.day, from.hour, until.day, until.hour,
                  outage->summary);
    }
    assert_string_equal(text_string(&text), expected);
}

static void every_event_counts_whatever_its_title(void **state)
{
    (void)state;
    CLEANUP(calendar_outages_free)
    struct calendar_outages *outages =
        outages_of(HOURS("1", "Kernel\\nnight", "10T02", "10T04", "")
                       HOURS("2", "", "12T02", "12T04", "RRULE:FREQ=DAILY;COUNT=2\r\n")
                           HOURS("3", "off", "14T02", "14T04", "STATUS:CANCELLED\r\n"));
    expect_outages(outages, "10.2-10.4 Kernel night\n12.2-12.4 \n13.2-13.4 \n");
    assert_string_equal(outages->list.calendar, "patches");
    assert_int_equal(outages->warning_count, 0);
}

static void events_that_overlap_or_touch_are_one_outage(void **state)
{
    (void)state;
    CLEANUP(calendar_outages_free)
    struct calendar_outages *outages =
        outages_of(HOURS("1", "a", "10T02", "10T04", "") HOURS("2", "b", "10T03", "10T06", "")
                       HOURS("3", "c", "10T06", "10T07", "") HOURS("4", "d", "10T05", "10T06", "")
                           HOURS("5", "e", "10T08", "10T09", ""));
    expect_outages(outages, "10.2-10.7 a\n10.8-10.9 e\n");
}

static void an_event_of_more_than_30_days_is_none_and_is_told_once(void **state)
{
    (void)state;
    CLEANUP(calendar_outages_free)
    struct calendar_outages *outages = outages_of(
        EVENT("UID:1\r\nSUMMARY:frozen\r\nDTSTART:20260201T000000Z\r\nDTEND:20260303T000001Z\r\n"
              "RRULE:FREQ=DAILY;COUNT=3\r\n") HOURS("2", "night", "10T02", "10T04", ""));
    expect_outages(outages, "10.2-10.4 night\n");
    assert_int_equal(outages->warning_count, 1);
    assert_string_equal(outages->warnings[0].code, "E-LONG");
    assert_non_null(strstr(outages->warnings[0].text, "holds nothing back"));
}

static void events_without_a_gap_for_more_than_30_days_are_none(void **state)
{
    (void)state;
    CLEANUP(calendar_outages_free)
    struct calendar_outages *outages =
        outages_of(EVENT("UID:1\r\nSUMMARY:ever\r\nDTSTART;VALUE=DATE:20260301\r\n"
                         "RRULE:FREQ=DAILY;COUNT=31\r\n"));
    expect_outages(outages, "");
    assert_int_equal(outages->warning_count, 1);
    assert_string_equal(outages->warnings[0].code, "E-LONG");
    calendar_outages_free(outages);
    outages = outages_of(EVENT("UID:1\r\nSUMMARY:long\r\nDTSTART;VALUE=DATE:20260301\r\n"
                               "RRULE:FREQ=DAILY;COUNT=30\r\n"));
    assert_int_equal(outages->list.outage_count, 1);
    assert_int_equal(outages->warning_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_counts_whatever_its_title),
        cmocka_unit_test(events_that_overlap_or_touch_are_one_outage),
        cmocka_unit_test(an_event_of_more_than_30_days_is_none_and_is_told_once),
        cmocka_unit_test(events_without_a_gap_for_more_than_30_days_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
