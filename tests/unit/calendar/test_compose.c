/* SPDX-License-Identifier: MIT */
/* What pagerd writes as iCalendar: read back by its own reader, and looked at byte by byte. */
#include "sample.h"

#include "base/id.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "calendar/compose.h"

#define FROM "2026-03-01T00:00:00Z"
#define UNTIL "2026-05-01T00:00:00Z"

static struct composed_event event_of(const char *uid, const char *summary)
{
    return (struct composed_event){.uid = uid,
                                   .start_at = at("2026-03-02T08:00:00Z"),
                                   .end_at = at("2026-03-09T08:00:00Z"),
                                   .summary = summary,
                                   .changed_at = at("2026-02-01T12:30:45Z")};
}

static void compose_one(struct text *text, const struct composed_event *event)
{
    struct composed_calendar calendar = {.events = event, .event_count = 1};
    calendar_compose(text, &calendar);
}

static struct shift_list *read_back(const struct text *text)
{
    struct shift_list *list = expand_bytes(text_span(text), NULL, FROM, UNTIL);
    if (list->problem != NULL)
        fail_msg("%s", list->problem);
    for (size_t i = 0; i < list->warning_count; i++)
        fail_msg("%s %s", list->warnings[i].code, list->warnings[i].text);
    return list;
}

/* Every line is at most 75 octets, ends in CRLF, and is valid UTF-8 by itself. */
static void lines_check(const struct text *text)
{
    struct span rest = text_span(text);
    while (rest.size > 0) {
        const char *end = memchr(rest.bytes, '\n', rest.size);
        assert_non_null(end);
        struct span line = {rest.bytes, (size_t)(end - rest.bytes)};
        assert_true(line.size > 0 && line.bytes[line.size - 1] == '\r');
        line.size--;
        assert_in_range(line.size, 1, 75);
        assert_null(memchr(line.bytes, '\r', line.size));
        assert_true(utf8_is_valid(line));
        rest.bytes += line.size + 2;
        rest.size -= line.size + 2;
    }
}

