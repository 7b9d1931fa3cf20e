/* SPDX-License-Identifier: MIT */
#include "daemon/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SET_MS 100 /* by which the wall clock was set, rather than read a little later */
#define FOLLOW_MS (1 * SECOND_MS) /* how far off it may be is half of the way there and back */

static msec clock_read(clockid_t id)
{
    struct timespec time;
    int failed = clock_gettime(id, &time);
    assert(failed == 0);
    return (msec)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A container without /proc has no boot id: then every start counts as a reboot. */
static void boot_id_read(char boot_id[BOOT_ID_SIZE])
{
    boot_id[0] = '\0';
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (file == NULL)
        return;
    if (fgets(boot_id, BOOT_ID_SIZE, file) == NULL)
        boot_id[0] = '\0';
    boot_id[strcspn(boot_id, "\n")] = '\0';
    fclose(file);
}

msec clock_resume(const struct clock_mark *mark, const struct clock_mark *here)
{
    msec passed_ms = here->wall_at - mark->wall_at;
    bool is_same_boot = here->boot_id[0] != '\0' && strcmp(mark->boot_id, here->boot_id) == 0 &&
                        here->boot_ms >= mark->boot_ms;
    if (is_same_boot)
        return mark->steady_at + here->boot_ms - mark->boot_ms;
    return mark->steady_at + (passed_ms > CLOCK_MARK_MS ? passed_ms : CLOCK_MARK_MS);
}

void clock_init(struct clock *clock, const struct clock_mark *mark, msec ahead_ms)
{
    *clock = (struct clock){
        .speed = 1, .boot_origin_ms = clock_read(CLOCK_BOOTTIME), .ahead_ms = ahead_ms};
    boot_id_read(clock->boot_id);
    struct clock_mark here = {.wall_at = clock_read(CLOCK_REALTIME) + ahead_ms,
                              .boot_ms = clock->boot_origin_ms};
    memcpy(here.boot_id, clock->boot_id, sizeof(here.boot_id));
    clock->steady_origin = mark == NULL ? here.wall_at : clock_resume(mark, &here);
}

void clock_follow(struct clock *clock, msec ahead_ms)
{
    msec off_ms = ahead_ms - clock->ahead_ms;
    if (off_ms > FOLLOW_MS || off_ms < -FOLLOW_MS)
        clock->ahead_ms = ahead_ms;
}

void clock_init_demo(struct clock *clock, msec wall_at, unsigned speed)
{
    *clock = (struct clock){.speed = speed,
                            .boot_origin_ms = clock_read(CLOCK_BOOTTIME),
                            .steady_origin = wall_at,
                            .wall_origin = wall_at};
    boot_id_read(clock->boot_id);
}

struct now clock_now(const struct clock *clock)
{
    msec passed_ms = (clock_read(CLOCK_BOOTTIME) - clock->boot_origin_ms) * clock->speed;
    struct now now = {.steady_at = clock->steady_origin + passed_ms};
    now.wall_at = clock->wall_origin == 0 ? clock_read(CLOCK_REALTIME) + clock->ahead_ms
                                          : clock->wall_origin + passed_ms;
    return now;
}

struct clock_mark clock_mark(const struct clock *clock)
{
    struct now now = clock_now(clock);
    struct clock_mark mark = {
        .steady_at = now.steady_at, .wall_at = now.wall_at, .boot_ms = clock_read(CLOCK_BOOTTIME)};
    memcpy(mark.boot_id, clock->boot_id, sizeof(mark.boot_id));
    return mark;
}

bool clock_mark_holds(const struct clock_mark *mark, const struct clock_mark *now)
{
    msec apart_ms = (now->wall_at - now->steady_at) - (mark->wall_at - mark->steady_at);
    return now->steady_at - mark->steady_at < CLOCK_MARK_MS && apart_ms < SET_MS &&
           apart_ms > -SET_MS;
}

msec clock_tick(void)
{
    return clock_read(CLOCK_BOOTTIME);
}

msec clock_real_ms(const struct clock *clock, msec steady_ms)
{
    if (steady_ms == MSEC_NEVER)
        return MSEC_NEVER;
    return (steady_ms + clock->speed - 1) / clock->speed;
}
