/* SPDX-License-Identifier: MIT */
#include "daemon/intake.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/metric.h"
#include "daemon/nodes.h"
#include "daemon/turn.h"
#include "http/call.h"
#include "http/ship.h"

#define LOOK_MS (1 * SECOND_MS)
#define QUIET_MS (5 * SECOND_MS) /* without a refusal: it is over */
#define TELL_AGAIN_MS HOUR_MS
#define TOO_MUCH "more comes in than pagerd can take: "
#define TELL_MS (30 * SECOND_MS) /* of refusing: the admins are told */

static const char *const class_names[SHARE_CLASS_COUNT] = {
    [SHARE_PEOPLE] = "people", [SHARE_SOURCES] = "sources"};

struct intake {
    struct daemon *daemon;
    msec looked_at;   /* tick */
    uint64_t refused; /* as of then */
    bool is_refusing; /* as people are told */
    bool is_told;     /* to the admins, at `told_at` (tick) */
    msec told_at;
    msec since_at;                  /* tick; of the first refusal */
    msec last_at;                   /* tick; of the last one */
    uint64_t refused_before;        /* when it began */
    char sender[QUEUE_SENDER_SIZE]; /* who was refused most */
    struct inbox_item items[INBOX_TAKEN_MAX];
};

struct intake *intake_new(struct daemon *daemon)
{
    struct intake *intake = memory_new(1, sizeof(*intake));
    intake->daemon = daemon;
    return intake;
}

void intake_free(struct intake *intake)
{
    free(intake);
}

static void call_take(struct daemon *daemon, struct call *call)
{
    bool is_common = daemon->nodes != NULL && !call_is_own(call);
    if (is_common && daemon->is_standing_by)
        nodes_hand_over(daemon->nodes, call);
    else if (is_common)
        nodes_run(daemon->nodes, call);
    else
        turn_call(daemon->turns, call);
}

void intake_take(struct intake *intake)
{
    struct daemon *daemon = intake->daemon;
    size_t count = inbox_take(daemon->inbox, intake->items);
    for (size_t i = 0; i < count; i++) {
        const struct inbox_item *item = &intake->items[i];
        if (item->call != NULL)
            call_take(daemon, item->call);
        else
            item->run(item->context, item->item);
    }
}

void intake_hold(struct intake *intake)
{
    inbox_hold_sources(intake->daemon->inbox, turns_are_many(intake->daemon->turns));
}

static uint64_t refused_count(struct inbox *inbox)
{
    uint64_t refused = 0;
    for (int i = 0; i < SHARE_CLASS_COUNT; i++)
        refused += inbox_counts(inbox, (enum share_class)i).refused;
    return refused;
}

/* A sentence without its end. */
static void refusing_say(const struct intake *intake, struct text *text)
{
    text_addf(text,
              "%" PRIu64 " calls were refused with 503 within %" PRId64 " s, most of them of %s",
              intake->refused - intake->refused_before,
              (intake->last_at - intake->since_at) / SECOND_MS + 1, intake->sender);
}

static void refusing_begin(struct intake *intake)
{
    intake->is_refusing = true;
    intake->since_at = intake->daemon->tick_at;
    log_warning(TOO_MUCH "calls are refused with 503, most of them of %s", intake->sender);
}

static void refusing_end(struct intake *intake)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, "all calls are taken again; ");
    refusing_say(intake, &text);
    log_warning("%s", text_string(&text));
    intake->is_refusing = false;
    intake->refused_before = intake->refused;
    inbox_forget_refused(intake->daemon->inbox);
}

static void refusing_tell(struct intake *intake)
{
    CLEANUP(text_clear) struct text text = {0};
    intake->is_told = true;
    intake->told_at = intake->daemon->tick_at;
    text_add(&text, "WARN pagerd: " TOO_MUCH);
    refusing_say(intake, &text);
    text_add(&text, ". What sends them tries again, if it does.");
    daemon_tell(intake->daemon, NULL, text_string(&text));
}

