/* SPDX-License-Identifier: MIT */
/* What befalls several machines: they die, freeze, lose the store, and come back. */
#include "sim/actors.h"

#include <string.h>

#include "base/text.h"

#define REPAIR_MAX_MS (40 * MINUTE_MS)

/* Most often who is on duty. */
static char some_node(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    size_t others = chance_below(chance, sim->run.world->setup.node_count);
    return chance_hits(chance, 65) ? cluster_on_duty(sim->run.world) : (char)('a' + others);
}

/* What is done about what befell a node; a node and a kind of repair are a bit. */
static const char *const repairs[] = {"thaw", "heal", "start"};
#define REPAIRS (sizeof repairs / sizeof *repairs)

static void repair(struct sim *sim, const struct plan *plan)
{
    sim->repairs_planned &= ~(1U << plan->number);
    (void)sim_say(sim, "%s %c", repairs[plan->number % REPAIRS],
                  (char)('a' + plan->number / REPAIRS));
}

/* Within the two seconds in which nobody has noticed, or later. */
static void plan_repair(struct sim *sim, uint64_t bit)
{
    struct chance *chance = &sim->chance;
    msec in_ms = chance_hits(chance, 30) ? chance_span(chance, SECOND_MS, 8 * SECOND_MS)
                                         : chance_span(chance, 5 * SECOND_MS, REPAIR_MAX_MS);
    sim->repairs_planned |= 1U << bit;
    sim_plan(sim, in_ms, (struct plan){.act = repair, .number = bit, .is_outside = true});
}

/* While pages wait for a store that it does not reach. */
static void falls_asleep(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "freeze %c", (char)('a' + plan->number));
}

void machines_revive(struct sim *sim)
{
    const struct world *world = sim->run.world;
    for (size_t bit = 0; bit < world->setup.node_count * REPAIRS; bit++) {
        const char name[] = {(char)('a' + bit / REPAIRS), '\0'};
        if ((sim->repairs_planned & 1U << bit) != 0 ||
            !cluster_has_sense(world, repairs[bit % REPAIRS], name))
            continue;
        plan_repair(sim, bit);
        bool is_cut = string_is(repairs[bit % REPAIRS], "heal");
        if (is_cut && chance_hits(&sim->chance, 30))
            sim_plan(
                sim, chance_span(&sim->chance, 2 * SECOND_MS, 6 * SECOND_MS),
                (struct plan){.act = falls_asleep, .number = bit / REPAIRS, .is_outside = true});
    }
}

void machines_freeze(struct sim *sim)
{
    char node = some_node(sim);
    const char *when = chance_hits(&sim->chance, 40) ? " after-commit" : "";
    (void)sim_say(sim, "freeze %c%s", node, when);
}

void machines_cut(struct sim *sim)
{
    static const char *const ways[] = {"", "", " landed", " lost"};
    char node = some_node(sim);
    (void)sim_say(sim, "cut %c%s", node, CHOOSE(&sim->chance, ways));
}

/* The one on duty is lost to both sides at once: its machine, and its link. */
void machines_sleep(struct sim *sim)
{
    char node = cluster_on_duty(sim->run.world);
    if (sim_say(sim, "freeze %c", node))
        (void)sim_say(sim, "cut %c", node);
}

void machines_die(struct sim *sim)
{
    (void)sim_say(sim, "kill %c", some_node(sim));
}

void machines_end(struct sim *sim)
{
    (void)sim_say(sim, "end %c", some_node(sim));
}

void machines_crash(struct sim *sim)
{
    static const char *const places[] = {"before-commit", "after-commit", "after-send 0",
                                         "after-send 1", "after-send 2"};
    (void)sim_say(sim, "crash %s", CHOOSE(&sim->chance, places));
}

void machines_see_old(struct sim *sim)
{
    const struct world *world = sim->run.world;
    for (size_t i = 0; i < world->setup.node_count; i++)
        (void)sim_say(sim, "stale %c", (char)('a' + i)); /* but for who is on duty */
    (void)sim_say(sim, "%s %c", chance_hits(&sim->chance, 50) ? "kill" : "freeze",
                  cluster_on_duty(world));
}

static void store_goes_again(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    machines_lose_store(sim);
}

