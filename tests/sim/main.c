/* SPDX-License-Identifier: MIT */
/* The simulator: lives many seeds and counts, or tells one as a story. See README.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "sim/campaign.h"

#define SKIPPED 77

struct options {
    const char *from;
    const char *count;
    const char *seed;
    const char *jobs;
    const char *result;
    const char *hours;
    const char *nodes;
    const char *twice;
    const char *script;
    const char *stories;
    const char *rules;
    const char *build; /* every part of a campaign is given it; there is nothing to look for */
};

static bool options_read(struct options *options, int argc, char **argv)
{
    const struct {
        const char *name;
        const char **value;
    } rows[] = {
        {"--from", &options->from},       {"--count", &options->count},
        {"--seed", &options->seed},       {"--jobs", &options->jobs},
        {"--result", &options->result},   {"--hours", &options->hours},
        {"--twice", &options->twice},     {"--script", &options->script},
        {"--stories", &options->stories}, {"--rules", &options->rules},
        {"--build", &options->build},     {"--nodes", &options->nodes},
    };
    for (int i = 1; i < argc; i += 2) {
        size_t row = 0;
        while (row < sizeof rows / sizeof *rows && !string_is(rows[row].name, argv[i]))
            row++;
        if (row == sizeof rows / sizeof *rows || i + 1 == argc)
            return false;
        *rows[row].value = argv[i + 1];
    }
    return true;
}

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

/* One line of JSON, for who adds up campaigns. */
static void write_result(FILE *file, const struct campaign *campaign, const struct tally *tally,
                         double seconds)
{
    const uint64_t *values = tally->figures.values;
    (void)fprintf(file,
                  "{\"part\":\"sim\",\"from\":%" PRIu64 ",\"count\":%" PRIu64 ",\"seed\":%" PRIu64
                  ",\"done\":%" PRIu64 ",\"failed\":%" PRIu64
                  ",\"seconds\":%.1f,\"figures\":{\"%s\":%.1f",
                  campaign->from, campaign->count, campaign->base, tally->done, tally->failed,
                  seconds, figure_names[FIGURE_SECONDS], (double)values[FIGURE_SECONDS] / 3600);
    for (int i = FIGURE_SECONDS + 1; i < FIGURE_COUNT; i++)
        (void)fprintf(file, ",\"%s\":%" PRIu64, figure_names[i], values[i]);
    (void)fprintf(file, "},\"commit\":\"%s\"}\n", campaign->commit);
}

/* The whole life of a seed, as a story on standard output. */
static int tell(const struct campaign *campaign, uint64_t point)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct script *script = arena_take(arena, sizeof *script);
    struct verdict verdict =
        judge_seed(campaign_seed(campaign, point), campaign->atlas, NULL, arena, script);
    printf("# Seed %" PRIu64 " of %" PRIu64 ": %s\n", point, campaign->base,
           verdict.is_fine ? "all is well" : verdict.text);
    (void)fflush(stdout);
    verdict = judge(script, NULL, "/dev/stdout");
    return verdict.is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* How often each rule was met. False: one was not in all these lives. */
static bool tell_rules(const struct tally *tally)
{
    size_t missing = rules_write(&tally->figures.met, stdout);
    if (missing > 0)
        printf("%zu rules were met in no life: make an actor do it, or say in rules.c why none "
               "can\n",
               missing);
    return missing == 0;
}

static int run_campaign(const struct campaign *campaign, const char *result, bool tells_rules)
{
    struct timespec begun;
    struct timespec ended;
    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
    struct tally tally = campaign_run(campaign);
    (void)clock_gettime(CLOCK_MONOTONIC, &ended);
    double seconds =
        (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
    write_result(stdout, campaign, &tally, seconds);
    if (result != NULL) {
        FILE *file = fopen(result, "ae");
        if (file == NULL) {
            fprintf(stderr, "sim: cannot write '%s'\n", result);
            return EXIT_FAILURE;
        }
        write_result(file, campaign, &tally, seconds);
        (void)fclose(file);
    }
    if (tells_rules && !tell_rules(&tally))
        return EXIT_FAILURE;
    return tally.failed == 0 && tally.done == campaign->count ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct options options = {.from = "0",
                              .count = "1000",
                              .seed = "1",
                              .jobs = "1",
                              .hours = "87h36m", /* a million of these are ten thousand years */
                              .nodes = "0",
                              .twice = "16",
                              .stories = "."};
    struct fault fault = {0};
    struct atlas atlas;
    msec hours = 0;
    if (!options_read(&options, argc, argv) || !duration_parse(options.hours, &hours, &fault) ||
        hours < 24 * HOUR_MS || number(options.nodes) > CLUSTER_NODES_MAX) {
        fprintf(stderr, "usage: sim [--from K] [--count N] [--seed S] [--jobs J] [--result FILE]\n"
                        "           [--hours 87h36m] [--twice N] [--script K] [--stories DIR]\n"
                        "           [--rules all] [--nodes N]\n");
        return EXIT_FAILURE;
    }
    if (!atlas_load(&atlas, &fault)) {
        printf("SKIPPED: no zones: %s\n", fault.text);
        return SKIPPED;
    }
    struct campaign campaign = {.base = number(options.seed),
                                .from = number(options.from),
                                .count = number(options.count),
                                .hours = hours,
                                .nodes = number(options.nodes),
                                .twice = number(options.twice),
                                .jobs = (size_t)number(options.jobs),
                                .stories = options.stories,
                                .commit = SIM_COMMIT,
                                .atlas = &atlas};
    int status = options.script != NULL
                     ? tell(&campaign, number(options.script))
                     : run_campaign(&campaign, options.result, options.rules != NULL);
    atlas_clear(&atlas);
    return status;
}
