/* SPDX-License-Identifier: MIT */
/*
 * page.h - HTML pages, made so that text from outside cannot become markup.
 *
 * A page is written through two functions: html() for what stands in this program, a literal, and
 * text() for everything else, which is escaped. There is no third way in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"

#include "notify/screen.h"

struct call;

struct page_writer {
    struct call *call;
    struct text *out;
};

/* How a page looks before its content. */
struct page_head {
    const char *title;
    bool is_night;     /* dark whatever the phone says */
    unsigned reload_s; /* 0: never by itself */
};

/* Begins the answer; page_end completes it. */
struct page_writer page_begin(struct call *call, unsigned status, const struct page_head *head);
void page_end(struct page_writer *page);

/* Only literals: the macro makes anything else a compile error. */
#define html(page, literal) page_add_literal((page), "" literal "")
void page_add_literal(struct page_writer *page, const char *literal);

/* Escaped, good between tags and inside quoted attributes. */
void page_text(struct page_writer *page, const char *text);
void page_textf(struct page_writer *page, const char *format, ...) PRINTF_LIKE(2, 3);
/* The first paragraph, at most `max` bytes of it. */
void page_paragraph(struct page_writer *page, const char *text, size_t max);
/* What screen.h has, in the words of the house, with values as of template_add(): as a string that
 * lives as long as the call, or on the page, escaped. */
const char *page_words_of(const struct call *call, enum screen screen,
                          const struct template_value *values);
#define page_words(call, screen, ...) \
    page_words_of((call), (screen), (const struct template_value[]){__VA_ARGS__, {0}})
#define page_say(page, screen, ...) \
    page_text((page), page_words((page)->call, (screen), __VA_ARGS__))
/* One without values. */
void page_put(struct page_writer *page, enum screen screen);
const char *page_word(const struct call *call, enum screen screen);
/* The same as page_message_to(), of two without values. */
void page_refuse(struct call *call, unsigned status, bool is_night, enum screen title,
                 enum screen text);

/* A link to an http or https URL, or to a path of our own; anything else is shown as text. */
void page_link(struct page_writer *page, const char *url, const char *label, const char *css_class);

/* 22:00 to 07:00 in that zone. */
bool page_is_night(const struct zone *zone, msec at);

/* Small whole pages. The first is dark when it is night for its reader. */
void page_message_to(struct call *call, unsigned status, bool is_night, const char *title,
                     const char *text);
void page_message(struct call *call, unsigned status, const char *title, const char *text);
/* 503 after a press of a button: nothing was recorded, or that is not known, and what to do. */
void page_unavailable(struct call *call);
