/* SPDX-License-Identifier: MIT */
#include "pagectl/chart.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum glyph { GLYPH_BAR, GLYPH_FILL, GLYPH_GAP, GLYPH_REST, GLYPH_NOW, GLYPH_RULE, GLYPH_COUNT };

static const char *const glyphs[2][GLYPH_COUNT] = {
    {[GLYPH_BAR] = "|",
     [GLYPH_FILL] = "=",
     [GLYPH_GAP] = "!",
     [GLYPH_REST] = "~",
     [GLYPH_NOW] = "^",
     [GLYPH_RULE] = "|"},
    {[GLYPH_BAR] = "┃",
     [GLYPH_FILL] = "━",
     [GLYPH_GAP] = "╳",
     [GLYPH_REST] = "░",
     [GLYPH_NOW] = "▲",
     [GLYPH_RULE] = "│"},
};

/* Each person keeps one of these; red is for gaps. */
static const char *const colors[] = {"\033[36m", "\033[32m", "\033[33m",
                                     "\033[34m", "\033[35m", "\033[37m"};
#define COLOR_COUNT (sizeof(colors) / sizeof(colors[0]))
#define COLOR_GAP "\033[1;31m"
#define COLOR_END "\033[0m"

static const char *glyph_get(const struct chart *chart, enum glyph glyph)
{
    return glyphs[chart->is_unicode ? 1 : 0][glyph];
}

unsigned chart_day_width(const struct chart *chart)
{
    unsigned room = chart->width > chart->label_size ? chart->width - chart->label_size : 0;
    unsigned width = room / (unsigned)chart->days;
    unsigned most = CHART_COLUMNS_MAX / (unsigned)chart->days;
    width = width < most ? width : most;
    return width > 0 ? width : 1;
}

/* Days are counted on the wall: a day of 23 hours is as wide as the others. */
static int column_of(const struct chart *chart, msec at)
{
    msec past = zone_local(chart->zone, at) - zone_local(chart->zone, chart->from);
    msec day_width = chart_day_width(chart);
    msec most = (msec)chart->days * day_width;
    msec column = (past * day_width + DAY_MS / 2) / DAY_MS;
    if (past < 0)
        return 0;
    return (int)(column < most ? column : most);
}

static void blanks_add(struct text *text, size_t count)
{
    while (count-- > 0)
        text_add_char(text, ' ');
}

static void label_add(const struct chart *chart, const char *label, struct text *text)
{
    size_t width = utf8_width(span_of(label));
    text_add(text, label);
    blanks_add(text, width < chart->label_size ? chart->label_size - width : 1);
}

void chart_render_head(const struct chart *chart, struct text *text)
{
    static const char weekdays[7][3] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
    unsigned width = chart_day_width(chart);
    struct civil first = zone_civil(chart->zone, chart->from);
    int64_t start = civil_days(first.year, first.month, first.day);
    blanks_add(text, chart->label_size);
    for (int day = 0; day < chart->days; day++) {
        char name[16] = "";
        struct civil civil = civil_from_days(start + day);
        if (width >= 5)
            snprintf(name, sizeof(name), "%2d%s", civil.day, weekdays[civil_weekday(start + day)]);
        else if (width >= 3)
            snprintf(name, sizeof(name), "%2d", civil.day);
        if (width == 1) {
            text_add(text, civil_weekday(start + day) == 0 ? glyph_get(chart, GLYPH_RULE) : " ");
            continue;
        }
        text_add(text, glyph_get(chart, GLYPH_RULE));
        text_addf(text, "%-*s", (int)width - 1, name);
    }
    while (text->size > 0 && text->bytes[text->size - 1] == ' ')
        text->bytes[--text->size] = '\0';
    text_add_char(text, '\n');
}

/* What one column shows: a piece of text and whose colour it has. */
struct square {
    const char *bytes;
    size_t size;
    int tone; /* -2 none, -1 gap, else a person's colour */
};

static int tone_of(const char *user)
{
    unsigned sum = 0;
    for (const char *byte = user; *byte != '\0'; byte++)
        sum = sum * 31 + (unsigned char)*byte;
    return (int)(sum % COLOR_COUNT);
}

