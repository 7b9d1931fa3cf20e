/* SPDX-License-Identifier: MIT */
/*
 * store_bench.c - senders that each wait for their commit before they send again, as HTTP clients
 * do: how many batches a commit carries, how fast, and how long a sender waits.
 *
 * store_bench DIRECTORY [SENDERS [SECONDS [URL]]]: with the URL of another store, such as
 * "postgres:host=...", the same there, and how many rows a second that is of SQLite's.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "store/store.h"

#define SENDERS_MAX 1024
#define SAMPLES_MAX 100000 /* waits remembered per sender */
#define SYNCS 300

struct sender {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool has_answer;
    bool is_update; /* change one incident again and again, instead of opening new ones */
    uint64_t number;
    uint64_t version;
    uint32_t *waits_us;
    size_t count;
};

static struct store *store;
static atomic_uint_fast64_t next_number = 1;
static atomic_bool is_over;

static int64_t now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static void done(void *context, struct batch *failed, const struct fault *fault)
{
    struct sender *sender = context;

    if (fault)
        fprintf(stderr, "%s\n", fault->text);
    batch_free(failed);
    pthread_mutex_lock(&sender->lock);
    sender->has_answer = true;
    pthread_cond_signal(&sender->is_done);
    pthread_mutex_unlock(&sender->lock);
}

/* What a new alert writes: incident, page and two entries; or one that is counted: incident. */
static struct batch *batch_of_alert(struct sender *sender)
{
    static struct label labels[] = {{"host", "db-17.example.com"}, {"service", "postgresql"}};
    char key[64];
    struct batch *batch = batch_new();

    if (!sender->is_update || sender->number == 0) {
        sender->number = atomic_fetch_add(&next_number, 1);
        sender->version = 0;
    }
    snprintf(key, sizeof(key), "db-%" PRIu64 "!disk", sender->number);
    struct incident incident = {.number = sender->number,
                                .version = ++sender->version,
                                .uuid = "0189f7a2-7c3e-7d4b-9b6e-2f1f3a5c8d90",
                                .team = "ops",
                                .service = "db",
                                .summary = "DISK CRITICAL - free space: / 812 MB (4 %)",
                                .details = "",
                                .source = "db-17",
                                .integration = "icinga",
                                .dedup_key = key,
                                .labels = labels,
                                .label_count = 2,
                                .occurrences = sender->version,
                                .opened_at = 1790000000000 + (msec)sender->number};
    batch_save_incident(batch, &incident, NEED_VERSION);
    if (sender->version > 1)
        return batch;
    struct page page = {.id = sender->number,
                        .version = 1,
                        .incident = sender->number,
                        .user = "ann",
                        .channel = "sms",
                        .address = "+4915112345678",
                        .created_at = incident.opened_at};
    struct entry opened = {sender->number, incident.opened_at, "triggered", "icinga", "opened"};
    struct entry paged = {sender->number, incident.opened_at, "paged", "pagerd", "paged ann"};
    batch_save_page(batch, &page, NEED_VERSION);
    batch_add_entry(batch, &opened);
    batch_add_entry(batch, &paged);
    return batch;
}

