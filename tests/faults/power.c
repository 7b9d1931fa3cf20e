/* SPDX-License-Identifier: MIT */
/*
 * power.c - cuts the power of a recorded life at any moment, many times, and looks whether pagerd
 * would start again with all that it had told anybody.
 *
 *   power --log LOG --config FILE --from K --count N --seed S --jobs J     cut points K ... K+N-1
 *   power --log LOG --config FILE --seed S --point K --write FOLDER        the disk of one of them
 *   power --log LOG --write FOLDER                                         the disk at the end
 *   power --log LOG --config FILE --flip STRIDE --from K --count N ...     one byte of the store
 *   ... --deaf 1        as if the write-ahead log were never synced: to see that this is seen
 *
 * Prints a line for each point that failed, and last a line of JSON with numbers. The same log,
 * seed and point make the same disk.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults/power_run.h"

static bool number_parse(const char *text, uint64_t *number)
{
    char *end;
    *number = strtoull(text, &end, 10);
    return end != text && *end == '\0';
}

static const struct {
    const char *name;
    size_t offset; /* in struct run_options, of a string or a number */
    bool is_text;
} options_table[] = {
    {"--log", offsetof(struct run_options, log), true},
    {"--config", offsetof(struct run_options, config), true},
    {"--write", offsetof(struct run_options, write), true},
    {"--temp", offsetof(struct run_options, temp), true},
    {"--from", offsetof(struct run_options, from), false},
    {"--count", offsetof(struct run_options, count), false},
    {"--seed", offsetof(struct run_options, seed), false},
    {"--jobs", offsetof(struct run_options, jobs), false},
    {"--point", offsetof(struct run_options, point), false},
    {"--flip", offsetof(struct run_options, flip), false},
    {"--deaf", offsetof(struct run_options, deaf), false},
    {"--names", offsetof(struct run_options, names), false},
};

static bool option_set(struct run_options *options, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof(options_table) / sizeof(options_table[0]); i++) {
        char *field = (char *)options + options_table[i].offset;
        if (strcmp(options_table[i].name, name) != 0)
            continue;
        if (!options_table[i].is_text)
            return number_parse(value, (uint64_t *)(void *)field);
        *(const char **)(void *)field = value;
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    struct run_options options = {.jobs = 1,
                                  .seed = 1,
                                  .count = 1000,
                                  .temp = "/tmp",
                                  .point = RUN_POINT_NONE,
                                  .names = NAME_MODEL_COUNT};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc || !option_set(&options, argv[i], argv[i + 1])) {
            fprintf(stderr, "power: cannot use '%s'\n", argv[i]);
            return 2;
        }
    }
    return run_all(&options);
}
