/* SPDX-License-Identifier: MIT */
/* What befalls machines: one row for each, and of a hundred blows how many are of it. */
#include "sim/actors.h"

enum kind_of_life { LIFE_ALONE, LIFE_OF_SEVERAL, LIFE_OF_LINKED, LIFE_COUNT };

static const struct {
    void (*act)(struct sim *sim);
    size_t weights[LIFE_COUNT];
} blows[] = {
    {nature_crash, {[LIFE_ALONE] = 50}},
    {nature_step_clock, {[LIFE_ALONE] = 30}},
    {nature_break_disk, {[LIFE_ALONE] = 20}},
    {machines_freeze, {[LIFE_OF_SEVERAL] = 20, [LIFE_OF_LINKED] = 12}},
    {machines_cut, {[LIFE_OF_SEVERAL] = 26, [LIFE_OF_LINKED] = 14}},
    {machines_die, {[LIFE_OF_SEVERAL] = 14, [LIFE_OF_LINKED] = 12}},
    {machines_crash, {[LIFE_OF_SEVERAL] = 10, [LIFE_OF_LINKED] = 8}},
    {machines_end, {[LIFE_OF_SEVERAL] = 6, [LIFE_OF_LINKED] = 6}},
    {machines_see_old, {[LIFE_OF_SEVERAL] = 6, [LIFE_OF_LINKED] = 4}},
    {machines_sleep, {[LIFE_OF_SEVERAL] = 6, [LIFE_OF_LINKED] = 4}},
    {machines_lose_store, {[LIFE_OF_SEVERAL] = 6, [LIFE_OF_LINKED] = 10}},
    {machines_live_without, {[LIFE_OF_LINKED] = 24}},
    {machines_set_clock, {[LIFE_OF_SEVERAL] = 6, [LIFE_OF_LINKED] = 6}},
};

void blows_strike(struct sim *sim, const struct plan *plan)
{
    const struct world *world = sim->run.world;
    enum kind_of_life kind = world->cluster == NULL   ? LIFE_ALONE
                             : world->setup.has_links ? LIFE_OF_LINKED
                                                      : LIFE_OF_SEVERAL;
    size_t dice = chance_below(&sim->chance, 100);
    (void)plan;
    for (size_t i = 0; i < sizeof blows / sizeof *blows; i++) {
        if (dice < blows[i].weights[kind]) {
            blows[i].act(sim);
            return;
        }
        dice -= blows[i].weights[kind];
    }
}
