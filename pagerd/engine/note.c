/* SPDX-License-Identifier: MIT */
/* note.c - what people write into the timeline of an incident. */
#include <inttypes.h>
#include <string.h>

#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/incident.h"

void incident_note(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    if (actor == NULL)
        return;
    struct incident *incident = incident_find(work->engine, event->incident);
    if (incident == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no such incident");
        return;
    }
    answer->incident = incident->number;
    if (event->text == NULL || event->text[0] == '\0' || strlen(event->text) > NOTE_MAX) {
        (void)answer_set(answer, ANSWER_INVALID, "a note has 1 to %d bytes", NOTE_MAX);
        return;
    }
    entry_add(work, incident->number, ENTRY_NOTE, actor->id, "%s", event->text);
    (void)set_words(&incident_handle(incident)->remedy, event->text);
    save_incident(work, incident);
    answer->kind = ANSWER_DONE;
}
