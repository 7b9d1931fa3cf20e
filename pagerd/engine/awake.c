/* SPDX-License-Identifier: MIT */
#include "engine/awake.h"

#include "base/text.h"
#include "engine/answer.h"
#include "engine/bundle.h"
#include "engine/canary.h"
#include "engine/entry.h"
#include "engine/handover.h"
#include "engine/words.h"

static uint16_t of_manner(const struct user *user, uint16_t contacts, unsigned manners)
{
    uint16_t found = 0;
    for (size_t i = 0; i < user->contact_count; i++) {
        if ((manners & (1U << user->contacts[i].manner)) != 0)
            found |= (uint16_t)(contacts & (1U << i));
    }
    return found;
}

uint16_t awake_contacts(const struct user *user, uint16_t of_step, uint16_t of_all)
{
    uint16_t push = of_manner(user, of_all, 1U << MANNER_PUSH);
    uint16_t silent = of_manner(user, of_step, ~(1U << MANNER_CALL));
    if (push != 0)
        return push;
    return silent != 0 ? silent : of_step;
}

bool awake_has(const struct work *work, const struct user *user, const struct notify_run *run)
{
    bool is_first = run->next_step == 0 && (run->kind == PAGE_ALERT || run->kind == PAGE_ESCALATED);
    return is_first && person_is_awake(person_find(work->engine, user->id), work->now.wall_at);
}

msec awake_due(const struct work *work, const struct incident *incident,
               const struct person *person)
{
    msec due_at = person->gathered_at + work->policy->awake.bundle_ms;
    bool is_urgent = incident->severity == SEVERITY_CRITICAL || person->gathered_at == 0;
    return is_urgent || due_at < work->now.steady_at ? work->now.steady_at : due_at;
}

void awake_acked(struct work *work, const struct user *user, const struct incident *incident)
{
    if (canary_is(incident))
        return;
    struct person *person = person_get(work->engine, user->id);
    msec until_at = work->now.wall_at + work->policy->awake.after_ack_ms;
    if (work->policy->awake.after_ack_ms == 0 || until_at <= person->awake_until_at)
        return;
    person->awake_until_at = until_at;
    save_person(work, person);
}

void awake_begin(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *user = answer_actor(work, event, answer);
    if (user == NULL)
        return;
    msec for_ms = event->for_ms != 0 ? event->for_ms : AWAKE_DEFAULT_MS;
    if (for_ms < 0 || for_ms > AWAKE_MAX_MS) {
        (void)answer_set(answer, ANSWER_INVALID, "nobody is awake for more than 12h");
        return;
    }
    struct person *person = person_get(work->engine, user->id);
    msec until_at = work->now.wall_at + for_ms;
    answer->user = user->id;
    answer->kind = ANSWER_ALREADY;
    if (until_at > person->awake_until_at) {
        CLEANUP(text_clear) struct text until = {0};
        person->awake_until_at = until_at;
        save_person(work, person);
        words_add_time(&until, zone_or_default(work, user->zone), until_at);
        entry_add(work, 0, ENTRY_AWAKE, user->id, "%s is awake until %s", user->id,
                  text_string(&until));
        answer->kind = ANSWER_DONE;
    }
    answer->at = person->awake_until_at;
}

void awake_end(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *user = answer_actor(work, event, answer);
    if (user == NULL)
        return;
    struct person *person = person_find(work->engine, user->id);
    answer->user = user->id;
    answer->kind = ANSWER_ALREADY;
    if (!person_is_awake(person, work->now.wall_at))
        return;
    person->awake_until_at = 0;
    entry_add(work, 0, ENTRY_AWAKE, user->id, "%s goes to sleep", user->id);
    bundle_flush(work, person);
    save_person(work, person);
    answer->kind = ANSWER_DONE;
}

void awake_clock_back(struct work *work, msec back_ms)
{
    size_t cursor = 0;
    struct person *person = NULL;
    while ((person = map_each(work->engine->people, &cursor, NULL)) != NULL) {
        if (person->awake_until_at == 0)
            continue;
        person->awake_until_at -= back_ms;
        save_person(work, person);
    }
}
