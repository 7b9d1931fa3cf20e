/* SPDX-License-Identifier: MIT */
#include "engine/bundle.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/incident.h"
#include "engine/page.h"
#include "engine/run.h"
#include "engine/sentence.h"
#include "engine/words.h"

#define NAME_SIZE_MAX 60 /* bytes of one of its names */

/* The incidents that one page is about, the worst and oldest first. */
struct members {
    struct incident *list[BUNDLE_MAX];
    size_t count;
};

static bool is_before(const struct incident *left, const struct incident *right)
{
    if (left->severity != right->severity)
        return left->severity < right->severity;
    return left->number < right->number;
}

static void members_add(struct members *members, struct incident *incident)
{
    size_t place = members->count;
    assert(members->count < BUNDLE_MAX);
    while (place > 0 && is_before(incident, members->list[place - 1])) {
        members->list[place] = members->list[place - 1];
        place--;
    }
    members->list[place] = incident;
    members->count++;
}

/* Takes runs that wait for that kind out of waiting. */
static struct members members_take(struct work *work, struct person *person, enum page_kind kind)
{
    struct members members = {0};
    for (size_t i = 0; i < person->run_count && members.count < BUNDLE_MAX; i++) {
        struct notify_run *run = &person->runs[i];
        if (!bundle_has(run) || run->bundle_kind != kind)
            continue;
        run->bundle_at = MSEC_NEVER;
        struct incident *incident = incident_find(work->engine, run->incident);
        if (incident != NULL && incident_is_waiting(incident))
            members_add(&members, incident);
    }
    return members;
}

/* "db1: disk 81%"; nothing of a private team. */
static void add_name(const struct work *work, struct text *text, const struct incident *incident)
{
    if (team_of(work->engine, incident)->is_private)
        return;
    CLEANUP(text_clear) struct text name = {0};
    bool has_source = incident->source[0] != '\0' &&
                      strncmp(incident->summary, incident->source, strlen(incident->source)) != 0;
    text_addf(&name, " %s%s%s", has_source ? incident->source : "", has_source ? ": " : "",
              incident->summary);
    text_add_span(text, utf8_cut(text_span(&name), NAME_SIZE_MAX));
}

/* "x3 since 23:10: db1: disk 81%, #413 ..., #414 ...": the number of the first stands before it. */
static void add_words(const struct work *work, struct text *text, const struct user *user,
                      const struct members *members)
{
    msec since_at = MSEC_NEVER;
    for (size_t i = 0; i < members->count; i++)
        since_at = members->list[i]->opened_at < since_at ? members->list[i]->opened_at : since_at;
    const struct language *language = work->engine->language;
    sentence_say(text, language, SENTENCE_BUNDLE, saying_count("count", members->count),
                 saying_clock("since", user->zone, since_at));
    for (size_t i = 0; i < members->count && i < BUNDLE_NAMES_MAX; i++) {
        if (i > 0)
            text_addf(text, "%s #%" PRIu64, i > 1 ? "," : "", members->list[i]->number);
        add_name(work, text, members->list[i]);
        if (i == 0 && members->count > 1)
            text_add_char(text, ',');
    }
    if (members->count <= BUNDLE_NAMES_MAX)
        return;
    text_add_char(text, ' ');
    sentence_say(text, language, SENTENCE_BUNDLE_MORE,
                 saying_count("count", members->count - BUNDLE_NAMES_MAX));
}

/* One page by each contact for all of them. */
static void page_all(struct work *work, struct person *person, const struct user *user,
                     const struct members *members, enum page_kind kind)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text also = {0};
    struct incident *lead = members->list[0];
    add_words(work, &text, user, members);
    for (size_t i = 1; i < members->count; i++)
        text_addf(&also, "%s%" PRIu64, i > 1 ? " " : "", members->list[i]->number);
    uint16_t contacts = run_contacts(work, lead, user, run_find(person, lead->number));
    for (size_t i = 0; i < members->count; i++)
        run_find(person, members->list[i]->number)->tried |= contacts;
    uint8_t order[CONTACTS_MAX];
    run_order(work, user, order);
    for (size_t i = 0; i < user->contact_count; i++) {
        if ((contacts & (1U << order[i])) != 0)
            page_make_bundle(work, lead, user, &user->contacts[order[i]], kind, text_string(&text),
                             text_string(&also));
    }
    for (size_t i = 0; i < members->count; i++) {
        struct incident *incident = members->list[i];
        run_first_done(work, incident, user, run_find(person, incident->number), contacts);
        if (i > 0)
            entry_add(work, incident->number, ENTRY_PAGED, NULL,
                      "paged %s in one page with #%" PRIu64, user->id, lead->number);
    }
}

