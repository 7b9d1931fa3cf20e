/* SPDX-License-Identifier: MIT */
/*
 * mail_head.h - the header of a mail, or of one part of it (RFC 5322 2.2, RFC 2045, RFC 2047).
 *
 * Lines may end in CRLF or LF, for an MTA pipes with LF; a first line "From ..." of a mailbox is
 * skipped (RFC 4155). What is broken is read as far as it goes: a header is never refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

#define MAIL_HEAD_MAX ((size_t)256 * 1024) /* bytes of one header that are looked at */
#define MAIL_FIELD_MAX ((size_t)64 * 1024) /* bytes of one field that are kept */

/* Cuts the header off `rest`; what stays is the body. A line that is no field ends the header
 * even without an empty line before it. */
struct span mail_head_cut(struct span *rest);

/* The first field of that name (any case), unfolded and trimmed, is put into `value`. False: there
 * is none; `value` is empty then. */
bool mail_field(struct span head, const char *name, struct text *value);

/* The same with encoded words read (RFC 2047); may hold any bytes: clean it before use. */
bool mail_field_words(struct span head, const char *name, struct text *value);

/* "charset" of "text/plain; charset=utf-8", also as RFC 2231 writes it. False: it is not there. */
bool mail_parameter(const char *field, const char *name, struct text *value);

/* What stands before the first semicolon, white space or comment, in small letters. */
void mail_field_word(const char *field, struct text *word);

/* The address of a mailbox: "Ann <ann@example.org>" or the bare one; "" in "<>". No further than
 * the first of several. */
struct span mail_address(const char *field);
