/* SPDX-License-Identifier: MIT */
/* People who run pagerd: reloads of the configuration and of calendars in the middle of incidents,
 * overrides and rests by hand, removals. */
#include "sim/actors.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static struct house_team *some_team(struct sim *sim)
{
    return &sim->house.teams[chance_below(&sim->chance, sim->house.team_count)];
}

static const char *some_role(struct sim *sim)
{
    static const char *const roles[] = {"primary", "primary", "secondary", "oncall"};
    return CHOOSE(&sim->chance, roles);
}

static void returns(struct sim *sim, const struct plan *plan)
{
    struct house_person *person = house_find(&sim->house, plan->who);
    if (sim_say(sim, "change %s", person->line))
        person->is_here = true;
}

static void remove_person(struct sim *sim)
{
    struct house *house = &sim->house;
    struct house_person *person = &house->people[chance_below(&sim->chance, house->people_count)];
    if (person->is_fixed || !person->is_here)
        return;
    if (!sim_say(sim, "change remove user %s", person->id))
        return;
    person->is_here = false;
    if (chance_hits(&sim->chance, 70))
        sim_plan(sim, chance_span(&sim->chance, MINUTE_MS, DAY_MS),
                 (struct plan){.act = returns, .who = person->id, .is_outside = true});
}

static void team_returns(struct sim *sim, const struct plan *plan)
{
    struct house_team *team = &sim->house.teams[plan->number];
    for (size_t i = 0; i < team->line_count; i++)
        (void)sim_say(sim, "change %s", team->lines[i]);
    team->is_here = true;
}

/* Only the last one: no step names it. */
static void remove_team(struct sim *sim)
{
    struct house_team *team = &sim->house.teams[sim->house.team_count - 1];
    if (sim->house.team_count < 2 || !team->is_here)
        return;
    if (!sim_say(sim, "change remove team %s", team->id))
        return;
    team->is_here = false;
    sim_plan(sim, chance_span(&sim->chance, MINUTE_MS, DAY_MS),
             (struct plan){
                 .act = team_returns, .number = sim->house.team_count - 1, .is_outside = true});
}

static void change_by(struct sim *sim, struct text *text)
{
    (void)sim_say(sim, "change %s", text_string(text));
    text_clear(text);
}

static void change_rota(struct sim *sim)
{
    struct house *house = &sim->house;
    struct text text = {0};
    if (house->rota_count == 0)
        return;
    const char *name = house->rotas[chance_below(&sim->chance, house->rota_count)].name;
    int size = (int)strcspn(name, "/");
    if (!sim_say(sim, "change remove rota %.*s", size, name) || chance_hits(&sim->chance, 15))
        return;
    house_write_rota(house, name, &sim->chance, &text);
    change_by(sim, &text);
}

static void change_steps(struct sim *sim)
{
    struct text text = {0};
    size_t team = chance_below(&sim->chance, sim->house.team_count);
    if (!sim->house.teams[team].is_here)
        return;
    house_write_steps(&sim->house, team, &sim->chance, &text);
    change_by(sim, &text);
}

static void change_recovery(struct sim *sim)
{
    struct text text = {0};
    house_write_recovery(&sim->house, &sim->chance, &text);
    change_by(sim, &text);
}

static void change_channel(struct sim *sim)
{
    struct text text = {0};
    house_write_channel(&sim->chance, &text);
    change_by(sim, &text);
}

static void change_timeout(struct sim *sim)
{
    static const char *const timeouts[] = {"never", "5m", "20m", "1h", "6h"};
    (void)sim_say(sim, "change ack-timeout %s %s", some_team(sim)->id,
                  CHOOSE(&sim->chance, timeouts));
}

static void change_severity(struct sim *sim)
{
    static const char *const lines[] = {
        "severity warning normal waking",
        "severity warning quiet not-waking promote=30m",
        "severity error none not-waking",
        "severity critical deep waking",
        "severity error normal waking",
        "rule normal 0s sms, 1m call, 2m push+email",
        "rule deep 30s push, 5m sms",
        "severity warning quiet not-waking held",
        "severity warning normal not-waking held promote=3h",
        "severity error normal not-waking held",
        "awake 30m 2m",
        "awake 0s 0s",
    };
    (void)sim_say(sim, "change %s", CHOOSE(&sim->chance, lines));
}

