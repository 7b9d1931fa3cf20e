/* SPDX-License-Identifier: MIT */
#include "faults/power_run.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/map.h"
#include "base/text.h"
#include "faults/power_point.h"
#include "faults/power_vfs.h"

#define JOBS_MAX 64
#define POINT_SECONDS_MAX 120 /* one point takes a millisecond; this is a hang */

/* What one process does; shared with its parent, so that a crash has a number. */
struct share {
    uint64_t *points; /* by position in the log */
    size_t count;
    size_t next; /* index of the point that is being tried */
    uint64_t failed;
    struct point_counts counts;
    pid_t child;
};

struct run {
    const struct run_options *options;
    struct life life;
    struct flipped flipped[2]; /* a store with a log, and one that was closed */
    struct share *shares;
};

/* What `synchronous = NORMAL` would do: the cuts must find that what was told gets lost. */
static void log_forget_syncs(struct op_log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        struct op *op = &log->list[i];
        if (op->kind == OP_SYNC && string_is(op->name, STATE_FOLDER "/pagerd.db-wal"))
            *op = (struct op){.kind = OP_FACT, .name = "nothing", .bytes = "", .at = op->at};
    }
}

static bool life_load(struct life *life, const struct run_options *options, struct fault *fault)
{
    *life = (struct life){.seed = options->seed, .names = options->names};
    log_init(&life->log);
    if (options->log == NULL)
        return fault_set(fault, FAULT_INPUT, "--log is missing");
    if (!log_load(&life->log, options->log, fault) ||
        !facts_gather(&life->facts, &life->log, fault))
        return false;
    if (options->deaf > 0)
        log_forget_syncs(&life->log);
    versions_gather(&life->versions, &life->log);
    if (options->write != NULL)
        return true;
    if (options->config == NULL)
        return fault_set(fault, FAULT_INPUT, "--config is missing");
    return rules_load(&life->rules, options->config, fault);
}

static void life_clear(struct life *life)
{
    rules_clear(&life->rules);
    versions_clear(&life->versions);
    facts_clear(&life->facts);
    log_clear(&life->log);
}

static const struct life *sorting; /* qsort() hands over no context */

static int by_position(const void *left, const void *right)
{
    uint64_t one = *(const uint64_t *)left;
    uint64_t other = *(const uint64_t *)right;
    size_t one_at = point_position(sorting, one);
    size_t other_at = point_position(sorting, other);
    if (one_at != other_at)
        return one_at < other_at ? -1 : 1;
    return one < other ? -1 : one > other;
}

