/* SPDX-License-Identifier: MIT */
#include "pagectl/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define CHANGE_LINES_MAX 20
#define GAP 2          /* columns between two cells */
#define ELASTIC_MIN 12 /* an elastic column is never narrower */

struct cell {
    char *shown;
    char *plain;
    enum tone tone;
};

struct writer {
    struct tool *tool;
    const struct writer_backend *backend;
    const struct column *columns;
    size_t column_count;
    const char *list;
    const struct json *document;
    struct cell *cells;
    size_t cell_count;
    size_t room;
    bool has_titles;
};

/* How collected rows leave. */
struct writer_backend {
    void (*write)(struct writer *writer);
};

static size_t cell_width(const char *text)
{
    return utf8_width(span_of(text));
}

static size_t row_count(const struct writer *writer)
{
    return writer->cell_count / writer->column_count;
}

static const struct cell *cell_at(const struct writer *writer, size_t row, size_t column)
{
    return &writer->cells[row * writer->column_count + column];
}

static void widths_measure(const struct writer *writer, size_t widths[COLUMNS_MAX])
{
    for (size_t column = 0; column < writer->column_count; column++) {
        size_t widest = 0;
        for (size_t row = 0; row < row_count(writer); row++) {
            size_t width = cell_width(cell_at(writer, row, column)->shown);
            widest = width > widest ? width : widest;
        }
        size_t title = cell_width(writer->columns[column].title);
        if (widest > 0 && writer->has_titles && title > widest)
            widest = title;
        widths[column] = widest; /* 0: a column with nothing in it is not shown */
    }
}

static size_t widths_sum(const size_t widths[COLUMNS_MAX], size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += widths[i] > 0 ? widths[i] + GAP : 0;
    return sum > GAP ? sum - GAP : 0;
}

/* Cuts the elastic column, then leaves out columns until the rest fits. */
static void widths_fit(const struct writer *writer, size_t widths[COLUMNS_MAX])
{
    size_t count = writer->column_count, room = writer->tool->width;
    for (;;) {
        size_t sum = widths_sum(widths, count), worst = count;
        if (sum <= room)
            return;
        for (size_t i = 0; i < count; i++) {
            bool is_elastic = writer->columns[i].is_elastic && widths[i] > ELASTIC_MIN;
            if (is_elastic && widths[i] - ELASTIC_MIN >= sum - room) {
                widths[i] -= sum - room;
                return;
            }
            bool is_worse = worst == count || writer->columns[i].rank > writer->columns[worst].rank;
            if (widths[i] > 0 && writer->columns[i].rank > 0 && is_worse)
                worst = i;
        }
        if (worst == count)
            break;
        widths[worst] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (writer->columns[i].is_elastic && widths[i] > ELASTIC_MIN)
            widths[i] = ELASTIC_MIN;
    }
}

static void text_pad(struct text *text, size_t count)
{
    while (count-- > 0)
        text_add_char(text, ' ');
}

/* At most `width` columns of `shown`, with "…" where it was cut. */
static void cell_cut(struct text *text, const struct tool *tool, const char *shown, size_t width)
{
    const char *mark = tool_glyph(tool, "…", "...");
    if (cell_width(shown) <= width) {
        text_add(text, shown);
        return;
    }
    struct span rest = span_of(shown);
    size_t room = width > cell_width(mark) ? width - cell_width(mark) : 0, used = 0;
    while (rest.size > 0) {
        struct span before = rest;
        (void)utf8_next(&rest);
        struct span letter = {before.bytes, before.size - rest.size};
        used += utf8_width(letter);
        if (used > room)
            break;
        text_add_span(text, letter);
    }
    text_add(text, mark);
}

static void line_write(struct writer *writer, const size_t widths[COLUMNS_MAX],
                       const struct cell *row)
{
    CLEANUP(text_clear) struct text line = {0};
    const struct tool *tool = writer->tool;
    size_t owed = 0; /* blanks before the next cell; none are left at the end of a line */
    for (size_t i = 0; i < writer->column_count; i++) {
        if (widths[i] == 0)
            continue;
        CLEANUP(text_clear) struct text cell = {0};
        cell_cut(&cell, tool, row[i].shown, widths[i]);
        size_t width = cell_width(text_string(&cell));
        size_t pad = widths[i] > width ? widths[i] - width : 0;
        if (cell.size == 0) {
            owed += widths[i] + GAP;
            continue;
        }
        text_pad(&line, owed + (writer->columns[i].is_right ? pad : 0));
        text_addf(&line, "%s%s%s", tone_begin(tool, row[i].tone), text_string(&cell),
                  tone_end(tool, row[i].tone));
        owed = GAP + (writer->columns[i].is_right ? 0 : pad);
    }
    say(writer->tool, "%s\n", text_string(&line));
}

static void table_write(struct writer *writer)
{
    size_t widths[COLUMNS_MAX] = {0};
    struct cell titles[COLUMNS_MAX] = {0};
    if (row_count(writer) == 0)
        return;
    widths_measure(writer, widths);
    widths_fit(writer, widths);
    for (size_t i = 0; i < writer->column_count; i++)
        titles[i] = (struct cell){
            .shown = arena_copy(writer->tool->arena, writer->columns[i].title), .tone = TONE_MUTED};
    if (writer->has_titles)
        line_write(writer, widths, titles);
    for (size_t row = 0; row < row_count(writer); row++)
        line_write(writer, widths, cell_at(writer, row, 0));
}

