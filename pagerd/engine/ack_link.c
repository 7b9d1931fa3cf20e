/* SPDX-License-Identifier: MIT */
#include "engine/ack_link.h"

#include <assert.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/incident.h"
#include "engine/run.h"
#include "engine/words.h"

static void tell(struct work *work, const struct event *event, const struct incident *incident)
{
    static const char *const stories[LINK_NEWS_COUNT] = {
        [LINK_WRONG] = "was given another number than its message has: nothing was done",
        [LINK_SPENT] = "was given wrong numbers, and acts no more",
        [LINK_DISOWNED] = "was opened by somebody else, who said so: it acts no more",
    };
    assert(event->link < LINK_NEWS_COUNT);
    CLEANUP(text_clear) struct text way = {0};
    words_add_via(&way, event->via);
    entry_add(work, incident->number, ENTRY_LINK, NULL, "the %s link of %s %s", text_string(&way),
              event->user, stories[event->link]);
}

/* It did not reach whom it was for. */
static void page_on(struct work *work, struct incident *incident, const char *user)
{
    if (!incident_is_waiting(incident) || run_page_next(work, incident, user))
        return;
    bool is_walking = incident->walk.due_at != MSEC_NEVER && incident->walk.round > 0;
    if (is_walking)
        escalation_advance(work, incident, NULL);
}

void ack_link_event(struct work *work, const struct event *event, struct answer *answer)
{
    struct incident *incident = incident_of_event(work, event, answer);
    if (incident == NULL)
        return;
    const struct user *user = policy_find_user(work->policy, event->user);
    if (user == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no such user");
        return;
    }
    answer->kind = ANSWER_DONE;
    tell(work, event, incident);
    if (event->link == LINK_WRONG)
        return;
    /* Who had the link may have put it off. That is not kept, so it is rather paged than believed.
     */
    bool is_put_off = event->link == LINK_DISOWNED && incident->state == INCIDENT_SNOOZED &&
                      string_is(incident->handling->snoozed_by, user->id);
    if (is_put_off) {
        entry_add(work, incident->number, ENTRY_WOKEN, NULL, "the snooze of %s is undone",
                  user->id);
        incident_trigger_again(work, incident, CAUSE_WAKE);
        return;
    }
    bool is_acked_by_it = event->link == LINK_DISOWNED &&
                          incident->state == INCIDENT_ACKNOWLEDGED &&
                          string_is(incident->handling->acknowledged_by, user->id) &&
                          string_is(incident->handling->acknowledged_via, event->via);
    if (!is_acked_by_it) {
        page_on(work, incident, user->id);
        return;
    }
    entry_add(work, incident->number, ENTRY_UNACKNOWLEDGED, NULL, "the ack of %s is undone",
              user->id);
    incident_trigger_again(work, incident, CAUSE_UNACKNOWLEDGE);
}
