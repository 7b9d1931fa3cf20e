/* SPDX-License-Identifier: MIT */
#include "sim/shrink.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct shrinker {
    struct script *script;
    struct script *trial;
    const struct verdict *verdict;
    run_watch *watch;
    size_t tries;
};

static bool fails_alike(struct shrinker *shrinker)
{
    if (shrinker->tries == SHRINK_TRIES_MAX)
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
    while (piece > 0 && shrinker->tries < SHRINK_TRIES_MAX) {
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

/* The last that happens is the end, when it fails there already. */
static void shrink_end(struct shrinker *shrinker)
{
    struct script *trial = shrinker->trial;
    msec length_ms = shrinker->script->end_at - shrinker->script->quiet_at;
    for (int i = 0; i < 12 && shrinker->script->clause_count > 0; i++) {
        *trial = *shrinker->script;
        msec last_at = trial->clauses[trial->clause_count - 1].at;
        trial->quiet_at = last_at + (trial->quiet_at - last_at) / 2 / SECOND_MS * SECOND_MS;
        trial->end_at = trial->quiet_at + length_ms;
        if (!fails_alike(shrinker))
            return;
        *shrinker->script = *trial;
    }
}

size_t shrink(struct script *script, const struct verdict *verdict, run_watch *watch)
{
    struct shrinker shrinker = {.script = script, .verdict = verdict, .watch = watch};
    shrinker.trial = memory_new(1, sizeof *shrinker.trial);
    size_t before = 0;
    do {
        before = script->clause_count + script->line_count;
        shrink_clauses(&shrinker);
        shrink_lines(&shrinker);
    } while (script->clause_count + script->line_count < before &&
             shrinker.tries < SHRINK_TRIES_MAX);
    shrink_end(&shrinker);
    free(shrinker.trial);
    return shrinker.tries;
}