void intake_tick(struct intake *intake)
{
    msec now = intake->daemon->tick_at;
    if (now - intake->looked_at < LOOK_MS)
        return;
    intake->looked_at = now;
    uint64_t refused = refused_count(intake->daemon->inbox);
    bool has_refused = refused != intake->refused;
    intake->refused = refused;
    if (has_refused) {
        intake->last_at = now;
        inbox_most_refused(intake->daemon->inbox, intake->sender);
    }
    if (has_refused && !intake->is_refusing)
        refusing_begin(intake);
    else if (intake->is_refusing && now - intake->last_at >= QUIET_MS)
        refusing_end(intake);
    bool is_new = !intake->is_told || now - intake->told_at >= TELL_AGAIN_MS;
    if (intake->is_refusing && is_new && now - intake->since_at >= TELL_MS)
        refusing_tell(intake);
}

msec intake_next_due(const struct intake *intake)
{
    bool is_waiting = !inbox_is_empty(intake->daemon->inbox);
    return intake->is_refusing || is_waiting ? LOOK_MS : MSEC_NEVER;
}

void intake_problems(const struct intake *intake, struct json_writer *writer)
{
    CLEANUP(text_clear) struct text text = {0};
    if (!intake->is_refusing)
        return;
    text_add(&text, TOO_MUCH);
    refusing_say(intake, &text);
    json_put_string(writer, NULL, text_string(&text));
}

static msec waited_ms(const struct intake *intake, const struct queue_counts *counts)
{
    msec waited = counts->waiting > 0 ? intake->daemon->tick_at - counts->since_at : 0;
    return waited > 0 ? waited : 0;
}

void intake_write(struct intake *intake, struct json_writer *writer)
{
    json_begin_object(writer, "waiting");
    for (int i = 0; i < SHARE_CLASS_COUNT; i++) {
        struct queue_counts counts = inbox_counts(intake->daemon->inbox, (enum share_class)i);
        json_begin_object(writer, class_names[i]);
        json_put_integer(writer, "calls", (int64_t)counts.waiting);
        json_put_integer(writer, "work", (int64_t)counts.work);
        json_put_integer(writer, "work_max", (int64_t)counts.work_max);
        json_put_integer(writer, "ms", waited_ms(intake, &counts));
        json_put_integer(writer, "refused", (int64_t)counts.refused);
        json_end_object(writer);
    }
    json_end_object(writer);
}

void intake_metrics(struct intake *intake, struct text *text)
{
    static const struct {
        const char *name;
        const char *kind;
        const char *help;
    } rows[] = {
        {"calls_waiting", "gauge", "Calls that wait for the loop, by whose they are."},
        {"calls_waiting_work", "gauge",
         "The same in units of work: 1, and 1 more for each 512 bytes of a body."},
        {"calls_waiting_work_max", "gauge", "Beyond that much work calls are refused with 503."},
        {"calls_shed_total", "counter", "Calls refused with 503 for want of room since start."},
    };
    struct queue_counts counts[SHARE_CLASS_COUNT];
    for (int i = 0; i < SHARE_CLASS_COUNT; i++)
        counts[i] = inbox_counts(intake->daemon->inbox, (enum share_class)i);
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        metric_head(text, rows[row].name, rows[row].kind, rows[row].help);
        for (int i = 0; i < SHARE_CLASS_COUNT; i++) {
            const uint64_t values[] = {counts[i].waiting, counts[i].work, counts[i].work_max,
                                       counts[i].refused};
            struct metric_label label = {"of", class_names[i]};
            metric_labelled(text, rows[row].name, &label, 1, (int64_t)values[row]);
        }
    }
    metric(text, "calls_overtaking_total", "counter",
           "Calls of people that were taken before older ones of sources since start.",
           inbox_overtaking(intake->daemon->inbox));
}
