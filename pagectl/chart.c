/* SPDX-License-Identifier: MIT */
#include "pagectl/chart.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum glyph {
    GLYPH_BAR,
    GLYPH_FILL,
    GLYPH_GAP,
    GLYPH_QUIET,
    GLYPH_REST,
    GLYPH_AWAY,
    GLYPH_NOW,
    GLYPH_RULE,
    GLYPH_COUNT
};

static const char *const glyphs[2][GLYPH_COUNT] = {
    {[GLYPH_BAR] = "|",
     [GLYPH_FILL] = "=",
     [GLYPH_GAP] = "!",
     [GLYPH_QUIET] = ".",
     [GLYPH_REST] = "~",
     [GLYPH_AWAY] = "-",
     [GLYPH_NOW] = "^",
     [GLYPH_RULE] = "|"},
    {[GLYPH_BAR] = "┃",
     [GLYPH_FILL] = "━",
     [GLYPH_GAP] = "╳",
     [GLYPH_QUIET] = "·",
     [GLYPH_REST] = "░",
     [GLYPH_AWAY] = "▒",
     [GLYPH_NOW] = "▲",
     [GLYPH_RULE] = "│"},
};

/* Each person keeps one of these, legible on dark and on light; red is for gaps. */
static const char *const colors[CHART_COLORS] = {"\033[36m", "\033[32m", "\033[33m",
                                                 "\033[94m", "\033[35m", "\033[38;5;208m"};
#define COLOR_GAP "\033[1;31m"
#define COLOR_MUTED "\033[2m"
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

/* A column or two a day: Mondays, with the room of a whole week for their date. */
static void weeks_render(const struct chart *chart, int64_t start, struct text *text)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int width = (int)chart_day_width(chart), day = 0;
    while (day < chart->days) {
        struct civil civil = civil_from_days(start + day);
        int next = day + 7 - civil_weekday(start + day);
        int room = ((next < chart->days ? next : chart->days) - day) * width;
        char date[16];
        snprintf(date, sizeof(date), "%2d %s", civil.day, months[civil.month - 1]);
        text_add(text, glyph_get(chart, GLYPH_RULE));
        text_addf(text, "%-*.*s", room - 1, room - 1, room > (int)strlen(date) ? date : "");
        day = next;
    }
}

static void days_render(const struct chart *chart, int64_t start, struct text *text)
{
    static const char weekdays[7][3] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
    int width = (int)chart_day_width(chart);
    for (int64_t day = start; day < start + chart->days; day++) {
        char name[16];
        struct civil civil = civil_from_days(day);
        snprintf(name, sizeof(name), "%2d%s", civil.day,
                 width >= 5 ? weekdays[civil_weekday(day)] : "");
        text_add(text, glyph_get(chart, GLYPH_RULE));
        text_addf(text, "%-*s", width - 1, name);
    }
}

void chart_render_head(const struct chart *chart, struct text *text)
{
    struct civil first = zone_civil(chart->zone, chart->from);
    int64_t start = civil_days(first.year, first.month, first.day);
    blanks_add(text, chart->label_size);
    if (chart_day_width(chart) < 3)
        weeks_render(chart, start, text);
    else
        days_render(chart, start, text);
    while (text->size > 0 && text->bytes[text->size - 1] == ' ')
        text->bytes[--text->size] = '\0';
    text_add_char(text, '\n');
}

/* What one column shows: a piece of text and whose colour it has. */
struct square {
    const char *bytes;
    size_t size;
    const char *color; /* NULL: none */
};

unsigned chart_color(struct chart_people *people, const char *user)
{
    unsigned sum = 0;
    for (const char *byte = user; *byte != '\0'; byte++)
        sum = sum * 31 + (unsigned char)*byte;
    for (unsigned i = 0; i < CHART_COLORS; i++) {
        unsigned color = (sum + i) % CHART_COLORS;
        if (people->names[color] == NULL)
            people->names[color] = user;
        if (string_is(people->names[color], user))
            return color;
    }
    return sum % CHART_COLORS; /* more people than colours */
}

