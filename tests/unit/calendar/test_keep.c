/* SPDX-License-Identifier: MIT */
/* What keeps a rota from going blank: the messages of the reader, the judge, the last good copy. */
#include "sample.h"

#include <sys/stat.h>
#include <unistd.h>

#include "calendar/good.h"
#include "calendar/judge.h"
#include "calendar/reader.h"

#define WEEKLY                                                               \
    "UID:1\r\nSUMMARY:ann\r\nDTSTART;TZID=Europe/Berlin:20260302T090000\r\n" \
    "DTEND;TZID=Europe/Berlin:20260309T090000\r\n"

static void a_result_survives_the_way_from_child_to_daemon(void **state)
{
    (void)state;
    CLEANUP(shift_list_free)
    struct shift_list *list = expand(
        BEGIN EVENT(WEEKLY "RRULE:FREQ=WEEKLY\r\nX-PAGERD-USER:ann\r\nCATEGORIES:primary\r\n"
                           "ATTENDEE;CN=\"Ann\";PARTSTAT=DECLINED:mailto:ann@example.org\r\n")
            EVENT("UID:2\r\n") END);
    CLEANUP(text_clear) struct text bytes = {0};
    reader_result_render(&bytes, list);
    CLEANUP(shift_list_free) struct shift_list *copy = NULL;
    struct fault fault = {0};
    if (!reader_result_parse(text_span(&bytes), &copy, &fault))
        fail_msg("%s", fault.text);
    char *left = shifts_text(list);
    char *right = shifts_text(copy);
    assert_string_equal(left, right);
    assert_int_equal(copy->warning_count, list->warning_count);
    assert_int_equal(copy->event_count, 2);
    const struct shift *shift = &copy->shifts[0];
    assert_string_equal(shift->event->users, "ann");
    assert_string_equal(shift->event->categories, "primary");
    assert_string_equal(shift->event->attendees[0].address, "ann@example.org");
    assert_string_equal(shift->event->attendees[0].name, "Ann");
    assert_true(shift->event->attendees[0].is_declined);
    assert_int_equal(shift->instance_at, list->shifts[0].instance_at);
    free(left);
    free(right);
}

static void a_result_that_is_damaged_anywhere_is_refused_or_sound(void **state)
{
    (void)state;
    CLEANUP(shift_list_free)
    struct shift_list *list = expand(BEGIN EVENT(WEEKLY "RRULE:FREQ=WEEKLY;COUNT=2\r\n") END);
    CLEANUP(text_clear) struct text bytes = {0};
    reader_result_render(&bytes, list);
    for (size_t i = 0; i < bytes.size; i++) {
        for (int flip = 1; flip < 256; flip *= 4) {
            struct shift_list *copy = NULL;
            bytes.bytes[i] = (char)(bytes.bytes[i] ^ flip);
            if (reader_result_parse(text_span(&bytes), &copy, NULL))
                for (size_t j = 0; j < copy->shift_count; j++)
                    assert_true(copy->shifts[j].start_at < copy->shifts[j].end_at);
            bytes.bytes[i] = (char)(bytes.bytes[i] ^ flip);
            shift_list_free(copy);
        }
        struct shift_list *cut = NULL;
        assert_false(reader_result_parse((struct span){bytes.bytes, i}, &cut, NULL));
    }
}

static enum version_verdict judge(const char *good, const char *fresh, bool is_confirmed,
                                  char *reason)
{
    CLEANUP(shift_list_free) struct shift_list *before = good == NULL ? NULL : expand(good);
    CLEANUP(shift_list_free) struct shift_list *after = expand(fresh);
    const struct judged judged = {.good = before,
                                  .fresh = after,
                                  .max_loss = 50,
                                  .now = at("2026-03-02T12:00:00Z"),
                                  .is_confirmed = is_confirmed};
    return calendar_weigh(&judged, reason);
}

static void broken_and_emptied_calendars_never_replace_a_good_one(void **state)
{
    (void)state;
    static const char good[] = BEGIN EVENT(WEEKLY "RRULE:FREQ=WEEKLY\r\n") END;
    char reason[JUDGE_REASON_MAX];
    assert_int_equal(judge(good, "<html>", true, reason), VERDICT_REFUSE);
    assert_non_null(strstr(reason, "test.ics:1"));
    assert_non_null(strstr(reason, "web page"));
    assert_int_equal(judge(good, "", true, reason), VERDICT_REFUSE);
    assert_int_equal(judge(good, BEGIN "BEGIN:VEVENT\r\n" WEEKLY, true, reason), VERDICT_REFUSE);
    assert_non_null(strstr(reason, "E-TRUNCATED"));
    assert_int_equal(judge(good, BEGIN END, true, reason), VERDICT_REFUSE);
    assert_int_equal(judge(NULL, BEGIN END, false, reason), VERDICT_ACCEPT);
    assert_int_equal(judge(NULL, "", false, reason), VERDICT_REFUSE);
}

