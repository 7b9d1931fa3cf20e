/* SPDX-License-Identifier: MIT */
/* Monitoring systems: they repeat, reorder, flap, storm, and forget to clear. */
#include "sim/actors.h"

#include <inttypes.h>

#include "base/text.h"

static const char *const severities[] = {"critical", "critical", "critical", "error",
                                         "warning",  "warning",  "info"};
static const char *const integrations[] = {"monitor", "prom", "icinga"};

/* "db key=k3 from=prom severity=error" */
static const char *some_problem(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    const char *team = sim->house.teams[chance_below(chance, sim->house.team_count)].id;
    if (chance_hits(chance, 2))
        team = "gone";
    else if (chance_hits(chance, 15))
        team = "-"; /* by the routes */
    return arena_format(sim->arena, "%s key=k%zu from=%s severity=%s host=h%zu", team,
                        chance_below(chance, 8), CHOOSE(chance, integrations),
                        CHOOSE(chance, severities), chance_below(chance, 3));
}

static void alert(struct sim *sim, const struct plan *plan)
{
    if (sim_say(sim, "alert %s \"it is broken\"", plan->what))
        sim_again(sim, &(struct plan){.act = alert, .what = plan->what});
}

static void clear(struct sim *sim, const struct plan *plan)
{
    if (sim_say(sim, "clear %s", plan->what))
        sim_again(sim, &(struct plan){.act = clear, .what = plan->what});
}

static void note(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "source-note %s \"disk 97 percent\"", plan->what);
}

/* It ends some day, most often. */
static void clear_later(struct sim *sim, const char *what, msec least_ms, msec most_ms)
{
    struct plan plan = {.act = clear, .what = what};
    if (chance_hits(&sim->chance, 88))
        sim_plan(sim, chance_span(&sim->chance, least_ms, most_ms), plan);
}

/* The same again and again until it clears. */
static void repeats(struct sim *sim, const struct plan *plan)
{
    struct plan next = *plan;
    alert(sim, plan);
    if (chance_hits(&sim->chance, 10))
        note(sim, plan);
    if (next.number-- > 0)
        sim_plan(sim, chance_span(&sim->chance, MINUTE_MS, 30 * MINUTE_MS), next);
    else
        clear_later(sim, plan->what, MINUTE_MS, 4 * HOUR_MS);
}

static void once(struct sim *sim, const struct plan *plan)
{
    alert(sim, plan);
    clear_later(sim, plan->what, 10 * SECOND_MS, 9 * HOUR_MS);
}

static void flaps(struct sim *sim, const struct plan *plan)
{
    struct plan next = *plan;
    if (next.number % 2 == 0)
        alert(sim, plan);
    else
        clear(sim, plan);
    if (next.number-- > 0)
        sim_plan(sim, chance_span(&sim->chance, 5 * SECOND_MS, 15 * MINUTE_MS), next);
    else
        clear_later(sim, plan->what, MINUTE_MS, HOUR_MS);
}

/* The end overtakes the beginning, and comes twice, and late. */
static void reorders(struct sim *sim, const struct plan *plan)
{
    clear(sim, plan);
    struct plan late = {.act = alert, .what = plan->what};
    sim_plan(sim, chance_span(&sim->chance, SECOND_MS, MINUTE_MS), late);
    clear_later(sim, plan->what, SECOND_MS, 2 * MINUTE_MS);
    clear_later(sim, plan->what, HOUR_MS, 8 * HOUR_MS);
}

/* Says until when it fires, and repeats it in time, or too late; at last it only stops to, or says
 * an end that is past, again and again. */
static void expires(struct sim *sim, const struct plan *plan)
{
    struct plan next = *plan;
    bool is_over = plan->number < 3;
    if (plan->number == 0 && chance_hits(&sim->chance, 40))
        return;
    const char *end = is_over ? chance_hits(&sim->chance, 70) ? "00:01" : "-30s" : "+4m";
    alert(sim, &(struct plan){.what = arena_format(sim->arena, "%s ends=%s", plan->what, end)});
    if (next.number-- > 0)
        sim_plan(sim, chance_span(&sim->chance, 30 * SECOND_MS, 6 * MINUTE_MS), next);
}

/* Two of them tell the same; the second one's copy comes when the first has said that it is over.
 */
static void copies(struct sim *sim, const struct plan *plan)
{
    const char *what = arena_format(sim->arena, "%s since=01:00", plan->what);
    struct plan copy = {.act = alert, .what = what};
    alert(sim, &copy);
    sim_plan(sim, chance_span(&sim->chance, SECOND_MS, 8 * MINUTE_MS), copy);
    clear_later(sim, plan->what, SECOND_MS, 6 * MINUTE_MS);
    clear_later(sim, plan->what, HOUR_MS, 2 * HOUR_MS);
}

