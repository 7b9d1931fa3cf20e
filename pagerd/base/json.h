/* SPDX-License-Identifier: MIT */
/*
 * json.h - JSON in (a tree in an arena, read by simdjson) and out (a writer onto a text).
 *
 * Depth is limited to 32, text must be UTF-8. Numbers keep their source form too, because
 * labels and ids sent as numbers must not change on the way.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

#define JSON_DEPTH_MAX 32
#define JSON_MEMBERS_MAX 4096 /* of one object; none may occur twice */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One value. Members of an object and elements of an array hang on `first`, linked by `next`. */
struct json {
    enum json_kind kind;
    const char *key;  /* name inside an object, else NULL */
    const char *text; /* of a string: its value, U+FFFD in place of NUL and of half a surrogate
                       * pair; of a number or bool: as text; else NULL */
    size_t text_size;
    double number;
    int64_t integer; /* number rounded towards zero, clamped */
    bool is_true;
    size_t count; /* members or elements */
    const struct json *first;
    const struct json *next;
};

/* Parses one document. The tree lives in `arena`. The fault says what and at which byte. */
MUST_USE bool json_parse(struct arena *arena, struct span bytes, const struct json **json,
                         struct fault *fault);

/* All of these accept NULL and give NULL (or the fallback), so that they can be chained. */
const struct json *json_find(const struct json *object, const char *key);
const char *json_string(const struct json *object, const char *key); /* NULL unless a string */
const char *json_text(const struct json *object, const char *key);   /* string, number or bool */
int64_t json_integer(const struct json *object, const char *key, int64_t fallback);
bool json_bool(const struct json *object, const char *key, bool fallback);

/* Appends the value in compact form. */
void json_render(struct text *text, const struct json *json);

/* A writer puts commas and escapes itself; begin and end must pair. */
struct json_writer {
    struct text *text;
    uint64_t has_item; /* bit per depth: something was written at this depth */
    unsigned depth;
};

void json_begin_object(struct json_writer *writer, const char *key); /* key NULL in an array */
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer, const char *key);
void json_end_array(struct json_writer *writer);
void json_put_string(struct json_writer *writer, const char *key,
                     const char *value); /* NULL: null */
void json_put_integer(struct json_writer *writer, const char *key, int64_t value);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_null(struct json_writer *writer, const char *key);
/* RFC 3339 in UTC; MSEC_NEVER and 0 give null. */
void json_put_instant(struct json_writer *writer, const char *key, msec at);
void json_put_raw(struct json_writer *writer, const char *key, const char *json);
/* Appends "…" with the escapes of RFC 8259 section 7, bad UTF-8 as U+FFFD. */
void json_add_quoted(struct text *text, struct span span);
