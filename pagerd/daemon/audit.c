/* SPDX-License-Identifier: MIT */
#include "daemon/audit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/lives.h"
#include "daemon/metric.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "engine/sentence.h"
#include "store/store.h"

#define SLICE_RECORDS                                                                             \
    500                   /* of one turn, at least: a round is to end long before the next begins \
                           */
#define SLICE_PAUSE_MS 20 /* between slices, however many turns there are meanwhile */
#define SLICES_MAX 1000   /* of a round */
#define DISK_LOOK_MS (1 * SECOND_MS)

struct audits {
    struct daemon *daemon;
    msec begun_at;       /* tick, of the last round */
    msec passed_at;      /* tick, of the last that ended well; of the start before the first */
    msec passed_wall_at; /* 0: none yet */
    msec walked_at;      /* tick, of the last slice */
    bool is_walking;
    bool is_told;      /* what is wrong since the last good round */
    uint64_t failed;   /* rounds */
    struct fault last; /* found in the last round; kind FAULT_NONE: nothing */
    uint64_t answers;  /* of the disk, seen */
    msec answered_at;  /* tick; when there was nothing in flight, or one more had come */
    bool is_disk_told;
};

struct audits *audits_new(struct daemon *daemon)
{
    struct audits *audits = memory_new(1, sizeof(*audits));
    audits->daemon = daemon;
    audits->passed_at = daemon->tick_at;
    audits->answered_at = daemon->tick_at;
    audits->begun_at = daemon->tick_at - AUDIT_PERIOD_MS;
    return audits;
}

void audits_free(struct audits *audits)
{
    free(audits);
}

static void audits_found(struct audits *audits)
{
    audits->failed++;
    log_error("audit failed: %s", audits->last.text);
    if (audits->is_told)
        return;
    audits->is_told = true;
    CLEANUP(text_clear) struct text said = {0};
    sentence_say(&said, reload_language(audits->daemon->reload), SENTENCE_AUDIT_FAILED,
                 saying_text("command", "pagectl incidents"));
    daemon_tell(audits->daemon, NULL, text_string(&said));
}

static void audits_passed(struct audits *audits)
{
    audits->passed_at = audits->daemon->tick_at;
    audits->passed_wall_at = audits->daemon->now.wall_at;
    if (audits->is_told)
        log_info("the audit passes again");
    audits->is_told = false;
    audits->last = (struct fault){0};
}

/* In real time: the demo's clock runs fast. */
static msec audits_late_ms(const struct audits *audits)
{
    const struct daemon *daemon = audits->daemon;
    return clock_real_ms(&daemon->clock, engine_overdue_ms(daemon->engine, daemon->now));
}

static void audits_walk(struct audits *audits)
{
    struct daemon *daemon = audits->daemon;
    size_t records = SLICE_RECORDS + engine_audit_size(daemon->engine) / SLICES_MAX;
    enum audit_state state = engine_audit(daemon->engine, daemon->now, records, &audits->last);
    audits->walked_at = daemon->tick_at;
    audits->is_walking = state == AUDIT_UNDER_WAY;
    if (state == AUDIT_WRONG)
        audits_found(audits);
    else if (state == AUDIT_LEVEL && audits_late_ms(audits) <= AUDIT_OVERDUE_MAX_MS)
        audits_passed(audits);
}

/* How long the disk has owed an answer: 0 when it owes none. */
static msec audits_disk_ms(const struct audits *audits)
{
    return turns_in_flight(audits->daemon->turns) == 0
               ? 0
               : audits->daemon->tick_at - audits->answered_at;
}

/* A disk that hangs keeps every page that waits for it: the admins are told without it. */
static void audits_look_at_disk(struct audits *audits)
{
    uint64_t answers = store_answers(audits->daemon->store);
    bool is_quiet = turns_in_flight(audits->daemon->turns) == 0;
    if (is_quiet || answers != audits->answers) {
        if (audits->is_disk_told && is_quiet)
            log_warning("the disk answers again");
        audits->is_disk_told = audits->is_disk_told && !is_quiet;
        audits->answers = answers;
        audits->answered_at = audits->daemon->tick_at;
        return;
    }
    if (audits->is_disk_told || audits_disk_ms(audits) <= AUDIT_DISK_MAX_MS ||
        !post_has_courier(audits->daemon->post) ||
        !lives_may_tell_of_disk(audits->daemon->lives, audits->daemon->now.wall_at))
        return;
    audits->is_disk_told = true;
    log_error("the disk has not answered for %" PRId64 " ms: alerts wait for it",
              audits_disk_ms(audits));
    CLEANUP(text_clear) struct text said = {0};
    sentence_put(&said, reload_language(audits->daemon->reload), SENTENCE_DISK_SILENT);
    post_shout(audits->daemon->post, text_string(&said));
}

