/* SPDX-License-Identifier: MIT */
#include "faults/power_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *const fact_names[FACT_COUNT] = {
    [FACT_ALERT] = "alert",       [FACT_ASKED] = "asked",       [FACT_ACKED] = "acked",
    [FACT_RESOLVED] = "resolved", [FACT_OVERRIDE] = "override", [FACT_KEY] = "key",
    [FACT_PAGE] = "page",         [FACT_NOTHING] = "nothing",
};

/* The op's name is the kind, its offset the number; its bytes are "word", a NUL, and "user". */
static bool fact_read(const struct op *op, struct fact *fact)
{
    size_t word_size = strlen(op->bytes);
    fact->kind = FACT_COUNT;
    for (int i = 0; i < FACT_COUNT; i++)
        if (string_is(op->name, fact_names[i]))
            fact->kind = (enum fact_kind)i;
    fact->number = op->offset;
    fact->word = op->bytes;
    fact->user = word_size < op->size ? op->bytes + word_size + 1 : "";
    return fact->kind != FACT_COUNT;
}

bool facts_gather(struct facts *facts, const struct op_log *log, struct fault *fault)
{
    *facts = (struct facts){0};
    for (size_t i = 0; i < log->count; i++) {
        struct fact fact = {.position = i};
        if (log->list[i].kind != OP_FACT)
            continue;
        if (!fact_read(&log->list[i], &fact))
            return fault_set(fault, FAULT_INPUT, "unknown fact '%s'", log->list[i].name);
        facts->list = memory_grow(facts->list, facts->count + 1, sizeof(*facts->list));
        facts->list[facts->count++] = fact;
    }
    return facts->count > 0 || fault_set(fault, FAULT_INPUT, "nobody was told anything");
}

void facts_clear(struct facts *facts)
{
    free(facts->list);
    *facts = (struct facts){0};
}

void loaded_clear(struct loaded *loaded)
{
    for (size_t i = 0; i < loaded->incident_count; i++)
        incident_free(loaded->incidents[i]);
    for (size_t i = 0; i < loaded->page_count; i++)
        page_free(loaded->pages[i]);
    for (size_t i = 0; i < loaded->override_count; i++)
        override_free(loaded->overrides[i]);
    for (size_t i = 0; i < loaded->key_count; i++)
        free(loaded->keys[i]);
    free(loaded->incidents);
    free(loaded->pages);
    free(loaded->overrides);
    free(loaded->keys);
    *loaded = (struct loaded){0};
}

const struct incident *loaded_incident(const struct loaded *loaded, uint64_t number)
{
    for (size_t i = 0; i < loaded->incident_count; i++)
        if (loaded->incidents[i]->number == number)
            return loaded->incidents[i];
    return NULL;
}

/* FNV-1a; the NUL at the end counts, so that words do not run together. */
static uint64_t sum_word(uint64_t sum, const char *word)
{
    do
        sum = (sum ^ (unsigned char)*word) * 0x100000001b3U;
    while (*word++ != '\0');
    return sum;
}

static uint64_t sum_number(uint64_t sum, uint64_t number)
{
    return (sum ^ number) * 0x100000001b3U;
}

static uint64_t sum_incident(uint64_t sum, const struct incident *incident)
{
    const char *words[] = {incident->uuid,
                           incident->team,
                           incident->service,
                           incident->summary,
                           incident->details,
                           incident->source,
                           incident->dedup_key,
                           incident->integration,
                           incident->handling->acknowledged_by,
                           incident->handling->resolved_by};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        sum = sum_word(sum, words[i]);
    sum = sum_number(sum, incident->number);
    sum = sum_number(sum, incident->version);
    sum = sum_number(sum, incident->state);
    sum = sum_number(sum, incident->severity);
    sum = sum_number(sum, incident->occurrences);
    sum = sum_number(sum, (uint64_t)incident->opened_at);
    return sum_number(sum, (uint64_t)incident->walk.due_at);
}

static uint64_t sum_page(uint64_t sum, const struct page *page)
{
    const char *words[] = {page->user, page->channel, page->address, page->text, page->error};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        sum = sum_word(sum, words[i]);
    sum = sum_number(sum, page->id);
    sum = sum_number(sum, page->incident);
    sum = sum_number(sum, page->state);
    return sum_number(sum, page->kind);
}

