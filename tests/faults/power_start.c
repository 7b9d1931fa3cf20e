/* SPDX-License-Identifier: MIT */
#include "faults/power_start.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/engine.h"
#include "store/batch.h"
#include "store/store.h"

#define HORIZON_MS (400 * DAY_MS)

/* One try, from opening to closing. */
struct start {
    const struct house_rules *rules;
    struct store *store;
    struct engine *engine;
    struct arena *arena;
    struct effects *effects;
    struct loaded loaded;
    struct store_maxima maxima;
    struct now now;
    struct fault commit; /* of the commit thread; FAULT_NONE: it is on disk */
};

static struct rota rota_of(const struct config_calendar *calendar, const char *layer,
                           struct segment *segment)
{
    return (struct rota){.calendar = calendar->name,
                         .layer = layer,
                         .source = "made for the test",
                         .from_at = segment->start_at,
                         .until_at = segment->end_at,
                         .segments = segment,
                         .segment_count = 1};
}

/* Each calendar is one person's, as House has it. */
static struct roster *roster_make(const struct config *config)
{
    struct roster *roster = memory_new(1, sizeof(*roster));
    struct rota *rotas = memory_new(config->calendar_count * 3 + 1, sizeof(*rotas));
    struct segment *segments = memory_new(config->calendar_count + 1, sizeof(*segments));
    static const char *const layers[] = {NULL, "primary", "secondary"};
    for (size_t i = 0; i < config->calendar_count; i++) {
        const struct config_calendar *calendar = &config->calendars[i];
        segments[i] = (struct segment){
            .start_at = 1, .end_at = MSEC_NEVER / 2, .user_count = 1, .summary = "", .uid = ""};
        segments[i].users[0] = string_is(calendar->name, "secondary") ? "bob" : "ann";
        for (size_t j = 0; j < sizeof(layers) / sizeof(layers[0]); j++)
            rotas[roster->rota_count++] = rota_of(calendar, layers[j], &segments[i]);
    }
    roster->rotas = rotas;
    if (config->calendar_count == 0)
        free(segments);
    return roster;
}

bool rules_load(struct house_rules *rules, const char *path, struct fault *fault)
{
    CLEANUP(report_free) struct report *report = report_new();
    struct config *config = NULL;
    struct config_options options = {0};
    if (!config_load(path, &options, &config, report))
        return fault_set(fault, FAULT_INPUT, "cannot use the configuration '%s'", path);
    rules->config = config;
    rules->roster = roster_make(config);
    return true;
}

void rules_clear(struct house_rules *rules)
{
    if (rules->roster != NULL && rules->roster->rota_count > 0)
        free((void *)rules->roster->rotas[0].segments);
    if (rules->roster != NULL)
        free((void *)rules->roster->rotas);
    free(rules->roster);
    config_free((struct config *)rules->config);
    *rules = (struct house_rules){0};
}

#define KEEP(list, count, item)                                   \
    do {                                                          \
        (list) = memory_grow(list, (count) + 1, sizeof(*(list))); \
        (list)[(count)++] = (item);                               \
    } while (0)

static void load_incident(void *context, const struct incident *incident)
{
    struct start *start = context;
    KEEP(start->loaded.incidents, start->loaded.incident_count, incident_copy(incident));
    engine_restore_incident(start->engine, incident);
}

static void load_alert(void *context, const struct alert_record *alert)
{
    struct start *start = context;
    engine_restore_alert(start->engine, alert);
}

static void load_page(void *context, const struct page *page)
{
    struct start *start = context;
    KEEP(start->loaded.pages, start->loaded.page_count, page_copy(page));
    engine_restore_page(start->engine, page);
}

static void load_person(void *context, const struct person *person)
{
    struct start *start = context;
    engine_restore_person(start->engine, person);
}

