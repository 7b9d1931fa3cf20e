/* SPDX-License-Identifier: MIT */
/*
 * bench_sync.c - how long one fdatasync takes: 4 KiB appended to a file that grows, as a log does,
 * and synced, again and again. Prints milliseconds as JSON.
 *
 * bench_sync FILE SECONDS; the file is removed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "waits.h"

#define BLOCK_SIZE 4096

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

int main(int argc, char **argv)
{
    static char block[BLOCK_SIZE];
    int file = argc == 3 ? open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (file < 0) {
        fprintf(stderr, "usage: bench_sync FILE SECONDS\n");
        return 2;
    }
    struct waits waits = {0};
    int64_t over_at = now_ns() + (int64_t)(atof(argv[2]) * 1e9);
    while (now_ns() < over_at) {
        if (write(file, block, sizeof(block)) != (ssize_t)sizeof(block))
            return 1;
        int64_t begun_at = now_ns();
        if (fdatasync(file) != 0)
            return 1;
        waits_add(&waits, now_ns() - begun_at);
    }
    close(file);
    unlink(argv[1]);
    waits_sort(&waits);
    printf("{\"count\": %zu, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f}\n", waits.count,
           waits_part(&waits, 0.5), waits_part(&waits, 0.99), waits_part(&waits, 0.999));
    waits_clear(&waits);
    return 0;
}
