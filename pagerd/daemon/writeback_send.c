/* SPDX-License-Identifier: MIT */
/* writeback_send.c - one write at a time to the server of a calendar, and what comes of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/dav_sync.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/writeback_event.h"
#include "daemon/writeback_target.h"
#include "notify/notify.h"

/* One question to the server. */
struct write {
    struct writeback *writeback;
    char *calendar;
    uint64_t id;
    enum written_action action;
    msec until_at; /* what it says */
};

static void write_free(struct write *write)
{
    free(write->calendar);
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
    const struct slot *slot = target_slot(writeback, calendar->name);
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
    written->until_at = write->until_at;
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
    struct target_calendar *calendar = target_calendar_find(writeback, write->calendar);
    struct slot *slot = target_slot(writeback, write->calendar);
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

void write_start(struct writeback *writeback, struct target_calendar *calendar,
                 const struct slot *slot, const struct written *written, enum written_action action,
                 const char *etag)
{
    const struct daemon *daemon = writeback->daemon;
    bool is_removal = action == WRITE_REMOVE;
    struct write *write = memory_new(1, sizeof(*write));
    *write = (struct write){.writeback = writeback,
                            .calendar = string_copy(calendar->name),
                            .id = written->id,
                            .action = action,
                            .until_at = written->wished_until_at};
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text url = {0};
    char name[OVERRIDE_NAME_SIZE];
    override_name_render(written->id, writeback->instance, name);
    size_t size = strlen(slot->ics);
    text_addf(&url, "%s%s%s", slot->ics, slot->ics[size - 1] == '/' ? "" : "/", name);
    if (!is_removal)
        override_event_compose(
            &body, written, writeback->instance, reload_config(daemon->reload)->url,
            written->sequence + (action == WRITE_CHANGE ? 1 : 0), daemon->now.wall_at);
    struct fetch_order order = {.url = text_string(&url),
                                .method = is_removal ? "DELETE" : "PUT",
                                .type = is_removal ? NULL : "text/calendar; charset=utf-8",
                                .body = text_span(&body),
                                .etag = action == WRITE_NEW ? "*" : NULL,
                                .match = action == WRITE_NEW ? NULL : etag,
                                .user = slot->user,
                                .password = slot->password,
                                .ca_file = slot->ca_file};
    calendar->is_asking = true;
    post_fetch(daemon->post, &order, write_done, write);
}
