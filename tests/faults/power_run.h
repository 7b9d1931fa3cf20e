/* SPDX-License-Identifier: MIT */
/* power_run.h - the points of a campaign, shared out to processes. */
#pragma once

#include <stdint.h>

#include "faults/power_disk.h"

#define RUN_POINT_NONE UINT64_MAX

struct run_options {
    const char *log;
    const char *config;
    const char *write; /* folder that gets the disk of a point, or NULL */
    const char *temp;  /* for the lock of the store */
    uint64_t from;
    uint64_t count;
    uint64_t seed;
    uint64_t jobs;
    uint64_t point; /* for `write`; RUN_POINT_NONE: the end of the log */
    uint64_t flip;  /* stride in bytes; 0: cut points */
    uint64_t deaf;  /* 1: the write-ahead log is never synced, to see that this is seen */
    uint64_t names; /* one model of names; NAME_MODEL_COUNT: each point chooses */
};

/* 0: nothing failed. 1: something did. 2: it could not be tried. */
int run_all(const struct run_options *options);
