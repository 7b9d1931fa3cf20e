/* SPDX-License-Identifier: MIT */
#include "sim/sim.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/actors.h"

#define NODES_EVERY 4 /* lives: of several machines */
#define ALONE_EVERY 3 /* of these: nodes that do not hear each other */
#define PREFIX_SIZE 3 /* "a: " */

const char *const figure_names[FIGURE_COUNT] = {
    [FIGURE_SECONDS] = "simulated_hours",
    [FIGURE_SEEDS] = "seeds",
    [FIGURE_CLAUSES] = "clauses",
    [FIGURE_ALERTS] = "alerts",
    [FIGURE_PAGES] = "pages",
    [FIGURE_ACKS] = "acks",
    [FIGURE_CRASHES] = "crashes",
    [FIGURE_CLOCK_STEPS] = "clock_steps",
    [FIGURE_DISK_FAULTS] = "disk_faults",
    [FIGURE_PROVIDER_FAULTS] = "provider_faults",
    [FIGURE_RELOADS] = "reloads",
    [FIGURE_DST_SEEDS] = "dst_seeds",
    [FIGURE_NODES_SEEDS] = "seeds_of_several_nodes",
    [FIGURE_TAKEOVERS] = "takeovers",
    [FIGURE_STRAYS] = "strays",
    [FIGURE_STEPS] = "steps",
};

/* Which words of a clause count as what. */
static const struct {
    size_t word; /* 0: the first */
    const char *text;
    enum figure figure;
} counted[] = {
    {0, "alert", FIGURE_ALERTS},     {1, "acknowledges", FIGURE_ACKS},
    {0, "crash", FIGURE_CRASHES},    {0, "clock", FIGURE_CLOCK_STEPS},
    {0, "disk", FIGURE_DISK_FAULTS}, {0, "courier", FIGURE_PROVIDER_FAULTS},
    {0, "change", FIGURE_RELOADS},
};

static void count_clause(struct sim *sim, const char *text)
{
    if (cluster_is_prefix((char[]){text[0], text[1], '\0'}))
        text += PREFIX_SIZE;
    const char *second = strchr(text, ' ');
    const char *starts[] = {text, second != NULL ? second + 1 : ""};
    sim->figures.values[FIGURE_CLAUSES]++;
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
        const char *start = starts[counted[i].word];
        size_t size = strlen(counted[i].text);
        if (strncmp(start, counted[i].text, size) == 0 &&
            (start[size] == ' ' || start[size] == '\0'))
            sim->figures.values[counted[i].figure]++;
    }
}

bool sim_is_up(const struct sim *sim)
{
    return sim->run.world->engine != NULL || sim->run.world->cluster != NULL;
}

/* "sms" is any provider of it. */
static bool is_of(const char *wanted, const char *channel, bool is_second)
{
    size_t size = strlen(channel);
    if (string_is(wanted, "*") || string_is(wanted, channel))
        return true;
    return strncmp(wanted, channel, size) == 0 && string_is(wanted + size, is_second ? ".2" : ".1");
}

bool sim_arrives(struct sim *sim, const char *user, const char *channel, bool is_second)
{
    for (size_t i = sim->habit_count; i > 0; i--) {
        const struct habit *habit = &sim->habits[i - 1];
        if ((!string_is(habit->user, "*") && !string_is(habit->user, user)) ||
            !is_of(habit->channel, channel, is_second))
            continue;
        if (string_is(habit->mode, "loses"))
            return chance_hits(&sim->chance, 50);
        return !habit->is_lie &&
               (string_is(habit->mode, "sends") || string_is(habit->mode, "delivers") ||
                string_is(habit->mode, "arrives") || string_is(habit->mode, "swaps"));
    }
    return true;
}

/* Somebody looks at what the moment brought. */
static void look(struct sim *sim)
{
    const struct world *world = sim->run.world;
    for (size_t i = 0; i < world->page_count; i++) {
        const struct world_page *page = &world->pages[i];
        bool is_there = sim_arrives(sim, page->user, page->channel, page->is_second);
        if (page->kind == PAGE_VERIFY || page->kind == PAGE_TEST)
            proofs_hear(sim, page, is_there);
        else if (is_there)
            people_hear(sim, page);
    }
    if (world->cluster != NULL)
        machines_revive(sim);
    else if (world->engine == NULL)
        nature_revive(sim);
}

