/* SPDX-License-Identifier: MIT */
#include "sim/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "sim/shrink.h"

#define JOBS_MAX 64
#define SHRUNK_MAX 4 /* of each job; later failures are only named */

/* What a job has done so far; seen by the parent also when the job dies. */
struct job {
    struct tally tally;
    uint64_t point; /* the one it is at */
    uint64_t shrunk;
};

struct seed campaign_seed(const struct campaign *campaign, uint64_t point)
{
    return (struct seed){
        .base = campaign->base, .point = point, .hours = campaign->hours, .nodes = campaign->nodes};
}

static void report(const struct campaign *campaign, struct job *job, uint64_t point,
                   const char *what)
{
    job->tally.failed++;
    char hours[DURATION_TEXT_SIZE];
    printf("seed %" PRIu64 " failed at commit %s: %s\n"
           "  repeat: sim --seed %" PRIu64 " --from %" PRIu64
           " --count 1 --hours %s --nodes %" PRIu64 "\n"
           "  all of it: sim --seed %" PRIu64 " --hours %s --nodes %" PRIu64 " --script %" PRIu64
           "\n",
           point, campaign->commit, what, campaign->base, point,
           duration_render(campaign->hours, hours), campaign->nodes, campaign->base, hours,
           campaign->nodes, point);
    (void)fflush(stdout);
}

/* Lives it once more, looked at from outside, and cuts it down. */
static void cut_down(const struct campaign *campaign, struct job *job, uint64_t point)
{
    if (job->shrunk == SHRUNK_MAX)
        return;
    job->shrunk++;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct script *script = arena_take(arena, sizeof *script);
    struct verdict verdict =
        judge_seed(campaign_seed(campaign, point), campaign->atlas, NULL, arena, script);
    struct verdict again = judge(script, NULL, NULL);
    if (verdict.is_fine || !verdict_is_like(&verdict, &again)) {
        printf("  it says: %s\n  its script does not fail alike: %s\n", verdict.text,
               again.is_fine ? "it runs" : again.text);
        return;
    }
    size_t before = script->clause_count;
    size_t tries = shrink(script, &again, NULL);
    const char *path = arena_format(arena, "%s/sim-%" PRIu64 "-%" PRIu64 ".story",
                                    campaign->stories, campaign->base, point);
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        printf("  cannot write %s\n", path);
        return;
    }
    (void)fprintf(file, "# Seed %" PRIu64 " of %" PRIu64 ": %s\n", point, campaign->base,
                  again.text);
    (void)fclose(file);
    verdict = judge(script, NULL, path);
    printf("  cut down from %zu clauses to %zu in %zu runs: story %s\n  %s\n", before,
           script->clause_count, tries, path, verdict.text);
    (void)fflush(stdout);
}

/* The same seed is the same life, and its script is that life again. */
static bool is_repeatable(const struct campaign *campaign, struct seed seed,
                          const struct script *script, uint64_t digest, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct script *second = arena_take(arena, sizeof *second);
    struct figures figures = {0};
    uint64_t other = 0;
    if (!sim_live(seed, campaign->atlas, NULL, NULL, arena, second, &figures, &other, fault))
        return fault_prefix(fault, "the second time");
    if (other != digest)
        return fault_set(fault, FAULT_CONFLICT, "two lives of the same seed differ");
    struct run run;
    bool is_good = run_init(&run, NULL, NULL, fault) && run_script(&run, script, fault);
    other = is_good ? world_digest(run.world) : digest;
    run_clear(&run);
    if (!is_good)
        return fault_prefix(fault, "as a script");
    return other == digest ||
           fault_set(fault, FAULT_CONFLICT, "the script of the life is another life");
}

static void do_point(const struct campaign *campaign, struct job *job, struct arena *arena)
{
    struct seed seed = campaign_seed(campaign, job->point);
    struct script *script = arena_take(arena, sizeof *script);
    struct fault fault = {0};
    uint64_t digest = 0;
    judge_limit(3 * JUDGE_CPU_SECONDS_MAX);
    bool is_good = sim_live(seed, campaign->atlas, NULL, NULL, arena, script, &job->tally.figures,
                            &digest, &fault);
    bool is_lived = is_good;
    if (is_good && campaign->twice != 0 && job->point % campaign->twice == 0)
        is_good = is_repeatable(campaign, seed, script, digest, &fault);
    judge_limit(0);
    job->tally.done++;
    if (is_good)
        return;
    report(campaign, job, job->point, fault.text);
    if (!is_lived)
        cut_down(campaign, job, job->point);
}

static void do_points(const struct campaign *campaign, struct job *job)
{
    struct arena *arena = arena_new();
    uint64_t until = campaign->from + campaign->count;
    for (; job->point < until; job->point += campaign->jobs) {
        arena_reset(arena);
        do_point(campaign, job, arena);
    }
    arena_free(arena);
    (void)fflush(stdout);
}

static pid_t start(const struct campaign *campaign, struct job *job)
{
    (void)fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        abort();
    if (child == 0) {
        do_points(campaign, job);
        _exit(EXIT_SUCCESS);
    }
    return child;
}

/* A job has ended; true: it died of a seed, and goes on behind it. */
static bool is_to_go_on(const struct campaign *campaign, struct job *job, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return false;
    job->tally.done++;
    report(campaign, job, job->point,
           WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "the process ended");
    cut_down(campaign, job, job->point);
    job->point += campaign->jobs;
    return true;
}

struct tally campaign_run(const struct campaign *campaign)
{
    size_t size = JOBS_MAX * sizeof(struct job);
    struct job *jobs = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (jobs == MAP_FAILED)
        abort();
    struct campaign all = *campaign;
    all.jobs = campaign->jobs < 1 ? 1 : campaign->jobs > JOBS_MAX ? JOBS_MAX : campaign->jobs;
    pid_t children[JOBS_MAX];
    for (size_t i = 0; i < all.jobs; i++) {
        jobs[i].point = all.from + i;
        children[i] = start(&all, &jobs[i]);
    }
    struct tally tally = {0};
    for (size_t i = 0; i < all.jobs; i++) {
        int status = 0;
        (void)waitpid(children[i], &status, 0);
        while (is_to_go_on(&all, &jobs[i], status)) {
            children[i] = start(&all, &jobs[i]);
            (void)waitpid(children[i], &status, 0);
        }
        tally.done += jobs[i].tally.done;
        tally.failed += jobs[i].tally.failed;
        for (int j = 0; j < FIGURE_COUNT; j++)
            tally.figures.values[j] += jobs[i].tally.figures.values[j];
        rules_add(&tally.figures.met, &jobs[i].tally.figures.met);
    }
    (void)munmap(jobs, size);
    return tally;
}
