/* SPDX-License-Identifier: MIT */
/*
 * value.h - the small languages inside quotes: nights, parts of the week, phone numbers, addresses.
 *
 * Pure. The fault's text is what goes behind the name of the key, so it begins like "must be ...".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "engine/policy.h"

#define COVERAGE_WINDOWS_MAX 128
#define WEEK_MINUTES (7 * 24 * 60)

struct coverage {
    bool is_always;
    const struct week_window *windows;
    size_t count;
};

/* "22:00-07:00": minutes from midnight; both differ. */
MUST_USE bool night_parse(const char *text, uint16_t *from_minute, uint16_t *until_minute,
                          struct fault *fault);

/* "always", "none", or windows with commas between: "Mon-Fri 09:00-18:00, Sat", "09:00-17:00". */
MUST_USE bool coverage_parse(struct arena *arena, const char *text, struct coverage *coverage,
                             struct fault *fault);

/* An E.164 number. When it is not one but a person meant one, `mended` holds what to write. */
MUST_USE bool phone_check(const char *text, struct text *mended);

/* One plain address, local@domain: nothing that could begin a second one or a header. */
MUST_USE bool email_check(const char *text, struct fault *fault);

/* http:// or https:// and a host, no blanks. */
MUST_USE bool url_check(const char *text, struct fault *fault);

/* "50%", whole numbers only; a number is written. */
MUST_USE bool percent_parse(const char *text, unsigned *percent, struct fault *fault);

/* "8MiB", "512KiB" or "1024B": whole numbers, in bytes. */
MUST_USE bool size_parse(const char *text, int64_t *size, struct fault *fault);
/* The largest of those units that divides it. Returns `text`. */
#define SIZE_TEXT_SIZE 32
const char *size_render(int64_t size, char text[SIZE_TEXT_SIZE]);

/* "P1=critical": a word of a source, and one of the four severities. */
MUST_USE bool mapping_parse(struct arena *arena, const char *text, struct severity_mapping *mapping,
                            struct fault *fault);

/* Is the host of that URL this machine: localhost, 127.0.0.0/8 or [::1]? */
bool url_is_local(const char *text);

/* "1.2.3.4:8440" or "[::1]:8440": a numeric address, for pagerd asks no name server. */
MUST_USE bool listen_check(const char *text, struct fault *fault);

/* host, host:port or smtps://host:port */
MUST_USE bool smtp_check(const char *text, struct fault *fault);

/* The first $word that is not one of `words` (blanks between), as a span of text; size 0: none. */
struct span variable_find_unknown(const char *text, const char *words);

/* True when `words` (blanks between) holds `word`. */
bool words_hold(const char *words, struct span word);
