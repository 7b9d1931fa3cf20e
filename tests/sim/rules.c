/* SPDX-License-Identifier: MIT */
#include "sim/rules.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define OF_PAGE(kind) (ENTRY_EVENT_COUNT + (kind))

/* Rules that have no kind of their own, by what entries and pages of a kind say. */
static const struct {
    const char *name;
    int index; /* of the kind */
    const char *said;
} said[] = {
    {"canary-begun", ENTRY_TRIGGERED, "critical: a test of the whole way"},
    {"canary-acked", ENTRY_RESOLVED, "it was acked"},
    {"canary-unanswered", ENTRY_RESOLVED, "nobody has acked it"},
    {"canary-for-nobody", ENTRY_SKIPPED, "the canary is for nobody"},
    {"canary-told", OF_PAGE(PAGE_NOTICE), "the canary page to"},
    {"code-sent", ENTRY_TEST, "a code was sent"},
    {"code-verified", ENTRY_TEST, "is verified: its code came back"},
    {"code-guessed-away", ENTRY_TEST, "the one that was sent is void"},
    {"address-changed", ENTRY_TEST, "was changed from"},
    {"test-answered", ENTRY_TEST, "works: answered after"},
    {"test-silent", ENTRY_TEST, "the test was not answered"},
    {"duty-kept", ENTRY_HANDOFF, " keeps "},
    {"swap-asked", ENTRY_SWAP, ": asks "},
    {"swap-taken", ENTRY_SWAP, ": takes it from"},
    {"swap-refused", ENTRY_SWAP, ": says no"},
    {"swap-stays", ENTRY_SWAP, "it stays with"},
    {"swap-cancelled", ENTRY_SWAP, ": cancelled"},
    {"page-in-one", ENTRY_PAGED, "in one page with"},
    {"page-late", ENTRY_PAGED, ", late"},
    {"page-capped", ENTRY_PAGE_FAILED, "daily-cap"},
    {"page-astray", ENTRY_PAGE_FAILED, "no contact of that person any more"},
    {"page-unreachable", ENTRY_PAGE_FAILED, "by any contact"},
    {"page-by-the-second", ENTRY_PAGE_REPEATED, "by the second provider"},
    {"page-by-the-first-again", ENTRY_PAGE_REPEATED, "by the first provider"},
    {"page-hedged", ENTRY_PAGE_REPEATED, "no answer for 15 s"},
    {"provider-down", ENTRY_PROVIDER, "is down"},
    {"provider-back", ENTRY_PROVIDER, "works again"},
    {"pause-over", ENTRY_PAUSE_ENDED, "the pause is over"},
    {"awake", ENTRY_AWAKE, "is awake until"},
    {"asleep", ENTRY_AWAKE, "goes to sleep"},
    {"step-left-at-once", ENTRY_SKIPPED, "it is left at once"},
    {"off-call-asked-no-more", ENTRY_ESCALATED, "asked no more"},
};
#define SAID_COUNT (sizeof said / sizeof *said)
_Static_assert(SAID_COUNT <= RULES_SAID_MAX, "there is room for all");

/* What no life can meet, and why. */
static const struct {
    size_t index;
    const char *why;
} never[] = {
    {ENTRY_CHANGE, "what is changed elsewhere pages nobody, and no clause of stories says it"},
};

static size_t entry_index(const char *name)
{
    size_t index = 0;
    while (index < ENTRY_EVENT_COUNT && entry_name((enum entry_event)index) != name)
        index++;
    return index;
}

static void meet(struct rules_met *met, size_t index, const char *text)
{
    met->counts[index]++;
    for (size_t i = 0; i < SAID_COUNT; i++) {
        if ((size_t)said[i].index == index && strstr(text, said[i].said) != NULL)
            met->counts[ENTRY_EVENT_COUNT + PAGE_KIND_COUNT + i]++;
    }
}

void rules_look(struct rules_met *met, const struct world *world)
{
    for (size_t i = 0; i < world->entry_count; i++)
        meet(met, entry_index(world->entries[i].event), world->entries[i].text);
    for (size_t i = 0; i < world->page_count; i++)
        meet(met, OF_PAGE(world->pages[i].kind), world->pages[i].text);
    for (size_t i = 0; i < CLUSTER_EVENT_COUNT; i++)
        met->nodes[i] += world->met[i];
}

void rules_add(struct rules_met *met, const struct rules_met *more)
{
    for (size_t i = 0; i < RULES_COUNT; i++)
        met->counts[i] += more->counts[i];
    for (size_t i = 0; i < CLUSTER_EVENT_COUNT; i++)
        met->nodes[i] += more->nodes[i];
}

static const char *why_never(size_t index)
{
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        if (never[i].index == index)
            return never[i].why;
    }
    return NULL;
}

/* Returns 1 when it was to be met, and was not. */
static size_t write_row(FILE *file, const char *kind, const char *name, uint64_t count,
                        const char *why)
{
    bool is_missing = count == 0 && why == NULL;
    (void)fprintf(file, "%-5s %-24s %10" PRIu64 "%s%s\n", kind, name, count,
                  is_missing ? "  NEVER" : "", count == 0 && why != NULL ? why : "");
    return is_missing;
}

size_t rules_write(const struct rules_met *met, FILE *file)
{
    const uint64_t *counts = met->counts;
    size_t missing = 0;
    for (size_t i = 0; i < ENTRY_EVENT_COUNT; i++)
        missing +=
            write_row(file, "entry", entry_name((enum entry_event)i), counts[i], why_never(i));
    counts += ENTRY_EVENT_COUNT;
    for (size_t i = 0; i < PAGE_KIND_COUNT; i++)
        missing += write_row(file, "page", page_kind_name((enum page_kind)i), counts[i], NULL);
    counts += PAGE_KIND_COUNT;
    for (size_t i = 0; i < SAID_COUNT; i++)
        missing += write_row(file, "rule", said[i].name, counts[i], NULL);
    for (size_t i = 0; i < CLUSTER_EVENT_COUNT; i++)
        missing += write_row(file, "node", cluster_event_names[i], met->nodes[i], NULL);
    return missing;
}