static void *sender_run(void *argument)
{
    struct sender *sender = argument;
    struct fault fault;

    while (!is_over) {
        int64_t started_at = now_us();
        struct batch *batch = batch_of_alert(sender);
        sender->has_answer = false;
        if (!store_submit(store, batch, done, sender, &fault)) {
            fprintf(stderr, "%s\n", fault.text);
            exit(1);
        }
        pthread_mutex_lock(&sender->lock);
        while (!sender->has_answer)
            pthread_cond_wait(&sender->is_done, &sender->lock);
        pthread_mutex_unlock(&sender->lock);
        if (sender->count < SAMPLES_MAX)
            sender->waits_us[sender->count++] = (uint32_t)(now_us() - started_at);
    }
    return NULL;
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Gives the rows per second. */
static double report(const char *title, struct sender *senders, size_t count, double seconds,
                     const struct store_health *before)
{
    struct store_health after;
    size_t total = 0;
    uint32_t *waits = memory_new(count * SAMPLES_MAX, sizeof(*waits));

    store_health(store, &after);
    for (size_t i = 0; i < count; i++) {
        memcpy(waits + total, senders[i].waits_us, senders[i].count * sizeof(*waits));
        total += senders[i].count;
    }
    qsort(waits, total, sizeof(*waits), compare);
    double commits = (double)(after.commits - before->commits);
    double batches = (double)(after.batches - before->batches);
    printf("%-8s %4zu senders: %7.0f commits/s %8.0f batches/s %8.0f rows/s %5.1f batches/commit"
           "  wait p50 %.2f ms p99 %.2f ms max %.2f ms  log %" PRIu64 " MB\n",
           title, count, commits / seconds, batches / seconds,
           (double)(after.rows - before->rows) / seconds, batches / commits,
           waits[total / 2] / 1000.0, waits[total * 99 / 100] / 1000.0, waits[total - 1] / 1000.0,
           after.log_size >> 20);
    free(waits);
    return (double)(after.rows - before->rows) / seconds;
}

static double run(const char *title, size_t count, unsigned seconds, bool is_update)
{
    static struct sender senders[SENDERS_MAX];
    struct store_health before;

    store_health(store, &before);
    is_over = false;
    int64_t started_at = now_us();
    for (size_t i = 0; i < count; i++) {
        struct sender *sender = &senders[i];
        *sender = (struct sender){.is_update = is_update};
        sender->waits_us = memory_new(SAMPLES_MAX, sizeof(uint32_t));
        pthread_mutex_init(&sender->lock, NULL);
        pthread_cond_init(&sender->is_done, NULL);
        pthread_create(&sender->thread, NULL, sender_run, sender);
    }
    sleep(seconds);
    is_over = true;
    for (size_t i = 0; i < count; i++)
        pthread_join(senders[i].thread, NULL);
    double rows = report(title, senders, count, (double)(now_us() - started_at) / 1e6, &before);
    for (size_t i = 0; i < count; i++)
        free(senders[i].waits_us);
    return rows;
}

/* What the disk itself can do: appends of one page, each synced. */
static void run_raw(const char *directory)
{
    char *path = string_format("%s/raw", directory);
    static char page[4096];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int64_t started_at = now_us();

    for (int i = 0; i < SYNCS; i++)
        if (write(fd, page, sizeof(page)) != (ssize_t)sizeof(page) || fdatasync(fd) != 0)
            perror(path);
    printf("raw      %d appends of 4 KB: %.0f fdatasync/s\n", SYNCS,
           SYNCS / ((double)(now_us() - started_at) / 1e6));
    close(fd);
    unlink(path);
    free(path);
}

static void ignore(void *context, const void *record)
{
    (void)record;
    ++*(uint64_t *)context;
}

#define IGNORE(name, type)                                     \
    static void name(void *context, const struct type *record) \
    {                                                          \
        ignore(context, record);                               \
    }
IGNORE(on_incident, incident)
IGNORE(on_page, page)
IGNORE(on_person, person)
IGNORE(on_override, override)
IGNORE(on_silence, silence)
IGNORE(on_heartbeat, heartbeat)
IGNORE(on_handoff, handoff)
IGNORE(on_swap, swap)
IGNORE(on_proof, proof)
IGNORE(on_key, key_record)
IGNORE(on_token, token_record)
IGNORE(on_meta, meta_record)

static void on_counter(void *context, const char *name, int64_t value)
{
    (void)value;
    ignore(context, name);
}

static void run_load(void)
{
    uint64_t count = 0;
    struct store_maxima maxima;
    struct fault fault;
    struct store_loader loader = {.context = &count,
                                  .incident = on_incident,
                                  .page = on_page,
                                  .person = on_person,
                                  .override = on_override,
                                  .silence = on_silence,
                                  .heartbeat = on_heartbeat,
                                  .handoff = on_handoff,
                                  .swap = on_swap,
                                  .proof = on_proof,
                                  .key = on_key,
                                  .token = on_token,
                                  .meta = on_meta,
                                  .counter = on_counter};
    int64_t started_at = now_us();

    if (!store_load(store, 1790000000000, &loader, &maxima, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    printf("load     %" PRIu64 " records in %.0f ms\n", count,
           (double)(now_us() - started_at) / 1000.0);
    next_number = maxima.incident + 1;
}

static void open_or_exit(const char *url)
{
    struct fault fault;

    if (!store_open(url, NULL, &store, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
}

#define RUNS 3

/* One sender, many, and many that change what is there: rows per second of each. */
static void run_all(const char *url, size_t senders, unsigned seconds, double rows[RUNS])
{
    printf("%.*s\n", (int)strcspn(url, ":"), url);
    open_or_exit(url);
    run_load();
    rows[0] = run("new", 1, seconds, false);
    rows[1] = run("new", senders, seconds, false);
    rows[2] = run("update", senders, seconds, true);
    store_close(store);
    open_or_exit(url);
    run_load();
    store_close(store);
}

int main(int count, char **arguments)
{
    size_t senders = count > 2 ? strtoul(arguments[2], NULL, 10) : 64;
    unsigned seconds = count > 3 ? (unsigned)strtoul(arguments[3], NULL, 10) : 5;

    if (count < 2 || senders == 0 || senders > SENDERS_MAX) {
        fprintf(stderr, "usage: store_bench DIRECTORY [SENDERS [SECONDS [URL]]]\n");
        return 2;
    }
    char *url = string_format("sqlite:%s", arguments[1]);
    double sqlite[RUNS];
    double other[RUNS];
    run_all(url, senders, seconds, sqlite);
    run_raw(arguments[1]);
    free(url);
    if (count < 5)
        return 0;
    run_all(arguments[4], senders, seconds, other);
    for (int i = 0; i < RUNS; i++)
        printf("%.2f times the rows of SQLite: %s\n", other[i] / sqlite[i],
               i == 0   ? "new, one sender"
               : i == 1 ? "new"
                        : "update");
    return 0;
}
