/* SPDX-License-Identifier: MIT */
#include "scenarios/world.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "daemon/away_rules.h"

static void note_page(struct world *world, const struct page *page)
{
    assert(world->page_count < WORLD_PAGES_MAX);
    world->pages[world->page_count++] = (struct world_page){
        .at = world->now.steady_at,
        .id = page->id,
        .incident = page->incident,
        .attempt = page->attempt,
        .kind = page->kind,
        .user = arena_copy(world->arena, page->user),
        .channel = arena_copy(world->arena, page->channel),
        .text = arena_copy(world->arena, page->text),
        .is_late = page->is_late,
        .is_repeat = page->is_repeat,
        .is_second = page->is_second,
        .is_stray = world->is_old,
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

/* Where there is no room, or nobody to hear it, the courier never says anything. */
static void add_outcome(struct world *world, struct world_outcome outcome)
{
    if (world->engine != NULL && world->outcome_count < WORLD_OUTCOMES_MAX)
        world->outcomes[world->outcome_count++] = outcome;
}

/* Takes down what came out of one step. */
static void note_effects(struct world *world, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        switch (effect->kind) {
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
        case EFFECT_SEND:
        case EFFECT_SAVE_ALERT:
        case EFFECT_SAVE_PAGE:
        case EFFECT_SAVE_PERSON:
        case EFFECT_SAVE_OVERRIDE:
        case EFFECT_SAVE_SILENCE:
        case EFFECT_SAVE_HEARTBEAT:
        case EFFECT_SAVE_HANDOFF:
        case EFFECT_SAVE_SWAP:
        case EFFECT_SAVE_PROOF:
        case EFFECT_COUNT:
            break;
        }
    }
}

/* Hands one page to the courier, unless it was overtaken while its turn was on its way: then that
 * is its outcome. */
bool world_depart(struct world *world, struct disk_send send, struct fault *fault)
{
    const struct page *page = view_page(world->engine, send.page);
    if (page == NULL || page->attempt != send.attempt ||
        (page->state != PAGE_QUEUED && page->state != PAGE_SENDING))
        return true;
    if (!view_page_is_wanted(world->engine, page)) {
        add_outcome(world, (struct world_outcome){.at = world->now.steady_at,
                                                  .page = page->id,
                                                  .attempt = page->attempt,
                                                  .is_second = page->is_second,
                                                  .word.outcome = OUTCOME_FAILED});
        return true;
    }
    note_page(world, page);
    bool has_text = world->text_every == 0 || page->id % world->text_every == 0;
    if (has_text && !provider_render(world->provider, world->engine, world->now, page, fault))
        return false;
    if (world->is_old)
        return cluster_stray(world, page, fault);
    return witness_send(world->witness, world->engine, world->now, page, fault);
}

static bool crash_is_armed(const struct world *world, enum world_crash crash)
{
    return world->crash == crash && !world->is_apart;
}

/* Its pages leave; the process may die between any two. */
static bool send_pages(struct world *world, struct disk_turn *turn, struct fault *fault)
{
    size_t count = turn->send_count;
    turn->send_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (crash_is_armed(world, CRASH_AFTER_SEND) && world->crash_after == 0)
            break;
        bool is_good = world->cluster != NULL ? cluster_depart(world, turn->sends[i], fault)
                                              : world_depart(world, turn->sends[i], fault);
        if (!is_good)
            return false;
        world->crash_after -= world->crash_after > 0;
    }
    if (crash_is_armed(world, CRASH_AFTER_SEND) && count > 0)
        world_crash(world); /* the turn may be gone with it */
    return true;
}

/* There is no room: senders hear 503, pages leave from memory, the batch is tried again later. */
static bool turn_leave(struct world *world, struct disk_turn *turn, struct fault *fault)
{
    turn->is_told = true;
    if (world->cluster != NULL)
        cluster_left(world, turn->id);
    return send_pages(world, turn, fault);
}

/* The journal has what was said: senders are told, pages leave; the rest is written later. */
static bool turn_keep(struct world *world, struct disk_turn *turn, struct fault *fault)
{
    turn->is_told = turn->is_kept = true;
    cluster_keep(world, turn);
    return send_pages(world, turn, fault);
}

