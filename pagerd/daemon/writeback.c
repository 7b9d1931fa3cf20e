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
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/dav_sync.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/rotas_slot.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "daemon/writeback_event.h"
#include "daemon/written.h"
#include "engine/engine.h"
#include "notify/notify.h"
#include "store/batch.h"

#define OVER_MS DAY_MS /* over for so long, an override that never got there stays away */

/* One CalDAV calendar. */
struct target_calendar {
    char *name;
    struct written_book book;
    bool is_dirty;     /* the book is to be saved */
    bool is_saving;    /* the worker has it */
    bool is_asking;    /* the courier has a write of ours */
    bool is_stirred;   /* there may be something to do */
    uint64_t seen;     /* round of dav_sync.h that was looked at */
    const void *good;  /* list of shifts that was looked at; only compared */
    msec failing_at;   /* tick; since when nothing can be written; 0: it can */
    bool is_told;      /* of that */
    char problem[384]; /* "" when it can be written */
};

struct writeback {
    struct daemon *daemon;
    char instance[INSTANCE_TEXT_SIZE]; /* "" before the past is there */
    bool is_open;
    struct target_calendar **calendars;
    size_t count;
    struct map *held; /* id -> itself: overrides whose commit is under way */
};

struct hold {
    uint64_t id;
    size_t count;
};

