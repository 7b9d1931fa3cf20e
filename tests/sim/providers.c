/* SPDX-License-Identifier: MIT */
/* Providers and the courier: they fail, throttle, lie, are slow, die, and come back. */
#include "sim/actors.h"

#include <assert.h>

#include "base/text.h"

/* A page is under way for two minutes at most. After so many looks it dies without one. */
#define COURIER_LOOK_MS MINUTE_MS
#define COURIER_LOOKS 240

static const struct {
    const char *mode;
    bool is_lie;
    msec after_ms_max; /* its word comes up to that much later */
} ills[] = {
    {"fails", false, 0},
    {"retries", false, 0},
    {"hangs", false, 0},
    {"loses", false, 0},
    {"delivers", true, 0},
    {"delivers", false, 2 * MINUTE_MS},
    {"sends", false, HOUR_MS},
    {"fails", false, 10 * MINUTE_MS},
    {"retries", false, HOUR_MS},
    {"loses", false, 5 * MINUTE_MS},
    {"refuses", false, 0},
    {"refuses", false, 2 * MINUTE_MS},
    {"arrives", false, 10 * MINUTE_MS},
    {"arrives", true, 2 * MINUTE_MS},
    {"bounces", false, 10 * MINUTE_MS},
    {"swaps", false, 10 * MINUTE_MS},
};
static const char *const channels[] = {"sms",   "push",   "call",   "email",  "sms.1",
                                       "sms.2", "push.1", "push.2", "call.1", "email.1"};

/* Says it to the courier; a word about the same pages replaces the older one. */
static void set_habit(struct sim *sim, struct habit habit)
{
    size_t kept = 0;
    for (size_t i = 0; i < sim->habit_count; i++) {
        if (!string_is(sim->habits[i].user, habit.user) ||
            !string_is(sim->habits[i].channel, habit.channel))
            sim->habits[kept++] = sim->habits[i];
    }
    sim->habit_count = kept;
    if (sim->habit_count == SIM_HABITS_MAX)
        return;
    sim->habits[sim->habit_count++] = habit;
    char after[DURATION_TEXT_SIZE];
    if (habit.after_ms > 0)
        (void)sim_say(sim, "courier %s %s %s after %s", habit.mode, habit.user, habit.channel,
                      duration_render(habit.after_ms, after));
    else
        (void)sim_say(sim, "courier %s %s %s", habit.mode, habit.user, habit.channel);
}

/* "ann sms": the pages that it is about are in who and what. */
static void recovers(struct sim *sim, const struct plan *plan)
{
    set_habit(sim, (struct habit){.user = plan->who, .channel = plan->what, .mode = "sends"});
}

static void breaks(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    struct chance *chance = &sim->chance;
    size_t index = chance_below(chance, sizeof ills / sizeof *ills);
    struct habit habit = {
        .user = "*", .channel = "*", .mode = ills[index].mode, .is_lie = ills[index].is_lie};
    if (ills[index].after_ms_max > 0)
        habit.after_ms = chance_span(chance, SECOND_MS, ills[index].after_ms_max);
    size_t scope = chance_below(chance, 100);
    if (scope >= 10)
        habit.channel = CHOOSE(chance, channels);
    if (scope >= 60)
        habit.user = house_somebody(&sim->house, chance);
    set_habit(sim, habit);
    sim_plan(sim, chance_span(chance, 30 * SECOND_MS, 12 * HOUR_MS),
             (struct plan){
                 .act = recovers, .who = habit.user, .what = habit.channel, .is_outside = true});
}

static bool courier_has_page(const struct sim *sim)
{
    const struct engine *engine = sim->run.world->engine;
    const struct page *page;
    size_t cursor = 0;
    while (engine != NULL && (page = view_each_page(engine, &cursor)) != NULL)
        if (page->state == PAGE_SENDING)
            return true;
    return false;
}

/* Of one that has no page nobody sees that it died: it waits for one, for a while. */
static void courier_dies(struct sim *sim, const struct plan *plan)
{
    if (courier_has_page(sim) || plan->number == COURIER_LOOKS) {
        (void)sim_say(sim, "courier dies");
        return;
    }
    sim_plan(sim, COURIER_LOOK_MS, (struct plan){.act = courier_dies, .number = plan->number + 1});
}

static void courier_repeats(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    (void)sim_say(sim, "courier repeats");
}

void providers_begin(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    for (size_t i = chance_below(chance, 7); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim), (struct plan){.act = breaks, .is_outside = true});
    for (size_t i = chance_below(chance, 3); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim), (struct plan){.act = courier_dies});
    for (size_t i = chance_below(chance, 3); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim), (struct plan){.act = courier_repeats});
}

void providers_mend(struct sim *sim)
{
    for (size_t i = 0; i < sim->habit_count; i++) {
        struct habit *habit = &sim->habits[i];
        if (string_is(habit->mode, "sends") && habit->after_ms == 0)
            continue;
        *habit = (struct habit){.user = habit->user, .channel = habit->channel, .mode = "sends"};
        (void)sim_say(sim, "courier sends %s %s", habit->user, habit->channel);
    }
}