/* What many alerts become: those that are there follow the rule under which they came. */
static void change_groups(struct sim *sim)
{
    static const char *const lines[] = {
        "group by=host",
        "group by=severity,host window=20m wait=30s",
        "group",
        "storm 3 2m",
        "storm 10 2m",
        "flapping 2 1h 15m",
        "flapping 4 1h 15m",
    };
    (void)sim_say(sim, "change %s", CHOOSE(&sim->chance, lines));
}

static void change_leave(struct sim *sim)
{
    struct house *house = &sim->house;
    struct house_person *person = &house->people[chance_below(&sim->chance, house->people_count)];
    struct text text = {0};
    if (person->is_away && sim_say(sim, "change remove away %s", person->id)) {
        person->is_away = false;
        return;
    }
    house_write_away(house, person->id, sim->run.world->now.wall_at, &sim->chance, &text);
    if (sim_say(sim, "change %s", text_string(&text)))
        person->is_away = true;
    text_clear(&text);
}

static void override_add(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    const char *who = house_somebody(&sim->house, chance);
    const char *user = house_somebody(&sim->house, chance);
    size_t from = chance_between(chance, 0, 12);
    size_t hours = chance_between(chance, 1, 30);
    if (chance_hits(chance, 60))
        (void)sim_say(sim, "%s overrides %s %s to %s until +%zuh", who, some_team(sim)->id,
                      some_role(sim), user, hours);
    else
        (void)sim_say(sim, "%s overrides %s %s to %s from +%zuh until +%zuh \"swap\"", who,
                      some_team(sim)->id, some_role(sim), user, from, hours);
    sim->overrides_made++;
}

static void override_end(struct sim *sim)
{
    (void)sim_say(sim, "%s ends-override o%zu", house_somebody(&sim->house, &sim->chance),
                  1 + chance_below(&sim->chance, (size_t)sim->overrides_made + 1));
}

static void swap_reply(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s answers-swap w%" PRIu64 " %s", plan->who, plan->number, plan->what);
}

/* Whose shift it is asks the others, who say no, or yes two at a time, or nothing. */
static void swap_ask(struct sim *sim)
{
    struct chance *chance = &sim->chance;
    const struct world *world = sim->run.world;
    const struct house_team *house_team = some_team(sim);
    if (world->engine == NULL)
        return; /* nobody is on duty at this moment */
    const struct team *team = policy_find_team(view_policy(world->engine), house_team->id);
    struct duty duty;
    size_t hours = chance_between(chance, 0, 20);
    msec at = world->now.wall_at + (msec)hours * HOUR_MS;
    if (team == NULL || !view_oncall(world->engine, team, ROLE_PRIMARY, at, &duty) ||
        duty.user_count == 0)
        return;
    if (!sim_say(sim, "%s asks-swap %s primary at +%zuh until +%zuh", duty.users[0]->id,
                 house_team->id, hours, chance_between(chance, 1, 24)))
        return;
    uint64_t number = ++sim->swaps_made;
    for (size_t i = chance_below(chance, 5); i > 0; i--)
        sim_plan(sim, chance_span(chance, MINUTE_MS, 10 * HOUR_MS),
                 (struct plan){.act = swap_reply,
                               .who = house_somebody(&sim->house, chance),
                               .number = number,
                               .what = chance_hits(chance, 60) ? "yes" : "no"});
    if (chance_hits(chance, 20))
        (void)sim_say(sim, "mia cancels-swap w%" PRIu64, 1 + chance_below(chance, number + 1));
}

/* Work on something, announced before or in the middle of its trouble. */
static void silence_add(struct sim *sim)
{
    static const char *const matches[] = {
        "integration=prom",   "integration=monitor severity=warning",
        "severity!=critical", "host=h*",
        "summary=it*",        "integration=heartbeat",
        "summary=*"};
    struct chance *chance = &sim->chance;
    const char *who = house_somebody(&sim->house, chance);
    const char *match = CHOOSE(chance, matches);
    size_t minutes = chance_between(chance, 1, 360);
    if (chance_hits(chance, 70))
        (void)sim_say(sim, "%s silences %s for %zum", who, match, minutes);
    else
        (void)sim_say(sim, "%s silences %s team=%s from +%zum for %zum", who, match,
                      some_team(sim)->id, chance_between(chance, 1, 300), minutes);
    sim->silences_made++;
}

