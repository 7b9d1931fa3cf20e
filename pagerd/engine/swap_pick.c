/* SPDX-License-Identifier: MIT */
/* swap_pick.c - which part of a shift a wish means, and who can be asked to take it. */
#include <assert.h>

#include "base/text.h"
#include "engine/duty_pick.h"
#include "engine/handoff.h"
#include "engine/swap.h"

#define SPANS_MAX 5000 /* shifts of one role that are looked at for the hours at weekends */
#define ROW_STEPS_MAX 16

static const char *const bars[SWAP_BAR_COUNT] = {
    [SWAP_BAR_NONE] = "",
    [SWAP_BAR_UNREACHED] = "cannot be reached",
    [SWAP_BAR_AWAY] = "is away",
    [SWAP_BAR_RESTS] = "rests",
    [SWAP_BAR_ON_CALL] = "is on call then",
    [SWAP_BAR_ROW] = "would be on call for more than 14 days in a row",
};

static bool span_has(const struct shift_span *span, const struct user *user)
{
    for (size_t i = 0; i < span->user_count; i++) {
        if (span->users[i] == user)
            return true;
    }
    return false;
}

static bool is_away(const struct engine *engine, const struct user *user, msec from_at,
                    msec until_at)
{
    const struct absence *next = NULL;
    return roster_absence(engine->roster, user->id, from_at, &next) != NULL ||
           (next != NULL && next->start_at < until_at);
}

static bool has_role(const struct engine *engine, const struct team *team, enum role role,
                     const struct user *user, msec from_at, msec until_at)
{
    struct shift_span span;
    if (string_is(team->roles[role].user, user->id))
        return true;
    for (int i = 0; i < HANDOFF_STEPS_MAX && from_at < until_at; i++) {
        if (!shift_find(engine, team, role, from_at, &span))
            return false;
        if (span_has(&span, user))
            return true;
        from_at = span.until_at;
    }
    return false;
}

static bool is_on_call(const struct engine *engine, const struct user *user, msec from_at,
                       msec until_at)
{
    const struct policy *policy = engine->policy;
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT; i++) {
        if (has_role(engine, &policy->teams[i / ROLE_COUNT], (enum role)(i % ROLE_COUNT), user,
                     from_at, until_at))
            return true;
    }
    return false;
}

/* The other end of the shift of any role that the user has at that instant; `at` when there is
 * none. */
static msec row_end(const struct engine *engine, const struct user *user, msec at, bool is_back)
{
    const struct policy *policy = engine->policy;
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT; i++) {
        struct shift_span span;
        const struct team *team = &policy->teams[i / ROLE_COUNT];
        if (shift_find(engine, team, (enum role)(i % ROLE_COUNT), is_back ? at - 1 : at, &span) &&
            span_has(&span, user))
            return is_back ? span.from_at : span.until_at;
    }
    return at;
}

/* On call for too long without a break, with that part between the shifts around it? */
static bool is_too_long(const struct engine *engine, const struct user *user, msec from_at,
                        msec until_at)
{
    msec first_at = from_at;
    msec last_at = until_at;
    for (int i = 0; i < ROW_STEPS_MAX && last_at != MSEC_NEVER; i++) {
        first_at = row_end(engine, user, first_at, true);
        last_at = row_end(engine, user, last_at, false);
    }
    bool is_alone = first_at == from_at && last_at == until_at;
    return !is_alone && (last_at == MSEC_NEVER || last_at - first_at > SWAP_ROW_MS);
}

static enum swap_bar bar_find(const struct engine *engine, const struct user *user, msec from_at,
                              msec until_at)
{
    const struct person *person = person_find(engine, user->id);
    if (user->contact_count == 0)
        return SWAP_BAR_UNREACHED;
    if (is_away(engine, user, from_at, until_at))
        return SWAP_BAR_AWAY;
    if (person != NULL && person->rest_until_at > from_at && person->rest_from_at < until_at)
        return SWAP_BAR_RESTS;
    if (is_on_call(engine, user, from_at, until_at))
        return SWAP_BAR_ON_CALL;
    return is_too_long(engine, user, from_at, until_at) ? SWAP_BAR_ROW : SWAP_BAR_NONE;
}

