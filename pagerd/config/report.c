/* SPDX-License-Identifier: MIT */
#include "config/report.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "config/finding.h"

#define SHOWN_LINE_MAX 200 /* columns of a source line that are printed */

struct finding {
    bool is_error;
    struct place place;   /* void after report_finish() */
    const char *name;     /* of the file */
    size_t line;          /* 0: none */
    const char *text;     /* what */
    const char *hint;     /* or NULL */
    const char *shown;    /* source line, or NULL */
    size_t caret_columns; /* blanks in front of the caret */
    size_t sequence;
};

struct report {
    struct arena *arena;
    struct finding findings[REPORT_FINDINGS_MAX];
    size_t count;
    size_t error_count;
    size_t warning_count;
    size_t file_count;
};

struct report *report_new(void)
{
    struct report *report = memory_new(1, sizeof *report);
    report->arena = arena_new();
    return report;
}

void report_free(struct report *report)
{
    if (report == NULL)
        return;
    arena_free(report->arena);
    free(report);
}

size_t report_error_count(const struct report *report)
{
    return report->error_count;
}

size_t report_warning_count(const struct report *report)
{
    return report->warning_count;
}

struct place place_line(struct place place)
{
    place.column = 0;
    return place;
}

/* What does not fit is still counted, so that the summary stays true. */
PRINTF_LIKE(3, 0)
static void finding_add(struct report *report, struct finding finding, const char *format,
                        va_list list)
{
    CLEANUP(text_clear) struct text text = {0};
    if (finding.is_error)
        report->error_count++;
    else
        report->warning_count++;
    if (report->count == REPORT_FINDINGS_MAX)
        return;

    text_addv(&text, format, list);
    finding.text = arena_copy(report->arena, text_string(&text));
    finding.hint = arena_copy(report->arena, finding.hint);
    finding.sequence = report->count;
    report->findings[report->count++] = finding;
}

void report_error(struct report *report, struct place place, const char *hint, const char *format,
                  ...)
{
    va_list list;
    va_start(list, format);
    finding_add(report, (struct finding){.is_error = true, .place = place, .hint = hint}, format,
                list);
    va_end(list);
}

void report_warning(struct report *report, struct place place, const char *hint, const char *format,
                    ...)
{
    va_list list;
    va_start(list, format);
    finding_add(report, (struct finding){.place = place_line(place), .hint = hint}, format, list);
    va_end(list);
}

void report_error_file(struct report *report, const char *name, const char *text)
{
    struct place nowhere = {0};
    size_t before = report->count;
    report_error(report, nowhere, NULL, "%s", text);
    if (report->count > before)
        report->findings[before].name = arena_copy(report->arena, name);
}

static size_t finding_order(const struct finding *finding)
{
    return finding->place.file != NULL ? finding->place.file->order : SIZE_MAX;
}

static int finding_compare(const void *left_pointer, const void *right_pointer)
{
    const struct finding *left = left_pointer;
    const struct finding *right = right_pointer;
    if (finding_order(left) != finding_order(right))
        return finding_order(left) < finding_order(right) ? -1 : 1;
    if (left->place.line != right->place.line)
        return left->place.line < right->place.line ? -1 : 1;
    return left->sequence < right->sequence ? -1 : 1;
}

/* Tabs become one blank, so that the caret's column can be counted; secrets become stars. */
static void line_show(struct report *report, struct finding *finding)
{
    const struct source_file *file = finding->place.file;
    struct span line = source_line(file, finding->line);
    size_t offset = (size_t)(line.bytes - file->bytes.bytes);
    char *copy = arena_copy_span(report->arena, utf8_cut(line, SHOWN_LINE_MAX));
    for (char *byte = copy; *byte != '\0'; byte++)
        *byte = *byte == '\t' ? ' ' : *byte;

    size_t shown_size = utf8_cut(line, SHOWN_LINE_MAX).size;
    for (const struct source_mask *mask = file->masks; mask != NULL; mask = mask->next)
        for (size_t i = mask->offset; i < mask->offset + mask->size; i++)
            if (i >= offset && i < offset + shown_size)
                copy[i - offset] = '*';

    size_t before = finding->place.column - 1;
    if (before > shown_size)
        return;
    finding->shown = copy;
    finding->caret_columns = utf8_width((struct span){copy, before});
}

void report_finish(struct report *report, size_t file_count)
{
    report->file_count = file_count;
    qsort(report->findings, report->count, sizeof report->findings[0], finding_compare);
    for (size_t i = 0; i < report->count; i++) {
        struct finding *finding = &report->findings[i];
        finding->line = finding->place.line;
        if (finding->place.file != NULL)
            finding->name = arena_copy(report->arena, finding->place.file->name);
        if (finding->place.file != NULL && finding->line > 0 && finding->place.column > 0)
            line_show(report, finding);
        finding->place = (struct place){0};
    }
}

static void finding_render(const struct finding *finding, struct text *text)
{
    text_add_terminal(text, finding->name != NULL ? finding->name : "pagerd");
    if (finding->line > 0)
        text_addf(text, ":%zu", finding->line);
    text_add(text, finding->is_error ? ": " : ": warning: ");
    text_add_terminal(text, finding->text);
    text_add_char(text, '\n');
    if (finding->shown != NULL) {
        text_addf(text, "%6zu | ", finding->line);
        text_add_terminal(text, finding->shown);
        text_addf(text, "\n       | %*s^\n", (int)finding->caret_columns, "");
    }
    if (finding->hint != NULL) {
        text_add(text, "  hint: ");
        text_add_terminal(text, finding->hint);
        text_add_char(text, '\n');
    }
}

/* Errors come before warnings where there is not room for both; the order stays. */
void report_render(const struct report *report, struct text *text)
{
    size_t errors = report->error_count < REPORT_SHOWN_MAX ? report->error_count : REPORT_SHOWN_MAX;
    size_t warnings = REPORT_SHOWN_MAX - errors;
    size_t shown = 0;
    for (size_t i = 0; i < report->count; i++) {
        size_t *room = report->findings[i].is_error ? &errors : &warnings;
        if (*room == 0)
            continue;
        --*room;
        shown++;
        finding_render(&report->findings[i], text);
    }
    size_t total = report->error_count + report->warning_count;
    if (total > shown)
        text_addf(text, "... and %zu more, shown when these are mended.\n", total - shown);
}

static void count_add(struct text *text, size_t count, const char *noun)
{
    text_addf(text, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void report_render_summary(const struct report *report, struct text *text)
{
    count_add(text, report->file_count, "file");
    text_add(text, ", ");
    count_add(text, report->error_count, "error");
    text_add(text, ", ");
    count_add(text, report->warning_count, "warning");
    text_add_char(text, '.');
}
