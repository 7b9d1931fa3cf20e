/* SPDX-License-Identifier: MIT */
#include "daemon/retell.h"

#include <stdlib.h>

#include "base/map.h"
#include "daemon/link_form.h"
#include "engine/alert.h"
#include "engine/view.h"

#define LETTER_EVENTS 500 /* of one call */
#define LETTER_SIZE (256 * 1024)

/* What was said about one alert, in order; more than a call takes goes on in another one. */
struct thread {
    struct text events;
    size_t count;
    size_t last_at;      /* where its last event begins */
    bool is_trigger;     /* the last one says the alert, */
    bool is_repeated;    /* and so does the one before */
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
    return map_count(threads->by_name);
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

/* "" for what is about no alert. */
static void thread_name(const struct json *event, struct text *name)
{
    const struct json *about = json_find(event, "incident");
    if (about == NULL)
        about = json_find(event, "alert");
    const char *key = json_string(about, "dedup_key");
    if (key == NULL || key[0] == '\0')
        key = json_string(about, "uuid");
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
        text_addf(name, "%c%zu", '\0', map_count(threads)); /* later than all that are there */
    }
    map_put(threads, text_span(name), thread);
    return thread;
}

static void thread_add(struct map *threads, const struct json *event)
{
    CLEANUP(text_clear) struct text name = {0};
    bool is_trigger = string_is(json_string(event, "kind"), "trigger");
    thread_name(event, &name);
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

static struct text *letter_new(struct text **letters, size_t *count)
{
    *letters = memory_grow(*letters, *count + 1, sizeof(**letters));
    (*letters)[*count] = (struct text){0};
    return &(*letters)[(*count)++];
}

/* Parts of threads are never divided. */
struct text *retell_letters(const struct retell_threads *threads, size_t *letter_count)
{
    const struct thread *thread;
    struct text *letters = NULL;
    struct text *letter = NULL;
    size_t cursor = 0;
    size_t count = 0;
    *letter_count = 0;
    while ((thread = map_each(threads->by_name, &cursor, NULL)) != NULL) {
        bool is_full = letter != NULL && (count + thread->count > LETTER_EVENTS ||
                                          letter->size + thread->events.size > LETTER_SIZE);
        if (letter == NULL || is_full) {
            letter = letter_new(&letters, letter_count);
            count = 0;
        }
        if (count > 0)
            text_add_char(letter, ',');
        text_add_span(letter, text_span(&thread->events));
        count += thread->count;
    }
    return letters;
}

/* ---- telling ---- */

/* The incident as this engine knows it; 0: it is not open here. */
static uint64_t subject_find(const struct engine *engine, const struct event_origin *origin)
{
    const struct incident *incident = view_incident(engine, origin->number);
    if (incident != NULL && string_is(incident->uuid, origin->uuid))
        return incident->number;
    if (origin->integration == NULL || origin->dedup_key == NULL)
        return 0;
    incident = view_open_by_key(engine, origin->integration, origin->dedup_key);
    return incident == NULL ? 0 : incident->number;
}

/* The link is of whatever that became: the incident that is open here for its alert. */
static void tell_link(const struct retell_listener *listener, const struct json *json)
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
    link.incident = subject_find(listener->engine, &origin);
    if (link.incident != 0)
        listener->link(listener->context, &link);
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

static void tell_one(const struct retell_listener *listener, const struct json *json)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    if (!event_form_read(json, arena, &event, &origin, &fault)) {
        listener->lost(listener->context, NULL, NULL, &fault);
        return;
    }
    bool is_new = listener->is_new == NULL || listener->is_new(listener->context, &origin);
    if (!is_new || (listener->has_mirror && origin.is_in_mirror) ||
        alert_is_known(listener->engine, &event))
        return;
    event.incident = origin.number == 0 ? 0 : subject_find(listener->engine, &origin);
    if (origin.number == 0 || event.incident != 0) {
        listener->step(listener->context, &event, &origin);
        return;
    }
    (void)fault_set(&fault, FAULT_CONFLICT,
                    "what %s did without the database comes too late: the incident is over",
                    event.actor);
    listener->lost(listener->context, &event, &origin, &fault);
}

bool retell_events(const struct retell_listener *listener, struct span events, size_t *count,
                   struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *list = events_parse(arena, events, fault);
    if (list == NULL)
        return false;
    if (count != NULL)
        *count = list->count;
    for (const struct json *json = list->first; json != NULL; json = json->next) {
        if (link_form_is(json))
            tell_link(listener, json);
        else
            tell_one(listener, json);
    }
    /* The call that found out that the database was gone has paged, and was refused: its alert
     * stands behind the link, when it was said again. */
    for (const struct json *json = list->first; json != NULL; json = json->next)
        if (link_form_is(json))
            tell_link(listener, json);
    return true;
}

/* Is its first event about an incident that is open here? */
static bool thread_is_known(const struct engine *engine, const struct thread *thread)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    const struct json *events = events_parse(arena, text_span(&thread->events), &fault);
    if (events == NULL || events->first == NULL)
        return false;
    event_origin_read(events->first, arena, &origin);
    if (link_form_is(events->first))
        return subject_find(engine, &origin) != 0;
    if (!event_form_read(events->first, arena, &event, &origin, &fault))
        return false;
    if (event.alert != NULL)
        return view_open_by_key(engine, event.alert->integration, event.alert->dedup_key) != NULL;
    return subject_find(engine, &origin) != 0;
}

void retell_own(const struct retell_listener *listener, struct retell_threads *threads,
                bool is_known)
{
    struct thread *thread;
    size_t cursor = 0;
    while ((thread = map_each(threads->by_name, &cursor, NULL)) != NULL) {
        struct fault fault = {0};
        if (thread->is_told || thread_is_known(listener->engine, thread) != is_known)
            continue;
        thread->is_told = true;
        if (!retell_events(listener, text_span(&thread->events), NULL, &fault))
            listener->lost(listener->context, NULL, NULL, &fault);
    }
}
