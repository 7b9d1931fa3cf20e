/* SPDX-License-Identifier: MIT */
#include "daemon/dav_sync.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "calendar/dav.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "daemon/reading.h"
#include "daemon/rotas_slot.h"
#include "notify/notify.h"

#define XML_TYPE "application/xml; charset=utf-8"
#define STEPS_MAX 1000 /* of one round: batches, and lists that a server gives in parts */
#define TOO_LARGE "the collection has more than 20000 events or 16 MiB"

/* One event of the collection. */
struct dav_event {
    char *href; /* as the server writes it */
    char *etag; /* or NULL */
    struct text data;
    bool has_data;
    bool is_gone; /* in a round: it was deleted */
};

/* The questions of a round, in this order. */
enum dav_step { STEP_CHANGES, STEP_EVENTS, STEP_CTAG, STEP_QUERY, STEP_COUNT };

struct dav_sync {
    struct slot *slot;
    struct map *events; /* name -> dav_event: the copy */
    char *token;        /* of the copy; NULL: none */
    char *ctag;
    char hash[HASH_TEXT_SIZE]; /* of the version last offered */
    bool is_query;             /* this server knows no sync-collection */
    uint64_t begun;
    uint64_t ended;

    /* the round under way */
    enum dav_step step;
    unsigned steps;
    bool is_asking; /* the courier has a question of ours */
    size_t fresh_size;
    struct map *fresh; /* name -> dav_event: what the server has named */
    char *new_token;
    char *new_ctag;
    bool is_whole;    /* what was not named is gone */
    bool is_waiting;  /* `body` waits for the reader */
    struct text body; /* an answer, as a request for the reader */
    size_t asked_count;
    struct map *wanted; /* name -> dav_event of `fresh`: its data is not here yet */
    struct reading *reading;
};

static void dav_event_free(struct dav_event *event)
{
    free(event->href);
    free(event->etag);
    text_clear(&event->data);
    free(event);
}

static void events_free(struct map *events)
{
    size_t cursor = 0;
    struct dav_event *event;
    while (events != NULL && (event = map_each(events, &cursor, NULL)) != NULL)
        dav_event_free(event);
    map_free(events);
}

struct dav_sync *dav_sync_new(struct slot *slot)
{
    struct dav_sync *sync = memory_new(1, sizeof(*sync));
    sync->slot = slot;
    sync->events = map_new();
    return sync;
}

/* Nothing of a round is left. */
static void round_clear(struct dav_sync *sync)
{
    events_free(sync->fresh);
    map_free(sync->wanted);
    free(sync->new_token);
    free(sync->new_ctag);
    text_clear(&sync->body);
    sync->fresh = NULL;
    sync->wanted = NULL;
    sync->fresh_size = 0;
    sync->new_token = NULL;
    sync->new_ctag = NULL;
    sync->is_waiting = false;
}

void dav_sync_free(struct dav_sync *sync)
{
    if (sync == NULL)
        return;
    if (sync->reading != NULL)
        sync->slot->rotas->reading_count--;
    reading_cancel(sync->reading);
    round_clear(sync);
    events_free(sync->events);
    free(sync->token);
    free(sync->ctag);
    free(sync);
}

static void round_fail(struct dav_sync *sync, const char *problem, msec retry_after_ms)
{
    round_clear(sync);
    slot_fetch_failed(sync->slot, problem, retry_after_ms);
}

/* What a server means by refusing a token, or by not knowing a question at all. */
static bool status_is_refusal(uint32_t status)
{
    static const uint32_t refusals[] = {400, 403, 405, 409, 410, 412, 415, 422, 501, 507};
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        if (refusals[i] == status)
            return true;
    return false;
}

static void round_start(struct dav_sync *sync);
static void answer_read(void *context, struct span bytes, const char *problem);

/* The answer goes to the reader child as soon as one may be started. */
static void answer_start(struct dav_sync *sync)
{
    struct rotas *rotas = sync->slot->rotas;
    struct fault fault = {0};
    if (rotas->reading_count >= ROTAS_READERS_MAX)
        return;
    sync->is_waiting = false;
    sync->reading = reading_start(rotas->daemon, &sync->body, answer_read, sync, &fault);
    if (sync->reading == NULL)
        round_fail(sync, fault.text, 0);
    else
        rotas->reading_count++;
}

