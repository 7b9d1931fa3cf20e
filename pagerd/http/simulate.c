/* SPDX-License-Identifier: MIT */
/*
 * simulate.c - what would become of an alert: its route, and who would be paged when.
 *
 * The real engine answers: a second one is given the policy, the roster (with what is on of the
 * maintenance windows), the overrides, the silences and the rests of the first, takes the alert,
 * and runs through the hours that follow while nobody answers. Nothing of it is kept.
 */
#include <string.h>

#include "base/text.h"
#include "engine/engine.h"
#include "engine/route.h"
#include "http/act.h"
#include "http/route.h"

#define SIMULATE_PAGES_MAX 200
#define SIMULATE_TURNS_MAX 2000
#define SIMULATE_SPAN_MS DAY_MS
#define SIMULATE_STEADY_AT DAY_MS /* any time will do; not 0 */

struct simulation {
    struct call *call;
    struct engine *engine;
    struct arena *turn;
    struct effects *effects;
    struct now now;
    msec start_at; /* wall */
    struct json_writer *writer;
    size_t page_count;
    bool is_cut;
};

/* The words that are no labels (match.h), and where they belong. */
static bool field_set(struct alert *alert, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **place;
    } fields[] = {
        {"integration", &alert->integration}, {"service", &alert->service},
        {"source", &alert->source},           {"summary", &alert->summary},
        {"severity", &alert->severity_word},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (!string_is(fields[i].name, name))
            continue;
        *fields[i].place = value;
        return true;
    }
    return false;
}

/* The team of the key of that name; NULL: it has none, or there is no such key. */
static const char *key_team(const struct house *house, const char *name)
{
    size_t cursor = 0;
    const struct credential *credential;
    while ((credential = house->credential_each(house->context, &cursor)))
        if (!credential->revoked_at && !credential->is_feed && string_is(credential->name, name))
            return credential->team;
    return NULL;
}

/* The alert of the query; false: answered. */
static bool alert_read(struct call *call, const struct house *house, struct alert *alert)
{
    struct label *labels = arena_take(call->arena, CALL_QUERY_MAX * sizeof(*labels));
    *alert = (struct alert){.integration = "simulate",
                            .severity = SEVERITY_CRITICAL,
                            .service = "",
                            .source = "",
                            .summary = "simulated",
                            .dedup_key = "simulated",
                            .labels = labels};
    for (size_t i = 0; i < call->query_count; i++) {
        if (!string_is(call->query[i].name, "label"))
            continue;
        struct span rest = span_of(call->query[i].value);
        bool has_equals = memchr(call->query[i].value, '=', rest.size) != NULL;
        const char *name = arena_copy_span(call->arena, span_trim(span_cut(&rest, '=')));
        const char *value = arena_copy_span(call->arena, rest);
        if (!has_equals || !*name) {
            call_answer_errorf(call, 400, "invalid", "\"%.80s\" is not label=value.",
                               call->query[i].value);
            return false;
        }
        if (!field_set(alert, name, value))
            labels[alert->label_count++] = (struct label){(char *)name, (char *)value};
    }
    if (alert->severity_word && !severity_parse(alert->severity_word, &alert->severity)) {
        alert->severity = SEVERITY_ERROR;
        alert->is_severity_guessed = true;
    }
    alert->team = key_team(house, alert->integration);
    const char *team = call_query(call, "team");
    if (team) {
        const struct team *found = act_team(call, view_policy(house->engine), team);
        alert->team = found ? found->id : NULL;
        return found != NULL;
    }
    return true;
}

static void simulation_step(struct simulation *simulation, const struct event *event,
                            struct answer *answer)
{
    engine_step(simulation->engine, simulation->now, event, simulation->effects, answer);
}

