/* SPDX-License-Identifier: MIT */
/*
 * render.h - records as the JSON of docs/api.md; for live answers and for history alike.
 */
#pragma once

#include "base/json.h"
#include "engine/engine.h"

/* One whole INCIDENT without key. `engine` NULL: a record out of the store, without what only a
 * live incident has (paging, next). */
void incident_write(struct json_writer *writer, const struct incident *incident,
                    const struct engine *engine, struct now now);
/* The same members without the braces, for an object that has more. */
void incident_write_members(struct json_writer *writer, const struct incident *incident,
                            const struct engine *engine, struct now now);
/* One line of "timeline". */
void entry_write(struct json_writer *writer, const struct entry *entry);
/* One row of "pages". */
void page_write(struct json_writer *writer, const struct page *page);

/* What became of one alert: "rule" and "incident" say it. */
void alert_write(struct json_writer *writer, const struct alert_record *alert);

#define HEARTBEAT_HISTORY_MAX 100 /* alerts of one heartbeat in an answer, the newest */

/* A heartbeat, for an object that may have more. "due_at" is when it is missing (wall); null while
 * it is. */
void heartbeat_write_members(struct json_writer *writer, const struct engine *engine,
                             const struct heartbeat *heartbeat, struct now now);
