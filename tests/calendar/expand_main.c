/* SPDX-License-Identifier: MIT */
/*
 * expand_main.c - `pagerd --calendar` and the reader child alone, for the tests of this folder.
 *
 * Usage: calendar_expand --calendar PATH --from T --until T [--layer L] [--timezone Z]
 *                        [--tzdir DIR] [--json]
 *        calendar_expand --reader
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "calendar/calendar.h"
#include "calendar/reader.h"

int main(int argc, char **argv)
{
    struct calendar_command command = {0};
    const struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--calendar", &command.path},     {"--from", &command.from},   {"--until", &command.until},
        {"--timezone", &command.timezone}, {"--tzdir", &command.tzdir}, {"--layer", &command.layer},
    };
    for (int i = 1; i < argc; i++) {
        if (string_is(argv[i], "--reader"))
            return reader_main();
        command.is_json = command.is_json || string_is(argv[i], "--json");
        for (size_t j = 0; j < sizeof options / sizeof options[0] && i + 1 < argc; j++)
            if (string_is(argv[i], options[j].name)) {
                *options[j].value = argv[++i];
                break;
            }
    }
    if (command.path == NULL) {
        (void)fprintf(stderr, "calendar_expand: --calendar PATH is missing\n");
        return 2;
    }
    return calendar_expand_command(&command);
}