/* A second engine that knows what the first knows, but none of its incidents. */
static void simulation_open(struct simulation *simulation, const struct house *house, msec at)
{
    simulation->engine = engine_new();
    simulation->turn = arena_new();
    simulation->effects = effects_new(simulation->turn);
    simulation->start_at = at;
    simulation->now = (struct now){.steady_at = SIMULATE_STEADY_AT, .wall_at = at};
    struct event policy = {.kind = EVENT_POLICY, .policy = view_policy(house->engine)};
    struct event roster = {.kind = EVENT_ROSTER, .roster = view_roster(house->engine)};
    simulation_step(simulation, &policy, NULL);
    if (roster.roster)
        simulation_step(simulation, &roster, NULL);

    size_t cursor = 0;
    const struct person *person;
    while ((person = view_each_person(house->engine, &cursor))) {
        struct person idle = *person; /* what pages them belongs to incidents that are not here */
        idle.runs = NULL;
        idle.run_count = 0;
        engine_restore_person(simulation->engine, &idle);
    }
    cursor = 0;
    const struct override *override;
    while ((override = view_each_override(house->engine, &cursor)))
        engine_restore_override(simulation->engine, override);
    cursor = 0;
    const struct silence *silence;
    while ((silence = view_each_silence(house->engine, &cursor)))
        engine_restore_silence(simulation->engine, silence);
    engine_restored(simulation->engine, simulation->now, simulation->effects);
    effects_reset(simulation->effects);
    arena_reset(simulation->turn);
}

static void simulation_close(struct simulation *simulation)
{
    effects_free(simulation->effects);
    arena_free(simulation->turn);
    engine_free(simulation->engine);
}

static void target_add(struct text *text, const struct team *team, const struct target *target)
{
    if (text->size > 0)
        text_add(text, ", ");
    if (target->kind == TARGET_ROLE)
        text_addf(text, "%s %s", team->id, role_name(target->role));
    else if (target->kind == TARGET_EVERYONE)
        text_addf(text, "everyone in %s", team->id);
    else
        text_addf(text, "%s%s", target->kind == TARGET_TEAM ? "team:" : "", target->name);
}

/* "db primary", and why that is this person: the rota, the override, the rest of somebody. */
static void step_write(struct simulation *simulation, const struct incident *incident,
                       const struct page *page)
{
    const struct team *team = policy_find_team(view_policy(simulation->engine), incident->team);
    CLEANUP(text_clear) struct text of = {0};
    CLEANUP(text_clear) struct text why = {0};
    if (incident->walk.step >= team->step_count) {
        text_add(&of, "last resort");
    } else {
        const struct step *step = &team->steps[incident->walk.step];
        for (size_t i = 0; i < step->target_count; i++) {
            struct duty duty = {0};
            target_add(&of, team, &step->targets[i]);
            if (step->targets[i].kind != TARGET_ROLE ||
                !view_oncall(simulation->engine, team, step->targets[i].role,
                             simulation->now.wall_at, &duty))
                continue;
            for (size_t u = 0; u < duty.user_count && why.size == 0; u++)
                if (string_is(duty.users[u]->id, page->user))
                    text_add(&why, duty.why);
        }
    }
    struct json_writer *writer = simulation->writer;
    json_put_integer(writer, "step", incident->walk.step + 1);
    json_put_integer(writer, "round",
                     incident->walk.laps > 0 ? incident->walk.laps : incident->walk.round);
    json_put_string(writer, "of", text_string(&of));
    json_put_string(writer, "why", why.size > 0 ? text_string(&why) : NULL);
}

static void page_write(struct simulation *simulation, const struct page *page)
{
    const struct incident *incident = view_incident(simulation->engine, page->incident);
    struct json_writer *writer = simulation->writer;
    if (!incident || !page_is_alarm(page->kind))
        return;
    if (simulation->page_count++ >= SIMULATE_PAGES_MAX) {
        simulation->is_cut = true;
        return;
    }
    json_begin_object(writer, NULL);
    json_put_instant(writer, "at", simulation->now.wall_at);
    json_put_integer(writer, "after_ms", simulation->now.wall_at - simulation->start_at);
    json_put_string(writer, "user", page->user);
    json_put_string(writer, "channel", page->channel);
    json_put_string(writer, "kind", page_kind_name(page->kind));
    json_put_string(writer, "severity", severity_name(incident->severity));
    step_write(simulation, incident, page);
    json_end_object(writer);
}

