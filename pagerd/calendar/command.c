/* SPDX-License-Identifier: MIT */
/* command.c - `pagerd --calendar`: a calendar expanded without a daemon, as a table or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "calendar/calendar.h"
#include "calendar/layers.h"
#include "calendar/reader.h"
#include "calendar/zones.h"

enum status { STATUS_FINE, STATUS_FAILED, STATUS_USAGE };

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
        json_put_string(writer, "rule", shift->event->rule);
        json_put_instant(writer, "instance", shift->instance_at);
        json_put_string(writer, "clock_note", shift->clock_note);
        json_put_string(writer, "file", shift->event->file);
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

static void list_render(struct text *text, const struct shift_list *list)
{
    struct json_writer writer = {.text = text};
    json_begin_object(&writer, NULL);
    shifts_render(&writer, list);
    warnings_render(&writer, list);
    json_put_string(&writer, "problem", list->problem);
    json_end_object(&writer);
    text_add_char(text, '\n');
}

/* "Mon 2026-03-23 09:00". */
static void wall_add(struct text *text, const struct zone *zone, msec at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct civil civil = zone_civil(zone, at);
    int weekday = civil_weekday(civil_days(civil.year, civil.month, civil.day));
    text_addf(text, "%s %04d-%02d-%02d %02d:%02d", days[weekday], civil.year, civil.month,
              civil.day, civil.hour, civil.minute);
}

static void row_add(struct text *text, const struct zone *zone, const struct shift *shift)
{
    char duration[DURATION_TEXT_SIZE];
    wall_add(text, zone, shift->start_at);
    text_add(text, "  ");
    wall_add(text, zone, shift->end_at);
    text_addf(text, "  %8s  ", duration_speak(shift->end_at - shift->start_at, duration));
    text_add_terminal(text,
                      shift->event->summary[0] == '\0' ? "(no title)" : shift->event->summary);
    text_add_char(text, '\n');
    if (shift->clock_note != NULL)
        text_addf(text, "    %s\n", shift->clock_note);
}

/* The table for people: local times of one zone, then what is doubtful. */
static void table_add(struct text *text, const struct shift_list *list, const struct zone *zone)
{
    text_addf(text, "%-20s  %-20s  %8s  WHO   (times in %s)\n", "FROM", "UNTIL", "FOR",
              zone_name(zone));
    for (size_t i = 0; i < list->shift_count; i++)
        row_add(text, zone, &list->shifts[i]);
    if (list->shift_count == 0)
        text_add(text, "no shift overlaps that time\n");
    if (list->warning_count > 0)
        text_add_char(text, '\n');
    for (size_t i = 0; i < list->warning_count; i++) {
        const struct shift_warning *warning = &list->warnings[i];
        text_add_terminal(text, warning->file);
        text_addf(text, ":%u: %s ", warning->line, warning->code);
        text_add_terminal(text, warning->text);
        text_add_char(text, '\n');
    }
    if (list->warnings_dropped > 0)
        text_addf(text, "and %zu more\n", list->warnings_dropped);
}

/* Keeps the shifts of one layer. */
static void layer_keep(struct shift_list *list, const char *layer)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->shift_count; i++)
        if (event_is_of_layer(list->shifts[i].event, layer))
            list->shifts[kept++] = list->shifts[i];
    list->shift_count = kept;
}

static bool instant_take(const char *option, const char *text, msec *at, struct fault *fault)
{
    if (text == NULL)
        return fault_set(fault, FAULT_INPUT,
                         "--calendar needs %s, an instant such as 2026-11-01T00:00:00Z or "
                         "2026-11-01T00:00:00+01:00",
                         option);
    return instant_parse(text, at, fault) || fault_prefix(fault, "%s", option);
}

/* What the arguments ask for; a fault is one of use. */
static bool request_make(const struct calendar_command *command, struct calendar_request *request,
                         struct fault *fault)
{
    *request = (struct calendar_request){
        .zone_name = command->timezone,
        .tzdir = command->tzdir,
        .is_exact_told = true,
        .is_floating_told = command->timezone == NULL,
    };
    if (!instant_take("--from", command->from, &request->from_at, fault) ||
        !instant_take("--until", command->until, &request->until_at, fault))
        return false;
    request->now_at = request->from_at;
    if (strstr(command->path, "://") != NULL)
        return fault_set(fault, FAULT_INPUT,
                         "--calendar reads a file or a folder: fetch the address first, for "
                         "instance with curl -o rotation.ics ADDRESS");
    if (request->from_at >= request->until_at)
        return fault_set(fault, FAULT_INPUT, "--until %s is not later than --from %s",
                         command->until, command->from);
    enum role role;
    return command->layer == NULL || role_parse(command->layer, &role) ||
           fault_set(fault, FAULT_INPUT, "--layer %.40s: expected primary, secondary or oncall",
                     command->layer);
}

static bool output_write(const struct text *text)
{
    return fwrite(text_string(text), 1, text->size, stdout) == text->size && fflush(stdout) == 0;
}

static enum status expanded_print(const struct calendar_command *command,
                                  struct calendar_request *request, const struct zone *zone)
{
    struct fault fault = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(shift_list_free) struct shift_list *list = NULL;
    CLEANUP(text_clear) struct text text = {0};
    struct calendar_file *files = arena_take(arena, CALENDAR_FILES_MAX * sizeof *files);
    request->files = files;
    if (!calendar_read(arena, command->path, files, &request->file_count, &fault) ||
        !reader_limits_apply(&fault) || !calendar_expand(request, &list, &fault)) {
        (void)fprintf(stderr, "pagerd: %s\n", fault.text);
        return STATUS_FAILED;
    }
    layer_keep(list, command->layer);
    if (command->is_json)
        list_render(&text, list);
    else
        table_add(&text, list, zone);
    if (!output_write(&text))
        return STATUS_FAILED;
    if (list->problem == NULL)
        return STATUS_FINE;
    (void)fprintf(stderr, "pagerd: %s\n", list->problem);
    return STATUS_FAILED;
}

/* The limits end a process without a word; so it is a child, and its parent says what happened. */
static enum status limited_print(const struct calendar_command *command,
                                 struct calendar_request *request, const struct zone *zone)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(expanded_print(command, request, zone));
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("pagerd: cannot start a process");
        return STATUS_FAILED;
    }
    if (WIFEXITED(status))
        return (enum status)WEXITSTATUS(status);
    (void)fprintf(
        stderr,
        "pagerd: '%s' takes more than %d s of CPU time or more than %lu MiB to read: look "
        "for a rule without an end that repeats too often, or ask for a shorter time\n",
        command->path, READER_CPU_S, READER_MEMORY_SIZE / 1024 / 1024);
    return STATUS_FAILED;
}

int calendar_expand_command(const struct calendar_command *command)
{
    struct fault fault = {0};
    struct calendar_request request;
    if (!request_make(command, &request, &fault)) {
        (void)fprintf(stderr, "pagerd: %s\n", fault.text);
        return STATUS_USAGE;
    }
    const char *name = command->timezone == NULL ? "UTC" : command->timezone;
    struct zone_book *book = zone_book_new(command->tzdir, request.from_at, request.until_at);
    const struct zone *zone = zone_book_iana(book, name);
    enum status status = STATUS_USAGE;
    if (zone == NULL)
        (void)fprintf(stderr,
                      "pagerd: there is no time zone \"%.64s\" in '%s': expected a name such as "
                      "Europe/Berlin\n",
                      name, command->tzdir == NULL ? "/usr/share/zoneinfo" : command->tzdir);
    else
        status = limited_print(command, &request, zone);
    zone_book_free(book);
    return (int)status;
}
