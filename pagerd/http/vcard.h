/* SPDX-License-Identifier: MIT */
/*
 * vcard.h - what pages come from as one entry of an address book: a phone that knows it can be told
 * to let it through at night. RFC 6350.
 */
#pragma once

#include "base/text.h"
#include "http/house.h"

#define VCARD_TYPE "text/vcard; charset=utf-8"
#define VCARD_SENDERS_MAX 16

/* One entry named PAGER. A sender that is no number, as names of SMS are, cannot be in an address
 * book and is left out. `url` may be NULL. */
void vcard_add(struct text *text, const struct sender_view *senders, size_t count, const char *url);