/* Writes what goes out in this turn, and lets all of it arrive. */
static void pages_take(struct simulation *simulation)
{
    uint64_t ids[SIMULATE_PAGES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < simulation->effects->count; i++) {
        const struct effect *effect = &simulation->effects->list[i];
        if (effect->kind != EFFECT_SEND || count == SIMULATE_PAGES_MAX)
            continue;
        page_write(simulation, effect->page);
        ids[count++] = effect->page->id;
    }
    effects_reset(simulation->effects);
    arena_reset(simulation->turn);
    for (size_t i = 0; i < count; i++) {
        struct event event = {.kind = EVENT_PAGE_OUTCOME,
                              .id = ids[i],
                              .outcome = OUTCOME_DELIVERED,
                              .target.kind = TARGET_COUNT};
        simulation_step(simulation, &event, NULL);
    }
}

/* Until the last resort has been asked once, nothing is due any more, or the span is over. */
static void simulation_run(struct simulation *simulation, uint64_t number)
{
    for (size_t turn = 0; turn < SIMULATE_TURNS_MAX; turn++) {
        pages_take(simulation);
        const struct incident *incident = view_incident(simulation->engine, number);
        msec due_ms = engine_next_due(simulation->engine, simulation->now);
        msec passed_ms = simulation->now.wall_at - simulation->start_at;
        if (simulation->is_cut || !incident || incident->walk.laps > 1 || due_ms == MSEC_NEVER ||
            due_ms > SIMULATE_SPAN_MS - passed_ms)
            return;
        simulation->now.wall_at += due_ms;
        simulation->now.steady_at += due_ms;
        struct event tick = {.kind = EVENT_TICK, .target.kind = TARGET_COUNT};
        simulation_step(simulation, &tick, NULL);
    }
}

static void route_write(struct json_writer *writer, const struct routing *routing)
{
    if (!routing->route) {
        json_put_null(writer, "route");
        return;
    }
    CLEANUP(text_clear) struct text words = {0};
    route_add_words(&words, routing);
    json_begin_object(writer, "route");
    json_put_integer(writer, "number", (int64_t)routing->number);
    json_put_string(writer, "text", text_string(&words));
    json_end_object(writer);
}

/* Until when a silence, a window or the morning of who sleeps keeps the first page back. */
static void held_write(struct json_writer *writer, const struct engine *engine,
                       const struct incident *incident)
{
    const struct silence *silence = incident && view_is_held(incident)
                                        ? view_silence(engine, incident->handling->held_by)
                                        : NULL;
    msec morning_at =
        incident && view_is_held_till_morning(incident) ? incident->handling->hold_until_at : 0;
    json_put_instant(writer, "held_until", silence ? silence->until_at : morning_at);
}

enum call_wait route_simulate_show(struct call *call, struct house *house)
{
    struct alert alert;
    struct alert settled;
    msec at = house->now(house->context).wall_at;
    if (!view_policy(house->engine)) {
        call_fail_unavailable(call, "pagerd has no configuration yet");
        return CALL_ANSWER_NOW;
    }
    if (!act_instant(call, "at", call_query(call, "at"), &at) || !alert_read(call, house, &alert))
        return CALL_ANSWER_NOW;

    struct json_writer writer = call_begin_json(call, 200);
    struct simulation simulation = {.call = call, .writer = &writer};
    struct routing routing = route_settle(view_policy(house->engine), &alert, &settled);
    struct event event = {.kind = EVENT_TRIGGER,
                          .actor = alert.integration,
                          .via = "http",
                          .alert = &alert,
                          .target.kind = TARGET_COUNT};
    struct answer answer = {0};
    simulation_open(&simulation, house, at);
    simulation_step(&simulation, &event, &answer);
    const struct incident *incident = view_incident(simulation.engine, answer.incident);
    json_begin_object(&writer, NULL);
    json_put_instant(&writer, "at", at);
    route_write(&writer, &routing);
    json_put_string(&writer, "team", incident ? incident->team : NULL);
    json_put_string(&writer, "severity", severity_name(settled.severity));
    json_put_string(&writer, "state", incident ? incident_state_name(incident->state) : NULL);
    json_put_string(&writer, "reason", incident && *incident->reason ? incident->reason : NULL);
    held_write(&writer, simulation.engine, incident);
    json_begin_array(&writer, "pages");
    simulation_run(&simulation, answer.incident);
    json_end_array(&writer);
    json_put_bool(&writer, "cut", simulation.is_cut);
    json_end_object(&writer);
    simulation_close(&simulation);
    return CALL_ANSWER_NOW;
}