static void an_event_is_written_with_everything_that_calendar_programs_want(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    struct composed_event event = event_of("ops.primary.1@pager", "Ann; Ops, \\o/");
    event.description = "first\nsecond";
    event.categories = "primary,recovery";
    event.users = "ann,bob";
    event.override = "o57";
    event.sequence = 7;
    event.is_free = true;
    struct composed_calendar calendar = {.name = "On call: ops",
                                         .timezone = "Europe/Berlin",
                                         .refresh_ms = HOUR_MS,
                                         .events = &event,
                                         .event_count = 1};
    calendar_compose(&text, &calendar);
    assert_string_equal(
        text_string(&text),
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//pagerd//on call//EN\r\n"
        "CALSCALE:GREGORIAN\r\nNAME:On call: ops\r\nX-WR-CALNAME:On call: ops\r\n"
        "X-WR-TIMEZONE:Europe/Berlin\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
        "X-PUBLISHED-TTL:PT1H\r\nBEGIN:VEVENT\r\nUID:ops.primary.1@pager\r\n"
        "DTSTAMP:20260201T123045Z\r\nLAST-MODIFIED:20260201T123045Z\r\nSEQUENCE:7\r\n"
        "DTSTART:20260302T080000Z\r\nDTEND:20260309T080000Z\r\nSUMMARY:Ann\\; Ops\\, \\\\o/\r\n"
        "DESCRIPTION:first\\nsecond\r\nCATEGORIES:primary,recovery\r\nSTATUS:CONFIRMED\r\n"
        "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\nX-PAGERD-USER:ann,bob\r\n"
        "X-PAGERD-OVERRIDE:o57\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void a_single_event_names_neither_a_calendar_nor_a_zone(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    struct composed_event event = event_of("1@pager", "Ann");
    compose_one(&text, &event);
    assert_null(strstr(text_string(&text), "NAME:"));
    assert_null(strstr(text_string(&text), "X-"));
    assert_null(strstr(text_string(&text), "VTIMEZONE"));
    assert_null(strstr(text_string(&text), "METHOD"));
    assert_null(strstr(text_string(&text), "TRANSP"));
    assert_non_null(strstr(text_string(&text), "SEQUENCE:0\r\n"));
}

static void a_line_end_in_a_name_cannot_begin_a_property(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    struct composed_event event =
        event_of("1@pager", "Ann\r\nATTENDEE:mailto:x@example.com\rEND:VEVENT\x1b[2J\x07");
    event.users = "ann\r\nDTSTART:19700101T000000Z";
    event.uid = "1\r\nRRULE:FREQ=HOURLY";
    compose_one(&text, &event);
    lines_check(&text);
    assert_null(strstr(text_string(&text), "\nATTENDEE"));
    assert_null(strstr(text_string(&text), "\nDTSTART:1970"));
    assert_null(strstr(text_string(&text), "\nRRULE"));
    assert_null(strchr(text_string(&text), '\x1b'));
    assert_null(strchr(text_string(&text), '\x07'));
}

static void a_line_is_folded_before_the_character_that_does_not_fit(void **state)
{
    (void)state;
    static const char *const letters[] = {"a", "\xc3\xbc", "\xe6\x97\xa5", "\xf0\x9f\x92\xa4"};
    for (size_t letter = 0; letter < sizeof letters / sizeof letters[0]; letter++) {
        for (size_t offset = 0; offset < 5; offset++) {
            CLEANUP(text_clear) struct text summary = {0};
            CLEANUP(text_clear) struct text text = {0};
            for (size_t i = 0; i < offset; i++)
                text_add_char(&summary, 'x');
            for (size_t i = 0; i < 100; i++)
                text_add(&summary, letters[letter]);
            struct composed_event event = event_of("1@pager", text_string(&summary));
            compose_one(&text, &event);
            lines_check(&text);
            struct shift_list *list = read_back(&text);
            assert_string_equal(list->shifts[0].event->summary, text_string(&summary));
            shift_list_free(list);
        }
    }
}

static uint64_t seed_next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void text_random(struct text *text, uint64_t *seed)
{
    static const char *const pieces[] = {
        ";",  ",",    "\\",    ":",    "\"",       "\n",           "\r\n",        "\\n",
        " x", "\xff", "\xc3",  "\x01", "\xc2\x85", "\xe2\x80\xae", "\\,",         "^n",
        "=",  "x\ty", "&#39;", "%s",   "BEGIN:",   "\nEND:VEVENT", "\xed\xa0\x80"};
    size_t count = seed_next(seed) % 80;
    text_add(text, "x");
    for (size_t i = 0; i < count; i++) {
        if (seed_next(seed) % 3 == 0)
            text_add(text, pieces[seed_next(seed) % (sizeof pieces / sizeof pieces[0])]);
        else
            utf8_add(text, (uint32_t)(1 + seed_next(seed) % (1u << (seed_next(seed) % 21))));
    }
    text_add(text, "x");
}

/* What is left of a text on the way: controls are gone, nothing else. */
static void expect_text(const char *read, const struct text *written)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, text_span(written));
    assert_string_equal(read, text_string(&clean));
}

static void round_trip(uint64_t *seed)
{
    enum { COUNT = 20 };
    struct composed_event events[COUNT];
    struct text summaries[COUNT] = {0};
    char uids[COUNT][32];
    msec start_at = at(FROM) + 1000;
    for (size_t i = 0; i < COUNT; i++) {
        text_random(&summaries[i], seed);
        snprintf(uids[i], sizeof uids[i], "%zu@pager", i);
        msec end_at = start_at + SECOND_MS * (msec)(1 + seed_next(seed) % 200000);
        events[i] = (struct composed_event){.uid = uids[i],
                                            .start_at = start_at,
                                            .end_at = end_at,
                                            .summary = text_string(&summaries[i]),
                                            .description = text_string(&summaries[i]),
                                            .users = "ann,bob",
                                            .categories = "primary"};
        start_at = end_at;
    }
    CLEANUP(text_clear) struct text text = {0};
    struct composed_calendar calendar = {
        .name = text_string(&summaries[0]), .events = events, .event_count = COUNT};
    calendar_compose(&text, &calendar);
    lines_check(&text);
    struct shift_list *list = read_back(&text);
    assert_int_equal(list->shift_count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(list->shifts[i].start_at, events[i].start_at);
        assert_int_equal(list->shifts[i].end_at, events[i].end_at);
        assert_string_equal(list->shifts[i].event->uid, uids[i]);
        assert_string_equal(list->shifts[i].event->users, "ann,bob");
        assert_string_equal(list->shifts[i].event->categories, "primary");
        expect_text(list->shifts[i].event->summary, &summaries[i]);
        text_clear(&summaries[i]);
    }
    shift_list_free(list);
}

