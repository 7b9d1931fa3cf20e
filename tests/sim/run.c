/* SPDX-License-Identifier: MIT */
#include "sim/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/canary.h"
#include "scenarios/story.h"
#include "sim/sense.h"
#include "sim/tale.h"

#define WAITING_MAX 4096
#define MERGE_MS (2 * MINUTE_MS)
#define TEXT_EVERY 8 /* texts cost more than all the rest of a page */

bool run_init(struct run *run, run_watch *watch, FILE *story, struct fault *fault)
{
    *run = (struct run){.watch = watch, .story = story};
    run->world = memory_new(1, sizeof *run->world);
    if (!world_init(run->world, fault))
        return false;
    run->world->text_every = TEXT_EVERY;
    return true;
}

void run_clear(struct run *run)
{
    if (run->world != NULL)
        world_clear(run->world);
    free(run->world);
    run->world = NULL;
}

bool run_line(struct run *run, const char *line, bool *is_done, struct fault *fault)
{
    struct words words;
    *is_done = false;
    if (!words_read(line, &words, fault))
        return false;
    if (!sense_line(&run->world->setup, &words))
        return true;
    *is_done = true;
    if (run->story != NULL)
        tale_line(run->story, line);
    return setup_line(&run->world->setup, &words, fault);
}

bool run_begin(struct run *run, struct fault *fault)
{
    struct world *world = run->world;
    world->now = (struct now){world->setup.start_at, world->setup.start_at};
    run->told_wall_at = world->now.wall_at;
    world_build(world);
    return sense_house(&world->setup, world->policy, fault) && world_reload(world, fault);
}

static bool look(struct run *run, struct fault *fault)
{
    run->step_count++;
    run->page_count += run->world->page_count;
    rules_look(&run->met, run->world);
    return run->watch == NULL || run->watch(run->world, fault);
}

/* When something happens by itself, at most `until_at`. */
static msec next_at(struct world *world, msec until_at)
{
    msec at = world_next_at(world);
    return at < until_at ? at : until_at;
}

bool run_pass(struct run *run, msec until_at, struct fault *fault)
{
    struct world *world = run->world;
    until_at = next_at(world, until_at);
    world_moment(world);
    bool is_good = world_pass(world, until_at, false, fault) && look(run, fault);
    if (run->story != NULL && (world->page_count > 0 || !is_good)) {
        tale_at(run, NULL);
        tale_pages(run);
    }
    return is_good;
}

bool run_clause(struct run *run, const char *text, bool *is_done, struct fault *fault)
{
    struct world *world = run->world;
    struct words words;
    *is_done = false;
    if (!words_read(text, &words, fault))
        return false;
    if (!sense_clause(world, &words))
        return true;
    *is_done = true;
    if (run->story != NULL)
        tale_at(run, text);
    world_moment(world);
    const struct policy *policy = world->policy;
    bool is_good = act_clause(world, &words, fault);
    if (policy != world->policy && !sense_house(&world->setup, world->policy, fault))
        return false;
    is_good = is_good && look(run, fault);
    run->told_wall_at = world->now.wall_at;
    if (run->story != NULL)
        tale_outcome(run);
    return is_good;
}

static size_t list_waiting(const struct world *world, uint64_t *numbers, size_t max)
{
    size_t count = 0;
    uint64_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = view_each_incident(world->engine, &cursor)) != NULL && count < max) {
        if (incident->state == INCIDENT_TRIGGERED && !canary_is(incident))
            numbers[count++] = incident->number;
    }
    return count;
}

/* By a page of its own, or in one with others, which its timeline says. */
static bool moment_pages(const struct world *world, uint64_t number)
{
    const char *paged = entry_name(ENTRY_PAGED);
    for (size_t i = 0; i < world->page_count; i++) {
        if (world->pages[i].incident == number)
            return true;
    }
    for (size_t i = 0; i < world->entry_count; i++) {
        if (world->entries[i].incident == number && world->entries[i].event == paged)
            return true;
    }
    return false;
}

/* What nodes were told without the store comes together. */
static bool run_merge(struct run *run, struct fault *fault)
{
    struct world *world = run->world;
    msec until_at = world->now.steady_at + MERGE_MS;
    while (world->cluster != NULL && world->setup.has_links && cluster_is_whole(world) &&
           !cluster_is_settled(world)) {
        if (world->now.steady_at >= until_at)
            return fault_set(fault, FAULT_CONFLICT, "what nodes were told does not come together");
        if (!run_pass(run, world->now.steady_at + SECOND_MS, fault))
            return false;
    }
    return true;
}

bool run_quiet(struct run *run, msec end_at, struct fault *fault)
{
    struct world *world = run->world;
    uint64_t waiting[WAITING_MAX];
    bool is_paged[WAITING_MAX] = {0};
    if (!run_merge(run, fault))
        return false;
    size_t count = world->engine != NULL ? list_waiting(world, waiting, WAITING_MAX) : 0;
    while (world->now.steady_at < end_at) {
        if (!run_pass(run, end_at, fault))
            return false;
        for (size_t k = 0; k < count; k++)
            is_paged[k] = is_paged[k] || moment_pages(world, waiting[k]);
    }
    if (run->story != NULL)
        tale_at(run, NULL);
    bool is_well = world->engine != NULL && world->disk.mode == DISK_WELL;
    for (size_t k = 0; k < count && is_well; k++) {
        const struct incident *incident = view_incident(world->engine, waiting[k]);
        bool is_held = incident != NULL && /* a silence has begun, or somebody's night */
                       (view_is_held(incident) || view_is_held_till_morning(incident));
        if (!is_paged[k] && !is_held)
            return fault_set(fault, FAULT_CONFLICT,
                             "nobody was paged in all of the quiet for #%" PRIu64, waiting[k]);
    }
    return true;
}

bool run_script(struct run *run, const struct script *script, struct fault *fault)
{
    bool is_done = false;
    for (size_t i = 0; i < script->line_count; i++) {
        if (!run_line(run, script->lines[i], &is_done, fault))
            return false;
    }
    if (!run_begin(run, fault))
        return false;
    for (size_t i = 0; i < script->clause_count; i++) {
        const struct clause *clause = &script->clauses[i];
        if (clause->at < run->world->now.steady_at)
            return fault_set(fault, FAULT_INPUT, RUN_SENSELESS "it begins before its first day");
        do {
            if (!run_pass(run, clause->at, fault))
                return false;
        } while (run->world->now.steady_at < clause->at);
        if (!run_clause(run, clause->text, &is_done, fault))
            return false;
    }
    while (run->world->now.steady_at < script->quiet_at) {
        if (!run_pass(run, script->quiet_at, fault))
            return false;
    }
    return run_quiet(run, script->end_at, fault);
}
