/* SPDX-License-Identifier: MIT */
#include "daemon/writeback_event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "calendar/compose.h"
#include "calendar/shift.h"
#include "engine/policy.h"
#include "engine/record.h"

#define STEM "pagerd-"

void override_name_render(uint64_t id, const char *instance, char name[OVERRIDE_NAME_SIZE])
{
    snprintf(name, OVERRIDE_NAME_SIZE, STEM "o%" PRIu64 "-%s.ics", id, instance);
}

bool override_mark_parse(const char *mark, const char *instance, uint64_t *id)
{
    char own[OVERRIDE_NAME_SIZE];
    uint64_t read = 0;
    if (sscanf(mark, "o%" SCNu64, &read) != 1)
        return false;
    snprintf(own, sizeof(own), "o%" PRIu64 "-%s", read, instance);
    if (!string_is(own, mark))
        return false;
    *id = read;
    return true;
}

static msec second_of(msec at)
{
    return at - (at % SECOND_MS + SECOND_MS) % SECOND_MS;
}

void override_event_round(msec *from_at, msec *until_at)
{
    *from_at = second_of(*from_at);
    *until_at = second_of(*until_at);
    if (*until_at <= *from_at)
        *until_at = *from_at + SECOND_MS;
}

bool override_event_is_same(const struct shift_list *list, const char *name, const char *user,
                            const char *summary, msec from_at, msec until_at)
{
    const struct shift *found = NULL;
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        if (!string_is(shift->event->file, name))
            continue;
        if (found != NULL)
            return false;
        found = shift;
    }
    return found != NULL && found->start_at == from_at && found->end_at == until_at &&
           found->event->rule == NULL && string_is(found->event->summary, summary) &&
           (found->event->users == NULL || string_is(found->event->users, user));
}

static bool team_has_several_roles(const struct team *team)
{
    size_t count = 0;
    for (int role = 0; role < ROLE_COUNT; role++)
        count += team->roles[role].calendar != NULL || team->roles[role].user != NULL;
    return count > 1;
}

/* "host" of "https://host:8440/…" */
static struct span url_host(const char *url)
{
    const char *start = url == NULL ? NULL : strstr(url, "://");
    size_t size = start == NULL ? 0 : strcspn(start + 3, "/:?#[");
    return size == 0 ? SPAN("pagerd.invalid") : (struct span){start + 3, size};
}

void override_event_compose(struct text *text, const struct override_event *event)
{
    const struct override *override = event->override;
    struct span host = url_host(event->url);
    char mark[OVERRIDE_NAME_SIZE];
    snprintf(mark, sizeof(mark), "o%" PRIu64 "-%s", override->id, event->instance);
    char *uid = string_format(STEM "%s@%.*s", mark, (int)host.size, host.bytes);
    bool has_note = override->note != NULL && override->note[0] != '\0';
    char *description = string_format("by %s%s%s", override->by, has_note ? ", " : "",
                                      has_note ? override->note : "");
    bool has_roles = event->team != NULL && team_has_several_roles(event->team);
    struct composed_event composed = {.uid = uid,
                                      .start_at = event->from_at,
                                      .end_at = event->until_at,
                                      .summary = event->summary,
                                      .description = description,
                                      .categories = has_roles ? role_name(override->role) : NULL,
                                      .users = override->user,
                                      .override = mark,
                                      .changed_at = event->changed_at,
                                      .sequence = event->sequence,
                                      .is_free = true};
    calendar_compose(text, &(struct composed_calendar){.events = &composed, .event_count = 1});
    free(uid);
    free(description);
}