static void tsv_write(struct writer *writer)
{
    struct tool *tool = writer->tool;
    size_t last = writer->column_count - 1;
    for (size_t i = 0; tool->has_header && i <= last; i++)
        say(tool, "%s%c", writer->columns[i].title, i == last ? '\n' : '\t');
    for (size_t i = 0; i < writer->cell_count; i++)
        say(tool, "%s%c", writer->cells[i].plain, i % writer->column_count == last ? '\n' : '\t');
}

static void json_write(struct writer *writer)
{
    document_say(writer->tool, writer->list, writer->document);
}

static const struct writer_backend backend_table = {.write = table_write};
static const struct writer_backend backend_tsv = {.write = tsv_write};
static const struct writer_backend backend_json = {.write = json_write};

static void picked_render(struct json_writer *writer, const char *key, const struct json *object,
                          const char *fields)
{
    struct span rest = span_of(fields);
    CLEANUP(text_clear) struct text name = {0};
    json_begin_object(writer, key);
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text value = {0};
        text_reset(&name);
        text_add_span(&name, span_trim(span_cut(&rest, ',')));
        const struct json *member = json_find(object, text_string(&name));
        if (member != NULL)
            json_render(&value, member);
        json_put_raw(writer, text_string(&name), member != NULL ? text_string(&value) : "null");
    }
    json_end_object(writer);
}

/* JSON allows controls beyond ASCII and marks of direction to stand as they are; a terminal may
 * act on them. They occur in strings only, so the escape means the same. */
static void json_say(struct tool *tool, struct span json)
{
    while (json.size > 0) {
        struct span before = json;
        uint32_t code = utf8_next(&json);
        bool is_mark = code == 0x61c || code == 0xfeff || (code >= 0x200b && code <= 0x200f) ||
                       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (is_mark || (code >= 0x7f && code <= 0x9f))
            say(tool, "\\u%04x", (unsigned)code);
        else
            text_add_bytes(&tool->output, before.bytes, before.size - json.size);
    }
    say(tool, "\n");
}

void document_say(struct tool *tool, const char *list, const struct json *document)
{
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    if (tool->fields == NULL) {
        json_render(&text, document);
    } else if (list == NULL) {
        picked_render(&writer, NULL, document, tool->fields);
    } else {
        const struct json *rows = json_find(document, list);
        json_begin_object(&writer, NULL);
        json_begin_array(&writer, list);
        for (const struct json *row = rows != NULL ? rows->first : NULL; row != NULL;
             row = row->next)
            picked_render(&writer, NULL, row, tool->fields);
        json_end_array(&writer);
        json_end_object(&writer);
    }
    json_say(tool, text_span(&text));
}

int change_say(struct tool *tool, int code, const char *prefix, const struct json *answer)
{
    const char *text = json_string(answer, "text");
    if (code == EXIT_DONE && tool->is_json)
        document_say(tool, NULL, answer);
    else if (code == EXIT_DONE && !tool->is_quiet)
        say_lines(tool, prefix, text != NULL ? text : "Done.", CHANGE_LINES_MAX);
    return code;
}

void more_say(struct tool *tool, const struct json *document)
{
    if (json_bool(document, "more", false) && !tool->is_json && tool->is_terminal)
        say(tool, "There are more: --since something later, or --limit.\n");
}

struct writer *writer_open(struct tool *tool, const struct column *columns, const char *list,
                           const struct json *document)
{
    struct writer *writer = memory_new(1, sizeof(*writer));
    *writer = (struct writer){.tool = tool,
                              .backend = tool->is_json       ? &backend_json
                                         : tool->is_terminal ? &backend_table
                                                             : &backend_tsv,
                              .columns = columns,
                              .list = list,
                              .document = document,
                              .has_titles = true};
    while (columns[writer->column_count].title != NULL)
        writer->column_count++;
    assert(writer->column_count > 0);
    assert(writer->column_count <= COLUMNS_MAX);
    return writer;
}

void writer_hide_titles(struct writer *writer)
{
    writer->has_titles = false;
}

static char *cell_copy(const char *string)
{
    struct text text = {0};
    if (string != NULL)
        text_add_terminal(&text, string);
    return text_take(&text);
}

void writer_cell(struct writer *writer, enum tone tone, const char *shown, const char *plain)
{
    if (writer->cell_count == writer->room) {
        writer->room = writer->room * 2 + 64;
        writer->cells = memory_grow(writer->cells, writer->room, sizeof(*writer->cells));
    }
    writer->cells[writer->cell_count++] = (struct cell){
        .shown = cell_copy(shown),
        .plain = cell_copy(plain != NULL ? plain : shown),
        .tone = tone,
    };
}

void writer_instant(struct writer *writer, enum tone tone, const char *shown, msec at)
{
    char plain[INSTANT_TEXT_SIZE] = "";
    if (at != 0 && at != MSEC_NEVER)
        instant_render(at, plain);
    writer_cell(writer, tone, shown, plain);
}

void writer_close(struct writer *writer)
{
    assert(writer->cell_count % writer->column_count == 0);
    writer->backend->write(writer);
    for (size_t i = 0; i < writer->cell_count; i++) {
        free(writer->cells[i].shown);
        free(writer->cells[i].plain);
    }
    free(writer->cells);
    free(writer);
}
