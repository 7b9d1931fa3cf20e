/* SPDX-License-Identifier: MIT */
#include "daemon/retell.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/map.h"
#include "daemon/link_form.h"
#include "daemon/paged_form.h"
#include "daemon/stop_form.h"
#include "engine/alert.h"
#include "engine/view.h"

#define LETTER_EVENTS 500 /* of one call */
#define LETTER_SIZE (256 * 1024)
#define NUMBER_LOOKS 8 /* at what stands behind an alert: its ack link is close */

/* What was said about one alert, in order; more than a call takes goes on in another one. */
struct thread {
    struct text events;
    size_t count;
    size_t last_at;   /* where its last event begins */
    bool is_trigger;  /* the last one says the alert, */
    bool is_repeated; /* and so does the one before */
    bool is_rest;
    struct thread *rest; /* the newest part of it; NULL: this one */
    bool is_told;
};

struct retell_threads {
    struct map *by_name;
};

struct retell_threads *retell_threads_new(void)
{
    struct retell_threads *threads = memory_new(1, sizeof(*threads));
    threads->by_name = map_new();
    /* First who is there and who is not: before anybody is paged. */
    map_put(threads->by_name, (struct span){"", 0}, memory_new(1, sizeof(struct thread)));
    return threads;
}

void retell_threads_free(struct retell_threads *threads)
{
    struct thread *thread;
    size_t cursor = 0;
    if (threads == NULL)
        return;
    while ((thread = map_each(threads->by_name, &cursor, NULL)) != NULL) {
        text_clear(&thread->events);
        free(thread);
    }
    map_free(threads->by_name);
    free(threads);
}

size_t retell_threads_count(const struct retell_threads *threads)
{
    const struct thread *people = map_find(threads->by_name, (struct span){"", 0});
    return map_count(threads->by_name) - (people->count == 0);
}

/* ---- sorting ---- */

static const struct json *events_parse(struct arena *arena, struct span events, struct fault *fault)
{
    CLEANUP(text_clear) struct text array = {0};
    const struct json *json = NULL;
    text_add_char(&array, '[');
    text_add_span(&array, events);
    text_add_char(&array, ']');
    return json_parse(arena, text_span(&array), &json, fault) ? json : NULL;
}

/* "" for what is about no alert; but a silence stays where it was between alerts. */
static void thread_name(const struct map *threads, const struct json *event, struct text *name)
{
    const struct json *about = json_find(event, "incident");
    if (about == NULL)
        about = json_find(event, "alert");
    const char *key = json_string(about, "dedup_key");
    if (key == NULL || key[0] == '\0')
        key = json_string(about, "uuid");
    if (string_is(json_string(event, "kind"), "silence-add"))
        text_addf(name, "%c%zu", '\0', map_count(threads));
    if (about == NULL || key == NULL)
        return;
    text_add(name, json_string(about, "integration"));
    text_add_char(name, '\0');
    text_add(name, key);
}

/* The part of the thread of that name that the next event goes to. */
static struct thread *thread_open(struct map *threads, struct text *name)
{
    struct thread *first = map_find(threads, text_span(name));
    struct thread *thread = first != NULL && first->rest != NULL ? first->rest : first;
    if (thread != NULL && thread->events.size < LETTER_SIZE && thread->count < LETTER_EVENTS)
        return thread;
    thread = memory_new(1, sizeof(*thread));
    if (first != NULL) {
        first->rest = thread;
        thread->is_rest = true;
        text_addf(name, "%c%zu", '\0', map_count(threads)); /* later than all that are there */
    }
    map_put(threads, text_span(name), thread);
    return thread;
}

static void thread_add(struct map *threads, const struct json *event)
{
    CLEANUP(text_clear) struct text name = {0};
    bool is_trigger = string_is(json_string(event, "kind"), "trigger");
    thread_name(threads, event, &name);
    struct thread *thread = thread_open(threads, &name);
    bool is_again = is_trigger && thread->count > 0 && thread->is_trigger;
    if (is_again && thread->is_repeated)
        thread->events.size = thread->last_at;
    else
        thread->count++;
    thread->is_repeated = is_again;
    thread->is_trigger = is_trigger;
    thread->last_at = thread->events.size;
    if (thread->events.size > 0)
        text_add_char(&thread->events, ',');
    json_render(&thread->events, event);
}

bool retell_threads_add(struct retell_threads *threads, const char *entry, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *events = events_parse(arena, span_of(entry), fault);
    if (events == NULL)
        return false;
    for (const struct json *event = events->first; event != NULL; event = event->next)
        thread_add(threads->by_name, event);
    return true;
}

static struct retell_letter *letter_new(struct retell_letter **letters, size_t *count)
{
    *letters = memory_grow(*letters, *count + 1, sizeof(**letters));
    (*letters)[*count] = (struct retell_letter){.is_alone = true};
    return &(*letters)[(*count)++];
}