/* Not always for long: before all has come together. */
static void store_comes_back(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    if (sim_say(sim, "store back") && chance_hits(&sim->chance, 25))
        sim_plan(sim, chance_span(&sim->chance, SECOND_MS, 5 * SECOND_MS),
                 (struct plan){.act = store_goes_again, .is_outside = true});
}

/* Who is in charge, or was. */
static void is_lost(struct sim *sim, const struct plan *plan)
{
    static const char *const ways[] = {"kill", "kill", "freeze"};
    char node = cluster_in_charge(sim->run.world);
    (void)plan;
    (void)sim_say(sim, "%s %c", CHOOSE(&sim->chance, ways), node);
}

static void store_goes(struct sim *sim, const struct plan *plan)
{
    struct chance *chance = &sim->chance;
    (void)plan;
    machines_lose_store(sim);
    sources_trouble(sim, REPAIR_MAX_MS / 2);
    for (size_t i = chance_below(chance, 3); i > 0; i--)
        sim_plan(sim, chance_span(chance, SECOND_MS, 5 * MINUTE_MS),
                 (struct plan){.act = is_lost, .is_outside = true});
}

void machines_lose_store(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    if (sim_say(sim, "store away"))
        sim_plan(sim, chance_span(chance, SECOND_MS, REPAIR_MAX_MS),
                 (struct plan){.act = store_comes_back, .is_outside = true});
}

/* The store is away, and who goes on without it may be lost, too; what another one has may be old.
 */
void machines_live_without(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    size_t count = sim->run.world->setup.node_count;
    for (size_t i = 0; i < count; i++) {
        if (chance_hits(chance, 40))
            (void)sim_say(sim, "lag %c", (char)('a' + i));
    }
    sim_plan(sim, chance_span(chance, SECOND_MS, 10 * MINUTE_MS),
             (struct plan){.act = store_goes, .is_outside = true});
}

static void is_set(struct sim *sim, char node, msec most_ms)
{
    char text[DURATION_TEXT_SIZE];
    msec step_ms = chance_span(&sim->chance, SECOND_MS, most_ms);
    (void)sim_say(sim, "clock %c %s%s", node, chance_hits(&sim->chance, 50) ? "-" : "+",
                  duration_render(step_ms, text));
}

/* Most often by what it was off, now and then wrongly. */
void machines_set_clock(struct sim *sim)
{
    is_set(sim, some_node(sim), chance_hits(&sim->chance, 20) ? 30 * HOUR_MS : MINUTE_MS);
}

void machines_mend(struct sim *sim)
{
    const struct world *world = sim->run.world;
    if (world->cluster == NULL)
        return;
    if (cluster_has_sense(world, "store", "back"))
        (void)sim_say(sim, "store back");
    for (size_t i = 0; i < world->setup.node_count; i++) {
        const char name[] = {(char)('a' + i), '\0'};
        (void)sim_say(sim, "disarm %s", name);
        for (size_t k = 0; k < REPAIRS; k++) {
            if (cluster_has_sense(world, repairs[k], name))
                (void)sim_say(sim, "%s %s", repairs[k], name);
        }
    }
}

void machines_begin(struct sim *sim)
{
    if (sim->run.world->cluster == NULL)
        return;
    for (size_t i = 0; i < sim->run.world->setup.node_count; i++)
        is_set(sim, (char)('a' + i), MINUTE_MS); /* apart from the start */
    for (size_t i = chance_between(&sim->chance, 3, 14); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim),
                 (struct plan){.act = blows_strike, .is_outside = true});
}

/* What is not asked of a node: what befalls it, and what it does by itself. */
static bool is_asked(const char *text)
{
    static const char *const others[] = {"courier", "notice", "probe", "change", "crash",
                                         "clock",   "disk",   "hurry", "disarm"};
    char verb[16] = "";
    size_t size = strcspn(text, " ");
    if (size < sizeof verb)
        memcpy(verb, text, size);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (string_is(others[i], verb))
            return false;
    }
    return !cluster_is_verb(verb) && strstr(text, " gets-code ") == NULL &&
           strstr(text, " from=pagerd ") == NULL;
}

char machines_asked(struct sim *sim, const char *text)
{
    if (sim->run.world->cluster == NULL || !is_asked(text))
        return '\0';
    return (char)('a' + chance_below(&sim->chance, sim->run.world->setup.node_count));
}
