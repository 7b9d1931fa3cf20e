/* SPDX-License-Identifier: MIT */
#include "pagectl/tool.h"

#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_LOCAL "/etc/localtime"
#define WIDTH_DEFAULT 80
#define WIDTH_MIN 20
#define WIDTH_MAX 500

static const char *const tone_codes[TONE_COUNT] = {
    [TONE_PLAIN] = "",        [TONE_CRITICAL] = "\033[1;31m", [TONE_WARNING] = "\033[33m",
    [TONE_GOOD] = "\033[32m", [TONE_MUTED] = "\033[2m",
};

static const char *zone_folder(void)
{
    const char *folder = getenv("TZDIR");
    return folder != NULL && folder[0] == '/' ? folder : ZONE_FOLDER;
}

/* The name behind the link of /etc/localtime; NULL when it says none. */
static const char *zone_linked(char path[PATH_MAX])
{
    ssize_t size = readlink(ZONE_LOCAL, path, PATH_MAX - 1);
    if (size <= 0)
        return NULL;
    path[size] = '\0';
    char *mark = strstr(path, "/zoneinfo/");
    return mark != NULL ? mark + strlen("/zoneinfo/") : NULL;
}

static struct zone *zone_of_file(const char *path)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct zone *zone = NULL;
    if (!tool_read_file(path, ZONE_FILE_MAX, &bytes, NULL))
        return NULL;
    return zone_parse("local", bytes.bytes, bytes.size, &zone, NULL) ? zone : NULL;
}

/* As libc chooses it: $TZ, else /etc/localtime, else UTC. */
static struct zone *zone_find(void)
{
    struct zone *zone = NULL;
    char path[PATH_MAX];
    const char *name = getenv("TZ");
    if (name != NULL) {
        name += name[0] == ':';
        if (name[0] == '/')
            zone = zone_of_file(name);
        else if (name[0] != '\0' && !zone_load(zone_folder(), name, &zone, NULL))
            zone = NULL;
        return zone != NULL ? zone : zone_fixed("UTC", 0);
    }

    name = zone_linked(path);
    if (name != NULL && zone_load(zone_folder(), name, &zone, NULL))
        return zone;
    zone = zone_of_file(ZONE_LOCAL);
    return zone != NULL ? zone : zone_fixed("UTC", 0);
}

static unsigned width_find(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    unsigned width = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width == 0 && columns != NULL)
        width = (unsigned)strtoul(columns, NULL, 10);
    if (width == 0)
        return WIDTH_DEFAULT;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static bool color_is_wanted(const struct tool *tool)
{
    const char *no_color = getenv("NO_COLOR");
    const char *force = getenv("CLICOLOR_FORCE");
    const char *term = getenv("TERM");
    if (tool->color_use != COLOR_AUTO)
        return tool->color_use == COLOR_ALWAYS;
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    if (force != NULL && force[0] != '\0' && !string_is(force, "0"))
        return true;
    return tool->is_terminal && term != NULL && !string_is(term, "dumb");
}

static msec clock_read(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (msec)time.tv_sec * SECOND_MS + time.tv_nsec / 1000000;
}

void tool_open(struct tool *tool)
{
    *tool = (struct tool){.arena = arena_new(), .now = clock_read(), .zone = zone_find()};
    setlocale(LC_CTYPE, "");
    tool->is_unicode = string_is(nl_langinfo(CODESET), "UTF-8");
    tool->is_terminal = isatty(STDOUT_FILENO) == 1;
    tool->width = width_find();
}

void tool_settle(struct tool *tool)
{
    tool->has_color = color_is_wanted(tool);
    if (!tool->is_utc)
        return;
    zone_free(tool->zone);
    tool->zone = zone_fixed("UTC", 0);
}

void tool_close(struct tool *tool)
{
    zone_free(tool->zone);
    text_clear(&tool->output);
    arena_free(tool->arena);
    *tool = (struct tool){0};
}

struct times tool_times(const struct tool *tool)
{
    return (struct times){.zone = tool->zone, .now = tool->now};
}

void say(struct tool *tool, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_addv(&tool->output, format, list);
    va_end(list);
}

void say_line(struct tool *tool, enum tone tone, const char *line)
{
    say(tool, "%s%s%s\n", tone_begin(tool, tone), tool_clean(tool, line), tone_end(tool, tone));
}

void say_lines(struct tool *tool, const char *prefix, const char *lines, size_t max)
{
    struct span rest = span_of(lines);
    size_t count = 0, left = 0;
    while (rest.size > 0) {
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (line.size == 0)
            continue;
        if (count == max) {
            left++;
            continue;
        }
        const char *copy = arena_copy_span(tool->arena, line);
        say(tool, "%s%s\n", prefix, tool_clean(tool, copy));
        count++;
    }
    if (left > 0)
        say(tool, "%s%s (%zu more lines)\n", prefix, tool_glyph(tool, "…", "..."), left);
}

static bool bytes_write(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

bool tool_flush(struct tool *tool)
{
    bool is_written = bytes_write(STDOUT_FILENO, text_string(&tool->output), tool->output.size);
    text_reset(&tool->output);
    return is_written;
}

int tool_fail(struct tool *tool, enum exit_code code, const char *format, ...)
{
    CLEANUP(text_clear) struct text line = {0};
    va_list list;
    (void)tool_flush(tool);
    text_add(&line, "pagectl: ");
    va_start(list, format);
    text_addv(&line, format, list);
    va_end(list);
    text_add_char(&line, '\n');
    (void)bytes_write(STDERR_FILENO, line.bytes, line.size);
    return code;
}

void tool_hint(struct tool *tool, const char *format, ...)
{
    CLEANUP(text_clear) struct text line = {0};
    va_list list;
    (void)tool_flush(tool);
    text_add(&line, "  ");
    va_start(list, format);
    text_addv(&line, format, list);
    va_end(list);
    text_add_char(&line, '\n');
    (void)bytes_write(STDERR_FILENO, line.bytes, line.size);
}

const char *tool_clean(struct tool *tool, const char *string)
{
    CLEANUP(text_clear) struct text clean = {0};
    if (string == NULL)
        return "";
    text_add_terminal(&clean, string);
    return arena_copy(tool->arena, text_string(&clean));
}

const char *tone_begin(const struct tool *tool, enum tone tone)
{
    return tool->has_color ? tone_codes[tone] : "";
}

const char *tone_end(const struct tool *tool, enum tone tone)
{
    return tool->has_color && tone != TONE_PLAIN ? "\033[0m" : "";
}

const char *tool_glyph(const struct tool *tool, const char *unicode, const char *ascii)
{
    return tool->is_unicode ? unicode : ascii;
}
