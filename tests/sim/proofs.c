/* SPDX-License-Identifier: MIT */
/* Who proves that ways lead to people: codes that are typed, mistyped and forgotten, test pages,
 * and the canary, for which the daemon stands here. */
#include "sim/actors.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/canary.h"
#include "engine/duty.h"

#define CANARY_SENT_MS (5 * MINUTE_MS)

/* "ann gets-code sms 123456": the courier has put digits into it. */
static void gets_code(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s gets-code %s", plan->who, plan->what);
}

static void enters_code(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s enters-code %s", plan->who, plan->what);
}

static const char *some_code(struct sim *sim)
{
    return arena_format(sim->arena, "%06zu", chance_below(&sim->chance, 1000000));
}

/* By whom it came, or by somebody who has that number by now. */
static void plan_entry(struct sim *sim, const char *who, const char *code, msec in_ms)
{
    if (chance_hits(&sim->chance, 4))
        who = house_somebody(&sim->house, &sim->chance);
    sim_plan(sim, in_ms, (struct plan){.act = enters_code, .who = who, .what = code});
}

static void hear_code(struct sim *sim, const struct world_page *page, bool is_there)
{
    struct chance *chance = &sim->chance;
    const char *code = some_code(sim);
    if (chance_hits(chance, 97)) /* or the courier dies of it */
        sim_plan(sim, 0,
                 (struct plan){.act = gets_code,
                               .who = page->user,
                               .what = arena_format(sim->arena, "%s %s", page->channel, code)});
    if (!is_there || chance_hits(chance, 20))
        return;
    msec in_ms =
        chance_span(chance, 5 * SECOND_MS, chance_hits(chance, 12) ? 40 * HOUR_MS : HOUR_MS);
    size_t wrong = chance_hits(chance, 25) ? chance_between(chance, 1, 7) : 0;
    for (; wrong > 0; wrong--, in_ms += 10 * SECOND_MS)
        plan_entry(sim, page->user, chance_hits(chance, 20) ? "\"12 456\"" : some_code(sim), in_ms);
    plan_entry(sim, page->user, code, in_ms);
    if (chance_hits(chance, 10))
        plan_entry(sim, page->user, code, in_ms + MINUTE_MS);
}

static void answers_test(struct sim *sim, const struct plan *plan)
{
    (void)sim_say(sim, "%s answers-test %s", plan->who, plan->what);
}

static void hear_test(struct sim *sim, const struct world_page *page)
{
    if (!chance_hits(&sim->chance, 70))
        return;
    msec most_ms = chance_hits(&sim->chance, 10) ? 30 * HOUR_MS : 20 * MINUTE_MS;
    sim_plan(sim, chance_span(&sim->chance, 3 * SECOND_MS, most_ms),
             (struct plan){.act = answers_test, .who = page->user, .what = page->channel});
}

void proofs_hear(struct sim *sim, const struct world_page *page, bool is_there)
{
    if (page->kind == PAGE_VERIFY)
        hear_code(sim, page, is_there);
    else if (is_there)
        hear_test(sim, page);
}

void proofs_test(struct sim *sim)
{
    static const char *const channels[] = {"", "", " sms", " email", " call"};
    const char *who = house_somebody(&sim->house, &sim->chance);
    const char *by = chance_hits(&sim->chance, 60) ? who : "mia";
    (void)sim_say(sim, "%s tests %s%s", by, who, CHOOSE(&sim->chance, channels));
}

void proofs_move(struct sim *sim)
{
    struct house *house = &sim->house;
    struct house_person *person = &house->people[chance_below(&sim->chance, house->people_count)];
    struct text text = {0};
    if (!person->is_here)
        return;
    house_write_address(person, &sim->chance, &text);
    (void)sim_say(sim, "change %s", text_string(&text));
    text_clear(&text);
}

void proofs_switch(struct sim *sim)
{
    struct text text = {0};
    house_write_verify(&sim->chance, &text);
    (void)sim_say(sim, "change %s", text_string(&text));
    text_clear(&text);
}

static void canary_plan(struct sim *sim);

/* As the daemon does: it did not leave in five minutes, or nobody has acked it when it is over. */
static void canary_judge(struct sim *sim, const struct plan *plan)
{
    const struct engine *engine = sim->run.world->engine;
    const struct incident *incident = engine != NULL ? view_incident(engine, plan->number) : NULL;
    const char *why = "no provider has taken it";
    if (incident == NULL) { /* pagerd was down for days, or died before the commit */
        canary_plan(sim);
        return;
    }
    bool is_over = incident->state == INCIDENT_RESOLVED;
    bool is_sent = canary_sent_at(incident, &why) != 0;
    bool is_good = is_over ? canary_is_answered(incident) : is_sent;
    if (!is_good)
        (void)sim_say(sim, "notice - \"the canary page to %s did not arrive\"", plan->who);
    if (is_over)
        canary_plan(sim);
    else
        sim_plan(sim, CANARY_MS, *plan);
}

static void canary_begin(struct sim *sim, const struct plan *plan)
{
    const char *team = sim->house.teams[0].id;
    const struct engine *engine = sim->run.world->engine;
    const struct user *user =
        engine != NULL ? policy_find_user(view_policy(engine), sim->house.canary) : NULL;
    if (user == NULL || duty_is_out(engine, user, sim->run.world->now.wall_at)) {
        canary_plan(sim);
        return;
    }
    if (!sim_say(sim, "alert %s from=%s key=%s user=%s severity=critical \"%s\"", team,
                 CANARY_INTEGRATION, CANARY_KEY, sim->house.canary, CANARY_TEXT))
        return;
    if (sim->is_refused || sim->run.world->answer.kind != ANSWER_DONE) {
        sim_again(sim, plan);
        return;
    }
    sim_plan(sim, CANARY_SENT_MS,
             (struct plan){.act = canary_judge,
                           .who = sim->house.canary,
                           .number = sim->run.world->answer.incident});
}

static void canary_plan(struct sim *sim)
{
    sim_plan(sim, chance_span(&sim->chance, HOUR_MS, 30 * HOUR_MS),
             (struct plan){.act = canary_begin});
}

void proofs_begin(struct sim *sim)
{
    if (sim->house.canary != NULL)
        canary_plan(sim);
}