static void step_answered(void *context, const struct fetched *fetched)
{
    struct dav_sync *sync = context;
    sync->is_asking = false;
    if (slot_was_dropped(sync->slot))
        return;
    if (fetched->status == 207) {
        text_reset(&sync->body);
        dav_request_render(&sync->body, (struct span){fetched->bytes, fetched->size});
        sync->is_waiting = true;
        answer_start(sync);
        return;
    }
    bool is_refused = status_is_refusal(fetched->status);
    if (sync->step == STEP_CHANGES && is_refused) {
        /* With a token it may be the token: once more without. */
        sync->is_query = sync->token == NULL || sync->new_token != NULL;
        free(sync->token);
        sync->token = NULL;
        round_start(sync);
        return;
    }
    char problem[FETCH_PROBLEM_SIZE];
    if (fetched->status >= 200 && fetched->status < 400)
        snprintf(problem, sizeof(problem),
                 "the server answered HTTP %" PRIu32 ", which is no CalDAV answer",
                 fetched->status);
    else
        fetched_problem(fetched, problem);
    sync->is_query = false; /* it may be another server by the next round */
    round_fail(sync, problem, fetched->retry_after_ms);
}

/* Asks for the next batch of what is wanted. */
static void multiget_render(struct dav_sync *sync, struct text *body)
{
    const char *hrefs[DAV_BATCH_MAX];
    size_t cursor = 0;
    const struct dav_event *event;
    sync->asked_count = 0;
    while (sync->asked_count < DAV_BATCH_MAX &&
           (event = map_each(sync->wanted, &cursor, NULL)) != NULL)
        hrefs[sync->asked_count++] = event->href;
    dav_multiget_render(body, hrefs, sync->asked_count);
}

static void step_run(struct dav_sync *sync, enum dav_step step)
{
    static const struct {
        const char *method;
        const char *depth;
    } rows[STEP_COUNT] = {
        [STEP_CHANGES] = {"REPORT", "0"}, /* RFC 6578 3.2: the depth is in the body */
        [STEP_EVENTS] = {"REPORT", "1"},
        [STEP_CTAG] = {"PROPFIND", "0"},
        [STEP_QUERY] = {"REPORT", "1"},
    };
    const struct slot *slot = sync->slot;
    CLEANUP(text_clear) struct text body = {0};
    if (++sync->steps > STEPS_MAX) {
        round_fail(sync, "the server never comes to an end with its events", 0);
        return;
    }
    sync->step = step;
    switch (step) {
    case STEP_CHANGES:
        dav_changes_render(&body, sync->new_token != NULL ? sync->new_token : sync->token);
        break;
    case STEP_EVENTS:
        multiget_render(sync, &body);
        break;
    case STEP_CTAG:
        dav_propfind_render(&body);
        break;
    case STEP_QUERY:
    case STEP_COUNT:
        sync->is_whole = true;
        dav_query_render(&body);
        break;
    }
    struct fetch_order order = {.url = slot->ics,
                                .method = rows[step].method,
                                .depth = rows[step].depth,
                                .type = XML_TYPE,
                                .body = text_span(&body),
                                .user = slot->user,
                                .password = slot->password,
                                .ca_file = slot->ca_file};
    sync->is_asking = true;
    post_fetch(slot->rotas->daemon->post, &order, step_answered, sync);
}

static void round_start(struct dav_sync *sync)
{
    round_clear(sync);
    sync->fresh = map_new();
    sync->wanted = map_new();
    sync->is_whole = !sync->is_query && sync->token == NULL;
    step_run(sync, sync->is_query ? STEP_CTAG : STEP_CHANGES);
}

void dav_sync_start(struct dav_sync *sync)
{
    sync->slot->stage = SLOT_FETCHING;
    sync->begun++;
    sync->steps = 0;
    round_start(sync);
}

bool dav_sync_may_end(const struct dav_sync *sync)
{
    return !sync->is_asking;
}

static int name_compare(const void *left, const void *right)
{
    const struct calendar_file *a = left;
    const struct calendar_file *b = right;
    return strcmp(a->name, b->name);
}

