/* SPDX-License-Identifier: MIT */
/* Looks at a folder of time zones: what counts as a change, as whole, and as old. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/text.h"
#include "daemon/tzdata_look.h"

#define ZONES TESTS_DIR "/fixtures/zoneinfo/"

static int entry_remove(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static int set_up(void **state)
{
    char *folder = string_copy("/tmp/pagerd-tzdata-XXXXXX");
    assert_non_null(mkdtemp(folder));
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    (void)nftw(*state, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

static char *path_of(void **state, const char *name)
{
    return string_format("%s/%s", (const char *)*state, name);
}

static void put(void **state, const char *name, const char *bytes, size_t size)
{
    char *path = path_of(state, name);
    for (char *slash = path + strlen(*state) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void put_text(void **state, const char *name, const char *text)
{
    put(state, name, text, strlen(text));
}

static void put_zone(void **state, const char *name, const char *source)
{
    char bytes[65536];
    char *path = string_format(ZONES "%s", source);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    put(state, name, bytes, fread(bytes, 1, sizeof bytes, file));
    assert_int_equal(fclose(file), 0);
    free(path);
}

static struct tzdata_print print_of(void **state)
{
    struct tzdata_print print;
    tzdata_print_make(*state, &print);
    return print;
}

/* A look after one that saw `seen`, with `known` taken over; NULL: first. */
static struct tzdata_look *look_at(void **state, struct map *known)
{
    struct tzdata_look *look = memory_new(1, sizeof *look);
    look->directory = string_copy(*state);
    look->seen = print_of(state);
    look->known = known;
    look->is_reading = true;
    tzdata_look_run(look);
    return look;
}

static void the_same_folder_has_the_same_print(void **state)
{
    put_zone(state, "Europe/Berlin", "Europe/Berlin");
    put_text(state, "zone.tab", "x");
    struct tzdata_print one = print_of(state);
    struct tzdata_print two = print_of(state);
    assert_true(tzdata_print_is(&one, &two));
    assert_int_equal(one.file_count, 2);
    assert_true(one.newest_at > 0);
    assert_false(one.is_cut);
}

static void a_replaced_grown_new_or_removed_file_is_a_change(void **state)
{
    put_text(state, "a", "1");
    struct tzdata_print before = print_of(state);
    char *from = path_of(state, "b");
    char *to = path_of(state, "a");

    put_text(state, "b", "1");
    struct tzdata_print added = print_of(state);
    assert_false(tzdata_print_is(&before, &added));

    struct timespec then[2] = {{.tv_sec = 2000}, {.tv_sec = 2000}};
    assert_int_equal(utimensat(AT_FDCWD, from, then, 0), 0);
    assert_int_equal(utimensat(AT_FDCWD, to, then, 0), 0);
    char *away = path_of(state, "c");
    struct tzdata_print twins = print_of(state);
    assert_int_equal(rename(to, away), 0);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(rename(away, from), 0); /* same names, sizes and times: other inodes */
    struct tzdata_print replaced = print_of(state);
    assert_false(tzdata_print_is(&twins, &replaced));
    assert_int_equal(remove(from), 0);
    struct tzdata_print alone = print_of(state);

    put_text(state, "a", "12");
    struct tzdata_print grown = print_of(state);
    assert_false(tzdata_print_is(&alone, &grown));

    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, to, old, 0), 0);
    struct tzdata_print touched = print_of(state);
    assert_false(tzdata_print_is(&grown, &touched));
    assert_int_equal(touched.newest_at, 1000 * SECOND_MS);

    assert_int_equal(remove(to), 0);
    struct tzdata_print removed = print_of(state);
    assert_false(tzdata_print_is(&touched, &removed));
    assert_int_equal(removed.file_count, 0);
    free(away);
    free(from);
    free(to);
}

static void a_folder_that_is_not_there_is_empty(void **state)
{
    struct tzdata_print print;
    char *path = path_of(state, "absent");
    tzdata_print_make(path, &print);
    assert_int_equal(print.file_count, 0);
    free(path);
}

static void a_folder_that_leads_to_itself_is_walked_once(void **state)
{
    char *link = path_of(state, "again");
    put_text(state, "a", "1");
    assert_int_equal(symlink(".", link), 0);
    struct tzdata_print print = print_of(state);
    assert_int_equal(print.file_count, 1);
    free(link);
}

