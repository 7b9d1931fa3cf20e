/* SPDX-License-Identifier: MIT */
#include "engine/heartbeat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/dedup.h"
#include "engine/entry.h"
#include "engine/grace.h"
#include "engine/ledger.h"
#include "engine/words.h"

#define SAVE_APART_MAX_MS MINUTE_MS
#define REPEAT_MIN_MS (GRACE_MS + MINUTE_MS) /* behind the grace of a resolve by hand */
#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

static void heartbeat_schedule(struct engine *engine, struct heartbeat *heartbeat)
{
    heap_put(&engine->timers[TIMER_HEARTBEAT], &heartbeat->timer,
             heartbeat->state == HEARTBEAT_REMOVED ? MSEC_NEVER : heartbeat->due_at);
}

static msec span_ms(msec value_ms, msec least_ms, msec most_ms)
{
    return value_ms < least_ms ? least_ms : value_ms > most_ms ? most_ms : value_ms;
}

static msec period_ms(const struct heartbeat *heartbeat)
{
    return heartbeat->every_ms + heartbeat->grace_ms;
}

/* A fresh uuid for the incident that comes next: the engine has no chance of its own. */
static void uuid_of(const struct work *work, const struct heartbeat *heartbeat,
                    char uuid[UUID_TEXT_SIZE])
{
    (void)snprintf(uuid, UUID_TEXT_SIZE, "%.24s%012" PRIx64, heartbeat->uuid,
                   (work->engine->incident_number + 1) & 0xffffffffffffU);
}

/* Goes the way of all alerts. `details` may be NULL. */
static void raise_alert(struct work *work, const struct heartbeat *heartbeat, enum event_kind kind,
                        const char *summary, const char *details)
{
    struct label label = {.name = (char *)(uintptr_t)HEARTBEAT_INTEGRATION,
                          .value = heartbeat->name};
    struct alert alert = {
        .integration = HEARTBEAT_INTEGRATION,
        .team = heartbeat->team,
        .dedup_key = heartbeat->name,
        .severity = heartbeat->severity,
        .summary = summary,
        .details = details,
        .source = heartbeat->name,
        .labels = &label,
        .label_count = 1,
    };
    uuid_of(work, heartbeat, alert.uuid);
    struct event event = {
        .kind = kind, .actor = HEARTBEAT_INTEGRATION, .via = "heartbeat", .alert = &alert};
    struct answer ignored = {.kind = ANSWER_DONE};
    ledger_receive(work->engine);
    if (kind == EVENT_TRIGGER)
        dedup_trigger(work, &event, &ignored);
    else
        dedup_resolve(work, &event, &ignored);
}

/* It is an incident from now on, or still is one. */
static void go_down(struct work *work, struct heartbeat *heartbeat, const char *summary,
                    const char *details)
{
    msec again_ms = period_ms(heartbeat);
    heartbeat->state = HEARTBEAT_DOWN;
    heartbeat->due_at = work->now.steady_at + (again_ms > REPEAT_MIN_MS ? again_ms : REPEAT_MIN_MS);
    save_heartbeat(work, heartbeat);
    raise_alert(work, heartbeat, EVENT_TRIGGER, summary, details);
}

/* "backup is silent since Sat 21 Nov 03:10: no heartbeat for 1d1h" */
static void say_missing(const struct work *work, const struct heartbeat *heartbeat,
                        struct text *text)
{
    const struct team *team = team_find(work->engine, heartbeat->team);
    const struct zone *zone = team != NULL && team->zone != NULL ? team->zone : work->policy->zone;
    bool is_never = heartbeat->last_seen_at == 0;
    msec since_at = span_ms(is_never ? heartbeat->created_at : heartbeat->last_seen_at, 0,
                            work->now.wall_at > 0 ? work->now.wall_at : 0);
    msec silent_ms = work->now.wall_at - since_at;
    if (silent_ms < period_ms(heartbeat))
        silent_ms = period_ms(heartbeat); /* the clock was set */
    if (heartbeat->state == HEARTBEAT_RUNNING) {
        text_addf(text, "%s has not ended: it began ", heartbeat->name);
        words_add_time(text, zone, since_at);
        return;
    }
    text_addf(text, "%s %s ", heartbeat->name,
              is_never ? "was never seen since it was added" : "is silent since");
    words_add_time(text, zone, since_at);
    text_add(text, ": no heartbeat for ");
    words_add_duration(text, silent_ms);
}