/* Everything at once, and the next one when that one is out. */
static void storms(struct sim *sim, const struct plan *plan)
{
    size_t count = chance_between(&sim->chance, 5, 40);
    for (size_t i = 0; i < count; i++) {
        const char *what = arena_format(sim->arena, "%s host=h%zu", plan->what, i);
        struct plan one = {.act = alert, .what = what};
        if (chance_hits(&sim->chance, 60)) {
            const char *team = sim->house.teams[0].id;
            one.what = what = arena_format(sim->arena, "%s key=storm%zu", team, i);
        }
        sim_plan(sim, chance_span(&sim->chance, SECOND_MS, MINUTE_MS), one);
        clear_later(sim, what, 2 * MINUTE_MS, 3 * HOUR_MS);
    }
}

/* Without a key each is its own and no source ever clears it. */
static void keyless(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    const char *team = sim->house.teams[chance_below(&sim->chance, sim->house.team_count)].id;
    (void)sim_say(sim, "alert %s key= severity=%s \"by hand\"", team,
                  CHOOSE(&sim->chance, severities));
}

static void beats(struct sim *sim, const struct plan *plan)
{
    static const char *const words[] = {"", "", "", "", "", "start", "fail \"it broke\"", "log"};
    struct plan next = *plan;
    if (!chance_hits(&sim->chance, 25)) /* now and then it is silent for a while */
        (void)sim_say(sim, "beat %s %s", plan->what, CHOOSE(&sim->chance, words));
    if (next.number-- > 0)
        sim_plan(sim, chance_span(&sim->chance, 5 * MINUTE_MS, 80 * MINUTE_MS), next);
    else if (chance_hits(&sim->chance, 40))
        (void)sim_say(sim, "mia removes-heartbeat %s", plan->what);
}

/* A job that is expected every hour. */
static void heartbeat(struct sim *sim, const struct plan *plan)
{
    const char *team = sim->house.teams[chance_below(&sim->chance, sim->house.team_count)].id;
    const char *name = arena_format(sim->arena, "job%" PRIu64, ++sim->heartbeats_made);
    struct plan next = {.act = beats, .what = name, .number = plan->number + 5};
    if (sim_say(sim, "mia adds-heartbeat %s %s every %zum grace %zum severity=%s", name, team,
                chance_between(&sim->chance, 20, 90), chance_between(&sim->chance, 1, 30),
                CHOOSE(&sim->chance, severities)))
        sim_plan(sim, chance_span(&sim->chance, MINUTE_MS, HOUR_MS), next);
}

/* Its people do there what they could do here: ack, take that back, ack again. */
static void acked_there(struct sim *sim, const struct plan *plan)
{
    struct plan next = *plan;
    const char *who = sim->house.people[chance_below(&sim->chance, sim->house.people_count)].id;
    if (plan->number % 2 == 0)
        (void)sim_say(sim, "source-ack %s by=%s", plan->what, who);
    else
        (void)sim_say(sim, "source-unack %s", plan->what);
    if (next.number-- > 0)
        sim_plan(sim, chance_span(&sim->chance, SECOND_MS, 30 * MINUTE_MS), next);
}

static void works_there(struct sim *sim, const struct plan *plan)
{
    struct plan next = {.act = acked_there, .what = plan->what, .number = plan->number};
    alert(sim, plan);
    sim_plan(sim, chance_span(&sim->chance, SECOND_MS, 20 * MINUTE_MS), next);
    clear_later(sim, plan->what, MINUTE_MS, 4 * HOUR_MS);
}

static const struct {
    plan_act *act;
    size_t weight;
    size_t counter_max;
} manners[] = {
    {repeats, 25, 6}, {once, 28, 0},     {flaps, 12, 9}, {reorders, 10, 0},  {storms, 3, 0},
    {keyless, 7, 0},  {expires, 10, 12}, {copies, 5, 0}, {heartbeat, 8, 30}, {works_there, 8, 5},
};

static void begin_one(struct sim *sim, size_t dice, msec in_ms)
{
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        if (dice >= manners[i].weight) {
            dice -= manners[i].weight;
            continue;
        }
        struct plan plan = {.act = manners[i].act, .what = some_problem(sim)};
        plan.number = chance_below(&sim->chance, manners[i].counter_max + 1);
        sim_plan(sim, in_ms, plan);
        return;
    }
}

void sources_begin(struct sim *sim)
{
    size_t count = chance_between(&sim->chance, 3, 13);
    for (size_t i = 0; i < count; i++)
        begin_one(sim, chance_below(&sim->chance, 116), sim_sometime(sim));
}

void sources_trouble(struct sim *sim, msec within_ms)
{
    for (size_t i = chance_between(&sim->chance, 1, 4); i > 0; i--)
        begin_one(sim, chance_below(&sim->chance, 116),
                  chance_span(&sim->chance, SECOND_MS, within_ms));
}
