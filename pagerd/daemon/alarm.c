/* SPDX-License-Identifier: MIT */
#include "daemon/alarm.h"

#include <limits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/lives.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"

#define ALARM_WAIT_MS (10 * SECOND_MS)
#define ALARM_STEP_MS 50

/* Who is told is in the engine, which has no policy that early. */
static bool alarm_find_admins(struct daemon *daemon)
{
    if (view_policy(daemon->engine) != NULL)
        return true;
    const struct config *config = reload_config(daemon->reload);
    if (config == NULL)
        return false;
    turn_step(
        daemon->turns,
        &(struct event){
            .kind = EVENT_POLICY, .actor = "pagerd", .via = "config", .policy = config->policy},
        NULL);
    return true;
}

static void alarm_send(struct daemon *daemon, const char *text)
{
    if (daemon->lives == NULL || !post_has_courier(daemon->post) || !alarm_find_admins(daemon) ||
        !lives_may_tell(daemon->lives, daemon->now.wall_at))
        return;
    post_shout(daemon->post, text);
    msec until_at = daemon->tick_at + ALARM_WAIT_MS;
    while (post_shouts_waiting(daemon->post) > 0 && daemon->tick_at < until_at &&
           !daemon->is_ending) {
        loop_wait(daemon->loop, ALARM_STEP_MS);
        daemon->now = clock_now(&daemon->clock);
        daemon->tick_at = clock_tick();
        loop_run(daemon->loop);
    }
    if (post_shouts_waiting(daemon->post) > 0)
        log_error("%zu of the letters to the admins were not answered",
                  post_shouts_waiting(daemon->post));
}

static const char *host_name(char name[HOST_NAME_MAX + 1])
{
    if (gethostname(name, HOST_NAME_MAX) != 0)
        return "this machine";
    name[HOST_NAME_MAX] = '\0';
    return name;
}

void alarm_crash_loop(struct daemon *daemon)
{
    unsigned died = lives_died(daemon->lives);
    if (died < LIVES_LOOP_MIN)
        return;
    char host[HOST_NAME_MAX + 1];
    CLEANUP(text_clear) struct text text = {0};
    log_error("pagerd has died %u times in a row", died);
    text_addf(&text,
              "CRIT pagerd on %s has died %u times in a row and is started again. While it keeps "
              "dying nobody is paged: watch your alerts by other means, and see its log: "
              "journalctl -u pagerd",
              host_name(host), died);
    alarm_send(daemon, text_string(&text));
}

void alarm_no_start(struct daemon *daemon, const struct fault *why)
{
    char host[HOST_NAME_MAX + 1];
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text,
              "CRIT pagerd on %s cannot start, nobody is paged until it does. Watch your alerts by "
              "other means, see journalctl -u pagerd: %s",
              host_name(host), why->text);
    alarm_send(daemon, text_string(&text));
}
