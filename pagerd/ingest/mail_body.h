/* SPDX-License-Identifier: MIT */
/*
 * mail_body.h - the words in a mail: text parts are read, everything else is named (RFC 2045,
 * 2046).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

#define MAIL_PARTS_MAX 200                  /* of one mail that are looked at */
#define MAIL_DEPTH_MAX 16                   /* parts in parts; deeper ones are only named */
#define MAIL_PLAIN_MAX ((size_t)256 * 1024) /* bytes of plain text that are read */
#define MAIL_HTML_MAX ((size_t)1024 * 1024) /* of HTML, which is mostly not text */
#define MAIL_FILES_MAX 20                   /* attachments that are named; more are counted */

struct mail_body {
    struct text plain; /* the words; UTF-8, not clean of controls */
    struct text html;  /* the first HTML part, as UTF-8 HTML */
    struct text files; /* names of attachments: "a.pdf, b.log" */
    size_t file_count;
    size_t part_count;
    struct text charset; /* the first one that is not known; empty: all were */
    bool is_cut;         /* a limit of this file was met */
};

/* Reads the body of a mail that has this header. Give it back with mail_body_clear(). */
void mail_body_read(struct span head, struct span bytes, struct mail_body *body);
void mail_body_clear(struct mail_body *body);

/* Appends what a person would read: the plain text, else the HTML's. */
void mail_body_add_words(struct text *text, const struct mail_body *body);
/* Appends what else there is to say: names of attachments, and what could not be read. */
void mail_body_add_rest(struct text *text, const struct mail_body *body);