static void silence_end(struct sim *sim)
{
    (void)sim_say(sim, "%s ends-silence s%zu", house_somebody(&sim->house, &sim->chance),
                  1 + chance_below(&sim->chance,
                                   (size_t)sim->silences_made + 1 + 3 * sim->house.window_count));
}

/* Planned work moves, is called off, comes back, and means something else; or its calendar is not
 * known for a while. */
static void change_window(struct sim *sim)
{
    struct house *house = &sim->house;
    struct text text = {0};
    if (house->window_count == 0)
        return;
    size_t window = chance_below(&sim->chance, house->window_count);
    size_t what = chance_below(&sim->chance, 100);
    if (what < 15) {
        (void)sim_say(sim, "change remove maintenance w%zu", window);
        return;
    }
    if (what < 25) {
        (void)sim_say(sim, "change remove outages w%zu", window);
        return;
    }
    if (what < 50)
        house_write_window(house, window, &sim->chance, &text);
    else
        house_write_outages(house, window, &sim->chance, &text);
    change_by(sim, &text);
}

static void rest_add(struct sim *sim)
{
    const char *who = chance_hits(&sim->chance, 80) ? "mia" : "ann";
    (void)sim_say(sim, "%s sends-to-rest %s for %zuh", who,
                  house_somebody(&sim->house, &sim->chance), chance_between(&sim->chance, 1, 30));
}

static void rest_end(struct sim *sim)
{
    (void)sim_say(sim, "mia ends-rest %s", house_somebody(&sim->house, &sim->chance));
}

static void somebody_rests(struct sim *sim)
{
    people_rest(sim, house_somebody(&sim->house, &sim->chance));
}

static void notice(struct sim *sim)
{
    (void)sim_say(sim, "notice %s \"the calendar was not read\"",
                  chance_hits(&sim->chance, 50) ? "-" : some_team(sim)->id);
}

/* Solves what has been open for long, as people do on Monday. */
static void clean_up(struct sim *sim)
{
    const struct world *world = sim->run.world;
    uint64_t old[32];
    size_t count = 0;
    uint64_t cursor = 0;
    const struct incident *incident = NULL;
    while (world->engine != NULL &&
           (incident = view_each_incident(world->engine, &cursor)) != NULL) {
        if (incident->state != INCIDENT_RESOLVED && count < 32 &&
            world->now.wall_at - incident->opened_at > 8 * HOUR_MS)
            old[count++] = incident->number;
    }
    for (size_t i = 0; i < count; i++) {
        if (chance_hits(&sim->chance, 80) && sim_is_up(sim))
            (void)sim_say(sim, "mia resolves #%" PRIu64, old[i]);
    }
}

static const struct {
    void (*act)(struct sim *sim);
    size_t weight;
} jobs[] = {
    {remove_person, 14}, {remove_team, 6},     {change_rota, 10},   {change_steps, 8},
    {change_groups, 6},  {change_recovery, 6}, {change_timeout, 6}, {change_severity, 6},
    {change_leave, 10},  {override_add, 12},   {override_end, 4},   {rest_add, 5},
    {rest_end, 3},       {notice, 4},          {silence_add, 12},   {silence_end, 6},
    {change_window, 12}, {swap_ask, 10},       {change_channel, 5}, {somebody_rests, 25},
    {proofs_test, 8},    {proofs_move, 8},     {proofs_switch, 4},
};

static void operate(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    size_t dice = chance_below(&sim->chance, 190);
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        if (dice < jobs[i].weight) {
            jobs[i].act(sim);
            return;
        }
        dice -= jobs[i].weight;
    }
}

static void be_quiet(struct sim *sim, const struct plan *plan)
{
    (void)plan;
    silence_add(sim);
}

static void clean_up_daily(struct sim *sim, const struct plan *plan)
{
    clean_up(sim);
    sim_plan(sim, 12 * HOUR_MS, *plan);
}

void operators_begin(struct sim *sim)
{
    for (size_t i = chance_below(&sim->chance, 10); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim), (struct plan){.act = operate});
    for (size_t i = chance_below(&sim->chance, 4); i > 0; i--)
        sim_plan(sim, sim_sometime_near(sim), (struct plan){.act = be_quiet});
    sim_plan(sim, 10 * HOUR_MS, (struct plan){.act = clean_up_daily});
}
