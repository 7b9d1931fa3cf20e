/* SPDX-License-Identifier: MIT */
/*
 * clock_shim.c - preloaded into pagerd: a wall clock that the test sets.
 *
 * The shift is read from a file that the test holds mapped, with every look at the clock, so that a
 * step is seen at once and by all processes. Steady clocks are left alone. A boot id of the test's
 * own makes a start look like one after a reboot.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

typedef int clock_gettime_function(clockid_t id, struct timespec *time);
typedef FILE *fopen_function(const char *path, const char *mode);

static const volatile int64_t *shift_s; /* NULL: no file was given */
static clock_gettime_function *real_clock_gettime;
static fopen_function *real_fopen;

/* dlsym() gives a pointer to data; C has no cast from it to a function. */
static void find_next(const char *name, void *function, size_t size)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, size);
}

__attribute__((constructor)) static void shim_open(void)
{
    find_next("clock_gettime", &real_clock_gettime, sizeof(real_clock_gettime));
    find_next("fopen", &real_fopen, sizeof(real_fopen));
    const char *path = getenv("CLOCK_SHIM_FILE");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, sizeof(*shift_s), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED)
        shift_s = mapped;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    if (real_clock_gettime == NULL)
        shim_open(); /* asked before the constructor ran */
    int failed = real_clock_gettime(id, time);
    if (failed == 0 && shift_s != NULL && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        time->tv_sec += *shift_s;
    return failed;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *ret_time)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    if (ret_time != NULL)
        *ret_time = now.tv_sec;
    return now.tv_sec;
}

FILE *fopen(const char *path, const char *mode)
{
    const char *own = getenv("CLOCK_SHIM_BOOT_ID");
    if (real_fopen == NULL)
        shim_open();
    return real_fopen(own != NULL && strcmp(path, BOOT_ID_PATH) == 0 ? own : path, mode);
}