/* Parts of threads are never divided. */
struct retell_letter *retell_letters(const struct retell_threads *threads, bool is_alone,
                                     size_t *letter_count)
{
    const struct thread *thread;
    struct retell_letter *letters = NULL;
    struct retell_letter *letter = NULL;
    size_t cursor = 0;
    size_t count = 0;
    *letter_count = 0;
    while ((thread = map_each(threads->by_name, &cursor, NULL)) != NULL) {
        if (thread->count == 0)
            continue;
        bool is_full = letter != NULL && (is_alone || count + thread->count > LETTER_EVENTS ||
                                          letter->events.size + thread->events.size > LETTER_SIZE);
        if (letter == NULL || is_full) {
            letter = letter_new(&letters, letter_count);
            count = 0;
        }
        if (count > 0)
            text_add_char(&letter->events, ',');
        letter->is_alone = count == 0;
        letter->goes_on = letter->goes_on || thread->is_rest;
        text_add_span(&letter->events, text_span(&thread->events));
        count += thread->count;
    }
    return letters;
}

/* ---- telling ---- */

/* Incidents by uuid, made when one is looked for that is neither where it was nor found by its key:
 * its alert may be what opened one of another key here. */
struct finder {
    const struct engine *engine;
    struct map *by_uuid; /* NULL: none was looked for */
    uint64_t last;       /* the highest number that was given out by then */
};

static void finder_add(struct finder *finder, const struct incident *incident)
{
    if (incident != NULL && incident->state != INCIDENT_RESOLVED)
        map_put(finder->by_uuid, span_of(incident->uuid), (void *)(uintptr_t)incident->number);
}

static uint64_t find_by_uuid(struct finder *finder, const char *uuid)
{
    uint64_t cursor = 0;
    const struct incident *incident;
    struct view_numbers numbers;
    view_numbers(finder->engine, &numbers);
    if (finder->by_uuid == NULL) {
        finder->by_uuid = map_new();
        while ((incident = view_each_incident(finder->engine, &cursor)) != NULL)
            finder_add(finder, incident);
        finder->last = numbers.incident;
    }
    while (finder->last < numbers.incident)
        finder_add(finder, view_incident(finder->engine, ++finder->last));
    return (uint64_t)(uintptr_t)map_find(finder->by_uuid, span_of(uuid));
}

/* The incident as this engine knows it; 0: it is not open here. */
static uint64_t subject_find(struct finder *finder, const struct event_origin *origin)
{
    const struct incident *incident = view_incident(finder->engine, origin->number);
    if (incident != NULL && string_is(incident->uuid, origin->uuid))
        return incident->number;
    if (origin->integration != NULL && origin->dedup_key != NULL)
        incident = view_open_by_key(finder->engine, origin->integration, origin->dedup_key);
    else
        incident = NULL;
    if (incident == NULL && origin->uuid != NULL)
        return find_by_uuid(finder, origin->uuid);
    return incident == NULL ? 0 : incident->number;
}

/* The link is of whatever that became: the incident that is open here for its alert. */
static void tell_link(const struct retell_listener *listener, struct finder *finder,
                      const struct json *json)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct token_record link;
    struct event_origin origin;
    struct fault fault = {0};
    if (listener->link == NULL)
        return;
    if (!link_form_read(json, arena, &link, &origin, &fault)) {
        listener->lost(listener->context, NULL, NULL, &fault);
        return;
    }
    if (listener->has_mirror && origin.is_in_mirror)
        return;
    link.incident = subject_find(finder, &origin);
    if (link.incident != 0)
        listener->link(listener->context, &link);
}

static void tell_paged(const struct retell_listener *listener, const struct json *json)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct paged_item item;
    struct event_origin origin;
    struct fault fault = {0};
    if (listener->paged == NULL)
        return;
    if (!paged_form_read(json, arena, &item, &origin, &fault))
        listener->lost(listener->context, NULL, NULL, &fault);
    else if (!listener->has_mirror || !origin.is_in_mirror)
        listener->paged(listener->context, &item);
}

/* The newest word counts, also when it is told again. */
static void tell_stop(const struct retell_listener *listener, const struct json *json)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct stop_item item;
    struct fault fault = {0};
    if (listener->stop == NULL)
        return;
    if (stop_form_read(json, arena, &item, &fault))
        listener->stop(listener->context, &item);
    else
        listener->lost(listener->context, NULL, NULL, &fault);
}

static bool is_one_known(const struct json *json, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct token_record link;
    struct paged_item item;
    struct stop_item stop;
    struct event event;
    struct event_origin origin;
    if (link_form_is(json))
        return link_form_read(json, arena, &link, &origin, fault);
    if (paged_form_is(json))
        return paged_form_read(json, arena, &item, &origin, fault);
    if (stop_form_is(json))
        return stop_form_read(json, arena, &stop, fault);
    return event_form_read(json, arena, &event, &origin, fault);
}

bool retell_is_known(struct span events, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *list = events_parse(arena, events, fault);
    if (list == NULL)
        return false;
    for (const struct json *json = list->first; json != NULL; json = json->next)
        if (!is_one_known(json, fault))
            return false;
    return true;
}