static void variants_with_leap_seconds_are_passed_over(void **state)
{
    put_zone(state, "Europe/Berlin", "Europe/Berlin");
    put_zone(state, "right/Europe/Berlin", "Europe/Berlin");
    put_zone(state, "posix/Europe/Berlin", "Europe/Berlin");
    assert_int_equal(print_of(state).file_count, 1);
}

static void folders_have_a_depth(void **state)
{
    put_text(state, "a/b/c/d/e/f/g/h/i/j", "1");
    assert_true(print_of(state).is_cut);
}

static void zones_are_read_when_nothing_has_changed_since_the_last_look(void **state)
{
    put_zone(state, "Europe/Berlin", "Europe/Berlin");
    put_text(state, "zone.tab", "x");
    put_text(state, "tzdata.zi", "# version 2026f\n");
    struct tzdata_look *look = look_at(state, NULL);
    assert_int_equal(map_count(look->zones), 1);
    assert_non_null(map_find(look->zones, SPAN("Europe/Berlin")));
    assert_null(look->broken);
    assert_string_equal(look->version, "2026f");
    tzdata_look_free(look);
}

static void zones_are_not_read_in_the_middle_of_a_change(void **state)
{
    put_zone(state, "Europe/Berlin", "Europe/Berlin");
    struct tzdata_look *look = memory_new(1, sizeof *look);
    look->directory = string_copy(*state);
    look->seen = print_of(state);
    look->is_reading = true;
    put_text(state, "Europe/Paris", "TZif");
    tzdata_look_run(look);
    assert_null(look->zones);
    assert_null(look->broken);
    tzdata_look_free(look);
}

static void a_zone_that_is_none_any_more_is_named(void **state)
{
    put_zone(state, "Europe/Berlin", "Europe/Berlin");
    put_text(state, "zone.tab", "x");
    struct tzdata_look *first = look_at(state, NULL);
    put_text(state, "Europe/Berlin", "TZif2");
    struct tzdata_look *second = look_at(state, first->zones);
    first->zones = NULL;
    assert_string_equal(second->broken, "Europe/Berlin");
    tzdata_look_free(first);
    tzdata_look_free(second);
}

static void a_zone_that_was_taken_away_breaks_nothing(void **state)
{
    put_zone(state, "Europe/Berlin", "Europe/Berlin");
    put_zone(state, "US/Pacific", "America/Los_Angeles");
    struct tzdata_look *first = look_at(state, NULL);
    char *path = path_of(state, "US/Pacific");
    assert_int_equal(remove(path), 0);
    struct tzdata_look *second = look_at(state, first->zones);
    first->zones = NULL;
    assert_null(second->broken);
    assert_int_equal(map_count(second->zones), 1);
    free(path);
    tzdata_look_free(first);
    tzdata_look_free(second);
}

static void a_release_lies_in_the_year_of_its_version(void **state)
{
    const msec year_2026 = INT64_C(1767225600000);
    const msec year_2027 = INT64_C(1798761600000);
    (void)state;
    assert_int_equal(tzdata_release("2026f", year_2026 + 100 * DAY_MS), year_2026 + 100 * DAY_MS);
    assert_int_equal(tzdata_release("2026f", year_2027 + 900 * DAY_MS), year_2027);
    assert_int_equal(tzdata_release("2026f", 0), year_2026);
    assert_int_equal(tzdata_release("", year_2026), year_2026);
    assert_int_equal(tzdata_release("unreleased", year_2026), year_2026);
    assert_int_equal(tzdata_release("0001a", year_2026), year_2026);
    assert_int_equal(tzdata_release("202", year_2026), year_2026);
    assert_int_equal(tzdata_release("", 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_folder_has_the_same_print),
        TEST(a_replaced_grown_new_or_removed_file_is_a_change),
        TEST(a_folder_that_is_not_there_is_empty),
        TEST(a_folder_that_leads_to_itself_is_walked_once),
        TEST(variants_with_leap_seconds_are_passed_over),
        TEST(folders_have_a_depth),
        TEST(zones_are_read_when_nothing_has_changed_since_the_last_look),
        TEST(zones_are_not_read_in_the_middle_of_a_change),
        TEST(a_zone_that_is_none_any_more_is_named),
        TEST(a_zone_that_was_taken_away_breaks_nothing),
        TEST(a_release_lies_in_the_year_of_its_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