static void square_set(struct square *square, const char *glyph, int tone)
{
    *square = (struct square){.bytes = glyph, .size = strlen(glyph), .tone = tone};
}

static void span_lay(const struct chart *chart, const struct chart_span *span,
                     struct square *squares, int count)
{
    int start = column_of(chart, span->from), end = column_of(chart, span->until);
    int tone = span->user != NULL ? tone_of(span->user) : -1;
    if (end <= start)
        end = start + 1; /* a short gap is never invisible */
    for (int i = start; i < end && i < count; i++)
        square_set(&squares[i], glyph_get(chart, span->user != NULL ? GLYPH_FILL : GLYPH_GAP),
                   tone);
    if (span->user == NULL || start >= count)
        return;

    square_set(&squares[start], glyph_get(chart, GLYPH_BAR), tone);
    struct span rest = span_of(span->user);
    for (int i = start + 1; i < end && i < count && rest.size > 0; i++) {
        struct span before = rest;
        (void)utf8_next(&rest);
        struct span letter = {before.bytes, before.size - rest.size};
        if (utf8_width(letter) != 1)
            break;
        squares[i].bytes = letter.bytes;
        squares[i].size = letter.size;
    }
}

static void squares_render(const struct chart *chart, const struct square *squares, int count,
                           struct text *text)
{
    int tone = -2;
    while (count > 0 && squares[count - 1].size == 0)
        count--;
    for (int i = 0; i < count; i++) {
        if (chart->has_color && squares[i].tone != tone) {
            tone = squares[i].tone;
            text_add(text, tone == -2 ? COLOR_END : tone == -1 ? COLOR_GAP : colors[tone]);
        }
        if (squares[i].size == 0)
            text_add_char(text, ' ');
        else
            text_add_bytes(text, squares[i].bytes, squares[i].size);
    }
    if (chart->has_color && tone != -2)
        text_add(text, COLOR_END);
    text_add_char(text, '\n');
}

void chart_render_row(const struct chart *chart, const char *label, const struct chart_span *spans,
                      size_t count, struct text *text)
{
    struct square squares[CHART_COLUMNS_MAX];
    int width = chart->days * (int)chart_day_width(chart);
    for (int i = 0; i < width; i++)
        squares[i] = (struct square){.tone = -2};
    for (size_t i = 0; i < count; i++) {
        if (spans[i].user != NULL)
            span_lay(chart, &spans[i], squares, width);
    }
    for (size_t i = 0; i < count; i++) {
        if (spans[i].user == NULL) /* last: a gap lies over what surrounds it */
            span_lay(chart, &spans[i], squares, width);
    }
    label_add(chart, label, text);
    squares_render(chart, squares, width, text);
}

/* Puts the caption where the line still has room for it. */
static void marked_render(const struct chart *chart, int start, int end, const char *mark,
                          const char *caption, struct text *text)
{
    int width = chart->days * (int)chart_day_width(chart);
    int size = (int)utf8_width(span_of(caption)) + 1;
    bool is_before = end + size > width && start >= size;
    blanks_add(text, (size_t)(is_before ? start - size : start));
    if (is_before)
        text_addf(text, "%s ", caption);
    for (int i = start; i < end; i++)
        text_add(text, mark);
    if (!is_before)
        text_addf(text, " %s", caption);
    text_add_char(text, '\n');
}

void chart_render_rest(const struct chart *chart, msec from, msec until, const char *caption,
                       struct text *text)
{
    int start = column_of(chart, from), end = column_of(chart, until);
    label_add(chart, "rest", text);
    marked_render(chart, start, end > start ? end : start + 1, glyph_get(chart, GLYPH_REST),
                  caption, text);
}

void chart_render_now(const struct chart *chart, msec now, const char *caption, struct text *text)
{
    int column = column_of(chart, now);
    label_add(chart, "", text);
    marked_render(chart, column, column + 1, glyph_get(chart, GLYPH_NOW), caption, text);
}
