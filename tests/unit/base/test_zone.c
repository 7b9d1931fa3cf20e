/* SPDX-License-Identifier: MIT */
/* Time zones: rules, gaps and overlaps, far years, and files that are not what they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/zone.h"

#define SYSTEM_ZONES "/usr/share/zoneinfo"
#define ANY_NAME "Test/Zone"

static msec instant(const char *text)
{
    msec at = 0;
    if (!instant_parse(text, &at, NULL))
        fail_msg("'%s' is not an instant", text);
    return at;
}

/* Writes one block of a TZif file with one type, "LMT", 600 s east, and maybe one transition to
 * a second type, "OLD", 3600 s east, in 1960. */
static void add_block(struct text *bytes, bool has_transition)
{
    unsigned char header[44] = "TZif2";
    header[35] = has_transition ? 1 : 0;
    header[39] = 2;
    header[43] = 8;
    text_add_bytes(bytes, header, sizeof header);
    if (has_transition && bytes->size <= sizeof header)
        text_add_bytes(bytes, "\xed\x30\x0b\x80", 4);
    else if (has_transition)
        text_add_bytes(bytes, "\xff\xff\xff\xff\xed\x30\x0b\x80", 8);
    if (has_transition)
        text_add_bytes(bytes, "\1", 1);
    text_add_bytes(bytes, "\0\0\2\x58\0\0\0\0\x0e\x10\0\4LMT\0OLD", 20);
}

static bool rule_parse(const char *rule, bool has_transition, struct zone **zone,
                       struct fault *fault)
{
    CLEANUP(text_clear) struct text bytes = {0};
    add_block(&bytes, has_transition);
    add_block(&bytes, has_transition);
    text_addf(&bytes, "\n%s\n", rule);
    return zone_parse(ANY_NAME, text_string(&bytes), bytes.size, zone, fault);
}

static struct zone *rule_zone(const char *rule)
{
    struct zone *zone = NULL;
    struct fault fault = {0};
    if (!rule_parse(rule, true, &zone, &fault))
        fail_msg("'%s': %s", rule, fault.text);
    return zone;
}

static struct zone *system_zone(const char *name)
{
    struct zone *zone = NULL;
    if (access(SYSTEM_ZONES "/Europe/Berlin", R_OK) != 0) {
        print_message("skipped: no %s on this machine\n", SYSTEM_ZONES);
        skip();
    }
    struct fault fault = {0};
    if (!zone_load(SYSTEM_ZONES, name, &zone, &fault))
        fail_msg("%s", fault.text);
    return zone;
}

static void a_fixed_zone_has_one_offset_for_ever(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("+05:30", 19800);
    assert_string_equal(zone_name(zone), "+05:30");
    assert_int_equal(zone_offset(zone, 0), 19800);
    assert_string_equal(zone_abbreviation(zone, 0), "+05:30");
    enum zone_fit fit = ZONE_TWICE;
    assert_true(zone_utc(zone, 19800000, &fit) == 0);
    assert_int_equal(fit, ZONE_UNIQUE);
    assert_true(zone_next_change(zone, 0) == MSEC_NEVER);
    assert_true(zone_local(zone, MSEC_NEVER) == MSEC_NEVER);
    assert_true(zone_utc(zone, MSEC_NEVER, NULL) == MSEC_NEVER);
}

