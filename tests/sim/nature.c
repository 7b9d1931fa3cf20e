/* SPDX-License-Identifier: MIT */
/* What befalls the machine: crashes, clock steps, disks. */
#include "sim/actors.h"

#include "base/text.h"

#define RECALL_EVERY 3 /* start after a crash */
#define CLOCK_OFF_MAX_MS (11 * 365 * DAY_MS)

/* Mostly small steps; in all not out of the years that calendars are made for. */
void nature_step_clock(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    char text[DURATION_TEXT_SIZE];
    msec most_ms = chance_hits(chance, 10) ? 10 * 365 * DAY_MS : 30 * HOUR_MS;
    msec step_ms = chance_span(chance, SECOND_MS, most_ms);
    bool is_back = chance_hits(chance, 50);
    msec off_ms = sim->clock_off_ms + (is_back ? -step_ms : step_ms);
    if (off_ms > CLOCK_OFF_MAX_MS || off_ms < -CLOCK_OFF_MAX_MS)
        return;
    if (sim_say(sim, "clock %s%s", is_back ? "-" : "+", duration_render(step_ms, text)))
        sim->clock_off_ms = off_ms;
}

static void clock_set(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    nature_step_clock(sim);
}

static void restart(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    sim->is_restart_planned = false;
    if (chance_hits(&sim->chance, 10))
        nature_step_clock(sim); /* a machine that was off may come up with another time */
    /* Now and then what was on its disk comes back from a backup. */
    (void)sim_say(sim, ++sim->starts % RECALL_EVERY == 0 ? "recall" : "restart");
}

void nature_revive(struct sim *sim)
{
    if (sim->is_restart_planned)
        return;
    msec left_ms = sim->quiet_at - sim->run.world->now.steady_at;
    msec down_ms = chance_span(&sim->chance, SECOND_MS, 9 * HOUR_MS);
    if (down_ms >= left_ms)
        return; /* it is started when the quiet begins */
    sim->is_restart_planned = true;
    sim_plan(sim, down_ms, (struct plan){.act = restart, .is_outside = true});
}

/* Between two turns, or at some place of the next one. */
void nature_crash(struct sim *sim)
{
    static const char *const places[] = {"",
                                         "",
                                         " before-commit",
                                         " after-commit",
                                         " after-send 0",
                                         " after-send 1",
                                         " after-send 2"};
    (void)sim_say(sim, "crash%s", CHOOSE(&sim->chance, places));
}

static void disk_mends(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    (void)sim_say(sim, "disk goes");
}

void nature_break_disk(struct sim *sim)
{
    static const char *const modes[] = {"hangs", "full", "fails"};
    (void)sim_say(sim, "disk %s", CHOOSE(&sim->chance, modes));
    sim_plan(sim, chance_span(&sim->chance, SECOND_MS, 2 * HOUR_MS),
             (struct plan){.act = disk_mends, .is_outside = true});
}

void nature_mend(struct sim *sim)
{
    if (sim->run.world->disk.mode != DISK_WELL)
        (void)sim_say(sim, "disk goes");
    if (sim->run.world->crash != CRASH_NEVER && sim->run.world->engine != NULL)
        (void)sim_say(sim, "crash"); /* before it comes by itself */
}

void nature_begin(struct sim *sim)
{
    bool is_alone = sim->run.world->cluster == NULL; /* else see machines.c */
    for (size_t i = chance_below(&sim->chance, 8); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim),
                 (struct plan){.act = is_alone ? blows_strike : clock_set});
}