/* One question to the server. */
struct write {
    struct writeback *writeback;
    char *calendar;
    uint64_t id;
    enum written_action action;
    char *user;
    char *summary;
    msec from_at;
    msec until_at;
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

static struct target_calendar *calendar_find(const struct writeback *writeback, const char *name)
{
    for (size_t i = 0; i < writeback->count; i++)
        if (string_is(writeback->calendars[i]->name, name))
            return writeback->calendars[i];
    return NULL;
}

/* With its book from disk, at first sight. */
static struct target_calendar *calendar_get(struct writeback *writeback, const char *name)
{
    struct target_calendar *calendar = calendar_find(writeback, name);
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

static struct slot *slot_of(const struct writeback *writeback, const char *name)
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
    if (written != NULL)
        return written->state == WRITTEN_RELEASED;
    return override_of(writeback, id) == NULL;
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
    struct target_calendar *calendar = calendar_find(context, saving->name);
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

static struct written_wish wish_of(const struct writeback *writeback,
                                   const struct override *override)
{
    if (override == NULL)
        return (struct written_wish){0};
    msec now = writeback->daemon->now.wall_at;
    bool was_never = override->is_ended && override->until_at <= override->from_at;
    struct written_wish wish = {.is_known = true,
                                .is_active = !override->is_ended && override->until_at > now,
                                .is_wanted = !was_never && override->until_at + OVER_MS > now,
                                .from_at = override->from_at,
                                .until_at = override->until_at};
    override_event_round(&wish.from_at, &wish.until_at);
    return wish;
}

static const char *display_name(const struct writeback *writeback, const char *user)
{
    const struct user *found = policy_find_user(view_policy(writeback->daemon->engine), user);
    return found != NULL && found->name != NULL ? found->name : user;
}

static struct written_sight sight_of(const struct writeback *writeback, const struct slot *slot,
                                     const struct written *written, const struct written_wish *wish)
{
    char name[OVERRIDE_NAME_SIZE];
    override_name_render(written->id, writeback->instance, name);
    const char *etag = dav_sync_etag(slot->dav, name);
    struct written_sight sight = {.is_fresh = dav_sync_ended(slot->dav) >= written->round,
                                  .is_there = etag != NULL,
                                  .etag = etag};
    bool is_waiting = written->state == WRITTEN_WAITING;
    msec from_at = is_waiting ? wish->from_at : written->from_at;
    msec until_at = is_waiting ? wish->until_at : written->until_at;
    const struct shift_list *list = slot->good;
    sight.is_read = etag != NULL && dav_sync_is_in_force(slot->dav) && list->from_at <= from_at &&
                    until_at <= list->until_at;
    if (!sight.is_read)
        return sight;
    const struct override *override = override_of(writeback, written->id);
    const char *user = is_waiting && override != NULL ? override->user : written->user;
    const char *summary =
        is_waiting && override != NULL ? display_name(writeback, override->user) : written->summary;
    sight.is_same = override_event_is_same(list, name, user, summary, from_at, until_at);
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

static void write_free(struct write *write)
{
    free(write->calendar);
    free(write->user);
    free(write->summary);
    free(write);
}

static void calendar_well(struct target_calendar *calendar)
{
    if (calendar->problem[0] != '\0')
        log_info("overrides are written again calendar=%s", calendar->name);
    calendar->problem[0] = '\0';
    calendar->failing_at = 0;
    calendar->is_told = false;
}

/* Nothing that waiting would mend: told at once. */
static bool status_is_final(uint32_t status)
{
    return status == 401 || status == 403 || status == 404 || status == 405 || status == 415;
}

static void calendar_tell(struct writeback *writeback, struct target_calendar *calendar)
{
    const struct slot *slot = slot_of(writeback, calendar->name);
    calendar->is_told = true;
    char *said = string_format("WARN pagerd: overrides cannot be written into calendar \"%s\": %s. "
                               "They count in pagerd all the same",
                               calendar->name, calendar->problem);
    daemon_tell(writeback->daemon, slot == NULL ? NULL : slot->team, said);
    free(said);
}

static void write_failed(struct writeback *writeback, struct target_calendar *calendar,
                         struct written *written, const struct fetched *fetched)
{
    msec now = writeback->daemon->tick_at;
    msec wait_ms = WRITEBACK_RETRY_MS << (written->failures < 12 ? written->failures : 12);
    if (wait_ms > WRITEBACK_RETRY_MAX_MS)
        wait_ms = WRITEBACK_RETRY_MAX_MS;
    if (wait_ms < fetched->retry_after_ms)
        wait_ms = fetched->retry_after_ms < DAY_MS ? fetched->retry_after_ms : DAY_MS;
    written->failures++;
    written->retry_at = now + wait_ms;
    char problem[FETCH_PROBLEM_SIZE];
    fetched_problem(fetched, problem);
    if (strcmp(problem, calendar->problem) != 0)
        log_warning("override not written calendar=%s override=o%" PRIu64 ": %s", calendar->name,
                    written->id, problem);
    snprintf(calendar->problem, sizeof(calendar->problem), "%s", problem);
    if (calendar->failing_at == 0)
        calendar->failing_at = now;
    bool is_long = now - calendar->failing_at >= WRITEBACK_TELL_MS;
    if (!calendar->is_told && (is_long || status_is_final(fetched->status)))
        calendar_tell(writeback, calendar);
}

static void write_landed(struct write *write, struct target_calendar *calendar,
                         struct written *written, const struct slot *slot, const char *etag)
{
    log_info("override %s calendar=%s override=o%" PRIu64,
             write->action == WRITE_REMOVE ? "taken out" : "written", calendar->name, write->id);
    calendar_well(calendar);
    calendar->is_dirty = true;
    if (write->action == WRITE_REMOVE) {
        written_book_remove(&calendar->book, written);
        return;
    }
    written->sequence += write->action == WRITE_CHANGE ? 1 : 0;
    written->state = WRITTEN_LANDED;
    written->failures = 0;
    written->retry_at = 0;
    written->round = slot == NULL ? 1 : dav_sync_begun(slot->dav) + 1;
    written_set(written, write->user, write->summary, write->from_at, write->until_at);
    written_set_etag(written, etag);
}

/* Somebody was there before: a round that begins now shows who. */
static void write_refused(struct writeback *writeback, struct written *written, struct slot *slot)
{
    msec now = writeback->daemon->tick_at;
    written->retry_at =
        now + (WRITEBACK_RETRY_MS << (written->failures < 8 ? written->failures : 8));
    written->failures++;
    if (slot == NULL)
        return;
    written->round = dav_sync_begun(slot->dav) + 1;
    slot->due_at = now;
}

static void write_done(void *context, const struct fetched *fetched)
{
    struct write *write = context;
    struct writeback *writeback = write->writeback;
    struct target_calendar *calendar = calendar_find(writeback, write->calendar);
    struct slot *slot = slot_of(writeback, write->calendar);
    if (slot != NULL && slot->dav == NULL)
        slot = NULL;
    calendar->is_asking = false;
    calendar->is_stirred = true;
    struct written *written = written_book_find(&calendar->book, write->id);
    uint32_t status = fetched->status;
    bool is_gone = status == 404 || status == 410;
    bool is_well = (status >= 200 && status < 300) || (is_gone && write->action == WRITE_REMOVE);
    if (written == NULL)
        log_error("an override that nobody knows was written override=o%" PRIu64, write->id);
    else if (is_well)
        write_landed(write, calendar, written, slot, fetched->etag);
    else if (status == 412 || status == 409 || (is_gone && write->action == WRITE_CHANGE))
        write_refused(writeback, written, slot);
    else
        write_failed(writeback, calendar, written, fetched);
    write_free(write);
}

static void write_compose(const struct writeback *writeback, const struct override *override,
                          const struct written *written, const struct write *write,
                          struct text *text)
{
    const struct daemon *daemon = writeback->daemon;
    struct override_event event = {
        .instance = writeback->instance,
        .url = reload_config(daemon->reload)->url,
        .team = policy_find_team(view_policy(daemon->engine), override->team),
        .override = override,
        .summary = write->summary,
        .from_at = write->from_at,
        .until_at = write->until_at,
        .changed_at = daemon->now.wall_at,
        .sequence = written->sequence + (write->action == WRITE_CHANGE ? 1 : 0)};
    override_event_compose(text, &event);
}

static void write_start(struct writeback *writeback, struct target_calendar *calendar,
                        const struct slot *slot, const struct written *written,
                        const struct written_wish *wish, enum written_action action,
                        const char *etag)
{
    const struct override *override = override_of(writeback, written->id);
    struct write *write = memory_new(1, sizeof(*write));
    *write = (struct write){.writeback = writeback,
                            .calendar = string_copy(calendar->name),
                            .id = written->id,
                            .action = action,
                            .user = string_copy(override->user),
                            .summary = string_copy(display_name(writeback, override->user)),
                            .from_at = wish->from_at,
                            .until_at = wish->until_at};
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text url = {0};
    char name[OVERRIDE_NAME_SIZE];
    override_name_render(written->id, writeback->instance, name);
    size_t size = strlen(slot->ics);
    text_addf(&url, "%s%s%s", slot->ics, slot->ics[size - 1] == '/' ? "" : "/", name);
    if (action != WRITE_REMOVE)
        write_compose(writeback, override, written, write, &body);
    struct fetch_order order = {.url = text_string(&url),
                                .method = action == WRITE_REMOVE ? "DELETE" : "PUT",
                                .type =
                                    action == WRITE_REMOVE ? NULL : "text/calendar; charset=utf-8",
                                .body = text_span(&body),
                                .etag = action == WRITE_NEW ? "*" : NULL,
                                .match = action == WRITE_NEW ? NULL : etag,
                                .user = slot->user,
                                .password = slot->password,
                                .ca_file = slot->ca_file};
    calendar->is_asking = true;
    post_fetch(writeback->daemon->post, &order, write_done, write);
}

static void written_adopt(struct writeback *writeback, struct written *written,
                          const struct written_wish *wish, const char *etag)
{
    const struct override *override = override_of(writeback, written->id);
    written->state = WRITTEN_LANDED;
    written->failures = 0;
    written_set(written, override->user, display_name(writeback, override->user), wish->from_at,
                wish->until_at);
    written_set_etag(written, etag);
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
    struct written_wish wish = wish_of(writeback, override_of(writeback, written->id));
    struct written_sight sight = sight_of(writeback, slot, written, &wish);
    enum written_action action = written_decide(written, &wish, &sight);
    bool is_released = written->state == WRITTEN_RELEASED || action == WRITE_RELEASE;
    uint64_t id = written->id;
    calendar->is_dirty |= action >= WRITE_ADOPT && action <= WRITE_FORGET;
    switch (action) {
    case WRITE_NEW:
    case WRITE_CHANGE:
    case WRITE_REMOVE:
        if (calendar_may_write(calendar, slot, written))
            write_start(writeback, calendar, slot, written, &wish, action,
                        sight.is_fresh && sight.is_there ? sight.etag : written->etag);
        return;
    case WRITE_ADOPT:
        written_adopt(writeback, written, &wish, sight.etag);
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
    if (wish.is_active && (is_released || action == WRITE_REVOKE))
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

/* Overrides that are to be written and are not in the book yet. */
static void book_fill(struct writeback *writeback, struct target_calendar *calendar,
                      const struct slot *slot)
{
    size_t cursor = 0;
    const struct override *override;
    while ((override = view_each_override(writeback->daemon->engine, &cursor)) != NULL) {
        bool is_wanted = wish_of(writeback, override).is_active &&
                         override_is_of(writeback, override, calendar->name) &&
                         map_find(writeback->held, id_span(&override->id)) == NULL;
        if (!is_wanted || written_book_find(&calendar->book, override->id) != NULL)
            continue;
        struct written *written = written_book_add(&calendar->book, override->id);
        if (written == NULL) {
            log_error("calendar \"%s\": more than %d overrides are to be written", calendar->name,
                      WRITTEN_MAX);
            return;
        }
        written->round = dav_sync_begun(slot->dav) + 1;
        calendar->is_dirty = true;
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
        const struct slot *slot = slot_of(writeback, calendar->name);
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
    const struct target_calendar *target = calendar_find(writeback, calendar);
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
