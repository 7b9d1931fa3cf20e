/* SPDX-License-Identifier: MIT */
/*
 * chart.h - the schedule as bars of characters: one line a role, some columns a day.
 *
 * Pure: lays spans over local days and renders them. A gap is as loud as a bar.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"

#define CHART_DAYS_MAX 62
#define CHART_COLUMNS_MAX 480

struct chart {
    const struct zone *zone;
    msec from; /* local midnight of the first day */
    int days;
    unsigned width;      /* columns of the terminal */
    unsigned label_size; /* columns before the bars */
    bool is_unicode;
    bool has_color;
};

struct chart_span {
    const char *user; /* NULL: nobody */
    msec from;
    msec until;
    unsigned color; /* of chart_color */
    bool is_quiet;  /* nobody, and nobody is missed: outside the coverage, or declared */
};

#define CHART_COLORS 6

/* Who has which colour; {0} is nobody yet. Names are borrowed. */
struct chart_people {
    const char *names[CHART_COLORS];
};

/* The same for the same person all over a chart, and another for everybody else while there are
 * colours left; mostly the same in all charts. */
unsigned chart_color(struct chart_people *people, const char *user);

/* Columns of one day; at least 1. */
unsigned chart_day_width(const struct chart *chart);
/* "│22Su│23Mo│…"; of narrow days only the number, of very narrow ones "│23 Nov" each Monday. */
void chart_render_head(const struct chart *chart, struct text *text);
void chart_render_row(const struct chart *chart, const char *label, const struct chart_span *spans,
                      size_t count, struct text *text);
/* Why somebody is not there. */
enum chart_band { CHART_REST, CHART_AWAY };

/* Shaded, with the caption behind or before it, whichever fits. */
void chart_render_band(const struct chart *chart, enum chart_band band, const char *label,
                       msec from, msec until, const char *caption, struct text *text);
void chart_render_now(const struct chart *chart, msec now, const char *caption, struct text *text);
