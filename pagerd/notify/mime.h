/* SPDX-License-Identifier: MIT */
/*
 * mime.h - the forms of RFC 5322, 2045 and 2047 that our mails need.
 *
 * Nothing given to these functions can start a new header: controls become spaces.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

/* "Name: value" CRLF; a value that is not plain ASCII becomes encoded words, folded. */
void mime_add_header(struct text *text, const char *name, const char *value);

/* The same for an address with the name of its owner (NULL: none). */
void mime_add_mailbox(struct text *text, const char *name, const char *person, const char *address);

/* Quoted-printable: any bytes with LF line ends in, lines of at most 76 with CRLF out. */
void mime_add_quoted_printable(struct text *text, struct span span);

/* Keeps what may stand in the left half of a Message-ID; anything else becomes "-". */
void mime_add_id_part(struct text *text, const char *string);

/* Plain ASCII local@domain without anything that could end a line, a path or a list. */
bool mime_is_address(const char *address);
