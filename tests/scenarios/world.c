/* SPDX-License-Identifier: MIT */
#include "scenarios/world.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static void note_page(struct world *world, const struct page *page)
{
    assert(world->page_count < WORLD_PAGES_MAX);
    world->pages[world->page_count++] = (struct world_page){
        .at = world->now.steady_at,
        .id = page->id,
        .incident = page->incident,
        .kind = page->kind,
        .user = arena_copy(world->arena, page->user),
        .channel = arena_copy(world->arena, page->channel),
        .text = arena_copy(world->arena, page->text),
        .is_late = page->is_late,
        .is_repeat = page->is_repeat,
    };
}

static void note_entry(struct world *world, const struct entry *entry)
{
    assert(world->entry_count < WORLD_ENTRIES_MAX);
    world->entries[world->entry_count++] = (struct world_entry){
        .incident = entry->incident,
        .event = entry->event,
        .actor = arena_copy(world->arena, entry->actor),
        .text = arena_copy(world->arena, entry->text),
    };
}

static void describe_incident(struct text *text, const struct incident *incident)
{
    text_addf(text,
              "incident %" PRIu64 " v%" PRIu64 " %d %d %s %s %" PRIu64 " %" PRId64 " %s %" PRId64
              " %u %u %u %" PRId64 " %s",
              incident->number, incident->version, (int)incident->state, (int)incident->severity,
              incident->team, incident->summary, incident->occurrences, incident->last_alert_at,
              incident->acknowledged_by, incident->acknowledge_due_at, incident->walk.step,
              incident->walk.round, incident->walk.laps, incident->walk.due_at,
              incident->resolved_by);
}

static void describe_person(struct text *text, const struct person *person)
{
    text_addf(text, "person %s v%" PRIu64 " %" PRId64 " %" PRId64 " %s", person->user,
              person->version, person->rest_from_at, person->rest_until_at, person->rest_because);
    for (size_t i = 0; i < person->run_count; i++)
        text_addf(text, " %" PRIu64 ":%u:%" PRId64, person->runs[i].incident,
                  person->runs[i].next_step, person->runs[i].due_at);
    for (size_t i = 0; i < person->disturbance_count; i++)
        text_addf(text, " %" PRIu64 ":%u:%" PRId64, person->disturbances[i].incident,
                  person->disturbances[i].wakings, person->disturbances[i].ended_at);
}

static void describe_page(struct text *text, const struct page *page)
{
    text_addf(text, "page %" PRIu64 " v%" PRIu64 " %" PRIu64 " %d %d %s %s %s %" PRId64 " %u",
              page->id, page->version, page->incident, (int)page->kind, (int)page->state,
              page->user, page->channel, page->text, page->retry_at, page->attempt);
}

/* Adds one effect to the digest of the run. */
static void digest_effect(struct world *world, const struct effect *effect)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%016" PRIx64 " %d ", world->digest, (int)effect->kind);
    switch (effect->kind) {
    case EFFECT_SAVE_INCIDENT:
        describe_incident(&text, effect->incident);
        break;
    case EFFECT_SAVE_PAGE:
    case EFFECT_SEND:
        describe_page(&text, effect->page);
        break;
    case EFFECT_SAVE_PERSON:
        describe_person(&text, effect->person);
        break;
    case EFFECT_SAVE_OVERRIDE:
        text_addf(&text, "override %" PRIu64 " v%" PRIu64 " %s %" PRId64, effect->override->id,
                  effect->override->version, effect->override->user, effect->override->until_at);
        break;
    case EFFECT_ENTRY:
        text_addf(&text, "entry %" PRIu64 " %s %s %s", effect->entry->incident,
                  effect->entry->event, effect->entry->actor, effect->entry->text);
        break;
    case EFFECT_REVOKE_TOKENS:
    case EFFECT_COUNT:
        text_addf(&text, "%" PRIu64, effect->number);
        break;
    }
    world->digest = map_hash(text.bytes, text.size);
}

/* Takes down what came out of one step, after it was committed. */
static void note_effects(struct world *world, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        digest_effect(world, effect);
        switch (effect->kind) {
        case EFFECT_SEND:
            note_page(world, effect->page);
            break;
        case EFFECT_ENTRY:
            note_entry(world, effect->entry);
            break;
        case EFFECT_SAVE_INCIDENT:
            world->incident_saves++;
            break;
        case EFFECT_REVOKE_TOKENS:
            assert(world->revoked_count < WORLD_REVOKED_MAX);
            world->revoked[world->revoked_count++] = effect->number;
            break;
        case EFFECT_SAVE_PAGE:
        case EFFECT_SAVE_PERSON:
        case EFFECT_SAVE_OVERRIDE:
        case EFFECT_COUNT:
            break;
        }
    }
}

static bool finish(struct world *world, struct effects *effects, struct fault *fault)
{
    if (!keep_commit(&world->keep, effects, fault))
        return false;
    note_effects(world, effects);
    if (world->check_every != 0 && ++world->step_count % world->check_every != 0)
        return true;
    return engine_check(world->engine, world->now, fault);
}

