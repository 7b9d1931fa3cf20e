/* SPDX-License-Identifier: MIT */
/* slow_disk_shim.c - preloaded into pagerd: each sync of a file takes SLOW_DISK_MS longer. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int sync_function(int fd);

static sync_function *real_fsync;
static sync_function *real_fdatasync;
static struct timespec delay;

/* dlsym() gives a pointer to data; C has no cast from it to a function. */
static void find_next(const char *name, sync_function **function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof(found));
}

__attribute__((constructor)) static void shim_open(void)
{
    const char *text = getenv("SLOW_DISK_MS");
    long ms = text != NULL ? strtol(text, NULL, 10) : 0;
    delay = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    find_next("fsync", &real_fsync);
    find_next("fdatasync", &real_fdatasync);
}

int fsync(int fd)
{
    nanosleep(&delay, NULL);
    return real_fsync(fd);
}

int fdatasync(int fd)
{
    nanosleep(&delay, NULL);
    return real_fdatasync(fd);
}
