/* SPDX-License-Identifier: MIT */
/*
 * chance.h - the dice of tests: the same seed throws the same numbers on every machine.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

struct chance {
    uint64_t state;
};

/* Any two numbers give a good start, also small ones and 0 (splitmix64, Steele and others 2014). */
static inline struct chance chance_of(uint64_t seed, uint64_t point)
{
    uint64_t mixed = seed * UINT64_C(0x9e3779b97f4a7c15) + point;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    return (struct chance){.state = mixed != 0 ? mixed : 1};
}

static inline uint64_t chance_next(struct chance *chance)
{
    /* xorshift64*, Vigna 2016 */
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return chance->state * UINT64_C(2685821657736338717);
}

static inline size_t chance_below(struct chance *chance, size_t limit)
{
    return (size_t)(chance_next(chance) >> 33) % limit;
}

/* From `least` to `most`, both included. */
static inline size_t chance_between(struct chance *chance, size_t least, size_t most)
{
    return least + chance_below(chance, most - least + 1);
}

/* True so many times in a hundred. */
static inline int chance_hits(struct chance *chance, size_t percent)
{
    return chance_below(chance, 100) < percent;
}

/* A duration in whole seconds, of every order of magnitude between the two as often. */
static inline msec chance_span(struct chance *chance, msec least_ms, msec most_ms)
{
    size_t doublings = 0;
    while ((least_ms << (doublings + 1)) <= most_ms)
        doublings++;
    msec low_ms = least_ms << chance_below(chance, doublings + 1);
    msec span_ms = low_ms + (msec)(chance_next(chance) % (uint64_t)low_ms);
    span_ms = span_ms < most_ms ? span_ms : most_ms;
    return span_ms / SECOND_MS * SECOND_MS;
}

#define CHOOSE(chance, list) ((list)[chance_below(chance, sizeof(list) / sizeof *(list))])