static void fire(struct work *work, struct person *person, const struct user *user,
                 enum page_kind kind)
{
    for (;;) {
        struct members members = members_take(work, person, kind);
        if (members.count == 0)
            return;
        person->gathered_at = work->now.steady_at;
        if (members.count > 1)
            page_all(work, person, user, &members, kind);
        else
            run_page_first(work, members.list[0], user, run_find(person, members.list[0]->number));
    }
}

void bundle_wait(struct notify_run *run, enum page_kind kind, msec due_at)
{
    run->bundle_kind = kind;
    run->bundle_at = due_at;
}

bool bundle_has(const struct notify_run *run)
{
    return run->bundle_at != MSEC_NEVER;
}

void bundle_due(struct work *work, struct person *person, const struct user *user)
{
    static const enum page_kind kinds[] = {PAGE_BUNDLE, PAGE_DIGEST};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bool is_due = false;
        for (size_t i = 0; i < person->run_count; i++)
            is_due = is_due || (person->runs[i].bundle_kind == kinds[k] &&
                                person->runs[i].bundle_at <= work->now.steady_at);
        if (is_due && user != NULL)
            fire(work, person, user, kinds[k]);
    }
    for (size_t i = 0; i < person->run_count && user == NULL; i++)
        person->runs[i].bundle_at = MSEC_NEVER;
}

void bundle_flush(struct work *work, struct person *person)
{
    bool is_any = false;
    for (size_t i = 0; i < person->run_count; i++) {
        if (bundle_has(&person->runs[i])) {
            person->runs[i].bundle_at = work->now.steady_at;
            is_any = true;
        }
    }
    if (!is_any)
        return;
    run_schedule(work->engine, person);
    save_person(work, person);
}

uint64_t bundle_each(const struct page *page, size_t *cursor)
{
    uint64_t number = 0;
    if (page->also == NULL)
        return 0;
    for (; page->also[*cursor] >= '0' && page->also[*cursor] <= '9'; (*cursor)++)
        number = number * 10 + (uint64_t)(page->also[*cursor] - '0');
    *cursor += page->also[*cursor] == ' ';
    return number;
}

void bundle_again(struct work *work, const struct page *page)
{
    struct person *person = person_find(work->engine, page->user);
    size_t cursor = 0;
    uint64_t number = 0;
    while (person != NULL && (number = bundle_each(page, &cursor)) != 0) {
        const struct incident *incident = incident_find(work->engine, number);
        struct notify_run *run = run_find(person, number);
        if (run == NULL || incident == NULL || !incident_is_waiting(incident))
            continue;
        bundle_wait(run, page->kind, work->now.steady_at);
        run_schedule(work->engine, person);
        save_person(work, person);
    }
}

void bundle_go_on(struct work *work, const struct page *page)
{
    size_t cursor = 0;
    uint64_t number = 0;
    while ((number = bundle_each(page, &cursor)) != 0) {
        struct incident *incident = incident_find(work->engine, number);
        if (incident != NULL && incident_is_waiting(incident))
            (void)run_page_next(work, incident, page->user);
    }
}

void bundle_failed(struct work *work, const struct page *page, const struct incident *except)
{
    size_t cursor = 0;
    uint64_t number = 0;
    while ((number = bundle_each(page, &cursor)) != 0) {
        struct incident *incident = incident_find(work->engine, number);
        if (incident == NULL || incident == except || !incident_is_waiting(incident) ||
            run_find(person_find(work->engine, page->user), number) == NULL ||
            run_page_next(work, incident, page->user))
            continue;
        entry_add(work, number, ENTRY_PAGE_FAILED, NULL, "%s cannot be reached by %s", page->user,
                  page->channel);
        if (!run_is_reachable(work, incident, page->user))
            escalation_unreachable(work, incident);
    }
}
