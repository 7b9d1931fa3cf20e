/* SPDX-License-Identifier: MIT */
/*
 * mail_words.h - the codings of mail: transfer encodings (RFC 2045 6), character sets and encoded
 * words (RFC 2047). Whatever is broken is read as it stands; nothing fails.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

/* Appends the text as UTF-8. Known are UTF-8, US-ASCII, ISO-8859-1 and -15, and Windows-1252;
 * text that says to be one of the first two, or nothing, and is no UTF-8, is read as Windows-1252.
 * False: the set is not known, and what is not ASCII became U+FFFD. */
bool mail_charset_add(struct text *text, struct span bytes, const char *charset);

/* Appends a field's value with its encoded words read. */
void mail_words_add(struct text *text, struct span value);

/* Appends the bytes with "=41" (or "%41", by `mark`) read. */
void mail_hex_add(struct text *bytes, struct span coded, char mark);

/* Appends what a body's transfer encoding says ("base64", "quoted-printable", any other: the bytes
 * themselves), at most up to `max` bytes in `bytes`. False: it was cut there. */
bool mail_coding_add(struct text *bytes, struct span coded, const char *coding, size_t max);