/* The copy as a version, in order of names, so that it has the same hash whoever lists it. */
static struct version *version_make(const struct dav_sync *sync)
{
    size_t count = 0;
    size_t cursor = 0;
    struct span key;
    const struct dav_event *event;
    struct arena *arena = arena_new();
    struct calendar_file *files = arena_take(arena, (map_count(sync->events) + 1) * sizeof(*files));
    while ((event = map_each(sync->events, &cursor, &key)) != NULL)
        files[count++] =
            (struct calendar_file){arena_copy_span(arena, key), text_span(&event->data)};
    qsort(files, count, sizeof(*files), name_compare);
    struct version *version = version_new();
    version_set(version, files, count);
    version->read_at = sync->slot->rotas->daemon->now.wall_at;
    arena_free(arena);
    return version;
}

static void event_put(struct map *events, struct span name, struct dav_event *event)
{
    struct dav_event *old = map_find(events, name);
    map_put(events, name, event);
    if (old != NULL)
        dav_event_free(old);
}

/* What the round found becomes the copy. */
static void copy_change(struct dav_sync *sync)
{
    size_t cursor = 0;
    struct span key;
    struct dav_event *event;
    while ((event = map_each(sync->events, &cursor, &key)) != NULL) {
        const struct dav_event *named = map_find(sync->fresh, key);
        bool is_gone = named == NULL ? sync->is_whole : named->is_gone;
        if (is_gone)
            dav_event_free(map_remove(sync->events, key));
    }
    cursor = 0;
    while ((event = map_each(sync->fresh, &cursor, &key)) != NULL) {
        CLEANUP(text_clear) struct text name = {0};
        text_add_span(&name, key);
        (void)map_remove(sync->fresh, key);
        if (event->is_gone)
            dav_event_free(event);
        else
            event_put(sync->events, text_span(&name), event);
    }
}

static bool copy_is_small(const struct dav_sync *sync)
{
    size_t size = 0;
    size_t cursor = 0;
    const struct dav_event *event;
    while ((event = map_each(sync->events, &cursor, NULL)) != NULL)
        size += event->data.size;
    return size <= CALENDAR_BYTES_MAX && map_count(sync->events) <= CALENDAR_FILES_MAX;
}

static void copy_forget(struct dav_sync *sync)
{
    events_free(sync->events);
    sync->events = map_new();
    free(sync->token);
    sync->token = NULL;
    free(sync->ctag);
    sync->ctag = NULL;
}

static void take_string(char **to, char **from)
{
    free(*to);
    *to = *from;
    *from = NULL;
}

/* All answers of the round are in. */
static void round_end(struct dav_sync *sync)
{
    struct slot *slot = sync->slot;
    bool is_changed = map_count(sync->fresh) > 0 || sync->is_whole;
    copy_change(sync);
    take_string(&sync->token, &sync->new_token);
    take_string(&sync->ctag, &sync->new_ctag);
    round_clear(sync);
    if (!copy_is_small(sync)) {
        copy_forget(sync);
        round_fail(sync, TOO_LARGE, 0);
        return;
    }
    sync->ended = sync->begun;
    slot->failures = 0;
    if (!is_changed && dav_sync_is_in_force(sync)) {
        slot_fetch_unchanged(slot);
        return;
    }
    struct version *version = version_make(sync);
    memcpy(sync->hash, version->hash, sizeof(sync->hash));
    slot_offer(slot, version);
}

