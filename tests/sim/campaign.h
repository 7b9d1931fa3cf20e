/* SPDX-License-Identifier: MIT */
/*
 * campaign.h - many seeds in several processes: points FROM .. FROM+COUNT-1, each a seed.
 */
#pragma once

#include "sim/judge.h"

struct campaign {
    uint64_t base; /* mixed into every seed */
    uint64_t from;
    uint64_t count;
    msec hours;
    uint64_t nodes; /* of struct seed */
    uint64_t twice; /* every so many seeds is lived twice, and its script run; 0: none */
    size_t jobs;
    const char *stories; /* folder for what fails */
    const char *commit;
    const struct atlas *atlas;
};

struct tally {
    struct figures figures;
    uint64_t done;
    uint64_t failed;
};

/* Prints each seed that fails, with how to repeat it, and cuts the first ones down to stories. */
struct tally campaign_run(const struct campaign *campaign);

struct seed campaign_seed(const struct campaign *campaign, uint64_t point);