static void load_override(void *context, const struct override *override)
{
    struct start *start = context;
    KEEP(start->loaded.overrides, start->loaded.override_count, override_copy(override));
    engine_restore_override(start->engine, override);
}

static void load_silence(void *context, const struct silence *silence)
{
    struct start *start = context;
    engine_restore_silence(start->engine, silence);
}

static void load_heartbeat(void *context, const struct heartbeat *heartbeat)
{
    struct start *start = context;
    engine_restore_heartbeat(start->engine, heartbeat);
}

static void load_handoff(void *context, const struct handoff *handoff)
{
    struct start *start = context;
    engine_restore_handoff(start->engine, handoff);
}

static void load_swap(void *context, const struct swap *swap)
{
    struct start *start = context;
    engine_restore_swap(start->engine, swap);
}

static void load_proof(void *context, const struct proof *proof)
{
    struct start *start = context;
    engine_restore_proof(start->engine, proof);
}

static void load_key(void *context, const struct key_record *key)
{
    struct start *start = context;
    KEEP(start->loaded.keys, start->loaded.key_count, string_copy(key->name));
}

static void load_token(void *context UNUSED, const struct token_record *token UNUSED)
{
}

static void load_meta(void *context, const struct meta_record *meta)
{
    struct start *start = context;
    if (string_is(meta->name, "clock") &&
        sscanf(meta->value, "%" SCNd64 " %" SCNd64, &start->loaded.steady_at,
               &start->loaded.wall_at) != 2)
        start->loaded.steady_at = 0;
}

static void load_counter(void *context UNUSED, const char *name UNUSED, int64_t value UNUSED)
{
}

/* As the daemon does it: policy and people on call first, then what was kept, then time. */
static bool start_load(struct start *start, msec wall_at, struct fault *fault)
{
    struct now first = {.steady_at = wall_at, .wall_at = wall_at};
    struct event roster = {.kind = EVENT_ROSTER, .actor = "pagerd", .roster = start->rules->roster};
    struct event policy = {
        .kind = EVENT_POLICY, .actor = "pagerd", .policy = start->rules->config->policy};
    struct store_loader loader = {.context = start,
                                  .incident = load_incident,
                                  .alert = load_alert,
                                  .page = load_page,
                                  .person = load_person,
                                  .override = load_override,
                                  .silence = load_silence,
                                  .heartbeat = load_heartbeat,
                                  .handoff = load_handoff,
                                  .swap = load_swap,
                                  .proof = load_proof,
                                  .key = load_key,
                                  .token = load_token,
                                  .meta = load_meta,
                                  .counter = load_counter};
    engine_step(start->engine, first, &policy, start->effects, NULL);
    engine_step(start->engine, first, &roster, start->effects, NULL);
    if (!store_load(start->store, wall_at, &loader, &start->maxima, fault))
        return false;
    engine_restore_counters(start->engine, start->maxima.incident, start->maxima.alert,
                            start->maxima.page, start->maxima.override);
    engine_restore_quiet_counters(start->engine, start->maxima.silence, start->maxima.heartbeat);
    engine_restore_swap_counter(start->engine, start->maxima.swap);
    msec passed_ms = wall_at - start->loaded.wall_at;
    start->now = first;
    if (start->loaded.steady_at != 0) {
        start->now.steady_at = start->loaded.steady_at + (passed_ms > 0 ? passed_ms : 0);
        engine_restore_clock(start->engine, start->loaded.wall_at - start->loaded.steady_at);
    }
    engine_restored(start->engine, start->now, start->effects);
    return true;
}

static const struct page *page_sent(const struct start *start, uint64_t id)
{
    for (size_t i = 0; i < start->effects->count; i++)
        if (start->effects->list[i].kind == EFFECT_SEND && start->effects->list[i].page->id == id)
            return start->effects->list[i].page;
    return NULL;
}