/* It is on disk: senders are told, pages leave. */
static bool turn_landed(struct world *world, struct disk_turn *turn, struct fault *fault)
{
    witness_land(world->witness, turn->id);
    if (crash_is_armed(world, CRASH_AFTER_COMMIT)) {
        world_crash(world);
        return true;
    }
    if (turn->is_kept)
        return witness_tell(world->witness, turn->id, fault);
    if (world->cluster != NULL && turn->entry != NULL)
        cluster_keep(world, turn);
    if (world->cluster != NULL)
        cluster_landed(world, turn->id);
    if (turn->is_told)
        return true;
    bool is_frozen = world->cluster != NULL && cluster_freezes(world, turn);
    return witness_tell(world->witness, turn->id, fault) &&
           (is_frozen || send_pages(world, turn, fault));
}

static bool turns_land(struct world *world, struct fault *fault)
{
    bool is_good = true;
    while (is_good && world->engine != NULL && world->disk.first != NULL) {
        struct disk_turn *turn = NULL;
        bool may_land = true;
        if (world->cluster != NULL)
            is_good = cluster_may_land(world, &may_land, fault);
        if (!is_good || !may_land)
            break;
        is_good = disk_land(&world->disk, &turn, fault) && turn_landed(world, turn, fault);
        disk_turn_free(turn);
    }
    return is_good;
}

/* Everything that is on its way leaves without the disk. */
static bool turns_leave(struct world *world, struct fault *fault)
{
    bool is_away = world->disk.mode == DISK_AWAY;
    for (struct disk_turn *turn = world->disk.first; turn != NULL; turn = turn->next) {
        if (!turn->is_told &&
            !(is_away ? turn_keep(world, turn, fault) : turn_leave(world, turn, fault)))
            return false;
        if (world->engine == NULL)
            return true;
    }
    return true;
}

static bool turns_move(struct world *world, struct fault *fault)
{
    switch (world->disk.mode) {
    case DISK_WELL:
        return turns_land(world, fault);
    case DISK_FULL:
    case DISK_AWAY:
        return turns_leave(world, fault);
    case DISK_FAILS:
        if (world->disk.first == NULL || !turns_leave(world, fault))
            return world->disk.first == NULL;
        world_crash(world);
        world->disk.mode = DISK_WELL;
        return true;
    case DISK_HANGS:
    case DISK_MODE_COUNT:
        break;
    }
    return true;
}

/* What a step made becomes a turn and goes to the disk. */
static bool finish(struct world *world, const struct event *event, struct effects *effects,
                   const struct text *entry, struct fault *fault)
{
    if (!world->is_old)
        note_effects(world, effects);
    struct disk_turn *turn = disk_begin(&world->disk, effects, world->now);
    turn->entry = entry != NULL && entry->size > 0 ? string_copy_span(text_span(entry)) : NULL;
    turn->answer = world->answer;
    if (!world->is_old && !witness_step(world->witness, world->engine, world->now, turn->id, event,
                                        &world->answer, effects, fault))
        return false;
    bool is_checked = world->check_every == 0 || ++world->step_count % world->check_every == 0;
    if (is_checked && !engine_check(world->engine, world->now, fault))
        return false;
    if (crash_is_armed(world, CRASH_BEFORE_COMMIT) && effects->count > 0) {
        world_crash(world);
        return true;
    }
    return turns_move(world, fault);
}

static bool step_once(struct world *world, const struct event *event, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct effects *effects = effects_new(arena);
    CLEANUP(text_clear) struct text entry = {0};
    if (world->cluster != NULL)
        cluster_note(world, event, &entry);
    engine_step(world->engine, world->now, event, effects, &world->answer);
    world->answer.user = arena_copy(world->arena, world->answer.user);
    bool is_good = finish(world, event, effects, &entry, fault);
    effects_free(effects);
    return is_good;
}

/* "sms" and "*" are any provider of it, "sms.2" is its second. */
static bool channel_fits(const char *wanted, const struct world_page *page)
{
    size_t size = strlen(page->channel);
    if (string_is(wanted, "*") || string_is(wanted, page->channel))
        return true;
    return strncmp(wanted, page->channel, size) == 0 &&
           string_is(wanted + size, page->is_second ? ".2" : ".1");
}

static const struct world_habit *habit_of(const struct world *world, const struct world_page *page)
{
    static const struct world_habit usual = {.mode = "sends"};
    for (size_t i = world->habit_count; i > 0; i--) {
        const struct world_habit *habit = &world->habits[i - 1];
        if ((string_is(habit->user, "*") || string_is(habit->user, page->user)) &&
            channel_fits(habit->channel, page))
            return habit;
    }
    return &usual;
}