void sim_plan(struct sim *sim, msec in_ms, struct plan plan)
{
    if (sim->plan_count == SIM_PLANS_MAX)
        return;
    msec at = sim->run.world->now.steady_at + in_ms;
    plan.at = (at + SECOND_MS - 1) / SECOND_MS * SECOND_MS;
    plan.order = ++sim->plan_order;
    if (plan.at < sim->quiet_at)
        sim->plans[sim->plan_count++] = plan;
}

msec sim_sometime(struct sim *sim)
{
    msec left_ms = sim->quiet_at - HOUR_MS - sim->run.world->now.steady_at;
    if (left_ms < SECOND_MS)
        return 0;
    return (msec)(chance_next(&sim->chance) % (uint64_t)left_ms);
}

msec sim_sometime_near(struct sim *sim)
{
    if (sim->plan_count == 0 || chance_hits(&sim->chance, 30))
        return sim_sometime(sim);
    const struct plan *plan = &sim->plans[chance_below(&sim->chance, sim->plan_count)];
    return plan->at - sim->run.world->now.steady_at +
           chance_span(&sim->chance, SECOND_MS, 40 * MINUTE_MS);
}

/* Time passes, and somebody looks at what it brought. */
static bool pass(struct sim *sim, msec until_at)
{
    if (run_pass(&sim->run, until_at, sim->fault))
        look(sim);
    else
        sim->is_broken = true;
    return !sim->is_broken;
}

bool sim_say(struct sim *sim, const char *format, ...)
{
    char text[SCRIPT_TEXT_MAX];
    va_list list;
    if (sim->is_broken || sim->script->clause_count == SCRIPT_CLAUSES_MAX)
        return false;
    va_start(list, format);
    int size = vsnprintf(text, sizeof text - PREFIX_SIZE, format, list);
    va_end(list);
    assert(size > 0 && (size_t)size < sizeof text - PREFIX_SIZE);
    char node = machines_asked(sim, text);
    if (node != '\0') {
        memmove(text + PREFIX_SIZE, text, (size_t)size + 1);
        memcpy(text, (char[]){node, ':', ' '}, PREFIX_SIZE);
    }
    msec at = sim->run.world->now.steady_at;
    if (!pass(sim, at))
        return false;
    if (sim->tee != NULL)
        script_write_clause(sim->tee, at, text);
    script_add_clause(sim->script, sim->arena, at, text);
    bool is_done = false;
    if (!run_clause(&sim->run, text, &is_done, sim->fault)) {
        sim->is_broken = true;
        return false;
    }
    if (!is_done) {
        sim->script->clause_count--;
        return false;
    }
    sim->is_refused = sim->run.world->answer.kind == ANSWER_FULL;
    count_clause(sim, text);
    look(sim);
    return true;
}

static size_t first_plan(const struct sim *sim)
{
    size_t first = 0;
    for (size_t i = 1; i < sim->plan_count; i++) {
        const struct plan *plan = &sim->plans[i];
        const struct plan *best = &sim->plans[first];
        if (plan->at < best->at || (plan->at == best->at && plan->order < best->order))
            first = i;
    }
    return first;
}

/* What cannot happen while pagerd is down is tried again: senders repeat, people reload the page.
 */
static void put_off(struct sim *sim, struct plan plan)
{
    sim_plan(sim, chance_span(&sim->chance, 10 * SECOND_MS, 10 * MINUTE_MS), plan);
}

void sim_again(struct sim *sim, const struct plan *plan)
{
    if (sim->is_refused)
        put_off(sim, *plan);
}

static void live_until_quiet(struct sim *sim)
{
    struct world *world = sim->run.world;
    while (!sim->is_broken && (world->now.steady_at < sim->quiet_at || sim->plan_count > 0)) {
        size_t first = sim->plan_count > 0 ? first_plan(sim) : 0;
        msec at = sim->plan_count > 0 ? sim->plans[first].at : sim->quiet_at;
        if (at > world->now.steady_at) {
            (void)pass(sim, at);
            continue;
        }
        struct plan plan = sim->plans[first];
        sim->plans[first] = sim->plans[--sim->plan_count];
        if (plan.is_outside || sim_is_up(sim))
            plan.act(sim, &plan);
        else
            put_off(sim, plan);
    }
}