/* How long it is to the next slice: of a round under way, or of the next. */
static msec audits_wait_ms(const struct audits *audits)
{
    msec due_at = audits->is_walking ? audits->walked_at + SLICE_PAUSE_MS
                                     : audits->begun_at + AUDIT_PERIOD_MS;
    msec wait_ms = due_at - audits->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

void audits_tick(struct audits *audits)
{
    struct daemon *daemon = audits->daemon;
    audits_look_at_disk(audits);
    if (audits_wait_ms(audits) > 0)
        return;
    if (!audits->is_walking)
        audits->begun_at = daemon->tick_at;
    audits_walk(audits);
}

msec audits_next_due(const struct audits *audits)
{
    if (!audits->is_walking && turns_in_flight(audits->daemon->turns) > 0)
        return DISK_LOOK_MS;
    return audits_wait_ms(audits);
}

bool audits_are_well(const struct audits *audits, struct fault *why_not)
{
    const struct daemon *daemon = audits->daemon;
    msec late_ms = audits_late_ms(audits);
    msec silent_ms = daemon->tick_at - audits->passed_at;
    if (audits_disk_ms(audits) > AUDIT_DISK_MAX_MS)
        return fault_set(why_not, FAULT_LIMIT, "the disk has not answered for %" PRId64 " s",
                         audits_disk_ms(audits) / SECOND_MS);
    if (late_ms > AUDIT_OVERDUE_MAX_MS)
        return fault_set(why_not, FAULT_LIMIT, "deadlines are late by %" PRId64 " s",
                         late_ms / SECOND_MS);
    if (silent_ms > AUDIT_PATIENCE_MS)
        return fault_set(why_not, FAULT_CONFLICT, "no audit has passed for %" PRId64 " s: %s",
                         silent_ms / SECOND_MS,
                         audits->last.kind != FAULT_NONE ? audits->last.text : "none has ended");
    return true;
}

bool audits_found_nothing(const struct audits *audits, struct fault *why_not)
{
    if (audits->last.kind != FAULT_NONE)
        return fault_set(why_not, FAULT_CONFLICT, "the audit found: %.400s", audits->last.text);
    return audits->passed_wall_at != 0 ||
           fault_set(why_not, FAULT_CONFLICT, "no audit has passed yet");
}

uint64_t audits_failed(const struct audits *audits)
{
    return audits->failed;
}

void audits_problems(const struct audits *audits, struct json_writer *writer)
{
    struct fault fault = {0};
    if (!audits_are_well(audits, &fault))
        json_put_string(writer, NULL, fault.text);
    if (audits->last.kind == FAULT_NONE)
        return;
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "the audit failed: %s", audits->last.text);
    json_put_string(writer, NULL, text_string(&text));
}

void audits_metrics(const struct audits *audits, struct text *text)
{
    const struct daemon *daemon = audits->daemon;
    struct engine_counts counts = view_counts(daemon->engine);
    metric_head(text, "alerts_received_total", "counter",
                "Alerts of sources since start, by what became of them.");
    for (int end = 0; end < ALERT_END_COUNT; end++)
        metric_labelled(text, "alerts_received_total",
                        &(struct metric_label){"result", alert_end_name((enum alert_end)end)}, 1,
                        (int64_t)counts.alerts_ended[end]);
    const struct {
        const char *name;
        const char *help;
        uint64_t value;
    } rows[] = {
        {"ledger_imbalance", "Alerts and incidents that are missing or too many; must be 0.",
         ledger_imbalance(daemon->engine)},
        {"audit_last_success_timestamp_seconds", "When the audit last passed; 0: not yet.",
         (uint64_t)(audits->passed_wall_at / SECOND_MS)},
        {"oldest_overdue_deadline_seconds", "By how much the most overdue deadline is late.",
         (uint64_t)(audits_late_ms(audits) / SECOND_MS)},
        {"commit_wait_seconds", "How long the disk has owed the answer to a commit.",
         (uint64_t)(audits_disk_ms(audits) / SECOND_MS)},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        metric_head(text, rows[i].name, "gauge", rows[i].help);
        metric_labelled(text, rows[i].name, NULL, 0, (int64_t)rows[i].value);
    }
}
