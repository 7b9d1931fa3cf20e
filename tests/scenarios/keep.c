/* SPDX-License-Identifier: MIT */
#include "scenarios/keep.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

#define KEY_SIZE 24

static struct span number_text(uint64_t number, char key[KEY_SIZE])
{
    (void)snprintf(key, KEY_SIZE, "%" PRIu64, number);
    return span_of(key);
}

static bool version_is_next(uint64_t stored, uint64_t version, const char *what, const char *id,
                            struct fault *fault)
{
    if (version == stored + 1)
        return true;
    return fault_set(fault, FAULT_CONFLICT, "%s %s: version %" PRIu64 " would replace %" PRIu64,
                     what, id, version, stored);
}

static bool keep_incident(struct keep *keep, const struct incident *incident, struct fault *fault)
{
    char key[KEY_SIZE];
    struct span name = number_text(incident->number, key);
    struct incident *old = map_find(keep->incidents, name);
    if (!version_is_next(old != NULL ? old->version : 0, incident->version, "incident", key, fault))
        return false;
    map_put(keep->incidents, name, incident_copy(incident));
    incident_free(old);
    return true;
}

static bool keep_page(struct keep *keep, const struct page *page, struct fault *fault)
{
    char key[KEY_SIZE];
    struct span name = number_text(page->id, key);
    struct page *old = map_find(keep->pages, name);
    if (!version_is_next(old != NULL ? old->version : 0, page->version, "page", key, fault))
        return false;
    map_put(keep->pages, name, page_copy(page));
    page_free(old);
    return true;
}

static bool keep_person(struct keep *keep, const struct person *person, struct fault *fault)
{
    struct span name = span_of(person->user);
    struct person *old = map_find(keep->people, name);
    if (!version_is_next(old != NULL ? old->version : 0, person->version, "person", person->user,
                         fault))
        return false;
    map_put(keep->people, name, person_copy(person));
    person_free(old);
    return true;
}

static bool keep_override(struct keep *keep, const struct override *override, struct fault *fault)
{
    char key[KEY_SIZE];
    struct span name = number_text(override->id, key);
    struct override *old = map_find(keep->overrides, name);
    if (!version_is_next(old != NULL ? old->version : 0, override->version, "override", key, fault))
        return false;
    map_put(keep->overrides, name, override_copy(override));
    override_free(old);
    return true;
}

void keep_init(struct keep *keep)
{
    keep->incidents = map_new();
    keep->pages = map_new();
    keep->people = map_new();
    keep->overrides = map_new();
}

void keep_clear(struct keep *keep)
{
    size_t cursor = 0;
    void *record = NULL;
    while ((record = map_each(keep->incidents, &cursor, NULL)) != NULL)
        incident_free(record);
    for (cursor = 0; (record = map_each(keep->pages, &cursor, NULL)) != NULL;)
        page_free(record);
    for (cursor = 0; (record = map_each(keep->people, &cursor, NULL)) != NULL;)
        person_free(record);
    for (cursor = 0; (record = map_each(keep->overrides, &cursor, NULL)) != NULL;)
        override_free(record);
    map_free(keep->incidents);
    map_free(keep->pages);
    map_free(keep->people);
    map_free(keep->overrides);
}

bool keep_commit(struct keep *keep, const struct effects *effects, struct fault *fault)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        bool is_kept = true;
        switch (effect->kind) {
        case EFFECT_SAVE_INCIDENT:
            is_kept = keep_incident(keep, effect->incident, fault);
            break;
        case EFFECT_SAVE_PAGE:
            is_kept = keep_page(keep, effect->page, fault);
            break;
        case EFFECT_SAVE_PERSON:
            is_kept = keep_person(keep, effect->person, fault);
            break;
        case EFFECT_SAVE_OVERRIDE:
            is_kept = keep_override(keep, effect->override, fault);
            break;
        case EFFECT_ENTRY:
        case EFFECT_SEND:
        case EFFECT_REVOKE_TOKENS:
        case EFFECT_COUNT:
            break;
        }
        if (!is_kept)
            return false;
    }
    return true;
}

void keep_restore(const struct keep *keep, struct engine *engine)
{
    size_t cursor = 0;
    void *record = NULL;
    while ((record = map_each(keep->incidents, &cursor, NULL)) != NULL)
        engine_restore_incident(engine, record);
    for (cursor = 0; (record = map_each(keep->pages, &cursor, NULL)) != NULL;)
        engine_restore_page(engine, record);
    for (cursor = 0; (record = map_each(keep->people, &cursor, NULL)) != NULL;)
        engine_restore_person(engine, record);
    for (cursor = 0; (record = map_each(keep->overrides, &cursor, NULL)) != NULL;)
        engine_restore_override(engine, record);
}