static void rules_of_every_form_change_at_the_right_instants(void **state)
{
    (void)state;
    static const struct row {
        const char *rule;
        const char *after; /* the next changes after this ... */
        const char *first;
        int32_t first_offset_s;
        const char *second;
        int32_t second_offset_s;
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z", 7200,
         "2026-10-25T01:00:00Z", 3600},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z", -3600,
         "2026-10-25T01:00:00Z", -7200},
        {"EST5EDT", "2026-01-01T00:00:00Z", "2026-03-08T07:00:00Z", -14400, "2026-11-01T06:00:00Z",
         -18000},
        {"IST-2IDT,M3.4.4/26,M10.5.0", "2026-01-01T00:00:00Z", "2026-03-27T00:00:00Z", 10800,
         "2026-10-24T23:00:00Z", 7200},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", "2026-04-04T15:00:00Z",
         37800, "2026-10-03T15:30:00Z", 39600},
        {"IRST-3:30IRDT,J79/24,J263/24", "2026-01-01T00:00:00Z", "2026-03-20T20:30:00Z", 16200,
         "2026-09-20T19:30:00Z", 12600},
        {"IRST-3:30IRDT,J79/24,J263/24", "2028-01-01T00:00:00Z", "2028-03-20T20:30:00Z", 16200,
         "2028-09-20T19:30:00Z", 12600},
        {"AAA0BBB,59/0,300/0", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", 3600,
         "2026-10-27T23:00:00Z", 0},
        {"AAA0BBB,59/0,300/0", "2028-01-01T00:00:00Z", "2028-02-29T00:00:00Z", 3600,
         "2028-10-26T23:00:00Z", 0},
        {"AAA0BBB,J60/0,J300/0", "2028-01-01T00:00:00Z", "2028-03-01T00:00:00Z", 3600,
         "2028-10-26T23:00:00Z", 0},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z", 3600,
         "2026-10-25T01:00:00Z", 0},
        {"<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", "2026-01-01T00:00:00Z",
         "2026-04-04T14:00:00Z", 45900, "2026-09-26T14:00:00Z", 49500},
        {"AAA0BBB,M1.1.1/-167,M7.1.1/167", "2026-01-01T00:00:00Z", "2026-07-12T22:00:00Z", 0,
         "2026-12-28T01:00:00Z", 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2426-01-01T00:00:00Z", "2426-03-29T01:00:00Z", 7200,
         "2426-10-25T01:00:00Z", 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "9000-01-01T00:00:00Z", "9000-03-30T01:00:00Z", 7200,
         "9000-10-26T01:00:00Z", 3600},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        CLEANUP(zone_free) struct zone *zone = rule_zone(row->rule);
        char buffer[INSTANT_TEXT_SIZE];
        msec first_at = zone_next_change(zone, instant(row->after));
        if (!string_is(instant_render(first_at, buffer), row->first))
            fail_msg("%s: %s, not %s", row->rule, buffer, row->first);
        assert_int_equal(zone_offset(zone, first_at), row->first_offset_s);
        assert_int_equal(zone_offset(zone, first_at - 1), row->second_offset_s);
        msec second_at = zone_next_change(zone, first_at);
        if (!string_is(instant_render(second_at, buffer), row->second))
            fail_msg("%s: %s, not %s", row->rule, buffer, row->second);
        assert_int_equal(zone_offset(zone, second_at), row->second_offset_s);
    }
}

static void a_rule_of_summer_all_year_never_changes(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = rule_zone("XXX3EDT4,0/0,J365/23");
    assert_int_equal(zone_offset(zone, instant("2026-01-01T03:00:00Z")), -14400);
    assert_int_equal(zone_offset(zone, instant("2026-12-31T23:59:59Z")), -14400);
    assert_string_equal(zone_abbreviation(zone, instant("2026-07-01T00:00:00Z")), "EDT");
    assert_true(zone_next_change(zone, instant("2026-01-01T00:00:00Z")) == MSEC_NEVER);
}

static void a_rule_counts_from_the_last_transition_on(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = rule_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(zone_offset(zone, instant("1950-07-01T00:00:00Z")), 600);
    assert_string_equal(zone_abbreviation(zone, instant("1950-07-01T00:00:00Z")), "LMT");
    assert_string_equal(zone_abbreviation(zone, instant("1961-02-01T00:00:00Z")), "CET");
    assert_int_equal(zone_offset(zone, instant("1961-07-01T00:00:00Z")), 7200);
}

