/* SPDX-License-Identifier: MIT */
#include "daemon/writeback.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "calendar/shift.h"
#include "daemon/daemon.h"
#include "daemon/dav_sync.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "daemon/writeback_event.h"
#include "daemon/writeback_target.h"
#include "engine/engine.h"
#include "store/batch.h"

#define OVER_MS DAY_MS /* over for so long, an override that never got there stays away */

struct hold {
    uint64_t id;
    size_t count;
};

struct writeback *writeback_new(struct daemon *daemon)
{
    struct writeback *writeback = memory_new(1, sizeof(*writeback));
    writeback->daemon = daemon;
    writeback->held = map_new();
    return writeback;
}

static void calendar_free(struct target_calendar *calendar)
{
    written_book_clear(&calendar->book);
    free(calendar->name);
    free(calendar);
}

void writeback_free(struct writeback *writeback)
{
    if (writeback == NULL)
        return;
    for (size_t i = 0; i < writeback->count; i++)
        calendar_free(writeback->calendars[i]);
    free(writeback->calendars);
    size_t cursor = 0;
    struct hold *hold;
    while ((hold = map_each(writeback->held, &cursor, NULL)) != NULL)
        free(hold);
    map_free(writeback->held);
    free(writeback);
}

void writeback_restore(struct writeback *writeback, const char *instance)
{
    snprintf(writeback->instance, sizeof(writeback->instance), "%s", instance);
}

void writeback_open(struct writeback *writeback)
{
    writeback->is_open = true;
    if (writeback->instance[0] == '\0') {
        unsigned char bytes[4];
        random_bytes(bytes, sizeof(bytes));
        snprintf(writeback->instance, sizeof(writeback->instance), "%02x%02x%02x%02x", bytes[0],
                 bytes[1], bytes[2], bytes[3]);
        struct meta_record record = {.name = "instance", .value = writeback->instance};
        batch_save_meta(turn_batch(writeback->daemon->turns), &record, NEED_NONE);
    }
    rotas_publish(writeback->daemon->rotas); /* which events are ours is only known now */
}

