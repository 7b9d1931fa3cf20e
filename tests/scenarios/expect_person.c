/* SPDX-License-Identifier: MIT */
#include "scenarios/expect_person.h"

#include <string.h>

#include "base/text.h"

/* rest USER [until TIME] [because "text"] */
bool expect_rest(struct world *world, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    const struct person *person = view_person(world->engine, user);
    if (!person_is_resting(person, world->now.wall_at))
        return fault_set(fault, FAULT_CONFLICT, "%s does not rest", user);
    if (words_take(words, "until")) {
        msec at = 0;
        char until[INSTANT_TEXT_SIZE];
        if (!words_take_time(words, world->setup.zone, world->now.wall_at, &at, fault))
            return false;
        if (person->rest_until_at != at)
            return fault_set(fault, FAULT_CONFLICT, "%s rests until %s", user,
                             instant_render(person->rest_until_at, until));
    }
    if (words_take(words, "because")) {
        const char *text = words_next(words);
        if (text == NULL || strstr(person->rest_because, text) == NULL)
            return fault_set(fault, FAULT_CONFLICT, "because: %s", person->rest_because);
    }
    return true;
}

bool expect_no_rest(struct world *world, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    const struct person *person = view_person(world->engine, user);
    return !person_is_resting(person, world->now.wall_at) ||
           fault_set(fault, FAULT_CONFLICT, "%s rests: %s", user, person->rest_because);
}

/* cover USER TEAM ROLE WHO: what `pagectl recovery` shows */
bool expect_cover(struct world *world, struct words *words, struct fault *fault)
{
    const struct team *team = NULL;
    const struct user *cover = NULL;
    enum role role = ROLE_COUNT;
    const char *user = words_next(words);
    const char *who = words_next(words);
    if (!view_cover(world->engine, user, world->now.wall_at, &team, &role, &cover))
        return fault_set(fault, FAULT_CONFLICT, "nobody covers for %s", user);
    return string_is(cover->id, who) ||
           fault_set(fault, FAULT_CONFLICT, "%s covers for %s", cover->id, user);
}

/* [until TIME] */
static bool until_fits(const struct world *world, struct words *words, msec until_at,
                       struct fault *fault)
{
    char until[INSTANT_TEXT_SIZE];
    msec at = 0;
    if (!words_take(words, "until"))
        return true;
    if (!words_take_time(words, world->setup.zone, world->now.wall_at, &at, fault))
        return false;
    return until_at == at ||
           fault_set(fault, FAULT_CONFLICT, "it is until %s", instant_render(until_at, until));
}

/* paused USER [until TIME] [by WHO]: who stands in */
bool expect_paused(struct world *world, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    const struct person *person = view_person(world->engine, user);
    const struct team *team = NULL;
    const struct user *cover = NULL;
    enum role role = ROLE_COUNT;
    if (!person_is_paused(person, world->now.wall_at))
        return fault_set(fault, FAULT_CONFLICT, "%s has not paused", user);
    if (!until_fits(world, words, person->pause_until_at, fault))
        return false;
    if (!words_take(words, "by"))
        return true;
    bool is_covered =
        view_pause_cover(world->engine, user, world->now.wall_at, &team, &role, &cover);
    const char *who = words_next(words);
    return string_is(is_covered ? cover->id : "nobody", who) ||
           fault_set(fault, FAULT_CONFLICT, "%s stands in for %s",
                     is_covered ? cover->id : "nobody", user);
}

bool expect_no_pause(struct world *world, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    return !person_is_paused(view_person(world->engine, user), world->now.wall_at) ||
           fault_set(fault, FAULT_CONFLICT, "%s has paused", user);
}

/* awake USER [until TIME] */
bool expect_awake(struct world *world, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    const struct person *person = view_person(world->engine, user);
    if (!person_is_awake(person, world->now.wall_at))
        return fault_set(fault, FAULT_CONFLICT, "%s is not awake", user);
    return until_fits(world, words, person->awake_until_at, fault);
}

bool expect_asleep(struct world *world, struct words *words, struct fault *fault)
{
    const char *user = words_next(words);
    return !person_is_awake(view_person(world->engine, user), world->now.wall_at) ||
           fault_set(fault, FAULT_CONFLICT, "%s is awake", user);
}