/* Whether anybody still has to hear of this. */
static bool page_matters(const struct start *start, const struct page *page)
{
    const struct incident *incident = loaded_incident(&start->loaded, page->incident);
    if (!page_is_alarm(page->kind))
        return true;
    return incident != NULL && incident->state == INCIDENT_TRIGGERED;
}

static bool pages_check(const struct start *start, struct fault *fault)
{
    for (size_t i = 0; i < start->loaded.page_count; i++) {
        const struct page *page = start->loaded.pages[i];
        bool is_waiting = page->state == PAGE_QUEUED && page->retry_at != MSEC_NEVER &&
                          page->retry_at > start->now.steady_at;
        if ((page->state != PAGE_QUEUED && page->state != PAGE_SENDING) || is_waiting ||
            !page_matters(start, page))
            continue;
        const struct page *sent = page_sent(start, page->id);
        if (sent == NULL)
            return fault_set(fault, FAULT_INPUT,
                             "page %" PRIu64 " of #%" PRIu64 " was %s and is not sent again",
                             page->id, page->incident, page_state_name(page->state));
        if (page->state == PAGE_SENDING && !sent->is_repeat)
            return fault_set(fault, FAULT_INPUT, "page %" PRIu64 " is no repeat", page->id);
    }
    return true;
}

/* Whoever is open and unacked is paged again by itself. */
static bool incidents_check(const struct start *start, struct fault *fault)
{
    uint64_t cursor = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(start->engine, &cursor)) != NULL) {
        struct next_page next;
        if (incident->state != INCIDENT_TRIGGERED)
            continue;
        if (!view_next(start->engine, incident, start->now, &next) || next.user_count == 0 ||
            next.at == MSEC_NEVER)
            return fault_set(fault, FAULT_INPUT, "#%" PRIu64 " is open and pages nobody next",
                             incident->number);
    }
    return true;
}

static void start_committed(void *context, struct batch *failed, const struct fault *fault)
{
    struct start *start = context;
    if (fault == NULL)
        return;
    start->commit = *fault;
    batch_free(failed);
}

/* The first turn: what the start decided goes to disk. */
static bool start_commit(struct start *start, struct fault *fault)
{
    struct batch *batch = batch_new();
    char clock[80];
    snprintf(clock, sizeof(clock), "%" PRId64 " %" PRId64 " 1 -", start->now.steady_at,
             start->now.wall_at);
    batch_add_effects(batch, start->effects);
    batch_save_meta(batch, &(struct meta_record){.name = "clock", .value = clock}, NEED_NONE);
    if (store_submit(start->store, batch, start_committed, start, fault))
        return true;
    batch_free(batch);
    return false;
}

static bool start_check(struct start *start, const struct facts *facts, size_t position,
                        struct fault *fault)
{
    if (!engine_check(start->engine, start->now, fault))
        return false;
    if (facts == NULL)
        return true;
    return facts_check(facts, position, &start->loaded, fault) && pages_check(start, fault) &&
           incidents_check(start, fault) && start_commit(start, fault);
}

bool start_try(const struct house_rules *rules, const char *folder, const struct facts *facts,
               size_t position, msec wall_at, struct start_end *end, struct fault *fault)
{
    struct start start = {.rules = rules, .engine = engine_new(), .arena = arena_new()};
    char *url = string_format("sqlite:%s", folder);
    start.effects = effects_new(start.arena);
    bool is_good = store_open(url, NULL, &start.store, fault) && start_load(&start, wall_at, fault);
    if (end != NULL)
        *end = (struct start_end){.is_refused = !is_good, .sum = loaded_sum(&start.loaded)};
    is_good = is_good && start_check(&start, facts, position, fault);
    store_close(start.store);
    if (is_good && start.commit.kind != FAULT_NONE) {
        *fault = start.commit;
        is_good = false;
    }
    effects_free(start.effects);
    engine_free(start.engine);
    arena_free(start.arena);
    loaded_clear(&start.loaded);
    free(url);
    return is_good;
}