static void *shared_new(size_t size)
{
    void *memory = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

static void shares_make(struct run *run)
{
    const struct run_options *options = run->options;
    run->shares = shared_new(options->jobs * sizeof(*run->shares));
    for (uint64_t i = 0; i < options->jobs; i++)
        run->shares[i].points = memory_new(options->count + 1, sizeof(uint64_t));
    for (uint64_t i = 0; i < options->count; i++) {
        struct share *share = &run->shares[i % options->jobs];
        share->points[share->count++] = options->from + i;
    }
    sorting = &run->life;
    for (uint64_t i = 0; options->flip == 0 && i < options->jobs; i++)
        qsort(run->shares[i].points, run->shares[i].count, sizeof(uint64_t), by_position);
}

static void watchdog_set(unsigned seconds)
{
    struct itimerval timer = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void point_fail(const struct run *run, uint64_t point, const char *why)
{
    const struct run_options *options = run->options;
    printf("point %" PRIu64 " seed %" PRIu64 ": %s\n", point, options->seed, why);
    fflush(stdout);
}

static void share_cut(struct run *run, struct share *share)
{
    struct disk *disk = disk_new();
    size_t position = 0;
    for (; share->next < share->count; share->next++) {
        uint64_t point = share->points[share->next];
        struct fault fault = {.kind = FAULT_NONE};
        watchdog_set(POINT_SECONDS_MAX);
        while (position < point_position(&run->life, point))
            disk_apply(disk, &run->life.log.list[position++]);
        if (!point_try(&run->life, point, disk, &share->counts, &fault)) {
            share->failed++;
            point_fail(run, point, fault.text);
        }
    }
    disk_free(disk);
}

/* The store just after the last alert was taken, with a log, and as it was when pagerd had ended.
 */
static bool flipped_load(struct run *run, struct fault *fault)
{
    const struct life *life = &run->life;
    size_t position = 0;
    for (size_t i = 0; i < life->facts.count; i++)
        if (life->facts.list[i].kind == FACT_ALERT)
            position = life->facts.list[i].position;
    return flipped_make(life, position, &run->flipped[0], fault) &&
           flipped_make(life, life->log.count, &run->flipped[1], fault);
}

static void share_flip(struct run *run, struct share *share)
{
    struct fault fault = {.kind = FAULT_NONE};
    if (!flipped_load(run, &fault)) {
        fprintf(stderr, "power: %s\n", fault.text);
        _exit(2);
    }
    for (; share->next < share->count; share->next++) {
        uint64_t point = share->points[share->next];
        const struct flipped *flipped = &run->flipped[point % 2];
        uint64_t at = point / 2 * run->options->flip % flipped->size;
        struct dice dice = dice_of(run->life.seed, point);
        unsigned char with = (unsigned char)(1U << dice_below(&dice, 8));
        fault = (struct fault){.kind = FAULT_NONE};
        watchdog_set(POINT_SECONDS_MAX);
        if (!flipped_try(&run->life, flipped, at, with, &share->counts, &fault)) {
            share->failed++;
            point_fail(run, point, fault.text);
        }
    }
    image_clear(&run->flipped[0].image);
    image_clear(&run->flipped[1].image);
}

/* The store's lock, and a name for the database, are on the real disk: a folder for each process.
 */
static char *folder_make(const struct run_options *options)
{
    char *folder = string_format("%s/power-XXXXXX", options->temp);
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "power: cannot make '%s'\n", folder);
        exit(2);
    }
    return folder;
}

static void folder_remove(const char *folder)
{
    static const char *const names[] = {"pagerd.lock", "pagerd.db", ""};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = string_format("%s/%s", folder, names[i]);
        (void)remove(path);
        free(path);
    }
}

static void share_run(struct run *run, struct share *share)
{
    static const unsigned char seed[16] = "the same always";
    share->child = fork();
    if (share->child != 0)
        return;
    mallopt(M_MMAP_THRESHOLD, 1 << 30); /* images are made and freed again: keep the memory */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    map_seed(seed);
    vfs_install();
    run->life.folder = folder_make(run->options);
    if (run->options->flip > 0)
        share_flip(run, share);
    else
        share_cut(run, share);
    folder_remove(run->life.folder);
    _exit(0);
}

/* A child that died in the middle of a point has failed it; another goes on behind it. */
static void shares_wait(struct run *run)
{
    size_t alive = run->options->jobs;
    while (alive > 0) {
        int status;
        pid_t pid = wait(&status);
        if (pid < 0)
            return;
        for (uint64_t i = 0; i < run->options->jobs; i++) {
            struct share *share = &run->shares[i];
            if (share->child != pid)
                continue;
            alive--;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                continue;
            if (share->next >= share->count || WIFEXITED(status)) {
                share->failed++;
                fprintf(stderr, "power: a process ended with %d\n", status);
                continue;
            }
            point_fail(run, share->points[share->next],
                       WTERMSIG(status) == SIGALRM ? "it hangs" : "it crashed");
            share->failed++;
            share->next++;
            share_run(run, share);
            alive++;
        }
    }
}