/* Nothing is thrown any more: pagerd is up, the providers work. */
static void settle(struct sim *sim, msec end_at)
{
    providers_mend(sim);
    nature_mend(sim);
    machines_mend(sim);
    if (!sim_is_up(sim))
        (void)sim_say(sim, "restart");
    sim->script->end_at = end_at;
    if (sim->tee != NULL)
        script_write_end(sim->tee, sim->quiet_at, end_at);
    if (!sim->is_broken && !run_quiet(&sim->run, end_at, sim->fault))
        sim->is_broken = true;
}

static bool begin(struct sim *sim, const struct atlas *atlas, msec hours)
{
    bool is_done = false;
    house_build(&sim->house, atlas, &sim->chance, sim->arena, sim->script);
    if (sim->node_count > 1)
        script_add_line(sim->script, sim->arena,
                        arena_format(sim->arena, "nodes %zu%s", sim->node_count,
                                     sim->has_links ? " linked" : ""));
    sim->script->quiet_at = sim->quiet_at =
        sim->house.start_at + hours / SECOND_MS * SECOND_MS - SIM_SETTLE_MS;
    sim->script->end_at = sim->quiet_at + SIM_SETTLE_MS;
    for (size_t i = 0; i < sim->script->line_count; i++) {
        if (sim->tee != NULL)
            script_write_line(sim->tee, sim->script->lines[i]);
        if (!run_line(&sim->run, sim->script->lines[i], &is_done, sim->fault))
            return false;
    }
    if (sim->tee != NULL)
        script_write_end(sim->tee, sim->script->quiet_at, sim->script->end_at);
    return run_begin(&sim->run, sim->fault);
}

static void add_figures(struct sim *sim, msec hours_ms, struct figures *figures)
{
    uint64_t *values = sim->figures.values;
    values[FIGURE_SEEDS] = 1;
    values[FIGURE_SECONDS] = (uint64_t)(hours_ms / SECOND_MS);
    values[FIGURE_STEPS] = sim->run.step_count;
    values[FIGURE_PAGES] = sim->run.page_count;
    values[FIGURE_NODES_SEEDS] = sim->run.world->cluster != NULL;
    values[FIGURE_TAKEOVERS] =
        sim->run.met.nodes[CLUSTER_TAKEN_OVER] + sim->run.met.nodes[CLUSTER_TAKEN_BY_THE_THIRD];
    values[FIGURE_STRAYS] = sim->run.met.nodes[CLUSTER_STRAY];
    values[FIGURE_DST_SEEDS] = sim->house.is_near_change;
    for (int i = 0; i < FIGURE_COUNT; i++)
        figures->values[i] += values[i];
    rules_add(&figures->met, &sim->run.met);
}

bool sim_live(struct seed seed, const struct atlas *atlas, run_watch *watch, FILE *tee,
              struct arena *arena, struct script *script, struct figures *figures, uint64_t *digest,
              struct fault *fault)
{
    struct sim *sim = arena_take(arena, sizeof *sim);
    sim->chance = chance_of(seed.base, seed.point);
    sim->node_count = seed.nodes;
    if (seed.nodes == 0 && seed.point % NODES_EVERY == NODES_EVERY - 1)
        sim->node_count = 2 + seed.point / NODES_EVERY % 2;
    sim->has_links = seed.point / NODES_EVERY % ALONE_EVERY != 0;
    sim->arena = arena;
    sim->script = script;
    sim->tee = tee;
    sim->fault = fault;
    sim->is_broken = !run_init(&sim->run, watch, NULL, fault) || !begin(sim, atlas, seed.hours);
    if (!sim->is_broken) {
        sources_begin(sim);
        providers_begin(sim);
        operators_begin(sim);
        nature_begin(sim);
        proofs_begin(sim);
        machines_begin(sim);
        live_until_quiet(sim);
        settle(sim, script->end_at);
        *digest = world_digest(sim->run.world);
    }
    add_figures(sim, seed.hours, figures);
    run_clear(&sim->run);
    return !sim->is_broken;
}
