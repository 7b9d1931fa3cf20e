/* SPDX-License-Identifier: MIT */
/* sms.h - what the gateways for text messages have in common. */
#pragma once

#include "notify/channel.h"
#include "notify/phone.h"

/* The text of a letter for that number, with nothing in it that does not work there: links, keys.
 */
const char *sms_text(const struct letter *letter, const char *phone, struct arena *arena);

/*
 * How long, in seconds, it is worth to keep trying to deliver this message: until the next person
 * is called, when that is known, but between one and ten minutes. A page that arrives hours later
 * is a false alarm.
 */
unsigned sms_validity_s(const struct letter *letter);

/* The address for what the provider tells of this attempt ("status"), or NULL. */
const char *sms_callback(const struct letter *letter, const char *what, struct arena *arena);

/* Has this a control in it, with which a header could become two? */
bool has_control(const char *string);