static void a_rule_without_transitions_holds_for_all_time(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = NULL;
    CLEANUP(zone_free) struct zone *plain = NULL;
    assert_true(rule_parse("EST5EDT,M3.2.0,M11.1.0", false, &zone, NULL));
    assert_int_equal(zone_offset(zone, instant("1900-07-01T00:00:00Z")), -14400);
    assert_int_equal(zone_offset(zone, instant("2900-01-01T00:00:00Z")), -18000);
    assert_true(rule_parse("<+0330>-3:30", false, &plain, NULL));
    assert_int_equal(zone_offset(plain, 0), 12600);
    assert_string_equal(zone_abbreviation(plain, 0), "+0330");
}

static void without_a_rule_the_last_type_goes_on(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = rule_zone("");
    assert_string_equal(zone_abbreviation(zone, instant("2500-01-01T00:00:00Z")), "OLD");
}

static void what_is_no_rule_is_refused(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "X",
        "CET",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,",
        "CET-1CEST,M13.1.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0/2:60,M10.5.0",
        "CET-1CEST,J0,J100",
        "CET-1CEST,J366,J100",
        "CET-1CEST,366,100",
        "CET-25",
        "CET--1",
        "CET-1 ",
        "<CET-1",
        "<>-1",
        "CET-1CEST,M3.5.0,M10.5.0,M1.1.0",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0",
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct zone *zone = NULL;
        struct fault fault = {0};
        if (rule_parse(rules[i], true, &zone, &fault))
            fail_msg("'%s' was read", rules[i]);
        assert_null(zone);
        assert_int_equal(fault.kind, FAULT_INPUT);
        assert_non_null(strstr(fault.text, "time zone '" ANY_NAME "'"));
    }
}

static void local_times_in_gaps_and_overlaps_follow_rfc_5545(void **state)
{
    (void)state;
    static const struct row {
        const char *zone;
        const char *local;
        const char *utc;
        enum zone_fit fit;
    } rows[] = {
        {"Europe/Berlin", "2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z", ZONE_UNIQUE},
        {"Europe/Berlin", "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z", ZONE_GAP},
        {"Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z", ZONE_GAP},
        {"Europe/Berlin", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z", ZONE_UNIQUE},
        {"Europe/Berlin", "2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z", ZONE_UNIQUE},
        {"Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z", ZONE_TWICE},
        {"Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z", ZONE_UNIQUE},
        {"Europe/Dublin", "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z", ZONE_GAP},
        {"Europe/Dublin", "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", ZONE_TWICE},
        {"America/Santiago", "2026-09-06T00:00:00Z", "2026-09-06T04:00:00Z", ZONE_GAP},
        {"America/Santiago", "2026-04-04T23:30:00Z", "2026-04-05T02:30:00Z", ZONE_TWICE},
        {"Australia/Lord_Howe", "2026-10-04T02:15:00Z", "2026-10-03T15:45:00Z", ZONE_GAP},
        {"Australia/Lord_Howe", "2026-04-05T01:45:00Z", "2026-04-04T14:45:00Z", ZONE_TWICE},
        {"Asia/Kolkata", "2026-03-29T02:30:00Z", "2026-03-28T21:00:00Z", ZONE_UNIQUE},
        {"Pacific/Chatham", "2026-04-05T03:00:00Z", "2026-04-04T13:15:00Z", ZONE_TWICE},
        {"Pacific/Chatham", "2026-09-27T03:00:00Z", "2026-09-26T14:15:00Z", ZONE_GAP},
        {"Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T22:00:00Z", ZONE_GAP},
        {"America/New_York", "2426-03-08T02:30:00Z", "2426-03-08T07:30:00Z", ZONE_GAP},
        {"Etc/UTC", "2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z", ZONE_UNIQUE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        CLEANUP(zone_free) struct zone *zone = system_zone(row->zone);
        char buffer[INSTANT_TEXT_SIZE];
        enum zone_fit fit = ZONE_UNIQUE;
        msec at = zone_utc(zone, instant(row->local), &fit);
        if (!string_is(instant_render(at, buffer), row->utc) || fit != row->fit)
            fail_msg("%s %s: %s fit %d", row->zone, row->local, buffer, (int)fit);
    }
}

static void negative_summer_time_is_no_trap(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = system_zone("Europe/Dublin");
    assert_int_equal(zone_offset(zone, instant("2026-01-01T00:00:00Z")), 0);
    assert_int_equal(zone_offset(zone, instant("2026-07-01T00:00:00Z")), 3600);
    assert_string_equal(zone_abbreviation(zone, instant("2026-07-01T00:00:00Z")), "IST");
    struct civil civil = zone_civil(zone, instant("2026-07-01T23:30:00Z"));
    assert_int_equal(civil.day, 2);
    assert_int_equal(civil.hour, 0);
}

static void names_that_could_leave_the_folder_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "/etc/passwd",
        "../passwd",
        "Europe/../Etc/UTC",
        "a b",
        "Europe/",
        "a//b",
        "right/UTC",
        "posix/UTC",
        "zone.tab",
        "a\nb",
        "~root",
        "a123456789b123456789c123456789d123456789e123456789f123456789g1234",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *zone = NULL;
        struct fault fault = {0};
        assert_false(zone_load(SYSTEM_ZONES, names[i], &zone, &fault));
        assert_null(zone);
        if (strstr(fault.text, "is not the name of a time zone") == NULL && i < 12)
            fail_msg("'%s': %s", names[i], fault.text);
    }
}