static uint64_t shares_report(const struct run *run)
{
    struct point_counts all = {0};
    uint64_t failed = 0;
    for (uint64_t i = 0; i < run->options->jobs; i++) {
        const struct point_counts *counts = &run->shares[i].counts;
        failed += run->shares[i].failed;
        all.cuts += counts->cuts;
        all.compound += counts->compound;
        all.checked += counts->checked;
        all.at_once += counts->at_once;
        all.by_journal += counts->by_journal;
        all.by_folder += counts->by_folder;
        all.refused += counts->refused;
        all.same += counts->same;
        all.rotten += counts->rotten;
    }
    if (run->options->flip > 0)
        printf("{\"flips\":%" PRIu64 ",\"flips_refused\":%" PRIu64
               ",\"flips_without_effect\":%" PRIu64 ",\"flips_unseen\":%" PRIu64
               ",\"failed\":%" PRIu64 "}\n",
               all.cuts, all.refused, all.same, all.rotten, failed);
    else
        printf("{\"cuts\":%" PRIu64 ",\"compound_cuts\":%" PRIu64 ",\"integrity_checks\":%" PRIu64
               ",\"names_at_once\":%" PRIu64 ",\"names_by_journal\":%" PRIu64
               ",\"names_by_folder\":%" PRIu64 ",\"failed\":%" PRIu64 "}\n",
               all.cuts, all.compound, all.checked, all.at_once, all.by_journal, all.by_folder,
               failed);
    return failed;
}

/* The image of a point, and on the output what had been told by then. */
static bool image_write(const struct run_options *options, const struct image *image)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct image_file *file = &image->list[i];
        char *path = string_format("%s/%s", options->write, file->name);
        bool is_written = true;
        if (file->is_folder) {
            is_written = mkdir(path, 0700) == 0;
        } else {
            FILE *out = fopen(path, "wbxe");
            is_written = out != NULL && fchmod(fileno(out), 0600) == 0 &&
                         fwrite(file->bytes, 1, file->size, out) == file->size;
            if (out != NULL)
                is_written = fclose(out) == 0 && is_written;
        }
        if (!is_written)
            fprintf(stderr, "power: cannot write '%s': %s\n", path, strerror(errno));
        free(path);
        if (!is_written)
            return false;
    }
    return true;
}

static void facts_print(const struct life *life, size_t position)
{
    static const char *const names[FACT_COUNT] = {"alert",    "asked", "acked", "resolved",
                                                  "override", "key",   "page",  "nothing"};
    for (size_t i = 0; i < life->facts.count && life->facts.list[i].position < position; i++) {
        const struct fact *fact = &life->facts.list[i];
        printf("%s\t%" PRIu64 "\t%s\t%s\n", names[fact->kind], fact->number, fact->word,
               fact->user);
    }
}

static int write_point(struct run *run)
{
    const struct run_options *options = run->options;
    bool is_end = options->point == RUN_POINT_NONE;
    size_t position = is_end ? run->life.log.count : point_position(&run->life, options->point);
    struct disk *disk = disk_new();
    struct image image;
    struct dice dice = dice_of(0, 0);
    for (size_t i = 0; i < position; i++)
        disk_apply(disk, &run->life.log.list[i]);
    if (is_end)
        disk_cut(disk, &dice, NAMES_AT_ONCE, BYTES_ALL, &image);
    else
        point_cut(&run->life, options->point, disk, &image);
    bool is_written = image_write(options, &image);
    facts_print(&run->life, position);
    image_clear(&image);
    disk_free(disk);
    return is_written ? 0 : 2;
}

static int run_points(struct run *run)
{
    shares_make(run);
    for (uint64_t i = 0; i < run->options->jobs; i++)
        share_run(run, &run->shares[i]);
    shares_wait(run);
    uint64_t failed = shares_report(run);
    for (uint64_t i = 0; i < run->options->jobs; i++)
        free(run->shares[i].points);
    return failed == 0 ? 0 : 1;
}

int run_all(const struct run_options *options)
{
    struct run run = {.options = options};
    struct fault fault = {.kind = FAULT_NONE};
    int status = 2;
    if (options->jobs < 1 || options->jobs > JOBS_MAX)
        fault_set(&fault, FAULT_INPUT, "--jobs is 1 to %d", JOBS_MAX);
    else if (life_load(&run.life, options, &fault))
        status = options->write != NULL ? write_point(&run) : run_points(&run);
    if (status == 2)
        fprintf(stderr, "power: %s\n", fault.text);
    life_clear(&run.life);
    return status;
}
