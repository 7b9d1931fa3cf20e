/* SPDX-License-Identifier: MIT */
/* What may be told of the calendars: the answer of the API, and the list of what is wrong. */
#include "daemon/rotas.h"

#include <inttypes.h>
#include <stdlib.h>

#include "calendar/shift.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/rotas_publish.h"
#include "daemon/rotas_slot.h"
#include "daemon/writeback.h"

#define WARNINGS_SHOWN_MAX 100 /* of each kind */

static void warning_write(struct json_writer *writer, const struct shift_warning *warning)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s:%" PRIu32 ": %s %s", warning->file, warning->line, warning->code,
              warning->text);
    json_put_string(writer, NULL, text_string(&text));
}

static void slot_status_warnings(const struct slot *slot, struct json_writer *writer)
{
    json_begin_array(writer, "warnings");
    size_t count = slot->good == NULL ? 0 : slot->good->warning_count;
    for (size_t i = 0; i < count && i < WARNINGS_SHOWN_MAX; i++)
        warning_write(writer, &slot->good->warnings[i]);
    count = slot->products == NULL ? 0 : slot->products->warning_count;
    for (size_t i = 0; i < count && i < WARNINGS_SHOWN_MAX; i++)
        warning_write(writer, slot->products->warnings[i]);
    json_end_array(writer);
}

static void slot_status_changes(const struct slot *slot, struct json_writer *writer)
{
    struct span rest = text_span(&slot->held_changes);
    json_begin_array(writer, "held_changes");
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        char *copy = string_copy_span(line);
        json_put_string(writer, NULL, copy);
        free(copy);
    }
    json_end_array(writer);
}

static void slot_status(const struct slot *slot, struct json_writer *writer)
{
    const struct daemon *daemon = slot->rotas->daemon;
    json_begin_object(writer, NULL);
    json_put_string(writer, "name", slot->name);
    json_put_string(writer, "kind", slot->is_caldav ? "caldav" : slot->is_url ? "url" : "file");
    json_put_string(writer, "source", slot->shown);
    json_put_instant(writer, "read_at", slot->version == NULL ? 0 : slot->version->read_at);
    if (slot->version == NULL)
        json_put_null(writer, "age_ms");
    else
        json_put_integer(writer, "age_ms", slot_age_ms(slot));
    json_put_instant(writer, "until", slot->good == NULL ? 0 : slot->good->until_at);
    json_put_integer(writer, "events", slot->good == NULL ? 0 : (int64_t)slot->good->event_count);
    json_put_bool(writer, "stale", slot->problem[0] != '\0');
    json_put_bool(writer, "held", slot->is_held);
    slot_status_changes(slot, writer);
    json_put_integer(writer, "unwritten",
                     (int64_t)writeback_waiting(daemon->writeback, slot->name));
    json_put_string(writer, "problem", slot->problem[0] == '\0' ? NULL : slot->problem);
    slot_status_warnings(slot, writer);
    json_begin_array(writer, "used_by");
    (void)slot_uses(slot, writer);
    json_end_array(writer);
    json_end_object(writer);
}

void rotas_status(const struct rotas *rotas, struct json_writer *writer)
{
    json_begin_array(writer, "calendars");
    for (size_t i = 0; i < rotas->count; i++)
        slot_status(rotas->slots[i], writer);
    json_end_array(writer);
}

void rotas_metrics(const struct rotas *rotas, struct text *text)
{
    metric_head(text, "calendar_age_seconds", "gauge",
                "Seconds since the source of a calendar last gave a good answer.");
    for (size_t i = 0; i < rotas->count; i++)
        if (rotas->slots[i]->version != NULL)
            metric_labelled(text, "calendar_age_seconds",
                            (const struct metric_label[]){{"calendar", rotas->slots[i]->name}}, 1,
                            slot_age_ms(rotas->slots[i]) / SECOND_MS);
    metric_head(text, "calendar_held", "gauge",
                "1 while a new version of a calendar waits to be accepted.");
    for (size_t i = 0; i < rotas->count; i++)
        metric_labelled(text, "calendar_held",
                        (const struct metric_label[]){{"calendar", rotas->slots[i]->name}}, 1,
                        rotas->slots[i]->is_held ? 1 : 0);
}

size_t rotas_problems(const struct rotas *rotas, struct json_writer *writer)
{
    size_t count = 0;
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        if (slot->problem[0] == '\0')
            continue;
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "calendar \"%s\": %s", slot->name, slot->problem);
        json_put_string(writer, NULL, text_string(&text));
        count++;
    }
    return count + writeback_problems(rotas->daemon->writeback, writer);
}
