/* SPDX-License-Identifier: MIT */
#include "engine/override.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/duty.h"
#include "engine/entry.h"
#include "engine/handoff.h"
#include "engine/page.h"
#include "engine/sentence.h"
#include "engine/words.h"

#define OVERRIDE_KEEP_MS (30 * DAY_MS) /* one that is over stays visible that long */

/* Forgets those that are over for long. */
static void overrides_prune(struct work *work)
{
    struct engine *engine = work->engine;
    size_t kept = 0;
    for (size_t i = 0; i < engine->override_count; i++) {
        struct override *override = engine->overrides[i];
        bool is_old = override->until_at + OVERRIDE_KEEP_MS < work->now.wall_at;
        if (is_old && !is_listed(work, override->listed))
            override_free(override);
        else
            engine->overrides[kept++] = override;
    }
    engine->override_count = kept;
}

static void tell(struct work *work, const struct override *override, const char *actor,
                 const struct user *user, const struct user *instead_of, bool is_over)
{
    if (user == NULL || string_is(user->id, actor))
        return;
    CLEANUP(text_clear) struct text text = {0};
    const struct team *team = team_find(work->engine, override->team);
    const struct zone *zone = team != NULL && team->zone != NULL ? team->zone : work->policy->zone;
    const struct language *language = work->engine->language;
    const struct saying of_team = saying_text("team", override->team);
    const struct saying role = saying_role("role", override->role);
    const struct saying from = saying_time("from", zone, override->from_at);
    const struct saying until = saying_time("until", zone, override->until_at);
    const struct saying who = saying_text("who", override->user);
    const struct saying by = saying_text("by", actor);
    if (is_over)
        sentence_say(&text, language, SENTENCE_OVERRIDE_OVER, of_team, role, from, until,
                     saying_count("id", override->id), by);
    else if (instead_of != NULL)
        sentence_say(&text, language, SENTENCE_OVERRIDE_INSTEAD, of_team, role, from, until, who,
                     saying_text("instead", instead_of->id), by);
    else
        sentence_say(&text, language, SENTENCE_OVERRIDE, of_team, role, from, until, who, by);
    page_news(work, 0, user, PAGE_OVERRIDE, text_string(&text));
}

static bool add_is_valid(struct work *work, const struct event *event, const struct team *team,
                         struct answer *answer)
{
    if (policy_find_user(work->policy, event->actor) == NULL)
        return answer_set(answer, ANSWER_REFUSED, "only a known person makes an override");
    if (team == NULL)
        return answer_set(answer, ANSWER_NOT_FOUND, "no team \"%s\"", event->team);
    if (policy_find_user(work->policy, event->user) == NULL)
        return answer_set(answer, ANSWER_NOT_FOUND, "no user \"%s\"", event->user);
    if (event->role >= ROLE_COUNT || !duty_has_role(team, event->role))
        return answer_set(answer, ANSWER_INVALID, "team %s has no such role", team->id);
    if (event->until_at <= event->from_at || event->until_at <= work->now.wall_at)
        return answer_set(answer, ANSWER_INVALID, "it would end before it begins");
    return true;
}

const struct override *override_find(const struct engine *engine, const struct team *team,
                                     enum role role, msec at)
{
    const struct override *of_nobody = NULL;
    for (size_t i = engine->override_count; i > 0; i--) {
        const struct override *override = engine->overrides[i - 1];
        if (override->role != role || at < override->from_at || at >= override->until_at ||
            !string_is(override->team, team->id))
            continue;
        if (policy_find_user(engine->policy, override->user) != NULL)
            return override;
        if (of_nobody == NULL)
            of_nobody = override;
    }
    return of_nobody;
}

void override_take(struct engine *engine, struct override *override)
{
    if (engine->override_count == engine->override_room) {
        engine->override_room = engine->override_room == 0 ? 16 : engine->override_room * 2;
        engine->overrides =
            memory_grow(engine->overrides, engine->override_room, sizeof(struct override *));
    }
    size_t place = engine->override_count++;
    for (; place > 0 && engine->overrides[place - 1]->id > override->id; place--)
        engine->overrides[place] = engine->overrides[place - 1];
    engine->overrides[place] = override;
    if (override->id > engine->override_id)
        engine->override_id = override->id;
}