/* The server names an event: it is new, changed or gone. */
static bool item_note(struct dav_sync *sync, const struct dav_item *item, struct arena *arena,
                      struct fault *fault)
{
    const char *name;
    if (!dav_name(arena, sync->slot->ics, item->href, &name, fault))
        return false;
    if (name[0] == '\0')
        return true;
    bool is_gone = item->status == 404 || item->status == 410;
    if (!is_gone && item->status != 200)
        return fault_set(fault, FAULT_PEER, "the server gives '%.100s' with HTTP %" PRIu32, name,
                         item->status);
    struct dav_event *event = memory_new(1, sizeof(*event));
    *event = (struct dav_event){.href = string_copy(item->href),
                                .etag = string_copy(item->etag),
                                .has_data = item->data.bytes != NULL,
                                .is_gone = is_gone};
    text_add_span(&event->data, item->data);
    (void)map_remove(sync->wanted, span_of(name));
    event_put(sync->fresh, span_of(name), event);
    sync->fresh_size += event->data.size;
    if (sync->fresh_size > CALENDAR_BYTES_MAX || map_count(sync->fresh) > DAV_ITEMS_MAX)
        return fault_set(fault, FAULT_LIMIT, TOO_LARGE);
    if (is_gone || event->has_data)
        return true;
    const struct dav_event *known = map_find(sync->events, span_of(name));
    if (known != NULL && known->etag != NULL && string_is(known->etag, event->etag)) {
        text_add_span(&event->data, text_span(&known->data));
        event->has_data = true;
        return true;
    }
    map_put(sync->wanted, span_of(name), event);
    return true;
}

static void round_go_on(struct dav_sync *sync, const struct dav_answer *answer)
{
    bool is_same_ctag = answer->ctag != NULL && string_is(answer->ctag, sync->ctag);
    switch (sync->step) {
    case STEP_CTAG:
        free(sync->new_ctag);
        sync->new_ctag = string_copy(answer->ctag);
        if (!is_same_ctag) {
            step_run(sync, STEP_QUERY);
            return;
        }
        break;
    case STEP_CHANGES:
        if (answer->is_cut && answer->token != NULL) {
            step_run(sync, STEP_CHANGES);
            return;
        }
        break;
    case STEP_EVENTS:
    case STEP_QUERY:
    case STEP_COUNT:
        break;
    }
    if (map_count(sync->wanted) > 0)
        step_run(sync, STEP_EVENTS);
    else
        round_end(sync);
}

static void answer_read(void *context, struct span bytes, const char *problem)
{
    struct dav_sync *sync = context;
    struct dav_answer answer = {0};
    struct fault fault = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    sync->reading = NULL;
    sync->slot->rotas->reading_count--;
    if (slot_was_dropped(sync->slot))
        return;
    size_t wanted_count = map_count(sync->wanted);
    bool is_well = problem == NULL && dav_result_parse(arena, bytes, &answer, &fault);
    for (size_t i = 0; is_well && i < answer.item_count; i++)
        is_well = item_note(sync, &answer.items[i], arena, &fault);
    /* An answer without what was asked for must not look like events without content. */
    if (is_well && sync->step == STEP_EVENTS &&
        map_count(sync->wanted) + sync->asked_count > wanted_count)
        is_well = fault_set(&fault, FAULT_PEER, "the server does not give all events it lists");
    if (!is_well) {
        round_fail(sync, problem != NULL ? problem : fault.text, 0);
        return;
    }
    if (sync->step == STEP_CHANGES) {
        free(sync->new_token);
        sync->new_token = string_copy(answer.token);
    }
    round_go_on(sync, &answer);
}

msec dav_sync_due_at(const struct dav_sync *sync)
{
    if (sync->reading != NULL)
        return reading_deadline_at(sync->reading);
    bool may_start = sync->is_waiting && sync->slot->rotas->reading_count < ROTAS_READERS_MAX;
    return may_start ? sync->slot->rotas->daemon->tick_at : MSEC_NEVER;
}

void dav_sync_tick(struct dav_sync *sync)
{
    if (sync->is_waiting)
        answer_start(sync);
    if (sync->reading != NULL &&
        reading_deadline_at(sync->reading) <= sync->slot->rotas->daemon->tick_at)
        reading_expire(sync->reading);
}

uint64_t dav_sync_begun(const struct dav_sync *sync)
{
    return sync->begun;
}

uint64_t dav_sync_ended(const struct dav_sync *sync)
{
    return sync->ended;
}

const char *dav_sync_etag(const struct dav_sync *sync, const char *name)
{
    const struct dav_event *event = map_find(sync->events, span_of(name));
    if (event == NULL)
        return NULL;
    return event->etag == NULL ? "" : event->etag;
}

bool dav_sync_is_in_force(const struct dav_sync *sync)
{
    const struct slot *slot = sync->slot;
    return sync->ended > 0 && slot->version != NULL && slot->good != NULL &&
           strcmp(slot->version->hash, sync->hash) == 0;
}