static void what_is_written_is_read_back_to_the_second_and_the_letter(void **state)
{
    (void)state;
    const char *given = getenv("PAGERD_SEED");
    uint64_t seed = 0;
    random_bytes(&seed, sizeof seed);
    if (given != NULL)
        seed = strtoull(given, NULL, 10);
    printf("PAGERD_SEED=%llu\n", (unsigned long long)seed);
    for (int i = 0; i < 200; i++)
        round_trip(&seed);
}

/* With the zone of the feed beside it, an event in that very zone is read as tzdata has it. */
static void the_zone_beside_the_events_agrees_with_tzdata(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Europe/Berlin",     "America/New_York", "Europe/Dublin",    "Australia/Lord_Howe",
        "Africa/Casablanca", "Asia/Kolkata",     "America/Santiago", "Etc/UTC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CLEANUP(text_clear) struct text text = {0};
        CLEANUP(zone_free) struct zone *zone = NULL;
        struct fault fault = {0};
        if (!zone_load(ZONEINFO, names[i], &zone, &fault))
            fail_msg("%s", fault.text);
        struct composed_calendar calendar = {.timezone = names[i],
                                             .zone = zone,
                                             .zone_from_at = at("2025-01-01T00:00:00Z"),
                                             .zone_until_at = at("2029-01-01T00:00:00Z")};
        calendar_compose(&text, &calendar);
        /* The embedded zone is compared with tzdata when an event names it. */
        const char *tail = strstr(text_string(&text), "END:VCALENDAR");
        assert_non_null(tail);
        text.size = (size_t)(tail - text.bytes);
        text_addf(&text,
                  EVENT("UID:1\r\nSUMMARY:ann\r\nDTSTART;TZID=%s:20260601T090000\r\n"
                        "DURATION:PT1H\r\n") END,
                  names[i]);
        lines_check(&text);
        struct shift_list *list =
            expand_bytes(text_span(&text), NULL, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        assert_null(list->problem);
        if (list->warning_count > 0)
            fail_msg("%s: %s", names[i], list->warnings[0].text);
        assert_int_equal(list->shift_count, 1);
        msec local = at("2026-06-01T09:00:00Z");
        assert_int_equal(list->shifts[0].start_at, zone_utc(zone, local, NULL));
        shift_list_free(list);
    }
}

static void a_feed_with_an_alarm_reminds_before_every_event(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    struct composed_event event = event_of("1@pager", "Ann");
    struct composed_calendar calendar = {
        .events = &event, .event_count = 1, .has_alarm = true, .alarm_minutes = 15};
    calendar_compose(&text, &calendar);
    assert_non_null(strstr(text_string(&text), "BEGIN:VALARM\r\nACTION:DISPLAY\r\n"
                                               "DESCRIPTION:Ann\r\nTRIGGER:-PT15M\r\n"
                                               "END:VALARM\r\nEND:VEVENT\r\n"));
    shift_list_free(read_back(&text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_written_with_everything_that_calendar_programs_want),
        cmocka_unit_test(a_single_event_names_neither_a_calendar_nor_a_zone),
        cmocka_unit_test(a_line_end_in_a_name_cannot_begin_a_property),
        cmocka_unit_test(a_line_is_folded_before_the_character_that_does_not_fit),
        cmocka_unit_test(what_is_written_is_read_back_to_the_second_and_the_letter),
        cmocka_unit_test(the_zone_beside_the_events_agrees_with_tzdata),
        cmocka_unit_test(a_feed_with_an_alarm_reminds_before_every_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
