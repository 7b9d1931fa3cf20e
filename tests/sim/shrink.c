/* SPDX-License-Identifier: MIT */
#include "sim/shrink.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

struct shrinker {
    struct script *script;
    struct script *trial;
    const struct verdict *verdict;
    run_watch *watch;
    size_t tries;
    time_t until;
};

static bool is_enough(const struct shrinker *shrinker)
{
    return shrinker->tries == SHRINK_TRIES_MAX || time(NULL) > shrinker->until;
}

static bool fails_alike(struct shrinker *shrinker)
{
    if (is_enough(shrinker))
        return false;
    shrinker->tries++;
    struct verdict verdict = judge(shrinker->trial, shrinker->watch, NULL);
    return !verdict.is_fine && verdict_is_like(&verdict, shrinker->verdict);
}

/* Without the clauses from `first` up to `last`. */
static bool drop_clauses(struct shrinker *shrinker, size_t first, size_t last)
{
    struct script *trial = shrinker->trial;
    *trial = *shrinker->script;
    memmove(&trial->clauses[first], &trial->clauses[last],
            (trial->clause_count - last) * sizeof trial->clauses[0]);
    trial->clause_count -= last - first;
    if (!fails_alike(shrinker))
        return false;
    *shrinker->script = *trial;
    return true;
}

/* Pieces of falling size, until no single clause can go. From behind: what is late explains less.
 */
static void shrink_clauses(struct shrinker *shrinker)
{
    size_t piece = shrinker->script->clause_count;
    while (piece > 0 && !is_enough(shrinker)) {
        bool is_any = false;
        size_t last = shrinker->script->clause_count;
        while (last > 0) {
            size_t first = last > piece ? last - piece : 0;
            is_any = drop_clauses(shrinker, first, last) || is_any;
            last = first;
        }
        if (!is_any || piece > 1)
            piece /= 2;
    }
}

static void shrink_lines(struct shrinker *shrinker)
{
    for (size_t i = shrinker->script->line_count; i-- > 0;) {
        struct script *trial = shrinker->trial;
        if (strncmp(shrinker->script->lines[i], "date ", 5) == 0)
            continue; /* all instants count from there */
        *trial = *shrinker->script;
        memmove(&trial->lines[i], &trial->lines[i + 1],
                (trial->line_count - i - 1) * sizeof trial->lines[0]);
        trial->line_count--;
        if (fails_alike(shrinker))
            *shrinker->script = *trial;
    }
}

/* Nothing after the fault is of interest, not even time. */
static void shrink_end(struct shrinker *shrinker)
{
    struct script *trial = shrinker->trial;
    *trial = *shrinker->script;
    msec at = shrinker->verdict->at;
    if (at == 0 || at >= trial->quiet_at)
        return;
    while (trial->clause_count > 0 && trial->clauses[trial->clause_count - 1].at > at)
        trial->clause_count--;
    trial->quiet_at = at;
    trial->end_at = at + SECOND_MS;
    if (fails_alike(shrinker))
        *shrinker->script = *trial;
}

/* Brings everything up to a clause nearer to what follows it. */
static bool shorten_gap(struct shrinker *shrinker, size_t last, msec by_ms)
{
    struct script *trial = shrinker->trial;
    *trial = *shrinker->script;
    for (size_t i = 0; i <= last; i++)
        trial->clauses[i].at += by_ms / SECOND_MS * SECOND_MS;
    if (!fails_alike(shrinker))
        return false;
    *shrinker->script = *trial;
    return true;
}

static void shrink_gaps(struct shrinker *shrinker)
{
    for (size_t i = 0; i + 1 < shrinker->script->clause_count; i++) {
        for (msec part = 1; part <= 8; part *= 2) {
            const struct clause *clauses = shrinker->script->clauses;
            msec gap_ms = clauses[i + 1].at - clauses[i].at - MINUTE_MS;
            if (gap_ms / part < MINUTE_MS || shorten_gap(shrinker, i, gap_ms / part))
                break;
        }
    }
}

size_t shrink(struct script *script, const struct verdict *verdict, run_watch *watch)
{
    struct shrinker shrinker = {.script = script, .verdict = verdict, .watch = watch};
    shrinker.trial = memory_new(1, sizeof *shrinker.trial);
    shrinker.until = time(NULL) + SHRINK_SECONDS_MAX;
    size_t before = 0;
    shrink_end(&shrinker);
    do {
        before = script->clause_count + script->line_count;
        shrink_clauses(&shrinker);
        shrink_lines(&shrinker);
        shrink_gaps(&shrinker);
    } while (script->clause_count + script->line_count < before && !is_enough(&shrinker));
    free(shrinker.trial);
    return shrinker.tries;
}
