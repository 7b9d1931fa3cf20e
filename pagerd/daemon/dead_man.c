/* SPDX-License-Identifier: MIT */
#include "daemon/dead_man.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "config/config.h"
#include "daemon/audit.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/sentence.h"
#include "notify/notify.h"

struct dead_man {
    struct daemon *daemon;
    msec due_at;      /* tick */
    bool is_waiting;  /* for an answer */
    bool is_withheld; /* the last time was left out: something is wrong here */
    uint64_t sent;
    uint64_t failed;
    uint64_t misses; /* in a row, since it was last reached */
    msec reached_at; /* wall; 0: not yet */
};

struct dead_man *dead_man_new(struct daemon *daemon)
{
    struct dead_man *dead_man = memory_new(1, sizeof(*dead_man));
    dead_man->daemon = daemon;
    dead_man->due_at = daemon->tick_at;
    return dead_man;
}

void dead_man_free(struct dead_man *dead_man)
{
    free(dead_man);
}

static void dead_man_answered(void *context, const struct fetched *fetched)
{
    struct dead_man *dead_man = context;
    dead_man->is_waiting = false;
    if (fetched->status >= 200 && fetched->status < 300) {
        if (dead_man->misses >= DEAD_MAN_MISSES)
            log_info("the dead man's switch is reached again");
        dead_man->misses = 0;
        dead_man->sent++;
        dead_man->reached_at = dead_man->daemon->now.wall_at;
        return;
    }
    dead_man->failed++;
    dead_man->misses++;
    log_warning("the dead man's switch was not reached misses=%" PRIu64 " status=%" PRIu32 " %s",
                dead_man->misses, fetched->status, fetched->problem);
    if (dead_man->misses != DEAD_MAN_MISSES)
        return;
    CLEANUP(text_clear) struct text said = {0};
    sentence_say(&said, reload_language(dead_man->daemon->reload), SENTENCE_DEAD_MAN,
                 saying_text("key", "dead-man"));
    daemon_tell(dead_man->daemon, NULL, text_string(&said));
}

/* Is all well here, so that somebody outside may believe it? */
static bool all_is_well(const struct dead_man *dead_man, struct fault *why_not)
{
    struct daemon *daemon = dead_man->daemon;
    return turns_are_ready(daemon->turns, why_not) && audits_are_well(daemon->audits, why_not) &&
           audits_found_nothing(daemon->audits, why_not);
}

void dead_man_tick(struct dead_man *dead_man)
{
    const struct config *config = reload_config(dead_man->daemon->reload);
    struct fault why_not = {0};
    if (config == NULL || config->dead_man_url == NULL || dead_man->is_waiting ||
        dead_man->daemon->tick_at < dead_man->due_at)
        return;
    dead_man->due_at = dead_man->daemon->tick_at + config->dead_man_every_ms;
    bool is_well = all_is_well(dead_man, &why_not);
    if (is_well == dead_man->is_withheld)
        log_warning("the dead man's switch %s%s",
                    is_well ? "hears of us again" : "hears no more: ", is_well ? "" : why_not.text);
    dead_man->is_withheld = !is_well;
    if (!is_well)
        return;
    dead_man->is_waiting = true;
    struct fetch_order order = {
        .channel = "dead-man", .accept = "*/*", .url = config->dead_man_url};
    post_fetch(dead_man->daemon->post, &order, dead_man_answered, dead_man);
}

msec dead_man_next_due(const struct dead_man *dead_man)
{
    const struct config *config = reload_config(dead_man->daemon->reload);
    if (config == NULL || config->dead_man_url == NULL || dead_man->is_waiting)
        return MSEC_NEVER;
    msec due_ms = dead_man->due_at - dead_man->daemon->tick_at;
    return due_ms > 0 ? due_ms : 0;
}

void dead_man_metrics(const struct dead_man *dead_man, struct text *text)
{
    const struct {
        const char *name;
        const char *kind;
        const char *help;
        uint64_t value;
    } rows[] = {
        {"dead_man_sent_total", "counter", "Times that the dead man's switch was reached.",
         dead_man->sent},
        {"dead_man_failed_total", "counter", "Times that it was not.", dead_man->failed},
        {"dead_man_last_success_timestamp_seconds", "gauge", "When it was last; 0: not yet.",
         (uint64_t)(dead_man->reached_at / SECOND_MS)},
        {"dead_man_withheld", "gauge", "1 while it hears nothing, for something is wrong here.",
         dead_man->is_withheld ? 1 : 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        metric_head(text, rows[i].name, rows[i].kind, rows[i].help);
        metric_labelled(text, rows[i].name, NULL, 0, (int64_t)rows[i].value);
    }
}