void heartbeat_due(struct work *work, struct heartbeat *heartbeat)
{
    CLEANUP(text_clear) struct text text = {0};
    say_missing(work, heartbeat, &text);
    go_down(work, heartbeat, text_string(&text), NULL);
    heartbeat_schedule(work->engine, heartbeat);
}

struct heartbeat *heartbeat_find(const struct engine *engine, const char *name)
{
    size_t cursor = 0;
    struct heartbeat *heartbeat = NULL;
    while ((heartbeat = map_each(engine->heartbeats, &cursor, NULL)) != NULL) {
        if (heartbeat->state != HEARTBEAT_REMOVED && string_is(heartbeat->name, name))
            return heartbeat;
    }
    return NULL;
}

void heartbeat_take(struct engine *engine, struct heartbeat *heartbeat)
{
    /* Whatever a store holds: it is missed some time. */
    heartbeat->every_ms =
        span_ms(heartbeat->every_ms, HEARTBEAT_EVERY_MIN_MS, HEARTBEAT_EVERY_MAX_MS);
    heartbeat->grace_ms =
        span_ms(heartbeat->grace_ms, HEARTBEAT_GRACE_MIN_MS, HEARTBEAT_GRACE_MAX_MS);
    map_put(engine->heartbeats, number_key(&heartbeat->id), heartbeat);
    if (heartbeat->id > engine->heartbeat_id)
        engine->heartbeat_id = heartbeat->id;
}

/* Forgets those that were removed in earlier turns. */
static void heartbeats_prune(struct work *work)
{
    size_t cursor = 0;
    struct heartbeat *heartbeat = NULL;
    while ((heartbeat = map_each(work->engine->heartbeats, &cursor, NULL)) != NULL) {
        if (heartbeat->state != HEARTBEAT_REMOVED || is_listed(work, heartbeat->listed))
            continue;
        (void)map_remove(work->engine->heartbeats, number_key(&heartbeat->id));
        heartbeat_free(heartbeat);
    }
}

/* A key makes heartbeats by their first ping: whoever has it cannot fill the house. */
static bool key_has_room(const struct engine *engine, const char *created_by, struct answer *answer)
{
    size_t cursor = 0;
    size_t count = 0;
    const struct heartbeat *heartbeat = NULL;
    while ((heartbeat = map_each(engine->heartbeats, &cursor, NULL)) != NULL)
        count +=
            heartbeat->state != HEARTBEAT_REMOVED && string_is(heartbeat->created_by, created_by);
    return count < HEARTBEATS_OF_KEY_MAX ||
           answer_set(answer, ANSWER_FULL, "%d heartbeats made by one key are the limit",
                      HEARTBEATS_OF_KEY_MAX);
}