static struct span id_span(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

void writeback_hold(struct writeback *writeback, uint64_t id)
{
    struct hold *hold = map_find(writeback->held, id_span(&id));
    if (hold == NULL) {
        hold = memory_new(1, sizeof(*hold));
        hold->id = id;
        map_put(writeback->held, id_span(&id), hold);
    }
    hold->count++;
}

static void stir_all(struct writeback *writeback)
{
    for (size_t i = 0; i < writeback->count; i++)
        writeback->calendars[i]->is_stirred = true;
}

void writeback_let_go(struct writeback *writeback, uint64_t id)
{
    struct hold *hold = map_find(writeback->held, id_span(&id));
    if (hold != NULL && --hold->count == 0)
        free(map_remove(writeback->held, id_span(&id)));
    stir_all(writeback);
}

struct target_calendar *target_calendar_find(const struct writeback *writeback, const char *name)
{
    for (size_t i = 0; i < writeback->count; i++)
        if (string_is(writeback->calendars[i]->name, name))
            return writeback->calendars[i];
    return NULL;
}

/* With its book from disk, at first sight. */
static struct target_calendar *calendar_get(struct writeback *writeback, const char *name)
{
    struct target_calendar *calendar = target_calendar_find(writeback, name);
    struct fault fault = {0};
    if (calendar != NULL)
        return calendar;
    calendar = memory_new(1, sizeof(*calendar));
    calendar->name = string_copy(name);
    calendar->is_stirred = true;
    if (!written_book_load(writeback->daemon->state, name, &calendar->book, &fault))
        log_error("calendar \"%s\": %s", name, fault.text);
    for (size_t i = 0; i < calendar->book.count; i++)
        calendar->book.list[i].round = 1;
    writeback->calendars =
        memory_grow(writeback->calendars, writeback->count + 1, sizeof(*writeback->calendars));
    writeback->calendars[writeback->count++] = calendar;
    return calendar;
}

struct slot *target_slot(const struct writeback *writeback, const char *name)
{
    const struct rotas *rotas = writeback->daemon->rotas;
    for (size_t i = 0; i < rotas->count; i++)
        if (string_is(rotas->slots[i]->name, name))
            return rotas->slots[i];
    return NULL;
}

static const struct override *override_of(const struct writeback *writeback, uint64_t id)
{
    size_t cursor = 0;
    const struct override *override;
    while ((override = view_each_override(writeback->daemon->engine, &cursor)) != NULL)
        if (override->id == id)
            return override;
    return NULL;
}

bool writeback_is_released(struct writeback *writeback, const char *calendar, const char *override)
{
    uint64_t id = 0;
    if (!writeback->is_open)
        return false;
    if (!override_mark_parse(override, writeback->instance, &id))
        return true;
    const struct target_calendar *target = calendar_get(writeback, calendar);
    const struct written *written = written_book_find(&target->book, id);
    return written != NULL && written->state == WRITTEN_RELEASED;
}

struct saving {
    struct writeback *writeback;
    char *state;
    char *name;
    struct text bytes;
    struct fault fault;
    bool is_saved;
};

static void saving_work(void *item)
{
    struct saving *saving = item;
    saving->is_saved =
        written_bytes_save(saving->state, saving->name, text_span(&saving->bytes), &saving->fault);
}

static void saving_free(struct saving *saving)
{
    text_clear(&saving->bytes);
    free(saving->state);
    free(saving->name);
    free(saving);
}

static void saving_done(void *context, void *item)
{
    struct saving *saving = item;
    struct target_calendar *calendar = target_calendar_find(context, saving->name);
    if (!saving->is_saved)
        log_error("cannot keep what was written into calendar \"%s\": %s", saving->name,
                  saving->fault.text);
    if (calendar != NULL) {
        calendar->is_saving = false;
        calendar->is_stirred = true;
    }
    saving_free(saving);
}

static void book_save(struct writeback *writeback, struct target_calendar *calendar)
{
    struct daemon *daemon = writeback->daemon;
    struct saving *saving = memory_new(1, sizeof(*saving));
    *saving = (struct saving){.writeback = writeback,
                              .state = string_copy(daemon->state),
                              .name = string_copy(calendar->name)};
    written_book_render(&saving->bytes, &calendar->book);
    if (!worker_post(daemon->worker, saving_work, saving_done, writeback, saving)) {
        saving_free(saving); /* too much is waiting for the disk: at the next tick */
        return;
    }
    calendar->is_saving = true;
    calendar->is_dirty = false;
}

static bool override_is_active(const struct writeback *writeback, const struct override *override)
{
    return override != NULL && !override->is_ended &&
           override->until_at > writeback->daemon->now.wall_at;
}

/*
 * How the event shall be by now. One that the engine does not know any more although it should
 * still last was ended just before pagerd died: then it ends now, at the latest.
 */
static void written_update_wish(const struct writeback *writeback, struct target_calendar *calendar,
                                struct written *written)
{
    const struct override *override = override_of(writeback, written->id);
    msec now = writeback->daemon->now.wall_at;
    msec until_at = written->wished_until_at;
    bool is_wanted = written->is_wanted;
    if (override != NULL)
        until_at = override->until_at;
    else if (until_at > now)
        until_at = now;
    bool has_begun = override != NULL
                         ? !override->is_ended || override->from_at < override->until_at
                         : written->from_at < until_at;
    if (!has_begun)
        is_wanted = false;
    if (written->state == WRITTEN_WAITING && until_at + OVER_MS < now)
        is_wanted = false;
    msec from_at = written->from_at;
    override_event_round(&from_at, &until_at);
    if (until_at == written->wished_until_at && is_wanted == written->is_wanted)
        return;
    written->wished_until_at = until_at;
    written->is_wanted = is_wanted;
    calendar->is_dirty = true;
}

/* What the last round shows. What was found to be there from us is noted. */
static struct written_sight sight_of(const struct writeback *writeback, const struct slot *slot,
                                     struct target_calendar *calendar, struct written *written)
{
    char name[OVERRIDE_NAME_SIZE];
    override_name_render(written->id, writeback->instance, name);
    const char *etag = dav_sync_etag(slot->dav, name);
    struct written_sight sight = {.is_fresh = dav_sync_ended(slot->dav) >= written->round,
                                  .is_there = etag != NULL,
                                  .etag = etag};
    const struct shift_list *list = slot->good;
    sight.is_read = etag != NULL && dav_sync_is_in_force(slot->dav) &&
                    list->from_at <= written->from_at && written->until_at <= list->until_at;
    if (!sight.is_read)
        return sight;
    msec until_at = override_event_until(list, name, written);
    sight.is_same = until_at != 0;
    bool is_news = sight.is_fresh && sight.is_same &&
                   (until_at != written->until_at || !string_is(etag, written->etag));
    if (is_news) {
        written->until_at = until_at;
        written_set_etag(written, etag);
        calendar->is_dirty = true;
    }
    return sight;
}

/* The event has its say in place of the override: nobody may be on call by neither for a moment. */
static void override_end_there(struct writeback *writeback, const struct target_calendar *calendar,
                               uint64_t id, const char *why)
{
    char actor[128];
    char text[160];
    snprintf(actor, sizeof(actor), "calendar %s", calendar->name);
    snprintf(text, sizeof(text), "its event was %s there", why);
    struct event event = {
        .kind = EVENT_OVERRIDE_END, .actor = actor, .via = "calendar", .id = id, .text = text};
    struct answer answer = {0};
    turn_step(writeback->daemon->turns, &event, &answer);
    if (answer.kind == ANSWER_DONE)
        log_info("override ended in the calendar override=o%" PRIu64 " calendar=%s: %s", id,
                 calendar->name, why);
    else if (answer.kind != ANSWER_ALREADY)
        log_error("override o%" PRIu64 " was %s in calendar \"%s\", but is not ended: %s", id, why,
                  calendar->name, answer.text);
}

/* One write at a time, and only what the book on disk knows of. */
static bool calendar_may_write(const struct target_calendar *calendar, const struct slot *slot,
                               const struct written *written)
{
    return slot->is_writable && !calendar->is_asking && !calendar->is_saving &&
           !calendar->is_dirty && written->retry_at == 0;
}

/* Does what is to be done for one override; `written` may be void afterwards. */
static void written_step(struct writeback *writeback, struct target_calendar *calendar,
                         const struct slot *slot, struct written *written)
{
    bool is_active = override_is_active(writeback, override_of(writeback, written->id));
    written_update_wish(writeback, calendar, written);
    struct written_sight sight = sight_of(writeback, slot, calendar, written);
    enum written_action action = written_decide(written, is_active, &sight);
    bool is_released = written->state == WRITTEN_RELEASED || action == WRITE_RELEASE;
    uint64_t id = written->id;
    calendar->is_dirty |= action >= WRITE_ADOPT && action <= WRITE_FORGET;
    switch (action) {
    case WRITE_NEW:
    case WRITE_CHANGE:
    case WRITE_REMOVE:
        if (calendar_may_write(calendar, slot, written))
            write_start(writeback, calendar, slot, written, action,
                        sight.is_fresh && sight.is_there ? sight.etag : written->etag);
        return;
    case WRITE_ADOPT:
        written->state = WRITTEN_LANDED;
        written->failures = 0;
        return;
    case WRITE_RELEASE:
        written->state = WRITTEN_RELEASED;
        rotas_publish(writeback->daemon->rotas);
        break;
    case WRITE_REVOKE:
    case WRITE_FORGET:
        written_book_remove(&calendar->book, written);
        break;
    case WRITE_NOTHING:
    case WRITE_ACTION_COUNT:
        break;
    }
    /* Also after a crash between releasing the event and ending the override. */
    if (is_active && (is_released || action == WRITE_REVOKE))
        override_end_there(writeback, calendar, id, is_released ? "changed" : "deleted");
}

/* Is this where overrides of that team and role are written? */
static bool override_is_of(const struct writeback *writeback, const struct override *override,
                           const char *calendar)
{
    const struct policy *policy = view_policy(writeback->daemon->engine);
    const struct team *team = policy_find_team(policy, override->team);
    return team != NULL && string_is(team->overrides[override->role].calendar, calendar);
}

static void book_fill_one(struct writeback *writeback, struct target_calendar *calendar,
                          const struct slot *slot, const struct override *override)
{
    const struct policy *policy = view_policy(writeback->daemon->engine);
    const struct user *user = policy_find_user(policy, override->user);
    struct written written = {
        .id = override->id, .etag = string_copy(""), .round = dav_sync_begun(slot->dav) + 1};
    override_event_fill(&written, override, policy_find_team(policy, override->team),
                        user != NULL && user->name != NULL ? user->name : override->user);
    if (written_book_add(&calendar->book, &written, writeback->daemon->now.wall_at)) {
        calendar->is_dirty = true;
        return;
    }
    written_clear(&written);
    log_error("calendar \"%s\": more than %d overrides are to be written", calendar->name,
              WRITTEN_MAX);
}

/* Overrides that are to be written and are not in the book yet. */
static void book_fill(struct writeback *writeback, struct target_calendar *calendar,
                      const struct slot *slot)
{
    size_t cursor = 0;
    const struct override *override;
    while ((override = view_each_override(writeback->daemon->engine, &cursor)) != NULL) {
        bool is_wanted = override_is_active(writeback, override) &&
                         override_is_of(writeback, override, calendar->name) &&
                         map_find(writeback->held, id_span(&override->id)) == NULL;
        if (is_wanted && written_book_find(&calendar->book, override->id) == NULL)
            book_fill_one(writeback, calendar, slot, override);
    }
}

static void calendar_run(struct writeback *writeback, struct target_calendar *calendar,
                         const struct slot *slot)
{
    calendar->is_stirred = false;
    calendar->seen = dav_sync_ended(slot->dav);
    calendar->good = slot->good;
    if (slot->is_writable)
        book_fill(writeback, calendar, slot);
    if (calendar->is_dirty && !calendar->is_saving)
        book_save(writeback, calendar);
    /* From the end, for the one that is looked at may leave. */
    for (size_t i = calendar->book.count; i > 0; i--) {
        struct written *written = &calendar->book.list[i - 1];
        if (written->retry_at <= writeback->daemon->tick_at)
            written->retry_at = 0;
        if (map_find(writeback->held, id_span(&written->id)) == NULL)
            written_step(writeback, calendar, slot, written);
    }
    if (calendar->is_dirty && !calendar->is_saving)
        book_save(writeback, calendar);
}

static bool calendar_is_due(const struct writeback *writeback,
                            const struct target_calendar *calendar, const struct slot *slot)
{
    if (calendar->is_stirred || calendar->seen != dav_sync_ended(slot->dav) ||
        calendar->good != slot->good || (calendar->is_dirty && !calendar->is_saving))
        return true;
    for (size_t i = 0; i < calendar->book.count && !calendar->is_asking; i++) {
        msec retry_at = calendar->book.list[i].retry_at;
        if (retry_at > 0 && retry_at <= writeback->daemon->tick_at)
            return true;
    }
    return false;
}

void writeback_tick(struct writeback *writeback)
{
    const struct rotas *rotas = writeback->daemon->rotas;
    if (!writeback->is_open)
        return;
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        if (slot->dav == NULL)
            continue;
        struct target_calendar *calendar = calendar_get(writeback, slot->name);
        if (calendar_is_due(writeback, calendar, slot))
            calendar_run(writeback, calendar, slot);
    }
}

