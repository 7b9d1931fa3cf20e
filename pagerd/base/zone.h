/* SPDX-License-Identifier: MIT */
/*
 * zone.h - time zones: the bytes of a TZif file (RFC 8536) as an immutable table.
 *
 * Conversions are pure; only zone_load() and zone_data_version() touch the disk, and they keep
 * nothing: when tzdata changes, load again and free the old zone. The POSIX footer is used beyond
 * the last transition, so slim and fat files give the same answers. isdst is never used.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/time.h"

#define ZONE_NAME_MAX 64
#define ZONE_FILE_MAX (256 * 1024)

struct text;
struct zone;

/* Parses TZif bytes, versions 1 to 4. The result is owned by the caller. */
MUST_USE bool zone_parse(const char *name, const void *bytes, size_t size, struct zone **zone,
                         struct fault *fault);

/*
 * Reads DIR/name. The name may hold only letters, digits, _ + - and /, no "..", nor start with
 * "right/" or "posix/"; the file must be regular and at most ZONE_FILE_MAX bytes.
 */
MUST_USE bool zone_load(const char *directory, const char *name, struct zone **zone,
                        struct fault *fault);

/* A zone with one fixed offset east of UTC, in seconds; never fails. */
struct zone *zone_fixed(const char *name, int32_t offset_s);

void zone_free(struct zone *zone);
CLEANUP_DEFINE(struct zone *, zone_free)

const char *zone_name(const struct zone *zone);

/* Offset east of UTC in force at that instant, in seconds. */
int32_t zone_offset(const struct zone *zone, msec at);

/* The abbreviation in force, such as "CET"; borrowed. */
const char *zone_abbreviation(const struct zone *zone, msec at);

/* Local civil time as if it were UTC milliseconds ("local"), and its parts. */
msec zone_local(const struct zone *zone, msec at);
struct civil zone_civil(const struct zone *zone, msec at);

enum zone_fit { ZONE_UNIQUE, ZONE_GAP, ZONE_TWICE };

/*
 * UTC of a local time, by RFC 5545 3.3.5: a time that does not exist is read with the offset
 * before the gap; one that occurs twice is the first. `fit` (may be NULL) says which it was.
 */
msec zone_utc(const struct zone *zone, msec local, enum zone_fit *fit);

/* The first change of offset after `at`, or MSEC_NEVER. */
msec zone_next_change(const struct zone *zone, msec at);

/*
 * Appends the release of the tzdata in that folder, such as "2026a"; false when nothing there tells
 * it (a folder of zones without tzdata.zi).
 */
bool zone_data_version(const char *directory, struct text *text);