static bool add_is_valid(struct work *work, const struct event *event, struct answer *answer)
{
    const struct heartbeat *wanted = event->heartbeat;
    if (!event->is_of_key && policy_find_user(work->policy, event->actor) == NULL)
        return answer_set(answer, ANSWER_REFUSED, "only a known person makes a heartbeat");
    if (wanted == NULL || wanted->name == NULL || wanted->severity >= SEVERITY_COUNT)
        return answer_set(answer, ANSWER_INVALID, "no heartbeat");
    size_t size = strlen(wanted->name);
    if (size == 0 || size > HEARTBEAT_NAME_MAX || strspn(wanted->name, NAME_BYTES) != size)
        return answer_set(answer, ANSWER_INVALID,
                          "a heartbeat's name has 1 to %d letters, digits, - _ and .",
                          HEARTBEAT_NAME_MAX);
    if (team_find(work->engine, wanted->team) == NULL)
        return answer_set(answer, ANSWER_NOT_FOUND, "no team \"%s\"",
                          wanted->team != NULL ? wanted->team : "");
    if (wanted->every_ms < HEARTBEAT_EVERY_MIN_MS || wanted->every_ms > HEARTBEAT_EVERY_MAX_MS)
        return answer_set(answer, ANSWER_INVALID, "a heartbeat comes every 1 s to 366 days");
    if (wanted->grace_ms < HEARTBEAT_GRACE_MIN_MS || wanted->grace_ms > HEARTBEAT_GRACE_MAX_MS)
        return answer_set(answer, ANSWER_INVALID, "the grace of a heartbeat is 1 s to 30 days");
    if (heartbeat_find(work->engine, wanted->name) != NULL)
        return answer_set(answer, ANSWER_INVALID,
                          "there is a heartbeat \"%s\" already: remove it first, or take another "
                          "name",
                          wanted->name);
    if (event->is_of_key && !key_has_room(work->engine, wanted->created_by, answer))
        return false;
    heartbeats_prune(work);
    return map_count(work->engine->heartbeats) < HEARTBEATS_MAX ||
           answer_set(answer, ANSWER_FULL, "%d heartbeats are the limit", HEARTBEATS_MAX);
}

void heartbeat_add(struct work *work, const struct event *event, struct answer *answer)
{
    if (!add_is_valid(work, event, answer))
        return;
    struct heartbeat *heartbeat = heartbeat_copy(event->heartbeat);
    heartbeat->id = work->engine->heartbeat_id + 1;
    heartbeat->version = 0;
    heartbeat->state = HEARTBEAT_NEW;
    heartbeat->last_seen_at = 0;
    heartbeat->due_at = work->now.steady_at + period_ms(heartbeat);
    heartbeat->created_at = work->now.wall_at;
    if (!event->is_of_key)
        (void)string_set(&heartbeat->created_by, event->actor);
    heartbeat_take(work->engine, heartbeat);
    heartbeat_schedule(work->engine, heartbeat);
    save_heartbeat(work, heartbeat);
    CLEANUP(text_clear) struct text every = {0};
    CLEANUP(text_clear) struct text grace = {0};
    words_add_duration(&every, heartbeat->every_ms);
    words_add_duration(&grace, heartbeat->grace_ms);
    entry_add(work, 0, ENTRY_HEARTBEAT, event->actor,
              "%s of %s is expected every %s, %s late at most", heartbeat->name, heartbeat->team,
              text_string(&every), text_string(&grace));
    answer->kind = ANSWER_DONE;
    answer->id = heartbeat->id;
}

static struct heartbeat *heartbeat_of_event(struct work *work, const struct event *event,
                                            struct answer *answer)
{
    struct heartbeat *heartbeat = map_find(work->engine->heartbeats, number_key(&event->id));
    if (heartbeat != NULL && heartbeat->state != HEARTBEAT_REMOVED)
        return heartbeat;
    (void)answer_set(answer, ANSWER_NOT_FOUND, "no such heartbeat");
    return NULL;
}

void heartbeat_remove(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct heartbeat *heartbeat = actor != NULL ? heartbeat_of_event(work, event, answer) : NULL;
    if (heartbeat == NULL)
        return;
    bool was_down = heartbeat->state == HEARTBEAT_DOWN;
    heartbeat->state = HEARTBEAT_REMOVED;
    heartbeat_schedule(work->engine, heartbeat);
    save_heartbeat(work, heartbeat);
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s removed the heartbeat %s", actor->id, heartbeat->name);
    entry_add(work, 0, ENTRY_HEARTBEAT, actor->id, "%s", text_string(&text));
    if (was_down)
        raise_alert(work, heartbeat, EVENT_RESOLVE_SOURCE, text_string(&text), NULL);
    answer->kind = ANSWER_DONE;
    answer->id = heartbeat->id;
}

