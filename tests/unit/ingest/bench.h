/* SPDX-License-Identifier: MIT */
/* bench.h - what the tests of formats share: captures from files, and parsing in one line. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "ingest/ingest.h"

/* Bytes of a file below tests/fixtures/monitoring; "command |" style is used for compressed ones.
 */
void capture_read(const char *path, struct text *bytes);
/* The body of a captured request. */
struct span capture_body(const struct text *capture);

/* Parses with the format or fails the test. */
struct ingest_batch batch_of(struct arena *arena, const char *format, struct span body);
/* Expects a refusal; returns its text, which lives in the arena. */
const char *refusal_of(struct arena *arena, const char *format, const char *body);
/* The only item of a body that has one. */
const struct ingest_item *item_of(struct arena *arena, const char *format, const char *body);
