/* SPDX-License-Identifier: MIT */
#include "daemon/storeroom.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/alarm.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/departures.h"
#include "daemon/loop.h"
#include "daemon/reload.h"
#include "daemon/service.h"
#include "store/store.h"

#define STORE_RETRY_MS (1 * SECOND_MS) /* between tries to reach a database at the start */
#define STORE_EXTEND_MS (30 * SECOND_MS)
#define STORE_TOLD_MS (30 * SECOND_MS) /* after that the admins are told */
#define STORE_STEP_MS 100
#define STORE_LOOK_MS 500 /* between two looks whether it is still ours */

/* A database that is away may come back: pagerd waits for it, and says so. */
static void storeroom_await(struct daemon *daemon, const struct fault *fault, msec waited_ms)
{
    msec until_at = daemon->tick_at + STORE_RETRY_MS;
    log_error("cannot start yet, waiting for the database: %s", fault->text);
    service_starting("waiting for the database", STORE_EXTEND_MS);
    if (waited_ms > STORE_TOLD_MS)
        alarm_no_start(daemon, fault);
    while (daemon->tick_at < until_at && !daemon->is_ending) {
        loop_wait(daemon->loop, STORE_STEP_MS);
        daemon_read_clock(daemon);
        loop_run(daemon->loop);
    }
}

bool storeroom_open(struct daemon *daemon, struct fault *fault)
{
    const struct config *config = reload_config(daemon->reload);
    struct store_limits limits = {.folder = daemon->state, .password = config->store_password};
    bool is_ours = config->store == NULL;
    char *url = is_ours ? string_format("sqlite:%s", daemon->state) : string_copy(config->store);
    msec began_at = daemon->tick_at;
    bool is_open = store_open(url, &limits, &daemon->store, fault);
    daemon_read_clock(daemon);
    while (!is_open && !is_ours && fault->kind == FAULT_PEER && !daemon->is_ending) {
        storeroom_await(daemon, fault, daemon->tick_at - began_at);
        is_open = store_open(url, &limits, &daemon->store, fault);
        daemon_read_clock(daemon);
    }
    free(url);
    struct store_health health = {0};
    if (is_open)
        store_health(daemon->store, &health);
    if (health.warning[0] != '\0')
        log_warning("%s", health.warning);
    return is_open;
}

bool storeroom_check(const struct config *config, bool is_net, struct text *said,
                     struct fault *fault)
{
    struct store_limits limits = {.password = config->store_password};
    return config->store == NULL ||
           store_check(config->store, is_net ? &limits : NULL, said, fault);
}

bool storeroom_answers(const struct daemon *daemon, struct fault *why_not)
{
    struct store_health health;
    store_health(daemon->store, &health);
    return !health.is_away || away_is_on(daemon->away) ||
           fault_set(why_not, FAULT_LIMIT, "the database of pagerd is away");
}

struct departures_now storeroom_confirmed(const struct daemon *daemon)
{
    struct departures_now now = {.tick_at = daemon->tick_at};
    if (daemon->nodes == NULL || away_for_ms(daemon->away) >= DEPARTURES_PATIENCE_MS)
        return now;
    struct store_health health;
    store_health(daemon->store, &health);
    now.confirmed_ms = health.confirmed_ms;
    return now;
}

msec storeroom_next_due(const struct daemon *daemon)
{
    return reload_config(daemon->reload)->store == NULL ? MSEC_NEVER : STORE_LOOK_MS;
}

void storeroom_tick(struct daemon *daemon)
{
    struct store_health health;
    if (reload_config(daemon->reload)->store == NULL || daemon->is_ending)
        return;
    store_health(daemon->store, &health);
    if (!health.is_replaced)
        return;
    log_error("%s: %s", daemon->nodes == NULL ? "ending" : "no longer on duty", health.problem);
    daemon_end(daemon, daemon->nodes == NULL ? 1 : DAEMON_AGAIN);
}