static bool say_outcome(struct world *world, const struct world_outcome *outcome,
                        struct fault *fault)
{
    struct event event = {
        .kind = EVENT_PAGE_OUTCOME,
        .actor = "courier",
        .id = outcome->page,
        .attempt = outcome->attempt,
        .provider = outcome->is_second ? 2 : 1,
        .outcome = outcome->word.outcome,
        .is_provider_fault = outcome->word.is_fault,
        .is_link_refused = outcome->word.is_link_refused,
        .text = "by the story",
    };
    if (world->engine == NULL)
        return true;
    world->last_outcome = *outcome;
    return step_once(world, &event, fault);
}

/* The courier tells what became of a page, now or later; one that hangs says nothing. */
static bool answer_page(struct world *world, const struct world_page *page, struct fault *fault)
{
    const struct world_habit *habit = habit_of(world, page);
    struct provider_word words[PROVIDER_WORDS_MAX];
    size_t count = provider_answer(habit->mode, page->channel, words);
    for (size_t i = 0; i < count; i++) {
        msec after_ms = words[i].is_later ? habit->after_ms : 0;
        struct world_outcome outcome = {.at = world->now.steady_at + after_ms,
                                        .page = page->id,
                                        .attempt = page->attempt,
                                        .is_second = page->is_second,
                                        .word = words[i]};
        if (after_ms > 0)
            add_outcome(world, outcome);
        else if (!say_outcome(world, &outcome, fault))
            return false;
    }
    return true;
}

bool world_answer(struct world *world, size_t from, struct fault *fault)
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
    world->witness = witness_new();
    world->provider = provider_new();
    return disk_init(&world->disk, fault) && setup_init(&world->setup, fault);
}

void world_clear(struct world *world)
{
    cluster_free(world->cluster);
    engine_free(world->engine);
    disk_clear(&world->disk);
    witness_free(world->witness);
    provider_free(world->provider);
    setup_clear(&world->setup);
    arena_free(world->arena);
}

void world_build(struct world *world)
{
    world->policy = setup_policy(&world->setup);
    world->roster = setup_roster(&world->setup);
}

/* Policy and roster, then what is on disk; only then may it do anything by itself. */
static bool start(struct world *world, struct fault *fault)
{
    struct event roster = {.kind = EVENT_ROSTER, .actor = "pagerd", .roster = world->roster};
    struct event policy = {.kind = EVENT_POLICY, .actor = "pagerd", .policy = world->policy};
    struct event restored = {.kind = world->is_recalled ? EVENT_RESTORED : EVENT_TICK,
                             .actor = "pagerd",
                             .from_at = world->crashed_at};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct effects *effects = effects_new(arena);
    size_t from = world->page_count;
    engine_step(world->engine, world->now, &roster, effects, NULL);
    engine_step(world->engine, world->now, &policy, effects, NULL);
    bool is_good = disk_restore(&world->disk, world->engine, world->now.wall_at, fault);
    world->answer = (struct answer){.kind = ANSWER_DONE};
    if (world->is_recalled) {
        engine_recall(world->engine, world->now, effects);
        engine_step(world->engine, world->now, &restored, effects, &world->answer);
    } else {
        engine_restored(world->engine, world->now, effects);
    }
    is_good = is_good && witness_restart(world->witness, world->engine, fault) &&
              finish(world, &restored, effects, NULL, fault);
    effects_free(effects);
    return is_good && world_answer(world, from, fault);
}

bool world_reload(struct world *world, struct fault *fault)
{
    world_build(world);
    if (view_policy(world->engine) == NULL) { /* the first life */
        if (world->setup.node_count > 1)
            world->cluster = cluster_new(world, world->setup.node_count);
        return start(world, fault);
    }
    return world_hear(world, fault);
}

bool world_hear(struct world *world, struct fault *fault)
{
    if (world->engine == NULL || view_policy(world->engine) == world->policy)
        return true;
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
    memset(world->met, 0, sizeof world->met);
}

/* May this be let in? What comes from outside must be durable. */
static bool is_refused(const struct world *world, const struct event *event)
{
    if (world->disk.mode == DISK_AWAY && !away_may_take(event->kind) &&
        event->kind < EVENT_PAGE_OUTCOME)
        return true;
    return world->engine == NULL || world->is_frozen ||
           (world->disk.mode == DISK_FULL && event->kind < EVENT_PAGE_OUTCOME);
}

