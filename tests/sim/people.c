/* SPDX-License-Identifier: MIT */
/* People who are paged: they sleep, ack late, ack the wrong thing, forget, pass on, ignore. */
#include "sim/actors.h"

#include <inttypes.h>

#include "base/text.h"

static uint64_t some_incident(struct sim *sim)
{
    uint64_t last = sim->run.world->last_incident;
    return last == 0 ? 1 : 1 + chance_below(&sim->chance, (size_t)last + 1);
}

/* What one person does about one incident. */
static void deed(struct sim *sim, const struct plan *plan)
{
    if (sim_say(sim, "%s %s #%" PRIu64, plan->who, plan->what, plan->number))
        sim_again(sim, plan);
}

static void plan_deed(struct sim *sim, msec in_ms, const char *who, const char *what,
                      uint64_t number)
{
    sim_plan(sim, in_ms, (struct plan){.act = deed, .who = who, .what = what, .number = number});
}

/* What comes after an ack: it is solved, or undone, or forgotten, or put off. */
static void follow_up(struct sim *sim, const struct plan *plan)
{
    static const struct {
        const char *what;
        size_t weight;
        msec least_ms;
        msec most_ms;
    } ways[] = {
        {"resolves", 58, MINUTE_MS, 5 * HOUR_MS}, {"undoes", 10, 5 * SECOND_MS, 20 * MINUTE_MS},
        {"escalates", 3, MINUTE_MS, HOUR_MS},     {"notes", 4, MINUTE_MS, HOUR_MS},
        {"unsnoozes", 3, MINUTE_MS, HOUR_MS},
    };
    size_t dice = chance_below(&sim->chance, 100); /* else: forgotten */
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (dice < ways[i].weight) {
            plan_deed(sim, chance_span(&sim->chance, ways[i].least_ms, ways[i].most_ms), plan->who,
                      ways[i].what, plan->number);
            return;
        }
        dice -= ways[i].weight;
    }
}

static void acks(struct sim *sim, const struct plan *plan)
{
    if (sim_say(sim, "%s acknowledges #%" PRIu64, plan->who, plan->number))
        follow_up(sim, plan);
}

static const char *const ways_of_links[] = {"link sms", "link email"};

static void acks_by_link(struct sim *sim, const struct plan *plan)
{
    if (sim_say(sim, "%s acknowledges #%" PRIu64 " by \"%s\"", plan->who, plan->number,
                CHOOSE(&sim->chance, ways_of_links)))
        follow_up(sim, plan);
}

/* A scanner of mail that types numbers, or somebody who has got that person's old phone number. */
static void meddles(struct sim *sim, const struct plan *plan)
{
    static const char *const news[] = {"wrong", "spent", "disowned"};
    (void)sim_say(sim, "link %s \"%s\" %s #%" PRIu64, plan->who,
                  CHOOSE(&sim->chance, ways_of_links), CHOOSE(&sim->chance, news), plan->number);
}

static void takes(struct sim *sim, const struct plan *plan)
{
    if (sim_say(sim, "%s acknowledges #%" PRIu64 " take", plan->who, plan->number))
        follow_up(sim, plan);
}

static void acks_wrong(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s acknowledges #%" PRIu64, plan->who, some_incident(sim));
}

static void snoozes(struct sim *sim, const struct plan *plan)
{
    static const char *const ends[] = {"for 10m",     "for 1h",          "for 4h",
                                       "until 09:00", "until Mon 08:00", "until +25m"};
    if (!sim_say(sim, "%s snoozes #%" PRIu64 " %s", plan->who, plan->number,
                 CHOOSE(&sim->chance, ends)))
        return;
    if (chance_hits(&sim->chance, 25))
        plan_deed(sim, chance_span(&sim->chance, MINUTE_MS, 2 * HOUR_MS), plan->who, "unsnoozes",
                  plan->number);
    else
        follow_up(sim, plan);
}

static void reassigns(struct sim *sim, const struct plan *plan)
{
    static const char *const targets[] = {"role:primary", "role:secondary", "everyone"};
    const char *to = house_somebody(&sim->house, &sim->chance);
    if (chance_hits(&sim->chance, 30))
        to = CHOOSE(&sim->chance, targets);
    else if (chance_hits(&sim->chance, 10))
        to = arena_format(sim->arena, "team:%s", sim->house.teams[0].id);
    (void)sim_say(sim, "%s reassigns #%" PRIu64 " to %s \"you know it\"", plan->who, plan->number,
                  to);
}

static void waives(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s waives", plan->who);
}

static void ends_pause(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s ends-pause", plan->who);
}