/* The number that the alert's incident had there, as what was said later tells; 0: not known. */
static uint64_t number_there(const struct json *json, const struct alert *alert)
{
    for (size_t i = 0; i < NUMBER_LOOKS && (json = json->next) != NULL; i++) {
        const struct json *incident = json_find(json, "incident");
        if (string_is(json_string(incident, "uuid"), alert->uuid))
            return (uint64_t)json_integer(incident, "number", 0);
    }
    return 0;
}

/* Was it this very alert that opened the incident that is open? */
static bool alert_is_known(const struct engine *engine, const struct event *event)
{
    const struct alert *alert = event->alert;
    if (event->kind != EVENT_TRIGGER)
        return false;
    const struct incident *incident =
        view_open_by_key(engine, alert->integration, alert_key_of(alert));
    return incident != NULL && string_is(incident->uuid, alert->uuid);
}

/* What it said lasts for a while, as an ack does, and the engine has it sooner than it was said. */
static void lengthen(const struct retell_listener *listener, const struct event_origin *origin,
                     struct event *event)
{
    msec most_ms = listener->now_at - listener->then_at;
    msec late_ms = origin->at - listener->then_at;
    if (listener->now_at == 0 || late_ms <= 0 || most_ms <= 0)
        return;
    if (event->kind == EVENT_ACKNOWLEDGE || event->for_ms > 0)
        event->for_ms += late_ms < most_ms ? late_ms : most_ms;
}

static void tell_one(const struct retell_listener *listener, struct finder *finder,
                     const struct json *json)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct event event;
    struct event_origin origin;
    struct alert alert;
    struct fault fault = {0};
    if (!event_form_read(json, arena, &event, &origin, &fault)) {
        listener->lost(listener->context, NULL, NULL, &fault);
        return;
    }
    if (event.kind == EVENT_TRIGGER) {
        alert = *event.alert;
        alert.number = number_there(json, &alert);
        event.alert = &alert;
    }
    bool is_new = listener->is_new == NULL || listener->is_new(listener->context, &origin);
    if (!is_new || (listener->has_mirror && origin.is_in_mirror) ||
        alert_is_known(listener->engine, &event))
        return;
    event.incident = origin.number == 0 ? 0 : subject_find(finder, &origin);
    if (origin.number == 0 || event.incident != 0) {
        lengthen(listener, &origin, &event);
        listener->step(listener->context, &event, &origin);
        return;
    }
    (void)fault_set(&fault, FAULT_CONFLICT,
                    "what %s did without the database comes too late: the incident is over",
                    event.actor);
    listener->lost(listener->context, &event, &origin, &fault);
}

static bool events_tell(const struct retell_listener *listener, struct finder *finder,
                        struct span events, size_t *count, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *list = events_parse(arena, events, fault);
    if (list == NULL)
        return false;
    if (count != NULL)
        *count = list->count;
    for (const struct json *json = list->first; json != NULL; json = json->next) {
        if (link_form_is(json))
            tell_link(listener, finder, json);
        else if (paged_form_is(json))
            tell_paged(listener, json);
        else if (stop_form_is(json))
            tell_stop(listener, json);
        else
            tell_one(listener, finder, json);
    }
    /* The call that found out that the database was gone has paged, and was refused: its alert
     * stands behind the link, when it was said again. */
    for (const struct json *json = list->first; json != NULL; json = json->next)
        if (link_form_is(json))
            tell_link(listener, finder, json);
    return true;
}

bool retell_events(const struct retell_listener *listener, struct span events, size_t *count,
                   struct fault *fault)
{
    struct finder finder = {.engine = listener->engine};
    bool is_read = events_tell(listener, &finder, events, count, fault);
    map_free(finder.by_uuid);
    return is_read;
}

/* Is its first event about an incident that is open here? */
static bool thread_is_known(struct finder *finder, const struct thread *thread)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    const struct json *events = events_parse(arena, text_span(&thread->events), &fault);
    if (events == NULL || events->first == NULL)
        return false;
    event_origin_read(events->first, arena, &origin);
    if (link_form_is(events->first) || paged_form_is(events->first))
        return subject_find(finder, &origin) != 0;
    if (!event_form_read(events->first, arena, &event, &origin, &fault))
        return false;
    if (event.alert != NULL)
        return view_open_by_key(finder->engine, event.alert->integration,
                                alert_key_of(event.alert)) != NULL;
    return subject_find(finder, &origin) != 0;
}

void retell_own(const struct retell_listener *teller, struct retell_threads *threads, bool is_known)
{
    struct retell_listener own = *teller;
    const struct retell_listener *listener = &own;
    own.now_at = is_known ? teller->now_at : 0;
    struct finder finder = {.engine = listener->engine};
    struct thread *thread;
    size_t cursor = 0;
    while ((thread = map_each(threads->by_name, &cursor, NULL)) != NULL) {
        struct fault fault = {0};
        if (thread->is_told || thread->count == 0 || thread_is_known(&finder, thread) != is_known)
            continue;
        thread->is_told = true;
        if (!events_tell(listener, &finder, text_span(&thread->events), NULL, &fault))
            listener->lost(listener->context, NULL, NULL, &fault);
    }
    map_free(finder.by_uuid);
}
