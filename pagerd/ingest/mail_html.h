/* SPDX-License-Identifier: MIT */
/* mail_html.h - what a person would read of an HTML mail, as plain text. */
#pragma once

#include "base/span.h"
#include "base/text.h"

/* Appends the text of UTF-8 HTML: tags, comments, scripts and styles go, blocks become lines, cells
 * are set apart, a link is followed by its address. Nothing is refused. */
void mail_html_add(struct text *text, struct span html);
