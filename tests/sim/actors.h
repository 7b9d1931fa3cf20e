/* SPDX-License-Identifier: MIT */
/* actors.h - everybody who does something in a simulated life. One file for each kind. */
#pragma once

#include "sim/sim.h"

/* Makes the first plans. */
void sources_begin(struct sim *sim);
void providers_begin(struct sim *sim);
void operators_begin(struct sim *sim);
void nature_begin(struct sim *sim);
void proofs_begin(struct sim *sim);
void machines_begin(struct sim *sim);

/* Some of what is to come falls into this time. */
void sources_trouble(struct sim *sim, msec within_ms);

/* Somebody has enough for a while, or is up. */
void people_rest(struct sim *sim, const char *who);

/* A page has gone out; who gets it decides what to do, and when. */
void people_hear(struct sim *sim, const struct world_page *page);

/* A code or a test page has gone out; `is_there`: it arrives. Its digits are made in any case. */
void proofs_hear(struct sim *sim, const struct world_page *page, bool is_there);

/* Somebody's ways are tested; somebody has another number; codes are switched on or off. */
void proofs_test(struct sim *sim);
void proofs_move(struct sim *sim);
void proofs_switch(struct sim *sim);

/* pagerd has died by itself (an armed crash): somebody must start it. */
void nature_revive(struct sim *sim);

/* Something has befallen a node: somebody must mend it. */
void machines_revive(struct sim *sim);

/* Which node is asked this; 0: none, or there is one only. */
char machines_asked(struct sim *sim, const char *text);

/* blows.c: one of what befalls machines of this kind of life. */
void blows_strike(struct sim *sim, const struct plan *plan);

/* Of one machine. */
void nature_crash(struct sim *sim);
void nature_step_clock(struct sim *sim);
void nature_break_disk(struct sim *sim);

/* Of several: most often of who is on duty. */
void machines_freeze(struct sim *sim);
void machines_cut(struct sim *sim);
void machines_sleep(struct sim *sim);
void machines_die(struct sim *sim);
void machines_end(struct sim *sim);
void machines_crash(struct sim *sim);
void machines_see_old(struct sim *sim);
void machines_lose_store(struct sim *sim);
void machines_live_without(struct sim *sim);
void machines_set_clock(struct sim *sim);

/* Everything that providers do wrong ends; the disk works, no crash is armed. */
void providers_mend(struct sim *sim);
void nature_mend(struct sim *sim);
void machines_mend(struct sim *sim);
