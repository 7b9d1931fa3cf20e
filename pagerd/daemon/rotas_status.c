/* SPDX-License-Identifier: MIT */
/* What may be told of the calendars: the answer of the API, and the list of what is wrong. */
#include "daemon/rotas.h"

#include <inttypes.h>
#include <stdio.h>

#include "calendar/layers.h"
#include "calendar/shift.h"
#include "daemon/daemon.h"
#include "daemon/rotas_slot.h"
#include "daemon/writeback.h"
#include "engine/engine.h"

static void slot_status_warnings(const struct slot *slot, struct json_writer *writer)
{
    json_begin_array(writer, "warnings");
    const struct shift_warning *lists[] = {slot->good == NULL ? NULL : slot->good->warnings,
                                           slot->rota == NULL ? NULL : slot->rota->warnings};
    const size_t counts[] = {slot->good == NULL ? 0 : slot->good->warning_count,
                             slot->rota == NULL ? 0 : slot->rota->warning_count};
    for (size_t list = 0; list < 2; list++) {
        for (size_t i = 0; i < counts[list] && i < 100; i++) {
            const struct shift_warning *warning = &lists[list][i];
            CLEANUP(text_clear) struct text text = {0};
            text_addf(&text, "%s:%" PRIu32 ": %s %s", warning->file, warning->line, warning->code,
                      warning->text);
            json_put_string(writer, NULL, text_string(&text));
        }
    }
    json_end_array(writer);
}

static void slot_status_uses(const struct slot *slot, struct json_writer *writer)
{
    const struct policy *policy = view_policy(slot->rotas->daemon->engine);
    json_begin_array(writer, "used_by");
    for (size_t i = 0; i < policy->team_count; i++) {
        for (int role = 0; role < ROLE_COUNT; role++) {
            if (!string_is(policy->teams[i].roles[role].calendar, slot->name))
                continue;
            char use[256];
            snprintf(use, sizeof(use), "%s %s", policy->teams[i].id, role_name((enum role)role));
            json_put_string(writer, NULL, use);
        }
    }
    json_end_array(writer);
}

void rotas_status(const struct rotas *rotas, struct json_writer *writer)
{
    json_begin_object(writer, NULL);
    json_begin_array(writer, "calendars");
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "name", slot->name);
        json_put_string(writer, "source", slot->shown);
        json_put_instant(writer, "read_at", slot->version == NULL ? 0 : slot->version->read_at);
        json_put_instant(writer, "until", slot->good == NULL ? 0 : slot->good->until_at);
        json_put_integer(writer, "events",
                         slot->good == NULL ? 0 : (int64_t)slot->good->event_count);
        json_put_bool(writer, "stale", slot->problem[0] != '\0');
        json_put_bool(writer, "held", slot->is_held);
        json_put_integer(writer, "unwritten",
                         (int64_t)writeback_waiting(rotas->daemon->writeback, slot->name));
        json_put_string(writer, "problem", slot->problem[0] == '\0' ? NULL : slot->problem);
        slot_status_warnings(slot, writer);
        slot_status_uses(slot, writer);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_end_object(writer);
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