static void what_is_not_a_file_of_a_zone_is_refused(void **state)
{
    (void)state;
    char folder[] = "zone-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "%s/large", folder);
    FILE *file = fopen(text_string(&path), "w");
    assert_non_null(file);
    for (int i = 0; i <= ZONE_FILE_MAX; i++)
        fputc('T', file);
    fclose(file);

    struct zone *zone = NULL;
    struct fault fault = {0};
    assert_false(zone_load(folder, "large", &zone, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_false(zone_load(folder, "missing", &zone, &fault));
    assert_non_null(strstr(fault.text, "there is no time zone 'missing'"));
    unlink(text_string(&path));
    assert_false(zone_load(".", folder, &zone, &fault));
    assert_non_null(strstr(fault.text, "is not a file"));
    rmdir(folder);
    assert_null(zone);
}

static void a_part_of_a_file_is_refused(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bytes = {0};
    add_block(&bytes, true);
    add_block(&bytes, true);
    text_add(&bytes, "\nCET-1\n");
    for (size_t size = 0; size < bytes.size; size++) {
        char *part = memory_new(size + 1, 1);
        memcpy(part, text_string(&bytes), size);
        struct zone *zone = NULL;
        assert_false(zone_parse(ANY_NAME, part, size, &zone, NULL));
        assert_null(zone);
        free(part);
    }
}

static void no_changed_byte_breaks_the_reader(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bytes = {0};
    add_block(&bytes, true);
    add_block(&bytes, true);
    text_add(&bytes, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
    for (size_t i = 0; i < bytes.size; i++) {
        static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '9'};
        char kept = bytes.bytes[i];
        for (size_t j = 0; j < sizeof values; j++) {
            bytes.bytes[i] = (char)values[j];
            struct zone *zone = NULL;
            if (!zone_parse(ANY_NAME, bytes.bytes, bytes.size, &zone, NULL))
                continue;
            msec at = zone_next_change(zone, 0);
            (void)zone_utc(zone, zone_local(zone, at), NULL);
            zone_free(zone);
        }
        bytes.bytes[i] = kept;
    }
}

static void leap_seconds_are_refused(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bytes = {0};
    add_block(&bytes, false);
    bytes.bytes[4] = '\0';
    bytes.bytes[31] = 1;
    text_add_bytes(&bytes, "\0\0\0\0\0\0\0\1", 8);
    struct zone *zone = NULL;
    struct fault fault = {0};
    assert_false(zone_parse(ANY_NAME, text_string(&bytes), bytes.size, &zone, &fault));
    assert_non_null(strstr(fault.text, "leap seconds"));
}

static void version_1_is_read_from_its_32_bits(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bytes = {0};
    add_block(&bytes, true);
    bytes.bytes[4] = '\0';
    CLEANUP(zone_free) struct zone *zone = NULL;
    assert_true(zone_parse(ANY_NAME, text_string(&bytes), bytes.size, &zone, NULL));
    assert_int_equal(zone_offset(zone, instant("1950-01-01T00:00:00Z")), 600);
    assert_int_equal(zone_offset(zone, instant("2026-01-01T00:00:00Z")), 3600);
}

static void file_put(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        fail_msg("cannot write %s", path);
}

static void the_version_of_tzdata_is_read_from_its_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/pagerd-zone-XXXXXX";
    assert_non_null(mkdtemp(folder));
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text version = {0};
    assert_false(zone_data_version(folder, &version));
    text_addf(&path, "%s/tzdata.zi", folder);
    static const struct {
        const char *bytes;
        const char *version; /* or NULL */
    } cases[] = {
        {"# version 2026a\n# This zic input file\n", "2026a"},
        {"# version 2026f-dirty\n", "2026f-dirty"},
        {"# version \033[31m\n", NULL},
        {"# version \n", NULL},
        {"# something else\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        file_put(text_string(&path), cases[i].bytes, strlen(cases[i].bytes));
        text_reset(&version);
        assert_true(zone_data_version(folder, &version) == (cases[i].version != NULL));
        assert_string_equal(text_string(&version), cases[i].version ? cases[i].version : "");
    }
    assert_int_equal(unlink(text_string(&path)), 0);
    text_reset(&path);
    text_addf(&path, "%s/+VERSION", folder);
    file_put(text_string(&path), "2025b\n", 6);
    assert_true(zone_data_version(folder, &version));
    assert_string_equal(text_string(&version), "2025b");
    assert_int_equal(unlink(text_string(&path)), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void a_zone_that_is_loaded_again_has_the_new_rules(void **state)
{
    (void)state;
    char folder[] = "/tmp/pagerd-zone-XXXXXX";
    assert_non_null(mkdtemp(folder));
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "%s/Zone", folder);
    static const struct {
        const char *rule;
        int32_t offset_s;
    } rules[] = {{"AAA-1", 3600}, {"BBB+4", -14400}};
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(text_clear) struct text bytes = {0};
        CLEANUP(zone_free) struct zone *zone = NULL;
        add_block(&bytes, false);
        add_block(&bytes, false);
        text_addf(&bytes, "\n%s\n", rules[i].rule);
        file_put(text_string(&path), bytes.bytes, bytes.size);
        assert_true(zone_load(folder, "Zone", &zone, NULL));
        assert_int_equal(zone_offset(zone, instant("2026-07-01T00:00:00Z")), rules[i].offset_s);
    }
    assert_int_equal(unlink(text_string(&path)), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_zone_has_one_offset_for_ever),
        cmocka_unit_test(rules_of_every_form_change_at_the_right_instants),
        cmocka_unit_test(a_rule_of_summer_all_year_never_changes),
        cmocka_unit_test(a_rule_counts_from_the_last_transition_on),
        cmocka_unit_test(a_rule_without_transitions_holds_for_all_time),
        cmocka_unit_test(without_a_rule_the_last_type_goes_on),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(local_times_in_gaps_and_overlaps_follow_rfc_5545),
        cmocka_unit_test(negative_summer_time_is_no_trap),
        cmocka_unit_test(names_that_could_leave_the_folder_are_refused),
        cmocka_unit_test(what_is_not_a_file_of_a_zone_is_refused),
        cmocka_unit_test(a_part_of_a_file_is_refused),
        cmocka_unit_test(no_changed_byte_breaks_the_reader),
        cmocka_unit_test(leap_seconds_are_refused),
        cmocka_unit_test(version_1_is_read_from_its_32_bits),
        cmocka_unit_test(the_version_of_tzdata_is_read_from_its_folder),
        cmocka_unit_test(a_zone_that_is_loaded_again_has_the_new_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