bool world_step(struct world *world, const struct event *event, struct fault *fault)
{
    size_t from = world->page_count;
    if (is_refused(world, event)) {
        world->answer = (struct answer){.kind = ANSWER_FULL};
        return true;
    }
    if (!step_once(world, event, fault))
        return false;
    struct answer answer = world->answer;
    if (answer.is_new)
        world->last_incident = answer.incident;
    if (!world_answer(world, from, fault))
        return false;
    world->answer = answer;
    return true;
}

/* The outcome that is told first, or NULL. */
static struct world_outcome *first_outcome(struct world *world)
{
    struct world_outcome *first = NULL;
    for (size_t i = 0; i < world->outcome_count; i++) {
        if (first == NULL || world->outcomes[i].at < first->at)
            first = &world->outcomes[i];
    }
    return first;
}

/* When something happens by itself in a memory: a timer of the engine, or a word of the courier. */
static msec next_at(struct world *world)
{
    const struct world_outcome *first = first_outcome(world);
    msec due_in_ms = engine_next_due(world->engine, world->now);
    msec due_at = due_in_ms == MSEC_NEVER ? MSEC_NEVER : world->now.steady_at + due_in_ms;
    return first != NULL && first->at < due_at ? first->at : due_at;
}

/* Of the memory that the world has; what is frozen does nothing. */
static msec own_next_at(struct world *world)
{
    return world->engine != NULL && !world->is_frozen ? next_at(world) : MSEC_NEVER;
}

msec world_next_at(struct world *world)
{
    msec at = own_next_at(world);
    msec other_at = world->cluster != NULL ? cluster_next_at(world) : MSEC_NEVER;
    return other_at < at ? other_at : at;
}

bool world_happen(struct world *world, struct fault *fault)
{
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd"};
    struct world_outcome *first = first_outcome(world);
    if (first == NULL || first->at > world->now.steady_at)
        return world_step(world, &tick, fault);
    struct world_outcome outcome = *first;
    *first = world->outcomes[--world->outcome_count];
    size_t from = world->page_count;
    return say_outcome(world, &outcome, fault) && world_answer(world, from, fault);
}

bool world_pass(struct world *world, msec steady_at, bool is_before, struct fault *fault)
{
    msec offset_ms = world->now.wall_at - world->now.steady_at;
    for (;;) {
        msec at = world_next_at(world);
        if (at == MSEC_NEVER || at > steady_at || (is_before && at == steady_at))
            break;
        world->now = (struct now){.steady_at = at, .wall_at = at + offset_ms};
        bool is_others = world->cluster != NULL && own_next_at(world) > at;
        if (!(is_others ? cluster_happen(world, fault) : world_happen(world, fault)))
            return false;
    }
    world->now = (struct now){.steady_at = steady_at, .wall_at = steady_at + offset_ms};
    return true;
}

bool world_repeat_outcome(struct world *world, struct fault *fault)
{
    size_t from = world->page_count;
    return world->last_outcome.page == 0 ||
           (say_outcome(world, &world->last_outcome, fault) && world_answer(world, from, fault));
}

bool world_disk(struct world *world, enum disk_mode mode, struct fault *fault)
{
    size_t from = world->page_count;
    world->disk.mode = mode;
    return world->engine == NULL || (turns_move(world, fault) && world_answer(world, from, fault));
}

uint64_t world_digest(const struct world *world)
{
    return world->disk.digest;
}

void world_habit(struct world *world, const char *user, const char *channel, const char *mode,
                 msec after_ms)
{
    assert(world->habit_count < WORLD_HABITS_MAX);
    world->habits[world->habit_count++] = (struct world_habit){
        .user = arena_copy(world->arena, user),
        .channel = arena_copy(world->arena, channel),
        .mode = arena_copy(world->arena, mode),
        .after_ms = after_ms,
    };
}

void world_crash(struct world *world)
{
    if (world->engine == NULL)
        return;
    engine_free(world->engine);
    world->engine = NULL;
    world->crashed_at = world->now.wall_at;
    world->crash = CRASH_NEVER;
    world->outcome_count = 0;
    world->last_outcome.page = 0;
    disk_drop(&world->disk);
    witness_crash(world->witness);
    if (world->cluster != NULL)
        cluster_died(world);
}

bool world_recall(struct world *world, struct fault *fault)
{
    world->is_recalled = true;
    bool is_good = world_restart(world, fault);
    world->is_recalled = false;
    return is_good;
}

bool world_restart(struct world *world, struct fault *fault)
{
    if (world->engine != NULL)
        world_crash(world);
    world->engine = engine_new();
    return start(world, fault);
}