/* What of [from_at, until_at) lies on a Saturday or Sunday of that zone. */
static msec weekend_ms(const struct zone *zone, msec from_at, msec until_at)
{
    msec sum_ms = 0;
    msec local = zone_local(zone, from_at);
    msec day = local - ((local % DAY_MS) + DAY_MS) % DAY_MS;
    for (; zone_utc(zone, day, NULL) < until_at; day += DAY_MS) {
        int weekday = civil_weekday(day / DAY_MS);
        msec start_at = zone_utc(zone, day, NULL);
        msec end_at = zone_utc(zone, day + DAY_MS, NULL);
        if (weekday < 5)
            continue;
        start_at = start_at > from_at ? start_at : from_at;
        end_at = end_at < until_at ? end_at : until_at;
        sum_ms += end_at > start_at ? end_at - start_at : 0;
    }
    return sum_ms;
}

/* Adds the weekends of one role to those who had it. */
static void weekends_add(const struct engine *engine, const struct team *team, enum role role,
                         msec from_at, msec until_at, struct swap_candidate *candidates,
                         size_t count)
{
    struct shift_span span;
    const struct rota *rota = rota_of(engine, &team->roles[role]);
    if (rota != NULL && rota->from_at > from_at)
        from_at = rota->from_at;
    for (int i = 0; i < SPANS_MAX && from_at < until_at; i++) {
        if (!shift_find(engine, team, role, from_at, &span))
            return;
        msec end_at = span.until_at < until_at ? span.until_at : until_at;
        for (size_t j = 0; j < count; j++) {
            const struct zone *zone = candidates[j].user->zone;
            if (span_has(&span, candidates[j].user))
                candidates[j].weekend_ms +=
                    weekend_ms(zone != NULL ? zone : engine->policy->zone, from_at, end_at);
        }
        from_at = end_at;
    }
}

size_t view_swap_candidates(const struct engine *engine, const struct team *team,
                            const struct user *user, msec now_at, msec from_at, msec until_at,
                            struct swap_candidate *candidates)
{
    const struct policy *policy = engine->policy;
    size_t count = 0;
    for (size_t i = 0; i < team->member_count && count < SWAP_ASKED_MAX; i++) {
        const struct user *member = policy_find_user(policy, team->members[i]);
        if (member == NULL || member == user)
            continue;
        msec begin_at = from_at > now_at ? from_at : now_at;
        candidates[count++] = (struct swap_candidate){
            .user = member, .bar = bar_find(engine, member, begin_at, until_at)};
    }
    for (size_t i = 0; i < policy->team_count * ROLE_COUNT; i++)
        weekends_add(engine, &policy->teams[i / ROLE_COUNT], (enum role)(i % ROLE_COUNT),
                     from_at - SWAP_WEEKENDS_MS, from_at, candidates, count);
    return count;
}

/* The event of the calendar that holds `at` ends there; without one, what is over all events. */
static msec slot_end(const struct engine *engine, const struct team *team, enum role role, msec at,
                     const struct shift_span *span)
{
    struct pick pick = pick_by_rota(engine, team, role, at);
    if (pick.segment != NULL && pick.segment->end_at < span->until_at)
        return pick.segment->end_at;
    return span->until_at;
}

/* The first event of the user that begins on the day that begins at `day_at`, or 0. */
static msec slot_of_day(const struct engine *engine, const struct team *team, enum role role,
                        const struct user *user, msec day_at)
{
    const struct rota *rota = rota_of(engine, &team->roles[role]);
    const struct segment *next = NULL;
    msec at = day_at - 1;
    for (int i = 0; rota != NULL && i < HANDOFF_STEPS_MAX; i++) {
        (void)rota_find(rota, at, &next);
        if (next == NULL || next->start_at >= day_at + DAY_MS)
            return 0;
        at = next->start_at;
        struct pick pick = pick_by_rota(engine, team, role, at);
        if (pick_has(&pick, user))
            return at;
    }
    return 0;
}

bool view_swap_part(const struct engine *engine, const struct team *team, enum role role,
                    const struct user *user, bool is_day, msec *from_at, msec *until_at)
{
    struct shift_span span;
    msec day_at = *from_at;
    msec slot_at = is_day ? slot_of_day(engine, team, role, user, day_at) : 0;
    if (slot_at != 0)
        *from_at = slot_at;
    if (!shift_find(engine, team, role, *from_at, &span) || !span_has(&span, user))
        return false;
    bool is_rest_of_day = is_day && slot_at == 0;
    msec end_at = is_rest_of_day ? day_at + DAY_MS : slot_end(engine, team, role, *from_at, &span);
    if (*until_at == 0 || *until_at > span.until_at)
        *until_at = *until_at == 0 && end_at < span.until_at ? end_at : span.until_at;
    return *until_at != MSEC_NEVER && *until_at > *from_at;
}

const char *swap_bar_words(enum swap_bar bar)
{
    assert(bar < SWAP_BAR_COUNT);
    return bars[bar];
}
