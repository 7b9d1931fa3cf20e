/* SPDX-License-Identifier: MIT */
/*
 * clock.h - THE clock: the only place in pagerd where time is read.
 *
 * Steady time never jumps with the wall clock. It counts on over restarts: within one boot by
 * CLOCK_BOOTTIME, after a reboot by what the wall clock says has passed. Both times are saved with
 * a commit (struct clock_mark) unless the mark before it still holds: it costs a page of the log.
 * In the demo a minute passes in a second.
 */
#pragma once

#include <stdbool.h>

#include "base/time.h"

#define BOOT_ID_SIZE 40
#define CLOCK_MARK_MS SECOND_MS /* what was committed may be so much later than its mark */

/* What is on disk: the two times, and where the boot's own clock stood then. */
struct clock_mark {
    msec steady_at;
    msec wall_at;
    msec boot_ms; /* CLOCK_BOOTTIME */
    char boot_id[BOOT_ID_SIZE];
};

struct clock {
    msec steady_origin;
    msec boot_origin_ms;
    msec wall_origin; /* demo only: its civil time at the origin */
    msec ahead_ms;    /* of civil time, that it is ahead of this machine's */
    unsigned speed;   /* 1, or how many times faster than life */
    char boot_id[BOOT_ID_SIZE];
};

/* Where steady time goes on from `mark` on a machine on which it is `here` (its steady_at is not
 * read): within one boot by that boot's clock, else by civil time. Never backwards, which is why
 * after a reboot CLOCK_MARK_MS have passed at least. */
msec clock_resume(const struct clock_mark *mark, const struct clock_mark *here);

/* Starts at the wall's time, or goes on from `mark` (NULL: none was saved). `ahead_ms`: by how much
 * the clock that all nodes go by is ahead of this machine's. */
void clock_init(struct clock *clock, const struct clock_mark *mark, msec ahead_ms);

/* The clock that all nodes go by is so much ahead by now, as far as can be told: that one, or this
 * machine's, was set when it differs by more than that can be wrong. */
void clock_follow(struct clock *clock, msec ahead_ms);

/* A clock that starts at `wall_at` and runs `speed` times as fast. */
void clock_init_demo(struct clock *clock, msec wall_at, unsigned speed);

struct now clock_now(const struct clock *clock);
struct clock_mark clock_mark(const struct clock *clock);

/* Would a start from `mark` go on where one from `now`, a later mark of the same process, would? */
bool clock_mark_holds(const struct clock_mark *mark, const struct clock_mark *now);

/* The boot's own clock, for the daemon's own timers (polling, waiting for children). */
msec clock_tick(void);

/* Real milliseconds in which `steady_ms` of the clock's pass, rounded up; MSEC_NEVER stays. */
msec clock_real_ms(const struct clock *clock, msec steady_ms);