static void heard_alive(struct work *work, struct heartbeat *heartbeat)
{
    enum heartbeat_state before = heartbeat->state;
    msec apart_ms = heartbeat->every_ms / 10;
    if (apart_ms > SAVE_APART_MAX_MS)
        apart_ms = SAVE_APART_MAX_MS;
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s is heard again", heartbeat->name);
    heartbeat->state = HEARTBEAT_UP;
    heartbeat->last_seen_at = work->now.wall_at;
    heartbeat->due_at = work->now.steady_at + period_ms(heartbeat);
    if (before != HEARTBEAT_UP || work->now.steady_at - heartbeat->saved_at >= apart_ms)
        save_heartbeat(work, heartbeat);
    if (before == HEARTBEAT_DOWN)
        raise_alert(work, heartbeat, EVENT_RESOLVE_SOURCE, text_string(&text), NULL);
}

static void heard_start(struct work *work, struct heartbeat *heartbeat)
{
    heartbeat->last_seen_at = work->now.wall_at;
    if (heartbeat->state != HEARTBEAT_DOWN) { /* only an end says that it is well */
        heartbeat->state = HEARTBEAT_RUNNING;
        heartbeat->due_at = work->now.steady_at + heartbeat->grace_ms;
    }
    save_heartbeat(work, heartbeat);
}

static void heard_fail(struct work *work, struct heartbeat *heartbeat, const char *details)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s says that it failed", heartbeat->name);
    heartbeat->last_seen_at = work->now.wall_at;
    go_down(work, heartbeat, text_string(&text), details);
}

void heartbeat_ping(struct work *work, const struct event *event, struct answer *answer)
{
    struct heartbeat *heartbeat = heartbeat_of_event(work, event, answer);
    if (heartbeat == NULL)
        return;
    answer->kind = ANSWER_DONE;
    answer->id = heartbeat->id;
    switch (event->ping) {
    case PING_ALIVE:
        heard_alive(work, heartbeat);
        break;
    case PING_START:
        heard_start(work, heartbeat);
        break;
    case PING_FAIL:
        heard_fail(work, heartbeat, event->text);
        break;
    case PING_LOG:
        break;
    case PING_COUNT:
        (void)answer_set(answer, ANSWER_INVALID, "no such ping");
        return;
    }
    heartbeat_schedule(work->engine, heartbeat);
}

void heartbeats_restored(struct work *work)
{
    size_t cursor = 0;
    struct heartbeat *heartbeat = NULL;
    while ((heartbeat = map_each(work->engine->heartbeats, &cursor, NULL)) != NULL) {
        msec least_at = work->now.steady_at + heartbeat->grace_ms;
        msec most_at = work->now.steady_at + period_ms(heartbeat) + REPEAT_MIN_MS;
        heartbeat->due_at = span_ms(heartbeat->due_at, least_at, most_at);
        heartbeat->saved_at = work->now.steady_at;
        heartbeat_schedule(work->engine, heartbeat);
    }
}

bool heartbeats_check(const struct engine *engine, struct fault *fault)
{
    size_t cursor = 0;
    const struct heartbeat *heartbeat = NULL;
    while ((heartbeat = map_each(engine->heartbeats, &cursor, NULL)) != NULL) {
        bool has_timer = heartbeat->timer.place != 0;
        bool is_good = heartbeat->state == HEARTBEAT_REMOVED
                           ? !has_timer
                           : has_timer && heartbeat->timer.due_at == heartbeat->due_at;
        if (!is_good)
            return fault_set(fault, FAULT_CONFLICT, "the timer of heartbeat %s is wrong",
                             heartbeat->name);
    }
    return true;
}