static void square_set(struct square *square, const char *glyph, const char *color)
{
    *square = (struct square){.bytes = glyph, .size = strlen(glyph), .color = color};
}

/* Who it is stands at the beginning of the bar, as far as there is room. */
static void name_lay(const char *user, struct square *squares, int start, int end)
{
    struct span rest = span_of(user);
    for (int i = start; i < end && rest.size > 0; i++) {
        struct span before = rest;
        (void)utf8_next(&rest);
        struct span letter = {before.bytes, before.size - rest.size};
        if (utf8_width(letter) != 1)
            break;
        squares[i].bytes = letter.bytes;
        squares[i].size = letter.size;
    }
}

static void span_lay(const struct chart *chart, const struct chart_span *span,
                     struct square *squares, int count)
{
    int start = column_of(chart, span->from), end = column_of(chart, span->until);
    enum glyph glyph = span->user != NULL ? GLYPH_FILL : span->is_quiet ? GLYPH_QUIET : GLYPH_GAP;
    const char *color = span->user != NULL ? colors[span->color % CHART_COLORS]
                        : span->is_quiet   ? COLOR_MUTED
                                           : COLOR_GAP;
    if (end <= start)
        end = start + (span->is_quiet ? 0 : 1); /* a short gap is never invisible */
    if (end > count)
        end = count;
    for (int i = start; i < end; i++)
        square_set(&squares[i], glyph_get(chart, glyph), color);
    if (span->user == NULL || start >= count)
        return;
    square_set(&squares[start], glyph_get(chart, GLYPH_BAR), color);
    name_lay(span->user, squares, start + 1, end);
}

static void squares_render(const struct chart *chart, const struct square *squares, int count,
                           struct text *text)
{
    const char *color = NULL;
    while (count > 0 && squares[count - 1].size == 0)
        count--;
    for (int i = 0; i < count; i++) {
        if (chart->has_color && !string_is(squares[i].color, color)) {
            text_add(text, color != NULL ? COLOR_END : "");
            color = squares[i].color;
            text_add(text, color != NULL ? color : "");
        }
        if (squares[i].size == 0)
            text_add_char(text, ' ');
        else
            text_add_bytes(text, squares[i].bytes, squares[i].size);
    }
    if (color != NULL)
        text_add(text, COLOR_END);
    text_add_char(text, '\n');
}

/* What lies over what: people, then where nobody is wanted, then gaps. */
static int layer_of(const struct chart_span *span)
{
    return span->user != NULL ? 0 : span->is_quiet ? 1 : 2;
}

void chart_render_row(const struct chart *chart, const char *label, const struct chart_span *spans,
                      size_t count, struct text *text)
{
    struct square squares[CHART_COLUMNS_MAX] = {0};
    int width = chart->days * (int)chart_day_width(chart);
    for (int layer = 0; layer < 3; layer++) {
        for (size_t i = 0; i < count; i++) {
            if (layer_of(&spans[i]) == layer)
                span_lay(chart, &spans[i], squares, width);
        }
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

void chart_render_band(const struct chart *chart, enum chart_band band, const char *label,
                       msec from, msec until, const char *caption, struct text *text)
{
    static const enum glyph marks[] = {[CHART_REST] = GLYPH_REST, [CHART_AWAY] = GLYPH_AWAY};
    int start = column_of(chart, from), end = column_of(chart, until);
    int width = chart->days * (int)chart_day_width(chart);
    if (start >= width)
        start = width - 1;
    label_add(chart, label, text);
    marked_render(chart, start, end > start ? end : start + 1, glyph_get(chart, marks[band]),
                  caption, text);
}

void chart_render_now(const struct chart *chart, msec now, const char *caption, struct text *text)
{
    int column = column_of(chart, now);
    label_add(chart, "", text);
    marked_render(chart, column, column + 1, glyph_get(chart, GLYPH_NOW), caption, text);
}
