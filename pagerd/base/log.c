/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include "base/text.h"
#include "base/utf8.h"

#define LOG_LINE_MAX 4096 /* bytes; more is cut, and the cut is shown */

enum level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

/* Priorities of syslog, as sd-daemon(3) reads them, and words for a terminal. */
static const struct level_row {
    const char *prefix;
    const char *word;
} levels[] = {
    [LEVEL_ERROR] = {"<3>", "error: "},
    [LEVEL_WARNING] = {"<4>", "warning: "},
    [LEVEL_INFO] = {"<6>", ""},
    [LEVEL_DEBUG] = {"<7>", "debug: "},
};

static const char *log_name = "pagerd";
static bool log_is_verbose;

/* No byte of a line may end it, start another or steer a terminal. */
static void line_add(struct text *line, struct span span)
{
    while (span.size > 0) {
        if (line->size > LOG_LINE_MAX) {
            text_add(line, "...");
            return;
        }
        size_t room = LOG_LINE_MAX + 1 - line->size;
        size_t plain = utf8_plain_size(span);
        if (plain > 0) {
            plain = plain < room ? plain : room;
            text_add_bytes(line, span.bytes, plain);
            span.bytes += plain;
            span.size -= plain;
            continue;
        }
        struct span before = span;
        uint32_t code = utf8_next(&span);
        bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
        bool is_turning = (code >= 0x200e && code <= 0x200f) ||
                          (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        bool is_bad = code == UTF8_REPLACEMENT && before.size - span.size == 1;
        if (is_bad)
            text_addf(line, "\\x%02x", (unsigned char)before.bytes[0]);
        else if (code == '\n')
            text_add(line, "\\n");
        else if (is_control)
            text_addf(line, "\\x%02x", code);
        else if (is_turning)
            text_addf(line, "\\u%04x", code);
        else
            utf8_add(line, code);
    }
}

static void log_write(enum level level, const char *format, va_list list) PRINTF_LIKE(2, 0);

/* One write a line, so that lines of several processes do not mix. */
static void log_write(enum level level, const char *format, va_list list)
{
    int error = errno;
    CLEANUP(text_clear) struct text message = {0};
    CLEANUP(text_clear) struct text line = {0};
    text_addv(&message, format, list);
    if (isatty(STDERR_FILENO))
        text_addf(&line, "%s: %s", log_name, levels[level].word);
    else
        text_add(&line, levels[level].prefix);
    line_add(&line, text_span(&message));
    text_add_char(&line, '\n');
    ssize_t size = write(STDERR_FILENO, text_string(&line), line.size);
    (void)size; /* there is nowhere else to say it */
    errno = error;
}

void log_error(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    log_write(LEVEL_ERROR, format, list);
    va_end(list);
}

void log_warning(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    log_write(LEVEL_WARNING, format, list);
    va_end(list);
}

void log_info(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    log_write(LEVEL_INFO, format, list);
    va_end(list);
}

void log_debug(const char *format, ...)
{
    if (!log_is_verbose)
        return;
    va_list list;
    va_start(list, format);
    log_write(LEVEL_DEBUG, format, list);
    va_end(list);
}

void log_open(const char *name, bool is_verbose)
{
    log_name = name;
    log_is_verbose = is_verbose;
}