/* Not me, for a while. */
static void pauses(struct sim *sim, const struct plan *plan)
{
    size_t minutes = chance_between(&sim->chance, 1, 250);
    if (!sim_say(sim, "%s pauses for %zum", plan->who, minutes))
        return;
    if (chance_hits(&sim->chance, 30))
        sim_plan(sim, chance_span(&sim->chance, MINUTE_MS, 4 * HOUR_MS),
                 (struct plan){.act = ends_pause, .who = plan->who});
}

static void goes_to_sleep(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s goes-to-sleep", plan->who);
}

static void is_awake(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s is-awake for %zum", plan->who, chance_between(&sim->chance, 1, 720));
    if (chance_hits(&sim->chance, 30))
        sim_plan(sim, chance_span(&sim->chance, MINUTE_MS, 4 * HOUR_MS),
                 (struct plan){.act = goes_to_sleep, .who = plan->who});
}

void people_rest(struct sim *sim, const char *who)
{
    struct plan plan = {.who = who};
    if (chance_hits(&sim->chance, 65))
        pauses(sim, &plan);
    else
        is_awake(sim, &plan);
}

static const struct {
    plan_act *act; /* NULL: what, as a deed */
    const char *what;
    size_t weight;
} reactions[] = {
    {acks, NULL, 35},       {acks_by_link, NULL, 18}, {NULL, "resolves", 12}, {snoozes, NULL, 8},
    {NULL, "escalates", 6}, {reassigns, NULL, 6},     {acks_wrong, NULL, 4},  {NULL, "notes", 3},
    {NULL, "undoes", 1},    {waives, NULL, 1},        {takes, NULL, 1},       {pauses, NULL, 3},
    {is_awake, NULL, 2},
};

static void react(struct sim *sim, const char *who, uint64_t number, msec in_ms)
{
    size_t dice = chance_below(&sim->chance, 100);
    for (size_t i = 0; i < sizeof reactions / sizeof *reactions; i++) {
        if (dice >= reactions[i].weight) {
            dice -= reactions[i].weight;
            continue;
        }
        sim_plan(sim, in_ms,
                 (struct plan){.act = reactions[i].act != NULL ? reactions[i].act : deed,
                               .who = who,
                               .what = reactions[i].what,
                               .number = number});
        return;
    }
}

static bool is_at_it(const struct sim *sim, const char *who, uint64_t number)
{
    for (size_t i = 0; i < sim->plan_count; i++) {
        const struct plan *plan = &sim->plans[i];
        if (plan->number == number && plan->who != NULL && string_is(plan->who, who))
            return true;
    }
    return false;
}

static bool is_night(const struct sim *sim, const struct zone *zone)
{
    int hour = zone_civil(zone, sim->run.world->now.wall_at).hour;
    return hour >= 23 || hour < 7;
}

static void hear_alarm(struct sim *sim, const struct house_person *person, uint64_t number)
{
    struct chance *chance = &sim->chance;
    if (chance_hits(chance, 2))
        sim_plan(sim, chance_span(chance, SECOND_MS, 15 * MINUTE_MS),
                 (struct plan){.act = meddles, .who = person->id, .number = number});
    if (is_at_it(sim, person->id, number) && chance_hits(chance, 90))
        return;
    if (person->is_sleeper && is_night(sim, person->zone) && chance_hits(chance, 60))
        return;
    if (!chance_hits(chance, person->diligence))
        return;
    static const msec waits[] = {0, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS};
    msec most_ms = chance_hits(chance, 15) ? 6 * HOUR_MS : 12 * MINUTE_MS;
    msec in_ms = chance_span(chance, 3 * SECOND_MS, most_ms);
    if (chance_hits(chance, 8)) /* at the very moment at which the walk goes on */
        in_ms = CHOOSE(chance, waits);
    react(sim, person->id, number, in_ms);
}

/* Somebody else has it already; now and then one acks it all the same, or takes it over. */
static void hear_news(struct sim *sim, const struct house_person *person,
                      const struct world_page *page)
{
    struct chance *chance = &sim->chance;
    struct plan plan = {.who = person->id, .number = page->incident};
    if (page->kind == PAGE_REST && chance_hits(chance, 15))
        plan.act = waives;
    else if (page->kind == PAGE_ACKED && chance_hits(chance, 12))
        plan.act = chance_hits(chance, 50) ? acks : takes;
    else if ((page->kind == PAGE_RESOLVED || page->kind == PAGE_CLEARED) && chance_hits(chance, 5))
        plan.act = acks;
    if (plan.act != NULL)
        sim_plan(sim, chance_span(chance, SECOND_MS, 30 * MINUTE_MS), plan);
}

void people_hear(struct sim *sim, const struct world_page *page)
{
    const struct house_person *person = house_find(&sim->house, page->user);
    if (person == NULL)
        return;
    if (page_is_alarm(page->kind))
        hear_alarm(sim, person, page->incident);
    else
        hear_news(sim, person, page);
}
