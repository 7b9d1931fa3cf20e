/* SPDX-License-Identifier: MIT */
/* Every request in tests/fixtures/formats means what its golden file says. */
#include "bench.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

#define FIXTURES TESTS_DIR "/fixtures/formats"
#define CASES_MAX 256

static bool is_writing;

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && string_is(dot, ".http");
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strchr(entry->d_name, '.');
}

static void golden_write(const char *path, const struct text *text)
{
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    assert_int_equal(fwrite(text_string(text), 1, text->size, file), text->size);
    assert_int_equal(fclose(file), 0);
}

/* Returns whether it means what it should. */
static bool case_run(const char *format, const char *file)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text http = {0};
    CLEANUP(text_clear) struct text wanted = {0};
    CLEANUP(text_clear) struct text meant = {0};
    const char *path = arena_format(arena, FIXTURES "/%s/%s", format, file);
    const char *golden =
        arena_format(arena, "%.*s.golden", (int)(strlen(path) - strlen(".http")), path);
    golden_read(path, &http);
    golden_render(arena, format, text_span(&http), &meant);
    if (is_writing) {
        golden_write(golden, &meant);
        return true;
    }
    golden_read(golden, &wanted);
    if (string_is(text_string(&wanted), text_string(&meant)))
        return true;
    print_error("%s means:\n%s", path, text_string(&meant));
    return false;
}

static void every_request_means_what_its_golden_file_says(void **state)
{
    struct dirent **formats = NULL;
    int format_count = scandir(FIXTURES, &formats, is_visible, alphasort);
    size_t case_count = 0;
    size_t wrong_count = 0;
    (void)state;
    assert_true(format_count > 0);
    for (int i = 0; i < format_count; i++) {
        struct dirent **cases = NULL;
        CLEANUP(text_clear) struct text folder = {0};
        text_addf(&folder, FIXTURES "/%s", formats[i]->d_name);
        int count = scandir(text_string(&folder), &cases, is_case, alphasort);
        assert_in_range(count, 1, CASES_MAX);
        for (int j = 0; j < count; j++) {
            wrong_count += case_run(formats[i]->d_name, cases[j]->d_name) ? 0 : 1;
            case_count++;
            free(cases[j]);
        }
        free(cases);
        free(formats[i]);
    }
    free(formats);
    assert_int_equal(wrong_count, 0);
    assert_true(case_count >= 60);
}

int main(int argument_count, char **arguments)
{
    is_writing = argument_count > 1 && string_is(arguments[1], "--write");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_means_what_its_golden_file_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
