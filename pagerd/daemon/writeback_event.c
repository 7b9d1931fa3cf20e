/* SPDX-License-Identifier: MIT */
#include "daemon/writeback_event.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "calendar/compose.h"
#include "calendar/shift.h"
#include "daemon/written.h"
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

msec override_event_until(const struct shift_list *list, const char *name,
                          const struct written *written)
{
    const struct shift *found = NULL;
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        if (!string_is(shift->event->file, name))
            continue;
        if (found != NULL)
            return 0;
        found = shift;
    }
    if (found == NULL || found->start_at != written->from_at || found->event->rule != NULL ||
        !string_is(found->event->summary, written->summary))
        return 0;
    if (found->event->users != NULL && !string_is(found->event->users, written->user))
        return 0;
    bool is_ours = found->end_at == written->until_at || found->end_at == written->wished_until_at;
    return is_ours ? found->end_at : 0;
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

void override_event_fill(struct written *written, const struct override *override,
                         const struct team *team, const char *name)
{
    bool has_note = override->note != NULL && override->note[0] != '\0';
    bool has_roles = team != NULL && team_has_several_roles(team);
    written->user = string_copy(override->user);
    written->summary = string_copy(name);
    written->description = string_format("by %s%s%s", override->by, has_note ? ", " : "",
                                         has_note ? override->note : "");
    written->categories = has_roles ? string_copy(role_name(override->role)) : NULL;
    written->from_at = override->from_at;
    written->until_at = override->until_at;
    override_event_round(&written->from_at, &written->until_at);
    written->wished_until_at = written->until_at;
    written->is_wanted = true;
}

void override_event_compose(struct text *text, const struct written *written, const char *instance,
                            const char *url, uint32_t sequence, msec now)
{
    struct span host = url_host(url);
    char mark[OVERRIDE_NAME_SIZE];
    snprintf(mark, sizeof(mark), "o%" PRIu64 "-%s", written->id, instance);
    char *uid = string_format(STEM "%s@%.*s", mark, (int)host.size, host.bytes);
    struct composed_event event = {.uid = uid,
                                   .start_at = written->from_at,
                                   .end_at = written->wished_until_at,
                                   .summary = written->summary,
                                   .description = written->description,
                                   .categories = written->categories,
                                   .users = written->user,
                                   .override = mark,
                                   .changed_at = now,
                                   .sequence = sequence,
                                   .is_free = true};
    calendar_compose(text, &(struct composed_calendar){.events = &event, .event_count = 1});
    free(uid);
}