static bool step_once(struct world *world, const struct event *event, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct effects *effects = effects_new(arena);
    engine_step(world->engine, world->now, event, effects, &world->answer);
    world->answer.user = arena_copy(world->arena, world->answer.user);
    bool is_good = finish(world, effects, fault);
    effects_free(effects);
    return is_good;
}

static const char *mode_of(const struct world *world, const struct world_page *page)
{
    for (size_t i = world->habit_count; i > 0; i--) {
        const struct world_habit *habit = &world->habits[i - 1];
        if ((string_is(habit->user, "*") || string_is(habit->user, page->user)) &&
            (string_is(habit->channel, "*") || string_is(habit->channel, page->channel)))
            return habit->mode;
    }
    return "sends";
}

static const struct {
    const char *mode;
    enum page_outcome outcome;
} modes[] = {
    {"sends", OUTCOME_SENT},   {"delivers", OUTCOME_DELIVERED}, {"retries", OUTCOME_RETRY},
    {"fails", OUTCOME_FAILED}, {"loses", OUTCOME_UNKNOWN},
};

/* The courier tells what became of a page; one that hangs says nothing. */
static bool answer_page(struct world *world, const struct world_page *page, struct fault *fault)
{
    const char *mode = mode_of(world, page);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (!string_is(modes[i].mode, mode))
            continue;
        struct event event = {
            .kind = EVENT_PAGE_OUTCOME,
            .actor = "courier",
            .id = page->id,
            .outcome = modes[i].outcome,
            .text = "by the story",
        };
        return step_once(world, &event, fault);
    }
    return true;
}

static bool answer_pages(struct world *world, size_t from, struct fault *fault)
{
    for (size_t i = from; i < world->page_count; i++) {
        struct world_page page = world->pages[i];
        if (!answer_page(world, &page, fault))
            return false;
    }
    return true;
}

bool world_init(struct world *world, struct fault *fault)
{
    memset(world, 0, sizeof *world);
    world->arena = arena_new();
    world->engine = engine_new();
    keep_init(&world->keep);
    return setup_init(&world->setup, fault);
}

void world_clear(struct world *world)
{
    engine_free(world->engine);
    keep_clear(&world->keep);
    setup_clear(&world->setup);
    arena_free(world->arena);
}

void world_build(struct world *world)
{
    world->policy = setup_policy(&world->setup);
    world->roster = setup_roster(&world->setup);
}

bool world_reload(struct world *world, struct fault *fault)
{
    world_build(world);
    struct event roster = {.kind = EVENT_ROSTER, .actor = "pagerd", .roster = world->roster};
    struct event policy = {.kind = EVENT_POLICY, .actor = "pagerd", .policy = world->policy};
    return world_step(world, &roster, fault) && world_step(world, &policy, fault);
}

void world_moment(struct world *world)
{
    world->page_count = 0;
    world->entry_count = 0;
    world->revoked_count = 0;
    world->incident_saves = 0;
}

bool world_step(struct world *world, const struct event *event, struct fault *fault)
{
    size_t from = world->page_count;
    if (!step_once(world, event, fault))
        return false;
    struct answer answer = world->answer;
    if (answer.is_new)
        world->last_incident = answer.incident;
    if (!answer_pages(world, from, fault))
        return false;
    world->answer = answer;
    return true;
}

bool world_pass(struct world *world, msec steady_at, bool is_before, struct fault *fault)
{
    msec offset_ms = world->now.wall_at - world->now.steady_at;
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd"};
    while (world->engine != NULL) {
        msec due_in_ms = engine_next_due(world->engine, world->now);
        if (due_in_ms == MSEC_NEVER)
            break;
        msec due_at = world->now.steady_at + due_in_ms;
        if (due_at > steady_at || (is_before && due_at == steady_at))
            break;
        world->now = (struct now){.steady_at = due_at, .wall_at = due_at + offset_ms};
        if (!world_step(world, &tick, fault))
            return false;
    }
    world->now = (struct now){.steady_at = steady_at, .wall_at = steady_at + offset_ms};
    return true;
}

void world_habit(struct world *world, const char *user, const char *channel, const char *mode)
{
    assert(world->habit_count < WORLD_HABITS_MAX);
    world->habits[world->habit_count++] = (struct world_habit){
        .user = arena_copy(world->arena, user),
        .channel = arena_copy(world->arena, channel),
        .mode = arena_copy(world->arena, mode),
    };
}

void world_crash(struct world *world)
{
    engine_free(world->engine);
    world->engine = NULL;
}

bool world_restart(struct world *world, struct fault *fault)
{
    world->engine = engine_new();
    struct event roster = {.kind = EVENT_ROSTER, .actor = "pagerd", .roster = world->roster};
    struct event policy = {.kind = EVENT_POLICY, .actor = "pagerd", .policy = world->policy};
    if (!world_step(world, &roster, fault) || !world_step(world, &policy, fault))
        return false;
    keep_restore(&world->keep, world->engine);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct effects *effects = effects_new(arena);
    size_t from = world->page_count;
    engine_restored(world->engine, world->now, effects);
    bool is_good = finish(world, effects, fault);
    effects_free(effects);
    return is_good && answer_pages(world, from, fault);
}