static void half_of_the_cover_lost_is_suspicious_until_confirmed(void **state)
{
    (void)state;
    static const char good[] = BEGIN EVENT(WEEKLY "RRULE:FREQ=WEEKLY\r\n") END;
    static const char less[] = BEGIN EVENT(WEEKLY) END;
    static const char more[] = BEGIN EVENT(WEEKLY "RRULE:FREQ=WEEKLY;COUNT=2\r\n") END;
    char reason[JUDGE_REASON_MAX];
    assert_int_equal(judge(good, less, false, reason), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(reason, "test.ics: covers 6 d"));
    assert_int_equal(judge(good, less, true, reason), VERDICT_ACCEPT);
    assert_int_equal(judge(good, more, false, reason), VERDICT_ACCEPT);
    assert_string_equal(reason, "");
}

struct folder {
    char path[64];
};

static int folder_new(void **state)
{
    struct folder *folder = memory_new(1, sizeof *folder);
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/pagerd-test-XXXXXX");
    *state = folder;
    return mkdtemp(folder->path) == NULL;
}

static int folder_free(void **state)
{
    struct folder *folder = *state;
    static const char *const parts[] = {"/calendars/db/good", "/calendars/db", "/calendars", ""};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        CLEANUP(text_clear) struct text path = {0};
        text_addf(&path, "%s%s", folder->path, parts[i]);
        (void)remove(text_string(&path));
    }
    free(folder);
    return 0;
}

static void the_last_good_copy_is_on_disk_as_it_was(void **state)
{
    const struct folder *folder = *state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct calendar_file files[] = {{"a.ics", SPAN("one\0two")}, {"b.ics", SPAN("")}};
    const struct good_copy copy = {.source = "https://x/",
                                   .etag = "\"e\"",
                                   .read_at = 1234567,
                                   .files = files,
                                   .file_count = 2};
    const struct good_copy *read = NULL;
    struct fault fault = {0};
    assert_true(good_load(arena, folder->path, "db", &read, &fault));
    assert_null(read);
    if (!good_write(folder->path, "db", &copy, &fault) ||
        !good_write(folder->path, "db", &copy, &fault) ||
        !good_load(arena, folder->path, "db", &read, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(read->source, "https://x/");
    assert_string_equal(read->etag, "\"e\"");
    assert_null(read->last_modified);
    assert_int_equal(read->read_at, 1234567);
    assert_int_equal(read->file_count, 2);
    assert_int_equal(read->files[0].bytes.size, 7);
    assert_memory_equal(read->files[0].bytes.bytes, "one\0two", 7);
}

static void a_damaged_copy_is_told_and_not_used(void **state)
{
    const struct folder *folder = *state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct calendar_file file = {"a.ics", SPAN("bytes")};
    const struct good_copy copy = {.source = "x", .files = &file, .file_count = 1};
    const struct good_copy *read = NULL;
    struct fault fault = {0};
    assert_true(good_write(folder->path, "db", &copy, &fault));
    CLEANUP(text_clear) struct text path = {0};
    text_addf(&path, "%s/calendars/db/good", folder->path);
    FILE *stored = fopen(text_string(&path), "r+b");
    assert_non_null(stored);
    assert_int_equal(fseek(stored, -1, SEEK_END), 0);
    assert_int_equal(fputc('S', stored), 'S'); /* "bytes" becomes "byteS" */
    assert_int_equal(fclose(stored), 0);
    assert_false(good_load(arena, folder->path, "db", &read, &fault));
    assert_int_equal(truncate(text_string(&path), 60), 0);
    assert_false(good_load(arena, folder->path, "db", &read, &fault));
    assert_non_null(strstr(fault.text, "damaged"));
}

static void a_name_cannot_lead_out_of_the_state_folder(void **state)
{
    (void)state;
    const struct good_copy copy = {.source = "x"};
    assert_false(good_write("/tmp", "../etc", &copy, NULL));
    assert_false(good_write("/tmp", "a/b", &copy, NULL));
    assert_false(good_write("/tmp", "", &copy, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_survives_the_way_from_child_to_daemon),
        cmocka_unit_test(a_result_that_is_damaged_anywhere_is_refused_or_sound),
        cmocka_unit_test(broken_and_emptied_calendars_never_replace_a_good_one),
        cmocka_unit_test(half_of_the_cover_lost_is_suspicious_until_confirmed),
        cmocka_unit_test_setup_teardown(the_last_good_copy_is_on_disk_as_it_was, folder_new,
                                        folder_free),
        cmocka_unit_test_setup_teardown(a_damaged_copy_is_told_and_not_used, folder_new,
                                        folder_free),
        cmocka_unit_test(a_name_cannot_lead_out_of_the_state_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
