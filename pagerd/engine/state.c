/* SPDX-License-Identifier: MIT */
#include "engine/state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/shared.h"
#include "base/text.h"

static struct effect *effects_add(struct effects *effects, enum effect_kind kind)
{
    if (effects->count == effects->room) {
        effects->room = effects->room == 0 ? 64 : effects->room * 2;
        effects->list = memory_grow(effects->list, effects->room, sizeof *effects->list);
    }
    struct effect *effect = &effects->list[effects->count++];
    *effect = (struct effect){.kind = kind};
    return effect;
}

/* Marks a record as listed in this turn and raises its version; false: it is listed already. */
static bool list_once(struct work *work, uint64_t *listed, uint64_t *version)
{
    if (work->effects->turn == 0)
        work->effects->turn = ++work->engine->turn;
    if (*listed == work->effects->turn)
        return false;
    *listed = work->effects->turn;
    (*version)++;
    return true;
}

void save_alert(struct work *work, struct alert_record *alert)
{
    if (list_once(work, &alert->listed, &alert->version))
        effects_add(work->effects, EFFECT_SAVE_ALERT)->alert = alert;
}

void save_alert_with(struct incident *incident, struct alert_record *alert)
{
    if (alert->unsaved != NULL)
        return;
    alert->unsaved = incident->unsaved != NULL ? incident->unsaved : alert;
    incident->unsaved = alert;
}

static void save_alerts(struct work *work, struct incident *incident)
{
    struct alert_record *alert = incident->unsaved;
    incident->unsaved = NULL;
    while (alert != NULL) {
        struct alert_record *next = alert->unsaved != alert ? alert->unsaved : NULL;
        alert->unsaved = NULL;
        save_alert(work, alert);
        alert = next;
    }
}

void save_incident(struct work *work, struct incident *incident)
{
    save_alerts(work, incident);
    incident->save_due_at = MSEC_NEVER;
    incident->saved_at = work->now.steady_at;
    if (list_once(work, &incident->listed, &incident->version))
        effects_add(work->effects, EFFECT_SAVE_INCIDENT)->incident = incident;
}

void save_page(struct work *work, struct page *page)
{
    if (list_once(work, &page->listed, &page->version))
        effects_add(work->effects, EFFECT_SAVE_PAGE)->page = page;
}

void save_person(struct work *work, struct person *person)
{
    if (list_once(work, &person->listed, &person->version))
        effects_add(work->effects, EFFECT_SAVE_PERSON)->person = person;
}

void save_override(struct work *work, struct override *override)
{
    if (list_once(work, &override->listed, &override->version))
        effects_add(work->effects, EFFECT_SAVE_OVERRIDE)->override = override;
}

void save_silence(struct work *work, struct silence *silence)
{
    if (list_once(work, &silence->listed, &silence->version))
        effects_add(work->effects, EFFECT_SAVE_SILENCE)->silence = silence;
}

void save_heartbeat(struct work *work, struct heartbeat *heartbeat)
{
    heartbeat->saved_at = work->now.steady_at;
    if (list_once(work, &heartbeat->listed, &heartbeat->version))
        effects_add(work->effects, EFFECT_SAVE_HEARTBEAT)->heartbeat = heartbeat;
}

void save_handoff(struct work *work, struct handoff *handoff)
{
    if (list_once(work, &handoff->listed, &handoff->version))
        effects_add(work->effects, EFFECT_SAVE_HANDOFF)->handoff = handoff;
}

void save_swap(struct work *work, struct swap *swap)
{
    if (list_once(work, &swap->listed, &swap->version))
        effects_add(work->effects, EFFECT_SAVE_SWAP)->swap = swap;
}

void save_proof(struct work *work, struct proof *proof)
{
    if (list_once(work, &proof->listed, &proof->version))
        effects_add(work->effects, EFFECT_SAVE_PROOF)->proof = proof;
}

void send_page(struct work *work, struct page *page)
{
    effects_add(work->effects, EFFECT_SEND)->page = page;
}

void unsend_page(struct work *work, const struct page *page)
{
    struct effects *effects = work->effects;
    for (size_t i = effects->count; i > 0; i--) {
        struct effect *effect = &effects->list[i - 1];
        if (effect->kind != EFFECT_SEND || effect->page != page)
            continue;
        memmove(effect, effect + 1, (effects->count - i) * sizeof *effect);
        effects->count--;
        return;
    }
}

void add_entry(struct work *work, const struct entry *entry)
{
    effects_add(work->effects, EFFECT_ENTRY)->entry = entry;
}

void revoke_tokens(struct work *work, uint64_t incident)
{
    effects_add(work->effects, EFFECT_REVOKE_TOKENS)->number = incident;
}

bool is_listed(const struct work *work, uint64_t listed)
{
    return work->effects->turn != 0 && listed == work->effects->turn;
}

struct span number_key(const uint64_t *number)
{
    return (struct span){(const char *)number, sizeof *number};
}

struct incident *incident_find(const struct engine *engine, uint64_t number)
{
    return numbered_find(engine->incidents, number);
}

struct page *page_find(const struct engine *engine, uint64_t id)
{
    return numbered_find(engine->pages, id);
}

struct person *person_find(const struct engine *engine, const char *user)
{
    return map_find(engine->people, span_of(user));
}

struct person *person_get(struct engine *engine, const char *user)
{
    struct person *person = person_find(engine, user);
    if (person != NULL)
        return person;
    person = memory_new(1, sizeof *person);
    person->user = string_copy(user);
    person->rest_because = string_copy("");
    map_put(engine->people, span_of(user), person);
    return person;
}

const struct team *team_find(const struct engine *engine, const char *id)
{
    return id == NULL ? NULL : map_find(engine->teams, span_of(id));
}

const struct team *team_of(const struct engine *engine, const struct incident *incident)
{
    const struct team *team = team_find(engine, incident->team);
    assert(engine->policy->team_count > 0);
    return team != NULL ? team : &engine->policy->teams[0];
}

size_t rota_layer(const char *layer)
{
    enum role role = ROLE_COUNT;
    if (layer == NULL)
        return ROLE_COUNT;
    return role_parse(layer, &role) ? (size_t)role : ROLE_COUNT + 1;
}

const struct rota *rota_of(const struct engine *engine, const struct duty_source *source)
{
    size_t layer = rota_layer(source->layer);
    if (source->calendar == NULL || layer > ROLE_COUNT)
        return NULL;
    return map_find(engine->rotas[layer], span_of(source->calendar));
}

bool string_set(char **place, const char *value)
{
    const char *wanted = value == NULL ? "" : value;
    if (string_is(*place, wanted))
        return false;
    free(*place);
    *place = string_copy(wanted);
    return true;
}

bool set_name(const char **place, const char *value)
{
    if (string_is(*place, value == NULL ? "" : value))
        return false;
    const char *old = *place;
    *place = shared_name(value);
    shared_drop(old);
    return true;
}

bool set_words(const char **place, const char *value)
{
    if (string_is(*place, value == NULL ? "" : value))
        return false;
    const char *old = *place;
    *place = shared_copy(value);
    shared_drop(old);
    return true;
}

struct effects *effects_new(struct arena *arena)
{
    struct effects *effects = memory_new(1, sizeof *effects);
    effects->arena = arena;
    return effects;
}

void effects_free(struct effects *effects)
{
    if (effects == NULL)
        return;
    free(effects->list);
    free(effects);
}

void effects_reset(struct effects *effects)
{
    effects->count = 0;
    effects->turn = 0;
    effects->fired = 0;
}
