/* SPDX-License-Identifier: MIT */
/* command.c - `pagerd --calendar`: a calendar expanded without a daemon, as JSON. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "calendar/reader.h"

static void shifts_render(struct json_writer *writer, const struct shift_list *list)
{
    json_begin_array(writer, "shifts");
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        char instant[INSTANT_TEXT_SIZE];
        json_begin_object(writer, NULL);
        json_put_string(writer, "start", instant_render(shift->start_at, instant));
        json_put_string(writer, "end", instant_render(shift->end_at, instant));
        json_put_string(writer, "summary", shift->event->summary);
        json_put_string(writer, "uid", shift->event->uid);
        json_put_integer(writer, "line", shift->event->line);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void warnings_render(struct json_writer *writer, const struct shift_list *list)
{
    json_begin_array(writer, "warnings");
    for (size_t i = 0; i < list->warning_count; i++) {
        const struct shift_warning *warning = &list->warnings[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "file", warning->file);
        json_put_integer(writer, "line", warning->line);
        json_put_string(writer, "code", warning->code);
        json_put_string(writer, "text", warning->text);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static bool expand(const struct calendar_command *command, struct arena *arena,
                   struct shift_list **list, struct fault *fault)
{
    struct calendar_request request = {.zone_name = command->timezone, .tzdir = command->tzdir};
    struct calendar_file *files = arena_take(arena, CALENDAR_FILES_MAX * sizeof *files);
    request.files = files;
    if (command->from == NULL || command->until == NULL)
        return fault_set(fault, FAULT_INPUT, "--calendar needs --from and --until");
    if (!instant_parse(command->from, &request.from_at, fault))
        return fault_prefix(fault, "--from");
    if (!instant_parse(command->until, &request.until_at, fault))
        return fault_prefix(fault, "--until");
    if (request.from_at >= request.until_at)
        return fault_set(fault, FAULT_INPUT, "--until is not later than --from");
    return calendar_read(arena, command->path, files, &request.file_count, fault) &&
           reader_limits_apply(fault) && calendar_expand(&request, list, fault);
}

int calendar_expand_command(const struct calendar_command *command)
{
    struct fault fault = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(shift_list_free) struct shift_list *list = NULL;
    if (!expand(command, arena, &list, &fault)) {
        (void)fprintf(stderr, "pagerd: %s\n", fault.text);
        return 1;
    }
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_begin_object(&writer, NULL);
    shifts_render(&writer, list);
    warnings_render(&writer, list);
    json_end_object(&writer);
    text_add_char(&text, '\n');
    bool is_written = fwrite(text.bytes, 1, text.size, stdout) == text.size && fflush(stdout) == 0;
    return is_written && list->problem == NULL ? 0 : 1;
}