msec writeback_next_due(const struct writeback *writeback)
{
    msec due_at = MSEC_NEVER;
    for (size_t i = 0; i < writeback->count; i++) {
        const struct target_calendar *calendar = writeback->calendars[i];
        const struct slot *slot = target_slot(writeback, calendar->name);
        if (slot == NULL || slot->dav == NULL)
            continue;
        if (calendar->is_stirred)
            return 0;
        for (size_t j = 0; j < calendar->book.count && !calendar->is_asking; j++) {
            msec retry_at = calendar->book.list[j].retry_at;
            if (retry_at > 0 && retry_at < due_at)
                due_at = retry_at;
        }
    }
    if (due_at == MSEC_NEVER)
        return MSEC_NEVER;
    msec wait_ms = due_at - writeback->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

size_t writeback_waiting(const struct writeback *writeback, const char *calendar)
{
    const struct target_calendar *target = target_calendar_find(writeback, calendar);
    size_t count = 0;
    for (size_t i = 0; target != NULL && i < target->book.count; i++)
        count += target->book.list[i].state == WRITTEN_WAITING;
    return count;
}

size_t writeback_problems(const struct writeback *writeback, struct json_writer *writer)
{
    size_t count = 0;
    for (size_t i = 0; i < writeback->count; i++) {
        const struct target_calendar *calendar = writeback->calendars[i];
        if (calendar->problem[0] == '\0')
            continue;
        char *text = string_format("calendar \"%s\": overrides cannot be written: %s",
                                   calendar->name, calendar->problem);
        json_put_string(writer, NULL, text);
        free(text);
        count++;
    }
    return count;
}