void override_add(struct work *work, const struct event *event, struct answer *answer)
{
    const struct team *team = team_find(work->engine, event->team);
    if (!add_is_valid(work, event, team, answer))
        return;
    overrides_prune(work);
    if (work->engine->override_count >= OVERRIDES_MAX) {
        answer_set(answer, ANSWER_FULL, "%d overrides are the limit", OVERRIDES_MAX);
        return;
    }
    msec from_at = event->from_at > 0 ? event->from_at : work->now.wall_at;
    struct duty before = {0};
    (void)duty_users(work->engine, team, event->role, from_at, &before);

    struct override *override = memory_new(1, sizeof *override);
    override->id = work->engine->override_id + 1;
    override->team = string_copy(team->id);
    override->role = event->role;
    override->user = string_copy(event->user);
    override->from_at = from_at;
    override->until_at = event->until_at;
    override->by = string_copy(event->actor);
    override->note = string_copy(event->text != NULL ? event->text : "");
    override_take(work->engine, override);
    save_override(work, override);

    const struct user *user = policy_find_user(work->policy, override->user);
    const struct user *instead_of = before.user_count > 0 ? before.users[0] : NULL;
    if (instead_of == user)
        instead_of = NULL;
    entry_add(work, 0, ENTRY_OVERRIDE, event->actor, "o%" PRIu64 ": %s %s is %s%s%s", override->id,
              team->id, role_name(event->role), user->id, instead_of != NULL ? " instead of " : "",
              instead_of != NULL ? instead_of->id : "");
    tell(work, override, event->actor, user, instead_of, false);
    tell(work, override, event->actor, instead_of, instead_of, false);
    answer->kind = ANSWER_DONE;
    answer->id = override->id;
    answer->user = instead_of != NULL ? instead_of->id : NULL;
    work->engine->is_cover_in_doubt = true;
    handoff_settle(work, team);
}

void override_end(struct work *work, const struct event *event, struct answer *answer)
{
    /* Somebody with the right to edit the calendar that it was written to did it there. */
    bool is_calendar = string_is(event->via, "calendar");
    if (!is_calendar && policy_find_user(work->policy, event->actor) == NULL) {
        answer_set(answer, ANSWER_REFUSED, "only a known person ends an override");
        return;
    }
    struct override *override = NULL;
    for (size_t i = 0; i < work->engine->override_count; i++) {
        if (work->engine->overrides[i]->id == event->id)
            override = work->engine->overrides[i];
    }
    if (override == NULL) {
        answer_set(answer, ANSWER_NOT_FOUND, "no override o%" PRIu64, event->id);
        return;
    }
    answer->id = override->id;
    if (override->is_ended || override->until_at <= work->now.wall_at) {
        answer->kind = ANSWER_ALREADY;
        return;
    }
    const struct user *user = policy_find_user(work->policy, override->user);
    tell(work, override, event->actor, user, NULL, true);
    override->is_ended = true;
    override->until_at =
        override->from_at < work->now.wall_at ? work->now.wall_at : override->from_at;
    save_override(work, override);

    const struct team *team = team_find(work->engine, override->team);
    struct duty after = {0};
    msec at = override->until_at;
    if (team != NULL && duty_users(work->engine, team, override->role, at, &after) &&
        after.user_count > 0 && after.users[0] != user)
        tell(work, override, event->actor, after.users[0], NULL, true);
    entry_add(work, 0, ENTRY_OVERRIDE_ENDED, event->actor, "o%" PRIu64 ": %s is not %s %s any more",
              override->id, override->user, override->team, role_name(override->role));
    answer->kind = ANSWER_DONE;
    work->engine->is_cover_in_doubt = true;
    if (team != NULL)
        handoff_settle(work, team);
}
