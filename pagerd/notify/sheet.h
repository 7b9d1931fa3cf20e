/* SPDX-License-Identifier: MIT */
/* sheet.h - the body of a mail: the same words as plain text and as HTML with one button. */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "notify/notify.h"
#include "notify/wordbook.h"

#define SHEET_ROWS_MAX 12
#define SHEET_LABELS_MAX 8192 /* bytes of labels that a mail shows */

/* A line with a word in front; without a word it stands alone. */
struct sheet_row {
    const char *word;
    const char *value;
    bool is_link;
};

/* Strings live in the arena or are borrowed from the letter; "" where there is nothing to say. */
struct sheet {
    const struct letter *letter;
    const char *title;
    const char *lead;
    const char *details;
    const char *ack_link;                  /* the button; NULL: none */
    const char *ack_number;                /* what the page behind it asks for; "": nothing */
    struct sheet_row rows[SHEET_ROWS_MAX]; /* what to do next */
    size_t row_count;
    struct sheet_row facts[SHEET_ROWS_MAX];
    size_t fact_count;
};

/* Whom a mail is from, where the configuration does not name them. Lives in `arena`. */
const char *sheet_sender(const struct letter *letter, struct arena *arena);
/* For text_each(). */
bool sheet_text(size_t index, struct text_row *row);

struct sheet sheet_new(const struct letter *letter, struct arena *arena);
void sheet_add_plain(const struct sheet *sheet, struct text *text);
void sheet_add_html(const struct sheet *sheet, struct text *text);