uint64_t loaded_sum(const struct loaded *loaded)
{
    uint64_t sum = 0xcbf29ce484222325U;
    for (size_t i = 0; i < loaded->incident_count; i++)
        sum = sum_incident(sum, loaded->incidents[i]);
    for (size_t i = 0; i < loaded->page_count; i++)
        sum = sum_page(sum, loaded->pages[i]);
    for (size_t i = 0; i < loaded->override_count; i++)
        sum = sum_word(sum_number(sum, loaded->overrides[i]->id), loaded->overrides[i]->user);
    for (size_t i = 0; i < loaded->key_count; i++)
        sum = sum_word(sum, loaded->keys[i]);
    return sum_number(sum, (uint64_t)loaded->steady_at);
}

static bool has_override(const struct loaded *loaded, uint64_t id)
{
    for (size_t i = 0; i < loaded->override_count; i++)
        if (loaded->overrides[i]->id == id)
            return true;
    return false;
}

static bool has_key(const struct loaded *loaded, const char *name)
{
    for (size_t i = 0; i < loaded->key_count; i++)
        if (string_is(loaded->keys[i], name))
            return true;
    return false;
}

/* A page is on disk as being sent before anybody is handed it. */
static bool has_page(const struct loaded *loaded, const struct fact *fact)
{
    for (size_t i = 0; i < loaded->page_count; i++) {
        const struct page *page = loaded->pages[i];
        if (page->incident == fact->number && string_is(page->user, fact->user) &&
            page->state != PAGE_QUEUED)
            return true;
    }
    return false;
}

static bool is_acked(const struct incident *incident, const char *user)
{
    return incident->state == INCIDENT_RESOLVED || incident->state == INCIDENT_SNOOZED ||
           (incident->state == INCIDENT_ACKNOWLEDGED &&
            string_is(incident->handling->acknowledged_by, user));
}

static bool fact_holds(const struct fact *fact, const struct loaded *loaded)
{
    const struct incident *incident = loaded_incident(loaded, fact->number);
    switch (fact->kind) {
    case FACT_ALERT:
        return incident != NULL && string_is(incident->dedup_key, fact->word);
    case FACT_ACKED:
        return incident != NULL && is_acked(incident, fact->user);
    case FACT_RESOLVED:
        return incident != NULL && incident->state == INCIDENT_RESOLVED;
    case FACT_OVERRIDE:
        return has_override(loaded, fact->number);
    case FACT_KEY:
        return has_key(loaded, fact->word);
    case FACT_PAGE:
        return has_page(loaded, fact);
    case FACT_ASKED:
    case FACT_NOTHING:
    case FACT_COUNT:
        break;
    }
    return true;
}

static bool was_asked(const struct facts *facts, size_t position, const struct incident *incident)
{
    for (size_t i = 0; i < facts->count && facts->list[i].position < position; i++) {
        const struct fact *fact = &facts->list[i];
        if (fact->kind == FACT_ASKED &&
            string_is(fact->user, incident->handling->acknowledged_by) &&
            (fact->number == incident->number || fact->number == 0))
            return true;
    }
    return false;
}

bool facts_check(const struct facts *facts, size_t position, const struct loaded *loaded,
                 struct fault *fault)
{
    for (size_t i = 0; i < facts->count && facts->list[i].position < position; i++) {
        const struct fact *fact = &facts->list[i];
        if (!fact_holds(fact, loaded))
            return fault_set(fault, FAULT_INPUT, "lost: %s %" PRIu64 " %s %s",
                             fact_names[fact->kind], fact->number, fact->word, fact->user);
    }
    for (size_t i = 0; i < loaded->incident_count; i++) {
        const struct incident *incident = loaded->incidents[i];
        if (incident->state == INCIDENT_ACKNOWLEDGED && !was_asked(facts, position, incident))
            return fault_set(fault, FAULT_INPUT, "#%" PRIu64 " is acked by '%s', who never asked",
                             incident->number, incident->handling->acknowledged_by);
    }
    return true;
}
